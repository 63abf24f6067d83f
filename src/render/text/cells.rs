//! One line of a drawing, column by column.
//!
//! Promises: a character stays in the column it was put into; a wide one takes two.

use crate::render::escape;

use super::line::{Ink, Line};

/// The columns of one line of a drawing.
pub(super) struct Cells(Vec<(Option<char>, Ink)>);

impl Cells {
    /// A line of blank columns.
    pub(super) fn new(columns: usize) -> Self {
        Self(vec![(Some(' '), Ink::Plain); columns])
    }

    /// The number of columns.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The character in a column; `None` for the second column of a wide character.
    pub(super) fn glyph(&self, column: usize) -> Option<char> {
        self.0[column].0
    }

    /// Puts a narrow character into a column.
    pub(super) fn set(&mut self, column: usize, glyph: char, ink: Ink) {
        self.0[column] = (Some(glyph), ink);
    }

    /// Whether the columns are blank.
    pub(super) fn is_blank(&self, mut columns: std::ops::Range<usize>) -> bool {
        columns.all(|column| self.0[column].0 == Some(' '))
    }

    /// Puts `text` at `column`. The second column of a wide character has no glyph of its own.
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
