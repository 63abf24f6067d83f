//! Bytes to messages and back: pure, no I/O.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A rule that turns messages into frames and back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Framing {
    /// Four bytes, signed, little-endian, then the payload.
    I32Le,
}

/// What is at the front of a byte slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decoded<'a> {
    /// One whole frame.
    Frame {
        /// How many bytes of the slice stand before the payload.
        header: usize,
        /// The message.
        payload: &'a [u8],
        /// How many bytes of the slice the frame takes.
        consumed: usize,
    },
    /// Not enough yet, which is not an error.
    Incomplete {
        /// How many bytes more are wanted at the least; an exact reader asks for just so many.
        at_least: usize,
    },
}

/// What is wrong with a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorKind {
    /// The length is below zero.
    Negative,
}

impl ErrorKind {
    /// The name in files and traces.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Negative => "negative",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        (name == Self::Negative.name()).then_some(Self::Negative)
    }
}

/// Bytes that do not decode, or a payload that cannot be framed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind:?} at {offset}")]
pub struct Error {
    /// What is wrong.
    pub kind: ErrorKind,
    /// The stream offset where.
    pub offset: u64,
}

impl Framing {
    /// Appends one frame to `out`.
    ///
    /// # Errors
    /// When the payload does not fit the framing.
    pub fn encode(&self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let _ = (payload, out);
        todo!("framing")
    }

    /// What is at the front of `bytes`; a payload longer than `cap` is refused before it is waited for.
    ///
    /// # Errors
    /// When the bytes cannot be the beginning of a frame.
    pub fn decode<'a>(&self, bytes: &'a [u8], cap: usize) -> Result<Decoded<'a>, Error> {
        let _ = (bytes, cap);
        todo!("framing")
    }

    /// The end of the stream, with `leftover` bytes at hand that are no whole frame.
    ///
    /// # Errors
    /// When the end is inside a frame.
    pub fn end(&self, leftover: &[u8]) -> Result<(), Error> {
        let _ = leftover;
        todo!("framing")
    }
}

impl fmt::Display for Framing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("i32-le")
    }
}

/// A name that is no framing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown framing `{0}`")]
pub struct UnknownFraming(pub String);

impl FromStr for Framing {
    type Err = UnknownFraming;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        (name == "i32-le")
            .then_some(Self::I32Le)
            .ok_or_else(|| UnknownFraming(name.to_owned()))
    }
}
