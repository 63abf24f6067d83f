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

mod around;
mod codec;
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
#[cfg(feature = "tokio-util")]
mod tokio_codec;
mod varint;

use std::borrow::Cow;

use codec::{Coding as _, FAMILIES, each};

pub use around::Around;
pub use codec::{Boundary, Codec, Facts, Header};
pub use decoder::{Decoder, Frame};
pub use delimiter::{Delimiter, Sequence};
pub use digits::Digits;
pub use error::{AtHand, Error, Got, Wanted};
pub use error_kind::ErrorKind;
pub use fixed::Fixed;
pub use frames::{Frames, Piece};
pub use length_prefix::{LengthField, LengthPrefix};
pub use name::UnknownFraming;
pub use netstring::Netstring;
pub use octet_counting::OctetCounting;
pub use parts::{FramePlace, Parts};
pub use raw::Raw;
#[cfg(feature = "tokio-util")]
pub use tokio_codec::TokioCodec;
pub use varint::Varint;

/// The longest payload that any cap allows; a larger cap means this one, so that
/// the length of a frame always fits a `usize`.
pub const LONGEST_PAYLOAD: usize = usize::MAX >> 2;

/// A rule that turns messages into frames and back: a codec, and what stands around
/// its frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Framing {
    codec: Codec,
    around: Option<Around>,
}

impl From<Codec> for Framing {
    fn from(codec: Codec) -> Self {
        Self {
            codec,
            around: None,
        }
    }
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
    /// No framing: whatever is there is a message.
    pub const RAW: Self = Self {
        codec: Codec::Raw(Raw),
        around: None,
    };

    /// Framings that stand for all: each codec, each variety that has a path of its own,
    /// and each kind of thing that can stand around a frame.
    ///
    /// The properties, the tables of the laboratory and the documentation run over this list.
    #[must_use]
    pub fn every() -> Vec<Self> {
        let codecs = FAMILIES.iter().flat_map(|family| (family.every)());
        let mut every: Vec<Self> = codecs.map(Self::from).collect();
        let marked = [
            "u8-start-68",
            "u32-be-offset-3-end-ce",
            "delimiter-1c0d-start-0b",
            "u8-counts-2-start-7878-trailer-2-end-0d0a",
        ];
        every.extend(marked.iter().filter_map(|name| name.parse::<Self>().ok()));
        every
    }

    /// The codec of its frames.
    #[must_use]
    pub const fn codec(&self) -> Codec {
        self.codec
    }

    /// What stands around the frames of the codec.
    #[must_use]
    pub const fn around(&self) -> Option<Around> {
        self.around
    }

    /// What is known of its frames before there is one.
    #[must_use]
    #[inline]
    pub fn facts(&self) -> Facts {
        let mut facts = each!(self.codec, codec => codec.facts());
        if let Some(around) = self.around {
            let start = around.start().len();
            facts.header = match facts.header {
                Header::Always(bytes) => Header::Always(start + bytes),
                Header::AtMost(bytes) => Header::AtMost(start + bytes),
            };
            facts.trailer += around.trailer();
        }
        facts
    }

    /// How long a header of the right size says that the body is, if it is a number at all.
    #[must_use]
    pub fn length(&self, header: &[u8]) -> Option<i128> {
        let start = self.around.map_or(0, |around| around.start().len());
        let header = header.get(start..)?;
        each!(self.codec, codec => codec.length(header))
    }

    /// Whether the stream alone tells where a message ends. Only `raw` says no.
    #[must_use]
    pub fn keeps_boundaries(&self) -> bool {
        self.facts().boundary != Boundary::Nowhere
    }

    /// The longest frame that a payload of at most `cap` bytes can make, in bytes.
    #[must_use]
    pub fn longest_frame(&self, cap: usize) -> usize {
        self.facts().longest_frame(cap.min(LONGEST_PAYLOAD))
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
        Ok(self.parts_of(out.len() - start, payload.len()))
    }

    /// The parts of a frame that was encoded. From its length alone, so that where nobody
    /// asks for them the compiler leaves it out; handed up from each codec they cost a tenth
    /// of encoding a short frame.
    #[inline]
    fn parts_of(&self, total: usize, payload: usize) -> Parts {
        let facts = self.facts();
        let around = total - facts.trailer;
        if facts.escapes {
            let header = facts.header.most();
            let body = around - header;
            Parts {
                header,
                body,
                trailer: facts.trailer,
                escaped: body > payload,
            }
        } else {
            Parts {
                trailer: facts.trailer,
                ..Parts::prefixed(around - payload, payload)
            }
        }
    }

    #[inline]
    fn append(&self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let start = out.len();
        if let Some(around) = self.around {
            out.extend_from_slice(around.start());
        }
        let appended = each!(self.codec, codec => codec.append(payload, out));
        if appended.is_err() {
            out.truncate(start);
        } else if let Some(around) = self.around {
            around.close(out);
        }
        appended
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

    /// The frame at the front of `bytes`, if it is whole and there is a short way to tell.
    #[inline]
    fn whole(self, bytes: &[u8], cap: usize) -> Option<Parts> {
        match self.around {
            None => each!(self.codec, codec => codec.whole(bytes, cap)),
            Some(_) => None,
        }
    }

    /// The parts of the frame at the front of `bytes`, a search for a delimiter going on where it was.
    fn find(self, bytes: &[u8], cap: usize, scan: Scan) -> Result<Found, Error> {
        let cap = cap.min(LONGEST_PAYLOAD);
        let Some(around) = self.around else {
            return each!(self.codec, codec => codec.find(bytes, cap, scan));
        };
        let inside = Self::from(self.codec);
        around.find(bytes, scan, |bytes, scan| inside.find(bytes, cap, scan))
    }

    /// Appends the payload of a body that holds escapes.
    #[cold]
    fn unescape(self, body: &[u8], payload: &mut Vec<u8>) {
        each!(self.codec, codec => codec.unescape(body, payload));
    }
}
