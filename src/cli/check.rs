//! `sticky check`: replay and compare, one line a case.

use std::io::{self, Write};
use std::num::NonZeroU32;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use colored::Colorize;
use serde::Serialize;

use super::failure::Failure;
use super::terminal::Terminal;
use super::{NOT_AS_EXPECTED, accept, arguments, format, side_by_side};
use crate::analysis::{self, Analysis, Difference, Skipped};
use crate::language::Language;
use crate::render::{escape, words};
use crate::replay::Stage;
use crate::scenario::{Scenario, catalogue};
use crate::trace::{CutOption, Trace, json};

/// The version of the JSON that is written.
const VERSION: u32 = 1;

/// The command's arguments.
pub(super) fn command(language: Language) -> Command {
    Command::new("check")
        .about(language.pick(
            "Replay cases and compare, one line a case",
            "重放用例并比对，每个用例一行",
        ))
        .override_usage(language.pick(
            "sticky check [OPTIONS] [CASE]…",
            "sticky check [选项] [用例]…",
        ))
        .after_help(language.pick(
            "For CI: exit status 1 where an expectation does not hold. What this platform \
             cannot tell is counted as skipped, never as held. -q tells only of what fails.\n\n\
             Example:\n  sticky check sticky udp --repeat 3 -q",
            "供 CI 使用：有预期不成立时退出状态为 1。本平台无法判断的预期计为跳过，\
             从不计为成立。-q 只显示不符合的用例。\n\n\
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
                    "Replay each case so many times [default: 1]",
                    "每个用例重放这么多次 [默认：1]",
                ))
                .value_parser(move |text: &str| {
                    let number = arguments::number(language, 1, u64::from(u32::MAX))(text)?;
                    // Between these bounds it always is one.
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

/// What came of one case.
#[derive(Debug, Serialize)]
struct Verdict {
    name: String,
    as_expected: bool,
    /// How often it was replayed, and how often not as expected.
    runs: u32,
    failed: u32,
    /// Of the run that is told of: the first that failed, else the last.
    held: usize,
    skipped: Vec<Skipped>,
    differences: Vec<PlacedDifference>,
    /// The options that the kernel cut, which may be why something differs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cut: Vec<CutOption>,
}

/// A difference and the part in which it is.
#[derive(Debug, Serialize)]
struct PlacedDifference {
    /// The part's number from 0; none where the case has only one.
    part: Option<usize>,
    #[serde(skip)]
    label: Option<String>,
    #[serde(flatten)]
    difference: Difference,
}

/// What came of all cases.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Summary {
    cases: usize,
    as_expected: usize,
    failed: usize,
    /// Expectations that this platform cannot judge.
    skipped: usize,
}

/// Replays, compares, and says whether all came out as expected.
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
        } else if !(terminal.quiet && summary.failed == 0) {
            let summary = summary.in_words(repeat, language);
            writeln!(out, "\n{summary}").map_err(Failure::stdout)?;
        }
        Ok(summary)
    };
    let summary = terminal.data(replay)?;
    Ok(if summary.failed == 0 {
        ExitCode::SUCCESS
    } else {
        NOT_AS_EXPECTED.into()
    })
}

/// Replays `scenario` so many times; tells of the first run that failed, else of the last.
fn judge(
    stage: &mut Stage,
    scenario: &Scenario,
    repeat: NonZeroU32,
    language: Language,
) -> Result<Verdict, Failure> {
    let mut failed = 0;
    let mut told: Option<(Trace, Analysis)> = None;
    for _ in 0..repeat.get() {
        let trace = Failure::unless_machine(stage.replay(scenario))?;
        let analysis = analysis::analyse(&trace);
        let as_expected = analysis.as_expected();
        if failed == 0 {
            told = Some((trace, analysis));
        }
        failed += u32::from(!as_expected);
    }
    let (traced, parts) = told
        .map(|(trace, analysis)| (trace.parts, analysis.parts))
        .unwrap_or_default();
    let several = parts.len() > 1;
    Ok(Verdict {
        name: scenario.name.clone(),
        as_expected: failed == 0,
        runs: repeat.get(),
        failed,
        held: parts.iter().map(|part| part.held).sum(),
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

impl Summary {
    fn with(self, verdict: &Verdict) -> Self {
        Self {
            cases: self.cases + 1,
            as_expected: self.as_expected + usize::from(verdict.as_expected),
            failed: self.failed + usize::from(!verdict.as_expected),
            skipped: self.skipped + verdict.skipped.len(),
        }
    }

    fn in_words(self, repeat: NonZeroU32, language: Language) -> String {
        let Self {
            cases,
            as_expected,
            failed,
            skipped,
        } = self;
        let times = if repeat == NonZeroU32::MIN {
            String::new()
        } else {
            language.pick(
                format!(", {repeat} times each"),
                format!("，每个 {repeat} 次"),
            )
        };
        let failed = if failed == 0 {
            language.pick("0 not", "0 个不符合").normal()
        } else {
            let failed = language.pick(format!("{failed} not"), format!("{failed} 个不符合"));
            failed.red().bold()
        };
        language.pick(
            format!(
                "{cases} {}{times}: {as_expected} as expected, {failed}; {skipped} {} skipped",
                if cases == 1 { "case" } else { "cases" },
                if skipped == 1 {
                    "expectation"
                } else {
                    "expectations"
                },
            ),
            format!(
                "{cases} 个用例{times}：{as_expected} 个符合预期，{failed}；跳过 {skipped} 条预期"
            ),
        )
    }
}

fn widest_name(scenarios: &[Scenario]) -> usize {
    let widths = scenarios
        .iter()
        .map(|scenario| escape::width(&escape::text(&scenario.name)));
    widths.max().unwrap_or(0)
}

/// One line, and what differs under it.
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
    let held = verdict.held;
    write!(
        out,
        "{mark}{gap}  {name}{name_gap}  {}",
        language.pick(format!("{held:>3} held"), format!("{held:>3} 条预期成立"))
    )?;
    if skipped > 0 {
        let skipped = language.pick(
            format!(", {skipped} skipped"),
            format!("，{skipped} 条跳过"),
        );
        write!(out, "{}", skipped.yellow())?;
    }
    if verdict.failed > 0 && verdict.runs > 1 {
        let (failed, runs) = (verdict.failed, verdict.runs);
        let often = language.pick(
            format!("  ({failed} of {runs} runs)"),
            format!("（共 {runs} 次，{failed} 次不符）"),
        );
        write!(out, "{}", often.red())?;
    }
    writeln!(out)?;
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
    for cut in verdict.cut.iter().filter(|_| !verdict.as_expected) {
        writeln!(out, "{:6}{}", "", words::cut_option(language, cut))?;
    }
    Ok(())
}

/// The columns of the widest mark.
const MARK_COLUMNS: usize = 7;

/// The word in front of a case, and its columns.
fn mark(verdict: &Verdict, language: Language) -> (colored::ColoredString, usize) {
    let (word, paint): (_, fn(&str) -> colored::ColoredString) = if !verdict.as_expected {
        (language.pick("FAILED", "不符"), |word| word.red().bold())
    } else if verdict.held == 0 {
        (language.pick("skipped", "跳过"), |word| word.yellow())
    } else {
        (language.pick("ok", "符合"), |word| word.green())
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
