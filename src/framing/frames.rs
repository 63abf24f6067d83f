//! Iterates over the frames of a complete buffer.
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
//! For a stream that is still arriving, see [`Decoder`](super::Decoder).

use std::borrow::Cow;
use std::iter::FusedIterator;

use super::{Decoded, Error, FramePlace, Framing};

/// A frame in a buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Piece<'a> {
    /// Its place and its parts.
    pub place: FramePlace,
    /// The message. Borrowed, unless escapes had to be removed.
    pub payload: Cow<'a, [u8]>,
}

/// The frames of a buffer, in order. If the buffer does not decode to its end, the last item is the
/// error.
///
/// Made by [`Framing::frames`].
#[derive(Clone, Debug)]
pub struct Frames<'a> {
    framing: Framing,
    cap: usize,
    buffer: &'a [u8],
    /// The offset of the next frame; the end of the buffer when there are no more.
    start: usize,
}

impl Framing {
    /// The frames of `buffer`, which holds the whole stream, with payloads of at most `cap` bytes.
    /// Nothing follows an error.
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
                let place = FramePlace { start, parts };
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
