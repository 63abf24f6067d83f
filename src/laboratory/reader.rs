//! Three programs that read framed messages, from one that breaks easily to one that never does.
//!
//! Promises: a reader sees only what its recvs return, so the same code reads a stream cut in
//! memory and what a socket really returned. Never waits, never panics; ends at the end of the
//! stream or when the reader cannot go on.

use std::ops::Range;

use crate::framing::{Decoded, Decoder, Error, Framing};
use crate::scenario::LengthCode;

use super::LONGEST_STREAM;

/// The number of bytes that the naive and the exact reader ask for: the longest possible stream, so
/// that only the cuts decide what a recv returns.
const ROOM: usize = LONGEST_STREAM;

/// The longest payload that the exact reader accepts, in bytes.
const CAP: usize = LONGEST_STREAM;

/// A way to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reader {
    /// Takes what one recv returned as one frame.
    Naive,
    /// Reads a header of known length with one recv, then the payload with another, and trusts
    /// recv(n) to return n bytes, as the programs of the source do.
    AsInTheSource,
    /// Passes whatever a recv returned to the incremental [`Decoder`].
    Exact,
}

/// Why a reader could not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A header was too short, or is not a number: `got` of `wanted` bytes.
    NoLength {
        /// The length of a header.
        wanted: usize,
        /// The number of bytes that one recv returned of it.
        got: usize,
    },
    /// The header gives a length that no recv can ask for.
    ImpossibleLength(i128),
    /// The decoder rejected the stream, or its end.
    Refused(Error),
}

impl Reader {
    /// All readers, in the order of the table.
    pub const ALL: [Self; 3] = [Self::Naive, Self::AsInTheSource, Self::Exact];

    /// The name in saved files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Naive => "naive",
            Self::AsInTheSource => "as-in-the-source",
            Self::Exact => "exact",
        }
    }

    /// Whether this reader can read this framing: the source's reader needs a header of known
    /// length (or none, and a payload of known length), and the exact one needs boundaries in the
    /// stream.
    #[must_use]
    pub fn can_read(self, framing: Framing) -> bool {
        match self {
            Self::Naive => true,
            Self::AsInTheSource => header(framing).is_some(),
            Self::Exact => framing.keeps_boundaries(),
        }
    }

    /// Reads a stream.
    ///
    /// `recv` gets the largest number of bytes to return, and returns how many it did, 0 at the end
    /// of the stream. The returned bytes are those of `bytes`, from its beginning on. `message`
    /// gets each message with the range of the stream that it was made from.
    ///
    /// # Errors
    /// If the reader cannot go on.
    pub fn read(
        self,
        framing: Framing,
        bytes: &[u8],
        recv: &mut dyn FnMut(usize) -> usize,
        message: &mut dyn FnMut(Range<usize>, &[u8]),
    ) -> Result<(), Trouble> {
        let mut received = Received {
            bytes,
            position: 0,
            recv,
        };
        match self {
            Self::Naive => naive(framing, &mut received, message),
            Self::AsInTheSource => as_in_the_source(framing, &mut received, message),
            Self::Exact => exact(framing, &mut received, message),
        }
    }
}

/// The stream, as recvs return it.
struct Received<'a> {
    bytes: &'a [u8],
    position: usize,
    recv: &'a mut dyn FnMut(usize) -> usize,
}

impl<'a> Received<'a> {
    /// One recv of at most `asked` bytes; empty at the end of the stream.
    fn recv(&mut self, asked: usize) -> &'a [u8] {
        let start = self.position;
        self.position = (start + (self.recv)(asked)).min(self.bytes.len());
        &self.bytes[start..self.position]
    }
}

fn naive(
    framing: Framing,
    received: &mut Received<'_>,
    message: &mut dyn FnMut(Range<usize>, &[u8]),
) -> Result<(), Trouble> {
    loop {
        let start = received.position;
        let chunk = received.recv(ROOM);
        if chunk.is_empty() {
            return Ok(());
        }
        let range = start..received.position;
        match framing.decode(chunk, CAP) {
            Ok(Decoded::Frame { parts, payload, .. }) if parts.total() == chunk.len() => {
                message(range, &payload);
            }
            // The header is there, and everything after it is taken as the payload.
            Ok(Decoded::Frame { parts, .. }) => message(range, &chunk[parts.header..]),
            Ok(Decoded::Incomplete { .. }) | Err(_) => message(range, chunk),
        }
    }
}

/// The number of bytes before every payload, if that is known before any is read.
fn header(framing: Framing) -> Option<usize> {
    match framing {
        Framing::Fixed(_) => Some(0),
        Framing::Digits(digits) => Some(digits.width()),
        Framing::Length(prefix) => Some(prefix.header()),
        Framing::Raw
        | Framing::Delimiter(_)
        | Framing::OctetCounting
        | Framing::Netstring
        | Framing::Varint => None,
    }
}

fn as_in_the_source(
    framing: Framing,
    received: &mut Received<'_>,
    message: &mut dyn FnMut(Range<usize>, &[u8]),
) -> Result<(), Trouble> {
    let wanted = header(framing).unwrap_or(0);
    loop {
        let start = received.position;
        let mut got: &[u8] = &[];
        if wanted > 0 {
            got = received.recv(wanted);
            if got.is_empty() {
                return Ok(());
            }
        }
        let length = length(framing, got).ok_or(Trouble::NoLength {
            wanted,
            got: got.len(),
        })?;
        let length = usize::try_from(length).map_err(|_| Trouble::ImpossibleLength(length))?;
        // Python's recv(0) returns at once with 0 bytes.
        let payload: &[u8] = if length == 0 {
            &[]
        } else {
            received.recv(length)
        };
        if wanted == 0 && payload.is_empty() {
            return Ok(());
        }
        message(start..received.position, payload);
    }
}

/// The length of the payload after this header, as the programs of the source would read it:
/// `struct.unpack` requires the exact number of bytes, `int` does not.
fn length(framing: Framing, header: &[u8]) -> Option<i128> {
    match framing {
        Framing::Fixed(fixed) => Some(fixed.size() as i128),
        Framing::Digits(_) => LengthCode::PythonInt.read(header).ok().map(i128::from),
        Framing::Length(prefix) if header.len() == prefix.header() => {
            let number = prefix.field.read(&header[usize::from(prefix.offset)..])?;
            let counted = if prefix.counts_header {
                prefix.header()
            } else {
                0
            };
            Some(number - counted as i128)
        }
        Framing::Length(_)
        | Framing::Raw
        | Framing::Delimiter(_)
        | Framing::OctetCounting
        | Framing::Netstring
        | Framing::Varint => None,
    }
}

fn exact(
    framing: Framing,
    received: &mut Received<'_>,
    message: &mut dyn FnMut(Range<usize>, &[u8]),
) -> Result<(), Trouble> {
    let mut decoder = Decoder::new(framing, CAP);
    let mut start = 0;
    loop {
        let mut chunk = received.recv(ROOM);
        if chunk.is_empty() {
            return decoder.end().map_err(Trouble::Refused);
        }
        while let Some(frame) = decoder.next(&mut chunk).map_err(Trouble::Refused)? {
            let end = start + frame.parts.total();
            message(start..end, frame.payload);
            start = end;
        }
    }
}
