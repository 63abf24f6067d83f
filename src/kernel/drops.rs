//! Losing what arrives, and counting what was lost.
//!
//! Two counters tell how many datagrams the kernel dropped at a socket:
//! [`datagram_drops`] reads the count as it stands and needs no recv, so it is the one
//! to prefer; [`recv_with_drops`] returns the count as it stood when that datagram was
//! queued, so it never knows of drops after the last one received.

use std::io;

use super::AsHandle;

/// What [`recv_with_drops`] received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// How many bytes were put into the buffer.
    pub bytes: usize,
    /// How many bytes of the datagram did not fit and are gone.
    pub cut: usize,
    /// How many datagrams the socket had dropped when this one was queued; `None` for none.
    pub drops: Option<u32>,
}

/// How many datagrams the kernel dropped at this socket since it was opened: for want of
/// room in the receive buffer, by [`drop_arriving`], or for a wrong checksum.
///
/// From `getsockopt(SO_MEMINFO)`, whose last number is `SK_MEMINFO_DROPS`
/// (`include/uapi/linux/sock_diag.h`, Linux 4.12). On a TCP socket the same number counts
/// segments. `None` on every other system.
#[must_use]
#[cfg(target_os = "linux")]
pub fn datagram_drops(socket: &impl AsHandle) -> Option<u32> {
    const NUMBER: usize = size_of::<u32>();
    let at = usize::try_from(libc::SK_MEMINFO_DROPS).ok()? * NUMBER;
    let mut bytes = [0; 32 * NUMBER];
    let length =
        super::raw::get_option(socket, libc::SOL_SOCKET, libc::SO_MEMINFO, &mut bytes).ok()?;
    super::raw::octets(bytes.get(..length)?, at).map(u32::from_ne_bytes)
}

/// How many datagrams the kernel dropped at this socket; `None`, as this system does not tell.
#[must_use]
#[cfg(not(target_os = "linux"))]
pub fn datagram_drops(_socket: &impl AsHandle) -> Option<u32> {
    None
}

/// Has every datagram received later carry the count of drops: `SO_RXQ_OVFL` (socket(7)).
///
/// # Errors
/// Whatever setsockopt(2) fails with; [`io::ErrorKind::Unsupported`] outside Linux.
#[cfg(target_os = "linux")]
pub fn enable_drop_counter(socket: &impl AsHandle) -> io::Result<()> {
    super::raw::set_int_option(socket, libc::SOL_SOCKET, libc::SO_RXQ_OVFL, 1)
}

/// Has every datagram received later carry the count of drops.
///
/// # Errors
/// Always: this system has no such option.
#[cfg(not(target_os = "linux"))]
pub fn enable_drop_counter(_socket: &impl AsHandle) -> io::Result<()> {
    Err(super::unsupported("SO_RXQ_OVFL"))
}

/// Receives one datagram, with what was cut off it and how many were dropped before it.
///
/// From recvmsg(2) with `MSG_TRUNC`, by which it returns the datagram's whole length, and
/// with the control message `SO_RXQ_OVFL`. The kernel leaves that message out while the
/// count is zero (`sock_recv_drops` in `include/net/sock.h`), so `drops` is `None` both then
/// and without [`enable_drop_counter`].
///
/// # Errors
/// Whatever recvmsg(2) fails with; [`io::ErrorKind::Unsupported`] outside Linux.
#[cfg(target_os = "linux")]
pub fn recv_with_drops(socket: &impl AsHandle, buffer: &mut [u8]) -> io::Result<Received> {
    let mut control = [0; 64];
    let message = super::raw::receive_message(socket, buffer, &mut control, libc::MSG_TRUNC)?;
    let bytes = message.length.min(buffer.len());
    Ok(Received {
        bytes,
        cut: message.length - bytes,
        drops: control.get(..message.control).and_then(drops_in),
    })
}

/// Receives one datagram, with what was cut off it and how many were dropped before it.
///
/// # Errors
/// Always: this system does not tell.
#[cfg(not(target_os = "linux"))]
pub fn recv_with_drops(_socket: &impl AsHandle, _buffer: &mut [u8]) -> io::Result<Received> {
    Err(super::unsupported("SO_RXQ_OVFL"))
}

/// The count in a control buffer whose first and only message can be `SO_RXQ_OVFL`; cmsg(3)
/// gives the layout.
#[cfg(target_os = "linux")]
fn drops_in(control: &[u8]) -> Option<u32> {
    use super::raw::octets;
    use libc::cmsghdr;
    use std::mem::offset_of;

    let int = |offset| octets(control, offset).map(libc::c_int::from_ne_bytes);
    let level = int(offset_of!(cmsghdr, cmsg_level))?;
    let kind = int(offset_of!(cmsghdr, cmsg_type))?;
    ((level, kind) == (libc::SOL_SOCKET, libc::SO_RXQ_OVFL))
        .then(|| octets(control, size_of::<cmsghdr>()).map(u32::from_ne_bytes))
        .flatten()
}

/// Has the kernel drop everything that arrives at this socket, or stop so: real loss,
/// with no privilege.
///
/// A TCP socket is told to take only segments with a time to live of 255 (`IP_MINTTL`,
/// ip(7); checked in `tcp_v4_rcv`), and they are sent with 64 where nobody changed
/// `ip_default_ttl`. It loses acknowledgements this way too; what it had queued before stays.
/// A datagram socket gets the classic filter `ret 0` (`SO_ATTACH_FILTER`, socket(7)), which
/// Linux 6.18 attaches to a TCP socket for the privileged only (`EPERM`, seen there).
///
/// # Errors
/// `ENOENT` where a datagram socket is told to stop and was not told to begin;
/// [`io::ErrorKind::Unsupported`] outside Linux.
#[cfg(target_os = "linux")]
pub fn drop_arriving(socket: &impl AsHandle, on: bool) -> io::Result<()> {
    /// `BPF_RET | BPF_K` (`linux/bpf_common.h`): return a constant, the bytes to keep.
    const RETURN: u16 = 0x06;
    /// The highest there is.
    const TIME_TO_LIVE: libc::c_int = 255;
    let options = socket2::SockRef::from(socket);
    if options.r#type()? == socket2::Type::STREAM {
        let least = if on { TIME_TO_LIVE } else { 0 };
        super::raw::set_int_option(socket, libc::IPPROTO_IP, libc::IP_MINTTL, least)
    } else if on {
        options.attach_filter(&[socket2::SockFilter::new(RETURN, 0, 0, 0)])
    } else {
        options.detach_filter()
    }
}

/// Has the kernel drop everything that arrives at this socket.
///
/// # Errors
/// Always: this system has no such option for one socket.
#[cfg(not(target_os = "linux"))]
pub fn drop_arriving(_socket: &impl AsHandle, _on: bool) -> io::Result<()> {
    Err(super::unsupported("dropping what arrives at one socket"))
}
