//! What a call says of itself in the time line.
//!
//! Promises: names a call as code does (`recv(1024)`), its result in bytes, and a
//! fault by its POSIX name; the bytes that follow are only pointed at, so that
//! nothing is copied before it is known how much room there is.

use std::ops::Range;

use crate::analysis::{FlowAnalysis, PartAnalysis, moment};
use crate::render::number::{bytes, grouped, time};
use crate::render::{escape, words};
use crate::scenario::SendRole;
use crate::trace::{Call, DataOp, Flow, FlowId, Got, Op, PartTrace, ScriptOp, SocketOp};

use super::Page;
use super::line::Ink;

/// What stands in a row: the words, and the bytes that follow as far as there is room.
pub(super) struct Entry<'a> {
    pub ink: Ink,
    pub head: String,
    pub data: Option<Data<'a>>,
}

/// Bytes of a stream, the first few of them a header.
pub(super) struct Data<'a> {
    pub stream: &'a [u8],
    pub range: Range<usize>,
    pub header: usize,
}

impl Entry<'_> {
    fn words(head: String) -> Self {
        Self {
            ink: Ink::Plain,
            head,
            data: None,
        }
    }
}

/// The part that calls belong to, and what became of it.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub part: &'a PartTrace,
    pub analysis: &'a PartAnalysis,
}

impl<'a> Seen<'a> {
    /// The moment from which times count: that of the first call worth showing. What was
    /// begun before it, such as a wait for the first send, counts from there too.
    pub(super) fn zero(self) -> u64 {
        let mut calls = self.part.calls.iter();
        let first = calls.find(|call| moment::is_shown(call));
        first.map_or(0, Call::moment)
    }

    fn flow(self, id: FlowId) -> Option<&'a Flow> {
        self.part.flows.get(usize::from(id))
    }

    fn analysis(self, id: FlowId) -> Option<&'a FlowAnalysis> {
        self.analysis.flows.get(usize::from(id))
    }
}

/// What the call with this index in its part says.
pub(super) fn entry<'a>(page: &Page<'_>, seen: Seen<'a>, index: usize) -> Entry<'a> {
    let call = &seen.part.calls[index];
    match &call.op {
        Op::Data(DataOp::Send { .. }) if call.fault.is_none() => sent(page, seen, &call.op),
        Op::Data(DataOp::Recv {
            flow,
            offset,
            asked,
            got,
            queued: _,
        }) if call.fault.is_none() => Entry {
            data: received(seen, index, *flow, *offset, *got),
            ..Entry::words(recv_words(page, *asked, *got))
        },
        Op::Data(DataOp::Decoded {
            flow,
            offset,
            header,
            payload,
            trailer: _,
            framing: _,
        }) => {
            let size = bytes(u64::from(*payload));
            Entry {
                data: seen.flow(*flow).map(|flow| Data {
                    stream: &flow.received,
                    range: span(*offset + u64::from(*header), *payload),
                    header: 0,
                }),
                ..Entry::words(page.pick(format!("decoded {size}"), format!("解码 {size}")))
            }
        }
        Op::Data(DataOp::Send { .. } | DataOp::Recv { .. } | DataOp::Refuse { .. })
        | Op::Socket(_)
        | Op::Script(_) => with_fault(page, call, plain(page, call, seen.zero())),
    }
}

/// What a call is going to do, and nothing of what came of it.
pub(super) fn announced(page: &Page<'_>, call: &Call) -> String {
    match &call.op {
        Op::Data(DataOp::Recv { asked, .. }) => format!("recv({asked}) {} ?", page.glyphs.arrow),
        Op::Data(DataOp::Decoded { .. } | DataOp::Refuse { .. }) => {
            let decode = page.pick("decode", "解码");
            format!("{decode} {} ?", page.glyphs.arrow)
        }
        Op::Data(DataOp::Send { .. }) | Op::Socket(_) | Op::Script(_) => {
            let just_begun = Call {
                end: call.start,
                ..call.clone()
            };
            plain(page, &just_begun, 0)
        }
    }
}

/// What a call was, and nothing of what came of it or of how long it took.
pub(super) fn name(page: &Page<'_>, call: &Call) -> String {
    let Op::Data(DataOp::Refuse {
        framing, offset, ..
    }) = &call.op
    else {
        return plain(page, call, call.end);
    };
    let at = grouped(*offset);
    match framing {
        Some(framing) => page.pick(
            format!("refused at offset {at} by {framing}"),
            format!("{framing} 在偏移 {at} 处拒绝"),
        ),
        None => page.pick(
            format!("refused at offset {at}"),
            format!("在偏移 {at} 处拒绝"),
        ),
    }
}

/// The words of a call that moves no bytes, or that failed to.
fn plain(page: &Page<'_>, call: &Call, zero: u64) -> String {
    let language = page.style.language;
    match &call.op {
        Op::Data(DataOp::Send { asked, .. }) => format!("send {}", bytes(u64::from(*asked))),
        Op::Data(DataOp::Recv { asked, .. }) => format!("recv({asked})"),
        Op::Data(DataOp::Decoded { .. }) => page.pick("decoded", "解码").to_owned(),
        Op::Socket(SocketOp::Bind { port, again }) => {
            let verb = if *again {
                page.pick("bind again", "再次 bind")
            } else {
                "bind"
            };
            match port {
                0 => verb.to_owned(),
                _ => page.pick(format!("{verb} port {port}"), format!("{verb} 端口 {port}")),
            }
        }
        Op::Socket(SocketOp::Listen) => "listen".to_owned(),
        Op::Socket(SocketOp::Connect { port, .. }) => page.pick(
            format!("connect port {port}"),
            format!("connect 端口 {port}"),
        ),
        Op::Socket(SocketOp::Accept { connection }) => {
            let number = u32::from(*connection) + 1;
            page.pick(
                format!("accept connection {number}"),
                format!("accept 连接 {number}"),
            )
        }
        Op::Script(ScriptOp::Wait(condition)) => {
            let (what, took) = (
                words::condition(language, condition),
                duration(page, call, zero),
            );
            page.pick(format!("wait: {what}{took}"), format!("等待：{what}{took}"))
        }
        Op::Script(ScriptOp::Reach(name)) => {
            let name = escape::text(name);
            page.pick(format!("reach \"{name}\""), format!("同步点“{name}”"))
        }
        Op::Script(ScriptOp::Pause) => {
            let took = duration(page, call, zero);
            page.pick(format!("pause{took}"), format!("暂停{took}"))
        }
        Op::Script(ScriptOp::Print(printed)) => {
            let printed = escape::text(&String::from_utf8_lossy(printed));
            page.pick(format!("print \"{printed}\""), format!("打印“{printed}”"))
        }
        Op::Socket(SocketOp::Set(option)) => {
            let option = words::option(*option);
            page.pick(format!("set {option}"), format!("设置 {option}"))
        }
        Op::Socket(SocketOp::DropArriving(true)) => page
            .pick("drop what arrives", "开始丢弃到达的数据")
            .to_owned(),
        Op::Socket(SocketOp::DropArriving(false)) => {
            page.pick("stop dropping", "停止丢弃").to_owned()
        }
        Op::Socket(SocketOp::HalfClose) => {
            page.pick("close for sending", "关闭发送方向").to_owned()
        }
        Op::Socket(SocketOp::Close(part)) => words::close(language, *part).to_owned(),
        Op::Data(DataOp::Refuse { offset, .. }) => {
            let at = grouped(*offset);
            page.pick(format!("refuse at {at}"), format!("拒绝，偏移 {at}"))
        }
    }
}

/// `head`, and how the call failed, if it did: with an arrow, as any result, where it was to fail so.
fn with_fault<'a>(page: &Page<'_>, call: &Call, head: String) -> Entry<'a> {
    let Some(fault) = call.fault else {
        return Entry::words(head);
    };
    let (mark, ink) = if call.expects == Some(fault) {
        (page.glyphs.arrow, Ink::Plain)
    } else {
        (page.glyphs.no, Ink::Bad)
    };
    let by = if let Op::Data(DataOp::Refuse {
        framing: Some(framing),
        ..
    }) = &call.op
    {
        format!("  {framing}")
    } else {
        String::new()
    };
    Entry {
        ink,
        ..Entry::words(format!("{head} {mark} {}{by}", fault.name()))
    }
}

/// A send that took bytes.
fn sent<'a>(page: &Page<'_>, seen: Seen<'a>, op: &Op) -> Entry<'a> {
    let &Op::Data(DataOp::Send {
        flow,
        offset,
        asked,
        taken,
        role,
        header,
    }) = op
    else {
        return Entry::words(String::new());
    };
    let number = seen
        .analysis(flow)
        .and_then(|seen| message_at(seen, offset, taken));
    let message = number.map_or_else(String::new, |number| {
        format!(" #{}", grouped(number as u64 + 1))
    });
    let role = self::role(page, role);
    let (took, of) = (bytes(u64::from(taken)), bytes(u64::from(asked)));
    let size = if asked == taken {
        took
    } else {
        page.pick(format!("{took} of {of}"), format!("{of} 中的 {took}"))
    };
    Entry {
        ink: number.map_or(Ink::Plain, Ink::Message),
        head: format!("send{message}{role}  {size}"),
        data: seen.flow(flow).map(|flow| Data {
            stream: &flow.sent,
            range: span(offset, taken),
            header: usize::from(header),
        }),
    }
}

/// What stands behind a send's number where it sends only part of a message.
pub(super) fn role(page: &Page<'_>, role: SendRole) -> &'static str {
    match role {
        SendRole::Header => page.pick(" header", " 头部"),
        SendRole::Continues => page.pick(" more", " 续"),
        SendRole::Message => "",
    }
}

/// What a recv asked for and returned.
fn recv_words(page: &Page<'_>, asked: u32, got: Got) -> String {
    let arrow = page.glyphs.arrow;
    match got {
        Got::Data { bytes: size, cut } => {
            let size = bytes(u64::from(size));
            let cut = match cut {
                0 => String::new(),
                cut => {
                    let cut = bytes(u64::from(cut));
                    page.pick(format!(", {cut} cut off"), format!("，截去 {cut}"))
                }
            };
            format!("recv({asked}) {arrow} {size}{cut}")
        }
        Got::Peeked { bytes: size } => {
            let (peek, size) = (page.pick("peek", "窥视"), bytes(u64::from(size)));
            format!("recv({asked}, {peek}) {arrow} {size}")
        }
        Got::End => {
            let end = page.pick("end of stream", "流结束");
            format!("recv({asked}) {arrow} {end}")
        }
        Got::Nothing => format!("recv({asked}) {arrow} {}", page.pick("nothing", "无")),
    }
}

/// The bytes that a recv returned: among those sent where that is known, so that
/// a character which it returned in part can be told.
fn received(seen: Seen<'_>, call: usize, flow: FlowId, offset: u64, got: Got) -> Option<Data<'_>> {
    let size = match got {
        Got::Data { bytes, .. } => bytes,
        Got::Peeked { .. } | Got::End | Got::Nothing => return None,
    };
    let among_sent = seen
        .analysis(flow)
        .filter(|analysis| analysis.faithful)
        .and_then(|analysis| {
            let recvs = &analysis.recvs;
            let index = recvs.binary_search_by_key(&call, |recv| recv.call).ok()?;
            Some(span(recvs[index].range.start, size))
        });
    let flow = seen.flow(flow)?;
    let (stream, range) = match among_sent {
        Some(range) => (&flow.sent, range),
        None => (&flow.received, span(offset, size)),
    };
    Some(Data {
        stream,
        range,
        header: 0,
    })
}

/// The index of the message that `taken` bytes at `offset` belong to.
fn message_at(seen: &FlowAnalysis, offset: u64, taken: u32) -> Option<usize> {
    let messages = &seen.messages;
    let behind = messages.partition_point(|message| message.range.start <= offset);
    if taken == 0 {
        let from = messages.partition_point(|message| message.range.start < offset);
        return (from..behind).find(|&index| messages[index].range.is_empty());
    }
    let index = behind.checked_sub(1)?;
    (offset < messages[index].range.end).then_some(index)
}

fn span(offset: u64, bytes: u32) -> Range<usize> {
    let begin = usize::try_from(offset).unwrap_or(usize::MAX);
    begin..begin.saturating_add(bytes as usize)
}

/// How long a call took since time zero, where that is worth saying and times are shown.
fn duration(page: &Page<'_>, call: &Call, zero: u64) -> String {
    let took = call.end.saturating_sub(call.start.max(zero));
    if page.style.times && took >= 1_000_000 {
        let took = time(took, page.style.ascii);
        page.pick(format!(" ({took})"), format!("（{took}）"))
    } else {
        String::new()
    }
}
