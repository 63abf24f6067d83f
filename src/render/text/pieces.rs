//! What the drawing says, piece by piece, for formats that lay it out themselves.
//!
//! Promises: the words are those of the drawing, whole and unwrapped, and as safe
//! to show.

use std::io;
use std::ops::Range;

use crate::analysis::{FlowAnalysis, PartAnalysis};
use crate::language::Language;
use crate::render::escape;
use crate::trace::{Flow, FlowId, PartTrace};

use super::entry::{self, Seen};
use super::{Elision, Page, Style, glyphs, lanes, map, timeline, verdict};

pub(in crate::render) use super::lanes::{Kind, Lane, Run};
pub(in crate::render) use super::layout::Panel;
pub(in crate::render) use super::line::Ink;
pub(in crate::render) use super::verdict::Told;

/// Which panels of a map are left out.
const PANELS: Elision = Elision {
    all: 4,
    front: 2,
    back: 1,
};

/// What a call says of itself.
pub(in crate::render) struct Said {
    pub(in crate::render) ink: Ink,
    pub(in crate::render) words: String,
    /// As much of its bytes as was asked for; empty where it moved none.
    pub(in crate::render) bytes: String,
}

/// Runs `work` with a page that nothing is drawn on.
fn on_a_page<T>(language: Language, work: impl FnOnce(&Page<'_>) -> T) -> T {
    let style = Style {
        language,
        width: super::WIDEST,
        ascii: false,
        color: false,
        times: true,
        hex: true,
        full: false,
    };
    work(&Page {
        style: &style,
        glyphs: &glyphs::BOX,
        out: &mut io::sink(),
    })
}

/// What the call with this index says, with at most `most` columns of its bytes.
pub(in crate::render) fn call(
    language: Language,
    part: &PartTrace,
    analysis: &PartAnalysis,
    index: usize,
    most: usize,
) -> Said {
    on_a_page(language, |page| {
        let entry = entry::entry(page, Seen { part, analysis }, index);
        let data = entry.data.filter(|data| !data.range.is_empty());
        Said {
            ink: entry.ink,
            words: entry.head,
            bytes: data.map_or_else(String::new, |data| timeline::preview(page, &data, most)),
        }
    })
}

/// Which of so many calls are left out of the time line.
pub(in crate::render) fn hidden_calls(count: usize) -> Range<usize> {
    timeline::SHOWN.hidden(count, false)
}

/// Calls that are not shown, counted.
pub(in crate::render) fn summed(language: Language, part: &PartTrace, calls: &[usize]) -> String {
    on_a_page(language, |page| timeline::summed(page, part, calls))
}

/// What became of a part, line by line.
pub(in crate::render) fn verdict(
    language: Language,
    part: &PartTrace,
    analysis: &PartAnalysis,
) -> Vec<Told> {
    on_a_page(language, |page| verdict::tell(page, part, analysis))
}

/// A direction in which anything was sent.
pub(in crate::render) struct Direction<'a> {
    pub(in crate::render) id: FlowId,
    /// Who sends to whom.
    pub(in crate::render) words: String,
    pub(in crate::render) flow: &'a Flow,
    pub(in crate::render) seen: &'a FlowAnalysis,
}

/// The directions in which anything was sent, in the order of their first sends.
pub(in crate::render) fn directions<'a>(
    language: Language,
    part: &'a PartTrace,
    analysis: &'a PartAnalysis,
) -> Vec<Direction<'a>> {
    let used = super::used_flows(part, analysis).into_iter();
    let direction = |(flow, seen): (&'a Flow, &'a FlowAnalysis)| {
        let found = part
            .flows
            .iter()
            .position(|other| std::ptr::eq(other, flow));
        Direction {
            id: FlowId::try_from(found.unwrap_or(0)).unwrap_or(FlowId::MAX),
            words: on_a_page(language, |page| super::direction(page, part, flow)),
            flow,
            seen,
        }
    };
    used.map(direction).collect()
}

/// The lanes of a stream, and what each of them is of.
pub(in crate::render) fn stream_lanes(
    language: Language,
    part: &PartTrace,
    direction: &Direction<'_>,
) -> (Vec<Kind>, Vec<Lane>) {
    let sent = direction.flow.sent.len() as u64;
    lanes::by_kind(language, part, direction.id, direction.seen, sent)
        .into_iter()
        .unzip()
}

/// What was sent in a direction of datagrams, one by one.
pub(in crate::render) fn datagrams_lane(language: Language, seen: &FlowAnalysis) -> Lane {
    lanes::datagrams_lane(language, &seen.datagrams)
}

/// The labels of the recv with this index.
pub(in crate::render) fn recv_labels(index: usize, size: u64) -> [String; 3] {
    lanes::recv_labels(index, size)
}

/// What the lanes of a stream cannot say by themselves.
pub(in crate::render) fn notes(
    language: Language,
    seen: &FlowAnalysis,
    queue_as_numbers: bool,
) -> Vec<String> {
    lanes::notes(language, seen, queue_as_numbers)
}

/// The panels that lanes take where each is so many columns wide, and which of them are left out.
pub(in crate::render) fn panels(lanes: &[Lane], columns: usize) -> (Vec<Panel>, Range<usize>) {
    let panels = map::fitted(lanes, columns);
    let hidden = PANELS.hidden(panels.len(), false);
    (panels, hidden)
}

/// The longest label of a run that fits.
pub(in crate::render) fn label(run: &Run, columns: usize) -> String {
    map::label(run, columns).trim().to_owned()
}

/// Where an offset stands in a panel whose columns are `unit` wide each: between two
/// at which anything begins or ends, in proportion.
pub(in crate::render) fn place(panel: &Panel, offset: u64, unit: u64) -> u64 {
    let ticks = panel.ticks();
    let behind = ticks.partition_point(|&(tick, _)| tick <= offset);
    let before = behind.checked_sub(1).map(|at| ticks[at]);
    let at = |column: usize| column as u64 * unit;
    match (before, ticks.get(behind)) {
        (Some((from, left)), Some(&(to, right))) => {
            let (room, length) = (at(right - left), to - from);
            let exact = u128::from(offset - from) * u128::from(room) / u128::from(length);
            at(left) + u64::try_from(exact).unwrap_or(room)
        }
        (Some((_, column)), None) | (None, Some(&(_, column))) => at(column),
        (None, None) => 0,
    }
}

/// What stands for the halves of a character that was cut: its first byte, and what came behind.
pub(in crate::render) const HALVES: [char; 2] = [glyphs::BOX.begins, glyphs::BOX.ends];

/// What stands for a byte in a table of them: the character that begins there, nothing
/// within one, and a dot for what is not shown; of bytes that are no text, ASCII alone.
pub(in crate::render) fn text_cell(stream: &[u8], at: usize, is_text: bool) -> String {
    let found = escape::char_at(stream, at).filter(|(_, c)| is_text || c.is_ascii());
    match found {
        Some((first, _)) if first < at => String::new(),
        Some((_, c)) if escape::columns(c).is_some() => c.to_string(),
        Some(_) | None => glyphs::BOX.dot.to_string(),
    }
}
