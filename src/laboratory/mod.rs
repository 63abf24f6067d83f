//! Framings put to the test: a stream taken apart, guessed at, and cut in every way.
//!
//! [`dissect`] finds the frames of a stream and where it stops being one, [`number`]
//! says what the bytes of a length would be otherwise, [`guess`] ranks the framings
//! that fit. [`shake`] delivers a stream cut in every way that a [`Plan`] names to
//! three [`Reader`]s and counts which of them got the messages back; [`confirmation`]
//! turns one of those deliveries into a scenario, so that a replay over loopback can
//! confirm it. [`odds`] repeats what is left to chance. [`quiz`] asks what a replay will show.
//!
//! Promises: pure, except for the driver [`odds::perform()`], which replays; the same input
//! and the same seed give the same answer on every platform. What is cut here is cut in memory.

pub mod confirmation;
mod delivery;
pub mod dissect;
pub mod guess;
pub mod hex;
pub mod messages;
pub mod number;
pub mod odds;
pub mod quiz;
mod reader;
mod shake;

pub use delivery::{DOUBLES_UP_TO, EVERY_UP_TO, Plan};
pub use reader::{Reader, Trouble};
pub use shake::{Made, Recv, SentFrame, Shaken, Stream, Tally, Watched, shake, watch};

use confirmation::Confirmation;

/// The most bytes of a stream that is shaken.
pub const LONGEST_STREAM: usize = 16 * 1024;

/// Framings shaken with the same messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The messages.
    pub messages: Vec<Vec<u8>>,
    /// How many random deliveries there were for a long stream.
    pub trials: u64,
    /// The seed of all that was random.
    pub seed: u64,
    /// How each framing fared.
    pub framings: Vec<Shaken>,
    /// What the sockets said, where they were asked.
    pub confirmation: Option<Confirmation>,
}

impl Report {
    /// Whether every exact reader survived everything, and the sockets agree.
    #[must_use]
    pub fn holds(&self) -> bool {
        let agree = |confirmation: &Confirmation| confirmation.disagreements.is_empty();
        self.framings.iter().all(Shaken::holds) && self.confirmation.as_ref().is_none_or(agree)
    }
}
