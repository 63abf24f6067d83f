//! What is known of the segments of a flow, from the sending kernel's counters or from a capture.
//!
//! A capture gives the range of every segment. Counters tell, between two samples, how many bytes
//! left in how many segments; if it was one segment, its range is known. Of retransmitted segments,
//! counters tell their number and their bytes, but never which bytes.

use super::{Range, Wire, WireRun};
use crate::trace::{Evidence, Flow, Sample, Segment};

/// The segments of a flow; `None` if the kernel was never asked and nothing was captured.
pub(super) fn of(flow: &Flow) -> Option<Wire> {
    match &flow.evidence {
        Evidence::Counters(samples) => counted(flow, samples),
        Evidence::Segments(segments) => Some(captured(flow, segments)),
    }
}

/// The captured segments. Bytes that no captured segment holds become a run without information.
fn captured(flow: &Flow, segments: &[Segment]) -> Wire {
    let whole = flow.sent.len() as u64;
    let mut runs: Vec<WireRun> = Vec::new();
    let mut end = 0;
    let run = |start: u64, end: u64, segments: u64| WireRun {
        range: Range { start, end },
        segments,
    };
    let (again, first): (Vec<&Segment>, Vec<&Segment>) =
        segments.iter().partition(|segment| segment.again);
    for segment in &first {
        if end < segment.start {
            runs.push(run(end, segment.start, 0));
        }
        end = segment.end();
        runs.push(run(segment.start, end, 1));
    }
    if end < whole {
        runs.push(run(end, whole, 0));
    }
    Wire {
        count: first.len() as u64,
        retransmitted: again.len() as u64,
        settled: runs.iter().all(|run| run.segments > 0),
        runs,
    }
}

fn counted(flow: &Flow, samples: &[Sample]) -> Option<Wire> {
    let last = samples.last()?;
    let whole = flow.sent.len() as u64;
    let mut runs: Vec<WireRun> = Vec::new();
    // The connection's counters begin at 0. If the first sample does not, it ends a run like any
    // other.
    let (mut bytes, mut segments) = (0, 0);
    for sample in samples {
        let known = sample.bytes.min(whole);
        if known > bytes && sample.segments > segments {
            runs.push(WireRun {
                range: Range {
                    start: bytes,
                    end: known,
                },
                segments: u64::from(sample.segments - segments),
            });
            (bytes, segments) = (known, sample.segments);
        }
    }
    if bytes < whole {
        runs.push(WireRun {
            range: Range {
                start: bytes,
                end: whole,
            },
            segments: 0,
        });
    }
    let all_left = runs.iter().all(|run| run.segments > 0);
    Some(Wire {
        count: u64::from(last.segments),
        retransmitted: u64::from(last.retransmitted),
        settled: all_left && (whole == 0 || last.unacknowledged == Some(0)),
        runs,
    })
}

/// The retransmissions that may have spanned a boundary.
///
/// Linux joins unacknowledged segments when it retransmits them, each one whole
/// (`tcp_retrans_try_collapse` in `net/ipv4/tcp_output.c`). So a retransmitted segment that spans a
/// boundary between two segments holds at least both of them. If fewer bytes were retransmitted
/// than those two have, none spans it. (A segment would be retransmitted from its middle on if a
/// part of it were acknowledged, but Linux accepts an arriving segment whole or not at all.) After
/// the last sample, segments can be retransmitted unseen, because a firewall can drop packets on
/// loopback too: only bytes acknowledged by then are certainly not retransmitted.
pub(super) enum Resent {
    /// From counters.
    Counted(Counted),
    /// From a capture: the ranges of the retransmitted segments, in order, with overlapping ones
    /// joined.
    Captured(Vec<Range>),
}

/// What counters tell of retransmitted segments.
pub(super) struct Counted {
    /// For each stretch of time with a retransmission: the stream offset that had been sent by its
    /// end, and the largest number of bytes retransmitted in it or in any later one. The first
    /// number grows, the second does not.
    stretches: Vec<(u64, u64)>,
    /// Bytes before this offset were acknowledged, so they were not retransmitted after the last
    /// sample.
    settled: u64,
}

impl Resent {
    /// What was retransmitted in a flow.
    pub(super) fn of(flow: &Flow) -> Self {
        match &flow.evidence {
            Evidence::Counters(samples) => Self::Counted(Counted::of(samples)),
            // A capture that missed some segments may have missed a retransmission.
            Evidence::Segments(segments) if !captured(flow, segments).settled => {
                Self::Counted(Counted {
                    stretches: Vec::new(),
                    settled: 0,
                })
            }
            Evidence::Segments(segments) => {
                let again = segments.iter().filter(|segment| segment.again);
                let mut ranges: Vec<Range> = again
                    .map(|segment| Range {
                        start: segment.start,
                        end: segment.end(),
                    })
                    .collect();
                ranges.sort_by_key(|range| range.start);
                ranges.dedup_by(|next, range| {
                    let overlaps = next.start < range.end;
                    if overlaps {
                        range.end = range.end.max(next.end);
                    }
                    overlaps
                });
                Self::Captured(ranges)
            }
        }
    }

    /// Whether a retransmitted segment may span the boundary at `at`; one that does has at least
    /// `least` bytes.
    pub(super) fn may_span(&self, at: u64, least: u64) -> bool {
        match self {
            Self::Counted(counted) => counted.may_span(at, least),
            Self::Captured(ranges) => {
                let first = ranges.partition_point(|range| range.end <= at);
                ranges.get(first).is_some_and(|range| range.spans(at))
            }
        }
    }
}

impl Counted {
    fn of(samples: &[Sample]) -> Self {
        let mut stretches: Vec<(u64, u64)> = Vec::new();
        let (mut count, mut bytes) = (0, Some(0));
        for sample in samples {
            if sample.retransmitted > count {
                let held = (sample.retransmitted_bytes.zip(bytes))
                    .map_or(u64::MAX, |(now, then): (u64, u64)| now.saturating_sub(then));
                stretches.push((sample.bytes, held));
                (count, bytes) = (sample.retransmitted, sample.retransmitted_bytes);
            }
        }
        let mut most = 0;
        for (_, held) in stretches.iter_mut().rev() {
            most = most.max(*held);
            *held = most;
        }
        let all_acknowledged = |sample: &&Sample| sample.unacknowledged == Some(0);
        let last = samples.iter().rfind(all_acknowledged);
        Self {
            stretches,
            settled: last.map_or(0, |sample| sample.bytes),
        }
    }

    fn may_span(&self, at: u64, least: u64) -> bool {
        // Bytes that were first sent later were not in that retransmission.
        let first = self.stretches.partition_point(|&(left, _)| left <= at);
        let most = self.stretches.get(first).map_or(0, |&(_, held)| held);
        most >= least || self.settled < at
    }
}
