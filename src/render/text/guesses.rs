//! Draws the framings under which a whole stream decodes, by rank.
//!
//! Promises: the same as [`super::draw`].

use std::io::{self, Write};

use crate::laboratory::guess::Guess;
use crate::render::number::{bytes, grouped};
use crate::render::{escape, words};

use super::line::{Ink, Line};
use super::{Page, Style};

const INDENT: usize = 2;
/// The column where the names begin.
const NAMES: usize = 8;

/// Draws the framings under which a whole stream decodes.
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
    let language = style.language;
    let size = bytes(stream.len() as u64);
    if guesses.is_empty() {
        let no = page.glyphs.no;
        let text = say!(
            page.style.language,
            "{no} {size}: no framing known here takes them whole",
            "{no} {size}：没有一种已知的成帧方式能把它完整解码"
        );
        page.wrapped(Ink::Bad, 0, 2, &text)?;
        return left_out(page);
    }
    let count = words::counted(
        language,
        guesses.len() as u64,
        "framing",
        "framings",
        "种成帧方式",
    );
    let text = say!(
        page.style.language,
        "{size}: decode whole under {count}",
        "{size}：在 {count}下可完整解码"
    );
    page.wrapped(Ink::Heading, 0, 2, &text)?;
    left_out(page)?;
    page.blank()?;
    let names: Vec<String> = guesses
        .iter()
        .map(|guess| guess.framing.to_string())
        .collect();
    let heads = page.pick(
        ["rank", "framing", "messages", "payloads"],
        ["名次", "成帧方式", "消息数", "负载"],
    );
    let [_, framing, messages, _] = heads;
    let wide = |head, cells: &mut dyn Iterator<Item = usize>| {
        cells.chain([escape::width(head)]).max().unwrap_or(0)
    };
    let widest = wide(framing, &mut names.iter().map(String::len));
    let counts = wide(
        messages,
        &mut guesses.iter().map(|guess| grouped(guess.messages).len()),
    );
    let behind_names = NAMES + widest + 2;
    let columns = [INDENT, NAMES, behind_names, behind_names + counts + 4];
    row(page, columns, heads, Ink::Plain)?;
    for (guess, name) in guesses.iter().zip(&names) {
        let what = match (guess.text, guess.empty) {
            (true, _) => page.pick("all text", "全是文本"),
            (false, empty) if empty == guess.messages => page.pick("all empty", "全是空的"),
            (false, _) => page.pick("not all text", "不全是文本"),
        };
        let ink = if guess.rank == 1 {
            Ink::Good
        } else {
            Ink::Plain
        };
        let cells = [
            &grouped(guess.rank as u64),
            name,
            &grouped(guess.messages),
            what,
        ];
        row(page, columns, cells, ink)?;
    }
    Ok(())
}

/// The framings that were not tried.
fn left_out(page: &mut Page<'_>) -> io::Result<()> {
    let text = page.pick(
        "not tried: raw and fixed-N (but for fixed-18), which would prove nothing",
        "未尝试：raw 和 fixed-N（fixed-18 除外），能解码也说明不了什么",
    );
    page.wrapped(Ink::Plain, 0, 2, text)
}

fn row(page: &mut Page<'_>, columns: [usize; 4], cells: [&str; 4], ink: Ink) -> io::Result<()> {
    let mut line = Line::default();
    for (column, cell) in columns.into_iter().zip(cells) {
        line.pad_to(column);
        line.push(ink, cell);
    }
    page.line(line)
}
