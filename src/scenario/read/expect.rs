//! Reads expectations.

use std::collections::HashSet;

use toml::de::DeValue;

use super::limits::MAX_PAYLOAD_BYTES;
use super::payload::{payload, payload_of};
use super::problem::ProblemKind;
use super::reader::{Fields, Reader, Span, Value, brief};
use super::terms::{Form, Named};
use super::values::fault;
use crate::scenario::{
    Amount, Count, ExpectedBoundary, ExpectedFate, ExpectedMessage, Payload, Place, Receives,
    Returned,
};

/// The keys of one side's expectations.
pub(super) const KEYS: &[&str] = &[
    "recv",
    "boundaries",
    "lost-boundaries",
    "messages",
    "decoded",
    "total",
    "intact",
    "sha256",
    "segments",
    "segment-count",
    "queued",
    "retransmitted",
    "dropped",
];

/// Reads the table of one side's expectations.
pub(super) fn receives(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<Receives> {
    let recv = reader.optional(fields, "recv", |reader, value| reader.each(value, returned));
    let boundaries = reader.optional(fields, "boundaries", boundaries);
    let lost_boundaries = reader.optional(fields, "lost-boundaries", count);
    let messages = reader.optional(fields, "messages", |reader, value| {
        reader.each(value, message)
    });
    let decoded = reader.optional(fields, "decoded", |reader, value| {
        reader.each(value, payload)
    });
    let total = reader.optional(fields, "total", amount);
    let intact = reader.optional(fields, "intact", Reader::flag);
    let sha256 = reader.optional(fields, "sha256", digest);
    let segments = reader.optional(fields, "segments", |reader, value| {
        reader.each(value, amount)
    });
    let segment_count = reader.optional(fields, "segment-count", count);
    let queued = reader.optional(fields, "queued", |reader, value| reader.each(value, amount));
    let retransmitted = reader.optional(fields, "retransmitted", count);
    let dropped = reader.optional(fields, "dropped", count);
    Some(Receives {
        recv: recv?,
        boundaries: boundaries?.unwrap_or_default(),
        lost_boundaries: lost_boundaries?,
        messages: messages?,
        decoded: decoded?,
        total: total?,
        intact: intact?,
        sha256: sha256?,
        segments: segments?,
        segment_count: segment_count?,
        queued: queued?,
        retransmitted: retransmitted?,
        dropped: dropped?,
    })
}

/// The expected result of one recv.
fn returned(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Returned> {
    const KEYS: &[&str] = &[
        "bytes", "text", "hex", "repeat", "times", "random", "seed", "at-least", "at-most", "fails",
    ];
    if let DeValue::String(_) = value.get_ref() {
        return reader
            .name(value, Named::Returned, &[()], |()| "end")
            .map(|()| Returned::End);
    }
    let DeValue::Table(_) = value.get_ref() else {
        return reader.not(value, Form::TextOrTable);
    };
    let before = reader.count();
    let fields = reader.table(value, value.span(), "recv", KEYS)?;
    if let Some(field) = fields.get("fails") {
        if let Some(other) = fields.iter().find(|other| other.name != "fails") {
            let second = KEYS.iter().find(|&&key| key == other.name)?;
            let first = "fails";
            reader.problem(other.key.clone(), ProblemKind::Clash { first, second });
        }
        return fault(reader, field.value).map(Returned::Fails);
    }
    let has_content = ["text", "hex", "repeat", "random", "times", "seed"]
        .iter()
        .any(|form| fields.get(form).is_some());
    let content = has_content
        .then(|| payload_of(reader, &fields))
        .and_then(|content| content);
    let bytes = stated_amount(reader, &fields);
    if reader.count() > before {
        return None;
    }
    let length = content.as_ref().and_then(|content| content.len().ok());
    let bytes = match (bytes, length) {
        (Some(bytes), Some(wanted)) if bytes.least != bytes.most => {
            // A range next to the bytes themselves must at least include their number.
            if !bytes.admits(wanted) {
                let field = fields.get("at-least").or(fields.get("at-most"))?;
                let got = if wanted < bytes.least {
                    bytes.least
                } else {
                    bytes.most
                };
                reader.problem(
                    field.value.span(),
                    ProblemKind::LengthDisagrees { got, wanted },
                );
                return None;
            }
            Amount::exactly(wanted)
        }
        (Some(bytes), Some(wanted)) => {
            if let Some(field) = fields.get("bytes").filter(|_| bytes.least != wanted) {
                let kind = disagreement(bytes.least, wanted, content.as_ref());
                reader.problem(field.value.span(), kind);
                return None;
            }
            bytes
        }
        (Some(bytes), None) => bytes,
        (None, Some(length)) => Amount::exactly(length),
        (None, None) => {
            let known = [
                "bytes", "text", "hex", "repeat", "random", "at-least", "fails",
            ];
            let kind = ProblemKind::NotExactlyOne {
                what: Named::Returned,
                got: Vec::new(),
                known: known.map(str::to_owned).to_vec(),
            };
            reader.problem(value.span(), kind);
            return None;
        }
    };
    Some(Returned::Data { bytes, content })
}

/// The problem if `bytes` disagrees with the content next to it.
fn disagreement(got: u64, wanted: u64, content: Option<&Payload>) -> ProblemKind {
    let characters = match content {
        Some(Payload::Text(text)) => Some(text.chars().count() as u64),
        Some(Payload::Repeat { text, times }) => {
            Some(text.chars().count() as u64 * u64::from(*times))
        }
        Some(
            Payload::Hex(_)
            | Payload::Random { .. }
            | Payload::Length { .. }
            | Payload::LengthOf { .. },
        )
        | None => None,
    };
    if characters == Some(got) {
        ProblemKind::LengthInCharacters { got, wanted }
    } else {
        ProblemKind::LengthDisagrees { got, wanted }
    }
}

/// The amount stated by `bytes`, or by `at-least` and `at-most`.
fn stated_amount(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<Amount> {
    let range = fields.get("at-least").or(fields.get("at-most"));
    match (fields.value("bytes"), range) {
        (Some(_), Some(range)) => {
            let second = RANGE.iter().find(|&&key| key == range.name)?;
            let first = "bytes";
            reader.problem(range.key.clone(), ProblemKind::Clash { first, second });
            None
        }
        (Some(bytes), None) => reader
            .number(bytes, 0, MAX_PAYLOAD_BYTES)
            .map(Amount::exactly),
        (None, Some(_)) => range_of(reader, fields),
        (None, None) => None,
    }
}

/// `at-least` and `at-most`; one of them may be absent.
fn range_of(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<Amount> {
    let most = u64::MAX;
    let read = |reader: &mut Reader<'_>, value: &Value<'_>| reader.number(value, 0, most);
    let least = reader.optional(fields, "at-least", read);
    let most = reader.optional(fields, "at-most", read);
    let (least, most) = (least?.unwrap_or(0), most?.unwrap_or(u64::MAX));
    if least > most {
        let span = fields
            .value("at-most")
            .map_or(fields.span.clone(), Value::span);
        reader.problem(span, ProblemKind::EmptyRange { least, most });
        return None;
    }
    Some(Amount { least, most })
}

const RANGE: &[&str] = &["at-least", "at-most"];

/// The table of a range, which needs at least one of its ends.
fn range<'t>(
    reader: &mut Reader<'_>,
    value: &'t Value<'t>,
    inside: &'static str,
) -> Option<Fields<'t>> {
    let before = reader.count();
    let fields = reader.table(value, value.span(), inside, RANGE)?;
    if reader.count() > before {
        return None;
    }
    if fields.iter().next().is_none() {
        not_one_end(reader, value.span(), Vec::new());
        return None;
    }
    Some(fields)
}

fn not_one_end(reader: &mut Reader<'_>, span: Span, got: Vec<String>) {
    let known = RANGE.iter().map(|&key| key.to_owned()).collect();
    let what = Named::Count;
    reader.problem(span, ProblemKind::NotExactlyOne { what, got, known });
}

/// A number of bytes, or a range.
fn amount(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Amount> {
    match value.get_ref() {
        DeValue::Integer(_) => reader.number(value, 0, u64::MAX).map(Amount::exactly),
        DeValue::Table(_) => {
            let fields = range(reader, value, "amount")?;
            range_of(reader, &fields)
        }
        _ => reader.not(value, Form::NumberOrTable),
    }
}

/// `"none"`, `"all"`, a number, `{ at-least = 1 }` or `{ at-most = 2 }`.
fn count(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Count> {
    match value.get_ref() {
        DeValue::String(_) => {
            let words = [Count::Exactly(0), Count::All];
            reader.name(value, Named::Count, &words, |word| match word {
                Count::All => "all",
                Count::Exactly(_) | Count::AtLeast(_) | Count::AtMost(_) => "none",
            })
        }
        DeValue::Integer(_) => reader.small(value, 0, u32::MAX).map(Count::Exactly),
        DeValue::Table(_) => {
            let fields = range(reader, value, "count")?;
            let least = fields.value("at-least");
            match (least, fields.value("at-most")) {
                (Some(least), None) => reader.small(least, 0, u32::MAX).map(Count::AtLeast),
                (None, Some(most)) => reader.small(most, 0, u32::MAX).map(Count::AtMost),
                (Some(_), Some(_)) | (None, None) => {
                    let got = fields.iter().map(|field| brief(field.name)).collect();
                    not_one_end(reader, value.span(), got);
                    None
                }
            }
        }
        _ => reader.not(value, Form::Count),
    }
}

/// `{ 18 = "coalesced" }`.
fn boundaries(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Vec<ExpectedBoundary>> {
    const FATES: [ExpectedFate; 5] = [
        ExpectedFate::Kept,
        ExpectedFate::Coalesced(None),
        ExpectedFate::Coalesced(Some(Place::BySender)),
        ExpectedFate::Coalesced(Some(Place::InReceiveQueue)),
        ExpectedFate::NotReached,
    ];
    let DeValue::Table(table) = value.get_ref() else {
        return reader.not(value, Form::Table);
    };
    let mut read = Vec::new();
    let mut seen = HashSet::new();
    let mut good = true;
    for field in Fields::of(table, value.span(), "boundaries").iter() {
        let all_digits = field.name.bytes().all(|byte| byte.is_ascii_digit());
        let offset = field
            .name
            .parse()
            .ok()
            .filter(|&at: &u64| all_digits && at > 0);
        let fate = reader.name(
            field.value,
            Named::BoundaryFate,
            &FATES,
            |fate| match fate {
                ExpectedFate::Kept => "kept",
                ExpectedFate::Coalesced(None) => "coalesced",
                ExpectedFate::Coalesced(Some(Place::BySender)) => "by-the-sender",
                ExpectedFate::Coalesced(Some(Place::InReceiveQueue)) => "in-the-receive-queue",
                ExpectedFate::NotReached => "not-reached",
            },
        );
        match offset {
            None => {
                let got = brief(field.name);
                reader.problem(field.key.clone(), ProblemKind::NotAnOffset { got });
            }
            Some(at) if !seen.insert(at) => {
                reader.problem(field.key.clone(), ProblemKind::DuplicateBoundary { at });
            }
            Some(at) => {
                if let Some(fate) = fate {
                    read.push(ExpectedBoundary { at, fate });
                    continue;
                }
            }
        }
        good = false;
    }
    read.sort_by_key(|boundary: &ExpectedBoundary| boundary.at);
    good.then_some(read)
}

fn message(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<ExpectedMessage> {
    const FATES: [ExpectedMessage; 5] = [
        ExpectedMessage::Whole,
        ExpectedMessage::Coalesced,
        ExpectedMessage::InPieces,
        ExpectedMessage::Truncated,
        ExpectedMessage::Lost,
    ];
    reader.name(value, Named::MessageFate, &FATES, |fate| match fate {
        ExpectedMessage::Whole => "whole",
        ExpectedMessage::Coalesced => "coalesced",
        ExpectedMessage::InPieces => "in-pieces",
        ExpectedMessage::Truncated => "truncated",
        ExpectedMessage::Lost => "lost",
    })
}

/// A SHA-256: 64 hex digits.
fn digest(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<String> {
    let text = reader.text(value)?;
    if let Some((at, got)) = text.char_indices().find(|(_, c)| !c.is_ascii_hexdigit()) {
        let span = reader.inside_text(value, at);
        reader.problem(span, ProblemKind::BadHexDigit { got });
        return None;
    }
    if text.len() != 64 {
        let characters = text.len();
        reader.problem(value.span(), ProblemKind::BadDigest { characters });
        return None;
    }
    Some(text.to_ascii_lowercase())
}
