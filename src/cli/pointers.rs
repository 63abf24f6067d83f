//! Where to go from a case: its lesson, its steps, and what helps and what does not.
//!
//! Promises: names only what the scenario names, escaped.

use std::io::{self, Write};

use colored::Colorize;

use crate::diagnostic::paint;
use crate::language::Language;
use crate::render::{escape, wrapped};
use crate::scenario::Scenario;
use crate::scenario::catalogue::{self, Embedded};

/// The indentation of the pointers under a drawing, in columns.
const INDENT: usize = 2;

/// Writes the pointers under the drawing of a case that a lesson or a link says more about.
/// `case` is the case as the user would name it again.
pub(super) fn write(
    scenario: &Scenario,
    case: &str,
    language: Language,
    columns: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    if scenario.lesson.is_none() && scenario.see.iter().next().is_none() {
        return Ok(());
    }
    let mut lines = vec![say!(
        language,
        "Why: sticky explain {case}; step by step: sticky run {case} --step",
        "为什么：sticky explain {case}；逐步看：sticky run {case} --step"
    )];
    let known = catalogue::embedded();
    let mut lists = lists(scenario, language);
    if scenario.see.cure.len() + scenario.see.false_cure.len() > 0 {
        // What to compare with is told by the lesson.
        lists.retain(|(_, names)| *names != scenario.see.compare.as_slice());
    }
    let named: Vec<_> = lists
        .into_iter()
        .map(|(heading, names)| {
            let names: Vec<_> = names.iter().map(|name| short(name, &known)).collect();
            let names = names.join(language.pick(", ", "、"));
            say!(language, "{heading}: {names}.", "{heading}：{names}。")
        })
        .collect();
    if !named.is_empty() {
        lines.push(named.join(language.pick(" ", "")));
    }
    for line in lines {
        for part in wrapped(&line, columns.saturating_sub(INDENT)) {
            writeln!(out, "{:INDENT$}{part}", "")?;
        }
    }
    Ok(())
}

/// A name as short as the catalogue takes it: without its chapter where no other case has the rest.
fn short(name: &str, known: &[Embedded]) -> String {
    let last = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
    let rest = last(name);
    let same = known.iter().filter(|case| last(&case.name) == rest).count();
    escape::text(if same == 1 { &rest } else { name })
}

/// Writes the cases to look at next, one to a line with its title, under the lesson.
pub(super) fn write_list(
    scenario: &Scenario,
    language: Language,
    columns: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let known = catalogue::embedded();
    let title = |name: &str| {
        let case = known.iter().find(|case| case.name == name)?;
        let case = case.read().ok()?;
        Some(case.title(language).to_owned())
    };
    for (heading, names) in lists(scenario, language) {
        writeln!(out, "\n{}", paint(heading.bold()))?;
        for name in names {
            let shown = escape::text(name);
            let rest = title(name).map_or_else(String::new, |title| format!("  {title}"));
            for (index, part) in wrapped(&format!("{shown}{rest}"), columns.saturating_sub(4))
                .iter()
                .enumerate()
            {
                let indent = if index == 0 { INDENT } else { 2 * INDENT };
                writeln!(out, "{:indent$}{part}", "")?;
            }
        }
    }
    Ok(())
}

/// The lists of a case that name anything, each under its heading.
fn lists(scenario: &Scenario, language: Language) -> Vec<(&'static str, &[String])> {
    let see = &scenario.see;
    let all = [
        (language.pick("Helps", "有效的办法"), &see.cure),
        (
            language.pick("Does not help", "无效的办法"),
            &see.false_cure,
        ),
        (language.pick("Compare", "对照"), &see.compare),
    ];
    let named = all.into_iter().filter(|(_, names)| !names.is_empty());
    named
        .map(|(heading, names)| (heading, names.as_slice()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::read::read_own;

    fn under(case: &str, given: &str, language: Language) -> String {
        let scenario = catalogue::select(&[case.to_owned()]).unwrap().remove(0);
        let mut out = Vec::new();
        write(&scenario, given, language, 80, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_case_ends_in_its_lesson_its_steps_and_the_cures() {
        assert_eq!(
            under("sticky/back-to-back", "back-to-back", Language::English),
            "  Why: sticky explain back-to-back; step by step: sticky run back-to-back --step\n  \
             Helps: 3-struct-every-message. Does not help: nodelay, sleep-between-sends.\n"
        );
        assert_eq!(
            under("sticky/back-to-back", "back", Language::Chinese),
            "  为什么：sticky explain back；逐步看：sticky run back --step\n  \
             有效的办法：3-struct-every-message。无效的办法：nodelay、sleep-between-sends。\n"
        );
        // Two cases are called one-shot.
        let compares = under("tcp/one-shot", "tcp/one-shot", Language::English);
        assert!(
            compares.contains("Compare: udp/one-shot, short-read."),
            "{compares}"
        );
    }

    #[test]
    fn a_file_that_says_no_more_has_no_pointers() {
        let steps = b"[server]\nsteps = [{ send = \"a\" }]\n[client]\nsteps = [{ recv = 1 }]\n";
        let scenario = read_own("mine", "mine.toml", steps).unwrap();
        let mut out = Vec::new();
        write(&scenario, "mine.toml", Language::English, 80, &mut out).unwrap();
        assert!(out.is_empty());
    }
}
