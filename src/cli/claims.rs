//! `sticky claims`: common statements about sockets, each replayed and shown beside what happened.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde::Serialize;

use super::failure::Failure;
use super::status::NOT_AS_EXPECTED;
use super::terminal::Terminal;
use super::{arguments, candidates, drawing, format, side_by_side};
use crate::analysis::{self, Analysis, Outcome};
use crate::language::{Language, Text};
use crate::render::claims::{ClaimResult, Summary, Witness, draw, list};
use crate::render::text::Style;
use crate::replay::Stage;
use crate::scenario::claims::{self, Claim, Source, Verdict};
use crate::scenario::{Scenario, catalogue};
use crate::trace::{Trace, json};

/// The version of the JSON output.
const VERSION: u32 = 1;

/// The command's arguments.
pub(super) fn command(language: Language) -> Command {
    let command = Command::new("claims")
        .about(language.pick(
            "Test what people say about sockets, live",
            "现场检验关于套接字的种种说法",
        ))
        .override_usage(language.pick(
            "sticky claims [OPTIONS] [CLAIM]",
            "sticky claims [选项] [说法]",
        ))
        .after_help(language.pick(
            "Every verdict is shown beside what its cases have just shown. Exit status 1 if a \
             case does not come out as expected: its verdict is not confirmed. What this platform \
             cannot check is counted separately, never as confirmed.\n\n\
             Examples:\n  sticky claims --list\n  sticky claims 1 --no-times",
            "每个结论旁边都是对应用例刚刚的实测结果。有用例不符合预期时，该结论记为未证实，\
             退出状态为 1。本平台无法判断的另行计数，从不计为证实。\n\n\
             示例：\n  sticky claims --list\n  sticky claims 1 --no-times",
        ))
        .arg(
            Arg::new("claim")
                .value_name(language.pick("CLAIM", "说法"))
                .add(candidates::claims(language))
                .help(language.pick(
                    "A name, its beginning, or a number: only this claim, with its timelines [default: all]",
                    "名称、名称开头或编号：只看这一条，附时间线 [默认：全部]",
                )),
        )
        .arg(
            Arg::new("list")
                .long("list")
                .help(language.pick(
                    "List the claims with their numbers and names, and replay nothing",
                    "列出全部说法及其编号和名称，不重放",
                ))
                .action(ArgAction::SetTrue)
                .conflicts_with_all(["claim", "format"]),
        )
        .arg(format::option(language, format::PLAIN));
    drawing::options(command, language).arg(arguments::deadline(language))
}

/// The result of replaying one scenario, with the replay itself if it will be drawn.
struct Seen {
    witness: Witness,
    replay: Option<(Trace, Analysis)>,
}

/// Replays the scenarios of the claims and shows each claim. The exit status says whether all are
/// confirmed.
pub(super) fn run(matches: &ArgMatches, terminal: Terminal) -> Result<ExitCode, Failure> {
    let all = claims::embedded().map_err(Failure::File)?;
    if matches.get_flag("list") {
        let style = drawing::style(matches, terminal, terminal.data_in_color());
        terminal.data(|out| list(&all, &style, out).map_err(Failure::stdout))?;
        return Ok(ExitCode::SUCCESS);
    }
    let one = matches.get_one::<String>("claim");
    let chosen = match one {
        Some(wanted) => {
            let index = claims::find(&all, wanted).map_err(Failure::Claim)?;
            index..index + 1
        }
        None => 0..all.len(),
    };
    let names = scenarios_of(&all[chosen.clone()]);
    let scenarios = catalogue::select(&names).map_err(Failure::Select)?;
    let style = drawing::style(matches, terminal, terminal.data_in_color());
    let see = |stage: &mut Stage, scenario: &Scenario| {
        let trace = Failure::unless_machine(stage.replay(scenario))?;
        let analysis = analysis::analyse(&trace);
        Ok(Seen {
            witness: Witness::of(&trace, &analysis, style.times),
            replay: one.map(|_| (trace, analysis)),
        })
    };
    let as_json = format::is_json(matches);
    drawing::tell_if_too_narrow(matches, terminal);
    let summary = terminal.data(|out| {
        let mut seen: Vec<Option<Seen>> = names.iter().map(|_| None).collect();
        let mut rest = chosen.clone().peekable();
        let mut summary = Summary::default();
        let deadline = arguments::given_deadline(matches);
        side_by_side::each(&scenarios, deadline, see, |index, now| {
            seen[index] = Some(now);
            if as_json {
                return Ok(());
            }
            // A claim is shown as soon as all its scenarios are done, in the order of the list.
            while let Some(told) = rest
                .peek()
                .and_then(|&at| tell(at, &all[at], &names, &seen))
            {
                let outcome = told.outcome();
                if !(terminal.quiet && outcome == Outcome::AsExpected) {
                    draw_apart(&told, &style, out).map_err(Failure::stdout)?;
                }
                summary = summary.with(outcome);
                rest.next();
            }
            Ok(())
        })?;
        if as_json {
            let told = chosen.filter_map(|at| tell(at, &all[at], &names, &seen));
            return write_json(&told.collect::<Vec<_>>(), out).map_err(Failure::stdout);
        }
        if one.is_some() {
            draw_replays(&seen, &style, out).map_err(Failure::stdout)?;
        } else if !terminal.quiet || summary.as_expected < summary.claims {
            writeln!(out, "{}", summary.in_words(terminal.language)).map_err(Failure::stdout)?;
        }
        Ok(summary)
    })?;
    Ok(if summary.not_confirmed == 0 {
        ExitCode::SUCCESS
    } else {
        NOT_AS_EXPECTED.into()
    })
}

/// The names of the scenarios, each once, in the order in which the claims need them.
fn scenarios_of(claims: &[Claim]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in claims.iter().flat_map(|claim| &claim.scenarios) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

/// A claim with the results of its scenarios; `None` while one of them is not done.
fn tell<'a>(
    index: usize,
    claim: &'a Claim,
    names: &[String],
    seen: &'a [Option<Seen>],
) -> Option<ClaimResult<'a>> {
    let witness = |name: &String| {
        let at = names.iter().position(|one| one == name)?;
        seen[at].as_ref().map(|seen| &seen.witness)
    };
    Some(ClaimResult {
        number: index + 1,
        claim,
        witnesses: claim.scenarios.iter().map(witness).collect::<Option<_>>()?,
    })
}

/// Draws one claim, followed by an empty line.
fn draw_apart(told: &ClaimResult<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    draw(told, style, out)?;
    writeln!(out)?;
    out.flush()
}

/// Draws the timelines as `run` does.
fn draw_replays(seen: &[Option<Seen>], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let replays = seen
        .iter()
        .flatten()
        .filter_map(|seen| seen.replay.as_ref());
    for (index, (trace, analysis)) in replays.enumerate() {
        drawing::draw(index, trace, analysis, style, out)?;
    }
    Ok(())
}

/// One claim in JSON.
#[derive(Serialize)]
struct Entry<'a> {
    number: usize,
    name: &'a str,
    /// The section of the notes; `None` for a claim that does not come from them.
    section: Option<&'a str>,
    myth: bool,
    claim: &'a Text,
    verdict: &'static str,
    condition: Option<&'a Text>,
    why: &'a Text,
    outcome: Outcome,
    scenarios: &'a [&'a Witness],
}

fn write_json(told: &[ClaimResult<'_>], out: &mut dyn Write) -> io::Result<Summary> {
    #[derive(Serialize)]
    struct Document<'a> {
        version: u32,
        summary: Summary,
        claims: Vec<Entry<'a>>,
    }
    let outcomes = told.iter().map(ClaimResult::outcome);
    let summary = outcomes.fold(Summary::default(), Summary::with);
    let claims = told.iter().map(entry).collect();
    let document = Document {
        version: VERSION,
        summary,
        claims,
    };
    json::write_document(&document, out)?;
    Ok(summary)
}

fn entry<'a>(told: &'a ClaimResult<'_>) -> Entry<'a> {
    let claim = told.claim;
    let section = match &claim.source {
        Source::Notes(section) => Some(section.as_str()),
        Source::Elsewhere => None,
    };
    let condition = match &claim.verdict {
        Verdict::TrueIf(condition) => Some(condition),
        Verdict::True | Verdict::False => None,
    };
    Entry {
        number: told.number,
        name: &claim.name,
        section,
        myth: section.is_none(),
        claim: &claim.claim,
        verdict: claim.verdict.name(),
        condition,
        why: &claim.why,
        outcome: told.outcome(),
        scenarios: &told.witnesses,
    }
}
