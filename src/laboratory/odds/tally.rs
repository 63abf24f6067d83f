//! Counts the results of many replays: how often each sequence of recvs occurred, and how often a
//! boundary was lost.
//!
//! Promises: every trial that ran to its end is counted once, in its block. A trial that ended
//! early is counted only in [`Tally::ended_early`]. Never replays anything.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::Share;
use crate::analysis::{BoundaryFate, FlowAnalysis, MessageFate, Range, analyse_part};
use crate::scenario::{Fault, Side};
use crate::trace::{Call, DataOp, Op, PartTrace, StopReason, Trace};

/// The result of one trial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Observed {
    /// What the recvs returned.
    pub(super) pattern: Pattern,
    /// The time from the end of the first message's last send to the beginning of the next message,
    /// in nanoseconds: the pause, and anything else that took time.
    pub(super) gap: u64,
}

/// What the recvs of a trial returned.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Pattern {
    /// The number of bytes that each recv returned, in order, without recvs that returned none.
    pub returned: Vec<u32>,
    /// Whether any message boundary was coalesced.
    pub merged: bool,
}

/// The result of a trial in which `from` sent; `None` if it ended early or not all bytes arrived.
#[must_use]
pub(super) fn observe(trace: &Trace, from: Side) -> Option<Observed> {
    let part = trace.parts.first().filter(|part| part.stop.is_none())?;
    let analysed = analyse_part(part);
    let at = part.flows.iter().position(|flow| flow.from == from)?;
    let (flow, seen) = (part.flows.get(at)?, analysed.flows.get(at)?);
    if flow.sent != flow.received {
        return None;
    }
    let returned = seen.recvs.iter();
    let first_end = seen.messages.first()?.range.end;
    Some(Observed {
        pattern: Pattern {
            returned: returned
                .map(|recv| u32::try_from(recv.range.len()).unwrap_or(u32::MAX))
                .collect(),
            merged: seen
                .boundaries
                .iter()
                .any(|boundary| matches!(boundary.fate, BoundaryFate::Coalesced { .. })),
        },
        gap: gap_at(part, at, first_end)?,
    })
}

/// Whether the case's own reader separated every message that `from` sent. `None` if the replay
/// ended early for a reason that is not the reader's.
///
/// Every decoded frame must be a message. A message that was not decoded must not have come in a
/// recv together with bytes of another. A reader that rejected its input, as its case may expect,
/// did not separate them.
pub(super) fn told_apart(trace: &Trace, from: Side) -> Option<bool> {
    let part = trace.parts.first()?;
    if let Some(stop) = &part.stop {
        let reader_gave_up = matches!(
            stop.reason,
            StopReason::Fault {
                fault: Fault::Framing(_) | Fault::Length(_),
                ..
            }
        );
        return (reader_gave_up && stop.side != from).then_some(false);
    }
    let at = part.flows.iter().position(|flow| flow.from == from)?;
    let analysed = analyse_part(part);
    Some(is_apart(part, at, analysed.flows.get(at)?))
}

fn is_apart(part: &PartTrace, at: usize, seen: &FlowAnalysis) -> bool {
    let decoded: Vec<Range> = part
        .calls
        .iter()
        .filter_map(|call| frame(&call.op, at))
        .collect();
    let is_message = |frame: &Range| seen.messages.iter().any(|it| it.range == *frame);
    let refused = |call: &Call| matches!(call.op, Op::Data(DataOp::Refuse { flow, .. }) if usize::from(flow) == at);
    !part.calls.iter().any(refused)
        && decoded.iter().all(is_message)
        && seen.messages.iter().all(|message| match message.fate {
            MessageFate::Whole | MessageFate::WholeByParts(_) | MessageFate::InPieces(_) => true,
            MessageFate::Coalesced => decoded.contains(&message.range),
            MessageFate::Truncated(_) | MessageFate::Lost(_) | MessageFate::NotSeen => false,
        })
}

/// The bytes of a decoded frame of this flow.
fn frame(op: &Op, wanted: usize) -> Option<Range> {
    if let Op::Data(DataOp::Decoded {
        flow,
        offset,
        header,
        payload,
        trailer,
        ..
    }) = op
        && usize::from(*flow) == wanted
    {
        let length = u64::from(*header) + u64::from(*payload) + u64::from(*trailer);
        Some(Range {
            start: *offset,
            end: offset + length,
        })
    } else {
        None
    }
}

/// The sizes of the messages that `from` sent, in bytes.
#[must_use]
pub(super) fn sizes(trace: &Trace, from: Side) -> Vec<u64> {
    let Some(part) = trace.parts.first().filter(|part| part.stop.is_none()) else {
        return Vec::new();
    };
    let flows = part.flows.iter().zip(analyse_part(part).flows);
    flows
        .filter(|(flow, _)| flow.from == from)
        .flat_map(|(_, seen)| seen.messages)
        .map(|message| message.range.len())
        .collect()
}

/// How long no send of the flow was in progress at this offset, in nanoseconds.
fn gap_at(part: &PartTrace, wanted: usize, at: u64) -> Option<u64> {
    let mut ended = None;
    for call in &part.calls {
        let Op::Data(DataOp::Send {
            flow,
            offset,
            taken,
            ..
        }) = call.op
        else {
            continue;
        };
        if usize::from(flow) != wanted || taken == 0 {
            continue;
        }
        if offset >= at {
            return ended.map(|ended| call.start.saturating_sub(ended));
        }
        ended = Some(call.end);
    }
    None
}

/// The trials with one gap.
#[derive(Clone, Debug)]
pub struct Point {
    /// The gap between the sends, before jitter.
    pub gap: Duration,
    /// The shortest and the longest gap drawn.
    pub drawn: Option<(Duration, Duration)>,
    /// The results with the plain reader.
    pub tally: Tally,
    /// How often the case's own reader separated every message; `None` if there is no such reader.
    pub own: Option<Counts>,
}

impl Point {
    /// A point without trials.
    pub(super) fn new(gap: Duration, has_own_reader: bool) -> Self {
        Self {
            gap,
            drawn: None,
            tally: Tally::default(),
            own: has_own_reader.then(Counts::default),
        }
    }

    /// Notes a gap that was drawn.
    pub(super) fn planned(&mut self, gap: Duration) {
        let (least, most) = self.drawn.unwrap_or((gap, gap));
        self.drawn = Some((least.min(gap), most.max(gap)));
    }
}

/// The number of hits among the trials of each block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// The hits and the trials of each block, by its number.
    blocks: Vec<(u32, u32)>,
    /// The number of trials that ended early. They are not counted as trials.
    pub ended_early: u32,
}

impl Counts {
    /// Counts a trial of this block. `None` is a trial that ended early.
    pub(super) fn add(&mut self, block: usize, hit: Option<bool>) {
        let Some(hit) = hit else {
            self.ended_early += 1;
            return;
        };
        if self.blocks.len() <= block {
            self.blocks.resize(block + 1, (0, 0));
        }
        let (hits, of) = &mut self.blocks[block];
        *hits += u32::from(hit);
        *of += 1;
    }

    /// Adds the counts of `other`, block by block.
    pub fn join(&mut self, other: &Self) {
        let longer = self.blocks.len().max(other.blocks.len());
        self.blocks.resize(longer, (0, 0));
        for ((hits, of), (more_hits, more)) in self.blocks.iter_mut().zip(&other.blocks) {
            *hits += more_hits;
            *of += more;
        }
        self.ended_early += other.ended_early;
    }

    /// The share of hits.
    #[must_use]
    pub fn share(&self) -> Share {
        Share::of_blocks(&self.blocks)
    }
}

/// The counts of many trials.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    patterns: BTreeMap<Pattern, u32>,
    gaps: Vec<u64>,
    merged: Counts,
}

impl Tally {
    /// Counts one trial of this block. `None` is a trial that ended early.
    pub(super) fn add(&mut self, block: usize, observed: Option<Observed>) {
        let merged = observed.as_ref().map(|observed| observed.pattern.merged);
        self.merged.add(block, merged);
        if let Some(Observed { pattern, gap }) = observed {
            *self.patterns.entry(pattern).or_default() += 1;
            self.gaps.push(gap);
        }
    }

    /// The number of trials counted.
    #[must_use]
    pub fn counted(&self) -> u32 {
        self.patterns.values().sum()
    }

    /// The number of trials that ended early. They are not counted as trials.
    #[must_use]
    pub const fn ended_early(&self) -> u32 {
        self.merged.ended_early
    }

    /// The share of trials in which a boundary was lost.
    #[must_use]
    pub fn merged(&self) -> Share {
        self.merged.share()
    }

    /// What the recvs returned and how often, the most frequent first.
    #[must_use]
    pub fn histogram(&self) -> Vec<(&Pattern, u32)> {
        let mut rows: Vec<_> = self
            .patterns
            .iter()
            .map(|(pattern, count)| (pattern, *count))
            .collect();
        rows.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        rows
    }

    /// The median of all measured gaps, in nanoseconds; `None` if there are none.
    #[must_use]
    pub fn median_gap(&self) -> Option<u64> {
        let mut gaps = self.gaps.clone();
        gaps.sort_unstable();
        gaps.get(gaps.len() / 2).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(returned: &[u32], merged: bool, gap: u64) -> Observed {
        Observed {
            pattern: Pattern {
                returned: returned.to_vec(),
                merged,
            },
            gap,
        }
    }

    #[test]
    fn trials_are_counted_by_what_came_back() {
        let mut tally = Tally::default();
        for (block, observed) in [
            (0, Some(seen(&[30], true, 5))),
            (0, Some(seen(&[18, 12], false, 9))),
            (1, None),
            (2, Some(seen(&[18, 12], false, 7))),
        ] {
            tally.add(block, observed);
        }
        assert_eq!((tally.counted(), tally.ended_early()), (3, 1));
        let merged = tally.merged();
        assert_eq!((merged.hits, merged.of, merged.blocks), (1, 3, 2));
        let rows: Vec<_> = tally
            .histogram()
            .into_iter()
            .map(|(pattern, count)| (pattern.returned.clone(), count))
            .collect();
        assert_eq!(rows, [(vec![18, 12], 2), (vec![30], 1)]);
        assert_eq!(tally.median_gap(), Some(7));
    }

    #[test]
    fn counts_are_joined_block_by_block() {
        let mut first = Counts::default();
        first.add(0, Some(true));
        let mut second = Counts::default();
        second.add(1, Some(false));
        second.add(0, Some(true));
        second.add(0, None);
        first.join(&second);
        assert_eq!(first.blocks, [(2, 2), (0, 1)]);
        assert_eq!(first.ended_early, 1);
    }
}
