//! Payloads as expressions of Rust.

use std::fmt::Write as _;

use crate::render::code::sheet::Sheet;
use crate::render::escape;
use crate::scenario::{LengthCode, Payload};

/// A text in quotes.
pub(super) fn text_literal(text: &str) -> String {
    let mut literal = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            _ if c.is_ascii_control() => push(&mut literal, u32::from(c)),
            _ if escape::columns(c).is_some() => literal.push(c),
            _ => literal.extend(c.escape_unicode()),
        }
    }
    literal + "\""
}

/// `\x` and two digits, which a byte string takes too.
fn push(literal: &mut String, byte: u32) {
    // Writing to a string cannot fail.
    let _ = write!(literal, "\\x{byte:02x}");
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
                push(&mut literal, u32::from(*byte));
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
