//! Decodes a stream into frames, as far as possible.
//!
//! Promises: linear in the stream. Any input gives frames, followed by an error if the rest does
//! not decode. Keeps a bounded number of frames, however many there are.

use std::collections::VecDeque;
use std::ops::Range;

use crate::framing::{Error, FramePlace, Framing};

/// A stream decoded into frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dissection {
    /// The framing.
    pub framing: Framing,
    /// The longest payload accepted, in bytes.
    pub cap: usize,
    /// The number of whole frames.
    pub frames: u64,
    /// The first of them.
    pub front: Vec<FramePlace>,
    /// The last of them, without those in `front`.
    pub back: VecDeque<FramePlace>,
    /// The bytes that belong to no frame.
    pub leftover: Range<usize>,
    /// The reason, if there are such bytes.
    pub error: Option<Error>,
}

/// Decodes a stream. Keeps at most `keep` frames at the front and as many at the back.
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
