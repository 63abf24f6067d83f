//! What there is to show of a trace, as data: in one language, not drawn yet, and without a width.
//!
//! A [`Part`] has the rows of its time line ([`calls`]), its [`Direction`]s and its verdict. A
//! direction has lanes with their spans ([`lanes`]) or datagrams ([`datagrams`]), marks under the
//! boundaries that were lost, and its bytes with their cuts ([`bytes`]). [`now`] is a direction
//! after a given number of calls, and [`steps`] gives how far each direction has got at every row.
//! [`words`] describes faults, fates and differences in both languages; [`number`] writes numbers,
//! sizes and times.
//!
//! Promises: pure. Everything that is said about a trace is worded here and nowhere else. Whatever
//! came over a socket or from a file is escaped in these texts ([`crate::diagnostic::escape`]), and
//! the bytes themselves are borrowed, except those of [`now`]. A row is made when it is asked for,
//! so a million calls of which 14 are shown cost 14 rows. Never opens a socket, never knows a
//! width, never judges.

pub mod bytes;
pub mod calls;
pub mod datagrams;
pub mod lanes;
pub mod now;
pub mod number;
pub mod steps;
mod verdict;
pub mod words;

pub use verdict::in_one_line;

use crate::analysis::{Analysis, BoundaryFate, FlowAnalysis, PartAnalysis, Range};
use crate::diagnostic::escape;
use crate::language::Language;
use crate::scenario::Place;
use crate::trace::{Call, DataOp, Flow, FlowId, Op, PartTrace, Trace};

use bytes::Bytes;
use datagrams::{Envelope, Standing};
use lanes::Lane;
use number::grouped;

/// The language and level of detail of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Telling {
    /// The language of everything but the payloads.
    pub language: Language,
    /// Use only ASCII for marks.
    pub ascii: bool,
    /// Show times.
    pub times: bool,
    /// Show everything.
    pub full: bool,
}

impl Telling {
    fn pick<T>(self, english: T, chinese: T) -> T {
        self.language.pick(english, chinese)
    }

    /// The mark for a result or a direction.
    #[must_use]
    pub const fn arrow(self) -> &'static str {
        if self.ascii { "->" } else { "→" }
    }

    /// The mark for what is as expected.
    #[must_use]
    pub const fn yes(self) -> &'static str {
        if self.ascii { "[ok]" } else { "✓" }
    }

    /// The mark for what is not as expected.
    #[must_use]
    pub const fn no(self) -> &'static str {
        if self.ascii { "[!!]" } else { "✗" }
    }

    /// The mark for something left out.
    #[must_use]
    pub const fn more(self) -> &'static str {
        if self.ascii { "..." } else { "…" }
    }
}

/// The meaning of a colour. Colour is never the only sign of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ink {
    /// No meaning.
    #[default]
    Plain,
    /// Bytes of the message with this number, from 0.
    Message(usize),
    /// A heading.
    Heading,
    /// As expected.
    Good,
    /// Lost, or not as expected.
    Bad,
    /// The current row.
    Current,
}

/// A sentence of the verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// The meaning of its colour.
    pub ink: Ink,
    /// Its indentation level: 0, 1 or 2.
    pub level: usize,
    /// The text.
    pub text: String,
}

/// How many items of a long list to show: some from the front and some from the end.
#[derive(Clone, Copy, Debug)]
pub struct Elision {
    /// A list of at most this many is shown whole.
    pub all: usize,
    /// The number shown from the front of a longer list.
    pub front: usize,
    /// The number shown from its end.
    pub back: usize,
}

impl Elision {
    /// The items of `count` that are left out; none if `full`.
    #[must_use]
    pub fn hidden(self, count: usize, full: bool) -> std::ops::Range<usize> {
        if full || count <= self.all {
            count..count
        } else {
            self.front..count - self.back
        }
    }
}

/// The picture of a whole trace.
#[derive(Debug)]
pub struct Picture<'a> {
    /// The name and the title.
    pub heading: String,
    /// Its parts, in order.
    pub parts: Vec<Part<'a>>,
}

impl<'a> Picture<'a> {
    /// The picture of a trace and its analysis.
    #[must_use]
    pub fn of(trace: &'a Trace, analysis: &'a Analysis, telling: Telling) -> Self {
        let parts = trace.parts.iter().zip(&analysis.parts);
        Self {
            heading: escape::text(&trace.heading(telling.language)),
            parts: parts
                .map(|(part, seen)| Part::of(part, seen, telling))
                .collect(),
        }
    }
}

/// The picture of one part.
#[derive(Debug)]
pub struct Part<'a> {
    /// The label that distinguishes it from other parts; `None` if there is only one.
    pub label: Option<String>,
    /// The indices of the calls that have a row in the time line, in order.
    pub shown: Vec<usize>,
    /// The directions in which anything was sent, in the order of their first sends.
    pub directions: Vec<Direction<'a>>,
    /// The trace of the part.
    pub trace: &'a PartTrace,
    analysis: &'a PartAnalysis,
    telling: Telling,
    /// The moment from which the times of the rows count.
    zero: u64,
}

impl<'a> Part<'a> {
    /// The picture of a part and its analysis.
    #[must_use]
    pub fn of(trace: &'a PartTrace, analysis: &'a PartAnalysis, telling: Telling) -> Self {
        let shown = calls::shown(trace, telling.full);
        let moments = shown.iter().map(|&index| trace.calls[index].moment());
        Self {
            label: trace
                .label
                .as_ref()
                .map(|label| escape::text(label.get(telling.language))),
            zero: moments.min().unwrap_or(0),
            shown,
            directions: directions(trace, analysis, telling),
            trace,
            analysis,
            telling,
        }
    }

    /// What stands in place of the time line of a capture, which has no calls. A replay without
    /// calls ended before the first, and its verdict says why.
    #[must_use]
    pub fn no_calls(&self) -> Option<&'static str> {
        let is_silent = self.trace.calls.is_empty() && self.trace.stop.is_none();
        let says = (self.telling).pick("no calls were recorded", "没有记录到任何调用");
        is_silent.then_some(says)
    }

    /// The verdict on it, sentence by sentence.
    #[must_use]
    pub fn verdict(&self) -> Vec<Sentence> {
        verdict::tell(self)
    }

    /// The calls, each after what it says.
    fn call(&self, index: usize) -> &'a Call {
        &self.trace.calls[index]
    }
}

/// One direction of a connection.
#[derive(Debug)]
pub struct Direction<'a> {
    /// The index of its flow in the part.
    pub id: FlowId,
    /// The sender and the receiver, and the connection if there are several.
    pub words: String,
    /// Whether it carries datagrams or records, which keep their boundaries.
    pub keeps_boundaries: bool,
    /// The bytes sent and received.
    pub flow: &'a Flow,
    /// Their analysis.
    pub seen: &'a FlowAnalysis,
    part: &'a PartTrace,
    telling: Telling,
}

/// A boundary that was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its stream offset.
    pub at: u64,
    /// Where it was lost, if that is known.
    pub place: Option<Place>,
    /// The index of the recv that covers it, among those of its direction.
    pub recv: usize,
}

impl Direction<'_> {
    /// Its lanes, from top to bottom; empty for datagrams.
    #[must_use]
    pub fn lanes(&self) -> Vec<Lane> {
        let language = self.telling.language;
        let sent = self.flow.sent.len() as u64;
        lanes::stream(language, self.part, self.id, self.seen, sent)
    }

    /// The datagram with this index. A stream has none.
    #[must_use]
    pub fn envelope(&self, index: usize) -> Envelope<'_> {
        Envelope::of(self.telling, self.seen, index, self.standing(false))
    }

    /// How a datagram stands that no recv has returned; `may_come` says whether one still may.
    fn standing(&self, may_come: bool) -> Standing {
        if !self.has_recvs() {
            Standing::NotMeasured
        } else if may_come {
            Standing::MayCome
        } else {
            Standing::Lost
        }
    }

    /// Whether the calls of the sender were recorded, so that its messages are known.
    #[must_use]
    pub fn has_sends(&self) -> bool {
        self.part.has_calls_of(self.flow.from)
    }

    /// Whether the calls of the receiver were recorded, so that it is known what it received.
    #[must_use]
    pub fn has_recvs(&self) -> bool {
        self.part.has_calls_of(self.flow.from.other())
    }

    /// The bytes sent in a stream.
    #[must_use]
    pub fn bytes(&self) -> Bytes<'_> {
        Bytes::of_stream(self.flow, self.seen)
    }

    /// What the lanes cannot show by themselves.
    #[must_use]
    pub fn notes(&self, lanes: &[Lane]) -> Vec<String> {
        lanes::notes(self.telling.language, self.flow, self.seen, lanes)
    }

    /// The number of datagrams that the receiver's kernel dropped, if it reported any.
    #[must_use]
    pub fn dropped(&self) -> Option<String> {
        let dropped = self.flow.dropped.filter(|&dropped| dropped > 0)?;
        let language = self.telling.language;
        let count = u64::from(dropped);
        let datagrams = words::counted(language, count, "datagram", "datagrams", "个数据报");
        Some(say!(
            language,
            "the receiver's kernel dropped {datagrams}",
            "接收方内核丢弃了 {datagrams}"
        ))
    }
}

/// The lost boundaries after the beginning of a range, up to and including its end.
#[must_use]
pub fn marks(seen: &FlowAnalysis, range: Range) -> Vec<Mark> {
    let boundaries = &seen.boundaries;
    let first = boundaries.partition_point(|boundary| boundary.at <= range.start);
    boundaries[first..]
        .iter()
        .take_while(|boundary| boundary.at <= range.end)
        .filter_map(|boundary| match boundary.fate {
            BoundaryFate::Coalesced { recv, place } => Some(Mark {
                at: boundary.at,
                place,
                recv,
            }),
            BoundaryFate::Kept | BoundaryFate::NotReached | BoundaryFate::Uncertain => None,
        })
        .collect()
}

impl Mark {
    /// Which boundary it is, and where it was lost.
    #[must_use]
    pub fn words(&self, language: Language) -> String {
        let (at, place) = (grouped(self.at), words::place(language, self.place));
        say!(language, "boundary {at} {place}", "边界 {at} {place}")
    }
}

fn directions<'a>(
    part: &'a PartTrace,
    analysis: &'a PartAnalysis,
    telling: Telling,
) -> Vec<Direction<'a>> {
    let mut first_sends = vec![usize::MAX; part.flows.len()];
    for (index, call) in part.calls.iter().enumerate().rev() {
        if let Op::Data(DataOp::Send { flow, .. }) = call.op
            && let Some(first) = first_sends.get_mut(usize::from(flow))
        {
            *first = index;
        }
    }
    let flows = part.flows.iter().zip(&analysis.flows).zip(0..);
    let mut used: Vec<Direction<'_>> = flows
        .filter(|((flow, seen), _)| is_used(flow, seen))
        .map(|((flow, seen), id)| Direction {
            id,
            words: direction(telling, part, flow),
            keeps_boundaries: part.transport.keeps_boundaries(),
            flow,
            seen,
            part,
            telling,
        })
        .collect();
    used.sort_by_key(|it| first_sends[usize::from(it.id)]);
    used
}

/// Whether anything was sent or received in a flow.
fn is_used(flow: &Flow, seen: &FlowAnalysis) -> bool {
    !(flow.sent.is_empty() && flow.received.is_empty() && seen.messages.is_empty())
}

/// The sender and the receiver, and the connection if there are several.
fn direction(telling: Telling, part: &PartTrace, flow: &Flow) -> String {
    let language = telling.language;
    let from = words::side(language, flow.from);
    let to = words::side(language, flow.from.other());
    let text = format!("{from} {} {to}", telling.arrow());
    if part.flows.iter().all(|flow| flow.connection == 0) {
        return text;
    }
    let number = u32::from(flow.connection) + 1;
    say!(
        telling.language,
        "{text}, connection {number}",
        "{text}，连接 {number}"
    )
}
