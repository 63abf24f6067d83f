//! `sticky check`: replays cases and compares them with their expectations, one line for each case.

use std::io::{self, Write};
use std::num::NonZeroU32;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use colored::Colorize;
use serde::Serialize;

use super::failure::Failure;
use super::status::NOT_AS_EXPECTED;
use super::terminal::{self, Terminal};
use super::{accept, arguments, format, side_by_side};
use crate::analysis::{self, Analysis, Difference, Held, Skipped};
use crate::diagnostic::{Painted, paint};
use crate::language::Language;
use crate::render::{escape, words, wrapped};
use crate::replay::Stage;
use crate::scenario::{Scenario, catalogue};
use crate::trace::{CutOption, Trace, json};

/// The version of the JSON output.
const VERSION: u32 = 1;

/// The command's arguments.
pub(super) fn command(language: Language) -> Command {
    Command::new("check")
        .about(language.pick(
            "Replay cases and compare, one line for each case",
            "重放用例并比对，每个用例一行",
        ))
        .override_usage(language.pick(
            "sticky check [OPTIONS] [CASE]…",
            "sticky check [选项] [用例]…",
        ))
        .after_help(language.pick(
            "For CI: exit status 1 if an expectation does not hold or a file states none. What this platform cannot \
             check is counted as skipped, never as held. A case is not judged if the machine \
             stalled: it did not run this program while a timer of the kernel ran out. Neither \
             changes the status. -q shows only what is not as expected.\n\n\
             Example:\n  sticky check sticky udp --repeat 3 -q",
            "供 CI 使用：有预期不成立，或文件没有写明预期时，退出状态为 1。本平台无法判断的预期计为跳过，\
             从不计为成立；机器停顿（没有运行本程序，内核的定时器却在走）的用例计为未判定：\
             两者都不影响退出状态。-q 只显示未符合预期的用例。\n\n\
             示例：\n  sticky check sticky udp --repeat 3 -q",
        ))
        .arg(arguments::cases(
            language,
            language.pick(
                "Names, or paths of files or folders [default: all]",
                "用例名，或文件、文件夹的路径 [默认：全部]",
            ),
        ))
        .arg(
            Arg::new("repeat")
                .long("repeat")
                .value_name(language.pick("N", "次数"))
                .help(language.pick(
                    "Replay each case N times [default: 1]",
                    "每个用例重放这么多次 [默认：1]",
                ))
                .value_parser(move |text: &str| {
                    let number = arguments::number(language, 1, u64::from(u32::MAX))(text)?;
                    // The parser has checked the bounds, so it always is one.
                    let number = u32::try_from(number).ok().and_then(NonZeroU32::new);
                    Ok::<_, String>(number.unwrap_or(NonZeroU32::MIN))
                }),
        )
        .arg(
            Arg::new("accept")
                .long("accept")
                .help(language.pick(
                    "Write what came into [expect] of files of your own, as far as it is not left to chance",
                    "把实际结果写入自己文件的 [expect]，由时机决定的除外",
                ))
                .action(ArgAction::SetTrue)
                .conflicts_with_all(["repeat", "format"]),
        )
        .arg(format::option(language, format::PLAIN))
        .arg(arguments::deadline(language))
}

/// The result of one case.
#[derive(Debug, Serialize)]
struct Verdict {
    name: String,
    as_expected: bool,
    /// How often it was replayed, and how often the result was not as expected.
    runs: u32,
    failed: u32,
    /// How often the machine stalled it, so that nothing was judged.
    not_judged: u32,
    /// Whether the file states nothing, so that nothing can be compared.
    states_nothing: bool,
    /// About the run that is reported: the first that failed, or else the last that was judged.
    #[serde(serialize_with = "analysis::number_of")]
    held: Vec<Held>,
    skipped: Vec<Skipped>,
    differences: Vec<PlacedDifference>,
    /// The options for which the kernel gave less; they may be the reason for a difference.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cut: Vec<CutOption>,
}

/// A difference and its part.
#[derive(Debug, Serialize)]
struct PlacedDifference {
    /// The part's number, from 0; `None` if the case has only one.
    part: Option<usize>,
    #[serde(skip)]
    label: Option<String>,
    #[serde(flatten)]
    difference: Difference,
}

/// The result of all cases.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Summary {
    cases: usize,
    as_expected: usize,
    failed: usize,
    /// Those that the machine stalled every time.
    not_judged: usize,
    /// Those whose files state nothing.
    states_nothing: usize,
    /// Expectations that this platform cannot judge.
    skipped: usize,
}

/// Replays and compares all cases. The exit status says whether all came out as expected.
pub(super) fn run(matches: &ArgMatches, terminal: Terminal) -> Result<ExitCode, Failure> {
    if matches.get_flag("accept") {
        return accept::run(matches, terminal);
    }
    let given = arguments::given_cases(matches);
    let scenarios = if given.is_empty() {
        catalogue::all()
    } else {
        catalogue::select(&given)
    }
    .map_err(Failure::Select)?;
    let repeat = matches
        .get_one("repeat")
        .copied()
        .unwrap_or(NonZeroU32::MIN);
    let deadline = arguments::given_deadline(matches);
    let language = terminal.language;
    let as_json = format::is_json(matches);
    let widest = widest_name(&scenarios);
    let judge = |stage: &mut Stage, scenario: &Scenario| judge(stage, scenario, repeat, language);
    let replay = |out: &mut dyn Write| -> Result<Summary, Failure> {
        let mut verdicts = Vec::with_capacity(scenarios.len());
        let mut summary = Summary::default();
        side_by_side::each(&scenarios, deadline, judge, |_, verdict| {
            summary = summary.with(&verdict);
            if as_json {
                verdicts.push(verdict);
            } else if !(terminal.quiet && verdict.as_expected) {
                let written = write_verdict(&verdict, widest, language, out);
                written
                    .and_then(|()| out.flush())
                    .map_err(Failure::stdout)?;
            }
            Ok(())
        })?;
        if as_json {
            write_json(&verdicts, summary, repeat, out).map_err(Failure::stdout)?;
        } else if !(terminal.quiet && summary.as_expected == summary.cases) {
            let summary = summary.in_words(repeat, language);
            writeln!(out, "\n{summary}").map_err(Failure::stdout)?;
        }
        Ok(summary)
    };
    let summary = terminal.data(replay)?;
    Ok(if summary.failed + summary.states_nothing == 0 {
        ExitCode::SUCCESS
    } else {
        NOT_AS_EXPECTED.into()
    })
}

/// Replays `scenario` `repeat` times, and reports the first run that failed, or else the last
/// that was judged.
fn judge(
    stage: &mut Stage,
    scenario: &Scenario,
    repeat: NonZeroU32,
    language: Language,
) -> Result<Verdict, Failure> {
    let (mut failed, mut not_judged) = (0, 0);
    let mut told: Option<(Trace, Analysis)> = None;
    for _ in 0..repeat.get() {
        let trace = Failure::unless_machine(stage.replay(scenario))?;
        let analysis = analysis::analyse(&trace);
        let (fails, stalled) = (!analysis.as_expected(), analysis.is_stalled());
        if failed == 0 && (fails || !stalled || told.is_none()) {
            told = Some((trace, analysis));
        }
        failed += u32::from(fails);
        not_judged += u32::from(stalled && !fails);
    }
    let (traced, parts) = told
        .map(|(trace, analysis)| (trace.parts, analysis.parts))
        .unwrap_or_default();
    let several = parts.len() > 1;
    let states_nothing = not_judged == 0 && parts.iter().all(|part| !part.is_judged());
    Ok(Verdict {
        states_nothing,
        name: scenario.name.clone(),
        as_expected: failed == 0 && not_judged < repeat.get() && !states_nothing,
        runs: repeat.get(),
        failed,
        not_judged,
        held: parts.iter().flat_map(|part| part.held.clone()).collect(),
        cut: traced.iter().flat_map(|part| part.cut.clone()).collect(),
        skipped: parts.iter().flat_map(|part| part.skipped.clone()).collect(),
        differences: parts
            .into_iter()
            .enumerate()
            .flat_map(|(index, part)| {
                let label = scenario.parts[index].label.as_ref();
                part.differences
                    .into_iter()
                    .map(move |difference| PlacedDifference {
                        part: several.then_some(index),
                        label: label.map(|label| label.get(language).to_owned()),
                        difference,
                    })
            })
            .collect(),
    })
}

impl Verdict {
    /// Whether the machine stalled every run, so that there is no verdict.
    const fn is_stalled(&self) -> bool {
        self.not_judged == self.runs
    }
}

impl Summary {
    fn with(self, verdict: &Verdict) -> Self {
        Self {
            cases: self.cases + 1,
            as_expected: self.as_expected + usize::from(verdict.as_expected),
            failed: self.failed + usize::from(verdict.failed > 0),
            not_judged: self.not_judged + usize::from(verdict.is_stalled()),
            states_nothing: self.states_nothing + usize::from(verdict.states_nothing),
            skipped: self.skipped + verdict.skipped.len(),
        }
    }

    fn in_words(self, repeat: NonZeroU32, language: Language) -> String {
        let Self {
            cases,
            as_expected,
            failed,
            not_judged,
            states_nothing,
            skipped,
        } = self;
        let times = if repeat == NonZeroU32::MIN {
            String::new()
        } else {
            say!(language, ", {repeat} times each", "，每个 {repeat} 次")
        };
        let failed = if failed == 0 {
            paint(language.pick("0 not", "0 个不符合").normal())
        } else {
            let failed = say!(language, "{failed} not", "{failed} 个不符合");
            paint(failed.red().bold())
        };
        let not_judged = if not_judged == 0 {
            String::new()
        } else {
            say!(
                language,
                ", {not_judged} not judged",
                "，{not_judged} 个未判定"
            )
        };
        let silent = if states_nothing == 0 {
            String::new()
        } else {
            say!(
                language,
                (
                    ", {states_nothing} {} nothing",
                    if states_nothing == 1 {
                        "states"
                    } else {
                        "state"
                    }
                ),
                ("，{states_nothing} 个没有写明预期")
            )
        };
        say!(
            language,
            (
                "{cases} {}{times}: {as_expected} as expected, {failed}{not_judged}{silent}; {skipped} {} skipped",
                if cases == 1 { "case" } else { "cases" },
                if skipped == 1 {
                    "expectation"
                } else {
                    "expectations"
                }
            ),
            ("{cases} 个用例{times}：{as_expected} 个符合预期，{failed}{not_judged}{silent}；跳过 {skipped} 条预期")
        )
    }
}

fn widest_name(scenarios: &[Scenario]) -> usize {
    let widths = scenarios
        .iter()
        .map(|scenario| escape::width(&escape::text(&scenario.name)));
    widths.max().unwrap_or(0)
}

/// What came as expected, in the words of the verdict of `run`.
fn came(verdict: &Verdict, language: Language) -> String {
    let held = words::held(language, &verdict.held);
    let count = verdict.differences.len() as u64;
    let differences = words::counted(language, count, "difference", "differences", "处不同");
    match (count, held.is_empty()) {
        (0, true) if verdict.states_nothing => language
            .pick(
                "states nothing: write [expect], or have --accept write it",
                "没有写明预期：请写 [expect]，或用 --accept 写入",
            )
            .to_owned(),
        (0, _) => held,
        (_, true) => differences,
        (_, false) => say!(
            language,
            "{differences}, otherwise as expected: {held}",
            "{differences}，其余符合预期：{held}"
        ),
    }
}

/// Writes one line for a case, with its differences below. A terminal that is too narrow for it
/// gets more lines.
fn write_verdict(
    verdict: &Verdict,
    widest: usize,
    language: Language,
    out: &mut dyn Write,
) -> io::Result<()> {
    let skipped = verdict.skipped.len();
    let (mark, columns) = mark(verdict, language);
    let gap = " ".repeat(MARK_COLUMNS.saturating_sub(columns));
    let name = escape::text(&verdict.name);
    let name_gap = " ".repeat(widest.saturating_sub(escape::width(&name)));
    write!(out, "{mark}{gap}  {name}{name_gap}  ")?;
    let start = MARK_COLUMNS + 2 + widest + 2;
    let room = terminal::columns_to_fit().map_or(usize::MAX, |all| {
        all.saturating_sub(start).max(NARROWEST_LIST)
    });
    let came = came(verdict, language);
    for (index, line) in wrapped(&came, room).iter().enumerate() {
        if index > 0 {
            write!(out, "\n{:start$}", "")?;
        }
        write!(out, "{line}")?;
    }
    if skipped > 0 {
        let comma = language.pick(", ", "，");
        let comma = if came.is_empty() { "" } else { comma };
        let skipped = say!(
            language,
            "{comma}{skipped} skipped",
            "{comma}{skipped} 条跳过"
        );
        write!(out, "{}", paint(skipped.yellow()))?;
    }
    if verdict.failed > 0 && verdict.runs > 1 {
        let (failed, runs) = (verdict.failed, verdict.runs);
        let often = say!(
            language,
            "  ({failed} of {runs} runs)",
            "（共 {runs} 次，{failed} 次不符）"
        );
        write!(out, "{}", paint(often.red()))?;
    }
    if verdict.not_judged > 0 && verdict.runs > 1 {
        let (not_judged, runs) = (verdict.not_judged, verdict.runs);
        let often = say!(
            language,
            "  ({not_judged} of {runs} runs not judged)",
            "（共 {runs} 次，{not_judged} 次未判定）"
        );
        write!(out, "{}", paint(often.yellow()))?;
    }
    writeln!(out)?;
    let stalled = |skipped: &&Skipped| matches!(skipped, Skipped::Stalled { .. });
    for &stalled in verdict.skipped.iter().filter(stalled) {
        writeln!(out, "{:6}{}", "", words::skipped(language, stalled))?;
    }
    for placed in &verdict.differences {
        let label = placed.label.as_deref().map(escape::text);
        let colon = language.pick(": ", "：");
        let label = label.map(|label| label + colon).unwrap_or_default();
        let lines = words::difference(language, &placed.difference);
        for (index, line) in lines.iter().enumerate() {
            let (indent, label) = if index == 0 {
                (6, label.as_str())
            } else {
                (8, "")
            };
            writeln!(out, "{:indent$}{label}{line}", "")?;
        }
    }
    for cut in verdict.cut.iter().filter(|_| verdict.failed > 0) {
        writeln!(out, "{:6}{}", "", words::cut_option(language, cut))?;
    }
    Ok(())
}

/// The least width of the list of what came, in columns.
const NARROWEST_LIST: usize = 24;
/// The width of the widest mark, in columns.
const MARK_COLUMNS: usize = 7;

/// The mark in front of a case, and its width in columns.
fn mark(verdict: &Verdict, language: Language) -> (Painted, usize) {
    let (word, paint): (_, fn(&str) -> Painted) = if verdict.is_stalled() {
        (language.pick("stalled", "停顿"), |word| {
            paint(word.yellow())
        })
    } else if verdict.states_nothing {
        (language.pick("nothing", "未写"), |word| {
            paint(word.yellow().bold())
        })
    } else if !verdict.as_expected {
        (language.pick("FAILED", "不符"), |word| {
            paint(word.red().bold())
        })
    } else if verdict.held.is_empty() {
        (language.pick("skipped", "跳过"), |word| {
            paint(word.yellow())
        })
    } else {
        (language.pick("ok", "符合"), |word| paint(word.green()))
    };
    (paint(word), escape::width(word))
}

fn write_json(
    verdicts: &[Verdict],
    summary: Summary,
    repeat: NonZeroU32,
    out: &mut dyn Write,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Document<'a> {
        version: u32,
        repeat: NonZeroU32,
        summary: Summary,
        cases: &'a [Verdict],
    }
    let document = Document {
        version: VERSION,
        repeat,
        summary,
        cases: verdicts,
    };
    json::write_document(&document, out)
}
