//! Measures frames over a real connection: encoded into the buffer that is written, and read by the
//! incremental decoder; against tokio-util's `Framed`, and against the same bytes raw.
//!
//! Raw writes a prepared buffer, 64 KiB at a time, reads into one of the same size, and looks at
//! one byte of every frame, as the others look at one byte of every payload.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt as _};
use sticky_packet::framing::Decoder;
use tokio_util::codec::Framed;

use crate::run::{Run, in_turn};
use crate::streams::{CAP, CHUNK, FRAMES, PAYLOAD, PEER, framing, peer};
use crate::table::Bar;

/// The length of a frame.
const FRAME: usize = 4 + PAYLOAD.len();

fn connection() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
    let client = TcpStream::connect(listener.local_addr().expect("bound")).expect("connected");
    let (server, _) = listener.accept().expect("accepted");
    (server, client)
}

/// Reads to the end in chunks, passing each to `take`.
fn drain(mut from: TcpStream, mut take: impl FnMut(&[u8])) {
    let mut buffer = vec![0; CHUNK];
    loop {
        match from.read(&mut buffer).expect("read") {
            0 => return,
            length => take(&buffer[..length]),
        }
    }
}

fn ours() -> usize {
    let (server, mut client) = connection();
    let framing = framing("u32-le");
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut out = Vec::with_capacity(CHUNK);
            for _ in 0..FRAMES {
                if out.len() + FRAME > CHUNK {
                    client.write_all(&out).expect("sent");
                    out.clear();
                }
                framing.encode(&PAYLOAD, &mut out).expect("it fits");
            }
            client.write_all(&out).expect("sent");
        });
        let mut decoder = Decoder::new(framing, CAP);
        let mut sum = 0;
        drain(server, |mut chunk| {
            while let Some(frame) = decoder.next(&mut chunk).expect("it decodes") {
                sum += usize::from(frame.payload[0]);
            }
        });
        decoder.end().expect("a clean end");
        sum
    })
}

fn raw() -> usize {
    let (server, mut client) = connection();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let chunk = vec![b'x'; CHUNK];
            let mut left = FRAME * FRAMES;
            while left > 0 {
                let length = left.min(CHUNK);
                client.write_all(&chunk[..length]).expect("sent");
                left -= length;
            }
        });
        let mut sum = 0;
        let mut skip = 0;
        drain(server, |chunk| {
            let looked_at = chunk.iter().skip(skip).step_by(FRAME);
            sum += looked_at.map(|&byte| usize::from(byte)).sum::<usize>();
            // The part of the last frame that is in the next chunk.
            skip = (skip + FRAME - chunk.len() % FRAME) % FRAME;
        });
        sum
    })
}

fn block_on<T>(task: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .expect("a runtime")
        .block_on(task)
}

fn theirs() -> usize {
    let (server, client) = connection();
    let framed = |stream: TcpStream| {
        stream.set_nonblocking(true).expect("non-blocking");
        let stream = tokio::net::TcpStream::from_std(stream).expect("registered");
        let mut framed = Framed::with_capacity(stream, peer(), CHUNK);
        framed.set_backpressure_boundary(CHUNK);
        framed
    };
    std::thread::scope(|scope| {
        scope.spawn(move || {
            block_on(async {
                let mut framed = framed(client);
                let payload = Bytes::from_static(&PAYLOAD);
                for _ in 0..FRAMES {
                    framed.feed(payload.clone()).await.expect("sent");
                }
                SinkExt::<Bytes>::close(&mut framed).await.expect("sent");
            });
        });
        block_on(async {
            let mut framed = framed(server);
            let mut sum = 0;
            while let Some(frame) = framed.next().await {
                sum += usize::from(frame.expect("it decodes")[0]);
            }
            sum
        })
    })
}

pub(crate) fn measure(run: &mut Run) {
    let name = "loopback 18 B";
    if !run.wants(name) {
        return;
    }
    let sum = ours();
    let rounds = run.rounds(40);
    let against = |peer: fn() -> usize| {
        in_turn(
            rounds,
            || assert_eq!(ours(), sum),
            || assert_eq!(peer(), sum),
        )
    };
    let what = format!("{name}, u32-le");
    for (name, peer, bar) in [
        (PEER, theirs as fn() -> usize, 3.0),
        ("the same bytes raw", raw, 0.6),
    ] {
        let ratio = Ok(against(peer));
        run.table.add(&what, name, Bar::TimesAsFast(bar), ratio);
    }
}
