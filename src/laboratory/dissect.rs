//! A stream taken apart into frames, as far as it goes.
//!
//! Promises: linear in the stream; any bytes at all end in frames, and in an error
//! where they stop being any. Keeps a bounded number of frames, however many there are.

use std::collections::VecDeque;
use std::ops::Range;

use crate::framing::{Error, Framing, Place};

/// A stream taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dissection {
    /// By which framing.
    pub framing: Framing,
    /// The longest payload that was accepted, in bytes.
    pub cap: usize,
    /// How many whole frames there are.
    pub frames: u64,
    /// The first of them.
    pub front: Vec<Place>,
    /// The last of them, those at the front left out.
    pub back: VecDeque<Place>,
    /// The bytes that no frame took.
    pub leftover: Range<usize>,
    /// Why, where there are any.
    pub error: Option<Error>,
}

/// Takes a stream apart; keeps at most `keep` frames at the front and as many at the back.
#[must_use]
pub fn dissect(stream: &[u8], framing: Framing, cap: usize, keep: usize) -> Dissection {
    let mut dissection = Dissection {
        framing,
        cap,
        frames: 0,
        front: Vec::new(),
        back: VecDeque::new(),
        leftover: 0..stream.len(),
        error: None,
    };
    for piece in framing.frames(stream, cap) {
        match piece {
            Ok(piece) => {
                let place = piece.place;
                dissection.frames += 1;
                dissection.leftover.start = place.end();
                if dissection.front.len() < keep {
                    dissection.front.push(place);
                } else {
                    if dissection.back.len() == keep {
                        dissection.back.pop_front();
                    }
                    dissection.back.push_back(place);
                }
            }
            Err(error) => dissection.error = Some(error),
        }
    }
    dissection
}
