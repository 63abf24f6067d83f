//! Whether the parts of a trace fit together.
//!
//! A file can come from anywhere. What passes here is safe to analyse and to
//! draw: every offset lies inside its flow, every call takes up where the one
//! before it ended, times do not run backwards, sizes are bounded by what is
//! really there, and no word carries a control character to the terminal.
//!
//! Promises: linear in the trace. Never repairs anything.

use std::fmt;

use super::ReadError;
use crate::language::{Language, Text};
use crate::scenario::{Condition, Expectation, Payload, Receives, Returned, Side};
use crate::trace::{Call, Flow, Got, Op, PartTrace, StopReason, Trace};

/// The most bytes that all payloads of one part's expectation may have together, in bytes.
///
/// They are stated in a few characters (`random`, `repeat`), so the file's size does not bound them.
pub const MAX_EXPECTED: u64 = 256 << 20;

/// What does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// A case without parts.
    NoParts,
    /// `first-of-sent` says more bytes than were sent.
    FirstOfSent {
        /// What it says.
        count: u64,
        /// How many bytes were sent.
        sent: u64,
    },
    /// There is no such flow.
    NoSuchFlow {
        /// The index given.
        flow: u16,
        /// How many flows there are.
        flows: usize,
    },
    /// A call does not begin where the one before it ended.
    Offset {
        /// The offset given.
        got: u64,
        /// The offset where the call before it ended.
        wanted: u64,
    },
    /// A range ends behind the flow's bytes.
    Beyond {
        /// Where it ends.
        end: u64,
        /// How many bytes there are.
        length: u64,
    },
    /// A call took, or carried, more than it was given.
    MoreThanAsked {
        /// What it took.
        got: u64,
        /// What it was given.
        asked: u64,
    },
    /// The calls account for fewer bytes than the flow has.
    Unaccounted {
        /// How many bytes the calls account for.
        calls: u64,
        /// How many the flow has.
        length: u64,
    },
    /// A call ended before it began.
    Backwards,
    /// A sample says less than the one before it.
    Shrinking,
    /// The expectation states more bytes than [`MAX_EXPECTED`].
    ExpectsTooMuch {
        /// How many.
        bytes: u64,
    },
    /// An expected digest is not 64 hex digits.
    NotADigest,
    /// A word that is shown holds a control character.
    ControlCharacter,
}

impl Flaw {
    /// What does not fit, and what would.
    #[must_use]
    pub fn in_words(self, language: Language) -> String {
        match self {
            Self::NoParts => language
                .pick("a case needs at least one part", "用例至少要有一个部分")
                .to_owned(),
            Self::FirstOfSent { count, sent } => language.pick(
                format!("says {count} bytes, but only {sent} were sent"),
                format!("写的是 {count} 字节，但只发送了 {sent} 字节"),
            ),
            Self::NoSuchFlow { flow, flows } => language.pick(
                format!("there is no flow {flow}; there are {flows}, counted from 0"),
                format!("没有流 {flow}；共有 {flows} 个流，从 0 数起"),
            ),
            Self::Offset { got, wanted } => language.pick(
                format!("is {got}, but the calls before it end at {wanted}"),
                format!("是 {got}，但之前的调用止于 {wanted}"),
            ),
            Self::Beyond { end, length } => language.pick(
                format!("ends at {end}, but there are only {length} bytes"),
                format!("止于 {end}，但只有 {length} 字节"),
            ),
            Self::MoreThanAsked { got, asked } => language.pick(
                format!("is {got}, more than the {asked} that the call was given"),
                format!("是 {got}，多于调用所给的 {asked}"),
            ),
            Self::Unaccounted { calls, length } => language.pick(
                format!("has {length} bytes, but the calls account for {calls}"),
                format!("有 {length} 字节，但各次调用只说明了 {calls} 字节"),
            ),
            Self::Backwards => language
                .pick("ends before it begins", "结束早于开始")
                .to_owned(),
            Self::Shrinking => language
                .pick("says less than the sample before it", "小于前一个采样")
                .to_owned(),
            Self::ExpectsTooMuch { bytes } => language.pick(
                format!("states {bytes} bytes; the limit is {MAX_EXPECTED}"),
                format!("共写了 {bytes} 字节；上限是 {MAX_EXPECTED}"),
            ),
            Self::NotADigest => language
                .pick("a SHA-256 is 64 hex digits", "SHA-256 是 64 个十六进制数字")
                .to_owned(),
            Self::ControlCharacter => language
                .pick(
                    "holds a control character, which is not shown",
                    "含有控制字符，不予显示",
                )
                .to_owned(),
        }
    }
}

/// A flaw with the place of what is wrong, as a path into the part.
type Placed = (String, Flaw);

/// Checks one trace; `case` is its index in the file.
pub(super) fn check(case: usize, trace: &Trace) -> Result<(), ReadError> {
    case_words(trace)
        .and_then(|()| {
            if trace.parts.is_empty() {
                return Err(("parts".to_owned(), Flaw::NoParts));
            }
            trace
                .parts
                .iter()
                .enumerate()
                .try_for_each(|(index, part)| {
                    check_part(part)
                        .map_err(|(path, flaw)| (format!("parts[{index}].{path}"), flaw))
                })
        })
        .map_err(|(path, flaw)| ReadError::Inconsistent {
            path: format!("cases[{case}].{path}"),
            flaw,
        })
}

fn case_words(trace: &Trace) -> Result<(), Placed> {
    let environment = &trace.environment;
    plain("name", &trace.name)?;
    plain("section", &trace.section)?;
    plain_text("title", &trace.title)?;
    for lesson in [&trace.lesson.en, &trace.lesson.zh] {
        let line_ends = ['\n', '\r', '\t'];
        plain("lesson", &lesson.replace(line_ends, " "))?;
    }
    plain("environment.sticky", &environment.sticky)?;
    plain("environment.system", &environment.system)?;
    plain("environment.architecture", &environment.architecture)?;
    environment
        .kernel
        .as_ref()
        .map_or(Ok(()), |kernel| plain("environment.kernel", kernel))
}

fn check_part(part: &PartTrace) -> Result<(), Placed> {
    if let Some(label) = &part.label {
        plain_text("label", label)?;
    }
    check_stop(part)?;
    check_expectation(&part.expect)?;
    for (index, flow) in part.flows.iter().enumerate() {
        let path = || format!("flows[{index}].samples");
        let grows = |pair: &[crate::trace::Sample]| {
            pair[0].at <= pair[1].at
                && pair[0].segments <= pair[1].segments
                && pair[0].bytes <= pair[1].bytes
                && pair[0].retransmitted <= pair[1].retransmitted
                && pair[0].retransmitted_bytes <= pair[1].retransmitted_bytes
        };
        require(flow.samples.windows(2).all(grows), path, Flaw::Shrinking)?;
        let (end, length) = (
            flow.samples.last().map_or(0, |sample| sample.bytes),
            flow.sent.len() as u64,
        );
        require(end <= length, path, Flaw::Beyond { end, length })?;
    }
    let mut done = vec![(0, 0); part.flows.len()];
    for (index, call) in part.calls.iter().enumerate() {
        check_call(call, &part.flows, &mut done)
            .map_err(|(path, flaw)| (format!("calls[{index}].{path}"), flaw))?;
    }
    for (index, (flow, &(sent, received))) in part.flows.iter().zip(&done).enumerate() {
        for (name, length, calls) in [
            ("sent", flow.sent.len() as u64, sent),
            ("received", flow.received.len() as u64, received),
        ] {
            let path = || format!("flows[{index}].{name}");
            require(calls == length, path, Flaw::Unaccounted { calls, length })?;
        }
    }
    Ok(())
}

/// Checks one call; `done` counts the bytes that the calls before it sent and received in each flow.
fn check_call(call: &Call, flows: &[Flow], done: &mut [(u64, u64)]) -> Result<(), Placed> {
    require(call.start <= call.end, || "end".to_owned(), Flaw::Backwards)?;
    match call.op {
        Op::Send {
            flow,
            offset,
            asked,
            taken,
            ..
        } => {
            let index = existing(flow, flows, "send")?;
            follows(offset, done[index].0, "send")?;
            within(taken, asked, "op.send.taken")?;
            fits(offset, taken.into(), &flows[index].sent, "send")?;
            done[index].0 += u64::from(taken);
        }
        Op::Recv {
            flow,
            offset,
            asked,
            got,
            ..
        } => {
            let index = existing(flow, flows, "recv")?;
            follows(offset, done[index].1, "recv")?;
            match got {
                Got::Data { bytes, .. } => {
                    within(bytes, asked, "op.recv.got.data.bytes")?;
                    fits(offset, bytes.into(), &flows[index].received, "recv")?;
                    done[index].1 += u64::from(bytes);
                }
                Got::Peeked { bytes } => within(bytes, asked, "op.recv.got.peeked.bytes")?,
                Got::End | Got::Nothing => {}
            }
        }
        Op::Decoded {
            flow,
            offset,
            header,
            payload,
            trailer,
            framing: _,
        } => {
            let index = existing(flow, flows, "decoded")?;
            let frame = u64::from(header) + u64::from(payload) + u64::from(trailer);
            fits(offset, frame, &flows[index].received, "decoded")?;
        }
        Op::Refuse { flow, offset, .. } => {
            let index = existing(flow, flows, "refuse")?;
            fits(offset, 0, &flows[index].received, "refuse")?;
        }
        Op::Reach(ref name) => plain("op.reach", name)?,
        Op::Wait(ref condition) => match &**condition {
            Condition::Reached(name) => plain("op.wait.reached", name)?,
            Condition::Queued(_)
            | Condition::Acknowledged
            | Condition::PeerClosed
            | Condition::Reset
            | Condition::Dropped(_)
            | Condition::Retransmitted(_)
            | Condition::Segments(_) => {}
        },
        Op::Bind { .. }
        | Op::Listen
        | Op::Connect { .. }
        | Op::Accept { .. }
        | Op::Pause
        | Op::Set(_)
        | Op::DropArriving(_)
        | Op::HalfClose
        | Op::Close(_) => {}
    }
    Ok(())
}

/// The index of a flow that there is.
fn existing(flow: u16, flows: &[Flow], op: &str) -> Result<usize, Placed> {
    let index = usize::from(flow);
    let flows = flows.len();
    let path = || format!("op.{op}.flow");
    require(index < flows, path, Flaw::NoSuchFlow { flow, flows }).map(|()| index)
}

/// Whether a call begins where the one before it ended.
fn follows(got: u64, wanted: u64, op: &str) -> Result<(), Placed> {
    let path = || format!("op.{op}.offset");
    require(got == wanted, path, Flaw::Offset { got, wanted })
}

/// Whether so many bytes from `offset` lie inside the flow's.
fn fits(offset: u64, count: u64, bytes: &[u8], op: &str) -> Result<(), Placed> {
    let length = bytes.len() as u64;
    let end = offset.saturating_add(count);
    let path = || format!("op.{op}");
    require(end <= length, path, Flaw::Beyond { end, length })
}

fn check_stop(part: &PartTrace) -> Result<(), Placed> {
    let Some(stop) = &part.stop else {
        return Ok(());
    };
    let words: &[&str] = match &stop.reason {
        StopReason::Deadline { waited_for, .. } | StopReason::Impossible { waited_for, .. } => {
            &[waited_for]
        }
        StopReason::Fault { step, message, .. } => &[step, message],
        StopReason::NoFault { step, .. } => &[step],
        StopReason::Panic(words) | StopReason::Unsupported(words) => &[words],
    };
    let last = stop.other_last.as_deref();
    (words.iter().copied().chain(last)).try_for_each(|words| plain("stop", words))
}

fn check_expectation(expect: &Expectation) -> Result<(), Placed> {
    let mut bytes: u64 = 0;
    for (side, receives) in [
        (Side::Server, &expect.server),
        (Side::Client, &expect.client),
    ] {
        bytes = stated_payloads(receives)
            .map(|payload| payload.len().unwrap_or(u64::MAX))
            .fold(bytes, u64::saturating_add);
        let is_digest = |digest: &String| {
            digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        let path = || format!("expect.{}.sha256", side.name());
        require(
            receives.sha256.iter().all(is_digest),
            path,
            Flaw::NotADigest,
        )?;
    }
    let path = || "expect".to_owned();
    require(bytes <= MAX_EXPECTED, path, Flaw::ExpectsTooMuch { bytes })
}

fn stated_payloads(receives: &Receives) -> impl Iterator<Item = &Payload> {
    let returned = receives.recv.iter().flatten();
    returned
        .filter_map(|returned| match returned {
            Returned::Data { content, .. } => content.as_ref(),
            Returned::End | Returned::Fails(_) => None,
        })
        .chain(receives.decoded.iter().flatten())
}

fn within(got: u32, asked: u32, path: &str) -> Result<(), Placed> {
    let (got, asked) = (u64::from(got), u64::from(asked));
    let path = || path.to_owned();
    require(got <= asked, path, Flaw::MoreThanAsked { got, asked })
}

fn plain_text(path: &str, text: &Text) -> Result<(), Placed> {
    plain(path, &text.en)?;
    plain(path, &text.zh)
}

/// Refuses what could steer a terminal.
fn plain(path: &str, words: &str) -> Result<(), Placed> {
    let path = || path.to_owned();
    require(
        !words.chars().any(super::steers_a_terminal),
        path,
        Flaw::ControlCharacter,
    )
}

fn require(holds: bool, path: impl FnOnce() -> String, flaw: Flaw) -> Result<(), Placed> {
    if holds { Ok(()) } else { Err((path(), flaw)) }
}

impl fmt::Display for Flaw {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.in_words(Language::English))
    }
}
