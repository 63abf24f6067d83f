//! One stream, every delivery, three readers: who got the messages back.
//!
//! A reader survives a delivery if it makes just the messages that were sent, in
//! order, each of just the bytes of its own frame, and reaches the end of the stream
//! without trouble. So nothing counts that came out right by chance.
//!
//! Promises: between two calls of the sender's a reader has read all that is there,
//! so a recv returns at most what is left of one piece. Linear in the deliveries and
//! in the stream; no allocation for a delivery that is only counted.

use std::ops::Range;

use super::delivery::Plan;
use super::reader::{Reader, Trouble};
use crate::framing::{Error, Framing, Place};

/// How many deliveries are made between two reports of progress.
const BETWEEN_REPORTS: u64 = 4096;

/// Messages, framed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// How.
    pub framing: Framing,
    /// The frames, one after another.
    pub bytes: Vec<u8>,
    /// Where each stands, in order.
    pub frames: Vec<SentFrame>,
    /// The messages that the framing cannot carry, by their number from 0, and why.
    pub refused: Vec<(usize, Error)>,
}

/// A frame that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentFrame {
    /// The number of its message, from 0.
    pub message: usize,
    /// Where its parts stand in the stream.
    pub place: Place,
    /// The message.
    pub payload: Vec<u8>,
}

impl Stream {
    /// Frames the messages; those that the framing cannot carry are left out.
    #[must_use]
    pub fn new(framing: Framing, messages: &[Vec<u8>]) -> Self {
        let mut stream = Self {
            framing,
            bytes: Vec::new(),
            frames: Vec::new(),
            refused: Vec::new(),
        };
        for (message, payload) in messages.iter().enumerate() {
            let start = stream.bytes.len();
            match framing.encode(payload, &mut stream.bytes) {
                Ok(parts) => stream.frames.push(SentFrame {
                    message,
                    place: Place { start, parts },
                    payload: payload.clone(),
                }),
                Err(error) => stream.refused.push((message, error)),
            }
        }
        stream
    }
}

/// How a reader fared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many deliveries it survived.
    pub survived: u64,
    /// The number of the first that it did not.
    pub first_broken: Option<u64>,
}

/// How all readers of a framing fared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shaken {
    /// What was sent.
    pub stream: Stream,
    /// How it was delivered.
    pub plan: Plan,
    /// One for each of [`Reader::ALL`]; none where there can be no such reader.
    pub tallies: [Option<Tally>; Reader::ALL.len()],
}

impl Shaken {
    /// Whether the exact reader survived everything, where there can be one.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.tally(Reader::Exact)
            .is_none_or(|tally| tally.survived == self.plan.count())
    }

    /// How one reader fared.
    #[must_use]
    pub fn tally(&self, reader: Reader) -> Option<Tally> {
        Reader::ALL
            .into_iter()
            .zip(self.tallies)
            .find_map(|(other, tally)| tally.filter(|_| other == reader))
    }
}

/// Delivers `stream` in every way of `plan` to every reader that there can be.
/// `progress` is told now and then how many deliveries are through.
#[must_use]
pub fn shake(stream: Stream, plan: Plan, progress: &mut dyn FnMut(u64)) -> Shaken {
    let mut tallies = Reader::ALL.map(|reader| {
        let there_is = reader.can_read(stream.framing) && !stream.frames.is_empty();
        there_is.then(Tally::default)
    });
    let mut cuts = Vec::new();
    for index in 0..plan.count() {
        plan.cuts(index, &mut cuts);
        for (reader, tally) in Reader::ALL.into_iter().zip(&mut tallies) {
            let Some(tally) = tally else { continue };
            if survives(reader, &stream, &cuts) {
                tally.survived += 1;
            } else {
                tally.first_broken.get_or_insert(index);
            }
        }
        if index % BETWEEN_REPORTS == BETWEEN_REPORTS - 1 {
            progress(index + 1);
        }
    }
    Shaken {
        stream,
        plan,
        tallies,
    }
}

/// A recv over a stream of `length` bytes that arrives cut at `cuts`: never more than
/// is left of the piece at the front.
fn pieces(length: usize, cuts: &[usize]) -> impl FnMut(usize) -> usize {
    let mut position = 0;
    let mut next = 0;
    move |asked| {
        while cuts.get(next).is_some_and(|&cut| cut <= position) {
            next += 1;
        }
        let end = cuts.get(next).copied().unwrap_or(length);
        let got = asked.min(end - position);
        position += got;
        got
    }
}

/// Whether the reader gets the messages back from this delivery.
fn survives(reader: Reader, stream: &Stream, cuts: &[usize]) -> bool {
    let mut recv = pieces(stream.bytes.len(), cuts);
    let mut expected = stream.frames.iter();
    let mut right = true;
    let done = reader.read(
        stream.framing,
        &stream.bytes,
        &mut recv,
        &mut |range, payload| {
            right &= expected
                .next()
                .is_some_and(|frame| frame.place.range() == range && frame.payload == payload);
        },
    );
    done.is_ok() && right && expected.next().is_none()
}

/// A recv that a reader made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recv {
    /// How many bytes it asked for.
    pub asked: usize,
    /// What it returned; nothing at the end of the stream.
    pub range: Range<usize>,
}

/// A message that a reader made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Of which bytes of the stream.
    pub range: Range<usize>,
    /// What it took for the message.
    pub payload: Vec<u8>,
}

/// All that a reader did with one delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// Its recvs, in order.
    pub recvs: Vec<Recv>,
    /// The messages it made, in order.
    pub made: Vec<Made>,
    /// Why it could not go on, if it could not.
    pub trouble: Option<Trouble>,
    /// Whether it got the messages back.
    pub survived: bool,
}

/// Watches a reader read a stream that arrives cut at `cuts`.
#[must_use]
pub fn watch(reader: Reader, stream: &Stream, cuts: &[usize]) -> Watched {
    let mut recv = pieces(stream.bytes.len(), cuts);
    watch_recvs(reader, stream, &stream.bytes, &mut recv)
}

/// Watches a reader read `bytes` as `recv` returns them.
pub(super) fn watch_recvs(
    reader: Reader,
    stream: &Stream,
    bytes: &[u8],
    recv: &mut dyn FnMut(usize) -> usize,
) -> Watched {
    let mut recvs = Vec::new();
    let mut made = Vec::new();
    let mut position = 0;
    let done = reader.read(
        stream.framing,
        bytes,
        &mut |asked| {
            let got = recv(asked);
            recvs.push(Recv {
                asked,
                range: position..position + got,
            });
            position += got;
            got
        },
        &mut |range, payload| {
            made.push(Made {
                range,
                payload: payload.to_vec(),
            });
        },
    );
    let same = made.len() == stream.frames.len()
        && made.iter().zip(&stream.frames).all(|(made, frame)| {
            made.range == frame.place.range() && made.payload == frame.payload
        });
    Watched {
        survived: done.is_ok() && same,
        recvs,
        made,
        trouble: done.err(),
    }
}
