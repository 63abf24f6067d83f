//! The options for drawing that `run` and `show` share, and the drawing itself.

use std::ffi::OsStr;
use std::io::{self, Write};

use anstream::ColorChoice;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde::Serialize;

use super::arguments;
use super::failure::{Failure, Unwritten};
use super::format::{self, Format};
use super::terminal::{self, Terminal};
use crate::analysis::{self, Analysis};
use crate::language::Language;
use crate::picture;
use crate::render::text::{self, Style};
use crate::render::{cast, escape, svg};
use crate::trace::{Trace, json};

/// The widths in columns that `--width` accepts.
const WIDTHS: std::ops::RangeInclusive<usize> = text::NARROWEST..=400;

/// Adds the options of commands that show replays: format, output file, drawing, player.
pub(super) fn replay_options(command: Command, language: Language) -> Command {
    let command = command
        .arg(format::option(language, format::DRAWING))
        .arg(arguments::output(language))
        .arg(
            Arg::new("legend")
                .long("legend")
                .help(language.pick(
                    "Explain the marks and the words below the drawing",
                    "在图的下方说明各种符号和用语",
                ))
                .action(ArgAction::SetTrue)
                .conflicts_with("format"),
        );
    options(command, language)
        .arg(player(language).conflicts_with_all(["format", "output", "width", "legend"]))
}

/// The option of the player.
fn player(language: Language) -> Arg {
    Arg::new("step")
        .long("step")
        .help(language.pick(
            "Go through it in the terminal, event by event; ? shows the keys",
            "在终端里逐个事件地走一遍；按 ? 查看按键",
        ))
        .action(ArgAction::SetTrue)
}

/// Adds the options of a drawing.
pub(super) fn options(command: Command, language: Language) -> Command {
    command.args(every_option(language))
}

/// Adds the named options of a drawing.
pub(super) fn page_options(command: Command, language: Language, names: &[&str]) -> Command {
    let is_named = |arg: &Arg| names.contains(&arg.get_id().as_str());
    command.args(every_option(language).into_iter().filter(is_named))
}

fn every_option(language: Language) -> [Arg; 5] {
    [
        arguments::switch(
            "no-hex",
            language.pick("Leave out the bytes in hex", "不显示十六进制字节"),
        ),
        arguments::switch(
            "no-times",
            language.pick(
                "Leave out the times, which differ from run to run",
                "不显示时间（每次运行都不同）",
            ),
        ),
        arguments::switch(
            "full",
            language.pick("Show everything, however long", "全部显示，再长也不省略"),
        ),
        arguments::switch(
            "ascii",
            language.pick(
                "Draw only with ASCII, for fonts without box drawing",
                "只用 ASCII 画图，适合没有制表符的字体",
            ),
        ),
        Arg::new("width")
            .long("width")
            .value_name(language.pick("COLUMNS", "列数"))
            .help(language.pick(
                "80 to 400 columns [default: the terminal's, else 80]",
                "80 到 400 列 [默认：随终端，否则 80]",
            ))
            .value_parser(move |text: &str| {
                text.parse()
                    .ok()
                    .filter(|width| WIDTHS.contains(width))
                    .ok_or_else(|| {
                        language.pick(
                            "a number of columns from 80 to 400",
                            "应为 80 到 400 之间的列数",
                        )
                    })
            }),
    ]
}

/// The style asked for; `color` says whether the target shows colour.
pub(super) fn style(matches: &ArgMatches, terminal: Terminal, color: bool) -> Style {
    let width = matches.get_one("width").copied();
    // Not every command has every option.
    let is_set = |name| matches!(matches.try_get_one(name), Ok(Some(true)));
    Style {
        language: terminal.language,
        width: width.unwrap_or_else(|| terminal::columns().clamp(*WIDTHS.start(), *WIDTHS.end())),
        ascii: is_set("ascii"),
        color,
        times: !is_set("no-times"),
        hex: !is_set("no-hex"),
        full: is_set("full"),
    }
}

/// Whether the output is text. That is also the case if the command has no other format.
pub(super) fn is_text(matches: &ArgMatches) -> bool {
    raw(matches, "format").is_none_or(|format| format == "text")
}

/// Whether a text is drawn on standard output: neither another format, nor a file, nor the player.
pub(super) fn is_text_here(matches: &ArgMatches) -> bool {
    let is_here = raw(matches, "output").is_none_or(|file| file == "-");
    is_here && is_text(matches) && !matches!(matches.try_get_one("step"), Ok(Some(true)))
}

/// The value of an option; `None` if the command does not have it.
fn raw<'m>(matches: &'m ArgMatches, name: &str) -> Option<&'m OsStr> {
    let given = matches.try_get_raw(name).ok().flatten();
    given.and_then(|mut given| given.next())
}

/// Warns if the terminal is narrower than what will be drawn in it.
pub(super) fn tell_if_too_narrow(matches: &ArgMatches, terminal: Terminal) {
    // A flag that a command has always has a value.
    let draws = matches!(matches.try_get_one::<bool>("ascii"), Ok(Some(_)));
    let Some(columns) = terminal::columns_to_fit() else {
        return;
    };
    if !draws || !is_text_here(matches) {
        return;
    }
    let needed = style(matches, terminal, false).width;
    if columns < needed {
        terminal.note(say!(
            terminal.language,
            "the terminal has {columns} columns, and this needs {needed}: enlarge it",
            "终端只有 {columns} 列，这里需要 {needed} 列：请放大窗口"
        ));
    }
}

/// A trace and its analysis.
type Case = (Trace, Analysis);

/// Writes the cases in the format asked for, and returns how many were not as expected. `color`
/// says whether the target shows colour.
pub(super) fn write(
    traces: impl Iterator<Item = Result<Trace, Failure>>,
    matches: &ArgMatches,
    terminal: Terminal,
    color: bool,
    out: &mut dyn Write,
) -> Result<usize, Unwritten> {
    let cases = traces.map(|trace| {
        let trace = trace?;
        let analysis = analysis::analyse(&trace);
        Ok((trace, analysis))
    });
    // A picture has colours wherever it goes.
    let in_picture = || style(matches, terminal, terminal.color != ColorChoice::Never);
    match format::given(matches) {
        Format::Text => {
            let style = style(matches, terminal, color);
            let unexpected = draw_each(cases, &style, out)?;
            if matches.get_flag("legend") {
                writeln!(out)?;
                text::draw_legend(&style, out)?;
            }
            Ok(unexpected)
        }
        Format::Json => write_json(cases, out),
        Format::Svg => draw_together(cases, svg::draw, &in_picture(), out),
        Format::Cast => draw_together(cases, cast::draw, &in_picture(), out),
    }
}

fn draw_each(
    cases: impl Iterator<Item = Result<Case, Unwritten>>,
    style: &Style,
    out: &mut dyn Write,
) -> Result<usize, Unwritten> {
    let mut unexpected = 0;
    let mut summary = Vec::new();
    for (index, case) in cases.enumerate() {
        let (trace, analysis) = case?;
        draw(index, &trace, &analysis, style, out)?;
        // Flush now: a case that waits for time should not hold back the one before it.
        out.flush()?;
        unexpected += usize::from(!analysis.as_expected());
        let line = picture::in_one_line(&analysis, style.telling());
        summary.push((escape::text(&trace.name), line));
    }
    if summary.len() > 1 {
        writeln!(out)?;
        text::draw_summary(&summary, style, out)?;
    }
    Ok(unexpected)
}

/// Draws two cases side by side, and returns how many were not as expected.
pub(super) fn write_beside(
    traces: &[Trace; 2],
    matches: &ArgMatches,
    terminal: Terminal,
    color: bool,
    out: &mut dyn Write,
) -> Result<usize, Unwritten> {
    let style = style(matches, terminal, color);
    let [left, right] = traces;
    let seen = [left, right].map(analysis::analyse);
    text::draw_side_by_side([(left, &seen[0]), (right, &seen[1])], &style, out)?;
    Ok(seen.iter().filter(|seen| !seen.as_expected()).count())
}

/// Draws all cases with `draw`, which makes one document of them.
fn draw_together(
    cases: impl Iterator<Item = Result<Case, Unwritten>>,
    draw: impl FnOnce(&[Case], &Style, &mut dyn Write) -> io::Result<()>,
    style: &Style,
    out: &mut dyn Write,
) -> Result<usize, Unwritten> {
    let cases: Vec<_> = cases.collect::<Result<_, _>>()?;
    draw(&cases, style, out)?;
    let unexpected = cases.iter().filter(|(_, seen)| !seen.as_expected());
    Ok(unexpected.count())
}

/// An analysis with the verdict first, for programs that want only that.
#[derive(Serialize)]
struct Judged {
    as_expected: bool,
    /// Whether something differs; where the machine stalled, neither is true.
    #[serde(skip)]
    unexpected: bool,
    #[serde(flatten)]
    analysis: Analysis,
}

/// Writes the cases as JSON, and returns how many were not as expected.
pub(super) fn write_json(
    cases: impl Iterator<Item = Result<Case, Unwritten>>,
    out: &mut dyn Write,
) -> Result<usize, Unwritten> {
    let judged = cases.map(|case| {
        let (trace, analysis) = case?;
        let unexpected = !analysis.as_expected();
        let as_expected = !unexpected && !analysis.is_stalled();
        let analysis = Judged {
            as_expected,
            unexpected,
            analysis,
        };
        Ok::<_, Unwritten>((trace, analysis))
    });
    let cases: Vec<_> = judged.collect::<Result<_, _>>()?;
    json::write(&cases, out)?;
    let unexpected = cases.iter().filter(|(_, judged)| judged.unexpected);
    Ok(unexpected.count())
}

/// Draws one trace, with an empty line before all but the first.
pub(super) fn draw(
    index: usize,
    trace: &Trace,
    analysis: &Analysis,
    style: &Style,
    mut out: &mut dyn Write,
) -> io::Result<()> {
    if index > 0 {
        writeln!(out)?;
    }
    text::draw(trace, analysis, style, &mut out)
}
