//! The length in groups of seven bits, the lowest first (LEB128), then the payload.
//!
//! ```text
//! +-----------+-----------+---------+
//! | 1 0101100 | 0 0000010 | payload |     ac 02: 300 bytes follow
//! +-----------+-----------+---------+
//!   ^ another    ^ the last byte
//! ```
//!
//! Limits: lengths up to 2^64 - 1 in at most ten bytes; one byte up to 127. A length
//! may be padded with groups of zeros, as protobuf's readers also accept; it is
//! never written so.
//!
//! In the field: protobuf's delimited messages, libp2p streams (multiformats), Minecraft
//! (of 32 bits). MQTT has such a length too, but behind one byte that this codec has not.

use super::codec::{Boundary, Coding, Facts, Family, Header};
use super::{Codec, Error, ErrorKind, Found, Got, Parts, Scan, Wanted};

/// The most bytes that a length of 64 bits takes.
const LONGEST: usize = 10;

/// Says that another byte follows.
const MORE: u8 = 0x80;

/// The codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Varint;

impl Coding for Varint {
    const FAMILY: Family = Family::single(
        ["varint"; 2],
        |name| (name == "varint").then_some(Codec::Varint(Self)),
        || vec![Codec::Varint(Self)],
    );

    fn name(self) -> String {
        "varint".to_owned()
    }

    #[inline]
    fn facts(self) -> Facts {
        Facts::new(Boundary::Length, Header::AtMost(LONGEST))
    }

    /// Appends one frame.
    fn append(self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let mut rest = payload.len();
        while rest >= usize::from(MORE) {
            out.push(low_bits(rest) | MORE);
            rest >>= 7;
        }
        out.push(low_bits(rest));
        out.extend_from_slice(payload);
        Ok(())
    }

    /// Reads the length, and counts the payload off.
    fn find(self, bytes: &[u8], cap: usize, _scan: Scan) -> Result<Found, Error> {
        let mut length: u64 = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            // The tenth byte has room for bit 63 alone, and for no "more".
            if at + 1 == LONGEST && byte > 1 {
                return Err(Error::new(
                    ErrorKind::VarintTooLong,
                    at,
                    Wanted::LastGroup,
                    Got::Byte(byte),
                    bytes,
                ));
            }
            length |= u64::from(byte & !MORE) << (7 * at);
            if byte & MORE == 0 {
                return match usize::try_from(length) {
                    Ok(length) if length <= cap => {
                        Ok(Found::new(Parts::prefixed(at + 1, length), bytes.len()))
                    }
                    Ok(_) | Err(_) => Err(Error::new(
                        ErrorKind::AboveCap,
                        0,
                        Wanted::AtMost(cap as u64),
                        Got::Length(i128::from(length)),
                        bytes,
                    )),
                };
            }
        }
        Ok(Found::InHeader { at_least: 1 })
    }
}

/// The lowest seven bits.
fn low_bits(number: usize) -> u8 {
    #[expect(clippy::cast_possible_truncation, reason = "seven bits")]
    let bits = (number & 0x7f) as u8;
    bits
}
