//! The error: what was wanted and what was got, where, and the bytes at hand.
//!
//! Promises: plain data without a pointer, so making an error allocates nothing. The
//! sentences are in both languages and escape what came from the stream.

use std::fmt::{self, Write as _};

use super::{ErrorKind, Sequence};
use crate::language::{Language, grouped, signed};

/// What was wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Wanted {
    /// A length of this or more.
    AtLeast(u64),
    /// A length of this or less.
    AtMost(u64),
    /// A length of just this.
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
    /// A group of a varint that is the last, and 0 or 1.
    LastGroup,
    /// This delimiter.
    Delimiter(Sequence),
    /// This delimiter behind so many bytes or fewer.
    DelimiterWithin(Sequence, u64),
    /// A payload without this delimiter.
    NoDelimiter(Sequence),
    /// This mark.
    Mark(Sequence),
    /// A payload of which so many bytes more make a multiple of the unit.
    InUnits {
        /// How many bytes are counted as one.
        unit: u8,
        /// How many bytes are counted beside the payload.
        counts: i16,
    },
    /// One of these two bytes behind the escape.
    Escapable(u8, u8),
}

impl Wanted {
    /// In words.
    #[must_use]
    pub fn words(self, language: Language) -> String {
        match self {
            Self::AtLeast(length) => {
                let length = grouped(length);
                say!(language, "{length} or more", "{length} 或以上")
            }
            Self::AtMost(length) => {
                let length = grouped(length);
                say!(language, "{length} or less", "{length} 或以下")
            }
            Self::Exactly(length) => {
                let length = grouped(length);
                say!(language, "just {length}", "恰好 {length}")
            }
            Self::Bytes(count) => in_bytes(count, language),
            Self::Digit => language.pick("a digit", "一个数字").to_owned(),
            Self::NonZeroDigit => language
                .pick("a digit from 1 to 9", "1 到 9 的数字")
                .to_owned(),
            Self::DigitOr(separator) => {
                let byte = quoted(&[separator]);
                say!(language, "a digit or {byte}", "数字或 {byte}")
            }
            Self::Separator(separator) => quoted(&[separator]),
            Self::LastGroup => language
                .pick("a last group with the value 0 or 1", "末组 0 或 1")
                .to_owned(),
            Self::Delimiter(sequence) | Self::Mark(sequence) => quoted(sequence.as_bytes()),
            Self::DelimiterWithin(sequence, cap) => {
                let (delimiter, cap) = (quoted(sequence.as_bytes()), grouped(cap));
                say!(
                    language,
                    "{delimiter} after at most {cap} bytes",
                    "至多 {cap} 字节之后的 {delimiter}"
                )
            }
            Self::NoDelimiter(sequence) => {
                let delimiter = quoted(sequence.as_bytes());
                say!(
                    language,
                    "a payload without {delimiter}",
                    "不含 {delimiter} 的负载"
                )
            }
            Self::InUnits { unit, counts: 0 } => {
                say!(language, "a multiple of {unit}", "{unit} 的倍数")
            }
            Self::InUnits { unit, counts } => {
                let more = counts.unsigned_abs();
                if counts > 0 {
                    say!(
                        language,
                        "a length that is a multiple of {unit} with {more} more",
                        "加上 {more} 是 {unit} 的倍数的长度"
                    )
                } else {
                    say!(
                        language,
                        "a length that is a multiple of {unit} with {more} less",
                        "减去 {more} 是 {unit} 的倍数的长度"
                    )
                }
            }
            Self::Escapable(escape, delimiter) => {
                let (escape, delimiter) = (quoted(&[escape]), quoted(&[delimiter]));
                say!(
                    language,
                    "{escape} or {delimiter}",
                    "{escape} 或 {delimiter}"
                )
            }
        }
    }
}

/// What was got instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Got {
    /// This length (of digits with a separator still to come: what they say so far).
    Length(i128),
    /// This many bytes, then the end of the stream.
    Bytes(u64),
    /// This byte.
    Byte(u8),
    /// The end of the stream.
    End,
}

impl Got {
    /// In words.
    #[must_use]
    pub fn words(self, language: Language) -> String {
        match self {
            Self::Length(length) => signed(length),
            Self::Bytes(count) => in_bytes(count, language),
            // Two hex digits alone would be read as the number that they are not.
            Self::Byte(byte) if byte.is_ascii_graphic() => quoted(&[byte]),
            Self::Byte(byte) => {
                say!(language, "byte 0x{byte:02x}", "0x{byte:02x}")
            }
            Self::End => language
                .pick("the end of the stream", "流的结尾")
                .to_owned(),
        }
    }
}

/// A number of bytes in words.
fn in_bytes(count: u64, language: Language) -> String {
    let unit = if count == 1 { "byte" } else { "bytes" };
    let count = grouped(count);
    say!(language, "{count} {unit}", "{count} 字节")
}

/// Bytes as a person reads them: printable ASCII in quotes, all else in hex.
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

/// The first bytes that stand where an error is, at most 16.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct AtHand {
    bytes: [u8; Self::MOST],
    length: u8,
}

impl AtHand {
    /// How many bytes are kept.
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
#[non_exhaustive]
pub struct Error {
    /// What is wrong.
    pub kind: ErrorKind,
    /// Where: the stream offset of the length or the byte that is wrong, or of the end.
    /// From [`Framing::decode`](super::Framing::decode) it counts from the first byte given,
    /// from [`Decoder`](super::Decoder) from the beginning of the stream, and when encoding
    /// from the first byte of the payload.
    pub offset: u64,
    /// What was wanted there.
    pub wanted: Wanted,
    /// What was got instead.
    pub got: Got,
    /// The bytes at hand there; at the end of the stream, the last part that is not whole.
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

    /// A payload of a length that the framing has no room for.
    #[cold]
    pub(super) fn unfit(wanted: Wanted, payload: &[u8]) -> Self {
        let got = Got::Length(payload.len() as i128);
        Self::new(ErrorKind::DoesNotFit, 0, wanted, got, payload)
    }

    /// A stream that ends behind `bytes`, of which those from `part` on are a part of something.
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

    /// Where and what, in one sentence.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let clause = self.kind.clause(language);
        let wanted = self.wanted.words(language);
        let got = self.got.words(language);
        let offset = grouped(self.offset);
        say!(
            language,
            "at offset {offset}, {clause}: wanted {wanted}, got {got}",
            "偏移 {offset} 处，{clause}：应为 {wanted}，实为 {got}"
        )
    }

    /// What to do about it, as a sentence without its full stop.
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
