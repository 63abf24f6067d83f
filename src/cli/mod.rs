//! The commands: arguments in, exit status out, one file for each command.
//!
//! Promises: data goes to standard output and messages to standard error. Both are in the language
//! asked for, including the parser's errors and help. The exit status is 0 if all is as expected
//! (also for help, and for a closed pipe), 1 if an expectation does not hold, and 2 for wrong
//! usage, a bad file, or a machine that lacks something every replay needs. Nothing else in the
//! library prints, exits, or looks at the environment.

mod accept;
mod arguments;
mod candidates;
mod chat;
mod check;
mod claims;
mod code;
mod commands;
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
mod status;
mod step;
mod surroundings;
mod terminal;
mod r#try;
mod welcome;

use std::ffi::OsString;
use std::process::ExitCode;

use anstream::ColorChoice;
use clap::error::ErrorKind;

use failure::Failure;
use status::USAGE;
use terminal::Terminal;

use crate::kernel;
use crate::language::Language;

/// Runs the command that the process was called with.
#[must_use]
pub fn main() -> ExitCode {
    if kernel::address_space().is_some() {
        kernel::share_one_arena();
    }
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let given = arguments.get(1..).unwrap_or_default();
    let locale = sys_locale::get_locale();
    if let Some(answered) = completions::answer(&arguments, locale.as_deref(), commands::command) {
        return answered;
    }
    let language = language::choose(given, locale.as_deref());
    match commands::command_for(language, given).try_get_matches_from(&arguments) {
        Ok(matches) => {
            let terminal = Terminal {
                language,
                quiet: matches.get_flag("quiet"),
                color: arguments::given_color(&matches),
            };
            let called = matches
                .subcommand()
                .and_then(|(name, matches)| Some((commands::named(name)?, matches)));
            let (replays, done) = match called {
                Some((command, matches)) => (command.replays, (command.run)(matches, terminal)),
                None => (false, welcome::run(terminal)),
            };
            let surroundings_matter = surroundings::matter(replays, &done);
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

/// The exit status. A failure is reported first.
fn finish(terminal: Terminal, done: Result<ExitCode, Failure>) -> ExitCode {
    match done {
        Ok(status) => status,
        Err(failure) => match failure.in_words(terminal.report_style()) {
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
        ErrorKind::DisplayHelp => finish(
            terminal,
            help::write(
                commands::described(commands::called(given), language),
                terminal,
            ),
        ),
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
