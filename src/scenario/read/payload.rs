//! Reads payloads: texts, hex, repeats, seeded random bytes, lengths.

use std::str::FromStr;

use toml::de::DeValue;

use super::limits::MAX_PAYLOAD_BYTES;
use super::problem::ProblemKind;
use super::reader::{Fields, Reader, Value, brief};
use super::terms::{Form, Named};
use crate::diagnostic::hex::{self, HexError};
use crate::framing::{Framing, LengthField};
use crate::scenario::{LengthCode, Payload};

/// The keys of a payload written as a table, in a send and in decoded messages.
pub(super) const KEYS: &[&str] = &[
    "hex",
    "repeat",
    "times",
    "random",
    "seed",
    "length-of",
    "as",
];

/// The largest length that can be sent by itself, in bytes: the largest TOML integer.
const MAX_LENGTH: u64 = i64::MAX.unsigned_abs();

/// Reads a payload: a string or a table.
pub(super) fn payload(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Payload> {
    match value.get_ref() {
        DeValue::String(text) => Some(Payload::Text(text.to_string())),
        DeValue::Table(_) => {
            let fields = reader.table(value, value.span(), "payload", KEYS)?;
            payload_of(reader, &fields)
        }
        _ => reader.not(value, Form::TextOrTable),
    }
}

/// Reads a payload from the keys of a table.
pub(super) fn payload_of(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<Payload> {
    const FORMS: [&str; 5] = ["text", "hex", "repeat", "random", "length-of"];
    let present: Vec<_> = FORMS
        .into_iter()
        .filter_map(|form| fields.get(form))
        .collect();
    let [field] = present[..] else {
        // `text` is a key only in expectations; a send writes it as a plain string.
        let known = FORMS[1..].iter().map(|&form| form.to_owned()).collect();
        let got = present.iter().map(|field| brief(field.name)).collect();
        let what = Named::Payload;
        reader.problem(
            fields.span.clone(),
            ProblemKind::NotExactlyOne { what, got, known },
        );
        return None;
    };
    for (modifier, form) in [("times", "repeat"), ("seed", "random"), ("as", "length-of")] {
        if let Some(stray) = fields.get(modifier).filter(|_| field.name != form) {
            let (key, inside) = (form, "payload");
            reader.problem(stray.key.clone(), ProblemKind::MissingKey { key, inside });
        }
    }
    let made = match field.name {
        "text" => Payload::Text(reader.text(field.value)?.to_owned()),
        "hex" => Payload::Hex(hex(reader, field.value)?),
        "repeat" => {
            let text = reader.text(field.value);
            let times = reader.require(fields, "times")?.value;
            Payload::Repeat {
                times: reader.small(times, 1, u32::MAX)?,
                text: text?.to_owned(),
            }
        }
        "random" => {
            let bytes = reader.number(field.value, 0, MAX_PAYLOAD_BYTES);
            let seed = reader.require(fields, "seed")?.value;
            Payload::Random {
                seed: reader.number(seed, 0, u64::MAX)?,
                bytes: u32::try_from(bytes?).ok()?,
            }
        }
        _ if matches!(field.value.get_ref(), DeValue::Integer(_)) => {
            let length = reader.number(field.value, 0, MAX_LENGTH);
            let code = reader.require(fields, "as")?.value;
            Payload::Length {
                code: length_code(reader, code)?,
                length: length?,
            }
        }
        _ => {
            let inner = payload(reader, field.value);
            let code = reader.require(fields, "as")?.value;
            Payload::LengthOf {
                code: length_code(reader, code)?,
                payload: Box::new(inner?),
            }
        }
    };
    let span = field.value.span();
    // A length that does not fit its encoding is checked where it is sent, because it may be
    // expected to fail.
    let bytes = made.len().unwrap_or(0);
    if bytes > MAX_PAYLOAD_BYTES {
        reader.problem(span, ProblemKind::PayloadTooLarge { bytes });
        return None;
    }
    Some(made)
}

/// Reads the encoding of a length.
pub(super) fn length_code(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<LengthCode> {
    reader.name(value, Named::LengthCode, &LengthCode::ALL, LengthCode::name)
}

/// Framings to suggest; those with a number appear with a common one.
const FRAMINGS: [&str; 11] = [
    "raw",
    "line",
    "line-escaped",
    "crlf",
    "nul",
    "digits-2",
    "digits-8",
    "fixed-16",
    "netstring",
    "octet-counting",
    "varint",
];

/// Reads the name of a framing.
pub(super) fn framing(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Framing> {
    let name = reader.text(value)?;
    let found = Framing::from_str(name).ok();
    if found.is_none() {
        let fixed = FRAMINGS.iter().map(|&name| name.to_owned());
        let lengths = LengthField::ALL.iter().map(|field| field.name().to_owned());
        let known = fixed.chain(lengths).collect();
        reader.unknown_name(value.span(), Named::Framing, name, known);
    }
    found
}

/// Reads hex bytes: pairs of digits, with optional white space between bytes.
fn hex(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Vec<u8>> {
    match hex::spaced(reader.text(value)?) {
        Ok(bytes) => Some(bytes),
        Err(errors) => {
            for HexError { at, got, alone_in } in errors {
                let span = reader.inside_text(value, at);
                let kind = match alone_in {
                    Some(digits) => ProblemKind::OddHex { digits },
                    None => ProblemKind::BadHexDigit { got },
                };
                reader.problem(span, kind);
            }
            None
        }
    }
}
