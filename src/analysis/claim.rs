//! Whether the replays of a claim's scenarios confirm its verdict.
//!
//! Promises: a verdict is confirmed only if every expectation was judged and holds. What this
//! platform cannot judge never counts for a claim.

use serde::Serialize;

use super::Analysis;

/// What the replays say about a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every expectation of every scenario holds.
    AsExpected,
    /// No expectation failed, but at least one could not be judged here.
    NotCheckedHere,
    /// At least one expectation does not hold.
    NotConfirmed,
}

/// The outcome of one replay.
#[must_use]
pub fn outcome(analysis: &Analysis) -> Outcome {
    let judged = analysis.parts.iter().any(|part| !part.held.is_empty());
    if !analysis.as_expected() {
        Outcome::NotConfirmed
    } else if analysis.skipped() > 0 || !judged {
        Outcome::NotCheckedHere
    } else {
        Outcome::AsExpected
    }
}

impl Outcome {
    /// The outcome of several replays together: the weakest of them. Without any replay, nothing
    /// was checked.
    #[must_use]
    pub fn of_all(outcomes: impl IntoIterator<Item = Self>) -> Self {
        outcomes.into_iter().max().unwrap_or(Self::NotCheckedHere)
    }
}
