//! The kinds of errors in a stream or a payload, and the remedy for each.
//!
//! Promises: each kind has one name for files and traces, and a clause and a remedy in both
//! languages.

use serde::{Deserialize, Serialize};

use crate::language::Language;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The length is negative.
    Negative,
    /// The length is above the cap.
    AboveCap,
    /// The length counts the header but is smaller than the header.
    BelowHeader,
    /// The payload does not fit the framing (when encoding).
    DoesNotFit,
    /// The payload contains the delimiter (when encoding).
    HoldsDelimiter,
    /// A length digit is not 0-9.
    NotADigit,
    /// A decimal length begins with a zero.
    LeadingZero,
    /// A varint length is longer than 64 bits.
    VarintTooLong,
    /// A required delimiter is missing.
    MissingDelimiter,
    /// The byte after an escape is not one that is ever escaped.
    BadEscape,
    /// The stream ends inside a header.
    EndInsideHeader,
    /// The stream ends inside a body.
    EndInsideBody,
}

impl ErrorKind {
    /// All kinds.
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

    /// The name used in files and traces.
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

    /// The remedy, as a sentence without its full stop.
    #[must_use]
    pub fn remedy(self, language: Language) -> &'static str {
        match self {
            Self::Negative => language.pick(
                "Both sides have to agree on byte order and sign; look whether the reader has lost its place",
                "双方的字节序和有无符号必须一致；也检查读取方是否已失步",
            ),
            Self::AboveCap => language.pick(
                "Raise the cap if such a message is meant; otherwise check byte order and framing, for a length read from text is usually huge",
                "若消息确有这么长，就提高上限；否则检查字节序和成帧方式：把文本当长度来读，数值往往极大",
            ),
            Self::BelowHeader => language.pick(
                "Check whether the sender's length counts the header",
                "检查发送方的长度是否包含头部",
            ),
            Self::DoesNotFit => language.pick(
                "Send it in pieces, or take a framing with room for it",
                "把它分段发送，或换用容得下它的成帧方式",
            ),
            Self::HoldsDelimiter => language.pick(
                "Take an escape, or a framing that counts bytes",
                "使用转义，或换用按字节计数的成帧方式",
            ),
            Self::NotADigit => language.pick(
                "Check the number of digits on both sides; text where a length should be means that the reader has lost its place",
                "检查双方的位数是否一致；长度处出现文本，说明读取方已失步",
            ),
            Self::LeadingZero => language.pick(
                "Write the length without padding, or read it as digits of fixed width",
                "长度不要补零，或按固定位数读取",
            ),
            Self::VarintTooLong => language.pick(
                "Check the framing: these bytes are hardly a varint",
                "检查成帧方式：这些字节不像变长整数",
            ),
            Self::MissingDelimiter => language.pick(
                "Have the sender end every message, the last one too, and raise the cap if messages may be longer",
                "发送方须为每条消息（包括最后一条）写上分隔符；消息可能更长时，提高上限",
            ),
            Self::BadEscape => language.pick(
                "Have the sender escape the escape itself and the delimiter, and nothing else",
                "发送方只应转义转义符本身和分隔符",
            ),
            Self::EndInsideHeader | Self::EndInsideBody => language.pick(
                "The sender closed too early or the connection broke; take no part of this message for whole",
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
