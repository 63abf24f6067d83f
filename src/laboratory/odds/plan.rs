//! Which gaps to try in which order: all of it from one seed.

use std::time::Duration;

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::JITTER_PERCENT;

/// How many blocks the trials are made in, where there are as many trials of a gap.
pub const BLOCKS: u32 = 100;
/// The time between two blocks: 10 ms, less or more by up to half of it, so that nothing
/// which returns at equal times meets every block.
const REST: Duration = Duration::from_millis(10);
/// By how much it is drawn shorter or longer, in percent.
const REST_JITTER_PERCENT: u32 = 50;

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

/// Trials that are made right after one another; each block has some of every point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// How long nothing is done before it. This orders nothing: it spreads the blocks in time.
    pub rest: Duration,
    /// Its trials, in order.
    pub trials: Vec<Trial>,
}

/// So many trials of every point, each with a gap of its own, in up to [`BLOCKS`] blocks.
/// Each block has its share of every point's trials, to one more or less, in an order of
/// its own.
#[must_use]
pub fn plan(points: &[Duration], trials: u32, seed: u64) -> Vec<Block> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let blocks = BLOCKS.min(trials);
    // Fewer than 2^32, as it is no more than `trials`.
    let before = |block: u32| u64::from(trials) * u64::from(block) / u64::from(blocks.max(1));
    (0..blocks)
        .map(|block| {
            let count = before(block + 1) - before(block);
            let mut trials: Vec<Trial> = points
                .iter()
                .enumerate()
                .flat_map(|(point, &gap)| (0..count).map(move |_| (point, gap)))
                .map(|(point, gap)| Trial {
                    point,
                    gap: jittered(gap, JITTER_PERCENT, &mut random),
                })
                .collect();
            trials.shuffle(&mut random);
            let rest = jittered(REST, REST_JITTER_PERCENT, &mut random);
            Block {
                rest: if block == 0 { Duration::ZERO } else { rest },
                trials,
            }
        })
        .collect()
}

/// A time drawn evenly from those that are up to so many percent shorter or longer.
fn jittered(time: Duration, percent: u32, random: &mut Xoshiro256PlusPlus) -> Duration {
    let wanted = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    let most = wanted / 100 * u64::from(percent) + wanted % 100 * u64::from(percent) / 100;
    let drawn = random.random_range(wanted - most..=wanted.saturating_add(most));
    Duration::from_nanos(drawn)
}
