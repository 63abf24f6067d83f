//! The shapes that stand in a trace file, apart from the types the program works with.
//!
//! Promises: a change of [`crate::trace`] does not change the format unless this
//! file changes too. What a scenario file can say (conditions, options,
//! expectations, faults) is written by the scenario types themselves, in the
//! names that scenario files use. Never checks that the parts fit together; that
//! is [`super::check`].

use std::borrow::Cow;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::framing::Framing;
use crate::language::Text;
use crate::scenario::{
    Condition, Expectation, Fault, SendRole, Side, SocketOption, SocketPart, Transport,
};
use crate::trace::{self, Environment, FlowId, Sample, Stop};

/// The whole file.
#[derive(Serialize, Deserialize)]
pub(super) struct Document<C> {
    pub(super) version: u64,
    pub(super) cases: Vec<C>,
}

/// Only the version, for a first look.
#[derive(Deserialize)]
pub(super) struct Head {
    pub(super) version: u64,
}

/// A trace, and what was found in it.
#[derive(Serialize, Deserialize)]
pub(super) struct Case<'a, A> {
    pub(super) name: Cow<'a, str>,
    pub(super) title: Cow<'a, Text>,
    pub(super) lesson: Cow<'a, Text>,
    pub(super) section: Cow<'a, str>,
    pub(super) environment: Cow<'a, Environment>,
    pub(super) parts: Vec<Part<'a>>,
    #[serde(default)]
    pub(super) analysis: A,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Part<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) label: Option<Cow<'a, Text>>,
    pub(super) transport: Transport,
    pub(super) expect: Cow<'a, Expectation>,
    pub(super) calls: Vec<Call<'a>>,
    pub(super) flows: Vec<Flow<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stop: Option<Cow<'a, Stop>>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Flow<'a> {
    pub(super) connection: u16,
    pub(super) from: Side,
    pub(super) sent: Bytes<'a>,
    pub(super) received: Received<'a>,
    #[serde(default, skip_serializing_if = "<[Sample]>::is_empty")]
    pub(super) samples: Cow<'a, [Sample]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) dropped: Option<u32>,
}

/// Bytes, as text wherever they are one.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Bytes<'a> {
    Text(Cow<'a, str>),
    Hex(Hex<'a>),
}

impl<'a> From<&'a [u8]> for Bytes<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        std::str::from_utf8(bytes).map_or(Self::Hex(Hex(Cow::Borrowed(bytes))), |text| {
            Self::Text(Cow::Borrowed(text))
        })
    }
}

impl From<Bytes<'_>> for Vec<u8> {
    fn from(bytes: Bytes<'_>) -> Self {
        match bytes {
            Bytes::Text(text) => text.into_owned().into_bytes(),
            Bytes::Hex(Hex(bytes)) => bytes.into_owned(),
        }
    }
}

/// What arrived: mostly the beginning of what was sent, which is not written twice.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Received<'a> {
    FirstOfSent(u64),
    Text(Cow<'a, str>),
    Hex(Hex<'a>),
}

/// Bytes that are no text.
#[derive(Serialize, Deserialize)]
pub(super) struct Hex<'a>(#[serde(with = "hex")] pub(super) Cow<'a, [u8]>);

mod hex {
    //! [`crate::scenario::hex`] for borrowed bytes.
    use std::borrow::Cow;

    use serde::Deserializer;

    pub(super) use crate::scenario::hex::serialize;

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Cow<'static, [u8]>, D::Error> {
        crate::scenario::hex::deserialize(deserializer).map(Cow::Owned)
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct Call<'a> {
    pub(super) side: Side,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) step: Option<u16>,
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) op: Op<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fault: Option<Fault>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expects: Option<Fault>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) ordinary: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Op<'a> {
    Bind {
        port: u16,
        again: bool,
    },
    Listen,
    Connect {
        port: u16,
        connection: u16,
    },
    Accept {
        connection: u16,
    },
    Send {
        flow: FlowId,
        offset: u64,
        asked: u32,
        taken: u32,
        role: SendRole,
        header: u16,
    },
    Recv {
        flow: FlowId,
        offset: u64,
        asked: u32,
        got: Got,
        #[serde(skip_serializing_if = "Option::is_none")]
        queued: Option<u32>,
    },
    Decoded {
        flow: FlowId,
        offset: u64,
        header: u32,
        payload: u32,
        trailer: u32,
        framing: Framing,
    },
    Wait(Cow<'a, Condition>),
    Reach(Cow<'a, str>),
    Pause,
    Set(SocketOption),
    DropArriving(bool),
    HalfClose,
    Close(SocketPart),
    Refuse {
        flow: FlowId,
        offset: u64,
        #[serde(
            default,
            skip_serializing_if = "Option::is_none",
            serialize_with = "framing_out",
            deserialize_with = "framing_in"
        )]
        framing: Option<Box<Framing>>,
    },
}

#[expect(clippy::ref_option, reason = "the signature that serde calls")]
fn framing_out<S: Serializer>(
    framing: &Option<Box<Framing>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match framing {
        Some(framing) => serializer.collect_str(framing),
        None => serializer.serialize_none(),
    }
}

fn framing_in<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Box<Framing>>, D::Error> {
    let name = Option::<String>::deserialize(deserializer)?;
    name.map(|name| name.parse().map(Box::new).map_err(D::Error::custom))
        .transpose()
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Got {
    Data { bytes: u32, cut: u32 },
    Peeked { bytes: u32 },
    End,
    Nothing,
}

impl From<trace::Got> for Got {
    fn from(got: trace::Got) -> Self {
        match got {
            trace::Got::Data { bytes, cut } => Self::Data { bytes, cut },
            trace::Got::Peeked { bytes } => Self::Peeked { bytes },
            trace::Got::End => Self::End,
            trace::Got::Nothing => Self::Nothing,
        }
    }
}

impl From<Got> for trace::Got {
    fn from(got: Got) -> Self {
        match got {
            Got::Data { bytes, cut } => Self::Data { bytes, cut },
            Got::Peeked { bytes } => Self::Peeked { bytes },
            Got::End => Self::End,
            Got::Nothing => Self::Nothing,
        }
    }
}
