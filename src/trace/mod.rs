//! What happened, as plain data: a replayed case, or a recording of other programs.
//!
//! A [`Trace`] holds everything that the analysis and the pictures need, so both work the same on a
//! live run and on a file read back. Calls stand in causal order ([`merge`]); every byte sent and
//! every byte received is there, as its own side recorded it.
//!
//! A trace names its source ([`Source`]), a call what made it ([`By`]), and a flow what is known of
//! its segments ([`Evidence`]). So a new source of traces needs no scenario: it fills in these
//! types, and everything above can draw the result.
//!
//! Promises: a call takes at most 64 bytes besides its payload. Nothing here is inferred; what the
//! kernel did not report is absent. Never judges.

pub mod json;
pub mod merge;
mod op;

pub use op::{DataOp, Got, Op, Queued, ScriptOp, SocketOp};

use std::borrow::Cow;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::diagnostic::shell;
use crate::language::{Language, Text};
use crate::scenario::{Expectation, Fault, Side, SocketOption, StepId, Transport};

/// What happened in one case or recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// `chapter/name` of a case; the title of a recording.
    pub name: String,
    /// Where the trace comes from.
    pub source: Source,
    /// Where and when it was recorded.
    pub environment: Environment,
    /// Its parts, in order.
    pub parts: Vec<PartTrace>,
}

/// Where a trace comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// A scenario that was replayed. A user's own file may have no title and lesson.
    Case {
        /// Its title.
        title: Option<Text>,
        /// Its lesson.
        lesson: Option<Text>,
        /// The section of the source notes that the case is about.
        section: Option<String>,
    },
    /// Programs that were observed, or packets that were captured.
    Recording {
        /// The command line of each program: the program, then its arguments. Empty for a capture.
        commands: Vec<Vec<String>>,
    },
}

impl Trace {
    /// What to show beside the name: the title of a case, the command lines of a recording.
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

    /// The name, and the title if there is one, on one line.
    #[must_use]
    pub fn heading(&self, language: Language) -> String {
        match self.title(language) {
            Some(title) => format!("{}  {title}", self.name),
            None => self.name.clone(),
        }
    }

    /// The lesson, if this is a case that has one.
    #[must_use]
    pub fn lesson(&self, language: Language) -> Option<&str> {
        match &self.source {
            Source::Case { lesson, .. } => Some(lesson.as_ref()?.get(language)),
            Source::Recording { .. } => None,
        }
    }

    /// The section of the source notes that the case is about.
    #[must_use]
    pub fn section(&self) -> Option<&str> {
        match &self.source {
            Source::Case { section, .. } => section.as_deref(),
            Source::Recording { .. } => None,
        }
    }
}

/// Where and when a trace was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// The version of `sticky`.
    pub sticky: String,
    /// The operating system, as in `std::env::consts::OS`.
    pub system: String,
    /// The kernel's release; `None` if the system does not report it.
    pub kernel: Option<String>,
    /// The processor architecture.
    pub architecture: String,
    /// Seconds since 1970-01-01T00:00Z.
    pub unix_time: u64,
}

/// What happened in one part.
#[derive(Clone, Debug, PartialEq)]
pub struct PartTrace {
    /// The label that distinguishes this part from the others.
    pub label: Option<Text>,
    /// The transport between the two sides.
    pub transport: Transport,
    /// For a recording, who the two sides are.
    pub ends: Option<Ends>,
    /// The expectation, if there is one.
    pub expect: Option<Expectation>,
    /// The calls of both sides, in causal order.
    pub calls: Vec<Call>,
    /// The bytes: one flow for each direction of each connection, or of the UDP conversation.
    pub flows: Vec<Flow>,
    /// The options for which the kernel gave less than the scenario asked for.
    pub cut: Vec<CutOption>,
    /// Why the replay ended early, if it did.
    pub stop: Option<Stop>,
}

/// An option for which the kernel gave less than the scenario asked for, because
/// `net.core.wmem_max` or `net.core.rmem_max` limits it (socket(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutOption {
    /// The side whose socket has it.
    pub side: Side,
    /// The option as the scenario asked for it.
    pub option: SocketOption,
    /// The size that the kernel gave, in bytes.
    pub given: u32,
}

/// The two sides of a recorded conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ends {
    /// The side that accepted the connection.
    pub server: End,
    /// The side that connected.
    pub client: End,
}

/// One side of a recorded conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// Its name, for example the name of its program.
    pub name: String,
    /// The address of its socket, IPv4 or IPv6; `None` if there is none or it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<SocketAddr>,
    /// Whether none of its calls was seen: the other side alone recorded them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unseen: bool,
}

impl Ends {
    /// The end on this side.
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
    /// The index of the connection, from 0.
    pub connection: u16,
    /// The sending side.
    pub from: Side,
    /// Every byte that a send call took, in order. Datagrams stand one after another. If no send
    /// was recorded, every byte that was captured. Where the sender's calls were not seen
    /// ([`End::unseen`]), those of its bytes that were received.
    pub sent: Vec<u8>,
    /// Every byte that a recv call returned, in order, as the receiver recorded it.
    pub received: Vec<u8>,
    /// What is known of the segments that carried it.
    pub evidence: Evidence,
    /// The number of datagrams that the receiver's kernel dropped; `None` if it does not report it.
    pub dropped: Option<u32>,
}

impl Flow {
    /// Whether its segments were captured, so that its bytes are known even if no send is.
    #[must_use]
    pub const fn is_captured(&self) -> bool {
        matches!(self.evidence, Evidence::Segments(_))
    }
}

/// What is known of the segments that carried a flow.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Evidence {
    /// What the sender's kernel counted, in order of time; empty if it reports nothing.
    Counters(Vec<Sample>),
    /// The data segments that were captured, in order of time.
    Segments(Vec<Segment>),
}

impl Default for Evidence {
    /// No samples: the kernel reports nothing.
    fn default() -> Self {
        Self::Counters(Vec::new())
    }
}

impl Evidence {
    /// What the sender's kernel counted; empty if it reports nothing or if segments were captured.
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

    /// The number of bytes of the flow known to have left before `moment`, in nanoseconds since the
    /// part began; `None` if nothing was known by then.
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
    /// When it was captured, in nanoseconds since the part began.
    pub at: u64,
    /// The stream offset of its first byte.
    pub start: u64,
    /// The number of bytes it holds, at least 1.
    pub length: u32,
    /// Whether all of them had been sent before: a retransmission.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
}

impl Segment {
    /// The stream offset after its last byte.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.start.saturating_add(self.length.into())
    }
}

/// What the sending kernel reported about a TCP connection at one moment (`TCP_INFO`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// The moment, in nanoseconds since the part began.
    pub at: u64,
    /// The number of data segments sent, each counted once (`tcpi_data_segs_out` minus
    /// [`retransmitted`](Self::retransmitted)).
    pub segments: u32,
    /// The number of stream bytes sent, each counted once (`tcpi_bytes_sent` minus
    /// `tcpi_bytes_retrans`).
    pub bytes: u64,
    /// The number of data segments retransmitted (`tcpi_total_retrans` minus the SYNs and FINs
    /// without data that it also counts).
    pub retransmitted: u32,
    /// The number of bytes in those (`tcpi_bytes_retrans`). `None` in traces saved before this
    /// field and the next were added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retransmitted_bytes: Option<u64>,
    /// The number of segments sent and not yet acknowledged (`tcpi_unacked`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unacknowledged: Option<u32>,
}

/// One call by one side, or one observation.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The side that made it.
    pub side: Side,
    /// What caused it.
    pub by: By,
    /// When it began, in nanoseconds since the part began.
    pub start: u64,
    /// When it ended, in nanoseconds since the part began.
    pub end: u64,
    /// The operation and its result.
    pub op: Op,
    /// The fault, if it failed.
    pub fault: Option<Fault>,
    /// The fault that was expected, if one was.
    pub expects: Option<Fault>,
    /// Whether this fault is the ordinary end of such a call although nobody stated it: `EAGAIN`
    /// ends a step that takes whatever is there.
    pub ordinary: bool,
}

/// What caused a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum By {
    /// A step of the side's script.
    Step(StepId),
    /// The replay itself, because the script implies the call: it opens and closes whatever no step
    /// does.
    Implied,
    /// An observed program.
    Observed {
        /// The thread or process of the program, numbered from 0 in the order of first appearance;
        /// 0 if they are not told apart.
        task: u16,
    },
}

impl Call {
    /// The step of the script that caused it, if one did.
    #[must_use]
    pub const fn step(&self) -> Option<StepId> {
        match self.by {
            By::Step(step) => Some(step),
            By::Implied | By::Observed { .. } => None,
        }
    }

    /// The one time at which the call counts, in nanoseconds since the part began. For a cause (a
    /// send, a close, a named point) it is the beginning. For an observation (a recv, a wait, an
    /// accept), a failed call or a pause it is the end.
    #[must_use]
    pub const fn moment(&self) -> u64 {
        if self.is_cause() {
            self.start
        } else {
            self.end
        }
    }

    /// Whether it is a cause: its effect can be observed from its beginning on.
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
    /// The side that ended it.
    pub side: Side,
    /// The step of that side's script, if there was a current step.
    pub step: Option<StepId>,
    /// What happened.
    pub reason: StopReason,
    /// The last step that the other side had finished, as the script words it.
    pub other_last: Option<String>,
}

/// What ended a replay early.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum StopReason {
    /// The deadline passed.
    Deadline {
        /// What the wait was for, as the script words it.
        waited_for: String,
        /// What was there, in bytes or in the unit of the condition, if it is known.
        there: Option<u64>,
        /// How long the wait lasted, in milliseconds.
        milliseconds: u64,
    },
    /// What a wait was for can no longer come.
    Impossible {
        /// What the wait was for, as the script words it.
        waited_for: String,
        /// What was there, in bytes or in the unit of the condition, if it is known.
        there: Option<u64>,
    },
    /// A call failed that was not expected to fail.
    Fault {
        /// The step, as the script words it.
        step: String,
        /// The fault.
        fault: Fault,
        /// The system's error message.
        message: String,
    },
    /// A call succeeded that was expected to fail.
    NoFault {
        /// The step, as the script words it.
        step: String,
        /// The expected fault.
        expected: Fault,
    },
    /// The machine lacks something that every replay needs.
    Machine {
        /// What is missing.
        lack: Lack,
        /// The step or the call that failed because of it.
        step: String,
        /// The fault.
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
    /// The runner panicked. That is a bug in `sticky`.
    Panic(String),
    /// The platform has no such feature.
    Unsupported(String),
}

/// What a machine can lack, so that no case can be replayed on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Lack {
    /// A loopback interface that is up: `ENETUNREACH`, `ENETDOWN`; `EADDRNOTAVAIL` for 127.0.0.1.
    Loopback,
    /// A free port: `EADDRINUSE` or `EADDRNOTAVAIL` although any port would do.
    Ports,
    /// A file descriptor: `EMFILE`, `ENFILE`.
    Descriptors,
    /// Memory: `ENOMEM`, `ENOBUFS`.
    Memory,
    /// A thread: `EAGAIN` of `pthread_create(3)`.
    Threads,
    /// Permission to use sockets: `EPERM`, `EACCES`.
    Permission,
}

impl PartTrace {
    /// The side of which no call was seen, if only the other one was recorded.
    #[must_use]
    pub fn unseen(&self) -> Option<Side> {
        let ends = self.ends.as_ref()?;
        let sides = [Side::Server, Side::Client];
        sides.into_iter().find(|side| ends.of(*side).unseen)
    }

    /// Whether calls of this side were recorded. A capture records none, and a recorder beside one
    /// program records only that program's.
    #[must_use]
    pub fn has_calls_of(&self, side: Side) -> bool {
        self.calls.iter().any(|call| call.side == side)
    }

    /// Whether other programs were recorded, or packets captured, so that nothing was replayed.
    #[must_use]
    pub fn is_recorded(&self) -> bool {
        let first = self.calls.first();
        first.is_none_or(|call| matches!(call.by, By::Observed { .. }))
    }

    /// Whether the machine did not run it while a timer ran, so that nothing is to be judged.
    #[must_use]
    pub fn is_stalled(&self) -> bool {
        let reason = self.stop.as_ref().map(|stop| &stop.reason);
        matches!(reason, Some(StopReason::Stalled { .. }))
    }
}

impl Trace {
    /// The first part that the machine ended early: what the machine lacks, and the stop.
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
