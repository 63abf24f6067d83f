//! Datagrams, each drawn by itself: what was sent, what was received of it, its bytes.
//!
//! Promises: bars are of one scale, the largest datagram is as wide as the
//! drawing; a datagram that was cut or lost says so in words.

use std::io;

use crate::analysis::{Datagram, FlowAnalysis, Message, MessageFate, Range, RecvSpan};
use crate::render::number::{bytes, grouped, rounded};
use crate::render::words;
use crate::trace::Flow;

use super::hex::{self, CutKind, Dump};
use super::lanes::{self, Lane, Run};
use super::layout::{self, Need};
use super::line::{Ink, Line};
use super::map::{self, CHART};
use super::{Elision, Page};

const INDENT: usize = 2;
/// How many datagrams stand before and behind those left out.
const SHOWN: Elision = Elision {
    all: 6,
    front: 4,
    back: 1,
};
/// The least columns of a bar, so that its labels fit.
const NARROWEST: usize = 30;

/// Draws every datagram of a flow.
pub(super) fn draw(page: &mut Page<'_>, flow: &Flow, seen: &FlowAnalysis) -> io::Result<()> {
    let largest = largest(seen);
    let hidden = SHOWN.hidden(seen.datagrams.len(), page.style.full);
    for index in 0..seen.datagrams.len() {
        if index == hidden.start && !hidden.is_empty() {
            left_out(page, &seen.datagrams[hidden.clone()])?;
        }
        if !hidden.contains(&index) {
            if index > 0 {
                page.blank()?;
            }
            one(page, flow, &Shown::of(seen, index, false), largest)?;
        }
    }
    if let Some(dropped) = flow.dropped.filter(|&dropped| dropped > 0) {
        let count = u64::from(dropped);
        let language = page.style.language;
        let datagrams = words::counted(language, count, "datagram", "datagrams", "个数据报");
        let text = page.pick(
            format!("the receiver's kernel dropped {datagrams}"),
            format!("接收方内核丢弃了 {datagrams}"),
        );
        page.wrapped(Ink::Bad, INDENT, 2, &text)?;
    }
    Ok(())
}

/// Draws one datagram of a flow as far as it has come, of which `whole` tells the scale;
/// only where all `is_over` one that was not received is lost.
pub(super) fn draw_moment(
    page: &mut Page<'_>,
    flow: &Flow,
    (seen, whole): (&FlowAnalysis, &FlowAnalysis),
    index: usize,
    is_over: bool,
) -> io::Result<()> {
    if index >= seen.datagrams.len() {
        return Ok(());
    }
    one(
        page,
        flow,
        &Shown::of(seen, index, !is_over),
        largest(whole),
    )
}

/// How many bytes the largest datagram has.
fn largest(seen: &FlowAnalysis) -> u64 {
    let lengths = seen.datagrams.iter().map(|datagram| datagram.range.len());
    lengths.max().unwrap_or(1)
}

/// A datagram to draw.
struct Shown<'a> {
    datagram: &'a Datagram,
    message: &'a Message,
    /// Which recv returned it, if one did.
    recv: Option<(usize, &'a RecvSpan)>,
    /// Which of how many datagrams of its message it is, from 1.
    which: (usize, usize),
    /// Whether it may still be received.
    may_come: bool,
}

impl<'a> Shown<'a> {
    /// The datagram with this index; if it was not received, whether it may still be.
    fn of(seen: &'a FlowAnalysis, index: usize, may_come: bool) -> Self {
        let datagram = &seen.datagrams[index];
        let of_message = seen.datagrams_of(datagram.message);
        let recv = datagram.recv.map(|recv| (recv, &seen.recvs[recv]));
        Self {
            datagram,
            message: &seen.messages[datagram.message],
            recv,
            which: (index - of_message.start + 1, of_message.len()),
            may_come: may_come && recv.is_none(),
        }
    }

    fn fate(&self) -> MessageFate {
        match self.recv {
            Some((_, recv)) if recv.cut > 0 => MessageFate::Truncated(recv.range.len()),
            Some(_) => MessageFate::Whole,
            None => MessageFate::Lost(0),
        }
    }
}

/// What it is, and what became of it.
fn heading(page: &Page<'_>, shown: &Shown<'_>) -> Line {
    let language = page.style.language;
    let ink = Ink::Message(shown.datagram.message);
    let mut line = Line::default();
    line.pad_to(INDENT);
    let number = grouped(shown.datagram.message as u64 + 1);
    let mut name = format!("#{number}");
    if let (which, of @ 2..) = shown.which {
        let (which, of) = (grouped(which as u64), grouped(of as u64));
        name += &language.pick(
            format!(", datagram {which} of {of}"),
            format!("，第 {which}/{of} 个数据报"),
        );
    }
    let size = bytes(shown.datagram.range.len());
    line.push(ink, &format!("{name}  {size}"));
    line.push(Ink::Plain, "  ");
    if shown.may_come {
        line.push(Ink::Plain, page.pick("not received yet", "还没有收到"));
    } else if !shown.datagram.certain {
        let text = words::alike(language);
        line.push(Ink::Bad, text);
    } else {
        let fate = shown.fate();
        let fate_ink = match fate {
            MessageFate::Truncated(_) | MessageFate::Lost(_) => Ink::Bad,
            MessageFate::Whole
            | MessageFate::WholeByParts(_)
            | MessageFate::Coalesced
            | MessageFate::InPieces(_) => Ink::Plain,
        };
        line.push(fate_ink, &words::datagram_fate(language, fate));
    }
    line
}

/// One datagram.
fn one(page: &mut Page<'_>, flow: &Flow, shown: &Shown<'_>, largest: u64) -> io::Result<()> {
    let length = shown.datagram.range.len();
    let ink = Ink::Message(shown.datagram.message);
    let mut line = heading(page, shown);
    if length == 0 {
        if let Some((number, _)) = shown.recv {
            let number = grouped(number as u64 + 1);
            line.push(Ink::Plain, &format!(" {} recv {number}", page.glyphs.arrow));
        }
        return page.line(&line);
    }
    page.line(&line)?;

    let got = shown
        .recv
        .filter(|_| shown.datagram.certain)
        .map_or(0, |(_, recv)| recv.range.len().min(length));
    let room = page.style.columns() - CHART - 1;
    let width = scaled(length, largest, room).max(NARROWEST);
    let needs = [(0, got), (got, length)].map(|(start, end)| Need {
        start,
        end,
        columns: 9,
    });
    let owners = vec![ink; room];
    for panel in layout::panels(&needs, width) {
        map::draw_lane(page, &panel, &sent_lane(page, length), &owners)?;
        map::draw_lane(page, &panel, &recv_lane(page, shown, got), &owners)?;
    }
    if page.style.hex {
        dump(page, flow, shown, got)?;
    }
    Ok(())
}

fn sent_lane(page: &Page<'_>, length: u64) -> Lane {
    let size = bytes(length);
    Lane {
        name: page.pick("sent", "发送"),
        runs: vec![run(0, length, false, [size.clone(), size.clone(), size])],
        says: None,
    }
}

fn recv_lane(page: &Page<'_>, shown: &Shown<'_>, got: u64) -> Lane {
    let name = page.pick("recv", "接收");
    let length = shown.datagram.range.len();
    if shown.may_come {
        return Lane::of(name, Vec::new());
    }
    if !shown.datagram.certain {
        return Lane {
            name,
            runs: Vec::new(),
            says: Some(page.pick(
                "this one, or one like it",
                "收到的是它，或是和它相同的另一个",
            )),
        };
    }
    let Some((index, _)) = shown.recv else {
        return Lane {
            name,
            runs: Vec::new(),
            says: Some(page.pick("never received", "没有收到")),
        };
    };
    let mut runs = vec![run(0, got, false, lanes::recv_labels(index, got))];
    if got < length {
        let cut = bytes(length - got);
        let long = page.pick(format!("{cut} cut off"), format!("截去 {cut}"));
        runs.push(run(got, length, true, [long, cut.clone(), cut]));
    }
    runs.retain(|run| !run.range.is_empty());
    Lane {
        name,
        runs,
        says: None,
    }
}

fn run(start: u64, end: u64, dashed: bool, labels: [String; 3]) -> Run {
    Run {
        range: Range { start, end },
        header: 0,
        dashed,
        labels,
    }
}

fn scaled(length: u64, largest: u64, room: usize) -> usize {
    let exact = u128::from(length) * room as u128 / u128::from(largest.max(1));
    usize::try_from(exact).unwrap_or(room).min(room)
}

/// The bytes of one datagram, offsets counted from its own beginning.
fn dump(page: &mut Page<'_>, flow: &Flow, shown: &Shown<'_>, got: u64) -> io::Result<()> {
    let offset = |at: u64| {
        usize::try_from(at)
            .unwrap_or(usize::MAX)
            .min(flow.sent.len())
    };
    let Range { start, end } = shown.datagram.range;
    let stream = &flow.sent[offset(start)..offset(end)];
    let mut cuts = Vec::new();
    if shown.message.header > 0 && shown.message.range.start == start {
        cuts.push((offset(shown.message.header), CutKind::Header));
    }
    if got > 0 && got < end - start {
        cuts.push((offset(got), CutKind::Truncated));
    }
    cuts.sort_unstable();
    cuts.dedup_by_key(|cut| cut.0);
    let dump = Dump {
        stream,
        cuts,
        messages: Vec::new(),
        ink: Ink::Message(shown.datagram.message),
    };
    hex::draw(page, &dump)
}

fn left_out(page: &mut Page<'_>, datagrams: &[Datagram]) -> io::Result<()> {
    let language = page.style.language;
    let count = words::counted(
        language,
        datagrams.len() as u64,
        "datagram",
        "datagrams",
        "个数据报",
    );
    let size = rounded(datagrams.iter().map(|datagram| datagram.range.len()).sum());
    let more = page.glyphs.more;
    let text = page.pick(
        format!("{more} {count}, {size}, not shown; --full shows all"),
        format!("{more} 略去 {count}，{size}；--full 显示全部"),
    );
    page.blank()?;
    page.wrapped(Ink::Plain, INDENT, 2, &text)
}
