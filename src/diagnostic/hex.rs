//! Bytes as hex digits: `12000000` in saved files, also `12 00 00 00` where people write them.
//!
//! Promises: [`bytes`] reads what [`Digits`] writes, and no white space. [`spaced`] allows white
//! space between bytes, and its errors name the character.

use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};

/// Bytes whose `Display` is their hex digits.
#[derive(Clone, Copy, Debug)]
pub struct Digits<'a>(pub &'a [u8]);

impl fmt::Display for Digits<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // In chunks: one formatted write for each byte of 64 MiB would take seconds.
        for chunk in self.0.chunks(512) {
            let halves = chunk.iter().flat_map(|byte| [byte >> 4, byte & 15]);
            let digits: String = halves
                .map(|half| char::from(DIGITS[usize::from(half)]))
                .collect();
            formatter.write_str(&digits)?;
        }
        Ok(())
    }
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// The bytes for these digits, or `None` if they are not pairs of hex digits.
#[must_use]
pub fn bytes(digits: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let value = |digit: u8| char::from(digit).to_digit(16);
    let byte = |&[high, low]: &[u8; 2]| u8::try_from(value(high)? << 4 | value(low)?).ok();
    rest.is_empty()
        .then(|| pairs.iter().map(byte).collect())
        .flatten()
}

/// Why a text is not hex bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HexError {
    /// The byte of the text at which the character begins.
    pub at: usize,
    /// The character.
    pub got: char,
    /// If it is a digit without a second one: how many digits stand in a row there. Otherwise it is
    /// not a hex digit.
    pub alone_in: Option<usize>,
}

/// The bytes that a text spells, with white space between bytes where there is any.
///
/// # Errors
/// The first mistake of each word. The first of them is the first of the text.
pub fn spaced(text: &str) -> Result<Vec<u8>, Vec<HexError>> {
    let mut spelled = Vec::with_capacity(text.len() / 2);
    let mut errors = Vec::new();
    let mut begin = 0;
    for group in text.split_inclusive(|c: char| c.is_ascii_whitespace()) {
        let word = group.trim_ascii_end();
        match bytes(word) {
            Some(bytes) => spelled.extend(bytes),
            None => errors.extend(mistake(word).map(|error| HexError {
                at: begin + error.at,
                ..error
            })),
        }
        begin += group.len();
    }
    if errors.is_empty() {
        Ok(spelled)
    } else {
        Err(errors)
    }
}

/// The mistake in a word that is not pairs of hex digits.
fn mistake(word: &str) -> Option<HexError> {
    let digits = word.len();
    let strange = word.char_indices().find(|(_, c)| !c.is_ascii_hexdigit());
    let (at, got) = strange.or_else(|| word.char_indices().next_back())?;
    Some(HexError {
        at,
        got,
        alone_in: strange.is_none().then_some(digits),
    })
}

/// Writes bytes as one string of digits.
///
/// # Errors
/// If the serializer fails.
pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Digits(bytes))
}

/// Reads one string of digits.
///
/// # Errors
/// If it is not one.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let digits = String::deserialize(deserializer)?;
    bytes(&digits).ok_or_else(|| D::Error::custom("hex is pairs of the digits 0-9 and a-f"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_may_be_apart_or_not() {
        assert_eq!(spaced("12 00\n00 0A").unwrap(), [0x12, 0, 0, 10]);
        assert_eq!(spaced(" 1200fF ").unwrap(), [0x12, 0, 255]);
        assert_eq!(spaced("").unwrap(), [0; 0]);
        assert_eq!(bytes("12 00"), None);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let first = |text| {
            let error = spaced(text).unwrap_err()[0];
            (error.at, error.got, error.alone_in)
        };
        assert_eq!(first("12 0g"), (4, 'g', None));
        assert_eq!(first("雨"), (0, '雨', None));
        assert_eq!(first("12 0 00"), (3, '0', Some(1)));
        assert_eq!(first("12 0"), (3, '0', Some(1)));
        assert_eq!(first("0x12"), (1, 'x', None));
        let errors = spaced("12 abc\tg 00").unwrap_err();
        let places: Vec<_> = errors.iter().map(|error| error.at).collect();
        assert_eq!(places, [5, 7]);
    }

    #[test]
    fn what_is_written_is_read() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(bytes(&Digits(&all).to_string()), Some(all));
    }
}
