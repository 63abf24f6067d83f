//! What a script sends, and the encodings of a length that is sent by itself.
//!
//! Promises: a payload's length is known without producing its bytes. A seed gives the same bytes
//! on every platform and in every version (Xoshiro256++, whose stream `rand_xoshiro` promises to
//! keep stable). Never does I/O.

use std::borrow::Cow;

use rand::Rng;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

/// Bytes to send, or bytes expected to arrive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Payload {
    /// A text, in UTF-8.
    Text(String),
    /// Bytes written in hex.
    Hex(#[serde(with = "crate::diagnostic::hex")] Vec<u8>),
    /// A text repeated.
    Repeat {
        /// The text.
        text: String,
        /// The number of times.
        times: u32,
    },
    /// Seeded random bytes.
    Random {
        /// The number of bytes.
        bytes: u32,
        /// The seed.
        seed: u64,
    },
    /// A length, encoded.
    Length {
        /// The length, in bytes.
        length: u64,
        /// Its encoding.
        code: LengthCode,
    },
    /// The length of another payload in bytes, encoded.
    LengthOf {
        /// The payload that is measured.
        payload: Box<Payload>,
        /// The encoding of the length.
        code: LengthCode,
    },
}

impl Payload {
    /// The length in bytes.
    ///
    /// # Errors
    /// If a length does not fit its encoding.
    pub fn len(&self) -> Result<u64, LengthError> {
        Ok(match self {
            Self::Text(text) => text.len() as u64,
            Self::Hex(bytes) => bytes.len() as u64,
            Self::Repeat { text, times } => text.len() as u64 * u64::from(*times),
            Self::Random { bytes, .. } => u64::from(*bytes),
            Self::Length { length, code } => code.write(*length)?.len() as u64,
            Self::LengthOf { payload, code } => code.write(payload.len()?)?.len() as u64,
        })
    }

    /// Whether it has no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == Ok(0)
    }

    /// The bytes.
    ///
    /// # Errors
    /// If a length does not fit its encoding.
    pub fn bytes(&self) -> Result<Cow<'_, [u8]>, LengthError> {
        Ok(match self {
            Self::Text(text) => Cow::Borrowed(text.as_bytes()),
            Self::Hex(bytes) => Cow::Borrowed(bytes),
            Self::Repeat { text, times } => Cow::Owned(text.as_bytes().repeat(*times as usize)),
            Self::Random { bytes, seed } => {
                let mut made = vec![0; *bytes as usize];
                Xoshiro256PlusPlus::seed_from_u64(*seed).fill_bytes(&mut made);
                Cow::Owned(made)
            }
            Self::Length { length, code } => Cow::Owned(code.write(*length)?),
            Self::LengthOf { payload, code } => Cow::Owned(code.write(payload.len()?)?),
        })
    }
}

/// The encoding of a length that is sent by itself, as in the source's three fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LengthCode {
    /// Decimal digits without padding. Read strictly: only `0` to `9`.
    Digits,
    /// Decimal digits, read as Python's `int` reads them: white space around them, a sign, and
    /// single underscores between digits are accepted.
    PythonInt,
    /// Decimal digits padded with zeros to eight. Read strictly.
    Digits8,
    /// Four bytes, signed, in this machine's byte order, as Python's `struct.pack("i")`.
    I32Native,
    /// Four bytes, signed, little-endian.
    I32Le,
    /// Four bytes, signed, big-endian (network byte order).
    I32Be,
}

/// Why bytes cannot be read as a length, or a length cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum LengthError {
    /// The bytes are not a number in this encoding.
    #[error("not a number")]
    NotANumber,
    /// The number is negative.
    #[error("negative")]
    NegativeLength,
    /// The number is above the most that one recv may ask for (64 MiB).
    #[error("too large to receive")]
    LengthTooLarge,
    /// The length does not fit the encoding.
    #[error("does not fit")]
    LengthDoesNotFit,
    /// No recv has read a length yet.
    #[error("no length was received")]
    NoLength,
}

impl LengthError {
    /// All errors.
    pub const ALL: [Self; 5] = [
        Self::NotANumber,
        Self::NegativeLength,
        Self::LengthTooLarge,
        Self::LengthDoesNotFit,
        Self::NoLength,
    ];

    /// The name in files and traces.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotANumber => "length-not-a-number",
            Self::NegativeLength => "length-negative",
            Self::LengthTooLarge => "length-too-large",
            Self::LengthDoesNotFit => "length-does-not-fit",
            Self::NoLength => "length-missing",
        }
    }

    /// The error with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|error| error.name() == name)
    }
}

impl LengthCode {
    /// All encodings.
    pub const ALL: [Self; 6] = [
        Self::Digits,
        Self::PythonInt,
        Self::Digits8,
        Self::I32Native,
        Self::I32Le,
        Self::I32Be,
    ];

    /// The name in scenario files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Digits => "digits",
            Self::PythonInt => "python-int",
            Self::Digits8 => "digits-8",
            Self::I32Native => "i32-native",
            Self::I32Le => "i32-le",
            Self::I32Be => "i32-be",
        }
    }

    /// Encodes a length.
    ///
    /// # Errors
    /// If it does not fit.
    pub fn write(self, length: u64) -> Result<Vec<u8>, LengthError> {
        let int = || i32::try_from(length).map_err(|_| LengthError::LengthDoesNotFit);
        Ok(match self {
            Self::Digits | Self::PythonInt => length.to_string().into_bytes(),
            Self::Digits8 if length > 99_999_999 => return Err(LengthError::LengthDoesNotFit),
            Self::Digits8 => format!("{length:08}").into_bytes(),
            Self::I32Native => int()?.to_ne_bytes().to_vec(),
            Self::I32Le => int()?.to_le_bytes().to_vec(),
            Self::I32Be => int()?.to_be_bytes().to_vec(),
        })
    }

    /// Decodes a number, which can be negative.
    ///
    /// # Errors
    /// If the bytes are not a number in this encoding.
    pub fn read(self, bytes: &[u8]) -> Result<i64, LengthError> {
        let four = || <[u8; 4]>::try_from(bytes).map_err(|_| LengthError::NotANumber);
        match self {
            Self::Digits8 if bytes.len() != 8 => Err(LengthError::NotANumber),
            Self::Digits | Self::Digits8 => strict_digits(bytes),
            Self::PythonInt => python_int(bytes),
            Self::I32Native => Ok(i64::from(i32::from_ne_bytes(four()?))),
            Self::I32Le => Ok(i64::from(i32::from_le_bytes(four()?))),
            Self::I32Be => Ok(i64::from(i32::from_be_bytes(four()?))),
        }
    }
}

/// Decimal digits and nothing else.
fn strict_digits(bytes: &[u8]) -> Result<i64, LengthError> {
    if !bytes.iter().all(u8::is_ascii_digit) {
        return Err(LengthError::NotANumber);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| LengthError::NotANumber)?;
    text.parse().map_err(|_| LengthError::NotANumber)
}

/// What Python's `int(text)` accepts, for ASCII and full-width digits (measured with `CPython`
/// 3.11).
fn python_int(bytes: &[u8]) -> Result<i64, LengthError> {
    let text = std::str::from_utf8(bytes).map_err(|_| LengthError::NotANumber)?;
    let text = text.trim();
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.starts_with('_') || digits.ends_with('_') || digits.contains("__") {
        return Err(LengthError::NotANumber);
    }
    let plain = digits
        .chars()
        .filter(|&c| c != '_')
        .map(|c| match c {
            '0'..='9' => Some(c),
            '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10),
            _ => None,
        })
        .collect::<Option<String>>()
        .ok_or(LengthError::NotANumber)?;
    let number: i64 = plain.parse().map_err(|_| LengthError::NotANumber)?;
    Ok(if negative { -number } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_always_gives_the_same_bytes() {
        let payload = Payload::Random { bytes: 8, seed: 1 };
        assert_eq!(
            payload.bytes().unwrap().as_ref(),
            14_971_601_782_005_023_387_u64.to_le_bytes()
        );
    }

    #[test]
    fn python_takes_what_a_strict_reader_refuses() {
        for (text, number) in [
            ("18", 18),
            (" 8", 8),
            ("+8", 8),
            ("1_8", 18),
            ("１８", 18),
            ("-1", -1),
        ] {
            assert_eq!(
                LengthCode::PythonInt.read(text.as_bytes()),
                Ok(number),
                "{text}"
            );
            if text != "18" {
                assert_eq!(
                    LengthCode::Digits.read(text.as_bytes()),
                    Err(LengthError::NotANumber),
                    "{text}"
                );
            }
        }
        for text in ["", "_1", "1_", "1__8", "+", "9下", "0x12"] {
            assert_eq!(
                LengthCode::PythonInt.read(text.as_bytes()),
                Err(LengthError::NotANumber),
                "{text}"
            );
        }
    }

    #[test]
    fn eight_digits_end_at_99_999_999() {
        assert_eq!(LengthCode::Digits8.write(18).unwrap(), b"00000018");
        assert_eq!(
            LengthCode::Digits8.write(100_000_000),
            Err(LengthError::LengthDoesNotFit)
        );
    }

    #[test]
    fn the_struct_bytes_of_18() {
        assert_eq!(LengthCode::I32Le.write(18).unwrap(), [0x12, 0, 0, 0]);
        assert_eq!(LengthCode::I32Be.read(&[0x12, 0, 0, 0]), Ok(301_989_888));
        assert_eq!(LengthCode::I32Le.read(&[0xff; 4]), Ok(-1));
    }
}
