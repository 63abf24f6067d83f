//! What became of datagrams (and records): which of those sent each recv returned.
//!
//! A datagram carries no number, so it is recognised by its bytes. The one received is the first
//! one, sent after the last one received, that has the same bytes, or begins with them if it was
//! cut. If other datagrams have the same bytes and did not all meet the same fate, it is not
//! certain which one it was, and it is marked so. On a socket that keeps the order and loses
//! nothing there is never a doubt.
//!
//! Promises: n log n in the number of datagrams, whole or cut, in any order of arrival. Cut
//! datagrams are searched for in a list sorted by their bytes, in which those with a common
//! beginning are neighbours.

use std::collections::{BTreeSet, HashMap};

use super::fate::short;
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
            size: (recv.cut > 0).then_some(recv.range.len() + u64::from(recv.cut)),
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
            // What comes late does not move the place back.
            next = next.max(place + 1);
            let sent = record.sends[place].range;
            recv.cut = short(sent.len() - recv.range.len());
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
            certain(&waiting, &outcomes)
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

/// What became of a datagram sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome<'a> {
    Lost,
    Whole,
    Cut(Cut<'a>),
}

/// Places in a row.
type Places = std::ops::Range<usize>;

/// The datagrams sent that no recv has returned yet.
struct Waiting<'a> {
    sent: &'a [&'a [u8]],
    taken: Vec<bool>,
    /// By their bytes, in order.
    alike: HashMap<&'a [u8], BTreeSet<usize>>,
    /// For a cut datagram of a known size, and for one of any size; made where one is looked for.
    sorted: [Option<Sorted<'a>>; 2],
}

impl<'a> Waiting<'a> {
    fn of(sent: &'a [&'a [u8]]) -> Self {
        let mut alike: HashMap<&[u8], BTreeSet<usize>> = HashMap::new();
        for (index, bytes) in sent.iter().enumerate() {
            alike.entry(bytes).or_default().insert(index);
        }
        Self {
            sent,
            taken: vec![false; sent.len()],
            alike,
            sorted: [None, None],
        }
    }

    /// Takes the first one at or after `next` with these bytes, or else the first of all.
    fn take_whole(&mut self, bytes: &[u8], next: usize) -> Option<usize> {
        let alike = self.alike.get(bytes)?;
        let found = alike.range(next..).next().or_else(|| alike.first());
        self.take(*found?)
    }

    /// Takes the first from `next` on that can have been cut so, or the first of all.
    /// `next` is no less than it was before.
    fn take_cut(&mut self, cut: Cut<'_>, next: usize) -> Option<usize> {
        let sorted = self.sorted[usize::from(cut.size.is_none())]
            .get_or_insert_with(|| Sorted::new(self.sent, &self.taken, cut.size.is_some()));
        let found = sorted.first(cut, next)?;
        self.take(found)
    }

    fn take(&mut self, index: usize) -> Option<usize> {
        self.taken[index] = true;
        self.alike.get_mut(self.sent[index])?.remove(&index);
        for sorted in self.sorted.iter_mut().flatten() {
            sorted.take(index);
        }
        Some(index)
    }
}

/// The datagrams sent, in the order of their bytes, so that all which can have been cut in
/// one way stand side by side.
struct Sorted<'a> {
    /// Of each datagram in this order, where it stands among those sent.
    order: Vec<usize>,
    /// Its bytes.
    bytes: Vec<&'a [u8]>,
    /// Of each datagram sent, where it stands in this order.
    rank: Vec<usize>,
    /// Whether the short come before the long.
    by_size: bool,
    /// Those that no recv has returned.
    waiting: Least,
    /// Those of them from `next` on.
    ahead: Least,
    next: usize,
}

impl<'a> Sorted<'a> {
    fn new(sent: &[&'a [u8]], taken: &[bool], by_size: bool) -> Self {
        let mut order: Vec<usize> = (0..sent.len()).collect();
        let size = |index: usize| if by_size { sent[index].len() } else { 0 };
        order.sort_by(|&one, &other| {
            count_a_step();
            (size(one), sent[one], one).cmp(&(size(other), sent[other], other))
        });
        let mut rank = vec![0; sent.len()];
        for (at, &index) in order.iter().enumerate() {
            rank[index] = at;
        }
        let waiting = order.iter().map(|&index| (!taken[index]).then_some(index));
        let waiting = Least::of(waiting);
        Self {
            bytes: order.iter().map(|&index| sent[index]).collect(),
            order,
            rank,
            by_size,
            ahead: waiting.clone(),
            waiting,
            next: 0,
        }
    }

    /// Where those stand that can have been cut so.
    fn fitting(&self, cut: Cut<'_>) -> Places {
        let all = 0..self.bytes.len();
        let of_its_size = match cut.size.map(usize::try_from) {
            Some(Ok(size)) if self.by_size => {
                let first = self.first_without(all.clone(), |it| it.len() < size);
                first..self.first_without(first..all.end, |it| it.len() == size)
            }
            Some(_) => return 0..0,
            None => all,
        };
        // One of just these bytes was not cut.
        let first = self.first_without(of_its_size.clone(), |it| it <= cut.bytes);
        let behind = first..of_its_size.end;
        first..self.first_without(behind, |it| it.starts_with(cut.bytes))
    }

    /// The first of `these` that is not so; all that are so stand before all that are not.
    fn first_without(&self, these: Places, is_so: impl Fn(&[u8]) -> bool) -> usize {
        let before = self.bytes[these.clone()].partition_point(|it| {
            count_a_step();
            is_so(it)
        });
        these.start + before
    }

    /// The first from `next` on that can have been cut so, or the first of all.
    fn first(&mut self, cut: Cut<'_>, next: usize) -> Option<usize> {
        for passed in self.next..next.min(self.rank.len()) {
            self.ahead.remove(self.rank[passed]);
        }
        self.next = self.next.max(next);
        let fitting = self.fitting(cut);
        let ahead = self.ahead.least(fitting.clone());
        ahead.or_else(|| self.waiting.least(fitting))
    }

    fn take(&mut self, index: usize) {
        self.waiting.remove(self.rank[index]);
        self.ahead.remove(self.rank[index]);
    }
}

/// Numbers in a row, some of them gone, and the least of any stretch: a tree in which each
/// node holds the lesser of its two. Removing and asking take log n steps.
#[derive(Clone)]
struct Least {
    /// The root at 1, the two below a node at its double and the next, the numbers last.
    nodes: Vec<usize>,
}

impl Least {
    /// What stands for a number that is gone.
    const GONE: usize = usize::MAX;

    fn of(numbers: impl ExactSizeIterator<Item = Option<usize>>) -> Self {
        let count = numbers.len();
        let mut nodes = vec![Self::GONE; count];
        nodes.extend(numbers.map(|number| number.unwrap_or(Self::GONE)));
        for node in (1..count).rev() {
            nodes[node] = nodes[2 * node].min(nodes[2 * node + 1]);
        }
        Self { nodes }
    }

    fn remove(&mut self, at: usize) {
        let mut node = self.nodes.len() / 2 + at;
        self.nodes[node] = Self::GONE;
        while node > 1 {
            count_a_step();
            node /= 2;
            self.nodes[node] = self.nodes[2 * node].min(self.nodes[2 * node + 1]);
        }
    }

    fn least(&self, stretch: Places) -> Option<usize> {
        let count = self.nodes.len() / 2;
        let (mut start, mut end) = (stretch.start + count, stretch.end + count);
        let mut least = Self::GONE;
        while start < end {
            count_a_step();
            if start % 2 == 1 {
                least = least.min(self.nodes[start]);
                start += 1;
            }
            if end % 2 == 1 {
                end -= 1;
                least = least.min(self.nodes[end]);
            }
            (start, end) = (start / 2, end / 2);
        }
        (least != Self::GONE).then_some(least)
    }
}

/// Counts a step of a look for a cut datagram, where a test counts them.
fn count_a_step() {
    #[cfg(test)]
    tests::STEPS.set(tests::STEPS.get() + 1);
}

/// Of each datagram, whether it is certain what became of it: the same became of all that
/// have its bytes, and of all that can have been cut as one was.
fn certain(waiting: &Waiting<'_>, outcomes: &[Outcome<'_>]) -> Vec<bool> {
    let mut of_alike: HashMap<&[u8], Option<Outcome<'_>>> = HashMap::new();
    let mut cuts: HashMap<Cut<'_>, usize> = HashMap::new();
    for (bytes, &outcome) in waiting.sent.iter().zip(outcomes) {
        let known = of_alike.entry(bytes).or_insert(Some(outcome));
        *known = known.filter(|known| *known == outcome);
        if let Outcome::Cut(cut) = outcome {
            *cuts.entry(cut).or_default() += 1;
        }
    }
    let of_alike = |bytes: &[u8]| of_alike[bytes];
    let mut certain: Vec<bool> = (waiting.sent.iter())
        .map(|bytes| of_alike(bytes).is_some())
        .collect();
    for sorted in waiting.sorted.iter().flatten() {
        // Those that were all returned whole were not cut.
        let may_be_cut: Vec<bool> = (sorted.bytes.iter())
            .map(|bytes| of_alike(bytes) != Some(Outcome::Whole))
            .collect();
        let mut before = vec![0; may_be_cut.len() + 1];
        for (at, &may_be) in may_be_cut.iter().enumerate() {
            before[at + 1] = before[at] + usize::from(may_be);
        }
        // How many stretches of doubt begin at each place, less those that end there.
        let mut doubts = vec![0_i64; may_be_cut.len() + 1];
        let its_own = |cut: &Cut<'_>| cut.size.is_some() == sorted.by_size;
        for (&cut, &count) in cuts.iter().filter(|(cut, _)| its_own(cut)) {
            let fitting = sorted.fitting(cut);
            if before[fitting.end] - before[fitting.start] > count {
                doubts[fitting.start] += 1;
                doubts[fitting.end] -= 1;
            }
        }
        let mut doubt = 0;
        for (at, &index) in sorted.order.iter().enumerate() {
            doubt += doubts[at];
            certain[index] &= doubt == 0 || !may_be_cut[at];
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
            (0, _, _) => MessageFate::Truncated(short(bytes)),
            (_, _, _) => MessageFate::Lost(short(bytes)),
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

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        /// How many steps were made on this thread.
        pub(super) static STEPS: Cell<u64> = const { Cell::new(0) };
    }

    /// What each cut is taken for, of datagrams that were sent; and how many steps that took.
    fn taken_for(sent: &[&[u8]], cuts: &[Cut<'_>]) -> (Vec<Option<usize>>, Vec<bool>, u64) {
        STEPS.set(0);
        let mut waiting = Waiting::of(sent);
        let mut outcomes = vec![Outcome::Lost; sent.len()];
        let mut next = 0;
        let found = cuts.iter().map(|&cut| {
            let found = waiting.take_cut(cut, next);
            if let Some(place) = found {
                outcomes[place] = Outcome::Cut(cut);
                next = next.max(place + 1);
            }
            found
        });
        let found = found.collect();
        (found, certain(&waiting, &outcomes), STEPS.get())
    }

    fn cut(bytes: &[u8], size: Option<u64>) -> Cut<'_> {
        Cut { bytes, size }
    }

    #[test]
    fn a_cut_datagram_is_the_next_that_begins_so_or_the_first() {
        let sent: [&[u8]; 6] = [b"ab1", b"ac2", b"ab3", b"ab", b"abcd", b"x"];
        let (found, certain, _) = taken_for(
            &sent,
            &[
                cut(b"ac", Some(3)),
                cut(b"ab", Some(3)),
                // Behind the last there is none of this size: the first one is left.
                cut(b"ab", Some(3)),
                cut(b"ab", Some(3)),
                cut(b"ab", Some(4)),
                cut(b"x", None),
                cut(b"", Some(u64::MAX)),
            ],
        );
        let places = [Some(1), Some(2), Some(0), None, Some(4), None, None];
        assert_eq!(found, places);
        assert_eq!(certain, [true; 6]);
        // Of any size: one of just these bytes was not cut.
        let (found, certain, _) = taken_for(&sent, &[cut(b"ab", None), cut(b"ab", None)]);
        assert_eq!(found, [Some(0), Some(2)]);
        // The third that can have been cut so was lost, or one of these two was.
        assert_eq!(certain, [false, true, false, true, false, true]);
    }

    /// Each is looked for in a few steps, however many there are and however they arrive.
    #[test]
    fn cut_datagrams_take_n_log_n_steps() {
        const COUNT: usize = 60_000;
        let different: Vec<String> = (0..COUNT).map(|at| format!("{at:08}.")).collect();
        let different: Vec<&[u8]> = different.iter().map(String::as_bytes).collect();
        let alike: Vec<&[u8]> = vec![b"all alike"; COUNT];
        for sent in [&different, &alike] {
            let there: Vec<&[u8]> = sent.iter().map(|bytes| &bytes[..8]).collect();
            let backwards = there.iter().rev().copied().collect();
            for arrived in [there, backwards, vec![b"nowhere!"; COUNT]] {
                for size in [Some(9), None] {
                    let cuts: Vec<Cut<'_>> = arrived.iter().map(|it| cut(it, size)).collect();
                    let (_, _, steps) = taken_for(sent, &cuts);
                    // 16 steps down a tree of so many, and no more than twelve ways down for each.
                    let most = 12 * 16 * COUNT as u64;
                    assert!((COUNT as u64..most).contains(&steps), "{steps}");
                }
            }
        }
    }
}
