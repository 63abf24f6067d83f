//! A packet capture on the loopback interface, so that tests can see the segments themselves.
//!
//! `sticky` itself needs no privilege and never captures. A test opens a [`Capture`], runs a
//! replay, and compares [`segments`] with the ranges that were derived from `TCP_INFO`.
//!
//! A captured packet is not always one segment. TCP passes several segments down as one
//! super-segment when the interface can cut it later (GSO; loopback never needs to), and a capture
//! sees the super-segment whole, together with the size it would be cut to. So `tcpi_data_segs_out`
//! counts more segments than a capture has frames: with a `TCP_MAXSEG` of 100, 1,000 bytes are 12
//! segments of at most 88 bytes of data (12 of the 100 are the timestamp option) in 1 frame.
//! [`segments`] cuts each frame as the kernel would; then the two agree.
//!
//! Promises: each packet is seen once (loopback shows each twice, as it leaves and as it arrives;
//! only the arrival is kept); [`Capture::lost`] counts the packets that were missed. Needs
//! `CAP_NET_RAW`. IPv4 and TCP only.

use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::ops::Range;

use socket2::{Domain, Socket, Type};

use super::raw::{self, octets};

/// The `struct virtio_net_hdr` before each packet (`linux/virtio_net.h`).
const OFFLOAD_HEADER: usize = 10;
/// The Ethernet header after it; loopback has one too.
const LINK_HEADER: usize = 14;
/// The receive buffer for packets that wait, in bytes; set if the privileges allow it
/// (`CAP_NET_ADMIN`).
const WAITING: usize = 64 << 20;

/// A capture of what arrives on the loopback interface.
#[derive(Debug)]
pub struct Capture {
    socket: Socket,
}

/// One captured TCP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The sender's address.
    pub from: SocketAddrV4,
    /// The receiver's address.
    pub to: SocketAddrV4,
    /// The sequence number of its first byte, or of the SYN if it has one.
    pub sequence: u32,
    /// The number of data bytes it carries.
    pub payload: u32,
    /// The receive window that the sender announces, as in the header. It is not scaled, so it is a
    /// number of bytes only if it is 0 or the connection does not scale.
    pub window: u16,
    /// Whether the SYN flag is set: it opens the connection.
    pub syn: bool,
    /// Whether the FIN flag is set: it ends the stream.
    pub fin: bool,
    /// Whether the RST flag is set: it resets the connection.
    pub rst: bool,
    /// For a super-segment, the most data bytes that each of its segments carries.
    pub cut_to: Option<u16>,
}

/// One segment with data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The stream offsets of its bytes.
    pub bytes: Range<u64>,
    /// Whether any of its bytes was in an earlier segment: a retransmission.
    pub again: bool,
}

impl Capture {
    /// Begins a capture.
    ///
    /// # Errors
    /// `EPERM` without `CAP_NET_RAW`; any other error of socket(2), setsockopt(2) or bind(2)
    /// (`PACKET_IGNORE_OUTGOING` needs Linux 4.20).
    pub fn open() -> io::Result<Self> {
        // With protocol 0 nothing is captured until bind names the interface.
        let socket = Socket::new(Domain::PACKET, Type::from(libc::SOCK_RAW), None)?;
        socket.set_nonblocking(true)?;
        if rustix::net::sockopt::set_socket_recv_buffer_size_force(&socket, WAITING).is_err() {
            // net.core.rmem_max limits it; packets missed for lack of room are counted.
            socket.set_recv_buffer_size(WAITING)?;
        }
        for option in [libc::PACKET_IGNORE_OUTGOING, libc::PACKET_VNET_HDR] {
            raw::set_int_option(&socket, libc::SOL_PACKET, option, 1)?;
        }
        // Sockets that ask for all protocols see a packet before IP does. Those that ask for IP
        // alone would see it last, when its bytes may already have been received.
        let index = rustix::net::netdevice::name_to_index(&socket, "lo")?;
        let index = libc::c_int::try_from(index).map_err(io::Error::other)?;
        let protocol = u16::try_from(libc::ETH_P_ALL).map_err(io::Error::other)?;
        raw::bind_to_interface(&socket, index, protocol)?;
        Ok(Self { socket })
    }

    /// Takes every TCP packet captured so far, in order, without blocking.
    ///
    /// A packet is captured before its bytes reach the receive queue, so bytes that were received
    /// have already been captured.
    ///
    /// # Errors
    /// Any error of recv(2).
    pub fn take(&mut self) -> io::Result<Vec<Frame>> {
        let mut buffer = vec![0; OFFLOAD_HEADER + LINK_HEADER + (1 << 19)];
        let mut frames = Vec::new();
        loop {
            match self.socket.read(&mut buffer) {
                Ok(length) => frames.extend(Frame::read(&buffer[..length])),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(frames),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The number of packets missed since the last call: `PACKET_STATISTICS` (packet(7)).
    ///
    /// # Errors
    /// Any error of getsockopt(2).
    pub fn lost(&self) -> io::Result<u32> {
        let mut bytes = [0; size_of::<libc::tpacket_stats>()];
        raw::get_option(
            &self.socket,
            libc::SOL_PACKET,
            libc::PACKET_STATISTICS,
            &mut bytes,
        )?;
        let drops = std::mem::offset_of!(libc::tpacket_stats, tp_drops);
        octets(&bytes, drops)
            .map(u32::from_ne_bytes)
            .ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

impl Frame {
    /// Reads a captured packet; `None` if it is not whole, unfragmented TCP over IPv4.
    fn read(bytes: &[u8]) -> Option<Self> {
        // struct virtio_net_hdr: flags, gso_type, hdr_len, gso_size, …, in native order.
        let cut_to = match (bytes.get(1)?, u16::from_ne_bytes(octets(bytes, 4)?)) {
            (0, _) | (_, 0) => None,
            (_, size) => Some(size),
        };
        let ether_type = u16::from_be_bytes(octets(bytes, OFFLOAD_HEADER + 12)?);
        if i32::from(ether_type) != libc::ETH_P_IP {
            return None;
        }
        // RFC 791: header length, total length, flags and offset, protocol.
        let ip = bytes.get(OFFLOAD_HEADER + LINK_HEADER..)?;
        let first = ip.first()?;
        let fragment = u16::from_be_bytes(octets(ip, 6)?) & 0x3fff;
        if fragment != 0 || *ip.get(9)? != 6 {
            return None;
        }
        let total = match u16::from_be_bytes(octets(ip, 2)?) {
            // More than 65,535 bytes, which this field cannot hold.
            0 => ip.len(),
            total => usize::from(total),
        };
        // RFC 9293: ports, sequence number, …, data offset, flags, window.
        let tcp = ip.get(usize::from(first & 0x0f) * 4..total)?;
        let header = usize::from(tcp.get(12)? >> 4) * 4;
        let flags = tcp.get(13)?;
        let address = |ip_at, port_at| {
            let port = u16::from_be_bytes(octets(tcp, port_at)?);
            Some(SocketAddrV4::new(Ipv4Addr::from(octets(ip, ip_at)?), port))
        };
        Some(Self {
            from: address(12, 0)?,
            to: address(16, 2)?,
            sequence: u32::from_be_bytes(octets(tcp, 4)?),
            payload: u32::try_from(tcp.get(header..)?.len()).ok()?,
            window: u16::from_be_bytes(octets(tcp, 14)?),
            syn: flags & 0x02 != 0,
            fin: flags & 0x01 != 0,
            rst: flags & 0x04 != 0,
            cut_to,
        })
    }
}

/// The segments with data that went from one end of a connection to the other, in the order
/// captured, with super-segments cut. `None` if the SYN was not captured.
///
/// If the two addresses had several connections, the last one counts.
#[must_use]
pub fn segments(frames: &[Frame], from: SocketAddrV4, to: SocketAddrV4) -> Option<Vec<Segment>> {
    let mine: Vec<&Frame> = frames
        .iter()
        .filter(|frame| (frame.from, frame.to) == (from, to))
        .collect();
    let at = mine.iter().rposition(|frame| frame.syn)?;

    let mut segments = Vec::new();
    // The highest stream offset sent so far, and its sequence number. The SYN counts as one.
    let mut sent: u64 = 0;
    let mut sequence = mine[at].sequence.wrapping_add(1);
    for frame in mine[at..].iter().filter(|frame| frame.payload > 0) {
        let distance = frame.sequence.wrapping_sub(sequence).cast_signed();
        let start = sent.checked_add_signed(distance.into())?;
        let end = start + u64::from(frame.payload);
        let size = frame.cut_to.map_or(frame.payload, u32::from);
        let mut cut = start;
        while cut < end {
            let next = end.min(cut + u64::from(size));
            segments.push(Segment {
                bytes: cut..next,
                again: cut < sent,
            });
            cut = next;
        }
        if end > sent {
            sent = end;
            sequence = frame.sequence.wrapping_add(frame.payload);
        }
    }
    Some(segments)
}
