//! The types whose shape in a trace file differs from their shape in the program, with conversions
//! both ways.
//!
//! The types of [`crate::trace`] and [`crate::scenario`] are written as they are. Only four differ:
//! the document; a case (its source is spread over its keys); a flow (its bytes are written as text
//! if they are text, and received bytes are not repeated); and a call (its cause is one of two
//! keys, or neither).
//!
//! Promises: writing and reading gives an equal trace. Bytes are not copied for writing. Does not
//! check that the parts fit together; [`super::check`] does.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::flaw::Flaw;
use crate::language::Text;
use crate::scenario::{Expectation, Fault, Side, StepId, Transport};
use crate::trace::{
    self, By, CutOption, Ends, Environment, Evidence, Op, PartTrace, Sample, ScriptOp, Segment,
    Source, Stop, Trace,
};

/// The whole document.
#[derive(Serialize, Deserialize)]
pub(super) struct Document<C> {
    pub(super) version: u64,
    pub(super) cases: Vec<C>,
}

/// Only the version, which is read first.
#[derive(Deserialize)]
pub(super) struct Head {
    pub(super) version: u64,
}

/// A trace and its analysis.
#[derive(Serialize, Deserialize)]
pub(super) struct Case<'a, A> {
    name: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<Cow<'a, Text>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lesson: Option<Cow<'a, Text>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    section: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commands: Option<Cow<'a, [Vec<String>]>>,
    environment: Cow<'a, Environment>,
    parts: Vec<Part<'a>>,
    #[serde(default)]
    analysis: A,
}

#[derive(Serialize, Deserialize)]
struct Part<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<Cow<'a, Text>>,
    transport: Transport,
    #[serde(skip_serializing_if = "Option::is_none")]
    ends: Option<Cow<'a, Ends>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expect: Option<Cow<'a, Expectation>>,
    calls: Vec<Call<'a>>,
    flows: Vec<Flow<'a>>,
    #[serde(default, skip_serializing_if = "<[CutOption]>::is_empty")]
    cut: Cow<'a, [CutOption]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop: Option<Cow<'a, Stop>>,
}

#[derive(Serialize, Deserialize)]
struct Flow<'a> {
    connection: u16,
    from: Side,
    sent: Bytes<'a>,
    received: Received<'a>,
    #[serde(default, skip_serializing_if = "<[Sample]>::is_empty")]
    samples: Cow<'a, [Sample]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    segments: Option<Cow<'a, [Segment]>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dropped: Option<u32>,
}

#[derive(Serialize, Deserialize)]
struct Call<'a> {
    side: Side,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<StepId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task: Option<u16>,
    start: u64,
    end: u64,
    op: Cow<'a, Op>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<Fault>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expects: Option<Fault>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    ordinary: bool,
}

/// Bytes, written as text if they are UTF-8.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Bytes<'a> {
    Text(Cow<'a, str>),
    Hex(#[serde(with = "hex")] Cow<'a, [u8]>),
}

/// Received bytes. They are usually the beginning of those sent, which is not written again.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Received<'a> {
    FirstOfSent(u64),
    Text(Cow<'a, str>),
    Hex(#[serde(with = "hex")] Cow<'a, [u8]>),
}

mod hex {
    //! [`crate::diagnostic::hex`] for borrowed bytes.
    use std::borrow::Cow;

    use serde::Deserializer;

    pub(super) use crate::diagnostic::hex::serialize;

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Cow<'static, [u8]>, D::Error> {
        crate::diagnostic::hex::deserialize(deserializer).map(Cow::Owned)
    }
}

impl<'a> From<&'a [u8]> for Bytes<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        std::str::from_utf8(bytes).map_or(Self::Hex(bytes.into()), |text| Self::Text(text.into()))
    }
}

impl From<Bytes<'_>> for Vec<u8> {
    fn from(bytes: Bytes<'_>) -> Self {
        match bytes {
            Bytes::Text(text) => text.into_owned().into_bytes(),
            Bytes::Hex(bytes) => bytes.into_owned(),
        }
    }
}

/// The version in which a trace is written: the first that can express all of it.
pub(super) fn version(trace: &Trace) -> u64 {
    let is_worded = |part: &PartTrace| part.expect.is_some() && part.ends.is_none();
    let is_counted = |flow: &trace::Flow| matches!(flow.evidence, Evidence::Counters(_));
    let is_replayed = |call: &trace::Call| {
        !matches!(call.by, By::Observed { .. })
            && !matches!(call.op, Op::Script(ScriptOp::Print(_)))
    };
    let is_first = |part: &PartTrace| {
        is_worded(part)
            && !part.is_stalled()
            && part.flows.iter().all(is_counted)
            && part.calls.iter().all(is_replayed)
    };
    let has_words = matches!(
        trace.source,
        Source::Case {
            title: Some(_),
            lesson: Some(_),
            section: Some(_)
        }
    );
    if has_words && trace.parts.iter().all(is_first) {
        1
    } else {
        2
    }
}

/// A trace in its file shape, without copying its bytes.
pub(super) fn to_wire<A>(trace: &Trace, analysis: A) -> Case<'_, A> {
    let (title, lesson, section, commands) = match &trace.source {
        Source::Case {
            title,
            lesson,
            section,
        } => (title.as_ref(), lesson.as_ref(), section.as_deref(), None),
        Source::Recording { commands } => (None, None, None, Some(commands.as_slice())),
    };
    Case {
        name: Cow::Borrowed(&trace.name),
        title: title.map(Cow::Borrowed),
        lesson: lesson.map(Cow::Borrowed),
        section: section.map(Cow::Borrowed),
        commands: commands.map(Cow::Borrowed),
        environment: Cow::Borrowed(&trace.environment),
        parts: trace.parts.iter().map(part_to_wire).collect(),
        analysis,
    }
}

fn part_to_wire(part: &PartTrace) -> Part<'_> {
    Part {
        label: part.label.as_ref().map(Cow::Borrowed),
        transport: part.transport,
        ends: part.ends.as_ref().map(Cow::Borrowed),
        expect: part.expect.as_ref().map(Cow::Borrowed),
        calls: part.calls.iter().map(call_to_wire).collect(),
        flows: part.flows.iter().map(flow_to_wire).collect(),
        cut: Cow::Borrowed(&part.cut),
        stop: part.stop.as_ref().map(Cow::Borrowed),
    }
}

fn flow_to_wire(flow: &trace::Flow) -> Flow<'_> {
    let segments = match &flow.evidence {
        Evidence::Counters(_) => None,
        Evidence::Segments(segments) => Some(segments.as_slice()),
    };
    Flow {
        connection: flow.connection,
        from: flow.from,
        sent: flow.sent.as_slice().into(),
        received: if flow.sent.starts_with(&flow.received) {
            Received::FirstOfSent(flow.received.len() as u64)
        } else {
            match flow.received.as_slice().into() {
                Bytes::Text(text) => Received::Text(text),
                Bytes::Hex(bytes) => Received::Hex(bytes),
            }
        },
        samples: Cow::Borrowed(flow.evidence.samples()),
        segments: segments.map(Cow::Borrowed),
        dropped: flow.dropped,
    }
}

fn call_to_wire(call: &trace::Call) -> Call<'_> {
    let (step, task) = match call.by {
        By::Step(step) => (Some(step), None),
        By::Implied => (None, None),
        By::Observed { task } => (None, Some(task)),
    };
    Call {
        side: call.side,
        step,
        task,
        start: call.start,
        end: call.end,
        op: Cow::Borrowed(&call.op),
        fault: call.fault,
        expects: call.expects,
        ordinary: call.ordinary,
    }
}

/// Converts from the file shape, or returns the place of what does not fit and the flaw.
pub(super) fn from_wire<A>(case: Case<'_, A>) -> Result<Trace, (String, Flaw)> {
    let source = match case.commands {
        Some(commands) => Source::Recording {
            commands: commands.into_owned(),
        },
        None => Source::Case {
            title: case.title.map(Cow::into_owned),
            lesson: case.lesson.map(Cow::into_owned),
            section: case.section.map(Cow::into_owned),
        },
    };
    let parts = case.parts.into_iter().enumerate().map(|(index, part)| {
        let flow = |(flow, wire)| {
            flow_from_wire(wire)
                .map_err(|(key, flaw)| (format!("parts[{index}].flows[{flow}].{key}"), flaw))
        };
        let call = |(call, wire)| {
            call_from_wire(wire)
                .map_err(|flaw| (format!("parts[{index}].calls[{call}].task"), flaw))
        };
        Ok(PartTrace {
            label: part.label.map(Cow::into_owned),
            transport: part.transport,
            ends: part.ends.map(Cow::into_owned),
            expect: part.expect.map(Cow::into_owned),
            calls: (part.calls.into_iter().enumerate())
                .map(call)
                .collect::<Result<_, _>>()?,
            flows: (part.flows.into_iter().enumerate())
                .map(flow)
                .collect::<Result<_, _>>()?,
            cut: part.cut.into_owned(),
            stop: part.stop.map(Cow::into_owned),
        })
    });
    Ok(Trace {
        parts: parts.collect::<Result<_, _>>()?,
        name: case.name.into_owned(),
        source,
        environment: case.environment.into_owned(),
    })
}

fn flow_from_wire(flow: Flow<'_>) -> Result<trace::Flow, (&'static str, Flaw)> {
    let sent = Vec::from(flow.sent);
    let received = match flow.received {
        Received::FirstOfSent(count) => {
            let too_many = Flaw::FirstOfSent {
                count,
                sent: sent.len() as u64,
            };
            let first = usize::try_from(count)
                .ok()
                .and_then(|count| sent.get(..count));
            first.ok_or(("received", too_many))?.to_vec()
        }
        Received::Text(text) => text.into_owned().into_bytes(),
        Received::Hex(bytes) => bytes.into_owned(),
    };
    let evidence = match flow.segments {
        None => Evidence::Counters(flow.samples.into_owned()),
        Some(_) if !flow.samples.is_empty() => return Err(("segments", Flaw::TwoEvidences)),
        Some(segments) => Evidence::Segments(segments.into_owned()),
    };
    Ok(trace::Flow {
        connection: flow.connection,
        from: flow.from,
        sent,
        received,
        evidence,
        dropped: flow.dropped,
    })
}

fn call_from_wire(call: Call<'_>) -> Result<trace::Call, Flaw> {
    let by = match (call.step, call.task) {
        (Some(step), None) => By::Step(step),
        (None, None) => By::Implied,
        (None, Some(task)) => By::Observed { task },
        (Some(_), Some(_)) => return Err(Flaw::StepAndTask),
    };
    Ok(trace::Call {
        side: call.side,
        by,
        start: call.start,
        end: call.end,
        op: call.op.into_owned(),
        fault: call.fault,
        expects: call.expects,
        ordinary: call.ordinary,
    })
}
