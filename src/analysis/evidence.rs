//! Compares expectations about what only the kernel knows with what it reported.
//!
//! Promises: what the kernel did not report is skipped, never counted as held. If the kernel was
//! not asked after the last bytes had left (for retransmissions: after everything was
//! acknowledged), its counts are lower bounds, and an expectation is judged only if a higher count
//! could not change the answer.

use super::judge::Judge;
use super::{DifferenceKind, Held, Skipped, Wire, WireRun};
use crate::scenario::{Amount, Count, Receives};
use crate::trace::{DataOp, Op};

/// A count that the kernel reported.
#[derive(Clone, Copy)]
struct KernelCount {
    count: u64,
    /// Whether it is a lower bound.
    at_least: bool,
}

impl KernelCount {
    /// Whether the expectation holds; `None` if that is not known.
    fn is(self, wanted: Count) -> Option<bool> {
        let Self { count, at_least } = self;
        if !at_least {
            return Some(wanted.admits(count, count));
        }
        match wanted {
            Count::All => None,
            Count::AtLeast(least) => (count >= u64::from(least)).then_some(true),
            Count::Exactly(most) | Count::AtMost(most) => {
                (count > u64::from(most)).then_some(false)
            }
        }
    }
}

/// The number of segments of a flow.
fn segments_of(wire: &Wire) -> KernelCount {
    KernelCount {
        count: wire.count,
        at_least: !wire.is_complete(),
    }
}

impl Judge<'_> {
    pub(super) fn evidence(&mut self, expected: &Receives) {
        if let Some(wanted) = &expected.segments {
            self.segments(wanted);
        }
        let segments = self.told(segments_of);
        self.counted(
            Held::SegmentCount,
            expected.segment_count,
            segments,
            Skipped::Segments(self.side),
            |wanted, got| DifferenceKind::SegmentCount {
                wanted,
                got: got.count,
                at_least: got.at_least,
            },
        );
        let again = self.told(|wire| KernelCount {
            count: wire.retransmitted,
            at_least: !wire.settled,
        });
        self.counted(
            Held::Retransmitted,
            expected.retransmitted,
            again,
            Skipped::Retransmitted(self.side),
            |wanted, got| DifferenceKind::Retransmitted {
                wanted,
                got: got.count,
                at_least: got.at_least,
            },
        );
        let dropped = self
            .flows()
            .filter_map(|(flow, _)| flow.dropped)
            .map(u64::from)
            .reduce(|a, b| a + b)
            .map(|count| KernelCount {
                count,
                at_least: false,
            });
        self.counted(
            Held::Dropped,
            expected.dropped,
            dropped,
            Skipped::Dropped(self.side),
            |wanted, got| DifferenceKind::Dropped {
                wanted,
                got: got.count,
            },
        );
        if let Some(wanted) = &expected.queued {
            self.queued(wanted);
        }
    }

    /// The sum over all flows of what `of` gives; `None` if the kernel reported nothing.
    fn told(&self, of: impl Fn(&Wire) -> KernelCount) -> Option<KernelCount> {
        let wires = self.flows().filter_map(|(_, flow)| flow.wire.as_ref());
        wires.map(of).reduce(|one, other| KernelCount {
            count: one.count + other.count,
            at_least: one.at_least || other.at_least,
        })
    }

    /// Judges a count, or skips it if the kernel does not report it.
    fn counted(
        &mut self,
        held: Held,
        wanted: Option<Count>,
        got: Option<KernelCount>,
        skipped: Skipped,
        difference: impl Fn(Count, KernelCount) -> DifferenceKind,
    ) {
        let Some(wanted) = wanted else { return };
        match got.and_then(|got| Some((got, got.is(wanted)?))) {
            None => self.verdict.skipped.push(skipped),
            Some((got, holds)) => self.count(held, (!holds).then(|| difference(wanted, got))),
        }
    }

    /// Judges the sizes of the segments one by one. Sizes that the kernel does not report are
    /// skipped, and counted as one.
    fn segments(&mut self, wanted: &[Amount]) {
        let Some(told) = self.told(segments_of) else {
            self.verdict.skipped.push(Skipped::Segments(self.side));
            return;
        };
        let wires = self.flows().filter_map(|(_, flow)| flow.wire.as_ref());
        let runs: Vec<WireRun> = wires.flat_map(|wire| wire.runs.iter().copied()).collect();
        let (mut place, mut unknown, mut extra) = (0_usize, false, false);
        for run in runs {
            match run.segments {
                // It is not known how many segments these are, nor therefore which come after them.
                0 => {
                    unknown = true;
                    break;
                }
                1 => {
                    let (wanted, got) = (wanted.get(place).copied(), run.range.len());
                    let holds = wanted.is_some_and(|wanted| wanted.admits(got));
                    extra |= wanted.is_none();
                    self.count(
                        Held::Segment,
                        (!holds).then_some(DifferenceKind::Segment {
                            number: place + 1,
                            wanted,
                            got: Some(got),
                        }),
                    );
                    place = place.saturating_add(1);
                }
                many => {
                    unknown |= place < wanted.len();
                    place = place.saturating_add(usize::try_from(many).unwrap_or(usize::MAX));
                }
            }
        }
        if place > wanted.len() && !extra {
            self.count(
                Held::SegmentCount,
                Some(DifferenceKind::SegmentCount {
                    wanted: Count::Exactly(u32::try_from(wanted.len()).unwrap_or(u32::MAX)),
                    got: told.count,
                    at_least: told.at_least,
                }),
            );
        }
        if unknown {
            self.verdict.skipped.push(Skipped::Segments(self.side));
        }
        if !told.at_least {
            for (index, wanted) in wanted.iter().enumerate().skip(place) {
                self.count(
                    Held::Segment,
                    Some(DifferenceKind::Segment {
                        number: index + 1,
                        wanted: Some(*wanted),
                        got: None,
                    }),
                );
            }
        }
    }

    fn queued(&mut self, wanted: &[Amount]) {
        let (part, side) = (self.part, self.side);
        let calls = part.calls.iter().filter(|call| call.side == side);
        let got: Option<Vec<u64>> = calls
            .filter_map(|call| {
                let Op::Data(DataOp::Recv { queued, .. }) = call.op else {
                    return None;
                };
                Some(queued.map(|queued| u64::from(queued.bytes())))
            })
            .collect();
        match got {
            None => self.verdict.skipped.push(Skipped::Queued(self.side)),
            Some(got) => {
                self.list(
                    Held::Queued,
                    wanted,
                    got,
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
