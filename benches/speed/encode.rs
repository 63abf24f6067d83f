//! Measures frames appended to one buffer, against tokio-util's encoder of byte slices.

use std::hint::black_box;

use bytes::BytesMut;
use sticky_packet::framing::Framing;
use tokio_util::codec::Encoder as _;

use crate::run::{Run, in_turn};
use crate::streams::{FRAMES, PAYLOAD, PEER, framing, peer};
use crate::table::Bar;

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
    if !run.wants(name) {
        return;
    }
    let mut out = Vec::with_capacity(ROOM);
    let mut peers_out = BytesMut::with_capacity(ROOM);
    for framing_name in ["u32-le", "digits-8"] {
        let ratio = in_turn(
            run.rounds(200),
            || {
                ours(black_box(framing(framing_name)), &mut out);
            },
            || {
                theirs(&mut peers_out);
            },
        );
        let what = format!("{name}, {framing_name}");
        run.table.add(&what, PEER, Bar::TimesAsFast(1.7), Ok(ratio));
    }
}
