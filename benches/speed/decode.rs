//! Measures the incremental decoder, fed in chunks, against tokio-util's.
//!
//! "copy" copies the same bytes in the same chunks; no decoder that owns its buffer can be faster.
//! The digits are compared with tokio-util's *binary* codec.

use std::hint::black_box;

use bytes::BytesMut;
use criterion::Throughput;
use sticky_packet::framing::{Decoder, Framing};
use tokio_util::codec::Decoder as _;

use crate::run::Run;
use crate::streams::{CAP, CHUNK, PEER, Payloads, framing, peer};

/// Decodes a stream. The sum of the lengths and first bytes stands for using the payloads.
fn ours(framing: Framing, stream: &[u8]) -> usize {
    let mut decoder = Decoder::new(framing, CAP);
    let mut sum = 0;
    for mut chunk in stream.chunks(CHUNK) {
        while let Some(frame) = decoder.next(&mut chunk).expect("it decodes") {
            sum += frame.payload.len() + usize::from(frame.payload[0]);
        }
    }
    sum
}

fn theirs(stream: &[u8]) -> usize {
    let mut codec = peer();
    let mut buffer = BytesMut::with_capacity(2 * CHUNK);
    let mut sum = 0;
    for chunk in stream.chunks(CHUNK) {
        buffer.extend_from_slice(chunk);
        while let Some(frame) = codec.decode(&mut buffer).expect("it decodes") {
            sum += frame.len() + usize::from(frame[0]);
        }
    }
    sum
}

fn copy(stream: &[u8]) -> usize {
    let mut buffer = vec![0; CHUNK];
    let mut sum = 0;
    for chunk in stream.chunks(CHUNK) {
        buffer[..chunk.len()].copy_from_slice(chunk);
        sum += usize::from(black_box(&buffer)[0]);
    }
    sum
}

pub(crate) fn measure(run: &mut Run) {
    for (payloads, bar) in [
        (Payloads::Fixed(8), 6.0),
        (Payloads::Fixed(18), 5.0),
        (Payloads::Mixed, 3.5),
        (Payloads::Fixed(64), 2.3),
        (Payloads::Fixed(1024), 1.3),
    ] {
        let name = format!("decode {}", payloads.name());
        if !run.wants(&name) {
            continue;
        }
        let stream = payloads.stream(framing("u32-le"));
        assert_eq!(ours(framing("u32-le"), &stream), theirs(&stream));
        let digits: &[&str] = match payloads {
            Payloads::Fixed(18) => &["digits-2", "digits-8"],
            Payloads::Fixed(_) | Payloads::Mixed => &[],
        };
        let mut group = run.group(&name);
        group.throughput(Throughput::Bytes(stream.len() as u64));
        group.bench_function("copy", |b| b.iter(|| copy(black_box(&stream))));
        group.bench_function("u32-le", |b| {
            b.iter(|| ours(black_box(framing("u32-le")), black_box(&stream)));
        });
        group.bench_function(PEER, |b| b.iter(|| theirs(black_box(&stream))));
        for digits in digits {
            let stream = payloads.stream(framing(digits));
            group.bench_function(*digits, |b| {
                b.iter(|| ours(black_box(framing(digits)), black_box(&stream)));
            });
        }
        group.finish();
        run.table.add_criterion(&name, "u32-le", PEER, bar);
        for digits in digits {
            run.table.add_criterion(&name, digits, PEER, 2.3);
        }
    }
}
