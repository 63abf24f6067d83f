//! Which gaps to try in which order: all of it from one seed.

use std::time::Duration;

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::JITTER_PERCENT;

/// The gaps to look at: `count` of them, evenly from `least` to `most`, both included.
/// One where the two are the same; never fewer than two otherwise.
#[must_use]
pub fn points(least: Duration, most: Duration, count: u32) -> Vec<Duration> {
    if most <= least {
        return vec![least];
    }
    let steps = count.max(2) - 1;
    let width = most.saturating_sub(least).as_nanos();
    (0..=steps)
        .map(|step| {
            let offset = width * u128::from(step) / u128::from(steps);
            least + Duration::from_nanos(u64::try_from(offset).unwrap_or(u64::MAX))
        })
        .collect()
}

/// One trial to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The index of its gap among the points.
    pub point: usize,
    /// The gap itself: that of the point, jittered uniformly by up to [`JITTER_PERCENT`].
    pub gap: Duration,
}

/// So many trials of every point, each with a gap of its own, in an order that
/// spreads whatever changes meanwhile over all points.
#[must_use]
pub fn plan(points: &[Duration], trials: u32, seed: u64) -> Vec<Trial> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut plan: Vec<Trial> = points
        .iter()
        .enumerate()
        .flat_map(|(point, &gap)| (0..trials).map(move |_| (point, gap)))
        .map(|(point, gap)| Trial {
            point,
            gap: jittered(gap, &mut random),
        })
        .collect();
    plan.shuffle(&mut random);
    plan
}

fn jittered(gap: Duration, random: &mut Xoshiro256PlusPlus) -> Duration {
    let wanted = u64::try_from(gap.as_nanos()).unwrap_or(u64::MAX);
    let most =
        wanted / 100 * u64::from(JITTER_PERCENT) + wanted % 100 * u64::from(JITTER_PERCENT) / 100;
    let drawn = random.random_range(wanted - most..=wanted.saturating_add(most));
    Duration::from_nanos(drawn)
}
