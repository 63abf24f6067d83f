//! Checks that the parts of a trace file fit together.
//!
//! A file can come from anywhere. A trace that passes is safe to analyse and to draw: every offset
//! lies inside its flow, every call begins where the one before it ended, frames do not overlap, a
//! side's calls do not overlap in time, sizes are bounded by the data that is there, and no text
//! carries a control character to the terminal or is longer than its limit.
//!
//! Promises: linear in the trace. Never repairs anything.

use super::ReadError;
use super::flaw::{Flaw, MAX_EXPECTED};
use crate::diagnostic::escape;
use crate::language::Text;
use crate::scenario::read::{MAX_LESSON, MAX_LINE, MAX_NAME};
use crate::scenario::{Condition, Expectation, Payload, Receives, Returned, Side};
use crate::trace::{
    By, Call, DataOp, Evidence, Flow, Got, Op, PartTrace, Sample, ScriptOp, Segment, Source,
    StopReason, Trace,
};

/// The most characters in an argument of a recorded command, or in a reason for stopping.
const MAX_WORDS: usize = 20_000;

/// A flaw and its place, as a path within the part.
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
    plain("name", &trace.name, MAX_LINE)?;
    match &trace.source {
        Source::Case {
            title,
            lesson,
            section,
        } => {
            plain("section", section.as_deref().unwrap_or_default(), MAX_LINE)?;
            if let Some(title) = title {
                plain_text("title", title)?;
            }
            for lesson in lesson.iter().flat_map(|lesson| [&lesson.en, &lesson.zh]) {
                let line_ends = ['\n', '\r', '\t'];
                plain("lesson", &lesson.replace(line_ends, " "), MAX_LESSON)?;
            }
        }
        Source::Recording { commands } => {
            for word in commands.iter().flatten() {
                plain("commands", word, MAX_WORDS)?;
            }
        }
    }
    plain("environment.sticky", &environment.sticky, MAX_LINE)?;
    plain("environment.system", &environment.system, MAX_LINE)?;
    plain(
        "environment.architecture",
        &environment.architecture,
        MAX_LINE,
    )?;
    environment.kernel.as_ref().map_or(Ok(()), |kernel| {
        plain("environment.kernel", kernel, MAX_LINE)
    })
}

fn check_part(part: &PartTrace) -> Result<(), Placed> {
    if let Some(label) = &part.label {
        plain_text("label", label)?;
    }
    if let Some(ends) = &part.ends {
        plain("ends.server.name", &ends.server.name, MAX_LINE)?;
        plain("ends.client.name", &ends.client.name, MAX_LINE)?;
    }
    check_stop(part)?;
    if let Some(expect) = &part.expect {
        check_expectation(expect)?;
    }
    for (index, flow) in part.flows.iter().enumerate() {
        let length = flow.sent.len() as u64;
        match &flow.evidence {
            Evidence::Counters(samples) => check_samples(samples, length)
                .map_err(|flaw| (format!("flows[{index}].samples"), flaw))?,
            Evidence::Segments(segments) => check_segments(segments, length)
                .map_err(|flaw| (format!("flows[{index}].segments"), flaw))?,
        }
    }
    let mut done = vec![Done::default(); part.flows.len()];
    let mut ended = Vec::new();
    for (index, call) in part.calls.iter().enumerate() {
        check_times(call, ended_of(call, &mut ended))
            .and_then(|()| check_call(call, &part.flows, &mut done))
            .map_err(|(path, flaw)| (format!("calls[{index}].{path}"), flaw))?;
    }
    for (index, (flow, done)) in part.flows.iter().zip(&done).enumerate() {
        // A capture knows the bytes, and no call.
        let is_captured = flow.is_captured() && done.sent == 0;
        for (name, length, calls) in [
            ("sent", flow.sent.len() as u64, done.sent),
            ("received", flow.received.len() as u64, done.received),
        ] {
            let path = || format!("flows[{index}].{name}");
            let holds = calls == length || (is_captured && name == "sent");
            require(holds, path, Flaw::Unaccounted { calls, length })?;
        }
    }
    Ok(())
}

/// Checks that counters grow, and count no more than the `length` bytes of the flow.
fn check_samples(samples: &[Sample], length: u64) -> Result<(), Flaw> {
    let grows = |pair: &[Sample]| {
        pair[0].at <= pair[1].at
            && pair[0].segments <= pair[1].segments
            && pair[0].bytes <= pair[1].bytes
            && pair[0].retransmitted <= pair[1].retransmitted
            && pair[0].retransmitted_bytes <= pair[1].retransmitted_bytes
    };
    if !samples.windows(2).all(grows) {
        return Err(Flaw::Shrinking);
    }
    let end = samples.last().map_or(0, |sample| sample.bytes);
    if end > length {
        return Err(Flaw::Beyond { end, length });
    }
    Ok(())
}

/// Checks that captured segments follow each other, and that retransmitted ones hold bytes already
/// sent.
fn check_segments(segments: &[Segment], length: u64) -> Result<(), Flaw> {
    let (mut at, mut left) = (0, 0);
    for segment in segments {
        let end = segment.end();
        if end > length {
            return Err(Flaw::Beyond { end, length });
        }
        let follows = if segment.again {
            end <= left
        } else {
            left <= segment.start
        };
        if segment.length == 0 || segment.at < at || !follows {
            return Err(Flaw::Segment);
        }
        at = segment.at;
        left = left.max(end);
    }
    Ok(())
}

/// When the previous call of the same side and thread ended.
fn ended_of<'a>(call: &Call, ended: &'a mut Vec<[u64; 2]>) -> &'a mut u64 {
    let task = match call.by {
        By::Step(_) | By::Implied => 0,
        By::Observed { task } => usize::from(task),
    };
    if ended.len() <= task {
        ended.resize(task + 1, [0; 2]);
    }
    &mut ended[task][call.side as usize]
}

/// How far the calls so far have got in a flow, in bytes.
#[derive(Clone, Copy, Default)]
struct Done {
    sent: u64,
    received: u64,
    decoded: u64,
}

/// Checks the times of a call; `ended` is when the previous call of the same side and thread ended.
fn check_times(call: &Call, ended: &mut u64) -> Result<(), Placed> {
    require(call.start <= call.end, || "end".to_owned(), Flaw::Backwards)?;
    let (start, end) = (call.start, std::mem::replace(ended, call.end));
    let path = || "start".to_owned();
    require(end <= start, path, Flaw::Overtaking { start, end })
}

/// Checks one call and adds it to `done`, which has one entry for each flow.
fn check_call(call: &Call, flows: &[Flow], done: &mut [Done]) -> Result<(), Placed> {
    match call.op {
        Op::Data(DataOp::Send {
            flow,
            offset,
            asked,
            taken,
            ..
        }) => {
            let index = existing(flow, flows, "send")?;
            follows(offset, done[index].sent, "send")?;
            within(taken, asked, "op.send.taken")?;
            fits(offset, taken.into(), &flows[index].sent, "send")?;
            done[index].sent += u64::from(taken);
        }
        Op::Data(DataOp::Recv {
            flow,
            offset,
            asked,
            got,
            ..
        }) => {
            let index = existing(flow, flows, "recv")?;
            follows(offset, done[index].received, "recv")?;
            match got {
                Got::Data { bytes, .. } => {
                    within(bytes, asked, "op.recv.got.data.bytes")?;
                    fits(offset, bytes.into(), &flows[index].received, "recv")?;
                    done[index].received += u64::from(bytes);
                }
                Got::Peeked { bytes } => within(bytes, asked, "op.recv.got.peeked.bytes")?,
                Got::End | Got::Nothing => {}
            }
        }
        Op::Data(DataOp::Decoded {
            flow,
            offset,
            header,
            payload,
            trailer,
            framing: _,
        }) => {
            let index = existing(flow, flows, "decoded")?;
            let frame = u64::from(header) + u64::from(payload) + u64::from(trailer);
            fits(offset, frame, &flows[index].received, "decoded")?;
            let path = || "op.decoded.offset".to_owned();
            let (got, end) = (offset, done[index].decoded);
            require(end <= got, path, Flaw::Overlap { got, end })?;
            done[index].decoded = offset + frame;
        }
        Op::Data(DataOp::Refuse { flow, offset, .. }) => {
            let index = existing(flow, flows, "refuse")?;
            // The sender refuses what it could not encode, the receiver what it could not decode.
            let flow = &flows[index];
            let bytes = if flow.from == call.side {
                &flow.sent
            } else {
                &flow.received
            };
            fits(offset, 0, bytes, "refuse")?;
        }
        Op::Script(ScriptOp::Reach(ref name)) => plain("op.reach", name, MAX_NAME)?,
        Op::Script(ScriptOp::Wait(ref condition)) => match &**condition {
            Condition::Reached(name) => plain("op.wait.reached", name, MAX_NAME)?,
            Condition::Queued(_)
            | Condition::Acknowledged
            | Condition::PeerClosed
            | Condition::Reset
            | Condition::Dropped(_)
            | Condition::Retransmitted(_)
            | Condition::Segments(_) => {}
        },
        Op::Socket(_) | Op::Script(ScriptOp::Pause | ScriptOp::Print(_)) => {}
    }
    Ok(())
}

/// The index of a flow, if that flow exists.
fn existing(flow: u16, flows: &[Flow], op: &str) -> Result<usize, Placed> {
    let index = usize::from(flow);
    let flows = flows.len();
    let path = || format!("op.{op}.flow");
    require(index < flows, path, Flaw::NoSuchFlow { flow, flows }).map(|()| index)
}

/// Checks that a call begins where the one before it ended.
fn follows(got: u64, wanted: u64, op: &str) -> Result<(), Placed> {
    let path = || format!("op.{op}.offset");
    require(got == wanted, path, Flaw::Offset { got, wanted })
}

/// Checks that `count` bytes from `offset` lie inside the flow.
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
        StopReason::NoFault { step, .. }
        | StopReason::Machine { step, .. }
        | StopReason::Stalled { step, .. } => &[step],
        StopReason::Panic(words) | StopReason::Unsupported(words) => &[words],
    };
    let last = stop.other_last.as_deref();
    (words.iter().copied().chain(last)).try_for_each(|words| plain("stop", words, MAX_WORDS))
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
    plain(path, &text.en, MAX_LINE)?;
    plain(path, &text.zh, MAX_LINE)
}

/// Rejects a text that could steer a terminal, or has more than `most` characters.
fn plain(path: &str, words: &str, most: usize) -> Result<(), Placed> {
    let path = || path.to_owned();
    let steers = words.chars().take(most).any(escape::steers);
    require(!steers, path, Flaw::ControlCharacter)?;
    require(
        words.chars().nth(most).is_none(),
        path,
        Flaw::TooLong { most },
    )
}

fn require(holds: bool, path: impl FnOnce() -> String, flaw: Flaw) -> Result<(), Placed> {
    if holds { Ok(()) } else { Err((path(), flaw)) }
}
