//! The verdict on a part in words: what became of everything, and whether that is as expected.
//!
//! Promises: every difference is listed, and so is every expectation that could not be judged. The
//! sentence on a direction counts all its messages and boundaries.

use super::number::{bytes, grouped, per_second, time};
use crate::analysis::{
    Analysis, Boundary, BoundaryFate, Delivery, DifferenceKind, FlowAnalysis, MessageFate,
    PartAnalysis,
};
use crate::language::Language;
use crate::scenario::{Fault, Place, Side};
use crate::trace::PartTrace;

use super::{Direction, Ink, Part, Sentence, Telling, calls, words};

/// The number of bytes sent from which a rate is shown.
const WORTH_A_RATE: u64 = 64 << 10;
/// The number of fates, and of boundaries, that are listed one by one.
const NAMED: usize = 6;

impl Sentence {
    const fn new(ink: Ink, level: usize, text: String) -> Self {
        Self { ink, level, text }
    }
}

/// The verdict on a part, sentence by sentence.
pub(super) fn tell(part: &Part<'_>) -> Vec<Sentence> {
    let (telling, analysis) = (part.telling, part.analysis);
    let plain = |text| Sentence::new(Ink::Plain, 0, text);
    let mut all = Vec::new();
    for direction in &part.directions {
        let sentences = sentences(telling, direction);
        all.extend(sentences.into_iter().map(plain));
    }
    all.extend(faults(telling, part.trace).into_iter().map(plain));
    for cut in &part.trace.cut {
        let cut = words::cut_option(telling.language, cut);
        all.push(plain(cut + telling.pick(".", "。")));
    }
    let stopped = |kind: &DifferenceKind| matches!(kind, DifferenceKind::Stopped { .. });
    let told =
        analysis.differences.iter().any(|it| stopped(&it.kind)) || analysis.stalled().is_some();
    if let Some(stop) = part.trace.stop.as_ref().filter(|_| !told) {
        let lines = words::stop(telling.language, stop);
        all.extend(
            lines
                .into_iter()
                .map(|line| Sentence::new(Ink::Bad, 0, line)),
        );
    }
    if analysis.is_judged() {
        all.extend(result(telling, analysis));
    }
    all
}

/// The meaning of each fault, once for each side. What ended the replay is described elsewhere.
fn faults(telling: Telling, part: &PartTrace) -> Vec<String> {
    let language = telling.language;
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
        let (side, name) = (words::side(language, call.side), calls::name(telling, call));
        let means = words::fault(language, fault);
        all.push(say!(
            language,
            "{side}: {name}: {means}.",
            "{side}：{name}：{means}。"
        ));
    }
    all
}

/// Whether everything is as expected, and what is not.
fn result(telling: Telling, analysis: &PartAnalysis) -> Vec<Sentence> {
    let mut all = Vec::new();
    let language = telling.language;
    let held = words::held(language, &analysis.held);
    let count = analysis.differences.len() as u64;
    if count == 0 && held.is_empty() && !analysis.skipped.is_empty() {
        let text = telling.pick("nothing here could be judged", "没有一条预期能够判定");
        all.push(Sentence::new(Ink::Plain, 0, format!("? {text}")));
    } else if count == 0 {
        let yes = telling.yes();
        let text = say!(
            telling.language,
            "{yes} as expected: {held}",
            "{yes} 符合预期：{held}"
        );
        all.push(Sentence::new(Ink::Good, 0, text));
    } else {
        let no = telling.no();
        let differences = words::counted(language, count, "difference", "differences", "处不同");
        let text = say!(
            language,
            "{no} not as expected: {differences}",
            "{no} 不符合预期：{differences}"
        );
        all.push(Sentence::new(Ink::Bad, 0, text));
    }
    for difference in &analysis.differences {
        let lines = words::difference(language, difference);
        for (index, text) in lines.into_iter().enumerate() {
            let (ink, level) = if index == 0 {
                (Ink::Bad, 1)
            } else {
                (Ink::Plain, 2)
            };
            all.push(Sentence::new(ink, level, text));
        }
    }
    if count > 0 && !held.is_empty() {
        let text = say!(
            language,
            "otherwise as expected: {held}",
            "其余符合预期：{held}"
        );
        all.push(Sentence::new(Ink::Plain, 0, text));
    }
    for &skipped in &analysis.skipped {
        let text = words::skipped(language, skipped);
        all.push(Sentence::new(Ink::Plain, 0, format!("? {text}")));
    }
    all
}

/// What became of the messages of one direction. What was not measured is said last.
fn sentences(telling: Telling, direction: &Direction<'_>) -> Vec<String> {
    let language = telling.language;
    let seen = direction.seen;
    let mut counts = Vec::new();
    if direction.has_sends() {
        let sent = seen.messages.len() as u64;
        counts.push(words::counted(
            language,
            sent,
            "message",
            "messages",
            "条消息",
        ));
    }
    if let Some(wire) = &seen.wire {
        let segments = words::counted(language, wire.count, "segment", "segments", "个报文段");
        counts.push(words::at_least(language, segments, !wire.is_complete()));
    }
    let recvs = seen.recvs.len() as u64;
    let received = || match language {
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
    };
    if direction.has_recvs() {
        counts.push(received());
    }
    let not_measured = match (direction.has_sends(), direction.has_recvs()) {
        (true, true) => None,
        (false, true) => Some(language.pick("sends", "发送调用")),
        (true, false) => Some(language.pick("recvs", "接收调用")),
        (false, false) => Some(language.pick("sends and recvs", "发送与接收调用")),
    };
    counts.extend(not_measured.map(|what| say!(language, "{what} not measured", "{what}没有测量")));
    let mut sentences = vec![say!(
        language,
        ("{}: {}.", direction.words, counts.join(", ")),
        ("{}：{}。", direction.words, counts.join("，"))
    )];
    if !direction.has_recvs() {
        return sentences;
    }
    sentences.extend(
        seen.delivery
            .filter(|it| telling.times && it.sent >= WORTH_A_RATE)
            .and_then(|it| delivery(telling, it)),
    );
    if !seen.boundaries.is_empty() {
        sentences.push(boundaries(language, seen));
    }
    if !seen.messages.is_empty() {
        sentences.push(fates(telling, seen));
    }
    sentences
}

/// How much was delivered, and how fast.
fn delivery(telling: Telling, it: Delivery) -> Option<String> {
    let (received, sent) = (bytes(it.received), bytes(it.sent));
    let share = share(it);
    let span = time(it.nanoseconds, telling.ascii);
    let rate = per_second(it.goodput()?);
    Some(say!(
        telling.language,
        "Delivered: {received} of {sent} ({share} %) in {span}, {rate}.",
        "送达：{sent} 中的 {received}（{share} %），用时 {span}，{rate}。"
    ))
}

/// The percentage delivered, rounded down: 100 means all of it. 0 means nothing.
fn share(it: Delivery) -> String {
    match u128::from(it.received) * 100 / u128::from(it.sent.max(1)) {
        0 if it.received > 0 => "< 1".to_owned(),
        share => share.to_string(),
    }
}

/// What became of the boundaries of a whole trace, and whether that is as expected, in one line.
#[must_use]
pub fn in_one_line(seen: &Analysis, telling: Telling) -> Sentence {
    let language = telling.language;
    let flows = || seen.parts.iter().flat_map(|part| &part.flows);
    let tallies = tally(&flows().flat_map(|flow| &flow.boundaries));
    let told: Vec<_> = tallies
        .into_iter()
        .map(|(count, fate)| {
            let (count, fate) = (grouped(count), words::boundary_fate(language, fate));
            say!(language, "{count} {fate}", "{count} 个{fate}")
        })
        .collect();
    let text = if told.is_empty() {
        telling.pick("no boundary", "没有边界").to_owned()
    } else {
        told.join(language.pick("; ", "；"))
    };
    let (ink, mark) = if !seen.as_expected() {
        (Ink::Bad, telling.no())
    } else if seen.is_stalled() || !seen.parts.iter().any(|part| !part.held.is_empty()) {
        (Ink::Plain, "?")
    } else {
        (Ink::Good, telling.yes())
    };
    Sentence::new(ink, 0, format!("{mark} {text}"))
}

/// How many of these boundaries had each fate, in one order and without those that none had.
fn tally<'a>(
    boundaries: &(impl Iterator<Item = &'a Boundary> + Clone),
) -> Vec<(u64, BoundaryFate)> {
    let lost = |place| BoundaryFate::Coalesced { recv: 0, place };
    let kind = |fate| match fate {
        BoundaryFate::Coalesced { place, .. } => lost(place),
        BoundaryFate::Kept | BoundaryFate::NotReached | BoundaryFate::Uncertain => fate,
    };
    let kinds = [
        BoundaryFate::Kept,
        lost(Some(Place::BySender)),
        lost(Some(Place::InReceiveQueue)),
        lost(None),
        BoundaryFate::NotReached,
        BoundaryFate::Uncertain,
    ];
    let counted = kinds.into_iter().map(|wanted| {
        let fates = boundaries.clone().map(|boundary| kind(boundary.fate));
        (fates.filter(|&fate| fate == wanted).count() as u64, wanted)
    });
    counted.filter(|(count, _)| *count > 0).collect()
}

/// How many boundaries were lost, and where.
fn boundaries(language: Language, seen: &FlowAnalysis) -> String {
    let of = seen.boundaries.len() as u64;
    let all = words::counted(language, of, "boundary", "boundaries", "个边界");
    let in_words = |fate| match fate {
        BoundaryFate::Coalesced { place, .. } => lost(language, place),
        BoundaryFate::NotReached => not_reached(language, seen),
        BoundaryFate::Kept | BoundaryFate::Uncertain => words::boundary_fate(language, fate),
    };
    if let [boundary] = seen.boundaries.as_slice() {
        let fate = in_words(boundary.fate);
        let at = grouped(boundary.at);
        return say!(language, "Boundary {at}: {fate}.", "边界 {at}：{fate}。");
    }
    let tallies = tally(&seen.boundaries.iter());
    if let [(_, BoundaryFate::Kept)] = tallies.as_slice() {
        return say!(language, "All {all} were kept.", "{all}全部保留。");
    }
    let told: Vec<String> = tallies
        .into_iter()
        .map(|(count, fate)| {
            let (count, fate) = (grouped(count), in_words(fate));
            say!(language, "{count} {fate}", "{count} 个{fate}")
        })
        .collect();
    match language {
        Language::English => format!("{all}: {}.", told.join("; ")),
        Language::Chinese => format!("{all}：{}。", told.join("；")),
    }
}

/// A boundary at which nothing received ends: in a stream it was not reached; between datagrams,
/// one beside it did not arrive.
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

/// The fate of each message; neighbours with the same fate are joined.
fn fates(telling: Telling, seen: &FlowAnalysis) -> String {
    let language = telling.language;
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
                1 => say!(language, "#{from} and #{to}", "#{from} 和 #{to}"),
                _ => say!(language, "#{from} to #{to}", "#{from} 至 #{to}"),
            };
            format!("{which} {fate}")
        })
        .collect();
    if runs.len() > NAMED {
        told.push(telling.more().to_owned());
    }
    match language {
        Language::English => format!("{}.", told.join("; ")),
        Language::Chinese => format!("{}。", told.join("；")),
    }
}
