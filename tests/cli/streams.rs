//! Colour, and pipes that close.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use super::{Called, command, finish};

const ESCAPE: char = '\u{1b}';

/// Whether standard output and standard error are coloured.
fn coloured(arguments: &[&str], environment: &[(&str, &str)]) -> (bool, bool) {
    let mut command = command(arguments);
    command.envs(environment.iter().copied());
    let called = finish(&mut command);
    (called.out.contains(ESCAPE), called.err.contains(ESCAPE))
}

#[test]
fn a_pipe_gets_no_colour() {
    assert_eq!(coloured(&["run", "back-to-back"], &[]), (false, false));
    assert_eq!(coloured(&["runn"], &[]), (false, false));
    assert_eq!(coloured(&["--help"], &[]), (false, false));
}

#[test]
fn the_flag_beats_no_color_which_beats_the_rest() {
    let run = |color| ["run", "back-to-back", "--color", color];
    let none = [("NO_COLOR", "1")];
    let force = [("CLICOLOR_FORCE", "1")];
    let both = [none[0], force[0]];
    assert!(coloured(&run("always"), &none).0);
    assert!(!coloured(&run("never"), &force).0);
    assert!(coloured(&run("auto"), &force).0);
    assert!(!coloured(&run("auto"), &both).0);
    assert!(!coloured(&run("auto"), &[]).0);
}

#[test]
fn messages_and_errors_of_usage_follow_it_too() {
    assert!(coloured(&["run", "no-such-case", "--color", "always"], &[]).1);
    assert!(!coloured(&["run", "no-such-case"], &[]).1);
    assert!(coloured(&["runn", "--color=always"], &[("NO_COLOR", "1")]).1);
    assert!(coloured(&["runn"], &[("CLICOLOR_FORCE", "1")]).1);
    assert!(!coloured(&["runn", "--color", "never"], &[("CLICOLOR_FORCE", "1")]).1);
}

#[test]
fn colour_says_nothing_that_the_text_does_not() {
    let plain = finish(&mut command(&["run", "back-to-back", "--no-times"])).out;
    let colour = finish(&mut command(&[
        "run",
        "back-to-back",
        "--no-times",
        "--color",
        "always",
    ]))
    .out;
    assert_eq!(anstream::adapter::strip_str(&colour).to_string(), plain);
}

/// Reads one line and closes the pipe. Returns the exit status and the messages.
fn read_one_line(arguments: &[&str]) -> (Option<i32>, String) {
    let mut child = command(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::with_capacity(1, child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert!(!line.is_empty());
    let output = child.wait_with_output().unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn a_closed_pipe_ends_quietly() {
    for arguments in [
        &["run"] as &[_],
        &["run", "--full", "--format", "json"],
        &["check", "--repeat", "20"],
        &["completions", "bash"],
        &["man"],
        &["list"],
        &["--help"],
    ] {
        assert_eq!(
            read_one_line(arguments),
            (Some(0), String::new()),
            "{arguments:?}"
        );
    }
}

/// Runs `sticky ARGUMENTS` in a shell with this redirection of standard output.
#[cfg(target_os = "linux")]
fn in_a_shell(arguments: &str, redirection: &str) -> Called {
    let mut shell = std::process::Command::new("sh");
    shell.arg("-c");
    shell.arg(format!("\"$0\" --lang en {arguments} {redirection}"));
    finish(shell.arg(env!("CARGO_BIN_EXE_sticky")))
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_because_nothing_is_open_is_an_error() {
    for arguments in [
        "list",
        "run back-to-back",
        "help",
        "--version",
        "check tcp/one-shot",
    ] {
        let called = in_a_shell(arguments, ">&-");
        assert_eq!(called.status, 2, "{arguments}: {}", called.err);
        assert_eq!(
            called.err,
            "error: cannot write to standard output: it is closed\n\
             help: leave out `>&-`, or send it to a file\n",
            "{arguments}"
        );
    }
    // If nothing is written, nothing is lost; and `/dev/null` is no error for whoever asks for it.
    for (arguments, redirection) in [
        ("check -q tcp/one-shot", ">&-"),
        ("list", ">/dev/null"),
        ("list", "1<>/dev/null"),
        ("list", "<&- >/dev/null"),
    ] {
        let called = in_a_shell(arguments, redirection);
        assert_eq!(
            (called.status, called.err.as_str()),
            (0, ""),
            "{arguments} {redirection}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let called = finish(command(&["list"]).stdout(full));
    // `output` opens standard output again unless it is set, so only the message is compared.
    assert_eq!(called.status, 2);
    assert_eq!(
        called.err,
        "error: cannot write to standard output: no space is left\n\
         help: free some space there, or write to another place\n"
    );
}
