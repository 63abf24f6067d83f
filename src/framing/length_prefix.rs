//! The length as a binary number, then the payload.
//!
//! ```text
//! +--------+--------------------+-----+---------+
//! | offset | length             | gap | payload |
//! +--------+--------------------+-----+---------+
//!   any n    1, 2, 3, 4 or 8     any n
//!
//! i32-le       12 00 00 00 | 18 bytes
//! u32-be       00 00 00 12 | 18 bytes
//! u16-be-counts-header     00 14 | 18 bytes, and 2 for the length itself
//! i32-be-offset-1-counts-4 00 | 00 00 00 16 | 18 bytes, and 4 for the length itself
//! u16-le-offset-2-counts-header-unit-4     00 00 | 06 00 | 20 bytes: 24 in fours
//! ```
//!
//! `offset` bytes before the length and `gap` bytes behind it (a type, a version, a
//! stream number) belong to the header; they are written as zeros and not looked
//! at. Where the length counts the header, it counts all of it: offset, length and gap.
//! `counts-N` has it count N bytes more than the payload, whichever they are, and
//! `counts-minus-N` fewer. In units of n bytes, all that it counts is a multiple of n.
//!
//! Limits: 255 bytes, 64 KiB less one, 16 MiB less one, 4 GiB less one …, and half of that where the
//! number is signed. A signed length can be negative, as `ff ff ff ff` is -1, and a
//! length that counts more than the payload can be too small; both are errors. Both
//! sides have to agree on the byte order: 18 little-endian is 301,989,888 big-endian.
//!
//! In the field: `struct.pack("i")` of the source's third fix (`i32-le` on most
//! machines), DNS over TCP (`u16-be`, RFC 1035), Kafka (`i32-be`), `MySQL` (`u24-le-gap-1`),
//! `PostgreSQL` (`i32-be-offset-1-counts-4`: it counts itself, but not the byte of type),
//! Diameter (`u24-be-offset-1-counts-header`), X11 requests
//! (`u16-le-offset-2-counts-header-unit-4`), SMB and 9P.

use std::num::NonZeroU8;

use super::codec::{Boundary, Coding, Facts, Family, Header};
use super::name::number;
use super::{Codec, Error, ErrorKind, Found, Got, Parts, Scan, Wanted, prefixed};
use crate::language::{Language, grouped};

/// The codec: what the number is like, and what stands around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LengthPrefix {
    /// The number.
    pub field: LengthField,
    /// Bytes before the number.
    pub offset: u8,
    /// Bytes between the number and the payload.
    pub gap: u8,
    /// How many bytes more than the payload the number counts: those of the header, of a
    /// trailer, or fewer than the payload where this is negative.
    pub counts: i16,
    /// How many bytes the number counts as one.
    pub unit: NonZeroU8,
}

/// A binary number: its width in bits, with or without sign, and its byte order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LengthField {
    /// One byte.
    U8,
    /// One byte, signed.
    I8,
    /// Two bytes, little-endian.
    U16Le,
    /// Two bytes, big-endian.
    U16Be,
    /// Two bytes, signed, little-endian.
    I16Le,
    /// Two bytes, signed, big-endian.
    I16Be,
    /// Three bytes, little-endian.
    U24Le,
    /// Three bytes, big-endian.
    U24Be,
    /// Four bytes, little-endian.
    U32Le,
    /// Four bytes, big-endian (network byte order).
    U32Be,
    /// Four bytes, signed, little-endian: `struct.pack("<i")`.
    I32Le,
    /// Four bytes, signed, big-endian: `struct.pack(">i")`.
    I32Be,
    /// Eight bytes, little-endian.
    U64Le,
    /// Eight bytes, big-endian.
    U64Be,
    /// Eight bytes, signed, little-endian.
    I64Le,
    /// Eight bytes, signed, big-endian.
    I64Be,
}

impl LengthField {
    /// Every field.
    pub const ALL: [Self; 16] = [
        Self::U8,
        Self::I8,
        Self::U16Le,
        Self::U16Be,
        Self::I16Le,
        Self::I16Be,
        Self::U24Le,
        Self::U24Be,
        Self::U32Le,
        Self::U32Be,
        Self::I32Le,
        Self::I32Be,
        Self::U64Le,
        Self::U64Be,
        Self::I64Le,
        Self::I64Be,
    ];

    /// Four bytes, signed, in this machine's byte order: `struct.pack("i")`.
    pub const I32_NATIVE: Self = if cfg!(target_endian = "little") {
        Self::I32Le
    } else {
        Self::I32Be
    };

    /// The name, as a framing of this field alone has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::U8 => "u8",
            Self::I8 => "i8",
            Self::U16Le => "u16-le",
            Self::U16Be => "u16-be",
            Self::I16Le => "i16-le",
            Self::I16Be => "i16-be",
            Self::U24Le => "u24-le",
            Self::U24Be => "u24-be",
            Self::U32Le => "u32-le",
            Self::U32Be => "u32-be",
            Self::I32Le => "i32-le",
            Self::I32Be => "i32-be",
            Self::U64Le => "u64-le",
            Self::U64Be => "u64-be",
            Self::I64Le => "i64-le",
            Self::I64Be => "i64-be",
        }
    }

    /// How many bytes the number takes.
    #[must_use]
    pub const fn width(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16Le | Self::U16Be | Self::I16Le | Self::I16Be => 2,
            Self::U24Le | Self::U24Be => 3,
            Self::U32Le | Self::U32Be | Self::I32Le | Self::I32Be => 4,
            Self::U64Le | Self::U64Be | Self::I64Le | Self::I64Be => 8,
        }
    }

    /// The largest number that fits.
    #[must_use]
    pub const fn max(self) -> u64 {
        u64::MAX >> (64 - self.bits())
    }

    /// How many bits of the number are not its sign.
    const fn bits(self) -> u32 {
        match self {
            Self::U8 => 8,
            Self::I8 => 7,
            Self::U16Le | Self::U16Be => 16,
            Self::I16Le | Self::I16Be => 15,
            Self::U24Le | Self::U24Be => 24,
            Self::U32Le | Self::U32Be => 32,
            Self::I32Le | Self::I32Be => 31,
            Self::U64Le | Self::U64Be => 64,
            Self::I64Le | Self::I64Be => 63,
        }
    }

    /// The number at the front of `bytes`, or `None` where there are too few.
    #[must_use]
    pub fn read(self, bytes: &[u8]) -> Option<i128> {
        let raw = self.read_extended(bytes)?;
        Some(if self.is_signed() {
            i128::from(raw.cast_signed())
        } else {
            i128::from(raw)
        })
    }

    /// Whether the number can be negative.
    #[must_use]
    pub const fn is_signed(self) -> bool {
        match self {
            Self::I8
            | Self::I16Le
            | Self::I16Be
            | Self::I32Le
            | Self::I32Be
            | Self::I64Le
            | Self::I64Be => true,
            Self::U8
            | Self::U16Le
            | Self::U16Be
            | Self::U24Le
            | Self::U24Be
            | Self::U32Le
            | Self::U32Be
            | Self::U64Le
            | Self::U64Be => false,
        }
    }

    /// The number at the front of `bytes`, a negative one with its sign extended to 64
    /// bits, which makes it larger than any cap.
    #[inline]
    fn read_extended(self, bytes: &[u8]) -> Option<u64> {
        Some(match self {
            Self::U8 => u8::from_le_bytes(*bytes.first_chunk()?).into(),
            Self::I8 => i64::from(i8::from_le_bytes(*bytes.first_chunk()?)).cast_unsigned(),
            Self::U16Le => u16::from_le_bytes(*bytes.first_chunk()?).into(),
            Self::U16Be => u16::from_be_bytes(*bytes.first_chunk()?).into(),
            Self::I16Le => i64::from(i16::from_le_bytes(*bytes.first_chunk()?)).cast_unsigned(),
            Self::I16Be => i64::from(i16::from_be_bytes(*bytes.first_chunk()?)).cast_unsigned(),
            Self::U24Le => {
                let &[a, b, c] = bytes.first_chunk()?;
                u32::from_le_bytes([a, b, c, 0]).into()
            }
            Self::U24Be => {
                let &[a, b, c] = bytes.first_chunk()?;
                u32::from_be_bytes([0, a, b, c]).into()
            }
            Self::U32Le => u32::from_le_bytes(*bytes.first_chunk()?).into(),
            Self::U32Be => u32::from_be_bytes(*bytes.first_chunk()?).into(),
            Self::I32Le => i64::from(i32::from_le_bytes(*bytes.first_chunk()?)).cast_unsigned(),
            Self::I32Be => i64::from(i32::from_be_bytes(*bytes.first_chunk()?)).cast_unsigned(),
            Self::U64Le | Self::I64Le => u64::from_le_bytes(*bytes.first_chunk()?),
            Self::U64Be | Self::I64Be => u64::from_be_bytes(*bytes.first_chunk()?),
        })
    }

    /// The bytes of a number that is at most [`LengthField::max`], at the front of eight.
    #[inline]
    const fn bytes(self, number: u64) -> [u8; 8] {
        match self {
            Self::U8
            | Self::I8
            | Self::U16Le
            | Self::I16Le
            | Self::U24Le
            | Self::U32Le
            | Self::I32Le
            | Self::U64Le
            | Self::I64Le => number.to_le_bytes(),
            Self::U16Be | Self::I16Be => (number << 48).to_be_bytes(),
            Self::U24Be => (number << 40).to_be_bytes(),
            Self::U32Be | Self::I32Be => (number << 32).to_be_bytes(),
            Self::U64Be | Self::I64Be => number.to_be_bytes(),
        }
    }
}

impl LengthPrefix {
    /// The number, and the payload right behind it.
    #[must_use]
    pub const fn plain(field: LengthField) -> Self {
        Self {
            field,
            offset: 0,
            gap: 0,
            counts: 0,
            unit: NonZeroU8::MIN,
        }
    }

    /// How many bytes stand before the payload.
    #[must_use]
    pub const fn header(self) -> usize {
        self.offset as usize + self.field.width() + self.gap as usize
    }

    /// The number that counts a payload of this many bytes, where there is one.
    #[inline]
    fn number(self, payload: usize) -> Option<u64> {
        let mut number = (payload as u64).checked_add_signed(self.counts.into())?;
        if self.unit != NonZeroU8::MIN {
            let unit = u64::from(self.unit.get());
            if !number.is_multiple_of(unit) {
                return None;
            }
            number /= unit;
        }
        (number <= self.field.max()).then_some(number)
    }

    /// How many bytes of payload a number counts; `None` where none can be counted so.
    #[inline]
    fn payload(self, mut number: u64) -> Option<u64> {
        if self.unit != NonZeroU8::MIN {
            number = number.checked_mul(self.unit.get().into())?;
        }
        number.checked_add_signed(-i64::from(self.counts))
    }

    /// The error for a number that is no length.
    #[cold]
    fn refuse(self, bytes: &[u8], cap: usize) -> Error {
        let field = bytes.get(usize::from(self.offset)..).unwrap_or_default();
        let number = self.field.read(field).unwrap_or_default();
        let unit = u64::from(self.unit.get());
        let least = u64::try_from(self.counts).unwrap_or(0).div_ceil(unit);
        let (kind, wanted) = if number < 0 {
            (ErrorKind::Negative, Wanted::AtLeast(least))
        } else if number < i128::from(least) {
            (ErrorKind::BelowHeader, Wanted::AtLeast(least))
        } else {
            let most = (cap as u64).saturating_add_signed(self.counts.into()) / unit;
            (ErrorKind::AboveCap, Wanted::AtMost(most))
        };
        let got = Got::Length(number);
        Error::new(kind, usize::from(self.offset), wanted, got, bytes)
    }

    /// The error for a payload that the number cannot count.
    #[cold]
    fn unfit(self, payload: &[u8]) -> Error {
        let (counts, unit) = (i64::from(self.counts), u64::from(self.unit.get()));
        let most = self
            .field
            .max()
            .saturating_mul(unit)
            .saturating_add_signed(-counts);
        let length = payload.len() as u64;
        let wanted = if length > most {
            Wanted::AtMost(most)
        } else if length.checked_add_signed(counts).is_none() {
            Wanted::AtLeast(counts.unsigned_abs())
        } else {
            Wanted::InUnits {
                unit: self.unit.get(),
                counts: self.counts,
            }
        };
        Error::unfit(wanted, payload)
    }
}

impl Coding for LengthPrefix {
    const FAMILY: Family = Family {
        forms: [
            "u8, i8, and u16, u24, u32, u64, i16, i32, i64 with -le or -be, all of \
            these also with -offset-N, -gap-N, -counts-header or -counts-N or -counts-minus-N, -unit-N in this order",
            "u8、i8，以及带 -le 或 -be 的 u16、u24、u32、u64、i16、i32、i64，\
            整数类还可依次加上 -offset-N、-gap-N、-counts-header 或 -counts-N 或 -counts-minus-N、-unit-N",
        ],
        parse: |name| parse(name).map(Codec::Length),
        every,
        hint,
    };

    fn name(self) -> String {
        let mut name = self.field.name().to_owned();
        let mut add = |what: &str, number: u16| {
            name += what;
            name += &number.to_string();
        };
        if self.offset > 0 {
            add("-offset-", self.offset.into());
        }
        if self.gap > 0 {
            add("-gap-", self.gap.into());
        }
        match self.counts {
            0 => {}
            1.. if usize::from(self.counts.unsigned_abs()) == self.header() => {
                name += "-counts-header";
            }
            1.. => add("-counts-", self.counts.unsigned_abs()),
            ..0 => add("-counts-minus-", self.counts.unsigned_abs()),
        }
        if self.unit != NonZeroU8::MIN {
            name += "-unit-";
            name += &self.unit.to_string();
        }
        name
    }

    #[inline]
    fn facts(self) -> Facts {
        Facts::new(Boundary::Length, Header::Always(self.header()))
    }

    /// Appends one frame, if the number can count it.
    #[inline]
    fn append(self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let Some(number) = self.number(payload.len()) else {
            return Err(self.unfit(payload));
        };
        let header = self.field.bytes(number);
        if self.offset > 0 || self.gap > 0 {
            out.resize(out.len() + usize::from(self.offset), 0);
            out.extend_from_slice(&header[..self.field.width()]);
            out.resize(out.len() + usize::from(self.gap), 0);
            out.extend_from_slice(payload);
        } else {
            prefixed::append(header, self.field.width(), payload, out);
        }
        Ok(())
    }

    fn whole(self, bytes: &[u8], cap: usize) -> Option<Parts> {
        let field = bytes.get(usize::from(self.offset)..)?;
        let number = self.field.read_extended(field)?;
        let length = usize::try_from(self.payload(number)?).ok()?;
        if length > cap {
            return None;
        }
        let parts = Parts::prefixed(self.header(), length);
        (parts.total() <= bytes.len()).then_some(parts)
    }

    fn find(self, bytes: &[u8], cap: usize, _scan: Scan) -> Result<Found, Error> {
        if let Some(parts) = self.whole(bytes, cap) {
            return Ok(Found::Frame(parts));
        }
        let header = self.header();
        let Some(number) = bytes
            .get(usize::from(self.offset)..)
            .and_then(|field| self.field.read_extended(field))
        else {
            return Ok(Found::InHeader {
                at_least: header - bytes.len(),
            });
        };
        match self.payload(number).map(usize::try_from) {
            Some(Ok(length)) if length <= cap => {
                if bytes.len() < header {
                    return Ok(Found::InHeader {
                        at_least: header - bytes.len(),
                    });
                }
                Ok(Found::new(Parts::prefixed(header, length), bytes.len()))
            }
            Some(Ok(_) | Err(_)) | None => Err(self.refuse(bytes, cap)),
        }
    }

    fn length(self, header: &[u8]) -> Option<i128> {
        let number = self.field.read(header.get(usize::from(self.offset)..)?)?;
        Some(number * i128::from(self.unit.get()) - i128::from(self.counts))
    }
}

/// One of each field, and of each way to count.
fn every() -> Vec<Codec> {
    let mut every: Vec<_> = LengthField::ALL.map(LengthPrefix::plain).to_vec();
    let with_header = |prefix: LengthPrefix| LengthPrefix {
        counts: i16::try_from(prefix.header()).unwrap_or(i16::MAX),
        ..prefix
    };
    every.push(with_header(LengthPrefix::plain(LengthField::U16Be)));
    every.push(with_header(LengthPrefix {
        offset: 2,
        gap: 1,
        ..LengthPrefix::plain(LengthField::U32Be)
    }));
    // PostgreSQL: the length counts itself, but not the byte of type before it.
    every.push(LengthPrefix {
        offset: 1,
        counts: 4,
        ..LengthPrefix::plain(LengthField::I32Be)
    });
    every.into_iter().map(Codec::Length).collect()
}

fn parse(name: &str) -> Option<LengthPrefix> {
    let (field, mut rest) = LengthField::ALL
        .into_iter()
        .find_map(|field| Some((field, name.strip_prefix(field.name())?)))?;
    let mut prefix = LengthPrefix::plain(field);
    if let Some(spelled) = rest.strip_prefix("-offset-") {
        (prefix.offset, rest) = leading_count(spelled)?;
    }
    if let Some(spelled) = rest.strip_prefix("-gap-") {
        (prefix.gap, rest) = leading_count(spelled)?;
    }
    if let Some(behind) = rest.strip_prefix("-counts-header") {
        prefix.counts = i16::try_from(prefix.header()).ok()?;
        rest = behind;
    } else if let Some(spelled) = rest.strip_prefix("-counts-minus-") {
        (prefix.counts, rest) = leading_count(spelled)?;
        prefix.counts = -prefix.counts;
    } else if let Some(spelled) = rest.strip_prefix("-counts-") {
        (prefix.counts, rest) = leading_count(spelled)?;
    }
    if let Some(spelled) = rest.strip_prefix("-unit-") {
        let unit: u8;
        (unit, rest) = leading_count(spelled)?;
        prefix.unit = NonZeroU8::new(unit).filter(|unit| *unit > NonZeroU8::MIN)?;
    }
    rest.is_empty().then_some(prefix)
}

/// A number from 1 on at the front, and what follows it.
fn leading_count<N: TryFrom<u32>>(spelled: &str) -> Option<(N, &str)> {
    let end = spelled.find('-').unwrap_or(spelled.len());
    let count = number(&spelled[..end])?;
    (count > 0).then_some((N::try_from(count).ok()?, &spelled[end..]))
}

fn hint(name: &str, language: Language) -> Option<String> {
    let fields = LengthField::ALL.map(LengthField::name);
    let orders: Vec<String> = fields
        .iter()
        .filter(|field| field.split('-').next() == Some(name))
        .map(|field| format!("`{field}`"))
        .collect();
    if let [little, big] = orders.as_slice() {
        return Some(say!(
            language,
            "say the byte order: {little} or {big}",
            "请写明字节序：{little} 或 {big}"
        ));
    }
    let has_more = |field: &&str| {
        let rest = name.strip_prefix(*field);
        rest.is_some_and(|rest| {
            ["-offset", "-gap", "-counts", "-unit"]
                .iter()
                .any(|more| rest.starts_with(more))
        })
    };
    let field = fields.into_iter().find(has_more)?;
    let (most, counts) = (u8::MAX, grouped(i16::MAX.unsigned_abs().into()));
    Some(say!(
        language,
        "after `{field}` may follow, in this order, `-offset-N` and `-gap-N` (N from 1 to {most}); `-counts-header`, `-counts-N` or `-counts-minus-N` (N up to {counts}); `-unit-N` (N from 2 to {most})",
        "`{field}` 之后依次可写：`-offset-N` 和 `-gap-N`（N 为 1 到 {most}）；`-counts-header`、`-counts-N` 或 `-counts-minus-N`（N 最大 {counts}）；`-unit-N`（N 为 2 到 {most}）"
    ))
}
