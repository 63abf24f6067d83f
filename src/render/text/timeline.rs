//! The calls of both sides in two columns, in causal order.
//!
//! Promises: a call stands in its side's column, with its sizes, as much of its
//! bytes as there is room for, and how it failed if it did; calls that the replay
//! implied are shown only where they failed or all is asked for; times count from
//! the first call shown.

use std::io;

use crate::analysis::{PartAnalysis, moment};
use crate::render::number::{rounded, time};
use crate::render::{escape, words};
use crate::scenario::Side;
use crate::trace::{Call, DataOp, Got, Op, PartTrace};

use super::entry::{self, Data, Seen};
use super::line::{Ink, Line};
use super::{Elision, Page};

/// The width of the column of times, the spaces behind it included.
const TIME: usize = 11;
const INDENT: usize = 2;
/// How many calls stand before and behind those left out.
pub(super) const SHOWN: Elision = Elision {
    all: 36,
    front: 16,
    back: 10,
};

/// Draws the time line of a part.
pub(super) fn draw(
    page: &mut Page<'_>,
    part: &PartTrace,
    analysis: &PartAnalysis,
) -> io::Result<()> {
    let is_shown = |call: &Call| moment::is_shown(call) || page.style.full;
    let shown: Vec<usize> = (0..part.calls.len())
        .filter(|&index| is_shown(&part.calls[index]))
        .collect();
    heading(page)?;
    let hidden = SHOWN.hidden(shown.len(), page.style.full);
    let seen = Seen { part, analysis };
    let moments = shown.iter().map(|&index| part.calls[index].moment());
    let zero = moments.min().unwrap_or(0);
    for (index, &call) in shown.iter().enumerate() {
        if index == hidden.start && !hidden.is_empty() {
            left_out(page, part, &shown[hidden.clone()])?;
        }
        if !hidden.contains(&index) {
            page.line(&row(page, seen, zero, call))?;
        }
    }
    Ok(())
}

/// Draws the time line up to a call, the last of `shown`, which is marked; then the next
/// call, of which only what it asks for is told. Takes at most `most` lines.
pub(super) fn draw_until(
    page: &mut Page<'_>,
    seen: Seen<'_>,
    shown: &[usize],
    next: Option<usize>,
    most: usize,
) -> io::Result<()> {
    heading(page)?;
    let rows = most.saturating_sub(1 + usize::from(next.is_some()));
    let first = shown.len().saturating_sub(rows);
    let all = seen.part.calls.iter();
    let zero = all
        .filter(|call| moment::is_shown(call))
        .map(Call::moment)
        .min();
    for (index, &call) in shown.iter().enumerate().skip(first) {
        let line = row(page, seen, zero.unwrap_or(0), call);
        if index + 1 == shown.len() {
            let line = marked(page, line);
            page.line(&line)?;
        } else {
            page.line(&line)?;
        }
    }
    let Some(next) = next else {
        return Ok(());
    };
    let call = &seen.part.calls[next];
    let (server, client, each) = columns(page);
    let text = entry::announced(page, call);
    let mut line = Line::default();
    line.pad_to(match call.side {
        Side::Server => server,
        Side::Client => client,
    });
    let text = page.pick(format!("next: {text}"), format!("接下来：{text}"));
    line.push(Ink::Plain, &escape::clip(&text, each, page.glyphs.more));
    page.line(&line)
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
    page.line(&line)
}

/// Draws the call with this index; times count from `zero`.
fn row(page: &Page<'_>, seen: Seen<'_>, zero: u64, index: usize) -> Line {
    let call = &seen.part.calls[index];
    let (server, client, each) = columns(page);
    let mut line = Line::default();
    line.pad_to(INDENT);
    if page.style.times {
        let shown = time(call.moment().saturating_sub(zero), page.style.ascii);
        line.pad_to((INDENT + TIME - 3).saturating_sub(escape::width(&shown)));
        line.push(Ink::Plain, &shown);
    }
    line.pad_to(match call.side {
        Side::Server => server,
        Side::Client => client,
    });
    let entry = entry::entry(page, seen, index);
    let head = escape::clip(&entry.head, each, page.glyphs.more);
    line.push(entry.ink, &head);
    let left = each.saturating_sub(escape::width(&head) + 2);
    if let Some(data) = entry
        .data
        .filter(|data| left >= 4 && !data.range.is_empty())
    {
        line.push(Ink::Plain, "  ");
        let shown = preview(page, &data, left);
        if shown.starts_with(' ') || shown.ends_with(' ') {
            let shown = preview(page, &data, left - 2);
            line.push(entry.ink, &format!("\"{shown}\""));
        } else {
            line.push(entry.ink, &shown);
        }
    }
    line
}

/// As much of the bytes as `most` columns take, the header apart from the rest.
pub(super) fn preview(page: &Page<'_>, data: &Data<'_>, most: usize) -> String {
    let Data {
        stream,
        ref range,
        header,
    } = *data;
    let marks = page.glyphs.cut_marks();
    if header == 0 || header >= range.len() {
        return escape::preview(stream, range.clone(), most, marks);
    }
    let middle = range.start + header;
    let mut text = escape::preview(stream, range.start..middle, most, marks);
    let left = most.saturating_sub(escape::width(&text) + 1);
    if left >= 4 {
        text.push(page.glyphs.header);
        text += &escape::preview(stream, middle..range.end, left, marks);
    }
    text
}

/// How much is left out between two rows.
fn left_out(page: &mut Page<'_>, part: &PartTrace, calls: &[usize]) -> io::Result<()> {
    let what = summed(page, part, calls);
    let more = page.glyphs.more;
    let text = page.pick(
        format!("{more} {what}; --full shows all"),
        format!("{more} {what}；--full 显示全部"),
    );
    page.wrapped(Ink::Plain, INDENT, 2, &text)
}

/// Calls that are not shown, counted, and how many bytes they moved.
pub(super) fn summed(page: &Page<'_>, part: &PartTrace, calls: &[usize]) -> String {
    let language = page.style.language;
    let (mut sends, mut recvs, mut others, mut size) = (0, 0, 0, 0);
    for &index in calls {
        match part.calls[index].op {
            Op::Data(DataOp::Send { taken, .. }) => {
                sends += 1;
                size += u64::from(taken);
            }
            Op::Data(DataOp::Recv { got, .. }) => {
                recvs += 1;
                if let Got::Data { bytes, .. } = got {
                    size += u64::from(bytes);
                }
            }
            Op::Data(DataOp::Decoded { .. } | DataOp::Refuse { .. })
            | Op::Socket(_)
            | Op::Script(_) => others += 1,
        }
    }
    let parts = [
        words::counted(language, sends, "send", "sends", "次 send"),
        words::counted(language, recvs, "recv", "recvs", "次 recv"),
        words::counted(language, others, "other call", "other calls", "次其他调用"),
    ];
    let counts: Vec<String> = [sends, recvs, others]
        .into_iter()
        .zip(parts)
        .filter(|(count, _)| *count > 0)
        .map(|(_, text)| text)
        .collect();
    let counts = counts.join(language.pick(", ", "，"));
    let size = rounded(size);
    page.pick(
        format!("{counts} not shown, {size} sent and received"),
        format!("略去 {counts}，收发共 {size}"),
    )
}
