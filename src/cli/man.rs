//! `sticky man`: writes the manual page, in roff.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command};
use clap_mangen::Man;

use super::failure::Failure;
use super::layout;
use super::terminal::Terminal;
use crate::language::Language;

/// The command's arguments; `names` are those of all commands.
pub(super) fn command(language: Language, names: &[&'static str]) -> Command {
    Command::new("man")
        .about(language.pick("Print the manual page", "输出手册页"))
        .override_usage(language.pick("sticky man [OPTIONS] [COMMAND]", "sticky man [选项] [命令]"))
        .after_help(language.pick(
            "Example:\n  sticky man run | man -l -",
            "示例：\n  sticky man run | man -l -",
        ))
        .arg(
            Arg::new("command")
                .value_name(language.pick("COMMAND", "命令"))
                .help(language.pick("The page of one command", "某个命令的手册页"))
                .value_parser(PossibleValuesParser::new(names.iter().copied()))
                .hide_possible_values(true),
        )
}

/// Writes the page of a command.
pub(super) fn write(command: Command, terminal: Terminal) -> Result<ExitCode, Failure> {
    let page = page(command, terminal.language).map_err(Failure::stdout)?;
    terminal.data(|out| out.write_all(page.as_bytes()).map_err(Failure::stdout))?;
    Ok(ExitCode::SUCCESS)
}

/// The page of `command`, with its headings in `language`.
fn page(mut command: Command, language: Language) -> io::Result<String> {
    let usage = layout::usage(&mut command);
    let after = command.get_after_help().map(ToString::to_string);
    let has_subcommands = command.has_subcommands();
    let man = Man::new(command)
        .manual(language.pick("Commands", "命令"))
        .source(concat!("sticky ", env!("CARGO_PKG_VERSION")));
    let mut roff = Vec::new();
    man.render_title(&mut roff)?;
    man.render_name_section(&mut roff)?;
    heading(&mut roff, language.pick("SYNOPSIS", "用法"))?;
    writeln!(roff, "{}", usage.replace('-', "\\-"))?;
    man.render_description_section(&mut roff)?;
    man.render_options_section(&mut roff)?;
    if has_subcommands {
        man.render_subcommands_section(&mut roff)?;
    }
    if let Some(after) = after {
        heading(&mut roff, language.pick("NOTES", "附注"))?;
        write_notes(&mut roff, &after)?;
    }
    Ok(tidied(&String::from_utf8_lossy(&roff), language))
}

fn heading(roff: &mut Vec<u8>, heading: &str) -> io::Result<()> {
    writeln!(roff, ".SH {heading}")
}

/// Writes the notes: paragraphs are filled, examples stay as they are.
fn write_notes(roff: &mut Vec<u8>, notes: &str) -> io::Result<()> {
    for line in notes.lines() {
        let line = line.replace('-', "\\-");
        if layout::is_example(&line) {
            writeln!(roff, ".nf\n{line}\n.fi")?;
        } else if line.is_empty() {
            writeln!(roff, ".PP")?;
        } else {
            writeln!(roff, "{line}")?;
        }
    }
    Ok(())
}

/// Corrects what the generator writes itself: its headings in `language`, its preamble only once.
fn tidied(page: &str, language: Language) -> String {
    let headings = [
        (".SH NAME", language.pick(".SH NAME", ".SH 名称")),
        (
            ".SH DESCRIPTION",
            language.pick(".SH DESCRIPTION", ".SH 说明"),
        ),
        (".SH Commands", ".SH COMMANDS"),
    ];
    let mut tidied = String::with_capacity(page.len());
    for (index, line) in page.lines().enumerate() {
        let is_preamble = line.starts_with(".ie ") || line.starts_with(".el ");
        if is_preamble && index > 1 {
            continue;
        }
        let heading = headings.iter().find(|(written, _)| *written == line);
        tidied.push_str(heading.map_or(line, |(_, wanted)| wanted));
        tidied.push('\n');
    }
    tidied
}
