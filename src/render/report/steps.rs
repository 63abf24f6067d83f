//! The steps of a figure: the rows of its time line, and how far every flow has
//! come at each.
//!
//! Promises: step 0 is before the first call, and the last step is after the last,
//! shown or not; rows that stand for many calls are one step.

use crate::analysis::moment::{self, Moment, Progress};
use crate::render::text::pieces;
use crate::trace::{FlowId, PartTrace};

/// The steps of one part.
pub(super) struct Steps {
    pub(super) rows: Vec<Row>,
    /// One more than there are rows: the first is before the first call.
    moments: Vec<Moment>,
    /// For each row the index behind its last call.
    ends: Vec<usize>,
}

/// A row of the time line.
pub(super) enum Row {
    /// The call with this index.
    Call(usize),
    /// Calls that are left out.
    LeftOut(Vec<usize>),
}

impl Steps {
    pub(super) fn of(part: &PartTrace) -> Self {
        let shown: Vec<usize> = (0..part.calls.len())
            .filter(|&index| moment::is_shown(&part.calls[index]))
            .collect();
        let hidden = pieces::hidden_calls(shown.len());
        let mut rows: Vec<Row> = shown[..hidden.start]
            .iter()
            .map(|&it| Row::Call(it))
            .collect();
        if !hidden.is_empty() {
            rows.push(Row::LeftOut(shown[hidden.clone()].to_vec()));
        }
        rows.extend(shown[hidden.end..].iter().map(|&it| Row::Call(it)));
        let mut ends: Vec<usize> = rows
            .iter()
            .map(|row| match row {
                Row::Call(index) => index + 1,
                Row::LeftOut(calls) => calls.last().map_or(0, |last| last + 1),
            })
            .collect();
        if let Some(last) = ends.last_mut() {
            *last = part.calls.len();
        }
        let mut now = Moment::first(part);
        let mut moments = vec![now.clone()];
        for &end in &ends {
            while now.calls < end && now.advance(part) {}
            moments.push(now.clone());
        }
        Self {
            rows,
            moments,
            ends,
        }
    }

    /// How many there are after step 0.
    pub(super) fn count(&self) -> usize {
        self.rows.len()
    }

    /// The first step that holds the call with this index.
    pub(super) fn holding(&self, call: usize) -> usize {
        self.ends.partition_point(|&end| end <= call) + 1
    }

    /// How far a flow has come at each step, from step 0.
    pub(super) fn of_flow(&self, id: FlowId) -> Vec<Progress> {
        let flow = |moment: &Moment| moment.flows.get(usize::from(id)).copied();
        self.moments
            .iter()
            .map(|moment| flow(moment).unwrap_or_default())
            .collect()
    }
}
