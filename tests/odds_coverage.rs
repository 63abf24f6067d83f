//! Tests how often the 95 % intervals of `odds` cover the true share.
//!
//! On a simulated process with a known share, by a seed: the same count every time. And, on demand,
//! on this machine: a machine under changing load has no single true share, so 20 runs are made at
//! the same time, block by block in turn, and the share of the other 19 runs together stands for
//! the true one of that time. Ten such groups are 200 runs:
//!
//! ```text
//! cargo test --test odds_coverage -- --ignored --nocapture
//! ```

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use sticky_packet::laboratory::odds::{
    BLOCKS, Block, Conditions, EagerSends, Share, Trial, perform, plan,
};
use sticky_packet::scenario::catalogue;

/// The trials of one run.
const TRIALS: u32 = 500;

/// The interval that trials would have if each told as much as a toss of a coin.
fn as_if_independent(share: &Share) -> Share {
    let trial = |index| (u32::from(index < share.hits), 1);
    Share::of_blocks(&(0..share.of).map(trial).collect::<Vec<_>>())
}

fn covers(share: &Share, truth: f64) -> bool {
    (share.low..=share.high).contains(&truth)
}

/// A process that is in one of two moods and changes it with this chance before a trial; in
/// each it merges with a chance of its own. Both moods are equally frequent.
struct Moods {
    changes: f64,
    merges: [f64; 2],
    /// How many trials long nothing is looked at between two blocks.
    rest: i32,
}

impl Moods {
    fn share(&self) -> f64 {
        f64::midpoint(self.merges[0], self.merges[1])
    }

    fn run(&self, random: &mut Xoshiro256PlusPlus) -> Share {
        let mut mood = usize::from(random.random_bool(0.5));
        // Whether it is in the other mood after the rest.
        let changed = (1.0 - (1.0 - 2.0 * self.changes).powi(self.rest)) / 2.0;
        let step = |mood: &mut usize, random: &mut Xoshiro256PlusPlus| {
            if random.random_bool(self.changes) {
                *mood = 1 - *mood;
            }
            random.random_bool(self.merges[*mood])
        };
        let mut blocks = Vec::new();
        for block in plan(&[Duration::ZERO], TRIALS, 1) {
            if random.random_bool(changed) {
                mood = 1 - mood;
            }
            let hits = block.trials.iter().filter(|_| step(&mut mood, random));
            let hits = hits.count();
            let of = block.trials.len();
            blocks.push((u32::try_from(hits).unwrap(), u32::try_from(of).unwrap()));
        }
        Share::of_blocks(&blocks)
    }
}

#[test]
fn intervals_cover_the_known_share_of_a_process_whose_neighbours_are_alike() {
    const RUNS: u32 = 2_000;
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    for (changes, merges, naive_fails) in [
        // No memory at all.
        (0.5, [0.5, 0.5], false),
        (0.5, [0.9, 0.9], false),
        // A mood lasts for 20, 50 and 100 trials on average.
        (0.05, [0.2, 0.9], true),
        (0.02, [0.4, 1.0], true),
        (0.01, [0.0, 1.0], true),
        (0.01, [0.85, 1.0], true),
    ] {
        let moods = Moods {
            changes,
            merges,
            rest: 150,
        };
        let mut covered = 0;
        let mut covered_naively = 0;
        for _ in 0..RUNS {
            let share = moods.run(&mut random);
            covered += u32::from(covers(&share, moods.share()));
            covered_naively += u32::from(covers(&as_if_independent(&share), moods.share()));
        }
        println!(
            "a change in {changes}, merges {merges:?}: {covered} of {RUNS} cover, \
             {covered_naively} if trials were independent"
        );
        assert!(covered > RUNS * 93 / 100, "{merges:?}: {covered}");
        assert_eq!(
            covered_naively < RUNS * 93 / 100,
            naive_fails,
            "{merges:?}: {covered_naively}"
        );
    }
}

/// How many runs are made at the same time.
const AT_ONCE: usize = 20;

/// The blocks of so many runs in turn, each run as a point of its own.
fn in_turn(seed: u64) -> Vec<Block> {
    let runs: Vec<Vec<Block>> = (0..AT_ONCE)
        .map(|run| plan(&[Duration::ZERO], TRIALS, seed + run as u64))
        .collect();
    let mut blocks = Vec::new();
    for number in 0..BLOCKS as usize {
        for (run, plan) in runs.iter().enumerate() {
            let trials = plan[number].trials.iter();
            blocks.push(Block {
                // The blocks of one run are then about as far apart as in a run by itself.
                rest: plan[number].rest / 20,
                trials: trials
                    .map(|&trial| Trial {
                        point: run,
                        ..trial
                    })
                    .collect(),
            });
        }
    }
    blocks
}

fn covered_on_this_machine(busy: bool) {
    const GROUPS: u64 = 10;
    let case = catalogue::select(&["sticky/back-to-back".to_owned()]).unwrap();
    let sends = EagerSends::of(&case[0]).unwrap();
    let conditions = Conditions {
        busy,
        deadline: None,
    };
    let (mut runs, mut covered, mut covered_naively) = (0, 0, 0);
    for group in 0..GROUPS {
        let blocks = in_turn(1_000 * group);
        let points = [Duration::ZERO; AT_ONCE];
        let done = perform(&sends, &points, &blocks, conditions, |_| ());
        let shares: Vec<Share> = done
            .points
            .iter()
            .map(|point| point.tally.merged())
            .collect();
        let sum = |number: fn(&Share) -> u32| shares.iter().map(number).sum::<u32>();
        let (hits, of) = (sum(|share| share.hits), sum(|share| share.of));
        for share in &shares {
            let truth = f64::from(hits - share.hits) / f64::from(of - share.of);
            runs += 1;
            covered += u32::from(covers(share, truth));
            covered_naively += u32::from(covers(&as_if_independent(share), truth));
        }
        let widths = shares
            .iter()
            .map(|share| share.high - share.low)
            .sum::<f64>();
        println!(
            "group {group}: {hits} of {of} merged, {:.1} s, mean width {:.3}",
            done.lasted.as_secs_f64(),
            widths / f64::from(u32::try_from(AT_ONCE).unwrap())
        );
    }
    println!("{covered} of {runs} cover; {covered_naively} if trials were independent");
    // Of 200 runs at 95 %, fewer than 178 cover once in some hundred thousand times.
    assert_eq!(runs, 200);
    assert!(covered >= 178, "{covered}");
}

#[test]
#[ignore = "makes 100,000 replays; run it with --ignored"]
fn intervals_cover_the_share_of_their_time_on_this_machine() {
    covered_on_this_machine(false);
}

#[test]
#[ignore = "makes 100,000 replays on busy cores; run it with --ignored"]
fn intervals_cover_the_share_of_their_time_on_busy_cores() {
    covered_on_this_machine(true);
}
