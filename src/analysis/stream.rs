//! What became of messages and boundaries in a byte stream: messages and recvs are walked side by
//! side, each pass linear.

use super::fate::short;
use super::sent::Record;
use super::wire::{self, Resent};
use super::{Boundary, BoundaryFate, FlowAnalysis, Message, MessageFate, RecvSpan, Wire, WireRun};
use crate::scenario::Place;
use crate::trace::Flow;

/// What became of everything in one stream.
pub(super) fn analyse(flow: &Flow, record: Record) -> FlowAnalysis {
    let wire = wire::of(flow);
    let evidence = wire.as_ref().map(|wire| (wire, Resent::of(flow)));
    let delivery = record.delivery(flow);
    let Record {
        mut messages,
        recvs,
        decoded,
        ..
    } = record;
    find_fates(&mut messages, &recvs, &decoded);
    FlowAnalysis {
        boundaries: boundaries(&messages, &recvs, evidence.as_ref()),
        messages,
        recvs,
        datagrams: Vec::new(),
        wire,
        faithful: flow.sent.starts_with(&flow.received),
        delivery,
    }
}

/// How far the stream was received.
fn received(recvs: &[RecvSpan]) -> u64 {
    recvs.last().map_or(0, |recv| recv.range.end)
}

fn boundaries(
    messages: &[Message],
    recvs: &[RecvSpan],
    evidence: Option<&(&Wire, Resent)>,
) -> Vec<Boundary> {
    let end = received(recvs);
    let mut recv = 0;
    let mut run = 0;
    let inner = messages.len().saturating_sub(1);
    messages[..inner]
        .iter()
        .map(|message| {
            let at = message.range.end;
            while recvs.get(recv).is_some_and(|span| span.range.end <= at) {
                recv += 1;
            }
            let fate = if recvs.get(recv).is_some_and(|span| span.range.spans(at)) {
                let place = evidence.and_then(|(wire, resent)| place(wire, resent, at, &mut run));
                BoundaryFate::Coalesced {
                    recv: short(recv),
                    place,
                }
            } else if end >= at {
                BoundaryFate::Kept
            } else {
                BoundaryFate::NotReached
            };
            Boundary { at, fate }
        })
        .collect()
}

/// Where the boundary at `at` was lost: by the sender if one segment spans it, in the receive queue
/// if none did, even when retransmitted; `None` if that is not known. The runs before index `run`
/// end at or before the boundary.
fn place(wire: &Wire, resent: &Resent, at: u64, run: &mut usize) -> Option<Place> {
    while wire.runs.get(*run).is_some_and(|run| run.range.end <= at) {
        *run += 1;
    }
    let next = wire.runs.get(*run)?;
    if next.range.spans(at) {
        return (next.segments == 1).then_some(Place::BySender);
    }
    // A run begins here, so one segment begins here and another ends here.
    let before = run.checked_sub(1).and_then(|run| wire.runs.get(run))?;
    let both = least(before) + least(next);
    (!resent.may_span(at, both)).then_some(Place::InReceiveQueue)
}

/// The least number of bytes that each segment of a run has.
fn least(run: &WireRun) -> u64 {
    match run.segments {
        1 => run.range.len(),
        _ => 1,
    }
}

/// Sets the fate of each message; `decoded` holds the offsets of decoded frames.
fn find_fates(messages: &mut [Message], recvs: &[RecvSpan], decoded: &[u64]) {
    let end = received(recvs);
    let mut first = 0;
    let mut decoded = decoded.iter().peekable();
    for message in messages {
        let range = message.range;
        while recvs
            .get(first)
            .is_some_and(|recv| recv.range.end <= range.start)
        {
            first += 1;
        }
        while decoded.next_if(|offset| **offset < range.start).is_some() {}
        let was_decoded = decoded.next_if(|offset| **offset == range.start).is_some();
        let touching = recvs[first..]
            .iter()
            .take_while(|recv| recv.range.start < range.end)
            // A recv that asked for 0 bytes took nothing of it.
            .filter(|recv| !recv.range.is_empty());
        let mut count = 0;
        let mut foreign = false;
        let mut header_ended = false;
        for recv in touching {
            count += 1;
            foreign |= recv.range.start < range.start || recv.range.end > range.end;
            header_ended |= recv.range.end == range.start + u64::from(message.header);
        }
        let by_parts = message.header > 0 && header_ended && (count == 2 || was_decoded);
        message.fate = if foreign {
            MessageFate::Coalesced
        } else if end < range.end {
            MessageFate::Lost(short(end.saturating_sub(range.start)))
        } else if count == 1 {
            MessageFate::Whole
        } else if by_parts {
            MessageFate::WholeByParts(count)
        } else {
            MessageFate::InPieces(count)
        };
    }
}
