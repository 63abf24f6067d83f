//! What each codec does and says of itself, and the table of all codecs.
//!
//! A codec is one file: a type, and its [`Coding`]. It becomes known by its row in each
//! of the three lists here; names, facts, guesses, readers and tests go by them.

use super::delimiter::Delimiter;
use super::digits::Digits;
use super::fixed::Fixed;
use super::length_prefix::LengthPrefix;
use super::netstring::Netstring;
use super::octet_counting::OctetCounting;
use super::raw::Raw;
use super::varint::Varint;
use super::{Error, Found, Parts, Scan};
use crate::language::Language;

/// A rule that turns messages into frames and back, without marks around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Codec {
    /// No framing: whatever is there is a message. The fault that sticky packets are.
    Raw(Raw),
    /// Every message has the same length.
    Fixed(Fixed),
    /// A message ends where a delimiter stands.
    Delimiter(Delimiter),
    /// The length in ASCII digits, always as many.
    Digits(Digits),
    /// The length in ASCII digits, then a space (RFC 6587).
    OctetCounting(OctetCounting),
    /// The length in ASCII digits, a colon, the payload, a comma.
    Netstring(Netstring),
    /// The length in groups of seven bits (LEB128).
    Varint(Varint),
    /// The length as a binary number of 1, 2, 3, 4 or 8 bytes.
    Length(LengthPrefix),
}

/// Does the same with whichever codec it is. A function cannot: each codec is a type of
/// its own, and the one match keeps the calls static.
macro_rules! each {
    ($which:expr, $codec:ident => $what:expr) => {
        match $which {
            $crate::framing::Codec::Raw($codec) => $what,
            $crate::framing::Codec::Fixed($codec) => $what,
            $crate::framing::Codec::Delimiter($codec) => $what,
            $crate::framing::Codec::Digits($codec) => $what,
            $crate::framing::Codec::OctetCounting($codec) => $what,
            $crate::framing::Codec::Netstring($codec) => $what,
            $crate::framing::Codec::Varint($codec) => $what,
            $crate::framing::Codec::Length($codec) => $what,
        }
    };
}
pub(super) use each;

/// What is known of each codec before any of its names is read.
pub(super) const FAMILIES: [Family; 8] = [
    Raw::FAMILY,
    Fixed::FAMILY,
    Delimiter::FAMILY,
    Digits::FAMILY,
    OctetCounting::FAMILY,
    Netstring::FAMILY,
    Varint::FAMILY,
    LengthPrefix::FAMILY,
];

/// A codec's names, and the framings that stand for all of it.
#[derive(Clone, Copy)]
pub(super) struct Family {
    /// How its names are spelled, in English and in Chinese; `N` is a number.
    pub(super) forms: [&'static str; 2],
    /// The codec of this name.
    pub(super) parse: fn(&str) -> Option<Codec>,
    /// One codec for each variety that has a path of its own.
    pub(super) every: fn() -> Vec<Codec>,
    /// How its names are spelled, to someone who wrote a name that begins as one.
    pub(super) hint: fn(&str, Language) -> Option<String>,
}

impl Family {
    /// A codec with one name and no parameter.
    pub(super) const fn single(
        forms: [&'static str; 2],
        parse: fn(&str) -> Option<Codec>,
        every: fn() -> Vec<Codec>,
    ) -> Self {
        Self {
            forms,
            parse,
            every,
            hint: |_, _| None,
        }
    }
}

/// What a codec does, and what it says of itself.
pub(super) trait Coding: Copy {
    /// Its names.
    const FAMILY: Family;

    /// Its name, which its family reads back.
    fn name(self) -> String;

    /// What is known of its frames before there is one.
    fn facts(self) -> Facts;

    /// Appends one frame; or fails, and may leave a part of it behind.
    fn append(self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Error>;

    /// What is at the front of the bytes, a search for a delimiter going on where it was.
    fn find(self, bytes: &[u8], cap: usize, scan: Scan) -> Result<Found, Error>;

    /// The frame at the front, if it is whole and there is a short way to tell.
    #[inline]
    fn whole(self, _bytes: &[u8], _cap: usize) -> Option<Parts> {
        None
    }

    /// Appends the payload of a body that [`Coding::find`] accepted.
    fn unescape(self, body: &[u8], payload: &mut Vec<u8>) {
        payload.extend_from_slice(body);
    }

    /// How long a header of the right size says that the body is, if it is a number at all.
    fn length(self, _header: &[u8]) -> Option<i128> {
        None
    }
}

/// What is known of a framing's frames before there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// How a reader learns where a message ends.
    pub boundary: Boundary,
    /// How many bytes stand before the body.
    pub header: Header,
    /// How many bytes stand behind it.
    pub trailer: usize,
    /// Whether a body may hold escapes, so that it is longer than its payload.
    pub escapes: bool,
}

impl Facts {
    /// A header, and the payload behind it.
    pub(super) const fn new(boundary: Boundary, header: Header) -> Self {
        Self {
            boundary,
            header,
            trailer: 0,
            escapes: false,
        }
    }

    /// The longest frame that a payload of at most `cap` bytes can make, in bytes.
    pub(super) const fn longest_frame(self, cap: usize) -> usize {
        let body = match self.boundary {
            Boundary::Size(size) if size < cap => size,
            Boundary::Size(_) | Boundary::Nowhere | Boundary::Length | Boundary::Delimiter => cap,
        };
        let body = if self.escapes { 2 * body } else { body };
        self.header.most() + body + self.trailer
    }
}

/// How a reader learns where a message ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Boundary {
    /// It does not.
    Nowhere,
    /// Every payload has this many bytes.
    Size(usize),
    /// From a length in the header.
    Length,
    /// From what stands at the end.
    Delimiter,
}

/// How many bytes stand before a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header {
    /// Before every body as many.
    Always(usize),
    /// So many or fewer.
    AtMost(usize),
}

impl Header {
    /// The most that there are.
    #[must_use]
    pub const fn most(self) -> usize {
        match self {
            Self::Always(bytes) | Self::AtMost(bytes) => bytes,
        }
    }

    /// How many there are, where they are always as many.
    #[must_use]
    pub const fn always(self) -> Option<usize> {
        match self {
            Self::Always(bytes) => Some(bytes),
            Self::AtMost(_) => None,
        }
    }
}
