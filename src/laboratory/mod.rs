//! Puts framings to the test: decodes a stream, guesses its framing, and cuts it in every way.
//!
//! [`dissect`] finds the frames of a stream and the place where it stops decoding, [`number`] shows
//! the bytes of a length read in other ways, and [`guess`] ranks the framings that fit. [`shake`]
//! delivers a stream, cut in every way that a [`Plan`] lists, to three [`Reader`]s and counts which
//! of them got the messages back. [`confirmation`] turns one of those deliveries into a scenario,
//! so that a replay over loopback can confirm it. [`odds`] repeats what is left to chance. [`quiz`]
//! asks what a replay will show.
//!
//! Promises: pure, except for the driver [`odds::perform()`], which replays. The same input and the
//! same seed give the same answer on every platform. Streams are cut in memory.

pub mod confirmation;
mod delivery;
pub mod dissect;
pub mod guess;
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

/// The longest stream that is shaken, in bytes.
pub const LONGEST_STREAM: usize = 16 * 1024;

/// The results for several framings, shaken with the same messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShakeResults {
    /// The messages.
    pub messages: Vec<Vec<u8>>,
    /// The number of random deliveries of a long stream.
    pub trials: u64,
    /// The seed of everything random.
    pub seed: u64,
    /// The result for each framing.
    pub framings: Vec<Shaken>,
    /// The comparison with real sockets, if it was made.
    pub confirmation: Option<Confirmation>,
}

impl ShakeResults {
    /// Whether the exact reader survived every delivery, and the sockets agree.
    #[must_use]
    pub fn holds(&self) -> bool {
        let confirmation = self.confirmation.as_ref();
        self.framings.iter().all(Shaken::holds) && confirmation.is_none_or(Confirmation::agrees)
    }
}
