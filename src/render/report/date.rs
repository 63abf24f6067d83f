//! Dates as people write them.

use time::OffsetDateTime;

/// `2026-11-24 10:11`, or the seconds themselves if no calendar date is possible.
pub(super) fn of(unix_time: u64) -> String {
    let moment = i64::try_from(unix_time)
        .ok()
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    moment.map_or_else(
        || format!("@{unix_time}"),
        |moment| {
            format!(
                "{:04}-{:02}-{:02} {:02}:{:02}",
                moment.year(),
                u8::from(moment.month()),
                moment.day(),
                moment.hour(),
                moment.minute()
            )
        },
    )
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(of(0), "1970-01-01 00:00");
        assert_eq!(of(951_782_400), "2000-02-29 00:00");
        assert_eq!(of(1_795_515_102), "2026-11-24 10:11");
        assert_eq!(of(u64::MAX), "@18446744073709551615");
    }
}
