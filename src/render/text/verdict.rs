//! What became of it all, in words, and whether that is as expected.
//!
//! Promises: every difference is listed, and every expectation that could not be
//! judged; the sentence on a direction counts all its messages and boundaries.

use std::io;

use crate::analysis::{
    BoundaryFate, Delivery, DifferenceKind, FlowAnalysis, MessageFate, PartAnalysis,
};
use crate::language::Language;
use crate::render::number::{bytes, grouped, per_second, time};
use crate::render::words;
use crate::scenario::{Fault, Place, Side};
use crate::trace::PartTrace;

use super::line::Ink;
use super::{Page, entry};

const INDENT: usize = 2;
/// From how many bytes sent on a rate is worth telling.
const WORTH_A_RATE: u64 = 64 << 10;
/// How many fates, and how many boundaries, are told one by one.
const NAMED: usize = 6;

/// One thing that a verdict tells.
pub(in crate::render) struct Told {
    pub(in crate::render) ink: Ink,
    /// How far it stands under what it is a part of: 0, 1 or 2.
    pub(in crate::render) level: usize,
    pub(in crate::render) text: String,
}

impl Told {
    fn new(ink: Ink, level: usize, text: String) -> Self {
        Self { ink, level, text }
    }
}

/// Draws the verdict on a part.
pub(super) fn draw(
    page: &mut Page<'_>,
    part: &PartTrace,
    analysis: &PartAnalysis,
) -> io::Result<()> {
    for told in tell(page, part, analysis) {
        page.wrapped(told.ink, INDENT + 2 * told.level, 2, &told.text)?;
    }
    Ok(())
}

/// The verdict on a part, line by line.
pub(super) fn tell(page: &Page<'_>, part: &PartTrace, analysis: &PartAnalysis) -> Vec<Told> {
    let language = page.style.language;
    let mut all = Vec::new();
    for (flow, seen) in super::used_flows(part, analysis) {
        let direction = super::direction(page, part, flow);
        let sentences = sentences(page, &direction, seen);
        all.extend(sentences.into_iter().map(|it| Told::new(Ink::Plain, 0, it)));
    }
    all.extend(
        faults(page, part)
            .into_iter()
            .map(|it| Told::new(Ink::Plain, 0, it)),
    );
    for cut in &part.cut {
        let cut = words::cut_option(language, cut);
        all.push(Told::new(Ink::Plain, 0, cut + language.pick(".", "。")));
    }
    let stopped = |kind: &DifferenceKind| matches!(kind, DifferenceKind::Stopped { .. });
    let told = analysis.differences.iter().any(|it| stopped(&it.kind));
    if let Some(stop) = part.stop.as_ref().filter(|_| !told) {
        let lines = words::stop(language, stop);
        all.extend(lines.into_iter().map(|line| Told::new(Ink::Bad, 0, line)));
    }
    all.extend(result(page, analysis));
    all
}

/// What each fault means, once for each side; what ended the replay is told elsewhere.
fn faults(page: &Page<'_>, part: &PartTrace) -> Vec<String> {
    let language = page.style.language;
    let ended = part.stop.as_ref().map(|stop| stop.side);
    let mut told: Vec<(Side, Fault)> = Vec::new();
    let mut all = Vec::new();
    for (index, call) in part.calls.iter().enumerate() {
        let Some(fault) = call.fault else { continue };
        let is_last = || {
            !part.calls[index + 1..]
                .iter()
                .any(|it| it.side == call.side)
        };
        if told.contains(&(call.side, fault)) || (ended == Some(call.side) && is_last()) {
            continue;
        }
        told.push((call.side, fault));
        let (side, name) = (words::side(language, call.side), entry::name(page, call));
        let means = words::fault(language, fault);
        all.push(language.pick(
            format!("{side}: {name}: {means}."),
            format!("{side}：{name}：{means}。"),
        ));
    }
    all
}

/// Whether all is as expected, and what is not.
fn result(page: &Page<'_>, analysis: &PartAnalysis) -> Vec<Told> {
    let mut all = Vec::new();
    let language = page.style.language;
    let count_held = analysis.held as u64;
    let count = analysis.differences.len() as u64;
    let hold = match language {
        Language::English if count_held == 1 => "1 statement holds".to_owned(),
        Language::English => format!("{} statements hold", grouped(count_held)),
        Language::Chinese => format!("{} 条预期成立", grouped(count_held)),
    };
    if count == 0 && count_held == 0 && !analysis.skipped.is_empty() {
        let text = page.pick("nothing here could be judged", "没有一条预期能够判定");
        all.push(Told::new(Ink::Plain, 0, format!("? {text}")));
    } else if count == 0 {
        let yes = page.glyphs.yes;
        let text = page.pick(
            format!("{yes} as expected: {hold}"),
            format!("{yes} 与预期一致：{hold}"),
        );
        all.push(Told::new(Ink::Good, 0, text));
    } else {
        let no = page.glyphs.no;
        let differences = words::counted(language, count, "difference", "differences", "处不同");
        let text = page.pick(
            format!("{no} not as expected: {differences}, {hold}"),
            format!("{no} 与预期不符：{differences}，{hold}"),
        );
        all.push(Told::new(Ink::Bad, 0, text));
    }
    for difference in &analysis.differences {
        let lines = words::difference(language, difference);
        for (index, text) in lines.into_iter().enumerate() {
            let (ink, level) = if index == 0 {
                (Ink::Bad, 1)
            } else {
                (Ink::Plain, 2)
            };
            all.push(Told::new(ink, level, text));
        }
    }
    for &skipped in &analysis.skipped {
        let text = words::skipped(language, skipped);
        all.push(Told::new(Ink::Plain, 0, format!("? {text}")));
    }
    all
}

/// What became of the messages of one direction, in sentences.
fn sentences(page: &Page<'_>, direction: &str, seen: &FlowAnalysis) -> Vec<String> {
    let language = page.style.language;
    let sent = seen.messages.len() as u64;
    let mut counts = vec![words::counted(
        language,
        sent,
        "message",
        "messages",
        "条消息",
    )];
    if let Some(wire) = &seen.wire {
        let segments = words::counted(language, wire.count, "segment", "segments", "个报文段");
        counts.push(words::at_least(language, segments, !wire.is_complete()));
    }
    let recvs = seen.recvs.len() as u64;
    counts.push(match language {
        Language::Chinese if !seen.datagrams.is_empty() => {
            format!("收到 {} 个数据报", grouped(recvs))
        }
        Language::English if !seen.datagrams.is_empty() => format!(
            "{} received",
            words::counted(language, recvs, "datagram", "datagrams", "个数据报")
        ),
        Language::English if recvs == 1 => "1 recv with data".to_owned(),
        Language::English => format!("{} recvs with data", grouped(recvs)),
        Language::Chinese => format!("{} 次收到数据的 recv", grouped(recvs)),
    });
    let mut sentences = vec![language.pick(
        format!("{direction}: {}.", counts.join(", ")),
        format!("{direction}：{}。", counts.join("，")),
    )];
    sentences.extend(
        seen.delivery
            .filter(|it| page.style.times && it.sent >= WORTH_A_RATE)
            .and_then(|it| delivery(page, it)),
    );
    if !seen.boundaries.is_empty() {
        sentences.push(boundaries(language, seen));
    }
    if !seen.messages.is_empty() {
        sentences.push(fates(page, seen));
    }
    sentences
}

/// How much was delivered, and how fast.
fn delivery(page: &Page<'_>, it: Delivery) -> Option<String> {
    let (received, sent) = (bytes(it.received), bytes(it.sent));
    let share = share(it);
    let span = time(it.nanoseconds, page.style.ascii);
    let rate = per_second(it.goodput()?);
    Some(page.pick(
        format!("Delivered: {received} of {sent} ({share} %) in {span}, {rate}."),
        format!("送达：{sent} 中的 {received}（{share} %），用时 {span}，{rate}。"),
    ))
}

/// How much in a hundred was delivered, cut: 100 is all of it, and only nothing is 0.
fn share(it: Delivery) -> String {
    match u128::from(it.received) * 100 / u128::from(it.sent.max(1)) {
        0 if it.received > 0 => "< 1".to_owned(),
        share => share.to_string(),
    }
}

/// How many boundaries were lost, and where.
fn boundaries(language: Language, seen: &FlowAnalysis) -> String {
    let count = |test: &dyn Fn(BoundaryFate) -> bool| {
        let fates = seen.boundaries.iter().map(|boundary| boundary.fate);
        fates.filter(|&fate| test(fate)).count() as u64
    };
    let of = seen.boundaries.len() as u64;
    let kept = count(&|fate| fate == BoundaryFate::Kept);
    let all = words::counted(language, of, "boundary", "boundaries", "个边界");
    if let [boundary] = seen.boundaries.as_slice() {
        let fate = match boundary.fate {
            BoundaryFate::Coalesced { place, .. } => lost(language, place),
            BoundaryFate::NotReached => not_reached(language, seen),
            BoundaryFate::Kept | BoundaryFate::Uncertain => {
                words::boundary_fate(language, boundary.fate)
            }
        };
        let at = grouped(boundary.at);
        return language.pick(
            format!("Boundary {at}: {fate}."),
            format!("边界 {at}：{fate}。"),
        );
    }
    if kept == of {
        return language.pick(format!("All {all} were kept."), format!("{all}全部保留。"));
    }
    let lost_at = |where_: Option<Place>| {
        count(&move |fate| matches!(fate, BoundaryFate::Coalesced { place, .. } if place == where_))
    };
    let told = [
        (kept, words::boundary_fate(language, BoundaryFate::Kept)),
        (
            lost_at(Some(Place::BySender)),
            lost(language, Some(Place::BySender)),
        ),
        (
            lost_at(Some(Place::InReceiveQueue)),
            lost(language, Some(Place::InReceiveQueue)),
        ),
        (lost_at(None), lost(language, None)),
        (
            count(&|fate| fate == BoundaryFate::NotReached),
            not_reached(language, seen),
        ),
        (
            count(&|fate| fate == BoundaryFate::Uncertain),
            words::boundary_fate(language, BoundaryFate::Uncertain),
        ),
    ];
    let told: Vec<String> = told
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, fate)| {
            language.pick(
                format!("{} {fate}", grouped(count)),
                format!("{} 个{fate}", grouped(count)),
            )
        })
        .collect();
    match language {
        Language::English => format!("{all}: {}.", told.join("; ")),
        Language::Chinese => format!("{all}：{}。", told.join("；")),
    }
}

/// A boundary that nothing received ends at: in a stream it was not reached, and between
/// datagrams one beside it did not arrive.
fn not_reached(language: Language, seen: &FlowAnalysis) -> String {
    if seen.datagrams.is_empty() {
        words::boundary_fate(language, BoundaryFate::NotReached)
    } else {
        let beside = language.pick("beside a lost datagram", "旁边有数据报丢失");
        beside.to_owned()
    }
}

/// Where a boundary was lost, and what that means.
fn lost(language: Language, place: Option<Place>) -> String {
    let name = words::place(language, place);
    let because = match place {
        Some(Place::BySender) => language.pick(" (one segment spans it)", "（一个报文段跨过了它）"),
        Some(Place::InReceiveQueue) => language.pick(
            " (no segment spans it, one recv does)",
            "（没有报文段跨过它，一次 recv 跨过了它）",
        ),
        None => "",
    };
    format!("{name}{because}")
}

/// What became of each message, neighbours of one fate together.
fn fates(page: &Page<'_>, seen: &FlowAnalysis) -> String {
    let language = page.style.language;
    let mut runs: Vec<(usize, usize, Option<MessageFate>)> = Vec::new();
    for (index, message) in seen.messages.iter().enumerate() {
        let its_own = seen.is_certain(index).then_some(message.fate);
        match runs.last_mut() {
            Some((_, last, fate)) if *fate == its_own => *last = index,
            _ => runs.push((index, index, its_own)),
        }
    }
    let mut told: Vec<String> = runs
        .iter()
        .take(NAMED)
        .map(|&(first, last, fate)| {
            let fate = match fate {
                None => words::alike(language).to_owned(),
                Some(fate) if seen.datagrams.is_empty() => words::message_fate(language, fate),
                Some(fate) => words::datagram_fate(language, fate),
            };
            let (from, to) = (grouped(first as u64 + 1), grouped(last as u64 + 1));
            let which = match last - first {
                0 => format!("#{from}"),
                1 => language.pick(format!("#{from} and #{to}"), format!("#{from} 和 #{to}")),
                _ => language.pick(format!("#{from} to #{to}"), format!("#{from} 至 #{to}")),
            };
            format!("{which} {fate}")
        })
        .collect();
    if runs.len() > NAMED {
        told.push(page.glyphs.more.to_owned());
    }
    match language {
        Language::English => format!("{}.", told.join("; ")),
        Language::Chinese => format!("{}。", told.join("；")),
    }
}
