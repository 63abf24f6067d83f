//! Texts in quotes.

use crate::render::escape;

/// A text as a literal; `special` spells the characters that the language, or whoever
/// reads the program, cannot take as they are.
pub(super) fn quoted(text: &str, special: impl Fn(char) -> String) -> String {
    let mut literal = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            // Two of them begin a trigraph in C.
            '?' => literal.push_str(&special(c)),
            _ if escape::columns(c).is_some() => literal.push(c),
            _ => literal.push_str(&special(c)),
        }
    }
    literal + "\""
}
