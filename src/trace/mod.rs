//! What happened: a replay as plain data.
//!
//! A [`Trace`] holds everything that the analysis and the pictures need, so both
//! work the same on a live run and on a file read back. Calls stand in causal
//! order ([`merge`]); every byte sent and every byte received is there, each as
//! its own side recorded it.
//!
//! Promises: a call takes at most 64 bytes beside its payload; nothing here was
//! inferred (what the kernel did not tell is absent). Never judges.

pub mod json;
pub mod merge;

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::framing::Framing;
use crate::language::Text;
use crate::scenario::{
    Condition, Expectation, Fault, SendRole, Side, SocketOption, SocketPart, Transport,
};

/// A replay of one scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// `chapter/name` of the scenario.
    pub name: String,
    /// Its title.
    pub title: Text,
    /// Its lesson.
    pub lesson: Text,
    /// The section of the source notes.
    pub section: String,
    /// Where and when it was measured.
    pub environment: Environment,
    /// Its parts, in order.
    pub parts: Vec<PartTrace>,
}

/// Where and when a trace was measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// The version of `sticky`.
    pub sticky: String,
    /// The operating system, as `std::env::consts::OS` has it.
    pub system: String,
    /// The kernel's release, where it tells.
    pub kernel: Option<String>,
    /// The processor architecture.
    pub architecture: String,
    /// Seconds since 1970-01-01T00:00Z.
    pub unix_time: u64,
}

/// What happened in one part.
#[derive(Clone, Debug, PartialEq)]
pub struct PartTrace {
    /// What tells this part from the others.
    pub label: Option<Text>,
    /// What the two sides talked over.
    pub transport: Transport,
    /// What had to come of it.
    pub expect: Expectation,
    /// The calls of both sides, in causal order.
    pub calls: Vec<Call>,
    /// The bytes, one flow for each direction of each connection (of the one UDP conversation).
    pub flows: Vec<Flow>,
    /// Why the replay ended early, if it did.
    pub stop: Option<Stop>,
}

/// The index of a flow in [`PartTrace::flows`].
pub type FlowId = u16;

/// One direction of one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Which connection, from 0.
    pub connection: u16,
    /// Who sends.
    pub from: Side,
    /// Every byte that a send call took, in order (for datagrams: one after another).
    pub sent: Vec<u8>,
    /// Every byte that a recv call returned, in order, as the receiver recorded it.
    pub received: Vec<u8>,
    /// What the sender's kernel said, in order of time; empty where it does not tell.
    pub samples: Vec<Sample>,
    /// How many datagrams the receiver's kernel dropped, where it tells.
    pub dropped: Option<u32>,
}

/// What the sending kernel said of a TCP connection at one moment (`TCP_INFO`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// When, in nanoseconds since the part began.
    pub at: u64,
    /// How many data segments had left, each counted once
    /// (`tcpi_data_segs_out` less [`retransmitted`](Self::retransmitted)).
    pub segments: u32,
    /// How many bytes of the stream had left, each counted once
    /// (`tcpi_bytes_sent` less `tcpi_bytes_retrans`).
    pub bytes: u64,
    /// How many data segments had been sent again (`tcpi_total_retrans` less the SYNs and
    /// FINs without data that it counts too).
    pub retransmitted: u32,
    /// How many bytes those held (`tcpi_bytes_retrans`); none in a trace that was saved
    /// before this was kept, as the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retransmitted_bytes: Option<u64>,
    /// How many segments had left and were not acknowledged yet (`tcpi_unacked`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unacknowledged: Option<u32>,
}

/// One call by one side, or one thing it observed.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Who.
    pub side: Side,
    /// The number of the step it stands for, from 0, in the order written
    /// (a block's steps count once); absent where the call was implied.
    pub step: Option<u16>,
    /// When it began, in nanoseconds since the part began.
    pub start: u64,
    /// When it ended.
    pub end: u64,
    /// What it was, and what came of it.
    pub op: Op,
    /// How it failed, if it did.
    pub fault: Option<Fault>,
    /// How it was expected to fail, if it was.
    pub expects: Option<Fault>,
    /// Whether that is how such a call ends and nobody stated it: `EAGAIN` ends taking
    /// what is there.
    pub ordinary: bool,
}

impl Call {
    /// The moment that stands for the call, in nanoseconds since the part began: when it
    /// began, if it brings something about (a send, a close, a named point); when it ended,
    /// if it observes something (a recv, a wait, an accept), failed, or let time pass.
    #[must_use]
    pub const fn moment(&self) -> u64 {
        if self.is_cause() {
            self.start
        } else {
            self.end
        }
    }

    /// Whether it brings something about, which others can observe from its beginning on.
    #[must_use]
    pub const fn is_cause(&self) -> bool {
        if self.fault.is_some() {
            return false;
        }
        match self.op {
            Op::Bind { .. }
            | Op::Listen
            | Op::Connect { .. }
            | Op::Send { .. }
            | Op::Reach(_)
            | Op::Set(_)
            | Op::DropArriving(_)
            | Op::HalfClose
            | Op::Close(_) => true,
            Op::Accept { .. }
            | Op::Recv { .. }
            | Op::Decoded { .. }
            | Op::Wait(_)
            | Op::Pause
            | Op::Refuse { .. } => false,
        }
    }
}

/// What a call was, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// A socket was bound to this port.
    Bind {
        /// The port; 0 where it failed.
        port: u16,
        /// Whether the port bound before was asked for again.
        again: bool,
    },
    /// A socket began to listen.
    Listen,
    /// A connection was made to this port.
    Connect {
        /// The port.
        port: u16,
        /// Which connection.
        connection: u16,
    },
    /// A connection was accepted.
    Accept {
        /// Which.
        connection: u16,
    },
    /// A send call.
    Send {
        /// In which flow.
        flow: FlowId,
        /// The stream offset of its first byte.
        offset: u64,
        /// How many bytes it was given.
        asked: u32,
        /// How many it took; 0 where it failed.
        taken: u32,
        /// What the bytes are to a message.
        role: SendRole,
        /// How many of them are a framing's header.
        header: u16,
    },
    /// A recv call.
    Recv {
        /// In which flow.
        flow: FlowId,
        /// How many bytes were received before it.
        offset: u64,
        /// How many it asked for.
        asked: u32,
        /// What it returned.
        got: Got,
        /// How many bytes waited in the receive queue when it was called, where the
        /// kernel tells; for datagrams, the size of the next one.
        queued: Option<Queued>,
    },
    /// A message was decoded from bytes received before.
    Decoded {
        /// In which flow.
        flow: FlowId,
        /// The stream offset of its frame.
        offset: u64,
        /// How many bytes of the frame stand before the payload.
        header: u32,
        /// How many bytes the payload takes in the stream, its escapes included.
        payload: u32,
        /// How many bytes stand behind it.
        trailer: u32,
        /// By which framing; it takes out what the framing escaped in the payload.
        framing: Framing,
    },
    /// A wait ended.
    Wait(Box<Condition>),
    /// A named point was reached.
    Reach(Box<str>),
    /// A pause was made.
    Pause,
    /// An option was set.
    Set(SocketOption),
    /// The kernel was told to drop what arrives (true), or to stop so.
    DropArriving(bool),
    /// The sending direction was closed.
    HalfClose,
    /// A socket was closed.
    Close(SocketPart),
    /// A decoder refused what it was given.
    Refuse {
        /// In which flow.
        flow: FlowId,
        /// The stream offset where.
        offset: u64,
        /// By which framing; absent where a recv was to carry a length.
        framing: Option<Box<Framing>>,
    },
}

/// How many bytes waited in a receive queue. With [`None`] for "not told" it takes four
/// bytes, so that a call stays small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queued(NonZeroU32);

impl Queued {
    /// So many bytes; none above `u32::MAX - 1`, which no receive queue holds.
    #[must_use]
    pub const fn new(bytes: u32) -> Option<Self> {
        match NonZeroU32::new(bytes.wrapping_add(1)) {
            Some(more) => Some(Self(more)),
            None => None,
        }
    }

    /// How many bytes.
    #[must_use]
    pub const fn bytes(self) -> u32 {
        self.0.get() - 1
    }
}

/// What a recv returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Got {
    /// Bytes taken from the stream, or a datagram, which can be empty.
    Data {
        /// How many.
        bytes: u32,
        /// How many of the datagram were cut off, where the kernel tells.
        cut: u32,
    },
    /// Bytes looked at and left in the queue.
    Peeked {
        /// How many.
        bytes: u32,
    },
    /// The end of the stream.
    End,
    /// Nothing: the call failed.
    Nothing,
}

/// Why a replay ended early.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    /// Who ended it.
    pub side: Side,
    /// At which step, as [`Call::step`].
    pub step: Option<u16>,
    /// What happened.
    pub reason: StopReason,
    /// The last step that the other side had finished, in the words of the script.
    pub other_last: Option<String>,
}

/// What ended a replay early.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StopReason {
    /// The deadline passed.
    Deadline {
        /// What was waited for, in the words of the script.
        waited_for: String,
        /// What was there, in bytes or as the condition counts, where it can be told.
        there: Option<u64>,
        /// How long it waited, in milliseconds.
        milliseconds: u64,
    },
    /// What was waited for can no longer come.
    Impossible {
        /// What was waited for, in the words of the script.
        waited_for: String,
        /// What was there.
        there: Option<u64>,
    },
    /// A call failed that was not expected to.
    Fault {
        /// The step, in the words of the script.
        step: String,
        /// How.
        fault: Fault,
        /// What the system said of it.
        message: String,
    },
    /// A call succeeded that was expected to fail.
    NoFault {
        /// The step, in the words of the script.
        step: String,
        /// How it should have failed.
        expected: Fault,
    },
    /// The machine lacks something that every replay needs.
    Machine {
        /// What.
        lack: Lack,
        /// The step or the call that failed for it.
        step: String,
        /// How.
        fault: Fault,
    },
    /// The runner panicked, which is an error in `sticky`.
    Panic(String),
    /// The platform has no such thing.
    Unsupported(String),
}

/// What a machine can lack, so that no case can be replayed on it as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lack {
    /// A loopback interface that is up: `ENETUNREACH`, `ENETDOWN`; `EADDRNOTAVAIL` for 127.0.0.1.
    Loopback,
    /// A free port: `EADDRINUSE` or `EADDRNOTAVAIL` where any would do.
    Ports,
    /// A file descriptor: `EMFILE`, `ENFILE`.
    Descriptors,
    /// Memory: `ENOMEM`, `ENOBUFS`.
    Memory,
    /// A thread: `EAGAIN` of `pthread_create(3)`.
    Threads,
    /// Leave to use sockets: `EPERM`, `EACCES`.
    Permission,
}

impl Trace {
    /// Why a part ended early because of the machine, where one did, and what the machine lacks.
    #[must_use]
    pub fn stopped_by_machine(&self) -> Option<(Lack, &Stop)> {
        let stops = self.parts.iter().filter_map(|part| part.stop.as_ref());
        stops.into_iter().find_map(|stop| match stop.reason {
            StopReason::Machine { lack, .. } => Some((lack, stop)),
            StopReason::Deadline { .. }
            | StopReason::Impossible { .. }
            | StopReason::Fault { .. }
            | StopReason::NoFault { .. }
            | StopReason::Panic(_)
            | StopReason::Unsupported(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_takes_at_most_64_bytes() {
        assert!(size_of::<Call>() <= 64, "{}", size_of::<Call>());
    }

    #[test]
    fn what_waited_is_told_or_not() {
        assert_eq!(Queued::new(0).map(Queued::bytes), Some(0));
        assert_eq!(Queued::new(30).map(Queued::bytes), Some(30));
        assert_eq!(Queued::new(u32::MAX), None);
    }
}
