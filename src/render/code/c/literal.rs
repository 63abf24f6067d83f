//! Texts and bytes as literals of C.

use std::fmt::Write as _;

use crate::render::escape;

/// A text in quotes.
pub(super) fn text_literal(text: &str) -> String {
    let mut literal = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            // Two of them begin a trigraph.
            '?' => literal.push_str("\\?"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            _ if escape::columns(c).is_some() => literal.push(c),
            // Three octal digits end by themselves, as `\x` does not.
            _ => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    // Writing to a string cannot fail.
                    let _ = write!(literal, "\\{byte:03o}");
                }
            }
        }
    }
    literal + "\""
}

/// Bytes in quotes.
pub(super) fn bytes_literal(bytes: &[u8]) -> String {
    let mut literal = String::from("\"");
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(literal, "\\x{byte:02x}");
    }
    literal + "\""
}
