//! One line of a drawing, column by column.
//!
//! Promises: what is put in stays in its column; a wide character takes two.

use crate::render::escape;

use super::line::{Ink, Line};

/// The columns of one line of a drawing.
pub(super) struct Cells(Vec<(Option<char>, Ink)>);

impl Cells {
    /// So many blank columns.
    pub(super) fn new(columns: usize) -> Self {
        Self(vec![(Some(' '), Ink::Plain); columns])
    }

    /// How many columns there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// What stands in a column; nothing in the second of a wide character.
    pub(super) fn glyph(&self, column: usize) -> Option<char> {
        self.0[column].0
    }

    /// Puts one narrow character into a column.
    pub(super) fn set(&mut self, column: usize, glyph: char, ink: Ink) {
        self.0[column] = (Some(glyph), ink);
    }

    /// Whether nothing stands in the columns.
    pub(super) fn is_blank(&self, mut columns: std::ops::Range<usize>) -> bool {
        columns.all(|column| self.0[column].0 == Some(' '))
    }

    /// Puts `text` at `column`; the second column of a wide character stays without a glyph.
    pub(super) fn put(&mut self, mut column: usize, text: &str, ink: impl Fn(usize) -> Ink) {
        for c in text.chars() {
            let width = escape::columns(c).unwrap_or(0);
            if width == 0 || column + width > self.0.len() {
                continue;
            }
            self.set(column, c, ink(column));
            if width == 2 {
                self.0[column + 1] = (None, Ink::Plain);
            }
            column += width;
        }
    }

    /// Appends all columns to a line.
    pub(super) fn append_to(&self, line: &mut Line) {
        for &(glyph, ink) in &self.0 {
            if let Some(glyph) = glyph {
                line.push_char(ink, glyph);
            }
        }
    }
}
