//! Odds as one SVG file that needs no other file.
//!
//! Several gaps give a curve of the share of trials with a lost boundary, with its intervals. One
//! gap gives a bar for each outcome. The picture is as high as needed, and its colours follow the
//! viewer's light or dark scheme.

use std::io::{self, Write};

use super::{
    Odds, axis_end, conditions, coverage, heading, interval, lesson, own_reader, percent, subject,
    sum,
};
use crate::laboratory::odds::{Pattern, Point};
use crate::language::Language;
use crate::render::wrapped;
use crate::render::{escape, number};

/// The size of the picture, in its own units.
const WIDTH: f64 = 760.0;
/// The position of the plot in it.
const LEFT: f64 = 70.0;
const RIGHT: f64 = 730.0;
const TOP: f64 = 92.0;
/// The bottom of the plot of several gaps.
const BOTTOM: f64 = 350.0;
/// The distance from one bar to the next.
const PITCH: f64 = 34.0;
/// The height of a line below a plot: the numbers of its axis, its title, the results of another
/// reader, and the lesson.
const LINE: f64 = 17.0;
/// The most bars that are drawn.
const MOST_BARS: usize = 10;

const STYLE: &str = "\
    .page{fill:#fff}text{fill:#1b1f24;font:13px system-ui,sans-serif}\
    .head{font-size:15px;font-weight:600}.small{font-size:12px;fill:#57606a}\
    .axis{stroke:#57606a;fill:none}.grid{stroke:#d0d7de;fill:none}\
    .line{stroke:#0969da;fill:none;stroke-width:2}.range{stroke:#0969da;stroke-width:1.5}\
    .dot,.kept{fill:#0969da}.merged{fill:#bc4c00}\
    @media (prefers-color-scheme:dark){.page{fill:#0d1117}text{fill:#e6edf3}\
    .small{fill:#9198a1}.axis{stroke:#9198a1}.grid{stroke:#30363d}\
    .line,.range{stroke:#58a6ff}.dot,.kept{fill:#58a6ff}.merged{fill:#f0883e}}";

/// Writes the picture.
///
/// # Errors
/// If `out` fails.
pub fn svg(odds: &Odds, language: Language, out: &mut dyn Write) -> io::Result<()> {
    let bottom = match odds.points.as_slice() {
        [point] => TOP + PITCH * float(rows(point).count() + 1) + 10.0,
        _ => BOTTOM,
    };
    let own = own_reader(odds, language, false);
    let below: Vec<String> = own
        .into_iter()
        .chain([coverage(odds, language), lesson(odds, language, false)])
        .flat_map(|text| wrapped(&text, 110))
        .collect();
    let height = bottom + 62.0 + LINE * float(below.len());
    let title = markup(&heading(odds, language));
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         width=\"{WIDTH}\" height=\"{height}\" role=\"img\" lang=\"{}\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n\
         <rect class=\"page\" width=\"{WIDTH}\" height=\"{height}\"/>",
        language.code()
    )?;
    text(out, "head", "start", (20.0, 28.0), &heading(odds, language))?;
    text(
        out,
        "small",
        "start",
        (20.0, 48.0),
        &subject(odds, language, false),
    )?;
    text(
        out,
        "small",
        "start",
        (20.0, 66.0),
        &conditions(odds, language),
    )?;
    match odds.points.as_slice() {
        [point] => bars(point, bottom, language, out)?,
        points => curve(odds, points, language, out)?,
    }
    let mut at = bottom + 62.0;
    for line in below {
        text(out, "small", "start", (20.0, at), &line)?;
        at += LINE;
    }
    writeln!(out, "</svg>")
}

/// Converts a small number exactly.
fn float(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}

fn curve(odds: &Odds, points: &[Point], language: Language, out: &mut dyn Write) -> io::Result<()> {
    let end = axis_end(odds);
    let micros = |point: &Point| point.gap.as_secs_f64() * 1e6;
    let least = points.first().map_or(0.0, micros);
    let most = points.last().map_or(1.0, micros);
    let x = |point: &Point| LEFT + (micros(point) - least) / (most - least) * (RIGHT - LEFT);
    let y = |share: f64| BOTTOM - share / end * (BOTTOM - TOP);
    for tick in 0..=5_u32 {
        let share = end * f64::from(tick) / 5.0;
        let at = y(share);
        writeln!(out, "<path class=\"grid\" d=\"M{LEFT} {at:.1}H{RIGHT}\"/>")?;
        let label = format!("{:.0} %", share * 100.0);
        text(out, "small", "end", (LEFT - 8.0, at + 4.0), &label)?;
    }
    writeln!(
        out,
        "<path class=\"axis\" d=\"M{LEFT} {TOP}V{BOTTOM}H{RIGHT}\"/>"
    )?;
    let counted = points.iter().filter(|point| point.tally.counted() > 0);
    let line: Vec<String> = counted
        .clone()
        .map(|point| format!("{:.1},{:.1}", x(point), y(point.tally.merged().share)))
        .collect();
    writeln!(
        out,
        "<polyline class=\"line\" points=\"{}\"/>",
        line.join(" ")
    )?;
    // With many gaps only some have labels.
    let every = points.len().div_ceil(11);
    for (index, point) in points.iter().enumerate() {
        if index % every == 0 {
            let label = super::micros(number_of(point) / 100 * 100);
            text(out, "small", "middle", (x(point), BOTTOM + 18.0), &label)?;
        }
    }
    for point in counted {
        let (at, merged) = (x(point), point.tally.merged());
        let (low, middle, high) = (y(merged.low), y(merged.share), y(merged.high));
        let tip = format!(
            "{}: {} ({} – {})",
            number::time(number_of(point), false),
            percent(merged.share),
            percent(merged.low),
            percent(merged.high)
        );
        writeln!(
            out,
            "<g><title>{}</title><path class=\"range\" d=\"M{at:.1} {low:.1}V{high:.1}\
             M{:.1} {low:.1}h8M{:.1} {high:.1}h8\"/>\
             <circle class=\"dot\" cx=\"{at:.1}\" cy=\"{middle:.1}\" r=\"4\"/></g>",
            markup(&tip),
            at - 4.0,
            at - 4.0
        )?;
    }
    let across = language.pick("gap between the sends, µs", "两次 send 的间隔（微秒）");
    text(
        out,
        "",
        "middle",
        (f64::midpoint(LEFT, RIGHT), BOTTOM + 38.0),
        across,
    )?;
    let up = language.pick(
        "share merged, with its 95 % interval",
        "合并的比例，附 95 % 区间",
    );
    upright(out, up)
}

fn number_of(point: &Point) -> u64 {
    super::nanoseconds(point.gap)
}

/// The outcomes that are drawn, the most frequent first, with their counts.
fn rows(point: &Point) -> impl Iterator<Item = (&Pattern, u32)> {
    point.tally.histogram().into_iter().take(MOST_BARS)
}

/// A bar for each outcome, and below them the share of trials with a lost boundary, with its
/// interval, on one axis.
fn bars(point: &Point, bottom: f64, language: Language, out: &mut dyn Write) -> io::Result<()> {
    let all = f64::from(point.tally.counted());
    let left = LEFT + 130.0;
    // There is room for numbers after the longest bar.
    let right = RIGHT - 130.0;
    let x = |share: f64| left + share * (right - left);
    for tick in 0..=5_u32 {
        let share = f64::from(tick) / 5.0;
        let at = x(share);
        writeln!(out, "<path class=\"grid\" d=\"M{at:.1} {TOP}V{bottom}\"/>")?;
        let label = format!("{:.0} %", share * 100.0);
        text(out, "small", "middle", (at, bottom + 18.0), &label)?;
    }
    let mut at = TOP + 8.0;
    for (pattern, count) in rows(point) {
        let share = f64::from(count) / all;
        let label = escape::clip(&sum(&pattern.returned, false), 22, "…");
        text(out, "", "end", (left - 8.0, at + 18.0), &label)?;
        let class = if pattern.merged { "merged" } else { "kept" };
        let long = (x(share) - left).max(1.0);
        writeln!(
            out,
            "<rect class=\"{class}\" x=\"{left}\" y=\"{at}\" width=\"{long:.1}\" height=\"26\"/>"
        )?;
        let merged = if pattern.merged {
            language.pick(", merged", "，合并")
        } else {
            ""
        };
        let label = format!("{count}, {}{merged}", percent(share));
        let behind = (left + long + 6.0, at + 18.0);
        text(out, "small", "start", behind, &label)?;
        at += PITCH;
    }
    let merged = point.tally.merged();
    let label = language.pick("merged, in all", "合并，共计");
    text(out, "", "end", (left - 8.0, at + 18.0), label)?;
    let (low, middle, high) = (x(merged.low), x(merged.share), x(merged.high));
    let line = at + 13.0;
    writeln!(
        out,
        "<path class=\"range\" d=\"M{low:.1} {line:.1}H{high:.1}M{low:.1} {:.1}v8M{high:.1} {:.1}v8\"/>\
         <circle class=\"dot\" cx=\"{middle:.1}\" cy=\"{line:.1}\" r=\"4\"/>",
        line - 4.0,
        line - 4.0
    )?;
    text(
        out,
        "small",
        "start",
        (high + 10.0, at + 18.0),
        &interval(merged, false),
    )?;
    writeln!(
        out,
        "<path class=\"axis\" d=\"M{left} {TOP}V{bottom}H{right}\"/>"
    )?;
    let (hits, of) = (merged.hits, merged.of);
    let across = say!(
        language,
        "share of {of} trials, {hits} merged, with the 95 % interval",
        "{of} 次试验中的比例，{hits} 次合并，附 95 % 区间"
    );
    let middle = f64::midpoint(left, right);
    text(out, "", "middle", (middle, bottom + 38.0), &across)?;
    let up = language.pick("recv returned, B", "recv 返回的字节数");
    text(out, "small", "end", (left - 8.0, TOP), up)
}

/// The label of the vertical axis.
fn upright(out: &mut dyn Write, label: &str) -> io::Result<()> {
    let middle = f64::midpoint(TOP, BOTTOM);
    writeln!(
        out,
        "<text text-anchor=\"middle\" transform=\"translate(20 {middle}) rotate(-90)\">{}</text>",
        markup(label)
    )
}

fn text(
    out: &mut dyn Write,
    class: &str,
    anchor: &str,
    (x, y): (f64, f64),
    text: &str,
) -> io::Result<()> {
    let text = markup(text);
    writeln!(
        out,
        "<text class=\"{class}\" text-anchor=\"{anchor}\" x=\"{x:.1}\" y=\"{y:.1}\">{text}</text>"
    )
}

/// Escapes any text for an element.
fn markup(text: &str) -> String {
    escape::markup(&escape::text(text))
}
