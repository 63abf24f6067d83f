//! Traces and analyses written by hand, one for each thing that a picture has to show.

use sticky_packet::analysis::{
    Analysis, Boundary, BoundaryFate, Datagram, Difference, DifferenceKind, FlowAnalysis, GotRecv,
    Held, Message, MessageFate, PartAnalysis, Range, RecvSpan, Skipped, Wire, WireRun,
};
use sticky_packet::language::Text;
use sticky_packet::scenario::{
    Amount, Condition, ExpectedFate, Fault, Payload, Place, Returned, SendRole, Side, StepId,
    SystemFault, Transport,
};
use sticky_packet::trace::{
    By, Call, DataOp, Environment, Evidence, Flow, FlowId, Got, Op, PartTrace, Queued, ScriptOp,
    SocketOp, Source, Stop, StopReason, Trace,
};

/// The two messages of the source notes: 18 and 12 bytes.
pub(crate) const FIRST: &str = "下了一天的雨";
pub(crate) const SECOND: &str = "适合发呆";

pub(crate) type Fixture = (Trace, Analysis);

/// Every fixture, with the name of its snapshots.
pub(crate) fn all() -> Vec<(&'static str, Fixture)> {
    vec![
        ("back-to-back", back_to_back(true)),
        ("back-to-back-no-evidence", back_to_back(false)),
        ("by-the-sender", by_the_sender()),
        ("header", header()),
        ("smaller-buffer", smaller_buffer()),
        ("cut-character", cut_character()),
        ("udp", udp()),
        ("udp-truncated-and-lost", udp_truncated_and_lost()),
        ("parts", parts()),
        ("deadline", deadline()),
        ("unsupported", unsupported()),
        ("datagrams-of-a-message", datagrams_of_a_message()),
        ("one-byte-recvs", one_byte_recvs()),
        ("large", large()),
        ("decoded", decoded()),
        ("hostile", hostile()),
        ("both-ways", both_ways()),
        ("many-datagrams", many_datagrams()),
        ("blocked-and-unseen", blocked_and_unseen()),
    ]
}

fn text(en: &str, zh: &str) -> Text {
    Text {
        en: en.to_owned(),
        zh: zh.to_owned(),
    }
}

fn trace(name: &str, title: Text, parts: Vec<PartTrace>) -> Trace {
    Trace {
        name: name.to_owned(),
        source: Source::Case {
            title: Some(title),
            lesson: None,
            section: None,
        },
        environment: Environment {
            sticky: "0.1.0".to_owned(),
            system: "linux".to_owned(),
            kernel: None,
            architecture: "x86_64".to_owned(),
            unix_time: 0,
        },
        parts,
    }
}

fn empty_flow(from: Side) -> Flow {
    Flow {
        connection: 0,
        from,
        sent: Vec::new(),
        received: Vec::new(),
        evidence: Evidence::default(),
        dropped: None,
    }
}

/// A part in the making: calls are eight microseconds apart.
struct Writing {
    part: PartTrace,
    analysis: PartAnalysis,
    step: u32,
}

impl Writing {
    fn new(transport: Transport) -> Self {
        let mut analysis = PartAnalysis::default();
        analysis.held = vec![Held::Recv, Held::Message, Held::Message];
        Self {
            part: PartTrace {
                label: None,
                transport,
                ends: None,
                expect: None,
                calls: Vec::new(),
                flows: Vec::new(),
                cut: Vec::new(),
                stop: None,
            },
            analysis,
            step: 0,
        }
    }

    /// A new flow; the analysis says that it arrived as it was sent.
    fn flow(&mut self, from: Side) -> FlowId {
        let id = FlowId::try_from(self.part.flows.len()).expect("few flows");
        self.part.flows.push(empty_flow(from));
        let mut seen = FlowAnalysis::default();
        seen.faithful = true;
        self.analysis.flows.push(seen);
        id
    }

    fn sent(&mut self, id: FlowId) -> &mut Flow {
        &mut self.part.flows[usize::from(id)]
    }

    fn seen(&mut self, id: FlowId) -> &mut FlowAnalysis {
        &mut self.analysis.flows[usize::from(id)]
    }

    fn call(&mut self, side: Side, op: Op) -> &mut Call {
        let at = u64::from(self.step) * 8_149;
        self.part.calls.push(Call {
            side,
            by: By::Step(StepId(u16::try_from(self.step).expect("few steps"))),
            start: at,
            end: at + 5_000,
            op,
            fault: None,
            expects: None,
            ordinary: false,
        });
        self.step += 1;
        self.part.calls.last_mut().expect("a call")
    }

    /// A send of all `bytes`, of which `header` bytes are a header.
    fn send(&mut self, id: FlowId, bytes: &[u8], role: SendRole, header: u16) {
        let flow = self.sent(id);
        let offset = flow.sent.len() as u64;
        flow.sent.extend_from_slice(bytes);
        let side = flow.from;
        let taken = u32::try_from(bytes.len()).expect("a small send");
        self.call(
            side,
            Op::Data(DataOp::Send {
                flow: id,
                offset,
                asked: taken,
                taken,
                role,
                header,
            }),
        );
    }

    /// A message sent by one call.
    fn message(&mut self, id: FlowId, bytes: &[u8], header: u64, fate: MessageFate) {
        let start = self.sent(id).sent.len() as u64;
        let role = SendRole::Message;
        self.send(
            id,
            bytes,
            role,
            u16::try_from(header).expect("a short header"),
        );
        self.says(id, start, bytes.len() as u64, header, fate);
    }

    /// A message of the analysis.
    fn says(&mut self, id: FlowId, start: u64, length: u64, header: u64, fate: MessageFate) {
        self.seen(id).messages.push(Message {
            range: Range {
                start,
                end: start + length,
            },
            header,
            fate,
        });
    }

    /// A recv that returns the next `bytes` bytes of the flow as sent.
    fn recv(&mut self, id: FlowId, asked: u32, bytes: u32, queued: Option<u32>) {
        let start = self.sent(id).received.len() as u64;
        self.recv_at(id, start, asked, bytes, 0, queued);
    }

    /// A recv that returns `bytes` bytes from offset `start` of the flow as sent.
    fn recv_at(
        &mut self,
        id: FlowId,
        start: u64,
        asked: u32,
        bytes: u32,
        cut: u32,
        queued: Option<u32>,
    ) {
        let flow = self.sent(id);
        let offset = flow.received.len() as u64;
        let side = flow.from.other();
        let begin = usize::try_from(start).expect("a small offset");
        let data = flow.sent[begin..begin + bytes as usize].to_vec();
        flow.received.extend_from_slice(&data);
        self.call(
            side,
            Op::Data(DataOp::Recv {
                flow: id,
                offset,
                asked,
                got: Got::Data { bytes, cut },
                queued: queued.and_then(Queued::new),
            }),
        );
        let call = self.part.calls.len() - 1;
        self.seen(id).recvs.push(RecvSpan {
            call,
            range: Range {
                start,
                end: start + u64::from(bytes),
            },
            cut: u64::from(cut),
            queued: queued.map(u64::from),
        });
    }

    fn end(&mut self, id: FlowId, asked: u32) {
        let side = self.sent(id).from.other();
        let offset = self.sent(id).received.len() as u64;
        self.call(
            side,
            Op::Data(DataOp::Recv {
                flow: id,
                offset,
                asked,
                got: Got::End,
                queued: Queued::new(0),
            }),
        );
    }

    fn boundary(&mut self, id: FlowId, at: u64, fate: BoundaryFate) {
        self.seen(id).boundaries.push(Boundary { at, fate });
    }

    fn lost(&mut self, id: FlowId, at: u64, recv: usize, place: Option<Place>) {
        self.boundary(id, at, BoundaryFate::Coalesced { recv, place });
    }

    /// The runs of the wire: the end of each, and its number of segments.
    fn wire(&mut self, id: FlowId, runs: &[(u64, u64)], retransmitted: u64) {
        let mut start = 0;
        let runs: Vec<WireRun> = runs
            .iter()
            .map(|&(end, segments)| {
                let range = Range { start, end };
                start = end;
                WireRun { range, segments }
            })
            .collect();
        self.seen(id).wire = Some(Wire {
            count: runs.iter().map(|run| run.segments).sum(),
            retransmitted,
            settled: runs.iter().all(|run| run.segments > 0),
            runs,
        });
    }

    fn wait(&mut self, side: Side, condition: Condition) {
        self.call(side, Op::Script(ScriptOp::Wait(Box::new(condition))));
    }

    /// For a transport that keeps boundaries: each message is one datagram, returned by the recv
    /// that begins at the same offset.
    fn with_datagrams(mut self) -> Self {
        for seen in &mut self.analysis.flows {
            let mut recvs = (0..seen.recvs.len()).peekable();
            let datagrams = seen.messages.iter().enumerate().map(|(message, it)| {
                let is_lost = matches!(it.fate, MessageFate::Lost(_));
                Datagram {
                    range: it.range,
                    message,
                    recv: recvs.next_if(|_| !is_lost),
                    certain: true,
                }
            });
            seen.datagrams = datagrams.collect();
        }
        self
    }

    fn done(self, name: &str, title: Text) -> Fixture {
        together(name, title, vec![self])
    }
}

fn together(name: &str, title: Text, parts: Vec<Writing>) -> Fixture {
    let (parts, analyses) = parts
        .into_iter()
        .map(|writing| {
            if writing.part.transport.keeps_boundaries() {
                writing.with_datagrams()
            } else {
                writing
            }
        })
        .map(|writing| (writing.part, writing.analysis))
        .unzip();
    let mut whole = Analysis::default();
    whole.parts = analyses;
    (trace(name, title, parts), whole)
}

fn pair(writing: &mut Writing, fate: MessageFate) -> FlowId {
    let id = writing.flow(Side::Server);
    writing.message(id, FIRST.as_bytes(), 0, fate);
    writing.message(id, SECOND.as_bytes(), 0, fate);
    id
}

/// 18 and 12 bytes and one recv of 30, with or without the kernel's evidence.
pub(crate) fn back_to_back(evidence: bool) -> Fixture {
    let mut it = Writing::new(Transport::Tcp);
    let bind = Op::Socket(SocketOp::Bind {
        port: 40_001,
        again: false,
    });
    it.call(Side::Server, bind).by = By::Implied;
    let id = pair(&mut it, MessageFate::Coalesced);
    it.wait(Side::Client, Condition::Queued(30));
    it.recv(id, 1024, 30, evidence.then_some(30));
    let place = evidence.then_some(Place::InReceiveQueue);
    it.lost(id, 18, 0, place);
    if evidence {
        it.wire(id, &[(18, 1), (30, 1)], 0);
    } else {
        it.analysis.skipped = vec![Skipped::Place(Side::Client), Skipped::Queued(Side::Client)];
    }
    it.done(
        "sticky/back-to-back",
        text("Two sends, one recv", "两次发送，一次接收"),
    )
}

/// Three sends, two of which leave in one segment, and a run with unknown ranges.
fn by_the_sender() -> Fixture {
    let mut it = Writing::new(Transport::Tcp);
    let id = pair(&mut it, MessageFate::Coalesced);
    it.message(id, "啊".as_bytes(), 0, MessageFate::Coalesced);
    it.message(id, b"and four more words", 0, MessageFate::Coalesced);
    it.recv(id, 1024, 52, Some(52));
    it.lost(id, 18, 0, Some(Place::InReceiveQueue));
    it.lost(id, 30, 0, Some(Place::BySender));
    it.lost(id, 33, 0, None);
    it.wire(id, &[(18, 1), (33, 1), (52, 3)], 1);
    it.done(
        "sticky/nagle-delayed-ack",
        text("Held back and joined by the sender", "被发送方扣住并合并"),
    )
}

/// Fix 1: a header of two digits, read exactly, and a second message without.
fn header() -> Fixture {
    let mut it = Writing::new(Transport::Tcp);
    let id = it.flow(Side::Server);
    it.send(id, b"18", SendRole::Header, 2);
    it.send(id, FIRST.as_bytes(), SendRole::Message, 0);
    it.says(id, 0, 20, 2, MessageFate::WholeByParts(2));
    it.message(id, SECOND.as_bytes(), 0, MessageFate::Whole);
    it.recv(id, 2, 2, Some(32));
    it.recv(id, 18, 18, Some(30));
    it.recv(id, 1024, 12, Some(12));
    it.boundary(id, 20, BoundaryFate::Kept);
    it.wire(id, &[(2, 1), (20, 1), (32, 1)], 0);
    it.call(
        Side::Client,
        Op::Socket(SocketOp::Close(
            sticky_packet::scenario::SocketPart::Connection,
        )),
    );
    it.done(
        "fixes/1-two-digits",
        text("A length of two digits before it", "前面加两位数字的长度"),
    )
}

/// recv(10) cuts both messages, and characters with them.
pub(crate) fn smaller_buffer() -> Fixture {
    let mut it = Writing::new(Transport::Tcp);
    let id = pair(&mut it, MessageFate::Coalesced);
    it.recv(id, 10, 10, Some(30));
    it.recv(id, 10, 10, Some(20));
    it.recv(id, 10, 10, Some(10));
    it.lost(id, 18, 1, Some(Place::InReceiveQueue));
    it.wire(id, &[(18, 1), (30, 1)], 0);
    it.done(
        "sticky/smaller-buffer",
        text("A smaller buffer is no cure", "缓冲区更小也治不好"),
    )
}

/// One message; each of its recvs ends inside a character, and one character is cut into three.
fn cut_character() -> Fixture {
    let mut it = Writing::new(Transport::Tcp);
    let id = it.flow(Side::Server);
    let fate = MessageFate::InPieces(6);
    it.message(id, format!("{FIRST}，{SECOND}。").as_bytes(), 0, fate);
    for bytes in [16, 3, 1, 1, 10, 5] {
        it.recv(id, 1024, bytes, None);
    }
    it.wire(id, &[(36, 1)], 0);
    it.done(
        "partial/split-character",
        text("A character in two recvs", "一个字符分在两次接收里"),
    )
}

fn udp() -> Fixture {
    let mut it = Writing::new(Transport::Udp);
    let id = pair(&mut it, MessageFate::Whole);
    it.recv(id, 1024, 18, Some(18));
    it.recv(id, 1024, 12, Some(12));
    it.boundary(id, 18, BoundaryFate::Kept);
    it.done(
        "udp/keeps-boundaries",
        text("Each recv one datagram", "每次接收一个数据报"),
    )
}

/// The first is cut, the second is lost, the third is empty, the fourth arrives.
fn udp_truncated_and_lost() -> Fixture {
    let mut it = Writing::new(Transport::Udp);
    let id = it.flow(Side::Server);
    it.message(id, FIRST.as_bytes(), 0, MessageFate::Truncated(5));
    it.message(id, SECOND.as_bytes(), 0, MessageFate::Lost(0));
    it.message(id, b"", 0, MessageFate::Whole);
    it.message(id, b"ok", 0, MessageFate::Whole);
    it.recv_at(id, 0, 5, 5, 13, Some(18));
    it.recv_at(id, 30, 5, 0, 0, Some(0));
    it.recv_at(id, 30, 5, 2, 0, Some(2));
    it.boundary(id, 18, BoundaryFate::NotReached);
    it.boundary(id, 30, BoundaryFate::NotReached);
    it.boundary(id, 30, BoundaryFate::Kept);
    it.sent(id).dropped = Some(1);
    it.done(
        "udp/truncation",
        text("Cut, lost and empty datagrams", "被截断、丢失和空的数据报"),
    )
}

fn parts() -> Fixture {
    let mut over_tcp = Writing::new(Transport::Tcp);
    over_tcp.part.label = Some(text("over TCP", "用 TCP"));
    let id = pair(&mut over_tcp, MessageFate::Coalesced);
    over_tcp.recv(id, 1024, 30, Some(30));
    over_tcp.lost(id, 18, 0, Some(Place::InReceiveQueue));
    over_tcp.wire(id, &[(18, 1), (30, 1)], 0);

    let mut over_pipe = Writing::new(Transport::Pipe);
    over_pipe.part.label = Some(text("over a pipe", "用管道"));
    let id = pair(&mut over_pipe, MessageFate::Coalesced);
    over_pipe.recv(id, 1024, 30, Some(30));
    over_pipe.lost(id, 18, 0, None);

    let mut over_udp = Writing::new(Transport::Udp);
    over_udp.part.label = Some(text("over UDP", "用 UDP"));
    let id = pair(&mut over_udp, MessageFate::Whole);
    over_udp.recv(id, 1024, 18, Some(18));
    over_udp.recv(id, 1024, 12, Some(12));
    over_udp.boundary(id, 18, BoundaryFate::Kept);
    together(
        "compare/boundaries",
        text("The same two messages", "同样的两条消息"),
        vec![over_tcp, over_pipe, over_udp],
    )
}

/// The client waits in vain, and much is not as expected.
pub(crate) fn deadline() -> Fixture {
    let mut it = Writing::new(Transport::Tcp);
    let id = it.flow(Side::Server);
    let again = Op::Socket(SocketOp::Bind {
        port: 0,
        again: true,
    });
    let in_use = Some(Fault::System(SystemFault::AddrInUse));
    let call = it.call(Side::Server, again);
    (call.fault, call.expects) = (in_use, in_use);
    it.message(id, FIRST.as_bytes(), 0, MessageFate::Lost(7));
    it.recv(id, 7, 7, Some(18));
    it.wait(Side::Client, Condition::Queued(30));
    let reset = Some(Fault::System(SystemFault::ConnectionReset));
    let failed = Op::Data(DataOp::Recv {
        flow: id,
        offset: 7,
        asked: 1024,
        got: Got::Nothing,
        queued: None,
    });
    it.call(Side::Client, failed).fault = reset;
    let reason = StopReason::Deadline {
        waited_for: "wait = { queued = 30 }".to_owned(),
        there: Some(11),
        milliseconds: 5_000,
    };
    let other_last = Some("send = \"下了一天的雨\"".to_owned());
    it.part.stop = Some(Stop {
        side: Side::Client,
        step: Some(StepId(1)),
        reason: reason.clone(),
        other_last: other_last.clone(),
    });
    let kinds = vec![
        DifferenceKind::Stopped { reason, other_last },
        DifferenceKind::Recv {
            number: 1,
            wanted: Some(Returned::Data {
                bytes: Amount::exactly(30),
                content: Some(Payload::Text(format!("{FIRST}{SECOND}"))),
            }),
            got: Some(GotRecv::Data(FIRST.as_bytes()[..7].into())),
        },
        DifferenceKind::Boundary {
            at: 18,
            wanted: ExpectedFate::Coalesced(Some(Place::InReceiveQueue)),
            got: None,
        },
    ];
    it.analysis.differences = kinds
        .into_iter()
        .map(|kind| Difference {
            side: Side::Client,
            kind,
        })
        .collect();
    it.done("sticky/back-to-back", text("Never enough", "永远等不到"))
}

/// One message cut by hand into eight datagrams; recv cuts the last one again.
pub(crate) fn datagrams_of_a_message() -> Fixture {
    let mut it = Writing::new(Transport::Udp);
    let id = it.flow(Side::Client);
    let message = b"one message, cut by hand into pieces of eight bytes each: seven";
    for (number, piece) in message.chunks(8).enumerate() {
        let role = if number == 0 {
            SendRole::Message
        } else {
            SendRole::Continues
        };
        it.send(id, piece, role, 0);
    }
    for start in (0..56).step_by(8) {
        it.recv_at(id, start, 8, 8, 0, None);
    }
    it.recv_at(id, 56, 4, 4, 3, None);
    let (trace, _) = it.done("compare/pieces", text("Cut by hand", "用手切开"));
    let analysis = sticky_packet::analysis::analyse(&trace);
    (trace, analysis)
}

/// The trace of a system without pipes: nothing was tried, so nothing holds.
pub(crate) fn unsupported() -> Fixture {
    let mut it = Writing::new(Transport::Pipe);
    it.part.stop = Some(Stop {
        side: Side::Server,
        step: None,
        reason: StopReason::Unsupported("pipe".to_owned()),
        other_last: None,
    });
    it.analysis.skipped = vec![Skipped::Part(Side::Server)];
    it.analysis.held = Vec::new();
    it.done("compare/pipe", text("No pipe here", "这里没有管道"))
}

pub(crate) fn one_byte_recvs() -> Fixture {
    let mut it = Writing::new(Transport::Tcp);
    let id = it.flow(Side::Server);
    it.message(id, b"The first message ", 0, MessageFate::InPieces(18));
    it.message(id, b"and a second", 0, MessageFate::InPieces(12));
    for byte in 0..30 {
        it.recv(id, 1, 1, Some(30 - byte));
    }
    it.boundary(id, 18, BoundaryFate::Kept);
    it.wire(id, &[(18, 1), (30, 1)], 0);
    it.done(
        "sticky/one-byte-recv",
        text("One byte at a time", "一次一个字节"),
    )
}

/// 64 MiB in pieces of one MiB, received 64 KiB at a time, followed by one message.
pub(crate) fn large() -> Fixture {
    let mut it = Writing::new(Transport::Tcp);
    let id = it.flow(Side::Server);
    let piece: Vec<u8> = (0..1 << 20).map(|at: u32| at.to_le_bytes()[0]).collect();
    for number in 0..64 {
        let role = if number == 0 {
            SendRole::Message
        } else {
            SendRole::Continues
        };
        it.send(id, &piece, role, 0);
    }
    it.says(id, 0, 64 << 20, 0, MessageFate::Coalesced);
    it.message(id, b"end", 0, MessageFate::Coalesced);
    for _ in 0..1023 {
        it.recv(id, 65_536, 65_536, None);
    }
    it.recv(id, 100_000, 65_539, None);
    it.end(id, 65_536);
    it.lost(id, 64 << 20, 1023, None);
    let runs: Vec<(u64, u64)> = (1..=64).map(|run| (run << 20, 17)).collect();
    it.wire(id, &runs, 0);
    it.done(
        "when/file-transfer",
        text("A file of 64 MiB", "64 MiB 的文件"),
    )
}

fn decoded() -> Fixture {
    let mut it = Writing::new(Transport::Tcp);
    let id = it.flow(Side::Server);
    for message in [FIRST, SECOND] {
        let length = i32::try_from(message.len()).expect("short");
        let mut frame = length.to_le_bytes().to_vec();
        frame.extend_from_slice(message.as_bytes());
        it.message(id, &frame, 4, MessageFate::WholeByParts(2));
    }
    let mut offset = 0;
    for payload in [18, 12] {
        it.recv(id, 4, 4, None);
        it.recv(id, payload, payload, None);
        it.call(
            Side::Client,
            Op::Data(DataOp::Decoded {
                flow: id,
                offset,
                header: 4,
                payload,
                trailer: 0,
                framing: Box::new("i32-le".parse().expect("a framing")),
            }),
        );
        offset += u64::from(payload) + 4;
    }
    it.end(id, 4);
    it.boundary(id, 22, BoundaryFate::Kept);
    it.wire(id, &[(22, 1), (38, 1)], 0);
    it.done(
        "fixes/3-struct-every-message",
        text("Every message framed", "每条消息都成帧"),
    )
}

/// Everything that could attack a terminal, in every place that outside text can reach.
pub(crate) fn hostile() -> Fixture {
    let evil = "\x1b[2J\u{9b}31m\u{202e}\u{200d}\u{2066}\r\n\u{7}\u{feff}";
    let mut it = Writing::new(Transport::Tcp);
    it.part.label = Some(text(&format!("label {evil}"), &format!("标签 {evil}")));
    let id = it.flow(Side::Server);
    let payload = format!("text {evil} 雨e\u{301} and more text");
    it.message(id, payload.as_bytes(), 0, MessageFate::Whole);
    it.call(Side::Server, Op::Script(ScriptOp::Reach(evil.into())));
    it.wait(Side::Client, Condition::Reached(evil.to_owned()));
    it.recv(id, 1024, u32::try_from(payload.len()).expect("short"), None);
    it.message(
        id,
        &[0xff, 0xfe, 0x80, 0x00, 0x1b, 0x5b],
        0,
        MessageFate::Whole,
    );
    it.recv(id, 1024, 6, None);
    it.boundary(id, payload.len() as u64, BoundaryFate::Kept);
    it.part.stop = Some(Stop {
        side: Side::Server,
        step: None,
        reason: StopReason::Panic(evil.to_owned()),
        other_last: Some(evil.to_owned()),
    });
    it.done(&format!("evil{evil}"), text(evil, evil))
}

/// A question and an answer on one connection.
fn both_ways() -> Fixture {
    let mut it = Writing::new(Transport::Tcp);
    let up = it.flow(Side::Client);
    it.message(up, b"hello", 0, MessageFate::Whole);
    it.recv(up, 1024, 5, Some(5));
    it.wire(up, &[(5, 1)], 0);
    let down = it.flow(Side::Server);
    it.message(down, "你好".as_bytes(), 0, MessageFate::Whole);
    it.recv(down, 1024, 6, Some(6));
    it.wire(down, &[(6, 1)], 0);
    it.part.flows.push(empty_flow(Side::Server));
    it.analysis.flows.push(FlowAnalysis::default());
    it.done("tcp/loop", text("Turns", "一来一往"))
}

/// A recv called before anything was there, and bytes that left unseen.
fn blocked_and_unseen() -> Fixture {
    let mut it = Writing::new(Transport::Tcp);
    let id = pair(&mut it, MessageFate::Whole);
    it.recv(id, 1024, 18, Some(0));
    it.recv(id, 1024, 12, Some(0));
    it.boundary(id, 18, BoundaryFate::Kept);
    it.wire(id, &[(18, 1), (30, 0)], 0);
    it.done(
        "tcp/one-shot",
        text("A reader that waits", "一直在等的读者"),
    )
}

pub(crate) fn many_datagrams() -> Fixture {
    let mut it = Writing::new(Transport::Udp);
    let id = it.flow(Side::Client);
    for number in 0..50_u8 {
        let fate = if number < 4 {
            MessageFate::Whole
        } else {
            MessageFate::Lost(0)
        };
        it.message(id, &[b'a' + number % 26; 40], 0, fate);
    }
    for _ in 0..4 {
        it.recv(id, 1024, 40, Some(40));
    }
    for number in 1..50 {
        let fate = if number < 4 {
            BoundaryFate::Kept
        } else {
            BoundaryFate::NotReached
        };
        it.boundary(id, number * 40, fate);
    }
    it.sent(id).dropped = Some(46);
    it.done(
        "loss/udp-overflow",
        text("A receive queue that is full", "接收队列满了"),
    )
}
