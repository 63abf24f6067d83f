//! Reading the steps of one side.

use std::num::NonZeroU32;

use toml::de::DeValue;

use super::payload::{framing, length_code, payload};
use super::problem::{Form, Named, ProblemKind};
use super::reader::{Fields, Reader, Span, Value};
use super::verb::Verb;
use super::{DEFAULT_CAP, MAX_RECV_BYTES};
use crate::scenario::{
    Action, Condition, Fault, RecvLength, RecvStep, Script, SendRole, SendStep, SocketOption,
    SocketPart, Step, SystemFault,
};

/// Where a step stands in the file.
#[derive(Clone, Debug)]
pub(super) struct StepPlace {
    /// The value of its action key; the whole step where it is a string.
    pub(super) value: Span,
    /// Where its modifiers stand.
    pub(super) modifiers: Vec<(String, Span)>,
    /// Where its block's steps stand.
    pub(super) block: Vec<StepPlace>,
}

/// A script and where its steps stand.
#[derive(Clone, Debug)]
pub(super) struct PlacedScript {
    pub(super) script: Script,
    pub(super) places: Vec<StepPlace>,
    /// Where each option stands.
    pub(super) options: Vec<Span>,
}

/// The table of one side.
pub(super) fn script(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<PlacedScript> {
    let (options, spans) = match fields.value("options") {
        Some(value) => options(reader, value).map(|list| list.into_iter().unzip()),
        None => Some((Vec::new(), Vec::new())),
    }
    .unzip();
    let steps = reader.require(fields, "steps")?.value;
    let (steps, places) = block(reader, steps)?;
    Some(PlacedScript {
        script: Script {
            options: options?,
            steps,
        },
        places,
        options: spans?,
    })
}

fn block(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<(Vec<Step>, Vec<StepPlace>)> {
    Some(reader.each(value, step)?.into_iter().unzip())
}

fn step(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<(Step, StepPlace)> {
    match value.get_ref() {
        DeValue::String(_) => {
            let verb = reader.name(value, Named::Step, &Verb::UNIT, Verb::name)?;
            let step = Step {
                action: plain(verb)?,
                fails: None,
                on: None,
            };
            let place = StepPlace {
                value: value.span(),
                modifiers: Vec::new(),
                block: Vec::new(),
            };
            Some((step, place))
        }
        DeValue::Table(table) => table_step(reader, &Fields::of(table, value.span(), "step")),
        _ => reader.not(value, Form::TextOrTable),
    }
}

/// The action of a step that is written as a string.
const fn plain(verb: Verb) -> Option<Action> {
    match verb {
        Verb::Listen => Some(Action::Listen),
        Verb::Accept => Some(Action::Accept),
        Verb::Connect => Some(Action::Connect),
        Verb::HalfClose => Some(Action::HalfClose),
        Verb::Close => Some(Action::Close(SocketPart::Connection)),
        Verb::Bind
        | Verb::Send
        | Verb::Recv
        | Verb::RecvExact
        | Verb::RecvUntilEnd
        | Verb::RecvAvailable
        | Verb::Decode
        | Verb::Wait
        | Verb::Reach
        | Verb::Pause
        | Verb::Set
        | Verb::DropArriving
        | Verb::Repeat => None,
    }
}

fn table_step(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<(Step, StepPlace)> {
    let verb = verb_of(reader, fields)?;
    let field = fields.get(verb.name())?;
    let before = reader.count();
    for other in fields.iter() {
        if verb.keys().contains(&other.name) {
            continue;
        }
        let got = other.name.to_owned();
        let kind = if Verb::is_any_key(other.name) {
            let (step, known) = (verb.name(), verb.modifiers());
            ProblemKind::WrongModifier { got, step, known }
        } else {
            let (inside, known) = (verb.name(), verb.keys());
            ProblemKind::UnknownKey { got, inside, known }
        };
        reader.problem(other.key.clone(), kind);
    }
    let fails = reader.optional(fields, "fails", fault);
    let on = reader.optional(fields, "on", point);
    let mut block = Vec::new();
    let action = if verb == Verb::Repeat {
        repeat(reader, fields, field.value).map(|(action, places)| {
            block = places;
            action
        })
    } else {
        action(reader, verb, fields, field.value)
    };
    let step = Step {
        action: action?,
        fails: fails?,
        on: on?,
    };
    let modifiers = fields.iter().filter(|other| other.name != field.name);
    let place = StepPlace {
        value: innermost(field.value),
        modifiers: modifiers
            .map(|other| (other.name.to_owned(), other.key.clone()))
            .collect(),
        block,
    };
    (reader.count() == before).then_some((step, place))
}

/// Where to point for a value: `30` in `{ queued = 30 }`.
fn innermost(value: &Value<'_>) -> Span {
    match value.get_ref() {
        DeValue::Table(table) if table.len() == 1 => {
            table.values().next().map_or(value.span(), innermost)
        }
        _ => value.span(),
    }
}

/// What a step does: it has exactly one key that says so.
fn verb_of(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<Verb> {
    let mut verbs = Verb::ALL
        .into_iter()
        .filter(|verb| fields.get(verb.name()).is_some());
    match (verbs.next(), verbs.next()) {
        (Some(verb), None) => return Some(verb),
        (Some(_), Some(_)) => {
            let is_verb = |name: &str| Verb::ALL.iter().any(|verb| verb.name() == name);
            let named = fields.iter().filter(|field| is_verb(field.name));
            let (spans, got): (Vec<_>, _) = named
                .map(|field| (field.key.clone(), field.name.to_owned()))
                .unzip();
            let span = spans.get(1).unwrap_or(&fields.span).clone();
            let kind = ProblemKind::NotExactlyOne {
                what: Named::Step,
                got,
                known: Vec::new(),
            };
            reader.problem(span, kind);
        }
        (None, _) => {
            let known: Vec<_> = Verb::ALL
                .iter()
                .map(|verb| verb.name().to_owned())
                .collect();
            let unknown = fields.iter().find(|field| !Verb::is_any_key(field.name));
            if let Some(field) = unknown {
                reader.unknown_name(field.key.clone(), Named::Step, field.name, known);
            } else {
                let (what, got) = (Named::Step, Vec::new());
                let kind = ProblemKind::NotExactlyOne { what, got, known };
                reader.problem(fields.span.clone(), kind);
            }
        }
    }
    None
}

fn action(
    reader: &mut Reader<'_>,
    verb: Verb,
    fields: &Fields<'_>,
    value: &Value<'_>,
) -> Option<Action> {
    Some(match verb {
        Verb::Bind => {
            let same_port = reader.name(value, Named::Port, &[true, false], |same| {
                if same { "same" } else { "any" }
            });
            let own = reader.optional(fields, "options", options)?;
            Action::Bind {
                same_port: same_port?,
                options: own.into_iter().flatten().map(|(one, _)| one).collect(),
            }
        }
        Verb::Send => Action::Send(send(reader, fields, value)?),
        Verb::Recv => Action::Recv(recv(reader, fields, value)?),
        Verb::RecvExact => Action::RecvExact(recv(reader, fields, value)?),
        Verb::RecvUntilEnd => Action::RecvUntilEnd {
            at_most: reader.small(value, 1, MAX_RECV_BYTES)?,
        },
        Verb::RecvAvailable => Action::RecvAvailable {
            at_most: reader.small(value, 1, MAX_RECV_BYTES)?,
        },
        Verb::Decode => {
            let framing = framing(reader, value);
            let messages =
                reader.optional(fields, "messages", |reader, value| count(reader, value));
            let cap = reader.optional(fields, "cap", |reader, value| {
                reader.small(value, 1, MAX_RECV_BYTES)
            });
            Action::Decode {
                framing: framing?,
                messages: messages?,
                cap: cap?.unwrap_or(DEFAULT_CAP),
            }
        }
        Verb::Wait => Action::Wait(condition(reader, value)?),
        Verb::Reach => Action::Reach(point(reader, value)?),
        Verb::Pause => Action::Pause(reader.duration(value)?),
        Verb::Set => {
            let span = value.span();
            let options = options(reader, value)?;
            let [(option, _)] = options[..] else {
                let known = OPTIONS.iter().map(|&name| name.to_owned()).collect();
                let names = options.iter().map(|(one, _)| option_name(*one).to_owned());
                let (what, got) = (Named::Option, names.collect());
                reader.problem(span, ProblemKind::NotExactlyOne { what, got, known });
                return None;
            };
            Action::Set(option)
        }
        Verb::Close if matches!(value.get_ref(), DeValue::String(_)) => {
            let parts = [SocketPart::Connection, SocketPart::Listener];
            let part = reader.name(value, Named::Socket, &parts, |part| match part {
                SocketPart::Connection => "connection",
                SocketPart::Listener => "listener",
            });
            Action::Close(part?)
        }
        Verb::DropArriving => Action::DropArriving(reader.flag(value)?),
        Verb::Listen | Verb::Accept | Verb::Connect | Verb::HalfClose | Verb::Close => {
            if !reader.flag(value)? {
                let step = verb.name();
                reader.problem(value.span(), ProblemKind::NotDone { step });
                return None;
            }
            plain(verb)?
        }
        Verb::Repeat => repeat(reader, fields, value)?.0,
    })
}

fn repeat(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    value: &Value<'_>,
) -> Option<(Action, Vec<StepPlace>)> {
    let times = count(reader, value);
    let field = reader.require(fields, "steps")?;
    let (steps, places) = block(reader, field.value)?;
    if steps.is_empty() {
        let key = "steps";
        reader.problem(field.value.span(), ProblemKind::Empty { key });
        return None;
    }
    let times = times?;
    Some((Action::Repeat { times, steps }, places))
}

/// A number that is not zero.
fn count(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<NonZeroU32> {
    reader.small(value, 1, u32::MAX).and_then(NonZeroU32::new)
}

fn send(reader: &mut Reader<'_>, fields: &Fields<'_>, value: &Value<'_>) -> Option<SendStep> {
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

fn recv(reader: &mut Reader<'_>, fields: &Fields<'_>, value: &Value<'_>) -> Option<RecvStep> {
    let length = match value.get_ref() {
        // A number in quotes is meant to be a number.
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

const CONDITIONS: [&str; 6] = [
    "queued",
    "acknowledged",
    "peer-closed",
    "reached",
    "segments",
    "retransmitted",
];

fn condition(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Condition> {
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
                let got = list.iter().map(|field| field.name.to_owned()).collect();
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

/// The name of a point or socket, which may be any but the empty one.
fn point(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<String> {
    let name = reader.text(value)?;
    if name.is_empty() {
        let key = "name";
        reader.problem(value.span(), ProblemKind::Empty { key });
        return None;
    }
    if let Some((at, got)) = name.char_indices().find(|(_, c)| c.is_control()) {
        let (span, of) = (reader.inside_text(value, at), "name");
        reader.problem(span, ProblemKind::ControlCharacter { got, of });
        return None;
    }
    Some(name.to_owned())
}

/// A fault by its name.
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

const OPTIONS: &[&str] = &[
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

/// A table of socket options, in the order in which they stand in the file.
fn options(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Vec<(SocketOption, Span)>> {
    // The kernels take a C int.
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
            "linger" => reader.small(value, 0, 65_535).map(SocketOption::Linger),
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
