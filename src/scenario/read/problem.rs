//! What can be wrong with a scenario file, as a closed set.
//!
//! Promises: every problem says what was got beside what was wanted, and where.
//! Never words: those are in [`super::words`].

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
    /// Where: byte offsets into the file's text. Empty at a place where something is missing.
    pub span: Range<usize>,
    /// A second place that belongs to it, if any.
    pub also: Option<Range<usize>>,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// The file is not UTF-8; this is its first bad byte.
    NotUtf8 {
        /// The byte.
        byte: u8,
    },
    /// The file is longer than [`super::MAX_FILE_BYTES`].
    FileTooLarge {
        /// How long it is, in bytes.
        bytes: u64,
    },
    /// A trace that was saved, and no scenario.
    SavedTrace {
        /// The file, as it was named.
        path: String,
    },
    /// Not TOML.
    Syntax {
        /// The TOML parser's own words, in English.
        message: String,
    },
    /// A key that has no meaning there.
    UnknownKey {
        /// The key.
        got: String,
        /// The table it stands in; empty for the file itself.
        inside: &'static str,
        /// The keys that have a meaning there.
        known: &'static [&'static str],
    },
    /// A key that is required.
    MissingKey {
        /// The key.
        key: &'static str,
        /// The table it is missing from; empty for the file itself.
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
    /// A character that acts on a terminal (a control, or a mark of the direction of
    /// writing) where people read a text.
    ControlCharacter {
        /// The character.
        got: char,
        /// The text.
        of: &'static str,
    },
    /// A value of another type.
    WrongType {
        /// The type it has.
        got: Form,
        /// The type it has to have.
        wanted: Form,
    },
    /// A name that is none of a closed set.
    UnknownName {
        /// What it should name.
        what: Named,
        /// The name.
        got: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// Not exactly one of the keys of which one is needed.
    NotExactlyOne {
        /// What the keys are for.
        what: Named,
        /// Those that stand there.
        got: Vec<String>,
        /// Those of which one has to.
        known: Vec<String>,
    },
    /// Two keys that exclude each other.
    Clash {
        /// The one.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
    /// A modifier of another step.
    WrongModifier {
        /// The modifier.
        got: String,
        /// The step it stands at.
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
        /// The least there may be.
        least: u64,
        /// The most there may be.
        most: u64,
    },
    /// A range that admits nothing.
    EmptyRange {
        /// `at-least`.
        least: u64,
        /// `at-most`.
        most: u64,
    },
    /// Something in hex that is no hex digit.
    BadHexDigit {
        /// The character.
        got: char,
    },
    /// A group of hex digits that does not come out in whole bytes.
    OddHex {
        /// How many digits it has.
        digits: usize,
    },
    /// Something else than a SHA-256 in hex.
    BadDigest {
        /// How many characters it has.
        characters: usize,
    },
    /// Something else than a duration.
    BadDuration {
        /// What stands there.
        got: String,
    },
    /// A duration outside its range (1 µs to [`super::MAX_DEADLINE`]).
    DurationOutOfRange {
        /// What stands there.
        got: String,
    },
    /// A payload longer than [`super::MAX_PAYLOAD_BYTES`].
    PayloadTooLarge {
        /// How long it is, in bytes.
        bytes: u64,
    },
    /// The file's payloads together are longer than [`super::MAX_PAYLOAD_BYTES`].
    TooMuchPayload {
        /// How long they are up to here, after repeats, in bytes.
        bytes: u64,
    },
    /// More steps than [`super::MAX_STEPS`].
    TooManySteps {
        /// How many there are up to here, after repeats.
        steps: u64,
    },
    /// A length that its encoding cannot write.
    LengthDoesNotFit {
        /// The length.
        length: u64,
        /// The encoding.
        code: &'static str,
    },
    /// A payload that its framing refuses.
    FramingRefuses {
        /// The framing.
        framing: String,
        /// The payload's length in bytes.
        bytes: u64,
        /// The framing's fault.
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
    /// A boundary's key that is no stream offset.
    NotAnOffset {
        /// The key.
        got: String,
    },
    /// A boundary stated twice.
    DuplicateBoundary {
        /// Its stream offset.
        at: u64,
    },
    /// Nothing is expected.
    NoExpectation,
    /// Neither `replays` nor `about`.
    NoSource,
    /// `[[part]]` beside what belongs into a part.
    MixedParts {
        /// The key that belongs into a part.
        got: &'static str,
    },
    /// What only a file of claims can have.
    Claims(ClaimProblem),
    /// What only the scripts together show.
    Scripts(ScriptProblem),
}

impl ProblemKind {
    /// Whether it can be believed of a file that is not whole TOML, where what
    /// is missing may only have been misread.
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

/// What is wrong with scripts that can each be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScriptProblem {
    /// A step, option or expectation that the transport does not have.
    NotOnTransport {
        /// What it is, as written in files.
        what: &'static str,
        /// The transport.
        transport: Transport,
    },
    /// The UDP server sends before it received, so it has nobody to send to.
    ServerSendsFirst,
    /// An option that lets a call wait longer than the deadline.
    LongerThanDeadline {
        /// The option, as written in files.
        option: &'static str,
        /// How long it lets a call wait.
        wait: Duration,
        /// The deadline of the part.
        deadline: Duration,
    },
    /// A pause in a file that is not about time.
    PauseOutOfPlace,
    /// `"length"` where no earlier recv carried one.
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
    /// A wait for a point that the other side has not.
    UnknownPoint {
        /// The point's name.
        got: String,
        /// The side that should reach it.
        by: Side,
        /// The points that side reaches.
        known: Vec<String>,
        /// Whether the waiting side itself reaches one of that name.
        own: bool,
    },
    /// A point that a side reaches at two places.
    DuplicatePoint {
        /// Its name.
        got: String,
    },
    /// A wait for more bytes than there will be.
    NeverQueued {
        /// How many it waits for.
        wanted: u64,
        /// How many the other side sends in all.
        sent: u64,
        /// How many of them are certain to have been received before.
        taken: u64,
    },
    /// A datagram that nobody sends.
    NothingToReceive {
        /// How many the other side sends in all.
        sent: u64,
    },
    /// An accept without a connect for it.
    NobodyConnects,
    /// Both sides wait for each other.
    BothWait {
        /// The side that the first place belongs to.
        side: Side,
    },
}

impl From<ScriptProblem> for ProblemKind {
    fn from(problem: ScriptProblem) -> Self {
        Self::Scripts(problem)
    }
}
