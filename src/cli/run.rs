//! `sticky run`: replays cases and draws them.

use std::io::Write;
use std::process::ExitCode;

use clap::{ArgMatches, Command};

use super::failure::{Failure, Unwritten};
use super::status::NOT_AS_EXPECTED;
use super::terminal::{self, Terminal};
use super::{arguments, drawing, file, pointers, step};
use crate::diagnostic::shell;
use crate::language::Language;
use crate::render::escape;
use crate::replay::Stage;
use crate::scenario::{Scenario, catalogue};

/// The command's arguments.
pub(super) fn command(language: Language) -> Command {
    let command = Command::new("run")
        .about(language.pick(
            "Replay cases on real sockets and draw what happened",
            "在真实套接字上重放用例，并画出经过",
        ))
        .override_usage(language.pick("sticky run [OPTIONS] [CASE]…", "sticky run [选项] [用例]…"))
        .after_help(language.pick(
            "Exit status: 0 as expected, 1 an expectation does not hold, 2 wrong usage or a bad file.\n\n\
             Examples:\n  \
             sticky run back-to-back\n  \
             sticky run sticky/delayed-receive --no-hex --width 120\n  \
             sticky run back-to-back --step\n  \
             sticky run back-to-back --format svg -o slide.svg\n  \
             sticky run my-case.toml --format json -o trace.json",
            "退出状态：0 符合预期，1 有预期不成立，2 用法错误或文件有误。\n\n\
             示例：\n  \
             sticky run back-to-back\n  \
             sticky run sticky/delayed-receive --no-hex --width 120\n  \
             sticky run back-to-back --step\n  \
             sticky run back-to-back --format svg -o slide.svg\n  \
             sticky run my-case.toml --format json -o trace.json",
        ))
        .arg(arguments::cases(
            language,
            language.pick(
                "Names, or paths of files or folders [default: every documented case]",
                "用例名，或文件、文件夹的路径 [默认：文档中的全部用例]",
            ),
        ));
    drawing::replay_options(command, language).arg(arguments::deadline(language))
}

/// Replays and draws the cases. The exit status says whether all came out as expected.
pub(super) fn run(matches: &ArgMatches, terminal: Terminal) -> Result<ExitCode, Failure> {
    let given = arguments::given_cases(matches);
    let words: Vec<_> = given.iter().map(|given| shell::word(given)).collect();
    // By their names where none was given, or a whole row of them.
    let again = matches!(words.len(), 1..=2).then(|| format!("sticky run {}", words.join(" ")));
    let scenarios = chosen(matches)?;
    let status = replay_and_draw(&scenarios, again.as_deref(), matches, terminal)?;
    if let ([scenario], [word]) = (scenarios.as_slice(), words.as_slice())
        && let Some(columns) = terminal::columns_to_fit()
        && drawing::is_text_here(matches)
        && !terminal.quiet
    {
        terminal.data(|out| {
            pointers::write(
                scenario,
                &escape::text(word),
                terminal.language,
                columns,
                out,
            )
            .map_err(Failure::stdout)
        })?;
    }
    Ok(status)
}

/// Replays, draws or plays, and says whether all came out as expected. `again` is the
/// command that the player names for doing the same again; none means by their names.
pub(super) fn replay_and_draw(
    scenarios: &[Scenario],
    again: Option<&str>,
    matches: &ArgMatches,
    terminal: Terminal,
) -> Result<ExitCode, Failure> {
    let unexpected = if step::is_wanted(matches) {
        step_through(scenarios, again, matches, terminal)?
    } else {
        file::write_data(matches, terminal, |out, color| {
            replay_all(scenarios, matches, terminal, color, out)
        })?
    };
    Ok(ending(terminal, unexpected, scenarios.len()))
}

/// The cases given, or else all documented ones.
pub(super) fn chosen(matches: &ArgMatches) -> Result<Vec<Scenario>, Failure> {
    let given = arguments::given_cases(matches);
    if given.is_empty() {
        catalogue::documented()
    } else {
        catalogue::select(&given)
    }
    .map_err(Failure::Select)
}

/// The exit status when `unexpected` of `all` cases were not as expected. Reports that first.
pub(super) fn ending(terminal: Terminal, unexpected: usize, all: usize) -> ExitCode {
    if unexpected == 0 {
        return ExitCode::SUCCESS;
    }
    terminal.note(say!(
        terminal.language,
        "{unexpected} of {all} did not come out as expected",
        "{all} 个用例中有 {unexpected} 个不符合预期"
    ));
    NOT_AS_EXPECTED.into()
}

/// Replays every scenario, then plays them in the terminal. Returns how many were not as expected.
fn step_through(
    scenarios: &[Scenario],
    again: Option<&str>,
    matches: &ArgMatches,
    terminal: Terminal,
) -> Result<usize, Failure> {
    let language = terminal.language;
    step::need_terminal(
        language,
        language.pick("sticky run CASE", "sticky run 用例"),
    )?;
    let mut stage = Stage::with_deadline(arguments::given_deadline(matches));
    let mut cases = Vec::new();
    for (index, scenario) in scenarios.iter().enumerate() {
        let (number, of) = (index + 1, scenarios.len());
        terminal.progress(&say!(
            language,
            "replaying {number} of {of}",
            "正在重放第 {number} 个，共 {of} 个"
        ));
        let trace = Failure::unless_machine(stage.replay(scenario));
        // The progress line is erased whatever follows.
        let trace = trace.inspect_err(|_| {
            terminal.progress("");
        })?;
        cases.push(step::Case::of(trace));
    }
    terminal.progress("");
    step::play(&cases, again, matches, terminal)?;
    let unexpected = cases.iter().filter(|case| !case.analysis.as_expected());
    Ok(unexpected.count())
}

/// Replays every scenario and writes what happened. Returns how many were not as expected.
fn replay_all(
    scenarios: &[Scenario],
    matches: &ArgMatches,
    terminal: Terminal,
    color: bool,
    out: &mut dyn Write,
) -> Result<usize, Unwritten> {
    let mut stage = Stage::with_deadline(arguments::given_deadline(matches));
    let replay = |scenario| Failure::unless_machine(stage.replay(scenario));
    let traces = scenarios.iter().map(replay);
    drawing::write(traces, matches, terminal, color, out)
}
