//! Numbers, sizes and times as text.
//!
//! Promises: a number of bytes is exact unless the function says that it rounds.

pub use crate::language::{grouped, signed};

/// An exact number of bytes: `65,536 B`.
#[must_use]
pub fn bytes(number: u64) -> String {
    format!("{} B", grouped(number))
}

/// A rounded number of bytes, for what is left out: `812 B`, `40.0 KiB`, `63.9 MiB`.
#[must_use]
pub fn rounded(number: u64) -> String {
    const KIB: u64 = 1024;
    const MIB: u64 = 1024 * KIB;
    const GIB: u64 = 1024 * MIB;
    match number {
        0..KIB => bytes(number),
        KIB..MIB => tenths(number, KIB, "KiB"),
        MIB..GIB => tenths(number, MIB, "MiB"),
        GIB.. => tenths(number, GIB, "GiB"),
    }
}

/// A rate in bytes per second: `812 B/s`, `3.3 MB/s` (a million bytes per second).
#[must_use]
pub fn per_second(number: u64) -> String {
    const KB: u64 = 1_000;
    const MB: u64 = 1_000 * KB;
    match number {
        0..KB => format!("{number} B/s"),
        KB..MB => tenths(number, KB, "kB/s"),
        MB.. => tenths(number, MB, "MB/s"),
    }
}

/// A time or duration in nanoseconds: `8.1 µs`, `41.03 ms`, `103.6 ms`, `5.000 s`; with `us` if
/// `ascii`. At most eight columns for less than 100 s.
#[must_use]
pub fn time(nanoseconds: u64, ascii: bool) -> String {
    const MICRO: u64 = 1_000;
    const MILLI: u64 = 1_000 * MICRO;
    const SECOND: u64 = 1_000 * MILLI;
    if nanoseconds < MILLI {
        tenths(nanoseconds, MICRO, if ascii { "us" } else { "µs" })
    } else if nanoseconds < 100 * MILLI {
        let hundredths = nanoseconds % MILLI * 100 / MILLI;
        format!("{}.{hundredths:02} ms", nanoseconds / MILLI)
    } else if nanoseconds < SECOND {
        tenths(nanoseconds, MILLI, "ms")
    } else {
        let millis = nanoseconds / MILLI;
        format!("{}.{:03} s", grouped(millis / 1_000), millis % 1_000)
    }
}

/// `number / unit` with one decimal, rounded down so that it is never too much.
fn tenths(number: u64, unit: u64, name: &str) -> String {
    let whole = number / unit;
    let tenth = number % unit * 10 / unit;
    format!("{}.{tenth} {name}", grouped(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(67_108_864), "67,108,864");
        assert_eq!(signed(-2_147_483_648), "-2,147,483,648");
        assert_eq!(signed(-999), "-999");
        assert_eq!(signed(i128::from(u64::MAX)), "18,446,744,073,709,551,615");
    }

    #[test]
    fn sizes_and_times_choose_their_unit() {
        assert_eq!(rounded(1023), "1,023 B");
        assert_eq!(rounded(67_000_000), "63.8 MiB");
        assert_eq!(time(8_149, false), "8.1 µs");
        assert_eq!(time(999_999, true), "999.9 us");
        assert_eq!(time(41_039_000, false), "41.03 ms");
        assert_eq!(time(103_680_000, false), "103.6 ms");
        assert_eq!(time(5_000_100_000, false), "5.000 s");
    }

    #[test]
    fn rates_are_cut_to_a_tenth() {
        assert_eq!(per_second(812), "812 B/s");
        assert_eq!(per_second(3_390), "3.3 kB/s");
        assert_eq!(per_second(2_563_900_000), "2,563.9 MB/s");
    }
}
