//! The rows of the time line: the text for each call.
//!
//! Promises: a call is named as in code (`recv(1024)`), its result is in bytes, and a fault has its
//! POSIX name. The bytes themselves are borrowed, so nothing is copied before it is known how much
//! room there is.

use std::ops::Range;

use crate::analysis::{Boundary, FlowAnalysis, Message, moment};
use crate::diagnostic::escape;
use crate::scenario::{SendRole, Side};
use crate::trace::{Call, DataOp, FlowId, Got, Op, PartTrace, ScriptOp, SocketOp};

use super::number::{bytes, grouped, rounded, time};
use super::{Elision, Ink, Part, Telling, words};

/// The number of rows shown before and after those left out.
const SHOWN: Elision = Elision {
    all: 36,
    front: 8,
    back: 6,
};

/// A row of the time line.
#[derive(Debug)]
pub struct Row<'a> {
    /// The index of the call in the part.
    pub call: usize,
    /// The side that made the call.
    pub side: Side,
    /// The moment of the call, in nanoseconds since that of the part's first row.
    pub at: u64,
    /// The meaning of its colour.
    pub ink: Ink,
    /// The call and its result.
    pub words: String,
    /// The bytes that it sent or received.
    pub data: Option<Data<'a>>,
}

/// Bytes of a stream; the first few may be a header.
#[derive(Clone, Debug)]
pub struct Data<'a> {
    /// The stream.
    pub stream: &'a [u8],
    /// The range of its bytes.
    pub range: Range<usize>,
    /// The number of header bytes among them.
    pub header: usize,
    /// The boundaries of the stream, in order.
    pub edges: &'a [Boundary],
    /// The length that they say, where they are a header alone and say one.
    pub value: Option<u64>,
}

impl<'a> Data<'a> {
    /// Bytes of a stream of which that is known which was analysed.
    fn of(stream: &'a [u8], range: Range<usize>, seen: Option<&'a FlowAnalysis>) -> Self {
        Self {
            value: seen.and_then(|seen| length(stream, &range, &seen.messages)),
            stream,
            range,
            header: 0,
            edges: seen.map_or(&[], |seen| &seen.boundaries),
        }
    }
}

/// The length that these bytes say, where they are the whole header of a message: as a binary
/// number, little-endian or big-endian, it is the length of the message's payload, or of all
/// of the message. A header in digits says it by itself.
fn length(stream: &[u8], range: &Range<usize>, messages: &[Message]) -> Option<u64> {
    let start = range.start as u64;
    let index = messages.binary_search_by_key(&start, |message| message.range.start);
    let message = &messages[index.ok()?];
    let bytes = stream.get(range.clone())?;
    let is_header = message.header as usize == bytes.len();
    if !is_header || bytes.len() > 8 || bytes.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    let number = |all: u64, byte: &u8| (all << 8) | u64::from(*byte);
    let big = bytes.iter().fold(0, number);
    let little = bytes.iter().rev().fold(0, number);
    let all = message.range.len();
    let lengths = [all.saturating_sub(message.header.into()), all];
    [little, big].into_iter().find(|it| lengths.contains(it))
}

/// The text for a call.
struct Entry<'a> {
    ink: Ink,
    head: String,
    data: Option<Data<'a>>,
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

/// The indices of the calls that have a row. Unless `full` is on, only the calls of the script and
/// those that failed.
#[must_use]
pub fn shown(part: &PartTrace, full: bool) -> Vec<usize> {
    let calls = part.calls.iter().enumerate();
    calls
        .filter(|(_, call)| full || moment::is_shown(call))
        .map(|(index, _)| index)
        .collect()
}

impl<'a> Part<'a> {
    /// The row with this number, from 0.
    #[must_use]
    pub fn row(&self, number: usize) -> Row<'a> {
        let index = self.shown[number];
        let call = self.call(index);
        let Entry { ink, head, data } = self.entry(index);
        Row {
            call: index,
            side: call.side,
            at: call.moment().saturating_sub(self.zero),
            ink,
            words: head,
            data: data.filter(|data| !data.range.is_empty()),
        }
    }

    /// The side of the row with this number, and the call without its result.
    #[must_use]
    pub fn announced(&self, number: usize) -> (Side, String) {
        let call = self.call(self.shown[number]);
        (call.side, announced(self.telling, call))
    }

    /// The rows left out.
    #[must_use]
    pub fn hidden_rows(&self) -> Range<usize> {
        SHOWN.hidden(self.shown.len(), self.telling.full)
    }

    /// The moment from which durations count: that of the first row. For a call that began earlier,
    /// such as a wait for the first send, only the time after it counts.
    fn began(&self) -> u64 {
        let mut calls = self.trace.calls.iter();
        let first = calls.find(|call| moment::is_shown(call));
        first.map_or(0, Call::moment)
    }

    fn analysis_of(&self, id: FlowId) -> Option<&'a FlowAnalysis> {
        self.analysis.flows.get(usize::from(id))
    }

    /// The text for the call with this index in its part.
    fn entry(&self, index: usize) -> Entry<'a> {
        let telling = self.telling;
        let call = self.call(index);
        match &call.op {
            Op::Data(DataOp::Send { .. }) if call.fault.is_none() => self.sent(&call.op),
            Op::Data(DataOp::Recv {
                flow,
                offset,
                asked,
                got,
                queued: _,
            }) if call.fault.is_none() => Entry {
                data: self.received(index, *flow, *offset, *got),
                ..Entry::words(recv_words(telling, *asked, *got))
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
                    data: self.trace.flows.get(usize::from(*flow)).map(|flow| Data {
                        stream: &flow.received,
                        range: span(*offset + u64::from(*header), *payload),
                        header: 0,
                        edges: &[],
                        value: None,
                    }),
                    ..Entry::words(say!(telling.language, "decoded {size}", "解码 {size}"))
                }
            }
            Op::Data(DataOp::Send { .. } | DataOp::Recv { .. } | DataOp::Refuse { .. })
            | Op::Socket(_)
            | Op::Script(_) => with_fault(telling, call, plain(telling, call, self.began())),
        }
    }

    /// A send that took bytes.
    fn sent(&self, op: &Op) -> Entry<'a> {
        let telling = self.telling;
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
        let number = self
            .analysis_of(flow)
            .and_then(|seen| message_at(seen, offset, taken));
        let message = number.map_or_else(String::new, |number| {
            format!(" #{}", grouped(number as u64 + 1))
        });
        let role = self::role(telling, role);
        let (took, of) = (bytes(u64::from(taken)), bytes(u64::from(asked)));
        let size = if asked == taken {
            took
        } else {
            say!(telling.language, "{took} of {of}", "{of} 中的 {took}")
        };
        Entry {
            ink: number.map_or(Ink::Plain, Ink::Message),
            head: format!("send{message}{role}  {size}"),
            data: self.trace.flows.get(usize::from(flow)).map(|sent| Data {
                header: usize::from(header),
                ..Data::of(&sent.sent, span(offset, taken), self.analysis_of(flow))
            }),
        }
    }

    /// The bytes that a recv returned. They are taken from those sent, if possible, so that a
    /// character returned only in part can be recognised.
    fn received(&self, call: usize, flow: FlowId, offset: u64, got: Got) -> Option<Data<'a>> {
        let size = match got {
            Got::Data { bytes, .. } => bytes,
            Got::Peeked { .. } | Got::End | Got::Nothing => return None,
        };
        let among_sent = self
            .analysis_of(flow)
            .filter(|analysis| analysis.faithful)
            .and_then(|analysis| {
                let recvs = &analysis.recvs;
                let index = recvs.binary_search_by_key(&call, |recv| recv.call).ok()?;
                Some(span(recvs[index].range.start, size))
            });
        let flows = self.trace.flows.get(usize::from(flow))?;
        Some(match among_sent {
            Some(range) => Data::of(&flows.sent, range, self.analysis_of(flow)),
            None => Data::of(&flows.received, span(offset, size), None),
        })
    }

    /// A summary of rows left out: their number, and the bytes they moved.
    #[must_use]
    pub fn summed(&self, rows: Range<usize>) -> String {
        let language = self.telling.language;
        let (mut sends, mut recvs, mut others, mut size) = (0, 0, 0, 0);
        for &index in &self.shown[rows] {
            match self.call(index).op {
                Op::Data(DataOp::Send { taken, .. }) => {
                    sends += 1;
                    size += u64::from(taken);
                }
                Op::Data(DataOp::Recv { got, .. }) => {
                    recvs += 1;
                    if let Got::Data { bytes, .. } = got {
                        size += u64::from(bytes);
                    }
                }
                Op::Data(DataOp::Decoded { .. } | DataOp::Refuse { .. })
                | Op::Socket(_)
                | Op::Script(_) => others += 1,
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
        let size = rounded(size);
        say!(
            language,
            "{counts} not shown, {size} sent and received",
            "略去 {counts}，收发共 {size}"
        )
    }
}

/// The call without its result, as text before it is made.
fn announced(telling: Telling, call: &Call) -> String {
    match &call.op {
        Op::Data(DataOp::Recv { asked, .. }) => format!("recv({asked}) {} ?", telling.arrow()),
        Op::Data(DataOp::Decoded { .. } | DataOp::Refuse { .. }) => {
            let decode = telling.pick("decode", "解码");
            format!("{decode} {} ?", telling.arrow())
        }
        Op::Data(DataOp::Send { .. }) | Op::Socket(_) | Op::Script(_) => {
            let just_begun = Call {
                end: call.start,
                ..call.clone()
            };
            plain(telling, &just_begun, 0)
        }
    }
}

/// The name of a call, without its result and its duration.
pub(super) fn name(telling: Telling, call: &Call) -> String {
    let Op::Data(DataOp::Refuse {
        framing, offset, ..
    }) = &call.op
    else {
        return plain(telling, call, call.end);
    };
    let at = grouped(*offset);
    match framing {
        Some(framing) => say!(
            telling.language,
            "refused at offset {at} by {framing}",
            "{framing} 在偏移 {at} 处拒绝"
        ),
        None => say!(
            telling.language,
            "refused at offset {at}",
            "在偏移 {at} 处拒绝"
        ),
    }
}

/// The text for a call that moves no bytes, or that failed.
fn plain(telling: Telling, call: &Call, zero: u64) -> String {
    let language = telling.language;
    match &call.op {
        Op::Data(DataOp::Send { asked, .. }) => format!("send {}", bytes(u64::from(*asked))),
        Op::Data(DataOp::Recv { asked, .. }) => format!("recv({asked})"),
        Op::Data(DataOp::Decoded { .. }) => telling.pick("decoded", "解码").to_owned(),
        Op::Socket(SocketOp::Bind { port, again }) => {
            let verb = if *again {
                telling.pick("bind again", "再次 bind")
            } else {
                "bind"
            };
            match port {
                0 => verb.to_owned(),
                _ => say!(telling.language, "{verb} port {port}", "{verb} 端口 {port}"),
            }
        }
        Op::Socket(SocketOp::Listen) => "listen".to_owned(),
        Op::Socket(SocketOp::Connect { port, .. }) => {
            say!(
                telling.language,
                "connect port {port}",
                "connect 端口 {port}"
            )
        }
        Op::Socket(SocketOp::Accept { connection }) => {
            let number = u32::from(*connection) + 1;
            say!(
                telling.language,
                "accept connection {number}",
                "accept 连接 {number}"
            )
        }
        Op::Script(ScriptOp::Wait(condition)) => {
            let (what, took) = (
                words::condition(language, condition),
                duration(telling, call, zero),
            );
            say!(telling.language, "wait: {what}{took}", "等待：{what}{took}")
        }
        Op::Script(ScriptOp::Reach(name)) => {
            let name = escape::text(name);
            say!(telling.language, "reach \"{name}\"", "同步点“{name}”")
        }
        Op::Script(ScriptOp::Pause) => {
            let took = duration(telling, call, zero);
            say!(telling.language, "pause{took}", "暂停{took}")
        }
        Op::Script(ScriptOp::Print(printed)) => {
            let printed = escape::text(&String::from_utf8_lossy(printed));
            say!(telling.language, "print \"{printed}\"", "打印“{printed}”")
        }
        Op::Socket(SocketOp::Set(option)) => {
            let option = words::option(*option);
            say!(telling.language, "set {option}", "设置 {option}")
        }
        Op::Socket(SocketOp::DropArriving(true)) => telling
            .pick("drop what arrives", "开始丢弃到达的数据")
            .to_owned(),
        Op::Socket(SocketOp::DropArriving(false)) => {
            telling.pick("stop dropping", "停止丢弃").to_owned()
        }
        Op::Socket(SocketOp::HalfClose) => {
            telling.pick("close for sending", "关闭发送方向").to_owned()
        }
        Op::Socket(SocketOp::Close(part)) => words::close(language, *part).to_owned(),
        Op::Data(DataOp::Refuse { offset, .. }) => {
            let at = grouped(*offset);
            say!(telling.language, "refuse at {at}", "拒绝，偏移 {at}")
        }
    }
}

/// `head` with the fault, if the call failed. An expected fault follows an arrow, like any result.
fn with_fault<'a>(telling: Telling, call: &Call, head: String) -> Entry<'a> {
    let Some(fault) = call.fault else {
        return Entry::words(head);
    };
    let (mark, ink) = if call.expects == Some(fault) {
        (telling.arrow(), Ink::Plain)
    } else {
        (telling.no(), Ink::Bad)
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

/// The text after a send that sends only part of a message.
#[must_use]
pub fn role(telling: Telling, role: SendRole) -> &'static str {
    match role {
        SendRole::Header => telling.pick(" header", " 头部"),
        SendRole::Continues => telling.pick(" more", " 续"),
        SendRole::Message => "",
    }
}

/// What a recv asked for, and what it returned.
#[must_use]
pub fn recv_words(telling: Telling, asked: u32, got: Got) -> String {
    let arrow = telling.arrow();
    match got {
        Got::Data { bytes: size, cut } => {
            let size = bytes(u64::from(size));
            let cut = match cut {
                0 => String::new(),
                cut => {
                    let cut = bytes(u64::from(cut));
                    say!(telling.language, ", {cut} cut off", "，截去 {cut}")
                }
            };
            format!("recv({asked}) {arrow} {size}{cut}")
        }
        Got::Peeked { bytes: size } => {
            let (peek, size) = (telling.pick("peek", "窥视"), bytes(u64::from(size)));
            format!("recv({asked}, {peek}) {arrow} {size}")
        }
        Got::End => {
            let end = telling.pick("end of stream", "流结束");
            format!("recv({asked}) {arrow} {end}")
        }
        Got::Nothing => format!("recv({asked}) {arrow} {}", telling.pick("nothing", "无")),
    }
}

/// The index of the message to which `taken` bytes at `offset` belong.
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

/// The duration of a call since `zero`, if it is long enough to mention and times are shown.
fn duration(telling: Telling, call: &Call, zero: u64) -> String {
    let took = call.end.saturating_sub(call.start.max(zero));
    if telling.times && took >= 1_000_000 {
        let took = time(took, telling.ascii);
        say!(telling.language, " ({took})", "（{took}）")
    } else {
        String::new()
    }
}
