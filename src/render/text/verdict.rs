//! What became of it all, in words, and whether that is as expected.
//!
//! Promises: every difference is listed, and every expectation that could not be
//! judged; the sentence on a direction counts all its messages and boundaries.

use std::io;

use crate::analysis::{BoundaryFate, DifferenceKind, FlowAnalysis, MessageFate, PartAnalysis};
use crate::language::Language;
use crate::render::number::grouped;
use crate::render::words;
use crate::scenario::{Place, Side};
use crate::trace::{Flow, PartTrace};

use super::Page;
use super::line::Ink;

const INDENT: usize = 2;
/// How many fates, and how many boundaries, are told one by one.
const NAMED: usize = 6;

/// Draws the verdict on a part.
pub(super) fn draw(
    page: &mut Page<'_>,
    part: &PartTrace,
    analysis: &PartAnalysis,
) -> io::Result<()> {
    let language = page.style.language;
    for (flow, seen) in part.flows.iter().zip(&analysis.flows) {
        if !seen.messages.is_empty() {
            let text = direction(page, flow, seen);
            page.wrapped(Ink::Plain, INDENT, 2, &text)?;
        }
    }
    let stopped = |kind: &DifferenceKind| matches!(kind, DifferenceKind::Stopped { .. });
    let told = analysis.differences.iter().any(|it| stopped(&it.kind));
    if let Some(stop) = part.stop.as_ref().filter(|_| !told) {
        for line in words::stop(language, stop) {
            page.wrapped(Ink::Bad, INDENT, 2, &line)?;
        }
    }
    result(page, analysis)
}

/// Whether all is as expected, and what is not.
fn result(page: &mut Page<'_>, analysis: &PartAnalysis) -> io::Result<()> {
    let language = page.style.language;
    let held = analysis.held as u64;
    let count = analysis.differences.len() as u64;
    let hold = match language {
        Language::English if held == 1 => "1 statement holds".to_owned(),
        Language::English => format!("{} statements hold", grouped(held)),
        Language::Chinese => format!("{} 条预期成立", grouped(held)),
    };
    if count == 0 {
        let yes = page.glyphs.yes;
        let text = page.pick(
            format!("{yes} as expected: {hold}"),
            format!("{yes} 与预期一致：{hold}"),
        );
        page.wrapped(Ink::Good, INDENT, 2, &text)?;
    } else {
        let no = page.glyphs.no;
        let differences = words::counted(language, count, "difference", "differences", "处不同");
        let text = page.pick(
            format!("{no} not as expected: {differences}, {hold}"),
            format!("{no} 与预期不符：{differences}，{hold}"),
        );
        page.wrapped(Ink::Bad, INDENT, 2, &text)?;
    }
    for difference in &analysis.differences {
        for (index, text) in words::difference(language, difference).iter().enumerate() {
            let (ink, indent) = if index == 0 {
                (Ink::Bad, INDENT + 2)
            } else {
                (Ink::Plain, INDENT + 4)
            };
            page.wrapped(ink, indent, 2, text)?;
        }
    }
    for &skipped in &analysis.skipped {
        let text = words::skipped(language, skipped);
        page.wrapped(Ink::Plain, INDENT, 2, &format!("? {text}"))?;
    }
    Ok(())
}

/// What became of the messages of one direction.
fn direction(page: &Page<'_>, flow: &Flow, seen: &FlowAnalysis) -> String {
    let language = page.style.language;
    let from = flow.from.unwrap_or(Side::Server);
    let sent = words::counted(
        language,
        seen.messages.len() as u64,
        "message",
        "messages",
        "条消息",
    );
    let recvs = words::counted(
        language,
        seen.recvs.len() as u64,
        "recv",
        "recvs",
        "次 recv",
    );
    let (name, to) = (
        words::side(language, from),
        words::side(language, from.other()),
    );
    let mut text = language.pick(
        format!("The {name} sent {sent}, the {to} received them in {recvs}."),
        format!("{name}发送了 {sent}，{to}用 {recvs}接收。"),
    );
    if !seen.boundaries.is_empty() {
        text += language.pick(" ", "");
        text += &boundaries(language, seen);
    }
    text += language.pick(" ", "");
    text += &fates(page, seen);
    text
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
    if kept == of {
        return match language {
            Language::English if of == 1 => "The boundary was kept.".to_owned(),
            Language::English => format!("All {all} were kept."),
            Language::Chinese => format!("{all}全部保留。"),
        };
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
            words::boundary_fate(language, BoundaryFate::NotReached),
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
        Language::English => format!("Of {all}: {}.", told.join("; ")),
        Language::Chinese => format!("{all}中：{}。", told.join("；")),
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
    let mut runs: Vec<(usize, usize, MessageFate)> = Vec::new();
    for (index, message) in seen.messages.iter().enumerate() {
        match runs.last_mut() {
            Some((_, last, fate)) if *fate == message.fate => *last = index,
            _ => runs.push((index, index, message.fate)),
        }
    }
    let mut told: Vec<String> = runs
        .iter()
        .take(NAMED)
        .map(|&(first, last, fate)| {
            let fate = words::message_fate(language, fate);
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
