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

use std::borrow::Cow;
use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;

use serde::de::value::EnumAccessDeserializer;
use serde::de::{DeserializeSeed, EnumAccess, IntoDeserializer, VariantAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::framing::Framing;
use crate::language::{Language, Text};
use crate::scenario::{
    Condition, Expectation, Fault, SendRole, Side, SocketOption, SocketPart, StepId, Transport,
    shell,
};

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
    /// Why the replay ended early, if it did.
    pub stop: Option<Stop>,
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

/// What a call was, and what came of it: three groups, so that code with nothing to say
/// of a group names it once.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Op {
    /// Bytes of a flow.
    Data(DataOp),
    /// A socket: opened, set, closed.
    Socket(SocketOp),
    /// What a program does beside its sockets.
    Script(ScriptOp),
}

/// What was done with bytes of a flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DataOp {
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
        #[serde(
            default,
            skip_serializing_if = "Option::is_none",
            deserialize_with = "queued"
        )]
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
        /// How many bytes the payload has.
        payload: u32,
        /// How many bytes stand behind it.
        trailer: u32,
        /// By which framing; it takes out what the framing escaped in the payload.
        framing: Framing,
    },
    /// A decoder refused what it was given.
    Refuse {
        /// In which flow.
        flow: FlowId,
        /// The stream offset where.
        offset: u64,
        /// By which framing; absent where a recv was to carry a length.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        framing: Option<Box<Framing>>,
    },
}

/// What was done with a socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SocketOp {
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
    /// An option was set.
    Set(SocketOption),
    /// The kernel was told to drop what arrives (true), or to stop so.
    DropArriving(bool),
    /// The sending direction was closed.
    HalfClose,
    /// A socket was closed.
    Close(SocketPart),
}

/// What a program did beside its sockets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScriptOp {
    /// A wait ended.
    Wait(Box<Condition>),
    /// A named point was reached.
    Reach(Box<str>),
    /// A pause was made.
    Pause,
    /// The program printed these bytes.
    Print(#[serde(with = "json::payload")] Box<[u8]>),
}

impl DataOp {
    /// The flow whose bytes they are.
    #[must_use]
    pub const fn flow(&self) -> FlowId {
        match *self {
            Self::Send { flow, .. }
            | Self::Recv { flow, .. }
            | Self::Decoded { flow, .. }
            | Self::Refuse { flow, .. } => flow,
        }
    }

    /// The flow, to renumber it.
    const fn flow_mut(&mut self) -> &mut FlowId {
        match self {
            Self::Send { flow, .. }
            | Self::Recv { flow, .. }
            | Self::Decoded { flow, .. }
            | Self::Refuse { flow, .. } => flow,
        }
    }
}

impl SocketOp {
    /// The name of each in a trace file.
    const NAMES: [&'static str; 8] = [
        "bind",
        "listen",
        "connect",
        "accept",
        "set",
        "drop-arriving",
        "half-close",
        "close",
    ];
}

impl DataOp {
    /// The name of each in a trace file.
    const NAMES: [&'static str; 4] = ["send", "recv", "decoded", "refuse"];
}

/// An operation is written as its group writes it, and its name tells the group: so the
/// groups do not stand in the file, and an error keeps its place.
impl<'de> Deserialize<'de> for Op {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_enum("Op", &[], OpVisitor)
    }
}

struct OpVisitor;

impl<'de> Visitor<'de> for OpVisitor {
    type Value = Op;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("what a call was")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Op, A::Error> {
        let (name, rest) = access.variant::<String>()?;
        let is_one_of = |names: &[&str]| names.contains(&name.as_str());
        if is_one_of(&DataOp::NAMES) {
            let data = DataOp::deserialize(EnumAccessDeserializer::new(Named { name, rest }));
            data.map(Op::Data)
        } else if is_one_of(&SocketOp::NAMES) {
            let socket = SocketOp::deserialize(EnumAccessDeserializer::new(Named { name, rest }));
            socket.map(Op::Socket)
        } else {
            let script = ScriptOp::deserialize(EnumAccessDeserializer::new(Named { name, rest }));
            script.map(Op::Script)
        }
    }
}

/// A variant whose name was read already.
struct Named<A> {
    name: String,
    rest: A,
}

impl<'de, A: VariantAccess<'de>> EnumAccess<'de> for Named<A> {
    type Error = A::Error;
    type Variant = A;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, A), A::Error> {
        let name = seed.deserialize(self.name.into_deserializer())?;
        Ok((name, self.rest))
    }
}

/// Reads how many bytes waited; a number that no queue holds counts as not told.
fn queued<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Queued>, D::Error> {
    let bytes = Option::<u32>::deserialize(deserializer)?;
    Ok(bytes.and_then(Queued::new))
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

impl Serialize for Queued {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.bytes())
    }
}

/// What a recv returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
    /// The runner panicked, which is an error in `sticky`.
    Panic(String),
    /// The platform has no such thing.
    Unsupported(String),
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
