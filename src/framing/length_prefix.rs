//! The length as a binary number, then the payload.
//!
//! ```text
//! +--------+--------------------+-----+---------+
//! | offset | length             | gap | payload |
//! +--------+--------------------+-----+---------+
//!   any n    1, 2, 4 or 8 bytes   any n
//!
//! i32-le       12 00 00 00 | 18 bytes
//! u32-be       00 00 00 12 | 18 bytes
//! u16-be-counts-header     00 14 | 18 bytes, and 2 for the length itself
//! ```
//!
//! The `offset` bytes before the length and the `gap` bytes after it (a type, a version, a stream
//! number) belong to the header; they are written as zeros and ignored when read. A length that
//! counts the header counts all of it: offset, length and gap.
//!
//! Limits: 255 bytes, 64 KiB - 1, 4 GiB - 1 …, and half of that if the number is signed. A signed
//! length can be negative (`ff ff ff ff` is -1), and a length that counts the header can be too
//! small for it; both are errors. Both sides have to agree on the byte order: 18 in little-endian
//! bytes is 301,989,888 in big-endian.
//!
//! In the field: `struct.pack("i")` of the source's third fix (`i32-le` on most machines), DNS over
//! TCP (`u16-be`, RFC 1035), `PostgreSQL` (`u32-be` that counts itself, after a type byte), Kafka
//! (`i32-be`), `SMB` and 9P.

use super::{Error, ErrorKind, Found, Got, Parts, Wanted, prefixed};

/// The codec: the length field and the bytes around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LengthPrefix {
    /// The length field.
    pub field: LengthField,
    /// Bytes before the length.
    pub offset: u8,
    /// Bytes between the length and the payload.
    pub gap: u8,
    /// Whether the length counts the header (offset, length and gap) as well.
    pub counts_header: bool,
}

/// A binary number: its width in bits, signed or unsigned, and its byte order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// All fields.
    pub const ALL: [Self; 14] = [
        Self::U8,
        Self::I8,
        Self::U16Le,
        Self::U16Be,
        Self::I16Le,
        Self::I16Be,
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

    /// The name, which is also the name of a framing of this field alone.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::U8 => "u8",
            Self::I8 => "i8",
            Self::U16Le => "u16-le",
            Self::U16Be => "u16-be",
            Self::I16Le => "i16-le",
            Self::I16Be => "i16-be",
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

    /// The width of the number in bytes.
    #[must_use]
    pub const fn width(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16Le | Self::U16Be | Self::I16Le | Self::I16Be => 2,
            Self::U32Le | Self::U32Be | Self::I32Le | Self::I32Be => 4,
            Self::U64Le | Self::U64Be | Self::I64Le | Self::I64Be => 8,
        }
    }

    /// The largest number it can hold.
    #[must_use]
    pub const fn max(self) -> u64 {
        u64::MAX >> (64 - self.bits())
    }

    /// The number of bits without the sign bit.
    const fn bits(self) -> u32 {
        match self {
            Self::U8 => 8,
            Self::I8 => 7,
            Self::U16Le | Self::U16Be => 16,
            Self::I16Le | Self::I16Be => 15,
            Self::U32Le | Self::U32Be => 32,
            Self::I32Le | Self::I32Be => 31,
            Self::U64Le | Self::U64Be => 64,
            Self::I64Le | Self::I64Be => 63,
        }
    }

    /// The number at the front of `bytes`, or `None` if there are too few bytes.
    #[must_use]
    pub fn read(self, bytes: &[u8]) -> Option<i128> {
        let raw = self.read_extended(bytes)?;
        Some(if self.is_signed() {
            i128::from(raw.cast_signed())
        } else {
            i128::from(raw)
        })
    }

    /// Whether the number is signed.
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
            | Self::U32Le
            | Self::U32Be
            | Self::U64Le
            | Self::U64Be => false,
        }
    }

    /// The number at the front of `bytes`. A negative number is sign-extended to 64 bits, which
    /// makes it larger than any cap.
    #[inline]
    fn read_extended(self, bytes: &[u8]) -> Option<u64> {
        Some(match self {
            Self::U8 => u8::from_le_bytes(*bytes.first_chunk()?).into(),
            Self::I8 => i64::from(i8::from_le_bytes(*bytes.first_chunk()?)).cast_unsigned(),
            Self::U16Le => u16::from_le_bytes(*bytes.first_chunk()?).into(),
            Self::U16Be => u16::from_be_bytes(*bytes.first_chunk()?).into(),
            Self::I16Le => i64::from(i16::from_le_bytes(*bytes.first_chunk()?)).cast_unsigned(),
            Self::I16Be => i64::from(i16::from_be_bytes(*bytes.first_chunk()?)).cast_unsigned(),
            Self::U32Le => u32::from_le_bytes(*bytes.first_chunk()?).into(),
            Self::U32Be => u32::from_be_bytes(*bytes.first_chunk()?).into(),
            Self::I32Le => i64::from(i32::from_le_bytes(*bytes.first_chunk()?)).cast_unsigned(),
            Self::I32Be => i64::from(i32::from_be_bytes(*bytes.first_chunk()?)).cast_unsigned(),
            Self::U64Le | Self::I64Le => u64::from_le_bytes(*bytes.first_chunk()?),
            Self::U64Be | Self::I64Be => u64::from_be_bytes(*bytes.first_chunk()?),
        })
    }

    /// The bytes of a number up to [`LengthField::max`], at the front of eight.
    #[inline]
    const fn bytes(self, number: u64) -> [u8; 8] {
        match self {
            Self::U8
            | Self::I8
            | Self::U16Le
            | Self::I16Le
            | Self::U32Le
            | Self::I32Le
            | Self::U64Le
            | Self::I64Le => number.to_le_bytes(),
            Self::U16Be | Self::I16Be => (number << 48).to_be_bytes(),
            Self::U32Be | Self::I32Be => (number << 32).to_be_bytes(),
            Self::U64Be | Self::I64Be => number.to_be_bytes(),
        }
    }
}

impl LengthPrefix {
    /// The number directly followed by the payload.
    #[must_use]
    pub const fn plain(field: LengthField) -> Self {
        Self {
            field,
            offset: 0,
            gap: 0,
            counts_header: false,
        }
    }

    /// The number of bytes before the payload.
    #[must_use]
    pub const fn header(self) -> usize {
        self.offset as usize + self.field.width() + self.gap as usize
    }

    /// The number of bytes that the length counts in addition to the payload.
    const fn counted(self) -> u64 {
        if self.counts_header {
            self.header() as u64
        } else {
            0
        }
    }

    /// Appends one frame, or fails if the number cannot hold its length.
    #[inline]
    pub(super) fn encode(self, payload: &[u8], out: &mut Vec<u8>) -> Result<Parts, Error> {
        let number = payload.len() as u64 + self.counted();
        if number > self.field.max() {
            let most = self.field.max().saturating_sub(self.counted());
            return Err(Error::unfit(Wanted::AtMost(most), payload));
        }
        let header = self.field.bytes(number);
        if self.offset > 0 || self.gap > 0 {
            out.resize(out.len() + usize::from(self.offset), 0);
            out.extend_from_slice(&header[..self.field.width()]);
            out.resize(out.len() + usize::from(self.gap), 0);
            out.extend_from_slice(payload);
        } else {
            prefixed::append(header, self.field.width(), payload, out);
        }
        Ok(Parts::prefixed(self.header(), payload.len()))
    }

    /// The frame at the front, if it is whole. This is the fast path; every valid frame takes it.
    #[inline]
    pub(super) fn whole(self, bytes: &[u8], cap: usize) -> Option<Parts> {
        let field = bytes.get(usize::from(self.offset)..)?;
        let number = self.field.read_extended(field)?;
        let length = usize::try_from(number.checked_sub(self.counted())?).ok()?;
        if length > cap {
            return None;
        }
        let parts = Parts::prefixed(self.header(), length);
        (parts.total() <= bytes.len()).then_some(parts)
    }

    /// Reads the number and finds the payload after it.
    pub(super) fn find(self, bytes: &[u8], cap: usize) -> Result<Found, Error> {
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
        match number.checked_sub(self.counted()).map(usize::try_from) {
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

    /// The error for a number that is not a valid length.
    #[cold]
    fn refuse(self, bytes: &[u8], cap: usize) -> Error {
        let field = bytes.get(usize::from(self.offset)..).unwrap_or_default();
        let number = self.field.read(field).unwrap_or_default();
        let counted = self.counted();
        let (kind, wanted) = if number < 0 {
            (ErrorKind::Negative, Wanted::AtLeast(counted))
        } else if number < i128::from(counted) {
            (ErrorKind::BelowHeader, Wanted::AtLeast(counted))
        } else {
            let most = (cap as u64).saturating_add(counted);
            (ErrorKind::AboveCap, Wanted::AtMost(most))
        };
        let got = Got::Length(number);
        Error::new(kind, usize::from(self.offset), wanted, got, bytes)
    }
}
