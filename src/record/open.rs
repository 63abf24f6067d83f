//! How a conversation begins: listening and accepting, connecting, or waiting for a datagram.
//!
//! Promises: binds exactly the address it is given. Each call is recorded, and an error is returned
//! as the system reports it.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use super::{Conversation, PATIENCE};
use crate::replay::calls::retry;
use crate::replay::link::{Link, UdpLink};
use crate::replay::recorder::Recorder;
use crate::scenario::{Side, SocketPart, Transport};
use crate::trace::merge::ConnectionKey;
use crate::trace::{By, Op, SocketOp};

/// The length of the queue of connections to accept.
const BACKLOG: i32 = 1;

/// A TCP server before somebody connects.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    recorder: Recorder,
}

impl Listener {
    /// Binds the address and listens there.
    ///
    /// # Errors
    /// If it is taken, or not one of this machine.
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        let mut recorder = recorder(Side::Server);
        let (socket, address) = bind(&mut recorder, Transport::Tcp, address)?;
        let start = recorder.now();
        socket.listen(BACKLOG)?;
        recorder.record(start, Op::Socket(SocketOp::Listen), None);
        Ok(Self {
            socket: socket.into(),
            address,
            recorder,
        })
    }

    /// The address; its port is the one that was bound.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits for somebody to connect, however long that takes, and stops listening.
    ///
    /// # Errors
    /// Any of accept(2).
    pub fn accept(self) -> io::Result<Conversation> {
        let Self {
            socket,
            address,
            mut recorder,
        } = self;
        let start = recorder.now();
        let (stream, peer) = retry(|| socket.accept())?;
        let link = link(Transport::Tcp, stream.into(), None)?;
        let connection = recorder.connection(ConnectionKey {
            server: address.port(),
            client: peer.port(),
        });
        recorder.record(start, Op::Socket(SocketOp::Accept { connection }), None);
        let start = recorder.now();
        drop(socket);
        let close = SocketOp::Close(SocketPart::Listener);
        recorder.record(start, Op::Socket(close), None);
        Ok(Conversation::new(
            Transport::Tcp,
            link,
            recorder,
            address,
            Some(peer),
        ))
    }
}

/// Connects to a server; over UDP no packet leaves yet.
///
/// # Errors
/// If nobody listens there, or it cannot be reached.
pub fn connect(transport: Transport, address: SocketAddr) -> io::Result<Conversation> {
    let mut recorder = recorder(Side::Client);
    let socket = socket(transport, address)?;
    let start = recorder.now();
    let to = SockAddr::from(address);
    if transport == Transport::Udp {
        socket.connect(&to)?;
    } else {
        socket.connect_timeout(&to, PATIENCE)?;
    }
    let mine = own(&socket, address);
    let connection = recorder.connection(ConnectionKey {
        server: address.port(),
        client: mine.port(),
    });
    let port = address.port();
    let op = Op::Socket(SocketOp::Connect { port, connection });
    recorder.record(start, op, None);
    let link = link(transport, socket, Some(address))?;
    Ok(Conversation::new(
        transport,
        link,
        recorder,
        mine,
        Some(address),
    ))
}

/// A UDP server, which knows nobody until a datagram comes.
///
/// # Errors
/// If the address is taken, or not one of this machine.
pub fn receive(address: SocketAddr) -> io::Result<Conversation> {
    let mut recorder = recorder(Side::Server);
    let (socket, address) = bind(&mut recorder, Transport::Udp, address)?;
    let link = link(Transport::Udp, socket, None)?;
    Ok(Conversation::new(
        Transport::Udp,
        link,
        recorder,
        address,
        None,
    ))
}

/// A recorder of what a person at `side` has called for.
fn recorder(side: Side) -> Recorder {
    let mut recorder = Recorder::new(side, std::time::Instant::now());
    recorder.by = By::Observed { task: 0 };
    recorder
}

/// A socket that reaches this address.
fn socket(transport: Transport, address: SocketAddr) -> io::Result<Socket> {
    let (kind, protocol) = match transport {
        Transport::Tcp => (Type::STREAM, Protocol::TCP),
        Transport::Udp => (Type::DGRAM, Protocol::UDP),
        Transport::UnixStream | Transport::UnixSeqpacket | Transport::Pipe => {
            return Err(io::ErrorKind::Unsupported.into());
        }
    };
    Socket::new(Domain::for_address(address), kind, Some(protocol))
}

/// A socket bound to this address, and the address with the port that it got.
fn bind(
    recorder: &mut Recorder,
    transport: Transport,
    address: SocketAddr,
) -> io::Result<(Socket, SocketAddr)> {
    let start = recorder.now();
    let socket = socket(transport, address)?;
    // A conversation that ended a minute ago leaves the port in TIME_WAIT. On Windows the option
    // would take a port from a program that listens there.
    #[cfg(unix)]
    if transport == Transport::Tcp {
        socket.set_reuse_address(true)?;
    }
    socket.bind(&SockAddr::from(address))?;
    let address = own(&socket, address);
    let op = SocketOp::Bind {
        port: address.port(),
        again: false,
    };
    recorder.record(start, Op::Socket(op), None);
    Ok((socket, address))
}

/// The socket as a link; `connected` is the address to which connect was called.
fn link(transport: Transport, socket: Socket, connected: Option<SocketAddr>) -> io::Result<Link> {
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    Ok(if transport == Transport::Udp {
        Link::Udp(UdpLink {
            socket: Arc::new(socket.into()),
            peer: connected,
            connected: connected.is_some(),
        })
    } else {
        Link::Tcp(Arc::new(socket.into()))
    })
}

/// The address of the socket; the one asked for if the system does not tell.
fn own(socket: &Socket, asked: SocketAddr) -> SocketAddr {
    let local = socket.local_addr().ok();
    local.and_then(|local| local.as_socket()).unwrap_or(asked)
}
