//! The analysis of a long trace: what it costs an event, and that it stays linear.

use std::hint::black_box;

use criterion::BatchSize;
use sticky_packet::analysis;
use sticky_packet::language::Text;
use sticky_packet::scenario::{Expectation, SendRole, Side, Transport};
use sticky_packet::trace::{Call, Environment, Flow, Got, Op, PartTrace, Trace};

use crate::run::Run;
use crate::table::Bar;

/// A part in which the server sends `bytes`, `send` at a time, and the client receives
/// them, `recv` at a time, when all are sent.
pub(crate) fn conversation(bytes: Vec<u8>, send: usize, recv: usize) -> PartTrace {
    let small = |size: usize| u32::try_from(size).expect("small");
    let mut calls = Vec::new();
    let mut call = |side, op| {
        let start = 1_000 * calls.len() as u64;
        calls.push(Call {
            side,
            step: Some(0),
            start,
            end: start + 500,
            op,
            fault: None,
            expects: None,
        });
    };
    for offset in (0..bytes.len()).step_by(send) {
        let size = small(send.min(bytes.len() - offset));
        let op = Op::Send {
            flow: 0,
            offset: offset as u64,
            asked: size,
            taken: size,
            role: SendRole::Message,
            header: 0,
        };
        call(Side::Server, op);
    }
    for offset in (0..bytes.len()).step_by(recv) {
        let got = Got::Data {
            bytes: small(recv.min(bytes.len() - offset)),
            cut: 0,
        };
        let op = Op::Recv {
            flow: 0,
            offset: offset as u64,
            asked: small(recv),
            got,
            queued: None,
        };
        call(Side::Client, op);
    }
    PartTrace {
        label: None,
        transport: Transport::Tcp,
        expect: Expectation::default(),
        calls,
        flows: vec![Flow {
            connection: 0,
            from: Side::Server,
            received: bytes.clone(),
            sent: bytes,
            samples: Vec::new(),
            dropped: None,
        }],
        stop: None,
    }
}

/// A trace of one part.
pub(crate) fn trace(part: PartTrace) -> Trace {
    let text = |text: &str| Text {
        en: text.to_owned(),
        zh: text.to_owned(),
    };
    Trace {
        name: "bench".to_owned(),
        title: text("A long conversation"),
        lesson: text(""),
        section: String::new(),
        environment: Environment {
            sticky: env!("CARGO_PKG_VERSION").to_owned(),
            system: std::env::consts::OS.to_owned(),
            kernel: None,
            architecture: std::env::consts::ARCH.to_owned(),
            unix_time: 0,
        },
        parts: vec![part],
    }
}

const MOST: u32 = 1_000_000;

pub(crate) fn measure(run: &mut Run) {
    let name = "analysis";
    if !run.wants(name) {
        return;
    }
    let function = |count: u32| format!("{count} sends and recvs");
    for count in [1_000, 30_000, MOST] {
        let part = conversation(vec![b'x'; 18 * count as usize], 18, 18);
        let mut group = run.group(name);
        group.bench_function(function(count), |b| {
            // What came of it is dropped when the clock stands.
            let analyse = |()| analysis::analyse_part(black_box(&part));
            b.iter_batched(|| (), analyse, BatchSize::PerIteration);
        });
        group.finish();
    }
    let each = |run: &Run, count: u32| {
        let time = run.table.criterion(name, &function(count))?;
        Some(time.as_secs_f64() * 1e9 / f64::from(2 * count))
    };
    let (Some(few), Some(many)) = (each(run, 1_000), each(run, MOST)) else {
        return;
    };
    let what = "analysis of 1,000,000 sends and as many recvs, an event";
    run.table.add(what, "-", Bar::AtMost(10.0, "ns"), Ok(many));
    run.table.add(
        "an event of that",
        "an event of 1,000 and 1,000",
        Bar::TimesTheTime(2.0),
        Ok(many / few),
    );
}
