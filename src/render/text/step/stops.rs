//! The stops of the player: before the first call of each part, and after each call shown.
//!
//! Promises: the last stop of a part includes all of it. Stops are in the order of the cases, their
//! parts and their calls.

use crate::analysis::{Analysis, BoundaryFate, PartAnalysis, analyse};
use crate::picture::calls::shown;
use crate::trace::Trace;

/// A replay and its analysis.
#[derive(Clone, Debug)]
pub struct Case {
    /// The replay.
    pub trace: Trace,
    /// Its analysis.
    pub analysis: Analysis,
}

impl Case {
    /// Analyses a replay.
    #[must_use]
    pub fn of(trace: Trace) -> Self {
        let analysis = analyse(&trace);
        Self { trace, analysis }
    }
}

/// One stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The index of the case.
    pub case: usize,
    /// The index of the part in its case.
    pub part: usize,
    /// The number of calls of the part that have happened.
    pub calls: usize,
    /// The number of those that are shown.
    pub step: usize,
    /// The number of calls of the part that are shown in all.
    pub steps: usize,
    /// Whether a recv has just covered a message boundary.
    pub loses: bool,
}

impl Stop {
    /// Whether it is the last of its part.
    #[must_use]
    pub const fn is_last(&self) -> bool {
        self.step == self.steps
    }
}

/// All stops; with `full`, also at the calls that the replay implied.
#[must_use]
pub fn stops(cases: &[Case], full: bool) -> Vec<Stop> {
    let mut stops = Vec::new();
    for (case, Case { trace, analysis }) in cases.iter().enumerate() {
        for (part, (of, seen)) in trace.parts.iter().zip(&analysis.parts).enumerate() {
            let shown = shown(of, full);
            let losing = losing(seen);
            let count = shown.len();
            let mut before = 0;
            for step in 0..=count {
                let calls = match step {
                    _ if step == count => of.calls.len(),
                    0 => 0,
                    _ => shown[step - 1] + 1,
                };
                let first = losing.partition_point(|&call| call < before);
                stops.push(Stop {
                    case,
                    part,
                    calls,
                    step,
                    steps: count,
                    loses: losing.get(first).is_some_and(|&call| call < calls),
                });
                before = calls;
            }
        }
    }
    stops
}

/// The indices of the recvs that cover a boundary, in order.
fn losing(seen: &PartAnalysis) -> Vec<usize> {
    let mut losing: Vec<usize> = seen
        .flows
        .iter()
        .flat_map(|flow| {
            let fates = flow.boundaries.iter().map(|boundary| boundary.fate);
            fates.filter_map(|fate| match fate {
                BoundaryFate::Coalesced { recv, .. } => {
                    flow.recvs.get(recv as usize).map(|recv| recv.call)
                }
                BoundaryFate::Kept
                | BoundaryFate::NotReached
                | BoundaryFate::Uncertain
                | BoundaryFate::NotSeen => None,
            })
        })
        .collect();
    losing.sort_unstable();
    losing.dedup();
    losing
}
