//! Draws the bytes that a number may have been before it was read as a length, and what most likely
//! happened.
//!
//! Promises: the same as [`super::draw`].

use std::io::{self, Write};

use crate::laboratory::number::Origin;
use crate::render::escape;
use crate::render::number::signed;

use super::line::{Ink, Line};
use super::{Page, Style};

const INDENT: usize = 2;
/// The columns where the bytes, the text and what was added begin.
const COLUMNS: [usize; 3] = [11, 37, 50];
/// A length of at most this many bytes is usual.
const USUAL: i128 = 1 << 20;

/// Draws the bytes that a number may have been.
///
/// # Errors
/// If `out` fails.
pub fn draw_number(
    number: i128,
    origins: &[Origin],
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let page = &mut Page::new(style, out);
    let shown = signed(number);
    let heading = say!(
        style.language,
        "{shown}, if it was read as a length, was",
        "{shown} 若是当作长度读出来的，原来的字节是"
    );
    page.wrapped(Ink::Heading, 0, 2, &heading)?;
    for origin in origins {
        let mut line = Line::default();
        line.pad_to(INDENT);
        line.push(Ink::Plain, origin.field.name());
        line.pad_to(COLUMNS[0]);
        line.push(Ink::Plain, &hex(origin));
        if let Some(text) = &origin.text {
            line.pad_to(COLUMNS[1]);
            line.push(Ink::Plain, &format!("`{text}`"));
        }
        if origin.added > 0 {
            line.pad_to(COLUMNS[2]);
            let added = origin.added;
            let says = say!(style.language, "and {added} added", "又加了 {added}");
            line.push(Ink::Plain, &says);
        }
        page.line(line)?;
    }
    page.blank()?;
    for sentence in sentences(page, number, origins) {
        page.wrapped(Ink::Heading, 0, 2, &sentence)?;
    }
    Ok(())
}

/// The bytes in hex.
fn hex(origin: &Origin) -> String {
    let bytes = origin.bytes.iter();
    let pairs: Vec<String> = bytes
        .map(|&it| escape::hex(it).into_iter().collect())
        .collect();
    pairs.join(" ")
}

/// The bytes as a person reads them.
fn quoted(origin: &Origin) -> String {
    match &origin.text {
        Some(text) => format!("`{text}`"),
        None => hex(origin),
    }
}

/// What most likely happened.
fn sentences(page: &Page<'_>, number: i128, origins: &[Origin]) -> Vec<String> {
    let language = page.style.language;
    let order = |origin: &Origin| {
        if origin.is_big_endian() {
            page.pick("big-endian", "大端")
        } else {
            page.pick("little-endian", "小端")
        }
    };
    if let Some((origin, begins)) =
        (origins.iter()).find_map(|origin| Some((origin, origin.begins?)))
    {
        let (bytes, order, what) = (quoted(origin), order(origin), begins.name(language));
        let mut all = vec![say!(
            language,
            "{bytes}, read {order}, is the beginning of {what}: the peer speaks that, or sends it without the length that is expected here.",
            "{bytes}（按{order}读出）是 {what}的开头：对方说的是这种协议，或者直接发了它而没有加上这里期望的长度。"
        )];
        all.extend((origin.added > 0).then(|| header_added(page, origin)));
        return all;
    }
    let mut texts = origins.iter().filter(|origin| origin.text.is_some());
    if let Some(origin) = texts.next() {
        let (bytes, order) = (quoted(origin), order(origin));
        let mut all = vec![say!(
            language,
            "{bytes}, read {order}, is text, and stands where a length should: the peer sends no length, or the reader is out of step.",
            "{bytes}（按{order}读出）是文本，却站在该是长度的地方：对方没有发长度，或者读取方已经失步。"
        )];
        let netty = texts.find(|origin| origin.added == 4 && origin.is_big_endian());
        all.extend(netty.map(|origin| header_added(page, origin)));
        return all;
    }
    // Two bytes are a usual length in either order, so they suggest nothing.
    let wide = origins.iter().filter(|origin| origin.bytes.len() > 2);
    let mut swapped = wide.filter_map(Origin::in_other_order);
    let usual = |number: i128| (1..=USUAL).contains(&number);
    vec![match swapped.find(|&(_, other)| usual(other) && !usual(number)) {
        Some((field, other)) => {
            let (name, other) = (field.name(), signed(other));
            say!(
                language,
                "In the other byte order ({name}) it is {other}: does the sender write {name}?",
                "换一种字节序（{name}）读作 {other}：发送方写的是不是 {name}？"
            )
        }
        None if usual(number) => language
            .pick(
                "That is a usual length. If a program refuses it, look at the limit of the program.",
                "这是一个普通的长度。如果程序拒收，就看看程序自己的上限。",
            )
            .to_owned(),
        None => language
            .pick(
                "None of these is text or a known beginning: the reader is probably out of step, in the middle of a message.",
                "这些字节不是文本，也不是已知的开头：读取方多半已经失步，停在某条消息的中间。",
            )
            .to_owned(),
    }]
}

/// That a program adds its header to the length.
fn header_added(page: &Page<'_>, origin: &Origin) -> String {
    let (bytes, added) = (quoted(origin), origin.added);
    say!(
        page.style.language,
        "If the program adds the {added} bytes of its header before it prints the length, as netty does, it read {bytes}.",
        "如果程序先加上头部的 {added} 字节再打印长度（netty 就这样），读到的就是 {bytes}。"
    )
}
