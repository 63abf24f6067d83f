//! Bytes in hex, their text beside them, both cut at the boundaries.
//!
//! In the text each byte has one column: a character stands at its first byte and
//! takes as many columns as it has bytes (no character is wider), so text and hex
//! line up. A character that lies across a cut is shown as cut. A block
//! that is mostly no text shows its ASCII alone.
//!
//! Promises: linear in the rows that are shown; what is left out costs nothing.

mod legend;

use std::io;
use std::ops::Range;

use crate::analysis::{self, FlowAnalysis};
use crate::render::escape;
use crate::render::number::{bytes, grouped, rounded};
use crate::trace::Flow;

use super::line::{Ink, Line};
use super::{Elision, Page};

const INDENT: usize = 2;
/// How many rows stand before and behind those left out.
const SHOWN: Elision = Elision {
    all: 20,
    front: 10,
    back: 5,
};
/// How many cut characters are named.
const NAMED: usize = 3;

/// What a cut between two bytes is. The order is that of importance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum CutKind {
    /// Here the stream does not decode.
    Error,
    /// A message ends.
    Boundary,
    /// A header ends.
    Header,
    /// A payload ends, and what stands behind it begins.
    Payload,
    /// A recv ended.
    Recv,
    /// The rest of a datagram was cut off.
    Truncated,
}

/// A cut in front of the byte at an offset.
pub(super) type Cut = (usize, CutKind);

/// Bytes to dump.
pub(super) struct Dump<'a> {
    /// The bytes; offsets count from its beginning.
    pub stream: &'a [u8],
    /// Where they are cut, in order, each offset once.
    pub cuts: Vec<Cut>,
    /// Whose bytes they are: the messages, in order.
    pub messages: Vec<analysis::Range>,
    /// The ink of bytes that are no message's.
    pub ink: Ink,
}

/// Draws the bytes of one direction of a stream.
pub(super) fn draw_stream(page: &mut Page<'_>, flow: &Flow, seen: &FlowAnalysis) -> io::Result<()> {
    draw(
        page,
        &Dump {
            stream: &flow.sent,
            cuts: stream_cuts(seen),
            messages: seen.messages.iter().map(|message| message.range).collect(),
            ink: Ink::Plain,
        },
    )?;
    let (sent, received) = (flow.sent.len(), flow.received.len());
    if !seen.faithful {
        let text = page.pick("received, and not what was sent:", "收到的与发送的不同：");
        page.wrapped(Ink::Bad, INDENT, 2, text)?;
        let dump = Dump {
            stream: &flow.received,
            cuts: Vec::new(),
            messages: Vec::new(),
            ink: Ink::Plain,
        };
        draw(page, &dump)?;
    } else if received < sent {
        let rest = bytes((sent - received) as u64);
        let from = grouped(received as u64);
        let text = page.pick(
            format!("the last {rest}, from offset {from} on, were not received"),
            format!("从偏移 {from} 起的最后 {rest} 没有收到"),
        );
        page.wrapped(Ink::Bad, INDENT, 2, &text)?;
    }
    Ok(())
}

fn stream_cuts(seen: &FlowAnalysis) -> Vec<Cut> {
    let offset = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
    let boundaries = seen
        .boundaries
        .iter()
        .map(|boundary| (offset(boundary.at), CutKind::Boundary));
    let headers = seen
        .messages
        .iter()
        .filter(|message| message.header > 0)
        .map(|message| {
            (
                offset(message.range.start + message.header),
                CutKind::Header,
            )
        });
    let recvs = seen
        .recvs
        .iter()
        .map(|recv| (offset(recv.range.end), CutKind::Recv));
    let mut cuts: Vec<Cut> = boundaries.chain(headers).chain(recvs).collect();
    cuts.sort_unstable();
    cuts.dedup_by_key(|cut| cut.0);
    cuts
}

/// Draws a dump, and what its marks mean.
pub(super) fn draw(page: &mut Page<'_>, dump: &Dump<'_>) -> io::Result<()> {
    let length = dump.stream.len();
    if length == 0 {
        return Ok(());
    }
    let shape = shape(page, dump);
    let mut notes = Notes::default();
    let mut message = 0;
    let mut next = 0;
    for rows in shown_rows(page, dump, length.div_ceil(shape.bytes), shape.bytes) {
        let begin = rows.start * shape.bytes;
        if rows.start > next {
            left_out(page, begin - next * shape.bytes)?;
            message = dump
                .messages
                .partition_point(|message| message.end <= begin as u64);
        }
        next = rows.end;
        for row in rows {
            let begin = row * shape.bytes;
            let end = (begin + shape.bytes).min(length);
            draw_row(page, dump, &shape, begin..end, &mut message, &mut notes)?;
        }
    }
    legend::draw(page, dump, &notes)
}

/// The runs of rows to show: all, or those at both ends, and between them those
/// around the first message boundary, the last one before an error, the error, and the first cut through a character.
fn shown_rows(page: &Page<'_>, dump: &Dump<'_>, rows: usize, bytes: usize) -> Vec<Range<usize>> {
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
    // What does not decode begins behind the last message.
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
    let text = page.pick(
        format!("{more} {size} not shown; --full shows all"),
        format!("{more} 略去 {size}；--full 显示全部"),
    );
    page.wrapped(Ink::Plain, INDENT, 2, &text)
}

/// Whether the bytes around `at` are mostly no text.
fn is_binary_around(stream: &[u8], at: usize) -> bool {
    let start = at - at % escape::SAMPLE;
    escape::is_binary(stream, start..(start + escape::SAMPLE).min(stream.len()))
}

/// How rows are laid out.
struct Shape {
    /// The digits of an offset.
    digits: usize,
    /// The bytes of a row.
    bytes: usize,
    /// Where the text begins.
    text: usize,
}

/// Sixteen bytes to a row where the text has room for all its cuts, else eight.
fn shape(page: &Page<'_>, dump: &Dump<'_>) -> Shape {
    let digits = if dump.stream.len() <= 1 << 16 { 4 } else { 8 };
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
    // One column for a cut in front of the row, one for a wide character at its end.
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

/// What was met while drawing that has to be explained.
#[derive(Default)]
struct Notes {
    kinds: [bool; 6],
    cut: Vec<(usize, char)>,
    cut_count: u64,
}

fn draw_row(
    page: &mut Page<'_>,
    dump: &Dump<'_>,
    shape: &Shape,
    row: Range<usize>,
    message: &mut usize,
    notes: &mut Notes,
) -> io::Result<()> {
    let first_cut = dump.cuts.partition_point(|&(at, _)| at < row.start);
    let mut cuts = dump.cuts[first_cut..].iter().peekable();
    let mut line = Line::default();
    let mut text = Line::default();
    let start = row.start;
    let binary = is_binary_around(dump.stream, start);
    line.push(
        Ink::Plain,
        &format!("{:INDENT$}{start:0digits$x} ", "", digits = shape.digits),
    );
    for at in row.clone() {
        if at == start + 8 {
            line.push(Ink::Plain, " ");
        }
        let shown = |kind: CutKind| at > 0 || kind == CutKind::Error;
        let cut = cuts.next_if(|(cut, kind)| *cut == at && shown(*kind));
        let mark = cut.map(|&(_, kind)| {
            notes.kinds[kind as usize] = true;
            mark(page, kind)
        });
        let (mark_ink, glyph) = mark.unwrap_or((Ink::Plain, ' '));
        line.push_char(mark_ink, glyph);
        if at == start || mark.is_some() {
            text.push_char(mark_ink, glyph);
        }
        let ink = ink(dump, at, message);
        for digit in escape::hex(dump.stream[at]) {
            line.push_char(ink, digit);
        }
        if binary && !dump.stream[at].is_ascii_graphic() {
            text.push_char(ink, page.glyphs.dot);
        } else {
            push_text(page, dump, at, start, ink, &mut text, notes);
        }
    }
    // An error at the very end of the stream has no byte behind it.
    if row.end == dump.stream.len()
        && let Some(&(_, kind)) =
            cuts.next_if(|(cut, kind)| *cut == row.end && *kind == CutKind::Error)
    {
        notes.kinds[kind as usize] = true;
        let (ink, glyph) = mark(page, kind);
        line.push_char(ink, glyph);
        text.push_char(ink, glyph);
    }
    line.pad_to(shape.text);
    line.append(text);
    page.line(&line)
}

/// What marks a cut.
fn mark(page: &Page<'_>, kind: CutKind) -> (Ink, char) {
    match kind {
        CutKind::Error => (Ink::Bad, page.glyphs.error),
        CutKind::Boundary => (Ink::Plain, page.glyphs.boundary),
        CutKind::Header | CutKind::Payload => (Ink::Plain, page.glyphs.header),
        CutKind::Recv | CutKind::Truncated => (Ink::Plain, page.glyphs.recv),
    }
}

/// The ink of the byte at `at`; `message` is the index of the first message that may hold it.
fn ink(dump: &Dump<'_>, at: usize, message: &mut usize) -> Ink {
    while let Some(current) = dump.messages.get(*message) {
        if (at as u64) < current.end {
            return Ink::Message(*message);
        }
        *message += 1;
    }
    dump.ink
}

/// Appends what stands in the text for the byte at `at`.
fn push_text(
    page: &Page<'_>,
    dump: &Dump<'_>,
    at: usize,
    row: usize,
    ink: Ink,
    text: &mut Line,
    notes: &mut Notes,
) {
    let glyphs = page.glyphs;
    let Some((first, c)) = escape::char_at(dump.stream, at) else {
        return text.push_char(ink, glyphs.dot);
    };
    let is_cut = |at: usize| dump.cuts.binary_search_by_key(&at, |&(cut, _)| cut).is_ok();
    if (first + 1..first + c.len_utf8()).any(is_cut) {
        if at == first {
            notes.cut_count += 1;
            if notes.cut.len() < NAMED {
                notes.cut.push((first, c));
            }
            text.push_char(ink, glyphs.begins);
        } else {
            text.push_char(ink, if is_cut(at) { glyphs.ends } else { ' ' });
        }
        return;
    }
    match escape::columns(c) {
        None => text.push_char(ink, glyphs.dot),
        Some(_) if at == first => text.push_char(ink, c),
        // The second column of a wide character is there already, unless it stands in the row above.
        Some(width) if at - first < width && first >= row => {}
        Some(_) => text.push_char(ink, ' '),
    }
}
