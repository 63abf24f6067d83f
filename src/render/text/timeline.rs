//! The calls of both sides in two columns, in causal order.
//!
//! Promises: a call stands in its side's column, with its sizes, as much of its
//! bytes as there is room for, and how it failed if it did; calls that the replay
//! implied are shown only where they failed or all is asked for; times count from
//! the first call shown.

use std::io;
use std::ops::Range;

use crate::picture::Part;
use crate::picture::number::time;
use crate::render::{escape, words};
use crate::scenario::Side;

use super::Page;
use super::line::{Ink, Line};

/// The width of the column of times, the spaces behind it included.
const TIME: usize = 11;
const INDENT: usize = 2;

/// Draws the time line of a part.
pub(super) fn draw(page: &mut Page<'_>, part: &Part<'_>) -> io::Result<()> {
    heading(page)?;
    let hidden = part.hidden_rows();
    for number in 0..part.shown.len() {
        if number == hidden.start && !hidden.is_empty() {
            left_out(page, part, hidden.clone())?;
        }
        if !hidden.contains(&number) {
            page.line(row(page, part, number))?;
        }
    }
    Ok(())
}

/// Draws the time line up to the row before `end`, which is marked; then the next, of which
/// only what it asks for is told. Takes at most `most` lines.
pub(super) fn draw_until(
    page: &mut Page<'_>,
    part: &Part<'_>,
    end: usize,
    most: usize,
) -> io::Result<()> {
    heading(page)?;
    let has_next = end < part.shown.len();
    let rows = most.saturating_sub(1 + usize::from(has_next));
    for number in end.saturating_sub(rows)..end {
        let line = row(page, part, number);
        if number + 1 == end {
            let line = marked(page, line);
            page.line(line)?;
        } else {
            page.line(line)?;
        }
    }
    if !has_next {
        return Ok(());
    }
    let (side, text) = part.announced(end);
    let (server, client, each) = columns(page);
    let mut line = Line::default();
    line.pad_to(match side {
        Side::Server => server,
        Side::Client => client,
    });
    let text = page.pick(format!("next: {text}"), format!("接下来：{text}"));
    line.push(Ink::Plain, &escape::clip(&text, each, page.glyphs.more));
    page.line(line)
}

/// The row of the call that it is all about just now.
fn marked(page: &Page<'_>, row: Line) -> Line {
    let mut line = row.all_in(Ink::Current);
    line.start_with(page.glyphs.current);
    line.pad_to(page.style.columns());
    line.all_in(Ink::Current)
}

/// Where the server's column begins, where the client's begins, and how wide each is.
fn columns(page: &Page<'_>) -> (usize, usize, usize) {
    let first = INDENT + if page.style.times { TIME } else { 0 };
    let each = (page.style.columns() - first - 1) / 2;
    (first, first + each + 1, each)
}

fn heading(page: &mut Page<'_>) -> io::Result<()> {
    let (server, client, _) = columns(page);
    let language = page.style.language;
    let mut line = Line::default();
    line.pad_to(INDENT);
    if page.style.times {
        line.push(Ink::Plain, language.pick("    time", "    时间"));
    }
    line.pad_to(server);
    line.push(Ink::Heading, words::side(language, Side::Server));
    line.pad_to(client);
    line.push(Ink::Heading, words::side(language, Side::Client));
    page.line(line)
}

/// Draws the row with this number.
fn row(page: &Page<'_>, part: &Part<'_>, number: usize) -> Line {
    let row = part.row(number);
    let (server, client, each) = columns(page);
    let mut line = Line::default();
    line.pad_to(INDENT);
    if page.style.times {
        let shown = time(row.at, page.style.ascii);
        line.pad_to((INDENT + TIME - 3).saturating_sub(escape::width(&shown)));
        line.push(Ink::Plain, &shown);
    }
    line.pad_to(match row.side {
        Side::Server => server,
        Side::Client => client,
    });
    let head = escape::clip(&row.words, each, page.glyphs.more);
    line.push(row.ink, &head);
    let left = each.saturating_sub(escape::width(&head) + 2);
    if let Some(data) = row.data.filter(|_| left >= 4) {
        line.push(Ink::Plain, "  ");
        let shown = page.glyphs.preview(&data, left);
        if shown.starts_with(' ') || shown.ends_with(' ') {
            let shown = page.glyphs.preview(&data, left - 2);
            line.push(row.ink, &format!("\"{shown}\""));
        } else {
            line.push(row.ink, &shown);
        }
    }
    line
}

/// How much is left out between two rows.
fn left_out(page: &mut Page<'_>, part: &Part<'_>, rows: Range<usize>) -> io::Result<()> {
    let what = part.summed(rows);
    let more = page.glyphs.more;
    let text = page.pick(
        format!("{more} {what}; --full shows all"),
        format!("{more} {what}；--full 显示全部"),
    );
    page.wrapped(Ink::Plain, INDENT, 2, &text)
}
