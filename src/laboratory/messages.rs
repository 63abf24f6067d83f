//! The messages that are sent when a stream is shaken.
//!
//! Promises: a seed gives the same messages on every platform (Xoshiro256++).

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// The two texts of the source, and a third that its fixes do not include.
pub const USUAL: [&str; 3] = ["下了一天的雨", "适合发呆", "今天天气咋样啊?"];

/// The longest random message, in bytes.
const LONGEST: u64 = 24;

/// `count` messages of 1 to 24 random bytes.
#[must_use]
pub fn random(count: usize, seed: u64) -> Vec<Vec<u8>> {
    let mut generator = Xoshiro256PlusPlus::seed_from_u64(seed);
    let message = |_| {
        let length = 1 + generator.next_u64() % LONGEST;
        (0..length)
            .map(|_| generator.next_u64().to_le_bytes()[7])
            .collect()
    };
    (0..count).map(message).collect()
}
