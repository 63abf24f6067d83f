//! What is known of a conversation of which only one side was recorded.
//!
//! Of what this side sent, it is known how it was sent and which segments carried it, but not what
//! the other side's recvs returned. Of what it received, it is known what its own recvs returned,
//! but not which sends it came from: in a stream there may have been one or many. A datagram is one
//! send (udp(7)), so each that was received is a message.

use super::fate::short;
use super::sent::Record;
use super::{Boundary, BoundaryFate, Datagram, FlowAnalysis, Message, MessageFate, Range, wire};
use crate::scenario::{Side, Transport};
use crate::trace::Flow;

/// What is known of one flow between a recorded side and the side `unseen`.
pub(super) fn analyse(
    flow: &Flow,
    record: Record,
    transport: Transport,
    unseen: Side,
) -> FlowAnalysis {
    match (flow.from == unseen, transport.keeps_boundaries()) {
        (true, true) => datagrams_received(record),
        (true, false) => FlowAnalysis {
            recvs: record.recvs,
            faithful: true,
            ..FlowAnalysis::default()
        },
        (false, _) => sent(flow, record),
    }
}

/// What was sent to a side whose recvs were not seen.
fn sent(flow: &Flow, record: Record) -> FlowAnalysis {
    let mut messages = record.messages;
    for message in &mut messages {
        message.fate = MessageFate::NotSeen;
    }
    let datagrams = record.sends.iter().map(|send| Datagram {
        range: send.range,
        message: send.message,
        recv: None,
        certain: true,
    });
    FlowAnalysis {
        boundaries: boundaries(&messages, BoundaryFate::NotSeen),
        messages,
        recvs: Vec::new(),
        datagrams: datagrams.collect(),
        wire: wire::of(flow),
        faithful: true,
        delivery: None,
    }
}

/// Datagrams from a side whose sends were not seen.
fn datagrams_received(record: Record) -> FlowAnalysis {
    let messages: Vec<Message> = (record.recvs.iter())
        .map(|recv| Message {
            range: recv.range,
            header: 0,
            fate: match recv.cut {
                0 => MessageFate::Whole,
                1.. => MessageFate::Truncated(short(recv.range.len())),
            },
        })
        .collect();
    let datagrams = messages
        .iter()
        .enumerate()
        .map(|(index, message)| Datagram {
            range: message.range,
            message: index,
            recv: Some(index),
            certain: true,
        });
    FlowAnalysis {
        boundaries: boundaries(&messages, BoundaryFate::Kept),
        datagrams: datagrams.collect(),
        messages,
        recvs: record.recvs,
        wire: None,
        faithful: true,
        delivery: None,
    }
}

/// The boundaries between these messages, all with one fate.
fn boundaries(messages: &[Message], fate: BoundaryFate) -> Vec<Boundary> {
    let inner = messages.len().saturating_sub(1);
    let ends = messages[..inner].iter().map(|message| message.range);
    ends.map(|Range { end: at, .. }| Boundary { at, fate })
        .collect()
}
