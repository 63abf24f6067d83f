//! The bytes of a flow as a table, in hex and as text.
//!
//! Promises: shows at most [`MOST`] bytes, and counts what is left out. A message boundary in a
//! stream is a line between two cells, in both halves. Every datagram begins a row and has its own
//! offsets. Bytes that were cut off are struck through from the step of the recv on, and mentioned
//! in words.

use crate::analysis::FlowAnalysis;
use crate::language::Language;
use crate::picture::Direction;
use crate::picture::datagrams::Envelope;
use crate::picture::number::bytes;
use crate::picture::steps::Steps;
use crate::render::escape;
use crate::render::glyphs;
use crate::trace::Flow;

/// The number of bytes shown.
const MOST: usize = 256;
/// The number of datagrams shown.
const MOST_DATAGRAMS: usize = 16;
/// The number of bytes in a row.
const IN_A_ROW: usize = 16;

/// A table of bytes.
#[derive(Debug)]
pub(super) struct Bytes {
    pub(super) rows: Vec<Row>,
    /// Whether a message boundary is among them.
    pub(super) has_edges: bool,
    /// The step from which bytes are struck through; `None` if none are.
    pub(super) cut: Option<usize>,
    /// What is left out.
    pub(super) rest: Option<String>,
}

/// A row of the table.
#[derive(Debug)]
pub(super) struct Row {
    /// The datagram that begins with it and its fate, with the step from which that is known.
    pub(super) datagram: Option<(String, Option<(String, usize)>)>,
    /// The offset of the first byte, in hex.
    pub(super) offset: String,
    pub(super) cells: Vec<Cell>,
    /// The number of cells missing from the row.
    pub(super) lacks: usize,
}

/// A byte.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) hex: String,
    pub(super) text: String,
    /// Whether there is a message boundary before it.
    is_edge: bool,
    /// Its CSS classes.
    pub(super) class: String,
    /// The step from which it is cut off, if it is.
    pub(super) cut: Option<usize>,
    /// If its character was cut: what is shown instead, and from which step.
    pub(super) halved: Option<(char, usize)>,
}

impl Bytes {
    /// The bytes sent in a direction; `None` if there were none.
    pub(super) fn of(language: Language, direction: &Direction<'_>, steps: &Steps) -> Option<Self> {
        let (flow, seen) = (direction.flow, direction.seen);
        let all = flow.sent.len();
        let envelopes: Vec<Envelope<'_>> = direction.envelopes().collect();
        let most = match envelopes.get(MOST_DATAGRAMS) {
            Some(first_left_out) => offset(first_left_out.datagram.range.start).min(MOST),
            None => MOST,
        };
        let shown = &flow.sent[..all.min(most)];
        if shown.is_empty() {
            return None;
        }
        // Bytes that are mostly not text are shown only as ASCII.
        let is_text = !escape::is_binary(shown, 0..shown.len());
        let mut runs: Vec<(usize, Option<&Envelope<'_>>)> = (envelopes.iter())
            .map(|envelope| (offset(envelope.datagram.range.start), Some(envelope)))
            .take_while(|(start, _)| *start < shown.len())
            .collect();
        if runs.is_empty() {
            runs.push((0, None));
        }
        let mut rows: Vec<Row> = Vec::new();
        for (index, &(start, envelope)) in runs.iter().enumerate() {
            let end = runs.get(index + 1).map_or(shown.len(), |next| next.0);
            let heading = envelope.map(|it| heading(it, steps));
            let first = rows.len();
            rows.extend((start..end).step_by(IN_A_ROW).map(|from| {
                let until = end.min(from + IN_A_ROW);
                Row {
                    datagram: None,
                    offset: format!("{:04x}", from - start),
                    lacks: IN_A_ROW - (until - from),
                    cells: (from..until)
                        .map(|at| cell(flow, seen, at, is_text, cut_of(envelope, steps)))
                        .collect(),
                }
            }));
            if let Some(row) = rows.get_mut(first) {
                row.datagram = heading;
            }
        }
        if let [only] = rows.as_mut_slice() {
            only.lacks = 0;
        }
        let left = bytes((all - shown.len()) as u64);
        let cells = || rows.iter().flat_map(|row| &row.cells);
        Some(Self {
            has_edges: cells().any(|cell| cell.is_edge),
            cut: cells().filter_map(|cell| cell.cut).min(),
            rest: (shown.len() < all)
                .then(|| say!(language, "… {left} more not shown", "…… 其余 {left} 略去")),
            rows,
        })
    }
}

/// A stream offset as an index into bytes in memory.
fn offset(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

/// The offset from which a datagram was cut off, and the step of that.
fn cut_of(envelope: Option<&Envelope<'_>>, steps: &Steps) -> Option<(usize, usize)> {
    let envelope = envelope?;
    let (_, recv) = envelope.recv.filter(|(_, recv)| recv.cut > 0)?;
    let from = envelope.datagram.range.start + recv.range.len();
    Some((offset(from), steps.holding(recv.call)))
}

/// The name of a datagram and, if it did not arrive whole, its fate and the step from which that is
/// known.
fn heading(envelope: &Envelope<'_>, steps: &Steps) -> (String, Option<(String, usize)>) {
    let step = match envelope.recv.filter(|_| envelope.datagram.certain) {
        Some((_, recv)) => steps.holding(recv.call),
        None => steps.count(),
    };
    let fate = envelope.missing().map(|missing| (missing, step));
    (envelope.name(), fate)
}

/// A byte. `cut` is the offset from which its datagram was cut off, and the step of that.
fn cell(
    flow: &Flow,
    seen: &FlowAnalysis,
    at: usize,
    is_text: bool,
    cut: Option<(usize, usize)>,
) -> Cell {
    let offset = at as u64;
    let messages = &seen.messages;
    let message = messages.partition_point(|message| message.range.end <= offset);
    let mut class = format!("m{}", message % super::map::COLORS);
    let found = messages.get(message);
    let is_edge = seen.datagrams.is_empty()
        && offset > 0
        && found.is_some_and(|found| found.range.start == offset);
    if let Some(found) = found {
        if is_edge {
            class += " edge";
        }
        if offset < found.range.start + u64::from(found.header) {
            class += " header";
        }
    }
    let halved = cut.and_then(|(from, step)| {
        let (first, _) = escape::char_at(&flow.sent, from).filter(|_| is_text)?;
        let (begins, ends) = (glyphs::BOX.begins, glyphs::BOX.ends);
        let half = match at {
            _ if first == from => None,
            _ if at == first => Some(begins),
            _ if at == from => Some(ends),
            _ => None,
        };
        half.map(|half| (half, step))
    });
    let is_first = cut.is_some_and(|(from, _)| from == at);
    if is_first {
        class += " cut-from";
    }
    Cell {
        cut: cut.filter(|(from, _)| *from <= at).map(|(_, step)| step),
        halved,
        hex: escape::hex(flow.sent[at]).iter().collect(),
        text: text_cell(&flow.sent, at, is_text),
        is_edge,
        class,
    }
}

/// A byte as text: the character that begins there, nothing inside a character, and a dot for what
/// is not shown. Bytes that are not text are shown only as ASCII.
fn text_cell(stream: &[u8], at: usize, is_text: bool) -> String {
    let found = escape::char_at(stream, at).filter(|(_, c)| is_text || c.is_ascii());
    match found {
        Some((first, _)) if first < at => String::new(),
        Some((_, c)) if escape::columns(c).is_some() => c.to_string(),
        Some(_) | None => glyphs::BOX.dot.to_string(),
    }
}
