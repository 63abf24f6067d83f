//! `sticky help`: shows the help of a command.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};

use super::failure::Failure;
use super::terminal::{self, Terminal};
use super::{arguments, layout};
use crate::language::Language;

/// The names of the commands, in the order in which help lists them.
pub(super) fn names() -> [&'static str; 18] {
    arguments::COMMANDS.map(|(name, _)| name)
}

/// The command's arguments.
pub(super) fn command(language: Language) -> Command {
    Command::new("help")
        .about(language.pick("Print the help of a command", "显示某个命令的帮助"))
        .override_usage(language.pick(
            "sticky help [OPTIONS] [COMMAND]",
            "sticky help [选项] [命令]",
        ))
        .arg(
            Arg::new("command")
                .value_name(language.pick("COMMAND", "命令"))
                .help(names().join(language.pick(", ", "、")))
                .value_parser(PossibleValuesParser::new(names()))
                .hide_possible_values(true),
        )
}

/// Writes the help.
pub(super) fn run(matches: &ArgMatches, terminal: Terminal) -> Result<ExitCode, Failure> {
    let name = matches.get_one::<String>("command").map(String::as_str);
    write(name, terminal)
}

/// Writes the help of the command with this name, or of `sticky` itself.
pub(super) fn write(name: Option<&str>, terminal: Terminal) -> Result<ExitCode, Failure> {
    let mut command = chosen(name, terminal.language);
    let help = layout::help(&mut command, terminal.language, terminal::help_columns());
    terminal.data(|out| write!(out, "{help}").map_err(Failure::stdout))?;
    Ok(ExitCode::SUCCESS)
}

/// The name of the command that the arguments call, if there is one.
pub(super) fn called(given: &[OsString]) -> Option<&str> {
    let before = given.iter().map(|word| word.to_str());
    let mut words = before.take_while(|word| *word != Some("--")).flatten();
    words.find(|word| names().contains(word))
}

/// The command with this name, built and ready to describe itself; without a name, `sticky` itself.
pub(super) fn chosen(name: Option<&str>, language: Language) -> Command {
    let mut whole = arguments::command(language);
    // This gives every command the arguments that all of them take.
    whole.build();
    name.and_then(|name| whole.find_subcommand(name).cloned())
        .unwrap_or(whole)
}
