//! What can become of messages, boundaries and bytes, as types.

use serde::Serialize;

use crate::scenario::{ExpectedFate, ExpectedMessage, Place};

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
        /// The index of that recv in [`FlowAnalysis::recvs`](super::FlowAnalysis::recvs).
        recv: usize,
        /// Where it was lost, where that is known.
        place: Option<Place>,
    },
    /// The bytes received end before it, or (datagrams) a message beside it never arrived.
    NotReached,
    /// What became of a datagram beside it is not certain ([`Datagram::certain`]).
    Uncertain,
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
            (Self::Kept | Self::NotReached | Self::Coalesced { .. } | Self::Uncertain, _) => false,
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

/// One datagram (or record) as sent. A message sent by several calls has several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Datagram {
    /// Its bytes in the flow.
    pub range: Range,
    /// The index of its message in [`FlowAnalysis::messages`](super::FlowAnalysis::messages).
    pub message: usize,
    /// The index of the recv that returned it in
    /// [`FlowAnalysis::recvs`](super::FlowAnalysis::recvs); none where none did.
    pub recv: Option<usize>,
    /// Whether that is certain. Where datagrams with the same bytes were sent and not the
    /// same became of all of them, which is which cannot be told, and `recv` names the first.
    pub certain: bool,
}

/// How much of a flow was delivered, and in how long: what its goodput comes of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// The bytes that sends took.
    pub sent: u64,
    /// The bytes that recvs returned.
    pub received: u64,
    /// From the beginning of the first send to the end of the last recv that returned
    /// data; it includes whatever the scripts waited for meanwhile.
    pub nanoseconds: u64,
}

impl Delivery {
    /// Bytes delivered in a second; none where no time passed.
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
    /// How many left, without those sent again, by the last time the kernel was asked.
    pub count: u64,
    /// How many were sent again by then.
    pub retransmitted: u64,
    /// Whether no more can have been sent again since. A segment is sent again long after it
    /// left, so this is known where every byte was seen leaving and, by the time the kernel
    /// was last asked, all was acknowledged. (Loopback loses nothing by itself, but a firewall
    /// drops there as anywhere.)
    pub settled: bool,
    /// Runs of the stream, in order, each with what is known of its segments.
    pub runs: Vec<WireRun>,
}

impl Wire {
    /// Whether the kernel told how many segments carried every byte. Where it did not,
    /// [`count`](Self::count) is the least that there were; whether
    /// [`retransmitted`](Self::retransmitted) is, [`settled`](Self::settled) tells.
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
    /// How many segments carried them: 1 means this is one segment's range, more
    /// mean that their ranges are not known, 0 that not even their number is
    /// (these bytes left after the kernel was last asked).
    pub segments: u64,
}
