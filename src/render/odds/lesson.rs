//! What a run of trials showed, and which commands show more.
//!
//! Promises: every number comes from this run. For what the run did not measure, it only says where
//! to see it.

use super::{Odds, nanoseconds, percent};
use crate::diagnostic::shell;
use crate::laboratory::odds::Point;
use crate::language::Language;
use crate::render::{escape, number};

/// What these trials say about chance.
#[must_use]
pub fn lesson(odds: &Odds, language: Language, ascii: bool) -> String {
    let chance = match odds.points.as_slice() {
        [point] => of_one(point, language),
        points => of_several(points, language, ascii),
    };
    let merged = odds
        .points
        .iter()
        .any(|point| point.tally.merged().hits > 0);
    if !merged || !is_mended(odds) {
        return chance;
    }
    say!(
        language,
        "{chance} The case's own reader told every message apart all the same: it looks for lengths in the stream, not for what one recv returns.",
        "{chance}用例自己的读法照样把每条消息都分开了：它看的是流里的长度，不是一次 recv 返回多少。"
    )
}

/// Whether the case's own reader separated every message in every trial.
fn is_mended(odds: &Odds) -> bool {
    let own = odds.own().map(|own| own.share());
    own.is_some_and(|own| own.of > 0 && own.hits == own.of)
}

/// The commands that show more, each with a description.
#[must_use]
pub fn onward(odds: &Odds, language: Language) -> Vec<(String, &'static str)> {
    let mut onward = Vec::with_capacity(3);
    if let [_] = odds.points.as_slice() {
        onward.push((
            format!(
                "sticky odds {} --gap 0..200us",
                escape::text(&shell::word(&odds.called))
            ),
            language.pick("what a pause does to it", "停顿会改变什么"),
        ));
    }
    onward.push((
        "sticky run sleep-between-sends".to_owned(),
        language.pick("what a late reader does", "读得晚会怎样"),
    ));
    onward.push(if is_mended(odds) {
        (
            format!("sticky run {}", escape::text(&shell::word(&odds.called))),
            language.pick("how its own reader does it", "用例自己是怎么读的"),
        )
    } else {
        (
            "sticky run fixes/3-struct-every-message".to_owned(),
            language.pick("what mends it", "怎样才算修好"),
        )
    });
    onward
}

/// For one gap: how often the same sends came out one way or the other.
fn of_one(point: &Point, language: Language) -> String {
    let merged = point.tally.merged();
    let (hits, of) = (merged.hits, merged.of);
    if hits == 0 {
        let high = percent(merged.high);
        return say!(
            language,
            "No boundary was lost in {of} trials; by the interval, up to {high} of such trials could lose one.",
            "{of} 次试验都没有丢边界；按区间推算，这样的试验至多可能有 {high} 会丢。"
        );
    }
    if hits == of {
        let low = percent(merged.low);
        return say!(
            language,
            "A boundary was lost in all {of} trials; by the interval, at least {low} of such trials lose one.",
            "{of} 次试验次次丢了边界；按区间推算，这样的试验会丢的不少于 {low}。"
        );
    }
    let kept = of - hits;
    say!(
        language,
        "The same sends and the same reader: a boundary was lost in {hits} of {of} trials and none in {kept}. The moment decided.",
        "同样的 send、同样的读法，{of} 次试验中有 {hits} 次丢了边界，{kept} 次没有丢：全看时机。"
    )
}

/// For several gaps: the range of the shares, and what no gap brought about.
fn of_several(points: &[Point], language: Language, ascii: bool) -> String {
    let counted = points.iter().filter(|point| point.tally.counted() > 0);
    let share = |point: &&Point| point.tally.merged().share;
    let by_share = |one: &&Point, other: &&Point| share(one).total_cmp(&share(other));
    let (Some(least), Some(most)) = (
        counted.clone().min_by(by_share),
        counted.clone().max_by(by_share),
    ) else {
        return String::new();
    };
    let highs = counted.map(|point| point.tally.merged().high);
    let high = percent(highs.fold(1.0, f64::min));
    let moved = if share(&least).total_cmp(&share(&most)).is_eq() {
        let share = percent(share(&least));
        say!(
            language,
            "The share merged was {share} at every gap",
            "无论间隔多大，合并的比例都是 {share}"
        )
    } else {
        let [least, most] = [least, most].map(|point| {
            let gap = number::time(nanoseconds(point.gap), ascii);
            (percent(share(&point)), gap)
        });
        say!(
            language,
            (
                "The share merged ran from {} (at {}) to {} (at {})",
                most.0,
                most.1,
                least.0,
                least.1
            ),
            (
                "合并的比例从 {}（间隔 {}）到 {}（间隔 {}）不等",
                most.0,
                most.1,
                least.0,
                least.1
            )
        )
    };
    say!(
        language,
        "{moved}; for no gap do these trials rule merging out: every interval reaches to {high} or more.",
        "{moved}；没有哪个间隔能排除合并：每个区间的上端都不低于 {high}。"
    )
}
