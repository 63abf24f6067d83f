//! Whether the replays of a claim's scenarios bear its verdict out.
//!
//! Promises: confirmed only where every expectation was judged and holds; what this
//! platform cannot tell never counts for a claim.

use serde::Serialize;

use super::Analysis;

/// What the replays say of a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every expectation of every scenario holds.
    AsExpected,
    /// Nothing speaks against it, but some expectation could not be judged here.
    NotCheckedHere,
    /// Some expectation does not hold.
    NotConfirmed,
}

/// What one replay says.
#[must_use]
pub fn outcome(analysis: &Analysis) -> Outcome {
    let judged = analysis.parts.iter().any(|part| part.held > 0);
    if !analysis.as_expected() {
        Outcome::NotConfirmed
    } else if analysis.skipped() > 0 || !judged {
        Outcome::NotCheckedHere
    } else {
        Outcome::AsExpected
    }
}

impl Outcome {
    /// What several replays say together: no more than the one that says least.
    /// Without any replay nothing was checked.
    #[must_use]
    pub fn of_all(outcomes: impl IntoIterator<Item = Self>) -> Self {
        outcomes.into_iter().max().unwrap_or(Self::NotCheckedHere)
    }
}
