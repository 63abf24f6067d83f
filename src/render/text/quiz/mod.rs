//! A quiz: the question before the replay, and the answer, the reason and the score behind it.
//!
//! Promises: as [`super::draw`]; what stands before a replay gives nothing away: no
//! title, no name, no expectation.

mod reasons;

use std::io::{self, Write};

use crate::analysis::{Analysis, PartAnalysis};
use crate::laboratory::quiz::{Answer, Asks, Cut, Form, Origin, Question, Score, Subject, Void};
use crate::laboratory::{Reader, watch};
use crate::language::Language;
use crate::render::number::grouped;
use crate::render::{escape, words};
use crate::scenario::{ExpectedMessage, Place};
use crate::trace::{PartTrace, Trace};

use super::line::{Ink, Line};
use super::shake::{disagreed, reader, reader_does};
use super::{Page, Style, broken, program};

const INDENT: usize = 2;

fn page<'a>(style: &'a Style, out: &'a mut dyn Write) -> Page<'a> {
    Page {
        style,
        glyphs: style.glyphs(),
        out,
    }
}

/// Says what is to come.
///
/// # Errors
/// When `out` fails.
pub fn draw_opening(count: usize, seed: u64, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut page(style, out);
    let language = style.language;
    let count = words::counted(language, count as u64, "question", "questions", "道题");
    let text = page.pick(
        format!("{count}, from easy to hard, seed {seed}. Each shows two programs and asks what will come of them; then they run on real sockets. Answer in a line; ? for a hint, s or an empty line to see the answer without a point, q to stop."),
        format!("共 {count}，由易到难，种子 {seed}。每题先给出两个程序，问会发生什么，再在真实套接字上运行。每次回答一行；? 看提示，s 或空行直接看答案（不得分），q 结束。"),
    );
    page.wrapped(Ink::Plain, 0, 0, &text)
}

/// Shows the programs and asks.
///
/// # Errors
/// When `out` fails.
pub fn draw_question(
    question: &Question,
    number: usize,
    of: usize,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let page = &mut page(style, out);
    page.blank()?;
    let heading = page.pick(
        format!(" Question {number} of {of} "),
        format!(" 第 {number} 题，共 {of} 题 "),
    );
    let mut line = Line::of(Ink::Plain, &page.glyphs.rule.to_string().repeat(2));
    line.push(Ink::Heading, &heading);
    let from = format!("{} ", comes_from(style.language, question));
    let tail = escape::width(&from) + 3;
    while line.columns() + tail < page.style.columns() {
        line.push_char(Ink::Plain, page.glyphs.rule);
    }
    line.push(Ink::Plain, &format!(" {from}"));
    line.push(Ink::Plain, &page.glyphs.rule.to_string().repeat(2));
    page.line(&line)?;
    page.blank()?;
    match &question.subject {
        Subject::Exchange(exchange) => {
            if let Some(part) = exchange.part() {
                program::draw(page, part)?;
            }
        }
        Subject::Cut(cut) => {
            program::draw_cut(page, cut)?;
            page.blank()?;
            broken::delivery(page, &cut.stream, &cut.cuts)?;
        }
    }
    page.blank()?;
    page.wrapped(Ink::Heading, INDENT, 0, &asked(style.language, question))?;
    for (index, option) in options(style.language, &question.form()).iter().enumerate() {
        page.wrapped(Ink::Plain, INDENT, 4, &format!("{:>3} {option}", index + 1))?;
    }
    Ok(())
}

/// Where a question comes from: the chapter, but never the case, whose name tells too much.
fn comes_from(language: Language, question: &Question) -> String {
    match &question.subject {
        Subject::Exchange(exchange) if exchange.origin == Origin::Catalogue => {
            let chapter = exchange.scenario.name.split('/').next().unwrap_or_default();
            let chapter = escape::text(chapter);
            language.pick(format!("chapter {chapter}"), format!("章节 {chapter}"))
        }
        Subject::Exchange(_) | Subject::Cut(_) => language.pick("made up", "随机生成").to_owned(),
    }
}

/// The question in words.
fn asked(language: Language, question: &Question) -> String {
    let Subject::Exchange(exchange) = &question.subject else {
        return language
            .pick(
                "Which of these readers get every message back from this cut? Answer with their numbers, such as 1 3.",
                "这样切开之后，哪些读取方仍能还原全部消息？请写编号，例如 1 3。",
            )
            .to_owned();
    };
    let receiver = words::side(language, exchange.receiver);
    match exchange.asks {
        Asks::Recvs => language.pick(
            format!("How many bytes does each recv of the {receiver} return? Only the recvs that return data, in order, such as 7 11."),
            format!("{receiver}的每次 recv 各返回多少字节？只写收到数据的，按顺序，例如 7 11。"),
        ),
        Asks::Boundary(at) => {
            let at = grouped(at);
            let sender = words::side(language, exchange.receiver.other());
            language.pick(
                format!("Of what the {sender} sends, a message ends at stream offset {at}. Where is this boundary lost?"),
                format!("{sender}发出的消息，有一条结束于流偏移 {at}。这个边界丢在何处？"),
            )
        }
        Asks::Message(number) => {
            let number = grouped(number as u64 + 1);
            let sender = words::side(language, exchange.receiver.other());
            language.pick(
                format!("What becomes of message #{number} of the {sender}?"),
                format!("{sender}的消息 #{number} 会怎样？"),
            )
        }
    }
}

/// What there is to choose from.
fn options(language: Language, form: &Form) -> Vec<String> {
    match form {
        Form::Numbers => Vec::new(),
        Form::OneOf(answers) => answers
            .iter()
            .map(|answer| option(language, answer))
            .collect(),
        Form::AnyOf(readers) => readers
            .iter()
            .map(|&which| {
                let (name, does) = (reader(language, which), reader_does(language, which));
                language.pick(format!("{name}: {does}"), format!("{name}：{does}"))
            })
            .collect(),
    }
}

/// One choice, and what it means.
fn option(language: Language, answer: &Answer) -> String {
    match answer {
        Answer::Boundary(None) => language.pick(
            "not lost: a recv ends there",
            "没有丢：有一次 recv 到此为止",
        ),
        Answer::Boundary(Some(Place::InReceiveQueue)) => language.pick(
            "in the receive queue: no segment spans it, one recv does",
            "丢在接收队列：没有报文段跨过它，一次 recv 跨过了它",
        ),
        Answer::Boundary(Some(Place::BySender)) => language.pick(
            "by the sender: one segment spans it",
            "丢在发送方：一个报文段跨过了它",
        ),
        Answer::Message(ExpectedMessage::Whole) => language.pick(
            "whole: one recv returns it alone, or header and payload are each read exactly",
            "完整：一次 recv 单独返回它，或头部与负载各自读够",
        ),
        Answer::Message(ExpectedMessage::Coalesced) => language.pick(
            "coalesced: a recv returns bytes of it and of another message",
            "被合并：某次 recv 同时返回它和另一条消息的字节",
        ),
        Answer::Message(ExpectedMessage::InPieces) => language.pick(
            "in pieces: several recvs return it, and nothing of another message",
            "分成几段：几次 recv 合起来返回它，不含别的消息",
        ),
        Answer::Message(ExpectedMessage::Truncated) => language.pick(
            "truncated: the rest of the datagram is cut off",
            "截断：数据报放不下的部分被丢弃",
        ),
        Answer::Message(ExpectedMessage::Lost) => language.pick(
            "lost: it never arrives, or not all of it",
            "丢失：没有到达，或没有全部到达",
        ),
        Answer::Recvs(_) | Answer::Readers(_) => "",
    }
    .to_owned()
}

/// An answer in short.
fn short(language: Language, answer: &Answer) -> String {
    let none = || language.pick("none", "无").to_owned();
    let comma = language.pick(", ", "、");
    match answer {
        Answer::Recvs(recvs) if recvs.is_empty() => none(),
        Answer::Recvs(recvs) => {
            let list: Vec<_> = recvs.iter().map(u64::to_string).collect();
            format!("{} B", list.join(" + "))
        }
        Answer::Boundary(None) => language.pick("not lost", "没有丢").to_owned(),
        Answer::Boundary(place) => words::place(language, *place).to_owned(),
        Answer::Message(fate) => match fate {
            ExpectedMessage::Whole => language.pick("whole", "完整"),
            ExpectedMessage::Coalesced => language.pick("coalesced", "被合并"),
            ExpectedMessage::InPieces => language.pick("in pieces", "分成几段"),
            ExpectedMessage::Truncated => language.pick("truncated", "截断"),
            ExpectedMessage::Lost => language.pick("lost", "丢失"),
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

/// Gives a hint, which holds for every question of the kind.
///
/// # Errors
/// When `out` fails.
pub fn draw_hint(question: &Question, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut page(style, out);
    let hint = match &question.subject {
        Subject::Cut(_) => page.pick(
            "Each recv finds just what is left of one piece. Does the first one return a whole header, and no more than one message?",
            "每次 recv 只能遇到一段中剩下的字节。第一次拿到的头部完整吗？有没有超过一条消息？",
        ),
        Subject::Exchange(exchange) => match exchange.asks {
            Asks::Boundary(_) => page.pick(
                "Do the two messages leave in one segment, for instance because the sender was told to wait? If not, do both wait when a recv with room for both is called?",
                "两条消息是否装在同一个报文段里发出，比如发送方被要求先等等？如果不是，调用 recv 时是否两条都在等，而且都装得下？",
            ),
            Asks::Recvs | Asks::Message(_)
                if exchange.part().is_some_and(|part| part.transport.keeps_boundaries()) =>
            {
                page.pick(
                    "One recv returns one datagram; what it has no room for is gone.",
                    "一次 recv 返回一个数据报；装不下的部分就没了。",
                )
            }
            Asks::Recvs | Asks::Message(_) => page.pick(
                "recv(n) returns what is there, at most n bytes, whoever sent it how; it waits only where nothing is there.",
                "recv(n) 返回已经到达的字节，最多 n 个，不管是分几次发的；只有什么都没有时才等待。",
            ),
        },
    };
    page.wrapped(Ink::Plain, INDENT, 2, hint)
}

/// Says what an answer looks like, where it was unclear.
///
/// # Errors
/// When `out` fails.
pub fn draw_form(question: &Question, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut page(style, out);
    let text = match question.form() {
        Form::Numbers => page
            .pick(
                "Unclear. Wanted are numbers of bytes, such as 30 or 18 12, without a comma between thousands; ? for a hint, s to skip, q to stop.",
                "没看懂。请写字节数，例如 30 或 18 12，千位之间不加逗号；? 提示，s 跳过，q 结束。",
            )
            .to_owned(),
        Form::OneOf(answers) => {
            let last = answers.len();
            page.pick(
                format!("Unclear. Wanted is one number from 1 to {last}; ? for a hint, s to skip, q to stop."),
                format!("没看懂。请写 1 到 {last} 中的一个数；? 提示，s 跳过，q 结束。"),
            )
        }
        Form::AnyOf(readers) => {
            let last = readers.len();
            page.pick(
                format!("Unclear. Wanted are numbers from 1 to {last}, such as 1 {last}, or none; ? for a hint, s to skip, q to stop."),
                format!("没看懂。请写 1 到 {last} 的编号，例如 1 {last}，或写“无”；? 提示，s 跳过，q 结束。"),
            )
        }
    };
    page.wrapped(Ink::Plain, INDENT, 2, &text)
}

/// Says whether what was said (nothing, where it was skipped) is right.
///
/// # Errors
/// When `out` fails.
pub fn draw_verdict(
    said: Option<&Answer>,
    truth: &Answer,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let page = &mut page(style, out);
    let right = short(style.language, truth);
    let (yes, no) = (page.glyphs.yes, page.glyphs.no);
    let (ink, text) = match said {
        Some(said) if said == truth => (
            Ink::Good,
            page.pick(
                format!("{yes} Right: {right}"),
                format!("{yes} 正确：{right}"),
            ),
        ),
        Some(said) => {
            let said = short(style.language, said);
            let text = page.pick(
                format!("{no} Not so: you said {said}; it was {right}"),
                format!("{no} 不对：你的回答是 {said}；结果是 {right}"),
            );
            (Ink::Bad, text)
        }
        None => (
            Ink::Heading,
            page.pick(format!("The answer: {right}"), format!("答案：{right}")),
        ),
    };
    page.blank()?;
    page.wrapped(ink, 0, 2, &text)?;
    page.blank()
}

/// Says why a question does not count.
///
/// # Errors
/// When `out` fails.
pub fn draw_void(void: &Void, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut page(style, out);
    let language = style.language;
    let why = match void {
        Void::Stopped(reason) => {
            let reason = words::stop_reason(language, reason);
            page.pick(
                format!("the replay ended early: {reason}"),
                format!("重放提前结束：{reason}"),
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
                "this system does not tell what was asked",
                "本系统不提供所问的信息",
            )
            .to_owned(),
        Void::Disagreement(which, disagreement) => {
            let (name, how) = (reader(language, *which), disagreed(language, disagreement));
            page.pick(format!("{name}: {how}"), format!("{name}：{how}"))
        }
    };
    page.blank()?;
    let text = page.pick(
        format!("? This question does not count: {why}"),
        format!("? 这道题不计分：{why}"),
    );
    page.wrapped(Ink::Bad, 0, 2, &text)
}

/// Says why the answer to a question about two programs is what it is, and where to read on.
///
/// # Errors
/// When `out` fails.
pub fn draw_reasons(
    question: &Question,
    part: &PartTrace,
    analysis: &PartAnalysis,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let page = &mut page(style, out);
    let Subject::Exchange(exchange) = &question.subject else {
        return Ok(());
    };
    page.blank()?;
    for text in reasons::of(style.language, exchange, part, analysis) {
        page.wrapped(Ink::Plain, 0, 2, &text)?;
    }
    let reading = escape::text(exchange.reading(part, analysis));
    read_on(page, &reading)
}

/// Shows what each reader made of a cut, the replay for one of them, and where to read on.
///
/// # Errors
/// When `out` fails.
pub fn draw_readers(
    cut: &Cut,
    truth: &Answer,
    replay: (Reader, &Trace, &Analysis),
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let page = &mut page(style, out);
    for which in cut.readers() {
        let watched = watch(which, &cut.stream, &cut.cuts);
        reader_heading(page, which, watched.survived)?;
        broken::reading(page, &cut.stream, &cut.cuts, &watched)?;
        page.blank()?;
    }
    let (which, trace, analysis) = replay;
    let name = reader(style.language, which);
    let text = page.pick(
        format!("The sockets agree for all of them. The replay for the one called {name}:"),
        format!("套接字上的结果对各读取方都一致。下面是“{name}”的重放："),
    );
    page.wrapped(Ink::Heading, 0, 2, &text)?;
    super::draw(trace, analysis, style, &mut page.out)?;
    page.blank()?;
    read_on(page, cut.reading(truth))
}

fn reader_heading(page: &mut Page<'_>, which: Reader, survived: bool) -> io::Result<()> {
    let name = reader(page.style.language, which);
    let (ink, text) = if survived {
        let yes = page.glyphs.yes;
        let text = page.pick(
            format!("{yes} {name}: gets every message back"),
            format!("{yes} {name}：还原了全部消息"),
        );
        (Ink::Good, text)
    } else {
        let no = page.glyphs.no;
        let text = page.pick(
            format!("{no} {name}: does not"),
            format!("{no} {name}：没能还原"),
        );
        (Ink::Bad, text)
    };
    page.wrapped(ink, 0, 2, &text)
}

fn read_on(page: &mut Page<'_>, case: &str) -> io::Result<()> {
    let text = page.pick(
        format!("More of it: sticky explain {case}"),
        format!("详细讲解：sticky explain {case}"),
    );
    page.wrapped(Ink::Plain, 0, 2, &text)
}

/// Says how it went, what to read next, and how to have the same quiz again.
///
/// # Errors
/// When `out` fails.
pub fn draw_score(
    score: Score,
    readings: &[String],
    again: &str,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let page = &mut page(style, out);
    let language = style.language;
    let (right, all) = (score.right, score.right + score.wrong + score.skipped);
    let mut parts = vec![page.pick(
        format!("Score: {right} of {all} right"),
        format!("得分：{all} 题答对 {right} 题"),
    )];
    let others = [
        (score.skipped, "skipped", "题跳过"),
        (score.void, "did not count", "题不计分"),
        (score.left, "not asked", "题未问"),
    ];
    parts.extend(others.iter().filter(|(count, ..)| *count > 0).map(
        |(count, english, chinese)| {
            language.pick(format!("{count} {english}"), format!("{count} {chinese}"))
        },
    ));
    page.blank()?;
    page.wrapped(Ink::Heading, 0, 2, &parts.join(page.pick("; ", "；")))?;
    if !readings.is_empty() {
        let text = page.pick("What to read next:", "接下来可以读：");
        page.wrapped(Ink::Plain, 0, 0, text)?;
        for reading in readings {
            let reading = escape::text(reading);
            page.wrapped(Ink::Plain, INDENT, 2, &format!("sticky explain {reading}"))?;
        }
    }
    let text = page.pick(
        format!("The same questions again: {again}"),
        format!("同样的题再来一遍：{again}"),
    );
    page.wrapped(Ink::Plain, 0, 2, &text)
}
