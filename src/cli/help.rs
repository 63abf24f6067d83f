//! `sticky help`: shows the help of a command.

use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command};

use super::failure::Failure;
use super::layout;
use super::terminal::{self, Terminal};
use crate::language::Language;

/// The command's arguments; `names` are those of all commands.
pub(super) fn command(language: Language, names: &[&'static str]) -> Command {
    Command::new("help")
        .about(language.pick("Print the help of a command", "显示某个命令的帮助"))
        .override_usage(language.pick(
            "sticky help [OPTIONS] [COMMAND]",
            "sticky help [选项] [命令]",
        ))
        .arg(
            Arg::new("command")
                .value_name(language.pick("COMMAND", "命令"))
                .help(names.join(language.pick(", ", "、")))
                .value_parser(PossibleValuesParser::new(names.iter().copied()))
                .hide_possible_values(true),
        )
}

/// Writes the help of a command.
pub(super) fn write(mut command: Command, terminal: Terminal) -> Result<ExitCode, Failure> {
    let help = layout::help(&mut command, terminal.language, terminal::help_columns());
    terminal.data(|out| write!(out, "{help}").map_err(Failure::stdout))?;
    Ok(ExitCode::SUCCESS)
}
