//! The calls of both sides in two columns, in causal order.
//!
//! Each column is as wide as its calls need. If both fit in a half, both are a half.
//!
//! Promises: a call is in its side's column, with its sizes, its bytes, and its fault if it
//! failed. Bytes that do not fit beside the call continue in up to two more lines; if they do not
//! fit there either, the row says how many are missing. Calls that the replay implied are shown
//! only if they failed or everything is asked for. Times count from the first call shown.

use std::io;
use std::ops::Range;

use crate::picture::Part;
use crate::picture::calls::Data;
use crate::picture::number::time;
use crate::render::glyphs::Glyphs;
use crate::render::{escape, words};
use crate::scenario::Side;

use super::line::{Ink, Line};
use super::{Page, Style};

/// The width of the column of times, the spaces behind it included.
const TIME: usize = 11;
const INDENT: usize = 2;
/// The fewest columns of a side.
const LEAST: usize = 16;
/// The columns between a call and its bytes.
const GAP: usize = 2;
/// The indentation of bytes below their call.
const DEEPER: usize = 2;
/// The fewest columns for bytes beside a call.
const LEAST_BYTES: usize = 4;

/// Draws the time line of a part.
pub(super) fn draw(page: &mut Page<'_>, part: &Part<'_>) -> io::Result<()> {
    if let Some(says) = part.no_calls() {
        return page.wrapped(Ink::Plain, INDENT, 0, says);
    }
    let columns = Columns::of(page.style, part, false);
    heading(page, &columns)?;
    let hidden = part.hidden_rows();
    for number in 0..part.shown.len() {
        if number == hidden.start && !hidden.is_empty() {
            left_out(page, part, hidden.clone())?;
        }
        if !hidden.contains(&number) {
            for line in row(page.style, &columns, part, number) {
                page.line(line)?;
            }
        }
    }
    Ok(())
}

/// Whether no call is cut off in this style.
pub(super) fn fits(style: &Style, part: &Part<'_>) -> bool {
    let columns = Columns::of(style, part, false);
    let hidden = part.hidden_rows();
    let mut shown = (0..part.shown.len()).filter(|number| !hidden.contains(number));
    shown.all(|number| {
        let row = part.row(number);
        escape::width(&row.words) <= columns.of_side(row.side).1
    })
}

/// Draws the time line up to the row before `end`, which is marked if `is_current`; then the next, of which
/// only what it asks for is told. Takes at most `most` lines.
pub(super) fn draw_until(
    page: &mut Page<'_>,
    part: &Part<'_>,
    end: usize,
    most: usize,
    is_current: bool,
) -> io::Result<()> {
    if let Some(says) = part.no_calls() {
        return page.wrapped(Ink::Plain, INDENT, 0, says);
    }
    let columns = Columns::of(page.style, part, true);
    heading(page, &columns)?;
    let has_next = end < part.shown.len();
    let room = most.saturating_sub(1 + usize::from(has_next));
    let mut rows: Vec<Vec<Line>> = Vec::new();
    let mut left = room;
    for number in (0..end).rev() {
        let mut lines = row(page.style, &columns, part, number);
        if is_current && number + 1 == end {
            lines = marked(page, lines);
        }
        if lines.len() > left {
            // The current call, at least, is told as far as there is room.
            if rows.is_empty() {
                lines.truncate(left);
                rows.push(lines);
            }
            break;
        }
        left -= lines.len();
        rows.push(lines);
    }
    for line in rows.into_iter().rev().flatten() {
        page.line(line)?;
    }
    if !has_next {
        return Ok(());
    }
    let (side, text) = part.announced(end);
    let (from, width) = columns.of_side(side);
    let mut line = Line::default();
    line.pad_to(from);
    let text = next(page.style, &text);
    line.push(Ink::Plain, &escape::clip(&text, width, page.glyphs.more));
    page.line(line)
}

/// The number of lines that all rows take, or `most` if there are more.
pub(super) fn height(style: &Style, part: &Part<'_>, most: usize) -> usize {
    let columns = Columns::of(style, part, true);
    let mut lines = 0;
    for number in 0..part.shown.len() {
        lines += row(style, &columns, part, number).len();
        if lines >= most {
            return most;
        }
    }
    lines
}

/// The words for the next call.
fn next(style: &Style, announced: &str) -> String {
    say!(style.language, "next: {announced}", "接下来：{announced}")
}

/// Marks the lines of the current row.
fn marked(page: &Page<'_>, lines: Vec<Line>) -> Vec<Line> {
    let mark = |(index, line): (usize, Line)| {
        let mut line = line.all_in(Ink::Current);
        if index == 0 {
            line.start_with(page.glyphs.current);
        }
        line.pad_to(page.style.columns());
        line.all_in(Ink::Current)
    };
    lines.into_iter().enumerate().map(mark).collect()
}

/// Where the columns of both sides are.
struct Columns {
    /// The column where the server's begins.
    server: usize,
    /// The column where the client's begins.
    client: usize,
    /// The width of the page.
    end: usize,
}

impl Columns {
    /// The columns for the calls of a part; if `announces`, with room for the words of the next.
    fn of(style: &Style, part: &Part<'_>, announces: bool) -> Self {
        let server = INDENT + if style.times { TIME } else { 0 };
        let end = style.columns();
        let room = end - server - 1;
        let (mut servers, mut clients) = (LEAST, LEAST);
        // What the words of the calls need without their bytes.
        let mut words = [LEAST; 2];
        let hidden = part.hidden_rows();
        for number in (0..part.shown.len()).filter(|number| !hidden.contains(number)) {
            let row = part.row(number);
            let mut need = escape::width(&row.words);
            let of_side = &mut words[usize::from(row.side == Side::Client)];
            *of_side = need.max(*of_side);
            if let Some(data) = &row.data {
                let lines = beside(style, data, room);
                need += GAP + lines.iter().map(|line| escape::width(line)).sum::<usize>();
            }
            if announces {
                need = need.max(escape::width(&next(style, &part.announced(number).1)));
            }
            let most = match row.side {
                Side::Server => &mut servers,
                Side::Client => &mut clients,
            };
            *most = need.max(*most);
        }
        let half = room / 2;
        let first = if clients > half {
            half.min(servers.max(room.saturating_sub(clients)))
        } else {
            half.max(servers.min(room - clients))
        };
        let [server_words, client_words] = words;
        let first = if server_words + client_words <= room {
            first.clamp(server_words, room - client_words)
        } else {
            first
        };
        Self {
            server,
            client: server + first + 1,
            end,
        }
    }

    /// The column where a side begins, and its width.
    const fn of_side(&self, side: Side) -> (usize, usize) {
        match side {
            Side::Server => (self.server, self.client - self.server - 1),
            Side::Client => (self.client, self.end - self.client),
        }
    }
}

fn heading(page: &mut Page<'_>, columns: &Columns) -> io::Result<()> {
    let (server, client) = (columns.server, columns.client);
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

/// The lines of the row with this number.
fn row(style: &Style, columns: &Columns, part: &Part<'_>, number: usize) -> Vec<Line> {
    let row = part.row(number);
    let (from, width) = columns.of_side(row.side);
    let mut line = Line::default();
    line.pad_to(INDENT);
    if style.times {
        let shown = time(row.at, style.ascii);
        line.pad_to((INDENT + TIME - 3).saturating_sub(escape::width(&shown)));
        line.push(Ink::Plain, &shown);
    }
    line.pad_to(from);
    let head = escape::clip(&row.words, width, style.glyphs().more);
    line.push(row.ink, &head);
    let left = width.saturating_sub(escape::width(&head) + GAP);
    let mut bytes = match &row.data {
        Some(data) => under(style, data, left, width - DEEPER).into_iter(),
        None => Vec::new().into_iter(),
    };
    if let Some(beside) = bytes.next().filter(|beside| !beside.is_empty()) {
        line.push(Ink::Plain, "  ");
        line.push(row.ink, &beside);
    }
    let below = bytes.map(|bytes| {
        let mut line = Line::default();
        line.pad_to(from + DEEPER);
        line.push(row.ink, &bytes);
        line
    });
    std::iter::once(line).chain(below).collect()
}

/// The bytes beside their call in `left` columns; or if not all fit, in one line of `most`
/// columns below it; or in what is left and two lines below. If not all fit there either, as
/// many as fit beside the call.
fn under(style: &Style, data: &Data<'_>, left: usize, most: usize) -> Vec<String> {
    let left = if left < LEAST_BYTES { 0 } else { left };
    let glyphs = style.glyphs();
    let ways: [&[usize]; 3] = [&[left], &[0, most], &[left, most, most]];
    let shows_all = |rooms: &&&[usize]| glyphs.lines(data, rooms).missing == 0;
    match ways.iter().find(shows_all) {
        Some(rooms) => quoted(glyphs, data, rooms),
        None if left == 0 => Vec::new(),
        None => quoted(glyphs, data, &[left]),
    }
}

/// The bytes in one line of at most `most` columns.
fn beside(style: &Style, data: &Data<'_>, most: usize) -> Vec<String> {
    quoted(style.glyphs(), data, &[most])
}

/// The bytes in lines of these widths, in quotes if they begin or end with a space.
fn quoted(glyphs: &Glyphs, data: &Data<'_>, rooms: &[usize]) -> Vec<String> {
    let lines = glyphs.lines(data, rooms).lines;
    let is_space =
        |line: Option<&String>, at: fn(&str, char) -> bool| line.is_some_and(|line| at(line, ' '));
    let first = lines.iter().find(|line| !line.is_empty());
    if !is_space(first, str::starts_with) && !is_space(lines.last(), str::ends_with) {
        return lines;
    }
    let rooms: Vec<usize> = rooms.iter().map(|room| room.saturating_sub(2)).collect();
    let mut lines = glyphs.lines(data, &rooms).lines;
    if let Some(first) = lines.iter_mut().find(|line| !line.is_empty()) {
        first.insert(0, '"');
    }
    if let Some(last) = lines.last_mut() {
        last.push('"');
    }
    lines
}

/// How much is left out between two rows.
fn left_out(page: &mut Page<'_>, part: &Part<'_>, rows: Range<usize>) -> io::Result<()> {
    let what = part.summed(rows);
    let more = page.glyphs.more;
    let text = say!(
        page.style.language,
        "{more} {what}; --full shows all",
        "{more} {what}；--full 显示全部"
    );
    page.wrapped(Ink::Plain, INDENT, 2, &text)
}
