//! Every way in which a short stream can be cut: 2^(n-1) of n bytes.

use sticky_packet::framing::{Codec, Framing};

use crate::corpus::{CAP, fitting, incremental, stream};

/// The longest stream that is cut in every way, in bytes.
const LONGEST: usize = 18;

/// A framing, a stream, and its messages.
type ByHand = (&'static str, &'static [u8], &'static [&'static [u8]]);

/// Streams of framings whose own frames are longer than what is cut in every way, and of what they
/// only read.
const WRITTEN_BY_HAND: [ByHand; 12] = [
    ("header-block", b"a:b\n\n\r\nx:\r\ny:\r\n\r\n", &[b"", b""]),
    ("http-message", b"A / HTTP/1\n\n\r\n\r\n", &[b""]),
    (
        "stomp-frame",
        b"\nA\n\nxy\0\r\nB\na:\n\n\0",
        &[b"", b"xy", b"", b""],
    ),
    (
        "json",
        b" {\"}\":1}\n[[],\"\\\"\"]",
        &[b"{\"}\":1}", b"[[],\"\\\"\"]"],
    ),
    (
        "resp",
        b"*2\r\n*1\r\n:1\r\n+\r\n",
        &[b"*2\r\n*1\r\n:1\r\n+\r\n"],
    ),
    (
        "resp",
        b"$-1\r\n$2\r\n\r\n\r\n+\r\n",
        &[b"$-1\r\n", b"$2\r\n\r\n\r\n", b"+\r\n"],
    ),
    (
        "line-or-crlf",
        b"a\nb\r\n\r\r\n\n\rc\r\n",
        &[b"a", b"b", b"\r", b"", b"\rc"],
    ),
    (
        "slip",
        b"\x01\xc0\xc0\xdb\xdc\xc0\xdb\xdd\xc0\xc0",
        &[b"\x01", b"\xc0", b"\xdb"],
    ),
    ("hdlc", b"~~a}!~}^}]~", &[b"a\x01", b"~}"]),
    (
        "cobs",
        b"\0\x02a\x01\0\x01\x01\x01\0\x01\0",
        &[b"", b"a\0", b"\0\0", b""],
    ),
    ("pkt-line", b"000000010005a0004", &[b"", b"", b"a", b""]),
    (
        "websocket-frame",
        b"\x81\x83\x01\x02\x03\x04ace\x01\x7e\x00\x01a\x89\x00",
        &[b"`af", b"a", b""],
    ),
];

#[test]
fn messages_survive_every_split_of_a_stream_by_hand() {
    for (name, stream, messages) in WRITTEN_BY_HAND {
        let framing: Framing = name.parse().unwrap();
        let messages: Vec<Vec<u8>> = messages.iter().map(|it| it.to_vec()).collect();
        for cuts in 0..1_u32 << (stream.len() - 1) {
            let outcome = incremental(framing, CAP, split(stream, cuts));
            assert_eq!(outcome, (messages.clone(), Ok(())), "{name}, cuts {cuts:b}");
        }
    }
}

#[test]
fn messages_survive_every_split_of_a_short_stream() {
    for framing in Framing::every()
        .into_iter()
        .filter(Framing::keeps_boundaries)
    {
        let mut messages = Vec::new();
        for message in fitting(
            framing,
            &[b"a\\".to_vec(), vec![], b"\n\r1".to_vec(), b"z".to_vec()],
        ) {
            messages.push(message);
            if stream(framing, &messages).len() > LONGEST {
                messages.pop();
                break;
            }
        }
        if matches!(framing.codec(), Codec::HeaderBlock(_)) {
            // Its shortest frame is too long; see above.
            continue;
        }
        assert!(!messages.is_empty(), "{framing}");
        let stream = stream(framing, &messages);
        let gaps = stream.len() - 1;
        for cuts in 0..1_u32 << gaps {
            let outcome = incremental(framing, CAP, split(&stream, cuts));
            assert_eq!(outcome.0, messages, "{framing}, cuts {cuts:b}");
            assert_eq!(outcome.1, Ok(()), "{framing}, cuts {cuts:b}");
        }
    }
}

/// Cuts the stream after byte `n` if bit `n` is set.
fn split(stream: &[u8], cuts: u32) -> impl Iterator<Item = &[u8]> {
    let mut start = 0;
    std::iter::from_fn(move || {
        if start == stream.len() {
            return None;
        }
        let end = (start + 1..stream.len())
            .find(|at| cuts & 1 << (at - 1) != 0)
            .unwrap_or(stream.len());
        let chunk = &stream[start..end];
        start = end;
        Some(chunk)
    })
}

#[test]
fn a_split_is_what_it_says() {
    let chunks: Vec<&[u8]> = split(b"abcd", 0b101).collect();
    assert_eq!(chunks, [&b"a"[..], b"bc", b"d"]);
}
