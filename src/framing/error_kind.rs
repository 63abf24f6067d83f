//! What can be wrong with a stream or a payload, as a closed set, and what to do about it.
//!
//! Promises: each kind has one name for files and traces, a clause that says what is
//! wrong and a remedy, both in both languages.

use serde::{Deserialize, Serialize};

use crate::language::Language;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
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
    /// A frame does not begin with its start mark.
    MissingStart,
    /// A frame does not end with its end mark.
    MissingEnd,
    /// A byte behind an escape that needs none.
    BadEscape,
    /// The stream ends inside a header.
    EndInsideHeader,
    /// The stream ends inside a body.
    EndInsideBody,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::Negative,
        Self::AboveCap,
        Self::BelowHeader,
        Self::DoesNotFit,
        Self::HoldsDelimiter,
        Self::NotADigit,
        Self::LeadingZero,
        Self::VarintTooLong,
        Self::MissingDelimiter,
        Self::MissingStart,
        Self::MissingEnd,
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
            Self::MissingStart => "missing-start",
            Self::MissingEnd => "missing-end",
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
                "the length counts the header and is smaller than it",
                "长度小于它所包含的头部",
            ),
            Self::DoesNotFit => {
                language.pick("the payload does not fit the framing", "负载放不进这种帧")
            }
            Self::HoldsDelimiter => {
                language.pick("the payload contains the delimiter", "负载中含有分隔符")
            }
            Self::NotADigit => language.pick("a length digit is not 0-9", "长度中有非数字字节"),
            Self::LeadingZero => language.pick("the length begins with a zero", "长度以零开头"),
            Self::VarintTooLong => {
                language.pick("the varint is longer than 64 bits", "变长整数超过 64 位")
            }
            Self::MissingDelimiter => language.pick("the delimiter is missing", "缺少分隔符"),
            Self::MissingStart => language.pick(
                "the frame does not begin with its start mark",
                "帧不是以起始标记开头",
            ),
            Self::MissingEnd => language.pick(
                "the frame does not end with its end mark",
                "帧不是以结束标记结尾",
            ),
            Self::BadEscape => language.pick(
                "the byte after the escape needs no escape",
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
                "Both sides have to agree on byte order and sign; check whether the reader has lost its place",
                "双方的字节序和有无符号必须一致；也检查读取方是否已失步",
            ),
            Self::AboveCap => language.pick(
                "Raise the cap if the message is really that long; otherwise check byte order and framing: text read as a length is usually huge",
                "若消息确有这么长，就提高上限；否则检查字节序和成帧方式：把文本当长度来读，数值往往极大",
            ),
            Self::BelowHeader => language.pick(
                "Check whether the sender's length counts the header",
                "检查发送方的长度是否包含头部",
            ),
            Self::DoesNotFit => language.pick(
                "Send it in pieces, or use a framing with room for it",
                "把它分段发送，或换用容得下它的成帧方式",
            ),
            Self::HoldsDelimiter => language.pick(
                "Use an escape, or a framing that counts bytes",
                "使用转义，或换用按字节计数的成帧方式",
            ),
            Self::NotADigit => language.pick(
                "Check the number of digits on both sides; text where a length should be means that the reader has lost its place",
                "检查双方的位数是否一致；长度处出现文本，说明读取方已失步",
            ),
            Self::LeadingZero => language.pick(
                "Write the length without padding, or read it as a fixed number of digits",
                "长度不要补零，或按固定位数读取",
            ),
            Self::VarintTooLong => language.pick(
                "Check the framing: these bytes are probably not a varint",
                "检查成帧方式：这些字节不像变长整数",
            ),
            Self::MissingDelimiter => language.pick(
                "Have the sender end every message, the last one too, and raise the cap if messages may be longer",
                "发送方须为每条消息（包括最后一条）写上分隔符；消息可能更长时，提高上限",
            ),
            Self::MissingStart => language.pick(
                "Look whether the frame before it was longer or shorter than its length says, or something stands before the first frame",
                "检查前一帧的实际长度是否与所写的长度不符，或第一帧之前是否还有别的内容",
            ),
            Self::MissingEnd => language.pick(
                "Check what the length counts, and how many bytes stand before the end mark",
                "检查长度包含哪些字节，以及结束标记之前还有几个字节",
            ),
            Self::BadEscape => language.pick(
                "Have the sender escape the escape itself and the delimiter, and nothing else",
                "发送方只应转义转义符本身和分隔符",
            ),
            Self::EndInsideHeader | Self::EndInsideBody => language.pick(
                "The sender closed too early or the connection broke; do not treat the incomplete message as a whole one",
                "发送方过早关闭，或连接中断；不要把残缺的消息当作完整消息",
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
