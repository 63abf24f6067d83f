//! The length in ASCII digits, a colon, the payload, a comma.
//!
//! ```text
//! +--------+---+---------+---+
//! | length | : | payload | , |     "12:hello world!,"   "0:,"
//! +--------+---+---------+---+
//! ```
//!
//! Limits: no leading zero. The comma carries no information, but with it a reader that has lost
//! its place notices at once instead of taking text for the next length.
//!
//! In the field: D. J. Bernstein's netstrings (1997), SCGI, QMQP, Mongrel2.

use super::decimal::{self, Decimal};
use super::{Error, ErrorKind, Found, Got, Parts, Wanted};

/// The byte between the length and the payload.
const SEPARATOR: u8 = b':';
/// The byte after the payload.
const TERMINATOR: u8 = b',';
/// The number of bytes after the payload.
pub(super) const TRAILER: usize = 1;

/// Appends one frame.
pub(super) fn encode(payload: &[u8], out: &mut Vec<u8>) -> Parts {
    let header = decimal::write(payload.len(), out) + 1;
    out.push(SEPARATOR);
    out.extend_from_slice(payload);
    out.push(TERMINATOR);
    parts(header, payload.len())
}

/// The parts of a frame that ends with the comma.
const fn parts(header: usize, body: usize) -> Parts {
    Parts {
        trailer: TRAILER,
        ..Parts::prefixed(header, body)
    }
}

/// Reads the length, finds the payload after it, and checks the comma.
pub(super) fn find(bytes: &[u8], cap: usize) -> Result<Found, Error> {
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
