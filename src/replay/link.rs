//! One end of a conversation, whatever it runs over: send, recv, end.
//!
//! Promises: one method is one system call, but for a pipe's send and for calls
//! that a signal interrupted or a stranger answered; every call ends at the
//! deadline the link was opened with (as [`ErrorKind::WouldBlock`]). Closing is
//! dropping. Never logs.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

use super::shared::Shared;
use crate::kernel;
use crate::scenario::Side;

#[cfg(unix)]
use std::os::fd::{AsFd, OwnedFd};

/// One end of a conversation.
#[derive(Debug)]
pub(super) enum Link {
    /// A TCP connection.
    Tcp(TcpStream),
    /// A UDP socket.
    Udp(UdpLink),
    /// One of a pair of `AF_UNIX` sockets.
    #[cfg(unix)]
    Pair(OwnedFd),
    /// One end of two pipes, one each way.
    #[cfg(unix)]
    Pipes(PipeEnds),
}

/// A UDP socket and whom it talks to.
#[derive(Debug)]
pub(super) struct UdpLink {
    pub(super) socket: UdpSocket,
    /// Where sends go: the sender of the last datagram received, or the server.
    pub(super) peer: Option<SocketAddr>,
    /// Whether connect was called, so that send needs no address.
    pub(super) connected: bool,
}

/// One end of two pipes.
#[cfg(unix)]
#[derive(Debug)]
pub(super) struct PipeEnds {
    pub(super) reader: io::PipeReader,
    /// None once the sending direction is closed.
    pub(super) writer: Option<io::PipeWriter>,
    pub(super) deadline: Duration,
}

/// Flags of a send.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SendFlags {
    /// `MSG_MORE`.
    pub(super) more: bool,
    /// `MSG_DONTWAIT`.
    pub(super) nonblocking: bool,
    /// `MSG_EOR`.
    pub(super) end_of_record: bool,
}

/// Flags of a recv.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RecvFlags {
    /// `MSG_PEEK`.
    pub(super) peek: bool,
    /// `MSG_WAITALL`.
    pub(super) wait_all: bool,
    /// `MSG_DONTWAIT`.
    pub(super) nonblocking: bool,
}

/// What a recv returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Received {
    /// How many bytes are in the buffer.
    pub(super) bytes: usize,
    /// How many more the datagram had, where the kernel tells.
    pub(super) cut: usize,
    /// Whether nothing means the end of the stream (it is an empty datagram otherwise).
    pub(super) nothing_is_end: bool,
}

impl Link {
    /// One send call.
    pub(super) fn send(&mut self, bytes: &[u8], flags: SendFlags) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => send_on_socket(stream, bytes, flags),
            Self::Udp(UdpLink {
                socket,
                connected: true,
                ..
            }) => retry(|| socket.send(bytes)),
            Self::Udp(UdpLink {
                socket,
                peer: Some(peer),
                ..
            }) => retry(|| socket.send_to(bytes, *peer)),
            Self::Udp(UdpLink { peer: None, .. }) => Err(ErrorKind::NotConnected.into()),
            #[cfg(unix)]
            Self::Pair(socket) => send_on_socket(socket, bytes, flags),
            #[cfg(unix)]
            Self::Pipes(pipes) => pipes.send(bytes, flags),
        }
    }

    /// One recv call for at most `buffer.len()` bytes by `side`.
    pub(super) fn recv(
        &mut self,
        buffer: &mut [u8],
        flags: RecvFlags,
        shared: &Shared,
        side: Side,
    ) -> io::Result<Received> {
        let stream = |bytes| Received {
            bytes,
            cut: 0,
            nothing_is_end: true,
        };
        match self {
            Self::Tcp(socket) => recv_on_socket(socket, buffer, flags).map(stream),
            Self::Udp(link) => link.recv(buffer, flags, shared, side),
            #[cfg(unix)]
            Self::Pair(socket) => recv_on_pair(socket, buffer, flags),
            #[cfg(unix)]
            Self::Pipes(pipes) => pipes.recv(buffer).map(stream),
        }
    }

    /// Closes the sending direction.
    pub(super) fn half_close(&mut self) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.shutdown(Shutdown::Write),
            Self::Udp(_) => Err(ErrorKind::Unsupported.into()),
            #[cfg(unix)]
            Self::Pair(socket) => Ok(rustix::net::shutdown(socket, rustix::net::Shutdown::Write)?),
            #[cfg(unix)]
            Self::Pipes(pipes) => {
                pipes.writer = None;
                Ok(())
            }
        }
    }

    /// What the kernel is asked about: the end that receives.
    #[cfg(unix)]
    pub(super) fn handle(&self) -> std::os::fd::BorrowedFd<'_> {
        match self {
            Self::Tcp(stream) => stream.as_fd(),
            Self::Udp(link) => link.socket.as_fd(),
            Self::Pair(socket) => socket.as_fd(),
            Self::Pipes(pipes) => pipes.reader.as_fd(),
        }
    }

    /// What the kernel is asked about: the end that receives.
    #[cfg(windows)]
    pub(super) fn handle(&self) -> std::os::windows::io::BorrowedSocket<'_> {
        use std::os::windows::io::AsSocket;
        match self {
            Self::Tcp(stream) => stream.as_socket(),
            Self::Udp(link) => link.socket.as_socket(),
        }
    }

    /// First-time segments, first-time bytes and retransmissions of the sending kernel, for TCP on Linux.
    pub(super) fn sent_so_far(&self) -> Option<(u32, u64, u32)> {
        let Self::Tcp(_) = self else {
            return None;
        };
        let info = kernel::tcp_info(&self.handle())?;
        let again = info.total_retrans?;
        Some((
            info.data_segs_out?.saturating_sub(again),
            info.bytes_sent?.saturating_sub(info.bytes_retrans?),
            again,
        ))
    }
}

impl UdpLink {
    /// Receives a datagram; one from a stranger is dropped and the next awaited,
    /// unless the other side has given up (its wake-up call is such a one).
    fn recv(
        &mut self,
        buffer: &mut [u8],
        flags: RecvFlags,
        shared: &Shared,
        side: Side,
    ) -> io::Result<Received> {
        loop {
            let (bytes, whole, from) = recv_datagram(&self.socket, buffer, flags)?;
            let known = from.is_none_or(|from| shared.owns_port(side.other(), from.port()));
            if known {
                if let (Some(from), false) = (from, self.connected) {
                    self.peer = Some(from);
                }
                return Ok(Received {
                    bytes,
                    cut: whole - bytes,
                    nothing_is_end: false,
                });
            }
            if flags.peek {
                recv_datagram(&self.socket, &mut [], RecvFlags::default())?;
            }
            if shared.is_aborted() {
                return Err(ErrorKind::ConnectionAborted.into());
            }
        }
    }
}

#[cfg(unix)]
impl PipeEnds {
    /// Writes it all, as a blocking write does, but no longer than the deadline.
    fn send(&mut self, bytes: &[u8], flags: SendFlags) -> io::Result<usize> {
        if flags.more || flags.end_of_record {
            return Err(ErrorKind::Unsupported.into());
        }
        let Some(writer) = &mut self.writer else {
            return Err(ErrorKind::BrokenPipe.into());
        };
        let mut written = 0;
        loop {
            match writer.write(&bytes[written..]) {
                Ok(more) => written += more,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() != ErrorKind::WouldBlock => return Err(error),
                Err(error) if flags.nonblocking && written == 0 => return Err(error),
                Err(_) if flags.nonblocking => return Ok(written),
                Err(_) => {
                    let ready = poll_for(writer, rustix::event::PollFlags::OUT, self.deadline)?;
                    if !ready {
                        return Ok(written);
                    }
                }
            }
            if written == bytes.len() {
                return Ok(written);
            }
        }
    }

    fn recv(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !poll_for(&self.reader, rustix::event::PollFlags::IN, self.deadline)? {
            return Err(ErrorKind::WouldBlock.into());
        }
        retry(|| self.reader.read(buffer))
    }
}

/// Waits until `fd` is ready; false when the deadline passed.
#[cfg(unix)]
fn poll_for(
    fd: &impl AsFd,
    events: rustix::event::PollFlags,
    deadline: Duration,
) -> io::Result<bool> {
    let timeout = rustix::event::Timespec::try_from(deadline)
        .map_err(|_| io::Error::from(ErrorKind::InvalidInput))?;
    let mut polled = [rustix::event::PollFd::new(fd, events)];
    let ready = retry(|| Ok(rustix::event::poll(&mut polled, Some(&timeout))?))?;
    Ok(ready > 0)
}

/// Calls again what a signal interrupted.
fn retry<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

#[cfg(unix)]
fn send_on_socket(socket: impl AsFd, bytes: &[u8], flags: SendFlags) -> io::Result<usize> {
    use rustix::net::SendFlags as Bits;
    let mut bits = Bits::empty();
    #[cfg(not(any(target_os = "macos", target_os = "ios")))]
    {
        bits |= Bits::NOSIGNAL;
    }
    if flags.nonblocking {
        bits |= Bits::DONTWAIT;
    }
    if flags.end_of_record {
        bits |= Bits::EOR;
    }
    if flags.more {
        #[cfg(target_os = "linux")]
        {
            bits |= Bits::MORE;
        }
        #[cfg(not(target_os = "linux"))]
        return Err(ErrorKind::Unsupported.into());
    }
    retry(|| Ok(rustix::net::send(&socket, bytes, bits)?))
}

#[cfg(unix)]
fn recv_on_socket(socket: impl AsFd, buffer: &mut [u8], flags: RecvFlags) -> io::Result<usize> {
    retry(|| Ok(rustix::net::recv(&socket, &mut *buffer, recv_bits(flags))?.1))
}

#[cfg(unix)]
fn recv_bits(flags: RecvFlags) -> rustix::net::RecvFlags {
    use rustix::net::RecvFlags as Bits;
    let mut bits = Bits::empty();
    if flags.peek {
        bits |= Bits::PEEK;
    }
    if flags.wait_all {
        bits |= Bits::WAITALL;
    }
    if flags.nonblocking {
        bits |= Bits::DONTWAIT;
    }
    bits
}

/// The bits that make a recv say how long the datagram really was (recv(2): Linux only).
#[cfg(unix)]
fn recv_whole_bits(flags: RecvFlags) -> rustix::net::RecvFlags {
    #[cfg(target_os = "linux")]
    return recv_bits(flags) | rustix::net::RecvFlags::TRUNC;
    #[cfg(not(target_os = "linux"))]
    recv_bits(flags)
}

/// Receives from one of a pair; a record that is too long is cut, as a datagram is.
#[cfg(unix)]
fn recv_on_pair(socket: &OwnedFd, buffer: &mut [u8], flags: RecvFlags) -> io::Result<Received> {
    let keeps_records =
        rustix::net::sockopt::socket_type(socket)? != rustix::net::SocketType::STREAM;
    let bits = if keeps_records {
        recv_whole_bits(flags)
    } else {
        recv_bits(flags)
    };
    let (bytes, whole) = retry(|| {
        let (kept, whole) = rustix::net::recv(socket, &mut *buffer, bits)?;
        Ok((kept, whole))
    })?;
    Ok(Received {
        bytes,
        cut: whole - bytes,
        nothing_is_end: true,
    })
}

/// Receives a datagram: bytes kept, bytes it had, sender.
#[cfg(unix)]
fn recv_datagram(
    socket: &UdpSocket,
    buffer: &mut [u8],
    flags: RecvFlags,
) -> io::Result<(usize, usize, Option<SocketAddr>)> {
    retry(|| {
        let (kept, whole, from) =
            rustix::net::recvfrom(socket, &mut *buffer, recv_whole_bits(flags))?;
        let from = from.and_then(|from| SocketAddr::try_from(from).ok());
        Ok((kept, whole, from))
    })
}

#[cfg(not(unix))]
fn send_on_socket(mut socket: &TcpStream, bytes: &[u8], flags: SendFlags) -> io::Result<usize> {
    if flags.more || flags.nonblocking || flags.end_of_record {
        return Err(ErrorKind::Unsupported.into());
    }
    retry(|| socket.write(bytes))
}

#[cfg(not(unix))]
fn recv_on_socket(
    mut socket: &TcpStream,
    buffer: &mut [u8],
    flags: RecvFlags,
) -> io::Result<usize> {
    match flags {
        RecvFlags { wait_all: true, .. }
        | RecvFlags {
            nonblocking: true, ..
        } => Err(ErrorKind::Unsupported.into()),
        RecvFlags { peek: true, .. } => retry(|| socket.peek(buffer)),
        RecvFlags { .. } => retry(|| socket.read(buffer)),
    }
}

#[cfg(not(unix))]
fn recv_datagram(
    socket: &UdpSocket,
    buffer: &mut [u8],
    flags: RecvFlags,
) -> io::Result<(usize, usize, Option<SocketAddr>)> {
    if flags.nonblocking {
        return Err(ErrorKind::Unsupported.into());
    }
    let (bytes, from) = retry(|| {
        if flags.peek {
            socket.peek_from(buffer)
        } else {
            socket.recv_from(buffer)
        }
    })?;
    Ok((bytes, bytes, Some(from)))
}
