//! A scenario as two programs that a student can run in two terminals and change.
//!
//! [`Program`] makes a server or a client of one part of a scenario, in Python, C or
//! Rust: its steps one after another, as one would write them by hand, and only the
//! helpers that they call.
//!
//! Promises: what a program prints of each recv is what the replay's recv returned,
//! as far as the scenario determines it. Of a payload or a name nothing but a literal
//! or a comment can come. Pure: a scenario in, text out; nothing is run.
//!
//! # What a step becomes
//!
//! | step | in the program |
//! | --- | --- |
//! | bind, listen, accept, connect, send, recv, close … | the call itself; what recv returned is printed: the count, and the text or hex. A TCP server gets `SO_REUSEADDR`, so that it can be started again at once, unless the case is about that option |
//! | a payload of random bytes | a generator of three lines; not the bytes of the replay, but as many and always the same |
//! | `framing`, `decode` | an encoder or an exact reader of just that framing |
//! | wait for `queued` | a recv that peeks for that many bytes |
//! | wait for `acknowledged`, `segments`, `retransmitted`, `dropped` | the same counters of Linux, read until they are there |
//! | wait for `peer-closed`, `reset` | poll |
//! | `reach`, and wait for `reached` | one program prints the point, the other waits until you press Enter |
//! | `cork`, `more`, `drop-arriving` on TCP, with points between | the calls; Linux waits only some 200 ms, less than it takes to press Enter, and the head of the program says so |
//! | a wait that is over once the server listens | nothing: the client is started second |
//! | `fails` | the error is printed, and the program goes on |
//! | the deadline | none, but where a recv has to end by it |
//! | `total`, `intact`, `sha256` expected | the receiver prints how many bytes came in all, and their CRC-32, beside that of what is sent |
//!
//! What cannot be said in two terminals, or not with the standard library of a
//! language, is [`Unsupported`].

mod bytes;
mod c;
mod framed;
mod instruction;
mod notes;
mod options;
mod plan;
mod python;
mod rust;
mod sheet;
mod target;
mod unsupported;

pub use bytes::{crc32, noise};
pub use target::Target;
pub use unsupported::Unsupported;

use crate::language::Language;
use crate::scenario::{Scenario, Side};

use super::{escape, words};
use plan::Plan;

/// One program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Which of the two it is.
    pub side: Side,
    /// What to call its file: `server.py`, or `server-2.py` for the second of several parts.
    pub file_name: String,
    /// The whole text.
    pub text: String,
}

impl Program {
    /// The program of one side of a part, counted from 0.
    ///
    /// # Errors
    /// Where two terminals or the language cannot do what the part does.
    ///
    /// # Panics
    /// When there is no such part.
    pub fn new(
        scenario: &Scenario,
        part: usize,
        side: Side,
        target: Target,
        language: Language,
    ) -> Result<Self, Unsupported> {
        let plan = Plan::new(scenario, part, side, target, language)?;
        let heading: Vec<String> = heading(&plan).iter().map(|line| comment(line)).collect();
        let text = match target {
            Target::Python => python::program(&plan, &heading),
            Target::C => c::program(&plan, &heading),
            Target::Rust => rust::program(&plan, &heading),
        };
        Ok(Self {
            side,
            file_name: file_name(&plan),
            text,
        })
    }
}

fn file_name(plan: &Plan<'_>) -> String {
    format!("{}.{}", stem(plan), plan.target.extension())
}

fn stem(plan: &Plan<'_>) -> String {
    let side = plan.side.name();
    plan.number
        .map_or_else(|| side.to_owned(), |number| format!("{side}-{number}"))
}

/// The comment at the head: what this is, and how to run it.
fn heading(plan: &Plan<'_>) -> Vec<String> {
    let language = plan.language;
    let (file, stem) = (file_name(plan), stem(plan));
    let mut lines = vec![format!(
        "{}{}{}",
        plan.scenario.name,
        language.pick(": ", "："),
        plan.scenario.title(language)
    )];
    if let (Some(number), Some(label)) = (plan.number, &plan.part.label) {
        let label = label.get(language);
        lines.push(say!(
            language,
            "Part {number}: {label}",
            "第 {number} 部分：{label}"
        ));
    }
    let argument = if plan.is("unix") { "[PATH]" } else { "[PORT]" };
    let run = match plan.target {
        Target::Python => format!("python3 {file} {argument}"),
        Target::Rust => format!("rustc --edition 2024 {file} && ./{stem} {argument}"),
        Target::C => format!("cc -o {stem} {file} && ./{stem} {argument}"),
    };
    let side = words::side(language, plan.side);
    lines.push(match plan.side {
        Side::Server => say!(
            language,
            "The {side}, to be started first: {run}",
            "{side}，先启动：{run}"
        ),
        Side::Client => say!(
            language,
            "The {side}, started second, in another terminal: {run}",
            "{side}，后启动，用另一个终端：{run}"
        ),
    });
    if plan.in_a_hurry {
        let hurry = language.pick(
            [
                "By hand it can come out otherwise: what Linux holds back, or sends again, leaves",
                "after some 200 ms, sooner than you press Enter. `sticky run` is quick enough.",
            ],
            [
                "手动运行时结果可能不同：Linux 压住的、要重传的数据，大约 200 毫秒后就会发出，",
                "比按回车快。`sticky run` 足够快。",
            ],
        );
        lines.extend(hurry.map(str::to_owned));
    }
    lines
}

/// A text as it may stand in a comment of any language.
fn comment(text: &str) -> String {
    let text = escape::text(text).replace("*/", "* /").replace("/*", "/ *");
    // In C, a backslash at the end would make the next line a comment too.
    match text.strip_suffix('\\') {
        Some(_) => text + " ",
        None => text,
    }
}
