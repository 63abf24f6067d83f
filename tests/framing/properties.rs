//! Properties of every framing, for any messages, any chunks and any bytes.

use proptest::collection::vec;
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use sticky_packet::framing::{Decoded, Decoder, ErrorKind, Framing};

use crate::corpus::{CAP, carries, cut, exact, fitting, incremental, stream};

/// Bytes with a meaning in some framing.
const TELLING: &[u8] = b"0123456789 :,\\\r\n\x00\x01\x02\x80\xff\x7d\x7e\xc0\xdb\xdc\xdd{}[]\"$*+a";

/// A byte; those with a meaning in a framing are more frequent.
fn byte() -> impl Strategy<Value = u8> {
    prop_oneof![
        3 => any::<u8>(),
        2 => prop::sample::select(TELLING.to_vec()),
    ]
}

fn messages() -> impl Strategy<Value = Vec<Vec<u8>>> {
    vec(
        prop_oneof![4 => vec(byte(), 0..40), 1 => vec(any::<u8>(), 0..1500)],
        0..6,
    )
}

fn chunk_sizes() -> impl Strategy<Value = Vec<usize>> {
    vec(prop_oneof![3 => 1_usize..8, 1 => 1_usize..2000], 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_messages_survive_any_chunking(messages in messages(), sizes in chunk_sizes()) {
        for framing in Framing::every() {
            let messages = fitting(framing, &messages);
            let stream = stream(framing, &messages);
            let (decoded, end) = incremental(framing, CAP, cut(&stream, &sizes));
            prop_assert_eq!(end, Ok(()), "{}", framing);
            if framing.keeps_boundaries() {
                prop_assert_eq!(decoded, messages, "{}", framing);
            } else {
                prop_assert_eq!(decoded.concat(), messages.concat(), "{}", framing);
            }
        }
    }

    #[test]
    fn an_exact_reader_never_reads_past_the_frame(messages in messages()) {
        for framing in Framing::every().into_iter().filter(Framing::keeps_boundaries) {
            let messages = fitting(framing, &messages);
            let outcome = exact(framing, CAP, &stream(framing, &messages));
            prop_assert_eq!(outcome, (messages, Ok(())), "{}", framing);
        }
    }

    #[test]
    fn a_part_of_a_frame_is_incomplete_and_an_end_inside_it_an_error(
        message in vec(byte(), 0..40),
    ) {
        for framing in Framing::every().into_iter().filter(Framing::keeps_boundaries) {
            for message in fitting(framing, std::slice::from_ref(&message)) {
                let mut frame = Vec::new();
                framing.encode(&message, &mut frame).unwrap();
                for length in 0..frame.len() {
                    let part = &frame[..length];
                    match framing.decode(part, CAP).unwrap() {
                        Decoded::Incomplete { at_least } => {
                            prop_assert!((1..=frame.len() - length).contains(&at_least));
                        }
                        whole @ Decoded::Frame { .. } => prop_assert!(false, "{framing}: {whole:?}"),
                    }
                    let ended = framing.end(part).map_err(|error| (error.kind, error.offset));
                    match ended {
                        // A flag alone is one between messages.
                        Ok(()) => prop_assert!(
                            length == 0 || part.iter().all(|byte| [0xc0, 0x7e].contains(byte)),
                            "{}",
                            framing
                        ),
                        Err((kind, offset)) => {
                            prop_assert!(matches!(
                                kind,
                                ErrorKind::EndInsideHeader
                                    | ErrorKind::EndInsideBody
                                    | ErrorKind::MissingDelimiter
                            ));
                            prop_assert_eq!(offset, length as u64, "{}", framing);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_carried_is_refused_and_leaves_no_trace(message in vec(byte(), 0..300)) {
        for framing in Framing::every() {
            let mut out = b"before".to_vec();
            match framing.encode(&message, &mut out) {
                Ok(_) => prop_assert!(carries(framing, &message), "{}", framing),
                Err(error) => {
                    prop_assert!(!carries(framing, &message), "{}", framing);
                    prop_assert!(matches!(
                        error.kind,
                        ErrorKind::DoesNotFit | ErrorKind::HoldsDelimiter
                    ));
                    prop_assert_eq!(out, b"before");
                }
            }
        }
    }

    #[test]
    fn any_bytes_end_the_same_way_however_they_are_cut(
        bytes in vec(byte(), 0..200),
        sizes in chunk_sizes(),
        cap in 0_usize..100,
    ) {
        for framing in Framing::every().into_iter().filter(Framing::keeps_boundaries) {
            let whole = incremental(framing, cap, [&bytes[..]]);
            let pieces = incremental(framing, cap, cut(&bytes, &sizes));
            prop_assert_eq!(&whole, &pieces, "{}", framing);
            prop_assert_eq!(&whole, &exact_tolerating_errors(framing, cap, &bytes), "{}", framing);
        }
    }

    #[test]
    fn a_damaged_stream_ends_the_same_way_however_it_is_cut(
        messages in messages(),
        sizes in chunk_sizes(),
        at in any::<prop::sample::Index>(),
        damage in byte(),
    ) {
        for framing in Framing::every().into_iter().filter(Framing::keeps_boundaries) {
            let mut bytes = stream(framing, &fitting(framing, &messages));
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = damage;
            }
            let whole = incremental(framing, CAP, [&bytes[..]]);
            let pieces = incremental(framing, CAP, cut(&bytes, &sizes));
            prop_assert_eq!(whole, pieces, "{}", framing);
        }
    }
}

/// Decodes the slice from its front again and again.
fn exact_tolerating_errors(framing: Framing, cap: usize, bytes: &[u8]) -> crate::corpus::Outcome {
    let mut messages = Vec::new();
    let mut start = 0;
    loop {
        match framing.decode(&bytes[start..], cap) {
            Ok(Decoded::Frame { parts, payload }) => {
                messages.push(payload.into_owned());
                start += parts.total();
            }
            Ok(Decoded::Incomplete { .. }) => {
                let end = framing.end(&bytes[start..]);
                let fault = |error: sticky_packet::framing::Error| {
                    crate::corpus::fault(error.behind(start as u64))
                };
                return (messages, end.map_err(fault));
            }
            Err(error) => {
                return (
                    messages,
                    Err(crate::corpus::fault(error.behind(start as u64))),
                );
            }
        }
    }
}

#[test]
fn nothing_is_allocated_for_a_frame() {
    for framing in Framing::every() {
        let message = [vec![b'\\'; 9], vec![b'x'; 9]].concat();
        let message = fitting(framing, &[message]);
        let stream = stream(
            framing,
            &message
                .iter()
                .cloned()
                .cycle()
                .take(20_000 * message.len())
                .collect::<Vec<_>>(),
        );
        let mut decoder = Decoder::new(framing, 64);
        let mut memory = None;
        for mut chunk in stream.chunks(1000) {
            while decoder.next(&mut chunk).unwrap().is_some() {
                assert_eq!(*memory.get_or_insert(decoder.memory()), decoder.memory());
            }
        }
    }
}

#[test]
fn a_claimed_length_takes_no_memory_until_its_bytes_arrive() {
    let mut decoder = Decoder::new("u32-be".parse().unwrap(), 64 << 20);
    let mut chunk = &[0x03, 0xff, 0xff, 0xff, b'x'][..];
    assert_eq!(decoder.next(&mut chunk), Ok(None));
    assert!(decoder.memory() <= 16 * 1024, "{}", decoder.memory());
}

#[test]
fn frames_larger_than_every_buffer_survive() {
    for framing in Framing::every()
        .into_iter()
        .filter(Framing::keeps_boundaries)
    {
        let large: Vec<u8> = (0..100_000_u32).map(|n| b'a' + (n % 23) as u8).collect();
        let messages = fitting(
            framing,
            &[
                b"small".to_vec(),
                large.clone(),
                b"\n\\".to_vec(),
                large,
                vec![],
            ],
        );
        let stream = stream(framing, &messages);
        for size in [1, 255, 4096, 65_536, stream.len().max(1)] {
            // A value of JSON or RESP has some bytes around the text.
            let outcome = incremental(framing, 100_016, stream.chunks(size));
            assert_eq!(outcome, (messages.clone(), Ok(())), "{framing} by {size}");
        }
    }
}

/// Ten million random streams, each cut at random. Ends early, and says so, when the time is over.
#[test]
#[ignore = "takes up to two minutes; run it with --ignored"]
fn ten_million_random_streams() {
    const STREAMS: u32 = 10_000_000;
    const SEED: u64 = 0x5713_c4b1;
    let limit = std::time::Duration::from_secs(120);
    let start = std::time::Instant::now();
    let mut random = Xoshiro256PlusPlus::seed_from_u64(SEED);
    let framings: Vec<Framing> = Framing::every();
    let mut bytes = Vec::new();
    for done in 0..STREAMS {
        if done % 4096 == 0 && start.elapsed() > limit {
            eprintln!("{done} of {STREAMS} random streams in {limit:?}, seed {SEED:#x}");
            return;
        }
        bytes.clear();
        for _ in 0..random.random_range(0..48) {
            bytes.push(if random.random_bool(0.5) {
                TELLING[random.random_range(0..TELLING.len())]
            } else {
                random.random()
            });
        }
        let framing = framings[done as usize % framings.len()];
        let cap = random.random_range(0..64);
        let mut decoder = Decoder::new(framing, cap);
        let mut rest = &bytes[..];
        let mut taken = 0;
        'stream: while !rest.is_empty() {
            let (mut chunk, behind) = rest.split_at(random.random_range(1..=rest.len()));
            rest = behind;
            loop {
                match decoder.next(&mut chunk) {
                    Ok(Some(frame)) => taken += frame.parts.total(),
                    Ok(None) => break,
                    Err(_) => break 'stream,
                }
            }
        }
        assert!(taken <= bytes.len(), "{framing}: {bytes:?}");
        assert_eq!(decoder.offset(), taken as u64, "{framing}: {bytes:?}");
        assert!(decoder.memory() <= decoder.memory_limit(), "{framing}");
        let _ = decoder.end();
    }
    eprintln!(
        "{STREAMS} random streams in {:?}, seed {SEED:#x}",
        start.elapsed()
    );
}
