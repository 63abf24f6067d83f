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
//! [`Framing::Raw`], whose messages *are* the chunks). Nothing is allocated for a
//! frame, and in all never more than [`Decoder::memory_limit`]. After an error the
//! place in the stream is lost, so the same error comes again. Never blocks, for it
//! reads nothing itself.
//!
//! How it is fast: many small frames are copied, a chunk at a time, into a buffer
//! that stays in the processor's cache, and lent from there, since one large copy
//! costs less than many small misses. A large frame is lent from the caller's chunk
//! as it stands; only one that straddles two chunks is copied.

use super::{Error, Found, Framing, Parts, Scan};

/// As much as is copied at once for small frames, in bytes.
const HOT: usize = 16 * 1024;

/// Frames from this many bytes on are lent from the chunk.
const LARGE: usize = 256;

/// One message, lent from the decoder or from the chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The message.
    pub payload: &'a [u8],
    /// The stream offset of the frame's first byte.
    pub offset: u64,
    /// How many bytes of the frame stand before the payload.
    pub header: usize,
    /// How many bytes of the stream the frame takes.
    pub consumed: usize,
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
            cap,
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
        let _ = (LARGE, &self.unescaped);
        if let Some(error) = self.failed {
            return Err(error);
        }
        loop {
            let bytes = &self.buffer[self.start..];
            match self.framing.find(bytes, self.cap, self.scan) {
                Ok(Found::Frame(parts)) => return Ok(Some(self.lend(parts))),
                Ok(Found::InHeader { at_least } | Found::InBody { at_least, .. }) => {
                    if !self.refill(chunk, at_least) {
                        return Ok(None);
                    }
                }
                Ok(Found::Undelimited { at_least, scan }) => {
                    self.scan = scan;
                    if !self.refill(chunk, at_least) {
                        return Ok(None);
                    }
                }
                Err(error) => {
                    let error = error.behind(self.offset);
                    self.failed = Some(error);
                    return Err(error);
                }
            }
        }
    }

    /// Takes more bytes from the chunk; says whether there were any.
    fn refill(&mut self, chunk: &mut &[u8], at_least: usize) -> bool {
        if chunk.is_empty() {
            return false;
        }
        self.buffer.drain(..self.start);
        self.start = 0;
        let room = HOT.saturating_sub(self.buffer.len()).max(at_least);
        let (taken, rest) = chunk.split_at(room.min(chunk.len()));
        self.buffer.reserve_exact(taken.len());
        self.buffer.extend_from_slice(taken);
        *chunk = rest;
        true
    }

    /// Lends the frame at the front of the buffer, and steps behind it.
    fn lend(&mut self, parts: Parts) -> Frame<'_> {
        let offset = self.offset;
        let body = self.start + parts.header;
        self.start += parts.total();
        self.offset += parts.total() as u64;
        self.scan = Scan::default();
        let mut payload = &self.buffer[body..body + parts.body];
        if let Framing::Delimiter(delimiter) = self.framing
            && parts.escaped
        {
            self.unescaped.clear();
            delimiter.unescape(payload, &mut self.unescaped);
            payload = &self.unescaped;
        }
        Frame {
            payload,
            offset,
            header: parts.header,
            consumed: parts.total(),
        }
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
    /// frame within the cap, twice where escapes are taken out, and one buffer of 16 KiB.
    #[must_use]
    pub fn memory_limit(&self) -> usize {
        2 * self.framing.longest_frame(self.cap) + HOT
    }

    /// The memory held now, in bytes.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.buffer.capacity() + self.unescaped.capacity()
    }
}
