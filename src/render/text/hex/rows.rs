//! The rows of a dump, one after the other.
//!
//! Promises: neighbouring bytes of one ink are put into the line together, so a row
//! costs as much as it has cuts, and a colour sequence for each.

use std::io;
use std::ops::Range;

use crate::render::escape;

use super::super::Page;
use super::super::glyphs::Glyphs;
use super::super::line::{Ink, Line, Paints};
use super::{Cut, CutKind, Dump, INDENT, NAMED, Notes, Shape};

/// The longest character in UTF-8, in bytes.
const LONGEST: usize = 4;

/// The drawing of rows, and how far it got.
pub(super) struct Rows<'a> {
    dump: &'a Dump<'a>,
    glyphs: &'static Glyphs,
    shape: Shape,
    paints: Paints,
    /// What was met that has to be explained.
    pub(super) notes: Notes,
    /// The first message that may hold a byte of the next row.
    message: usize,
    /// The first cut that may go through a character of the next row.
    cut: usize,
    /// The offset of the bytes that were looked at last, and whether they are mostly no text.
    sample: Option<(usize, bool)>,
    /// The line and its parts, kept for the next.
    line: Line,
    spans: Vec<Span>,
    dotted: String,
}

/// Bytes of a row that have one ink, and no cut but in front.
struct Span {
    bytes: Range<usize>,
    ink: Ink,
    mark: Option<(Ink, char)>,
}

impl<'a> Rows<'a> {
    /// In front of the first row.
    pub(super) fn new(page: &Page<'_>, dump: &'a Dump<'a>, shape: Shape) -> Self {
        Self {
            dump,
            glyphs: page.glyphs,
            shape,
            paints: Paints::new(page.style.color),
            notes: Notes::default(),
            message: 0,
            cut: 0,
            sample: None,
            line: Line::default(),
            spans: Vec::new(),
            dotted: String::new(),
        }
    }

    /// Leaves out all rows before the one that begins at an offset.
    pub(super) fn skip_to(&mut self, offset: usize) {
        let messages = &self.dump.messages;
        self.message = messages.partition_point(|message| message.end <= offset as u64);
        let cuts = &self.dump.cuts;
        self.cut = cuts.partition_point(|(at, _)| at + LONGEST <= offset);
    }

    /// How many cuts from `from` on are in front of an offset.
    fn cuts_before(&self, from: usize, offset: usize) -> usize {
        let cuts = self.dump.cuts[from..].iter();
        cuts.take_while(|(at, _)| *at < offset).count()
    }

    /// Draws one row.
    pub(super) fn draw(&mut self, page: &mut Page<'_>, row: Range<usize>) -> io::Result<()> {
        self.cut += self.cuts_before(self.cut, (row.start + 1).saturating_sub(LONGEST));
        let near = self.cuts_before(self.cut, row.end + LONGEST);
        let cuts = &self.dump.cuts[self.cut..self.cut + near];
        self.find_spans(row.clone(), cuts);
        // An error at the very end of the stream has no byte behind it.
        let last = (row.end == self.dump.stream.len())
            .then(|| cuts.iter().find(|cut| **cut == (row.end, CutKind::Error)))
            .flatten()
            .map(|&(_, kind)| self.mark(kind));
        self.line.clear();
        self.push_offset(row.start);
        self.push_hex(row.start);
        if let Some((ink, glyph)) = last {
            self.line.push_char(ink, glyph);
        }
        self.line.pad_to(self.shape.text);
        self.push_text(row.start, cuts);
        if let Some((ink, glyph)) = last {
            self.line.push_char(ink, glyph);
        }
        self.line.write_in(&self.paints, page.out)
    }

    /// Takes a row apart where a cut is or the ink changes.
    fn find_spans(&mut self, row: Range<usize>, cuts: &[Cut]) {
        self.spans.clear();
        let mut cuts = cuts
            .iter()
            .skip_while(|(at, kind)| *at < row.start || (*at == 0 && *kind != CutKind::Error))
            .peekable();
        let mut start = row.start;
        while start < row.end {
            let mark = cuts
                .next_if(|(at, _)| *at == start)
                .map(|&(_, kind)| self.mark(kind));
            let (ink, same_ink) = self.ink(start);
            let next_cut = cuts.peek().map_or(row.end, |(at, _)| *at);
            let end = row.end.min(next_cut).min(same_ink);
            let bytes = start..end;
            self.spans.push(Span { bytes, ink, mark });
            start = end;
        }
    }

    /// What marks a cut.
    fn mark(&mut self, kind: CutKind) -> (Ink, char) {
        self.notes.kinds[kind as usize] = true;
        match kind {
            CutKind::Error => (Ink::Bad, self.glyphs.error),
            CutKind::Boundary => (Ink::Plain, self.glyphs.boundary),
            CutKind::Header | CutKind::Payload => (Ink::Plain, self.glyphs.header),
            CutKind::Recv | CutKind::Truncated => (Ink::Plain, self.glyphs.recv),
        }
    }

    /// The ink of the byte at an offset, and where another one may begin.
    fn ink(&mut self, at: usize) -> (Ink, usize) {
        while let Some(current) = self.dump.messages.get(self.message) {
            if (at as u64) < current.end {
                let end = usize::try_from(current.end).unwrap_or(usize::MAX);
                return (Ink::Message(self.message), end);
            }
            self.message += 1;
        }
        (self.dump.ink, usize::MAX)
    }

    /// Appends the offset of a row.
    fn push_offset(&mut self, start: usize) {
        let digits = format!(
            "{:INDENT$}{start:0digits$x} ",
            "",
            digits = self.shape.digits
        );
        self.line.push_measured(Ink::Plain, &digits, digits.len());
    }

    /// Appends the bytes of a row in hex, with a wider gap in the middle.
    fn push_hex(&mut self, start: usize) {
        const MIDDLE: usize = 8;
        let middle = start + MIDDLE;
        for Span { bytes, ink, mark } in &self.spans {
            let halves = [
                bytes.start..bytes.end.min(middle),
                bytes.start.max(middle)..bytes.end,
            ];
            for half in halves {
                if half.is_empty() {
                    continue;
                }
                if half.start == middle {
                    self.line.push_measured(Ink::Plain, " ", 1);
                }
                let mut digits = [b' '; MIDDLE * 3];
                let digits = &mut digits[..half.len() * 3];
                for (place, &byte) in digits
                    .chunks_exact_mut(3)
                    .zip(&self.dump.stream[half.clone()])
                {
                    place[1..].copy_from_slice(&escape::HEX[usize::from(byte)]);
                }
                let mut digits = std::str::from_utf8(digits).unwrap_or_default();
                if let Some((ink, glyph)) = *mark
                    && half.start == bytes.start
                {
                    self.line.push_char(ink, glyph);
                    digits = &digits[1..];
                }
                self.line.push_measured(*ink, digits, digits.len());
            }
        }
    }

    /// Appends the bytes of a row as text.
    fn push_text(&mut self, row: usize, cuts: &[Cut]) {
        let binary = self.is_binary(row);
        for Span { bytes, ink, mark } in &self.spans {
            let (mark_ink, glyph) = mark.unwrap_or((Ink::Plain, ' '));
            if mark.is_some() || bytes.start == row {
                self.line.push_char(mark_ink, glyph);
            }
            if binary {
                let dot = self.glyphs.dot;
                let shown = |&byte: &u8| {
                    if byte.is_ascii_graphic() {
                        byte.into()
                    } else {
                        dot
                    }
                };
                self.dotted.clear();
                self.dotted
                    .extend(self.dump.stream[bytes.clone()].iter().map(shown));
                self.line.push_measured(*ink, &self.dotted, bytes.len());
                continue;
            }
            let mut at = bytes.start;
            while at < bytes.end {
                let ascii = ascii_at_front(&self.dump.stream[at..bytes.end]);
                if ascii.is_empty() {
                    let mut text = Text {
                        glyphs: self.glyphs,
                        stream: self.dump.stream,
                        cuts,
                        notes: &mut self.notes,
                    };
                    text.push(at, row, *ink, &mut self.line);
                    at += 1;
                } else {
                    self.line.push_measured(*ink, ascii, ascii.len());
                    at += ascii.len();
                }
            }
        }
    }

    /// Whether the bytes around an offset are mostly no text.
    fn is_binary(&mut self, at: usize) -> bool {
        let sample = at - at % escape::SAMPLE;
        match self.sample {
            Some((known, binary)) if known == sample => binary,
            _ => {
                let binary = super::is_binary_around(self.dump.stream, at);
                self.sample = Some((sample, binary));
                binary
            }
        }
    }
}

/// The printable ASCII that the bytes begin with.
fn ascii_at_front(bytes: &[u8]) -> &str {
    let printable = bytes.iter().take_while(|byte| matches!(byte, b' '..=b'~'));
    std::str::from_utf8(&bytes[..printable.count()]).unwrap_or_default()
}

/// The text of bytes that are not plain ASCII.
struct Text<'a> {
    glyphs: &'static Glyphs,
    stream: &'a [u8],
    /// The cuts that may go through a character of the row.
    cuts: &'a [Cut],
    notes: &'a mut Notes,
}

impl Text<'_> {
    /// Appends what stands for the byte at an offset in a row.
    fn push(&mut self, at: usize, row: usize, ink: Ink, line: &mut Line) {
        let glyphs = self.glyphs;
        let Some((first, c)) = escape::char_at(self.stream, at) else {
            return line.push_char(ink, glyphs.dot);
        };
        let is_cut = |at: usize| self.cuts.iter().any(|&(cut, _)| cut == at);
        if (first + 1..first + c.len_utf8()).any(is_cut) {
            if at == first {
                self.notes.cut_count += 1;
                if self.notes.cut.len() < NAMED {
                    self.notes.cut.push((first, c));
                }
                line.push_char(ink, glyphs.begins);
            } else {
                line.push_char(ink, if is_cut(at) { glyphs.ends } else { ' ' });
            }
            return;
        }
        match escape::columns(c) {
            None => line.push_char(ink, glyphs.dot),
            Some(_) if at == first => line.push_char(ink, c),
            // The second column of a wide character is there already, unless it stands in the row above.
            Some(width) if at - first < width && first >= row => {}
            Some(_) => line.push_char(ink, ' '),
        }
    }
}
