//! The messages, streams and readers that these tests share.

use sticky_packet::framing::{Decoded, Decoder, Error, ErrorKind, Framing, Got, Wanted};

/// A cap above every message in these tests.
pub(crate) const CAP: usize = 4096;

/// The parts of an error that do not depend on how the stream was cut.
pub(crate) type Fault = (ErrorKind, u64, Wanted, Got);

pub(crate) fn fault(error: Error) -> Fault {
    (error.kind, error.offset, error.wanted, error.got)
}

/// A stream taken apart: its messages, and how it ends.
pub(crate) type Outcome = (Vec<Vec<u8>>, Result<(), Fault>);

/// Whether the framing promises to carry this payload, said independently of the codecs.
pub(crate) fn carries(framing: Framing, payload: &[u8]) -> bool {
    let length = payload.len();
    match framing {
        Framing::Raw | Framing::Netstring | Framing::Varint => true,
        Framing::Fixed(fixed) => length == fixed.size(),
        Framing::Delimiter(delimiter) => {
            delimiter.escape().is_some() || {
                let sequence = delimiter.sequence();
                let framed = [payload, sequence.as_bytes()].concat();
                let first = framed
                    .windows(sequence.as_bytes().len())
                    .position(|window| window == sequence.as_bytes());
                first == Some(length)
            }
        }
        Framing::Digits(digits) => length.to_string().len() <= digits.width(),
        Framing::OctetCounting => length > 0,
        Framing::Length(prefix) => {
            let counted = if prefix.counts_header {
                prefix.header()
            } else {
                0
            };
            (length + counted) as u64 <= prefix.field.max()
        }
    }
}

/// The messages that the framing carries, those of a fixed size brought to it.
pub(crate) fn fitting(framing: Framing, messages: &[Vec<u8>]) -> Vec<Vec<u8>> {
    messages
        .iter()
        .cloned()
        .map(|mut message| {
            if let Framing::Fixed(fixed) = framing {
                message.resize(fixed.size(), b'.');
            }
            message
        })
        .filter(|message| carries(framing, message))
        .collect()
}

/// All messages in one stream.
pub(crate) fn stream(framing: Framing, messages: &[Vec<u8>]) -> Vec<u8> {
    let mut stream = Vec::new();
    for message in messages {
        framing.encode(message, &mut stream).unwrap();
    }
    stream
}

/// Cuts `stream` into chunks of these sizes, again and again.
pub(crate) fn cut<'a>(mut stream: &'a [u8], sizes: &[usize]) -> Vec<&'a [u8]> {
    // A stream of nothing is one piece, so that a decoder is asked of it too.
    if stream.is_empty() {
        return vec![stream];
    }
    let mut chunks = Vec::new();
    for &size in sizes.iter().cycle() {
        if stream.is_empty() {
            break;
        }
        let (chunk, rest) = stream.split_at(size.clamp(1, stream.len()));
        chunks.push(chunk);
        stream = rest;
    }
    chunks
}

/// What the incremental decoder makes of chunks.
pub(crate) fn incremental<'a>(
    framing: Framing,
    cap: usize,
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> Outcome {
    let mut decoder = Decoder::new(framing, cap);
    let mut messages = Vec::new();
    let mut fed = 0;
    for mut chunk in chunks {
        fed += chunk.len();
        loop {
            let next_offset = decoder.offset();
            match decoder.next(&mut chunk) {
                Ok(Some(frame)) => {
                    assert_eq!(frame.offset, next_offset, "{framing}: frames leave no hole");
                    assert!(frame.payload.len() <= cap, "{framing}");
                    assert!(frame.parts.total() > 0, "{framing}");
                    messages.push(frame.payload.to_vec());
                }
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(decoder.next(&mut chunk), Err(error), "{framing}");
                    assert_eq!(decoder.end(), Err(error), "{framing}");
                    return (messages, Err(fault(error)));
                }
            }
        }
        assert!(chunk.is_empty(), "{framing}: nothing is left in a chunk");
        assert!(decoder.memory() <= decoder.memory_limit(), "{framing}");
        assert!(decoder.offset() <= fed as u64, "{framing}");
    }
    (messages, decoder.end().map_err(fault))
}

/// What a reader makes of a stream that asks for just as many bytes as it is told.
///
/// Fails the test when it asks for a byte behind the frame.
pub(crate) fn exact(framing: Framing, cap: usize, stream: &[u8]) -> Outcome {
    let mut messages = Vec::new();
    let mut read = 0;
    let mut start = 0;
    loop {
        match framing.decode(&stream[start..read], cap) {
            Ok(Decoded::Frame { parts, payload }) => {
                messages.push(payload.into_owned());
                start += parts.total();
                assert_eq!(start, read, "{framing}: read past the frame");
            }
            Ok(Decoded::Incomplete { at_least }) => {
                assert!(at_least > 0, "{framing}");
                if read + at_least > stream.len() {
                    let end = framing.end(&stream[start..]);
                    return (messages, end.map_err(|e| fault(e.behind(start as u64))));
                }
                read += at_least;
            }
            Err(error) => return (messages, Err(fault(error.behind(start as u64)))),
        }
    }
}
