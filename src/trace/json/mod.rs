//! Traces as JSON, for machines and for `sticky show`.
//!
//! This page specifies the format. A reader takes keys that it does
//! not know for news from a later `sticky` and passes over them; a change that an
//! old reader would misread raises the version. Where a key is optional, its
//! absence means that it does not apply or that the kernel does not tell.
//! Times are nanoseconds since the part began; sizes and offsets are bytes.
//!
//! There are two versions. Version 1 holds replayed cases with all their words. Version 2
//! holds recordings too, cases without words, and replays that the machine stalled; what it adds is marked ² below. A document is written in
//! the first version that can say all of it, so an older `sticky` still reads what it can.
//!
//! # The document
//! ```json
//! { "version": 1, "cases": [ CASE, … ] }
//! ```
//!
//! # A case
//! | key | value |
//! | --- | --- |
//! | `name` | `chapter/name` of the scenario; what a recording is called |
//! | `title`, `lesson` | `{ "en": …, "zh": … }`; optional² |
//! | `section` | the section of the source notes; optional² |
//! | `commands`² | of a recording, the command line of each program: `[["python3", "server.py"], …]`, empty for a capture; absent in a case |
//! | `environment` | `sticky` (version), `system`, `kernel` (or null), `architecture`, `unix_time` (seconds) |
//! | `parts` | one part, or several where the case compares |
//! | `analysis` | for other programs: `as_expected`, and in `parts` what became of everything; ignored when read, for it is worked out anew |
//!
//! # A part
//! | key | value |
//! | --- | --- |
//! | `label` | `{ "en": …, "zh": … }`, optional |
//! | `transport` | `tcp`, `udp`, `unix-stream`, `unix-seqpacket`, `pipe` |
//! | `ends`² | who the two sides of a recording are, optional: `server` and `client`, each `name` and `address` (`"127.0.0.1:9000"`, `"[::1]:9000"`; optional) |
//! | `expect` | what had to come of it, in the words of scenario files; optional² |
//! | `calls` | the calls of both sides, in causal order |
//! | `flows` | the bytes, one flow for each direction of each connection |
//! | `cut` | the options of which the kernel gave less than was asked for: `side`, `option` (as in scenario files), `given` (bytes); optional |
//! | `stop` | why the replay ended early, optional; `stalled`² where the machine did not run it while a timer ran |
//!
//! # A flow
//! | key | value |
//! | --- | --- |
//! | `connection` | which, from 0 |
//! | `from` | who sends: `server` or `client` |
//! | `sent` | BYTES that send calls took, in order |
//! | `received` | BYTES that recv calls returned, in order; `{ "first-of-sent": 30 }` where they are the first so many of `sent` |
//! | `samples` | what the sender's kernel said: `at`, `segments`, `bytes`, `retransmitted`, `retransmitted_bytes` (optional), `unacknowledged` (optional); optional |
//! | `segments`² | the data segments that were captured, instead of `samples`: `at`, `start` (a stream offset), `length`, `again` (`true` where all its bytes had left before; optional); optional |
//! | `dropped` | datagrams the receiver's kernel dropped, optional |
//!
//! BYTES are `{ "text": "…" }` where they are UTF-8, else `{ "hex": "12000000" }`,
//! so nothing is lost and nothing is guessed. Characters that could steer a
//! terminal are written as `\u` escapes.
//!
//! # A call
//! | key | value |
//! | --- | --- |
//! | `side` | `server` or `client` |
//! | `step` | the number of the step, from 0, in the order written (a block's steps count once); optional |
//! | `task`² | which thread or process of an observed program made the call, from 0 in the order in which they were first seen; optional. A call with neither `step` nor `task` was implied by the script |
//! | `start`, `end` | when |
//! | `op` | what it was, and what came of it: one of the next table |
//! | `fault` | how it failed, optional: `ECONNRESET`, `length-negative` … |
//! | `expects` | how it was expected to fail, optional |
//! | `ordinary` | `true` where that is how such a call ends and nobody stated it, optional |
//!
//! | op | value |
//! | --- | --- |
//! | `bind` | `port`, `again` (whether the port bound before was asked for again) |
//! | `"listen"`, `"pause"`, `"half-close"` | nothing more |
//! | `connect` | `port`, `connection` |
//! | `accept` | `connection` |
//! | `send` | `flow` (an index), `offset`, `asked`, `taken`, `role` (`message`, `header`, `continues`), `header` |
//! | `recv` | `flow`, `offset`, `asked`, `got`, `queued` (optional) |
//! | `decoded` | `flow`, `offset`, `header`, `payload`, `trailer`, `framing` (its name); `payload` counts the payload as it stands in the stream, escapes included |
//! | `wait` | the condition, as in scenario files |
//! | `reach` | the name of the point |
//! | `set` | the option, as in scenario files |
//! | `drop-arriving` | `true` or `false` |
//! | `close` | `connection` or `listener` |
//! | `refuse` | `flow`, `offset`, `framing` (optional) |
//! | `print`² | BYTES that the program printed |
//!
//! `got` is `{ "data": { "bytes": 30, "cut": 0 } }`, `{ "peeked": { "bytes": 4 } }`,
//! `"end"` or `"nothing"`.
//!
//! # Limits
//! A file has at most [`MAX_FILE`] bytes. What is read has been checked
//! ([`Flaw`]), so a file from anywhere can be analysed and drawn: it is wrong
//! with an error, never with a panic or without end.

mod check;
mod flaw;
mod layout;
mod malformed;
mod wire;

use std::io::{self, Read, Write};

use serde::Serialize;
use serde::de::IgnoredAny;

pub use flaw::{Flaw, MAX_EXPECTED};
pub use malformed::Malformed;

use crate::language::Language;
use crate::scenario::system;
use crate::trace::Trace;

/// The highest version that is written; it and those before are read.
pub const VERSION: u64 = 2;

/// The most bytes that a file may have: 512 MiB, which holds 64 MiB sent and received as hex with room to spare.
pub const MAX_FILE: u64 = 512 << 20;

/// A trace begins within so many bytes, blanks included.
const BEGINNING: u64 = 4096;

/// The byte order mark, which an editor may have put in front.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// How deep a trace is indented: document, cases, case, parts, part, calls.
const DOWN_TO_CALLS: usize = 6;

/// Writes traces, each with what was found in it, as one document; ends with a line end.
///
/// # Errors
/// When `out` does not take them.
pub fn write<A: Serialize>(cases: &[(Trace, A)], mut out: impl Write) -> io::Result<()> {
    let document = wire::Document {
        version: (cases.iter())
            .map(|(trace, _)| wire::version(trace))
            .fold(1, u64::max),
        cases: (cases.iter())
            .map(|(trace, analysis)| wire::to_wire(trace, analysis))
            .collect(),
    };
    layout::write(&document, DOWN_TO_CALLS, &mut out)?;
    out.write_all(b"\n")
}

/// Writes any document, indented at every level; ends with a line end. What could steer a
/// terminal is written as an escape.
///
/// # Errors
/// When `out` does not take it.
pub fn write_document(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    layout::write(document, usize::MAX, out)?;
    out.write_all(b"\n")
}

/// The same in one line.
///
/// # Errors
/// When `out` does not take it.
pub fn write_line(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    layout::write(document, 0, out)?;
    out.write_all(b"\n")
}

/// Why a file is not a trace.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It cannot be read.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It is larger than [`MAX_FILE`].
    #[error("{}", self.in_words(Language::English))]
    TooLarge,
    /// It is not JSON, or not of this shape.
    #[error("{0}")]
    Malformed(Malformed),
    /// It holds no case.
    #[error("{}", self.in_words(Language::English))]
    NoCase,
    /// It is of another version.
    #[error("{}", self.in_words(Language::English))]
    Version {
        /// The version it says.
        got: u64,
    },
    /// Its parts do not fit together.
    #[error("{}", self.in_words(Language::English))]
    Inconsistent {
        /// Where, as a path from the document.
        path: String,
        /// What does not fit.
        flaw: Flaw,
    },
}

impl ReadError {
    /// What is wrong, and what would help.
    #[must_use]
    pub fn in_words(&self, language: Language) -> String {
        match self {
            Self::Io(error) => system::in_words(language, error),
            Self::TooLarge => {
                let most = MAX_FILE >> 20;
                language.pick(
                    format!("larger than {most} MiB, the most that is read"),
                    format!("大于 {most} MiB，超过读取上限"),
                )
            }
            Self::Malformed(malformed) => malformed.in_words(language),
            Self::NoCase => language
                .pick("the trace holds no case", "轨迹里没有用例")
                .to_owned(),
            Self::Version { got } => language.pick(
                format!(
                    "of version {got}; this sticky reads versions 1 to {VERSION}: save it again, or use a sticky of its time"
                ),
                format!(
                    "版本是 {got}；本程序只读版本 1 到 {VERSION}：请重新保存，或使用对应版本的 sticky"
                ),
            ),
            Self::Inconsistent { path, flaw } => {
                let flaw = flaw.in_words(language);
                language.pick(format!("{path}: {flaw}"), format!("{path}：{flaw}"))
            }
        }
    }
}

/// Reads a document and checks it.
///
/// # Errors
/// When it cannot be read, is too large, is not JSON of this shape and version, holds
/// no case, or its parts do not fit together. What does not even begin as a trace does
/// is not read to its end.
pub fn read(mut from: impl Read) -> Result<Vec<Trace>, ReadError> {
    let mut bytes = Vec::new();
    from.by_ref().take(BEGINNING).read_to_end(&mut bytes)?;
    let begins = bytes.strip_prefix(MARK).unwrap_or(&bytes);
    let is_all = (bytes.len() as u64) < BEGINNING;
    if let Some(malformed) = Malformed::beginning(begins, is_all) {
        return Err(ReadError::Malformed(malformed));
    }
    from.take(MAX_FILE + 1 - bytes.len() as u64)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(ReadError::TooLarge);
    }
    let bytes = bytes.strip_prefix(MARK).unwrap_or(&bytes);
    let malformed = |error| ReadError::Malformed(Malformed::found(&error, bytes));
    let head: wire::Head = serde_json::from_slice(bytes).map_err(malformed)?;
    if !(1..=VERSION).contains(&head.version) {
        return Err(ReadError::Version { got: head.version });
    }
    let document: wire::Document<wire::Case<'static, IgnoredAny>> =
        serde_json::from_slice(bytes).map_err(malformed)?;
    if document.cases.is_empty() {
        return Err(ReadError::NoCase);
    }
    (document.cases.into_iter().enumerate())
        .map(|(index, case)| {
            let trace = wire::from_wire(case).map_err(|(path, flaw)| {
                let path = format!("cases[{index}].{path}");
                ReadError::Inconsistent { path, flaw }
            })?;
            check::check(index, &trace).map(|()| trace)
        })
        .collect()
}

/// Bytes as they stand in a trace file, for other types that are written into one.
///
/// # Errors
/// When the serializer fails.
pub fn bytes<S: serde::Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    wire::Bytes::from(bytes).serialize(serializer)
}

/// Bytes as they stand in a trace file, as a field of another type.
pub(super) mod payload {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::wire::Bytes;

    pub(in crate::trace) fn serialize<S: Serializer>(
        bytes: &[u8],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        super::bytes(bytes, serializer)
    }

    pub(in crate::trace) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Box<[u8]>, D::Error> {
        let bytes = Bytes::deserialize(deserializer)?;
        Ok(Vec::from(bytes).into())
    }
}

#[cfg(test)]
mod tests;
