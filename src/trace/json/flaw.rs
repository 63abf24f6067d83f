//! The inconsistencies that a saved trace can have, in both languages.
//!
//! Promises: every flaw has a text, which quotes nothing from the file but numbers.

use std::fmt;

use crate::language::Language;

/// The most bytes that all payloads of one part's expectation may have together.
///
/// A few characters (`random`, `repeat`) can state a large payload, so the file's size does not
/// limit them.
pub const MAX_EXPECTED: u64 = 256 << 20;

/// An inconsistency in a saved trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Flaw {
    /// A case without parts.
    NoParts,
    /// `first-of-sent` is more than the number of bytes sent.
    FirstOfSent {
        /// The number it gives.
        count: u64,
        /// The number of bytes sent.
        sent: u64,
    },
    /// The flow does not exist.
    NoSuchFlow {
        /// The index given.
        flow: u16,
        /// The number of flows.
        flows: usize,
    },
    /// A call does not begin where the one before it ended.
    Offset {
        /// The offset given.
        got: u64,
        /// The offset where the call before it ended.
        wanted: u64,
    },
    /// A range ends after the flow's bytes.
    Beyond {
        /// The offset where it ends.
        end: u64,
        /// The number of bytes in the flow.
        length: u64,
    },
    /// A call took, or carried, more than it was given.
    MoreThanAsked {
        /// The number of bytes it took.
        got: u64,
        /// The number of bytes it was given.
        asked: u64,
    },
    /// The calls account for fewer bytes than the flow has.
    Unaccounted {
        /// The number of bytes that the calls account for.
        calls: u64,
        /// The number of bytes in the flow.
        length: u64,
    },
    /// A frame begins inside the one before it.
    Overlap {
        /// The offset where it begins.
        got: u64,
        /// The offset where the frame before it ends.
        end: u64,
    },
    /// A call ended before it began.
    Backwards,
    /// A call began before the previous call of the same side ended.
    Overtaking {
        /// When it began, in nanoseconds.
        start: u64,
        /// When the previous call ended, in nanoseconds.
        end: u64,
    },
    /// A sample counts less than the one before it.
    Shrinking,
    /// A captured segment is empty, lies before one captured earlier, or overlaps it without being
    /// a retransmission.
    Segment,
    /// A flow has both samples and captured segments.
    TwoEvidences,
    /// A call has both a step and a task.
    StepAndTask,
    /// The expectation states more bytes than [`MAX_EXPECTED`].
    ExpectsTooMuch {
        /// The number of bytes.
        bytes: u64,
    },
    /// An expected digest is not 64 hex digits.
    NotADigest,
    /// A text that is shown holds a control character.
    ControlCharacter,
    /// A word that is shown is longer than it may be.
    TooLong {
        /// How many characters it may have.
        most: usize,
    },
}

impl Flaw {
    /// What is inconsistent, and what would be right.
    #[must_use]
    pub fn in_words(self, language: Language) -> String {
        match self {
            Self::NoParts => language
                .pick("a case needs at least one part", "用例至少要有一个部分")
                .to_owned(),
            Self::FirstOfSent { count, sent } => say!(
                language,
                "says {count} bytes, but only {sent} were sent",
                "写的是 {count} 字节，但只发送了 {sent} 字节"
            ),
            Self::NoSuchFlow { flow, flows } => say!(
                language,
                "there is no flow {flow}; there are {flows}, counted from 0",
                "没有流 {flow}；共有 {flows} 个流，从 0 数起"
            ),
            Self::Offset { got, wanted } => say!(
                language,
                "is {got}, but the calls before it end at {wanted}",
                "是 {got}，但之前的调用止于 {wanted}"
            ),
            Self::Beyond { end, length } => say!(
                language,
                "ends at {end}, but there are only {length} bytes",
                "止于 {end}，但只有 {length} 字节"
            ),
            Self::MoreThanAsked { got, asked } => say!(
                language,
                "is {got}, more than the {asked} that the call was given",
                "是 {got}，多于调用所给的 {asked}"
            ),
            Self::Unaccounted { calls, length } => say!(
                language,
                "has {length} bytes, but the calls account for {calls}",
                "有 {length} 字节，但各次调用只说明了 {calls} 字节"
            ),
            Self::Backwards => language
                .pick("ends before it begins", "结束早于开始")
                .to_owned(),
            Self::Overlap { got, end } => say!(
                language,
                "begins at {got}, inside the frame before it, which ends at {end}",
                "始于 {got}，落在前一个帧之内，那一帧止于 {end}"
            ),
            Self::Overtaking { start, end } => say!(
                language,
                "is {start}, but this side's call before it ended at {end}",
                "是 {start}，但这一端的前一次调用结束于 {end}"
            ),
            Self::Shrinking => language
                .pick("says less than the sample before it", "小于前一个采样")
                .to_owned(),
            Self::Segment => language
                .pick(
                    "is empty, or does not come after the segments before it",
                    "为空，或不在前面的报文段之后",
                )
                .to_owned(),
            Self::TwoEvidences => language
                .pick(
                    "stands beside `samples`; a flow has one of the two",
                    "与 `samples` 同时出现；一个流只能有其中之一",
                )
                .to_owned(),
            Self::StepAndTask => language
                .pick(
                    "stands beside `step`; a call has at most one of the two",
                    "与 `step` 同时出现；一次调用最多有其中之一",
                )
                .to_owned(),
            Self::ExpectsTooMuch { bytes } => say!(
                language,
                "states {bytes} bytes; the limit is {MAX_EXPECTED}",
                "共写了 {bytes} 字节；上限是 {MAX_EXPECTED}"
            ),
            Self::NotADigest => language
                .pick("a SHA-256 is 64 hex digits", "SHA-256 是 64 个十六进制数字")
                .to_owned(),
            Self::ControlCharacter => language
                .pick(
                    "contains a control character, which cannot be shown",
                    "含有控制字符，不予显示",
                )
                .to_owned(),
            Self::TooLong { most } => say!(
                language,
                "is longer than {most} characters, the most that is taken",
                "超过 {most} 个字符，这是上限"
            ),
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.in_words(Language::English))
    }
}
