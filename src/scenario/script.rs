//! The steps of one side, as closed enums.
//!
//! Promises: every step that a file can hold is one variant of [`Action`], so the replay is one
//! loop over a closed enum. Holds nothing that a file could not express.

use std::borrow::Cow;
use std::num::NonZeroU32;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{LengthCode, LengthError, Payload, Transport};
use crate::diagnostic::system;
use crate::framing::{self, Framing};

/// The script of one side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// Options set on each socket that this side opens, before bind or connect. An accepted
    /// connection gets those that it does not inherit.
    pub options: Vec<SocketOption>,
    /// The steps, in order. If there is no bind, listen, accept or connect among them, they are
    /// implied before the first step. After the last step, everything still open is closed.
    pub steps: Vec<Step>,
}

/// The number of a step in a side's script, from 0, in the order written. A repeat has a number,
/// and so has each step in it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct StepId(pub u16);

/// One step: an action, and the fault that it is expected to end in, if any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What to do.
    pub action: Action,
    /// The expected fault (`fails = "EADDRINUSE"`); the script then goes on.
    pub fails: Option<Fault>,
    /// The named socket of the step (`on = "second"`); `None` is the side's main socket.
    pub on: Option<String>,
    /// How long after the part's first send it has to have ended, because then a timer of
    /// the kernel runs out (`within = "200ms"`). A run in which it had not is void.
    pub within: Option<Duration>,
}

impl Step {
    /// The steps in its block; empty if the step is not a repeat.
    #[must_use]
    pub fn block(&self) -> &[Self] {
        if let Action::Repeat { steps, .. } = &self.action {
            steps
        } else {
            &[]
        }
    }
}

impl From<Action> for Step {
    /// A step that is to do this well, on the side's main socket.
    fn from(action: Action) -> Self {
        Self {
            action,
            fails: None,
            on: None,
            within: None,
        }
    }
}

/// What a step does, in groups: code with nothing to say of the members of a group names
/// the group.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Opens a socket, or one stage of that: bind, listen, accept, connect.
    Open(Opening),
    /// `{ send = "…" }`: one send call, or one for each piece if `pieces` is given.
    Send(SendStep),
    /// Receives bytes.
    Receive(Receiving),
    /// Changes an open socket, or closes it.
    Socket(SocketStep),
    /// Waits, or lets the other side go on. Makes no call on a socket.
    Script(ScriptStep),
    /// `{ repeat = 3, steps = [ … ] }`.
    Repeat {
        /// The number of repetitions.
        times: NonZeroU32,
        /// The block.
        steps: Vec<Step>,
    },
}

/// How a side opens its sockets.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Opening {
    /// `{ bind = "any" }`, `{ bind = "same" }`: open a socket and bind it to an
    /// ephemeral port, or to the port that this side bound last.
    Bind {
        /// Whether to bind the port that was bound last, instead of any free one.
        same_port: bool,
        /// Options for this socket, after the script's own.
        options: Vec<SocketOption>,
    },
    /// `"listen"`.
    Listen,
    /// `"accept"`.
    Accept,
    /// `"connect"`: open a socket and connect it to the port that the other side bound last.
    Connect,
}

/// How a side receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Receiving {
    /// `{ recv = 1024 }`, `{ recv = "length" }`: one recv call.
    Recv(RecvStep),
    /// `{ recv-exact = 18 }`: repeats recv until that many bytes are there.
    Exact(RecvStep),
    /// `{ recv-until-end = 65536 }`: repeats recv of at most this many bytes until the end of the
    /// stream.
    UntilEnd {
        /// The most that one recv may take, in bytes.
        at_most: u32,
    },
    /// `{ recv-available = 2048 }`: repeats recv of at most this many bytes, without blocking, as
    /// long as something is there (`MSG_DONTWAIT`).
    Available {
        /// The most that one recv may take, in bytes.
        at_most: u32,
    },
    /// `{ decode = "i32-le", messages = 3 }`: exact reads of framed messages.
    Decode {
        /// The framing.
        framing: Framing,
        /// The number of messages; `None` means all, until a clean end of the stream.
        messages: Option<NonZeroU32>,
        /// The longest payload accepted, in bytes, checked before anything is allocated.
        cap: u32,
    },
}

/// An operation on an open socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SocketStep {
    /// `{ set = { no-delay = true } }`: sets an option of the open socket.
    Set(SocketOption),
    /// `{ drop-arriving = true }`: makes the kernel drop what arrives at this side's socket, or
    /// stop that.
    DropArriving(bool),
    /// `"half-close"`: ends sending; the other side sees the end of the stream.
    HalfClose,
    /// `"close"`, `{ close = "listener" }`: closes the connection or the listening socket.
    Close(SocketPart),
}

/// A step that orders the two scripts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScriptStep {
    /// `{ wait = … }`: blocks until a state is observed.
    Wait(Condition),
    /// `{ reach = "sent" }`: a named point that the other side can wait for.
    Reach(String),
    /// `{ pause = "50ms" }`: only if the case is about time.
    Pause(Duration),
}

/// The socket that a close step closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SocketPart {
    /// The connection (TCP) or the only socket (UDP).
    Connection,
    /// The listening socket.
    Listener,
}

/// A send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendStep {
    /// What to send.
    pub payload: Payload,
    /// The framing to encode it with, if any. Header and payload leave in one send.
    pub framing: Option<Framing>,
    /// The role of the bytes in a message.
    pub role: SendRole,
    /// The size in bytes of the pieces that the payload is sent in, all of one message. After the
    /// first call that takes less than it was given, no more are sent.
    pub pieces: Option<NonZeroU32>,
    /// `MSG_MORE`: more bytes follow at once.
    pub more: bool,
    /// `MSG_DONTWAIT`: do not block; take what fits, as a non-blocking socket does.
    pub nonblocking: bool,
    /// `MSG_EOR`, which is often said to end a record (on TCP it does not).
    pub end_of_record: bool,
}

/// The role of sent bytes in a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SendRole {
    /// These bytes begin a message, or are the payload of the header just sent.
    #[default]
    Message,
    /// These bytes begin a message and are its header (`part = "header"`).
    Header,
    /// These bytes continue the previous message (`part = "more"`).
    Continues,
}

/// Which sends make one message, told send after send. Sends of nothing are left out.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Grouping {
    begun: bool,
    /// Whether the next plain send is the payload of a header.
    header_open: bool,
}

impl Grouping {
    /// Whether the next send, of this role, begins a message.
    pub(crate) fn begins(&mut self, role: SendRole) -> bool {
        let begins = match role {
            SendRole::Message => !std::mem::take(&mut self.header_open),
            SendRole::Header => {
                self.header_open = true;
                true
            }
            SendRole::Continues => false,
        };
        begins | !std::mem::replace(&mut self.begun, true)
    }
}

impl SendStep {
    /// Whether it sends nothing at all: no bytes, over a transport without boundaries.
    #[must_use]
    pub fn is_nothing(&self, transport: Transport) -> bool {
        self.framing.is_none() && self.payload.is_empty() && !transport.keeps_boundaries()
    }

    /// The bytes that it puts into the stream, and how many of them its framing made a header.
    ///
    /// # Errors
    /// Where the payload has no bytes, or its framing refuses it.
    pub fn encoded(&self) -> Result<(Cow<'_, [u8]>, usize), Refusal> {
        let payload = self.payload.bytes().map_err(Refusal::Length)?;
        let Some(framing) = self.framing else {
            return Ok((payload, 0));
        };
        let mut frame = Vec::new();
        let parts = framing.encode(&payload, &mut frame);
        let parts = parts.map_err(Refusal::Framing)?;
        Ok((frame.into(), parts.header))
    }
    /// The number of bytes that it puts into the stream, frame included, or the error with which
    /// the framing rejects the payload. A payload without bytes counts as none.
    pub(crate) fn frame_length(&self) -> Result<u64, framing::ErrorKind> {
        if self.framing.is_none() {
            return Ok(self.payload.len().unwrap_or(0));
        }
        match self.encoded() {
            Ok((bytes, _)) => Ok(bytes.len() as u64),
            Err(Refusal::Framing(error)) => Err(error.kind),
            Err(Refusal::Length(_)) => Ok(0),
        }
    }

    /// The number of send calls that it makes for `bytes`.
    pub(crate) fn calls(&self, bytes: u64) -> u64 {
        self.pieces
            .map_or(1, |most| bytes.div_ceil(u64::from(most.get())).max(1))
    }
}

/// Why a send cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The length does not fit its code.
    #[error(transparent)]
    Length(LengthError),
    /// The framing cannot frame it.
    #[error(transparent)]
    Framing(framing::Error),
}

impl Refusal {
    /// The fault that it is.
    #[must_use]
    pub const fn fault(&self) -> Fault {
        match self {
            Self::Length(error) => Fault::Length(*error),
            Self::Framing(error) => Fault::Framing(error.kind),
        }
    }
}

/// A recv.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecvStep {
    /// The number of bytes to ask for.
    pub length: RecvLength,
    /// Reads the returned bytes as a length for a later recv (`length = "i32-native"`).
    pub carries: Option<LengthCode>,
    /// Looks at the bytes without taking them (`MSG_PEEK`).
    pub peek: bool,
    /// Blocks until all bytes are there or the stream ends (`MSG_WAITALL`).
    pub wait_all: bool,
}

/// The number of bytes that a recv asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecvLength {
    /// This many, 1 to 64 MiB.
    Bytes(u32),
    /// The length that an earlier recv read (`"length"`).
    Carried,
}

/// A state to wait for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Condition {
    /// `{ wait = { queued = 30 } }`: this many bytes are in this side's receive queue.
    Queued(u32),
    /// `{ wait = "acknowledged" }`: the other side's kernel has acknowledged all that was sent.
    Acknowledged,
    /// `{ wait = "peer-closed" }`: the other side's end of stream (or reset) has arrived.
    PeerClosed,
    /// `{ wait = "reset" }`: the connection has been reset, and no call has returned that yet. On a
    /// connected UDP socket: the answer has arrived that nobody listens.
    Reset,
    /// `{ wait = { dropped = 1 } }`: this side's kernel has dropped this many datagrams.
    Dropped(u32),
    /// `{ wait = { reached = "sent" } }`: the other side has reached the named point.
    Reached(String),
    /// `{ wait = { retransmitted = 1 } }`: this side's kernel has retransmitted this many segments;
    /// a FIN without data counts too.
    Retransmitted(u32),
    /// `{ wait = { segments = 2 } }`: this many data segments have left this side.
    Segments(u32),
}

/// A socket option, under its name in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SocketOption {
    /// `SO_REUSEADDR`.
    ReuseAddress(bool),
    /// `SO_REUSEPORT`.
    ReusePort(bool),
    /// `TCP_NODELAY`.
    NoDelay(bool),
    /// `TCP_CORK` (Linux).
    Cork(bool),
    /// `TCP_QUICKACK` (Linux). The kernel may switch it off again later (tcp(7)).
    QuickAck(bool),
    /// `SO_RCVBUF` in bytes; Linux doubles it (socket(7)).
    ReceiveBuffer(u32),
    /// `SO_SNDBUF` in bytes; Linux doubles it (socket(7)).
    SendBuffer(u32),
    /// `TCP_MAXSEG` in bytes, before listen or connect.
    MaxSegment(u32),
    /// `SO_LINGER` with this many seconds; 0 makes close send a reset.
    Linger(u32),
    /// `SO_SNDTIMEO` in milliseconds.
    SendTimeout(u32),
}

impl SocketOption {
    /// Whether an accepted connection certainly has it from its listener. The others are set
    /// on the connection again.
    #[must_use]
    pub const fn is_inherited(self) -> bool {
        match self {
            Self::ReuseAddress(_)
            | Self::ReusePort(_)
            | Self::ReceiveBuffer(_)
            | Self::SendBuffer(_)
            | Self::MaxSegment(_) => true,
            Self::NoDelay(_)
            | Self::Cork(_)
            | Self::QuickAck(_)
            | Self::Linger(_)
            | Self::SendTimeout(_) => false,
        }
    }
}

/// How a call can end other than well, by the name used in files, traces and pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// An error of the operating system.
    System(SystemFault),
    /// The bytes do not decode.
    Framing(framing::ErrorKind),
    /// A recv read something that is not a length, or a length that may not be used.
    Length(LengthError),
}

/// An operating system error that a script can expect, under its POSIX name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SystemFault {
    /// The address is in use.
    AddrInUse,
    /// The address is not available (no free port is left).
    AddrNotAvailable,
    /// Nothing listens there.
    ConnectionRefused,
    /// The connection was reset.
    ConnectionReset,
    /// The stream was closed for sending, or by a reset that was already reported.
    BrokenPipe,
    /// The datagram is too large.
    MessageSize,
    /// The call would block, or its time limit ran out.
    WouldBlock,
    /// The socket is not connected.
    NotConnected,
    /// The call is invalid for this socket.
    Invalid,
    /// The platform does not support it.
    Unsupported,
    /// The connection timed out.
    TimedOut,
    /// Any other error, by the system's number.
    Other(u16),
}

impl Fault {
    /// The name in files and traces: `EADDRINUSE`, `negative`, `not-a-number` …
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::System(fault) => fault.name(),
            Self::Framing(kind) => kind.name().to_owned(),
            Self::Length(error) => error.name().to_owned(),
        }
    }

    /// The fault with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        SystemFault::from_name(name)
            .map(Self::System)
            .or_else(|| framing::ErrorKind::from_name(name).map(Self::Framing))
            .or_else(|| LengthError::from_name(name).map(Self::Length))
    }
}

impl SystemFault {
    /// Every fault that has a name of its own.
    pub const NAMED: [Self; 11] = [
        Self::AddrInUse,
        Self::AddrNotAvailable,
        Self::ConnectionRefused,
        Self::ConnectionReset,
        Self::BrokenPipe,
        Self::MessageSize,
        Self::WouldBlock,
        Self::NotConnected,
        Self::Invalid,
        Self::Unsupported,
        Self::TimedOut,
    ];

    /// The name in errno(3), or `E` and the number.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::AddrInUse => "EADDRINUSE".to_owned(),
            Self::AddrNotAvailable => "EADDRNOTAVAIL".to_owned(),
            Self::ConnectionRefused => "ECONNREFUSED".to_owned(),
            Self::ConnectionReset => "ECONNRESET".to_owned(),
            Self::BrokenPipe => "EPIPE".to_owned(),
            Self::MessageSize => "EMSGSIZE".to_owned(),
            Self::WouldBlock => "EAGAIN".to_owned(),
            Self::NotConnected => "ENOTCONN".to_owned(),
            Self::Invalid => "EINVAL".to_owned(),
            Self::Unsupported => "ENOTSUP".to_owned(),
            Self::TimedOut => "ETIMEDOUT".to_owned(),
            Self::Other(code) => system::name(code),
        }
    }

    /// The fault with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMED
            .into_iter()
            .find(|fault| fault.name() == name)
            .or_else(|| system::code(name).map(Self::Other))
    }
}

impl Serialize for Fault {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name())
    }
}

impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::from_name(&name)
            .ok_or_else(|| serde::de::Error::custom(format_args!("unknown fault `{name}`")))
    }
}
