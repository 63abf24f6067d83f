//! Draws the framings under which a stream decodes, by rank, with the evidence for each.
//!
//! Promises: the same as [`super::draw`].

use std::io::{self, Write};

use crate::laboratory::guess::{Guess, LEAST};
use crate::language::Language;
use crate::render::escape;
use crate::render::number::{bytes, grouped};

use super::line::{Ink, Line};
use super::{Page, Style};

const INDENT: usize = 2;
/// The column where the names begin.
const NAMES: usize = 8;

/// Draws the framings under which a stream decodes.
///
/// # Errors
/// If `out` fails.
pub fn draw_guesses(
    stream: &[u8],
    guesses: &[Guess],
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let page = &mut Page::new(style, out);
    let size = bytes(stream.len() as u64);
    let Some(first) = guesses.first() else {
        let no = page.glyphs.no;
        let text = say!(
            page.style.language,
            "{no} {size}: not known; none of the framings tried takes them",
            "{no} {size}：认不出来；试过的成帧方式都解不开"
        );
        page.wrapped(Ink::Bad, 0, 2, &text)?;
        return left_out(page);
    };
    let (framing, bits) = (first.framing, first.evidence);
    let text = if first.certain {
        say!(
            page.style.language,
            "{size}: {framing}; a fit as good comes by chance once in 2^{bits}",
            "{size}：{framing}；碰巧吻合到这种程度，2^{bits} 次里才有一次"
        )
    } else if bits >= LEAST {
        say!(
            page.style.language,
            "{size}: perhaps {framing}; the evidence is not enough to be certain",
            "{size}：可能是 {framing}；证据还不足以确定"
        )
    } else {
        say!(
            page.style.language,
            "{size}: not known; what is listed may fit by chance",
            "{size}：认不出来；下面列出的可能只是碰巧吻合"
        )
    };
    page.wrapped(Ink::Heading, 0, 2, &text)?;
    left_out(page)?;
    page.blank()?;
    let names: Vec<String> = guesses
        .iter()
        .map(|guess| guess.framing.to_string())
        .collect();
    let heads = page.pick(
        ["rank", "framing", "messages", "bits", "payloads"],
        ["名次", "成帧方式", "消息数", "比特", "负载"],
    );
    let wide = |column: usize, cells: &mut dyn Iterator<Item = usize>| {
        cells
            .chain([escape::width(heads[column])])
            .max()
            .unwrap_or(0)
    };
    let widest = wide(1, &mut names.iter().map(String::len));
    let counts = wide(
        2,
        &mut guesses.iter().map(|guess| grouped(guess.messages).len()),
    );
    let evidence = wide(
        3,
        &mut guesses.iter().map(|guess| guess.evidence.to_string().len()),
    );
    let counted = NAMES + widest + 2;
    let judged = counted + counts + 2;
    let columns = [INDENT, NAMES, counted, judged, judged + evidence + 2];
    row(page, columns, heads, Ink::Plain)?;
    for (guess, name) in guesses.iter().zip(&names) {
        let ink = if guess.rank == 1 {
            Ink::Good
        } else {
            Ink::Plain
        };
        let cells = [
            &grouped(guess.rank as u64),
            name,
            &grouped(guess.messages),
            &guess.evidence.to_string(),
            &payloads(page.style.language, guess)[..],
        ];
        row(page, columns, cells, ink)?;
    }
    page.blank()?;
    let text = page.pick(
        "bits: how much the places of the frames differ from other places; N bits come by chance once in 2^N",
        "比特：各帧所在位置与其他位置的差别有多大；N 比特即碰巧的可能为 2^N 分之一",
    );
    page.wrapped(Ink::Plain, 0, 2, text)
}

/// What the payloads are like, and what belongs to none.
fn payloads(language: Language, guess: &Guess) -> String {
    let what = match (guess.text, guess.empty) {
        (true, _) => language.pick("all text", "全是文本"),
        (false, empty) if empty == guess.messages => language.pick("all empty", "全是空的"),
        (false, _) => language.pick("not all text", "不全是文本"),
    };
    let mut said = what.to_owned();
    if let Some(protocol) = guess.protocol {
        said += &say!(
            language,
            "; begins as {protocol} does",
            "；开头与 {protocol} 相同"
        );
    }
    if guess.start > 0 {
        let start = grouped(guess.start as u64);
        said += &say!(language, "; from byte {start}", "；从第 {start} 字节起");
    }
    if guess.left > 0 {
        let left = bytes(guess.left as u64);
        said += &say!(
            language,
            "; {left} of one not whole",
            "；末尾 {left} 不完整"
        );
    }
    said
}

/// The framings that were not tried.
fn left_out(page: &mut Page<'_>) -> io::Result<()> {
    let text = page.pick(
        "not tried: raw and fixed-N (but for fixed-18), which would prove nothing",
        "未尝试：raw 和 fixed-N（fixed-18 除外），能解码也说明不了什么",
    );
    page.wrapped(Ink::Plain, 0, 2, text)
}

fn row(page: &mut Page<'_>, columns: [usize; 5], cells: [&str; 5], ink: Ink) -> io::Result<()> {
    let mut line = Line::default();
    for (column, cell) in columns.into_iter().zip(cells) {
        line.pad_to(column);
        line.push(ink, cell);
    }
    page.line(line)
}
