//! The bytes of a flow as a table: in hex, and as text.
//!
//! Promises: at most [`MOST`] bytes, and what is left out is counted; a message
//! boundary of a stream is a line between two cells, in both halves. Every datagram
//! begins a row and has offsets of its own; what was cut off it is struck through from
//! the step of its recv on, and said in words.

use crate::analysis::{Datagram, FlowAnalysis};
use crate::language::Language;
use crate::render::number::{bytes, grouped};
use crate::render::text::pieces;
use crate::render::{escape, words};
use crate::trace::Flow;

use super::map::datagram_of_message;
use super::steps::Steps;

/// How many bytes are shown.
const MOST: usize = 256;
/// How many datagrams are.
const MOST_DATAGRAMS: usize = 16;
/// How many stand in a row.
const IN_A_ROW: usize = 16;

/// A table of bytes.
#[derive(Debug)]
pub(super) struct Bytes {
    pub(super) rows: Vec<Row>,
    /// Whether a message boundary is among them.
    pub(super) has_edges: bool,
    /// From which step a byte is struck through; none where none is.
    pub(super) cut: Option<usize>,
    /// What is left out.
    pub(super) rest: Option<String>,
}

/// A row of it.
#[derive(Debug)]
pub(super) struct Row {
    /// Which datagram begins with it, and what became of that, from which step.
    pub(super) datagram: Option<(String, Option<(String, usize)>)>,
    /// The offset of the first, in hex.
    pub(super) offset: String,
    pub(super) cells: Vec<Cell>,
    /// How many cells the row lacks.
    pub(super) lacks: usize,
}

/// A byte.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) hex: String,
    pub(super) text: String,
    /// Whether a message boundary stands before it.
    is_edge: bool,
    /// Its classes.
    pub(super) class: String,
    /// Where it was cut off: from which step.
    pub(super) cut: Option<usize>,
    /// Where its character was cut: what stands for it from which step.
    pub(super) halved: Option<(char, usize)>,
}

impl Bytes {
    /// The bytes that were sent in a flow; none where none were.
    pub(super) fn of(
        language: Language,
        flow: &Flow,
        seen: &FlowAnalysis,
        steps: &Steps,
    ) -> Option<Self> {
        let all = flow.sent.len();
        let datagrams: Vec<&Datagram> = (seen.datagrams.iter())
            .filter(|datagram| !datagram.range.is_empty())
            .collect();
        let most = match datagrams.get(MOST_DATAGRAMS) {
            Some(first_left_out) => offset(first_left_out.range.start).min(MOST),
            None => MOST,
        };
        let shown = &flow.sent[..all.min(most)];
        if shown.is_empty() {
            return None;
        }
        // Bytes that are mostly no text show their ASCII alone.
        let is_text = !escape::is_binary(shown, 0..shown.len());
        let mut runs: Vec<(usize, Option<&Datagram>)> = (datagrams.into_iter())
            .map(|datagram| (offset(datagram.range.start), Some(datagram)))
            .take_while(|(start, _)| *start < shown.len())
            .collect();
        if runs.is_empty() {
            runs.push((0, None));
        }
        let mut rows: Vec<Row> = Vec::new();
        for (index, &(start, datagram)) in runs.iter().enumerate() {
            let end = runs.get(index + 1).map_or(shown.len(), |next| next.0);
            let heading = datagram.map(|it| heading(language, seen, it, steps));
            let first = rows.len();
            rows.extend((start..end).step_by(IN_A_ROW).map(|from| {
                let until = end.min(from + IN_A_ROW);
                Row {
                    datagram: None,
                    offset: format!("{:04x}", from - start),
                    lacks: IN_A_ROW - (until - from),
                    cells: (from..until)
                        .map(|at| cell(flow, seen, at, is_text, cut_of(seen, datagram, steps)))
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
            rest: (shown.len() < all).then(|| {
                language.pick(
                    format!("… {left} more not shown"),
                    format!("…… 其余 {left} 略去"),
                )
            }),
            rows,
        })
    }
}

/// An offset of bytes that lie in memory.
fn offset(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

/// From which offset on a datagram was cut off, and at which step.
fn cut_of(
    seen: &FlowAnalysis,
    datagram: Option<&Datagram>,
    steps: &Steps,
) -> Option<(usize, usize)> {
    let datagram = datagram?;
    let recv = seen.recvs.get(datagram.recv?)?;
    let is_cut = recv.cut > 0;
    is_cut.then(|| {
        let from = datagram.range.start + recv.range.len();
        (offset(from), steps.holding(recv.call))
    })
}

/// Which datagram it is, and what became of it where it did not come whole.
fn heading(
    language: Language,
    seen: &FlowAnalysis,
    datagram: &Datagram,
    steps: &Steps,
) -> (String, Option<(String, usize)>) {
    let number = grouped(datagram.message as u64 + 1);
    let size = bytes(datagram.range.len());
    let name = match datagram_of_message(seen, datagram) {
        (_, 1) => format!("#{number}  {size}"),
        (which, of) => {
            let (which, of) = (grouped(which as u64), grouped(of as u64));
            language.pick(
                format!("#{number}, datagram {which} of {of}  {size}"),
                format!("#{number}，第 {which}/{of} 个数据报  {size}"),
            )
        }
    };
    let recv = datagram.recv.and_then(|index| seen.recvs.get(index));
    let fate = match recv {
        _ if !datagram.certain => Some((words::alike(language).to_owned(), steps.count())),
        Some(recv) if recv.cut > 0 => {
            let cut = bytes(recv.cut);
            let said = language.pick(format!("{cut} cut off"), format!("截去 {cut}"));
            Some((said, steps.holding(recv.call)))
        }
        Some(_) => None,
        None => {
            let said = language.pick("never received", "没有收到");
            Some((said.to_owned(), steps.count()))
        }
    };
    (name, fate)
}

/// A byte; `cut` tells from which offset on its datagram was cut off, and at which step.
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
        if offset < found.range.start + found.header {
            class += " header";
        }
    }
    let halved = cut.and_then(|(from, step)| {
        let (first, _) = escape::char_at(&flow.sent, from).filter(|_| is_text)?;
        let [begins, ends] = pieces::HALVES;
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
        text: pieces::text_cell(&flow.sent, at, is_text),
        is_edge,
        class,
    }
}
