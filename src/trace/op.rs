//! What a call did and its result, and how that is written in a trace file.
//!
//! Promises: every call that a trace can hold is one variant. Never judges.

use std::fmt;
use std::num::NonZeroU32;

use serde::de::value::EnumAccessDeserializer;
use serde::de::{DeserializeSeed, EnumAccess, IntoDeserializer, VariantAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::{FlowId, json};
use crate::framing::Framing;
use crate::scenario::{Condition, SendRole, SocketOption, SocketPart};

/// What a call did, and its result. There are three groups, so that code with nothing to say about
/// a group names it once.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Op {
    /// An operation on the bytes of a flow.
    Data(DataOp),
    /// An operation on a socket: open, set an option, close.
    Socket(SocketOp),
    /// Something a program does besides its sockets.
    Script(ScriptOp),
}

/// An operation on the bytes of a flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DataOp {
    /// A send call.
    Send {
        /// The flow.
        flow: FlowId,
        /// The stream offset of its first byte.
        offset: u64,
        /// The number of bytes passed to it.
        asked: u32,
        /// The number of bytes it took; 0 if it failed.
        taken: u32,
        /// The role of the bytes in a message.
        role: SendRole,
        /// How many of the bytes are a framing's header.
        header: u16,
    },
    /// A recv call.
    Recv {
        /// The flow.
        flow: FlowId,
        /// The stream offset of its first byte: the number of bytes received before it.
        offset: u64,
        /// The number of bytes it asked for.
        asked: u32,
        /// What it returned.
        got: Got,
        /// The number of bytes in the receive queue when it was called, or the size of the next
        /// datagram; `None` if the kernel does not report it.
        #[serde(
            default,
            skip_serializing_if = "Option::is_none",
            deserialize_with = "queued"
        )]
        queued: Option<Queued>,
    },
    /// A message was decoded from bytes already received.
    Decoded {
        /// The flow.
        flow: FlowId,
        /// The stream offset of its frame.
        offset: u64,
        /// The number of bytes before the payload.
        header: u32,
        /// The number of stream bytes of the payload, including its escapes.
        payload: u32,
        /// The number of bytes after the payload.
        trailer: u32,
        /// The framing. It removes the escapes from the payload.
        framing: Box<Framing>,
    },
    /// A decoder rejected its input.
    Refuse {
        /// The flow.
        flow: FlowId,
        /// The stream offset of the error.
        offset: u64,
        /// The framing; `None` if the refused length was to be that of a recv.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        framing: Option<Box<Framing>>,
    },
}

/// An operation on a socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SocketOp {
    /// A socket was bound to this port.
    Bind {
        /// The port; 0 if the call failed.
        port: u16,
        /// Whether it asked for the port that was bound before.
        again: bool,
    },
    /// A socket began to listen.
    Listen,
    /// A connection was made to this port.
    Connect {
        /// The port.
        port: u16,
        /// The index of the connection.
        connection: u16,
    },
    /// A connection was accepted.
    Accept {
        /// The index of the connection.
        connection: u16,
    },
    /// An option was set.
    Set(SocketOption),
    /// The kernel was told to drop what arrives (true), or to stop doing so.
    DropArriving(bool),
    /// The sending direction was closed.
    HalfClose,
    /// A socket was closed.
    Close(SocketPart),
}

/// Something a program does besides its sockets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ScriptOp {
    /// A wait ended.
    Wait(Box<Condition>),
    /// A named point was reached.
    Reach(Box<str>),
    /// A pause was made.
    Pause,
    /// The program printed these bytes.
    Print(#[serde(with = "json::payload")] Box<[u8]>),
}

impl DataOp {
    /// The flow of the bytes.
    #[must_use]
    pub const fn flow(&self) -> FlowId {
        match *self {
            Self::Send { flow, .. }
            | Self::Recv { flow, .. }
            | Self::Decoded { flow, .. }
            | Self::Refuse { flow, .. } => flow,
        }
    }

    /// The flow, for renumbering.
    pub(super) const fn flow_mut(&mut self) -> &mut FlowId {
        match self {
            Self::Send { flow, .. }
            | Self::Recv { flow, .. }
            | Self::Decoded { flow, .. }
            | Self::Refuse { flow, .. } => flow,
        }
    }
}

impl SocketOp {
    /// The names of the variants in a trace file.
    const NAMES: [&'static str; 8] = [
        "bind",
        "listen",
        "connect",
        "accept",
        "set",
        "drop-arriving",
        "half-close",
        "close",
    ];
}

impl DataOp {
    /// The names of the variants in a trace file.
    const NAMES: [&'static str; 4] = ["send", "recv", "decoded", "refuse"];
}

/// An operation is written as its group writes it, because its name already tells the group. So the
/// groups do not appear in the file, and an error keeps its position.
impl<'de> Deserialize<'de> for Op {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_enum("Op", &[], OpVisitor)
    }
}

struct OpVisitor;

impl<'de> Visitor<'de> for OpVisitor {
    type Value = Op;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("what a call was")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Op, A::Error> {
        let (name, rest) = access.variant::<String>()?;
        let is_one_of = |names: &[&str]| names.contains(&name.as_str());
        if is_one_of(&DataOp::NAMES) {
            let data = DataOp::deserialize(EnumAccessDeserializer::new(Named { name, rest }));
            data.map(Op::Data)
        } else if is_one_of(&SocketOp::NAMES) {
            let socket = SocketOp::deserialize(EnumAccessDeserializer::new(Named { name, rest }));
            socket.map(Op::Socket)
        } else {
            let script = ScriptOp::deserialize(EnumAccessDeserializer::new(Named { name, rest }));
            script.map(Op::Script)
        }
    }
}

/// Reads a variant whose name has already been read.
struct Named<A> {
    name: String,
    rest: A,
}

impl<'de, A: VariantAccess<'de>> EnumAccess<'de> for Named<A> {
    type Error = A::Error;
    type Variant = A;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, A), A::Error> {
        let name = seed.deserialize(self.name.into_deserializer())?;
        Ok((name, self.rest))
    }
}

/// Reads a number of waiting bytes. A number too large for any queue counts as not reported.
fn queued<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Queued>, D::Error> {
    let bytes = Option::<u32>::deserialize(deserializer)?;
    Ok(bytes.and_then(Queued::new))
}

/// The number of bytes in a receive queue. An `Option` of it takes four bytes, so a call stays
/// small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queued(NonZeroU32);

impl Queued {
    /// This number of bytes. `None` above `u32::MAX - 1`, which no receive queue reaches.
    #[must_use]
    pub const fn new(bytes: u32) -> Option<Self> {
        match NonZeroU32::new(bytes.wrapping_add(1)) {
            Some(more) => Some(Self(more)),
            None => None,
        }
    }

    /// The number of bytes.
    #[must_use]
    pub const fn bytes(self) -> u32 {
        self.0.get() - 1
    }
}

impl Serialize for Queued {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.bytes())
    }
}

/// What a recv returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Got {
    /// Bytes taken from the stream, or a datagram, which may be empty.
    Data {
        /// The number of bytes.
        bytes: u32,
        /// The number of bytes of the datagram that were cut off, if the kernel reports it.
        cut: u32,
    },
    /// Bytes that were looked at and left in the queue.
    Peeked {
        /// The number of bytes.
        bytes: u32,
    },
    /// The end of the stream.
    End,
    /// Nothing: the call failed.
    Nothing,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waited_is_told_or_not() {
        assert_eq!(Queued::new(0).map(Queued::bytes), Some(0));
        assert_eq!(Queued::new(30).map(Queued::bytes), Some(30));
        assert_eq!(Queued::new(u32::MAX), None);
    }
}
