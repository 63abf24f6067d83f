//! `sticky completions`: command-line completions for a shell.
//!
//! The script that a shell reads is a few lines that call `sticky` again for every completion
//! ([`answer`]). So the completions always match this `sticky`, including the names of its cases,
//! and are the same in every shell.
//!
//! Promises: an answer opens no socket and replays nothing. Without the script's environment
//! variable there is no answer. A new `sticky` may change how the script and the answer
//! communicate, so each shell should load the script when it starts, not from a saved file.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};
use clap_complete::env::{CompleteEnv, Shells};

use super::failure::Failure;
use super::language;
use super::status::USAGE;
use super::terminal::Terminal;
use crate::language::Language;

/// The environment variable with which the script names its shell.
const ASKS: &str = "STICKY_COMPLETE";

/// The command's arguments.
pub(super) fn command(language: Language) -> Command {
    Command::new("completions")
        .about(language.pick("Print completions for a shell", "输出 shell 的补全脚本"))
        .override_usage(language.pick(
            "sticky completions [OPTIONS] <SHELL>",
            "sticky completions [选项] <SHELL>",
        ))
        .after_help(language.pick(
            "Options, their values and the names of cases, as this sticky knows them. The line \
             belongs in ~/.bashrc, in ~/.zshrc (behind compinit) or in \
             ~/.config/fish/config.fish.\n\n\
             Examples:\n  \
             source <(sticky completions bash)\n  \
             source <(sticky completions zsh)\n  \
             sticky completions fish | source",
            "补全选项、选项的取值和用例名，都以当前的 sticky 为准。把对应的一行写入 ~/.bashrc、\
             ~/.zshrc（放在 compinit 之后）或 ~/.config/fish/config.fish。\n\n\
             示例：\n  \
             source <(sticky completions bash)\n  \
             source <(sticky completions zsh)\n  \
             sticky completions fish | source",
        ))
        .arg(
            Arg::new("shell")
                .value_name("SHELL")
                .help(language.pick(
                    "bash, elvish, fish, powershell, zsh",
                    "bash、elvish、fish、powershell、zsh",
                ))
                .required(true)
                .value_parser(PossibleValuesParser::new(Shells::builtins().names()))
                .hide_possible_values(true),
        )
}

/// Writes the script.
pub(super) fn run(matches: &ArgMatches, terminal: Terminal) -> Result<ExitCode, Failure> {
    let shells = Shells::builtins();
    let shell = matches
        .get_one::<String>("shell")
        .and_then(|name| shells.completer(name));
    let mut script = Vec::new();
    if let Some(shell) = shell {
        shell
            .write_registration(ASKS, "sticky", "sticky", "sticky", &mut script)
            .map_err(Failure::stdout)?;
    }
    terminal.data(|out| out.write_all(&script).map_err(Failure::stdout))?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the completions that a shell's script asks for; `None` if no script asks. `command` is
/// `sticky` with all its commands.
pub(super) fn answer(
    arguments: &[OsString],
    locale: Option<&str>,
    command: impl Fn(Language) -> Command,
) -> Option<ExitCode> {
    let asks = std::env::var(ASKS).ok()?;
    Shells::builtins().completer(&asks)?;
    // After `--` comes the line so far; its first word is the name of the command itself.
    let end = arguments.iter().position(|argument| argument == "--")?;
    let given = arguments.get(end + 2..)?;
    let language = language::choose(given, locale);
    let answered = CompleteEnv::with_factory(|| command(language))
        .var(ASKS)
        .try_complete(arguments, std::env::current_dir().ok().as_deref());
    // A shell does not show errors here; it only needs to know that there is no answer.
    Some(answered.map_or(USAGE.into(), |_| ExitCode::SUCCESS))
}
