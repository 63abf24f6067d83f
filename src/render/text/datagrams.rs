//! Datagrams, each drawn by itself: what was sent, what was received of it, its bytes.
//!
//! Promises: bars are of one scale, the largest datagram is as wide as the
//! drawing; a datagram that was cut or lost says so in words.

use std::io;

use crate::analysis::{FlowAnalysis, Message, MessageFate, Range, RecvSpan};
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
    let recvs = matched(seen);
    let largest = seen
        .messages
        .iter()
        .map(|message| message.range.len())
        .max();
    let hidden = SHOWN.hidden(seen.messages.len(), page.style.full);
    for (index, message) in seen.messages.iter().enumerate() {
        if index == hidden.start && !hidden.is_empty() {
            left_out(page, &seen.messages[hidden.clone()])?;
        }
        if !hidden.contains(&index) {
            if index > 0 {
                page.blank()?;
            }
            let recv = recvs[index].map(|recv| (recv, &seen.recvs[recv]));
            let message = Shown {
                index,
                message,
                recv,
                may_come: false,
            };
            one(page, flow, &message, largest.unwrap_or(1))?;
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
    let Some(message) = seen.messages.get(index) else {
        return Ok(());
    };
    let lengths = whole.messages.iter().map(|message| message.range.len());
    let recv = matched(seen)[index].map(|recv| (recv, &seen.recvs[recv]));
    let message = Shown {
        index,
        message,
        recv,
        may_come: !is_over && recv.is_none(),
    };
    one(page, flow, &message, lengths.max().unwrap_or(1))
}

/// A datagram to draw.
struct Shown<'a> {
    index: usize,
    message: &'a Message,
    /// Which recv returned it, if one did.
    recv: Option<(usize, &'a RecvSpan)>,
    /// Whether it may still be received.
    may_come: bool,
}

/// For each message the index of the recv that returned it.
pub(in crate::render) fn matched(seen: &FlowAnalysis) -> Vec<Option<usize>> {
    let mut matched = vec![None; seen.messages.len()];
    for (index, recv) in seen.recvs.iter().enumerate() {
        let start = recv.range.start;
        let from = seen
            .messages
            .partition_point(|message| message.range.start < start);
        let to = seen
            .messages
            .partition_point(|message| message.range.start <= start);
        let mut candidates = (from..to).filter(|&at| matched[at].is_none());
        let size = recv.range.len() + recv.cut;
        let exact = candidates
            .clone()
            .find(|&at| seen.messages[at].range.len() == size);
        if let Some(at) = exact.or_else(|| candidates.next()) {
            matched[at] = Some(index);
        }
    }
    matched
}

/// One datagram.
fn one(page: &mut Page<'_>, flow: &Flow, shown: &Shown<'_>, largest: u64) -> io::Result<()> {
    let &Shown {
        index,
        message,
        recv,
        may_come,
    } = shown;
    let language = page.style.language;
    let length = message.range.len();
    let ink = Ink::Message(index);
    let mut line = Line::default();
    line.pad_to(INDENT);
    line.push(
        ink,
        &format!("#{}  {}", grouped(index as u64 + 1), bytes(length)),
    );
    let fate_ink = match message.fate {
        MessageFate::Truncated(_) | MessageFate::Lost(_) => Ink::Bad,
        MessageFate::Whole
        | MessageFate::WholeByParts(_)
        | MessageFate::Coalesced
        | MessageFate::InPieces(_) => Ink::Plain,
    };
    line.push(Ink::Plain, "  ");
    if may_come {
        line.push(Ink::Plain, page.pick("not received yet", "还没有收到"));
    } else {
        line.push(fate_ink, &words::message_fate(language, message.fate));
    }
    if length == 0 {
        if let Some((number, _)) = recv {
            let number = grouped(number as u64 + 1);
            line.push(Ink::Plain, &format!(" {} recv {number}", page.glyphs.arrow));
        }
        return page.line(&line);
    }
    page.line(&line)?;

    let got = recv.map_or(0, |(_, recv)| recv.range.len().min(length));
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
        dump(page, flow, message, got, ink)?;
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
    let length = shown.message.range.len();
    if shown.may_come {
        return Lane::of(name, Vec::new());
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
fn dump(page: &mut Page<'_>, flow: &Flow, message: &Message, got: u64, ink: Ink) -> io::Result<()> {
    let offset = |at: u64| {
        usize::try_from(at)
            .unwrap_or(usize::MAX)
            .min(flow.sent.len())
    };
    let stream = &flow.sent[offset(message.range.start)..offset(message.range.end)];
    let mut cuts = Vec::new();
    if message.header > 0 {
        cuts.push((offset(message.header), CutKind::Header));
    }
    if got > 0 && got < message.range.len() {
        cuts.push((offset(got), CutKind::Truncated));
    }
    cuts.sort_unstable();
    cuts.dedup_by_key(|cut| cut.0);
    let dump = Dump {
        stream,
        cuts,
        messages: Vec::new(),
        ink,
    };
    hex::draw(page, &dump)
}

fn left_out(page: &mut Page<'_>, messages: &[Message]) -> io::Result<()> {
    let language = page.style.language;
    let count = words::counted(
        language,
        messages.len() as u64,
        "datagram",
        "datagrams",
        "个数据报",
    );
    let size = rounded(messages.iter().map(|message| message.range.len()).sum());
    let more = page.glyphs.more;
    let text = page.pick(
        format!("{more} {count}, {size}, not shown; --full shows all"),
        format!("{more} 略去 {count}，{size}；--full 显示全部"),
    );
    page.blank()?;
    page.wrapped(Ink::Plain, INDENT, 2, &text)
}
