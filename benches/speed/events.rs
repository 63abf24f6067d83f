//! Measures the analysis of a long trace: its cost for each event, and that it is linear.

use std::hint::black_box;

use criterion::BatchSize;
use sticky_packet::analysis::{self, Boundary, Message, RecvSpan};
use sticky_packet::scenario::{SendRole, Side, Transport};
use sticky_packet::trace::{
    By, Call, DataOp, Environment, Evidence, Flow, Got, Op, PartTrace, Source, Trace,
};

use crate::run::Run;
use crate::table::Bar;

/// A part in which the server sends `bytes`, `send` at a time, and the client receives them, `recv`
/// at a time, after all are sent.
pub(crate) fn conversation(bytes: Vec<u8>, send: usize, recv: usize) -> PartTrace {
    let small = |size: usize| u32::try_from(size).expect("small");
    let mut calls = Vec::new();
    let mut call = |side, op| {
        let start = 1_000 * calls.len() as u64;
        calls.push(Call {
            side,
            by: By::Implied,
            start,
            end: start + 500,
            op,
            fault: None,
            expects: None,
            ordinary: false,
        });
    };
    for offset in (0..bytes.len()).step_by(send) {
        let size = small(send.min(bytes.len() - offset));
        let op = Op::Data(DataOp::Send {
            flow: 0,
            offset: offset as u64,
            asked: size,
            taken: size,
            role: SendRole::Message,
            header: 0,
        });
        call(Side::Server, op);
    }
    for offset in (0..bytes.len()).step_by(recv) {
        let got = Got::Data {
            bytes: small(recv.min(bytes.len() - offset)),
            cut: 0,
        };
        let op = Op::Data(DataOp::Recv {
            flow: 0,
            offset: offset as u64,
            asked: small(recv),
            got,
            queued: None,
        });
        call(Side::Client, op);
    }
    PartTrace {
        label: None,
        transport: Transport::Tcp,
        ends: None,
        expect: None,
        calls,
        flows: vec![Flow {
            connection: 0,
            from: Side::Server,
            received: bytes.clone(),
            sent: bytes,
            evidence: Evidence::default(),
            dropped: None,
        }],
        cut: Vec::new(),
        stop: None,
    }
}

/// A trace of one part.
pub(crate) fn trace(part: PartTrace) -> Trace {
    Trace {
        name: "bench".to_owned(),
        source: Source::Case {
            title: None,
            lesson: None,
            section: None,
        },
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

/// The number of sends, and of recvs: the first fits in the processor's caches, the second in
/// memory that the process keeps, the last needs new memory from the kernel each time.
const COUNTS: [u32; 3] = [1_000, 30_000, 1_000_000];

/// As much memory as the analysis of `count` sends and recvs fills, touched page by page.
fn as_much_memory(count: u32) -> [Vec<u8>; 3] {
    let count = count as usize;
    [
        vec![1; count * size_of::<Message>()],
        vec![1; count * size_of::<Boundary>()],
        vec![1; count * size_of::<RecvSpan>()],
    ]
}

pub(crate) fn measure(run: &mut Run) {
    let name = "analysis";
    if !run.wants(name) {
        return;
    }
    let function = |count: u32| format!("{count} sends and recvs");
    let memory = "as much memory";
    let mut group = run.group(name);
    for count in COUNTS {
        let part = conversation(vec![b'x'; 18 * count as usize], 18, 18);
        group.bench_function(function(count), |b| {
            // The result is dropped after the clock has stopped.
            let analyse = |()| analysis::analyse_part(black_box(&part));
            b.iter_batched(|| (), analyse, BatchSize::PerIteration);
        });
    }
    let [few, more, most] = COUNTS;
    group.bench_function(memory, |b| {
        let fill = |()| black_box(as_much_memory(black_box(most)));
        b.iter_batched(|| (), fill, BatchSize::PerIteration);
    });
    group.finish();

    let each = |function: &str, count: u32| {
        let time = run.table.criterion(name, function)?;
        Some(time.as_secs_f64() * 1e9 / f64::from(2 * count))
    };
    let (Some(of_few), Some(of_more), Some(of_most), Some(filled)) = (
        each(&function(few), few),
        each(&function(more), more),
        each(&function(most), most),
        each(memory, most),
    ) else {
        return;
    };
    let peer = "an event of 1,000 and 1,000";
    run.table.add(
        "analysis of 30,000 sends and as many recvs, an event",
        peer,
        Bar::TimesTheTime(2.0),
        Ok(of_more / of_few),
    );
    let what = "analysis of 1,000,000 sends and as many recvs, an event";
    run.table
        .add(what, "-", Bar::AtMost(10.0, "ns"), Ok(of_most));
    run.table
        .add(what, peer, Bar::TimesTheTime(2.0), Ok(of_most / of_few));
    run.table.add(
        "of that: the kernel gives the memory of the answer",
        "-",
        Bar::Told("ns"),
        Ok(filled),
    );
}
