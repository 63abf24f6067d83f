mod refused;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::language::Text;
use crate::scenario::read::ReportStyle;
use crate::scenario::{
    Amount, Condition, Count, Expectation, Fault, LengthError, Payload, Receives, Returned,
    SendRole, Side, SocketOption, SocketPart, StepId, SystemFault, Transport,
};
use crate::trace::{
    By, Call, CutOption, DataOp, End, Ends, Environment, Evidence, Flow, Got, Op, PartTrace,
    Sample, ScriptOp, Segment, SocketOp, Source, Stop, StopReason, Trace,
};

fn text(en: &str, zh: &str) -> Text {
    Text {
        en: en.to_owned(),
        zh: zh.to_owned(),
    }
}

fn call(side: Side, op: Op) -> Call {
    Call {
        side,
        by: By::Step(StepId(1)),
        start: 10,
        end: 20,
        op,
        fault: None,
        expects: None,
        ordinary: false,
    }
}

/// The sends and recvs of one flow: `sent` in one send, `received` in recvs of `piece` bytes.
fn talk(id: u16, flow: &Flow, piece: usize) -> Vec<Call> {
    let length = u32::try_from(flow.sent.len()).unwrap();
    let mut calls = vec![call(
        flow.from,
        Op::Data(DataOp::Send {
            flow: id,
            offset: 0,
            asked: length,
            taken: length,
            role: SendRole::Message,
            header: 0,
        }),
    )];
    let mut offset = 0;
    for chunk in flow.received.chunks(piece) {
        let bytes = u32::try_from(chunk.len()).unwrap();
        calls.push(call(
            flow.from.other(),
            Op::Data(DataOp::Recv {
                flow: id,
                offset,
                asked: 1024,
                got: Got::Data { bytes, cut: 0 },
                queued: crate::trace::Queued::new(bytes),
            }),
        ));
        offset += u64::from(bytes);
    }
    calls
}

/// One of each operation that is no send and no recv of data, in a flow that received `received`
/// bytes.
fn every_other_op(received: u32) -> impl Iterator<Item = Op> {
    [
        Op::Socket(SocketOp::Bind {
            port: 7,
            again: true,
        }),
        Op::Socket(SocketOp::Listen),
        Op::Socket(SocketOp::Connect {
            port: 7,
            connection: 0,
        }),
        Op::Socket(SocketOp::Accept { connection: 0 }),
        Op::Data(DataOp::Decoded {
            flow: 0,
            offset: 0,
            header: 0,
            payload: received,
            trailer: 0,
            framing: Box::new(crate::framing::Framing::RAW),
        }),
        Op::Data(DataOp::Recv {
            flow: 0,
            offset: received.into(),
            asked: 4,
            got: Got::Peeked { bytes: 4 },
            queued: None,
        }),
        Op::Data(DataOp::Recv {
            flow: 0,
            offset: received.into(),
            asked: 4,
            got: Got::End,
            queued: None,
        }),
        Op::Script(ScriptOp::Wait(Box::new(Condition::Queued(30)))),
        Op::Script(ScriptOp::Wait(Box::new(Condition::Reached(
            "sent".to_owned(),
        )))),
        Op::Script(ScriptOp::Wait(Box::new(Condition::PeerClosed))),
        Op::Script(ScriptOp::Reach("sent".into())),
        Op::Script(ScriptOp::Pause),
        Op::Socket(SocketOp::Set(SocketOption::NoDelay(true))),
        Op::Socket(SocketOp::DropArriving(true)),
        Op::Socket(SocketOp::HalfClose),
        Op::Socket(SocketOp::Close(SocketPart::Listener)),
        Op::Data(DataOp::Refuse {
            flow: 0,
            offset: 0,
            framing: Some(Box::new("i32-le".parse().unwrap())),
        }),
        Op::Data(DataOp::Refuse {
            flow: 0,
            offset: 0,
            framing: None,
        }),
    ]
    .into_iter()
}

/// A trace with one flow and one of each other operation.
fn trace(flow: Flow, piece: usize) -> Trace {
    let received = u32::try_from(flow.received.len()).unwrap();
    let mut calls = talk(0, &flow, piece);
    calls.extend(every_other_op(received).map(|op| call(Side::Client, op)));
    calls.push(Call {
        by: By::Implied,
        fault: Some(Fault::System(SystemFault::Other(101))),
        expects: Some(Fault::Length(LengthError::NegativeLength)),
        ordinary: true,
        ..call(Side::Server, Op::Socket(SocketOp::Listen))
    });
    for (call, start) in calls.iter_mut().zip((10..).step_by(10)) {
        (call.start, call.end) = (start, start + 10);
    }
    let stated = Receives {
        recv: Some(vec![
            Returned::Data {
                bytes: Amount::exactly(30),
                content: Some(Payload::Hex(vec![0x12, 0, 0xff])),
            },
            Returned::End,
            Returned::Fails(Fault::System(SystemFault::ConnectionReset)),
        ]),
        lost_boundaries: Some(Count::AtLeast(1)),
        ..Receives::default()
    };
    Trace {
        name: "sticky/back-to-back".to_owned(),
        source: Source::Case {
            title: Some(text("Two sends, one recv", "两次发送, 一次接收")),
            lesson: Some(text("One.\n\nTwo.", "一。\n\n二。")),
            section: Some("黏包现象一".to_owned()),
        },
        environment: Environment {
            sticky: "0.1.0".to_owned(),
            system: "linux".to_owned(),
            kernel: None,
            architecture: "x86_64".to_owned(),
            unix_time: 1,
        },
        parts: vec![PartTrace {
            label: Some(text("one", "一")),
            transport: Transport::UnixStream,
            ends: None,
            expect: Some(Expectation {
                client: stated,
                server: Receives::default(),
            }),
            calls,
            flows: vec![flow],
            cut: Vec::new(),
            stop: Some(Stop {
                side: Side::Client,
                step: Some(StepId(2)),
                reason: StopReason::Deadline {
                    waited_for: "queued = 30".to_owned(),
                    there: Some(18),
                    milliseconds: 5000,
                },
                other_last: Some("close".to_owned()),
            }),
        }],
    }
}

fn flow(sent: &[u8], received: &[u8]) -> Flow {
    Flow {
        connection: 0,
        from: Side::Server,
        sent: sent.to_vec(),
        received: received.to_vec(),
        evidence: Evidence::Counters(vec![Sample {
            at: 5,
            segments: 1,
            bytes: sent.len() as u64,
            retransmitted: 0,
            retransmitted_bytes: Some(0),
            unacknowledged: Some(0),
        }]),
        dropped: Some(0),
    }
}

fn written(trace: Trace) -> String {
    let mut out = Vec::new();
    write(&[(trace, json!({"made": "up"}))], &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn back(document: &str) -> Result<Vec<Trace>, ReadError> {
    read(document.as_bytes())
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        sent in proptest::collection::vec(any::<u8>(), 0..200),
        other in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..50)),
        first in any::<proptest::sample::Index>(),
        piece in 1_usize..100,
    ) {
        let received = other.unwrap_or_else(|| sent[..first.index(sent.len() + 1)].to_vec());
        let trace = trace(flow(&sent, &received), piece);
        prop_assert_eq!(back(&written(trace.clone())).unwrap(), [trace]);
    }
}

#[test]
fn text_stands_as_text_and_other_bytes_as_hex() {
    let document: Value =
        serde_json::from_str(&written(trace(flow("雨".as_bytes(), b"\xe9\x9b"), 1024))).unwrap();
    let found = &document["cases"][0]["parts"][0]["flows"][0];
    assert_eq!(found["sent"], json!({"text": "雨"}));
    assert_eq!(found["received"], json!({"first-of-sent": 2}));

    let document: Value =
        serde_json::from_str(&written(trace(flow(b"\x12\0\0\xff", b"\xff"), 1024))).unwrap();
    let found = &document["cases"][0]["parts"][0]["flows"][0];
    assert_eq!(found["sent"], json!({"hex": "120000ff"}));
    assert_eq!(found["received"], json!({"hex": "ff"}));
}

#[test]
fn the_document_says_its_version_and_carries_the_analysis() {
    let document: Value = serde_json::from_str(&written(trace(flow(b"a", b"a"), 1))).unwrap();
    assert_eq!(document["version"], 1);
    assert_eq!(document["cases"][0]["analysis"], json!({"made": "up"}));
}

#[test]
fn a_sample_from_before_does_not_say_what_was_not_kept() {
    let mut document: Value = serde_json::from_str(&written(trace(flow(b"a", b"a"), 1))).unwrap();
    let sample = document
        .pointer_mut("/cases/0/parts/0/flows/0/samples/0")
        .unwrap();
    let keys = sample.as_object_mut().unwrap();
    assert!(keys.remove("retransmitted_bytes").is_some());
    assert!(keys.remove("unacknowledged").is_some());
    let read = back(&document.to_string()).unwrap();
    let sample = read[0].parts[0].flows[0].evidence.samples()[0];
    assert_eq!(sample.retransmitted_bytes, None);
    assert_eq!(sample.unacknowledged, None);
}

#[test]
fn every_call_takes_one_line() {
    let document = written(trace(flow(b"a", b"a"), 1));
    let wanted = r#"{"side": "server", "step": 1, "start": 10, "end": 20, "op": {"send": {"flow": 0, "offset": 0, "asked": 1, "taken": 1, "role": "message", "header": 0}}},"#;
    assert!(
        document.lines().any(|line| line.trim() == wanted),
        "{document}"
    );
}

#[test]
fn nothing_that_steers_a_terminal_stands_in_the_file() {
    let sent = "\u{1b}[31m \u{7f} \u{9b}31m \u{202e}x \u{2066}";
    let trace = trace(flow(sent.as_bytes(), b""), 1);
    let document = written(trace.clone());
    let steers = |c: char| c != '\n' && crate::diagnostic::escape::steers(c);
    assert_eq!(document.chars().find(|&c| steers(c)), None);
    assert_eq!(back(&document).unwrap(), [trace]);
}

#[test]
fn a_byte_order_mark_and_keys_from_later_are_passed_over() {
    let wanted = trace(flow(b"a", b"a"), 1);
    let mut document: Value = serde_json::from_str(&written(wanted.clone())).unwrap();
    document["from-later"] = json!(1);
    document["cases"][0]["parts"][0]["calls"][0]["from-later"] = json!(1);
    document["cases"][0]
        .as_object_mut()
        .unwrap()
        .remove("analysis");
    assert_eq!(back(&format!("\u{feff}{document}")).unwrap(), [wanted]);
}

/// A reader that counts the bytes taken from it.
struct Counted<R> {
    from: R,
    read: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.read += read as u64;
        Ok(read)
    }
}

#[test]
fn what_does_not_begin_as_a_trace_is_not_read_on() {
    for (byte, wanted) in [
        (0, "begins with the byte 00"),
        (b'y', "begins with `y`"),
        (b' ', "begins with nothing but white space"),
    ] {
        let mut from = Counted {
            from: io::repeat(byte),
            read: 0,
        };
        let error = read(&mut from).unwrap_err().to_string();
        assert!(error.contains(wanted), "{error}");
        assert!(from.read <= BEGINNING, "{}", from.read);
    }
}

#[test]
fn the_place_of_a_mistake_is_a_character_of_the_file() {
    // If the line is too long to be shown, its position is still reported.
    let long = format!("{{\"x\": \"{}\", 1}}", "雨".repeat(40_000));
    let style = ReportStyle::default();
    let report = |document: &str| match back(document) {
        Err(ReadError::Malformed(malformed)) => malformed.render("x.json", style),
        other => panic!("{other:?}"),
    };
    let told = report(&long);
    assert!(told.contains("--> x.json:1:40011\n"), "{told}");
    assert!(!told.contains('雨'), "{told}");
    // Wherever a file is cut off or a byte is not valid JSON, the report works.
    let good = written(trace(flow("雨雪".as_bytes(), b"\xe9\x9b"), 2));
    for at in (0..good.len()).step_by(7) {
        let cut = String::from_utf8_lossy(&good.as_bytes()[..at]).into_owned();
        assert!(!report(&cut).is_empty());
        let mut spoilt = good.clone().into_bytes();
        spoilt[at] = 0xff;
        if let Err(ReadError::Malformed(malformed)) = read(spoilt.as_slice()) {
            assert!(malformed.render("x.json", style).contains("x.json:"));
        }
    }
}

/// Two observed programs: threads overlap, one segment was retransmitted, one program printed.
fn recording() -> Trace {
    let mut trace = trace(flow(b"abcdef", b"abcdef"), 6);
    trace.source = Source::Recording {
        commands: vec![
            vec!["python3".to_owned(), "server.py".to_owned()],
            vec!["node".to_owned(), "my client.js".to_owned()],
        ],
    };
    let part = &mut trace.parts[0];
    let end = |name: &str, address: &str| End {
        name: name.to_owned(),
        address: Some(address.parse().unwrap()),
        unseen: false,
    };
    part.ends = Some(Ends {
        server: end("server.py", "[::1]:9000"),
        client: end("client.js", "127.0.0.1:40000"),
    });
    part.expect = None;
    part.stop = None;
    part.flows[0].evidence = Evidence::Segments(vec![
        segment(1, 0, 4, false),
        segment(2, 0, 4, true),
        segment(3, 4, 2, false),
    ]);
    part.calls.truncate(2);
    for call in &mut part.calls {
        call.by = By::Observed { task: 0 };
    }
    let print = Op::Script(ScriptOp::Print(b"\xe9abc".as_slice().into()));
    part.calls.push(Call {
        by: By::Observed { task: 7 },
        start: 25,
        ..call(Side::Client, print)
    });
    part.calls[2].end = 26;
    trace
}

fn segment(at: u64, start: u64, length: u32, again: bool) -> Segment {
    Segment {
        at,
        start,
        length,
        again,
    }
}

#[test]
fn a_recording_is_written_and_read() {
    let wanted = recording();
    let document = written(wanted.clone());
    assert!(document.contains("\"version\": 2"), "{document}");
    assert_eq!(back(&document).unwrap(), [wanted]);
}

#[test]
fn what_the_kernel_cut_is_written_and_read() {
    let mut case = trace(flow(b"rain", b"rain"), 4);
    case.parts[0].cut = vec![CutOption {
        side: Side::Server,
        option: SocketOption::SendBuffer(1 << 20),
        given: 212_992,
    }];
    let document = written(case.clone());
    assert_eq!(back(&document).unwrap(), [case]);
}

#[test]
fn a_stall_is_written_in_the_version_that_knows_it_and_read() {
    let mut case = trace(flow(b"rain", b"rain"), 4);
    case.parts[0].stop = Some(Stop {
        side: Side::Server,
        step: Some(StepId(1)),
        reason: StopReason::Stalled {
            step: "send = \"rain\"".to_owned(),
            milliseconds: 312,
            timer: 200,
        },
        other_last: None,
    });
    let document = written(case.clone());
    assert!(document.contains("\"version\": 2"), "{document}");
    assert_eq!(back(&document).unwrap(), [case]);
}

/// One file of each version, as first written. These files are never rewritten.
#[test]
fn a_file_of_every_version_is_read() {
    let rain = "下了一天的雨适合发呆".as_bytes();
    let mut case = trace(flow(rain, rain), 18);
    // A fault whose name is the same on every system.
    let fault = Fault::System(SystemFault::BrokenPipe);
    case.parts[0].calls.last_mut().unwrap().fault = Some(fault);
    let one = include_str!("../../../../tests/traces/version-1.json");
    assert_eq!(back(one).unwrap(), [case.clone()]);
    // What version 1 can express is still written in version 1, byte for byte.
    assert_eq!(written(case), one);
    let two = include_str!("../../../../tests/traces/version-2.json");
    assert_eq!(back(two).unwrap(), [recording()]);
    assert_eq!(written(recording()), two);
}

#[test]
fn what_version_1_cannot_say_is_written_in_version_2() {
    let changes: [fn(&mut Trace); 5] = [
        |trace| {
            if let Source::Case { title, .. } = &mut trace.source {
                *title = None;
            }
        },
        |trace| trace.parts[0].expect = None,
        |trace| trace.parts[0].calls[0].by = By::Observed { task: 0 },
        |trace| trace.parts[0].flows[0].evidence = Evidence::Segments(Vec::new()),
        |trace| {
            let print = Op::Script(ScriptOp::Print([b'x'].into()));
            trace.parts[0].calls[5].op = print;
        },
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let mut trace = trace(flow(b"a", b"a"), 1);
        change(&mut trace);
        let document = written(trace.clone());
        assert!(document.contains("\"version\": 2"), "{index}");
        assert_eq!(back(&document).unwrap(), [trace], "{index}");
    }
}
