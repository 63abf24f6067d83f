//! Every way in which a short stream can be cut: 2^(n-1) of n bytes.

use sticky_packet::framing::Framing;

use crate::corpus::{CAP, fitting, incremental, stream};

/// The longest stream that is cut in every way, in bytes.
const LONGEST: usize = 18;

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
