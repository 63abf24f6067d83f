//! The calls of both sides in two columns, in causal order.
//!
//! Promises: a call stands in its side's column, with its sizes, as much of its
//! bytes as there is room for, and how it failed if it did; calls that the replay
//! implied are shown only where they failed or all is asked for.

use std::io;

use crate::analysis::{FlowAnalysis, PartAnalysis};
use crate::render::number::{bytes, grouped, rounded, time};
use crate::render::{escape, words};
use crate::scenario::{SendRole, Side};
use crate::trace::{Call, Got, Op, PartTrace};

use super::line::{Ink, Line};
use super::{Elision, Page};

/// The width of the column of times, the spaces behind it included.
const TIME: usize = 11;
const INDENT: usize = 2;
/// How many calls stand before and behind those left out.
const SHOWN: Elision = Elision {
    all: 36,
    front: 16,
    back: 10,
};

/// Draws the time line of a part.
pub(super) fn draw(
    page: &mut Page<'_>,
    part: &PartTrace,
    analysis: &PartAnalysis,
) -> io::Result<()> {
    let shown: Vec<&Call> = part
        .calls
        .iter()
        .filter(|call| call.step.is_some() || call.fault.is_some() || page.style.full)
        .collect();
    heading(page)?;
    let hidden = SHOWN.hidden(shown.len(), page.style.full);
    for (index, call) in shown.iter().enumerate() {
        if index == hidden.start && !hidden.is_empty() {
            left_out(page, &shown[hidden.clone()])?;
        }
        if !hidden.contains(&index) {
            row(page, part, analysis, call)?;
        }
    }
    Ok(())
}

/// Where the server's column begins, where the client's begins, and how wide each is.
fn columns(page: &Page<'_>) -> (usize, usize, usize) {
    let first = INDENT + if page.style.times { TIME } else { 0 };
    let each = (page.style.columns() - first - 1) / 2;
    (first, first + each + 1, each)
}

fn heading(page: &mut Page<'_>) -> io::Result<()> {
    let (server, client, _) = columns(page);
    let language = page.style.language;
    let mut line = Line::default();
    line.pad_to(INDENT);
    if page.style.times {
        line.push(Ink::Plain, language.pick("    time", "    时间"));
    }
    line.pad_to(server);
    line.push(Ink::Heading, words::side(language, Side::Server));
    line.pad_to(client);
    line.push(Ink::Heading, words::side(language, Side::Client));
    page.line(&line)
}

fn row(
    page: &mut Page<'_>,
    part: &PartTrace,
    analysis: &PartAnalysis,
    call: &Call,
) -> io::Result<()> {
    let (server, client, each) = columns(page);
    let mut line = Line::default();
    line.pad_to(INDENT);
    if page.style.times {
        let shown = time(moment(call), page.style.ascii);
        line.pad_to((INDENT + TIME - 3).saturating_sub(escape::width(&shown)));
        line.push(Ink::Plain, &shown);
    }
    line.pad_to(match call.side {
        Side::Server => server,
        Side::Client => client,
    });
    let entry = entry(page, part, analysis, call);
    let head = escape::clip(&entry.head, each, page.glyphs.more);
    line.push(entry.ink, &head);
    let left = each.saturating_sub(escape::width(&head) + 2);
    if let Some((stream, range)) = entry.data.filter(|_| left >= 4) {
        let preview = escape::preview(stream, range, left, page.glyphs.cut_marks());
        if !preview.is_empty() {
            line.push(Ink::Plain, "  ");
            line.push(entry.ink, &preview);
        }
    }
    page.line(&line)
}

/// The moment that stands for a call: a send's bytes leave at its beginning, all
/// else is known at its end.
fn moment(call: &Call) -> u64 {
    match call.op {
        Op::Send { .. } => call.start,
        Op::Bind { .. }
        | Op::Listen
        | Op::Connect { .. }
        | Op::Accept { .. }
        | Op::Recv { .. }
        | Op::Decoded { .. }
        | Op::Wait(_)
        | Op::Reach(_)
        | Op::Pause
        | Op::Set(_)
        | Op::DropArriving(_)
        | Op::HalfClose
        | Op::Close(_)
        | Op::Refuse { .. } => call.end,
    }
}

/// What stands in a row: the words, and the bytes that follow as far as there is room.
struct Entry<'a> {
    ink: Ink,
    head: String,
    data: Option<(&'a [u8], std::ops::Range<usize>)>,
}

fn entry<'a>(
    page: &Page<'_>,
    part: &'a PartTrace,
    analysis: &PartAnalysis,
    call: &Call,
) -> Entry<'a> {
    let head = match &call.op {
        Op::Send { .. } | Op::Recv { .. } | Op::Decoded { .. } if call.fault.is_none() => {
            return transfer(page, part, analysis, call);
        }
        Op::Send { asked, .. } => page.pick(
            format!("send {}", bytes(u64::from(*asked))),
            format!("send {}", bytes(u64::from(*asked))),
        ),
        Op::Recv { asked, .. } => format!("recv({asked})"),
        Op::Decoded { .. } => page.pick("decoded", "解码").to_owned(),
        Op::Bind { port: 0, again } => {
            page.pick(["bind", "bind again"], ["bind", "再次 bind"])[usize::from(*again)].to_owned()
        }
        Op::Bind { port, again } => {
            let verb =
                page.pick(["bind", "bind again"], ["bind", "再次 bind"])[usize::from(*again)];
            format!(
                "{verb} {}",
                page.pick(format!("port {port}"), format!("端口 {port}"))
            )
        }
        Op::Listen => "listen".to_owned(),
        Op::Connect { port, .. } => page.pick(
            format!("connect port {port}"),
            format!("connect 端口 {port}"),
        ),
        Op::Accept { connection } => {
            let number = u32::from(*connection) + 1;
            page.pick(
                format!("accept connection {number}"),
                format!("accept 连接 {number}"),
            )
        }
        Op::Wait(condition) => {
            let what = words::condition(page.style.language, condition);
            let mut text = page.pick(format!("wait: {what}"), format!("等待：{what}"));
            text += &duration(page, call);
            text
        }
        Op::Reach(name) => {
            let name = escape::text(name);
            page.pick(format!("reach \"{name}\""), format!("到达“{name}”"))
        }
        Op::Pause => {
            let text = page.pick("pause", "暂停").to_owned();
            text + &duration(page, call)
        }
        Op::Set(option) => page.pick(
            format!("set {}", words::option(*option)),
            format!("设置 {}", words::option(*option)),
        ),
        Op::DropArriving(true) => page
            .pick("drop what arrives", "开始丢弃到达的数据")
            .to_owned(),
        Op::DropArriving(false) => page.pick("stop dropping", "停止丢弃").to_owned(),
        Op::HalfClose => page.pick("close for sending", "关闭发送方向").to_owned(),
        Op::Close(part) => words::socket_part(page.style.language, *part).to_owned(),
        Op::Refuse {
            offset, framing, ..
        } => {
            let by = framing.as_ref().map_or_else(
                || page.pick("length", "长度").to_owned(),
                ToString::to_string,
            );
            let at = grouped(*offset);
            page.pick(
                format!("refuse {by} at {at}"),
                format!("拒绝 {by}，偏移 {at}"),
            )
        }
    };
    with_fault(page, call, head)
}

/// `head`, and how the call failed.
fn with_fault<'a>(page: &Page<'_>, call: &Call, head: String) -> Entry<'a> {
    let Some(fault) = call.fault else {
        return Entry {
            ink: Ink::Plain,
            head,
            data: None,
        };
    };
    let expected = call.expects == Some(fault);
    let suffix = if expected {
        page.pick(" (expected)", "（预期）")
    } else {
        ""
    };
    Entry {
        ink: if expected { Ink::Plain } else { Ink::Bad },
        head: format!("{head} {} {}{suffix}", page.glyphs.no, fault.name()),
        data: None,
    }
}

/// A send, a recv or a decoded message that succeeded.
fn transfer<'a>(
    page: &Page<'_>,
    part: &'a PartTrace,
    analysis: &PartAnalysis,
    call: &Call,
) -> Entry<'a> {
    let flow = |id: u16| part.flows.get(usize::from(id));
    let seen = |id: u16| analysis.flows.get(usize::from(id));
    match &call.op {
        Op::Send {
            flow: id,
            offset,
            asked,
            taken,
            role,
            header: _,
        } => {
            let number = seen(*id).and_then(|seen| message_at(seen, *offset, *taken));
            let mut head = String::from("send");
            if let Some(number) = number {
                head += &format!(" #{}", grouped(number as u64 + 1));
            }
            head += match role {
                SendRole::Header => page.pick(" header", " 头部"),
                SendRole::Continues => page.pick(" more", " 续"),
                SendRole::Message => "",
            };
            head += &if asked == taken {
                format!("  {}", bytes(u64::from(*taken)))
            } else {
                page.pick(
                    format!(
                        "  {} of {}",
                        grouped(u64::from(*taken)),
                        bytes(u64::from(*asked))
                    ),
                    format!(
                        "  {} 中的 {}",
                        bytes(u64::from(*asked)),
                        grouped(u64::from(*taken))
                    ),
                )
            };
            Entry {
                ink: number.map_or(Ink::Plain, Ink::Message),
                head,
                data: flow(*id).map(|flow| (flow.sent.as_slice(), span(*offset, *taken))),
            }
        }
        Op::Recv {
            flow: id,
            offset,
            asked,
            got,
            queued: _,
        } => {
            let arrow = page.glyphs.arrow;
            let received =
                |taken| flow(*id).map(|flow| (flow.received.as_slice(), span(*offset, taken)));
            let (head, data) = match got {
                Got::Data { bytes: size, cut } => {
                    let mut head = format!("recv({asked}) {arrow} {}", bytes(u64::from(*size)));
                    if *cut > 0 {
                        let cut = bytes(u64::from(*cut));
                        head += &page.pick(format!(", {cut} cut off"), format!("，截去 {cut}"));
                    }
                    (head, received(*size))
                }
                Got::Peeked { bytes: size } => {
                    let what = page.pick("peek", "窥视");
                    let size = bytes(u64::from(*size));
                    (format!("recv({asked}, {what}) {arrow} {size}"), None)
                }
                Got::End => {
                    let what = page.pick("end of stream", "流结束");
                    (format!("recv({asked}) {arrow} {what}"), None)
                }
                Got::Nothing => {
                    let what = page.pick("nothing", "无");
                    (format!("recv({asked}) {arrow} {what}"), None)
                }
            };
            Entry {
                ink: Ink::Plain,
                head,
                data,
            }
        }
        Op::Decoded {
            flow: id,
            offset,
            header,
            payload,
            trailer: _,
        } => {
            let size = bytes(u64::from(*payload));
            Entry {
                ink: Ink::Plain,
                head: page.pick(format!("decoded {size}"), format!("解码 {size}")),
                data: flow(*id).map(|flow| {
                    let begin = *offset + u64::from(*header);
                    (flow.received.as_slice(), span(begin, *payload))
                }),
            }
        }
        Op::Bind { .. }
        | Op::Listen
        | Op::Connect { .. }
        | Op::Accept { .. }
        | Op::Wait(_)
        | Op::Reach(_)
        | Op::Pause
        | Op::Set(_)
        | Op::DropArriving(_)
        | Op::HalfClose
        | Op::Close(_)
        | Op::Refuse { .. } => with_fault(page, call, String::new()),
    }
}

/// The index of the message that `taken` bytes at `offset` belong to.
fn message_at(seen: &FlowAnalysis, offset: u64, taken: u32) -> Option<usize> {
    let behind = seen
        .messages
        .partition_point(|message| message.range.start <= offset);
    let from = seen
        .messages
        .partition_point(|message| message.range.start < offset);
    if taken == 0 {
        return (from..behind).find(|&index| seen.messages[index].range.is_empty());
    }
    let index = behind.checked_sub(1)?;
    (offset < seen.messages[index].range.end).then_some(index)
}

fn span(offset: u64, bytes: u32) -> std::ops::Range<usize> {
    let begin = usize::try_from(offset).unwrap_or(usize::MAX);
    begin..begin.saturating_add(bytes as usize)
}

/// How long a call took, where that is worth saying and times are shown.
fn duration(page: &Page<'_>, call: &Call) -> String {
    let took = call.end.saturating_sub(call.start);
    if page.style.times && took >= 1_000_000 {
        format!(" ({})", time(took, page.style.ascii))
    } else {
        String::new()
    }
}

/// How much is left out between two rows.
fn left_out(page: &mut Page<'_>, calls: &[&Call]) -> io::Result<()> {
    let language = page.style.language;
    let (mut sends, mut recvs, mut others, mut size) = (0, 0, 0, 0);
    for call in calls {
        match call.op {
            Op::Send { taken, .. } => {
                sends += 1;
                size += u64::from(taken);
            }
            Op::Recv { got, .. } => {
                recvs += 1;
                if let Got::Data { bytes, .. } = got {
                    size += u64::from(bytes);
                }
            }
            Op::Bind { .. }
            | Op::Listen
            | Op::Connect { .. }
            | Op::Accept { .. }
            | Op::Decoded { .. }
            | Op::Wait(_)
            | Op::Reach(_)
            | Op::Pause
            | Op::Set(_)
            | Op::DropArriving(_)
            | Op::HalfClose
            | Op::Close(_)
            | Op::Refuse { .. } => others += 1,
        }
    }
    let parts = [
        words::counted(language, sends, "send", "sends", "次 send"),
        words::counted(language, recvs, "recv", "recvs", "次 recv"),
        words::counted(language, others, "other call", "other calls", "次其他调用"),
    ];
    let counts: Vec<String> = [sends, recvs, others]
        .into_iter()
        .zip(parts)
        .filter(|(count, _)| *count > 0)
        .map(|(_, text)| text)
        .collect();
    let counts = counts.join(language.pick(", ", "，"));
    let (more, size) = (page.glyphs.more, rounded(size));
    let text = page.pick(
        format!("{more} {counts} not shown, {size} sent and received; --full shows all"),
        format!("{more} 略去 {counts}，收发共 {size}；--full 显示全部"),
    );
    page.wrapped(Ink::Plain, INDENT, 2, &text)
}
