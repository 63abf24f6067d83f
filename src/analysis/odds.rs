//! What many replays of one thing came to: how often which recvs, and how often
//! a boundary was lost.
//!
//! Promises: every trial that ended is counted once; a trial that ended early
//! counts for nothing but [`Tally::ended_early`]. An interval is Wilson's score
//! interval, which never leaves 0 to 1 and has a width at 0 and at 1 too
//! (Wilson 1927, "Probable inference, the law of succession, and statistical
//! inference"). Never replays anything itself.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{BoundaryFate, analyse_part};
use crate::scenario::Side;
use crate::trace::{DataOp, Op, PartTrace, Trace};

/// The quantile of the normal distribution for 95 %, two-sided.
const Z: f64 = 1.959_963_984_540_054;

/// A share with its 95 % interval, each from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    /// How many of all.
    pub hits: u32,
    /// All.
    pub of: u32,
    /// `hits / of`; 0 of none.
    pub share: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
}

impl Share {
    /// The share of `hits` among `of`, which is no fewer. Of none, nothing is known: 0 to 1.
    #[must_use]
    pub fn new(hits: u32, of: u32) -> Self {
        if of == 0 {
            return Self {
                hits,
                of,
                share: 0.0,
                low: 0.0,
                high: 1.0,
            };
        }
        let (n, share) = (f64::from(of), f64::from(hits) / f64::from(of));
        let square = Z * Z;
        let scale = 1.0 + square / n;
        let centre = (share + square / (2.0 * n)) / scale;
        let spread = share * (1.0 - share) / n + square / (4.0 * n * n);
        let half = Z / scale * spread.sqrt();
        // The ends are exact where all or none are hits; the sums are not.
        Self {
            hits,
            of,
            share,
            low: if hits == 0 {
                0.0
            } else {
                (centre - half).max(0.0)
            },
            high: if hits == of {
                1.0
            } else {
                (centre + half).min(1.0)
            },
        }
    }
}

/// What one trial came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// What came back.
    pub pattern: Pattern,
    /// From the end of the first message's last send to the beginning of the next,
    /// in nanoseconds; the pause between them and whatever else took time.
    pub gap: u64,
}

/// What the recvs of a trial returned.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Pattern {
    /// How many bytes each recv returned that returned any, in order.
    pub returned: Vec<u32>,
    /// Whether any message boundary was coalesced.
    pub merged: bool,
}

/// What a trial came to in which `from` sent; none where it ended early or not all arrived.
#[must_use]
pub fn observe(trace: &Trace, from: Side) -> Option<Observed> {
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

/// The sizes of the messages that `from` sent, in bytes.
#[must_use]
pub fn sizes(trace: &Trace, from: Side) -> Vec<u64> {
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

/// How long no send of the flow was under way at this offset.
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

/// Many trials, counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    patterns: BTreeMap<Pattern, u32>,
    gaps: Vec<u64>,
    /// How many trials ended early and are not counted.
    pub ended_early: u32,
}

impl Tally {
    /// Counts one trial; none is one that ended early.
    pub fn add(&mut self, observed: Option<Observed>) {
        match observed {
            Some(Observed { pattern, gap }) => {
                *self.patterns.entry(pattern).or_default() += 1;
                self.gaps.push(gap);
            }
            None => self.ended_early += 1,
        }
    }

    /// How many trials are counted.
    #[must_use]
    pub fn counted(&self) -> u32 {
        self.patterns.values().sum()
    }

    /// The share of trials in which a boundary was lost.
    #[must_use]
    pub fn merged(&self) -> Share {
        let merged = self.patterns.iter().filter(|(pattern, _)| pattern.merged);
        Share::new(merged.map(|(_, count)| count).sum(), self.counted())
    }

    /// What came back and how often, the most frequent first, then by what came back.
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

    /// The gap in the middle of all that were measured, in nanoseconds; none of none.
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

    fn close(share: Share, low: f64, high: f64) {
        let near = |got: f64, wanted: f64| (got - wanted).abs() < 5e-4;
        assert!(near(share.low, low) && near(share.high, high), "{share:?}");
    }

    #[test]
    fn the_interval_is_wilsons() {
        close(Share::new(43, 500), 0.0645, 0.1138);
        close(Share::new(0, 10), 0.0, 0.2775);
        close(Share::new(10, 10), 0.7225, 1.0);
        close(Share::new(5, 10), 0.2366, 0.7634);
        close(Share::new(0, 0), 0.0, 1.0);
        assert!(Share::new(0, 10).low.abs() < f64::EPSILON);
        assert!((Share::new(10, 10).high - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn the_share_lies_in_its_interval() {
        for of in 1..200 {
            for hits in 0..=of {
                let share = Share::new(hits, of);
                assert!(
                    0.0 <= share.low
                        && share.low <= share.share
                        && share.share <= share.high
                        && share.high <= 1.0,
                    "{share:?}"
                );
            }
        }
    }

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
        for observed in [
            Some(seen(&[30], true, 5)),
            Some(seen(&[18, 12], false, 9)),
            None,
            Some(seen(&[18, 12], false, 7)),
        ] {
            tally.add(observed);
        }
        assert_eq!((tally.counted(), tally.ended_early), (3, 1));
        assert_eq!((tally.merged().hits, tally.merged().of), (1, 3));
        let rows: Vec<_> = tally
            .histogram()
            .into_iter()
            .map(|(pattern, count)| (pattern.returned.clone(), count))
            .collect();
        assert_eq!(rows, [(vec![18, 12], 2), (vec![30], 1)]);
        assert_eq!(tally.median_gap(), Some(7));
    }
}
