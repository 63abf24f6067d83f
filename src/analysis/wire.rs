//! What the sending kernel's counters say of the segments.
//!
//! Between two samples the counters tell how many bytes left in how many segments;
//! where it was one segment, its range is known.

use super::{Range, Wire, WireRun};
use crate::trace::Flow;

/// The segments of a flow; none where the kernel was never asked or nothing was sent.
pub(super) fn of(flow: &Flow) -> Option<Wire> {
    let (first, last) = (flow.samples.first()?, flow.samples.last()?);
    let whole = flow.sent.len() as u64;
    if whole == 0 {
        return None;
    }
    let mut runs: Vec<WireRun> = Vec::new();
    // The connection's counters begin at 0; a first sample that does not is a run like any other.
    let (mut bytes, mut segments) = (0, 0);
    for sample in std::iter::once(first).chain(&flow.samples[1..]) {
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
    Some(Wire {
        count: u64::from(last.segments),
        retransmitted: u64::from(last.retransmitted),
        runs,
    })
}
