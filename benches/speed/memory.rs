//! Measures what a decoder and a trace allocate, counted by the allocator itself.

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use sticky_packet::framing::Decoder;
use sticky_packet::replay::Stage;
use sticky_packet::scenario::Scenario;
use sticky_packet::scenario::read::read;
use sticky_packet::trace::Trace;

use crate::run::Run;
use crate::streams::{CAP, CHUNK, PAYLOAD, framing};
use crate::table::Bar;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The bytes that a decoder allocates in all while it decodes `frames` frames.
fn decoder(frames: usize) -> usize {
    let mut frame = Vec::new();
    framing("u32-le")
        .encode(&PAYLOAD, &mut frame)
        .expect("it fits");
    let per_chunk = CHUNK / frame.len();
    let chunk = frame.repeat(per_chunk);
    let region = Region::new(ALLOCATOR);
    let mut decoder = Decoder::new(framing("u32-le"), CAP);
    let mut seen = 0;
    while seen < frames {
        let mut rest = &chunk[..];
        while decoder.next(&mut rest).expect("it decodes").is_some() {
            seen += 1;
        }
    }
    region.change().bytes_allocated
}

/// A case with `sends` sends, each received exactly.
fn case(sends: usize) -> Scenario {
    let text = format!(
        r#"
about = "TCP的黏包现象"
[title]
en = "Many sends"
zh = "多次发送"
[lesson]
en = "Many sends"
zh = "多次发送"
[server]
steps = [{{ repeat = {sends}, steps = [{{ send = "eighteen bytes, yes" }}] }}]
[client]
steps = [{{ repeat = {sends}, steps = [{{ recv-exact = 19 }}] }}]
[expect.client]
lost-boundaries = "none"
"#
    );
    read("bench/memory", "memory.toml", text.as_bytes()).expect("a case")
}

/// The bytes that a trace of `sends` sends holds besides its payload, and its number of events:
/// calls, and samples of the kernel's counters.
fn trace(sends: usize) -> (usize, usize) {
    let case = case(sends);
    let mut stage = Stage::new();
    // This first replay lets the stage create its socket and its threads.
    drop(stage.replay(&case));
    let region = Region::new(ALLOCATOR);
    let trace: Trace = stage.replay(&case);
    let change = region.change();
    let held = change.bytes_allocated - change.bytes_deallocated;
    let [part] = &trace.parts[..] else {
        unreachable!("a case of one part")
    };
    assert_eq!(part.stop, None);
    let flows = part.flows.iter();
    let payload: usize = flows
        .map(|flow| flow.sent.len() + flow.received.len())
        .sum();
    let samples: usize = part
        .flows
        .iter()
        .map(|flow| flow.evidence.samples().len())
        .sum();
    (held - payload, part.calls.len() + samples)
}

/// One number divided by another.
fn ratio(one: usize, other: usize) -> f64 {
    let exact = |number: usize| f64::from(u32::try_from(number).expect("not that many"));
    exact(one) / exact(other)
}

pub(crate) fn measure(run: &mut Run) {
    if !run.wants("memory") {
        return;
    }
    run.table.add(
        "memory of a decoder for 10,000,000 frames",
        "for 1,000 frames",
        Bar::AtMost(1.0, "times"),
        Ok(ratio(decoder(10_000_000), decoder(1_000))),
    );
    // Both include what every trace has, such as its texts.
    let ((few, few_events), (many, many_events)) = (trace(1_000), trace(4_000));
    run.table.add(
        "memory of a trace beside its payload, an event",
        "-",
        Bar::AtMost(64.0, "B"),
        Ok(ratio(many - few, many_events - few_events)),
    );
}
