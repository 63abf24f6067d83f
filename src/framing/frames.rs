//! The frames of a buffer that is all there, one after another.
//!
//! ```
//! use sticky_packet::framing::Framing;
//!
//! let framing: Framing = "netstring".parse()?;
//! let mut messages = Vec::new();
//! for frame in framing.frames(b"4:rain,3:sun,", 1024) {
//!     messages.push(frame?.payload.into_owned());
//! }
//! assert_eq!(messages, [&b"rain"[..], b"sun"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! For a stream that still comes in, see [`Decoder`](super::Decoder).

use std::borrow::Cow;
use std::iter::FusedIterator;

use super::{Decoded, Error, Framing, Place};

/// A frame in a buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Where its parts stand.
    pub place: Place,
    /// The message. Borrowed, unless escapes had to be taken out of it.
    pub payload: Cow<'a, [u8]>,
}

/// The frames of a buffer, in order; then the error, if it does not decode to its end.
///
/// Made by [`Framing::frames`].
#[derive(Clone, Debug)]
pub struct Frames<'a> {
    framing: Framing,
    cap: usize,
    buffer: &'a [u8],
    /// The offset of the next frame; at the end of the buffer once there is none.
    start: usize,
}

impl Framing {
    /// The frames of `buffer`, which holds the whole stream, with payloads of at most
    /// `cap` bytes. After an error there is nothing more.
    #[must_use]
    pub const fn frames(self, buffer: &[u8], cap: usize) -> Frames<'_> {
        Frames {
            framing: self,
            cap,
            buffer,
            start: 0,
        }
    }
}

impl<'a> Iterator for Frames<'a> {
    type Item = Result<Piece<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.start;
        let rest = &self.buffer[start..];
        if rest.is_empty() {
            return None;
        }
        self.start = self.buffer.len();
        let error = match self.framing.decode(rest, self.cap) {
            Ok(Decoded::Frame { parts, payload }) => {
                let place = Place { start, parts };
                self.start = place.end();
                return Some(Ok(Piece { place, payload }));
            }
            Ok(Decoded::Incomplete { .. }) => self.framing.end(rest).err()?,
            Err(error) => error,
        };
        Some(Err(error.behind(start as u64)))
    }
}

impl FusedIterator for Frames<'_> {}
