//! `sticky explain`: the lesson of a case.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};
use colored::Colorize;

use super::failure::Failure;
use super::terminal::{self, Terminal};
use super::{candidates, pointers};
use crate::diagnostic::{paint, shell};
use crate::language::Language;
use crate::render::{escape, wrapped};
use crate::scenario::{Scenario, catalogue};

/// The greatest width at which prose is easy to read, in columns.
const WIDEST_PROSE: usize = 88;

/// The command's arguments.
pub(super) fn command(language: Language) -> Command {
    Command::new("explain")
        .about(language.pick(
            "Show the lesson of a case: what happens, and why",
            "讲解用例：发生了什么，为什么",
        ))
        .override_usage(language.pick(
            "sticky explain [OPTIONS] <CASE>",
            "sticky explain [选项] <用例>",
        ))
        .after_help(language.pick(
            "Example:\n  sticky explain back-to-back",
            "示例：\n  sticky explain back-to-back",
        ))
        .arg(
            Arg::new("case")
                .value_name(language.pick("CASE", "用例"))
                .help(language.pick(
                    "A name, or the path of a file or folder",
                    "用例名，或文件、文件夹的路径",
                ))
                .required(true)
                .add(candidates::cases(language)),
        )
}

/// Writes the lessons.
pub(super) fn run(matches: &ArgMatches, terminal: Terminal) -> Result<ExitCode, Failure> {
    let given: Vec<String> = matches
        .get_one::<String>("case")
        .cloned()
        .into_iter()
        .collect();
    let scenarios = catalogue::select(&given).map_err(Failure::Select)?;
    terminal.data(|out| {
        for (index, scenario) in scenarios.iter().enumerate() {
            if index > 0 {
                writeln!(out).map_err(Failure::stdout)?;
            }
            explain(scenario, given.first(), terminal, out).map_err(Failure::stdout)?;
        }
        Ok(ExitCode::SUCCESS)
    })
}

fn explain(
    scenario: &Scenario,
    given: Option<&String>,
    terminal: Terminal,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let language = terminal.language;
    let columns = terminal::columns().min(WIDEST_PROSE);
    for line in wrapped(scenario.title(language), columns) {
        writeln!(out, "{}", paint(line.bold()))?;
    }
    let name = escape::text(&scenario.name);
    let place = match &scenario.section {
        Some(section) => {
            let bears = if section.replayed {
                language.pick("replays: ", "重放：")
            } else {
                language.pick("about: ", "涉及：")
            };
            format!("{} · {bears}{}", scenario.name, section.heading)
        }
        None => scenario.name.clone(),
    };
    for line in wrapped(&place, columns) {
        writeln!(out, "{}", paint(line.dimmed()))?;
    }
    if let Some(lesson) = &scenario.lesson {
        writeln!(out)?;
        for line in wrapped(lesson.get(language), columns) {
            writeln!(out, "{line}")?;
        }
    }
    pointers::write_list(scenario, language, columns, out)?;
    // A path is repeated as it was given; a name is repeated in full.
    let again = given
        .filter(|given| {
            Path::new(given)
                .extension()
                .is_some_and(|end| end == "toml")
        })
        .map_or(name, |path| escape::text(&shell::word(path)));
    let see = language.pick("See it happen: ", "亲自运行看看：");
    writeln!(
        out,
        "\n{see}{}",
        paint(format!("sticky run {again}").cyan())
    )
}
