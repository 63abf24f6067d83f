//! Works out from a trace what became of each boundary and each message, and where. Pure.
//!
//! For every message boundary of a [`Trace`] it says whether a recv covered it, for every message
//! how it arrived, and which expectations do not hold and why.
//!
//! Promises: linear in the calls of a stream; for datagrams see the module `datagram`. The same
//! trace gives the same analysis, live or from a file. Never opens a socket and never guesses: what
//! the trace does not hold is [`None`].

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
mod unseen;
mod wire;

use serde::{Serialize, Serializer};

pub use claim::{Outcome, outcome};
pub use difference::{Difference, DifferenceKind, Excerpt, GotRecv, Held, Skipped};
pub use fate::{
    Boundary, BoundaryFate, Datagram, Delivery, Message, MessageFate, Range, RecvSpan, Wire,
    WireRun,
};
pub use stated::stated;

use crate::trace::{PartTrace, Trace};

/// The analysis of a whole trace.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
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

    /// Whether the machine stalled a part, so that it is neither as expected nor not.
    #[must_use]
    pub fn is_stalled(&self) -> bool {
        self.parts.iter().any(|part| part.stalled().is_some())
    }

    /// Whether anything was expected that could be judged. Most recordings expect nothing.
    #[must_use]
    pub fn is_judged(&self) -> bool {
        self.parts.iter().any(PartAnalysis::is_judged)
    }

    /// The number of expectations that could not be judged on this platform.
    #[must_use]
    pub fn skipped(&self) -> usize {
        self.parts.iter().map(|part| part.skipped.len()).sum()
    }
}

/// The analysis of one part.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PartAnalysis {
    /// One for each flow of the trace, at the same index, including empty flows.
    pub flows: Vec<FlowAnalysis>,
    /// Every expectation that does not hold; empty if all hold.
    pub differences: Vec<Difference>,
    /// Every expectation that this platform cannot judge.
    pub skipped: Vec<Skipped>,
    /// What each expectation that was judged and holds is about. JSON has only their number.
    #[serde(serialize_with = "number_of")]
    pub held: Vec<Held>,
}

impl PartAnalysis {
    /// That the machine stalled the part, where it did.
    #[must_use]
    pub fn stalled(&self) -> Option<Skipped> {
        let is_stalled = |skipped: &Skipped| matches!(skipped, Skipped::Stalled { .. });
        self.skipped.iter().copied().find(is_stalled)
    }

    /// Whether anything was expected, whether it holds, does not hold, or could not be judged.
    #[must_use]
    pub const fn is_judged(&self) -> bool {
        !self.held.is_empty() || !self.differences.is_empty() || !self.skipped.is_empty()
    }
}

#[expect(clippy::ptr_arg, reason = "serde passes a reference to the field")]
/// Writes the number of expectations that hold, which is what JSON has of them.
///
/// # Errors
/// If `out` fails.
pub fn number_of<S: Serializer>(held: &Vec<Held>, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_u64(held.len() as u64)
}

/// The analysis of one flow.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FlowAnalysis {
    /// The messages, in order.
    pub messages: Vec<Message>,
    /// The boundaries between them, in order: one fewer than messages.
    pub boundaries: Vec<Boundary>,
    /// The recvs that returned data, in order, with the bytes that each returned.
    pub recvs: Vec<RecvSpan>,
    /// The datagrams, in order, each with the recv that returned it; empty for a stream.
    pub datagrams: Vec<Datagram>,
    /// The data segments that carried the stream, counted or captured; `None` if neither.
    pub wire: Option<Wire>,
    /// Whether the bytes received are a prefix of the bytes sent. For datagrams: whether each one
    /// received is one that was sent.
    pub faithful: bool,
    /// How much was delivered and how long it took; `None` if nothing was.
    pub delivery: Option<Delivery>,
}

impl FlowAnalysis {
    /// Whether the fate of the message with this index is certain: see [`Datagram::certain`].
    #[must_use]
    pub fn is_certain(&self, message: usize) -> bool {
        let its_own = &self.datagrams[self.datagrams_of(message)];
        its_own.iter().all(|it| it.certain)
    }

    /// The indices of the datagrams that carry the message with this index; empty for a stream.
    #[must_use]
    pub fn datagrams_of(&self, message: usize) -> std::ops::Range<usize> {
        let first = |message| self.datagrams.partition_point(|it| it.message < message);
        first(message)..first(message + 1)
    }
}

/// Works out what became of everything in `trace`.
#[must_use]
pub fn analyse(trace: &Trace) -> Analysis {
    Analysis {
        parts: trace.parts.iter().map(analyse_part).collect(),
    }
}

/// Works out what became of everything in one part.
#[must_use]
pub fn analyse_part(part: &PartTrace) -> PartAnalysis {
    let unseen = part.unseen();
    let gathered = sent::gather(part);
    let flows: Vec<FlowAnalysis> = gathered
        .records
        .into_iter()
        .zip(&part.flows)
        .map(|(record, flow)| {
            if let Some(side) = unseen {
                unseen::analyse(flow, record, part.transport, side)
            } else if part.transport.keeps_boundaries() {
                datagram::analyse(flow, &record, part.transport)
            } else {
                stream::analyse(flow, record)
            }
        })
        .collect();
    judge::judge(part, flows, gathered.failed_as_stated)
}
