//! The order of the trials and their gaps, drawn from one seed.

use std::time::Duration;

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::JITTER_PERCENT;

/// The number of blocks, if there are that many trials for each gap.
pub const BLOCKS: u32 = 100;
/// The time between two blocks: 10 ms, longer or shorter by up to half, so that nothing periodic
/// hits every block.
const REST: Duration = Duration::from_millis(10);
/// The largest change of that time, in percent.
const REST_JITTER_PERCENT: u32 = 50;

/// The gaps to try: `count` of them, evenly from `least` to `most`, both included. If the two are
/// equal there is one gap, otherwise at least two.
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

/// A trial to be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The index of its gap among the points.
    pub point: usize,
    /// The gap: that of the point, changed at random by up to [`JITTER_PERCENT`].
    pub gap: Duration,
}

/// Trials that run directly after one another. Each block has some of every point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The pause before the block. It orders nothing; it spreads the blocks in time.
    pub rest: Duration,
    /// Its trials, in order.
    pub trials: Vec<Trial>,
}

/// `trials` trials of every point, each with its own gap, in up to [`BLOCKS`] blocks. Each block
/// has an equal share of every point's trials, give or take one, in random order.
#[must_use]
pub fn plan(points: &[Duration], trials: u32, seed: u64) -> Vec<Block> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let blocks = BLOCKS.min(trials);
    // Less than 2^32, because it is at most `trials`.
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

/// A random time, uniform within `percent` percent of `time`.
fn jittered(time: Duration, percent: u32, random: &mut Xoshiro256PlusPlus) -> Duration {
    let wanted = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    let most = wanted / 100 * u64::from(percent) + wanted % 100 * u64::from(percent) / 100;
    let drawn = random.random_range(wanted - most..=wanted.saturating_add(most));
    Duration::from_nanos(drawn)
}
