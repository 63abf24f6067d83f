//! A stream taken apart into frames, as far as it goes.
//!
//! Promises: linear in the stream; any bytes at all end in frames, and in an error
//! where they stop being any. Keeps a bounded number of frames, however many there are.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::ops::Range;

use crate::framing::{Decoded, Error, Framing};

/// A frame as it stands in a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Where its parts stand.
    pub place: Place,
    /// The message, escapes taken out.
    pub payload: Cow<'a, [u8]>,
}

/// Where the parts of a frame stand in a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The stream offset of its first byte.
    pub start: usize,
    /// The stream offset of the payload.
    pub payload: usize,
    /// The stream offset behind the payload, as it stands there.
    pub trailer: usize,
    /// The stream offset behind the frame.
    pub end: usize,
}

/// The frames of a stream, in order, then the error where it does not decode to its end.
pub fn frames(
    stream: &[u8],
    framing: Framing,
    cap: usize,
) -> impl Iterator<Item = Result<Piece<'_>, Error>> {
    let mut start = Some(0);
    std::iter::from_fn(move || {
        let at = start.take().filter(|&at| at < stream.len())?;
        let rest = &stream[at..];
        let failed = |error: Error| Some(Err(error.behind(at as u64)));
        match framing.decode(rest, cap) {
            Ok(Decoded::Frame {
                header,
                payload,
                consumed,
            }) => {
                start = Some(at + consumed);
                let place = Place {
                    start: at,
                    payload: at + header,
                    trailer: at + consumed - framing.trailer(),
                    end: at + consumed,
                };
                Some(Ok(Piece { place, payload }))
            }
            Ok(Decoded::Incomplete { .. }) => framing.end(rest).err().and_then(failed),
            Err(error) => failed(error),
        }
    })
}

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
    for piece in frames(stream, framing, cap) {
        match piece {
            Ok(Piece { place, .. }) => {
                dissection.frames += 1;
                dissection.leftover.start = place.end;
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
