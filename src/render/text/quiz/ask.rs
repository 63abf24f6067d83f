//! Draws a question, its choices and its hint.
//!
//! Promises: nothing here gives the answer away: no title, no name, no expectation.

use std::io::{self, Write};

use crate::framing::{Boundary, Framing};
use crate::laboratory::quiz::{Answer, Asks, Form, Origin, Question, Subject};
use crate::language::Language;
use crate::render::number::grouped;
use crate::render::text::line::{Ink, Line};
use crate::render::text::shake::{reader, reader_does};
use crate::render::text::{Style, broken, program};
use crate::render::{escape, words};
use crate::scenario::{ExpectedMessage, Place, Transport};

use super::{INDENT, datagram, of_datagrams, page};

/// Shows the programs and asks the question.
///
/// # Errors
/// If `out` fails.
pub fn draw_question(
    question: &Question,
    number: usize,
    of: usize,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let page = &mut page(style, out);
    page.blank()?;
    let heading = say!(
        page.style.language,
        " Question {number} of {of} ",
        " 第 {number} 题，共 {of} 题 "
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
    page.line(line)?;
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
    for (index, option) in options(style.language, question).iter().enumerate() {
        page.wrapped(Ink::Plain, INDENT, 4, &format!("{:>3} {option}", index + 1))?;
    }
    Ok(())
}

/// The source of a question: the chapter, but never the case, whose name would tell too much.
fn comes_from(language: Language, question: &Question) -> String {
    match &question.subject {
        Subject::Exchange(exchange) if exchange.origin == Origin::Catalogue => {
            let chapter = exchange.scenario.name.split('/').next().unwrap_or_default();
            let chapter = escape::text(chapter);
            say!(language, "chapter {chapter}", "章节 {chapter}")
        }
        Subject::Exchange(_) | Subject::Cut(_) => language.pick("made up", "随机生成").to_owned(),
    }
}

/// The text of the question.
fn asked(language: Language, question: &Question) -> String {
    let Subject::Exchange(exchange) = &question.subject else {
        let last = options(language, question).len();
        return say!(
            language,
            "Which of these readers get every message back if it arrives like this? \
                     Answer with their numbers, such as 1 {last}.",
            "字节这样到达，哪些读取方能还原全部消息？请写编号，例如 1 {last}。"
        );
    };
    let receiver = words::side(language, exchange.receiver);
    match exchange.asks {
        Asks::Recvs => say!(
            language,
            "How many bytes does each recv of the {receiver} return? Only the recvs that return data, in order, such as 7 11.",
            "{receiver}的每次 recv 各返回多少字节？只写收到数据的，按顺序，例如 7 11。"
        ),
        Asks::Boundary(at) => {
            let at = grouped(at);
            let sender = words::side(language, exchange.receiver.other());
            say!(
                language,
                "A message of the {sender} ends at stream offset {at}. Where is this boundary lost?",
                "{sender}发出的消息，有一条结束于流偏移 {at}。这个边界丢在何处？"
            )
        }
        Asks::Message(number) => {
            let number = grouped(number as u64 + 1);
            let sender = words::side(language, exchange.receiver.other());
            say!(
                language,
                "What becomes of message #{number} of the {sender}?",
                "{sender}的消息 #{number} 会怎样？"
            )
        }
    }
}

/// The choices.
fn options(language: Language, question: &Question) -> Vec<String> {
    match question.form() {
        Form::Numbers => Vec::new(),
        Form::OneOf(answers) => answers
            .iter()
            .map(|answer| option(language, question, answer))
            .collect(),
        Form::AnyOf(readers) => readers
            .into_iter()
            .map(|which| {
                let (name, does) = (reader(language, which), reader_does(language, which));
                say!(language, "{name}: {does}", "{name}：{does}")
            })
            .collect(),
    }
}

/// What the messages of a question are sent in, in a word.
fn travels_in(language: Language, question: &Question) -> &'static str {
    let transport = match &question.subject {
        Subject::Exchange(exchange) => exchange.part().map(|part| part.transport),
        Subject::Cut(_) => None,
    };
    datagram(language, transport.unwrap_or(Transport::Udp))
}

/// One choice and its meaning.
fn option(language: Language, question: &Question, answer: &Answer) -> String {
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
        Answer::Message(ExpectedMessage::Truncated) => {
            let datagram = travels_in(language, question);
            return say!(
                language,
                "truncated: the rest of the {datagram} is cut off",
                "截断：{datagram}里 recv 装不下的部分被丢弃"
            );
        }
        Answer::Message(ExpectedMessage::Lost) if of_datagrams(question) => {
            language.pick("lost: no recv returns it", "丢失：没有哪次 recv 返回它")
        }
        Answer::Message(ExpectedMessage::Lost) => language.pick(
            "not received whole: the recvs return only part of it, or nothing",
            "没有收完整：各次 recv 只返回了它的一部分，或什么也没返回",
        ),
        Answer::Recvs(_) | Answer::Readers(_) => "",
    }
    .to_owned()
}

/// Writes a hint that applies to every question of this kind.
///
/// # Errors
/// If `out` fails.
pub fn draw_hint(question: &Question, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut page(style, out);
    let hint = match &question.subject {
        Subject::Cut(cut) => {
            let ends = ends_early(style.language, cut.stream.framing);
            let hint = say!(page.style.language, "Each recv finds just what is left of one piece. Does a piece end {ends}? Does one hold more than one frame?", "每次 recv 只能遇到一段中剩下的字节。有没有哪一段{ends}？有没有哪一段不止一帧？");
            return page.wrapped(Ink::Plain, INDENT, 2, &hint);
        }
        Subject::Exchange(exchange) => match exchange.asks {
            Asks::Boundary(_) => page.pick(
                "Do the two messages leave in one segment, for instance because the sender was told to wait? If not, do both wait when a recv with room for both is called?",
                "两条消息是否装在同一个报文段里发出，比如发送方被要求先等等？如果不是，调用 recv 时是否两条都在等，而且都装得下？",
            ),
            Asks::Recvs | Asks::Message(_)
                if exchange.part().is_some_and(|part| part.transport.keeps_boundaries()) =>
            {
                let datagram = travels_in(style.language, question);
                let hint = say!(page.style.language, "One recv returns one {datagram}; what it has no room for is gone.", "一次 recv 返回一个{datagram}；recv 的缓冲区装不下的部分被丢弃。");
                return page.wrapped(Ink::Plain, INDENT, 2, &hint);
            }
            Asks::Recvs | Asks::Message(_) => page.pick(
                "recv(n) returns what is there, at most n bytes, however it was sent; it waits \
                 only if nothing is there.",
                "recv(n) 返回已经到达的字节，最多 n 个，不管是分几次发的；只有什么都没有时才等待。",
            ),
        },
    };
    page.wrapped(Ink::Plain, INDENT, 2, hint)
}

/// Where a piece would have to end to cut a frame, as part of a sentence.
fn ends_early(language: Language, framing: Framing) -> &'static str {
    match framing.facts().boundary {
        Boundary::Nowhere | Boundary::Size(_) => language.pick("inside a frame", "断在帧的中间"),
        Boundary::Delimiter => language.pick(
            "before the delimiter that ends its message",
            "还没到消息末尾的分隔符就断了",
        ),
        Boundary::Length => language.pick(
            "inside a frame, in its header or in its payload",
            "断在帧的中间，在头部里或在负载里",
        ),
    }
}

/// Explains the form of an answer, after an unclear one.
///
/// # Errors
/// If `out` fails.
pub fn draw_form(question: &Question, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut page(style, out);
    let text = match question.form() {
        Form::Numbers => page
            .pick(
                "Unclear. Answer with numbers of bytes, such as 30 or 18 12, without a comma \
                 between thousands; ? for a hint, s to skip, q to stop.",
                "没看懂。请写字节数，例如 30 或 18 12，千位之间不加逗号；? 提示，s 跳过，q 结束。",
            )
            .to_owned(),
        Form::OneOf(answers) => {
            let last = answers.len();
            say!(
                page.style.language,
                "Unclear. Answer with one number from 1 to {last}; ? for a hint, s to skip, q to stop.",
                "没看懂。请写 1 到 {last} 中的一个数；? 提示，s 跳过，q 结束。"
            )
        }
        Form::AnyOf(readers) => {
            let last = readers.len();
            say!(
                page.style.language,
                "Unclear. Answer with numbers from 1 to {last}, such as 1 {last}, or \
                         none; ? for a hint, s to skip, q to stop.",
                "没看懂。请写 1 到 {last} 的编号，例如 1 {last}，或写“无”；? 提示，s 跳过，q 结束。"
            )
        }
    };
    page.wrapped(Ink::Plain, INDENT, 2, &text)
}
