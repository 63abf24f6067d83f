//! The fates of datagrams (and records): which of those sent each recv returned.
//!
//! A datagram carries no number, so the one received is the first sent after the
//! last one received whose bytes are the same; where two sent are alike and one
//! was lost, which one it was cannot be told, and the first is taken.

use super::sent::Record;
use super::{
    Boundary, BoundaryFate, Datagram, FlowAnalysis, Message, MessageFate, Range, RecvSpan,
};
use crate::trace::Flow;

/// What became of everything in one flow of datagrams.
pub(super) fn analyse(flow: &Flow, record: &Record) -> FlowAnalysis {
    // For each datagram sent, the recv that returned it.
    let mut delivered: Vec<Option<usize>> = vec![None; record.sends.len()];
    let mut next = 0;
    let mut faithful = true;
    let mut recvs = record.recvs.clone();
    for (index, (recv, &filled)) in recvs.iter_mut().zip(&record.filled).enumerate() {
        let bytes = slice(&flow.received, recv.range);
        let begins_with_it = |place: &usize| {
            delivered[*place].is_none()
                && slice(&flow.sent, record.sends[*place].range).starts_with(bytes)
        };
        let size = recv.range.len() + recv.cut;
        let is_it =
            |place: &usize| record.sends[*place].range.len() == size && begins_with_it(place);
        // Where the kernel does not tell that it cut a datagram, a full buffer does.
        let is_cut = |place: &usize| {
            recv.cut == 0
                && filled
                && record.sends[*place].range.len() > size
                && begins_with_it(place)
        };
        let place = (next..record.sends.len())
            .find(is_it)
            .or_else(|| (0..next).find(is_it))
            .or_else(|| (next..record.sends.len()).find(is_cut));
        let start = if let Some(place) = place {
            delivered[place] = Some(index);
            next = place + 1;
            let sent = record.sends[place].range;
            recv.cut = sent.len() - recv.range.len();
            sent.start
        } else {
            faithful = false;
            recv.range.start
        };
        recv.range = Range {
            start,
            end: start + recv.range.len(),
        };
    }
    let datagrams: Vec<Datagram> = record
        .sends
        .iter()
        .zip(delivered)
        .map(|(send, recv)| Datagram {
            range: send.range,
            message: send.message,
            recv,
        })
        .collect();
    FlowAnalysis {
        messages: messages(record, &datagrams, &recvs),
        boundaries: boundaries(&datagrams),
        recvs,
        datagrams,
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

fn messages(record: &Record, datagrams: &[Datagram], recvs: &[RecvSpan]) -> Vec<Message> {
    let mut datagrams = datagrams.iter().peekable();
    let mut fates = Vec::with_capacity(record.messages.len());
    for (index, message) in record.messages.iter().enumerate() {
        let (mut pieces, mut missing, mut bytes, mut cut) = (0, 0, 0, 0);
        while let Some(datagram) = datagrams.next_if(|datagram| datagram.message == index) {
            if let Some(recv) = datagram.recv.and_then(|recv| recvs.get(recv)) {
                pieces += 1;
                bytes += recv.range.len();
                cut += recv.cut;
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
fn boundaries(datagrams: &[Datagram]) -> Vec<Boundary> {
    datagrams
        .windows(2)
        .filter(|pair| pair[0].message != pair[1].message)
        .map(|pair| {
            let both = pair.iter().all(|datagram| datagram.recv.is_some());
            let fate = if both {
                BoundaryFate::Kept
            } else {
                BoundaryFate::NotReached
            };
            Boundary {
                at: pair[0].range.end,
                fate,
            }
        })
        .collect()
}
