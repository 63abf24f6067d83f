//! The characters for drawing: box drawing, or only ASCII.

use crate::render::escape::CutMarks;

/// A set of drawing characters. Each is one column wide, except the texts.
#[derive(Debug)]
pub(in crate::render) struct Glyphs {
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

/// Box drawing characters.
pub(in crate::render) const BOX: Glyphs = Glyphs {
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
}
