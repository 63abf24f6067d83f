//! Payloads and lengths as expressions of Python.

use crate::render::code::literal::quoted;
use crate::render::code::sheet::Sheet;
use crate::scenario::{LengthCode, Payload};

/// A text in quotes.
pub(super) fn text_literal(text: &str) -> String {
    quoted(text, |c| match c {
        '?' => c.to_string(),
        _ => format!("\\U{:08x}", u32::from(c)),
    })
}

/// The bytes of a payload.
pub(super) fn bytes_of(sheet: &mut Sheet<'_, '_>, payload: &Payload) -> String {
    match payload {
        Payload::Text(text) if text.is_ascii() => format!("b{}", text_literal(text)),
        Payload::Text(text) => format!("{}.encode()", text_literal(text)),
        Payload::Hex(bytes) => {
            let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("bytes.fromhex(\"{}\")", pairs.join(" "))
        }
        Payload::Repeat { text, times } => {
            let one = bytes_of(sheet, &Payload::Text(text.clone()));
            format!("{one} * {times}")
        }
        Payload::Random { bytes, seed } => {
            sheet.call("noise");
            format!("noise({bytes}, seed={seed})")
        }
        Payload::Length { length, code } => write_length(sheet, *code, &length.to_string()),
        Payload::LengthOf { payload, code } => {
            let payload = bytes_of(sheet, payload);
            write_length(sheet, *code, &format!("len({payload})"))
        }
    }
}

/// A length as bytes.
fn write_length(sheet: &mut Sheet<'_, '_>, code: LengthCode, length: &str) -> String {
    let pack = |sheet: &mut Sheet<'_, '_>, format: &str| {
        sheet.imports.insert("struct");
        format!("struct.pack(\"{format}\", {length})")
    };
    match code {
        LengthCode::Digits | LengthCode::PythonInt => format!("str({length}).encode()"),
        LengthCode::Digits8 => {
            sheet.call("digits_8");
            format!("digits_8({length})")
        }
        LengthCode::I32Native => pack(sheet, "i"),
        LengthCode::I32Le => pack(sheet, "<i"),
        LengthCode::I32Be => pack(sheet, ">i"),
    }
}

/// The statement that reads what `call` returns as a length.
pub(super) fn read_length(sheet: &mut Sheet<'_, '_>, code: LengthCode, call: &str) -> String {
    let unpack = |sheet: &mut Sheet<'_, '_>, format: &str| {
        sheet.imports.insert("struct");
        format!("(length,) = struct.unpack(\"{format}\", {call})")
    };
    match code {
        LengthCode::PythonInt => format!("length = int({call}.decode())"),
        LengthCode::Digits | LengthCode::Digits8 => {
            sheet.call("strict_int");
            format!("length = strict_int({call})")
        }
        LengthCode::I32Native => unpack(sheet, "i"),
        LengthCode::I32Le => unpack(sheet, "<i"),
        LengthCode::I32Be => unpack(sheet, ">i"),
    }
}
