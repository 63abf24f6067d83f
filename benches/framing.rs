//! How fast the framings are, as ratios against a peer in the same run.
//!
//! `cargo bench --bench framing` measures with criterion and ends with one table.
//! A ratio above 1 means that ours is faster. The peer is tokio-util's
//! `LengthDelimitedCodec`; "copy" is the same bytes copied in the same chunks, which
//! no decoder that owns its buffer can beat.

use std::hint::black_box;
use std::io::{BufWriter, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use criterion::{Criterion, SamplingMode, Throughput};
use futures_util::{SinkExt, StreamExt as _};
use sticky_packet::framing::{Decoder, Framing};
use tokio_util::codec::length_delimited::LengthDelimitedCodec;
use tokio_util::codec::{Decoder as _, Encoder as _, Framed};

const FRAMES: usize = 1_000_000;
const CHUNK: usize = 64 * 1024;
const CAP: usize = 64 * 1024;
const PEER: &str = "tokio-util";

/// Payloads of one size, or of 1 to 64 bytes.
#[derive(Clone, Copy)]
enum Payloads {
    Fixed(usize),
    Mixed,
}

impl Payloads {
    fn name(self) -> String {
        match self {
            Self::Fixed(size) => format!("{size} B"),
            Self::Mixed => "1 to 64 B".to_owned(),
        }
    }

    /// The size of payload `n`; a multiplicative hash spreads the mixed ones.
    fn size(self, n: usize) -> usize {
        match self {
            Self::Fixed(size) => size,
            Self::Mixed => (n.wrapping_mul(0x9e37_79b9) >> 16) % 64 + 1,
        }
    }

    fn stream(self, framing: Framing) -> Vec<u8> {
        let source = vec![b'x'; 2048];
        let mut stream = Vec::new();
        for n in 0..FRAMES {
            framing
                .encode(&source[..self.size(n)], &mut stream)
                .expect("it fits");
        }
        stream
    }
}

fn framing(name: &str) -> Framing {
    name.parse().expect("a framing")
}

fn peer() -> LengthDelimitedCodec {
    LengthDelimitedCodec::builder()
        .little_endian()
        .length_field_length(4)
        .max_frame_length(CAP)
        .new_codec()
}

/// Takes a stream apart; the sum of the lengths and first bytes stands for using the payloads.
fn decode(framing: Framing, stream: &[u8]) -> usize {
    let mut decoder = Decoder::new(framing, CAP);
    let mut sum = 0;
    for mut chunk in stream.chunks(CHUNK) {
        while let Some(frame) = decoder.next(&mut chunk).expect("it decodes") {
            sum += frame.payload.len() + usize::from(frame.payload[0]);
        }
    }
    sum
}

fn peer_decode(stream: &[u8]) -> usize {
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

fn bench_decode(criterion: &mut Criterion) {
    for payloads in [
        Payloads::Fixed(8),
        Payloads::Fixed(18),
        Payloads::Mixed,
        Payloads::Fixed(64),
        Payloads::Fixed(1024),
    ] {
        let stream = payloads.stream(framing("u32-le"));
        let mut group = criterion.benchmark_group(format!("decode {}", payloads.name()));
        group
            .sampling_mode(SamplingMode::Flat)
            .throughput(Throughput::Bytes(stream.len() as u64));
        group.bench_function("copy", |b| {
            b.iter(|| copy(black_box(&stream)));
        });
        group.bench_function("u32-le", |b| {
            b.iter(|| decode(black_box(framing("u32-le")), black_box(&stream)));
        });
        group.bench_function(PEER, |b| {
            b.iter(|| peer_decode(black_box(&stream)));
        });
        if matches!(payloads, Payloads::Fixed(18)) {
            for name in ["digits-2", "digits-8"] {
                let stream = payloads.stream(framing(name));
                group.bench_function(name, |b| {
                    b.iter(|| decode(black_box(framing(name)), black_box(&stream)));
                });
            }
        }
        group.finish();
    }
}

fn bench_encode(criterion: &mut Criterion) {
    let payload = [b'x'; 18];
    let mut group = criterion.benchmark_group("encode 18 B");
    group.sampling_mode(SamplingMode::Flat);
    for name in ["u32-le", "digits-8"] {
        let mut out = Vec::with_capacity(26 * FRAMES);
        group.bench_function(name, |b| {
            b.iter(|| {
                out.clear();
                let framing = black_box(framing(name));
                for _ in 0..FRAMES {
                    let _ = framing.encode(black_box(&payload), &mut out);
                }
                black_box(&out).len()
            });
        });
    }
    let mut out = BytesMut::with_capacity(26 * FRAMES);
    group.bench_function(PEER, |b| {
        b.iter(|| {
            out.clear();
            let mut codec = black_box(peer());
            for _ in 0..FRAMES {
                let _ = codec.encode(black_box(&payload[..]), &mut out);
            }
            black_box(&out).len()
        });
    });
    group.finish();
}

fn connection() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
    let client = TcpStream::connect(listener.local_addr().expect("bound")).expect("connected");
    let (server, _) = listener.accept().expect("accepted");
    (server, client)
}

/// Reads to the end in chunks, handing each to `take`.
fn drain(mut from: TcpStream, mut take: impl FnMut(&[u8])) {
    let mut buffer = vec![0; CHUNK];
    loop {
        match from.read(&mut buffer).expect("read") {
            0 => return,
            length => take(&buffer[..length]),
        }
    }
}

fn loopback_ours() -> usize {
    let (server, client) = connection();
    let framing = framing("u32-le");
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut writer = BufWriter::with_capacity(CHUNK, client);
            let mut frame = Vec::new();
            for _ in 0..FRAMES {
                frame.clear();
                framing.encode(&[b'x'; 18], &mut frame).expect("it fits");
                writer.write_all(&frame).expect("sent");
            }
            writer.flush().expect("sent");
        });
        let mut decoder = Decoder::new(framing, CAP);
        let mut sum = 0;
        drain(server, |mut chunk| {
            while let Some(frame) = decoder.next(&mut chunk).expect("it decodes") {
                sum += frame.payload.len();
            }
        });
        decoder.end().expect("a clean end");
        sum
    })
}

fn loopback_raw() -> usize {
    let (server, mut client) = connection();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let chunk = vec![b'x'; CHUNK];
            let mut left = 22 * FRAMES;
            while left > 0 {
                let length = left.min(CHUNK);
                client.write_all(&chunk[..length]).expect("sent");
                left -= length;
            }
        });
        let mut sum = 0;
        drain(server, |chunk| sum += chunk.len());
        sum
    })
}

fn loopback_peer() -> usize {
    let (server, client) = connection();
    let block_on = |task: &mut dyn FnMut(&tokio::runtime::Runtime)| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()
            .expect("a runtime");
        task(&runtime);
    };
    let convert = |stream: TcpStream| {
        stream.set_nonblocking(true).expect("non-blocking");
        let stream = tokio::net::TcpStream::from_std(stream).expect("registered");
        let mut framed = Framed::with_capacity(stream, peer(), CHUNK);
        framed.set_backpressure_boundary(CHUNK);
        framed
    };
    std::thread::scope(|scope| {
        let mut client = Some(client);
        scope.spawn(move || {
            block_on(&mut |runtime| {
                runtime.block_on(async {
                    let mut framed = convert(client.take().expect("once"));
                    let payload = Bytes::from_static(&[b'x'; 18]);
                    for _ in 0..FRAMES {
                        framed.feed(payload.clone()).await.expect("sent");
                    }
                    SinkExt::<Bytes>::close(&mut framed).await.expect("sent");
                });
            });
        });
        let mut sum = 0;
        let mut server = Some(server);
        block_on(&mut |runtime| {
            runtime.block_on(async {
                let mut framed = convert(server.take().expect("once"));
                while let Some(frame) = framed.next().await {
                    sum += frame.expect("it decodes").len();
                }
            });
        });
        sum
    })
}

fn bench_loopback(criterion: &mut Criterion) {
    assert_eq!(loopback_ours(), loopback_peer());
    let mut group = criterion.benchmark_group("loopback 18 B");
    group.sampling_mode(SamplingMode::Flat);
    group.bench_function("u32-le", |b| b.iter(loopback_ours));
    group.bench_function("raw", |b| b.iter(loopback_raw));
    group.bench_function(PEER, |b| b.iter(loopback_peer));
    group.finish();
}

/// The median that criterion wrote down in this run, in nanoseconds.
fn median(group: &str, function: &str) -> Option<f64> {
    let folder = std::env::var_os("CRITERION_HOME").map_or_else(
        || Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("criterion"),
        Into::into,
    );
    let file = folder.join(group).join(function).join("new/estimates.json");
    let estimates: serde_json::Value = serde_json::from_slice(&std::fs::read(file).ok()?).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}

/// What is compared with what, and the ratio that it has to reach.
const BARS: [(&str, &str, &str, f64); 11] = [
    ("decode 8 B", "u32-le", PEER, 6.0),
    ("decode 18 B", "u32-le", PEER, 5.0),
    ("decode 1 to 64 B", "u32-le", PEER, 3.5),
    ("decode 64 B", "u32-le", PEER, 2.3),
    ("decode 1024 B", "u32-le", PEER, 1.3),
    ("decode 18 B", "digits-2", PEER, 2.3),
    ("decode 18 B", "digits-8", PEER, 2.3),
    ("encode 18 B", "u32-le", PEER, 1.7),
    ("encode 18 B", "digits-8", PEER, 1.7),
    ("loopback 18 B", "u32-le", PEER, 3.0),
    ("loopback 18 B", "u32-le", "raw", 0.6),
];

fn print_table() {
    println!(
        "\n{FRAMES} frames, fed in chunks of {CHUNK} B; ratio = time of the peer / our time\n"
    );
    println!("| what | ours | peer | ratio | bar |");
    println!("| --- | --- | --- | ---: | ---: |");
    for (group, ours, peer, bar) in BARS {
        if let (Some(our_time), Some(peer_time)) = (median(group, ours), median(group, peer)) {
            let ratio = peer_time / our_time;
            println!("| {group} | {ours} | {peer} | {ratio:.2}× | {bar}× |");
        }
    }
}

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    bench_decode(&mut criterion);
    bench_encode(&mut criterion);
    bench_loopback(&mut criterion);
    criterion.final_summary();
    print_table();
}
