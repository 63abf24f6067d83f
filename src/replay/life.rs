//! The life of a socket: bind, listen, accept, connect, options, close.
//!
//! Promises: each is recorded as one call, even if it fails. A connection made by a stranger is
//! closed, and the next one awaited.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use super::actor::{Actor, Halt};
use super::fault::Purpose;
use super::link::Link;
use super::open;
use super::shared::Blocking;
use crate::kernel;
use crate::scenario::{Side, SocketOption, SocketPart, Transport};
use crate::trace::merge::ConnectionKey;
use crate::trace::{By, Op, SocketOp};

impl Actor<'_> {
    /// Does what a script without socket steps implies: the server accepts, the client connects.
    pub(super) fn open_implied(&mut self) -> Result<(), Halt> {
        match (self.part.transport, self.side) {
            (Transport::Tcp, Side::Server) => self.accept(),
            (Transport::Tcp, Side::Client) => self.connect(),
            (
                Transport::Udp | Transport::UnixStream | Transport::UnixSeqpacket | Transport::Pipe,
                _,
            ) => self.await_peer(),
        }
    }

    /// If the server binds by a step, a UDP client waits for it and sends to the port that it
    /// binds.
    fn await_peer(&mut self) -> Result<(), Halt> {
        let needs_peer = self.part.transport == Transport::Udp && self.side == Side::Client;
        let until = self.until();
        let (shared, other) = (self.shared, self.side.other());
        if let (true, Some(Link::Udp(link))) = (needs_peer, &mut self.slot().link) {
            let port = shared.wait_port(other, false, until)?;
            link.peer = Some(super::shared::loopback(port));
        }
        Ok(())
    }

    /// The options of all this side's sockets, then those in `more`.
    fn options(&self, more: &[SocketOption]) -> Vec<SocketOption> {
        self.part
            .script(self.side)
            .options
            .iter()
            .chain(more)
            .copied()
            .collect()
    }

    pub(super) fn bind(&mut self, same_port: bool, options: &[SocketOption]) -> Result<(), Halt> {
        let start = self.recorder.now();
        let port = if same_port { self.last_port } else { 0 };
        let options = self.options(options);
        let opened = open::bound(self.part.transport, port, &options, self.deadline)
            .and_then(|socket| open::port_of(&socket).map(|port| (socket, port)));
        let port = opened.as_ref().map_or(0, |(_, port)| *port);
        self.recorded(
            start,
            Op::Socket(SocketOp::Bind {
                port,
                again: same_port,
            }),
            opened.as_ref().err(),
        )?;
        let Ok((socket, port)) = opened else {
            return Ok(());
        };
        self.shared.keep_cut(self.side, &socket, &options);
        self.last_port = port;
        if self.part.transport == Transport::Udp {
            self.conversation();
            let link = open::datagrams(socket, None);
            self.shared.listening(self.side, port, link.blocking());
            self.slot().link = Some(Link::Udp(link));
        } else {
            self.slot().bound = Some(socket);
            self.shared.bound(self.side, port);
        }
        Ok(())
    }

    /// Opens the one UDP conversation that all sockets of a side belong to.
    fn conversation(&mut self) {
        if self.recorder.log.connections.is_empty() {
            self.recorder.connection(ConnectionKey::default());
        }
    }

    pub(super) fn listen(&mut self) -> Result<(), Halt> {
        let start = self.recorder.now();
        let port = self.last_port;
        let listened = match self.slot().bound.take() {
            Some(socket) => open::listen(socket),
            None => Err(io::ErrorKind::InvalidInput.into()),
        };
        self.recorded(start, Op::Socket(SocketOp::Listen), listened.as_ref().err())?;
        if let Ok(listener) = listened {
            let blocking = Blocking::Listener(Arc::downgrade(&listener));
            self.slot().listener = Some((listener, port));
            self.shared.listening(self.side, port, blocking);
        }
        Ok(())
    }

    pub(super) fn accept(&mut self) -> Result<(), Halt> {
        let start = self.recorder.now();
        let until = self.until();
        let (shared, other, deadline) = (self.shared, self.side.other(), self.deadline);
        let options = self.options(&[]);
        let accepted = match &self.slot().listener {
            None => Err(io::ErrorKind::InvalidInput.into()),
            Some((listener, port)) => loop {
                let left = until.saturating_duration_since(Instant::now());
                if kernel::wait_readable(&**listener, left).is_ok_and(kernel::Readiness::timed_out)
                {
                    return Err(Halt::Deadline { there: None });
                }
                match listener.accept() {
                    Ok((stream, peer)) if shared.owns_port(other, peer.port()) => {
                        let key = ConnectionKey {
                            server: *port,
                            client: peer.port(),
                        };
                        break open::accepted(stream, &options, deadline).map(|link| (link, key));
                    }
                    // A stranger connected, or this is the error with which the other side woke it
                    // when it gave up.
                    _ if shared.is_aborted() => return Err(Halt::Aborted),
                    // The next stranger may already be waiting, so the wait does not end by its own
                    // limit.
                    Ok(_) if Instant::now() >= until => {
                        return Err(Halt::Deadline { there: None });
                    }
                    Ok(_) => {}
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => break Err(error),
                }
            },
        };
        self.opened(start, accepted, |connection| {
            Op::Socket(SocketOp::Accept { connection })
        })
    }

    pub(super) fn connect(&mut self) -> Result<(), Halt> {
        // If the other side listens by a step, an implied connect waits for that. A connect that is
        // a step of its own takes any bound port, listening or not.
        let implied = self.recorder.by == By::Implied;
        let port = self
            .shared
            .wait_port(self.side.other(), implied, self.until())?;
        if self.part.transport == Transport::Udp {
            return self.connect_datagrams(port);
        }
        let socket = if let Some(socket) = self.slot().bound.take() {
            Ok(socket)
        } else {
            let options = self.options(&[]);
            let opened = open::bound(self.part.transport, 0, &options, self.deadline);
            opened.inspect(|socket| self.shared.keep_cut(self.side, socket, &options))
        };
        let start = self.recorder.now();
        let connected = socket.and_then(|socket| {
            let key = ConnectionKey {
                server: port,
                client: open::port_of(&socket)?,
            };
            // Before it connects, so that the other side can tell it from a stranger.
            self.shared.uses_port(self.side, key.client);
            open::connect(socket, port).map(|link| (link, key))
        });
        self.opened(start, connected, |connection| {
            Op::Socket(SocketOp::Connect { port, connection })
        })
    }

    fn connect_datagrams(&mut self, port: u16) -> Result<(), Halt> {
        if self.slot().link.is_none() {
            let options = self.options(&[]);
            let socket = open::bound(self.part.transport, 0, &options, self.deadline)
                .map_err(|error| Halt::of_call(&error, Purpose::OpenAnywhere))?;
            self.shared.keep_cut(self.side, &socket, &options);
            let own = open::port_of(&socket).map_err(|error| Halt::of(&error))?;
            self.conversation();
            let link = open::datagrams(socket, Some(port));
            self.shared.blocks(self.side, link.blocking());
            self.shared.uses_port(self.side, own);
            self.slot().link = Some(Link::Udp(link));
        }
        let start = self.recorder.now();
        let connected = match &mut self.slot().link {
            Some(Link::Udp(link)) => {
                let done = link.socket.connect(super::shared::loopback(port));
                link.connected = done.is_ok();
                done
            }
            _ => Err(io::ErrorKind::InvalidInput.into()),
        };
        self.recorded(
            start,
            Op::Socket(SocketOp::Connect {
                port,
                connection: 0,
            }),
            connected.as_ref().err(),
        )
    }

    /// Records a connection that was opened, or the error.
    fn opened(
        &mut self,
        start: u64,
        opened: io::Result<(Link, ConnectionKey)>,
        op: impl FnOnce(u16) -> Op,
    ) -> Result<(), Halt> {
        match opened {
            Ok((link, key)) => {
                let connection = self.recorder.connection(key);
                let slot = self.slot();
                (slot.link, slot.connection) = (Some(link), connection);
                self.recorder.record(start, op(connection), None);
                self.sample();
                Ok(())
            }
            Err(error) => self.recorded(start, op(u16::MAX), Some(&error)),
        }
    }

    /// Records a call; an error is a fault.
    pub(super) fn recorded(
        &mut self,
        start: u64,
        op: Op,
        error: Option<&io::Error>,
    ) -> Result<(), Halt> {
        let purpose = match op {
            Op::Socket(SocketOp::Bind { again: true, .. }) => Purpose::OpenThere,
            Op::Socket(SocketOp::Bind { again: false, .. } | SocketOp::Connect { .. }) => {
                Purpose::OpenAnywhere
            }
            Op::Socket(
                SocketOp::Listen
                | SocketOp::Accept { .. }
                | SocketOp::Set(_)
                | SocketOp::DropArriving(_)
                | SocketOp::HalfClose
                | SocketOp::Close(_),
            )
            | Op::Data(_)
            | Op::Script(_) => Purpose::Talk,
        };
        let halt = error.map(|error| Halt::of_call(error, purpose));
        self.recorder
            .record(start, op, halt.as_ref().and_then(Halt::fault));
        halt.map_or(Ok(()), Err)
    }

    pub(super) fn set(&mut self, option: SocketOption) -> Result<(), Halt> {
        let start = self.recorder.now();
        let (side, shared, deadline) = (self.side, self.shared, self.deadline);
        let slot = self.slot();
        let option = open::within_deadline(option, deadline);
        let mut changes_listener = None;
        let done = if let Some(link) = &slot.link {
            match link {
                #[cfg(unix)]
                Link::Pipes(_) => Err(io::ErrorKind::Unsupported.into()),
                #[cfg(unix)]
                Link::Pair(_) => shared.set_option(side, &link.handle(), option),
                Link::Tcp(_) | Link::Udp(_) => shared.set_option(side, &link.handle(), option),
            }
        } else if let Some((listener, port)) = &slot.listener {
            changes_listener = Some(*port);
            shared.set_option(side, &**listener, option)
        } else if let Some(socket) = &slot.bound {
            shared.set_option(side, socket, option)
        } else {
            Err(io::ErrorKind::NotConnected.into())
        };
        if changes_listener.is_some() && changes_listener == self.lent {
            // Otherwise the next case would find the option set, and so would accepted connections.
            self.lent = None;
        }
        // Options such as uncorking send at once.
        self.sample();
        self.recorded(
            start,
            Op::Socket(SocketOp::Set(option)),
            done.as_ref().err(),
        )
    }

    pub(super) fn drop_arriving(&mut self, on: bool) -> Result<(), Halt> {
        let start = self.recorder.now();
        let done = match &self.slots[self.slot].link {
            Some(link) => link.drop_arriving(on, self.shared, self.side),
            None => Err(io::ErrorKind::NotConnected.into()),
        };
        self.recorded(
            start,
            Op::Socket(SocketOp::DropArriving(on)),
            done.as_ref().err(),
        )
    }

    pub(super) fn half_close(&mut self) -> Result<(), Halt> {
        let start = self.recorder.now();
        self.sample();
        let connection = self.slot().connection;
        self.recorder.ends(connection);
        let done = match &mut self.slot().link {
            Some(link) => link.half_close(),
            None => Err(io::ErrorKind::NotConnected.into()),
        };
        self.shared.closed(self.side);
        self.sample();
        self.recorded(start, Op::Socket(SocketOp::HalfClose), done.as_ref().err())
    }

    pub(super) fn close(&mut self) -> Result<(), Halt> {
        // The first thing it does is to ask what has left since the previous call.
        let start = self.recorder.now();
        let slot = &self.slots[self.slot];
        if let Some(link) = &slot.link {
            self.recorder.look_at_what_leaves(slot.connection, link);
            self.recorder.count_drops(slot.connection, link);
        }
        let link = self.slot().link.take();
        let done = if link.is_some() {
            Ok(())
        } else {
            Err(io::ErrorKind::NotConnected.into())
        };
        drop(link);
        self.shared.closed(self.side);
        self.recorded(
            start,
            Op::Socket(SocketOp::Close(SocketPart::Connection)),
            done.as_ref().err(),
        )
    }

    pub(super) fn close_listener(&mut self) -> Result<(), Halt> {
        let start = self.recorder.now();
        let slot = self.slot();
        let open = slot.listener.take().is_some() || slot.bound.take().is_some();
        let done = if open {
            Ok(())
        } else {
            Err(io::ErrorKind::NotConnected.into())
        };
        self.recorded(
            start,
            Op::Socket(SocketOp::Close(SocketPart::Listener)),
            done.as_ref().err(),
        )
    }

    /// Takes a sample of what the kernel reports about the bytes sent so far.
    pub(super) fn sample(&mut self) {
        let slot = &self.slots[self.slot];
        if let Some(link) = &slot.link {
            self.recorder.look(slot.connection, link);
        }
    }
}
