//! Bytes as lower-case hex digits in saved files: `12000000`.
//!
//! Promises: [`bytes`] reads what [`Digits`] writes. White space is not accepted; scenario files,
//! which people write, have a more tolerant reader.

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
