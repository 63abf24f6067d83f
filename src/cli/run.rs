//! `sticky run`: replays cases and draws them.

use std::io::Write;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::failure::{Failure, Unwritten};
use super::status::NOT_AS_EXPECTED;
use super::terminal::{self, Terminal};
use super::{arguments, drawing, file, pointers, step};
use crate::diagnostic::shell;
use crate::language::Language;
use crate::render::escape;
use crate::render::text::SIDE_BY_SIDE;
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
             sticky run back-to-back cork --side-by-side\n  \
             sticky run back-to-back --format svg -o slide.svg\n  \
             sticky run my-case.toml --format json -o trace.json",
            "退出状态：0 符合预期，1 有预期不成立，2 用法错误或文件有误。\n\n\
             示例：\n  \
             sticky run back-to-back\n  \
             sticky run sticky/delayed-receive --no-hex --width 120\n  \
             sticky run back-to-back --step\n  \
             sticky run back-to-back cork --side-by-side\n  \
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
    drawing::replay_options(command, language)
        .arg(
            Arg::new("side-by-side")
                .long("side-by-side")
                .help(language.pick(
                    "Draw two cases side by side; needs 120 columns",
                    "把两个用例并排画出；需要 120 列",
                ))
                .action(ArgAction::SetTrue)
                .conflicts_with_all(["step", "format", "legend"]),
        )
        .arg(arguments::deadline(language))
}

/// The fewest rows of a terminal that gets pointers under a drawing. A terminal of 24 rows is full
/// with the drawing of two sends and one recv and with the prompt; its title is worth more.
const ROWS_FOR_POINTERS: u16 = 27;

/// Replays and draws the cases. The exit status says whether all came out as expected.
pub(super) fn run(matches: &ArgMatches, terminal: Terminal) -> Result<ExitCode, Failure> {
    let given = arguments::given_cases(matches);
    let words: Vec<_> = given.iter().map(|given| shell::word(given)).collect();
    // By their names where none was given, or a whole row of them.
    let again = matches!(words.len(), 1..=2).then(|| format!("sticky run {}", words.join(" ")));
    let scenarios = chosen(matches)?;
    if matches.get_flag("side-by-side") {
        return side_by_side(&scenarios, matches, terminal);
    }
    let status = replay_and_draw(&scenarios, again.as_deref(), matches, terminal)?;
    if let ([scenario], [word]) = (scenarios.as_slice(), words.as_slice())
        && let Some(columns) = terminal::columns_to_fit()
        && drawing::is_text_here(matches)
        && terminal::has_rows(ROWS_FOR_POINTERS)
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

/// Replays two cases and draws them side by side.
fn side_by_side(
    scenarios: &[Scenario],
    matches: &ArgMatches,
    terminal: Terminal,
) -> Result<ExitCode, Failure> {
    let language = terminal.language;
    let [left, right] = scenarios else {
        let count = scenarios.len();
        return Err(Failure::Usage {
            message: say!(
                language,
                "`--side-by-side` draws two cases, and here are {count}",
                "`--side-by-side` 只画两个用例，这里有 {count} 个"
            ),
            help: say!(
                language,
                "name two: `sticky run back-to-back cork --side-by-side`",
                "请写两个：`sticky run back-to-back cork --side-by-side`"
            ),
        });
    };
    let (columns, least) = (drawing::style(matches, terminal, false).width, SIDE_BY_SIDE);
    if columns < least {
        return Err(Failure::Usage {
            message: say!(
                language,
                "`--side-by-side` needs {least} columns, and there are {columns}",
                "`--side-by-side` 需要 {least} 列，现在只有 {columns} 列"
            ),
            help: say!(
                language,
                "enlarge the terminal, or write a file: `--width {least} -o FILE`",
                "请放大终端窗口，或写入文件：`--width {least} -o 文件`"
            ),
        });
    }
    let mut stage = Stage::with_deadline(arguments::given_deadline(matches));
    let mut replay = |scenario| Failure::unless_machine(stage.replay(scenario));
    let traces = [replay(left)?, replay(right)?];
    let unexpected = file::write_data(matches, terminal, |out, color| {
        drawing::write_beside(&traces, matches, terminal, color, out)
    })?;
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
