//! Whether bytes are mostly binary data.
//!
//! Promises: examines many bytes at once, so it costs little compared with showing them.

use std::ops::Range;

use super::{char_at, is_unfinished};

/// Whether more than a third of `stream[range]` is not text. A character that is incomplete at the
/// end counts as text.
#[must_use]
pub fn is_binary(stream: &[u8], range: Range<usize>) -> bool {
    let bytes = &stream[range.clone()];
    let unfinished = (1..=bytes.len().min(3))
        .find(|length| is_unfinished(&bytes[bytes.len() - length..]))
        .unwrap_or(0);
    let end = range.end - unfinished;
    // The rest of a character that began before the range counts as text.
    let start = match char_at(stream, range.start) {
        Some((first, c)) if first < range.start => end.min(first + c.len_utf8()),
        Some(_) | None => range.start,
    };
    let whole = &stream[start..end];
    let total = end - range.start;
    let strange = match std::str::from_utf8(whole) {
        Ok(text) => strange_controls(text),
        Err(_) if certainly_strange(whole) * 3 > total => return true,
        Err(_) => whole
            .utf8_chunks()
            .map(|chunk| strange_controls(chunk.valid()) + chunk.invalid().len())
            .sum(),
    };
    strange * 3 > total
}

/// The number of bytes of control characters in `text` that do not occur in ordinary text.
fn strange_controls(text: &str) -> usize {
    // The controls U+0080 to U+009F are two bytes long.
    count(text.as_bytes(), |byte, next| {
        let two = byte == 0xc2 && matches!(next, 0x80..=0x9f);
        u8::from(is_strange_control(byte)) + 2 * u8::from(two)
    })
}

/// Whether a byte is an ASCII control that does not occur in ordinary text.
const fn is_strange_control(byte: u8) -> bool {
    byte.is_ascii_control() && !matches!(byte, b'\n' | b'\r' | b'\t')
}

/// The number of bytes that are certainly not text, judged by a byte and the next one. This finds
/// most of them, and fast.
fn certainly_strange(bytes: &[u8]) -> usize {
    count(bytes, |byte, next| {
        let goes_on = next & 0xc0 == 0x80;
        let never = matches!(byte, 0xc0 | 0xc1 | 0xf5..);
        let alone = is_strange_control(byte) || never || (byte >= 0xc2 && !goes_on);
        u8::from(alone) + u8::from(byte.is_ascii() && goes_on)
    })
}

/// The sum of `counts` over each byte and the next one (a space after the last). `counts` is at
/// most 2, and the sums are kept in single bytes, so that the processor adds many at once.
#[inline]
fn count(bytes: &[u8], counts: impl Fn(u8, u8) -> u8) -> usize {
    const PIECE: usize = 127;
    let Some((&last, _)) = bytes.split_last() else {
        return 0;
    };
    let pieces = bytes.chunks(PIECE).zip(bytes[1..].chunks(PIECE));
    let sum = |(piece, behind): (&[u8], &[u8])| {
        let pairs = piece.iter().zip(behind);
        usize::from(pairs.map(|(&byte, &next)| counts(byte, next)).sum::<u8>())
    };
    pieces.map(sum).sum::<usize>() + usize::from(counts(last, b' '))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The slow way, byte by byte: bytes of no character, and bytes of controls.
    fn by_the_byte(stream: &[u8], range: Range<usize>) -> bool {
        let unfinished = (1..=range.len().min(3))
            .find(|length| is_unfinished(&stream[range.end - length..range.end]))
            .unwrap_or(0);
        let whole = range.start..range.end - unfinished;
        strange_in(stream, whole.clone()) * 3 > whole.len()
    }

    fn strange_in(stream: &[u8], range: Range<usize>) -> usize {
        range
            .filter(|&at| match char_at(stream, at) {
                Some((_, c)) => c.is_control() && !matches!(c, '\n' | '\r' | '\t'),
                None => true,
            })
            .count()
    }

    /// Characters of every length, controls and stray bytes.
    fn piece() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![
            4 => "[ -~]{1,6}".prop_map(String::into_bytes),
            2 => any::<char>().prop_map(|c| c.to_string().into_bytes()),
            1 => "[\u{80}-\u{9f}\n\t\u{1b}]".prop_map(String::into_bytes),
            3 => any::<u8>().prop_map(|byte| vec![byte]),
        ]
    }

    proptest! {
        #[test]
        fn what_is_certain_is_so(pieces in prop::collection::vec(piece(), 0..20)) {
            let stream = pieces.concat();
            prop_assert!(certainly_strange(&stream) <= strange_in(&stream, 0..stream.len()));
        }

        #[test]
        fn it_is_what_the_bytes_say_one_by_one(
            pieces in prop::collection::vec(piece(), 0..90),
            front in 0..8_usize,
            back in 0..8_usize,
        ) {
            let stream = pieces.concat();
            let start = front.min(stream.len());
            let end = (stream.len() - back.min(stream.len())).max(start);
            // A two-byte control whose first byte lies before the range counts neither as text nor
            // as binary.
            let before = char_at(&stream, start).filter(|(first, _)| *first < start);
            prop_assume!(before.is_none_or(|(_, c)| !c.is_control()));
            prop_assert_eq!(is_binary(&stream, start..end), by_the_byte(&stream, start..end));
        }
    }
}
