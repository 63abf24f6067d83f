//! Expectations of what only the kernel knows, against what it told.
//!
//! Promises: what it did not tell is skipped, and never held.

use super::judge::Judge;
use super::{DifferenceKind, Skipped};
use crate::scenario::{Amount, Count, Receives};
use crate::trace::Op;

impl Judge<'_> {
    pub(super) fn evidence(&mut self, expected: &Receives) {
        if let Some(wanted) = &expected.segments {
            match self.segments() {
                None => self.verdict.skipped.push(Skipped::Segments(self.side)),
                Some(got) => self.list(
                    wanted,
                    &got,
                    |wanted, got| got.is_some_and(|got| wanted.admits(got)),
                    |number, wanted, got| DifferenceKind::Segment {
                        number,
                        wanted,
                        got: got.flatten(),
                    },
                ),
            }
        }
        let wires = || self.flows().filter_map(|(_, flow)| flow.wire.as_ref());
        let told = wires().next().is_some();
        let count = wires().map(|wire| wire.count).sum();
        let again = wires().map(|wire| wire.retransmitted).sum();
        let dropped = self
            .flows()
            .filter_map(|(flow, _)| flow.dropped)
            .map(u64::from)
            .reduce(|a, b| a + b);
        self.counted(
            expected.segment_count,
            told.then_some(count),
            Skipped::Segments(self.side),
            |wanted, got| DifferenceKind::SegmentCount { wanted, got },
        );
        self.counted(
            expected.retransmitted,
            told.then_some(again),
            Skipped::Retransmitted(self.side),
            |wanted, got| DifferenceKind::Retransmitted { wanted, got },
        );
        self.counted(
            expected.dropped,
            dropped,
            Skipped::Dropped(self.side),
            |wanted, got| DifferenceKind::Dropped { wanted, got },
        );
        if let Some(wanted) = &expected.queued {
            self.queued(wanted);
        }
    }

    /// Counts a count, or skips it where the kernel does not tell.
    fn counted(
        &mut self,
        wanted: Option<Count>,
        got: Option<u64>,
        skipped: Skipped,
        difference: impl Fn(Count, u64) -> DifferenceKind,
    ) {
        match (wanted, got) {
            (None, _) => {}
            (Some(_), None) => self.verdict.skipped.push(skipped),
            (Some(wanted), Some(got)) => {
                let holds = wanted.admits(got, got);
                self.count((!holds).then(|| difference(wanted, got)));
            }
        }
    }

    /// The sizes of the segments, each none where its range is not known.
    fn segments(&self) -> Option<Vec<Option<u64>>> {
        let mut sizes = None;
        for (_, flow) in self.flows() {
            if let Some(wire) = &flow.wire {
                let runs = wire.runs.iter();
                sizes
                    .get_or_insert_with(Vec::new)
                    .extend(runs.map(|run| (run.segments == 1).then_some(run.range.len())));
            }
        }
        sizes
    }

    fn queued(&mut self, wanted: &[Amount]) {
        let got: Option<Vec<u64>> = self
            .part
            .calls
            .iter()
            .filter(|call| call.side == self.side)
            .filter_map(|call| match call.op {
                Op::Recv { queued, .. } => Some(queued.map(|queued| u64::from(queued.bytes()))),
                _ => None,
            })
            .collect();
        match got {
            None => self.verdict.skipped.push(Skipped::Queued(self.side)),
            Some(got) => {
                self.list(
                    wanted,
                    &got,
                    |wanted, got| wanted.admits(*got),
                    |number, wanted, got| DifferenceKind::Queued {
                        number,
                        wanted,
                        got,
                    },
                );
            }
        }
    }
}
