//! Expectations that hold, do not hold, or cannot be judged: what was expected and what happened.

use serde::Serialize;

use super::{BoundaryFate, MessageFate};
use crate::scenario::{
    Amount, Count, ExpectedFate, ExpectedMessage, Fault, Payload, Returned, Side,
};
use crate::trace::StopReason;
use crate::trace::json;

/// What an expectation that holds is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Held {
    /// A step that was expected to fail.
    Failure,
    /// What a recv returned.
    Recv,
    /// The fate of a boundary.
    Boundary,
    /// The number of lost boundaries.
    LostBoundaries,
    /// The fate of a message.
    Message,
    /// A decoded message.
    Decoded,
    /// The number of bytes received.
    Total,
    /// Whether the bytes received are those sent, or their digest.
    Content,
    /// The size of a segment.
    Segment,
    /// The number of segments.
    SegmentCount,
    /// The number of bytes that waited before a recv.
    Queued,
    /// The number of retransmitted segments.
    Retransmitted,
    /// The number of dropped datagrams.
    Dropped,
}

/// An expectation that does not hold: what was expected and what happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The receiving side; for [`DifferenceKind::Stopped`], the side that ended the replay.
    pub side: Side,
    /// What differs.
    pub kind: DifferenceKind,
}

/// What differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DifferenceKind {
    /// The replay ended early.
    Stopped {
        /// The reason.
        reason: StopReason,
        /// The last step that the other side finished.
        other_last: Option<String>,
    },
    /// A recv returned something else than expected.
    Recv {
        /// The number of the recv, from 1.
        number: usize,
        /// What was expected; `None` if there should have been no more recvs.
        wanted: Option<Returned>,
        /// What the recv returned; `None` if there was no such recv.
        got: Option<GotRecv>,
    },
    /// A boundary was kept or lost otherwise than expected.
    Boundary {
        /// Its stream offset.
        at: u64,
        /// What was expected.
        wanted: ExpectedFate,
        /// What happened; `None` if no message ends there.
        got: Option<BoundaryFate>,
    },
    /// The number of lost boundaries is not the one expected.
    LostBoundaries {
        /// What was expected.
        wanted: Count,
        /// The number of boundaries lost.
        got: u64,
        /// The number of boundaries.
        of: u64,
    },
    /// A message did not arrive as expected.
    Message {
        /// The number of the message, from 1.
        number: usize,
        /// What was expected; `None` if there should have been no more messages.
        wanted: Option<ExpectedMessage>,
        /// What happened; `None` if there was no such message.
        got: Option<MessageFate>,
    },
    /// A decoded message is not the one expected.
    Decoded {
        /// The number of the message, from 1.
        number: usize,
        /// What was expected; `None` if there should have been no more messages.
        wanted: Option<Payload>,
        /// What was decoded; `None` if there was no such message.
        got: Option<Excerpt>,
    },
    /// The number of bytes received is not the one expected.
    Total {
        /// What was expected.
        wanted: Amount,
        /// The number of bytes received.
        got: u64,
    },
    /// The bytes received differ from the bytes sent, or are the same when they should differ.
    Intact {
        /// What was expected.
        wanted: bool,
        /// The SHA-256 of the bytes sent.
        sent: String,
        /// The SHA-256 of the bytes received.
        received: String,
    },
    /// The digest of the bytes received is not the one expected.
    Digest {
        /// What was expected.
        wanted: String,
        /// The digest of what was received.
        got: String,
    },
    /// The size of a segment is not the one expected.
    Segment {
        /// The number of the segment, from 1.
        number: usize,
        /// What was expected; `None` if there should have been no more segments.
        wanted: Option<Amount>,
        /// The size of the segment in bytes; `None` if there was no such segment.
        got: Option<u64>,
    },
    /// The number of segments sent is not the one expected.
    SegmentCount {
        /// What was expected.
        wanted: Count,
        /// The number of segments sent.
        got: u64,
        /// Whether there may have been more, because the kernel was not asked after the last.
        at_least: bool,
    },
    /// The number of bytes that waited is not the one expected.
    Queued {
        /// The number of the recv, from 1.
        number: usize,
        /// What was expected; `None` if there should have been no more recvs.
        wanted: Option<Amount>,
        /// The number of bytes that waited; `None` if there was no such recv.
        got: Option<u64>,
    },
    /// The number of retransmitted segments is not the one expected.
    Retransmitted {
        /// What was expected.
        wanted: Count,
        /// The number of retransmitted segments.
        got: u64,
        /// Whether there may have been more, because the kernel was not asked after the last.
        at_least: bool,
    },
    /// The number of dropped datagrams is not the one expected.
    Dropped {
        /// What was expected.
        wanted: Count,
        /// The number of dropped datagrams.
        got: u64,
    },
}

/// What a recv really returned, for a difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum GotRecv {
    /// Bytes.
    Data(Excerpt),
    /// The end of the stream.
    End,
    /// A fault.
    Fault(Fault),
}

/// The number of bytes that arrived, and the first of them. A difference shows no more than that,
/// because there may be one for every call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Excerpt {
    /// The number of bytes that arrived.
    pub bytes: u64,
    /// The first of them, at most [`Self::MOST`]. Fewer if the trace does not hold them (a recv
    /// with `MSG_PEEK` whose bytes were never taken).
    #[serde(flatten, serialize_with = "json::bytes")]
    pub first: Vec<u8>,
}

impl Excerpt {
    /// The most bytes that are kept.
    pub const MOST: usize = 256;

    /// An excerpt of `bytes` bytes, of which `there` are in the trace.
    #[must_use]
    pub fn of(bytes: u64, there: &[u8]) -> Self {
        let mut first = &there[..there.len().min(Self::MOST)];
        if first.len() < there.len() {
            // Do not cut through the middle of a character.
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
#[non_exhaustive]
pub enum Skipped {
    /// The kernel does not report the segments.
    Segments(Side),
    /// The place where a boundary was lost is not known.
    Place(Side),
    /// The kernel does not report the bytes queued.
    Queued(Side),
    /// The kernel does not report retransmissions.
    Retransmitted(Side),
    /// The kernel does not report dropped datagrams.
    Dropped(Side),
    /// The fate of a message or a boundary is not certain, because other datagrams have the same
    /// bytes.
    Alike(Side),
    /// The platform has no such socket, option or call, so nothing in the part is judged.
    Part(Side),
    /// The machine did not run the replay while a timer ran, so the whole part is not judged.
    Stalled {
        /// For how long, in milliseconds.
        milliseconds: u64,
        /// After how long the timer runs out, in milliseconds.
        timer: u64,
    },
}
