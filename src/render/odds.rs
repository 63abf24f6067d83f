//! Odds for programs and for a page: JSON, CSV and SVG ([`svg()`]). For a terminal,
//! see [`text::odds`](super::text::odds).
//!
//! Promises: every form holds the seed and the intervals; times are in
//! nanoseconds in JSON and in microseconds in CSV; nothing of a name or a title
//! reaches an SVG unescaped. Never judges.

mod lesson;
mod svg;

use std::io::{self, Write};
use std::time::Duration;

use serde::Serialize;

use crate::analysis::odds::{Share, Tally};
use crate::language::{Language, Text};
use crate::scenario::Side;
use crate::trace::{Environment, json};

use super::escape;

pub use lesson::{lesson, onward};
pub use svg::svg;

/// The version of the JSON that is written.
const VERSION: u32 = 1;

/// What many trials of one scenario came to.
#[derive(Clone, Debug)]
pub struct Odds {
    /// The scenario's name.
    pub name: String,
    /// What `sticky odds` was told to repeat: a name, or the path of a file.
    pub called: String,
    /// Its title, if it has one.
    pub title: Option<Text>,
    /// Who sends.
    pub from: Side,
    /// The sizes of the messages, in bytes.
    pub messages: Vec<u64>,
    /// What every recv asked for, in bytes.
    pub at_most: u32,
    /// Where and when.
    pub environment: Option<Environment>,
    /// The seed of the jitter and the order.
    pub seed: u64,
    /// How many trials each gap had.
    pub trials: u32,
    /// By how much each gap was jittered at the most, in percent.
    pub jitter_percent: u32,
    /// How many threads kept the cores busy.
    pub busy_threads: usize,
    /// One for each gap, the shortest first; at least one.
    pub points: Vec<Point>,
}

/// The trials of one gap.
#[derive(Clone, Debug)]
pub struct Point {
    /// The gap between the sends, before jitter.
    pub gap: Duration,
    /// The shortest and the longest gap drawn.
    pub drawn: Option<(Duration, Duration)>,
    /// What they came to.
    pub tally: Tally,
}

impl Point {
    /// No trial yet.
    #[must_use]
    pub fn new(gap: Duration) -> Self {
        Self {
            gap,
            drawn: None,
            tally: Tally::default(),
        }
    }

    /// Takes note of a gap that was drawn.
    pub fn planned(&mut self, gap: Duration) {
        let (least, most) = self.drawn.unwrap_or((gap, gap));
        self.drawn = Some((least.min(gap), most.max(gap)));
    }
}

/// Sizes as a sum, equal neighbours together: `18 + 12`, `30`, `500 × 1`.
#[must_use]
pub fn sum(sizes: &[u32], ascii: bool) -> String {
    let times = if ascii { "x" } else { "×" };
    let runs = sizes.chunk_by(|one, other| one == other);
    let runs: Vec<String> = runs
        .filter_map(|run| {
            let size = run.first()?;
            Some(match run.len() {
                1 => size.to_string(),
                2 => format!("{size} + {size}"),
                count => format!("{count} {times} {size}"),
            })
        })
        .collect();
    runs.join(" + ")
}

/// A time in nanoseconds; the longest there can be where it is longer.
#[must_use]
pub fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Writes everything.
///
/// # Errors
/// When `out` fails.
pub fn json(odds: &Odds, out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Document<'a> {
        version: u32,
        scenario: &'a str,
        environment: Option<&'a Environment>,
        seed: u64,
        from: Side,
        message_bytes: &'a [u64],
        recv_asks: u32,
        trials_per_gap: u32,
        jitter_percent: u32,
        busy_threads: usize,
        points: Vec<Entry<'a>>,
    }
    #[derive(Serialize)]
    struct Entry<'a> {
        gap_ns: u64,
        shortest_gap_drawn_ns: Option<u64>,
        longest_gap_drawn_ns: Option<u64>,
        median_gap_measured_ns: Option<u64>,
        ended_early: u32,
        merged: Share,
        outcomes: Vec<Outcome<'a>>,
    }
    #[derive(Serialize)]
    struct Outcome<'a> {
        returned: &'a [u32],
        merged: bool,
        count: u32,
    }
    let points = odds.points.iter().map(|point| Entry {
        gap_ns: nanoseconds(point.gap),
        shortest_gap_drawn_ns: point.drawn.map(|(least, _)| nanoseconds(least)),
        longest_gap_drawn_ns: point.drawn.map(|(_, most)| nanoseconds(most)),
        median_gap_measured_ns: point.tally.median_gap(),
        ended_early: point.tally.ended_early,
        merged: point.tally.merged(),
        outcomes: point
            .tally
            .histogram()
            .into_iter()
            .map(|(pattern, count)| Outcome {
                returned: &pattern.returned,
                merged: pattern.merged,
                count,
            })
            .collect(),
    });
    let document = Document {
        version: VERSION,
        scenario: &odds.name,
        environment: odds.environment.as_ref(),
        seed: odds.seed,
        from: odds.from,
        message_bytes: &odds.messages,
        recv_asks: odds.at_most,
        trials_per_gap: odds.trials,
        jitter_percent: odds.jitter_percent,
        busy_threads: odds.busy_threads,
        points: points.collect(),
    };
    json::write_document(&document, out)
}

/// Writes one row for each gap.
///
/// # Errors
/// When `out` fails.
pub fn csv(odds: &Odds, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "gap_us,trials,ended_early,merged,share,low,high,measured_gap_us,seed"
    )?;
    for point in &odds.points {
        let merged = point.tally.merged();
        let measured = point.tally.median_gap();
        writeln!(
            out,
            "{},{},{},{},{:.6},{:.6},{:.6},{},{}",
            micros(nanoseconds(point.gap)),
            merged.of,
            point.tally.ended_early,
            merged.hits,
            merged.share,
            merged.low,
            merged.high,
            measured.map(micros).unwrap_or_default(),
            odds.seed
        )?;
    }
    Ok(())
}

/// Nanoseconds in microseconds, exactly: `12.5`.
#[must_use]
pub fn micros(nanoseconds: u64) -> String {
    let text = format!("{}.{:03}", nanoseconds / 1000, nanoseconds % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What was repeated, in one line.
#[must_use]
pub fn subject(odds: &Odds, language: Language, ascii: bool) -> String {
    let sizes: Vec<u32> = odds
        .messages
        .iter()
        .map(|&size| u32::try_from(size).unwrap_or(u32::MAX))
        .collect();
    let sizes = sum(&sizes, ascii);
    let from = super::words::side(language, odds.from);
    let to = super::words::side(language, odds.from.other());
    let arrow = if ascii { "->" } else { "→" };
    let at_most = odds.at_most;
    language.pick(
        format!(
            "{from} {arrow} {to}: messages of {sizes} B, recv({at_most}) until the end; neither side waits for the other"
        ),
        format!("{from} {arrow} {to}：消息 {sizes} 字节，recv({at_most}) 直到流结束；双方互不等待"),
    )
}

/// How often, with which seed, and under which load.
#[must_use]
pub fn conditions(odds: &Odds, language: Language) -> String {
    let Odds {
        trials,
        seed,
        busy_threads,
        ..
    } = odds;
    let load = match busy_threads {
        0 => String::new(),
        _ => language.pick(
            format!(", busy with {busy_threads} spinning threads"),
            format!("，{busy_threads} 个空转线程占着 CPU"),
        ),
    };
    let jitter = odds.jitter_percent;
    match odds.points.as_slice() {
        [point] if point.gap.is_zero() => language.pick(
            format!("{trials} trials, no pause between the sends, seed {seed}{load}"),
            format!("{trials} 次试验，两次 send 之间不停顿，种子 {seed}{load}"),
        ),
        [point] => {
            let gap = micros(nanoseconds(point.gap));
            language.pick(
                format!("{trials} trials, a pause of {gap} µs between the sends, jittered by ±{jitter} %, seed {seed}{load}"),
                format!("{trials} 次试验，两次 send 之间停顿 {gap} µs，抖动 ±{jitter} %，种子 {seed}{load}"),
            )
        }
        _ => language.pick(
            format!("{trials} trials for each gap, jittered by ±{jitter} %, seed {seed}{load}"),
            format!("每个间隔 {trials} 次试验，抖动 ±{jitter} %，种子 {seed}{load}"),
        ),
    }
}

/// A heading, safe to show.
pub(super) fn heading(odds: &Odds, language: Language) -> String {
    let name = escape::text(&odds.name);
    match &odds.title {
        Some(title) => format!("{name}  {}", escape::text(title.get(language))),
        None => name,
    }
}

/// A share in percent with one decimal: `8.6 %`.
#[must_use]
pub fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// The end of an axis on which every interval fits, as a share: 0.1, 0.2, 0.5 or 1.
#[must_use]
pub fn axis_end(odds: &Odds) -> f64 {
    let most = odds
        .points
        .iter()
        .map(|point| point.tally.merged().high)
        .fold(0.0, f64::max);
    [0.1, 0.2, 0.5]
        .into_iter()
        .find(|&end| most <= end)
        .unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_sizes_stand_together() {
        assert_eq!(sum(&[18, 12], false), "18 + 12");
        assert_eq!(sum(&[30], false), "30");
        assert_eq!(sum(&[1, 1, 1, 7], true), "3 x 1 + 7");
        assert_eq!(sum(&[], false), "");
    }

    #[test]
    fn microseconds_are_exact() {
        assert_eq!(micros(0), "0");
        assert_eq!(micros(12_500), "12.5");
        assert_eq!(micros(200_000), "200");
        assert_eq!(micros(1), "0.001");
    }
}
