//! `sticky completions`: completions for a shell.

use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command, ValueEnum};
use clap_complete::Shell;

use super::arguments;
use super::failure::Failure;
use super::terminal::Terminal;
use crate::language::Language;

/// The command's arguments.
pub(super) fn command(language: Language) -> Command {
    let shells = Shell::value_variants()
        .iter()
        .filter_map(ValueEnum::to_possible_value);
    Command::new("completions")
        .about(language.pick("Print completions for a shell", "输出 shell 的补全脚本"))
        .override_usage(language.pick(
            "sticky completions [OPTIONS] <SHELL>",
            "sticky completions [选项] <SHELL>",
        ))
        .after_help(language.pick(
            "Examples:\n  \
             source <(sticky completions bash)\n  \
             sticky completions bash >> ~/.bash_completion",
            "示例：\n  \
             source <(sticky completions bash)\n  \
             sticky completions bash >> ~/.bash_completion",
        ))
        .arg(
            Arg::new("shell")
                .value_name("SHELL")
                .help("bash, elvish, fish, powershell, zsh")
                .required(true)
                .value_parser(PossibleValuesParser::new(shells))
                .hide_possible_values(true),
        )
}

/// Writes the script.
pub(super) fn run(matches: &ArgMatches, terminal: Terminal) -> Result<ExitCode, Failure> {
    let shell = matches
        .get_one::<String>("shell")
        .and_then(|name| Shell::from_str(name, false).ok());
    let mut script = Vec::new();
    if let Some(shell) = shell {
        // Into memory first: the generator panics where a pipe is closed.
        let mut command = arguments::command(terminal.language);
        clap_complete::generate(shell, &mut command, "sticky", &mut script);
    }
    terminal.data(|out| out.write_all(&script).map_err(Failure::stdout))?;
    Ok(ExitCode::SUCCESS)
}
