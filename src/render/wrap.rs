//! Breaks lines at a given number of columns, for English and Chinese.
//!
//! A line breaks at a space, or between two characters if one of them is wide (Chinese has no
//! spaces), but never before a closing mark such as `。` or `）`, and never after an opening one.
//!
//! Promises: no line is wider than asked, unless a single character is. All characters are kept in
//! order, except the spaces at the breaks.

use crate::render::escape;

/// Marks that do not begin a line.
const CLOSING: &str = "。，、；：！？）》」』】〉”’…—,.;:!?)]}%";
/// Marks that do not end a line.
const OPENING: &str = "（《「『【〈“‘([{";

/// A space at which no line breaks.
const NO_BREAK: char = '\u{a0}';

/// A whole text. Paragraphs are separated by an empty line; a single line break inside one is a
/// space (nothing between two wide characters).
#[must_use]
pub fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.trim().split("\n\n").map(str::trim) {
        if paragraph.is_empty() {
            continue;
        }
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(paragraph_lines(&joined(paragraph), columns));
    }
    lines
}

/// One paragraph that is safe to show and has no line breaks.
#[must_use]
pub(super) fn paragraph_lines(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for piece in pieces(text) {
        let bare = piece.trim_end_matches(' ');
        if used > 0 && used + escape::width(bare) > columns {
            lines.push(line.trim_end().to_owned());
            line.clear();
            used = 0;
        }
        for c in piece.chars() {
            let width = escape::columns(c).unwrap_or(0);
            if used + width > columns && used > 0 && c != ' ' {
                lines.push(std::mem::take(&mut line).trim_end().to_owned());
                used = 0;
            }
            line.push(c);
            used += width;
        }
    }
    if !line.trim_end().is_empty() || lines.is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// The lines of a paragraph as one line, escaped.
fn joined(paragraph: &str) -> String {
    let mut out = String::new();
    for line in paragraph.lines().map(str::trim) {
        let line = escape::text(line);
        let seam = out
            .chars()
            .last()
            .zip(line.chars().next())
            .is_some_and(|(before, behind)| !(is_wide(before) && is_wide(behind)));
        if seam {
            out.push(' ');
        }
        out.push_str(&line);
    }
    out
}

/// Cuts `text` at every place where a line may break; spaces stay at the end of a piece.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut begin = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        if before.is_some_and(|before| may_break(before, c)) {
            pieces.push(&text[begin..at]);
            begin = at;
        }
        before = Some(c);
    }
    if begin < text.len() {
        pieces.push(&text[begin..]);
    }
    pieces
}

/// Whether a line may end with `before` and the next begin with `behind`.
fn may_break(before: char, behind: char) -> bool {
    if behind == ' '
        || [before, behind].contains(&NO_BREAK)
        || CLOSING.contains(behind)
        || OPENING.contains(before)
    {
        return false;
    }
    before == ' ' || is_wide(before) || is_wide(behind)
}

fn is_wide(c: char) -> bool {
    escape::columns(c) == Some(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_breaks_at_spaces() {
        assert_eq!(
            wrapped("one two three\nfour\n\nfive", 9),
            ["one two", "three", "four", "", "five"]
        );
    }

    #[test]
    fn chinese_breaks_between_characters_but_not_before_a_closing_mark() {
        assert_eq!(
            wrapped("下了一天的雨，适合发呆。", 12),
            ["下了一天的", "雨，适合发", "呆。"]
        );
        assert_eq!(wrapped("一二「三四」五", 6), ["一二", "「三", "四」五"]);
    }

    #[test]
    fn no_line_breaks_beside_a_space_that_forbids_it() {
        assert_eq!(
            paragraph_lines("再次 bind 端口\u{a0}→\u{a0}失败", 15),
            ["再次 bind 端", "口\u{a0}→\u{a0}失败"]
        );
    }

    #[test]
    fn lines_of_a_chinese_paragraph_join_without_a_space() {
        assert_eq!(wrapped("下了\n一天", 20), ["下了一天"]);
        assert_eq!(wrapped("下了\nTCP", 20), ["下了 TCP"]);
    }

    #[test]
    fn a_word_longer_than_the_line_is_cut() {
        assert_eq!(wrapped("abcdefgh ij", 4), ["abcd", "efgh", "ij"]);
    }

    #[test]
    fn no_line_is_too_wide() {
        let text = "TCP 是字节流。It has no messages（消息）；“粘包”是应用层没有成帧。";
        for columns in 4..60 {
            for line in wrapped(text, columns) {
                assert!(escape::width(&line) <= columns, "{columns}: {line}");
            }
        }
    }
}
