//! The fates of datagrams (and records): which of those sent each recv returned.
//!
//! A datagram carries no number, so it is known by its bytes: the one received is the
//! first sent after the last one received whose bytes are the same. Where several have
//! the same bytes and not all of them were received, which ones were is not certain,
//! and is marked so.
//!
//! Promises: n log n in the datagrams, but for those that were cut, which are looked for
//! one by one.

use std::collections::{BTreeSet, HashMap};

use super::sent::Record;
use super::{
    Boundary, BoundaryFate, Datagram, FlowAnalysis, Message, MessageFate, Range, RecvSpan,
};
use crate::trace::Flow;

/// What became of everything in one flow of datagrams.
pub(super) fn analyse(flow: &Flow, record: &Record) -> FlowAnalysis {
    let mut waiting = Waiting::of(flow, record);
    // For each datagram sent, the recv that returned it.
    let mut returned: Vec<Option<usize>> = vec![None; record.sends.len()];
    let mut next = 0;
    let mut faithful = true;
    let mut recvs = record.recvs.clone();
    for (index, (recv, &filled)) in recvs.iter_mut().zip(&record.filled).enumerate() {
        let bytes = slice(&flow.received, recv.range);
        let found = if recv.cut == 0 {
            // Where the kernel does not tell that it cut a datagram, a full buffer does.
            let whole = waiting.take_whole(bytes, next);
            whole.or_else(|| {
                filled
                    .then(|| waiting.take_cut(bytes, None, next))
                    .flatten()
            })
        } else {
            waiting.take_cut(bytes, Some(recv.range.len() + recv.cut), next)
        };
        let start = if let Some(place) = found {
            returned[place] = Some(index);
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
        .zip(returned)
        .map(|(send, recv)| Datagram {
            range: send.range,
            message: send.message,
            recv,
            certain: waiting.are_all_or_none(slice(&flow.sent, send.range)),
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

/// The datagrams sent that no recv has returned yet.
struct Waiting<'a> {
    /// By their bytes, in order.
    alike: HashMap<&'a [u8], Alike>,
    /// All of them, in order.
    all: BTreeSet<usize>,
    bytes: Vec<&'a [u8]>,
    /// How many bytes the longest one sent has.
    longest: usize,
}

/// The datagrams that have the same bytes.
#[derive(Default)]
struct Alike {
    sent: usize,
    waiting: BTreeSet<usize>,
}

impl<'a> Waiting<'a> {
    fn of(flow: &'a Flow, record: &Record) -> Self {
        let ranges = record.sends.iter().map(|send| send.range);
        let bytes: Vec<&[u8]> = ranges.map(|range| slice(&flow.sent, range)).collect();
        let mut alike: HashMap<&[u8], Alike> = HashMap::new();
        for (index, bytes) in bytes.iter().enumerate() {
            let alike = alike.entry(bytes).or_default();
            alike.sent += 1;
            alike.waiting.insert(index);
        }
        Self {
            alike,
            all: (0..bytes.len()).collect(),
            longest: bytes.iter().map(|bytes| bytes.len()).max().unwrap_or(0),
            bytes,
        }
    }

    /// Takes the first from `next` on that has these bytes, or the first of all.
    fn take_whole(&mut self, bytes: &[u8], next: usize) -> Option<usize> {
        let waiting = &self.alike.get(bytes)?.waiting;
        let found = waiting.range(next..).next().or_else(|| waiting.first());
        self.take(*found?)
    }

    /// Takes the first from `next` on that begins with these bytes and has more: `size` in
    /// all, where that is known.
    fn take_cut(&mut self, bytes: &[u8], size: Option<u64>, next: usize) -> Option<usize> {
        if bytes.len() >= self.longest {
            return None;
        }
        let found = self.all.range(next..).copied().find(|&index| {
            let sent = self.bytes[index];
            let fits = size.is_none_or(|size| sent.len() as u64 == size);
            fits && sent.len() > bytes.len() && sent.starts_with(bytes)
        })?;
        self.take(found)
    }

    fn take(&mut self, index: usize) -> Option<usize> {
        self.all.remove(&index);
        let alike = self.alike.get_mut(self.bytes[index])?;
        alike.waiting.remove(&index);
        Some(index)
    }

    /// Whether all that have these bytes were returned, or none was.
    fn are_all_or_none(&self, bytes: &[u8]) -> bool {
        self.alike
            .get(bytes)
            .is_none_or(|alike| alike.waiting.is_empty() || alike.waiting.len() == alike.sent)
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
