//! Draws the first delivery that broke a reader, as a byte map: the frames, the pieces that
//! arrived, what each recv returned, and what messages the reader made of that.
//!
//! Promises: the same as [`super::draw`].

use std::io::{self, Write};

use crate::analysis::Range;
use crate::laboratory::{Made, Reader, SentFrame, Shaken, Stream, Trouble, Watched, watch};
use crate::language::Language;
use crate::render::number::{bytes, grouped, signed};
use crate::render::{escape, words};

use super::line::{Ink, Line};
use super::map::{self, CHART};
use super::shake::reader;
use super::{Page, Style};
use crate::picture::lanes::{self, Kind, Lane, Span};

const INDENT: usize = 2;
/// The number of panels of a map, and of messages from a reader, that are shown.
const SHOWN: usize = 4;

/// Draws, for each reader that did not survive everything, the first delivery that broke it.
///
/// # Errors
/// If `out` fails.
pub fn draw_broken(shaken: &Shaken, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut Page::new(style, out);
    let mut cuts = Vec::new();
    for reader in Reader::ALL {
        let Some(tally) = shaken.tally(reader) else {
            continue;
        };
        if let Some(index) = tally.first_broken {
            shaken.plan.cuts(index, &mut cuts);
            page.blank()?;
            heading(page, shaken, reader, &cuts)?;
            let watched = watch(reader, &shaken.stream, &cuts);
            reading(page, &shaken.stream, &cuts, &watched)?;
        }
    }
    Ok(())
}

fn heading(page: &mut Page<'_>, shaken: &Shaken, which: Reader, cuts: &[usize]) -> io::Result<()> {
    let shown: Vec<String> = cuts.iter().take(8).map(|&at| grouped(at as u64)).collect();
    let mut list = shown.join(page.pick(", ", "、"));
    if cuts.len() > shown.len() {
        list = format!("{list}, {}", page.glyphs.more);
    }
    let cut = if cuts.is_empty() {
        page.pick("uncut", "不切").to_owned()
    } else {
        say!(page.style.language, "cut at {list}", "切在 {list}")
    };
    let name = reader(page.style.language, which);
    let framing = shaken.stream.framing;
    let text = say!(
        page.style.language,
        "{framing}, {name}: the first delivery that broke it ({cut})",
        "{framing}，{name}：最先难倒它的投递（{cut}）"
    );
    page.wrapped(Ink::Heading, 0, 2, &text)
}

/// Draws the frames of a stream, and the pieces in which it arrives.
pub(super) fn delivery(page: &mut Page<'_>, stream: &Stream, cuts: &[usize]) -> io::Result<()> {
    byte_map(page, stream, &arriving(page.style.language, stream, cuts))
}

/// Draws how a reader read a stream, and the messages it returned.
pub(super) fn reading(
    page: &mut Page<'_>,
    stream: &Stream,
    cuts: &[usize],
    watched: &Watched,
) -> io::Result<()> {
    let language = page.style.language;
    let [frames, pieces] = arriving(language, stream, cuts);
    let [recvs, made] = read(language, watched);
    byte_map(page, stream, &[frames, pieces, recvs, made])?;
    outcome(page, stream, watched)
}

fn range(range: &std::ops::Range<usize>) -> Range {
    Range {
        start: range.start as u64,
        end: range.end as u64,
    }
}

/// Draws the lanes of a stream, one above the other.
fn byte_map(page: &mut Page<'_>, stream: &Stream, lanes: &[Lane]) -> io::Result<()> {
    let panels = crate::render::layout::fitted(lanes, page.style.columns() - CHART - 1);
    let frames = &stream.frames;
    for (index, panel) in panels.iter().take(SHOWN).enumerate() {
        if index > 0 {
            page.blank()?;
        }
        let owners = map::owners(panel, frames, |frame: &SentFrame| {
            range(&frame.place.range())
        });
        map::scale(page, panel, |offset| {
            let ends = |frame: &SentFrame| frame.place.end() as u64;
            frames.binary_search_by_key(&offset, ends).is_ok()
        })?;
        for lane in lanes {
            map::draw_lane(page, panel, lane, &owners)?;
        }
    }
    if panels.len() > SHOWN {
        let left = stream.bytes.len() as u64 - panels[SHOWN - 1].end();
        let (more, left) = (page.glyphs.more, bytes(left));
        let text = say!(
            page.style.language,
            "{more} {left} not shown",
            "{more} 略去 {left}"
        );
        page.wrapped(Ink::Plain, INDENT, 2, &text)?;
    }
    Ok(())
}

fn numbered(word: &str, index: usize, size: usize) -> [String; 3] {
    let number = grouped(index as u64 + 1);
    let full = format!("{word}{number}");
    [format!("{full}  {}", bytes(size as u64)), full, number]
}

/// A lane of the runs that are not empty.
fn lane(kind: Kind, name: &'static str, runs: impl Iterator<Item = Span>) -> Lane {
    Lane::of(
        kind,
        name,
        runs.filter(|run| !run.range.is_empty()).collect(),
    )
}

/// The frames, and the pieces that arrive.
fn arriving(language: Language, stream: &Stream, cuts: &[usize]) -> [Lane; 2] {
    let frames = stream.frames.iter().enumerate().map(|(index, frame)| Span {
        header: frame.place.parts.header as u64,
        ..Span::new(
            range(&frame.place.range()),
            numbered("#", index, frame.place.parts.total()),
        )
    });
    let ends = cuts.iter().copied().chain([stream.bytes.len()]);
    let starts = [0].into_iter().chain(cuts.iter().copied());
    let pieces = starts.zip(ends).map(|(start, end)| {
        let size = (end - start) as u64;
        let labels = [bytes(size), bytes(size), grouped(size)];
        Span::new(range(&(start..end)), labels)
    });
    [
        lane(Kind::Sent, language.pick("frames", "帧"), frames),
        lane(Kind::Wire, language.pick("pieces", "到达"), pieces),
    ]
}

/// What each recv returned, and the messages made from it.
fn read(language: Language, watched: &Watched) -> [Lane; 2] {
    let recvs = watched
        .recvs
        .iter()
        .enumerate()
        .filter(|(_, recv)| !recv.range.is_empty())
        .map(|(index, recv)| {
            let labels = lanes::recv_labels(index, recv.range.len() as u64);
            Span::new(range(&recv.range), labels)
        });
    let word = language.pick("message ", "消息 ");
    let made = watched.made.iter().enumerate().map(|(index, made)| {
        Span::new(
            range(&made.range),
            numbered(word, index, made.payload.len()),
        )
    });
    [
        lane(Kind::Recv, lanes::recv_name(language), recvs),
        lane(Kind::Decoded, language.pick("made", "读成"), made),
    ]
}

/// The messages that the reader returned, up to the first wrong one, and why it could not go on.
fn outcome(page: &mut Page<'_>, stream: &Stream, watched: &Watched) -> io::Result<()> {
    let frames = &stream.frames;
    let right = |(index, made): &(usize, &Made)| {
        frames
            .get(*index)
            .is_some_and(|frame| frame.place.range() == made.range && frame.payload == made.payload)
    };
    let first_wrong = watched
        .made
        .iter()
        .enumerate()
        .position(|made| !right(&made));
    let from = first_wrong.unwrap_or(watched.made.len()).saturating_sub(1);
    for (index, made) in watched.made.iter().enumerate().skip(from).take(SHOWN) {
        let is_right = right(&(index, made));
        let (ink, mark) = if is_right {
            (Ink::Plain, page.glyphs.yes)
        } else {
            (Ink::Bad, page.glyphs.no)
        };
        let mut line = Line::default();
        line.pad_to(CHART);
        let number = grouped(index as u64 + 1);
        let word = page.pick("message", "消息");
        let size = bytes(made.payload.len() as u64);
        line.push(ink, &format!("{mark} {word} {number}  {size}  "));
        let room = page.style.columns().saturating_sub(line.columns());
        let marks = page.glyphs.cut_marks();
        let all = 0..made.payload.len();
        line.push(ink, &escape::preview(&made.payload, all, room, marks));
        page.line(line)?;
    }
    let more = watched.made.len().saturating_sub(from + SHOWN) as u64;
    if more > 0 {
        let language = page.style.language;
        let count = words::counted(language, more, "message", "messages", "条消息");
        let text = say!(
            page.style.language,
            ("{} and {count} more", page.glyphs.more),
            ("{} 另有 {count}", page.glyphs.more)
        );
        page.wrapped(Ink::Plain, CHART, 2, &text)?;
    }
    let last = watched
        .recvs
        .iter()
        .rev()
        .find(|recv| !recv.range.is_empty());
    let mut why = watched.trouble.map(|why| trouble(page.style.language, why));
    if why.is_none() && watched.made.len() < frames.len() && first_wrong.is_none() {
        why = Some(
            page.pick(
                "the stream ended before the last message",
                "最后一条消息之前流就结束了",
            )
            .to_owned(),
        );
    }
    if let Some(mut why) = why {
        if let (Some(Trouble::NoLength { .. }), Some(recv)) = (watched.trouble, last) {
            let (asked, got) = (grouped(recv.asked as u64), grouped(recv.range.len() as u64));
            why = say!(
                page.style.language,
                "recv({asked}) returned {got}: {why}",
                "recv({asked}) 返回 {got}：{why}"
            );
        }
        let no = page.glyphs.no;
        page.wrapped(Ink::Bad, CHART, 2, &format!("{no} {why}"))?;
    }
    Ok(())
}

/// Why a reader could not go on.
fn trouble(language: Language, trouble: Trouble) -> String {
    match trouble {
        Trouble::NoLength { wanted, got } if got < wanted => say!(
            language,
            "{got} of the {wanted} bytes of a header are not a length, so the reader gives up",
            "头部有 {wanted} 字节，只来了 {got} 字节，读不出长度，读取方放弃"
        ),
        Trouble::NoLength { .. } => language
            .pick(
                "there is no length where a header should be, so the reader gives up",
                "头部的位置上不是长度，读取方放弃",
            )
            .to_owned(),
        Trouble::ImpossibleLength(length) => {
            let length = signed(length);
            say!(
                language,
                "the header says {length}, and no recv can ask for that",
                "头部的长度是 {length}，没有 recv 能接收这么多"
            )
        }
        Trouble::Refused(error) => error.message(language),
    }
}
