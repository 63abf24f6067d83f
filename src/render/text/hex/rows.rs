//! Draws the rows of a dump, one after the other.
//!
//! Promises: neighbouring bytes of one ink are added to the line together, so the cost of a row
//! depends on the number of its cuts and colours.

use std::io;
use std::ops::Range;

use crate::picture::bytes::{Cut, CutKind};
use crate::render::escape;

use super::super::Page;
use super::super::line::Ink;
use super::ribbon::Ribbon;
use super::{Bytes, INDENT, NAMED, Notes, OFFSET, Shape};
use crate::render::glyphs::Glyphs;

/// The longest UTF-8 character, in bytes.
const LONGEST: usize = 4;
/// The gap is wider after this many bytes of a row.
const MIDDLE: usize = 8;

/// The state of drawing rows.
pub(super) struct Rows<'a> {
    dump: &'a Bytes<'a>,
    glyphs: &'static Glyphs,
    shape: Shape,
    /// The marks used that have to be explained.
    pub(super) notes: Notes,
    /// The first message that may hold a byte of the next row.
    message: usize,
    /// The first cut that may be inside a character of the next row.
    cut: usize,
    /// The offset of the bytes examined last, and whether they are mostly not text.
    sample: Option<(usize, bool)>,
    /// What is shown for a byte of text, and for one among bytes that are mostly not text.
    shown: Box<Shown>,
    shown_if_binary: Box<Shown>,
    ribbon: Ribbon,
    /// The parts of the current row.
    spans: Vec<Span>,
}

/// Bytes of a row that have one ink, with at most one cut, before the first.
struct Span {
    bytes: Range<usize>,
    ink: Ink,
    mark: Option<(Ink, char)>,
}

impl<'a> Rows<'a> {
    /// The state before the first row.
    pub(super) fn new(page: &Page<'_>, dump: &'a Bytes<'a>, shape: Shape) -> Self {
        Self {
            dump,
            glyphs: page.glyphs,
            shape,
            notes: Notes::default(),
            message: 0,
            cut: 0,
            sample: None,
            shown: shown(page.glyphs.dot, is_printable, |byte| byte.is_ascii()),
            shown_if_binary: shown(page.glyphs.dot, |byte| byte.is_ascii_graphic(), |_| true),
            ribbon: Ribbon::new(page),
            spans: Vec::new(),
        }
    }

    /// Skips all rows before the one that begins at an offset.
    pub(super) fn skip_to(&mut self, offset: usize) {
        let messages = &self.dump.messages;
        self.message = messages.partition_point(|message| message.end <= offset as u64);
        let cuts = &self.dump.cuts;
        self.cut = cuts.partition_point(|(at, _)| at + LONGEST <= offset);
    }

    /// The number of cuts from index `from` on that are before an offset.
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
        // An error at the very end of the stream has no byte after it.
        let last = (row.end == self.dump.stream.len())
            .then(|| cuts.iter().find(|cut| **cut == (row.end, CutKind::Error)))
            .flatten()
            .map(|&(_, kind)| self.mark(kind));
        self.push_offset(row.start);
        self.push_hex(row.start);
        if let Some((ink, glyph)) = last {
            self.ribbon.push_glyph(ink, glyph);
        }
        self.ribbon.pad_to(self.shape.text);
        self.push_text(row.start, cuts);
        if let Some((ink, glyph)) = last {
            self.ribbon.push_glyph(ink, glyph);
        }
        self.ribbon.end_line(&mut page.sheet)
    }

    /// Writes what is not written yet.
    pub(super) fn write_out(&mut self, page: &mut Page<'_>) -> io::Result<()> {
        self.ribbon.write_out(&mut page.sheet)
    }

    /// Divides a row where there is a cut or the ink changes.
    fn find_spans(&mut self, row: Range<usize>, cuts: &[Cut]) {
        self.spans.clear();
        let (ink, same_ink) = self.ink(row.start);
        if cuts.is_empty() && row.end <= same_ink {
            return self.spans.push(Span {
                bytes: row,
                ink,
                mark: None,
            });
        }
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

    /// The mark for a cut.
    fn mark(&mut self, kind: CutKind) -> (Ink, char) {
        self.notes.kinds[kind as usize] = true;
        match kind {
            CutKind::Error => (Ink::Bad, self.glyphs.error),
            CutKind::Boundary => (Ink::Plain, self.glyphs.boundary),
            CutKind::Header | CutKind::Payload => (Ink::Plain, self.glyphs.header),
            CutKind::Recv | CutKind::Truncated => (Ink::Plain, self.glyphs.recv),
        }
    }

    /// The ink of the byte at an offset, and where the next ink may begin.
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
        let mut text = [b' '; INDENT + OFFSET + 1];
        let pairs = (start as u64)
            .to_be_bytes()
            .map(|byte| escape::HEX[usize::from(byte)]);
        text[INDENT..INDENT + OFFSET].copy_from_slice(pairs.as_flattened());
        // Without the leading digits that are not shown.
        let text = &mut text[OFFSET - self.shape.digits..];
        text[..INDENT].fill(b' ');
        self.ribbon.push(Ink::Plain, text, text.len());
    }

    /// Appends the bytes of a row in hex, with a wider gap in the middle.
    fn push_hex(&mut self, start: usize) {
        let middle = start + MIDDLE;
        for Span { bytes, ink, mark } in &self.spans {
            let mut mark = *mark;
            let halves = [
                bytes.start..bytes.end.min(middle),
                bytes.start.max(middle)..bytes.end,
            ];
            for half in halves.into_iter().filter(|half| !half.is_empty()) {
                if half.start == middle {
                    self.ribbon.push_spaces(1);
                }
                let bytes = &self.dump.stream[half];
                if let (Some(eight), None) = (bytes.first_chunk(), mark) {
                    let digits = in_hex(*eight);
                    self.ribbon.push(*ink, &digits, digits.len());
                    continue;
                }
                let mut eight = [0; MIDDLE];
                eight[..bytes.len()].copy_from_slice(bytes);
                let digits = in_hex(eight);
                let digits = &digits[..bytes.len() * 3];
                let digits = match mark.take() {
                    Some((ink, glyph)) => {
                        self.ribbon.push_glyph(ink, glyph);
                        &digits[1..]
                    }
                    None => digits,
                };
                self.ribbon.push(*ink, digits, digits.len());
            }
        }
    }

    /// Appends the bytes of a row as text.
    fn push_text(&mut self, row: usize, cuts: &[Cut]) {
        let binary = self.is_binary(row);
        let spans = std::mem::take(&mut self.spans);
        for span in &spans {
            let Span { bytes, ink, mark } = span;
            match *mark {
                Some((ink, glyph)) => self.ribbon.push_glyph(ink, glyph),
                None if bytes.start == row => self.ribbon.push_spaces(1),
                None => {}
            }
            let plain = &self.dump.stream[bytes.clone()];
            if !binary && is_plain(plain) {
                self.ribbon.push(*ink, plain, plain.len());
                continue;
            }
            let mut at = bytes.start;
            while at < bytes.end {
                // Characters that do not depend on their neighbours, together.
                let known = if binary {
                    &self.shown_if_binary
                } else {
                    &self.shown
                };
                if known[usize::from(self.dump.stream[at])].1 == 0 {
                    at = self.push_character(at, span, row, cuts);
                    continue;
                }
                let mut text = [0; (MIDDLE * 2 + 1) * LONGEST];
                let mut end = 0;
                let first = at;
                for &byte in &self.dump.stream[at..bytes.end] {
                    let (glyph, length) = known[usize::from(byte)];
                    if length == 0 {
                        break;
                    }
                    text[end..end + LONGEST].copy_from_slice(&glyph);
                    end += usize::from(length);
                    at += 1;
                }
                self.ribbon.push(*ink, &text[..end], at - first);
            }
        }
        self.spans = spans;
    }

    /// Appends the character that begins at an offset, or what stands for that byte, and returns
    /// where the next one begins.
    fn push_character(&mut self, at: usize, line: &Span, row: usize, cuts: &[Cut]) -> usize {
        let glyphs = self.glyphs;
        let Some((first, c)) = escape::char_at(self.dump.stream, at) else {
            self.ribbon.push_glyph(line.ink, glyphs.dot);
            return at + 1;
        };
        let end = first + c.len_utf8();
        let is_cut = |at: usize| cuts.iter().any(|&(cut, _)| cut == at);
        if (first + 1..end).any(is_cut) {
            if at == first {
                self.notes.cut_count += 1;
                if self.notes.cut.len() < NAMED {
                    self.notes.cut.push((first, c));
                }
                self.ribbon.push_glyph(line.ink, glyphs.begins);
            } else if is_cut(at) {
                self.ribbon.push_glyph(line.ink, glyphs.ends);
            } else {
                self.ribbon.push_spaces(1);
            }
            return at + 1;
        }
        let Some(width) = escape::columns(c) else {
            self.ribbon.push_glyph(line.ink, glyphs.dot);
            return at + 1;
        };
        let shown = if at == first {
            let mut utf8 = [0; LONGEST];
            let utf8 = c.encode_utf8(&mut utf8).as_bytes();
            self.ribbon.push(line.ink, utf8, width);
            at + width
        } else if first < row {
            // Its columns are in the row above.
            at
        } else {
            first + width
        };
        let next = end.min(line.bytes.end);
        self.ribbon.push_spaces(next.saturating_sub(shown.max(at)));
        next
    }

    /// Whether the bytes around an offset are mostly not text.
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

/// Whether a byte is a character of one column.
const fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

/// Whether all bytes are characters of one column.
#[inline]
fn is_plain(bytes: &[u8]) -> bool {
    // All are examined, because that is one comparison for many bytes.
    bytes
        .iter()
        .fold(true, |plain, &byte| plain & is_printable(byte))
}

/// Bytes in hex, each after a space.
#[inline]
fn in_hex(bytes: [u8; MIDDLE]) -> [u8; MIDDLE * 3] {
    let mut digits = [b' '; MIDDLE * 3];
    for (place, byte) in digits.chunks_exact_mut(3).zip(bytes) {
        place[1..].copy_from_slice(&escape::HEX[usize::from(byte)]);
    }
    digits
}

/// What is shown for each byte that does not depend on its neighbours, with its length in UTF-8;
/// empty for the others.
type Shown = [([u8; LONGEST], u8); 256];

/// What is shown for each byte: itself if it is `plain`, a dot, or nothing if it is not `told`.
fn shown(dot: char, plain: impl Fn(u8) -> bool, told: impl Fn(u8) -> bool) -> Box<Shown> {
    let mut shown = Box::new([([0; LONGEST], 0); 256]);
    for (byte, place) in (0..=u8::MAX)
        .zip(shown.iter_mut())
        .filter(|(byte, _)| told(*byte))
    {
        let c = if plain(byte) { char::from(byte) } else { dot };
        place.1 = u8::try_from(c.encode_utf8(&mut place.0).len()).unwrap_or(0);
    }
    shown
}
