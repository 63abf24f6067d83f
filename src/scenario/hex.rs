//! Bytes as lower-case hex digits in saved files: `12000000`.
//!
//! Promises: what [`Digits`] writes, [`bytes`] reads. Never takes white space;
//! scenario files, which a person writes, are read more kindly elsewhere.

use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};

/// Bytes that display as their digits.
#[derive(Clone, Copy, Debug)]
pub struct Digits<'a>(pub &'a [u8]);

impl fmt::Display for Digits<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // In chunks, for a formatted write for each of 64 MiB takes seconds.
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

/// The bytes that `digits` stand for, if they are pairs of hex digits.
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
/// When the serializer fails.
pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Digits(bytes))
}

/// Reads one string of digits.
///
/// # Errors
/// When it is none.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let digits = String::deserialize(deserializer)?;
    bytes(&digits).ok_or_else(|| D::Error::custom("hex is pairs of the digits 0-9 and a-f"))
}
