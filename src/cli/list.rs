//! `sticky list`: lists the cases by chapter.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use colored::Colorize;

use super::failure::Failure;
use super::terminal::{self, Terminal};
use crate::diagnostic::paint;
use crate::language::Language;
use crate::render::{escape, wrapped};
use crate::scenario::{Scenario, catalogue};

/// The fewest columns to which a title is wrapped.
const NARROWEST_TITLE: usize = 20;

/// The command's arguments.
pub(super) fn command(language: Language) -> Command {
    Command::new("list")
        .about(language.pick("List the cases by chapter", "按章节列出用例"))
        .override_usage(language.pick("sticky list [OPTIONS]", "sticky list [选项]"))
        .after_help(language.pick(
            "Example:\n  sticky list --names",
            "示例：\n  sticky list --names",
        ))
        .arg(
            Arg::new("names")
                .long("names")
                .help(language.pick(
                    "Only the names, one on each line, for scripts",
                    "只列名称，每行一个，供脚本使用",
                ))
                .action(ArgAction::SetTrue),
        )
}

/// Writes the catalogue.
pub(super) fn run(matches: &ArgMatches, terminal: Terminal) -> Result<ExitCode, Failure> {
    let scenarios = catalogue::all().map_err(Failure::Select)?;
    terminal.data(|out| {
        let written = if matches.get_flag("names") {
            scenarios
                .iter()
                .try_for_each(|scenario| writeln!(out, "{}", scenario.name))
        } else {
            list(&scenarios, terminal, out)
        };
        written.map_err(Failure::stdout)
    })?;
    Ok(ExitCode::SUCCESS)
}

fn list(scenarios: &[Scenario], terminal: Terminal, out: &mut dyn Write) -> io::Result<()> {
    let language = terminal.language;
    let split = |scenario: &Scenario| {
        let (chapter, name) = scenario
            .name
            .split_once('/')
            .unwrap_or(("", &scenario.name));
        (chapter.to_owned(), name.to_owned())
    };
    let widest = scenarios
        .iter()
        .map(|scenario| escape::width(&split(scenario).1))
        .max()
        .unwrap_or(0);
    let mut open = None;
    for scenario in scenarios {
        let (chapter, name) = split(scenario);
        if open.as_ref() != Some(&chapter) {
            if open.is_some() {
                writeln!(out)?;
            }
            let about = chapter_in_words(&chapter, language);
            writeln!(out, "{}{about}", paint(chapter.bold()))?;
            open = Some(chapter);
        }
        let gap = " ".repeat(widest - escape::width(&name));
        let mark = if scenario.is_documented() { "*" } else { " " };
        let indent = widest + "    * ".len() - 1;
        // Wrapped for a person; one line for each case if a program reads it.
        let room = terminal::columns_to_fit().map_or(usize::MAX, |columns| {
            columns.saturating_sub(indent).max(NARROWEST_TITLE)
        });
        let title = wrapped(scenario.title(language), room);
        let mut lines = title.iter();
        let first = lines.next().map_or("", String::as_str);
        writeln!(
            out,
            "  {}{gap} {} {first}",
            paint(name.cyan()),
            paint(mark.dimmed())
        )?;
        for line in lines {
            writeln!(out, "{:indent$}{line}", "")?;
        }
    }
    writeln!(out)?;
    let mark = language.pick(
        "* replays a section of the notes literally; `sticky run` alone runs these",
        "* 逐字重放笔记中的一节；直接 `sticky run` 运行的就是这些",
    );
    let columns = terminal::columns_to_fit().unwrap_or(usize::MAX);
    for line in wrapped(mark, columns) {
        writeln!(out, "{}", paint(line.dimmed()))?;
    }
    Ok(())
}

/// The subject of a chapter, shown after its name; empty for an unknown chapter.
fn chapter_in_words(chapter: &str, language: Language) -> &'static str {
    match chapter {
        "tcp" => language.pick(": a conversation over TCP", "：用 TCP 对话"),
        "sticky" => language.pick(": where messages stick together", "：消息在哪里黏到一起"),
        "partial" => language.pick(": messages that arrive in pieces", "：消息分几次到达"),
        "fixes" => language.pick(
            ": the length in front, done half and done right",
            "：先发长度，半对的与全对的做法",
        ),
        "when" => language.pick(": when it matters", "：什么时候要紧"),
        "udp" => language.pick(": a conversation over UDP", "：用 UDP 对话"),
        "compare" => language.pick(": side by side", "：两相对照"),
        "ending" => language.pick(": how a conversation ends", "：对话怎样结束"),
        "loss" => language.pick(": what gets lost on the way", "：途中丢失了什么"),
        _ => "",
    }
}
