//! The types for what can become of messages, boundaries and bytes.

use serde::Serialize;

use crate::scenario::{ExpectedFate, ExpectedMessage, Place};
use crate::trace::Queued;

/// A half-open range of stream offsets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Range {
    /// The first offset.
    pub start: u64,
    /// The offset after the last.
    pub end: u64,
}

impl Range {
    /// The number of bytes.
    #[must_use]
    pub const fn len(self) -> u64 {
        self.end - self.start
    }

    /// Whether it holds no bytes.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `offset` lies strictly inside, at neither end.
    #[must_use]
    pub const fn spans(self, offset: u64) -> bool {
        self.start < offset && offset < self.end
    }
}

/// One message as sent, and its fate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Its bytes in the flow, header included.
    pub range: Range,
    /// The number of header bytes among them.
    pub header: u32,
    /// Its fate.
    pub fate: MessageFate,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MessageFate {
    /// One recv returned the message and nothing else.
    Whole,
    /// Its header and its payload were each read exactly, in this many recvs together.
    WholeByParts(u32),
    /// A recv that returned bytes of it also returned bytes of another message.
    Coalesced,
    /// This many recvs returned it, and none of them returned bytes of another message.
    InPieces(u32),
    /// This many bytes of the datagram were delivered; the rest was cut off.
    Truncated(u32),
    /// Only this many of its bytes arrived; [`u32::MAX`] stands for any more.
    Lost(u32),
    /// The receiver's calls were not seen.
    NotSeen,
}

impl MessageFate {
    /// Whether this fate is the one that a file calls `expected`.
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

/// A message boundary and its fate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Boundary {
    /// Its stream offset.
    pub at: u64,
    /// Its fate.
    pub fate: BoundaryFate,
}

/// What can become of a boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum BoundaryFate {
    /// A recv ended there.
    Kept,
    /// A recv covers it.
    Coalesced {
        /// The index of that recv in [`FlowAnalysis::recvs`](super::FlowAnalysis::recvs).
        recv: u32,
        /// Where the boundary was lost, if that is known.
        place: Option<Place>,
    },
    /// The bytes received end before it. For datagrams: a message beside it never arrived.
    NotReached,
    /// The fate of a datagram beside it is not certain ([`Datagram::certain`]).
    Uncertain,
    /// The receiver's calls were not seen.
    NotSeen,
}

impl BoundaryFate {
    /// Whether this fate is the one that a file calls `expected`.
    #[must_use]
    pub fn is(self, expected: ExpectedFate) -> bool {
        match (self, expected) {
            (Self::Kept, ExpectedFate::Kept) | (Self::NotReached, ExpectedFate::NotReached) => true,
            (Self::Coalesced { place, .. }, ExpectedFate::Coalesced(wanted)) => {
                wanted.is_none() || place == wanted
            }
            (
                Self::Kept
                | Self::NotReached
                | Self::Coalesced { .. }
                | Self::Uncertain
                | Self::NotSeen,
                _,
            ) => false,
        }
    }
}

/// A recv that returned data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RecvSpan {
    /// The index of the call in the part's calls.
    pub call: usize,
    /// The bytes that it returned, as offsets in the flow *as sent*. For datagrams: the place of
    /// the datagram among those sent.
    pub range: Range,
    /// The number of bytes of a datagram that were cut off.
    pub cut: u32,
    /// The number of bytes in the receive queue when recv was called, if known.
    pub queued: Option<Queued>,
}

/// One datagram (or record) as sent. A message sent by several calls has several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Datagram {
    /// Its bytes in the flow.
    pub range: Range,
    /// The index of its message in [`FlowAnalysis::messages`](super::FlowAnalysis::messages).
    pub message: usize,
    /// The index of the recv that returned it in
    /// [`FlowAnalysis::recvs`](super::FlowAnalysis::recvs); `None` if none did.
    pub recv: Option<usize>,
    /// Whether its fate is certain. If several datagrams with the same bytes were sent and did not
    /// all meet the same fate, they cannot be told apart, and `recv` names the first.
    pub certain: bool,
}

/// How much of a flow was delivered and how long that took. Goodput is computed from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Delivery {
    /// The bytes that sends took.
    pub sent: u64,
    /// The bytes that recvs returned.
    pub received: u64,
    /// The time from the beginning of the first send to the end of the last recv that returned
    /// data. It includes all waits of the scripts in between.
    pub nanoseconds: u64,
}

impl Delivery {
    /// Bytes delivered per second; `None` if no time passed.
    #[must_use]
    pub fn goodput(self) -> Option<u64> {
        let bytes = u128::from(self.received) * 1_000_000_000;
        let goodput = bytes.checked_div(u128::from(self.nanoseconds))?;
        u64::try_from(goodput).ok()
    }
}

/// The data segments of a flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Wire {
    /// The number sent when the kernel was last asked, not counting retransmissions.
    pub count: u64,
    /// The number retransmitted by then.
    pub retransmitted: u64,
    /// Whether no more can have been retransmitted since. A retransmission comes long after the
    /// first transmission, so this is known if every byte was seen leaving and everything was
    /// acknowledged when the kernel was last asked. (Loopback itself loses nothing, but a firewall
    /// can drop packets there as anywhere.)
    pub settled: bool,
    /// Runs of the stream, in order, with what is known of the segments of each.
    pub runs: Vec<WireRun>,
}

impl Wire {
    /// Whether the kernel reported how many segments carried every byte. If not,
    /// [`count`](Self::count) is a lower bound. [`settled`](Self::settled) says whether
    /// [`retransmitted`](Self::retransmitted) is one too.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.runs.iter().all(|run| run.segments > 0)
    }
}

/// A run of the stream that left between two samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct WireRun {
    /// Its bytes.
    pub range: Range,
    /// The number of segments that carried them. 1 means that the run is one segment; more than 1
    /// that their ranges are not known; 0 that not even their number is known, because these bytes
    /// left after the kernel was last asked.
    pub segments: u64,
}

/// A size or an index in the 32 bits that the analysis keeps of it. The most that they hold stands
/// for any more, as for a message of 4 GiB.
pub(super) fn short(number: impl TryInto<u32>) -> u32 {
    number.try_into().unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_send_and_its_recv_take_80_bytes_together() {
        let size = size_of::<Message>() + size_of::<Boundary>() + size_of::<RecvSpan>();
        assert_eq!(size, 80);
    }
}
