//! Expectations that do not hold, or cannot be judged: what was stated beside what came.

use serde::Serialize;

use super::{BoundaryFate, MessageFate};
use crate::scenario::{
    Amount, Count, ExpectedFate, ExpectedMessage, Fault, Payload, Returned, Side,
};
use crate::trace::StopReason;
use crate::trace::json;

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
        /// What came; none where there were no more.
        got: Option<Excerpt>,
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
        /// Whether there may have been more: the kernel was not asked about all of them.
        at_least: bool,
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
        /// Whether there may have been more: the kernel was not asked about all of them.
        at_least: bool,
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
    Data(Excerpt),
    /// The end of the stream.
    End,
    /// A fault.
    Fault(Fault),
}

/// Bytes that came: how many, and the first of them. A difference shows no more, and
/// there may be a difference for every call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Excerpt {
    /// How many bytes came.
    pub bytes: u64,
    /// The first of them, at most [`Self::MOST`]; fewer than that also where the trace
    /// does not hold them (a recv with `MSG_PEEK` whose bytes nobody took).
    #[serde(flatten, serialize_with = "json::bytes")]
    pub first: Vec<u8>,
}

impl Excerpt {
    /// The most bytes that are kept.
    pub const MOST: usize = 256;

    /// Of `bytes` bytes, of which these are there.
    #[must_use]
    pub fn of(bytes: u64, there: &[u8]) -> Self {
        let mut first = &there[..there.len().min(Self::MOST)];
        if first.len() < there.len() {
            // Not through the middle of a character.
            if let Err(error) = std::str::from_utf8(first)
                && error.error_len().is_none()
            {
                first = &first[..error.valid_up_to()];
            }
        }
        Self {
            bytes,
            first: first.to_vec(),
        }
    }
}

impl From<&[u8]> for Excerpt {
    fn from(bytes: &[u8]) -> Self {
        Self::of(bytes.len() as u64, bytes)
    }
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
    /// What became of a message or a boundary cannot be told, as other datagrams have the
    /// same bytes.
    Alike(Side),
    /// The platform has no such socket, option or call, so the whole part is not judged.
    Part(Side),
    /// The machine did not run the replay while a timer ran, so the whole part is not judged.
    Stalled {
        /// For how long, in milliseconds.
        milliseconds: u64,
        /// After how long the timer runs out, in milliseconds.
        timer: u64,
    },
}
