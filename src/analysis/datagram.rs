//! What became of datagrams (and records): which of those sent each recv returned.
//!
//! A datagram carries no number, so it is recognised by its bytes. The one received is the first
//! one, sent after the last one received, that has the same bytes, or begins with them if it was
//! cut. If other datagrams have the same bytes and did not all meet the same fate, it is not
//! certain which one it was, and it is marked so. On a socket that keeps the order and loses
//! nothing there is never a doubt.
//!
//! Promises: n log n in the number of datagrams. Cut datagrams are the exception: each is searched
//! for among those of its size, one by one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::sent::Record;
use super::{
    Boundary, BoundaryFate, Datagram, FlowAnalysis, Message, MessageFate, Range, RecvSpan,
};
use crate::scenario::Transport;
use crate::trace::Flow;

/// What became of everything in one flow of datagrams.
pub(super) fn analyse(flow: &Flow, record: &Record, transport: Transport) -> FlowAnalysis {
    let ranges = record.sends.iter().map(|send| send.range);
    let sent: Vec<&[u8]> = ranges.map(|range| slice(&flow.sent, range)).collect();
    let mut waiting = Waiting::of(&sent);
    let mut outcomes = vec![Outcome::Lost; sent.len()];
    let mut returned: Vec<Option<usize>> = vec![None; sent.len()];
    let mut next = 0;
    let mut faithful = true;
    let mut recvs = record.recvs.clone();
    for (index, (recv, &filled)) in recvs.iter_mut().zip(&record.filled).enumerate() {
        let cut = Cut {
            bytes: slice(&flow.received, recv.range),
            size: (recv.cut > 0).then_some(recv.range.len() + recv.cut),
        };
        let mut found = None;
        if cut.size.is_none() {
            found = waiting.take_whole(cut.bytes, next);
        }
        let mut outcome = Outcome::Whole;
        // If the kernel does not report that it cut a datagram, a full buffer suggests it.
        if found.is_none() && (cut.size.is_some() || filled) {
            found = waiting.take_cut(cut, next);
            outcome = Outcome::Cut(cut);
        }
        let start = if let Some(place) = found {
            (returned[place], outcomes[place]) = (Some(index), outcome);
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
    let certain = match transport {
        Transport::UnixSeqpacket => vec![true; sent.len()],
        Transport::Udp | Transport::Tcp | Transport::UnixStream | Transport::Pipe => {
            certain(&sent, &outcomes)
        }
    };
    let datagrams: Vec<Datagram> = record
        .sends
        .iter()
        .zip(returned.into_iter().zip(certain))
        .map(|(send, (recv, certain))| Datagram {
            range: send.range,
            message: send.message,
            recv,
            certain,
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

/// What is known of a datagram that was cut: how it begins, and its full length if the kernel
/// reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Cut<'a> {
    bytes: &'a [u8],
    size: Option<u64>,
}

impl Cut<'_> {
    /// Whether it can be this sent datagram.
    fn fits(self, sent: &[u8]) -> bool {
        self.size.is_none_or(|size| sent.len() as u64 == size)
            && sent.len() > self.bytes.len()
            && sent.starts_with(self.bytes)
    }
}

/// What became of a datagram that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome<'a> {
    Lost,
    Whole,
    Cut(Cut<'a>),
}

/// The datagrams sent that no recv has returned yet.
struct Waiting<'a> {
    sent: &'a [&'a [u8]],
    /// Their indices in order, by their bytes.
    alike: HashMap<&'a [u8], BTreeSet<usize>>,
    /// Their indices in order, by their size.
    sizes: BTreeMap<usize, BTreeSet<usize>>,
}

impl<'a> Waiting<'a> {
    fn of(sent: &'a [&'a [u8]]) -> Self {
        let mut alike: HashMap<&[u8], BTreeSet<usize>> = HashMap::new();
        let mut sizes: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (index, bytes) in sent.iter().enumerate() {
            alike.entry(bytes).or_default().insert(index);
            sizes.entry(bytes.len()).or_default().insert(index);
        }
        Self { sent, alike, sizes }
    }

    /// Takes the first one at or after `next` with these bytes, or else the first of all.
    fn take_whole(&mut self, bytes: &[u8], next: usize) -> Option<usize> {
        let alike = self.alike.get(bytes)?;
        let found = alike.range(next..).next().or_else(|| alike.first());
        self.take(*found?)
    }

    /// Takes the first one at or after `next` that fits the cut, or else the first of all.
    fn take_cut(&mut self, cut: Cut<'_>, next: usize) -> Option<usize> {
        let first = |of: &BTreeSet<usize>, from| {
            let mut indices = of.range(from..);
            indices.find(|&&index| cut.fits(self.sent[index])).copied()
        };
        let longer = self.sizes.range(cut.bytes.len() + 1..);
        let of_its_size: Vec<&BTreeSet<usize>> = longer
            .filter(|(length, _)| cut.size.is_none_or(|size| **length as u64 == size))
            .map(|(_, indices)| indices)
            .collect();
        let find = |from| of_its_size.iter().filter_map(|of| first(of, from)).min();
        let found = find(next).or_else(|| find(0))?;
        self.take(found)
    }

    fn take(&mut self, index: usize) -> Option<usize> {
        let bytes = self.sent[index];
        self.alike.get_mut(bytes)?.remove(&index);
        self.sizes.get_mut(&bytes.len())?.remove(&index);
        Some(index)
    }
}

/// For each datagram, whether its fate is certain: all datagrams with the same bytes met the same
/// fate, and so did all that one cut datagram could have been.
fn certain(sent: &[&[u8]], outcomes: &[Outcome<'_>]) -> Vec<bool> {
    let mut of_alike: HashMap<&[u8], Option<Outcome<'_>>> = HashMap::new();
    let mut cuts: HashMap<Cut<'_>, usize> = HashMap::new();
    for (bytes, &outcome) in sent.iter().zip(outcomes) {
        let known = of_alike.entry(bytes).or_insert(Some(outcome));
        *known = known.filter(|known| *known == outcome);
        if let Outcome::Cut(cut) = outcome {
            *cuts.entry(cut).or_default() += 1;
        }
    }
    let mut certain: Vec<bool> = sent.iter().map(|bytes| of_alike[bytes].is_some()).collect();
    for (cut, count) in cuts {
        let fitting: Vec<usize> = (0..sent.len())
            .filter(|&index| cut.fits(sent[index]))
            .filter(|&index| of_alike[sent[index]] != Some(Outcome::Whole))
            .collect();
        if fitting.len() > count {
            for index in fitting {
                certain[index] = false;
            }
        }
    }
    certain
}

/// The bytes of a range; fewer if the range ends after them.
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

/// A boundary is kept if a recv ended at it, that is, if the datagram before it was delivered. That
/// includes one that was cut: what is gone lies inside the datagram.
fn boundaries(datagrams: &[Datagram]) -> Vec<Boundary> {
    datagrams
        .windows(2)
        .filter(|pair| pair[0].message != pair[1].message)
        .map(|pair| {
            let fate = if pair.iter().any(|datagram| !datagram.certain) {
                BoundaryFate::Uncertain
            } else if pair.iter().all(|datagram| datagram.recv.is_some()) {
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
