//! The fates of datagrams (and records): which of those sent each recv returned.
//!
//! A datagram carries no number, so the one received is the first sent after the
//! last one received whose bytes are the same; where two sent are alike and one
//! was lost, which one it was cannot be told, and the first is taken.

use super::sent::Record;
use super::{Boundary, BoundaryFate, FlowAnalysis, Message, MessageFate, Range, RecvSpan};
use crate::trace::Flow;

/// What became of everything in one flow of datagrams.
pub(super) fn analyse(flow: &Flow, record: &Record) -> FlowAnalysis {
    // For each datagram sent, how many of its bytes were delivered, and how many were cut off.
    let mut delivered: Vec<Option<(u64, u64)>> = vec![None; record.sends.len()];
    let mut next = 0;
    let mut faithful = true;
    let recvs = record
        .recvs
        .iter()
        .map(|recv| {
            let bytes = slice(&flow.received, recv.range);
            let is_it = |place: &usize| {
                let sent = record.sends[*place].range;
                delivered[*place].is_none()
                    && sent.len() >= recv.range.len()
                    && (recv.cut == 0 || sent.len() == recv.range.len() + recv.cut)
                    && slice(&flow.sent, sent).starts_with(bytes)
                    && (recv.cut > 0 || sent.len() == recv.range.len())
            };
            let place = (next..record.sends.len())
                .find(is_it)
                .or_else(|| (0..next).find(is_it));
            let start = if let Some(place) = place {
                delivered[place] = Some((recv.range.len(), recv.cut));
                next = place + 1;
                record.sends[place].range.start
            } else {
                faithful = false;
                recv.range.start
            };
            RecvSpan {
                call: recv.call,
                range: Range {
                    start,
                    end: start + recv.range.len(),
                },
                cut: recv.cut,
                queued: recv.queued,
            }
        })
        .collect();
    FlowAnalysis {
        messages: messages(record, &delivered),
        boundaries: boundaries(record, &delivered),
        recvs,
        wire: None,
        faithful,
        delivery: record.delivery(flow),
    }
}

/// The bytes of a range, as far as they are there.
fn slice(bytes: &[u8], range: Range) -> &[u8] {
    let place = |offset: u64| {
        usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(bytes.len())
    };
    &bytes[place(range.start)..place(range.end)]
}

fn messages(record: &Record, delivered: &[Option<(u64, u64)>]) -> Vec<Message> {
    let mut sends = record.sends.iter().zip(delivered).peekable();
    let mut fates = Vec::with_capacity(record.messages.len());
    for (index, message) in record.messages.iter().enumerate() {
        let (mut pieces, mut missing, mut bytes, mut cut) = (0, 0, 0, 0);
        while let Some((_, delivered)) = sends.next_if(|(send, _)| send.message == index) {
            if let Some((there, lost)) = delivered {
                pieces += 1;
                bytes += there;
                cut += lost;
            } else {
                missing += 1;
            }
        }
        let fate = match (missing, cut, pieces) {
            (0, 0, 1) => MessageFate::Whole,
            (0, 0, pieces) => MessageFate::InPieces(pieces),
            (0, _, _) => MessageFate::Truncated(bytes),
            (_, _, _) => MessageFate::Lost(bytes),
        };
        fates.push(Message { fate, ..*message });
    }
    fates
}

/// A boundary is kept where a recv ended at it: where the datagram before it was
/// delivered. (A cut one was, too: what is gone, is gone within it.)
fn boundaries(record: &Record, delivered: &[Option<(u64, u64)>]) -> Vec<Boundary> {
    record
        .sends
        .windows(2)
        .zip(delivered.windows(2))
        .filter(|(sends, _)| sends[0].message != sends[1].message)
        .map(|(sends, delivered)| {
            let both = delivered.iter().all(Option::is_some);
            let fate = if both {
                BoundaryFate::Kept
            } else {
                BoundaryFate::NotReached
            };
            Boundary {
                at: sends[0].range.end,
                fate,
            }
        })
        .collect()
}
