//! Reads the steps of one side.

use toml::de::DeValue;

use super::limits::{DEFAULT_CAP, MAX_RECV_BYTES};
use super::payload::framing;
use super::placed::{PlacedScript, StepPlace};
use super::problem::ProblemKind;
use super::reader::{Fields, Reader, Span, Value, brief};
use super::terms::{Form, Named};
use super::values::{OPTIONS, condition, count, fault, option_name, options, point, recv, send};
use super::verb::Verb;
use crate::scenario::{
    Action, Opening, Receiving, Script, ScriptStep, SocketPart, SocketStep, Step,
};

/// Reads the table of one side.
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
    let (steps, places): (_, Vec<_>) = reader.each(value, step)?.into_iter().unzip();
    Some((steps, places.concat()))
}

/// A step, its place, and behind it the places of the steps in its block.
fn step(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<(Step, Vec<StepPlace>)> {
    match value.get_ref() {
        DeValue::String(_) => {
            let verb = reader.name(value, Named::Step, &Verb::UNIT, Verb::name)?;
            let place = StepPlace {
                value: value.span(),
                modifiers: Vec::new(),
            };
            Some((plain(verb)?.into(), vec![place]))
        }
        DeValue::Table(table) => table_step(reader, &Fields::of(table, value.span(), "step")),
        _ => reader.not(value, Form::TextOrTable),
    }
}

/// The action of a step written as a string.
const fn plain(verb: Verb) -> Option<Action> {
    match verb {
        Verb::Listen => Some(Action::Open(Opening::Listen)),
        Verb::Accept => Some(Action::Open(Opening::Accept)),
        Verb::Connect => Some(Action::Open(Opening::Connect)),
        Verb::HalfClose => Some(Action::Socket(SocketStep::HalfClose)),
        Verb::Close => Some(Action::Socket(SocketStep::Close(SocketPart::Connection))),
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

fn table_step(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<(Step, Vec<StepPlace>)> {
    let verb = verb_of(reader, fields)?;
    let field = fields.get(verb.name())?;
    let before = reader.count();
    for other in fields.iter() {
        if verb.keys().contains(&other.name) {
            continue;
        }
        let got = brief(other.name);
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
    let within = reader.optional(fields, "within", Reader::duration);
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
        within: within?,
    };
    let modifiers = fields.iter().filter(|other| other.name != field.name);
    let place = StepPlace {
        value: innermost(field.value),
        modifiers: modifiers
            .map(|other| (other.name.to_owned(), other.key.clone()))
            .collect(),
    };
    let places = [vec![place], block].concat();
    (reader.count() == before).then_some((step, places))
}

/// The position to report for a value: `30` in `{ queued = 30 }`.
fn innermost(value: &Value<'_>) -> Span {
    match value.get_ref() {
        DeValue::Table(table) if table.len() == 1 => {
            table.values().next().map_or(value.span(), innermost)
        }
        _ => value.span(),
    }
}

/// What a step does. Exactly one of its keys says so.
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
            Action::Open(Opening::Bind {
                same_port: same_port?,
                options: own.into_iter().flatten().map(|(one, _)| one).collect(),
            })
        }
        Verb::Send => Action::Send(send(reader, fields, value)?),
        Verb::Recv => Action::Receive(Receiving::Recv(recv(reader, fields, value)?)),
        Verb::RecvExact => Action::Receive(Receiving::Exact(recv(reader, fields, value)?)),
        Verb::RecvUntilEnd => Action::Receive(Receiving::UntilEnd {
            at_most: reader.small(value, 1, MAX_RECV_BYTES)?,
        }),
        Verb::RecvAvailable => Action::Receive(Receiving::Available {
            at_most: reader.small(value, 1, MAX_RECV_BYTES)?,
        }),
        Verb::Decode => {
            let framing = framing(reader, value);
            let messages =
                reader.optional(fields, "messages", |reader, value| count(reader, value));
            let cap = reader.optional(fields, "cap", |reader, value| {
                reader.small(value, 1, MAX_RECV_BYTES)
            });
            Action::Receive(Receiving::Decode {
                framing: framing?,
                messages: messages?,
                cap: cap?.unwrap_or(DEFAULT_CAP),
            })
        }
        Verb::Wait => Action::Script(ScriptStep::Wait(condition(reader, value)?)),
        Verb::Reach => Action::Script(ScriptStep::Reach(point(reader, value)?)),
        Verb::Pause => Action::Script(ScriptStep::Pause(reader.duration(value)?)),
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
            Action::Socket(SocketStep::Set(option))
        }
        Verb::Close if matches!(value.get_ref(), DeValue::String(_)) => {
            let parts = [SocketPart::Connection, SocketPart::Listener];
            let part = reader.name(value, Named::Socket, &parts, |part| match part {
                SocketPart::Connection => "connection",
                SocketPart::Listener => "listener",
            });
            Action::Socket(SocketStep::Close(part?))
        }
        Verb::DropArriving => Action::Socket(SocketStep::DropArriving(reader.flag(value)?)),
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
