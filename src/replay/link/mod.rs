//! One end of a conversation over any transport: send, recv, half-close.
//!
//! Promises: one method is one system call, except a pipe's send and calls that a signal
//! interrupted or a stranger answered. Every call ends at the deadline that the link was opened
//! with (as [`ErrorKind::WouldBlock`]), however many strangers write and however little a pipe
//! takes at a time. Dropping closes. Never logs.

use std::io::{self, ErrorKind};
#[cfg(unix)]
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::calls::{
    Received, RecvFlags, SendFlags, recv_datagram, recv_on_socket, retry, send_on_socket,
};
#[cfg(unix)]
use super::calls::{poll_for, recv_on_pair};
use super::shared::{Blocking, Dropping, Shared};
use crate::kernel::{self, TcpInfo};
use crate::scenario::Side;

#[cfg(unix)]
use std::os::fd::{AsFd, OwnedFd};

/// One end of a conversation.
#[derive(Debug)]
pub(crate) enum Link {
    /// A TCP connection.
    Tcp(Arc<TcpStream>),
    /// A UDP socket.
    Udp(UdpLink),
    /// One of a pair of `AF_UNIX` sockets.
    #[cfg(unix)]
    Pair(OwnedFd),
    /// One end of two pipes, one each way.
    #[cfg(unix)]
    Pipes(PipeEnds),
}

/// A UDP socket and its peer.
#[derive(Debug)]
pub(crate) struct UdpLink {
    pub(crate) socket: Arc<UdpSocket>,
    /// The destination of sends: the sender of the last datagram received, or the server.
    pub(crate) peer: Option<SocketAddr>,
    /// Whether connect was called, so that send needs no address.
    pub(crate) connected: bool,
}

/// One end of two pipes.
#[cfg(unix)]
#[derive(Debug)]
pub(crate) struct PipeEnds {
    pub(crate) reader: io::PipeReader,
    /// `None` once the sending direction is closed.
    pub(crate) writer: Option<io::PipeWriter>,
    pub(crate) deadline: Duration,
}

impl Link {
    /// One send call.
    pub(crate) fn send(&mut self, bytes: &[u8], flags: SendFlags) -> io::Result<usize> {
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

    /// One recv call by `side` for at most `buffer.len()` bytes.
    pub(in crate::replay) fn recv(
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

    /// One recv call for what anyone sends. Who sent a datagram is the peer from then on.
    pub(crate) fn recv_from_anyone(&mut self, buffer: &mut [u8]) -> io::Result<Received> {
        let flags = RecvFlags::default();
        match self {
            Self::Tcp(socket) => recv_on_socket(socket, buffer, flags).map(|bytes| Received {
                bytes,
                cut: 0,
                nothing_is_end: true,
            }),
            Self::Udp(link) => {
                let (bytes, whole, from) = recv_datagram(&link.socket, buffer, flags)?;
                link.peer = from.or(link.peer);
                Ok(Received {
                    bytes,
                    cut: whole - bytes,
                    nothing_is_end: false,
                })
            }
            #[cfg(unix)]
            Self::Pair(_) | Self::Pipes(_) => Err(ErrorKind::Unsupported.into()),
        }
    }

    /// Closes the sending direction.
    pub(crate) fn half_close(&mut self) -> io::Result<()> {
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

    /// The receiving end, to ask the kernel about.
    #[cfg(unix)]
    pub(crate) fn handle(&self) -> std::os::fd::BorrowedFd<'_> {
        match self {
            Self::Tcp(stream) => stream.as_fd(),
            Self::Udp(link) => link.socket.as_fd(),
            Self::Pair(socket) => socket.as_fd(),
            Self::Pipes(pipes) => pipes.reader.as_fd(),
        }
    }

    /// The receiving end, to ask the kernel about.
    #[cfg(windows)]
    pub(crate) fn handle(&self) -> std::os::windows::io::BorrowedSocket<'_> {
        use std::os::windows::io::AsSocket;
        match self {
            Self::Tcp(stream) => stream.as_socket(),
            Self::Udp(link) => link.socket.as_socket(),
        }
    }

    /// Makes the kernel drop what arrives, or stop doing so. The other side can undo it.
    pub(in crate::replay) fn drop_arriving(
        &self,
        on: bool,
        shared: &Shared,
        side: Side,
    ) -> io::Result<()> {
        kernel::drop_arriving(&self.handle(), on)?;
        let dropping = match self {
            Self::Tcp(stream) => Dropping::Tcp(Arc::downgrade(stream)),
            Self::Udp(link) => Dropping::Udp(Arc::downgrade(&link.socket)),
            #[cfg(unix)]
            Self::Pair(_) | Self::Pipes(_) => return Ok(()),
        };
        if on {
            shared.drops(side, dropping);
        }
        Ok(())
    }

    /// What the sending kernel has counted so far, for TCP on Linux.
    pub(crate) fn counted(&self) -> Option<TcpInfo> {
        match self {
            Self::Tcp(_) => kernel::tcp_info(&self.handle()),
            Self::Udp(_) => None,
            #[cfg(unix)]
            Self::Pair(_) | Self::Pipes(_) => None,
        }
    }
}

impl UdpLink {
    /// The socket, so that the other side can wake this one.
    pub(in crate::replay) fn blocking(&self) -> Blocking {
        Blocking::Udp(Arc::downgrade(&self.socket))
    }

    /// Receives a datagram. One from a stranger is dropped and the next awaited, unless the other
    /// side has given up.
    fn recv(
        &mut self,
        buffer: &mut [u8],
        flags: RecvFlags,
        shared: &Shared,
        side: Side,
    ) -> io::Result<Received> {
        let begin = Instant::now();
        let mut limit = None;
        let received = loop {
            match self.recv_known(buffer, flags, shared, side) {
                Ok(None) if shared.is_aborted() => {
                    break Err(ErrorKind::ConnectionAborted.into());
                }
                // The kernel restarts the time limit for each call, so the next call gets what is
                // left.
                Ok(None) => match self.allow_the_rest(begin, &mut limit) {
                    Ok(()) => {}
                    Err(error) => break Err(error),
                },
                Ok(Some(received)) => break Ok(received),
                Err(error) => break Err(error),
            }
        };
        if limit.is_some() {
            self.socket.set_read_timeout(limit)?;
        }
        received
    }

    /// Sets the time limit of the next call so that it ends when a call begun at `begin` would have
    /// ended. `limit` keeps the socket's own limit.
    fn allow_the_rest(&self, begin: Instant, limit: &mut Option<Duration>) -> io::Result<()> {
        if limit.is_none() {
            *limit = self.socket.read_timeout()?;
        }
        let Some(whole) = *limit else { return Ok(()) };
        match whole.checked_sub(begin.elapsed()) {
            Some(left) if !left.is_zero() => self.socket.set_read_timeout(Some(left)),
            Some(_) | None => Err(ErrorKind::WouldBlock.into()),
        }
    }

    /// Calls recvfrom once; `None` if a stranger sent the datagram, which is then lost.
    fn recv_known(
        &mut self,
        buffer: &mut [u8],
        flags: RecvFlags,
        shared: &Shared,
        side: Side,
    ) -> io::Result<Option<Received>> {
        let (bytes, whole, from) = recv_datagram(&self.socket, buffer, flags)?;
        if from.is_none() && shared.is_aborted() {
            // This is how the other side woke it.
            return Ok(None);
        }
        if from.is_some_and(|from| !shared.owns_port(side.other(), from.port())) {
            if flags.peek {
                recv_datagram(&self.socket, &mut [], RecvFlags::default())?;
            }
            return Ok(None);
        }
        if let (Some(from), false) = (from, self.connected) {
            self.peer = Some(from);
        }
        Ok(Some(Received {
            bytes,
            cut: whole - bytes,
            nothing_is_end: false,
        }))
    }
}

#[cfg(unix)]
impl PipeEnds {
    /// Writes all bytes, as a blocking write does, but only until the deadline.
    fn send(&mut self, bytes: &[u8], flags: SendFlags) -> io::Result<usize> {
        if flags.more || flags.end_of_record {
            return Err(ErrorKind::Unsupported.into());
        }
        let Some(writer) = &mut self.writer else {
            return Err(ErrorKind::BrokenPipe.into());
        };
        let end = Instant::now() + self.deadline;
        let mut written = 0;
        loop {
            match writer.write(&bytes[written..]) {
                Ok(more) => written += more,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() != ErrorKind::WouldBlock => return Err(error),
                Err(error) if flags.nonblocking && written == 0 => return Err(error),
                Err(_) if flags.nonblocking => return Ok(written),
                Err(_) => {
                    let left = end.saturating_duration_since(Instant::now());
                    let ready = poll_for(writer, rustix::event::PollFlags::OUT, left)?;
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

#[cfg(all(test, unix))]
mod tests;
