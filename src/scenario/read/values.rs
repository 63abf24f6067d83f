//! Reads the values in steps: sends, recvs, conditions to wait for, options.

use std::num::NonZeroU32;
use std::time::Duration;

use toml::de::DeValue;

use super::limits::{MAX_NAME, MAX_RECV_BYTES};
use super::payload::{framing, length_code, payload};
use super::problem::ProblemKind;
use super::reader::{Fields, Reader, Span, Value, brief};
use super::terms::{Form, Named};
use crate::scenario::{
    Condition, Fault, RecvLength, RecvStep, SendRole, SendStep, SocketOption, SystemFault,
};

/// Reads a positive number.
pub(super) fn count(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<NonZeroU32> {
    reader.small(value, 1, u32::MAX).and_then(NonZeroU32::new)
}

pub(super) fn send(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    value: &Value<'_>,
) -> Option<SendStep> {
    let payload = payload(reader, value);
    let framing = reader.optional(fields, "framing", framing);
    let role = reader.optional(fields, "part", |reader, value| {
        let roles = [SendRole::Header, SendRole::Continues];
        reader.name(value, Named::SendRole, &roles, |role| match role {
            SendRole::Header => "header",
            SendRole::Message | SendRole::Continues => "more",
        })
    });
    if let (Some(part), Some(_)) = (fields.get("part"), fields.get("framing")) {
        let (first, second) = ("framing", "part");
        reader.problem(part.key.clone(), ProblemKind::Clash { first, second });
    }
    let pieces = reader.optional(fields, "pieces", count);
    let more = reader.flag_of(fields, "more");
    let nonblocking = reader.flag_of(fields, "nonblocking");
    let end_of_record = reader.flag_of(fields, "end-of-record");
    Some(SendStep {
        payload: payload?,
        framing: framing?,
        role: role?.unwrap_or_default(),
        pieces: pieces?,
        more: more?,
        nonblocking: nonblocking?,
        end_of_record: end_of_record?,
    })
}

pub(super) fn recv(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    value: &Value<'_>,
) -> Option<RecvStep> {
    let length = match value.get_ref() {
        // A number in quotes was meant as a number.
        DeValue::String(text) if text.parse::<u64>().is_ok() => {
            reader.not(value, Form::NumberOrLength)
        }
        DeValue::String(_) => reader.name(
            value,
            Named::RecvLength,
            &[RecvLength::Carried],
            |_| "length",
        ),
        DeValue::Integer(_) => reader
            .small(value, 1, MAX_RECV_BYTES)
            .map(RecvLength::Bytes),
        _ => reader.not(value, Form::NumberOrLength),
    };
    let carries = reader.optional(fields, "length", length_code);
    let peek = reader.flag_of(fields, "peek");
    let wait_all = reader.flag_of(fields, "wait-all");
    Some(RecvStep {
        length: length?,
        carries: carries?,
        peek: peek?,
        wait_all: wait_all?,
    })
}

/// The names of the conditions that a step can wait for.
const CONDITIONS: [&str; 8] = [
    "queued",
    "acknowledged",
    "peer-closed",
    "reset",
    "reached",
    "segments",
    "retransmitted",
    "dropped",
];

pub(super) fn condition(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Condition> {
    let known = || CONDITIONS.iter().map(|&name| name.to_owned()).collect();
    let what = Named::Condition;
    match value.get_ref() {
        DeValue::String(name) => match name.as_ref() {
            "acknowledged" => Some(Condition::Acknowledged),
            "peer-closed" => Some(Condition::PeerClosed),
            "reset" => Some(Condition::Reset),
            other => {
                reader.unknown_name(value.span(), what, other, known());
                None
            }
        },
        DeValue::Table(table) => {
            let fields = Fields::of(table, value.span(), "wait");
            let list: Vec<_> = fields.iter().collect();
            let [field] = list[..] else {
                let got = list.iter().map(|field| brief(field.name)).collect();
                let known = known();
                reader.problem(
                    value.span(),
                    ProblemKind::NotExactlyOne { what, got, known },
                );
                return None;
            };
            match field.name {
                "queued" => reader
                    .small(field.value, 1, MAX_RECV_BYTES)
                    .map(Condition::Queued),
                "reached" => point(reader, field.value).map(Condition::Reached),
                "dropped" => reader
                    .small(field.value, 1, u32::MAX)
                    .map(Condition::Dropped),
                "segments" => reader
                    .small(field.value, 1, u32::MAX)
                    .map(Condition::Segments),
                "retransmitted" => reader
                    .small(field.value, 1, u32::MAX)
                    .map(Condition::Retransmitted),
                other => {
                    reader.unknown_name(field.key.clone(), what, other, known());
                    None
                }
            }
        }
        _ => reader.not(value, Form::TextOrTable),
    }
}

/// Reads the name of a point or socket; any text but the empty one.
pub(super) fn point(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<String> {
    let name = reader.text(value)?;
    if name.is_empty() {
        let key = "name";
        reader.problem(value.span(), ProblemKind::Empty { key });
        return None;
    }
    reader.is_fit(value, "name", MAX_NAME, |_, _| false)?;
    Some(name.to_owned())
}

/// Reads the name of a fault.
pub(super) fn fault(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Fault> {
    let name = reader.text(value)?;
    let found = Fault::from_name(name);
    if found.is_none() {
        let system = SystemFault::NAMED.iter().map(|fault| fault.name());
        let lengths = crate::scenario::LengthError::ALL.iter();
        let known = system
            .chain(lengths.map(|error| error.name().to_owned()))
            .collect();
        reader.unknown_name(value.span(), Named::Fault, name, known);
    }
    found
}

pub(super) const OPTIONS: &[&str] = &[
    "reuse-address",
    "reuse-port",
    "no-delay",
    "cork",
    "quick-ack",
    "receive-buffer",
    "send-buffer",
    "max-segment",
    "linger",
    "send-timeout",
];

/// Reads a table of socket options, in the order in which they are in the file.
pub(super) fn options(
    reader: &mut Reader<'_>,
    value: &Value<'_>,
) -> Option<Vec<(SocketOption, Span)>> {
    // The kernel takes a C int.
    const MOST: u32 = i32::MAX.unsigned_abs();
    let DeValue::Table(table) = value.get_ref() else {
        return reader.not(value, Form::Table);
    };
    let mut read = Vec::new();
    for field in Fields::of(table, value.span(), "options").iter() {
        let value = field.value;
        let option = match field.name {
            "reuse-address" => reader.flag(value).map(SocketOption::ReuseAddress),
            "reuse-port" => reader.flag(value).map(SocketOption::ReusePort),
            "no-delay" => reader.flag(value).map(SocketOption::NoDelay),
            "cork" => reader.flag(value).map(SocketOption::Cork),
            "quick-ack" => reader.flag(value).map(SocketOption::QuickAck),
            "receive-buffer" => reader
                .small(value, 1, MOST)
                .map(SocketOption::ReceiveBuffer),
            "send-buffer" => reader.small(value, 1, MOST).map(SocketOption::SendBuffer),
            "max-segment" => reader.small(value, 1, 65_535).map(SocketOption::MaxSegment),
            "linger" => reader.small(value, 0, 60).map(SocketOption::Linger),
            "send-timeout" => reader
                .small(value, 1, 60_000)
                .map(SocketOption::SendTimeout),
            other => {
                let known = OPTIONS.iter().map(|&name| name.to_owned()).collect();
                reader.unknown_name(field.key.clone(), Named::Option, other, known);
                None
            }
        };
        read.push(option.map(|option| (option, field.key.clone())));
    }
    read.into_iter().collect()
}

/// The longest time that an option lets a call wait.
pub(super) const fn longest_wait(option: SocketOption) -> Option<Duration> {
    match option {
        SocketOption::Linger(seconds) => Some(Duration::from_secs(seconds as u64)),
        SocketOption::SendTimeout(milliseconds) => Some(Duration::from_millis(milliseconds as u64)),
        SocketOption::ReuseAddress(_)
        | SocketOption::ReusePort(_)
        | SocketOption::NoDelay(_)
        | SocketOption::Cork(_)
        | SocketOption::QuickAck(_)
        | SocketOption::ReceiveBuffer(_)
        | SocketOption::SendBuffer(_)
        | SocketOption::MaxSegment(_) => None,
    }
}

/// An option's name in files.
pub(super) const fn option_name(option: SocketOption) -> &'static str {
    match option {
        SocketOption::ReuseAddress(_) => "reuse-address",
        SocketOption::ReusePort(_) => "reuse-port",
        SocketOption::NoDelay(_) => "no-delay",
        SocketOption::Cork(_) => "cork",
        SocketOption::QuickAck(_) => "quick-ack",
        SocketOption::ReceiveBuffer(_) => "receive-buffer",
        SocketOption::SendBuffer(_) => "send-buffer",
        SocketOption::MaxSegment(_) => "max-segment",
        SocketOption::Linger(_) => "linger",
        SocketOption::SendTimeout(_) => "send-timeout",
    }
}
