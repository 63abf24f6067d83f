//! The incremental decoder: chunks of any size in, whole messages out.
//!
//! A reader owns one [`Decoder`] for a connection and hands it whatever each recv
//! returned. Frames are lent, not copied out:
//!
//! ```
//! use sticky_packet::framing::{Decoder, Framing};
//!
//! let mut decoder = Decoder::new("digits-2".parse()?, 1024);
//! let mut messages = Vec::new();
//! for mut chunk in [&b"04ra"[..], b"in03sun0", b"0"] {
//!     while let Some(frame) = decoder.next(&mut chunk)? {
//!         messages.push(frame.payload.to_vec());
//!     }
//! }
//! decoder.end()?;
//! assert_eq!(messages, [&b"rain"[..], b"sun", b""]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Promises: the same messages for the same stream, however it is cut (but for
//! [`Framing::RAW`], whose messages *are* the chunks). Nothing is allocated for a
//! frame, and in all never more than [`Decoder::memory_limit`]. After an error the
//! place in the stream is lost, so the same error comes again. Never blocks, for it
//! reads nothing itself.
//!
//! How it is fast: many small frames are copied, a chunk at a time, into a buffer
//! that stays in the processor's cache, and lent from there, since one large copy
//! costs less than many small misses. A large frame is lent from the caller's chunk
//! as it stands; only one that straddles two chunks is copied.

use super::{Error, Found, Framing, LONGEST_PAYLOAD, Parts, Scan};

/// As much as is copied at once for small frames, in bytes.
const HOT: usize = 16 * 1024;

/// Frames from this many bytes on are lent from the chunk.
const LARGE: usize = 256;

/// One message, lent from the decoder or from the chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Frame<'a> {
    /// The message.
    pub payload: &'a [u8],
    /// The stream offset of the frame's first byte.
    pub offset: u64,
    /// Where its header, its body and its trailer stand.
    pub parts: Parts,
}

/// Finds the frames in a stream that comes in chunks.
#[derive(Clone, Debug)]
pub struct Decoder {
    framing: Framing,
    cap: usize,
    /// Bytes that the caller handed over; those before `start` are done with.
    buffer: Vec<u8>,
    start: usize,
    /// How far into the buffered bytes a search for a delimiter got.
    scan: Scan,
    /// The last payload that had escapes taken out.
    unescaped: Vec<u8>,
    /// The stream offset of the next frame.
    offset: u64,
    failed: Option<Error>,
}

impl Decoder {
    /// A decoder at the beginning of a stream, for payloads of at most `cap` bytes.
    #[must_use]
    pub const fn new(framing: Framing, cap: usize) -> Self {
        Self {
            framing,
            cap: if cap < LONGEST_PAYLOAD {
                cap
            } else {
                LONGEST_PAYLOAD
            },
            buffer: Vec::new(),
            start: 0,
            scan: Scan {
                bytes: 0,
                escapes: 0,
            },
            unescaped: Vec::new(),
            offset: 0,
            failed: None,
        }
    }

    /// The next whole frame, taking bytes from the front of `chunk` as needed.
    ///
    /// `None` means that all of the chunk was taken and more is wanted. What is left in
    /// `chunk` after a frame has to be handed over again before anything newer.
    ///
    /// # Errors
    /// When the stream does not decode, with the offset since its beginning; from then on always.
    #[inline]
    pub fn next<'a, 'c: 'a>(
        &'a mut self,
        chunk: &mut &'c [u8],
    ) -> Result<Option<Frame<'a>>, Error> {
        match self.framing.whole(&self.buffer[self.start..], self.cap) {
            Some(parts) => Ok(Some(self.lend(parts))),
            None => self.look(chunk),
        }
    }

    /// The next whole frame where it is not simply the next in the buffer.
    #[inline(never)]
    fn look<'a, 'c: 'a>(&'a mut self, chunk: &mut &'c [u8]) -> Result<Option<Frame<'a>>, Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        loop {
            if self.start == self.buffer.len() {
                let bytes: &'c [u8] = chunk;
                match self.framing.find(bytes, self.cap, Scan::default()) {
                    Ok(Found::Frame(parts)) if parts.total() >= LARGE => {
                        let (frame, rest) = bytes.split_at(parts.total());
                        *chunk = rest;
                        return Ok(Some(self.lend_from_chunk(frame, parts)));
                    }
                    Ok(_) if bytes.is_empty() => return Ok(None),
                    Ok(_) => self.refill(chunk, None),
                    Err(error) => return Err(self.fail(error)),
                }
            }
            let bytes = &self.buffer[self.start..];
            let lacks = match self.framing.find(bytes, self.cap, self.scan) {
                Ok(Found::Frame(parts)) => return Ok(Some(self.lend(parts))),
                Ok(Found::InBody { at_least, .. }) => Some(at_least),
                Ok(Found::InHeader { .. }) => None,
                Ok(Found::Undelimited { scan, .. }) => {
                    self.scan = scan;
                    None
                }
                Err(error) => return Err(self.fail(error)),
            };
            if chunk.is_empty() {
                return Ok(None);
            }
            self.refill(chunk, lacks);
        }
    }

    /// Takes more bytes from the chunk; `lacks` is what the frame at the front lacks, where known.
    #[cold]
    fn refill(&mut self, chunk: &mut &[u8], lacks: Option<usize>) {
        self.buffer.drain(..self.start);
        self.start = 0;
        let held = self.buffer.len();
        let room = match lacks {
            // Behind a large frame the chunk itself is lent from again, so nothing more is taken.
            Some(lacks) if held + lacks >= LARGE => lacks,
            Some(_) | None => {
                let most = HOT.max(self.framing.longest_frame(self.cap));
                HOT.min(most - held).max(1)
            }
        };
        let (taken, rest) = chunk.split_at(room.min(chunk.len()));
        if self.buffer.capacity() < held + taken.len() {
            // Doubling, so that a peer has to send half of what it makes us hold.
            let more = room
                .min(held.max(taken.len()))
                .max(HOT.saturating_sub(held));
            self.buffer.reserve_exact(more);
        }
        self.buffer.extend_from_slice(taken);
        *chunk = rest;
    }

    /// Lends the frame at the front of the buffer, and steps behind it.
    #[inline]
    fn lend(&mut self, parts: Parts) -> Frame<'_> {
        let offset = self.offset;
        let body = self.start + parts.header;
        self.start += parts.total();
        self.offset += parts.total() as u64;
        self.scan = Scan::default();
        let mut payload = &self.buffer[body..body + parts.body];
        if parts.escaped {
            self.unescaped.clear();
            self.framing.unescape(payload, &mut self.unescaped);
            payload = &self.unescaped;
        }
        Frame {
            payload,
            offset,
            parts,
        }
    }

    /// Lends a frame that stands in the caller's chunk.
    #[inline]
    fn lend_from_chunk<'a>(&'a mut self, frame: &'a [u8], parts: Parts) -> Frame<'a> {
        let offset = self.offset;
        self.offset += parts.total() as u64;
        let mut payload = &frame[parts.body_range()];
        if parts.escaped {
            self.unescaped.clear();
            self.framing.unescape(payload, &mut self.unescaped);
            payload = &self.unescaped;
        }
        Frame {
            payload,
            offset,
            parts,
        }
    }

    /// Remembers that the place in the stream is lost.
    #[cold]
    fn fail(&mut self, error: Error) -> Error {
        let error = error.behind(self.offset);
        self.failed = Some(error);
        error
    }

    /// The end of the stream.
    ///
    /// # Errors
    /// When it is inside a frame, or the stream did not decode before.
    pub fn end(&self) -> Result<(), Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.framing
            .end(&self.buffer[self.start..])
            .map_err(|error| error.behind(self.offset))
    }

    /// The stream offset of the next frame: how many bytes made whole frames so far.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// The most memory that a decoder ever holds beside itself, in bytes: the longest
    /// frame within the cap, or 16 KiB if that is more; twice where escapes are taken out.
    #[must_use]
    pub fn memory_limit(&self) -> usize {
        let longest = self.framing.longest_frame(self.cap).max(HOT);
        if self.framing.facts().escapes {
            2 * longest
        } else {
            longest
        }
    }

    /// The memory held now, in bytes.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.buffer.capacity() + self.unescaped.capacity()
    }
}
