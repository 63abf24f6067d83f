//! What is known of the segments: counted by the sending kernel, or captured.
//!
//! Captured segments say all. Of counters: between two samples the counters tell how many bytes left in how many segments;
//! where it was one segment, its range is known. Of segments sent again they tell
//! how many there were and how many bytes they held, and never which.

use super::{Range, Wire, WireRun};
use crate::trace::{Evidence, Flow, Sample, Segment};

/// The segments of a flow; none where the kernel was never asked and nothing was captured.
pub(super) fn of(flow: &Flow) -> Option<Wire> {
    match &flow.evidence {
        Evidence::Counters(samples) => counted(flow, samples),
        Evidence::Segments(segments) => Some(captured(flow, segments)),
    }
}

/// The segments that were captured. Bytes that no captured segment holds make a run of
/// which nothing is known.
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
    // The connection's counters begin at 0; a first sample that does not is a run like any other.
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

/// What may have been sent again as one segment.
///
/// Linux joins segments that were not acknowledged when it sends them again, each of
/// them whole (`tcp_retrans_try_collapse` in `net/ipv4/tcp_output.c`). So a segment sent
/// again that spans a boundary between two segments holds at least both of them; where
/// fewer bytes were sent again than those have, none spans it. (A segment would be sent again
/// from its middle on if a part of it were acknowledged, but Linux takes what arrives whole or
/// not at all.) After the last sample segments can be sent again unseen, for loopback loses
/// what a firewall drops there: only what was acknowledged by then is not sent again.
pub(super) enum Resent {
    /// As far as counters tell.
    Counted(Counted),
    /// As captured: the ranges of the segments sent again, in order; those that overlap are
    /// joined.
    Captured(Vec<Range>),
}

/// What counters tell of the segments sent again.
pub(super) struct Counted {
    /// For each stretch of time in which something was sent again: how far the stream
    /// had left by its end, and how many bytes were sent again in it or in a later one,
    /// whichever is most. The first grows and the second does not.
    stretches: Vec<(u64, u64)>,
    /// What lies before this offset was acknowledged, so it was not sent again after the
    /// last sample.
    settled: u64,
}

impl Resent {
    /// What was sent again in a flow.
    pub(super) fn of(flow: &Flow) -> Self {
        match &flow.evidence {
            Evidence::Counters(samples) => Self::Counted(Counted::of(samples)),
            // A capture that missed some segments may have missed one that was sent again.
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

    /// Whether a segment sent again may span the boundary at `at`; one that does holds
    /// `least` bytes or more.
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
        // What had not left when it was sent again was not in it.
        let first = self.stretches.partition_point(|&(left, _)| left <= at);
        let most = self.stretches.get(first).map_or(0, |&(_, held)| held);
        most >= least || self.settled < at
    }
}
