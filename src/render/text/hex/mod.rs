//! Draws bytes in hex with their text beside them, both cut at the boundaries.
//!
//! In the text each byte has one column: a character is at its first byte and takes as many columns
//! as it has bytes (no character is wider), so text and hex line up. A character with a cut in it
//! is shown as cut. A block that is mostly not text is shown only as ASCII.
//!
//! Promises: linear in the rows shown; what is left out costs nothing.

mod around;
mod legend;
mod ribbon;
mod rows;

use std::io;
use std::ops::Range;

pub(super) use around::{draw_around, rows};

use crate::picture::Direction;
use crate::picture::bytes::{Bytes, CutKind};
use crate::picture::number::{bytes, grouped, rounded};
use crate::render::escape;

use super::line::Ink;
use super::{Elision, Page};
use rows::Rows;

const INDENT: usize = 2;
/// The most digits of an offset.
const OFFSET: usize = 16;
/// The number of rows shown before and after those left out.
const SHOWN: Elision = Elision {
    all: 12,
    front: 4,
    back: 2,
};
/// The number of cut characters that are listed.
const NAMED: usize = 3;

/// Draws the bytes of one direction of a stream.
pub(super) fn draw_stream(page: &mut Page<'_>, direction: &Direction<'_>) -> io::Result<()> {
    let flow = direction.flow;
    draw(page, &direction.bytes())?;
    let (sent, received) = (flow.sent.len(), flow.received.len());
    if !direction.seen.faithful {
        let text = page.pick("received, and not what was sent:", "收到的与发送的不同：");
        page.wrapped(Ink::Bad, INDENT, 2, text)?;
        draw(page, &Bytes::plain(&flow.received))?;
    } else if received < sent && direction.has_recvs() {
        let rest = bytes((sent - received) as u64);
        let from = grouped(received as u64);
        let text = say!(
            page.style.language,
            "the last {rest}, from offset {from} on, were not received",
            "从偏移 {from} 起的最后 {rest} 没有收到"
        );
        page.wrapped(Ink::Bad, INDENT, 2, &text)?;
    }
    Ok(())
}

/// Draws a dump and the meaning of its marks.
pub(super) fn draw(page: &mut Page<'_>, dump: &Bytes<'_>) -> io::Result<()> {
    let length = dump.stream.len();
    if length == 0 {
        return Ok(());
    }
    let shape = shape(page, dump);
    let bytes = shape.bytes;
    let mut drawing = Rows::new(page, dump, shape);
    let mut next = 0;
    for rows in shown_rows(page, dump, length.div_ceil(bytes), bytes) {
        let begin = rows.start * bytes;
        if rows.start > next {
            drawing.write_out(page)?;
            left_out(page, begin - next * bytes)?;
            drawing.skip_to(begin);
        }
        next = rows.end;
        for row in rows {
            let begin = row * bytes;
            drawing.draw(page, begin..(begin + bytes).min(length))?;
        }
    }
    drawing.write_out(page)?;
    legend::draw(page, dump, &drawing.notes)
}

/// The rows to show: all, or those at both ends and those around the first message boundary, the
/// last one before an error, the error, and the first cut through a character.
fn shown_rows(page: &Page<'_>, dump: &Bytes<'_>, rows: usize, bytes: usize) -> Vec<Range<usize>> {
    let hidden = SHOWN.hidden(rows, page.style.full);
    if hidden.is_empty() {
        return std::iter::once(0..rows).collect();
    }
    let first = dump
        .cuts
        .partition_point(|&(at, _)| at < hidden.start * bytes);
    let inside = dump.cuts[first..]
        .iter()
        .take_while(|(at, _)| *at < hidden.end * bytes);
    let boundary = inside.clone().find(|(_, kind)| *kind == CutKind::Boundary);
    let through = inside.clone().find(|(at, _)| {
        escape::char_at(dump.stream, *at).is_some_and(|(first, _)| first < *at)
            && !is_binary_around(dump.stream, *at)
    });
    let error = inside.clone().find(|(_, kind)| *kind == CutKind::Error);
    // What does not decode begins after the last message.
    let fails = dump.cuts.iter().any(|(_, kind)| *kind == CutKind::Error);
    let last = inside
        .clone()
        .filter(|(_, kind)| fails && *kind == CutKind::Boundary)
        .last();
    let mut runs: Vec<Range<usize>> = std::iter::once(0..hidden.start).collect();
    let mut cuts: Vec<usize> = [boundary, through, last, error]
        .iter()
        .flatten()
        .map(|cut| cut.0)
        .collect();
    cuts.sort_unstable();
    let around = cuts
        .into_iter()
        .map(|at| (at / bytes).saturating_sub(1)..at / bytes + 1);
    for run in around.chain(std::iter::once(hidden.end..rows)) {
        match runs.last_mut() {
            Some(last) if run.start <= last.end => last.end = last.end.max(run.end),
            _ => runs.push(run),
        }
    }
    runs
}

fn left_out(page: &mut Page<'_>, bytes: usize) -> io::Result<()> {
    let (more, size) = (page.glyphs.more, rounded(bytes as u64));
    let text = say!(
        page.style.language,
        "{more} {size} not shown; --full shows all",
        "{more} 略去 {size}；--full 显示全部"
    );
    page.wrapped(Ink::Plain, INDENT, 2, &text)
}

/// Whether the bytes around `at` are mostly not text.
fn is_binary_around(stream: &[u8], at: usize) -> bool {
    let start = at - at % escape::SAMPLE;
    escape::is_binary(stream, start..(start + escape::SAMPLE).min(stream.len()))
}

/// The layout of a row.
struct Shape {
    /// The number of digits of an offset.
    digits: usize,
    /// The number of bytes in a row.
    bytes: usize,
    /// The column where the text begins.
    text: usize,
}

/// Sixteen bytes in a row if the text has room for all its cuts, otherwise eight.
fn shape(page: &Page<'_>, dump: &Bytes<'_>) -> Shape {
    let digits = match dump.stream.len() as u64 {
        0..=0x1_0000 => 4,
        0x1_0001..=0x1_0000_0000 => 8,
        _ => OFFSET,
    };
    let text = |bytes: usize| INDENT + digits + 1 + bytes * 3 + bytes / 9 + 1;
    let mut most = 0;
    let mut row = (0, 0);
    for &(at, _) in dump.cuts.iter().filter(|(at, _)| at % 16 != 0) {
        row = if row.0 == at / 16 {
            (row.0, row.1 + 1)
        } else {
            (at / 16, 1)
        };
        most = most.max(row.1);
    }
    // One column for a cut before the row, and one for a wide character at its end.
    let widest = text(16) + 1 + 16 + most + 1;
    let bytes = if widest <= page.style.columns() {
        16
    } else {
        8
    };
    Shape {
        digits,
        bytes,
        text: text(bytes),
    }
}

/// The marks used in a drawing that have to be explained.
#[derive(Default)]
struct Notes {
    kinds: [bool; 6],
    cut: Vec<(usize, char)>,
    cut_count: u64,
}
