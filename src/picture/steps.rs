//! The steps through a part: the rows of its time line, and the state of every flow at each.
//!
//! Promises: step 0 is before the first call, and the last step is after the last call, whether
//! that is shown or not. Rows that are left out together are one step.

use std::ops::Range;

use crate::analysis::moment::{Moment, Progress};
use crate::trace::{DataOp, FlowId, Op, PartTrace};

use super::Part;

/// The steps of one part.
#[derive(Debug)]
pub struct Steps {
    /// All steps after step 0, in order.
    pub steps: Vec<Step>,
    /// The state at each step, including step 0.
    moments: Vec<Moment>,
    /// For each step the number of calls up to its end.
    ends: Vec<usize>,
}

/// A step.
#[derive(Clone, Debug)]
pub enum Step {
    /// The row with this number.
    Row(usize),
    /// The rows that are left out.
    LeftOut(Range<usize>),
}

impl Steps {
    /// The steps through a part.
    #[must_use]
    pub fn of(part: &Part<'_>) -> Self {
        let (calls, hidden) = (&part.trace.calls, part.hidden_rows());
        let left_out = (!hidden.is_empty()).then(|| Step::LeftOut(hidden.clone()));
        let steps: Vec<Step> = (0..hidden.start)
            .map(Step::Row)
            .chain(left_out)
            .chain((hidden.end..part.shown.len()).map(Step::Row))
            .collect();
        let mut ends: Vec<usize> = steps
            .iter()
            .map(|step| match step {
                Step::Row(number) => part.shown[*number] + 1,
                Step::LeftOut(rows) => part.shown[rows.end - 1] + 1,
            })
            .collect();
        if let Some(last) = ends.last_mut() {
            *last = calls.len();
        }
        let mut now = Moment::first(part.trace);
        let mut moments = vec![now.clone()];
        for &end in &ends {
            while now.calls < end && now.advance(part.trace) {}
            moments.push(now.clone());
        }
        Self {
            steps,
            moments,
            ends,
        }
    }

    /// The number of steps after step 0.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.steps.len()
    }

    /// The first step that includes the call with this index.
    #[must_use]
    pub fn holding(&self, call: usize) -> usize {
        self.ends.partition_point(|&end| end <= call) + 1
    }

    /// The state of a flow at each step, from step 0.
    #[must_use]
    pub fn of_flow(&self, id: FlowId) -> Vec<Progress> {
        let flow = |moment: &Moment| moment.flows.get(usize::from(id)).copied();
        self.moments
            .iter()
            .map(|moment| flow(moment).unwrap_or_default())
            .collect()
    }

    /// At each step, from step 0, the offset behind the last frame that was decoded of a flow.
    #[must_use]
    pub fn decoded(&self, part: &PartTrace, id: FlowId) -> Vec<u64> {
        let mut ends = vec![0; self.count() + 1];
        for (index, call) in part.calls.iter().enumerate() {
            if let Op::Data(DataOp::Decoded {
                flow,
                offset,
                header,
                payload,
                trailer,
                framing: _,
            }) = call.op
                && flow == id
                && let Some(end) = ends.get_mut(self.holding(index))
            {
                *end = offset + u64::from(header) + u64::from(payload) + u64::from(trailer);
            }
        }
        for step in 1..ends.len() {
            ends[step] = ends[step].max(ends[step - 1]);
        }
        ends
    }
}
