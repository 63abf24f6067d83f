//! Reads and writes traces as JSON, for `sticky show` and for other programs.
//!
//! This page specifies the format. A reader ignores keys that it does not know, because a later
//! `sticky` may have added them; a change that an old reader would misread raises the version. If
//! an optional key is absent, it does not apply or the kernel does not report it. Times are in
//! nanoseconds since the part began; sizes and offsets are in bytes.
//!
//! There are two versions. Version 1 holds replayed cases with title, lesson and section. Version 2
//! also holds recordings, cases without them, and replays that the machine stalled; its additions
//! are marked ² below. A document is written in the first version that can express all of it, so an
//! older `sticky` can still read it if possible.
//!
//! # The document
//! ```json
//! { "version": 1, "cases": [ CASE, … ] }
//! ```
//!
//! # A case
//! | key | value |
//! | --- | --- |
//! | `name` | `chapter/name` of the scenario; the title of a recording |
//! | `title`, `lesson` | `{ "en": …, "zh": … }`; optional² |
//! | `section` | the section of the source notes; optional² |
//! | `commands`² | for a recording, the command line of each program: `[["python3", "server.py"], …]`, empty for a capture; absent for a case |
//! | `environment` | `sticky` (version), `system`, `kernel` (or null), `architecture`, `unix_time` (seconds) |
//! | `parts` | one part, or several if the case compares |
//! | `analysis` | for other programs: `as_expected`, and in `parts` the fate of every boundary and message; ignored when read, because the analysis is computed again |
//!
//! # A part
//! | key | value |
//! | --- | --- |
//! | `label` | `{ "en": …, "zh": … }`, optional |
//! | `transport` | `tcp`, `udp`, `unix-stream`, `unix-seqpacket`, `pipe` |
//! | `ends`² | the two sides of a recording, optional: `server` and `client`, each with `name`, `address` (`"127.0.0.1:9000"`, `"[::1]:9000"`; optional) and `unseen` (`true` if none of its calls was seen; optional) |
//! | `expect` | the expectation, written as in scenario files; optional² |
//! | `calls` | the calls of both sides, in causal order |
//! | `flows` | the bytes, one flow for each direction of each connection |
//! | `cut` | the options for which the kernel gave less than was asked for: `side`, `option` (as in scenario files), `given` (bytes); optional |
//! | `stop` | why the replay ended early, optional; `stalled`² if the machine did not run it while a timer ran |
//!
//! # A flow
//! | key | value |
//! | --- | --- |
//! | `connection` | its index, from 0 |
//! | `from` | the sender: `server` or `client` |
//! | `sent` | BYTES that send calls took, in order; with `segments` and no sends, the BYTES that were captured²; where the sender is unseen², those of its bytes that were received |
//! | `received` | BYTES that recv calls returned, in order; `{ "first-of-sent": 30 }` if they are the first 30 bytes of `sent` |
//! | `samples` | what the sender's kernel counted: `at`, `segments`, `bytes`, `retransmitted`, `retransmitted_bytes` (optional), `unacknowledged` (optional); optional |
//! | `segments`² | the captured data segments, instead of `samples`: `at`, `start` (a stream offset), `length`, `again` (`true` if all its bytes had been sent before; optional); optional |
//! | `dropped` | the number of datagrams that the receiver's kernel dropped, optional |
//!
//! BYTES are `{ "text": "…" }` if they are UTF-8, otherwise `{ "hex": "12000000" }`, so nothing is
//! lost or guessed. Characters that could steer a terminal are written as `\u` escapes.
//!
//! # A call
//! | key | value |
//! | --- | --- |
//! | `side` | `server` or `client` |
//! | `step` | the number of the step, from 0, in the order written (a step of a repeat counts once, however often it runs); optional |
//! | `task`² | the thread or process of an observed program that made the call, numbered from 0 in the order of first appearance; optional. A call with neither `step` nor `task` was implied by the script |
//! | `start`, `end` | its times |
//! | `op` | the operation and its result: one of the next table |
//! | `fault` | the fault, if it failed; optional: `ECONNRESET`, `length-negative` … |
//! | `expects` | the fault that was expected, optional |
//! | `ordinary` | `true` if the fault is the ordinary end of such a call although nobody stated it, optional |
//!
//! | op | value |
//! | --- | --- |
//! | `bind` | `port`, `again` (whether it asked for the port that was bound before) |
//! | `"listen"`, `"pause"`, `"half-close"` | no value |
//! | `connect` | `port`, `connection` |
//! | `accept` | `connection` |
//! | `send` | `flow` (an index), `offset`, `asked`, `taken`, `role` (`message`, `header`, `continues`), `header` |
//! | `recv` | `flow`, `offset`, `asked`, `got`, `queued` (optional) |
//! | `decoded` | `flow`, `offset`, `header`, `payload`, `trailer`, `framing` (its name); `payload` is the number of payload bytes in the stream, including escapes |
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
//! A file has at most [`MAX_FILE`] bytes. Its texts have the limits of scenario files; an argument
//! of a command and a reason for stopping have at most 20,000 characters. What is read is also
//! checked ([`Flaw`]), so a file from anywhere can be analysed and drawn: a wrong one ends in an
//! error, never in a panic or an endless loop.

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

use crate::diagnostic::system;
use crate::language::Language;
use crate::trace::Trace;

/// The highest version that is written. This one and all earlier ones are read.
pub const VERSION: u64 = 2;

/// The largest file that is read: 512 MiB. That holds 64 MiB sent and received as hex, with room to
/// spare.
pub const MAX_FILE: u64 = 512 << 20;

/// A trace begins within this many bytes, including white space.
const BEGINNING: u64 = 4096;

/// The byte order mark, which an editor may have put at the start.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The depth to which a trace is indented: document, cases, case, parts, part, calls.
const DOWN_TO_CALLS: usize = 6;

/// Writes traces, each with its analysis, as one document. Ends with a line break.
///
/// # Errors
/// If `out` fails.
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

/// Writes any document, indented at every level. Ends with a line break. Characters that could
/// steer a terminal are written as escapes.
///
/// # Errors
/// If `out` fails.
pub fn write_document(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    layout::write(document, usize::MAX, out)?;
    out.write_all(b"\n")
}

/// Writes any document on one line.
///
/// # Errors
/// If `out` fails.
pub fn write_line(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    layout::write(document, 0, out)?;
    out.write_all(b"\n")
}

/// Why a file is not a trace.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file cannot be read.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The file is larger than [`MAX_FILE`].
    #[error("{}", self.in_words(Language::English))]
    TooLarge,
    /// The file is not JSON, or not of this shape.
    #[error("{0}")]
    Malformed(Malformed),
    /// The file holds no case.
    #[error("{}", self.in_words(Language::English))]
    NoCase,
    /// The file has a version that this `sticky` cannot read.
    #[error("{}", self.in_words(Language::English))]
    Version {
        /// Its version.
        got: u64,
    },
    /// Its parts do not fit together.
    #[error("{}", self.in_words(Language::English))]
    Inconsistent {
        /// The place, as a path from the document.
        path: String,
        /// What does not fit.
        flaw: Flaw,
    },
}

impl ReadError {
    /// What is wrong, and the remedy.
    #[must_use]
    pub fn in_words(&self, language: Language) -> String {
        match self {
            Self::Io(error) => system::in_words(language, error),
            Self::TooLarge => {
                let most = MAX_FILE >> 20;
                say!(
                    language,
                    "larger than the limit of {most} MiB",
                    "大于 {most} MiB，超过读取上限"
                )
            }
            Self::Malformed(malformed) => malformed.in_words(language),
            Self::NoCase => language
                .pick("the trace holds no case", "轨迹里没有用例")
                .to_owned(),
            Self::Version { got } => say!(
                language,
                "of version {got}; this sticky reads versions 1 to {VERSION}: save it again, \
                     or use the sticky that wrote it",
                "版本是 {got}；本程序只读版本 1 到 {VERSION}：请重新保存，或使用对应版本的 sticky"
            ),
            Self::Inconsistent { path, flaw } => {
                let flaw = flaw.in_words(language);
                say!(language, "{path}: {flaw}", "{path}：{flaw}")
            }
        }
    }
}

/// Reads a document and checks it.
///
/// # Errors
/// If it cannot be read, is too large, is not JSON of this shape and version, holds no case, or is
/// inconsistent. A file that does not even begin like a trace is not read to its end.
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

/// Writes bytes as they are written in a trace file, for other types that become part of one.
///
/// # Errors
/// If the serializer fails.
pub fn bytes<S: serde::Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    wire::Bytes::from(bytes).serialize(serializer)
}

/// The same, as a field of another type.
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
