//! The bytes of a flow as a table: in hex, and as text.
//!
//! Promises: at most [`MOST`] bytes, and what is left out is counted; a message
//! boundary is a line between two cells, in both halves.

use crate::analysis::FlowAnalysis;
use crate::language::Language;
use crate::render::escape;
use crate::render::number::bytes;
use crate::render::text::pieces;
use crate::trace::Flow;

/// How many bytes are shown.
const MOST: usize = 256;
/// How many stand in a row.
const IN_A_ROW: usize = 16;

/// A table of bytes.
#[derive(Debug)]
pub(super) struct Bytes {
    pub(super) rows: Vec<Row>,
    /// Whether a message boundary is among them.
    pub(super) has_edges: bool,
    /// What is left out.
    pub(super) rest: Option<String>,
}

/// A row of it.
#[derive(Debug)]
pub(super) struct Row {
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
}

impl Bytes {
    /// The bytes that were sent in a flow; none where none were.
    pub(super) fn of(language: Language, flow: &Flow, seen: &FlowAnalysis) -> Option<Self> {
        let shown = &flow.sent[..flow.sent.len().min(MOST)];
        if shown.is_empty() {
            return None;
        }
        // Bytes that are mostly no text show their ASCII alone.
        let is_text = !escape::is_binary(shown, 0..shown.len());
        let cell = |at| cell(flow, seen, at, is_text);
        let cells: Vec<Cell> = (0..shown.len()).map(cell).collect();
        let has_edges = cells.iter().any(|cell| cell.is_edge);
        let is_one_row = cells.len() <= IN_A_ROW;
        let mut cells = cells.into_iter();
        let rows = (0..shown.len().div_ceil(IN_A_ROW)).map(|row| {
            let cells: Vec<Cell> = cells.by_ref().take(IN_A_ROW).collect();
            Row {
                offset: format!("{:04x}", row * IN_A_ROW),
                lacks: if is_one_row {
                    0
                } else {
                    IN_A_ROW - cells.len()
                },
                cells,
            }
        });
        let left = bytes((flow.sent.len() - shown.len()) as u64);
        Some(Self {
            rows: rows.collect(),
            has_edges,
            rest: (shown.len() < flow.sent.len()).then(|| {
                language.pick(
                    format!("… {left} more not shown"),
                    format!("…… 其余 {left} 略去"),
                )
            }),
        })
    }
}

fn cell(flow: &Flow, seen: &FlowAnalysis, at: usize, is_text: bool) -> Cell {
    let offset = at as u64;
    let messages = &seen.messages;
    let message = messages.partition_point(|message| message.range.end <= offset);
    let mut class = format!("m{}", message % super::map::COLORS);
    let found = messages.get(message);
    let is_edge = offset > 0 && found.is_some_and(|found| found.range.start == offset);
    if let Some(found) = found {
        if is_edge {
            class += " edge";
        }
        if offset < found.range.start + found.header {
            class += " header";
        }
    }
    Cell {
        hex: escape::hex(flow.sent[at]).iter().collect(),
        text: pieces::text_cell(&flow.sent, at, is_text),
        is_edge,
        class,
    }
}
