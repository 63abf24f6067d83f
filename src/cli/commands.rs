//! The commands, one row each, and the arguments of `sticky` itself.
//!
//! Promises: the parser's own help texts are English, so none of them is used. Headings, defaults
//! and possible values are written here in both languages.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::failure::Failure;
use super::terminal::Terminal;
use super::{
    chat, check, claims, code, completions, decode, explain, help, list, man, new, odds, quiz,
    report, run, shake, show, r#try,
};
use crate::language::Language;

/// One command.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// Its name.
    pub(super) name: &'static str,
    /// Builds its arguments in a language.
    command: fn(Language) -> Command,
    /// Runs it.
    pub(super) run: fn(&ArgMatches, Terminal) -> Result<ExitCode, Failure>,
    /// Whether its status 1 means that a replay was not as expected.
    pub(super) replays: bool,
}

/// The commands, in the order in which help lists them.
const COMMANDS: [Row; 18] = [
    Row {
        name: "run",
        command: run::command,
        run: run::run,
        replays: true,
    },
    Row {
        name: "try",
        command: r#try::command,
        run: r#try::run,
        replays: false,
    },
    Row {
        name: "chat",
        command: chat::command,
        run: chat::run,
        replays: false,
    },
    Row {
        name: "check",
        command: check::command,
        run: check::run,
        replays: true,
    },
    Row {
        name: "claims",
        command: claims::command,
        run: claims::run,
        replays: true,
    },
    Row {
        name: "odds",
        command: odds::command,
        run: odds::run,
        replays: false,
    },
    Row {
        name: "list",
        command: list::command,
        run: list::run,
        replays: false,
    },
    Row {
        name: "explain",
        command: explain::command,
        run: explain::run,
        replays: false,
    },
    Row {
        name: "show",
        command: show::command,
        run: show::run,
        replays: false,
    },
    Row {
        name: "report",
        command: report::command,
        run: report::run,
        replays: false,
    },
    Row {
        name: "decode",
        command: decode::command,
        run: decode::run,
        replays: false,
    },
    Row {
        name: "shake",
        command: shake::command,
        run: shake::run,
        replays: true,
    },
    Row {
        name: "code",
        command: code::command,
        run: code::run,
        replays: false,
    },
    Row {
        name: "new",
        command: new::command,
        run: new::run,
        replays: false,
    },
    Row {
        name: "quiz",
        command: quiz::command,
        run: quiz::run,
        replays: false,
    },
    Row {
        name: "completions",
        command: completions::command,
        run: completions::run,
        replays: false,
    },
    Row {
        name: "man",
        command: man_command,
        run: run_man,
        replays: false,
    },
    Row {
        name: "help",
        command: help_command,
        run: run_help,
        replays: false,
    },
];

/// The command with this name.
pub(super) fn named(name: &str) -> Option<Row> {
    COMMANDS.into_iter().find(|row| row.name == name)
}

/// The names of the commands, in the order in which help lists them.
pub(super) fn names() -> [&'static str; 18] {
    COMMANDS.map(|row| row.name)
}

/// The name of the command that the arguments call, if there is one.
pub(super) fn called(given: &[OsString]) -> Option<&str> {
    let before = given.iter().map(|word| word.to_str());
    let mut words = before.take_while(|word| *word != Some("--")).flatten();
    words.find(|word| names().contains(word))
}

/// The command with this name, built and ready to describe itself; without a name, `sticky` itself.
pub(super) fn described(name: Option<&str>, language: Language) -> Command {
    let mut whole = command(language);
    // This gives every command the arguments that all of them take.
    whole.build();
    name.and_then(|name| whole.find_subcommand(name).cloned())
        .unwrap_or(whole)
}

fn help_command(language: Language) -> Command {
    help::command(language, &names())
}

fn run_help(matches: &ArgMatches, terminal: Terminal) -> Result<ExitCode, Failure> {
    help::write(asked_for(matches, terminal.language), terminal)
}

fn man_command(language: Language) -> Command {
    man::command(language, &names())
}

fn run_man(matches: &ArgMatches, terminal: Terminal) -> Result<ExitCode, Failure> {
    man::write(asked_for(matches, terminal.language), terminal)
}

/// The command that `help` or `man` is asked for.
fn asked_for(matches: &ArgMatches, language: Language) -> Command {
    let name = matches.get_one::<String>("command").map(String::as_str);
    described(name, language)
}

/// The whole command with all its subcommands.
pub(super) fn command(language: Language) -> Command {
    command_with(language, |_| true)
}

/// The command with only the subcommands that these arguments can call. The others have just a
/// name, which takes a tenth of the time to build.
pub(super) fn command_for(language: Language, given: &[OsString]) -> Command {
    command_with(language, |name| given.iter().any(|word| word == name))
}

fn command_with(language: Language, is_called: impl Fn(&str) -> bool) -> Command {
    let command = Command::new("sticky")
        .version(env!("CARGO_PKG_VERSION"))
        .about(language.pick(
            "Why did two sends arrive as one recv?\n\
             A real client and a real server on loopback, every byte accounted for.",
            "两次 send，为什么一次 recv 就全收到了？\n\
             真实的客户端与服务端，走本机回环；每个字节都有交代。",
        ))
        .override_usage(language.pick("sticky [OPTIONS] [COMMAND]", "sticky [选项] [命令]"))
        .subcommand_help_heading(language.pick("Commands", "命令"))
        .disable_help_subcommand(true)
        .propagate_version(true)
        .after_help(language.pick(
            "The cases come from a set of Chinese notes on TCP, UDP and sticky packets, written for \
             Python beginners; *documented* are those that replay a section of these notes.\n\n\
             `sticky help COMMAND` explains a command. Exit status: 0 as expected, \
             1 an expectation does not hold, 2 wrong usage or a bad file.",
            "用例出自一份面向 Python 初学者的中文笔记，内容是 TCP、UDP 与黏包；\
             所谓“文档中的用例”，就是重放这份笔记某一节的用例。\n\n\
             `sticky help 命令` 查看某个命令的说明。退出状态：0 符合预期，\
             1 有预期不成立，2 用法错误或文件有误。",
        ))
        .args(everywhere(language));
    let command = COMMANDS
        .into_iter()
        .map(|row| {
            if is_called(row.name) {
                (row.command)(language)
            } else {
                Command::new(row.name)
            }
        })
        .fold(command, Command::subcommand);
    spoken(command, language)
}

/// The options that every command takes.
fn everywhere(language: Language) -> [Arg; 5] {
    let heading = language.pick("Options of every command", "所有命令通用的选项");
    [
        Arg::new("lang")
            .long("lang")
            .value_name(language.pick("LANG", "语言"))
            .help(language.pick(
                "en or zh [default: the locale's, else en]",
                "en 或 zh [默认：随系统语言，否则 en]",
            ))
            .value_parser(PossibleValuesParser::new(["en", "zh"]))
            .hide_possible_values(true),
        Arg::new("color")
            .long("color")
            .value_name(language.pick("WHEN", "时机"))
            .help(language.pick(
                "auto, always or never [default: auto]",
                "auto、always 或 never [默认：auto]",
            ))
            .value_parser(PossibleValuesParser::new(["auto", "always", "never"]))
            .default_value("auto")
            .hide_default_value(true)
            .hide_possible_values(true),
        Arg::new("quiet")
            .short('q')
            .long("quiet")
            .help(language.pick(
                "Only data and errors, no notes",
                "只输出数据和错误，不输出附注",
            ))
            .action(ArgAction::SetTrue),
        Arg::new("help")
            .short('h')
            .long("help")
            .help(language.pick("Print this help", "显示本帮助"))
            .action(ArgAction::Help),
        Arg::new("version")
            .short('V')
            .long("version")
            .help(language.pick("Print the version", "显示版本"))
            .action(ArgAction::Version),
    ]
    .map(|arg| arg.global(true).help_heading(heading))
}

/// Replaces the parser's fixed texts, in every command.
fn spoken(command: Command, language: Language) -> Command {
    command
        .disable_help_flag(true)
        .disable_version_flag(true)
        .args_override_self(true)
        .mut_args(|arg| {
            // A number out of bounds gets an error with the bounds, also when it is negative.
            let takes_value = !arg.is_positional() && arg.get_action().takes_values();
            let arg = arg.allow_negative_numbers(takes_value);
            let heading = if arg.is_positional() {
                language.pick("Arguments", "参数")
            } else {
                language.pick("Options", "选项")
            };
            match arg.get_help_heading() {
                Some(_) => arg,
                None => arg.help_heading(heading),
            }
        })
        .mut_subcommands(|command| spoken(command, language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_of_commands_is_sound_in_both_languages() {
        command(Language::English).debug_assert();
        command(Language::Chinese).debug_assert();
    }

    #[test]
    fn each_row_has_the_name_of_its_command() {
        for row in COMMANDS {
            assert_eq!((row.command)(Language::English).get_name(), row.name);
        }
    }
}
