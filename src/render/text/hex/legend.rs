//! The meaning of the marks in a dump, and the characters that were cut.

use std::io;

use crate::render::escape;
use crate::render::number::grouped;

use super::super::Page;
use super::super::line::Ink;
use super::{Bytes, INDENT, Notes};

/// Draws the meaning of the marks, and the characters that were cut.
pub(super) fn draw(page: &mut Page<'_>, dump: &Bytes<'_>, notes: &Notes) -> io::Result<()> {
    let glyphs = page.glyphs;
    let meanings = [
        (glyphs.error, page.pick("decoding stops", "解码到此为止")),
        (glyphs.boundary, page.pick("message boundary", "消息边界")),
        (glyphs.header, page.pick("end of a header", "头部的末尾")),
        (glyphs.header, page.pick("end of a payload", "负载的末尾")),
        (glyphs.recv, page.pick("end of a recv", "一次 recv 的末尾")),
        (glyphs.recv, page.pick("the rest was cut off", "其后被截去")),
    ];
    let used: Vec<String> = meanings
        .into_iter()
        .zip(notes.kinds)
        .filter(|(_, used)| *used)
        .map(|((mark, meaning), _)| format!("{mark} {meaning}"))
        .collect();
    if !used.is_empty() {
        page.wrapped(Ink::Plain, INDENT, 2, &used.join("   "))?;
    }
    if notes.cut.is_empty() {
        return Ok(());
    }
    let named: Vec<String> = notes
        .cut
        .iter()
        .map(|&(first, c)| cut_character(page, dump, first, c))
        .collect();
    let (begins, ends) = (glyphs.begins, glyphs.ends);
    let mut text = say!(
        page.style.language,
        ("{begins}{ends} a character cut: {}", named.join("; ")),
        ("{begins}{ends} 被切断的字符：{}", named.join("；"))
    );
    let others = notes.cut_count - notes.cut.len() as u64;
    if others > 0 {
        let others = grouped(others);
        text += &say!(page.style.language, "; {others} more", "；另有 {others} 个");
    }
    page.wrapped(Ink::Bad, INDENT, 3, &text)
}

/// One cut character: which it is, its offset, and where it is cut.
fn cut_character(page: &Page<'_>, dump: &Bytes<'_>, first: usize, c: char) -> String {
    let last = first + c.len_utf8() - 1;
    let from = dump.cuts.partition_point(|&(at, _)| at <= first);
    let cuts: Vec<String> = dump.cuts[from..]
        .iter()
        .take_while(|(at, _)| *at <= last)
        .map(|(at, _)| grouped(*at as u64))
        .collect();
    let c = escape::text(c.encode_utf8(&mut [0; 4]));
    let (first, last) = (grouped(first as u64), grouped(last as u64));
    say!(
        page.style.language,
        ("{c}, bytes {first} to {last}, at {}", cuts.join(" and ")),
        ("{c}（字节 {first} 至 {last}），切在 {}", cuts.join("、"))
    )
}
