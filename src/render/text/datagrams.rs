//! Draws datagrams one by one: what was sent, what was received of it, and its bytes.
//!
//! Promises: all bars have the same scale, and the largest datagram is as wide as the drawing. A
//! datagram that was cut or lost is described as that.

use std::io;

use crate::analysis::{FlowAnalysis, Range};
use crate::picture::Direction;
use crate::picture::datagrams::Envelope;
use crate::picture::number::{grouped, rounded};
use crate::render::layout::{self, Need};
use crate::render::words;
use crate::trace::Flow;

use super::line::{Ink, Line};
use super::map::{self, CHART};
use super::{Elision, Page, hex};

const INDENT: usize = 2;
/// The number of datagrams shown before and after those left out.
const SHOWN: Elision = Elision {
    all: 6,
    front: 2,
    back: 1,
};
/// The least width of a bar, in columns, so that its labels fit.
const NARROWEST: usize = 30;

/// Draws every datagram of a direction.
pub(super) fn draw(page: &mut Page<'_>, direction: &Direction<'_>) -> io::Result<()> {
    let largest = largest(direction.seen);
    let count = direction.seen.datagrams.len();
    let hidden = SHOWN.hidden(count, page.style.full);
    for index in 0..count {
        if index == hidden.start && !hidden.is_empty() {
            left_out(page, &direction.seen.datagrams[hidden.clone()])?;
        }
        if !hidden.contains(&index) {
            if index > 0 {
                page.blank()?;
            }
            one(page, direction.flow, &direction.envelope(index), largest)?;
        }
    }
    match direction.dropped() {
        Some(dropped) => page.wrapped(Ink::Bad, INDENT, 2, &dropped),
        None => Ok(()),
    }
}

/// The size of the largest datagram, in bytes.
pub(super) fn largest(seen: &FlowAnalysis) -> u64 {
    let lengths = seen.datagrams.iter().map(|datagram| datagram.range.len());
    lengths.max().unwrap_or(1)
}

/// Draws one datagram; `largest` sets the scale.
pub(super) fn one(
    page: &mut Page<'_>,
    flow: &Flow,
    envelope: &Envelope<'_>,
    largest: u64,
) -> io::Result<()> {
    let Range { start, end } = envelope.datagram.range;
    let mut line = Line::default();
    line.pad_to(INDENT);
    line.push(envelope.ink(), &envelope.name());
    let (ink, fate) = envelope.fate();
    line.push(Ink::Plain, "  ");
    line.push(ink, &fate);
    if start == end {
        if let Some((number, _)) = envelope.recv {
            let number = grouped(number as u64 + 1);
            line.push(Ink::Plain, &format!(" {} recv {number}", page.glyphs.arrow));
        }
        return page.line(line);
    }
    page.line(line)?;

    let room = page.style.columns() - CHART - 1;
    let width = scaled(end - start, largest, room).max(NARROWEST);
    let middle = start + envelope.got();
    let needs = [(start, middle), (middle, end)].map(|(start, end)| Need {
        start,
        end,
        columns: 9,
    });
    let owners = vec![envelope.ink(); room];
    for panel in layout::panels(&needs, width) {
        map::draw_lane(page, &panel, &envelope.sent_lane(), &owners)?;
        map::draw_lane(page, &panel, &envelope.recv_lane(), &owners)?;
    }
    if page.style.hex {
        hex::draw(page, &envelope.bytes(flow))?;
    }
    Ok(())
}

fn scaled(length: u64, largest: u64, room: usize) -> usize {
    let exact = u128::from(length) * room as u128 / u128::from(largest.max(1));
    usize::try_from(exact).unwrap_or(room).min(room)
}

fn left_out(page: &mut Page<'_>, datagrams: &[crate::analysis::Datagram]) -> io::Result<()> {
    let language = page.style.language;
    let count = words::counted(
        language,
        datagrams.len() as u64,
        "datagram",
        "datagrams",
        "个数据报",
    );
    let size = rounded(datagrams.iter().map(|datagram| datagram.range.len()).sum());
    let more = page.glyphs.more;
    let text = say!(
        page.style.language,
        "{more} {count}, {size}, not shown; --full shows all",
        "{more} 略去 {count}，{size}；--full 显示全部"
    );
    page.blank()?;
    page.wrapped(Ink::Plain, INDENT, 2, &text)
}
