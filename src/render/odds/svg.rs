//! Odds as one SVG file that needs nothing else.
//!
//! Several gaps make a curve of the share merged with its intervals, one gap makes
//! bars of what came back. Colours follow the reader's light or dark scheme.

use std::io::{self, Write};

use super::{Odds, Point, axis_end, conditions, heading, lesson, percent, subject, sum};
use crate::language::Language;
use crate::render::text::lesson as wrapped;
use crate::render::{escape, number};

/// The size of the picture, in its own units.
const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 460.0;
/// The plot in it.
const LEFT: f64 = 70.0;
const RIGHT: f64 = 730.0;
const TOP: f64 = 92.0;
const BOTTOM: f64 = 350.0;
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
/// When `out` fails.
pub fn svg(odds: &Odds, language: Language, out: &mut dyn Write) -> io::Result<()> {
    let title = markup(&heading(odds, language));
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         width=\"{WIDTH}\" height=\"{HEIGHT}\" role=\"img\" lang=\"{}\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n\
         <rect class=\"page\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>",
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
        [point] => bars(point, language, out)?,
        points => curve(odds, points, language, out)?,
    }
    for (index, line) in (0_u32..).zip(wrapped(&lesson(odds, language, false), 110)) {
        let at = 412.0 + 17.0 * f64::from(index);
        text(out, "small", "start", (20.0, at), &line)?;
    }
    writeln!(out, "</svg>")
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
    // Labels of some gaps only, where there are many.
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

fn bars(point: &Point, language: Language, out: &mut dyn Write) -> io::Result<()> {
    let rows = point.tally.histogram();
    let shown = &rows[..rows.len().min(MOST_BARS)];
    let all = f64::from(point.tally.counted());
    let left = LEFT + 130.0;
    let room = RIGHT - 130.0 - left;
    for (index, (pattern, count)) in (0_u32..).zip(shown) {
        let at = TOP + 4.0 + 24.0 * f64::from(index);
        let share = f64::from(*count) / all;
        let label = escape::clip(&sum(&pattern.returned, false), 22, "…");
        text(out, "", "end", (left - 8.0, at + 13.0), &label)?;
        let class = if pattern.merged { "merged" } else { "kept" };
        let long = (share * room).max(1.0);
        writeln!(
            out,
            "<rect class=\"{class}\" x=\"{left}\" y=\"{at}\" width=\"{long:.1}\" height=\"18\"/>"
        )?;
        let merged = if pattern.merged {
            language.pick(", merged", "，合并")
        } else {
            ""
        };
        let label = format!("{count}, {}{merged}", percent(share));
        text(
            out,
            "small",
            "start",
            (left + long + 6.0, at + 13.0),
            &label,
        )?;
    }
    writeln!(
        out,
        "<path class=\"axis\" d=\"M{left} {TOP}V{BOTTOM}H{RIGHT}\"/>"
    )?;
    let merged = point.tally.merged();
    let across = language.pick(
        format!(
            "trials; merged: {} of {}, {} (95 % interval {} – {})",
            merged.hits,
            merged.of,
            percent(merged.share),
            percent(merged.low),
            percent(merged.high)
        ),
        format!(
            "试验次数；合并：{} / {}，{}（95 % 区间 {} – {}）",
            merged.hits,
            merged.of,
            percent(merged.share),
            percent(merged.low),
            percent(merged.high)
        ),
    );
    text(out, "", "middle", (WIDTH / 2.0, BOTTOM + 24.0), &across)?;
    upright(
        out,
        language.pick("bytes that the recvs returned", "各次 recv 返回的字节数"),
    )
}

/// The label of the axis that goes up.
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

/// A text from anywhere, ready for an element.
fn markup(text: &str) -> String {
    escape::markup(&escape::text(text))
}
