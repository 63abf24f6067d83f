//! Draws the byte map of a stream: a scale of offsets, the lanes under it, and a mark under every
//! lost boundary.
//!
//! Promises: the same offset has the same column in all lanes. A run that continues in the next
//! panel has no end in this one.

use std::io;

use crate::analysis::{FlowAnalysis, Range};
use crate::picture::lanes::{Lane, Span};
use crate::picture::number::{grouped, rounded};
use crate::picture::{Direction, marks};
use crate::render::layout::{self, Panel};
use crate::render::{escape, words};
use crate::scenario::Place;

use super::cells::Cells;
use super::line::{Ink, Line};
use super::{Elision, Page};

/// The column of the lanes' names.
const INDENT: usize = 2;
/// The column where the drawing begins.
pub(super) const CHART: usize = 11;
/// The number of panels shown before and after those left out.
const SHOWN: Elision = Elision {
    all: 3,
    front: 2,
    back: 1,
};
/// The number of lost boundaries listed under a panel.
const NAMED: usize = 12;

/// Draws the map of one direction of a stream.
pub(super) fn draw(page: &mut Page<'_>, direction: &Direction<'_>) -> io::Result<()> {
    let (lanes, seen) = (direction.lanes(), direction.seen);
    let panels = layout::fitted(&lanes, page.style.columns() - CHART - 1);
    let hidden = SHOWN.hidden(panels.len(), page.style.full);
    for (index, panel) in panels.iter().enumerate() {
        if index == hidden.start && !hidden.is_empty() {
            let range = Range {
                start: panel.start(),
                end: panels[hidden.end - 1].end(),
            };
            left_out(page, seen, range)?;
        }
        if !hidden.contains(&index) {
            if index > 0 {
                page.blank()?;
            }
            draw_panel(page, panel, &lanes, seen)?;
        }
    }
    let mut notes = direction.notes(&lanes);
    let mut spans = lanes.iter().flat_map(|lane| &lane.spans);
    if spans.any(|span| span.header > 0) {
        let thin = page.glyphs.thin.to_string().repeat(2);
        notes.push(say!(page.style.language, "{thin} header", "{thin} 头部"));
    }
    for note in notes {
        page.wrapped(Ink::Plain, CHART, 2, &note)?;
    }
    Ok(())
}

/// Draws a panel: the scale, the lanes, and the marks under them.
fn draw_panel(
    page: &mut Page<'_>,
    panel: &Panel,
    lanes: &[Lane],
    seen: &FlowAnalysis,
) -> io::Result<()> {
    let owners = owners(panel, &seen.messages, |message| message.range);
    scale(page, panel, |offset| {
        seen.boundaries
            .binary_search_by_key(&offset, |boundary| boundary.at)
            .is_ok()
    })?;
    for lane in lanes {
        draw_lane(page, panel, lane, &owners)?;
    }
    lost(page, panel, seen)
}

/// The ink of each column: that of the message whose bytes are there; `range` gives its bytes.
pub(super) fn owners<T>(panel: &Panel, messages: &[T], range: impl Fn(&T) -> Range) -> Vec<Ink> {
    let mut owners = vec![Ink::Plain; panel.width()];
    let first = messages.partition_point(|message| range(message).end <= panel.start());
    for (index, message) in messages.iter().enumerate().skip(first) {
        let range = range(message);
        if range.start >= panel.end() {
            break;
        }
        let start = panel.column(range.start.max(panel.start()));
        let end = panel.column(range.end.min(panel.end()));
        owners[start..=end].fill(Ink::Message(index));
    }
    owners
}

/// The scale: first the offsets of both ends and of every boundary, then others, as far as there is
/// room.
pub(super) fn scale(
    page: &mut Page<'_>,
    panel: &Panel,
    boundary: impl Fn(u64) -> bool,
) -> io::Result<()> {
    let ticks = panel.ticks();
    let ends = [ticks.first(), ticks.last()].into_iter().flatten();
    let inner = &ticks[1.min(ticks.len())..ticks.len().saturating_sub(1)];
    let boundaries = inner.iter().filter(|(offset, _)| boundary(*offset));
    let others = inner.iter().filter(|(offset, _)| !boundary(*offset));
    let mut cells = Cells::new(panel.width());
    for &(offset, column) in ends.chain(boundaries).chain(others) {
        let text = grouped(offset);
        let start = column
            .saturating_sub(text.len() / 2)
            .min(panel.width().saturating_sub(text.len()));
        let (before, behind) = (start.saturating_sub(1), start + text.len() + 1);
        if cells.is_blank(before..behind.min(panel.width())) {
            cells.put(start, &text, |_| Ink::Plain);
        }
    }
    let mut line = named(page.pick("offset", "偏移"));
    cells.append_to(&mut line);
    page.line(line)
}

fn named(name: &str) -> Line {
    let mut line = Line::default();
    line.pad_to(INDENT);
    line.push(Ink::Plain, name);
    line.pad_to(CHART);
    line
}

/// Draws one lane of a panel; `owners` holds the ink of each column.
pub(super) fn draw_lane(
    page: &mut Page<'_>,
    panel: &Panel,
    lane: &Lane,
    owners: &[Ink],
) -> io::Result<()> {
    let mut drawn = named(lane.name);
    if let Some(says) = lane.says {
        drawn.push(Ink::Plain, says);
        return page.line(drawn);
    }
    let mut cells = Cells::new(panel.width());
    let first = lane
        .spans
        .partition_point(|span| span.range.end <= panel.start());
    for span in &lane.spans[first..] {
        if span.range.start >= panel.end() {
            break;
        }
        draw_span(page, panel, span, owners, &mut cells);
    }
    cells.append_to(&mut drawn);
    page.line(drawn)
}

/// The marks under the boundaries lost in a panel, and where they were lost.
pub(super) fn lost(page: &mut Page<'_>, panel: &Panel, seen: &FlowAnalysis) -> io::Result<()> {
    let language = page.style.language;
    let range = Range {
        start: panel.start(),
        end: panel.end(),
    };
    let lost = marks(seen, range);
    if lost.is_empty() {
        return Ok(());
    }
    let mut cells = Cells::new(page.style.columns() - CHART);
    for mark in &lost {
        cells.set(panel.column(mark.at), page.glyphs.up, Ink::Bad);
    }
    let mut has_said = false;
    if let [mark] = lost.as_slice() {
        let text = mark.words(language);
        let (column, width) = (panel.column(mark.at), escape::width(&text));
        let behind = (column + 2 + width <= cells.len()).then_some(column + 2);
        if let Some(from) = behind.or_else(|| column.checked_sub(width + 1)) {
            cells.put(from, &text, |_| Ink::Bad);
            has_said = true;
        }
    }
    let mut line = named("");
    cells.append_to(&mut line);
    page.line(line)?;
    if has_said {
        return Ok(());
    }
    if let [mark] = lost.as_slice() {
        return page.wrapped(Ink::Bad, CHART, 2, &mark.words(language));
    }
    for place in [Some(Place::BySender), Some(Place::InReceiveQueue), None] {
        let there: Vec<u64> = lost
            .iter()
            .filter(|mark| mark.place == place)
            .map(|mark| mark.at)
            .collect();
        lost_there(page, place, &there)?;
    }
    Ok(())
}

/// Lists the boundaries that were lost at one place.
fn lost_there(page: &mut Page<'_>, place: Option<Place>, boundaries: &[u64]) -> io::Result<()> {
    if boundaries.is_empty() {
        return Ok(());
    }
    let language = page.style.language;
    let count = boundaries.len() as u64;
    let counted = words::counted(language, count, "boundary", "boundaries", "个边界");
    let shown: Vec<String> = boundaries
        .iter()
        .take(NAMED)
        .map(|&at| grouped(at))
        .collect();
    let mut list = shown.join(language.pick(", ", "、"));
    if boundaries.len() > NAMED {
        list += language.pick(", ", "、");
        list += page.glyphs.more;
    }
    let where_ = words::place(language, place);
    let up = page.glyphs.up;
    let text = say!(
        page.style.language,
        "{up} {counted} {where_}: {list}",
        "{up} {counted}{where_}：{list}"
    );
    page.wrapped(Ink::Bad, CHART, 2, &text)
}

fn left_out(page: &mut Page<'_>, seen: &FlowAnalysis, range: Range) -> io::Result<()> {
    let language = page.style.language;
    let inside = |from: usize, to: usize| to.saturating_sub(from) as u64;
    let recvs = inside(
        seen.recvs
            .partition_point(|recv| recv.range.start < range.start),
        seen.recvs
            .partition_point(|recv| recv.range.end <= range.end),
    );
    let messages = inside(
        seen.messages
            .partition_point(|message| message.range.start < range.start),
        seen.messages
            .partition_point(|message| message.range.end <= range.end),
    );
    let mut what = rounded(range.len());
    for (count, one, many, chinese) in [
        (messages, "message", "messages", "条消息"),
        (recvs, "recv", "recvs", "次 recv"),
    ] {
        if count > 0 {
            what += language.pick(", ", "，");
            what += &words::counted(language, count, one, many, chinese);
        }
    }
    let more = page.glyphs.more;
    let text = say!(
        page.style.language,
        "{more} {what} not shown; --full shows all",
        "{more} 略去 {what}；--full 显示全部"
    );
    page.blank()?;
    page.wrapped(Ink::Plain, INDENT, 2, &text)
}

/// Draws the part of a span that lies in the panel. Each edge is in the column of its offset, two
/// edges that meet share a column, and the label is inside.
fn draw_span(page: &Page<'_>, panel: &Panel, span: &Span, owners: &[Ink], cells: &mut Cells) {
    let glyphs = page.glyphs;
    let Range { start, end } = span.range;
    let (begins, ends) = (start >= panel.start(), end <= panel.end());
    let left = panel.column(start.max(panel.start()));
    let right = panel.column(end.min(panel.end()));
    let fill = if span.dashed {
        glyphs.dash
    } else {
        glyphs.fill
    };
    let from = if begins {
        let shared = cells.glyph(left) == Some(glyphs.right);
        let edge = if shared { glyphs.both } else { glyphs.left };
        cells.set(left, edge, owners[left]);
        left + 1
    } else {
        left
    };
    for (column, &ink) in owners.iter().enumerate().take(right + 1).skip(from) {
        cells.set(column, fill, ink);
    }
    if ends {
        cells.set(right, glyphs.right, owners[right]);
    }
    let to = if ends { right } else { right + 1 };
    let mut label_from = from;
    let middle = start + span.header;
    if span.header > 0 && panel.start() < middle {
        let split = panel.column(middle.min(panel.end()));
        for (column, &ink) in owners.iter().enumerate().take(split).skip(from) {
            cells.set(column, glyphs.thin, ink);
        }
        if middle < end && middle <= panel.end() {
            cells.set(split, glyphs.header_end, owners[split]);
            label_from = split + 1;
        }
    }
    let label = layout::label(span, to.saturating_sub(label_from));
    let width = escape::width(&label);
    let offset = to.saturating_sub(label_from).saturating_sub(width) / 2;
    let ink = label_ink(&owners[label_from.min(to)..to]);
    cells.put(label_from + offset, &label, |_| ink);
}

/// The ink of a label: that of the span's message; plain if it has several.
fn label_ink(owners: &[Ink]) -> Ink {
    match owners {
        [first, rest @ ..] if rest.iter().all(|ink| ink == first) => *first,
        _ => Ink::Plain,
    }
}
