//! A framing as a codec of tokio-util: the same bytes and messages as `LengthDelimitedCodec` where
//! that has the framing, and as our own decoder everywhere.

use std::io;

use bytes::{Bytes, BytesMut};
use futures_util::{SinkExt as _, StreamExt as _};
use proptest::collection::vec;
use proptest::prelude::*;
use sticky_packet::framing::{Codec, Error, Framing, TokioCodec};
use tokio_util::codec::{Decoder as _, Encoder as _, Framed};

use crate::corpus::{CAP, Outcome, cut, fault, fitting, incremental, stream};
use crate::tokio_util::{peer, prefixes};

/// The error of this library within one of tokio-util's.
fn within(error: &io::Error) -> Error {
    *error.get_ref().unwrap().downcast_ref::<Error>().unwrap()
}

/// What the codec makes of a stream that arrives in these chunks.
fn decodes(framing: Framing, cap: usize, chunks: &[&[u8]]) -> Outcome {
    let mut codec = TokioCodec::new(framing, cap);
    let mut buffer = BytesMut::new();
    let mut messages = Vec::new();
    for chunk in chunks {
        buffer.extend_from_slice(chunk);
        loop {
            match codec.decode(&mut buffer) {
                Ok(Some(frame)) => messages.push(frame.to_vec()),
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
                    let again = codec.decode(&mut buffer).unwrap_err();
                    assert_eq!(within(&again), within(&error));
                    return (messages, Err(fault(within(&error))));
                }
            }
        }
    }
    match codec.decode_eof(&mut buffer) {
        Ok(None) => (messages, Ok(())),
        Ok(Some(frame)) => panic!("decode did not return {frame:?}"),
        Err(error) => {
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
            (messages, Err(fault(within(&error))))
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn each_reads_what_the_other_writes(message in vec(any::<u8>(), 0..200)) {
        // The peer's encoder writes neither an offset nor a gap.
        for prefix in prefixes().into_iter().filter(|p| p.offset == 0 && p.gap == 0) {
            let framing = Framing::from(Codec::Length(prefix));
            let (mut ours, mut theirs) = (BytesMut::new(), BytesMut::new());
            TokioCodec::new(framing, CAP).encode(&message, &mut ours).unwrap();
            peer(prefix).encode(Bytes::copy_from_slice(&message), &mut theirs).unwrap();
            prop_assert_eq!(&ours, &theirs, "{}", framing);

            let we_read = TokioCodec::new(framing, CAP).decode(&mut theirs).unwrap();
            let they_read = peer(prefix).decode(&mut ours).unwrap();
            prop_assert_eq!(we_read.as_deref(), Some(&message[..]), "{}", framing);
            prop_assert_eq!(they_read, we_read, "{}", framing);
            prop_assert!(ours.is_empty() && theirs.is_empty());
        }
    }

    #[test]
    fn it_reads_every_framing_as_our_decoder_does(
        messages in vec(vec(any::<u8>(), 0..60), 0..5),
        sizes in vec(1_usize..40, 1..6),
        missing in 0_usize..4,
    ) {
        // The messages of `raw` are the chunks, and they are not the same here.
        for framing in Framing::every().into_iter().filter(Framing::keeps_boundaries) {
            let stream = stream(framing, &fitting(framing, &messages));
            let stream = &stream[..stream.len().saturating_sub(missing)];
            let chunks = cut(stream, &sizes);
            let ours = incremental(framing, CAP, chunks.iter().copied());
            prop_assert_eq!(decodes(framing, CAP, &chunks), ours, "{}", framing);
        }
    }

    #[test]
    fn it_makes_of_any_bytes_what_our_decoder_does(
        bytes in vec(prop_oneof![Just(0_u8), 0_u8..40, any::<u8>()], 0..120),
        sizes in vec(1_usize..40, 1..6),
        cap in 0_usize..100,
    ) {
        for framing in Framing::every().into_iter().filter(Framing::keeps_boundaries) {
            let chunks = cut(&bytes, &sizes);
            let ours = incremental(framing, cap, chunks.iter().copied());
            prop_assert_eq!(decodes(framing, cap, &chunks), ours, "{}", framing);
        }
    }
}

#[test]
fn a_payload_that_does_not_fit_writes_nothing() {
    let mut codec = TokioCodec::new("u8".parse().unwrap(), CAP);
    let mut out = BytesMut::from(&b"before"[..]);
    let error = codec.encode([0; 256], &mut out).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    assert_eq!(
        within(&error).to_string(),
        "at offset 0, the payload does not fit the framing: wanted 255 or less, got 256"
    );
    assert_eq!(out, &b"before"[..]);
}

#[test]
fn bytes_that_were_taken_out_of_the_buffer_do_no_harm() {
    let mut codec = TokioCodec::new("line".parse().unwrap(), CAP);
    let mut buffer = BytesMut::from(&b"a long beginning"[..]);
    assert_eq!(codec.decode(&mut buffer).unwrap(), None);
    buffer.clear();
    buffer.extend_from_slice(b"rain\n");
    assert_eq!(codec.decode(&mut buffer).unwrap().unwrap(), &b"rain"[..]);
}

#[test]
fn messages_go_both_ways_over_a_small_pipe() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    for framing in Framing::every()
        .into_iter()
        .filter(Framing::keeps_boundaries)
    {
        let sent = fitting(framing, &[b"rain".to_vec(), vec![b'x'; 300], b"s".to_vec()]);
        runtime.block_on(async {
            let (here, there) = tokio::io::duplex(7);
            let mut here = Framed::new(here, TokioCodec::new(framing, CAP));
            let mut there = Framed::new(there, TokioCodec::new(framing, CAP));
            // One after another: with both sides writing at once, the pipe would fill up.
            let sending = async {
                let mut back = Vec::new();
                for message in &sent {
                    here.send(message).await.unwrap();
                    back.push(here.next().await.unwrap().unwrap().to_vec());
                }
                back
            };
            let echoing = async {
                for _ in &sent {
                    let message = there.next().await.unwrap().unwrap();
                    there.send(message).await.unwrap();
                }
            };
            let (back, ()) = futures_util::future::join(sending, echoing).await;
            assert_eq!(back, sent, "{framing}");
        });
    }
}
