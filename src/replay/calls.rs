//! The system calls that a link makes, for each platform, with their flags.
//!
//! Promises: each function is one call, repeated only if a signal interrupted it.

use std::io::{self, ErrorKind};
#[cfg(not(unix))]
use std::io::{Read, Write};
#[cfg(not(unix))]
use std::net::TcpStream;
use std::net::{SocketAddr, UdpSocket};
#[cfg(unix)]
use std::os::fd::{AsFd, OwnedFd};
#[cfg(unix)]
use std::time::Duration;

use crate::trace::Got;

/// Flags of a send.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SendFlags {
    /// `MSG_MORE`.
    pub(crate) more: bool,
    /// `MSG_DONTWAIT`.
    pub(crate) nonblocking: bool,
    /// `MSG_EOR`.
    pub(crate) end_of_record: bool,
}

/// Flags of a recv.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RecvFlags {
    /// `MSG_PEEK`.
    pub(crate) peek: bool,
    /// `MSG_WAITALL`.
    pub(crate) wait_all: bool,
    /// `MSG_DONTWAIT`.
    pub(crate) nonblocking: bool,
}

/// What a recv returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Received {
    /// The number of bytes in the buffer.
    pub(crate) bytes: usize,
    /// The number of bytes cut off the datagram, if the kernel reports it.
    pub(crate) cut: usize,
    /// Whether 0 bytes mean the end of the stream; otherwise they are an empty datagram.
    pub(crate) nothing_is_end: bool,
}

impl Received {
    /// What a recv that asked for `asked` bytes returned, as it is recorded.
    pub(crate) fn got(&self, asked: u32, peeks: bool) -> Got {
        let bytes = narrow(self.bytes);
        if self.nothing_is_end && bytes == 0 && asked > 0 {
            Got::End
        } else if peeks {
            Got::Peeked { bytes }
        } else {
            let cut = narrow(self.cut);
            Got::Data { bytes, cut }
        }
    }
}

/// A size as traces hold it. Scenarios are limited to 64 MiB.
pub(crate) fn narrow(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// Waits until `fd` is ready; false if the deadline passed.
#[cfg(unix)]
pub(crate) fn poll_for(
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

/// Repeats a call that a signal interrupted. A timeout is [`ErrorKind::WouldBlock`] everywhere;
/// Windows reports it as `WSAETIMEDOUT` (`SO_RCVTIMEO`).
pub(crate) fn retry<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if cfg!(windows) && error.kind() == ErrorKind::TimedOut => {
                return Err(ErrorKind::WouldBlock.into());
            }
            done => return done,
        }
    }
}

#[cfg(unix)]
pub(crate) fn send_on_socket(
    socket: impl AsFd,
    bytes: &[u8],
    flags: SendFlags,
) -> io::Result<usize> {
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
pub(crate) fn recv_on_socket(
    socket: impl AsFd,
    buffer: &mut [u8],
    flags: RecvFlags,
) -> io::Result<usize> {
    retry(|| Ok(rustix::net::recv(&socket, &mut *buffer, recv_bits(flags))?.1))
}

#[cfg(unix)]
pub(crate) fn recv_bits(flags: RecvFlags) -> rustix::net::RecvFlags {
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

/// The flags that make a recv report the datagram's full length (recv(2): Linux only).
#[cfg(unix)]
pub(crate) fn recv_whole_bits(flags: RecvFlags) -> rustix::net::RecvFlags {
    #[cfg(target_os = "linux")]
    return recv_bits(flags) | rustix::net::RecvFlags::TRUNC;
    #[cfg(not(target_os = "linux"))]
    recv_bits(flags)
}

/// Receives on one end of a pair. A record that is too long is cut, as a datagram is.
#[cfg(unix)]
pub(crate) fn recv_on_pair(
    socket: &OwnedFd,
    buffer: &mut [u8],
    flags: RecvFlags,
) -> io::Result<Received> {
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

/// Receives a datagram. Returns the bytes kept, its full length, and the sender.
#[cfg(unix)]
pub(crate) fn recv_datagram(
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
pub(crate) fn send_on_socket(
    mut socket: &TcpStream,
    bytes: &[u8],
    flags: SendFlags,
) -> io::Result<usize> {
    if flags.more || flags.nonblocking || flags.end_of_record {
        return Err(ErrorKind::Unsupported.into());
    }
    retry(|| socket.write(bytes))
}

#[cfg(not(unix))]
pub(crate) fn recv_on_socket(
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

/// Receives a datagram. Returns the bytes kept, its full length (if Windows reports it), and the
/// sender.
///
/// Windows keeps as much of a long datagram as fits and returns `WSAEMSGSIZE` (`recvfrom`); `std`
/// then reports neither the sender nor the full length.
#[cfg(not(unix))]
pub(crate) fn recv_datagram(
    socket: &UdpSocket,
    buffer: &mut [u8],
    flags: RecvFlags,
) -> io::Result<(usize, usize, Option<SocketAddr>)> {
    if flags.nonblocking {
        return Err(ErrorKind::Unsupported.into());
    }
    let received = retry(|| {
        if flags.peek {
            socket.peek_from(buffer)
        } else {
            socket.recv_from(buffer)
        }
    });
    match received {
        Ok((bytes, from)) => Ok((bytes, bytes, Some(from))),
        Err(error) if error.raw_os_error() == Some(super::fault::MESSAGE_SIZE) => {
            Ok((buffer.len(), buffer.len(), None))
        }
        Err(error) => Err(error),
    }
}
