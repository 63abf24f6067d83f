//! Payloads as expressions of Rust.

use std::fmt::Write as _;

use crate::render::code::literal::quoted;
use crate::render::code::sheet::Sheet;
use crate::scenario::{LengthCode, Payload};

/// A text in quotes.
pub(super) fn text_literal(text: &str) -> String {
    quoted(text, |c| match c {
        '?' => c.to_string(),
        // A byte string takes this form alone.
        _ if c.is_ascii() => format!("\\x{:02x}", u32::from(c)),
        _ => c.escape_unicode().to_string(),
    })
}

/// A payload as an expression.
pub(super) enum Made {
    /// Of bytes, borrowed.
    Bytes(String),
    /// Of a result that has to be looked at first.
    Fallible(String),
}

/// The bytes of a payload.
pub(super) fn bytes_of(sheet: &mut Sheet<'_, '_>, payload: &Payload) -> Made {
    Made::Bytes(match payload {
        Payload::Text(text) if text.is_ascii() => format!("b{}", text_literal(text)),
        Payload::Text(text) => format!("{}.as_bytes()", text_literal(text)),
        Payload::Hex(bytes) => {
            let mut literal = String::from("b\"");
            for byte in bytes {
                // Writing to a string cannot fail.
                let _ = write!(literal, "\\x{byte:02x}");
            }
            literal + "\""
        }
        Payload::Repeat { text, times } => {
            format!("{}.repeat({times}).as_bytes()", text_literal(text))
        }
        Payload::Random { bytes, seed } => {
            sheet.call("noise");
            format!("&noise({bytes}, {})", seed % (1 << 31))
        }
        Payload::Length { length, code } => return length_bytes(sheet, *length, *code),
        Payload::LengthOf { payload, code } => {
            return length_bytes(sheet, payload.len().unwrap_or_default(), *code);
        }
    })
}

/// A length as bytes.
fn length_bytes(sheet: &mut Sheet<'_, '_>, length: u64, code: LengthCode) -> Made {
    let order = match code {
        LengthCode::Digits | LengthCode::PythonInt => {
            return Made::Bytes(format!("b\"{length}\""));
        }
        LengthCode::Digits8 => {
            sheet.call("digits_8");
            return Made::Fallible(format!("digits_8({length})"));
        }
        LengthCode::I32Native => "ne",
        LengthCode::I32Le => "le",
        LengthCode::I32Be => "be",
    };
    if code.write(length).is_ok() {
        return Made::Bytes(format!("&{length}_i32.to_{order}_bytes()"));
    }
    Made::Fallible(format!(
        "i32::try_from({length}_u64).map(|n| n.to_{order}_bytes().to_vec()).map_err(io::Error::other)"
    ))
}
