//! Odds as JSON, CSV and SVG ([`svg()`]). For a terminal, see [`text::odds`](super::text::odds).
//!
//! Promises: every format holds the seed and the intervals. Times are in nanoseconds in JSON and in
//! microseconds in CSV. No part of a name or a title reaches an SVG unescaped. Never judges.

mod lesson;
mod svg;

use std::io::{self, Write};
use std::time::Duration;

use serde::Serialize;

use crate::framing::Framing;
use crate::laboratory::odds::{Counts, Point, Share};
use crate::language::{Language, Text};
use crate::scenario::Side;
use crate::trace::{Environment, json};

use super::escape;

pub use lesson::{lesson, onward};
pub use svg::svg;

/// The version of the JSON output.
const VERSION: u32 = 1;

/// The results of many trials of one scenario.
#[derive(Clone, Debug)]
pub struct Odds {
    /// The scenario's name.
    pub name: String,
    /// What `sticky odds` was asked to repeat: a name, or the path of a file.
    pub called: String,
    /// Its title, if it has one.
    pub title: Option<Text>,
    /// The sending side.
    pub from: Side,
    /// The sizes of the messages, in bytes.
    pub messages: Vec<u64>,
    /// The number of bytes that every recv asked for.
    pub at_most: u32,
    /// Where and when the trials ran.
    pub environment: Option<Environment>,
    /// The seed of the gaps and of the order.
    pub seed: u64,
    /// The number of trials for each gap.
    pub trials: u32,
    /// The time from the start of the first trial to the end of the last.
    pub lasted: Duration,
    /// Whether the case's own reader goes by lengths, and so was also repeated.
    pub has_own_reader: bool,
    /// The framing that it decodes, if any.
    pub own_framing: Option<Framing>,
    /// The largest random change of a gap, in percent.
    pub jitter_percent: u32,
    /// The number of threads that kept the cores busy.
    pub busy_threads: usize,
    /// One for each gap, the shortest first; at least one.
    pub points: Vec<Point>,
}

impl Odds {
    /// How often the case's own reader separated every message, over all gaps; `None` if it was not
    /// repeated.
    #[must_use]
    pub fn own(&self) -> Option<Counts> {
        self.has_own_reader.then(|| {
            let mut all = Counts::default();
            for counts in self.points.iter().filter_map(|point| point.own.as_ref()) {
                all.join(counts);
            }
            all
        })
    }
}

/// Sizes as a sum, with equal neighbours joined: `18 + 12`, `30`, `500 × 1`.
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

/// A time in nanoseconds, limited to the largest `u64`.
#[must_use]
pub fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Writes everything as JSON.
///
/// # Errors
/// If `out` fails.
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
        lasted_ns: u64,
        own_reader_framing: Option<String>,
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
        own_reader: Option<OwnReader>,
        outcomes: Vec<Outcome<'a>>,
    }
    #[derive(Serialize)]
    struct OwnReader {
        every_message_apart: Share,
        ended_early: u32,
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
        ended_early: point.tally.ended_early(),
        merged: point.tally.merged(),
        own_reader: point.own.as_ref().map(|own| OwnReader {
            every_message_apart: own.share(),
            ended_early: own.ended_early,
        }),
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
        lasted_ns: nanoseconds(odds.lasted),
        own_reader_framing: odds.own_framing.map(|framing| framing.to_string()),
        points: points.collect(),
    };
    json::write_document(&document, out)
}

/// Writes CSV, one row for each gap.
///
/// # Errors
/// If `out` fails.
pub fn csv(odds: &Odds, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "gap_us,trials,ended_early,merged,share,low,high,measured_gap_us,own_trials,own_apart,seed"
    )?;
    for point in &odds.points {
        let merged = point.tally.merged();
        let measured = point.tally.median_gap();
        let own = point.own.as_ref().map(Counts::share);
        let number = |of: fn(Share) -> u32| own.map(|own| of(own).to_string()).unwrap_or_default();
        writeln!(
            out,
            "{},{},{},{},{:.6},{:.6},{:.6},{},{},{},{}",
            micros(nanoseconds(point.gap)),
            merged.of,
            point.tally.ended_early(),
            merged.hits,
            merged.share,
            merged.low,
            merged.high,
            measured.map(micros).unwrap_or_default(),
            number(|own| own.of),
            number(|own| own.hits),
            odds.seed
        )?;
    }
    Ok(())
}

/// Nanoseconds as microseconds, exactly: `12.5`.
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
    say!(
        language,
        "{from} {arrow} {to}: messages of {sizes} B, recv({at_most}) until the end; neither side waits for the other",
        "{from} {arrow} {to}：消息 {sizes} 字节，recv({at_most}) 直到流结束；双方互不等待"
    )
}

/// The number of trials, the seed and the load.
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
        _ => say!(
            language,
            ", busy with {busy_threads} spinning threads",
            "，{busy_threads} 个空转线程占着 CPU"
        ),
    };
    let jitter = odds.jitter_percent;
    match odds.points.as_slice() {
        [point] if point.gap.is_zero() => say!(
            language,
            "{trials} trials, no pause between the sends, seed {seed}{load}",
            "{trials} 次试验，两次 send 之间不停顿，种子 {seed}{load}"
        ),
        [point] => {
            let gap = micros(nanoseconds(point.gap));
            say!(
                language,
                "{trials} trials, a pause of {gap} µs between the sends, jittered by ±{jitter} %, seed {seed}{load}",
                "{trials} 次试验，两次 send 之间停顿 {gap} µs，抖动 ±{jitter} %，种子 {seed}{load}"
            )
        }
        _ => say!(
            language,
            "{trials} trials for each gap, jittered by ±{jitter} %, seed {seed}{load}",
            "每个间隔 {trials} 次试验，抖动 ±{jitter} %，种子 {seed}{load}"
        ),
    }
}

/// The results of the case's own reader, in one line; `None` if it was not repeated.
#[must_use]
pub fn own_reader(odds: &Odds, language: Language, ascii: bool) -> Option<String> {
    let own = odds.own()?;
    let reader = match odds.own_framing {
        Some(framing) => say!(
            language,
            "the case's own reader, which decodes {framing} frames",
            "用例自己的读法（按 {framing} 解帧）"
        ),
        None => language
            .pick(
                "the case's own reader, which goes by lengths",
                "用例自己的读法（按长度读）",
            )
            .to_owned(),
    };
    let share = own.share();
    let Share { hits, of, .. } = share;
    if of == 0 {
        return Some(say!(
            language,
            "{reader}: no trial ran to its end",
            "{reader}：没有一次试验跑到结束"
        ));
    }
    let (part, interval) = (percent(share.share), interval(share, ascii));
    let early = match own.ended_early {
        0 => String::new(),
        early => say!(
            language,
            "; {early} ended early and are not counted",
            "；另有 {early} 次提前结束，未计入"
        ),
    };
    Some(say!(
        language,
        "{reader}: every message told apart in {hits} of {of} trials, {part}, 95 % interval {interval}{early}",
        "{reader}：{of} 次中有 {hits} 次每条消息都分得开，{part}，95 % 区间 {interval}{early}"
    ))
}

/// How the intervals were estimated, and what they cover.
#[must_use]
pub fn coverage(odds: &Odds, language: Language) -> String {
    let blocks = odds.points.iter().map(|point| point.tally.merged().blocks);
    let blocks = blocks.max().unwrap_or(0);
    if blocks < 2 {
        return language
            .pick(
                "One trial does not show how much trials differ, so the interval is everything from 0 to 100 %.",
                "只有一次试验，看不出各次相差多少：区间就是 0 到 100 %。",
            )
            .to_owned();
    }
    let seconds = odds.lasted.as_secs_f64();
    say!(
        language,
        "The interval is estimated from how much {blocks} blocks of trials differ, spread \
                 over {seconds:.1} s. About 95 of 100 such intervals cover the share that this \
                 machine had in that time; under another load the share is another.",
        "区间由 {blocks} 组试验之间的差异估出，历时 {seconds:.1} 秒。100 个这样的区间里，约有 95 个包含这台机器当时的真实比例；负载一变，比例也会变。"
    )
}

/// The interval of a share, in percent: `6.5 – 11.4 %`.
#[must_use]
pub fn interval(share: Share, ascii: bool) -> String {
    let to = if ascii { "-" } else { "–" };
    format!("{:.1} {to} {:.1} %", share.low * 100.0, share.high * 100.0)
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

/// The end of an axis that holds every interval, as a share: 0.1, 0.2, 0.5 or 1.
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
