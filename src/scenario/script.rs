//! The steps of one side, as a closed set.
//!
//! Promises: every step a file can hold is one variant of [`Action`], so the
//! replay is one loop over a closed enum. Never holds anything a file could not say.

use std::num::NonZeroU32;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{LengthCode, Payload, walk};
use crate::framing::{self, Framing};

/// What one side does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// Options set on each socket this side opens, before bind or connect
    /// (an accepted connection gets those that it does not inherit).
    pub options: Vec<SocketOption>,
    /// The steps, in order. Where none of bind, listen, accept or connect stands
    /// among them, they are implied before the first step; a close of all that
    /// is still open is implied after the last.
    pub steps: Vec<Step>,
}

impl Script {
    /// Whether the script opens its sockets itself instead of leaving it to the replay.
    #[must_use]
    pub fn opens_explicitly(&self) -> bool {
        walk::written(&self.steps).any(|it| matches!(it.step.action, Action::Open(_)))
    }

    /// The step of this id.
    #[must_use]
    pub fn step(&self, id: StepId) -> Option<&Step> {
        let mut steps = walk::written(&self.steps);
        steps.find(|it| it.id == id).map(|it| it.step)
    }
}

/// The number of a step of a side's script, from 0, in the order written; a block counts
/// as one, and each step in it as one.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct StepId(pub u16);

/// One step: an action, and the fault that it has to meet, if any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What to do.
    pub action: Action,
    /// The fault the action has to end in (`fails = "EADDRINUSE"`); the script then goes on.
    pub fails: Option<Fault>,
    /// The named socket it is done on (`on = "second"`); none is the side's main socket.
    pub on: Option<String>,
}

impl Step {
    /// The steps of its block, if it is a repeat; none else.
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
        }
    }
}

/// What a step does, in groups: code with nothing to say of the members of a group names
/// the group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Opens a socket, or takes it further on its way to be open.
    Open(Opening),
    /// `{ send = "…" }`: one send call (one for each piece, where `pieces` is given).
    Send(SendStep),
    /// Receives.
    Receive(Receiving),
    /// Changes an open socket, or closes it.
    Socket(SocketStep),
    /// Waits, or lets the other side go on: no call on a socket.
    Script(ScriptStep),
    /// `{ repeat = 3, steps = [ … ] }`.
    Repeat {
        /// How many times.
        times: NonZeroU32,
        /// The block.
        steps: Vec<Step>,
    },
}

/// How a side opens its sockets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// `{ bind = "any" }`, `{ bind = "same" }`: open a socket and bind it to an
    /// ephemeral port, or to the port that this side bound last.
    Bind {
        /// Whether to bind the port bound last instead of any free one.
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
pub enum Receiving {
    /// `{ recv = 1024 }`, `{ recv = "length" }`: one recv call.
    Recv(RecvStep),
    /// `{ recv-exact = 18 }`: recv until that many bytes are there.
    Exact(RecvStep),
    /// `{ recv-until-end = 65536 }`: recv of at most this many bytes, again and again, until end of stream.
    UntilEnd {
        /// The most that one recv may take, in bytes.
        at_most: u32,
    },
    /// `{ recv-available = 2048 }`: recv of at most this many bytes as long as something
    /// is there, without blocking (`MSG_DONTWAIT`).
    Available {
        /// The most that one recv may take, in bytes.
        at_most: u32,
    },
    /// `{ decode = "i32-le", messages = 3 }`: exact reads of framed messages.
    Decode {
        /// The framing to decode by.
        framing: Framing,
        /// How many messages; none means until a clean end of stream.
        messages: Option<NonZeroU32>,
        /// The longest payload accepted, in bytes, checked before anything is allocated.
        cap: u32,
    },
}

/// What is done to an open socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SocketStep {
    /// `{ set = { no-delay = true } }`: set an option on the open socket.
    Set(SocketOption),
    /// `{ drop-arriving = true }`: have the kernel drop what arrives at this side's socket, or stop so.
    DropArriving(bool),
    /// `"half-close"`: no more sends; the other side sees the end of the stream.
    HalfClose,
    /// `"close"`, `{ close = "listener" }`: close the connection, or the listening socket.
    Close(SocketPart),
}

/// What orders the two scripts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScriptStep {
    /// `{ wait = … }`: block until a state is observed.
    Wait(Condition),
    /// `{ reach = "sent" }`: a named point that the other side can wait for.
    Reach(String),
    /// `{ pause = "50ms" }`: only where time is the subject.
    Pause(Duration),
}

/// Which of a side's sockets a close means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SocketPart {
    /// The connection (TCP), or the one socket (UDP).
    Connection,
    /// The listening socket.
    Listener,
}

/// A send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendStep {
    /// What to send.
    pub payload: Payload,
    /// How to encode it first, if at all: header and payload leave in one send.
    pub framing: Option<Framing>,
    /// What the bytes are to the message they belong to.
    pub role: SendRole,
    /// Cut into sends of at most this many bytes, all of one message; the first that takes
    /// less than it was given is the last.
    pub pieces: Option<NonZeroU32>,
    /// Pass `MSG_MORE`: more will follow at once.
    pub more: bool,
    /// Do not block: take what fits, as a non-blocking socket does (`MSG_DONTWAIT`).
    pub nonblocking: bool,
    /// Pass `MSG_EOR`, which is often said to end a record (on TCP it does not).
    pub end_of_record: bool,
}

/// What a send's bytes are to a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SendRole {
    /// A message begins with these bytes (or, right after a header, its payload).
    #[default]
    Message,
    /// A message begins, and these bytes are its header (`part = "header"`).
    Header,
    /// These bytes go on with the message before (`part = "more"`).
    Continues,
}

impl SendRole {
    /// Whether a send of this role begins a message. `header_open` says whether the send
    /// before was a header, whose payload a plain send is; it is kept up to date.
    pub(crate) fn begins(self, header_open: &mut bool) -> bool {
        match self {
            Self::Message => !std::mem::take(header_open),
            Self::Header => {
                *header_open = true;
                true
            }
            Self::Continues => false,
        }
    }
}

/// A recv.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecvStep {
    /// How many bytes to ask for.
    pub length: RecvLength,
    /// Read the bytes returned as a length, for a later recv (`length = "i32-native"`).
    pub carries: Option<LengthCode>,
    /// Look without taking (`MSG_PEEK`).
    pub peek: bool,
    /// Block until all is there or the stream ends (`MSG_WAITALL`).
    pub wait_all: bool,
}

/// How many bytes a recv asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecvLength {
    /// This many, 1 to 64 MiB.
    Bytes(u32),
    /// As many as an earlier recv said (`"length"`).
    Carried,
}

/// A state to wait for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// `{ wait = { queued = 30 } }`: this many bytes are in this side's receive queue.
    Queued(u32),
    /// `{ wait = "acknowledged" }`: the other side's kernel has acknowledged all that was sent.
    Acknowledged,
    /// `{ wait = "peer-closed" }`: the other side's end of stream (or reset) has arrived.
    PeerClosed,
    /// `{ wait = "reset" }`: the connection has been reset, and no call was told yet
    /// (on a connected UDP socket: the answer that nobody listens has come).
    Reset,
    /// `{ wait = { dropped = 1 } }`: this side's kernel has dropped this many datagrams.
    Dropped(u32),
    /// `{ wait = { reached = "sent" } }`: the other side got to a named point.
    Reached(String),
    /// `{ wait = { retransmitted = 1 } }`: this side's kernel has sent this many segments again,
    /// a FIN without data too.
    Retransmitted(u32),
    /// `{ wait = { segments = 2 } }`: this many data segments have left this side.
    Segments(u32),
}

/// A socket option, by the name it has in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SocketOption {
    /// `SO_REUSEADDR`.
    ReuseAddress(bool),
    /// `SO_REUSEPORT`.
    ReusePort(bool),
    /// `TCP_NODELAY`.
    NoDelay(bool),
    /// `TCP_CORK` (Linux).
    Cork(bool),
    /// `TCP_QUICKACK` (Linux); the kernel may change its mind later (tcp(7)).
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

/// How a call can end other than well, by the name used in files, traces and pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The operating system refused.
    System(SystemFault),
    /// The bytes do not decode.
    Framing(framing::ErrorKind),
    /// A recv carried something that is not a length, or one that may not be used.
    Length(super::LengthError),
}

/// An operating system error that a script can expect, by its POSIX name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// The call would block, or its time ran out.
    WouldBlock,
    /// Not connected.
    NotConnected,
    /// Invalid for this socket.
    Invalid,
    /// No way to do this on this platform.
    Unsupported,
    /// The connection timed out.
    TimedOut,
    /// Any other, by the number that the system gave.
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
            .or_else(|| super::LengthError::from_name(name).map(Self::Length))
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

    /// The name that errno(3) has, or `E` and the number.
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
            Self::Other(code) => super::system::name(code),
        }
    }

    /// The fault with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMED
            .into_iter()
            .find(|fault| fault.name() == name)
            .or_else(|| super::system::code(name).map(Self::Other))
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
