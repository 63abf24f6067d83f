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

use super::codec::{Boundary, Coding, Facts, Family, Header};
use super::decimal::{self, digit};
use super::name::{is_of, number, takes};
use super::{Codec, Error, ErrorKind, Found, Got, Parts, Scan, Wanted, prefixed};

/// The codec: how many digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Digits {
    width: u8,
}

/// The largest number of so many digits, or of 64 bits.
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
    /// The most digits: 2^64 has 20.
    pub const WIDEST: u8 = 20;
    /// Two digits, as in the source's first fix.
    pub const TWO: Self = Self { width: 2 };
    /// Eight digits, as in the source's second fix.
    pub const EIGHT: Self = Self { width: 8 };

    /// So many digits always fit 64 bits.
    const SURE: usize = 19;
    /// Headers of up to so many digits are written in one piece.
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

    /// How many digits the header has.
    #[must_use]
    pub const fn width(self) -> usize {
        self.width as usize
    }

    /// The longest payload that the digits can count, in bytes.
    const fn limit(self) -> u64 {
        LIMITS[self.width as usize]
    }
}

impl Coding for Digits {
    const FAMILY: Family = Family {
        forms: ["digits-N (1 to 20)", "digits-N（1 到 20）"],
        parse: |name| {
            let width = u8::try_from(number(name.strip_prefix("digits-")?)?).ok()?;
            Self::new(width).map(Codec::Digits)
        },
        every: || [Self::TWO, Self::EIGHT].map(Codec::Digits).to_vec(),
        hint: |name, language| {
            is_of("digits", name).then(|| takes("digits", Self::WIDEST.into(), language))
        },
    };

    fn name(self) -> String {
        format!("digits-{}", self.width)
    }

    #[inline]
    fn facts(self) -> Facts {
        Facts::new(Boundary::Length, Header::Always(self.width()))
    }

    fn append(self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
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
        Ok(())
    }

    fn whole(self, bytes: &[u8], cap: usize) -> Option<Parts> {
        let header = bytes.get(..self.width())?;
        if header.len() > Self::SURE {
            return None;
        }
        let mut length: u64 = 0;
        let mut largest = 0;
        for &byte in header {
            let digit = byte.wrapping_sub(b'0');
            largest = largest.max(digit);
            // Digits this few do not wrap; anything else that does is refused below.
            length = length.wrapping_mul(10).wrapping_add(u64::from(digit));
        }
        let length = usize::try_from(length).ok()?;
        if largest > 9 || length > cap {
            return None;
        }
        let parts = Parts::prefixed(header.len(), length);
        (parts.total() <= bytes.len()).then_some(parts)
    }

    fn find(self, bytes: &[u8], cap: usize, _scan: Scan) -> Result<Found, Error> {
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

    fn length(self, header: &[u8]) -> Option<i128> {
        std::str::from_utf8(header).ok()?.parse().ok()
    }
}

/// Writes a number right-aligned into places that hold zeros.
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
