//! Draws the results for streams cut in every way: a table of the readers that survived.
//!
//! Promises: the same as [`super::draw`].

use std::io::{self, Write};

use crate::laboratory::confirmation::{Confirmation, Disagreement, Disputed};
use crate::laboratory::{Reader, Recv, ShakeResults, Shaken};
use crate::language::Language;
use crate::render::number::{bytes, grouped};
use crate::render::{escape, words};

use super::line::{Ink, Line};
use super::{Page, Style};

const INDENT: usize = 2;
/// The right ends of the table's columns, after the names.
const ENDS: [usize; 5] = [7, 19, 28, 46, 60];
/// The number of messages, and of disagreements, that are shown.
const MESSAGES: usize = 8;

/// The name of a reader.
#[must_use]
pub(super) fn reader(language: Language, reader: Reader) -> &'static str {
    match reader {
        Reader::Naive => language.pick("naive", "想当然"),
        Reader::AsInTheSource => language.pick("as in the source", "如笔记"),
        Reader::Exact => language.pick("exact", "精确"),
    }
}

/// What a reader does.
#[must_use]
pub(super) fn reader_does(language: Language, reader: Reader) -> &'static str {
    match reader {
        Reader::Naive => language.pick(
            "takes what one recv returns for exactly one frame, and the payload in it for the message",
            "把一次 recv 返回的内容当作恰好一帧，取出其中的负载作为消息",
        ),
        Reader::AsInTheSource => language.pick(
            "reads a header of known length by one recv, the payload by another, and trusts recv(n) to return n bytes",
            "先用一次 recv 读定长头部，再用一次读负载，相信 recv(n) 一定返回 n 字节",
        ),
        Reader::Exact => language.pick(
            "hands whatever a recv returns to an incremental decoder",
            "把每次 recv 返回的字节交给增量解码器",
        ),
    }
}

/// Draws the table, with a line for each framing.
///
/// # Errors
/// If `out` fails.
pub fn draw_survived(report: &ShakeResults, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut Page::new(style, out);
    let all = &report.framings;
    said(page, report)?;
    page.blank()?;
    let language = style.language;
    let names: Vec<String> = all
        .iter()
        .map(|shaken| shaken.stream.framing.to_string())
        .collect();
    let most = page.style.columns() - ENDS[ENDS.len() - 1];
    let fitting = names.iter().map(String::len).filter(|&name| name <= most);
    let widest = fitting.max().unwrap_or(0).max(8);
    let heads = [
        page.pick("bytes", "字节"),
        page.pick("deliveries", "投递数"),
        reader(language, Reader::Naive),
        reader(language, Reader::AsInTheSource),
        reader(language, Reader::Exact),
    ];
    let mut line = Line::of(Ink::Heading, page.pick("framing", "成帧方式"));
    let cell = |line: &mut Line, index: usize, ink: Ink, text: &str| {
        let end = widest + ENDS[index];
        line.pad_to(end.saturating_sub(escape::width(text)));
        line.push(ink, text);
    };
    for (index, head) in heads.into_iter().enumerate() {
        cell(&mut line, index, Ink::Heading, head);
    }
    page.line(line)?;
    for (shaken, name) in all.iter().zip(&names) {
        let mut line = Line::of(Ink::Plain, name);
        if line.columns() > widest {
            page.line(line)?;
            line = Line::default();
        }
        let count = shaken.plan.count();
        if shaken.stream.frames.is_empty() {
            let text = page.pick("can carry none of the messages", "一条消息也装不下");
            line.pad_to(widest + 2);
            line.push(Ink::Plain, text);
            page.line(line)?;
            continue;
        }
        let size = grouped(shaken.stream.bytes.len() as u64);
        cell(&mut line, 0, Ink::Plain, &size);
        cell(&mut line, 1, Ink::Plain, &grouped(count));
        for (index, reader) in Reader::ALL.into_iter().enumerate() {
            let (ink, text) = match shaken.tally(reader) {
                None => (Ink::Plain, page.pick("none", "无").to_owned()),
                Some(tally) if tally.survived == count => {
                    (Ink::Good, format!("{} {}", page.glyphs.yes, grouped(count)))
                }
                Some(tally) => (Ink::Bad, grouped(tally.survived)),
            };
            cell(&mut line, 2 + index, ink, &text);
        }
        page.line(line)?;
    }
    page.blank()?;
    notes(page, all)?;
    if let Some(confirmation) = &report.confirmation {
        confirmed(page, confirmation)?;
    }
    Ok(())
}

/// The messages, and the seed.
fn said(page: &mut Page<'_>, report: &ShakeResults) -> io::Result<()> {
    let language = page.style.language;
    let count = report.messages.len() as u64;
    let count = words::counted(language, count, "message", "messages", "条消息");
    let seed = report.seed;
    let text = say!(
        page.style.language,
        "{count}, each framing's stream cut in many ways (seed {seed}); how many deliveries each reader survived:",
        "{count}；每种成帧方式的流以多种方式切开投递（种子 {seed}）；各读取方挺过的次数："
    );
    page.wrapped(Ink::Plain, 0, 2, &text)?;
    for (index, message) in report.messages.iter().enumerate().take(MESSAGES) {
        let number = grouped(index as u64 + 1);
        let size = bytes(message.len() as u64);
        let mut line = Line::of(Ink::Message(index), &format!("  #{number}  {size}  "));
        let room = page.style.columns().saturating_sub(line.columns());
        let marks = page.glyphs.cut_marks();
        let preview = escape::preview(message, 0..message.len(), room, marks);
        line.push(Ink::Message(index), &preview);
        page.line(line)?;
    }
    if report.messages.len() > MESSAGES {
        page.line(Line::of(Ink::Plain, &format!("  {}", page.glyphs.more)))?;
    }
    Ok(())
}

/// The comparison with real sockets.
fn confirmed(page: &mut Page<'_>, confirmation: &Confirmation) -> io::Result<()> {
    let language = page.style.language;
    let disputed = &confirmation.disagreements;
    let (all, agree) = (
        grouped(confirmation.replays),
        grouped(confirmation.replays - confirmation.not_judged - disputed.len() as u64),
    );
    let (ink, mark) = if confirmation.agrees() {
        (Ink::Good, page.glyphs.yes)
    } else {
        (Ink::Bad, page.glyphs.no)
    };
    let deliveries = confirmation.deliveries;
    let deliveries = words::counted(language, deliveries, "delivery", "deliveries", "种投递");
    let text = say!(
        page.style.language,
        "{mark} over loopback: {agree} of {all} replays agree with what was worked out in memory: {deliveries}, each to every reader of its framing",
        "{mark} 本机回环：{all} 次重放中 {agree} 次与内存中的推演一致：{deliveries}，各交给该成帧方式的每个读取方"
    );
    page.wrapped(ink, 0, 2, &text)?;
    if confirmation.not_judged > 0 {
        let count = words::counted(
            language,
            confirmation.not_judged,
            "replay",
            "replays",
            "次重放",
        );
        let text = say!(
            language,
            "not judged: {count}; the machine stalled each time",
            "未评判：{count}；每次都遇到机器停顿"
        );
        page.wrapped(Ink::Plain, INDENT, 2, &text)?;
    }
    for Disputed {
        framing,
        reader: which,
        delivery,
        disagreement,
    } in disputed.iter().take(MESSAGES)
    {
        let (name, number) = (reader(language, *which), grouped(*delivery));
        let how = disagreed(language, disagreement);
        let text = say!(
            page.style.language,
            "{framing}, {name}, delivery {number}: {how}",
            "{framing}，{name}，第 {number} 种投递：{how}"
        );
        page.wrapped(Ink::Bad, INDENT, 2, &text)?;
    }
    Ok(())
}

pub(super) fn disagreed(language: Language, disagreement: &Disagreement) -> String {
    let recv = |recv: &Option<Recv>| match recv {
        Some(Recv { asked, range }) => {
            let (asked, got) = (grouped(*asked as u64), grouped(range.len() as u64));
            format!("recv({asked}) = {got}")
        }
        None => language.pick("no recv", "没有 recv").to_owned(),
    };
    match disagreement {
        Disagreement::Stopped(reason) => words::stop_reason(language, reason),
        Disagreement::Recv {
            number,
            wanted,
            got,
        } => {
            let number = grouped(*number as u64 + 1);
            let (wanted, got) = (recv(wanted), recv(got));
            say!(
                language,
                "recv {number}: {wanted} in memory, {got} on the socket",
                "第 {number} 次 recv：内存中 {wanted}，套接字上 {got}"
            )
        }
        Disagreement::Bytes => language
            .pick(
                "other bytes arrived than were sent",
                "收到的字节与发送的不同",
            )
            .to_owned(),
        Disagreement::Reader => language
            .pick(
                "the same recvs gave the reader other messages",
                "同样的 recv，读取方却读成了别的",
            )
            .to_owned(),
    }
}

/// What the numbers mean, and what was left out.
fn notes(page: &mut Page<'_>, all: &[Shaken]) -> io::Result<()> {
    let language = page.style.language;
    let texts = [
        page.pick(
            "naive: one recv is exactly one frame. as in the source: a header of known length by one recv, then the payload by another, and recv(n) is trusted to return n; none where the header has no known length. exact: an incremental decoder; none where the stream has no boundaries in it.",
            "想当然：一次 recv 恰好是一帧。如笔记：先用一次 recv 读定长头部，再用一次读负载，相信 recv(n) 一定返回 n 字节；头部不定长时标“无”。精确：增量解码器；流中没有边界时标“无”。",
        ).to_owned(),
        page.pick(
            "exhaustive up to 20 bytes: 2^(n-1) deliveries of n bytes. Longer: uncut, every single cut, every pair of cuts up to 256 bytes, then random ones.",
            "20 字节以内是全部可能：n 字节有 2^(n-1) 种投递。更长的：不切、所有单切、256 字节以内的所有双切，再加随机投递。",
        ).to_owned(),
    ];
    for text in texts {
        page.wrapped(Ink::Plain, 0, 2, &text)?;
    }
    for shaken in all {
        for (message, error) in &shaken.stream.refused {
            let framing = shaken.stream.framing;
            let number = grouped(*message as u64 + 1);
            let clause = error.kind.clause(language);
            let text = say!(
                page.style.language,
                "{framing}: without message #{number}: {clause}",
                "{framing}：不含消息 #{number}：{clause}"
            );
            page.wrapped(Ink::Plain, 0, 2, &text)?;
        }
    }
    Ok(())
}
