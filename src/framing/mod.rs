//! Bytes to messages and back: the rules by which a message survives a byte stream.
//!
//! TCP carries bytes, not messages. A [`Framing`] puts the boundaries into the
//! bytes themselves, so that a reader finds them again however the stream was
//! cut and joined on its way. Each codec has a file of its own, whose head shows
//! the frame, its limits and where it is used.
//!
//! Promises: pure code, no I/O. "Not enough yet" is not an error, the end of the
//! stream inside a frame is one. A length is checked against the cap before any
//! byte of the payload is waited or memory asked for. Any bytes at all end in a
//! frame, in "not enough yet" or in a typed [`Error`]. Never panics, and never
//! reads past the frame at the front.
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

/// The longest payload that any cap allows; a larger cap means this one, so that
/// the length of a frame always fits a `usize`.
pub const LONGEST_PAYLOAD: usize = usize::MAX >> 2;

/// A rule that turns messages into frames and back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Framing {
    /// No framing: whatever is there is a message. The fault that sticky packets are.
    Raw,
    /// Every message has the same length.
    Fixed(Fixed),
    /// A message ends where a delimiter stands.
    Delimiter(Delimiter),
    /// The length in ASCII digits, always as many.
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
        /// Where its header, its body and its trailer stand in the slice.
        parts: Parts,
        /// The message. Borrowed, unless escapes had to be taken out of it.
        payload: Cow<'a, [u8]>,
    },
    /// Not enough yet, which is not an error.
    Incomplete {
        /// How many bytes more are wanted at the least, never none: an exact reader
        /// that asks for just so many never reads past the frame.
        at_least: usize,
    },
}

/// What a codec finds at the front of the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    /// A whole frame.
    Frame(Parts),
    /// A part of a header, and how many bytes it lacks at the least.
    InHeader { at_least: usize },
    /// A whole header, a part of what follows, and how many bytes that lacks.
    InBody { header: usize, at_least: usize },
    /// No delimiter so far.
    Undelimited {
        at_least: usize,
        scan: Scan,
        delimiter: Sequence,
    },
}

impl Found {
    /// The frame with these parts, as far as `available` bytes hold it.
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

    /// The error of a stream that ends here, behind `bytes`.
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

/// How far a search for a delimiter got, so that the next one goes on there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Scan {
    /// Bytes of the stream that need no second look.
    bytes: usize,
    /// How many of them are escapes.
    escapes: usize,
}

impl Framing {
    /// Framings that stand for all: each codec, and each variety that has a path of its own.
    ///
    /// The properties, the tables of the laboratory and the documentation run over this list.
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

    /// Whether the stream alone tells where a message ends. Only [`Framing::Raw`] says no.
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

    /// The most bytes that stand behind the body of a frame.
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

    /// Appends one frame to `out`, and says where its parts are in it: the same that a
    /// decoder of this frame says.
    ///
    /// To send many, encode them into one buffer, and write it when it is as long as a
    /// write should be; a frame that is encoded by itself first is only copied again.
    ///
    /// # Errors
    /// When the payload does not fit the framing; `out` is then as it was.
    #[inline]
    pub fn encode(&self, payload: &[u8], out: &mut Vec<u8>) -> Result<Parts, Error> {
        let start = out.len();
        self.append(payload, out)?;
        // From what was appended, so that who asks for no parts pays for none.
        let around = out.len() - start - self.trailer();
        Ok(match self.escapes() {
            true => Parts { header: 0, body: around, trailer: self.trailer(), escaped: around > payload.len() },
            false => Parts { trailer: self.trailer(), ..Parts::prefixed(around - payload.len(), payload.len()) },
        })
    }

    fn escapes(&self) -> bool { matches!(self, Self::Delimiter(delimiter) if delimiter.escape().is_some()) }

    #[inline]
    fn append(&self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        match self {
            Self::Raw => {raw::encode(payload, out); Ok(())},
            Self::Fixed(fixed) => fixed.encode(payload, out),
            Self::Delimiter(delimiter) => delimiter.encode(payload, out),
            Self::Digits(digits) => digits.encode(payload, out),
            Self::OctetCounting => octet_counting::encode(payload, out),
            Self::Netstring => {netstring::encode(payload, out); Ok(())},
            Self::Varint => {varint::encode(payload, out); Ok(())},
            Self::Length(prefix) => prefix.encode(payload, out),
        }
    }

    /// What is at the front of `bytes`. A payload longer than `cap` bytes is refused as
    /// soon as its length is known, before it is waited for.
    ///
    /// # Errors
    /// When the bytes cannot be the beginning of a frame. The error's offset counts from
    /// the first of `bytes`; see [`Error::behind`].
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

    /// The end of the stream, with `leftover` bytes at hand that no frame took.
    ///
    /// # Errors
    /// When the end is inside a frame. The error's offset counts from the first of `leftover`.
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

    /// The frame at the front of `bytes`, if it is whole and the codec has a short way to tell.
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

    /// The parts of the frame at the front of `bytes`, a search for a delimiter going on where it was.
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

    /// Appends the payload of a body that holds escapes.
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
