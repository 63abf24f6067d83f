//! The command-line arguments: the command itself, the options that every command takes, and
//! argument types that commands share.
//!
//! Promises: the parser's own help texts are English, so none of them is used. Headings, defaults
//! and possible values are written here in both languages.

use std::ffi::OsString;
use std::time::Duration;

use anstream::ColorChoice;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::failure::Failure;
use super::{
    chat, check, claims, code, completions, decode, explain, help, list, man, new, odds, quiz,
    report, run, shake, show, r#try,
};
use crate::framing::{Framing, UnknownFraming};
use crate::language::Language;
use crate::render::escape;
use crate::scenario::suggest::near;
use crate::scenario::{Scenario, catalogue};

/// Builds a command in a language.
type Make = fn(Language) -> Command;

/// The commands, in the order in which help lists them.
pub(super) const COMMANDS: [(&str, Make); 18] = [
    ("run", run::command),
    ("try", r#try::command),
    ("chat", chat::command),
    ("check", check::command),
    ("claims", claims::command),
    ("odds", odds::command),
    ("list", list::command),
    ("explain", explain::command),
    ("show", show::command),
    ("report", report::command),
    ("decode", decode::command),
    ("shake", shake::command),
    ("code", code::command),
    ("new", new::command),
    ("quiz", quiz::command),
    ("completions", completions::command),
    ("man", man::command),
    ("help", help::command),
];

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
        .map(|(name, command)| {
            if is_called(name) {
                command(language)
            } else {
                Command::new(name)
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

/// The argument for the scenarios to work on.
pub(super) fn cases(language: Language, help: &'static str) -> Arg {
    Arg::new("cases")
        .value_name(language.pick("CASE", "用例"))
        .help(help)
        .num_args(0..)
        .add(completions::cases(language))
}

/// The names and paths given.
pub(super) fn given_cases(matches: &ArgMatches) -> Vec<String> {
    let given = matches.get_many::<String>("cases");
    given.into_iter().flatten().cloned().collect()
}

/// The one case with this name or path.
pub(super) fn one_case(name: &str) -> Result<Scenario, Failure> {
    let name = name.to_owned();
    let found = catalogue::select(std::slice::from_ref(&name)).map_err(Failure::Select)?;
    match <[Scenario; 1]>::try_from(found) {
        Ok([case]) => Ok(case),
        Err(found) => Err(Failure::ManyCases {
            name,
            cases: found.into_iter().map(|case| case.name).collect(),
        }),
    }
}

/// The option for the output file.
pub(super) fn output(language: Language) -> Arg {
    Arg::new("output")
        .short('o')
        .long("output")
        .value_name(language.pick("FILE", "文件"))
        .help(language.pick(
            "Write to a file, whole or not at all [default: -, standard output]",
            "写入文件，要么完整，要么不写 [默认：-，即标准输出]",
        ))
        .value_parser(clap::value_parser!(std::path::PathBuf))
}

/// An option with a number from `least` to `most`.
pub(super) fn number(
    language: Language,
    least: u64,
    most: u64,
) -> impl Fn(&str) -> Result<u64, String> + Clone + Send + Sync + 'static {
    move |text| {
        let number = text.parse().ok();
        number
            .filter(|number| (least..=most).contains(number))
            .ok_or_else(|| {
                say!(
                    language,
                    "a number from {least} to {most}",
                    "应为 {least} 到 {most} 的整数"
                )
            })
    }
}

/// The option for the framing.
pub(super) fn framing(language: Language) -> Arg {
    Arg::new("framing")
        .long("framing")
        .value_name(language.pick("FRAMING", "成帧方式"))
        .help(language.pick(
            "The framing: i32-le, digits-2, crlf, netstring …",
            "成帧方式：i32-le、digits-2、crlf、netstring ……",
        ))
}

/// The framing with this name.
pub(super) fn parse_framing(name: &str, language: Language) -> Result<Framing, Failure> {
    name.parse().map_err(|error: UnknownFraming| {
        let every: Vec<String> = Framing::every().iter().map(Framing::to_string).collect();
        let nearest = near(name, every.iter().map(String::as_str))
            .into_iter()
            .next();
        let help = match (error.family(language), nearest) {
            (Some(family), _) => family,
            (None, Some(near)) => say!(language, "did you mean `{near}`?", "是不是 `{near}`？"),
            (None, None) => language
                .pick(
                    "use one of these, such as `i32-le`, `digits-8` or `line`",
                    "请从中选用，例如 `i32-le`、`digits-8` 或 `line`",
                )
                .to_owned(),
        };
        Failure::Usage {
            message: escape::text(&error.message(language)),
            help,
        }
    })
}

/// The option for the longest wait.
pub(super) fn deadline(language: Language) -> Arg {
    Arg::new("deadline")
        .long("deadline")
        .value_name(language.pick("TIME", "时间"))
        .help(language.pick(
            "How long to wait for anything: 500ms, 10s [default: as the case says, 5s]",
            "每次等待的上限：500ms、10s [默认：由用例决定，5s]",
        ))
        .value_parser(time(language))
}

/// A time as scenario files write it.
pub(super) fn time(
    language: Language,
) -> impl Fn(&str) -> Result<Duration, &'static str> + Clone + Send + Sync + 'static {
    move |text| {
        parse_deadline(text).ok_or_else(|| {
            language.pick(
                "a number with us, ms or s after it, above 0 and at most 60s, such as 500ms",
                "应为数字加单位 us、ms 或 s，大于 0，不超过 60s，例如 500ms",
            )
        })
    }
}

/// The deadline given.
pub(super) fn given_deadline(matches: &ArgMatches) -> Option<Duration> {
    matches.get_one::<Duration>("deadline").copied()
}

/// Parses a duration as in scenario files.
fn parse_deadline(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let time = match unit {
        "us" => Duration::from_micros(number),
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        _ => return None,
    };
    (!time.is_zero() && time <= Duration::from_secs(60)).then_some(time)
}

/// The value of `--color`.
pub(super) fn given_color(matches: &ArgMatches) -> ColorChoice {
    match matches.get_one::<String>("color").map(String::as_str) {
        Some("always") => ColorChoice::Always,
        Some("never") => ColorChoice::Never,
        _ => ColorChoice::Auto,
    }
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
    fn a_deadline_has_a_number_and_a_unit() {
        for (text, wanted) in [
            ("500ms", Some(Duration::from_millis(500))),
            ("7us", Some(Duration::from_micros(7))),
            ("60s", Some(Duration::from_mins(1))),
            ("61s", None),
            ("0s", None),
            ("5", None),
            ("s", None),
            ("-5s", None),
            ("5 s", None),
            ("18446744073709551616s", None),
        ] {
            assert_eq!(parse_deadline(text), wanted, "{text}");
        }
    }
}
