//! Opens sockets on 127.0.0.1, with their options and deadlines.
//!
//! Promises: loopback addresses and ephemeral ports only. Every socket has the deadline as its
//! timeout, or a shorter one that an option sets. Never waits for the other side.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use socket2::{Domain, Protocol, SockRef, Socket, Type};

use super::link::{Link, UdpLink};
use super::shared::loopback;
use crate::kernel;
use crate::scenario::{SocketOption, Transport};

/// The length of a listener's queue of connections to accept.
const BACKLOG: i32 = 128;

/// Makes a socket with `options`, bound to `port` (0: any free port).
pub(super) fn bound(
    transport: Transport,
    port: u16,
    options: &[SocketOption],
    deadline: Duration,
) -> io::Result<Socket> {
    let (kind, protocol) = match transport {
        Transport::Tcp => (Type::STREAM, Protocol::TCP),
        Transport::Udp => (Type::DGRAM, Protocol::UDP),
        Transport::UnixStream | Transport::UnixSeqpacket | Transport::Pipe => {
            return Err(io::ErrorKind::Unsupported.into());
        }
    };
    let socket = Socket::new(Domain::IPV4, kind, Some(protocol))?;
    set_timeouts(&SockRef::from(&socket), deadline)?;
    for option in options {
        kernel::set_option(&socket, within_deadline(*option, deadline))?;
    }
    socket.bind(&loopback(port).into())?;
    Ok(socket)
}

/// The port that a socket is bound to.
pub(super) fn port_of(socket: &Socket) -> io::Result<u16> {
    Ok(socket
        .local_addr()?
        .as_socket()
        .map_or(0, |address| address.port()))
}

/// Makes the socket listen.
pub(super) fn listen(socket: Socket) -> io::Result<Arc<TcpListener>> {
    socket.listen(BACKLOG)?;
    Ok(Arc::new(socket.into()))
}

/// Connects to a port of the other side.
pub(super) fn connect(socket: Socket, port: u16) -> io::Result<Link> {
    socket.connect(&loopback(port).into())?;
    Ok(Link::Tcp(Arc::new(socket.into())))
}

/// A UDP socket as a link; it sends to the port `peer`, if that is known.
pub(super) fn datagrams(socket: Socket, peer: Option<u16>) -> UdpLink {
    UdpLink {
        socket: Arc::new(socket.into()),
        peer: peer.map(loopback),
        connected: false,
    }
}

/// An accepted connection. Options that it does not inherit from the listener are set.
pub(super) fn accepted(
    stream: TcpStream,
    options: &[SocketOption],
    deadline: Duration,
) -> io::Result<Link> {
    set_timeouts(&SockRef::from(&stream), deadline)?;
    for option in options {
        match option {
            SocketOption::NoDelay(_)
            | SocketOption::Cork(_)
            | SocketOption::QuickAck(_)
            | SocketOption::Linger(_)
            | SocketOption::SendTimeout(_) => {
                kernel::set_option(&stream, within_deadline(*option, deadline))?;
            }
            SocketOption::ReuseAddress(_)
            | SocketOption::ReusePort(_)
            | SocketOption::ReceiveBuffer(_)
            | SocketOption::SendBuffer(_)
            | SocketOption::MaxSegment(_) => {}
        }
    }
    Ok(Link::Tcp(Arc::new(stream)))
}

/// Two connected ends, for the transports without addresses: the server's, then the client's.
#[cfg(unix)]
pub(super) fn pair(transport: Transport, deadline: Duration) -> io::Result<(Link, Link)> {
    use std::os::fd::OwnedFd;
    let sockets = |kind| -> io::Result<(Link, Link)> {
        let (server, client) = Socket::pair(Domain::UNIX, kind, None).map_err(none_such)?;
        for socket in [&server, &client] {
            set_timeouts(&SockRef::from(socket), deadline)?;
        }
        Ok((
            Link::Pair(OwnedFd::from(server)),
            Link::Pair(OwnedFd::from(client)),
        ))
    };
    match transport {
        Transport::UnixStream => sockets(Type::STREAM),
        Transport::UnixSeqpacket => sockets(Type::SEQPACKET),
        Transport::Pipe => pipes(deadline),
        Transport::Tcp | Transport::Udp => Err(io::ErrorKind::Unsupported.into()),
    }
}

/// Marks the error as unsupported: macOS has no `SOCK_SEQPACKET` between `AF_UNIX` sockets, and
/// reports it so.
#[cfg(unix)]
fn none_such(error: io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(libc::EPROTONOSUPPORT) => io::ErrorKind::Unsupported.into(),
        Some(_) | None => error,
    }
}

#[cfg(unix)]
fn pipes(deadline: Duration) -> io::Result<(Link, Link)> {
    use super::link::PipeEnds;
    let (client_reader, server_writer) = io::pipe()?;
    let (server_reader, client_writer) = io::pipe()?;
    for writer in [&server_writer, &client_writer] {
        rustix::io::ioctl_fionbio(writer, true)?;
    }
    let ends = |reader, writer| {
        Link::Pipes(PipeEnds {
            reader,
            writer: Some(writer),
            deadline,
        })
    };
    Ok((
        ends(server_reader, server_writer),
        ends(client_reader, client_writer),
    ))
}

/// Two connected ends. This platform has none.
#[cfg(not(unix))]
pub(super) fn pair(_: Transport, _: Duration) -> io::Result<(Link, Link)> {
    Err(io::ErrorKind::Unsupported.into())
}

/// The option, with its time limited to the deadline.
///
/// The reader allows no longer time, but a stage can have a deadline of its own. `SO_LINGER` counts
/// whole seconds, and 0 would turn a close into a reset, so it may last up to the next full second.
pub(super) fn within_deadline(option: SocketOption, deadline: Duration) -> SocketOption {
    match option {
        SocketOption::Linger(seconds) => {
            let most = deadline.as_secs() + u64::from(deadline.subsec_nanos() > 0);
            SocketOption::Linger(seconds.min(u32::try_from(most).unwrap_or(u32::MAX)))
        }
        SocketOption::SendTimeout(milliseconds) => {
            let most = u32::try_from(deadline.as_millis()).unwrap_or(u32::MAX);
            SocketOption::SendTimeout(milliseconds.min(most.max(1)))
        }
        SocketOption::ReuseAddress(_)
        | SocketOption::ReusePort(_)
        | SocketOption::NoDelay(_)
        | SocketOption::Cork(_)
        | SocketOption::QuickAck(_)
        | SocketOption::ReceiveBuffer(_)
        | SocketOption::SendBuffer(_)
        | SocketOption::MaxSegment(_) => option,
    }
}

fn set_timeouts(socket: &SockRef<'_>, deadline: Duration) -> io::Result<()> {
    socket.set_read_timeout(Some(deadline))?;
    socket.set_write_timeout(Some(deadline))
}
