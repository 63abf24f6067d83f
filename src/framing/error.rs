//! The error of a codec: what was expected, what was found, where, and the bytes there.
//!
//! Promises: plain data without a pointer, so making an error allocates nothing. The messages are
//! in both languages, and bytes from the stream are escaped in them.

use std::fmt::{self, Write as _};

use super::{ErrorKind, Sequence};
use crate::language::{Language, grouped, signed};

/// What was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// A length of this or more.
    AtLeast(u64),
    /// A length of this or less.
    AtMost(u64),
    /// A length of exactly this.
    Exactly(u64),
    /// This many bytes before the stream ends.
    Bytes(u64),
    /// A digit.
    Digit,
    /// A digit other than zero.
    NonZeroDigit,
    /// A digit, or this separator.
    DigitOr(u8),
    /// This separator.
    Separator(u8),
    /// A varint group that is the last one, with the value 0 or 1.
    LastGroup,
    /// This delimiter.
    Delimiter(Sequence),
    /// This delimiter after at most this many bytes.
    DelimiterWithin(Sequence, u64),
    /// A payload without this delimiter.
    NoDelimiter(Sequence),
    /// One of these two bytes after the escape.
    Escapable(u8, u8),
}

impl Wanted {
    /// The text.
    #[must_use]
    pub fn words(self, language: Language) -> String {
        match self {
            Self::AtLeast(length) => {
                let length = grouped(length);
                language.pick(format!("{length} or more"), format!("{length} 或以上"))
            }
            Self::AtMost(length) => {
                let length = grouped(length);
                language.pick(format!("{length} or less"), format!("{length} 或以下"))
            }
            Self::Exactly(length) => {
                let length = grouped(length);
                language.pick(format!("just {length}"), format!("恰好 {length}"))
            }
            Self::Bytes(count) => in_bytes(count, language),
            Self::Digit => language.pick("a digit", "一个数字").to_owned(),
            Self::NonZeroDigit => language
                .pick("a digit from 1 to 9", "1 到 9 的数字")
                .to_owned(),
            Self::DigitOr(separator) => {
                let byte = quoted(&[separator]);
                language.pick(format!("a digit or {byte}"), format!("数字或 {byte}"))
            }
            Self::Separator(separator) => quoted(&[separator]),
            Self::LastGroup => language
                .pick("a last group of 0 or 1", "末组 0 或 1")
                .to_owned(),
            Self::Delimiter(sequence) => quoted(sequence.as_bytes()),
            Self::DelimiterWithin(sequence, cap) => {
                let (delimiter, cap) = (quoted(sequence.as_bytes()), grouped(cap));
                language.pick(
                    format!("{delimiter} after at most {cap} bytes"),
                    format!("至多 {cap} 字节之后的 {delimiter}"),
                )
            }
            Self::NoDelimiter(sequence) => {
                let delimiter = quoted(sequence.as_bytes());
                language.pick(
                    format!("a payload without {delimiter}"),
                    format!("不含 {delimiter} 的负载"),
                )
            }
            Self::Escapable(escape, delimiter) => {
                let (escape, delimiter) = (quoted(&[escape]), quoted(&[delimiter]));
                language.pick(
                    format!("{escape} or {delimiter}"),
                    format!("{escape} 或 {delimiter}"),
                )
            }
        }
    }
}

/// What was found instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Got {
    /// This length (while digits are still arriving: their value so far).
    Length(i128),
    /// This many bytes, then the end of the stream.
    Bytes(u64),
    /// This byte.
    Byte(u8),
    /// The end of the stream.
    End,
}

impl Got {
    /// The text.
    #[must_use]
    pub fn words(self, language: Language) -> String {
        match self {
            Self::Length(length) => signed(length),
            Self::Bytes(count) => in_bytes(count, language),
            // Two hex digits alone could be read as a decimal number.
            Self::Byte(byte) if byte.is_ascii_graphic() => quoted(&[byte]),
            Self::Byte(byte) => {
                language.pick(format!("byte 0x{byte:02x}"), format!("0x{byte:02x}"))
            }
            Self::End => language
                .pick("the end of the stream", "流的结尾")
                .to_owned(),
        }
    }
}

/// A number of bytes as text.
fn in_bytes(count: u64, language: Language) -> String {
    let unit = if count == 1 { "byte" } else { "bytes" };
    let count = grouped(count);
    language.pick(format!("{count} {unit}"), format!("{count} 字节"))
}

/// Bytes for a person to read: printable ASCII in quotes, anything else in hex.
fn quoted(bytes: &[u8]) -> String {
    if bytes.iter().all(u8::is_ascii_graphic) {
        let text: String = bytes.iter().copied().map(char::from).collect();
        return format!("`{text}`");
    }
    let mut hex = String::new();
    for (at, byte) in bytes.iter().enumerate() {
        if at > 0 {
            hex.push(' ');
        }
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// The bytes at the place of an error, at most 16.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct AtHand {
    bytes: [u8; Self::MOST],
    length: u8,
}

impl AtHand {
    /// The largest number of bytes kept.
    pub const MOST: usize = 16;

    fn new(bytes: &[u8]) -> Self {
        let mut kept = Self::default();
        for (slot, &byte) in kept.bytes.iter_mut().zip(bytes) {
            *slot = byte;
            kept.length += 1;
        }
        kept
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

/// Bytes that do not decode, or a payload that cannot be framed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// What is wrong.
    pub kind: ErrorKind,
    /// The place: the stream offset of the wrong length or byte, or of the end.
    /// [`Framing::decode`](super::Framing::decode) counts it from the first byte given,
    /// [`Decoder`](super::Decoder) from the beginning of the stream, and encoding from the first
    /// byte of the payload.
    pub offset: u64,
    /// What was expected there.
    pub wanted: Wanted,
    /// What was found instead.
    pub got: Got,
    /// The bytes at that place; at the end of the stream, the last incomplete part.
    pub at_hand: AtHand,
}

impl Error {
    /// An error at `offset` within `bytes`.
    #[cold]
    pub(super) fn new(
        kind: ErrorKind,
        offset: usize,
        wanted: Wanted,
        got: Got,
        bytes: &[u8],
    ) -> Self {
        Self {
            kind,
            offset: offset as u64,
            wanted,
            got,
            at_hand: AtHand::new(bytes.get(offset..).unwrap_or_default()),
        }
    }

    /// The error for a payload whose length the framing cannot express.
    #[cold]
    pub(super) fn unfit(wanted: Wanted, payload: &[u8]) -> Self {
        let got = Got::Length(payload.len() as i128);
        Self::new(ErrorKind::DoesNotFit, 0, wanted, got, payload)
    }

    /// The error for a stream that ends after `bytes`, of which those from `part` on are
    /// incomplete.
    #[cold]
    pub(super) fn ended(
        kind: ErrorKind,
        wanted: Wanted,
        got: Got,
        bytes: &[u8],
        part: usize,
    ) -> Self {
        Self {
            kind,
            offset: bytes.len() as u64,
            wanted,
            got,
            at_hand: AtHand::new(bytes.get(part..).unwrap_or_default()),
        }
    }

    /// The same error, `bytes` further on in the stream.
    #[must_use]
    pub const fn behind(mut self, bytes: u64) -> Self {
        self.offset = self.offset.saturating_add(bytes);
        self
    }

    /// The place and the problem, in one sentence.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let clause = self.kind.clause(language);
        let wanted = self.wanted.words(language);
        let got = self.got.words(language);
        let offset = grouped(self.offset);
        language.pick(
            format!("at offset {offset}, {clause}: wanted {wanted}, got {got}"),
            format!("偏移 {offset} 处，{clause}：应为 {wanted}，实为 {got}"),
        )
    }

    /// The remedy, as a sentence without its full stop.
    #[must_use]
    pub fn remedy(&self, language: Language) -> &'static str {
        self.kind.remedy(language)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message(Language::English))
    }
}

impl std::error::Error for Error {}
