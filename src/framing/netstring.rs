//! The length in ASCII digits, a colon, the payload, a comma.
//!
//! ```text
//! +--------+---+---------+---+
//! | length | : | payload | , |     "12:hello world!,"   "0:,"
//! +--------+---+---------+---+
//! ```
//!
//! Limits: no leading zero. The comma carries nothing, but a reader that has lost
//! its place notices at once instead of taking text for the next length.
//!
//! In the field: D. J. Bernstein's netstrings (1997), SCGI, QMQP, Mongrel2.

use super::codec::{Boundary, Coding, Facts, Family, Header};
use super::decimal::{self, Decimal};
use super::{Codec, Error, ErrorKind, Found, Got, Parts, Scan, Wanted};

/// Stands between the length and the payload.
const SEPARATOR: u8 = b':';
/// Stands behind the payload.
const TERMINATOR: u8 = b',';

/// The codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Netstring;

impl Coding for Netstring {
    const FAMILY: Family = Family::single(
        ["netstring"; 2],
        |name| (name == "netstring").then_some(Codec::Netstring(Self)),
        || vec![Codec::Netstring(Self)],
    );

    fn name(self) -> String {
        "netstring".to_owned()
    }

    #[inline]
    fn facts(self) -> Facts {
        Facts {
            trailer: 1,
            ..Facts::new(Boundary::Length, Header::AtMost(decimal::LONGEST + 1))
        }
    }

    /// Appends one frame.
    fn append(self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        decimal::write(payload.len(), out);
        out.push(SEPARATOR);
        out.extend_from_slice(payload);
        out.push(TERMINATOR);
        Ok(())
    }

    /// Reads the length, counts the payload off, and looks for the comma.
    fn find(self, bytes: &[u8], cap: usize, _scan: Scan) -> Result<Found, Error> {
        let (length, header) = match decimal::read(bytes, SEPARATOR, cap)? {
            Decimal::Whole { length, header } => (length, header),
            Decimal::Partial { at_least } => return Ok(Found::InHeader { at_least }),
        };
        let end = header + length;
        match bytes.get(end) {
            Some(&TERMINATOR) | None => Ok(Found::new(parts(header, length), bytes.len())),
            Some(&other) => Err(Error::new(
                ErrorKind::MissingDelimiter,
                end,
                Wanted::Separator(TERMINATOR),
                Got::Byte(other),
                bytes,
            )),
        }
    }
}

/// The parts of a frame, which ends with the comma.
const fn parts(header: usize, body: usize) -> Parts {
    Parts {
        trailer: 1,
        ..Parts::prefixed(header, body)
    }
}
