//! The length in groups of seven bits, the lowest first (LEB128), then the payload.
//!
//! ```text
//! +-----------+-----------+---------+
//! | 1 0101100 | 0 0000010 | payload |     ac 02: 300 bytes follow
//! +-----------+-----------+---------+
//!   ^ another    ^ the last byte
//! ```
//!
//! Limits: lengths up to 2^64 - 1 in at most ten bytes; up to 127 in one byte. A length padded with
//! groups of zeros is accepted, as protobuf's readers do; it is never written so.
//!
//! In the field: protobuf's delimited messages, gRPC-web and libp2p streams
//! (multiformats), Minecraft (of 32 bits), MQTT (of at most four bytes).

use super::{Error, ErrorKind, Found, Got, Parts, Wanted};

/// The most bytes that a 64-bit length takes.
pub(super) const LONGEST: usize = 10;

/// The bit that says that another byte follows.
const MORE: u8 = 0x80;

/// Appends one frame.
pub(super) fn encode(payload: &[u8], out: &mut Vec<u8>) -> Parts {
    let start = out.len();
    let mut rest = payload.len();
    while rest >= usize::from(MORE) {
        out.push(low_bits(rest) | MORE);
        rest >>= 7;
    }
    out.push(low_bits(rest));
    let header = out.len() - start;
    out.extend_from_slice(payload);
    Parts::prefixed(header, payload.len())
}

/// The lowest seven bits.
fn low_bits(number: usize) -> u8 {
    #[expect(clippy::cast_possible_truncation, reason = "seven bits")]
    let bits = (number & 0x7f) as u8;
    bits
}

/// Reads the length and finds the payload after it.
pub(super) fn find(bytes: &[u8], cap: usize) -> Result<Found, Error> {
    let mut length: u64 = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        // The tenth byte has room only for bit 63, and no further byte may follow.
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
