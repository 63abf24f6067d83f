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
use sticky_packet::scenario::{Scenario, Side, catalogue};

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
        for name in ["tcp/loop", "ending/before-accept", "sticky/back-to-back"] {
            let case = cases.iter().find(|case| case.name == name).unwrap().clone();
            let run = move || runs_again(&case, target);
            add(format!("{name} twice in a row"), Box::new(run));
        }
        for (label, case) in made::cases() {
            add(label, Box::new(move || holds(&case, 0, target)));
        }
    }
    trials.extend(support::trials(&cases));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The tool that runs or builds a program.
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

/// Runs both programs twice in a row at one port: what the first run leaves in `TIME_WAIT`
/// must not stop the second.
fn runs_again(case: &Scenario, target: Target) -> Result<(), Failed> {
    let programs = support::programs(case, 0, target, Language::English)
        .map_err(|why| why.in_words(Language::English))?;
    let said = stage::perform(&programs, target, "0")?;
    let port = said.by(Side::Server).iter();
    let mut port = port.filter_map(|line| line.strip_prefix("listening on 127.0.0.1:"));
    let port = port.next_back().ok_or("the server said no port")?;
    let said = stage::perform(&programs, target, port)?;
    let differences = judge::differences(&case.parts[0], &said);
    if differences.is_empty() {
        return Ok(());
    }
    Err(format!("{}\n{said}", differences.join("\n")).into())
}

/// Runs both programs of a part, and returns how they differ from the expectation.
fn holds(case: &Scenario, part: usize, target: Target) -> Result<(), Failed> {
    // Another test checks which cases have no programs.
    let Ok(programs) = support::programs(case, part, target, Language::English) else {
        return Ok(());
    };
    let said = stage::perform(&programs, target, "0")?;
    let differences = judge::differences(&case.parts[part], &said);
    if differences.is_empty() {
        return Ok(());
    }
    Err(format!("{}\n{said}", differences.join("\n")).into())
}
