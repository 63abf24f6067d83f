//! Frames appended to one buffer, against tokio-util's encoder of byte slices.

use std::hint::black_box;

use bytes::BytesMut;
use sticky_packet::framing::Framing;
use tokio_util::codec::Encoder as _;

use crate::run::Run;
use crate::streams::{FRAMES, PAYLOAD, PEER, framing, peer};

/// Room for all frames with the longest header.
const ROOM: usize = FRAMES * (8 + PAYLOAD.len());

fn ours(framing: Framing, out: &mut Vec<u8>) -> usize {
    out.clear();
    for _ in 0..FRAMES {
        framing.encode(black_box(&PAYLOAD), out).expect("it fits");
    }
    black_box(out).len()
}

fn theirs(out: &mut BytesMut) -> usize {
    out.clear();
    let mut codec = black_box(peer());
    for _ in 0..FRAMES {
        codec.encode(black_box(&PAYLOAD[..]), out).expect("it fits");
    }
    black_box(out).len()
}

pub(crate) fn measure(run: &mut Run) {
    let name = "encode 18 B";
    let framings = ["u32-le", "digits-8"];
    let mut group = run.group(name);
    for ours_name in framings {
        let mut out = Vec::with_capacity(ROOM);
        group.bench_function(ours_name, |b| {
            b.iter(|| ours(black_box(framing(ours_name)), &mut out));
        });
    }
    let mut out = BytesMut::with_capacity(ROOM);
    group.bench_function(PEER, |b| b.iter(|| theirs(&mut out)));
    group.finish();
    for ours in framings {
        run.table.add_criterion(name, ours, PEER, 1.7);
    }
}
