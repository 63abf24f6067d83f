//! The incremental decoder: it takes chunks of any size and returns whole messages.
//!
//! A reader owns one [`Decoder`] for each connection and passes it whatever each recv returned.
//! Frames are borrowed, not copied:
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
//! Promises: the same messages for the same stream, however it is cut (except [`Framing::Raw`],
//! whose messages *are* the chunks). No allocation for each frame, and never more memory than
//! [`Decoder::memory_limit`]. After an error the position in the stream is lost, so the same error
//! is returned again. Never blocks, because it reads nothing itself.
//!
//! Why it is fast: many small frames are copied, a chunk at a time, into a buffer that stays in the
//! processor's cache, and lent from there, because one large copy costs less than many small cache
//! misses. A large frame is lent straight from the caller's chunk; only one that spans two chunks
//! is copied.

use super::{Error, Found, Framing, LONGEST_PAYLOAD, Parts, Scan};

/// The number of bytes copied at once for small frames.
const HOT: usize = 16 * 1024;

/// Frames of at least this many bytes are lent from the chunk.
const LARGE: usize = 256;

/// One message, borrowed from the decoder or from the chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The message.
    pub payload: &'a [u8],
    /// The stream offset of the frame's first byte.
    pub offset: u64,
    /// The sizes of its header, body and trailer.
    pub parts: Parts,
}

/// Finds the frames in a stream that arrives in chunks.
#[derive(Clone, Debug)]
pub struct Decoder {
    framing: Framing,
    cap: usize,
    /// Bytes from the caller; those before `start` are already used.
    buffer: Vec<u8>,
    start: usize,
    /// How far the search for a delimiter has got in the buffered bytes.
    scan: Scan,
    /// The last payload from which escapes were removed.
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

    /// The next whole frame. Takes bytes from the front of `chunk` as needed.
    ///
    /// `None` means that the whole chunk was taken and more bytes are needed. Bytes left in `chunk`
    /// after a frame must be passed again before any newer ones.
    ///
    /// # Errors
    /// If the stream does not decode, with the offset from its beginning. Every later call then
    /// returns the same error.
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

    /// The next whole frame, when it is not simply the next one in the buffer.
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

    /// Takes more bytes from the chunk; `lacks` is the number missing in the frame at the front, if
    /// known.
    #[cold]
    fn refill(&mut self, chunk: &mut &[u8], lacks: Option<usize>) {
        self.buffer.drain(..self.start);
        self.start = 0;
        let held = self.buffer.len();
        let room = match lacks {
            // After a large frame the chunk itself is lent from again, so nothing more is taken.
            Some(lacks) if held + lacks >= LARGE => lacks,
            Some(_) | None => {
                let most = HOT.max(self.framing.longest_frame(self.cap));
                HOT.min(most - held).max(1)
            }
        };
        let (taken, rest) = chunk.split_at(room.min(chunk.len()));
        if self.buffer.capacity() < held + taken.len() {
            // Room grows by doubling, so a peer has to send half of the memory it makes us hold.
            let more = room
                .min(held.max(taken.len()))
                .max(HOT.saturating_sub(held));
            self.buffer.reserve_exact(more);
        }
        self.buffer.extend_from_slice(taken);
        *chunk = rest;
    }

    /// Lends the frame at the front of the buffer and moves past it.
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

    /// Lends a frame from the caller's chunk.
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

    /// Keeps the error: the position in the stream is lost.
    #[cold]
    fn fail(&mut self, error: Error) -> Error {
        let error = error.behind(self.offset);
        self.failed = Some(error);
        error
    }

    /// Notes the end of the stream.
    ///
    /// # Errors
    /// If the stream ends inside a frame, or did not decode before.
    pub fn end(&self) -> Result<(), Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.framing
            .end(&self.buffer[self.start..])
            .map_err(|error| error.behind(self.offset))
    }

    /// The stream offset of the next frame: the number of bytes in the whole frames so far.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// The most memory that a decoder ever holds besides itself, in bytes: the longest frame within
    /// the cap, or 16 KiB if that is more; twice that if escapes are removed.
    #[must_use]
    pub fn memory_limit(&self) -> usize {
        let longest = self.framing.longest_frame(self.cap).max(HOT);
        match self.framing {
            Framing::Delimiter(delimiter) if delimiter.escape().is_some() => 2 * longest,
            Framing::Raw
            | Framing::Fixed(_)
            | Framing::Delimiter(_)
            | Framing::Digits(_)
            | Framing::OctetCounting
            | Framing::Netstring
            | Framing::Varint
            | Framing::Length(_) => longest,
        }
    }

    /// The memory held now, in bytes.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.buffer.capacity() + self.unescaped.capacity()
    }
}
