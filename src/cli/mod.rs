//! The commands: arguments in, exit status out, one file for each command.
//!
//! Promises: data goes to standard output and messages to standard error. Both are in the language
//! asked for, including the parser's errors and help. The exit status is 0 if all is as expected
//! (also for help, and for a closed pipe), 1 if an expectation does not hold, and 2 for wrong
//! usage, a bad file, or a machine that lacks something every replay needs. Nothing else in the
//! library prints, exits, or looks at the environment.

mod accept;
mod arguments;
mod chat;
mod check;
mod claims;
mod code;
mod completions;
mod decode;
mod drawing;
mod explain;
mod failure;
mod file;
mod format;
mod help;
mod input;
mod interruption;
mod keys;
mod language;
mod layout;
mod list;
mod man;
mod new;
mod odds;
mod pointers;
mod quiz;
mod refusal;
mod report;
mod run;
mod shake;
mod show;
mod side_by_side;
mod step;
mod surroundings;
mod terminal;
mod r#try;
mod welcome;

use std::ffi::OsString;
use std::process::ExitCode;

use anstream::ColorChoice;
use clap::ArgMatches;
use clap::error::ErrorKind;

use failure::Failure;
use terminal::Terminal;

use crate::kernel;
use crate::language::Language;

/// The exit status if an expectation does not hold.
const NOT_AS_EXPECTED: u8 = 1;
/// The exit status for wrong usage or a bad file.
const USAGE: u8 = 2;

/// Runs the command that the process was called with.
#[must_use]
pub fn main() -> ExitCode {
    if kernel::address_space().is_some() {
        kernel::share_one_arena();
    }
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let given = arguments.get(1..).unwrap_or_default();
    let locale = sys_locale::get_locale();
    if let Some(answered) = completions::answer(&arguments, locale.as_deref()) {
        return answered;
    }
    let language = language::choose(given, locale.as_deref());
    match arguments::command_for(language, given).try_get_matches_from(&arguments) {
        Ok(matches) => {
            let terminal = Terminal {
                language,
                quiet: matches.get_flag("quiet"),
                color: arguments::given_color(&matches),
            };
            let done = dispatch(&matches, terminal);
            let surroundings_matter = surroundings::matter(matches.subcommand_name(), &done);
            let status = finish(terminal, done);
            if surroundings_matter {
                for line in surroundings::lines(language) {
                    terminal.message(&line);
                }
            }
            status
        }
        Err(refusal) => refuse(&refusal, language, given),
    }
}

fn dispatch(matches: &ArgMatches, terminal: Terminal) -> Result<ExitCode, Failure> {
    match matches.subcommand() {
        Some(("run", matches)) => run::run(matches, terminal),
        Some(("try", matches)) => r#try::run(matches, terminal),
        Some(("chat", matches)) => chat::run(matches, terminal),
        Some(("check", matches)) => check::run(matches, terminal),
        Some(("claims", matches)) => claims::run(matches, terminal),
        Some(("odds", matches)) => odds::run(matches, terminal),
        Some(("list", matches)) => list::run(matches, terminal),
        Some(("explain", matches)) => explain::run(matches, terminal),
        Some(("show", matches)) => show::run(matches, terminal),
        Some(("report", matches)) => report::run(matches, terminal),
        Some(("decode", matches)) => decode::run(matches, terminal),
        Some(("shake", matches)) => shake::run(matches, terminal),
        Some(("code", matches)) => code::run(matches, terminal),
        Some(("new", matches)) => new::run(matches, terminal),
        Some(("quiz", matches)) => quiz::run(matches, terminal),
        Some(("completions", matches)) => completions::run(matches, terminal),
        Some(("man", matches)) => man::run(matches, terminal),
        Some(("help", matches)) => help::run(matches, terminal),
        Some(_) | None => terminal.data(|out| {
            welcome::write(terminal.language, out)
                .map(|()| ExitCode::SUCCESS)
                .map_err(Failure::stdout)
        }),
    }
}

/// The exit status. A failure is reported first.
fn finish(terminal: Terminal, done: Result<ExitCode, Failure>) -> ExitCode {
    match done {
        Ok(status) => status,
        Err(failure) => match failure.in_words(terminal) {
            None => ExitCode::SUCCESS,
            Some(message) => {
                terminal.message(&message);
                USAGE.into()
            }
        },
    }
}

/// Handles what the parser did not accept: help and version, which it calls errors, or wrong usage.
fn refuse(refusal: &clap::Error, language: Language, given: &[OsString]) -> ExitCode {
    let terminal = Terminal {
        language,
        quiet: false,
        color: color_of_unparsed(given),
    };
    match refusal.kind() {
        ErrorKind::DisplayHelp => finish(terminal, help::write(help::called(given), terminal)),
        ErrorKind::DisplayVersion => {
            let text = refusal.render();
            let written =
                terminal.data(|out| write!(out, "{}", text.ansi()).map_err(Failure::stdout));
            finish(terminal, written.map(|()| ExitCode::SUCCESS))
        }
        _ => {
            terminal.message(&refusal::in_words(refusal, language));
            USAGE.into()
        }
    }
}

/// The value of `--color` in arguments that were rejected, so that their error follows it too.
fn color_of_unparsed(given: &[OsString]) -> ColorChoice {
    let says = |value: &str| {
        given
            .iter()
            .any(|argument| *argument == *format!("--color={value}"))
            || given
                .windows(2)
                .any(|pair| pair[0] == "--color" && pair[1] == value)
    };
    if says("never") {
        ColorChoice::Never
    } else if says("always") {
        ColorChoice::Always
    } else {
        ColorChoice::Auto
    }
}
