//! Escapes what must not reach a terminal.
//!
//! Payloads, titles, labels and names come from outside. This module decides for each character
//! whether a terminal shows it unchanged in a known number of columns. All others (C0 and C1
//! controls, escapes, bidirectional and other format controls, zero-width and combining characters,
//! line separators) are written as escapes.
//!
//! Promises: the results of [`text`] and [`preview`] hold no character that moves the cursor,
//! changes colours or reorders text, and [`width`] gives their width in columns. A part of a
//! character is never shown as if it were another character.
//! the cursor, changes colours or reorders text, and [`width`] is its width in
//! columns. Never shows part of a character as if it were another.

mod binary;

use std::borrow::Cow;
use std::ops::Range;

pub use binary::is_binary;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The number of bytes examined to decide whether a stream is text.
pub const SAMPLE: usize = 256;

/// Whether a character controls a terminal instead of being shown: a control character, a mark of
/// the writing direction, or a separator that breaks lines.
#[must_use]
pub fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The width of a text in columns.
#[must_use]
pub fn width(text: &str) -> usize {
    text.width()
}

/// The number of columns of `c` (1 or 2), if a terminal shows it unchanged; otherwise `None`.
#[must_use]
pub fn columns(c: char) -> Option<usize> {
    let shown = !c.is_control() && !is_format(c) && !is_blank_filler(c);
    c.width().filter(|width| shown && (1..=2).contains(width))
}

/// Format controls (category Cf) and the two separators that break lines.
fn is_format(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
        | '\u{890}' | '\u{891}' | '\u{8e2}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1345f}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Letters that show nothing but take columns in some terminals.
fn is_blank_filler(c: char) -> bool {
    matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

/// `text` with every character that is not shown unchanged written as an escape.
///
/// A line break becomes `\n` too, so the result is one line.
#[must_use]
pub fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        push(&mut out, c);
    }
    out
}

/// The same, borrowed if there is nothing to escape.
#[must_use]
pub fn shown(text: &str) -> Cow<'_, str> {
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if is_plain || text.chars().all(|c| columns(c).is_some()) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(self::text(text))
    }
}

/// Escapes `text`, which is already safe to show, for an XML or HTML element or quoted attribute.
#[must_use]
pub fn markup(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Appends `c` or its escape.
pub(super) fn push(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\0'..='\x7f' if c.is_control() => push_byte(out, c as u8),
        _ if columns(c).is_some() => out.push(c),
        _ => out.extend(c.escape_unicode()),
    }
}

/// Appends `\x` and two hex digits.
fn push_byte(out: &mut String, byte: u8) {
    out.push_str("\\x");
    out.extend(hex(byte));
}

/// The two hex digits of a byte.
#[must_use]
pub fn hex(byte: u8) -> [char; 2] {
    HEX[usize::from(byte)].map(char::from)
}

/// The two hex digits of every byte, in ASCII.
pub const HEX: [[u8; 2]; 256] = {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < pairs.len() {
        pairs[byte] = [DIGITS[byte >> 4], DIGITS[byte & 15]];
        byte += 1;
    }
    pairs
};

/// The character to which the byte at `at` belongs, and the offset of its first byte; `None` if the
/// bytes there are not a whole UTF-8 character.
#[must_use]
pub fn char_at(stream: &[u8], at: usize) -> Option<(usize, char)> {
    let first = (at.saturating_sub(3)..=at)
        .rev()
        .find(|&offset| stream.get(offset).is_some_and(|byte| byte & 0xc0 != 0x80))?;
    let length = match stream[first] {
        0..=0x7f => 1,
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let bytes = stream.get(first..first + length)?;
    let c = std::str::from_utf8(bytes).ok()?.chars().next()?;
    (at < first + length).then_some((first, c))
}

/// The marks for the two halves of a cut character: its beginning at the end of one piece, and its
/// rest at the start of the next.
#[derive(Clone, Copy, Debug)]
pub struct CutMarks {
    /// For a character that begins here and is cut.
    pub begins: char,
    /// For the rest of a character that was cut.
    pub ends: char,
    /// For content left out because it does not fit.
    pub more: &'static str,
}

/// `stream[range]` as one line of at most `most` columns.
///
/// Bytes that are mostly not text are written in hex. A character of the stream that lies only
/// partly in the range is shown as cut. Examines only the bytes that it shows, or [`SAMPLE`].
#[must_use]
pub fn preview(stream: &[u8], range: Range<usize>, most: usize, marks: CutMarks) -> String {
    let end = range.end.min(stream.len());
    let start = range.start.min(end);
    let looked_at = end.min(start + SAMPLE);
    let mut out = String::new();
    let mut used = 0;
    let mut at = start;
    let in_hex = is_binary(stream, start..looked_at);
    while at < end {
        let begin = out.len();
        at = if in_hex {
            if at > start {
                out.push(' ');
            }
            out.extend(hex(stream[at]));
            at + 1
        } else {
            push_unit(&mut out, stream, at, start..end, marks)
        };
        used += width(&out[begin..]);
        let room = if at < end { width(marks.more) } else { 0 };
        if used + room > most {
            out.truncate(begin);
            shorten(&mut out, most, marks.more);
            return out;
        }
    }
    out
}

/// Bytes as lines of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    /// At least one. The first is empty if nothing fits in it.
    pub lines: Vec<String>,
    /// The number of bytes that did not fit.
    pub missing: usize,
}

/// `stream[range]` as [`preview`] writes it, in at most one line for each of `rooms`, which are
/// widths in columns.
///
/// If not all fits, `rest` says at the end how many bytes are missing; if that leaves no room for
/// a byte, only the mark is there. The cut is never at an offset for which `is_edge` holds, so
/// that a text that was cut never looks whole. Looks at no more bytes than it shows, or
/// [`SAMPLE`].
#[must_use]
pub fn lines(
    stream: &[u8],
    range: Range<usize>,
    rooms: &[usize],
    marks: CutMarks,
    is_edge: impl Fn(usize) -> bool,
    rest: impl Fn(usize) -> String,
) -> Lines {
    let end = range.end.min(stream.len());
    let start = range.start.min(end);
    let in_hex = is_binary(stream, start..end.min(start + SAMPLE));
    let mut lines = vec![String::new()];
    // The units of the last line: where each begins in the line and in the stream.
    let mut units: Vec<(usize, usize)> = Vec::new();
    let mut at = start;
    while at < end {
        let mut unit = String::new();
        let next = if in_hex {
            unit.extend(hex(stream[at]));
            at + 1
        } else {
            push_unit(&mut unit, stream, at, start..end, marks)
        };
        loop {
            let index = lines.len() - 1;
            let Some(&room) = rooms.get(index) else { break };
            let line = &mut lines[index];
            let gap = usize::from(in_hex && !line.is_empty());
            if width(line) + gap + width(&unit) <= room {
                units.push((line.len(), at));
                line.push_str(&" ".repeat(gap));
                line.push_str(&unit);
                break;
            }
            if index + 1 < rooms.len() {
                units.clear();
            }
            lines.push(String::new());
        }
        if lines.len() > rooms.len() {
            lines.pop();
            break;
        }
        at = next;
    }
    if at < end
        && let (Some(line), Some(&room)) = (lines.last_mut(), rooms.last())
    {
        let cut = |told: &dyn Fn(usize) -> String| {
            let (mut line, mut at, mut units) = (line.clone(), at, units.as_slice());
            loop {
                let told = told(end - at);
                if at > start && width(&line) + width(&told) <= room && !is_edge(at) {
                    return Some((line + &told, at));
                }
                let (&(length, from), before) = units.split_last()?;
                line.truncate(length);
                (at, units) = (from, before);
            }
        };
        (*line, at) = cut(&rest)
            .or_else(|| cut(&|_| marks.more.to_owned()))
            .unwrap_or_else(|| (clip(marks.more, room, ""), start));
    }
    Lines {
        lines,
        missing: end - at,
    }
}

/// Cuts `text` so that it fits into `most` columns with `more` appended.
///
/// Examines no more of the text than it keeps.
fn shorten(text: &mut String, most: usize, more: &str) {
    let room = most.saturating_sub(width(more));
    let mut used = 0;
    let end = text.char_indices().find(|&(_, c)| {
        used += columns(c).unwrap_or(0);
        used > room
    });
    if let Some((end, _)) = end {
        text.truncate(end);
    }
    if width(more) <= most {
        text.push_str(more);
    }
}

/// `text`, which is already safe, in at most `most` columns, ending with `more` if it was cut.
#[must_use]
pub fn clip(text: &str, most: usize, more: &str) -> String {
    let mut out = text.to_owned();
    if width(text) > most {
        shorten(&mut out, most, more);
    }
    out
}

/// Appends the character or byte at `at`, and returns the offset of the next.
fn push_unit(
    out: &mut String,
    stream: &[u8],
    at: usize,
    range: Range<usize>,
    marks: CutMarks,
) -> usize {
    match char_at(stream, at) {
        Some((first, c)) => {
            let next = first + c.len_utf8();
            if first < range.start {
                out.push(marks.ends);
            } else if next > range.end {
                out.push(marks.begins);
            } else if c == '\\' {
                out.push_str("\\\\");
            } else {
                push(out, c);
            }
            next.min(range.end)
        }
        None if is_unfinished(&stream[at..range.end]) => {
            out.push(marks.begins);
            range.end
        }
        None => {
            push_byte(out, stream[at]);
            at + 1
        }
    }
}

/// Whether `bytes` are the beginning of a UTF-8 character but not all of it.
fn is_unfinished(bytes: &[u8]) -> bool {
    bytes.len() < 4
        && std::str::from_utf8(bytes)
            .is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKS: CutMarks = CutMarks {
        begins: '▌',
        ends: '▐',
        more: "…",
    };

    fn whole(bytes: &[u8]) -> String {
        preview(bytes, 0..bytes.len(), 80, MARKS)
    }

    #[test]
    fn nothing_that_moves_the_cursor_or_the_text_passes() {
        for hostile in [
            '\0',
            '\x07',
            '\x08',
            '\n',
            '\x1b',
            '\x7f',
            '\u{85}',
            '\u{9b}',
            '\u{ad}',
            '\u{300}',
            '\u{200b}',
            '\u{200d}',
            '\u{200e}',
            '\u{202e}',
            '\u{2028}',
            '\u{2066}',
            '\u{feff}',
            '\u{fe0f}',
            '\u{115f}',
            '\u{3164}',
            '\u{fff9}',
            '\u{e0041}',
        ] {
            let escaped = text(&format!("a{hostile}b"));
            assert!(
                escaped.starts_with("a\\") && escaped.ends_with('b'),
                "{escaped}"
            );
            assert_eq!(columns(hostile), None, "{escaped}");
        }
    }

    #[test]
    fn an_escape_sequence_is_written_out() {
        assert_eq!(whole(b"hello \x1b[31mred"), "hello \\x1b[31mred");
        assert_eq!(
            whole("雨\u{202e}天 and more".as_bytes()),
            "雨\\u{202e}天 and more"
        );
        assert_eq!(whole(b"a\\x1b and more"), "a\\\\x1b and more");
    }

    #[test]
    fn bytes_that_are_no_text_are_hex() {
        assert_eq!(whole(&[0x12, 0, 0, 0]), "12 00 00 00");
        assert_eq!(whole(&[0xff; 3]), "ff ff ff");
    }

    #[test]
    fn a_stray_byte_belongs_to_no_character() {
        let stream = b"a\x80\xe9\x9b\xa8\xa8\xc0\xaf\xed\xa0\x80";
        let found: Vec<_> = (0..stream.len()).map(|at| char_at(stream, at)).collect();
        let rain = Some((2, '雨'));
        let mut expected = vec![Some((0, 'a')), None, rain, rain, rain];
        expected.resize(stream.len(), None);
        assert_eq!(found, expected);
        assert_eq!(whole(b"plain text\x80"), "plain text\\x80");
    }

    #[test]
    fn a_cut_character_is_cut_on_both_halves() {
        let stream = "天雨".as_bytes();
        assert_eq!(preview(stream, 0..5, 20, MARKS), "天▌");
        assert_eq!(preview(stream, 5..6, 20, MARKS), "▐");
        assert_eq!(preview(stream, 4..5, 20, MARKS), "▐");
        assert_eq!(whole(&stream[..5]), "天▌");
    }

    /// The part that is kept is examined once, and the rest never.
    #[test]
    fn a_long_text_is_cut_without_a_look_at_its_end() {
        // Removing the characters one by one and measuring each time would take 5 * 10^13 steps.
        let long = "(".repeat(10_000_000);
        assert_eq!(clip(&long, 5, "…"), "((((…");
        assert_eq!(clip(&"雨".repeat(10_000_000), 6, "…"), "雨雨…");
    }

    #[test]
    fn what_does_not_fit_ends_in_more() {
        let stream = "下了一天的雨".as_bytes();
        assert_eq!(preview(stream, 0..18, 12, MARKS), "下了一天的雨");
        assert_eq!(preview(stream, 0..18, 11, MARKS), "下了一天的…");
        assert_eq!(preview(stream, 0..18, 10, MARKS), "下了一天…");
        assert_eq!(preview(b"0123456789", 0..10, 5, MARKS), "0123…");
    }

    fn in_lines(stream: &[u8], rooms: &[usize], edge: usize) -> (Vec<String>, usize) {
        let rest = |missing| format!("…+{missing} B");
        let range = 0..stream.len();
        let Lines { lines, missing } = lines(stream, range, rooms, MARKS, |at| at == edge, rest);
        (lines, missing)
    }

    #[test]
    fn bytes_go_on_in_the_next_line_and_a_cut_tells_what_is_missing() {
        let stream = "下了一天的雨适合发呆".as_bytes();
        let of = |rooms: &[usize], edge| {
            let (lines, missing) = in_lines(stream, rooms, edge);
            (lines.join("/"), missing)
        };
        assert_eq!(of(&[20], 0), ("下了一天的雨适合发呆".to_owned(), 0));
        assert_eq!(of(&[13, 8], 0), ("下了一天的雨/适合发呆".to_owned(), 0));
        assert_eq!(of(&[1, 20], 0), ("/下了一天的雨适合发呆".to_owned(), 0));
        assert_eq!(of(&[18], 0), ("下了一天的雨…+12 B".to_owned(), 12));
        assert_eq!(of(&[4, 12], 0), ("下了/一天的…+15 B".to_owned(), 15));
        // The boundary is at 18: the cut goes elsewhere.
        assert_eq!(of(&[18], 18), ("下了一天的…+15 B".to_owned(), 15));
        // No room for a byte and for how many are missing.
        assert_eq!(of(&[4], 0), ("下…".to_owned(), 27));
        assert_eq!(of(&[1], 0), ("…".to_owned(), 30));
        assert_eq!(
            in_lines(&[0x12, 0, 0, 0], &[5, 5], 9),
            (vec!["12 00".to_owned(), "00 00".to_owned()], 0)
        );
        assert_eq!(clip("abc", 0, "…"), "");
    }
}
