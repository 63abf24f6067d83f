//! What happened, as plain data: a case that was replayed, or a recording of other programs.
//!
//! A [`Trace`] holds everything that the analysis and the pictures need, so both
//! work the same on a live run and on a file read back. Calls stand in causal
//! order ([`merge`]); every byte sent and every byte received is there, each as
//! its own side recorded it.
//!
//! A trace says where it comes from ([`Source`]), a call who made it ([`By`]), and a flow
//! what is known of its segments ([`Evidence`]). So a source of traces needs no scenario:
//! it fills in these types, and everything above draws what it made.
//!
//! Promises: a call takes at most 64 bytes beside its payload; nothing here was
//! inferred (what the kernel did not tell is absent). Never judges.

pub mod json;
pub mod merge;
mod op;

pub use op::{DataOp, Got, Op, Queued, ScriptOp, SocketOp};

use std::borrow::Cow;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::language::{Language, Text};
use crate::scenario::{Expectation, Fault, Side, SocketOption, StepId, Transport, shell};

/// What happened in one case or recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// `chapter/name` of a case; what a recording is called.
    pub name: String,
    /// Where it comes from.
    pub source: Source,
    /// Where and when it was measured.
    pub environment: Environment,
    /// Its parts, in order.
    pub parts: Vec<PartTrace>,
}

/// Where a trace comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A scenario that was replayed; a file of one's own may have no words.
    Case {
        /// Its title.
        title: Option<Text>,
        /// Its lesson.
        lesson: Option<Text>,
        /// The section of the source notes.
        section: Option<String>,
    },
    /// Programs that were watched, or packets that were captured.
    Recording {
        /// The command line of each program: the program, then its arguments. None for a capture.
        commands: Vec<Vec<String>>,
    },
}

impl Trace {
    /// What stands beside the name: the title of a case, the command lines of a recording.
    #[must_use]
    pub fn title(&self, language: Language) -> Option<Cow<'_, str>> {
        match &self.source {
            Source::Case { title, .. } => Some(title.as_ref()?.get(language).into()),
            Source::Recording { commands } => {
                let command = |words: &Vec<String>| {
                    let words: Vec<_> = words.iter().map(|word| shell::word(word)).collect();
                    words.join(" ")
                };
                let commands: Vec<_> = commands.iter().map(command).collect();
                (!commands.is_empty()).then(|| commands.join(" · ").into())
            }
        }
    }

    /// The name and what stands beside it, in one line.
    #[must_use]
    pub fn heading(&self, language: Language) -> String {
        match self.title(language) {
            Some(title) => format!("{}  {title}", self.name),
            None => self.name.clone(),
        }
    }

    /// The lesson of a case that has one.
    #[must_use]
    pub fn lesson(&self, language: Language) -> Option<&str> {
        match &self.source {
            Source::Case { lesson, .. } => Some(lesson.as_ref()?.get(language)),
            Source::Recording { .. } => None,
        }
    }

    /// The section of the source notes that a case bears on.
    #[must_use]
    pub fn section(&self) -> Option<&str> {
        match &self.source {
            Source::Case { section, .. } => section.as_deref(),
            Source::Recording { .. } => None,
        }
    }
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
    /// Who the two sides are, in a recording.
    pub ends: Option<Ends>,
    /// What had to come of it, where that was stated.
    pub expect: Option<Expectation>,
    /// The calls of both sides, in causal order.
    pub calls: Vec<Call>,
    /// The bytes, one flow for each direction of each connection (of the one UDP conversation).
    pub flows: Vec<Flow>,
    /// The options of which the kernel gave less than was asked for.
    pub cut: Vec<CutOption>,
    /// Why the replay ended early, if it did.
    pub stop: Option<Stop>,
}

/// An option of which the kernel gave less than was asked for, as `net.core.wmem_max` and
/// `net.core.rmem_max` make it do (socket(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutOption {
    /// Whose socket has it.
    pub side: Side,
    /// What was asked for.
    pub option: SocketOption,
    /// What was given, in bytes.
    pub given: u32,
}

/// Who the two sides of a recorded conversation are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ends {
    /// The side that was called.
    pub server: End,
    /// The side that called.
    pub client: End,
}

/// One side of a recorded conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// What it is called: its program's name, for instance.
    pub name: String,
    /// The address of its socket, where it has one and it is known; IPv4 or IPv6.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<SocketAddr>,
}

impl Ends {
    /// One of them.
    #[must_use]
    pub const fn of(&self, side: Side) -> &End {
        match side {
            Side::Server => &self.server,
            Side::Client => &self.client,
        }
    }
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
    /// What is known of the segments that carried it.
    pub evidence: Evidence,
    /// How many datagrams the receiver's kernel dropped, where it tells.
    pub dropped: Option<u32>,
}

/// What is known of the segments that carried a flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// What the sender's kernel counted, in order of time; empty where it does not tell.
    Counters(Vec<Sample>),
    /// The data segments that were captured, in order of time.
    Segments(Vec<Segment>),
}

impl Default for Evidence {
    /// The kernel does not tell.
    fn default() -> Self {
        Self::Counters(Vec::new())
    }
}

impl Evidence {
    /// What the sender's kernel counted; empty where it does not tell, or segments were captured.
    #[must_use]
    pub fn samples(&self) -> &[Sample] {
        match self {
            Self::Counters(samples) => samples,
            Self::Segments(_) => &[],
        }
    }

    /// What was known before `moment`, in nanoseconds since the part began.
    #[must_use]
    pub fn before(&self, moment: u64) -> Self {
        match self {
            Self::Counters(samples) => {
                let count = samples.partition_point(|sample| sample.at < moment);
                Self::Counters(samples[..count].to_vec())
            }
            Self::Segments(segments) => {
                let count = segments.partition_point(|segment| segment.at < moment);
                Self::Segments(segments[..count].to_vec())
            }
        }
    }

    /// How many bytes of the flow were known to have left before `moment`, in nanoseconds
    /// since the part began; none where nothing was told by then.
    #[must_use]
    pub fn left_before(&self, moment: u64) -> Option<u64> {
        match self {
            Self::Counters(samples) => {
                let count = samples.partition_point(|sample| sample.at < moment);
                Some(samples[..count].last()?.bytes)
            }
            Self::Segments(segments) => {
                let count = segments.partition_point(|segment| segment.at < moment);
                let last = segments[..count].iter().rfind(|segment| !segment.again);
                Some(last.map_or(0, Segment::end))
            }
        }
    }
}

/// A TCP segment with data, as a capture shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// When it was seen, in nanoseconds since the part began.
    pub at: u64,
    /// The stream offset of its first byte.
    pub start: u64,
    /// How many bytes it holds, at least 1.
    pub length: u32,
    /// Whether all of them had left before (a retransmission).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
}

impl Segment {
    /// The stream offset behind its last byte.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.start.saturating_add(self.length.into())
    }
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
    /// The side that made it.
    pub side: Side,
    /// What brought it.
    pub by: By,
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

/// What brought a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// This step of the side's script.
    Step(StepId),
    /// The replay, because the script implies it: it opens and closes what no step does.
    Implied,
    /// A program that was observed.
    Observed {
        /// Which thread or process of the program, from 0 in the order in which they were
        /// first seen; 0 where they are not told apart.
        task: u16,
    },
}

impl Call {
    /// The step of the script that brought it, if one did.
    #[must_use]
    pub const fn step(&self) -> Option<StepId> {
        match self.by {
            By::Step(step) => Some(step),
            By::Implied | By::Observed { .. } => None,
        }
    }

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
            Op::Data(DataOp::Recv { .. } | DataOp::Decoded { .. } | DataOp::Refuse { .. })
            | Op::Socket(SocketOp::Accept { .. })
            | Op::Script(ScriptOp::Wait(_) | ScriptOp::Pause | ScriptOp::Print(_)) => false,
            Op::Data(DataOp::Send { .. })
            | Op::Script(ScriptOp::Reach(_))
            | Op::Socket(
                SocketOp::Bind { .. }
                | SocketOp::Listen
                | SocketOp::Connect { .. }
                | SocketOp::Set(_)
                | SocketOp::DropArriving(_)
                | SocketOp::HalfClose
                | SocketOp::Close(_),
            ) => true,
        }
    }
}

/// Why a replay ended early.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    /// Who ended it.
    pub side: Side,
    /// At which step of its script, if at one.
    pub step: Option<StepId>,
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
    /// The machine did not run the replay while a timer ran, so nothing is to be judged.
    Stalled {
        /// The step, in the words of the script.
        step: String,
        /// For how long, in milliseconds.
        milliseconds: u64,
        /// After how long the timer runs out, in milliseconds.
        timer: u64,
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

impl PartTrace {
    /// Whether the machine did not run it while a timer ran, so that nothing is to be judged.
    #[must_use]
    pub fn is_stalled(&self) -> bool {
        let reason = self.stop.as_ref().map(|stop| &stop.reason);
        matches!(reason, Some(StopReason::Stalled { .. }))
    }
}

impl Trace {
    /// Whether a part of it was stalled.
    #[must_use]
    pub fn is_stalled(&self) -> bool {
        self.parts.iter().any(PartTrace::is_stalled)
    }

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
            | StopReason::Stalled { .. }
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
}
