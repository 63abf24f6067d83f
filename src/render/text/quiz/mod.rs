//! Draws a quiz: the question before the replay, then the answer, the reason and the score.
//!
//! Promises: the same as [`super::draw`]. What is shown before a replay gives nothing away: no
//! title, no name, no expectation.

mod ask;
mod reasons;
mod tell;

use std::io::{self, Write};

pub use ask::{draw_form, draw_hint, draw_question};
pub use tell::{draw_readers, draw_reading, draw_reasons, draw_verdict, draw_void};

use crate::laboratory::quiz::{Question, Score, Subject};
use crate::language::Language;
use crate::render::{escape, words};
use crate::scenario::Transport;

use super::line::Ink;
use super::{Page, Style};

const INDENT: usize = 2;

fn page<'a>(style: &'a Style, out: &'a mut dyn Write) -> Page<'a> {
    Page::new(style, out)
}

/// The word for one datagram on this transport. The question, the hint and the reason all use it.
fn datagram(language: Language, transport: Transport) -> &'static str {
    match transport {
        Transport::UnixSeqpacket => language.pick("record", "记录"),
        Transport::Udp | Transport::Tcp | Transport::UnixStream | Transport::Pipe => {
            language.pick("datagram", "数据报")
        }
    }
}

/// Whether the question is about datagrams. Only datagrams can be lost on the way.
fn of_datagrams(question: &Question) -> bool {
    match &question.subject {
        Subject::Exchange(exchange) => exchange
            .part()
            .is_some_and(|part| part.transport.keeps_boundaries()),
        Subject::Cut(_) => false,
    }
}

/// Says what is to come, and whether this system does not tell where a boundary was lost.
///
/// # Errors
/// If `out` fails.
pub fn draw_opening(
    count: usize,
    seed: u64,
    tells_place: bool,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let page = &mut page(style, out);
    let language = style.language;
    let order = match count {
        0 | 1 => "",
        _ => page.pick(", from easy to hard", "，由易到难"),
    };
    let count = words::counted(language, count as u64, "question", "questions", "道题");
    let text = say!(
        page.style.language,
        "{count}{order}, seed {seed}. Each shows two programs and asks what they will do; \
                 then they run on real sockets. Answer in a line; ? for a hint, s or an empty \
                 line to see the answer without a point, q to stop.",
        "共 {count}{order}，种子 {seed}。每题先给出两个程序，问会发生什么，再在真实套接字上运行。每次回答一行；? 看提示，s 或空行直接看答案（不得分），q 结束。"
    );
    page.wrapped(Ink::Plain, 0, 0, &text)?;
    if tells_place {
        return Ok(());
    }
    let text = page.pick(
        "This system does not report where a boundary is lost, so that is not asked.",
        "本系统无法得知边界丢在何处，所以不出这类题。",
    );
    page.wrapped(Ink::Plain, 0, 0, text)
}

/// Says that an empty line leads to the next question.
///
/// # Errors
/// If `out` fails.
pub fn draw_pause(style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut page(style, out);
    page.blank()?;
    let text = page.pick(
        "Enter: the next question; q: stop.",
        "回车：下一题；q：结束。",
    );
    page.wrapped(Ink::Plain, 0, 0, text)
}

/// Writes the score, what to read next, and how to repeat the same quiz.
///
/// # Errors
/// If `out` fails.
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
    let mut parts = vec![say!(
        page.style.language,
        "Score: {right} of {all} right",
        "得分：{all} 题答对 {right} 题"
    )];
    let others = [
        (score.skipped, "skipped", "题跳过"),
        (score.void, "did not count", "题不计分"),
        (score.left, "not asked", "题未作答"),
    ];
    parts.extend(
        others
            .iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, english, chinese)| {
                say!(language, "{count} {english}", "{count} {chinese}")
            }),
    );
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
    let text = say!(
        page.style.language,
        "The same questions again: {again}",
        "同样的题再来一遍：{again}"
    );
    page.wrapped(Ink::Plain, 0, 2, &text)
}
