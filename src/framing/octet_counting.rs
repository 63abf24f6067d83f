//! The length in ASCII digits, a space, the payload.
//!
//! ```text
//! +---------------+-------+---------+
//! | length, 1 … 9 | space | payload |     "12 hello world!"
//! +---------------+-------+---------+
//! ```
//!
//! Limits: no leading zero, and by RFC 6587, section 3.4.1, the first digit is 1
//! to 9, so that there is no empty message. A person can write it, a length may
//! have any number of digits, and the payload may hold any byte.
//!
//! In the field: syslog over TCP (RFC 6587) and TLS (RFC 5425).

use super::codec::{Boundary, Coding, Facts, Family, Header};
use super::decimal::{self, Decimal};
use super::{Codec, Error, ErrorKind, Found, Got, Parts, Scan, Wanted};

/// Stands between the length and the payload.
const SEPARATOR: u8 = b' ';

/// The codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OctetCounting;

impl Coding for OctetCounting {
    const FAMILY: Family = Family::single(
        ["octet-counting"; 2],
        |name| (name == "octet-counting").then_some(Codec::OctetCounting(Self)),
        || vec![Codec::OctetCounting(Self)],
    );

    fn name(self) -> String {
        "octet-counting".to_owned()
    }

    #[inline]
    fn facts(self) -> Facts {
        Facts::new(Boundary::Length, Header::AtMost(decimal::LONGEST + 1))
    }

    /// Appends one frame, if there is anything to say.
    fn append(self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        if payload.is_empty() {
            return Err(Error::unfit(Wanted::AtLeast(1), payload));
        }
        decimal::write(payload.len(), out);
        out.push(SEPARATOR);
        out.extend_from_slice(payload);
        Ok(())
    }

    /// Reads the length, and counts the payload off.
    fn find(self, bytes: &[u8], cap: usize, _scan: Scan) -> Result<Found, Error> {
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
}
