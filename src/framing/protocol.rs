//! Protocols by name: how each finds its message boundaries, in terms of the framings here.
//!
//! They are rows of one file, `protocols.toml`, embedded in the binary. The name of a protocol may
//! stand wherever that of a framing may; what stands before the first frame of a stream is known
//! only to who looks a protocol up ([`named`]).
//!
//! # The file
//!
//! | key | value |
//! | --- | --- |
//! | `name` | short; lower-case letters, digits and hyphens; unique |
//! | `title` | what people call it, in `en` and `zh` |
//! | `framing` | the name of a framing |
//! | `specification` | which document says so, and its section |
//! | `how` | in one sentence how a reader finds the end of a message, in `en` and `zh` |
//! | `until` | where that does not hold, or no longer, in `en` and `zh`; may be left out |
//! | `opening` | what may stand before the first frame: `starts`, the bytes it begins with in hex, any of them, and `framing`, of which it is one frame; may be left out |
//! | `example` | frames one behind the other, in hex |
//! | `messages` | how many they are |
//!
//! Promises: pure. The rows are in the order of the file.

use std::sync::OnceLock;

use serde::{Deserialize, Deserializer};

use super::name::parse;
use super::{Decoded, Framing, LONGEST_PAYLOAD};
use crate::diagnostic::hex;
use crate::language::Text;

/// How a protocol finds its message boundaries.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Protocol {
    /// Its name where a framing is asked for.
    pub name: String,
    /// What people call it.
    pub title: Text,
    /// The framing of its messages.
    #[serde(deserialize_with = "framing")]
    pub framing: Framing,
    /// The document that says so, and its section.
    pub specification: String,
    /// How a reader finds the end of a message.
    pub how: Text,
    /// Where that does not hold, or no longer.
    pub until: Option<Text>,
    /// What may stand before the first frame.
    pub opening: Option<Opening>,
    /// Frames one behind the other.
    #[serde(deserialize_with = "bytes")]
    pub example: Vec<u8>,
    /// How many they are.
    pub messages: usize,
}

/// What may stand once before the first frame of a stream: one frame of another framing.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// It begins with one of these.
    #[serde(deserialize_with = "list")]
    pub starts: Vec<Vec<u8>>,
    /// Its framing.
    #[serde(deserialize_with = "framing")]
    pub framing: Framing,
}

impl Opening {
    /// How many bytes at the front of a stream it takes; none where the stream begins otherwise, or
    /// ends before it does.
    #[must_use]
    pub fn taken(&self, stream: &[u8]) -> usize {
        if !self.starts.iter().any(|start| stream.starts_with(start)) {
            return 0;
        }
        match self.framing.decode(stream, LONGEST_PAYLOAD) {
            Ok(Decoded::Frame { parts, .. }) => parts.total(),
            Ok(Decoded::Incomplete { .. }) | Err(_) => 0,
        }
    }
}

/// The rows of the file.
#[derive(Deserialize)]
struct File {
    protocol: Vec<Protocol>,
}

/// Every protocol, in the order of the file.
#[must_use]
pub fn protocols() -> &'static [Protocol] {
    static ROWS: OnceLock<Vec<Protocol>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let file: Result<File, _> = toml::from_str(include_str!("protocols.toml"));
        // The file is a part of the program; a test holds that it is read.
        file.map(|file| file.protocol).unwrap_or_default()
    })
}

/// The protocol of this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Protocol> {
    protocols().iter().find(|protocol| protocol.name == name)
}

/// A framing by the name of its own, not that of another protocol.
fn framing<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Framing, D::Error> {
    let name = String::deserialize(deserializer)?;
    parse(&name).ok_or_else(|| serde::de::Error::custom(format_args!("no framing: {name}")))
}

/// Pairs of hex digits, with blanks between them.
fn spelled(text: &str) -> Option<Vec<u8>> {
    hex::bytes(&text.split_ascii_whitespace().collect::<String>())
}

fn bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    spelled(&text).ok_or_else(|| serde::de::Error::custom(format_args!("no hex: {text}")))
}

fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Vec<u8>>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let read: Option<_> = texts.iter().map(|text| spelled(text)).collect();
    read.ok_or_else(|| serde::de::Error::custom("no hex"))
}
