//! What became of each boundary and message, and where: pure.
//!
//! Given a [`Trace`], says for every message boundary whether a recv covered it,
//! for every message how it arrived, and which expectation does not hold and how.
//!
//! Promises: linear in the calls; the same trace gives the same analysis, live or
//! from a file. Never opens a socket and never guesses: what the trace does not
//! hold is [`None`].

use serde::Serialize;

use crate::scenario::{
    Amount, Count, ExpectedFate, ExpectedMessage, Fault, Payload, Place, Returned, Side,
};
use crate::trace::{FlowId, StopReason, Trace};

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

/// The analysis of one flow.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct FlowAnalysis {
    /// The messages, in order.
    pub messages: Vec<Message>,
    /// The boundaries between them, in order: one fewer than messages.
    pub boundaries: Vec<Boundary>,
    /// The recvs that returned data, in order, with what they covered.
    pub recvs: Vec<RecvSpan>,
    /// The data segments that carried the stream, as far as the samples tell; none where there are no samples.
    pub wire: Option<Wire>,
    /// Whether the bytes received are a prefix of the bytes sent (for datagrams: whether each is of one sent).
    pub faithful: bool,
}

/// A half-open range of stream offsets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Range {
    /// The first offset.
    pub start: u64,
    /// The offset behind the last.
    pub end: u64,
}

impl Range {
    /// How many bytes.
    #[must_use]
    pub const fn len(self) -> u64 {
        self.end - self.start
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `offset` lies strictly inside: at neither end.
    #[must_use]
    pub const fn spans(self, offset: u64) -> bool {
        self.start < offset && offset < self.end
    }
}

/// One message as sent, and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Its bytes in the flow, header included.
    pub range: Range,
    /// How many of them are its header.
    pub header: u64,
    /// What became of it.
    pub fate: MessageFate,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageFate {
    /// One recv returned it and nothing else.
    Whole,
    /// Its header and its payload were each read exactly, in this many recvs in all.
    WholeByParts(u32),
    /// A recv that returned bytes of it returned bytes of another message too.
    Coalesced,
    /// This many recvs returned it, none of them bytes of another.
    InPieces(u32),
    /// This many bytes of the datagram were delivered, the rest cut off.
    Truncated(u64),
    /// This many of its bytes arrived, and no more.
    Lost(u64),
}

impl MessageFate {
    /// Whether this is what a file means by `expected`.
    #[must_use]
    pub const fn is(self, expected: ExpectedMessage) -> bool {
        matches!(
            (self, expected),
            (Self::Whole | Self::WholeByParts(_), ExpectedMessage::Whole)
                | (Self::Coalesced, ExpectedMessage::Coalesced)
                | (Self::InPieces(_), ExpectedMessage::InPieces)
                | (Self::Truncated(_), ExpectedMessage::Truncated)
                | (Self::Lost(_), ExpectedMessage::Lost)
        )
    }
}

/// A message boundary, and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Boundary {
    /// The offset in the flow.
    pub at: u64,
    /// What became of it.
    pub fate: BoundaryFate,
}

/// What became of a boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BoundaryFate {
    /// A recv ended there.
    Kept,
    /// A recv covers it.
    Coalesced {
        /// The index of that recv in [`FlowAnalysis::recvs`].
        recv: usize,
        /// Where it was lost, where that is known.
        place: Option<Place>,
    },
    /// The bytes received end before it, or (datagrams) a message beside it never arrived.
    NotReached,
}

impl BoundaryFate {
    /// Whether this is what a file means by `expected`.
    #[must_use]
    pub fn is(self, expected: ExpectedFate) -> bool {
        match (self, expected) {
            (Self::Kept, ExpectedFate::Kept) | (Self::NotReached, ExpectedFate::NotReached) => true,
            (Self::Coalesced { place, .. }, ExpectedFate::Coalesced(wanted)) => {
                wanted.is_none() || place == wanted
            }
            (Self::Kept | Self::NotReached | Self::Coalesced { .. }, _) => false,
        }
    }
}

/// A recv that returned data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RecvSpan {
    /// The index of the call in the part's calls.
    pub call: usize,
    /// The bytes of the flow *as sent* that it returned (for datagrams: the place of the datagram among those sent).
    pub range: Range,
    /// How many bytes of a datagram were cut off behind them.
    pub cut: u64,
    /// How many bytes waited in the receive queue when it was called, where known.
    pub queued: Option<u64>,
}

/// The data segments of a flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Wire {
    /// How many left, without those sent again.
    pub count: u64,
    /// How many were sent again.
    pub retransmitted: u64,
    /// Runs of the stream, in order, each with what is known of its segments.
    pub runs: Vec<WireRun>,
}

/// A run of the stream that left between two samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct WireRun {
    /// Its bytes.
    pub range: Range,
    /// How many segments carried them: 1 means this is one segment's range, more
    /// mean that their ranges are not known.
    pub segments: u64,
}

/// An expectation that does not hold: what was stated beside what came.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// Who receives (for [`DifferenceKind::Stopped`]: who ended it).
    pub side: Side,
    /// What differs.
    pub kind: DifferenceKind,
}

/// What differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DifferenceKind {
    /// The replay ended early.
    Stopped {
        /// Why.
        reason: StopReason,
        /// The last step of the other side.
        other_last: Option<String>,
    },
    /// A recv returned something else.
    Recv {
        /// Which, from 1.
        number: usize,
        /// What was stated; none where there should have been no more.
        wanted: Option<Returned>,
        /// What came; none where there were no more.
        got: Option<GotRecv>,
    },
    /// A boundary met another fate.
    Boundary {
        /// Its offset.
        at: u64,
        /// What was stated.
        wanted: ExpectedFate,
        /// What came; none where no message ends there.
        got: Option<BoundaryFate>,
    },
    /// Another number of boundaries was lost.
    LostBoundaries {
        /// What was stated.
        wanted: Count,
        /// How many were lost.
        got: u64,
        /// Of how many.
        of: u64,
    },
    /// A message met another fate.
    Message {
        /// Which, from 1.
        number: usize,
        /// What was stated; none where there should have been no more.
        wanted: Option<ExpectedMessage>,
        /// What came; none where there were no more.
        got: Option<MessageFate>,
    },
    /// Another message was decoded.
    Decoded {
        /// Which, from 1.
        number: usize,
        /// What was stated; none where there should have been no more.
        wanted: Option<Payload>,
        /// The bytes that came; none where there were no more.
        got: Option<Vec<u8>>,
    },
    /// Another number of bytes was received.
    Total {
        /// What was stated.
        wanted: Amount,
        /// What came.
        got: u64,
    },
    /// The bytes received are not those sent, or are when they should not be.
    Intact {
        /// What was stated.
        wanted: bool,
        /// The SHA-256 of the bytes sent.
        sent: String,
        /// The SHA-256 of the bytes received.
        received: String,
    },
    /// The digest of the bytes received is another.
    Digest {
        /// What was stated.
        wanted: String,
        /// What came.
        got: String,
    },
    /// A segment has another size.
    Segment {
        /// Which, from 1.
        number: usize,
        /// What was stated; none where there should have been no more.
        wanted: Option<Amount>,
        /// What left; none where there were no more.
        got: Option<u64>,
    },
    /// Another number of segments left.
    SegmentCount {
        /// What was stated.
        wanted: Count,
        /// What left.
        got: u64,
    },
    /// Another number of bytes waited.
    Queued {
        /// At which recv, from 1.
        number: usize,
        /// What was stated; none where there should have been no more.
        wanted: Option<Amount>,
        /// What waited; none where there were no more recvs.
        got: Option<u64>,
    },
    /// Another number of segments was sent again.
    Retransmitted {
        /// What was stated.
        wanted: Count,
        /// What was.
        got: u64,
    },
    /// Another number of datagrams was dropped.
    Dropped {
        /// What was stated.
        wanted: Count,
        /// What was.
        got: u64,
    },
}

/// What a recv really returned, for a difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum GotRecv {
    /// These bytes.
    Data(Vec<u8>),
    /// The end of the stream.
    End,
    /// A fault.
    Fault(Fault),
}

/// An expectation that could not be judged here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Skipped {
    /// The kernel does not tell the segments.
    Segments(Side),
    /// The kernel does not tell the place.
    Place(Side),
    /// The kernel does not tell what is queued.
    Queued(Side),
    /// The kernel does not tell what was sent again.
    Retransmitted(Side),
    /// The kernel does not tell what it dropped.
    Dropped(Side),
}

/// Says what became of everything in `trace`.
#[must_use]
pub fn analyse(trace: &Trace) -> Analysis {
    let _ = trace;
    let _: FlowId = 0;
    todo!("analysis")
}
