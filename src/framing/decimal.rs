//! A length in ASCII digits that ends at a separator, as in netstrings and octet counting.
//!
//! Strict: only `0` to `9`, no sign, no space, no leading zero, so that each length has exactly one
//! spelling. Never reads more digits than a length within the cap can have.

use super::{Error, ErrorKind, Got, Wanted};

/// The largest number of digits of a length within any cap.
pub(super) const LONGEST: usize = 20;

/// A length that may still be incomplete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decimal {
    /// The length, and the number of bytes of its digits and the separator.
    Whole { length: usize, header: usize },
    /// The separator has not arrived; at least this many bytes are missing, including it.
    Partial { at_least: usize },
}

/// Reads a length of at most `cap` that ends at `separator`.
pub(super) fn read(bytes: &[u8], separator: u8, cap: usize) -> Result<Decimal, Error> {
    let mut length: u64 = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if byte == separator && at > 0 {
            #[expect(clippy::cast_possible_truncation, reason = "at most the cap, a usize")]
            let length = length as usize;
            return Ok(Decimal::Whole {
                length,
                header: at + 1,
            });
        }
        if at == 1 && length == 0 {
            // The first digit was a zero, so only the separator may follow.
            return Err(Error::new(
                ErrorKind::LeadingZero,
                0,
                Wanted::Separator(separator),
                Got::Byte(byte),
                bytes,
            ));
        }
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            let wanted = if at == 0 {
                Wanted::Digit
            } else {
                Wanted::DigitOr(separator)
            };
            return Err(Error::new(
                ErrorKind::NotADigit,
                at,
                wanted,
                Got::Byte(byte),
                bytes,
            ));
        }
        let longer = length.checked_mul(10);
        match longer.and_then(|longer| longer.checked_add(digit.into())) {
            Some(longer) if longer <= cap as u64 => length = longer,
            Some(_) | None => {
                let got = i128::from(length) * 10 + i128::from(digit);
                return Err(Error::new(
                    ErrorKind::AboveCap,
                    0,
                    Wanted::AtMost(cap as u64),
                    Got::Length(got),
                    bytes,
                ));
            }
        }
    }
    Ok(Decimal::Partial {
        at_least: if bytes.is_empty() { 2 } else { 1 },
    })
}

/// Appends a length without padding, and returns its number of digits.
pub(super) fn write(length: usize, out: &mut Vec<u8>) -> usize {
    let mut digits = [b'0'; LONGEST];
    let mut at = LONGEST;
    let mut rest = length;
    loop {
        at -= 1;
        digits[at] = digit(rest);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
    LONGEST - at
}

/// The last decimal digit of a number, in ASCII.
pub(super) const fn digit(number: usize) -> u8 {
    #[expect(clippy::cast_possible_truncation, reason = "0 to 9")]
    let digit = (number % 10) as u8;
    b'0' + digit
}

/// The two digits of each number below 100.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut number = 0;
    while number < pairs.len() {
        pairs[number] = [digit(number / 10), digit(number)];
        number += 1;
    }
    pairs
};

/// The last eight digits of a number as one little-endian word. (Bytes stored one by one could not
/// be loaded as a word without a delay.)
#[inline]
pub(super) fn last_eight(number: usize) -> u64 {
    // The first digit is in the lowest byte.
    let pair = |number: usize| u64::from(u16::from_le_bytes(PAIRS[number % 100]));
    let mut digits = pair(number) << 48 | 0x3030_3030_3030;
    if number >= 100 {
        let [second, third, fourth] = [100, 10_000, 1_000_000].map(|power| pair(number / power));
        digits = pair(number) << 48 | second << 32 | third << 16 | fourth;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_pointer_width = "64")]
    #[test]
    fn a_length_above_any_cap_is_refused_with_the_number_it_has() {
        // Ten times a length within the largest cap does not fit into 64 bits.
        for (text, got) in [
            ("40000000000000000000:", 40_000_000_000_000_000_000),
            ("18446744073709551616:", 18_446_744_073_709_551_616),
            ("46116860184273879039:", 46_116_860_184_273_879_039),
        ] {
            let error = read(text.as_bytes(), b':', usize::MAX >> 2).unwrap_err();
            assert_eq!(error.kind, ErrorKind::AboveCap, "{text}");
            assert_eq!(error.got, Got::Length(got), "{text}");
        }
        let whole = read(b"18446744073709551615:", b':', usize::MAX);
        let (length, header) = (usize::MAX, 21);
        assert_eq!(whole, Ok(Decimal::Whole { length, header }));
    }

    #[test]
    fn the_last_eight_digits_are_those_of_the_number() {
        for power in 0..=9 {
            let around = 10_usize.pow(power);
            for number in around.saturating_sub(101)..around + 101 {
                let written = format!("{number:020}");
                let digits = last_eight(number).to_le_bytes();
                assert_eq!(digits, written.as_bytes()[12..], "{number}");
            }
        }
    }
}
