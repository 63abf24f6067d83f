//! A decoded stream as JSON.
//!
//! The output is one object. Keys may be added later, but never change their meaning.
//!
//! | key | value |
//! | --- | --- |
//! | `version` | 1 |
//! | `bytes` | the length of the stream |
//! | `framing` | the framing, or null if only guesses were asked for; with it: |
//! | `cap` | the longest payload accepted, in bytes |
//! | `whole` | whether the stream decoded to its last byte |
//! | `messages` | each `{"offset", "header", "payload", "trailer"}`: the stream offset of the frame, the number of bytes before and after the payload, and the payload as `{"text"}` or `{"hex"}` |
//! | `leftover` | `{"start", "end"}`: the bytes that belong to no frame |
//! | `error` | null, or `{"kind", "offset", "message", "remedy", "readings"}`; `readings` (or null) has the `offset`, `hex`, `text` (or null), and in `numbers` their value as each field |
//! | `guesses` | null, or each framing that fits: `{"rank", "framing", "messages", "empty", "text", "overhead"}` |
//!
//! Promises: linear. Messages are written as they are found; none is kept.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::diagnostic::hex::Digits;
use crate::framing::{Framing, Piece};
use crate::laboratory::dissect::Dissection;
use crate::laboratory::guess::Guess;
use crate::laboratory::number::Readings;
use crate::language::Language;
use crate::trace::json;

/// The content of the JSON.
#[derive(Clone, Copy, Debug)]
pub struct Decoded<'a> {
    /// The stream.
    pub stream: &'a [u8],
    /// The stream decoded, and the other readings of a wrong length.
    pub dissection: Option<(&'a Dissection, Option<&'a Readings>)>,
    /// The framings that fit, if they were looked for.
    pub guesses: Option<&'a [Guess]>,
    /// The language of messages.
    pub language: Language,
}

/// Writes the JSON and a line break.
///
/// # Errors
/// If `out` fails.
pub fn write_json(decoded: &Decoded<'_>, out: &mut dyn Write) -> io::Result<()> {
    json::write_document(decoded, out)
}

impl Serialize for Decoded<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut document = serializer.serialize_struct("decoded", 9)?;
        document.serialize_field("version", &1)?;
        document.serialize_field("bytes", &self.stream.len())?;
        let framing = self.dissection.map(|(dissection, _)| dissection.framing);
        document.serialize_field("framing", &framing)?;
        if let Some((dissection, readings)) = self.dissection {
            document.serialize_field("cap", &dissection.cap)?;
            document.serialize_field("whole", &dissection.error.is_none())?;
            let messages = Messages(self.stream, dissection.framing, dissection.cap);
            document.serialize_field("messages", &messages)?;
            document.serialize_field("leftover", &dissection.leftover)?;
            let error = dissection.error.map(|error| Error {
                kind: error.kind.name(),
                offset: error.offset,
                message: error.message(self.language),
                remedy: error.remedy(self.language),
                readings: readings.map(Reading::of),
            });
            document.serialize_field("error", &error)?;
        }
        let guesses = self.guesses.map(|guesses| {
            let guesses = guesses.iter().map(Guessed::of);
            guesses.collect::<Vec<_>>()
        });
        document.serialize_field("guesses", &guesses)?;
        document.end()
    }
}

/// The messages, decoded again.
struct Messages<'a>(&'a [u8], Framing, usize);

impl Serialize for Messages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(stream, framing, cap) = *self;
        let pieces = framing.frames(stream, cap).map_while(Result::ok);
        serializer.collect_seq(pieces.map(Message::of))
    }
}

#[derive(Serialize)]
struct Message {
    offset: usize,
    header: usize,
    #[serde(serialize_with = "json::bytes")]
    payload: Vec<u8>,
    trailer: usize,
}

impl Message {
    fn of(piece: Piece<'_>) -> Self {
        let place = piece.place;
        Self {
            offset: place.start,
            header: place.parts.header,
            payload: piece.payload.into_owned(),
            trailer: place.parts.trailer,
        }
    }
}

#[derive(Serialize)]
struct Error<'a> {
    kind: &'static str,
    offset: u64,
    message: String,
    remedy: &'static str,
    readings: Option<Reading<'a>>,
}

#[derive(Serialize)]
struct Reading<'a> {
    offset: usize,
    hex: String,
    text: Option<&'a str>,
    numbers: BTreeMap<&'static str, i128>,
}

impl<'a> Reading<'a> {
    fn of(readings: &'a Readings) -> Self {
        let numbers = readings.numbers.iter();
        Self {
            offset: readings.offset,
            hex: Digits(&readings.bytes).to_string(),
            text: readings.text.as_deref(),
            numbers: numbers
                .map(|&(field, number)| (field.name(), number))
                .collect(),
        }
    }
}

#[derive(Serialize)]
struct Guessed {
    rank: usize,
    framing: Framing,
    messages: u64,
    empty: u64,
    text: bool,
    overhead: u64,
}

impl Guessed {
    fn of(guess: &Guess) -> Self {
        let Guess {
            rank,
            framing,
            messages,
            empty,
            text,
            overhead,
        } = *guess;
        Self {
            rank,
            framing,
            messages,
            empty,
            text,
            overhead,
        }
    }
}
