//! The messages, streams and readers that these tests share.

use sticky_packet::framing::{Codec, Decoded, Decoder, Error, ErrorKind, Framing, Got, Wanted};

/// A cap above every message in these tests.
pub(crate) const CAP: usize = 4096;

/// The parts of an error that do not depend on how the stream was cut.
pub(crate) type Fault = (ErrorKind, u64, Wanted, Got);

pub(crate) fn fault(error: Error) -> Fault {
    (error.kind, error.offset, error.wanted, error.got)
}

/// A decoded stream: its messages, and how it ends.
pub(crate) type Outcome = (Vec<Vec<u8>>, Result<(), Fault>);

/// Whether the framing promises to carry this payload, computed independently of the codecs.
pub(crate) fn carries(framing: Framing, payload: &[u8]) -> bool {
    let length = payload.len();
    match framing.codec() {
        Codec::Raw(_)
        | Codec::Netstring(_)
        | Codec::Cobs(_)
        | Codec::HeaderBlock(_)
        | Codec::Flagged(_) => true,
        Codec::Varint(varint) => (length as u64) < 1 << varint.bits().min(63),
        Codec::Fixed(fixed) => length == fixed.size(),
        Codec::Delimiter(delimiter) => {
            delimiter.escape().is_some() || {
                let sequence = delimiter.sequence();
                let framed = [payload, sequence.as_bytes()].concat();
                let first = framed
                    .windows(sequence.as_bytes().len())
                    .position(|window| window == sequence.as_bytes());
                first == Some(length)
            }
        }
        Codec::Digits(digits) => length.to_string().len() <= digits.width(),
        Codec::OctetCounting(_) | Codec::Stuffed(_) => length > 0,
        Codec::Length(prefix) => {
            let counted = length as i128 + i128::from(prefix.counts);
            let unit = i128::from(prefix.unit.get());
            counted >= 0 && counted % unit == 0 && counted / unit <= i128::from(prefix.field.max())
        }
        Codec::PktLine(_) => length <= 65_516,
        Codec::Json(_) => {
            let text = std::str::from_utf8(payload).is_ok_and(|text| text.trim() == text);
            let first = payload.first();
            text && matches!(first, Some(b'{' | b'['))
                && serde_json::from_slice::<serde_json::Value>(payload).is_ok()
        }
        Codec::Resp(_) => {
            let line = payload.strip_suffix(b"\r\n");
            let line = line.is_some_and(|line| !line.iter().any(|byte| b"\r\n".contains(byte)));
            // Those with a length are among the messages of `fitting`.
            (line
                && matches!(
                    payload.first(),
                    Some(b'+' | b'-' | b':' | b'_' | b'#' | b',' | b'(')
                ))
                || is_bulk(payload)
        }
        other => panic!("say what {other} carries"),
    }
}

/// Whether it is a RESP string behind its length, and nothing else.
fn is_bulk(payload: &[u8]) -> bool {
    let Some(at) = payload.iter().position(|byte| *byte == b'\r') else {
        return false;
    };
    let number = std::str::from_utf8(&payload[..at]).ok();
    let length = number.and_then(|number| number.strip_prefix('$')?.parse::<usize>().ok());
    let body = payload[at..].strip_prefix(b"\r\n");
    let body = body.and_then(|body| body.strip_suffix(b"\r\n"));
    length.is_some() && body.map(<[u8]>::len) == length
}

/// The messages that the framing can carry; for a fixed size they are padded or cut to it, and for
/// values they become one.
pub(crate) fn fitting(framing: Framing, messages: &[Vec<u8>]) -> Vec<Vec<u8>> {
    messages
        .iter()
        .cloned()
        .map(|mut message| {
            match framing.codec() {
                Codec::Fixed(fixed) => message.resize(fixed.size(), b'.'),
                // As a text in an array, and as a string with its length.
                Codec::Json(_) => {
                    let text = String::from_utf8_lossy(&message);
                    message = serde_json::to_vec(&[text]).unwrap();
                }
                Codec::Resp(_) => {
                    let head = format!("${}\r\n", message.len());
                    message = [head.as_bytes(), &message, b"\r\n"].concat();
                }
                _ => {}
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
    // An empty stream is one empty piece, so that a decoder is tested with it too.
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

/// The messages that the incremental decoder finds in these chunks.
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

/// The messages of a reader that asks for exactly as many bytes as it is told.
///
/// Fails the test if it asks for a byte after the frame.
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
