//! Runs the programs of `sticky code`: one test for each part of each case in each language, named
//! after it.
//!
//! The server is started, and the client once the server says that it listens. If a program asks
//! for Enter, it is pressed once the other program has printed what was asked for, as a student
//! would do. What both print is compared with the expectation of the case.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod judge;
mod made;
mod stage;
mod support;

use std::process::{Command, ExitCode, Stdio};

use libtest_mimic::{Arguments, Failed, Trial};
use sticky_packet::language::Language;
use sticky_packet::render::code::Target;
use sticky_packet::scenario::{Scenario, catalogue};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let cases: Vec<Scenario> = catalogue::embedded()
        .iter()
        .map(|case| case.read().unwrap())
        .collect();
    let mut trials = Vec::new();
    for target in Target::ALL {
        let name = target.name();
        let mut add = |test: String, run: Box<dyn FnOnce() -> Result<(), Failed> + Send>| {
            trials.push(Trial::test(format!("{name}::{test}"), run));
        };
        if !has_tool(target) {
            add(
                "skipped: its compiler or interpreter is missing".into(),
                Box::new(move || {
                    eprintln!(
                        "SKIPPED: no program in {name} was run, {} is missing",
                        tool(target)
                    );
                    Ok(())
                }),
            );
            continue;
        }
        for case in &cases {
            for part in 0..case.parts.len() {
                let label = match case.parts.len() {
                    1 => case.name.clone(),
                    _ => format!("{}#{}", case.name, part + 1),
                };
                let case = case.clone();
                add(label, Box::new(move || holds(&case, part, target)));
            }
        }
        for (label, case) in made::cases() {
            add(label, Box::new(move || holds(&case, 0, target)));
        }
    }
    trials.extend(support::trials(&cases));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// What turns a program into something that runs.
fn tool(target: Target) -> &'static str {
    match target {
        Target::Python => "python3",
        Target::Rust => "rustc",
        Target::C => "cc",
    }
}

fn has_tool(target: Target) -> bool {
    let called = Command::new(tool(target))
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    called.is_ok_and(|status| status.success())
}

/// Runs both programs of a part, and says what differs from what the case states.
fn holds(case: &Scenario, part: usize, target: Target) -> Result<(), Failed> {
    // That those without programs are the known ones is a test of its own.
    let Ok(programs) = support::programs(case, part, target, Language::English) else {
        return Ok(());
    };
    let said = stage::perform(&programs, target)?;
    let differences = judge::differences(&case.parts[part], &said);
    if differences.is_empty() {
        return Ok(());
    }
    Err(format!("{}\n{said}", differences.join("\n")).into())
}
