//! The length in groups of seven bits, the lowest first (LEB128), then the payload.
//!
//! ```text
//! +-------+-----------+-----------+---------+
//! | any n | 1 0101100 | 0 0000010 | payload |     ac 02: 300 bytes follow
//! +-------+-----------+-----------+---------+
//!           ^ another   ^ the last byte
//!
//! varint                      ac 02 | 300 bytes
//! varint-offset-1-bits-28     30 | ac 02 | 300 bytes          (MQTT: four bytes at most)
//! varint-bits-32              a length of 32 bits             (protobuf, Minecraft)
//! ```
//!
//! Limits: lengths up to 2^64 - 1 in at most ten bytes, or of as many bits as `-bits-N` says;
//! one byte up to 127. A reader of 32 bits refuses the fifth byte that a reader of 64 bits goes
//! on from: both ends have to agree. A length may be padded with groups of zeros, as protobuf's
//! readers also accept; it is never written so. Bytes before the length are written as zeros
//! and not looked at.
//!
//! In the field: protobuf's delimited messages, libp2p streams (multiformats), Minecraft
//! (of 32 bits), MQTT (behind its first byte).

use super::codec::{Boundary, Coding, Facts, Family, Header};
use super::name::{is_of, leading_count};
use super::{Codec, Error, ErrorKind, Found, Got, Parts, Scan, Wanted};

/// Says that another byte follows.
const MORE: u8 = 0x80;

/// The codec: how many bytes stand before the length, and how many bits it may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Varint {
    offset: u8,
    bits: u8,
}

impl Varint {
    /// A length of 64 bits at the beginning.
    pub const PLAIN: Self = Self {
        offset: 0,
        bits: Self::WIDEST,
    };
    /// MQTT's: behind one byte, at most four bytes.
    pub const MQTT: Self = Self {
        offset: 1,
        bits: 28,
    };
    /// A length of 32 bits.
    pub const OF_32_BITS: Self = Self {
        offset: 0,
        bits: 32,
    };

    /// The most bits of a length.
    pub const WIDEST: u8 = 64;

    /// How many bytes stand before the length.
    #[must_use]
    pub const fn offset(self) -> usize {
        self.offset as usize
    }

    /// How many bits the length may have.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.bits as u32
    }

    /// The longest payload that the length can count, in bytes.
    #[must_use]
    pub const fn limit(self) -> u64 {
        u64::MAX >> (64 - self.bits())
    }

    /// The most bytes of a length.
    #[must_use]
    pub const fn longest(self) -> usize {
        self.bits.div_ceil(7) as usize
    }

    /// The largest last byte of a length that has the most bytes.
    #[must_use]
    pub const fn last_group(self) -> u8 {
        let bits = self.bits - 7 * (self.bits.div_ceil(7) - 1);
        (1 << bits) - 1
    }

    fn parse(name: &str) -> Option<Self> {
        let mut rest = name.strip_prefix("varint")?;
        let mut varint = Self::PLAIN;
        if let Some(spelled) = rest.strip_prefix("-offset-") {
            (varint.offset, rest) = leading_count(spelled)?;
        }
        if let Some(spelled) = rest.strip_prefix("-bits-") {
            (varint.bits, rest) = leading_count(spelled)?;
            if !(7..Self::WIDEST).contains(&varint.bits) {
                return None;
            }
        }
        rest.is_empty().then_some(varint)
    }
}

impl Coding for Varint {
    const FAMILY: Family = Family {
        forms: [
            "varint, also with -offset-N, -bits-N in this order",
            "varint（还可依次加上 -offset-N、-bits-N）",
        ],
        parse: |name| Self::parse(name).map(Codec::Varint),
        every: || {
            [Self::PLAIN, Self::MQTT, Self::OF_32_BITS]
                .map(Codec::Varint)
                .to_vec()
        },
        hint: |name, language| {
            is_of("varint", name).then(|| {
                let most = u8::MAX;
                say!(
                    language,
                    "after `varint` may follow, in this order, `-offset-N` (N from 1 to {most}) and `-bits-N` (N from 7 to 63)",
                    "`varint` 之后依次可写 `-offset-N`（N 为 1 到 {most}）和 `-bits-N`（N 为 7 到 63）"
                )
            })
        },
    };

    fn name(self) -> String {
        let mut name = "varint".to_owned();
        if self.offset > 0 {
            name += "-offset-";
            name += &self.offset.to_string();
        }
        if self.bits < Self::WIDEST {
            name += "-bits-";
            name += &self.bits.to_string();
        }
        name
    }

    #[inline]
    fn facts(self) -> Facts {
        let header = self.offset() + self.longest();
        Facts::new(Boundary::Length, Header::AtMost(header))
    }

    fn append(self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let mut rest = payload.len();
        if rest as u64 > self.limit() {
            return Err(Error::unfit(Wanted::AtMost(self.limit()), payload));
        }
        if self.offset > 0 {
            out.resize(out.len() + self.offset(), 0);
        }
        while rest >= usize::from(MORE) {
            out.push(low_bits(rest) | MORE);
            rest >>= 7;
        }
        out.push(low_bits(rest));
        out.extend_from_slice(payload);
        Ok(())
    }

    /// A length of one byte, which most have.
    fn whole(self, bytes: &[u8], cap: usize) -> Option<Parts> {
        let length = *bytes.get(self.offset())?;
        if length & MORE != 0 || usize::from(length) > cap {
            return None;
        }
        let parts = Parts::prefixed(self.offset() + 1, length.into());
        (parts.total() <= bytes.len()).then_some(parts)
    }

    fn find(self, bytes: &[u8], cap: usize, _scan: Scan) -> Result<Found, Error> {
        let offset = self.offset();
        let Some(groups) = bytes.get(offset..) else {
            let at_least = offset + 1 - bytes.len();
            return Ok(Found::InHeader { at_least });
        };
        let (longest, last) = (self.longest(), self.last_group());
        let mut length: u64 = 0;
        for (at, &byte) in groups.iter().enumerate() {
            // The last byte that there may be has room for some bits, and for no "more".
            if at + 1 == longest && byte > last {
                return Err(Error::new(
                    ErrorKind::VarintTooLong,
                    offset + at,
                    Wanted::LastGroup(last),
                    Got::Byte(byte),
                    bytes,
                ));
            }
            length |= u64::from(byte & !MORE) << (7 * at);
            if byte & MORE == 0 {
                return match usize::try_from(length) {
                    Ok(length) if length <= cap => {
                        let parts = Parts::prefixed(offset + at + 1, length);
                        Ok(Found::new(parts, bytes.len()))
                    }
                    Ok(_) | Err(_) => Err(Error::new(
                        ErrorKind::AboveCap,
                        offset,
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
