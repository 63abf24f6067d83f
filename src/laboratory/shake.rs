//! Gives every delivery of one stream to three readers, and counts which of them got the messages
//! back.
//!
//! A reader survives a delivery if it returns exactly the messages that were sent, in order, each
//! made from exactly the bytes of its own frame, and reaches the end of the stream without an
//! error. So a result that is right by chance does not count.
//!
//! Promises: between two of the sender's calls a reader reads everything that is there, so a recv
//! returns at most the rest of one piece. Linear in the deliveries and in the stream; no allocation
//! for a delivery that is only counted.

use std::ops::Range;

use super::delivery::Plan;
use super::reader::{Reader, Trouble};
use crate::framing::{Error, FramePlace, Framing};

/// The number of deliveries between two reports of progress.
const BETWEEN_REPORTS: u64 = 4096;

/// Framed messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// The framing.
    pub framing: Framing,
    /// The frames, one after another.
    pub bytes: Vec<u8>,
    /// The frames' places, in order.
    pub frames: Vec<SentFrame>,
    /// The messages that the framing cannot carry: their numbers, from 0, and the errors.
    pub refused: Vec<(usize, Error)>,
}

/// A frame that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentFrame {
    /// The number of its message, from 0.
    pub message: usize,
    /// The place of its parts in the stream.
    pub place: FramePlace,
    /// The message.
    pub payload: Vec<u8>,
}

impl Stream {
    /// Frames the messages; any that the framing cannot carry are left out.
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
                    place: FramePlace { start, parts },
                    payload: payload.clone(),
                }),
                Err(error) => stream.refused.push((message, error)),
            }
        }
        stream
    }
}

/// The result of a reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The number of deliveries it survived.
    pub survived: u64,
    /// The number of the first delivery that it did not survive.
    pub first_broken: Option<u64>,
}

/// The results of all readers for one framing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shaken {
    /// What was sent.
    pub stream: Stream,
    /// The deliveries.
    pub plan: Plan,
    /// One for each of [`Reader::ALL`]; `None` if that reader cannot read the framing.
    pub tallies: [Option<Tally>; Reader::ALL.len()],
}

impl Shaken {
    /// Whether the exact reader survived everything, if it can read the framing.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.tally(Reader::Exact)
            .is_none_or(|tally| tally.survived == self.plan.count())
    }

    /// The result of one reader.
    #[must_use]
    pub fn tally(&self, reader: Reader) -> Option<Tally> {
        Reader::ALL
            .into_iter()
            .zip(self.tallies)
            .find_map(|(other, tally)| tally.filter(|_| other == reader))
    }
}

/// Gives every delivery of `plan` to every reader that can read the framing. `progress` is called
/// now and then with the number of deliveries done.
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

/// A recv on a stream of `length` bytes that is cut at `cuts`: it never returns more than the rest
/// of the piece at the front.
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
    /// The number of bytes it asked for.
    pub asked: usize,
    /// The range that it returned; empty at the end of the stream.
    pub range: Range<usize>,
}

/// A message that a reader returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The bytes of the stream it was made from.
    pub range: Range<usize>,
    /// The bytes that the reader took as the message.
    pub payload: Vec<u8>,
}

/// Everything that a reader did with one delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// Its recvs, in order.
    pub recvs: Vec<Recv>,
    /// The messages it returned, in order.
    pub made: Vec<Made>,
    /// Why it could not go on, if that happened.
    pub trouble: Option<Trouble>,
    /// Whether it got the messages back.
    pub survived: bool,
}

/// Records how a reader reads a stream that is cut at `cuts`.
#[must_use]
pub fn watch(reader: Reader, stream: &Stream, cuts: &[usize]) -> Watched {
    let mut recv = pieces(stream.bytes.len(), cuts);
    watch_recvs(reader, stream, &stream.bytes, &mut recv)
}

/// Records how a reader reads `bytes` as `recv` returns them.
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
