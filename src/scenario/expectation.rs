//! What has to come of a part, as far as the case determines it.
//!
//! Promises: what is stated is judged, what is absent is not. Everything is
//! stated by the side that *receives*, for that is where boundaries are missed.

use serde::{Deserialize, Serialize};

use super::{Fault, Payload, Side};

/// What each side has to receive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expectation {
    /// What the server receives.
    pub server: Receives,
    /// What the client receives.
    pub client: Receives,
}

impl Expectation {
    /// What one side receives.
    #[must_use]
    pub const fn of(&self, side: Side) -> &Receives {
        match side {
            Side::Server => &self.server,
            Side::Client => &self.client,
        }
    }
}

/// What one side has to receive. A field that is absent is not judged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Receives {
    /// What each recv returned, in order, over all connections.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recv: Option<Vec<Returned>>,
    /// What became of boundaries, by their stream offset on the first connection.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub boundaries: Vec<ExpectedBoundary>,
    /// How many boundaries were lost, over all connections.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost_boundaries: Option<Count>,
    /// What became of each message, in order, over all connections.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages: Option<Vec<ExpectedMessage>>,
    /// The messages that were decoded, in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decoded: Option<Vec<Payload>>,
    /// How many bytes were received in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Amount>,
    /// Whether the bytes received are exactly the bytes sent, all of them, by their SHA-256.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intact: Option<bool>,
    /// The SHA-256 of all bytes received, in hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The sizes of the data segments that carried the stream (Linux evidence).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segments: Option<Vec<Amount>>,
    /// How many data segments carried the stream (Linux evidence).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segment_count: Option<Count>,
    /// How many bytes waited in the receive queue when each recv was called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queued: Option<Vec<Amount>>,
    /// How many segments the sender's kernel sent again (Linux evidence).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retransmitted: Option<Count>,
    /// How many datagrams the receiver's kernel counted as dropped (Linux evidence).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dropped: Option<Count>,
}

impl Receives {
    /// Whether nothing at all is stated.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What one recv has to return.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Returned {
    /// Bytes: `{ bytes = 30, text = "…" }`.
    Data {
        /// How many.
        bytes: Amount,
        /// Which.
        content: Option<Payload>,
    },
    /// The end of the stream: `"end"`.
    End,
    /// A fault: `{ fails = "ECONNRESET" }`.
    Fails(Fault),
}

/// A number of bytes, or the range it has to lie in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// The least, inclusive.
    pub least: u64,
    /// The most, inclusive.
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

    /// Whether `got` is as stated.
    #[must_use]
    pub const fn admits(self, got: u64) -> bool {
        self.least <= got && got <= self.most
    }
}

/// How many of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Count {
    /// Every one there is (`"all"`).
    All,
    /// Just so many (`2`, `"none"`).
    Exactly(u32),
    /// So many or more (`{ at-least = 1 }`).
    AtLeast(u32),
    /// So many or fewer (`{ at-most = 2 }`).
    AtMost(u32),
}

impl Count {
    /// Whether `got` of `of` is as stated.
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

/// What has to become of one boundary: `boundaries = { 18 = "coalesced" }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectedBoundary {
    /// The stream offset.
    pub at: u64,
    /// What has to become of it.
    pub fate: ExpectedFate,
}

/// The fate of a boundary, as a file states it.
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
pub enum Place {
    /// One segment spans it.
    BySender,
    /// No segment spans it, one recv does.
    InReceiveQueue,
}

/// What has to become of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExpectedMessage {
    /// One recv returned it and nothing else; or, where it is framed, its header and its payload were each read exactly.
    Whole,
    /// A recv that returned bytes of it returned bytes of another message too.
    Coalesced,
    /// Several recvs returned it, none of them bytes of another.
    InPieces,
    /// The rest of the datagram was cut off.
    Truncated,
    /// It never arrived, or not all of it.
    Lost,
}
