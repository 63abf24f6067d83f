//! What a case expects each side to receive.
//!
//! Promises: what is stated is judged, and what is absent is not. Every expectation belongs to the
//! side that *receives*, because that is where boundaries are lost.

use serde::{Deserialize, Serialize};

use super::{Fault, Payload, Side};

/// What each side is expected to receive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expectation {
    /// The server's expectations.
    pub server: Receives,
    /// The client's expectations.
    pub client: Receives,
}

impl Expectation {
    /// The expectations of one side.
    #[must_use]
    pub const fn of(&self, side: Side) -> &Receives {
        match side {
            Side::Server => &self.server,
            Side::Client => &self.client,
        }
    }
}

/// What one side is expected to receive. An absent field is not judged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Receives {
    /// The result of each recv, in order, over all connections.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recv: Option<Vec<Returned>>,
    /// The fates of boundaries, by stream offset on the first connection.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub boundaries: Vec<ExpectedBoundary>,
    /// The number of boundaries lost, over all connections.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost_boundaries: Option<Count>,
    /// The fate of each message, in order, over all connections.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages: Option<Vec<ExpectedMessage>>,
    /// The messages decoded, in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decoded: Option<Vec<Payload>>,
    /// The total number of bytes received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Amount>,
    /// Whether the bytes received are exactly the bytes sent, compared by SHA-256.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intact: Option<bool>,
    /// The SHA-256 of all bytes received, in hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The sizes in bytes of the data segments that carried the stream (Linux evidence).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segments: Option<Vec<Amount>>,
    /// The number of data segments that carried the stream (Linux evidence).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segment_count: Option<Count>,
    /// The number of bytes in the receive queue at the start of each recv.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queued: Option<Vec<Amount>>,
    /// The number of segments that the sender's kernel retransmitted (Linux evidence).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retransmitted: Option<Count>,
    /// The number of datagrams that the receiver's kernel dropped (Linux evidence).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dropped: Option<Count>,
}

impl Receives {
    /// Whether no expectation is stated.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The expected result of one recv.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Returned {
    /// Bytes: `{ bytes = 30, text = "…" }`.
    Data {
        /// The number of bytes.
        bytes: Amount,
        /// The bytes themselves.
        content: Option<Payload>,
    },
    /// The end of the stream: `"end"`.
    End,
    /// A fault: `{ fails = "ECONNRESET" }`.
    Fails(Fault),
}

/// A number of bytes, as a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// The least number, inclusive.
    pub least: u64,
    /// The greatest number, inclusive.
    pub most: u64,
}

impl Amount {
    /// Exactly `bytes`.
    #[must_use]
    pub const fn exactly(bytes: u64) -> Self {
        Self {
            least: bytes,
            most: bytes,
        }
    }

    /// Whether `got` is in the range.
    #[must_use]
    pub const fn admits(self, got: u64) -> bool {
        self.least <= got && got <= self.most
    }
}

/// An expected count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Count {
    /// All there are (`"all"`).
    All,
    /// Exactly this many (`2`, `"none"`).
    Exactly(u32),
    /// This many or more (`{ at-least = 1 }`).
    AtLeast(u32),
    /// This many or fewer (`{ at-most = 2 }`).
    AtMost(u32),
}

impl Count {
    /// Whether `got`, out of `of`, meets the expectation.
    #[must_use]
    pub const fn admits(self, got: u64, of: u64) -> bool {
        match self {
            Self::All => got == of,
            Self::Exactly(count) => got == count as u64,
            Self::AtLeast(least) => got >= least as u64,
            Self::AtMost(most) => got <= most as u64,
        }
    }
}

/// The expected fate of one boundary: `boundaries = { 18 = "coalesced" }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectedBoundary {
    /// Its stream offset.
    pub at: u64,
    /// The expected fate.
    pub fate: ExpectedFate,
}

/// The fate of a boundary, as files state it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExpectedFate {
    /// A recv ended there (`"kept"`).
    Kept,
    /// A recv covers it (`"coalesced"`, `"by-the-sender"`, `"in-the-receive-queue"`).
    Coalesced(Option<Place>),
    /// The stream ended before it (`"not-reached"`).
    NotReached,
}

/// Where a boundary was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Place {
    /// One segment spans it.
    BySender,
    /// No segment spans it, but one recv covers it.
    InReceiveQueue,
}

/// The expected fate of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExpectedMessage {
    /// One recv returned it and nothing else; or, if it is framed, its header and its payload were
    /// each read exactly.
    Whole,
    /// A recv that returned bytes of it also returned bytes of another message.
    Coalesced,
    /// Several recvs returned it, and none of them returned bytes of another message.
    InPieces,
    /// The rest of the datagram was cut off.
    Truncated,
    /// It did not arrive, or only a part of it did.
    Lost,
}
