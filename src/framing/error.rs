//! What can be wrong with a stream or a payload, where, and what to do.
//!
//! Promises: an error carries the stream offset, what was wanted beside what was
//! got, and the bytes at hand there; it is plain data without a pointer, so making
//! one allocates nothing. The sentences are in both languages.

use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};

use super::Sequence;
use crate::language::Language;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The length is below zero.
    Negative,
    /// The length is above the cap.
    AboveCap,
    /// The length counts the header and is too small for it.
    BelowHeader,
    /// The payload does not fit the framing (when encoding).
    DoesNotFit,
    /// The payload holds the delimiter (when encoding).
    HoldsDelimiter,
    /// A byte of a length in digits is none.
    NotADigit,
    /// A length in digits begins with a zero.
    LeadingZero,
    /// A length in groups of seven bits goes on beyond 64 bits.
    VarintTooLong,
    /// No delimiter where one has to be.
    MissingDelimiter,
    /// A byte behind an escape that needs none.
    BadEscape,
    /// The stream ends inside a header.
    EndInsideHeader,
    /// The stream ends inside a body.
    EndInsideBody,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Negative,
        Self::AboveCap,
        Self::BelowHeader,
        Self::DoesNotFit,
        Self::HoldsDelimiter,
        Self::NotADigit,
        Self::LeadingZero,
        Self::VarintTooLong,
        Self::MissingDelimiter,
        Self::BadEscape,
        Self::EndInsideHeader,
        Self::EndInsideBody,
    ];

    /// The name in files and traces.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Negative => "negative",
            Self::AboveCap => "above-cap",
            Self::BelowHeader => "below-header",
            Self::DoesNotFit => "does-not-fit",
            Self::HoldsDelimiter => "holds-delimiter",
            Self::NotADigit => "not-a-digit",
            Self::LeadingZero => "leading-zero",
            Self::VarintTooLong => "varint-too-long",
            Self::MissingDelimiter => "missing-delimiter",
            Self::BadEscape => "bad-escape",
            Self::EndInsideHeader => "end-inside-header",
            Self::EndInsideBody => "end-inside-body",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What is wrong, as a clause.
    #[must_use]
    pub fn clause(self, language: Language) -> &'static str {
        match self {
            Self::Negative => language.pick("the length is negative", "长度为负"),
            Self::AboveCap => language.pick("the length is above the cap", "长度超过上限"),
            Self::BelowHeader => language.pick(
                "the length is too small for the header that it counts",
                "长度小于它所包含的头部",
            ),
            Self::DoesNotFit => {
                language.pick("the payload does not fit the framing", "负载放不进这种帧")
            }
            Self::HoldsDelimiter => {
                language.pick("the payload holds the delimiter", "负载中含有分隔符")
            }
            Self::NotADigit => language.pick("not a digit in the length", "长度中有非数字字节"),
            Self::LeadingZero => language.pick("the length begins with a zero", "长度以零开头"),
            Self::VarintTooLong => {
                language.pick("the varint is longer than 64 bits", "变长整数超过 64 位")
            }
            Self::MissingDelimiter => language.pick("the delimiter is missing", "缺少分隔符"),
            Self::BadEscape => language.pick(
                "the escape stands before a byte that needs none",
                "转义符后是无需转义的字节",
            ),
            Self::EndInsideHeader => {
                language.pick("the stream ends inside a header", "流在头部中间结束")
            }
            Self::EndInsideBody => {
                language.pick("the stream ends inside a body", "流在消息体中间结束")
            }
        }
    }

    /// What to do about it, as a sentence without its full stop.
    #[must_use]
    pub fn remedy(self, language: Language) -> &'static str {
        match self {
            Self::Negative => language.pick(
                "Both sides have to agree on byte order and sign; look whether the reader has lost its place",
                "双方的字节序和有无符号必须一致;也检查读取方是否已失步",
            ),
            Self::AboveCap => language.pick(
                "Raise the cap if such a message is meant; otherwise check byte order and framing, for a length read from text is usually huge",
                "若消息确有这么长,就提高上限;否则检查字节序和成帧方式:把文本当长度来读,数值往往极大",
            ),
            Self::BelowHeader => language.pick(
                "Check whether the sender's length counts the header",
                "检查发送方的长度是否包含头部",
            ),
            Self::DoesNotFit => language.pick(
                "Send it in pieces, or take a framing with room for it",
                "把它分段发送,或换用容得下它的成帧方式",
            ),
            Self::HoldsDelimiter => language.pick(
                "Take an escape, or a framing that counts bytes",
                "使用转义,或换用按字节计数的成帧方式",
            ),
            Self::NotADigit => language.pick(
                "Check the number of digits on both sides; text where a length should be means that the reader has lost its place",
                "检查双方的位数是否一致;长度处出现文本,说明读取方已失步",
            ),
            Self::LeadingZero => language.pick(
                "Write the length without padding, or read it as digits of fixed width",
                "长度不要补零,或按固定位数读取",
            ),
            Self::VarintTooLong => language.pick(
                "Check the framing: these bytes are hardly a varint",
                "检查成帧方式:这些字节不像变长整数",
            ),
            Self::MissingDelimiter => language.pick(
                "Have the sender end every message, the last one too, and raise the cap if messages may be longer",
                "发送方须为每条消息(包括最后一条)写上分隔符;消息可能更长时,提高上限",
            ),
            Self::BadEscape => language.pick(
                "Have the sender escape the escape itself and the delimiter, and nothing else",
                "发送方只应转义转义符本身和分隔符",
            ),
            Self::EndInsideHeader | Self::EndInsideBody => language.pick(
                "The sender closed too early or the connection broke; take no part of this message for whole",
                "发送方过早关闭,或连接中断;不要把残缺的消息当作完整消息",
            ),
        }
    }
}

impl Serialize for ErrorKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for ErrorKind {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::from_name(&name)
            .ok_or_else(|| serde::de::Error::custom(format_args!("unknown framing error `{name}`")))
    }
}

/// What was wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// One of these two bytes behind the escape.
    Escapable(u8, u8),
}

impl Wanted {
    /// In words.
    #[must_use]
    pub fn words(self, language: Language) -> String {
        match self {
            Self::AtLeast(length) => {
                language.pick(format!("{length} or more"), format!("{length} 或以上"))
            }
            Self::AtMost(length) => {
                language.pick(format!("{length} or less"), format!("{length} 或以下"))
            }
            Self::Exactly(length) => {
                language.pick(format!("just {length}"), format!("恰好 {length}"))
            }
            Self::Bytes(count) => language.pick(format!("{count} bytes"), format!("{count} 字节")),
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
                let delimiter = quoted(sequence.as_bytes());
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

/// What was got instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
            Self::Length(length) => length.to_string(),
            Self::Bytes(count) => language.pick(format!("{count} bytes"), format!("{count} 字节")),
            Self::Byte(byte) => quoted(&[byte]),
            Self::End => language
                .pick("the end of the stream", "流的结尾")
                .to_owned(),
        }
    }
}

/// Bytes as a person reads them: printable ASCII in quotes, all else in hex.
fn quoted(bytes: &[u8]) -> String {
    if bytes.iter().all(|byte| byte.is_ascii_graphic()) {
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
    pub(super) fn ended(kind: ErrorKind, wanted: Wanted, bytes: &[u8], part: usize) -> Self {
        let rest = bytes.get(part..).unwrap_or_default();
        Self {
            kind,
            offset: bytes.len() as u64,
            wanted,
            got: match wanted {
                Wanted::Bytes(_) => Got::Bytes(rest.len() as u64),
                _ => Got::End,
            },
            at_hand: AtHand::new(rest),
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
        language.pick(
            format!(
                "at offset {}, {clause}: wanted {wanted}, got {got}",
                self.offset
            ),
            format!("偏移 {} 处,{clause}:应为 {wanted},实为 {got}", self.offset),
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
