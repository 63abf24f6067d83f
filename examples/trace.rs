//! A trace of something that `sticky` did not run: fill in the data, save it, read it back.
//!
//! `sticky show FILE` draws what this writes to a file.
//!
//! Run it with `cargo run --example trace`.

use std::error::Error;

use sticky_packet::analysis::analyse;
use sticky_packet::scenario::{SendRole, Side, Transport};
use sticky_packet::trace::{
    By, Call, DataOp, Environment, Evidence, Flow, Got, Op, PartTrace, Source, Trace, json,
};

/// A call that an observed program made, at this time in nanoseconds.
fn call(side: Side, at: u64, op: DataOp) -> Call {
    Call {
        side,
        by: By::Observed { task: 0 },
        start: at,
        end: at + 1000,
        op: Op::Data(op),
        fault: None,
        expects: None,
        ordinary: false,
    }
}

/// A send of `bytes` bytes at `offset` in flow 0.
fn send(offset: u64, bytes: u32) -> DataOp {
    DataOp::Send {
        flow: 0,
        offset,
        asked: bytes,
        taken: bytes,
        role: SendRole::Message,
        header: 0,
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let recv = DataOp::Recv {
        flow: 0,
        offset: 0,
        asked: 1024,
        got: Got::Data { bytes: 7, cut: 0 },
        queued: None,
    };
    let trace = Trace {
        name: "my-recorder".to_owned(),
        source: Source::Recording {
            commands: vec![vec![
                "./server".to_owned(),
                "--port".to_owned(),
                "9000".to_owned(),
            ]],
        },
        environment: Environment {
            sticky: env!("CARGO_PKG_VERSION").to_owned(),
            system: std::env::consts::OS.to_owned(),
            kernel: None,
            architecture: std::env::consts::ARCH.to_owned(),
            unix_time: 0,
        },
        parts: vec![PartTrace {
            label: None,
            transport: Transport::Tcp,
            ends: None,
            expect: None,
            calls: vec![
                call(Side::Server, 0, send(0, 4)),
                call(Side::Server, 2000, send(4, 3)),
                call(Side::Client, 9000, recv),
            ],
            flows: vec![Flow {
                connection: 0,
                from: Side::Server,
                sent: b"rainsun".to_vec(),
                received: b"rainsun".to_vec(),
                // No counters and no capture: the wire is unknown, and is shown as such.
                evidence: Evidence::default(),
                dropped: None,
            }],
            cut: Vec::new(),
            stop: None,
        }],
    };

    let analysis = analyse(&trace);
    let mut file = Vec::new();
    json::write(&[(trace.clone(), analysis)], &mut file)?;
    println!("{}", String::from_utf8_lossy(&file));

    // Reading checks everything: what is returned can be analysed and drawn without a panic.
    let back = json::read(&file[..])?;
    println!("read back the same: {}", back == [trace]);
    Ok(())
}
