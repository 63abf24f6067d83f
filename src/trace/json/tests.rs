mod refused;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::language::Text;
use crate::scenario::read::ReportStyle;
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
        ordinary: false,
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
        fault: Some(Fault::System(SystemFault::Other(101))),
        expects: Some(Fault::Length(LengthError::NegativeLength)),
        ordinary: true,
        ..call(Side::Server, Op::Listen)
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
            retransmitted_bytes: Some(0),
            unacknowledged: Some(0),
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
fn a_sample_from_before_does_not_say_what_was_not_kept() {
    let mut document: Value = serde_json::from_str(&written(trace(flow(b"a", b"a"), 1))).unwrap();
    let sample = document
        .pointer_mut("/cases/0/parts/0/flows/0/samples/0")
        .unwrap();
    let keys = sample.as_object_mut().unwrap();
    assert!(keys.remove("retransmitted_bytes").is_some());
    assert!(keys.remove("unacknowledged").is_some());
    let read = back(&document.to_string()).unwrap();
    let sample = read[0].parts[0].flows[0].samples[0];
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

/// A source that counts what is taken from it.
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
        (b' ', "begins with nothing but blanks"),
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
    // Of a line that is too long to be shown the place is told all the same.
    let long = format!("{{\"x\": \"{}\", 1}}", "雨".repeat(40_000));
    let style = ReportStyle::default();
    let report = |document: &str| match back(document) {
        Err(ReadError::Malformed(malformed)) => malformed.render("x.json", style),
        other => panic!("{other:?}"),
    };
    let told = report(&long);
    assert!(told.contains("--> x.json:1:40011\n"), "{told}");
    assert!(!told.contains('雨'), "{told}");
    // Wherever a file is cut off, or a byte is none of JSON, the report holds.
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
