//! The ways in which a stream can be cut, as a numbered list of deliveries.
//!
//! A stream of n bytes has n - 1 places between two bytes, and TCP may cut it at any of them:
//! 2^(n-1) deliveries. For streams of up to [`EVERY_UP_TO`] bytes a [`Plan`] holds all of them. For
//! longer ones it holds the uncut stream, every single cut, every pair of cuts (up to
//! [`DOUBLES_UP_TO`] bytes), and then random ones.
//!
//! Promises: delivery 0 is uncut. The same plan gives the same deliveries on every platform
//! (Xoshiro256++, seeded with the seed plus the number of the trial), and each can be computed
//! without the ones before it. All except the random ones are different.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// The longest stream, in bytes, that is cut in every possible way.
pub const EVERY_UP_TO: usize = 20;

/// The longest stream, in bytes, that is cut at every pair of places.
pub const DOUBLES_UP_TO: usize = 256;

/// A set of deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    length: usize,
    trials: u64,
    seed: u64,
}

impl Plan {
    /// The deliveries of a stream of `length` bytes; `trials` of them are random if not all are
    /// included.
    #[must_use]
    pub const fn new(length: usize, trials: u64, seed: u64) -> Self {
        Self {
            length,
            trials,
            seed,
        }
    }

    /// Whether it holds every possible delivery.
    #[must_use]
    pub const fn is_exhaustive(self) -> bool {
        self.length <= EVERY_UP_TO
    }

    /// The number of places where the stream can be cut.
    const fn places(self) -> u64 {
        self.length.saturating_sub(1) as u64
    }

    const fn doubles(self) -> u64 {
        if self.length <= DOUBLES_UP_TO {
            self.places() * self.places().saturating_sub(1) / 2
        } else {
            0
        }
    }

    /// The number of deliveries.
    #[must_use]
    pub const fn count(self) -> u64 {
        if self.is_exhaustive() {
            1 << self.places()
        } else {
            1 + self.places() + self.doubles() + self.trials
        }
    }

    /// Puts the offsets at which delivery `index` is cut into `cuts`, in ascending order.
    pub fn cuts(self, index: u64, cuts: &mut Vec<usize>) {
        cuts.clear();
        if self.is_exhaustive() {
            cuts.extend((1..self.length).filter(|at| index & 1 << (at - 1) != 0));
            return;
        }
        let Some(index) = index.checked_sub(1) else {
            return;
        };
        let Some(double) = index.checked_sub(self.places()) else {
            cuts.extend(usize::try_from(index + 1));
            return;
        };
        match double.checked_sub(self.doubles()) {
            None => self.pair(double, cuts),
            Some(trial) => self.random(trial, cuts),
        }
    }

    /// The pair with this number: first all pairs with the first place, then with the second …
    fn pair(self, mut number: u64, cuts: &mut Vec<usize>) {
        for first in 1..self.length {
            let partners = (self.length - 1 - first) as u64;
            if number < partners {
                cuts.push(first);
                cuts.extend(usize::try_from(number).map(|step| first + 1 + step));
                return;
            }
            number -= partners;
        }
    }

    /// Each place is cut or not, with one probability for the whole delivery.
    fn random(self, trial: u64, cuts: &mut Vec<usize>) {
        let mut generator = Xoshiro256PlusPlus::seed_from_u64(self.seed.wrapping_add(trial));
        // Out of 256: from almost never to almost always.
        let share = 1 + generator.next_u64() % 255;
        cuts.extend((1..self.length).filter(|_| generator.next_u64() >> 56 < share));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn all(plan: Plan) -> Vec<Vec<usize>> {
        let mut cuts = Vec::new();
        (0..plan.count())
            .map(|index| {
                plan.cuts(index, &mut cuts);
                cuts.clone()
            })
            .collect()
    }

    #[test]
    fn a_short_stream_is_cut_in_each_way_just_once() {
        for length in 1..=12 {
            let plan = Plan::new(length, 5, 1);
            let deliveries = all(plan);
            assert_eq!(deliveries.len(), 1 << (length - 1), "{length}");
            let distinct: BTreeSet<_> = deliveries.iter().collect();
            assert_eq!(distinct.len(), deliveries.len(), "{length}");
            assert!(plan.is_exhaustive());
        }
        assert_eq!(Plan::new(20, 0, 1).count(), 524_288);
        assert_eq!(all(Plan::new(0, 9, 1)), [[0_usize; 0]]);
    }

    #[test]
    fn a_longer_one_is_left_whole_then_cut_at_each_place_and_at_each_pair() {
        let plan = Plan::new(21, 0, 1);
        let deliveries = all(plan);
        assert!(!plan.is_exhaustive());
        assert_eq!(deliveries.len(), 1 + 20 + 190);
        assert_eq!(deliveries[0], [0; 0]);
        assert_eq!(
            (&deliveries[1][..], &deliveries[20][..]),
            (&[1][..], &[20][..])
        );
        assert_eq!(deliveries[21], [1, 2]);
        assert_eq!(deliveries[210], [19, 20]);
        let distinct: BTreeSet<_> = deliveries.iter().collect();
        assert_eq!(distinct.len(), deliveries.len());
        assert_eq!(Plan::new(257, 7, 1).count(), 1 + 256 + 7);
    }

    #[test]
    fn a_seed_always_cuts_in_the_same_places() {
        let plan = Plan::new(300, 40, 7);
        let deliveries = all(plan);
        assert_eq!(deliveries, all(plan));
        assert_ne!(deliveries, all(Plan::new(300, 40, 8)));
        for cuts in &deliveries {
            assert!(cuts.windows(2).all(|pair| pair[0] < pair[1]));
            assert!(cuts.iter().all(|&at| (1..300).contains(&at)));
        }
        let random = &deliveries[300..];
        assert!(random.iter().any(|cuts| cuts.len() < 60));
        assert!(random.iter().any(|cuts| cuts.len() > 240));
    }
}
