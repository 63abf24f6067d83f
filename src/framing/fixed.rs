//! All messages have the same length, which both sides know.
//!
//! ```text
//! +------------------+------------------+--
//! | payload, n bytes | payload, n bytes | …
//! +------------------+------------------+--
//! ```
//!
//! Limits: a payload of any other length is rejected. Padding would make it fit, but then the
//! reader could not tell padding from payload.
//!
//! In the field: MPEG transport stream packets (188 bytes), ATM cells (53),
//! X11 events and replies (32), records of market data feeds.

use std::num::NonZeroU32;

use super::{Error, ErrorKind, Found, Got, Parts, Wanted};

/// The codec, with the length of every message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fixed {
    size: NonZeroU32,
}

impl Fixed {
    /// 18 bytes, the length of the first message of the source's cases.
    pub const EIGHTEEN: Self = Self {
        size: NonZeroU32::MIN.saturating_add(17),
    };

    /// Messages of `size` bytes.
    #[must_use]
    pub const fn new(size: NonZeroU32) -> Self {
        Self { size }
    }

    /// The length of every message, in bytes.
    #[must_use]
    pub const fn size(self) -> usize {
        self.size.get() as usize
    }

    /// Appends the payload, or fails if it has the wrong length.
    pub(super) fn encode(self, payload: &[u8], out: &mut Vec<u8>) -> Result<Parts, Error> {
        if payload.len() != self.size() {
            return Err(Error::unfit(
                Wanted::Exactly(u64::from(self.size.get())),
                payload,
            ));
        }
        out.extend_from_slice(payload);
        Ok(Parts::prefixed(0, payload.len()))
    }

    /// Takes the next `size` bytes.
    pub(super) fn find(self, bytes: &[u8], cap: usize) -> Result<Found, Error> {
        if self.size() > cap {
            return Err(Error::new(
                ErrorKind::AboveCap,
                0,
                Wanted::AtMost(cap as u64),
                Got::Length(i128::from(self.size.get())),
                bytes,
            ));
        }
        Ok(Found::new(Parts::prefixed(0, self.size()), bytes.len()))
    }
}
