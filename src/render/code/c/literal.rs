//! Texts and bytes as literals of C.

use std::fmt::Write as _;

use crate::render::code::literal::quoted;

/// A text in quotes.
pub(super) fn text_literal(text: &str) -> String {
    quoted(text, |c| match c {
        '?' => "\\?".to_owned(),
        // Three octal digits end by themselves, as `\x` does not.
        _ => c
            .encode_utf8(&mut [0; 4])
            .bytes()
            .fold(String::new(), |mut all, byte| {
                // Writing to a string cannot fail.
                let _ = write!(all, "\\{byte:03o}");
                all
            }),
    })
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
