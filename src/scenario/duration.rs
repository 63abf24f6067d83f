//! Reads a duration as people write it: `250us`, `50ms`, `5s`.

use std::time::Duration;

/// The duration that digits with a unit spell; `None` for any other text. One that is too long to
/// count becomes the longest in microseconds.
#[must_use]
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit())?;
    let (digits, unit) = text.split_at(unit_at);
    let microseconds_each = match unit {
        "us" => 1,
        "ms" => 1_000,
        "s" => 1_000_000,
        _ => return None,
    };
    if digits.is_empty() {
        return None;
    }
    let number: u64 = digits.parse().unwrap_or(u64::MAX);
    Some(Duration::from_micros(
        number.saturating_mul(microseconds_each),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_a_number_and_a_unit() {
        let longest = Duration::from_micros(u64::MAX);
        for (text, wanted) in [
            ("500ms", Some(Duration::from_millis(500))),
            ("7us", Some(Duration::from_micros(7))),
            ("60s", Some(Duration::from_mins(1))),
            ("0s", Some(Duration::ZERO)),
            ("18446744073709551616us", Some(longest)),
            ("18446744073709551615s", Some(longest)),
            ("5", None),
            ("s", None),
            ("-5s", None),
            ("5 s", None),
            ("", None),
        ] {
            assert_eq!(parse(text), wanted, "{text}");
        }
    }
}
