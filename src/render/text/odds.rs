//! Draws odds as text: a bar for each outcome, or the share of lost boundaries against the gap.
//!
//! Promises: like all text here, no line is wider than the page, what is left out is counted, and
//! colour says nothing that marks and numbers do not say too.

use std::io::{self, Write};

use super::line::{Ink, Line};
use super::{Page, Style};
use crate::laboratory::odds::Point;
use crate::render::escape;
use crate::render::number;
use crate::render::odds::{
    Odds, axis_end, conditions, coverage, heading, interval, lesson, nanoseconds, onward,
    own_reader, percent, subject, sum,
};

/// The indentation of a command.
const INDENT: usize = 4;
/// The most outcomes shown.
const MOST_ROWS: usize = 12;
/// The widest label of an outcome, in columns.
const WIDEST_LABEL: usize = 30;

/// Draws the results of many trials.
///
/// # Errors
/// If `out` fails.
pub fn draw(odds: &Odds, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style, out);
    let language = style.language;
    page.wrapped(Ink::Heading, 0, 2, &heading(odds, language))?;
    page.wrapped(Ink::Plain, 2, 2, &subject(odds, language, style.ascii))?;
    let conditions = conditions(odds, language);
    let conditions = if style.ascii {
        conditions.replace('±', "+-").replace('µ', "u")
    } else {
        conditions
    };
    page.wrapped(Ink::Plain, 2, 2, &conditions)?;
    page.blank()?;
    match odds.points.as_slice() {
        [point] => histogram(&mut page, point)?,
        points => sweep(&mut page, odds, points)?,
    }
    if let Some(own) = own_reader(odds, language, style.ascii) {
        page.wrapped(Ink::Heading, 2, 2, &own)?;
    }
    ended_early(&mut page, odds)?;
    page.blank()?;
    page.wrapped(Ink::Plain, 2, 0, &coverage(odds, language))?;
    page.blank()?;
    page.wrapped(Ink::Plain, 2, 0, &lesson(odds, language, style.ascii))?;
    draw_onward(&mut page, &onward(odds, language))
}

/// The commands to go on with, each with its description if there is room.
fn draw_onward(page: &mut Page<'_>, onward: &[(String, &str)]) -> io::Result<()> {
    page.wrapped(Ink::Plain, 2, 0, page.pick("To see more:", "接着可以看："))?;
    let widest = onward.iter().map(|(command, _)| escape::width(command));
    let beside = INDENT + widest.max().unwrap_or(0) + 2;
    for (command, shows) in onward {
        if beside + escape::width(shows) > page.style.columns() {
            page.wrapped(Ink::Plain, INDENT, 2, command)?;
            page.wrapped(Ink::Plain, INDENT + 2, 0, shows)?;
            continue;
        }
        let mut line = Line::default();
        line.pad_to(INDENT);
        line.push(Ink::Plain, command);
        line.pad_to(beside);
        line.push(Ink::Plain, shows);
        page.line(line)?;
    }
    Ok(())
}

/// `text` at the right end of `columns`.
fn right(line: &mut Line, columns: usize, text: &str) {
    line.pad_to(columns.saturating_sub(escape::width(text)));
    line.push(Ink::Plain, text);
}

fn histogram(page: &mut Page<'_>, point: &Point) -> io::Result<()> {
    let rows = point.tally.histogram();
    let shown = rows.len().min(MOST_ROWS);
    let all = point.tally.counted();
    let labels: Vec<String> = rows[..shown]
        .iter()
        .map(|(pattern, _)| {
            let sum = sum(&pattern.returned, page.style.ascii);
            escape::clip(&sum, WIDEST_LABEL, page.glyphs.more)
        })
        .collect();
    let head = page.pick("returned", "返回");
    let widths = labels.iter().map(|label| escape::width(label));
    let label_end = 2 + widths.max().unwrap_or(0).max(escape::width(head));
    let (count_end, share_end) = (label_end + 10, label_end + 20);
    let mark = page.pick("merged", "合并");
    let bar_start = share_end + 2 + 8;
    let mut line = Line::of(Ink::Heading, "  ");
    line.push(Ink::Heading, head);
    right(&mut line, count_end, page.pick("trials", "次数"));
    right(&mut line, share_end, page.pick("share", "比例"));
    page.line(line)?;
    let room = page.style.columns() - bar_start;
    for ((pattern, count), label) in rows[..shown].iter().zip(&labels) {
        let share = f64::from(*count) / f64::from(all);
        let ink = if pattern.merged {
            Ink::Bad
        } else {
            Ink::Message(0)
        };
        let mut line = Line::of(Ink::Plain, "  ");
        line.push(Ink::Plain, label);
        right(&mut line, count_end, &number::grouped(u64::from(*count)));
        right(&mut line, share_end, &percent(share));
        line.pad_to(share_end + 2);
        if pattern.merged {
            line.push(Ink::Bad, mark);
        }
        line.pad_to(bar_start);
        let long = cell(share, room).max(1);
        line.push(ink, &page.glyphs.fill.to_string().repeat(long));
        page.line(line)?;
    }
    if rows.len() > shown {
        let kinds = rows.len() - shown;
        let count: u32 = rows[shown..].iter().map(|(_, count)| count).sum();
        let text = say!(
            page.style.language,
            "{kinds} other outcomes in {count} trials",
            "另有 {kinds} 种结果，共 {count} 次"
        );
        page.wrapped(Ink::Plain, 2, 0, &text)?;
    }
    page.blank()?;
    let merged = point.tally.merged();
    let (hits, of) = (merged.hits, merged.of);
    let (share, interval) = (percent(merged.share), interval(merged, page.style.ascii));
    let text = say!(
        page.style.language,
        "merged: {hits} of {of} trials, {share}, 95 % interval {interval}",
        "合并：{of} 次中有 {hits} 次，{share}，95 % 区间 {interval}"
    );
    page.wrapped(Ink::Heading, 2, 2, &text)?;
    if let Some(measured) = point.tally.median_gap() {
        let ascii = page.style.ascii;
        let measured = number::time(measured, ascii);
        let asked = if point.gap.is_zero() {
            page.pick("no pause", "不停顿").to_owned()
        } else {
            let gap = number::time(nanoseconds(point.gap), ascii);
            page.pick(gap.clone(), format!(" {gap}"))
        };
        let text = say!(
            page.style.language,
            "between the sends: {asked} asked for, {measured} measured (median)",
            "两次 send 之间：要求{asked}，实测 {measured}（中位数）"
        );
        page.wrapped(Ink::Plain, 2, 2, &text)?;
    }
    Ok(())
}

fn sweep(page: &mut Page<'_>, odds: &Odds, points: &[Point]) -> io::Result<()> {
    let ascii = page.style.ascii;
    let end = axis_end(odds);
    // The right ends of the columns: gap, measured, merged, share; then comes the plot.
    let ends = [11, 22, 31, 54];
    let start = 57;
    let room = page.style.columns() - start;
    let heads = [
        page.pick("gap", "间隔"),
        page.pick("measured", "实测"),
        page.pick("merged", "合并"),
        page.pick("95 % interval", "95 % 区间"),
    ];
    let mut line = Line::default();
    for (head, end) in heads.into_iter().zip(ends) {
        right(&mut line, end, head);
    }
    line.pad_to(start);
    line.push(Ink::Plain, "0");
    right(&mut line, start + room, &format!("{:.0} %", end * 100.0));
    page.line(line)?;
    for point in points {
        let merged = point.tally.merged();
        let measured = point.tally.median_gap();
        let gap = nanoseconds(point.gap);
        let mut line = Line::default();
        right(&mut line, ends[0], &number::time(gap, ascii));
        let measured = measured.map_or_else(|| "?".to_owned(), |gap| number::time(gap, ascii));
        right(&mut line, ends[1], &measured);
        right(&mut line, ends[2], &percent(merged.share));
        right(&mut line, ends[3], &interval(merged, ascii));
        line.pad_to(start);
        let [low, middle, high] = [merged.low, merged.share, merged.high]
            .map(|share| cell(share / end, room.saturating_sub(1)));
        for column in 0..room {
            if column == middle {
                line.push_char(Ink::Bad, if ascii { 'o' } else { '●' });
            } else if (low..=high).contains(&column) {
                line.push_char(Ink::Plain, page.glyphs.thin);
            } else if column == 0 {
                line.push_char(Ink::Plain, page.glyphs.header);
            } else {
                line.push_char(Ink::Plain, ' ');
            }
        }
        page.line(line)?;
    }
    Ok(())
}

/// The column, out of `room`, that a share from 0 to 1 reaches.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a few hundred columns at the most"
)]
fn cell(share: f64, room: usize) -> usize {
    (share.clamp(0.0, 1.0) * room as f64).round() as usize
}

fn ended_early(page: &mut Page<'_>, odds: &Odds) -> io::Result<()> {
    let early: u32 = odds
        .points
        .iter()
        .map(|point| point.tally.ended_early())
        .sum();
    if early == 0 {
        return Ok(());
    }
    let text = say!(
        page.style.language,
        "{early} trials ended early and are not counted",
        "有 {early} 次试验提前结束，未计入"
    );
    page.wrapped(Ink::Bad, 2, 2, &text)
}
