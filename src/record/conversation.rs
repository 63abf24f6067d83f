//! One side of a conversation: it says, hears, and records both.

use std::io;
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use super::{MOST_BYTES, MOST_CALLS};
use crate::framing::{self, Decoder, Framing};
use crate::kernel;
use crate::replay::calls::{SendFlags, narrow};
use crate::replay::link::Link;
use crate::replay::recorder::Recorder;
use crate::replay::{environment, fault};
use crate::scenario::{Fault, SendRole, Side, SocketPart, SystemFault, Transport};
use crate::trace::merge::{ConnectionKey, Log, merge};
use crate::trace::{DataOp, End, Ends, Got, Op, PartTrace, Queued, SocketOp, Source, Trace};

/// The most clients of a UDP server that are recorded.
const MOST_PEERS: usize = 64;
/// The longest message that is decoded.
const LONGEST_MESSAGE: usize = 1 << 20;

/// One side of a conversation, and its record.
#[derive(Debug)]
pub struct Conversation {
    transport: Transport,
    /// `None` once it is closed.
    link: Option<Link>,
    recorder: Recorder,
    own: SocketAddr,
    /// Whom it talked to, the number of the connection being the index.
    peers: Vec<SocketAddr>,
    framing: Option<Framing>,
    /// What takes messages out of the stream, until it does not decode.
    decoder: Option<Decoder>,
    is_recording: bool,
    buffer: Vec<u8>,
}

/// What a recv brought.
#[derive(Debug)]
pub struct Heard {
    /// What it returned.
    pub got: Got,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Whom a datagram came from, if that is not who sent the one before.
    pub new_peer: Option<SocketAddr>,
    /// The messages that are complete with it, if there is a framing.
    pub messages: Vec<Vec<u8>>,
    /// Why the stream does not decode any further.
    pub refused: Option<framing::Error>,
}

/// Why a message was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsaid {
    /// The framing cannot encode it.
    Framing(framing::Error),
    /// The send call failed.
    System(SystemFault),
}

/// Tells when there is something to hear.
#[derive(Debug)]
pub struct Watch(Watched);

#[derive(Debug)]
enum Watched {
    Tcp(Arc<TcpStream>),
    Udp(Arc<UdpSocket>),
}

impl Watch {
    /// Waits until a recv would not block; false if the time is over first.
    ///
    /// # Errors
    /// Any of poll(2).
    pub fn wait(&self, timeout: Duration) -> io::Result<bool> {
        let ready = match &self.0 {
            Watched::Tcp(socket) => kernel::wait_readable(socket, timeout),
            Watched::Udp(socket) => kernel::wait_readable(socket, timeout),
        };
        ready.map(|ready| !ready.timed_out())
    }
}

impl Conversation {
    pub(super) fn new(
        transport: Transport,
        link: Link,
        recorder: Recorder,
        own: SocketAddr,
        peer: Option<SocketAddr>,
    ) -> Self {
        Self {
            transport,
            link: Some(link),
            recorder,
            own,
            peers: Vec::from_iter(peer),
            framing: None,
            decoder: None,
            is_recording: true,
            buffer: Vec::new(),
        }
    }

    /// Encodes every message with this framing, and decodes what comes.
    #[must_use]
    pub fn framed(mut self, framing: Framing) -> Self {
        self.framing = Some(framing);
        self.decoder = Some(Decoder::new(framing, LONGEST_MESSAGE));
        self
    }

    /// Which side it is: the server if it listened.
    #[must_use]
    pub const fn side(&self) -> Side {
        self.recorder.log.side
    }

    /// Its own address.
    #[must_use]
    pub const fn own(&self) -> SocketAddr {
        self.own
    }

    /// The address of the other side, if it is known.
    #[must_use]
    pub fn peer(&self) -> Option<SocketAddr> {
        match &self.link {
            Some(Link::Udp(link)) => link.peer,
            Some(_) | None => self.peers.last().copied(),
        }
    }

    /// Whether each recv returns one message of the other side.
    #[must_use]
    pub const fn keeps_boundaries(&self) -> bool {
        self.transport.keeps_boundaries()
    }

    /// Whether calls are still recorded.
    #[must_use]
    pub const fn is_recording(&self) -> bool {
        self.is_recording
    }

    /// Something to wait with, on another thread.
    #[must_use]
    pub fn watch(&self) -> Option<Watch> {
        match self.link.as_ref()? {
            Link::Tcp(stream) => Some(Watch(Watched::Tcp(Arc::clone(stream)))),
            Link::Udp(link) => Some(Watch(Watched::Udp(Arc::clone(&link.socket)))),
            #[cfg(unix)]
            Link::Pair(_) | Link::Pipes(_) => None,
        }
    }

    /// The number of bytes in the receive queue, or of the next datagram; `None` if the kernel does
    /// not report it.
    #[must_use]
    pub fn queued(&self) -> Option<u32> {
        kernel::queued(&self.link.as_ref()?.handle()).ok().flatten()
    }

    /// Sends a message with one send call, and returns its size as sent and how much was taken.
    ///
    /// # Errors
    /// If the framing refuses it, or the call fails.
    pub fn say(&mut self, message: &[u8]) -> Result<(usize, usize), Unsaid> {
        let Some(framing) = self.framing else {
            return self.send(message, 0).map_err(Unsaid::System);
        };
        let mut frame = Vec::new();
        let parts = framing
            .encode(message, &mut frame)
            .map_err(Unsaid::Framing)?;
        let header = u16::try_from(parts.header).unwrap_or(u16::MAX);
        self.send(&frame, header).map_err(Unsaid::System)
    }

    fn send(&mut self, bytes: &[u8], header: u16) -> Result<(usize, usize), SystemFault> {
        let peer = self.peer().ok_or(SystemFault::NotConnected)?;
        let connection = self.connection_with(peer);
        let Some(link) = &mut self.link else {
            return Err(SystemFault::NotConnected);
        };
        if let (true, Some(connection)) = (self.is_recording, connection) {
            self.recorder.look(connection, link);
        }
        let start = self.recorder.now();
        let sent = link.send(bytes, SendFlags::default());
        let taken = *sent.as_ref().unwrap_or(&0);
        let fault = sent.as_ref().err().map(fault::of);
        if let Some(connection) = connection.filter(|_| self.records(taken)) {
            let role = SendRole::Message;
            let op = (self.recorder).send_op(connection, (bytes.len(), taken), role, header);
            self.recorder.record(start, op, fault.map(Fault::System));
            let half = self.recorder.half(connection);
            half.sent.extend_from_slice(&bytes[..taken]);
            self.look();
        }
        fault.map_or(Ok((bytes.len(), taken)), Err)
    }

    /// One recv call for at most `asked` bytes.
    ///
    /// # Errors
    /// If the call fails.
    pub fn hear(&mut self, asked: u32) -> Result<Heard, SystemFault> {
        let queued = self.queued().and_then(Queued::new);
        let before = self.peer();
        let Some(link) = &mut self.link else {
            return Err(SystemFault::NotConnected);
        };
        self.buffer.resize(asked as usize, 0);
        let start = self.recorder.now();
        let received = link.recv_from_anyone(&mut self.buffer);
        let (got, fault) = match &received {
            Ok(received) => (received.got(asked, false), None),
            Err(error) => (Got::Nothing, Some(fault::of(error))),
        };
        let bytes = received.map_or(0, |received| received.bytes);
        let bytes = self.buffer[..bytes].to_vec();
        let peer = self.peer();
        let connection = peer.and_then(|peer| self.connection_with(peer));
        let connection = connection.filter(|_| self.records(bytes.len()));
        if let Some(connection) = connection {
            let op = Op::Data(DataOp::Recv {
                flow: self.recorder.incoming(connection),
                offset: self.recorder.half(connection).received.len() as u64,
                asked,
                got,
                queued,
            });
            self.recorder.record(start, op, fault.map(Fault::System));
            let half = self.recorder.half(connection);
            half.received.extend_from_slice(&bytes);
        }
        if let Some(fault) = fault {
            return Err(fault);
        }
        let (messages, refused) = self.decode(connection, &bytes, got == Got::End);
        Ok(Heard {
            got,
            bytes,
            new_peer: peer.filter(|_| peer != before),
            messages,
            refused,
        })
    }

    /// Takes the complete messages out of what came.
    fn decode(
        &mut self,
        connection: Option<u16>,
        mut chunk: &[u8],
        is_end: bool,
    ) -> (Vec<Vec<u8>>, Option<framing::Error>) {
        let mut messages = Vec::new();
        let (Some(decoder), Some(framing)) = (&mut self.decoder, self.framing) else {
            return (messages, None);
        };
        let refused = loop {
            match decoder.next(&mut chunk) {
                Ok(Some(frame)) => {
                    messages.push(frame.payload.to_vec());
                    self.is_recording &= self.recorder.log.calls.len() < MOST_CALLS;
                    let Some(connection) = connection.filter(|_| self.is_recording) else {
                        continue;
                    };
                    let start = self.recorder.now();
                    let op = Op::Data(DataOp::Decoded {
                        flow: self.recorder.incoming(connection),
                        offset: frame.offset,
                        header: narrow(frame.parts.header),
                        payload: narrow(frame.parts.body),
                        trailer: narrow(frame.parts.trailer),
                        framing: Box::new(framing),
                    });
                    self.recorder.record(start, op, None);
                }
                Ok(None) if is_end => break decoder.end().err(),
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        let Some(error) = refused else {
            return (messages, None);
        };
        self.decoder = None;
        if let Some(connection) = connection {
            let start = self.recorder.now();
            let received = self.recorder.half(connection).received.len() as u64;
            let op = Op::Data(DataOp::Refuse {
                flow: self.recorder.incoming(connection),
                offset: error.offset.min(received),
                framing: Some(Box::new(framing)),
            });
            let fault = Fault::Framing(error.kind);
            self.recorder.record(start, op, Some(fault));
        }
        (messages, Some(error))
    }

    /// Closes the sending direction of a TCP connection.
    pub fn end_sending(&mut self) {
        let (Transport::Tcp, Some(link)) = (self.transport, &mut self.link) else {
            return;
        };
        let start = self.recorder.now();
        if self.is_recording {
            self.recorder.look(0, link);
        }
        self.recorder.ends(0);
        let fault = link.half_close().err().map(|error| fault::of(&error));
        if self.records(0) {
            let op = Op::Socket(SocketOp::HalfClose);
            self.recorder.record(start, op, fault.map(Fault::System));
        }
        self.look();
    }

    /// Closes the socket.
    pub fn close(&mut self) {
        let start = self.recorder.now();
        let Some(link) = self.link.take() else { return };
        let is_recording = self.records(0);
        for connection in (0..).take(self.recorder.log.connections.len()) {
            if is_recording {
                self.recorder.look_at_what_leaves(connection, &link);
            }
        }
        if !self.recorder.log.connections.is_empty() {
            self.recorder.count_drops(0, &link);
        }
        drop(link);
        if is_recording {
            let op = Op::Socket(SocketOp::Close(SocketPart::Connection));
            self.recorder.record(start, op, None);
        }
    }

    /// Asks the kernel what has left by now.
    fn look(&mut self) {
        if let (true, Some(link @ Link::Tcp(_))) = (self.is_recording, &self.link) {
            self.recorder.look(0, link);
        }
    }

    /// Whether there is room to record a call with so many bytes; if not, recording ends.
    fn records(&mut self, bytes: usize) -> bool {
        let log = &self.recorder.log;
        let halves = log.connections.iter();
        let kept: usize = halves
            .map(|half| half.sent.len() + half.received.len())
            .sum();
        let has_room = kept + bytes <= MOST_BYTES && log.calls.len() < MOST_CALLS;
        self.is_recording &= has_room;
        self.is_recording
    }

    /// The number of the connection with this peer; `None` if there are too many to record.
    fn connection_with(&mut self, peer: SocketAddr) -> Option<u16> {
        let known = self.peers.iter().position(|it| *it == peer);
        let place = match known {
            Some(place) => place,
            None if self.peers.len() < MOST_PEERS => {
                self.peers.push(peer);
                self.recorder.connection(ConnectionKey {
                    server: self.own.port(),
                    client: peer.port(),
                });
                self.peers.len() - 1
            }
            None => {
                self.is_recording = false;
                return None;
            }
        };
        u16::try_from(place).ok()
    }

    /// What was recorded so far. `command` is the command line that it came from.
    #[must_use]
    pub fn trace(&mut self, name: &str, command: Vec<String>) -> Trace {
        self.look();
        let side = self.side();
        let other = side.other();
        let nothing = Log {
            side: other,
            calls: Vec::new(),
            connections: Vec::new(),
        };
        let log = self.recorder.log.clone();
        let (calls, mut flows) = match side {
            Side::Server => merge(log, nothing),
            Side::Client => merge(nothing, log),
        };
        for flow in flows.iter_mut().filter(|flow| flow.from == other) {
            flow.sent.clone_from(&flow.received);
        }
        let end = |is_own: bool| End {
            name: if is_own {
                name.to_owned()
            } else {
                (self.peers.last()).map_or_else(String::new, SocketAddr::to_string)
            },
            address: if is_own {
                Some(self.own)
            } else {
                self.peers.last().copied()
            },
            unseen: !is_own,
        };
        Trace {
            name: name.to_owned(),
            source: Source::Recording {
                commands: vec![command],
            },
            environment: environment(),
            parts: vec![PartTrace {
                label: None,
                transport: self.transport,
                ends: Some(Ends {
                    server: end(side == Side::Server),
                    client: end(side == Side::Client),
                }),
                expect: None,
                calls,
                flows,
                cut: Vec::new(),
                stop: None,
            }],
        }
    }
}
