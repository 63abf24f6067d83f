//! Guesses the framing of a stream, with the evidence for each guess.
//!
//! The candidates are the framings of the catalogue ([`Framing::every`]) and of protocols, and
//! every binary length that `lengths` finds in the bytes. A stream may begin with a preface, and
//! may end inside its last message.
//!
//! # Evidence
//! A length that leads from frame to frame proves little by itself: any bytes can be followed so.
//! What counts is that the places where it leads are unlike the others. The evidence is the number
//! of bits by which they are, the sum of:
//! - at each frame behind the first: how rare it is that a frame of no more than the longest
//!   found begins at a place of this stream;
//! - bytes that are the same at the front of all frames, or nearly: how rare each is in the stream
//!   behind the byte before it;
//! - the last frame ends where the stream ends;
//! - all payloads are printable text;
//! - less the number of bits that it takes to name the framing and the preface.
//!
//! Frames of the same bytes count once, and one that is a short header alone does not count, so a
//! stream that repeats itself proves nothing. A preface is looked for only where nothing that
//! begins at the front is convincing: the frames of a good framing can be followed from inside the
//! first one as well. [`Framing::RAW`] accepts anything, so it is left out.
//!
//! Promises: pure; linear in the stream, of which only the first [`SAMPLE`] bytes are searched.

mod lengths;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use serde::Serialize;

use crate::framing::{Codec, Decoded, Framing, protocols};

/// The number of bytes at the front of a stream that are searched. All of it is decoded then.
pub const SAMPLE: usize = 8 << 10;

/// The longest preface that is looked for, in bytes.
const LONGEST_PREFACE: usize = 256;

/// The most places of the sample at which a framing is tried, to see how rare a frame is.
const TRIED: usize = 512;

/// The evidence from which a guess is called certain, in bits.
const CERTAIN: i32 = 10;

/// By how many bits a certain guess is ahead of the next with other boundaries.
const AHEAD: i32 = 4;

/// The evidence below which a guess means nothing, in bits.
pub const LEAST: i32 = 3;

/// How many bytes at the front of each frame are compared with those of the others.
const FRONT: usize = 16;

/// The longest frame without a payload that does not count, in bytes.
const BARE: usize = 8;

/// The most guesses that are found by searching.
const SEARCHED: usize = 8;

/// A framing under which a stream decodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Guess {
    /// Its rank, from 1.
    pub rank: usize,
    /// The framing.
    pub framing: Framing,
    /// The protocol that begins as this stream does, where that is why the preface ends there.
    pub protocol: Option<&'static str>,
    /// The number of bytes before the first frame: a preface, or the rest of a message.
    pub start: usize,
    /// The number of whole messages.
    pub messages: u64,
    /// The number of empty messages among them.
    pub empty: u64,
    /// Whether all are printable UTF-8, and at least one not empty.
    pub text: bool,
    /// The number of bytes in the stream that the framing added.
    pub overhead: u64,
    /// The number of bytes of a last message that is not whole.
    pub left: usize,
    /// The evidence, in bits: a chance fit as good happens once in 2 to this power.
    pub evidence: i32,
    /// Whether this is the framing, as the evidence is good and that for all others is less.
    pub certain: bool,
}

/// The framings under which `stream` decodes, by rank.
#[must_use]
pub fn guess(stream: &[u8], cap: usize) -> Vec<Guess> {
    let sample = Sample::new(stream, cap);
    let of_protocols = protocols().iter().map(|protocol| protocol.framing);
    let mut known: Vec<Framing> = Vec::new();
    for framing in Framing::every().into_iter().chain(of_protocols) {
        if framing.keeps_boundaries() && !known.contains(&framing) {
            known.push(framing);
        }
    }
    let at_front = known.iter().map(|&framing| (framing, 0));
    let mut judged: Vec<Judged> = at_front
        .filter_map(|(framing, start)| sample.judge(framing, start))
        .collect();
    for protocol in protocols() {
        let opening = protocol.opening.as_ref();
        let taken = opening.map_or(0, |opening| opening.taken(sample.bytes));
        if taken > 0
            && let Some(mut begun) = sample.judge(protocol.framing, taken)
        {
            begun.protocol = Some(&protocol.name);
            judged.retain(|other| other.starts != begun.starts);
            judged.push(begun);
        }
    }
    sample.search(&mut judged, false);
    if judged.iter().all(|judged| judged.evidence < CERTAIN) {
        known.retain(|framing| judged.iter().all(|judged| judged.framing != *framing));
        judged.extend(known.into_iter().filter_map(|it| sample.behind_preface(it)));
        sample.search(&mut judged, true);
    }

    let whole = judged.into_iter().filter_map(|judged| {
        let guess = judged.of_all(stream, cap)?;
        Some((guess, judged.starts))
    });
    let mut guesses: Vec<(Guess, Vec<usize>)> = whole.collect();
    guesses.sort_by_key(|(guess, _)| guess.key());
    rank(&mut guesses);
    guesses.into_iter().map(|(guess, _)| guess).collect()
}

/// Numbers the guesses, equal ones alike, and says whether the first is certain. Each has the places
/// with it where its frames begin.
fn rank(guesses: &mut [(Guess, Vec<usize>)]) {
    for index in 1..guesses.len() {
        let before = guesses[index - 1].0;
        let guess = &mut guesses[index].0;
        guess.rank = if before.key() == guess.key() {
            before.rank
        } else {
            index + 1
        };
    }
    let Some((first, starts)) = guesses.first().cloned() else {
        return;
    };
    let next = guesses.iter().find(|(_, other)| *other != starts);
    let next = next.map_or(0, |(guess, _)| guess.evidence);
    // Where a preface ends is less certain than what follows it.
    let certain = first.start == 0 && first.evidence >= CERTAIN && first.evidence - next >= AHEAD;
    for (guess, other) in guesses {
        guess.certain = certain && guess.rank == 1 && *other == starts;
    }
}

impl Guess {
    /// The sort key of ranks: more evidence first; then those that add bytes of their own, that have
    /// fewer empty messages, and more messages.
    fn key(&self) -> impl Ord + use<> {
        (
            Reverse(self.evidence),
            self.overhead == 0,
            self.empty,
            Reverse(self.messages),
        )
    }

    /// Whether all lines end alike, although they may end in two ways: `line` or `crlf` says so.
    fn is_of_one_end(&self) -> bool {
        let may_differ = match self.framing.codec() {
            Codec::Delimiter(delimiter) => delimiter.optional_cr(),
            _ => false,
        };
        may_differ && [self.messages, 2 * self.messages].contains(&self.overhead)
    }
}

/// What the frames of a stream are like.
struct Walk {
    messages: u64,
    empty: u64,
    overhead: u64,
    /// Whether all payloads are printable.
    printable: bool,
    /// The number of bytes of a last message that is not whole.
    left: usize,
}

/// Decodes `bytes` from `start` on, and hands on each frame: where it is, and whether it is no more
/// than a short header. `None` if the bytes do not decode.
fn walk(
    framing: Framing,
    bytes: &[u8],
    start: usize,
    cap: usize,
    mut each: impl FnMut(Range<usize>, bool),
) -> Option<Walk> {
    let mut walk = Walk {
        messages: 0,
        empty: 0,
        overhead: 0,
        printable: true,
        left: 0,
    };
    let mut at = start;
    while at < bytes.len() {
        match framing.decode(&bytes[at..], cap) {
            Ok(Decoded::Frame { parts, payload }) => {
                let frame = at..at + parts.total();
                walk.messages += 1;
                walk.empty += u64::from(payload.is_empty());
                walk.overhead += (parts.header + parts.trailer) as u64;
                walk.printable &= is_printable(&payload);
                at = frame.end;
                let is_bare = payload.is_empty() && frame.len() <= BARE;
                each(frame, is_bare);
            }
            Ok(Decoded::Incomplete { .. }) => break,
            Err(_) => return None,
        }
    }
    let rest = bytes.get(at..).unwrap_or_default();
    if framing.end(rest).is_err() {
        walk.left = rest.len();
    }
    Some(walk)
}

/// A framing that the front of a stream was judged by.
struct Judged {
    framing: Framing,
    protocol: Option<&'static str>,
    /// The number of bytes before the first frame.
    start: usize,
    /// The evidence, in bits.
    evidence: i32,
    /// Where its frames begin in the sample.
    starts: Vec<usize>,
}

impl Judged {
    /// The guess for the whole stream. `None` if that does not decode up to a last message, which
    /// may be cut off.
    fn of_all(&self, stream: &[u8], cap: usize) -> Option<Guess> {
        let Self {
            framing,
            protocol,
            start,
            evidence,
            starts: _,
        } = *self;
        let walk = walk(framing, stream, start, cap, |_, _| {})?;
        let Walk {
            messages,
            empty,
            overhead,
            printable,
            left,
        } = walk;
        let guess = Guess {
            rank: 1,
            framing,
            protocol,
            start,
            messages,
            empty,
            text: printable && empty < messages,
            overhead,
            left,
            evidence,
            certain: false,
        };
        let has_some = messages > 0 && (left == 0 || messages > 1);
        (has_some && !guess.is_of_one_end()).then_some(guess)
    }
}

/// The front of a stream, and how rare each of its bytes is.
struct Sample<'a> {
    bytes: &'a [u8],
    cap: usize,
    /// Whether the sample is the whole stream.
    is_all: bool,
    /// For each byte: minus the logarithm of its share among those behind the same byte, or of its
    /// share in all of the sample where that is larger. In a run of zeros it is next to nothing.
    bits: Vec<f64>,
}

impl<'a> Sample<'a> {
    fn new(stream: &'a [u8], cap: usize) -> Self {
        let bytes = &stream[..stream.len().min(SAMPLE)];
        let mut alone = [0.5; 256];
        let mut behind = [0.0; 256];
        let mut pairs: BTreeMap<[u8; 2], f64> = BTreeMap::new();
        for &byte in bytes {
            alone[usize::from(byte)] += 1.0;
        }
        for pair in pairs_of(bytes) {
            behind[usize::from(pair[0])] += 1.0;
            *pairs.entry(pair).or_default() += 1.0;
        }
        let all: f64 = alone.iter().sum();
        let share = |byte: u8| alone[usize::from(byte)] / all;
        // Two bytes more behind each, spread as all are: a pair that is seen once proves little.
        let share_behind = |pair: [u8; 2]| {
            (pairs[&pair] + 2.0 * share(pair[1])) / (behind[usize::from(pair[0])] + 2.0)
        };
        let first = bytes.first().map(|&byte| -share(byte).log2());
        let others = pairs_of(bytes).map(|pair| {
            let most = share(pair[1]).max(share_behind(pair));
            -most.log2()
        });
        Self {
            bytes,
            cap,
            is_all: bytes.len() == stream.len(),
            bits: first.into_iter().chain(others).collect(),
        }
    }

    /// The evidence for a framing whose first frame begins at `start`. `None` if the sample does
    /// not decode.
    fn judge(&self, framing: Framing, start: usize) -> Option<Judged> {
        let mut starts = Vec::new();
        let mut end = start;
        // Those that differ from all before, and are more than a short header.
        let mut frames: Vec<Range<usize>> = Vec::new();
        let mut seen = HashSet::new();
        let walk = walk(framing, self.bytes, start, self.cap, |frame, is_bare| {
            starts.push(frame.start);
            end = frame.end;
            if !is_bare && seen.insert(&self.bytes[frame.clone()]) {
                frames.push(frame);
            }
        })?;
        let ends = self.is_all && walk.left == 0;
        if starts.is_empty() || !ends && starts.len() < 2 {
            return None;
        }
        let decoded = decimal(end - start);
        let longest = frames.iter().map(Range::len).max().unwrap_or(0);
        let rarity = -self.share_of_frames(framing, longest).log2();
        // A zero is an empty message to these, so a stream with many zeros looks like many frames.
        let is_length = match framing.codec() {
            Codec::Length(_) => true,
            Codec::Varint(varint) => varint.offset() == 0,
            _ => false,
        };
        let mut evidence =
            decimal(frames.len().saturating_sub(1)) * rarity + self.fronts(framing, &frames);
        evidence += match (ends, is_length) {
            (true, _) => (decoded / decimal(starts.len())).log2(),
            (false, true) => -10.0,
            (false, false) => -3.0,
        };
        evidence += if walk.printable { 4.0 } else { 0.0 };
        evidence -= if is_length {
            6.0 * decimal(usize::try_from(walk.empty).unwrap_or(usize::MAX))
        } else {
            0.0
        };
        evidence -= cost_of_name(framing);
        if start > 0 {
            evidence = 0.8 * evidence - 6.0 - decimal(start).log2();
        }
        // Any stream of the right length is cut into pieces of a fixed size.
        if matches!(framing.codec(), Codec::Fixed(_)) {
            evidence = 0.0;
        }
        Some(Judged {
            framing,
            protocol: None,
            start,
            evidence: whole_bits(evidence),
            starts,
        })
    }

    /// The best place where frames of this framing begin behind a preface.
    fn behind_preface(&self, framing: Framing) -> Option<Judged> {
        let starts = 1..=LONGEST_PREFACE.min(self.bytes.len() / 2);
        let judged = starts.filter_map(|start| self.judge(framing, start));
        judged
            .filter(|judged| judged.evidence >= LEAST)
            .max_by_key(|judged| judged.evidence)
    }

    /// Adds the binary lengths that are found in the bytes and divide them in another way than what
    /// is there, at the front or behind a preface.
    fn search(&self, judged: &mut Vec<Judged>, behind_preface: bool) {
        let found = lengths::candidates(self.bytes, behind_preface);
        let mut found: Vec<Judged> = found
            .into_iter()
            .filter_map(|(framing, start)| self.judge(framing, start))
            .filter(|judged| judged.evidence >= LEAST)
            .collect();
        found.sort_by_key(|judged| Reverse(judged.evidence));
        let known = judged.iter().map(|judged| judged.starts.clone());
        let mut seen: HashSet<Vec<usize>> = known.collect();
        found.retain(|judged| seen.insert(judged.starts.clone()));
        found.truncate(SEARCHED);
        judged.append(&mut found);
    }

    /// The share of places of the sample at which a frame of at most `longest` bytes begins.
    fn share_of_frames(&self, framing: Framing, longest: usize) -> f64 {
        let step = self.bytes.len().div_ceil(TRIED).max(1);
        let (mut tried, mut found) = (1.0, 1.0);
        for at in (0..self.bytes.len()).step_by(step) {
            let end = self.bytes.len().min(at + longest);
            let frame = framing.decode(&self.bytes[at..end], self.cap);
            tried += 1.0;
            found += if matches!(frame, Ok(Decoded::Frame { .. })) {
                1.0
            } else {
                0.0
            };
        }
        found / tried
    }

    /// The bits saved by knowing the bytes at the front of the frames, beside the length.
    fn fronts(&self, framing: Framing, frames: &[Range<usize>]) -> f64 {
        let length = match framing.codec() {
            Codec::Length(prefix) => {
                let start = usize::from(prefix.offset);
                start..start + prefix.field.width()
            }
            _ => 0..0,
        };
        let columns = (0..FRONT).filter(|column| !length.contains(column));
        columns.map(|column| self.column(column, frames)).sum()
    }

    /// The bits saved by knowing which bytes stand in this column of the frames.
    fn column(&self, column: usize, frames: &[Range<usize>]) -> f64 {
        let places = frames
            .iter()
            .filter(|frame| column < frame.len())
            .map(|frame| frame.start + column);
        let mut counts = [0.0_f64; 256];
        let (mut all, mut usual) = (0.0_f64, 0.0);
        for place in places.clone() {
            counts[usize::from(self.bytes[place])] += 1.0;
            all += 1.0;
            usual += self.bits[place];
        }
        if all < 2.0 {
            return 0.0;
        }
        let mut most = 0_u8;
        for byte in 0..=u8::MAX {
            if counts[usize::from(byte)] > counts[usize::from(most)] {
                most = byte;
            }
        }
        // The first time that the usual byte is seen proves nothing; where it is rarest is taken.
        let first = places
            .filter(|&place| self.bytes[place] == most)
            .map(|place| self.bits[place])
            .fold(0.0, f64::max);
        let seen = counts.iter().filter(|&&count| count > 0.0);
        let own: f64 = seen.map(|&count| 6.0 - count * (count / all).log2()).sum();
        (usual - first - (own - 6.0) - 0.5 * (all + 1.0).log2()).max(0.0)
    }
}

/// Each byte but the first, behind the byte before it.
fn pairs_of(bytes: &[u8]) -> impl Iterator<Item = [u8; 2]> {
    let behind = bytes.iter().skip(1);
    bytes
        .iter()
        .zip(behind)
        .map(|(&before, &byte)| [before, byte])
}

/// How many bits it takes to name a framing: fewer for a common one.
fn cost_of_name(framing: Framing) -> f64 {
    let Codec::Length(prefix) = framing.codec() else {
        return 3.0;
    };
    let field = match prefix.field.width() {
        1 => 3.0,
        3 => 2.5,
        _ => 0.0,
    };
    let width = i16::try_from(prefix.field.width()).unwrap_or(0);
    let (offset, gap) = (i16::from(prefix.offset), i16::from(prefix.gap));
    let counts = match prefix.counts {
        0 if gap == 0 => 0.5,
        0 => 2.0 + 0.3 * f64::from(gap),
        all if all == offset + width + gap => 0.5,
        itself if itself == width => 1.5,
        other => 4.0 + 0.5 * f64::from(other.abs()),
    };
    field + counts + 1.5 * f64::from(offset) + 2.0 * f64::from(prefix.unit.get() - 1)
}

/// A number of bytes or frames of the sample.
fn decimal(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Evidence in whole bits, at least 0.
#[allow(
    clippy::cast_possible_truncation,
    reason = "the sum of some thousand logarithms of shares is small"
)]
fn whole_bits(evidence: f64) -> i32 {
    evidence.round().max(0.0) as i32
}

/// Whether `bytes` are UTF-8 without control characters other than line ends and tabs.
fn is_printable(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let is_printable = match character {
            '\n' | '\t' => true,
            '\r' => characters.peek() == Some(&'\n'),
            other => !other.is_control(),
        };
        if !is_printable {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_framing_of_the_catalogue_guesses_its_own_stream() {
        for framing in Framing::every()
            .into_iter()
            .filter(Framing::keeps_boundaries)
        {
            let mut stream = Vec::new();
            let messages = match framing.codec() {
                Codec::Json(_) => ["{}", "[\"a\"]"],
                Codec::Resp(_) => ["+OK\r\n", "$1\r\na\r\n"],
                _ => ["eighteen bytes, a!", "eighteen bytes, b!"],
            };
            for message in messages {
                framing.encode(message.as_bytes(), &mut stream).unwrap();
            }
            let guesses = guess(&stream, 1 << 20);
            let own = guesses.iter().find(|guess| guess.framing == framing);
            // All lines end alike here.
            let is_left_out = matches!(
                framing.codec(),
                Codec::Delimiter(delimiter) if delimiter.optional_cr()
            );
            if !is_left_out {
                assert_eq!(
                    own.map(|guess| (guess.start, guess.messages, guess.text, guess.left)),
                    Some((0, 2, true, 0)),
                    "{framing}: {guesses:?}"
                );
            }
            // Two messages of as many bytes prove little; what is certain has to be right.
            let certain = guesses.iter().find(|guess| guess.certain);
            assert!(
                certain.is_none_or(|guess| guess.messages == 2 && guess.start == 0),
                "{framing}: {guesses:?}"
            );
        }
    }

    #[test]
    fn what_comes_first_divides_messages_as_their_own_framing_does() {
        for framing in Framing::every() {
            let texts: &[&str] = match framing.codec() {
                // A reader knows neither from the bytes.
                Codec::Raw(_) | Codec::Fixed(_) => continue,
                // All lines end alike here.
                Codec::Delimiter(delimiter) if delimiter.optional_cr() => continue,
                Codec::Json(_) => &["{}", "[\"a\"]", "{\"b\": [1, 2]}"],
                Codec::Resp(_) => &["+OK\r\n", "$1\r\na\r\n", "*1\r\n$4\r\nPING\r\n"],
                _ => &[
                    "eighteen bytes, a!",
                    "no",
                    "some more of it",
                    "and the last one",
                ],
            };
            let mut stream = Vec::new();
            for text in texts {
                framing.encode(text.as_bytes(), &mut stream).unwrap();
            }
            let guesses = guess(&stream, 1 << 20);
            let own = guesses.iter().find(|guess| guess.framing == framing);
            // Several framings can divide a stream in the same way: a byte of 0 before a varint
            // looks like the flags of ZMTP.
            let divides = |guess: &Guess| (guess.start, guess.messages, guess.overhead, guess.left);
            assert_eq!(
                guesses.first().map(divides),
                own.map(divides),
                "{framing}: {guesses:#?}"
            );
            assert_eq!(own.map(|guess| guess.messages), Some(texts.len() as u64));
        }
    }

    #[test]
    fn a_stream_that_repeats_itself_proves_no_length() {
        let lines = "hello world, a line\n".repeat(4000);
        let guesses = guess(lines.as_bytes(), 1 << 20);
        let wrong = guesses
            .iter()
            .find(|guess| guess.certain && !matches!(guess.framing.codec(), Codec::Delimiter(_)));
        assert_eq!(wrong, None);
    }

    #[test]
    fn a_framing_is_not_looked_for_from_inside_its_first_frame() {
        let mut stream = Vec::new();
        let framing: Framing = "u32-be".parse().unwrap();
        for size in 1..200_u8 {
            let payload: Vec<u8> = (0..size).map(|at| at.wrapping_mul(size) ^ 0xa5).collect();
            framing.encode(&payload, &mut stream).unwrap();
        }
        let guesses = guess(&stream, 1 << 20);
        let first = guesses.first().unwrap();
        assert_eq!(
            (first.framing, first.start, first.certain),
            (framing, 0, true)
        );
    }

    #[test]
    fn lines_that_end_in_both_are_of_both() {
        let guesses = guess(b"one\r\ntwo\r\n", 1024);
        assert_eq!(guesses[0].framing.to_string(), "crlf");
        assert_eq!((guesses[0].rank, guesses[1].rank), (1, 2));
        assert_eq!(guesses[1].framing.to_string(), "line");
    }

    #[test]
    fn what_fits_nothing_is_guessed_as_nothing() {
        assert_eq!(guess(b"9", 1024), []);
        assert_eq!(guess(b"", 1024), []);
    }
}
