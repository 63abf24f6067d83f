//! A few rows of a dump around one byte, for a screen that has no room for all.
//!
//! Promises: as many rows as there are and are asked for; rows stand where the
//! whole stream has them, however little of it was sent by now.

use std::io;

use crate::analysis::FlowAnalysis;
use crate::trace::Flow;

use super::super::Page;
use super::rows::Rows;
use super::{shape, stream_dump};

/// How many rows the bytes of one direction of a stream take.
pub(in super::super) fn rows(page: &Page<'_>, whole: (&Flow, &FlowAnalysis)) -> usize {
    let dump = stream_dump(whole.0, whole.1);
    dump.stream.len().div_ceil(shape(page, &dump).bytes)
}

/// Draws at most `most` rows of what was sent by now of the `whole` of one direction of
/// a stream, among them that of the byte at `at`; the marks are not explained.
pub(in super::super) fn draw_around(
    page: &mut Page<'_>,
    whole: (&Flow, &FlowAnalysis),
    now: (&Flow, &FlowAnalysis),
    at: u64,
    most: usize,
) -> io::Result<()> {
    let shape = shape(page, &stream_dump(whole.0, whole.1));
    let bytes = shape.bytes;
    let dump = stream_dump(now.0, now.1);
    let length = dump.stream.len();
    let rows = length.div_ceil(bytes);
    let at = usize::try_from(at).unwrap_or(usize::MAX).min(length);
    let first = (at / bytes)
        .saturating_sub(most / 2)
        .min(rows.saturating_sub(most));
    let mut drawing = Rows::new(page, &dump, shape);
    drawing.skip_to(first * bytes);
    for row in first..rows.min(first + most) {
        let begin = row * bytes;
        drawing.draw(page, begin..(begin + bytes).min(length))?;
    }
    drawing.write_out(page)
}
