//! A few rows of a dump around one byte, for a screen without room for all of them.
//!
//! Promises: shows as many rows as asked for, if there are that many. A row has the same bytes as
//! in a dump of the whole stream, however little was sent so far.

use std::io;

use crate::picture::bytes::Bytes;

use super::super::Page;
use super::rows::Rows;
use super::shape;

/// The number of rows for the bytes of one direction of a stream.
pub(in super::super) fn rows(page: &Page<'_>, whole: &Bytes<'_>) -> usize {
    whole.stream.len().div_ceil(shape(page, whole).bytes)
}

/// Draws at most `most` rows of the bytes sent so far, including the row of the byte at `at`.
/// `whole` is the whole stream. The marks are not explained.
pub(in super::super) fn draw_around(
    page: &mut Page<'_>,
    whole: &Bytes<'_>,
    now: &Bytes<'_>,
    at: u64,
    most: usize,
) -> io::Result<()> {
    let shape = shape(page, whole);
    let bytes = shape.bytes;
    let length = now.stream.len();
    let rows = length.div_ceil(bytes);
    let at = usize::try_from(at).unwrap_or(usize::MAX).min(length);
    let first = (at / bytes)
        .saturating_sub(most / 2)
        .min(rows.saturating_sub(most));
    let mut drawing = Rows::new(page, now, shape);
    drawing.skip_to(first * bytes);
    for row in first..rows.min(first + most) {
        let begin = row * bytes;
        drawing.draw(page, begin..(begin + bytes).min(length))?;
    }
    drawing.write_out(page)
}
