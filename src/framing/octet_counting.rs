//! The length in ASCII digits, a space, the payload.
//!
//! ```text
//! +---------------+-------+---------+
//! | length, 1 … 9 | space | payload |     "12 hello world!"
//! +---------------+-------+---------+
//! ```
//!
//! Limits: no leading zero. RFC 6587, section 3.4.1, requires the first digit to be 1 to 9, so
//! there is no empty message. A person can write it, a length may have any number of digits, and
//! the payload may hold any byte.
//!
//! In the field: syslog over TCP (RFC 6587) and TLS (RFC 5425).

use super::decimal::{self, Decimal};
use super::{Error, ErrorKind, Found, Got, Parts, Wanted};

/// The byte between the length and the payload.
const SEPARATOR: u8 = b' ';

/// Appends one frame, or fails if the payload is empty.
pub(super) fn encode(payload: &[u8], out: &mut Vec<u8>) -> Result<Parts, Error> {
    if payload.is_empty() {
        return Err(Error::unfit(Wanted::AtLeast(1), payload));
    }
    let header = decimal::write(payload.len(), out) + 1;
    out.push(SEPARATOR);
    out.extend_from_slice(payload);
    Ok(Parts::prefixed(header, payload.len()))
}

/// Reads the length and finds the payload after it.
pub(super) fn find(bytes: &[u8], cap: usize) -> Result<Found, Error> {
    if bytes.first() == Some(&b'0') {
        return Err(Error::new(
            ErrorKind::LeadingZero,
            0,
            Wanted::NonZeroDigit,
            Got::Byte(b'0'),
            bytes,
        ));
    }
    Ok(match decimal::read(bytes, SEPARATOR, cap)? {
        Decimal::Whole { length, header } => {
            Found::new(Parts::prefixed(header, length), bytes.len())
        }
        Decimal::Partial { at_least } => Found::InHeader { at_least },
    })
}
