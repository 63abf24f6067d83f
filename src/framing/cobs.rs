//! A message without zeros, then a zero: consistent overhead byte stuffing.
//!
//! ```text
//! +--------------+------+
//! | blocks       | 00   |     03 11 22 02 33 00 is the message 11 22 00 33
//! +--------------+------+
//!   each a count n from 1 to 255 and n - 1 bytes that are not zero; behind a block of less
//!   than 255, except the last, the message has a zero
//! ```
//!
//! Limits: one byte more for each 254, never twice as many as escapes may take. A zero is the end
//! of a message and nothing else, so a reader that has lost its place is right again behind the
//! next one. A zero alone is an empty message.
//!
//! In the field: serial links of microcontrollers, PPP over serial lines (S. Cheshire and M. Baker,
//! "Consistent Overhead Byte Stuffing", 1999).

use super::codec::{Boundary, Coding, Facts, Family, Header};
use super::delimiter::missing;
use super::{Codec, Error, ErrorKind, Found, Got, Parts, Scan, Sequence, Wanted};

/// The most bytes of a block, its count among them.
const BLOCK: usize = 255;

/// What ends a message.
const ZERO: Sequence = Sequence::one(0);

/// The codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cobs;

impl Coding for Cobs {
    const FAMILY: Family = Family::single(
        ["cobs"; 2],
        |name| (name == "cobs").then_some(Codec::Cobs(Self)),
        || vec![Codec::Cobs(Self)],
    );

    fn name(self) -> String {
        "cobs".to_owned()
    }

    #[inline]
    fn facts(self) -> Facts {
        Facts {
            trailer: 1,
            escapes: true,
            // The count of the first block, which also a message without bytes has.
            ..Facts::new(Boundary::Delimiter, Header::AtMost(1))
        }
    }

    fn append(self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let mut count_at = out.len();
        out.push(0);
        for (at, &byte) in payload.iter().enumerate() {
            if byte != 0 {
                out.push(byte);
            }
            let length = out.len() - count_at;
            // A full block at the end needs no other behind it.
            if byte == 0 || (length == BLOCK && at + 1 < payload.len()) {
                out[count_at] = count(length);
                count_at = out.len();
                out.push(0);
            }
        }
        out[count_at] = count(out.len() - count_at);
        out.push(0);
        Ok(())
    }

    fn find(self, bytes: &[u8], cap: usize, scan: Scan) -> Result<Found, Error> {
        // The longest body of a payload within the cap.
        let most = cap.saturating_add(cap / (BLOCK - 1) + 1);
        let window = &bytes[..bytes.len().min(most.saturating_add(1))];
        let Some(step) = window[scan.bytes..].iter().position(|byte| *byte == 0) else {
            if window.len() > most {
                return Err(missing(ZERO, most, most, bytes));
            }
            let scan = Scan {
                bytes: window.len(),
                count: 0,
            };
            return Ok(Found::Undelimited {
                delimiter: ZERO,
                at_least: 1,
                scan,
            });
        };
        let body = scan.bytes + step;
        let mut length = 0;
        let mut next = 0;
        while next < body {
            let block = usize::from(bytes[next]);
            if next + block > body {
                return Err(Error::new(
                    ErrorKind::Malformed,
                    next,
                    Wanted::AtMost((body - next) as u64),
                    Got::Length(block as i128),
                    bytes,
                ));
            }
            next += block;
            length += block - 1 + usize::from(block < BLOCK && next < body);
        }
        if length > cap {
            return Err(missing(ZERO, cap, cap, bytes));
        }
        Ok(Found::Frame(Parts {
            trailer: 1,
            escaped: body > 0,
            ..Parts::prefixed(0, body)
        }))
    }

    #[inline]
    fn written_header(self, _total: usize, _payload: usize) -> usize {
        0
    }

    fn unescape(self, body: &[u8], payload: &mut Vec<u8>) {
        payload.reserve_exact(body.len());
        let mut rest = body;
        while let Some(&first) = rest.first() {
            let (block, behind) = rest.split_at(usize::from(first).clamp(1, rest.len()));
            payload.extend_from_slice(&block[1..]);
            if block.len() < BLOCK && !behind.is_empty() {
                payload.push(0);
            }
            rest = behind;
        }
    }
}

/// The count of a block of so many bytes.
fn count(length: usize) -> u8 {
    u8::try_from(length).unwrap_or(u8::MAX)
}
