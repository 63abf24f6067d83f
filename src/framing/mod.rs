//! Framings: the rules that turn messages into bytes of a stream and back.
//!
//! TCP carries bytes, not messages. A [`Framing`] puts the message boundaries into the bytes, so
//! that a reader finds them again however the stream was cut and joined on its way. Each codec is a
//! file of its own; the documentation at its top shows the frame, its limits and where it is used.
//!
//! Promises: pure code, no I/O. "Not enough bytes yet" is not an error; the end of the stream
//! inside a frame is one. A length is checked against the cap before any byte of the payload is
//! waited for and before memory is allocated. Any input ends in a frame, in "not enough bytes yet"
//! or in a typed [`Error`]. Never panics, and never reads past the frame at the front.
//!
//! ```
//! use sticky_packet::framing::{Decoded, Framing};
//!
//! let framing: Framing = "digits-2".parse()?;
//! let mut stream = Vec::new();
//! framing.encode(b"rain", &mut stream)?;
//! assert_eq!(stream, b"04rain");
//!
//! assert_eq!(framing.decode(b"04ra", 1024)?, Decoded::Incomplete { at_least: 2 });
//! match framing.decode(b"04rain04", 1024)? {
//!     Decoded::Frame { parts, payload } => {
//!         assert_eq!((&*payload, parts.total()), (&b"rain"[..], 6));
//!     }
//!     Decoded::Incomplete { .. } => unreachable!(),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod decimal;
mod decoder;
mod delimiter;
mod digits;
mod error;
mod error_kind;
mod fixed;
mod frames;
mod length_prefix;
mod name;
mod netstring;
mod octet_counting;
mod parts;
mod prefixed;
mod raw;
mod varint;

use std::borrow::Cow;

pub use decoder::{Decoder, Frame};
pub use delimiter::{Delimiter, Sequence};
pub use digits::Digits;
pub use error::{AtHand, Error, Got, Wanted};
pub use error_kind::ErrorKind;
pub use fixed::Fixed;
pub use frames::{Frames, Piece};
pub use length_prefix::{LengthField, LengthPrefix};
pub use name::UnknownFraming;
pub use parts::{Parts, Place};

/// The longest payload that any cap allows. A larger cap means this one, so that the length of a
/// frame always fits a `usize`.
pub const LONGEST_PAYLOAD: usize = usize::MAX >> 2;

/// A rule that turns messages into frames and back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Framing {
    /// No framing: whatever a recv returns is taken as a message. This is the mistake behind
    /// "sticky packets".
    Raw,
    /// Every message has the same length.
    Fixed(Fixed),
    /// A message ends at a delimiter.
    Delimiter(Delimiter),
    /// The length as a fixed number of ASCII digits.
    Digits(Digits),
    /// The length in ASCII digits, then a space (RFC 6587).
    OctetCounting,
    /// The length in ASCII digits, a colon, the payload, a comma.
    Netstring,
    /// The length in groups of seven bits (LEB128).
    Varint,
    /// The length as a binary number of 1, 2, 4 or 8 bytes.
    Length(LengthPrefix),
}

/// What is at the front of a byte slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decoded<'a> {
    /// One whole frame.
    Frame {
        /// The sizes of its header, body and trailer.
        parts: Parts,
        /// The message. Borrowed, unless escapes had to be removed.
        payload: Cow<'a, [u8]>,
    },
    /// Not enough bytes yet. This is not an error.
    Incomplete {
        /// The least number of bytes missing, at least 1. An exact reader that asks for only this
        /// many never reads past the frame.
        at_least: usize,
    },
}

/// What a codec finds at the front of the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    /// A whole frame.
    Frame(Parts),
    /// Part of a header, and the least number of bytes it lacks.
    InHeader { at_least: usize },
    /// A whole header, part of what follows, and the number of bytes missing.
    InBody { header: usize, at_least: usize },
    /// No delimiter so far.
    Undelimited {
        at_least: usize,
        scan: Scan,
        delimiter: Sequence,
    },
}

impl Found {
    /// The frame with these parts; incomplete if there are only `available` bytes.
    const fn new(parts: Parts, available: usize) -> Self {
        let total = parts.total();
        if available >= total {
            Self::Frame(parts)
        } else {
            Self::InBody {
                header: parts.header,
                at_least: total - available,
            }
        }
    }

    /// The error for a stream that ends after `bytes`.
    #[cold]
    fn ended(self, bytes: &[u8]) -> Error {
        let (kind, part, lacks) = match self {
            Self::Frame(parts) => (ErrorKind::EndInsideBody, parts.total(), 0),
            Self::InHeader { at_least } => (ErrorKind::EndInsideHeader, 0, at_least),
            Self::InBody { header, at_least } => (ErrorKind::EndInsideBody, header, at_least),
            Self::Undelimited { delimiter, .. } => {
                let wanted = Wanted::Delimiter(delimiter);
                return Error::ended(ErrorKind::MissingDelimiter, wanted, Got::End, bytes, 0);
            }
        };
        let got = bytes.len() - part;
        let wanted = Wanted::Bytes((got + lacks) as u64);
        Error::ended(kind, wanted, Got::Bytes(got as u64), bytes, part)
    }
}

/// How far a search for a delimiter has got, so that the next search continues there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Scan {
    /// The number of bytes that need not be searched again.
    bytes: usize,
    /// The number of escapes among them.
    escapes: usize,
}

impl Framing {
    /// One framing for each codec, and for each variant of a codec with code of its own.
    ///
    /// The property tests, the tables of the laboratory and the documentation use this list.
    #[must_use]
    pub fn every() -> Vec<Self> {
        let mut every = vec![
            Self::Raw,
            Self::Fixed(Fixed::EIGHTEEN),
            Self::Delimiter(Delimiter::LINE),
            Self::Delimiter(Delimiter::ESCAPED_LINE),
            Self::Delimiter(Delimiter::CRLF),
            Self::Digits(Digits::TWO),
            Self::Digits(Digits::EIGHT),
            Self::OctetCounting,
            Self::Netstring,
            Self::Varint,
        ];
        every.extend(
            LengthField::ALL
                .into_iter()
                .map(|field| Self::Length(LengthPrefix::plain(field))),
        );
        every.extend([
            Self::Length(LengthPrefix {
                counts_header: true,
                ..LengthPrefix::plain(LengthField::U16Be)
            }),
            Self::Length(LengthPrefix {
                offset: 2,
                gap: 1,
                counts_header: true,
                ..LengthPrefix::plain(LengthField::U32Be)
            }),
        ]);
        every
    }

    /// Whether the stream alone shows where a message ends. False only for [`Framing::Raw`].
    #[must_use]
    pub const fn keeps_boundaries(&self) -> bool {
        !matches!(self, Self::Raw)
    }

    /// The longest frame that a payload of at most `cap` bytes can make, in bytes.
    #[must_use]
    pub fn longest_frame(&self, cap: usize) -> usize {
        let cap = cap.min(LONGEST_PAYLOAD);
        match self {
            Self::Raw => cap,
            Self::Fixed(fixed) => fixed.size().min(cap),
            Self::Delimiter(delimiter) => delimiter.longest_frame(cap),
            Self::Digits(digits) => digits.width() + cap,
            Self::OctetCounting => decimal::LONGEST + 1 + cap,
            Self::Netstring => decimal::LONGEST + 1 + cap + 1,
            Self::Varint => varint::LONGEST + cap,
            Self::Length(prefix) => prefix.header() + cap,
        }
    }

    /// The number of bytes after the body of a frame, at most.
    #[must_use]
    pub const fn trailer(&self) -> usize {
        match self {
            Self::Delimiter(delimiter) => delimiter.trailer(),
            Self::Netstring => netstring::TRAILER,
            Self::Raw
            | Self::Fixed(_)
            | Self::Digits(_)
            | Self::OctetCounting
            | Self::Varint
            | Self::Length(_) => 0,
        }
    }

    /// Appends one frame to `out` and returns its parts, the same as a decoder of this frame
    /// returns.
    ///
    /// To send many frames, encode them into one buffer and write it when it is long enough for one
    /// write. Encoding each frame into a buffer of its own only adds a copy.
    ///
    /// # Errors
    /// If the payload does not fit the framing; `out` is then unchanged.
    #[inline]
    pub fn encode(&self, payload: &[u8], out: &mut Vec<u8>) -> Result<Parts, Error> {
        match self {
            Self::Raw => Ok(raw::encode(payload, out)),
            Self::Fixed(fixed) => fixed.encode(payload, out),
            Self::Delimiter(delimiter) => delimiter.encode(payload, out),
            Self::Digits(digits) => digits.encode(payload, out),
            Self::OctetCounting => octet_counting::encode(payload, out),
            Self::Netstring => Ok(netstring::encode(payload, out)),
            Self::Varint => Ok(varint::encode(payload, out)),
            Self::Length(prefix) => prefix.encode(payload, out),
        }
    }

    /// Decodes what is at the front of `bytes`. A payload longer than `cap` bytes is rejected as
    /// soon as its length is known, before it has arrived.
    ///
    /// # Errors
    /// If the bytes cannot be the beginning of a frame. The error's offset counts from the first of
    /// `bytes`; see [`Error::behind`].
    pub fn decode<'a>(&self, bytes: &'a [u8], cap: usize) -> Result<Decoded<'a>, Error> {
        Ok(match self.find(bytes, cap, Scan::default())? {
            Found::Frame(parts) => {
                let body = &bytes[parts.body_range()];
                Decoded::Frame {
                    parts,
                    payload: if parts.escaped {
                        let mut payload = Vec::new();
                        self.unescape(body, &mut payload);
                        Cow::Owned(payload)
                    } else {
                        Cow::Borrowed(body)
                    },
                }
            }
            Found::InHeader { at_least }
            | Found::InBody { at_least, .. }
            | Found::Undelimited { at_least, .. } => Decoded::Incomplete { at_least },
        })
    }

    /// Checks the end of the stream, with `leftover` bytes that belong to no whole frame.
    ///
    /// # Errors
    /// If the stream ends inside a frame. The error's offset counts from the first of `leftover`.
    pub fn end(&self, leftover: &[u8]) -> Result<(), Error> {
        let mut start = 0;
        while start < leftover.len() {
            let rest = &leftover[start..];
            match self.find(rest, LONGEST_PAYLOAD, Scan::default()) {
                Ok(Found::Frame(parts)) => start += parts.total(),
                Ok(missing) => return Err(missing.ended(rest).behind(start as u64)),
                Err(error) => return Err(error.behind(start as u64)),
            }
        }
        Ok(())
    }

    /// The frame at the front of `bytes`, if it is whole and the codec has a fast path.
    #[inline]
    fn whole(self, bytes: &[u8], cap: usize) -> Option<Parts> {
        match self {
            Self::Length(prefix) => prefix.whole(bytes, cap),
            Self::Digits(digits) => digits.whole(bytes, cap),
            Self::Raw
            | Self::Fixed(_)
            | Self::Delimiter(_)
            | Self::OctetCounting
            | Self::Netstring
            | Self::Varint => None,
        }
    }

    /// Finds the frame at the front of `bytes`; a search for a delimiter continues from `scan`.
    fn find(self, bytes: &[u8], cap: usize, scan: Scan) -> Result<Found, Error> {
        let cap = cap.min(LONGEST_PAYLOAD);
        match self {
            Self::Raw => raw::find(bytes, cap),
            Self::Fixed(fixed) => fixed.find(bytes, cap),
            Self::Delimiter(delimiter) => delimiter.find(bytes, cap, scan),
            Self::Digits(digits) => digits.find(bytes, cap),
            Self::OctetCounting => octet_counting::find(bytes, cap),
            Self::Netstring => netstring::find(bytes, cap),
            Self::Varint => varint::find(bytes, cap),
            Self::Length(prefix) => prefix.find(bytes, cap),
        }
    }

    /// Appends the payload of a body that contains escapes.
    #[cold]
    fn unescape(self, body: &[u8], payload: &mut Vec<u8>) {
        match self {
            Self::Delimiter(delimiter) => delimiter.unescape(body, payload),
            Self::Raw
            | Self::Fixed(_)
            | Self::Digits(_)
            | Self::OctetCounting
            | Self::Netstring
            | Self::Varint
            | Self::Length(_) => payload.extend_from_slice(body),
        }
    }
}
