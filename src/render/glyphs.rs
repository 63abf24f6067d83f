//! The characters that pictures are drawn with: box drawing, or ASCII alone.

use crate::picture::calls::Data;

use super::escape::{self, CutMarks};

/// One set of drawing characters. Each is one column wide, the texts excepted.
#[derive(Debug)]
pub(super) struct Glyphs {
    /// A run of bytes.
    pub fill: char,
    /// A run of bytes that is a header.
    pub thin: char,
    /// A run of bytes of which not all is known, or that did not arrive.
    pub dash: char,
    /// The left end of a run.
    pub left: char,
    /// The right end of a run.
    pub right: char,
    /// The end of one run and the beginning of the next.
    pub both: char,
    /// The end of a header within a message.
    pub header_end: char,
    /// Points up, at a boundary that was lost.
    pub up: char,
    /// A message boundary between bytes.
    pub boundary: char,
    /// The end of a header between bytes.
    pub header: char,
    /// Between bytes, where a stream stops decoding.
    pub error: char,
    /// The end of a recv between bytes, where no message ends.
    pub recv: char,
    /// A character that begins here and is cut.
    pub begins: char,
    /// The rest of a character that was cut.
    pub ends: char,
    /// A byte that no terminal shows as itself.
    pub dot: char,
    /// In front of what it is all about just now.
    pub current: char,
    /// A line across the page.
    pub rule: char,
    /// Left out.
    pub more: &'static str,
    /// Returns, goes to.
    pub arrow: &'static str,
    /// As it should be.
    pub yes: &'static str,
    /// Not as it should be.
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

/// ASCII alone, for fonts without box drawing.
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

    /// As much of the bytes as `most` columns take, the header apart from the rest.
    pub(super) fn preview(&self, data: &Data<'_>, most: usize) -> String {
        let Data {
            stream,
            ref range,
            header,
        } = *data;
        let marks = self.cut_marks();
        if header == 0 || header >= range.len() {
            return escape::preview(stream, range.clone(), most, marks);
        }
        let middle = range.start + header;
        let mut text = escape::preview(stream, range.start..middle, most, marks);
        let left = most.saturating_sub(escape::width(&text) + 1);
        if left >= 4 {
            text.push(self.header);
            text += &escape::preview(stream, middle..range.end, left, marks);
        }
        text
    }
}
