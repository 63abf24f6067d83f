//! What was observed in one replay, in one line.
//!
//! Every number comes from the trace and its analysis: the sends, the segments, what each recv
//! asked for and returned, where boundaries were lost, what was lost, and which calls failed.
//!
//! Promises: one line, without payload bytes, with the same facts in both languages. A list too
//! long to show is counted. Never says what was expected.

mod direction;

use crate::analysis::{Difference, DifferenceKind, PartAnalysis};
use crate::language::Language;
use crate::render::number::{bytes, grouped};
use crate::render::words;
use crate::scenario::Side;
use crate::trace::{By, Call, DataOp, Op, PartTrace, ScriptOp, SocketOp};

use direction::Direction;

/// What was observed in a part; with durations if `times` is true.
#[must_use]
pub fn in_words(
    part: &PartTrace,
    analysis: &PartAnalysis,
    times: bool,
    language: Language,
) -> String {
    let directions: Vec<_> = [Side::Server, Side::Client]
        .into_iter()
        .map(|from| Direction::of(part, analysis, from))
        .filter(Direction::is_used)
        .collect();
    let several = directions.len() > 1;
    let mut clauses = Vec::new();
    clauses.extend(connected_before_accept(part, language));
    for direction in &directions {
        let said = direction.in_words(times, language);
        let said = said.join(language.pick(", ", "，"));
        clauses.push(if several {
            let (from, to) = (direction.from, direction.from.other());
            let (from, to) = (words::side(language, from), words::side(language, to));
            let colon = language.pick(": ", "：");
            format!("{from} → {to}{colon}{said}")
        } else {
            said
        });
    }
    clauses.extend(bound_again(part, language));
    clauses.extend(faults(part, language));
    let told = |difference: &Difference| matches!(difference.kind, DifferenceKind::Stopped { .. });
    if let Some(stop) = part
        .stop
        .as_ref()
        .filter(|_| !analysis.differences.iter().any(told))
    {
        clauses.extend(words::stop(language, stop));
    }
    if clauses.is_empty() {
        clauses.push(language.pick("nothing", "什么也没有").to_owned());
    }
    clauses.join(language.pick("; ", "；"))
}

/// The sentence that a connection existed before the server accepted it, if that happened.
fn connected_before_accept(part: &PartTrace, language: Language) -> Option<String> {
    let done = |wanted: fn(&Op) -> bool| {
        let mut calls = part.calls.iter().filter(|call| call.fault.is_none());
        calls.find(|call| wanted(&call.op))
    };
    let connected = done(|op| matches!(op, Op::Socket(SocketOp::Connect { .. })))?;
    let accepted = done(|op| matches!(op, Op::Socket(SocketOp::Accept { .. })))?;
    // Not if the replay made the call: an implied accept shows nothing about a program.
    let told = connected.by != By::Implied && accepted.by != By::Implied;
    (told && connected.end < accepted.start).then(|| {
        language
            .pick(
                "connect returned before accept was called",
                "connect 在调用 accept 之前就已返回",
            )
            .to_owned()
    })
}

/// The sentence that a port was bound a second time, if that happened.
fn bound_again(part: &PartTrace, language: Language) -> Option<String> {
    let again = |call: &&Call| matches!(call.op, Op::Socket(SocketOp::Bind { again: true, .. }));
    let bound = part
        .calls
        .iter()
        .filter(again)
        .any(|call| call.fault.is_none());
    bound.then(|| {
        language
            .pick("the same port was bound again", "同一端口再次绑定成功")
            .to_owned()
    })
}

/// The calls that failed, each kind once.
fn faults(part: &PartTrace, language: Language) -> Vec<String> {
    let mut kinds: Vec<(String, u64)> = Vec::new();
    for call in &part.calls {
        let Some(fault) = call.fault else { continue };
        let said = format!("{} → {}", call_name(&call.op, language), fault.name());
        match kinds.iter_mut().find(|(kind, _)| *kind == said) {
            Some((_, count)) => *count += 1,
            None => kinds.push((said, 1)),
        }
    }
    let often = |(said, count): (String, u64)| {
        if count == 1 {
            said
        } else {
            let count = grouped(count);
            say!(language, "{said}, {count} times", "{said}，{count} 次")
        }
    };
    kinds.into_iter().map(often).collect()
}

/// The name of a call that can fail.
fn call_name(op: &Op, language: Language) -> String {
    let name = match op {
        Op::Socket(SocketOp::Bind { again: true, .. }) => {
            language.pick("bind to the same port", "再次 bind 同一端口")
        }
        Op::Socket(SocketOp::Bind { again: false, .. }) => "bind",
        Op::Socket(SocketOp::Listen) => "listen",
        Op::Socket(SocketOp::Connect { .. }) => "connect",
        Op::Socket(SocketOp::Accept { .. }) => "accept",
        Op::Data(DataOp::Send { asked, .. }) => {
            let asked = bytes(u64::from(*asked));
            return say!(language, "send of {asked}", "send {asked}");
        }
        Op::Data(DataOp::Recv { asked, .. }) => return format!("recv({asked})"),
        Op::Data(DataOp::Refuse { .. } | DataOp::Decoded { .. }) => {
            language.pick("refused", "拒绝")
        }
        Op::Script(ScriptOp::Wait(_)) => language.pick("wait", "等待"),
        Op::Script(ScriptOp::Reach(_) | ScriptOp::Pause | ScriptOp::Print(_)) => {
            language.pick("step", "步骤")
        }
        Op::Socket(SocketOp::Set(_)) => "setsockopt",
        Op::Socket(SocketOp::DropArriving(_)) => {
            language.pick("drop what arrives", "丢弃到达的数据")
        }
        Op::Socket(SocketOp::HalfClose) => "shutdown",
        Op::Socket(SocketOp::Close(_)) => "close",
    };
    name.to_owned()
}
