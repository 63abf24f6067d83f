//! Searches a stream for a binary length: where it stands in the header, how wide it is, in which
//! order, and what it counts.
//!
//! A candidate is a rule: "the number at this offset, plus this distance, is the length of the
//! frame". It is followed from the front, and from each place that may be the end of a preface.
//! What leads to the end of the stream, or to several frames and then out of it, is a candidate;
//! how much it proves is judged elsewhere.

use std::num::NonZeroU8;

use super::LONGEST_PREFACE;
use crate::framing::{Framing, LengthField, LengthPrefix};

/// The last offset of a length that is looked for.
const LAST_OFFSET: u8 = 12;

/// The longest distance between the number and the length of the frame, in bytes.
const LONGEST_DISTANCE: u8 = 24;

/// The fewest frames of a stream that does not end where a frame ends.
const FEWEST: usize = 4;

/// The fields that are looked for. A signed one looks the same as long as the number is small.
const FIELDS: [LengthField; 7] = [
    LengthField::U32Be,
    LengthField::U16Be,
    LengthField::U32Le,
    LengthField::U16Le,
    LengthField::U8,
    LengthField::U24Be,
    LengthField::U24Le,
];

/// The framings found, each with the offset of its first frame: those that begin at the front, or
/// those that do not and begin behind a preface.
pub(super) fn candidates(sample: &[u8], behind_preface: bool) -> Vec<(Framing, usize)> {
    let mut found = Vec::new();
    let mut numbers = vec![0_usize; sample.len()];
    for field in FIELDS {
        for offset in 0..=LAST_OFFSET {
            let behind = usize::from(offset) + field.width();
            for (at, number) in numbers.iter_mut().enumerate() {
                let bytes = sample.get(at + usize::from(offset)..at + behind);
                let read = bytes.and_then(|bytes| field.read(bytes));
                *number = read
                    .and_then(|read| usize::try_from(read).ok())
                    .unwrap_or(usize::MAX);
            }
            for distance in 0..=LONGEST_DISTANCE {
                let rule = Rule {
                    behind,
                    distance: usize::from(distance),
                };
                let Some(framing) = named(field, offset, distance) else {
                    continue;
                };
                let at_front = rule.follow(&numbers, 0).is_some();
                if at_front == behind_preface {
                    continue;
                }
                if at_front {
                    found.push((framing, 0));
                    continue;
                }
                let last = LONGEST_PREFACE.min(sample.len() / 2);
                let best = (1..=last)
                    .filter_map(|start| Some((rule.follow(&numbers, start)?, start)))
                    .filter(|(frames, _)| *frames >= FEWEST)
                    .max_by_key(|&(frames, start)| (frames, std::cmp::Reverse(start)));
                found.extend(best.map(|(_, start)| (framing, start)));
            }
        }
    }
    found
}

/// A frame is as long as its number says, and `distance` more, and has a header up to `behind`.
#[derive(Clone, Copy)]
struct Rule {
    behind: usize,
    distance: usize,
}

impl Rule {
    /// The number of frames from `start` on; `None` if they lead nowhere. `numbers` has the number
    /// at each place.
    fn follow(self, numbers: &[usize], start: usize) -> Option<usize> {
        let (mut at, mut frames) = (start, 0);
        while at < numbers.len() {
            let length = numbers[at].checked_add(self.distance);
            let length = length.filter(|&length| length >= self.behind && length > 0);
            let Some(length) = length else {
                // Nothing but a header that is not whole is left.
                let ends = numbers.len() - at < self.behind;
                return (ends && frames >= FEWEST).then_some(frames);
            };
            let left = numbers.len() - at;
            if length > left {
                return (frames >= FEWEST).then_some(frames);
            }
            at += length;
            frames += 1;
        }
        Some(frames)
    }
}

/// The name of a rule in the language of framings. What the number does not count lies behind it.
fn named(field: LengthField, offset: u8, distance: u8) -> Option<Framing> {
    let behind = i16::from(offset) + i16::try_from(field.width()).ok()?;
    let counts = behind - i16::from(distance);
    let prefix = LengthPrefix {
        field,
        offset,
        gap: u8::try_from((-counts).max(0)).ok()?,
        counts: counts.max(0),
        unit: NonZeroU8::MIN,
    };
    Some(crate::framing::Codec::Length(prefix).into())
}
