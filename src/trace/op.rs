//! What a call was and what came of it, and how that stands in a trace file.
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

/// What a call was, and what came of it: three groups, so that code with nothing to say
/// of a group names it once.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Op {
    /// Bytes of a flow.
    Data(DataOp),
    /// A socket: opened, set, closed.
    Socket(SocketOp),
    /// What a program does beside its sockets.
    Script(ScriptOp),
}

/// What was done with bytes of a flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DataOp {
    /// A send call.
    Send {
        /// In which flow.
        flow: FlowId,
        /// The stream offset of its first byte.
        offset: u64,
        /// How many bytes it was given.
        asked: u32,
        /// How many it took; 0 where it failed.
        taken: u32,
        /// What the bytes are to a message.
        role: SendRole,
        /// How many of them are a framing's header.
        header: u16,
    },
    /// A recv call.
    Recv {
        /// In which flow.
        flow: FlowId,
        /// How many bytes were received before it.
        offset: u64,
        /// How many it asked for.
        asked: u32,
        /// What it returned.
        got: Got,
        /// How many bytes waited in the receive queue when it was called, where the
        /// kernel tells; for datagrams, the size of the next one.
        #[serde(
            default,
            skip_serializing_if = "Option::is_none",
            deserialize_with = "queued"
        )]
        queued: Option<Queued>,
    },
    /// A message was decoded from bytes received before.
    Decoded {
        /// In which flow.
        flow: FlowId,
        /// The stream offset of its frame.
        offset: u64,
        /// How many bytes of the frame stand before the payload.
        header: u32,
        /// How many bytes the payload takes in the stream, its escapes included.
        payload: u32,
        /// How many bytes stand behind it.
        trailer: u32,
        /// By which framing; it takes out what the framing escaped in the payload.
        framing: Framing,
    },
    /// A decoder refused what it was given.
    Refuse {
        /// In which flow.
        flow: FlowId,
        /// The stream offset where.
        offset: u64,
        /// By which framing; absent where a recv was to carry a length.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        framing: Option<Box<Framing>>,
    },
}

/// What was done with a socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SocketOp {
    /// A socket was bound to this port.
    Bind {
        /// The port; 0 where it failed.
        port: u16,
        /// Whether the port bound before was asked for again.
        again: bool,
    },
    /// A socket began to listen.
    Listen,
    /// A connection was made to this port.
    Connect {
        /// The port.
        port: u16,
        /// Which connection.
        connection: u16,
    },
    /// A connection was accepted.
    Accept {
        /// Which.
        connection: u16,
    },
    /// An option was set.
    Set(SocketOption),
    /// The kernel was told to drop what arrives (true), or to stop so.
    DropArriving(bool),
    /// The sending direction was closed.
    HalfClose,
    /// A socket was closed.
    Close(SocketPart),
}

/// What a program did beside its sockets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
    /// The flow whose bytes they are.
    #[must_use]
    pub const fn flow(&self) -> FlowId {
        match *self {
            Self::Send { flow, .. }
            | Self::Recv { flow, .. }
            | Self::Decoded { flow, .. }
            | Self::Refuse { flow, .. } => flow,
        }
    }

    /// The flow, to renumber it.
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
    /// The name of each in a trace file.
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
    /// The name of each in a trace file.
    const NAMES: [&'static str; 4] = ["send", "recv", "decoded", "refuse"];
}

/// An operation is written as its group writes it, and its name tells the group: so the
/// groups do not stand in the file, and an error keeps its place.
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

/// A variant whose name was read already.
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

/// Reads how many bytes waited; a number that no queue holds counts as not told.
fn queued<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Queued>, D::Error> {
    let bytes = Option::<u32>::deserialize(deserializer)?;
    Ok(bytes.and_then(Queued::new))
}

/// How many bytes waited in a receive queue. With [`None`] for "not told" it takes four
/// bytes, so that a call stays small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queued(NonZeroU32);

impl Queued {
    /// So many bytes; none above `u32::MAX - 1`, which no receive queue holds.
    #[must_use]
    pub const fn new(bytes: u32) -> Option<Self> {
        match NonZeroU32::new(bytes.wrapping_add(1)) {
            Some(more) => Some(Self(more)),
            None => None,
        }
    }

    /// How many bytes.
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
    /// Bytes taken from the stream, or a datagram, which can be empty.
    Data {
        /// How many.
        bytes: u32,
        /// How many of the datagram were cut off, where the kernel tells.
        cut: u32,
    },
    /// Bytes looked at and left in the queue.
    Peeked {
        /// How many.
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
