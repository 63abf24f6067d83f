use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::language::Text;
use crate::scenario::{
    Amount, Condition, Count, Expectation, Fault, LengthError, Payload, Receives, Returned,
    SendRole, Side, SocketOption, SocketPart, SystemFault, Transport,
};
use crate::trace::{Call, Environment, Flow, Got, Op, PartTrace, Sample, Stop, StopReason, Trace};

fn text(en: &str, zh: &str) -> Text {
    Text {
        en: en.to_owned(),
        zh: zh.to_owned(),
    }
}

fn call(side: Side, op: Op) -> Call {
    Call {
        side,
        step: Some(1),
        start: 10,
        end: 20,
        op,
        fault: None,
        expects: None,
    }
}

/// The sends and recvs of one flow: `sent` in one go, `received` in pieces of `piece`.
fn talk(id: u16, flow: &Flow, piece: usize) -> Vec<Call> {
    let length = u32::try_from(flow.sent.len()).unwrap();
    let mut calls = vec![call(
        flow.from,
        Op::Send {
            flow: id,
            offset: 0,
            asked: length,
            taken: length,
            role: SendRole::Message,
            header: 0,
        },
    )];
    let mut offset = 0;
    for chunk in flow.received.chunks(piece) {
        let bytes = u32::try_from(chunk.len()).unwrap();
        calls.push(call(
            flow.from.other(),
            Op::Recv {
                flow: id,
                offset,
                asked: 1024,
                got: Got::Data { bytes, cut: 0 },
                queued: crate::trace::Queued::new(bytes),
            },
        ));
        offset += u64::from(bytes);
    }
    calls
}

/// One of everything that is no send and no recv of data, in a flow that received so many bytes.
fn every_other_op(received: u32) -> impl Iterator<Item = Op> {
    [
        Op::Bind {
            port: 7,
            again: true,
        },
        Op::Listen,
        Op::Connect {
            port: 7,
            connection: 0,
        },
        Op::Accept { connection: 0 },
        Op::Decoded {
            flow: 0,
            offset: 0,
            header: 0,
            payload: received,
            trailer: 0,
            framing: crate::framing::Framing::Raw,
        },
        Op::Recv {
            flow: 0,
            offset: received.into(),
            asked: 4,
            got: Got::Peeked { bytes: 4 },
            queued: None,
        },
        Op::Recv {
            flow: 0,
            offset: received.into(),
            asked: 4,
            got: Got::End,
            queued: None,
        },
        Op::Wait(Box::new(Condition::Queued(30))),
        Op::Wait(Box::new(Condition::Reached("sent".to_owned()))),
        Op::Wait(Box::new(Condition::PeerClosed)),
        Op::Reach("sent".into()),
        Op::Pause,
        Op::Set(SocketOption::NoDelay(true)),
        Op::DropArriving(true),
        Op::HalfClose,
        Op::Close(SocketPart::Listener),
        Op::Refuse {
            flow: 0,
            offset: 0,
            framing: Some(Box::new("i32-le".parse().unwrap())),
        },
        Op::Refuse {
            flow: 0,
            offset: 0,
            framing: None,
        },
    ]
    .into_iter()
}

/// A trace with one flow and one of every other thing a call can be.
fn trace(flow: Flow, piece: usize) -> Trace {
    let received = u32::try_from(flow.received.len()).unwrap();
    let mut calls = talk(0, &flow, piece);
    calls.extend(every_other_op(received).map(|op| call(Side::Client, op)));
    calls.push(Call {
        step: None,
        fault: Some(Fault::System(SystemFault::Other(99))),
        expects: Some(Fault::Length(LengthError::NegativeLength)),
        ..call(Side::Server, Op::Listen)
    });
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
        title: text("Two sends, one recv", "两次发送, 一次接收"),
        lesson: text("One.\n\nTwo.", "一。\n\n二。"),
        section: "黏包现象一".to_owned(),
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
            expect: Expectation {
                client: stated,
                server: Receives::default(),
            },
            calls,
            flows: vec![flow],
            stop: Some(Stop {
                side: Side::Client,
                step: Some(2),
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
        samples: vec![Sample {
            at: 5,
            segments: 1,
            bytes: sent.len() as u64,
            retransmitted: 0,
        }],
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
    let steers = |c: char| c != '\n' && steers_a_terminal(c);
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

/// The error for a good document with `value` put at `path`.
fn spoilt(path: &str, value: Value) -> String {
    let mut trace = trace(flow(b"abcdef", b"abcdef"), 4);
    trace.parts[0].expect.client.sha256 = Some("0".repeat(64));
    let mut document: Value = serde_json::from_str(&written(trace)).unwrap();
    *document
        .pointer_mut(path)
        .unwrap_or_else(|| panic!("no {path}")) = value;
    back(&document.to_string()).unwrap_err().to_string()
}

#[test]
fn what_does_not_fit_is_refused_with_its_place() {
    let part = "/cases/0/parts/0";
    for (path, value, wanted) in [
        (
            "/cases/0/parts",
            json!([]),
            "cases[0].parts: a case needs at least one part",
        ),
        (
            &format!("{part}/flows/0/received"),
            json!({"first-of-sent": 7}),
            "cases[0].parts[0].flows[0].received: says 7 bytes, but only 6 were sent",
        ),
        (
            &format!("{part}/calls/0/op/send/flow"),
            json!(1),
            "cases[0].parts[0].calls[0].op.send.flow: there is no flow 1; there are 1, counted from 0",
        ),
        (
            &format!("{part}/calls/0/op/send/offset"),
            json!(u64::MAX),
            "cases[0].parts[0].calls[0].op.send.offset: is 18446744073709551615, but the calls before it end at 0",
        ),
        (
            &format!("{part}/calls/0/op/send/taken"),
            json!(7),
            "cases[0].parts[0].calls[0].op.send.taken: is 7, more than the 6 that the call was given",
        ),
        (
            &format!("{part}/calls/0/op/send/taken"),
            json!(5),
            "cases[0].parts[0].flows[0].sent: has 6 bytes, but the calls account for 5",
        ),
        (
            &format!("{part}/calls/2/op/recv/got/data/bytes"),
            json!(3),
            "cases[0].parts[0].calls[2].op.recv: ends at 7, but there are only 6 bytes",
        ),
        (
            &format!("{part}/calls/0/end"),
            json!(9),
            "cases[0].parts[0].calls[0].end: ends before it begins",
        ),
        (
            &format!("{part}/calls/7/op/decoded/offset"),
            json!(u64::MAX),
            "cases[0].parts[0].calls[7].op.decoded: ends at 18446744073709551615, but there are only 6 bytes",
        ),
        (
            &format!("{part}/calls/19/op/refuse/offset"),
            json!(7),
            "cases[0].parts[0].calls[19].op.refuse: ends at 7, but there are only 6 bytes",
        ),
        (
            &format!("{part}/flows/0/samples"),
            json!([
                {"at": 2, "segments": 1, "bytes": 6, "retransmitted": 0},
                {"at": 1, "segments": 1, "bytes": 6, "retransmitted": 0},
            ]),
            "cases[0].parts[0].flows[0].samples: says less than the sample before it",
        ),
        (
            &format!("{part}/flows/0/samples/0/bytes"),
            json!(7),
            "cases[0].parts[0].flows[0].samples: ends at 7, but there are only 6 bytes",
        ),
        (
            &format!("{part}/expect/client/sha256"),
            json!("\u{1b}[2J"),
            "cases[0].parts[0].expect.client.sha256: a SHA-256 is 64 hex digits",
        ),
        (
            &format!("{part}/expect/client/recv/0/data/content"),
            json!({"random": {"bytes": u32::MAX, "seed": 1}}),
            "cases[0].parts[0].expect: states 4294967295 bytes; the limit is 268435456",
        ),
        (
            "/cases/0/title/zh",
            json!("\u{1b}]0;x\u{7}"),
            "cases[0].title: holds a control character, which is not shown",
        ),
        (
            &format!("{part}/stop/other_last"),
            json!("\u{9b}2J"),
            "cases[0].parts[0].stop: holds a control character, which is not shown",
        ),
    ] {
        assert_eq!(spoilt(path, value), wanted);
    }
}

#[test]
fn what_is_no_trace_is_refused_with_line_and_column() {
    for (document, wanted) in [
        (
            "",
            "line 1, column 0: not a trace: EOF while parsing a value",
        ),
        (
            "{\n  \"version\": }",
            "line 2, column 14: not a trace: expected value",
        ),
        (
            "{\"cases\": []}",
            "line 1, column 13: not a trace: missing field `version`",
        ),
        (
            "{\"version\": 2, \"cases\": 7}",
            "of version 2; this sticky reads version 1: save it again, or use a sticky of its time",
        ),
    ] {
        assert_eq!(back(document).unwrap_err().to_string(), wanted);
    }
    let chinese = back("[").unwrap_err().in_words(Language::Chinese);
    assert!(
        chinese.starts_with("第 1 行第 1 列：不是轨迹文件"),
        "{chinese}"
    );
    let hex = spoilt("/cases/0/parts/0/flows/0/sent", json!({"hex": "123"}));
    assert!(
        hex.ends_with("hex is pairs of the digits 0-9 and a-f"),
        "{hex}"
    );
}
