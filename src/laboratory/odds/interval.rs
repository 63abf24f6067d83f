//! A share and its 95 % interval, when trials close in time are alike.
//!
//! A trial resembles the one before it: both ran under the same scheduler, the same load, and on
//! the same two threads and cores. So 500 trials tell less than 500 coin tosses would, and an
//! interval that treats them as independent is too narrow. The trials are therefore made in blocks
//! ([`plan`](super::plan())), separated in time and each on its own threads, and the interval is
//! estimated from how much the blocks differ:
//!
//! 1. The variance of the share is that of a ratio of block totals,
//!    `B / (B - 1) * sum((hits - share * trials)^2) / n^2` over `B` blocks with `n` trials in
//!    all (Cochran, "Sampling Techniques", 3rd edition 1977, section 3.12).
//! 2. The effective number of trials is `share * (1 - share) / variance`, at most `n`: as many
//!    independent trials would tell as much (Kish, "Survey Sampling", 1965). If all trials are
//!    hits, or none are, the blocks cannot differ, and each block counts as one trial.
//! 3. The interval is Wilson's score interval for the effective number, with the quantile of
//!    Student's distribution for `B - 1` degrees of freedom in place of the normal one
//!    (Wilson 1927, "Probable inference, the law of succession, and statistical inference";
//!    for blocks: Korn and Graubard 1998, Survey Methodology 24, pages 193 to 201, and Dean
//!    and Pagano 2015, Journal of Survey Statistics and Methodology 3, pages 484 to 503).
//!
//! What it covers: the share of such trials on this machine in the time over which the
//! blocks were spread, in about 95 of 100 runs. Another hour or another load has another
//! share, and no interval of this run speaks of it. The hard case is a share near 0 or 1 that
//! a few blocks make up: of beta-binomial blocks with a share of 0.97 and a correlation of 0.5
//! within a block, 92 of 100 intervals covered (100 blocks of 5). `tests/odds_coverage.rs`
//! counts how many cover on a made-up process and on this machine.

use serde::Serialize;

/// The two-sided 95 % quantiles of Student's t distribution, for 1, 2, 3 … degrees of freedom.
const STUDENT: [f64; 9] = [
    12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622,
];

/// The quantile for this many degrees of freedom, at least one: from the table, or else by the
/// expansion in Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.7.5.
fn student(freedom: usize) -> f64 {
    // The quantile of the normal distribution.
    const Z: f64 = 1.959_963_984_540_054;
    if let Some(&quantile) = STUDENT.get(freedom.saturating_sub(1)) {
        return quantile;
    }
    let n = float(freedom);
    let power = |exponent| Z.powi(exponent);
    Z + (power(3) + Z) / (4.0 * n)
        + (5.0 * power(5) + 16.0 * power(3) + 3.0 * Z) / (96.0 * n.powi(2))
        + (3.0 * power(7) + 19.0 * power(5) + 17.0 * power(3) - 15.0 * Z) / (384.0 * n.powi(3))
}

/// A share with its 95 % interval; each number is from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    /// The number of hits.
    pub hits: u32,
    /// The number of trials.
    pub of: u32,
    /// The number of blocks in which they were made.
    pub blocks: usize,
    /// `hits / of`, or 0 without trials.
    pub share: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
}

impl Share {
    /// The share of all hits among all trials. Each block is given as `(hits, trials)`; a block
    /// without trials is ignored. With only one block nothing is known, so the interval is 0 to 1.
    #[must_use]
    pub fn of_blocks(blocks: &[(u32, u32)]) -> Self {
        let made = || blocks.iter().filter(|(_, of)| *of > 0);
        let count = made().count();
        let hits: u32 = made().map(|(hits, _)| hits).sum();
        let of: u32 = made().map(|(_, of)| of).sum();
        let (n, b) = (f64::from(of), float(count));
        let share = if of == 0 { 0.0 } else { f64::from(hits) / n };
        let unknown = Self {
            hits,
            of,
            blocks: count,
            share,
            low: 0.0,
            high: 1.0,
        };
        if count < 2 {
            return unknown;
        }
        let t = student(count - 1);
        let effective = if hits == 0 || hits == of {
            b
        } else {
            let off = |(hits, of): &(u32, u32)| f64::from(*hits) - share * f64::from(*of);
            let squares: f64 = made().map(|block| off(block).powi(2)).sum();
            let variance = b / (b - 1.0) * squares / (n * n);
            n.min(share * (1.0 - share) / variance)
        };
        let square = t * t;
        let scale = 1.0 + square / effective;
        let centre = (share + square / (2.0 * effective)) / scale;
        let spread = share * (1.0 - share) / effective + square / (4.0 * effective * effective);
        let half = t / scale * spread.sqrt();
        Self {
            // The ends are exact if all trials are hits or none are; the computed ones are not.
            low: if hits == 0 {
                0.0
            } else {
                (centre - half).max(0.0)
            },
            high: if hits == of {
                1.0
            } else {
                (centre + half).min(1.0)
            },
            ..unknown
        }
    }
}

/// Converts a number of blocks exactly.
fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(share: Share, low: f64, high: f64) {
        let near = |got: f64, wanted: f64| (got - wanted).abs() < 5e-4;
        assert!(near(share.low, low) && near(share.high, high), "{share:?}");
    }

    #[test]
    fn the_quantiles_are_students() {
        // With x = sqrt(df) * tan(angle), the density is the cosine of the angle to the power df -
        // 1.
        let area = |df: i32, to: f64| -> f64 {
            let steps = 20_000;
            let width = to / f64::from(steps);
            let at = |step: i32| ((f64::from(step) + 0.5) * width).cos().powi(df - 1);
            (0..steps).map(at).sum::<f64>() * width
        };
        for df in 1..=120_i32 {
            let t = student(usize::try_from(df).unwrap());
            let angle = (t / f64::from(df).sqrt()).atan();
            let inside = area(df, angle) / area(df, std::f64::consts::FRAC_PI_2);
            assert!((inside - 0.95).abs() < 2e-5, "{df}: {inside}");
        }
    }

    #[test]
    fn blocks_that_differ_as_chance_has_it_count_every_trial_and_others_do_not() {
        // 40 blocks of 10 with about 5 hits each: less variation than chance causes, so n is used
        // as it is.
        close(Share::of_blocks(&[(5, 10); 40]), 0.4497, 0.5503);
        // The same hits, but in every block all or none: 39 effective trials.
        let mut clumped = [(0, 10); 40];
        clumped[..20].fill((10, 10));
        close(Share::of_blocks(&clumped), 0.3459, 0.6541);
    }

    #[test]
    fn where_all_blocks_are_alike_each_counts_once() {
        close(Share::of_blocks(&[(0, 10); 40]), 0.0, 0.0928);
        close(Share::of_blocks(&[(10, 10); 40]), 0.9072, 1.0);
        close(Share::of_blocks(&[(0, 0), (1, 1)]), 0.0, 1.0);
        close(Share::of_blocks(&[]), 0.0, 1.0);
    }

    #[test]
    fn the_share_lies_in_its_interval() {
        for first in 0..=9 {
            for second in 0..=4 {
                for third in 0..=1 {
                    let share = Share::of_blocks(&[(first, 9), (second, 4), (third, 1)]);
                    assert!(
                        0.0 <= share.low
                            && share.low <= share.share
                            && share.share <= share.high
                            && share.high <= 1.0,
                        "{share:?}"
                    );
                }
            }
        }
    }
}
