//! All kinds of problems that a scenario file can have.
//!
//! Promises: every problem has its position, what was found and what was expected. The texts are in
//! [`super::words`].

use std::ops::Range;
use std::time::Duration;

use super::claims::ClaimProblem;
pub use super::terms::{Form, Named};
use crate::framing::ErrorKind;
use crate::language::Language;
use crate::scenario::{Side, Transport};

/// One problem of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The position: byte offsets into the file's text. Empty if something is missing there.
    pub span: Range<usize>,
    /// A second position that belongs to the problem, if there is one.
    pub also: Option<Range<usize>>,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// What is wrong. Exhaustive on purpose: the tests name each member, and have a file that shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// The file is not UTF-8; this is its first bad byte.
    NotUtf8 {
        /// The byte.
        byte: u8,
    },
    /// The file is longer than [`super::MAX_FILE_BYTES`].
    FileTooLarge {
        /// Its length in bytes.
        bytes: u64,
    },
    /// A saved trace instead of a scenario.
    SavedTrace {
        /// The file's path as the user wrote it.
        path: String,
    },
    /// Not TOML.
    Syntax {
        /// The message of the TOML parser, in English.
        message: String,
    },
    /// A key that is not known in this table.
    UnknownKey {
        /// The key.
        got: String,
        /// The name of the table; empty for the file itself.
        inside: &'static str,
        /// The keys that are known there.
        known: &'static [&'static str],
    },
    /// A key that is required.
    MissingKey {
        /// The key.
        key: &'static str,
        /// The name of the table; empty for the file itself.
        inside: &'static str,
    },
    /// A text without one of its two languages.
    MissingTranslation {
        /// The language that is missing.
        language: Language,
        /// The text.
        of: &'static str,
    },
    /// A text, list or block with nothing in it.
    Empty {
        /// Its key.
        key: &'static str,
    },
    /// A text with more characters than it may have.
    TooLong {
        /// The text.
        of: &'static str,
        /// How many characters it has.
        characters: usize,
        /// How many it may have.
        most: usize,
    },
    /// A character that acts on a terminal (a control character, or a bidirectional mark) in a
    /// text for people.
    ControlCharacter {
        /// The character.
        got: char,
        /// The text.
        of: &'static str,
    },
    /// A value of the wrong type.
    WrongType {
        /// The type found.
        got: Form,
        /// The type expected.
        wanted: Form,
    },
    /// A name that is not in a closed set.
    UnknownName {
        /// What the name should stand for.
        what: Named,
        /// The name.
        got: String,
        /// The names in the set.
        known: Vec<String>,
    },
    /// None or several of a group of keys of which exactly one is required.
    NotExactlyOne {
        /// What the keys are for.
        what: Named,
        /// The keys found.
        got: Vec<String>,
        /// The keys in the group.
        known: Vec<String>,
    },
    /// Two keys that exclude each other.
    Clash {
        /// One key.
        first: &'static str,
        /// The other key.
        second: &'static str,
    },
    /// A modifier that belongs to another step.
    WrongModifier {
        /// The modifier.
        got: String,
        /// The step it was found at.
        step: &'static str,
        /// The modifiers of that step.
        known: &'static [&'static str],
    },
    /// `listen = false`, or the like.
    NotDone {
        /// The step.
        step: &'static str,
    },
    /// A number outside its range.
    OutOfRange {
        /// The number as written.
        got: String,
        /// The smallest number allowed.
        least: u64,
        /// The greatest number allowed.
        most: u64,
    },
    /// A range that no number can be in.
    EmptyRange {
        /// `at-least`.
        least: u64,
        /// `at-most`.
        most: u64,
    },
    /// A character in hex that is not a hex digit.
    BadHexDigit {
        /// The character.
        got: char,
    },
    /// A group with an odd number of hex digits.
    OddHex {
        /// The number of digits.
        digits: usize,
    },
    /// A value that is not a SHA-256 in hex.
    BadDigest {
        /// The number of characters.
        characters: usize,
    },
    /// A value that is not a duration.
    BadDuration {
        /// The value.
        got: String,
    },
    /// A duration outside its range (1 µs to [`super::MAX_DEADLINE`]).
    DurationOutOfRange {
        /// The value.
        got: String,
    },
    /// A payload longer than [`super::MAX_PAYLOAD_BYTES`].
    PayloadTooLarge {
        /// Its length in bytes.
        bytes: u64,
    },
    /// The file's payloads together are longer than [`super::MAX_PAYLOAD_BYTES`].
    TooMuchPayload {
        /// Their length in bytes up to here, after repeats.
        bytes: u64,
    },
    /// More steps than [`super::MAX_STEPS`].
    TooManySteps {
        /// The number of steps up to here, after repeats.
        steps: u64,
    },
    /// A length that its encoding cannot write.
    LengthDoesNotFit {
        /// The length.
        length: u64,
        /// The encoding.
        code: &'static str,
    },
    /// A payload that its framing rejects.
    FramingRefuses {
        /// The framing.
        framing: String,
        /// The payload's length in bytes.
        bytes: u64,
        /// The framing's error.
        fault: ErrorKind,
    },
    /// `bytes` counts the characters of the text beside it.
    LengthInCharacters {
        /// The length stated, which is the number of characters.
        got: u64,
        /// The length in bytes.
        wanted: u64,
    },
    /// `bytes` is not the length of what stands beside it.
    LengthDisagrees {
        /// The length stated.
        got: u64,
        /// The length in bytes.
        wanted: u64,
    },
    /// A boundary's key that is not a stream offset.
    NotAnOffset {
        /// The key.
        got: String,
    },
    /// A boundary stated twice.
    DuplicateBoundary {
        /// Its stream offset.
        at: u64,
    },
    /// No expectation is stated.
    NoExpectation,
    /// Neither `replays` nor `about`.
    NoSource,
    /// `[[part]]` next to a key that belongs into a part.
    MixedParts {
        /// The key that belongs into a part.
        got: &'static str,
    },
    /// A problem that only a file of claims can have.
    Claims(ClaimProblem),
    /// A problem that only the scripts together show.
    Scripts(ScriptProblem),
}

impl ProblemKind {
    /// Whether the problem is reliable in a file with syntax errors, where a missing key may only
    /// have been misread.
    pub(super) const fn stands_alone(&self) -> bool {
        match self {
            Self::NotUtf8 { .. }
            | Self::FileTooLarge { .. }
            | Self::SavedTrace { .. }
            | Self::Syntax { .. }
            | Self::UnknownKey { .. }
            | Self::TooLong { .. }
            | Self::ControlCharacter { .. }
            | Self::WrongType { .. }
            | Self::UnknownName { .. }
            | Self::WrongModifier { .. }
            | Self::NotDone { .. }
            | Self::OutOfRange { .. }
            | Self::EmptyRange { .. }
            | Self::BadHexDigit { .. }
            | Self::OddHex { .. }
            | Self::BadDigest { .. }
            | Self::BadDuration { .. }
            | Self::DurationOutOfRange { .. }
            | Self::PayloadTooLarge { .. }
            | Self::LengthInCharacters { .. }
            | Self::LengthDisagrees { .. }
            | Self::NotAnOffset { .. }
            | Self::DuplicateBoundary { .. } => true,
            Self::MissingKey { .. }
            | Self::MissingTranslation { .. }
            | Self::Empty { .. }
            | Self::NotExactlyOne { .. }
            | Self::Clash { .. }
            | Self::TooMuchPayload { .. }
            | Self::TooManySteps { .. }
            | Self::FramingRefuses { .. }
            | Self::LengthDoesNotFit { .. }
            | Self::NoExpectation
            | Self::NoSource
            | Self::MixedParts { .. }
            | Self::Claims(_)
            | Self::Scripts(_) => false,
        }
    }
}

/// A problem of scripts that could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScriptProblem {
    /// A step, option or expectation that the transport does not have.
    NotOnTransport {
        /// Its name in files.
        what: &'static str,
        /// The transport.
        transport: Transport,
    },
    /// The UDP server sends before it has received anything, so it has no address to send to.
    ServerSendsFirst,
    /// An option that lets a call wait longer than the deadline.
    LongerThanDeadline {
        /// The option's name in files.
        option: &'static str,
        /// The longest that a call may wait with it.
        wait: Duration,
        /// The deadline of the part.
        deadline: Duration,
    },
    /// A pause in a file that is not about time.
    PauseOutOfPlace,
    /// `"length"` although no earlier recv read one.
    NoCarriedLength,
    /// A header with no payload after it.
    HeaderAlone,
    /// `part = "more"` with no message before it.
    NothingToContinue,
    /// A socket that no earlier step opened.
    UnopenedSocket {
        /// Its name.
        got: String,
        /// The names opened before.
        known: Vec<String>,
    },
    /// A wait for a point that the other side does not have.
    UnknownPoint {
        /// The point's name.
        got: String,
        /// The side that should reach it.
        by: Side,
        /// The points that side reaches.
        known: Vec<String>,
        /// Whether the waiting side itself has a point with that name.
        own: bool,
    },
    /// A point that a side reaches in two places.
    DuplicatePoint {
        /// Its name.
        got: String,
    },
    /// A wait for more bytes than there will be.
    NeverQueued {
        /// The number of bytes it waits for.
        wanted: u64,
        /// The number of bytes that the other side sends in all.
        sent: u64,
        /// The number of those that have certainly been received before.
        taken: u64,
    },
    /// A recv of a datagram that nobody sends.
    NothingToReceive {
        /// The number of datagrams that the other side sends in all.
        sent: u64,
    },
    /// An accept without a matching connect.
    NobodyConnects,
    /// Both sides wait for each other.
    BothWait {
        /// The side of the first position.
        side: Side,
    },
}

impl From<ScriptProblem> for ProblemKind {
    fn from(problem: ScriptProblem) -> Self {
        Self::Scripts(problem)
    }
}
