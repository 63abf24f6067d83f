//! What became of each boundary and message, and where: pure.
//!
//! Given a [`Trace`], says for every message boundary whether a recv covered it,
//! for every message how it arrived, and which expectation does not hold and how.
//!
//! Promises: linear in the calls of a stream, and of datagrams as `datagram` says; the same trace gives the same analysis, live or
//! from a file. Never opens a socket and never guesses: what the trace does not
//! hold is [`None`].

mod claim;
mod datagram;
mod difference;
mod evidence;
mod fate;
mod judge;
pub mod moment;
mod sent;
mod stated;
mod stream;
mod wire;

use serde::Serialize;

pub use claim::{Outcome, outcome};
pub use difference::{Difference, DifferenceKind, Excerpt, GotRecv, Skipped};
pub use fate::{
    Boundary, BoundaryFate, Datagram, Delivery, Message, MessageFate, Range, RecvSpan, Wire,
    WireRun,
};
pub use stated::stated;

use crate::trace::{PartTrace, Trace};

/// The analysis of a whole trace.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Analysis {
    /// One for each part, in order.
    pub parts: Vec<PartAnalysis>,
}

impl Analysis {
    /// Whether every part came out as expected.
    #[must_use]
    pub fn as_expected(&self) -> bool {
        self.parts.iter().all(|part| part.differences.is_empty())
    }

    /// Whether anything was stated that could be judged; of most recordings nothing was.
    #[must_use]
    pub fn is_judged(&self) -> bool {
        self.parts.iter().any(PartAnalysis::is_judged)
    }

    /// How many expectations could not be judged on this platform.
    #[must_use]
    pub fn skipped(&self) -> usize {
        self.parts.iter().map(|part| part.skipped.len()).sum()
    }
}

/// The analysis of one part.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PartAnalysis {
    /// One for each flow of the trace, at the same index; empty ones too.
    pub flows: Vec<FlowAnalysis>,
    /// Every expectation that does not hold; none means all hold.
    pub differences: Vec<Difference>,
    /// Every expectation that this platform cannot judge.
    pub skipped: Vec<Skipped>,
    /// How many expectations were judged and hold.
    pub held: usize,
}

impl PartAnalysis {
    /// Whether anything was stated that holds, does not hold, or could not be judged.
    #[must_use]
    pub const fn is_judged(&self) -> bool {
        self.held > 0 || !self.differences.is_empty() || !self.skipped.is_empty()
    }
}

/// The analysis of one flow.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct FlowAnalysis {
    /// The messages, in order.
    pub messages: Vec<Message>,
    /// The boundaries between them, in order: one fewer than messages.
    pub boundaries: Vec<Boundary>,
    /// The recvs that returned data, in order, with what they covered.
    pub recvs: Vec<RecvSpan>,
    /// The datagrams, in order, each with what returned it; none in a stream.
    pub datagrams: Vec<Datagram>,
    /// The data segments that carried the stream, as far as they were counted or captured; none where they were not.
    pub wire: Option<Wire>,
    /// Whether the bytes received are a prefix of the bytes sent (for datagrams: whether each is of one sent).
    pub faithful: bool,
    /// How much was delivered, and in how long; none where nothing was.
    pub delivery: Option<Delivery>,
}

impl FlowAnalysis {
    /// Whether it is certain what became of the message with this index: see [`Datagram::certain`].
    #[must_use]
    pub fn is_certain(&self, message: usize) -> bool {
        let its_own = &self.datagrams[self.datagrams_of(message)];
        its_own.iter().all(|it| it.certain)
    }

    /// Which of the datagrams are of the message with this index; none in a stream.
    #[must_use]
    pub fn datagrams_of(&self, message: usize) -> std::ops::Range<usize> {
        let first = |message| self.datagrams.partition_point(|it| it.message < message);
        first(message)..first(message + 1)
    }
}

/// Says what became of everything in `trace`.
#[must_use]
pub fn analyse(trace: &Trace) -> Analysis {
    Analysis {
        parts: trace.parts.iter().map(analyse_part).collect(),
    }
}

/// Says what became of everything in one part.
#[must_use]
pub fn analyse_part(part: &PartTrace) -> PartAnalysis {
    let gathered = sent::gather(part);
    let flows: Vec<FlowAnalysis> = gathered
        .records
        .into_iter()
        .zip(&part.flows)
        .map(|(record, flow)| {
            if part.transport.keeps_boundaries() {
                datagram::analyse(flow, &record, part.transport)
            } else {
                stream::analyse(flow, record)
            }
        })
        .collect();
    judge::judge(part, flows, gathered.failed_as_stated)
}
