//! Any exchange can be drawn.

use proptest::prelude::*;
use sticky_packet::analysis::analyse;
use sticky_packet::language::Language;
use sticky_packet::render::text::{Style, draw};
use sticky_packet::scenario::{SendRole, Side, StepId, Transport};
use sticky_packet::trace::{
    By, Call, DataOp, Environment, Evidence, Flow, Got, Op, PartTrace, Queued, Sample, Source,
    Trace,
};
use unicode_width::UnicodeWidthStr;

/// Messages of text and of bytes, and the sizes that the recvs ask for.
fn exchange() -> impl Strategy<Value = (Vec<Vec<u8>>, Vec<u32>)> {
    let message = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..40),
        "\\PC{0,12}".prop_map(String::into_bytes),
        any::<String>().prop_map(String::into_bytes),
    ];
    (
        proptest::collection::vec(message, 0..12),
        proptest::collection::vec(1_u32..50, 0..30),
    )
}

fn call(side: Side, op: Op) -> Call {
    Call {
        side,
        by: By::Step(StepId(0)),
        start: 0,
        end: 1,
        op,
        fault: None,
        expects: None,
        ordinary: false,
    }
}

/// The trace of a stream that loses nothing; two sends leave at a time.
fn trace(messages: &[Vec<u8>], asks: &[u32]) -> Trace {
    let mut flow = Flow {
        connection: 0,
        from: Side::Server,
        sent: Vec::new(),
        received: Vec::new(),
        evidence: Evidence::default(),
        dropped: None,
    };
    let mut calls = Vec::new();
    let mut samples = Vec::new();
    for (number, message) in (0_u32..).zip(messages) {
        let taken = u32::try_from(message.len()).expect("short");
        let op = Op::Data(DataOp::Send {
            flow: 0,
            offset: flow.sent.len() as u64,
            asked: taken,
            taken,
            role: SendRole::Message,
            header: u16::from(taken > 4) * 2,
        });
        flow.sent.extend_from_slice(message);
        calls.push(call(Side::Server, op));
        if number % 2 == 1 {
            samples.push(Sample {
                at: u64::from(number),
                segments: number,
                bytes: flow.sent.len() as u64,
                retransmitted: 0,
                retransmitted_bytes: Some(0),
                unacknowledged: Some(0),
            });
        }
    }
    for &asked in asks {
        let offset = flow.received.len();
        let rest = &flow.sent[offset..];
        let taken = rest.len().min(asked as usize);
        if taken == 0 {
            break;
        }
        let op = Op::Data(DataOp::Recv {
            flow: 0,
            offset: offset as u64,
            asked,
            got: Got::Data {
                bytes: u32::try_from(taken).expect("short"),
                cut: 0,
            },
            queued: Queued::new(u32::try_from(rest.len()).expect("short"))
                .filter(|_| asked % 3 > 0),
        });
        let data = rest[..taken].to_vec();
        flow.received.extend_from_slice(&data);
        calls.push(call(Side::Client, op));
    }
    flow.evidence = Evidence::Counters(samples);
    Trace {
        name: "any/exchange".to_owned(),
        source: Source::Case {
            title: None,
            lesson: None,
            section: None,
        },
        environment: Environment {
            sticky: String::new(),
            system: String::new(),
            kernel: None,
            architecture: String::new(),
            unix_time: 0,
        },
        parts: vec![PartTrace {
            label: None,
            transport: Transport::Tcp,
            ends: None,
            expect: None,
            calls,
            flows: vec![flow],
            cut: Vec::new(),
            stop: None,
        }],
    }
}

proptest! {
    #[test]
    fn any_exchange_is_drawn_within_the_page_and_safely(
        (messages, asks) in exchange(),
        width in 0_usize..200,
        ascii: bool,
        full: bool,
    ) {
        let trace = trace(&messages, &asks);
        let analysis = analyse(&trace);
        for language in [Language::English, Language::Chinese] {
            let style = Style {
                language,
                width,
                ascii,
                color: false,
                times: true,
                hex: true,
                full,
            };
            let mut out = Vec::new();
            draw(&trace, &analysis, &style, &mut out).expect("a vector takes all");
            let page = String::from_utf8(out).expect("text");
            for line in page.lines() {
                prop_assert!(line.width() <= width.max(58), "{line}");
                prop_assert!(!line.contains(char::is_control), "{line:?}");
            }
        }
    }
}
