//! Says whether an answer was right, and why the right one is right.

use std::io::{self, Write};

use crate::analysis::{Analysis, PartAnalysis};
use crate::laboratory::quiz::{Answer, Cut, Question, Subject, Void};
use crate::laboratory::{Reader, watch};
use crate::language::Language;
use crate::render::number::grouped;
use crate::render::text::line::Ink;
use crate::render::text::shake::{disagreed, reader};
use crate::render::text::{self, Page, Style, broken};
use crate::render::{escape, words};
use crate::scenario::ExpectedMessage;
use crate::trace::{PartTrace, Trace};

use super::{of_datagrams, page, reasons};

/// Says whether the answer (`None` if the question was skipped) is right.
///
/// # Errors
/// If `out` fails.
pub fn draw_verdict(
    question: &Question,
    said: Option<&Answer>,
    truth: &Answer,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let page = &mut page(style, out);
    let right = short(style.language, question, truth);
    let (yes, no) = (page.glyphs.yes, page.glyphs.no);
    let (ink, text) = match said {
        Some(said) if said == truth => (
            Ink::Good,
            say!(
                page.style.language,
                "{yes} Right: {right}",
                "{yes} 正确：{right}"
            ),
        ),
        Some(said) => {
            let chosen = match said {
                Answer::Recvs(_) => "你答的是",
                Answer::Boundary(_) | Answer::Message(_) | Answer::Readers(_) => "你选的是",
            };
            let said = short(style.language, question, said);
            let text = say!(
                page.style.language,
                ("{no} Not so: you said {said}; it was {right}"),
                (
                    "{no} 不对：{chosen}{}；实际是{}",
                    spaced(&said),
                    spaced(&right)
                )
            );
            (Ink::Bad, text)
        }
        None => (
            Ink::Heading,
            say!(page.style.language, "The answer: {right}", "答案：{right}"),
        ),
    };
    page.blank()?;
    page.wrapped(ink, 0, 2, &text)
}

/// Says why a question does not count.
///
/// # Errors
/// If `out` fails.
pub fn draw_void(void: &Void, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut page(style, out);
    let language = style.language;
    let why = match void {
        Void::Stopped(reason) => {
            let reason = words::stop_reason(language, reason);
            say!(
                page.style.language,
                "the replay ended early: {reason}",
                "重放提前结束：{reason}"
            )
        }
        Void::NotAsExpected => page
            .pick(
                "the replay did not come out as expected",
                "重放的结果与预期不符",
            )
            .to_owned(),
        Void::NotTold => page
            .pick(
                "this system does not report what was asked",
                "本系统不提供所问的信息",
            )
            .to_owned(),
        Void::Disagreement(which, disagreement) => {
            let (name, how) = (reader(language, *which), disagreed(language, disagreement));
            say!(page.style.language, "{name}: {how}", "{name}：{how}")
        }
    };
    page.blank()?;
    let text = say!(
        page.style.language,
        "? This question does not count: {why}",
        "? 这道题不计分：{why}"
    );
    page.wrapped(Ink::Bad, 0, 2, &text)
}

/// Explains the right answer to a question about two programs, where the answer given (`None` if
/// the question was skipped) first goes wrong, and where to read on.
///
/// # Errors
/// If `out` fails.
pub fn draw_reasons(
    question: &Question,
    said: Option<&Answer>,
    part: &PartTrace,
    analysis: &PartAnalysis,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let page = &mut page(style, out);
    let Subject::Exchange(exchange) = &question.subject else {
        return Ok(());
    };
    for text in reasons::of(style.language, exchange, said, part, analysis) {
        page.wrapped(Ink::Plain, 0, 2, &text)?;
    }
    let reading = escape::text(exchange.reading(part, analysis));
    read_on(page, &reading)
}

/// Shows what each reader made of a cut, and the replay for one of them.
///
/// # Errors
/// If `out` fails.
pub fn draw_readers(
    cut: &Cut,
    replay: (Reader, &Trace, &Analysis),
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let page = &mut page(style, out);
    page.blank()?;
    for which in cut.readers() {
        let watched = watch(which, &cut.stream, &cut.cuts);
        reader_heading(page, which, watched.survived)?;
        broken::reading(page, &cut.stream, &cut.cuts, &watched)?;
        page.blank()?;
    }
    let (which, trace, analysis) = replay;
    let name = reader(style.language, which);
    let text = say!(
        page.style.language,
        "The sockets agree for all of them. The replay for the one called {name}:",
        "套接字上的结果对各读取方都一致。下面是“{name}”的重放："
    );
    page.wrapped(Ink::Heading, 0, 2, &text)?;
    text::draw_on(page, trace, analysis)
}

/// Says which case explains more.
///
/// # Errors
/// If `out` fails.
pub fn draw_reading(case: &str, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    read_on(&mut page(style, out), &escape::text(case))
}

fn reader_heading(page: &mut Page<'_>, which: Reader, survived: bool) -> io::Result<()> {
    let name = reader(page.style.language, which);
    let (ink, text) = if survived {
        let yes = page.glyphs.yes;
        let text = say!(
            page.style.language,
            "{yes} {name}: gets every message back",
            "{yes} {name}：还原了全部消息"
        );
        (Ink::Good, text)
    } else {
        let no = page.glyphs.no;
        let text = say!(
            page.style.language,
            "{no} {name}: does not",
            "{no} {name}：没能还原"
        );
        (Ink::Bad, text)
    };
    page.wrapped(ink, 0, 2, &text)
}

fn read_on(page: &mut Page<'_>, case: &str) -> io::Result<()> {
    let text = say!(
        page.style.language,
        "More of it: sticky explain {case}",
        "详细讲解：sticky explain {case}"
    );
    page.wrapped(Ink::Plain, 0, 2, &text)
}

/// `text` as it follows a Chinese character: a number gets a space before it.
fn spaced(text: &str) -> String {
    let blank = if text.starts_with(|c: char| c.is_ascii_digit()) {
        " "
    } else {
        ""
    };
    format!("{blank}{text}")
}

/// An answer in short form.
fn short(language: Language, question: &Question, answer: &Answer) -> String {
    let none = || language.pick("none", "无").to_owned();
    let comma = language.pick(", ", "、");
    match answer {
        Answer::Recvs(recvs) if recvs.is_empty() => none(),
        Answer::Recvs(recvs) => {
            let list: Vec<_> = recvs.iter().map(|&recv| grouped(recv)).collect();
            format!("{} B", list.join(" + "))
        }
        Answer::Boundary(None) => language.pick("not lost", "没有丢").to_owned(),
        Answer::Boundary(place) => words::place(language, *place).to_owned(),
        Answer::Message(fate) => match fate {
            ExpectedMessage::Whole => language.pick("whole", "完整"),
            ExpectedMessage::Coalesced => language.pick("coalesced", "被合并"),
            ExpectedMessage::InPieces => language.pick("in pieces", "分成几段"),
            ExpectedMessage::Truncated => language.pick("truncated", "截断"),
            ExpectedMessage::Lost if of_datagrams(question) => language.pick("lost", "丢失"),
            ExpectedMessage::Lost => language.pick("not received whole", "没有收完整"),
        }
        .to_owned(),
        Answer::Readers(readers) if readers.is_empty() => none(),
        Answer::Readers(readers) => {
            let list: Vec<_> = readers
                .iter()
                .map(|which| reader(language, *which))
                .collect();
            list.join(comma)
        }
    }
}
