//! Draws a decoded stream: its frames in a list, its bytes with every part marked, and where and
//! why it stops decoding.
//!
//! Promises: the same as [`super::draw`]: no line is wider than the style says, and no byte of the
//! stream reaches the page unescaped.

use std::io::{self, Write};
use std::ops::Range;

use crate::analysis;
use crate::framing::FramePlace;
use crate::laboratory::dissect::Dissection;
use crate::laboratory::number::{self, Readings};
use crate::render::number::{bytes, grouped, signed};
use crate::render::{escape, words};

use super::hex;
use super::line::{Ink, Line};
use super::{Elision, Page, Style};
use crate::picture::bytes::{Bytes, Cut, CutKind};

const INDENT: usize = 2;
/// The number of messages shown before and after those left out.
const SHOWN: Elision = Elision {
    all: 24,
    front: 16,
    back: 6,
};
/// The most columns for the bytes of a header.
const HEADER: usize = 26;

/// The number of messages that a drawing needs at either end of a stream: all with [`Style::full`],
/// up to a million.
#[must_use]
pub fn kept(style: &Style) -> usize {
    if style.full { 1 << 20 } else { 512 }
}

/// Draws a decoded stream. `readings` holds other readings of the bytes at which it stops decoding.
///
/// # Errors
/// If `out` fails.
pub fn draw_decoded(
    stream: &[u8],
    dissection: &Dissection,
    readings: Option<&Readings>,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let page = &mut Page::new(style, out);
    title(page, stream, dissection)?;
    if dissection.frames > 0 {
        page.blank()?;
        list(page, stream, dissection)?;
    }
    if style.hex && !stream.is_empty() {
        page.blank()?;
        hex::draw(page, &dump(stream, dissection))?;
    }
    page.blank()?;
    verdict(page, dissection, readings)
}

/// Writes the message for an empty stream.
///
/// # Errors
/// If `out` fails.
pub fn draw_empty(style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut Page::new(style, out);
    let yes = page.glyphs.yes;
    let text = say!(
        page.style.language,
        "{yes} the stream is empty: every framing takes it whole, as 0 messages",
        "{yes} 流是空的：任何成帧方式都能完整解码，得到 0 条消息"
    );
    page.wrapped(Ink::Good, 0, 2, &text)
}

fn messages(page: &Page<'_>, count: u64) -> String {
    words::counted(page.style.language, count, "message", "messages", "条消息")
}

fn title(page: &mut Page<'_>, stream: &[u8], dissection: &Dissection) -> io::Result<()> {
    let mut line = Line::of(Ink::Heading, &dissection.framing.to_string());
    let size = bytes(stream.len() as u64);
    let messages = messages(page, dissection.frames);
    let separator = page.pick(", ", "，");
    line.push(Ink::Plain, &format!("  {size}{separator}{messages}"));
    page.line(line)
}

/// One line for each message: its offset, its header, its payload.
fn list(page: &mut Page<'_>, stream: &[u8], dissection: &Dissection) -> io::Result<()> {
    let kept = kept_places(dissection);
    let count = usize::try_from(dissection.frames).unwrap_or(usize::MAX);
    let mut hidden = SHOWN.hidden(count, page.style.full);
    if count > kept.len() && hidden.is_empty() {
        hidden = dissection.front.len()..count - dissection.back.len();
    }
    let shown: Vec<(usize, Ink, FramePlace)> = kept
        .iter()
        .enumerate()
        .map(|(index, &place)| (number_of(dissection, index), Ink::Message(index), place))
        .filter(|(number, ..)| !hidden.contains(number))
        .collect();
    let headers: Vec<String> = shown
        .iter()
        .map(|(_, _, place)| header(page, stream, *place))
        .collect();
    let widest =
        |texts: &mut dyn Iterator<Item = String>| texts.map(|text| escape::width(&text)).max();
    let numbers = widest(&mut shown.iter().map(|(number, ..)| label(*number))).unwrap_or(0);
    let offsets = widest(&mut shown.iter().map(|(.., place)| grouped(place.start as u64)));
    let sizes = widest(&mut shown.iter().map(|(.., place)| size(*place)));
    let header_columns = headers.iter().map(|header| escape::width(header)).max();
    let at = [
        INDENT + numbers + 2,
        offsets.unwrap_or(0).max(page.pick(6, 4)) + 2,
        header_columns.map_or(0, |columns| columns.max(6)) + 2,
        sizes.unwrap_or(0) + 2,
    ];
    let columns: Vec<usize> = at
        .iter()
        .scan(0, |sum, step| {
            *sum += step;
            Some(*sum)
        })
        .collect();
    let names = [
        page.pick("offset", "偏移"),
        page.pick("header", "头部"),
        page.pick("payload", "负载"),
    ];
    let mut heads = Line::default();
    for (name, &column) in names.into_iter().zip(&columns) {
        heads.pad_to(column);
        heads.push(Ink::Plain, name);
    }
    page.line(heads)?;
    for (index, ((number, ink, place), header)) in shown.iter().zip(headers).enumerate() {
        if *number == hidden.end && index > 0 && !hidden.is_empty() {
            left_out(page, hidden.len() as u64)?;
        }
        let mut line = Line::default();
        line.pad_to(INDENT);
        line.push(*ink, &label(*number));
        let cells = [
            (grouped(place.start as u64), Ink::Plain),
            (header, Ink::Plain),
            (size(*place), *ink),
        ];
        for ((cell, ink), &column) in cells.iter().zip(&columns) {
            line.pad_to(column);
            line.push(*ink, cell);
        }
        line.pad_to(columns[3]);
        let room = page.style.columns().saturating_sub(columns[3]);
        let marks = page.glyphs.cut_marks();
        let payload = escape::preview(stream, place.body(), room, marks);
        line.push(*ink, &payload);
        page.line(line)?;
    }
    Ok(())
}

/// The messages that were kept, in order.
fn kept_places(dissection: &Dissection) -> Vec<FramePlace> {
    dissection
        .front
        .iter()
        .chain(&dissection.back)
        .copied()
        .collect()
}

/// The number, from 0, of the kept message with this index.
fn number_of(dissection: &Dissection, index: usize) -> usize {
    let count = usize::try_from(dissection.frames).unwrap_or(usize::MAX);
    if index < dissection.front.len() {
        index
    } else {
        count - dissection.back.len() + index - dissection.front.len()
    }
}

fn label(number: usize) -> String {
    format!("#{}", grouped(number as u64 + 1))
}

fn size(place: FramePlace) -> String {
    bytes(place.parts.body as u64)
}

/// The bytes of a header, or a text if there is none.
fn header(page: &Page<'_>, stream: &[u8], place: FramePlace) -> String {
    if place.parts.header == 0 {
        return page.pick("none", "无").to_owned();
    }
    let marks = page.glyphs.cut_marks();
    escape::preview(stream, place.header(), HEADER, marks)
}

fn left_out(page: &mut Page<'_>, count: u64) -> io::Result<()> {
    let messages = messages(page, count);
    let more = page.glyphs.more;
    let text = say!(
        page.style.language,
        "{more} {messages} not shown; --full shows all",
        "{more} 略去 {messages}；--full 显示全部"
    );
    page.wrapped(Ink::Plain, INDENT, 2, &text)
}

/// The bytes, cut at the ends of headers, payloads and messages, and at the error.
fn dump<'a>(stream: &'a [u8], dissection: &Dissection) -> Bytes<'a> {
    let places = kept_places(dissection);
    let mut cuts: Vec<Cut> = Vec::new();
    for place in &places {
        if place.parts.header > 0 {
            cuts.push((place.body().start, CutKind::Header));
        }
        if place.parts.trailer > 0 {
            cuts.push((place.body().end, CutKind::Payload));
        }
        if place.end() < stream.len() {
            cuts.push((place.end(), CutKind::Boundary));
        }
    }
    let error = dissection.error.map(|error| error.offset);
    cuts.extend(error.and_then(|offset| Some((usize::try_from(offset).ok()?, CutKind::Error))));
    cuts.sort_unstable();
    cuts.dedup_by_key(|cut| cut.0);
    Bytes {
        stream,
        cuts,
        messages: places.iter().map(|place| range(place.range())).collect(),
        ink: Ink::Bad,
    }
}

fn range(range: Range<usize>) -> analysis::Range {
    analysis::Range {
        start: range.start as u64,
        end: range.end as u64,
    }
}

/// Whether everything decoded; if not, where and why it stopped, and the remedy.
fn verdict(
    page: &mut Page<'_>,
    dissection: &Dissection,
    readings: Option<&Readings>,
) -> io::Result<()> {
    let language = page.style.language;
    let Some(error) = &dissection.error else {
        let messages = messages(page, dissection.frames);
        let yes = page.glyphs.yes;
        let text = say!(
            page.style.language,
            "{yes} decodes whole: {messages}, nothing left over",
            "{yes} 完整解码：{messages}，没有剩余字节"
        );
        return page.wrapped(Ink::Good, INDENT, 2, &text);
    };
    let no = page.glyphs.no;
    let message = format!("{no} {}", error.message(language));
    page.wrapped(Ink::Bad, INDENT, 2, &message)?;
    let left = bytes(dissection.leftover.len() as u64);
    let from = grouped(dissection.leftover.start as u64);
    let text = say!(
        page.style.language,
        "left over: {left}, from offset {from} on",
        "剩余：{left}，从偏移 {from} 起"
    );
    page.wrapped(Ink::Plain, INDENT + 2, 2, &text)?;
    if let Some(readings) = readings {
        numbers(page, dissection, readings)?;
    }
    let remedy = error.remedy(language);
    let help = say!(page.style.language, "help: {remedy}", "修正：{remedy}");
    page.wrapped(Ink::Plain, INDENT + 2, 2, &help)
}

/// The values of some bytes as each number of their width, and as text.
fn numbers(page: &mut Page<'_>, dissection: &Dissection, readings: &Readings) -> io::Result<()> {
    let spelled: Vec<String> = readings
        .bytes
        .iter()
        .map(|&byte| escape::hex(byte).into_iter().collect())
        .collect();
    let (spelled, offset) = (spelled.join(" "), grouped(readings.offset as u64));
    let text = say!(
        page.style.language,
        "{spelled} at offset {offset} would be",
        "偏移 {offset} 处的 {spelled} 还可以读作"
    );
    page.wrapped(Ink::Plain, INDENT + 2, 2, &text)?;
    for (field, number) in &readings.numbers {
        let mut line = Line::default();
        line.pad_to(INDENT + 4);
        line.push(Ink::Plain, field.name());
        line.pad_to(INDENT + 12);
        let number = signed(*number);
        line.push(Ink::Plain, &format!("{number:>26}"));
        if readings.read_as == Some(*field) {
            let arrow = page.pick("as it was read", "所用的读法");
            line.push(Ink::Plain, &format!("  {arrow}"));
        }
        page.line(line)?;
    }
    let mut line = Line::default();
    line.pad_to(INDENT + 4);
    line.push(Ink::Plain, "ASCII");
    line.pad_to(INDENT + 12);
    let ascii = match &readings.text {
        Some(text) => format!("`{text}`"),
        None => page.pick("not text", "不是文本").to_owned(),
    };
    let room = " ".repeat(26_usize.saturating_sub(escape::width(&ascii)));
    line.push(Ink::Plain, &format!("{room}{ascii}"));
    page.line(line)?;
    for hint in hints(page, dissection, readings) {
        page.wrapped(Ink::Heading, INDENT + 2, 2, &hint)?;
    }
    Ok(())
}

/// What those values suggest.
fn hints(page: &Page<'_>, dissection: &Dissection, readings: &Readings) -> Vec<String> {
    let mut hints = Vec::new();
    let Some((field, number)) = readings.number() else {
        return hints;
    };
    if let Some(text) = &readings.text {
        let number = signed(number);
        let order = if number::is_big_endian(field) {
            page.pick("a big-endian length", "大端长度")
        } else {
            page.pick("a little-endian length", "小端长度")
        };
        hints.push(say!(
            page.style.language,
            "{number} is `{text}` read as {order}: text stands where a length should",
            "{number} 就是把 `{text}` 读作{order}：该是长度的地方是文本"
        ));
    }
    let left = dissection.leftover.len().min(dissection.cap);
    if let Some((other, length)) = readings.other_order(left) {
        let (name, length) = (other.name(), signed(length));
        hints.push(say!(page.style.language, "in the other byte order ({name}) it is {length}, which fits: does the sender write {name}?", "换一种字节序（{name}）读作 {length}，正合适：发送方写的是不是 {name}？"));
    }
    hints
}
