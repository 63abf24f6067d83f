//! The byte map of a stream: a scale of offsets, the lanes under it, and a mark
//! under every boundary that was lost.
//!
//! Promises: what is at the same offset stands in the same column, in all lanes;
//! a run that goes on in the next panel has no end in this one.

mod run;

use std::io;

use crate::analysis::{BoundaryFate, FlowAnalysis, Range};
use crate::render::number::{grouped, rounded};
use crate::render::{escape, words};
use crate::scenario::Place;
use crate::trace::{Flow, FlowId, PartTrace};

use super::cells::Cells;
use super::lanes::{self, Lane};
use super::layout::{self, Need, Panel};
use super::line::{Ink, Line};
use super::{Elision, Page};

pub(super) use run::label;

/// Where the lanes' names stand.
const INDENT: usize = 2;
/// Where the drawing begins.
pub(super) const CHART: usize = 11;
/// How many panels stand before and behind those left out.
const SHOWN: Elision = Elision {
    all: 3,
    front: 2,
    back: 1,
};
/// How many lost boundaries are named under a panel.
const NAMED: usize = 12;

/// Draws the map of one direction of a stream.
pub(super) fn draw(
    page: &mut Page<'_>,
    part: &PartTrace,
    flow: &Flow,
    seen: &FlowAnalysis,
) -> io::Result<()> {
    let language = page.style.language;
    let id = part
        .flows
        .iter()
        .position(|other| std::ptr::eq(other, flow));
    let id = FlowId::try_from(id.unwrap_or(0)).unwrap_or(FlowId::MAX);
    let lanes = lanes::stream(language, part, id, seen, flow.sent.len() as u64);
    let panels = fitted(&lanes, page.style.columns() - CHART - 1);
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
    notes(page, &lanes, seen)
}

/// The panels with full labels where one panel takes them all, else with short ones.
pub(super) fn fitted(lanes: &[Lane], width: usize) -> Vec<Panel> {
    fitted_with(lanes, &[], width)
}

/// The same, where `also` need a column too.
pub(super) fn fitted_with(lanes: &[Lane], also: &[Need], width: usize) -> Vec<Panel> {
    let panels = |label, more| {
        let mut needs = needs(lanes, label, more);
        needs.extend_from_slice(also);
        layout::panels(&needs, width)
    };
    let roomy = panels(1, 3);
    if roomy.len() <= 1 {
        return roomy;
    }
    panels(2, 1)
}

/// What each run needs for its label number `label` and `more` columns.
fn needs(lanes: &[Lane], label: usize, more: usize) -> Vec<Need> {
    let mut needs = Vec::new();
    for run in lanes.iter().flat_map(|lane| &lane.runs) {
        let Range { start, end } = run.range;
        let text = match escape::width(&run.labels[label]) {
            0 => 0,
            width => width + more,
        };
        let scale = escape::width(&grouped(end)).midpoint(escape::width(&grouped(start))) + 1;
        let columns = if more > 1 { text.max(scale) } else { text };
        needs.push(Need {
            start,
            end,
            columns,
        });
        if run.header > 0 && run.header < run.range.len() {
            let middle = start + run.header;
            needs.push(Need {
                start,
                end: middle,
                columns: 2,
            });
            needs.push(Need {
                start: middle,
                end,
                columns: text,
            });
        }
    }
    needs
}

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

/// For each column the message whose bytes stand there; `range` tells which are its bytes.
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

/// The scale: the offsets of both ends and of every boundary, then of all else, as far as there is room.
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
    page.line(&line)
}

fn named(name: &str) -> Line {
    let mut line = Line::default();
    line.pad_to(INDENT);
    line.push(Ink::Plain, name);
    line.pad_to(CHART);
    line
}

/// Draws one lane of a panel; `owners` has the ink of each column.
pub(super) fn draw_lane(
    page: &mut Page<'_>,
    panel: &Panel,
    lane: &Lane,
    owners: &[Ink],
) -> io::Result<()> {
    let mut drawn = named(lane.name);
    if let Some(says) = lane.says {
        drawn.push(Ink::Plain, says);
        return page.line(&drawn);
    }
    let mut cells = Cells::new(panel.width());
    let first = lane
        .runs
        .partition_point(|run| run.range.end <= panel.start());
    for run in &lane.runs[first..] {
        if run.range.start >= panel.end() {
            break;
        }
        run::draw(page, panel, run, owners, &mut cells);
    }
    cells.append_to(&mut drawn);
    page.line(&drawn)
}

/// The marks under the boundaries that were lost in a panel, and where they were.
pub(super) fn lost(page: &mut Page<'_>, panel: &Panel, seen: &FlowAnalysis) -> io::Result<()> {
    let language = page.style.language;
    let first = seen
        .boundaries
        .partition_point(|boundary| boundary.at <= panel.start());
    let lost: Vec<(u64, Option<Place>)> = seen.boundaries[first..]
        .iter()
        .take_while(|boundary| boundary.at <= panel.end())
        .filter_map(|boundary| match boundary.fate {
            BoundaryFate::Coalesced { place, .. } => Some((boundary.at, place)),
            BoundaryFate::Kept | BoundaryFate::NotReached | BoundaryFate::Uncertain => None,
        })
        .collect();
    if lost.is_empty() {
        return Ok(());
    }
    let mut cells = Cells::new(page.style.columns() - CHART);
    for &(at, _) in &lost {
        cells.set(panel.column(at), page.glyphs.up, Ink::Bad);
    }
    let mut has_said = false;
    if let &[(at, place)] = lost.as_slice() {
        let where_ = words::place(language, place);
        let offset = grouped(at);
        let text = page.pick(
            format!("boundary {offset} {where_}"),
            format!("边界 {offset} {where_}"),
        );
        let (column, width) = (panel.column(at), escape::width(&text));
        let behind = (column + 2 + width <= cells.len()).then_some(column + 2);
        if let Some(from) = behind.or_else(|| column.checked_sub(width + 1)) {
            cells.put(from, &text, |_| Ink::Bad);
            has_said = true;
        }
    }
    let mut line = named("");
    cells.append_to(&mut line);
    page.line(&line)?;
    if has_said {
        return Ok(());
    }
    for place in [Some(Place::BySender), Some(Place::InReceiveQueue), None] {
        let there: Vec<u64> = lost
            .iter()
            .filter(|(_, other)| *other == place)
            .map(|(at, _)| *at)
            .collect();
        lost_there(page, place, &there)?;
    }
    Ok(())
}

/// Names the boundaries that were lost at one place.
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
    let text = page.pick(
        format!("{up} {counted} {where_}: {list}"),
        format!("{up} {counted}{where_}：{list}"),
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
    let text = page.pick(
        format!("{more} {what} not shown; --full shows all"),
        format!("{more} 略去 {what}；--full 显示全部"),
    );
    page.blank()?;
    page.wrapped(Ink::Plain, INDENT, 2, &text)
}

/// What the map cannot say by itself, and what its header lines mean.
fn notes(page: &mut Page<'_>, lanes: &[Lane], seen: &FlowAnalysis) -> io::Result<()> {
    let language = page.style.language;
    let queue = language.pick("queue", "队列");
    let numbers = lanes
        .iter()
        .any(|lane| lane.name == queue && lane.runs.iter().any(|run| run.dashed));
    let mut notes = lanes::notes(language, seen, numbers);
    let headers = lanes
        .iter()
        .any(|lane| lane.runs.iter().any(|run| run.header > 0));
    if headers {
        let thin = page.glyphs.thin.to_string().repeat(2);
        notes.push(page.pick(format!("{thin} header"), format!("{thin} 头部")));
    }
    for note in notes {
        page.wrapped(Ink::Plain, CHART, 2, &note)?;
    }
    Ok(())
}
