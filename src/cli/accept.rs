//! `sticky check FILE --accept`: a file of one's own states what came.
//!
//! Promises: what is written held in ten replays more; nothing is written otherwise, nor
//! where the file already states it.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::ArgMatches;

use super::failure::Failure;
use super::status::NOT_AS_EXPECTED;
use super::terminal::Terminal;
use super::{arguments, file};
use crate::analysis::{self, Analysis};
use crate::diagnostic::shell;
use crate::language::Language;
use crate::render::accept::accept;
use crate::render::{escape, words};
use crate::replay::Stage;
use crate::scenario::read::read_own;
use crate::scenario::{Expectation, Receives, Scenario, catalogue};
use crate::trace::Trace;

/// How often what is stated has to hold before it is written.
const PROOFS: u32 = 10;

/// Compares each file as `check` does, then has it state what came.
pub(super) fn run(matches: &ArgMatches, terminal: Terminal) -> Result<ExitCode, Failure> {
    let language = terminal.language;
    let files = arguments::given_cases(matches);
    if files.is_empty() {
        return Err(not_a_file(None, language));
    }
    if let Some(other) = files.iter().find(|file| !Path::new(file).is_file()) {
        return Err(not_a_file(Some(other), language));
    }
    // For each file, because a file that is named twice is read once.
    let scenarios = catalogue::select_each(&files).map_err(Failure::Select)?;
    let mut stage = Stage::with_deadline(arguments::given_deadline(matches));
    let mut status = ExitCode::SUCCESS;
    let named = files.iter().zip(&scenarios);
    for (file, scenario) in
        named.flat_map(|(path, cases)| cases.iter().map(move |case| (path, case)))
    {
        let trace = Failure::unless_machine(stage.replay(scenario))?;
        let seen = analysis::analyse(&trace);
        terminal.data(|out| {
            let written = write_differences(&trace, &seen, language, out);
            written.map_err(Failure::stdout)
        })?;
        let source = fs::read_to_string(file).map_err(|error| Failure::Input {
            file: file.into(),
            error,
        })?;
        let shown = shell::word(file);
        let note = match stating(&source, scenario, (&trace, &seen), &mut stage)? {
            Stated::Nothing => {
                status = NOT_AS_EXPECTED.into();
                say!(
                    language,
                    "{shown} is as it was: what came is left to chance; wait for something that can be observed, such as {{ wait = {{ queued = 30 }} }}",
                    "{shown} 未改动：结果由时机决定；请等待能观察到的状态，例如 {{ wait = {{ queued = 30 }} }}"
                )
            }
            Stated::Differs(failed) => {
                status = NOT_AS_EXPECTED.into();
                say!(
                    language,
                    "{shown} is as it was: with what came stated, {failed} of {PROOFS} replays still differ; take out what is left to chance by hand",
                    "{shown} 未改动：写入结果后重放 {PROOFS} 次，仍有 {failed} 次不符；请手工去掉由时机决定的预期"
                )
            }
            Stated::Text(text) if text == source => say!(
                language,
                "{shown} states what came already",
                "{shown} 写明的就是实际结果，无须改动"
            ),
            Stated::Text(text) => {
                file::write_text(Path::new(file), &text)?;
                say!(
                    language,
                    "{shown} states what came",
                    "已把实际结果写入 {shown}"
                )
            }
        };
        terminal.note(note);
    }
    Ok(status)
}

/// What the file states and what came instead, before anything is changed.
fn write_differences(
    trace: &Trace,
    seen: &Analysis,
    language: Language,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (part, seen) in trace.parts.iter().zip(&seen.parts) {
        if seen.differences.is_empty() {
            continue;
        }
        let label = part.label.as_ref().map_or("", |label| label.get(language));
        writeln!(out, "{}", escape::text(&format!("{} {label}", trace.name)))?;
        for difference in &seen.differences {
            for (index, line) in words::difference(language, difference).iter().enumerate() {
                writeln!(out, "{:1$}{line}", "", if index == 0 { 2 } else { 4 })?;
            }
        }
    }
    Ok(())
}

/// A file's text with what came in it, or why there is none.
pub(super) enum Stated {
    /// The scripts decide nothing of what came.
    Nothing,
    /// So many of [`PROOFS`] replays did not come out as then stated.
    Differs(u32),
    /// The text.
    Text(String),
}

/// The text of a file, stating what came of its scenario in this trace and was found in it.
pub(super) fn stating(
    source: &str,
    scenario: &Scenario,
    (trace, seen): (&Trace, &Analysis),
    stage: &mut Stage,
) -> Result<Stated, Failure> {
    let parts = scenario.parts.iter().zip(&trace.parts).zip(&seen.parts);
    let expects: Vec<_> = parts
        .map(|((part, came), seen)| analysis::stated(part, came, seen))
        .collect();
    let nothing = Receives::default();
    let states_something =
        |expect: &Expectation| expect.server != nothing || expect.client != nothing;
    let text = match accept(source, &expects) {
        Some(text) if expects.iter().any(states_something) => text,
        Some(_) | None => return Ok(Stated::Nothing),
    };
    let scenario =
        read_own(&scenario.name, &scenario.name, text.as_bytes()).map_err(Failure::File)?;
    let mut failed = 0;
    for _ in 0..PROOFS {
        let trace = Failure::unless_machine(stage.replay(&scenario))?;
        failed += u32::from(!analysis::analyse(&trace).as_expected());
    }
    Ok(if failed == 0 {
        Stated::Text(text)
    } else {
        Stated::Differs(failed)
    })
}

fn not_a_file(got: Option<&str>, language: Language) -> Failure {
    let message = match got {
        Some(got) => say!(
            language,
            "--accept writes into files of your own, and `{got}` is none",
            "--accept 只写入自己的文件，而 `{got}` 不是文件"
        ),
        None => say!(
            language,
            "--accept writes into files of your own, and none is named",
            "--accept 只写入自己的文件，而这里没有指定文件"
        ),
    };
    Failure::Usage {
        message,
        help: say!(
            language,
            "name the file: `sticky check mine.toml --accept`; `sticky new` begins one",
            "写出文件：`sticky check mine.toml --accept`；`sticky new` 可以新建一个"
        ),
    }
}
