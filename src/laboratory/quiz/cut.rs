//! Makes up a framed stream and its cuts from a seed.
//!
//! Promises: every reader succeeds sometimes: streams stay whole, or are cut between frames,
//! between header and payload, or anywhere else.

use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::Cut;
use super::exchange::{framing, message};
use crate::laboratory::shake::{SentFrame, Stream};

/// One to three frames, with up to as many cuts as the level (1 to 4).
pub(super) fn cut(random: &mut Xoshiro256PlusPlus, level: u32) -> Cut {
    let count = random.random_range(1..=level.min(3));
    let messages: Vec<Vec<u8>> = (0..count).map(|_| message(random).into_bytes()).collect();
    let stream = Stream::new(framing(random), &messages);
    let mut cuts: Vec<usize> = if random.random_bool(0.3) {
        let inner = stream.frames.iter().skip(1);
        inner.map(|frame| frame.place.start).collect()
    } else {
        (0..random.random_range(0..=level))
            .filter_map(|_| {
                let frame = stream.frames.choose(random)?;
                Some(place(random, frame))
            })
            .collect()
    };
    cuts.sort_unstable();
    cuts.dedup();
    cuts.retain(|cut| (1..stream.bytes.len()).contains(cut));
    Cut { stream, cuts }
}

/// A place in a frame: its beginning, inside its header, the end of the header, or anywhere.
fn place(random: &mut Xoshiro256PlusPlus, frame: &SentFrame) -> usize {
    let header = frame.place.header();
    match random.random_range(0..4) {
        0 => header.start,
        1 => header.start + header.len() / 2,
        2 => header.end,
        _ => random.random_range(frame.place.range()),
    }
}
