//! Between [`crate::trace`] and [`super::wire`], both ways.
//!
//! Promises: there and back gives an equal trace. Never loses a byte.

use std::borrow::Cow;

use super::flaw::Flaw;
use super::wire;
use crate::trace::{Call, Flow, Op, PartTrace, Queued, Trace};

/// A trace as it stands in a file, without copying its bytes.
pub(super) fn to_wire<A>(trace: &Trace, analysis: A) -> wire::Case<'_, A> {
    wire::Case {
        name: Cow::Borrowed(&trace.name),
        title: Cow::Borrowed(&trace.title),
        lesson: Cow::Borrowed(&trace.lesson),
        section: Cow::Borrowed(&trace.section),
        environment: Cow::Borrowed(&trace.environment),
        parts: trace.parts.iter().map(part_to_wire).collect(),
        analysis,
    }
}

fn part_to_wire(part: &PartTrace) -> wire::Part<'_> {
    wire::Part {
        label: part.label.as_ref().map(Cow::Borrowed),
        transport: part.transport,
        expect: Cow::Borrowed(&part.expect),
        calls: part.calls.iter().map(call_to_wire).collect(),
        flows: part.flows.iter().map(flow_to_wire).collect(),
        stop: part.stop.as_ref().map(Cow::Borrowed),
    }
}

fn flow_to_wire(flow: &Flow) -> wire::Flow<'_> {
    wire::Flow {
        connection: flow.connection,
        from: flow.from,
        sent: flow.sent.as_slice().into(),
        received: if flow.sent.starts_with(&flow.received) {
            wire::Received::FirstOfSent(flow.received.len() as u64)
        } else {
            match flow.received.as_slice().into() {
                wire::Bytes::Text(text) => wire::Received::Text(text),
                wire::Bytes::Hex(hex) => wire::Received::Hex(hex),
            }
        },
        samples: Cow::Borrowed(&flow.samples),
        dropped: flow.dropped,
    }
}

fn call_to_wire(call: &Call) -> wire::Call<'_> {
    wire::Call {
        side: call.side,
        step: call.step,
        start: call.start,
        end: call.end,
        op: op_to_wire(&call.op),
        fault: call.fault,
        expects: call.expects,
        ordinary: call.ordinary,
    }
}

fn op_to_wire(op: &Op) -> wire::Op<'_> {
    match *op {
        Op::Bind { port, again } => wire::Op::Bind { port, again },
        Op::Listen => wire::Op::Listen,
        Op::Connect { port, connection } => wire::Op::Connect { port, connection },
        Op::Accept { connection } => wire::Op::Accept { connection },
        Op::Send {
            flow,
            offset,
            asked,
            taken,
            role,
            header,
        } => wire::Op::Send {
            flow,
            offset,
            asked,
            taken,
            role,
            header,
        },
        Op::Recv {
            flow,
            offset,
            asked,
            got,
            queued,
        } => wire::Op::Recv {
            flow,
            offset,
            asked,
            got: got.into(),
            queued: queued.map(Queued::bytes),
        },
        Op::Decoded {
            flow,
            offset,
            header,
            payload,
            trailer,
            framing,
        } => wire::Op::Decoded {
            flow,
            offset,
            header,
            payload,
            trailer,
            framing,
        },
        Op::Wait(ref condition) => wire::Op::Wait(Cow::Borrowed(condition)),
        Op::Reach(ref name) => wire::Op::Reach(Cow::Borrowed(name)),
        Op::Pause => wire::Op::Pause,
        Op::Set(option) => wire::Op::Set(option),
        Op::DropArriving(on) => wire::Op::DropArriving(on),
        Op::HalfClose => wire::Op::HalfClose,
        Op::Close(part) => wire::Op::Close(part),
        Op::Refuse {
            flow,
            offset,
            ref framing,
        } => wire::Op::Refuse {
            flow,
            offset,
            framing: framing.clone(),
        },
    }
}

/// The trace that stands in a file; `flaw` where `received` is longer than `sent`.
pub(super) fn from_wire<A>(case: wire::Case<'_, A>) -> Result<Trace, (usize, usize, Flaw)> {
    let parts = case.parts.into_iter().enumerate().map(|(index, part)| {
        Ok(PartTrace {
            label: part.label.map(Cow::into_owned),
            transport: part.transport,
            expect: part.expect.into_owned(),
            calls: part.calls.into_iter().map(call_from_wire).collect(),
            flows: (part.flows.into_iter().enumerate())
                .map(|(flow, wire)| flow_from_wire(wire).map_err(|flaw| (index, flow, flaw)))
                .collect::<Result<_, _>>()?,
            stop: part.stop.map(Cow::into_owned),
        })
    });
    Ok(Trace {
        parts: parts.collect::<Result<_, _>>()?,
        name: case.name.into_owned(),
        title: case.title.into_owned(),
        lesson: case.lesson.into_owned(),
        section: case.section.into_owned(),
        environment: case.environment.into_owned(),
    })
}

fn flow_from_wire(flow: wire::Flow<'_>) -> Result<Flow, Flaw> {
    let sent = Vec::from(flow.sent);
    let received = match flow.received {
        wire::Received::FirstOfSent(count) => usize::try_from(count)
            .ok()
            .and_then(|count| sent.get(..count))
            .ok_or(Flaw::FirstOfSent {
                count,
                sent: sent.len() as u64,
            })?
            .to_vec(),
        wire::Received::Text(text) => text.into_owned().into_bytes(),
        wire::Received::Hex(wire::Hex(bytes)) => bytes.into_owned(),
    };
    Ok(Flow {
        connection: flow.connection,
        from: flow.from,
        sent,
        received,
        samples: flow.samples.into_owned(),
        dropped: flow.dropped,
    })
}

fn call_from_wire(call: wire::Call<'_>) -> Call {
    Call {
        side: call.side,
        step: call.step,
        start: call.start,
        end: call.end,
        op: op_from_wire(call.op),
        fault: call.fault,
        expects: call.expects,
        ordinary: call.ordinary,
    }
}

fn op_from_wire(op: wire::Op<'_>) -> Op {
    match op {
        wire::Op::Bind { port, again } => Op::Bind { port, again },
        wire::Op::Listen => Op::Listen,
        wire::Op::Connect { port, connection } => Op::Connect { port, connection },
        wire::Op::Accept { connection } => Op::Accept { connection },
        wire::Op::Send {
            flow,
            offset,
            asked,
            taken,
            role,
            header,
        } => Op::Send {
            flow,
            offset,
            asked,
            taken,
            role,
            header,
        },
        wire::Op::Recv {
            flow,
            offset,
            asked,
            got,
            queued,
        } => Op::Recv {
            flow,
            offset,
            asked,
            got: got.into(),
            queued: queued.and_then(Queued::new),
        },
        wire::Op::Decoded {
            flow,
            offset,
            header,
            payload,
            trailer,
            framing,
        } => Op::Decoded {
            flow,
            offset,
            header,
            payload,
            trailer,
            framing,
        },
        wire::Op::Wait(condition) => Op::Wait(Box::new(condition.into_owned())),
        wire::Op::Reach(name) => Op::Reach(name.into()),
        wire::Op::Pause => Op::Pause,
        wire::Op::Set(option) => Op::Set(option),
        wire::Op::DropArriving(on) => Op::DropArriving(on),
        wire::Op::HalfClose => Op::HalfClose,
        wire::Op::Close(part) => Op::Close(part),
        wire::Op::Refuse {
            flow,
            offset,
            framing,
        } => Op::Refuse {
            flow,
            offset,
            framing,
        },
    }
}
