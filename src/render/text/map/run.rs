//! One run of a lane: its edges, what fills it, its label.
//!
//! Promises: an edge stands in the column of its offset, two that meet share one; a
//! label lies inside, in the ink of the one message that the run belongs to.

use crate::analysis::Range;
use crate::render::escape;

use super::super::Page;
use super::super::cells::Cells;
use super::super::lanes::Run;
use super::super::layout::Panel;
use super::super::line::Ink;

/// Draws the part of a run that lies in the panel.
pub(super) fn draw(page: &Page<'_>, panel: &Panel, run: &Run, owners: &[Ink], cells: &mut Cells) {
    let glyphs = page.glyphs;
    let Range { start, end } = run.range;
    let (begins, ends) = (start >= panel.start(), end <= panel.end());
    let left = panel.column(start.max(panel.start()));
    let right = panel.column(end.min(panel.end()));
    let fill = if run.dashed { glyphs.dash } else { glyphs.fill };
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
    let middle = start + run.header;
    if run.header > 0 && panel.start() < middle {
        let split = panel.column(middle.min(panel.end()));
        for (column, &ink) in owners.iter().enumerate().take(split).skip(from) {
            cells.set(column, glyphs.thin, ink);
        }
        if middle < end && middle <= panel.end() {
            cells.set(split, glyphs.header_end, owners[split]);
            label_from = split + 1;
        }
    }
    let label = label(run, to.saturating_sub(label_from));
    let width = escape::width(&label);
    let offset = to.saturating_sub(label_from).saturating_sub(width) / 2;
    let ink = label_ink(&owners[label_from.min(to)..to]);
    cells.put(label_from + offset, &label, |_| ink);
}

/// The ink of a label: that of the message that the run belongs to; of several, none's.
fn label_ink(owners: &[Ink]) -> Ink {
    match owners {
        [first, rest @ ..] if rest.iter().all(|ink| ink == first) => *first,
        _ => Ink::Plain,
    }
}

/// The longest label that fits, with a space on both sides where that fits too.
pub(in crate::render::text) fn label(run: &Run, room: usize) -> String {
    let fits = |label: &&String| !label.is_empty() && escape::width(label) <= room;
    match run
        .labels
        .iter()
        .find(|label| fits(label) && escape::width(label) + 2 <= room)
    {
        Some(label) => format!(" {label} "),
        None => run.labels.iter().find(fits).cloned().unwrap_or_default(),
    }
}
