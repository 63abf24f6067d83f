//! The length as a fixed number of ASCII digits, then the payload.
//!
//! ```text
//! +------------------+---------+
//! | length, n digits | payload |     "04rain", "00000004rain"
//! +------------------+---------+
//! ```
//!
//! Limits: n digits can count up to 10^n - 1 bytes, so two digits up to 99. A longer message is
//! rejected; a program that writes "120" for it anyway makes its reader take "12" as the length and
//! "0" as text. Reading is strict: only `0` to `9`, without the spaces, signs or underscores that
//! Python's `int` accepts.
//!
//! In the field: the first two fixes of the source; many message switches and payment hosts (ISO
//! 8583 after four digits).

use super::decimal::{self, digit};
use super::{Error, ErrorKind, Found, Got, Parts, Wanted, prefixed};

/// The codec, with its number of digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Digits {
    width: u8,
}

/// The largest length for each number of digits, limited to 64 bits.
const LIMITS: [u64; Digits::WIDEST as usize + 1] = {
    let mut limits = [0_u64; Digits::WIDEST as usize + 1];
    let mut width = 1;
    while width < limits.len() {
        limits[width] = limits[width - 1].saturating_mul(10).saturating_add(9);
        width += 1;
    }
    limits
};

impl Digits {
    /// The largest number of digits: 2^64 has 20.
    pub const WIDEST: u8 = 20;
    /// Two digits, as in the source's first fix.
    pub const TWO: Self = Self { width: 2 };
    /// Eight digits, as in the source's second fix.
    pub const EIGHT: Self = Self { width: 8 };

    /// A number of this many digits always fits 64 bits.
    const SURE: usize = 19;
    /// Headers of up to this many digits are written as one word.
    const SHORT: usize = 8;

    /// A header of `width` digits, 1 to 20.
    #[must_use]
    pub const fn new(width: u8) -> Option<Self> {
        if width >= 1 && width <= Self::WIDEST {
            Some(Self { width })
        } else {
            None
        }
    }

    /// The number of digits in the header.
    #[must_use]
    pub const fn width(self) -> usize {
        self.width as usize
    }

    /// The longest payload, in bytes, that the digits can count.
    const fn limit(self) -> u64 {
        LIMITS[self.width as usize]
    }

    /// Appends one frame, or fails if the digits cannot count the payload.
    #[inline]
    pub(super) fn encode(self, payload: &[u8], out: &mut Vec<u8>) -> Result<Parts, Error> {
        if payload.len() as u64 > self.limit() {
            return Err(Error::unfit(Wanted::AtMost(self.limit()), payload));
        }
        if self.width() <= Self::SHORT {
            // The digits that do not fit are zeros.
            let digits = decimal::last_eight(payload.len()) >> (8 * (Self::SHORT - self.width()));
            prefixed::append(digits.to_le_bytes(), self.width(), payload, out);
        } else {
            let mut digits = [b'0'; Self::WIDEST as usize];
            let header = &mut digits[..self.width()];
            fill(payload.len(), header);
            out.extend_from_slice(header);
            out.extend_from_slice(payload);
        }
        Ok(Parts::prefixed(self.width(), payload.len()))
    }

    /// The frame at the front, if it is whole. This is the fast path; every valid frame takes it.
    #[inline]
    pub(super) fn whole(self, bytes: &[u8], cap: usize) -> Option<Parts> {
        let header = bytes.get(..self.width())?;
        if header.len() > Self::SURE {
            return None;
        }
        let mut length: u64 = 0;
        let mut largest = 0;
        for &byte in header {
            let digit = byte.wrapping_sub(b'0');
            largest = largest.max(digit);
            // So few digits cannot overflow; any other overflow is rejected below.
            length = length.wrapping_mul(10).wrapping_add(u64::from(digit));
        }
        let length = usize::try_from(length).ok()?;
        if largest > 9 || length > cap {
            return None;
        }
        let parts = Parts::prefixed(header.len(), length);
        (parts.total() <= bytes.len()).then_some(parts)
    }

    /// Reads the length and finds the payload after it.
    pub(super) fn find(self, bytes: &[u8], cap: usize) -> Result<Found, Error> {
        let width = self.width();
        let mut length: u64 = 0;
        for (at, &byte) in bytes.iter().take(width).enumerate() {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                return Err(Error::new(
                    ErrorKind::NotADigit,
                    at,
                    Wanted::Digit,
                    Got::Byte(byte),
                    bytes,
                ));
            }
            // Twenty digits can exceed 64 bits; such a length is above any cap.
            length = length.saturating_mul(10).saturating_add(u64::from(digit));
        }
        if bytes.len() < width {
            return Ok(Found::InHeader {
                at_least: width - bytes.len(),
            });
        }
        match usize::try_from(length) {
            Ok(length) if length <= cap => {
                Ok(Found::new(Parts::prefixed(width, length), bytes.len()))
            }
            Ok(_) | Err(_) => Err(Error::new(
                ErrorKind::AboveCap,
                0,
                Wanted::AtMost(cap as u64),
                Got::Length(i128::from(length)),
                bytes,
            )),
        }
    }
}

/// Writes a number right-aligned into digits that are zeros.
#[inline]
fn fill(number: usize, places: &mut [u8]) {
    let mut rest = number;
    for place in places.iter_mut().rev() {
        if rest == 0 {
            break;
        }
        *place = digit(rest);
        rest /= 10;
    }
}
