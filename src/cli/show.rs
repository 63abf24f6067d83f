//! `sticky show`: draws a saved trace.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};

use super::failure::Failure;
use super::status::NOT_AS_EXPECTED;
use super::terminal::Terminal;
use super::{drawing, file, step};
use crate::diagnostic::shell;
use crate::language::Language;
use crate::trace::Trace;
use crate::trace::json::{self, ReadError};

/// The command's arguments.
pub(super) fn command(language: Language) -> Command {
    let command = Command::new("show")
        .about(language.pick(
            "Draw a trace saved with `run --format json`",
            "画出用 `run --format json` 保存的轨迹",
        ))
        .override_usage(language.pick("sticky show [OPTIONS] <TRACE>", "sticky show [选项] <轨迹>"))
        .after_help(language.pick(
            "Exit status: 0 as expected, 1 an expectation does not hold, 2 wrong usage or a bad file.\n\n\
             Examples:\n  \
             sticky show trace.json\n  \
             sticky show trace.json --step\n  \
             sticky show trace.json --format svg -o slide.svg",
            "退出状态：0 符合预期，1 有预期不成立，2 用法错误或文件有误。\n\n\
             示例：\n  \
             sticky show trace.json\n  \
             sticky show trace.json --step\n  \
             sticky show trace.json --format svg -o slide.svg",
        ))
        .arg(
            Arg::new("trace")
                .value_name(language.pick("TRACE", "轨迹"))
                .help(language.pick("The file; - is standard input", "轨迹文件；- 表示标准输入"))
                .required(true)
                .value_parser(clap::value_parser!(PathBuf)),
        );
    drawing::replay_options(command, language)
}

/// Draws the traces. The exit status says whether all came out as expected.
pub(super) fn run(matches: &ArgMatches, terminal: Terminal) -> Result<ExitCode, Failure> {
    if step::is_wanted(matches) {
        let language = terminal.language;
        let instead = language.pick("sticky show TRACE", "sticky show 轨迹");
        step::need_terminal(language, instead)?;
    }
    // The parser makes sure that there is one.
    let file = matches
        .get_one::<PathBuf>("trace")
        .cloned()
        .unwrap_or_default();
    let again = format!("sticky show {}", shell::word(&file.to_string_lossy()));
    let traces = saved(file)?;
    if step::is_wanted(matches) {
        let cases: Vec<_> = traces.into_iter().map(step::Case::of).collect();
        step::play(&cases, Some(&again), matches, terminal)?;
        return Ok(status(cases.iter().all(|case| case.analysis.as_expected())));
    }
    let unexpected = file::write_data(matches, terminal, |out, color| {
        // A saved trace is shown as it is, whatever stopped the replay.
        let traces = traces.into_iter().map(Ok);
        drawing::write(traces, matches, terminal, color, out)
    })?;
    Ok(status(unexpected == 0))
}

/// The traces saved in a file; `-` is standard input.
pub(super) fn saved(file: PathBuf) -> Result<Vec<Trace>, Failure> {
    let read = if file.as_os_str() == "-" {
        json::read(io::stdin().lock())
    } else {
        File::open(&file)
            .map_err(ReadError::Io)
            .and_then(json::read)
    };
    read.map_err(|error| Failure::Trace { file, error })
}

fn status(as_expected: bool) -> ExitCode {
    if as_expected {
        ExitCode::SUCCESS
    } else {
        NOT_AS_EXPECTED.into()
    }
}
