//! Coloured lines, assembled in one buffer.
//!
//! It does the same as [`Line`](super::super::line::Line), for very many lines whose content the
//! writer knows.
//!
//! Promises: neighbours of one colour share one colour sequence, and lines have no trailing spaces.
//! Output is written in pieces of about 64 KiB; lines that are kept become a [`Line`] each.

use std::io;

use super::super::line::{Ink, Line, Paints};
use super::super::{Page, Sheet};

/// The number of bytes written at once.
const PIECE: usize = 1 << 16;
/// The room for the current line, in bytes.
const ROOM: usize = 1 << 10;

/// Lines that are not written yet.
pub(super) struct Ribbon {
    bytes: Vec<u8>,
    paints: Paints,
    ink: Ink,
    columns: usize,
    /// The ends of the runs of one ink in the current line, if lines are kept.
    runs: Option<Vec<(Ink, usize)>>,
}

impl Ribbon {
    /// An empty ribbon for a page.
    pub(super) fn new(page: &Page<'_>) -> Self {
        let is_kept = matches!(page.sheet, Sheet::Kept(_));
        Self {
            bytes: Vec::with_capacity(PIECE + ROOM),
            paints: Paints::new(page.style.color && !is_kept),
            ink: Ink::Plain,
            columns: 0,
            runs: is_kept.then(Vec::new),
        }
    }

    /// Appends `text` to the line. It is UTF-8, safe to show, and `columns` wide.
    #[inline]
    pub(super) fn push(&mut self, ink: Ink, text: &[u8], columns: usize) {
        if ink != self.ink {
            self.change(ink);
        }
        self.bytes.extend_from_slice(text);
        self.columns += columns;
    }

    /// Appends one character that is safe to show and one column wide.
    pub(super) fn push_glyph(&mut self, ink: Ink, glyph: char) {
        self.push(ink, glyph.encode_utf8(&mut [0; 4]).as_bytes(), 1);
    }

    /// Appends spaces, which look the same in every ink.
    #[inline]
    pub(super) fn push_spaces(&mut self, count: usize) {
        self.bytes.resize(self.bytes.len() + count, b' ');
        self.columns += count;
    }

    /// Appends spaces until the line is `columns` wide.
    pub(super) fn pad_to(&mut self, columns: usize) {
        self.push_spaces(columns.saturating_sub(self.columns));
    }

    fn change(&mut self, ink: Ink) {
        let sequences = [&self.paints.of(self.ink).end, &self.paints.of(ink).begin];
        for sequence in sequences.into_iter().filter(|text| !text.is_empty()) {
            self.bytes.extend_from_slice(sequence.as_bytes());
        }
        if let Some(runs) = &mut self.runs {
            runs.push((self.ink, self.bytes.len()));
        }
        self.ink = ink;
    }

    /// Ends the line without trailing spaces, and writes out the buffer if it is full.
    pub(super) fn end_line(&mut self, sheet: &mut Sheet<'_>) -> io::Result<()> {
        let trailing = self.bytes.iter().rev().take_while(|&&byte| byte == b' ');
        let kept = self.bytes.len() - trailing.count();
        self.bytes.truncate(kept);
        self.change(Ink::Plain);
        self.columns = 0;
        match (sheet, &mut self.runs) {
            (Sheet::Kept(lines), Some(runs)) => {
                let text = String::from_utf8_lossy(&self.bytes);
                lines.push(Line::of_runs(&text, runs.drain(..)));
                self.bytes.clear();
                Ok(())
            }
            (sheet, _) => {
                self.bytes.push(b'\n');
                if self.bytes.len() < PIECE {
                    return Ok(());
                }
                self.write_out(sheet)
            }
        }
    }

    /// Writes the lines that are not written yet.
    pub(super) fn write_out(&mut self, sheet: &mut Sheet<'_>) -> io::Result<()> {
        if let Sheet::Written(out) = sheet {
            out.write_all(&self.bytes)?;
            self.bytes.clear();
        }
        Ok(())
    }
}
