//! What the marks and the words of a drawing mean, for `--legend` and the player's help.

use std::io::{self, Write};

use super::line::{Ink, Line};
use super::{Page, Style};

/// The column of the meanings.
const MEANING: usize = 16;

/// The marks of a drawing, each with its meaning.
pub(super) fn marks(page: &Page<'_>) -> [(String, &'static str); 4] {
    let glyphs = page.glyphs;
    let run = |fill: char| fill.to_string().repeat(2);
    [
        (
            run(glyphs.fill),
            page.pick("bytes; colours tell messages apart", "字节，颜色区分消息"),
        ),
        (run(glyphs.thin), page.pick("a header", "头部")),
        (
            run(glyphs.dash),
            page.pick(
                "not left yet, not received, or not known",
                "还没有发出、没有收到或未知",
            ),
        ),
        (
            glyphs.up.to_string(),
            page.pick("a message boundary was lost here", "消息边界在此丢失"),
        ),
    ]
}

/// The words of a drawing, each with its meaning: two steps of the programs, then the lanes.
pub(super) fn terms(page: &Page<'_>) -> [(&'static str, &'static str); 7] {
    [
        (
            page.pick("wait", "等待"),
            page.pick(
                "goes on once this is so, and never sleeps",
                "满足这个条件才继续，从不靠 sleep",
            ),
        ),
        (
            page.pick("reach", "同步点"),
            page.pick(
                "a point that the other program may wait for",
                "可供另一个程序等待的位置",
            ),
        ),
        (
            page.pick("sent", "发送"),
            page.pick("the bytes of each message", "每条消息的字节"),
        ),
        (
            page.pick("wire", "线上"),
            page.pick(
                "the segments, as the sender's kernel counts them",
                "报文段，由发送方内核计数",
            ),
        ),
        (
            page.pick("queue", "队列"),
            page.pick(
                "what waited in the receive queue at each recv",
                "每次 recv 时接收队列里的字节",
            ),
        ),
        (
            page.pick("recv", "接收"),
            page.pick("what each recv returned", "每次 recv 返回的字节"),
        ),
        (
            page.pick("decoded", "解码"),
            page.pick("the messages that the framing gave", "按成帧方式解出的消息"),
        ),
    ]
}

/// Explains the marks and the words of a drawing.
///
/// # Errors
/// If `out` fails.
pub fn draw_legend(style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut Page::new(style, out);
    let heading = page.pick("How to read it", "怎样看图");
    page.line(Line::of(Ink::Heading, heading))?;
    for (mark, meaning) in marks(page) {
        row(page, &mark, MEANING, meaning)?;
    }
    for (term, meaning) in terms(page) {
        row(page, term, MEANING, meaning)?;
    }
    Ok(())
}

/// What is explained, and its meaning from this column on.
pub(super) fn row(page: &mut Page<'_>, what: &str, from: usize, meaning: &str) -> io::Result<()> {
    let mut line = Line::of(Ink::Plain, "  ");
    line.push(Ink::Heading, what);
    line.pad_to(from);
    line.push(Ink::Plain, meaning);
    page.line(line)
}
