//! The length in ASCII digits, always as many, then the payload.
//!
//! ```text
//! +------------------+---------+
//! | length, n digits | payload |     "04rain", "00000004rain"
//! +------------------+---------+
//! ```
//!
//! Limits: n digits count to 10^n - 1 bytes, so two digits to 99. A longer message
//! is refused, where a program that writes "120" for two digits has its reader take
//! "12" for the length and "0" for the text. Read strictly: `0` to `9` only, no
//! blank, sign or underscore as Python's `int` takes them.
//!
//! In the field: the first two fixes of the source; many message switches and
//! payment hosts (ISO 8583 behind four digits).

use super::decimal::digit;
use super::{Error, ErrorKind, Found, Got, Parts, Wanted};

/// The codec: how many digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Digits {
    width: u8,
}

impl Digits {
    /// The most digits: 2^64 has 20.
    pub const WIDEST: u8 = 20;
    /// Two digits, as in the source's first fix.
    pub const TWO: Self = Self { width: 2 };
    /// Eight digits, as in the source's second fix.
    pub const EIGHT: Self = Self { width: 8 };

    /// A header of `width` digits, 1 to 20.
    #[must_use]
    pub const fn new(width: u8) -> Option<Self> {
        if width >= 1 && width <= Self::WIDEST {
            Some(Self { width })
        } else {
            None
        }
    }

    /// How many digits the header has.
    #[must_use]
    pub const fn width(self) -> usize {
        self.width as usize
    }

    /// The longest payload that the digits can count, in bytes.
    const fn limit(self) -> u64 {
        match 10_u64.checked_pow(self.width as u32) {
            Some(power) => power - 1,
            None => u64::MAX,
        }
    }

    /// Appends one frame, if the digits can count it.
    pub(super) fn encode(self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        if payload.len() as u64 > self.limit() {
            return Err(Error::unfit(Wanted::AtMost(self.limit()), payload));
        }
        let mut digits = [b'0'; Self::WIDEST as usize];
        let header = &mut digits[..self.width()];
        let mut rest = payload.len();
        for place in header.iter_mut().rev() {
            *place = digit(rest);
            rest /= 10;
        }
        out.extend_from_slice(header);
        out.extend_from_slice(payload);
        Ok(())
    }

    /// Reads the length, and counts the payload off.
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
            // Twenty digits can say more than 64 bits hold; that is above any cap.
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
