//! The characters for drawing: box drawing, or only ASCII.

use crate::picture::calls::Data;

use super::escape::{self, CutMarks, Lines};
use super::number::{bytes, grouped};

/// A set of drawing characters. Each is one column wide, except the texts.
#[derive(Debug)]
pub(super) struct Glyphs {
    /// A run of bytes.
    pub fill: char,
    /// A run of bytes that is a header.
    pub thin: char,
    /// A run of bytes that is not fully known, or did not arrive.
    pub dash: char,
    /// The left end of a run.
    pub left: char,
    /// The right end of a run.
    pub right: char,
    /// The end of one run and the beginning of the next.
    pub both: char,
    /// The end of a header within a message.
    pub header_end: char,
    /// An arrow up to a lost boundary.
    pub up: char,
    /// A message boundary between bytes.
    pub boundary: char,
    /// The end of a header between bytes.
    pub header: char,
    /// The place between bytes where a stream stops decoding.
    pub error: char,
    /// The end of a recv between bytes, where no message ends.
    pub recv: char,
    /// A character that begins here and is cut.
    pub begins: char,
    /// The rest of a character that was cut.
    pub ends: char,
    /// A byte that a terminal does not show unchanged.
    pub dot: char,
    /// The mark of the current row.
    pub current: char,
    /// A line across the page.
    pub rule: char,
    /// Something left out.
    pub more: &'static str,
    /// A result or a direction.
    pub arrow: &'static str,
    /// As expected.
    pub yes: &'static str,
    /// Not as expected.
    pub no: &'static str,
}

/// Box drawing.
pub(super) const BOX: Glyphs = Glyphs {
    fill: '━',
    thin: '─',
    dash: '╌',
    left: '┣',
    right: '┫',
    both: '╋',
    header_end: '┾',
    up: '▲',
    boundary: '┃',
    header: '│',
    error: '►',
    recv: '╎',
    begins: '▌',
    ends: '▐',
    dot: '·',
    current: '►',
    rule: '─',
    more: "…",
    arrow: "→",
    yes: "✓",
    no: "✗",
};

/// Only ASCII, for fonts without box drawing.
pub(super) const ASCII: Glyphs = Glyphs {
    fill: '=',
    thin: '-',
    dash: '.',
    left: '|',
    right: '|',
    both: '|',
    header_end: '+',
    up: '^',
    boundary: '|',
    header: ':',
    error: '*',
    recv: '!',
    begins: '<',
    ends: '>',
    dot: '.',
    current: '>',
    rule: '-',
    more: "...",
    arrow: "->",
    yes: "[ok]",
    no: "[!!]",
};

impl Glyphs {
    /// The marks for a text that is cut.
    pub(super) const fn cut_marks(&self) -> CutMarks {
        CutMarks {
            begins: self.begins,
            ends: self.ends,
            more: self.more,
        }
    }

    /// As many of the bytes as fit in `most` columns, and how many are missing.
    pub(super) fn preview(&self, data: &Data<'_>, most: usize) -> String {
        self.lines(data, &[most]).lines.concat()
    }

    /// The bytes in lines of these widths, with the header apart from the rest, and the value
    /// after a length.
    pub(super) fn lines(&self, data: &Data<'_>, rooms: &[usize]) -> Lines {
        let Data {
            stream,
            ref range,
            header,
            edges,
            value,
        } = *data;
        let is_edge = |at: usize| {
            let at = at as u64;
            edges.binary_search_by_key(&at, |edge| edge.at).is_ok()
        };
        let rest = |missing: usize| format!("{}+{}", self.more, bytes(missing as u64));
        let lines = |range, rooms: &[usize]| {
            escape::lines(stream, range, rooms, self.cut_marks(), is_edge, rest)
        };
        let value = value.map_or_else(String::new, |value| format!(" = {}", grouped(value)));
        let mut rooms: Vec<usize> = (rooms.iter())
            .map(|room| room.saturating_sub(escape::width(&value)))
            .collect();
        if header == 0 || header >= range.len() {
            let mut all = lines(range.clone(), &rooms);
            if let Some(last) = all.lines.last_mut() {
                last.push_str(&value);
            }
            return all;
        }
        let middle = range.start + header;
        let mut head = lines(range.start..middle, &rooms[..rooms.len().min(1)])
            .lines
            .concat();
        head.push(self.header);
        if let Some(first) = rooms.first_mut() {
            *first = first.saturating_sub(escape::width(&head));
        }
        let mut all = lines(middle..range.end, &rooms);
        all.lines[0].insert_str(0, &head);
        all
    }
}
