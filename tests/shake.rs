//! Tests the shaking of streams: which deliveries there are, and which readers survive them.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use proptest::prelude::*;
use sticky_packet::framing::{Codec, Framing};
use sticky_packet::laboratory::confirmation::{self, Confirmation, Disagreement, Disputed};
use sticky_packet::laboratory::{
    LONGEST_STREAM, Plan, Reader, ShakeResults, Stream, Tally, Trouble, messages, shake, watch,
};
use sticky_packet::replay::Stage;
use sticky_packet::trace::StopReason;

fn framing(name: &str) -> Framing {
    name.parse().unwrap()
}

fn said(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// Every way to cut a stream of `length` bytes, computed independently of the plan.
fn every_cut(length: usize) -> impl Iterator<Item = Vec<usize>> {
    (0..1_u32 << (length - 1))
        .map(move |bits| (1..length).filter(|at| bits >> (at - 1) & 1 == 1).collect())
}

/// The messages that a framing can carry, short enough for every cut.
fn short(framing: Framing) -> Stream {
    let candidates = match framing.codec() {
        Codec::Fixed(fixed) => vec![vec![b'a'; fixed.size()]],
        _ => said(&["a", "bc", "d"]),
    };
    for count in (1..=candidates.len()).rev() {
        let stream = Stream::new(framing, &candidates[..count]);
        assert_eq!(stream.refused, [], "{framing}");
        if stream.bytes.len() <= 18 {
            return stream;
        }
    }
    panic!("{framing} has no short stream");
}

#[test]
fn the_exact_reader_survives_every_delivery_under_every_framing() {
    for framing in Framing::every() {
        let stream = short(framing);
        let length = stream.bytes.len();
        let shaken = shake(stream, Plan::new(length, 0, 1), &mut |_| {});
        assert_eq!(shaken.plan.count(), 1 << (length - 1), "{framing}");
        assert!(shaken.holds(), "{framing}");
        match shaken.tally(Reader::Exact) {
            Some(tally) => {
                assert!(framing.keeps_boundaries(), "{framing}");
                assert_eq!(tally.survived, 1 << (length - 1), "{framing}");
                assert_eq!(tally.first_broken, None, "{framing}");
            }
            None => assert!(!framing.keeps_boundaries(), "{framing}"),
        }
    }
}

#[test]
fn the_naive_reader_survives_just_the_delivery_that_is_cut_at_the_boundaries() {
    for framing in Framing::every() {
        let stream = short(framing);
        let ends = stream.frames.iter().map(|frame| frame.place.end());
        let boundaries: Vec<usize> = ends.take(stream.frames.len() - 1).collect();
        for cuts in every_cut(stream.bytes.len()) {
            let watched = watch(Reader::Naive, &stream, &cuts);
            assert_eq!(
                watched.survived,
                cuts == boundaries,
                "{framing}, cut at {cuts:?}"
            );
        }
    }
}

/// Computed independently: the source's reader survives if no cut goes through a header or a
/// payload.
#[test]
fn the_reader_of_the_source_breaks_just_where_a_header_or_a_payload_is_split() {
    for framing in Framing::every() {
        let stream = short(framing);
        let shaken = shake(
            stream.clone(),
            Plan::new(stream.bytes.len(), 0, 1),
            &mut |_| {},
        );
        let knows_its_header = matches!(
            framing.codec(),
            Codec::Fixed(_) | Codec::Digits(_) | Codec::Length(_)
        );
        assert_eq!(
            shaken.tally(Reader::AsInTheSource).is_some(),
            knows_its_header,
            "{framing}"
        );
        if !knows_its_header {
            continue;
        }
        let mut survived = 0;
        for cuts in every_cut(stream.bytes.len()) {
            let kept = cuts.iter().all(|&cut| {
                stream.frames.iter().all(|frame| {
                    let frame = frame.place;
                    let behind_header = frame.header().end;
                    cut <= frame.start || cut >= frame.end() || cut == behind_header
                })
            });
            let watched = watch(Reader::AsInTheSource, &stream, &cuts);
            assert_eq!(watched.survived, kept, "{framing}, cut at {cuts:?}");
            survived += u64::from(kept);
        }
        let tally = shaken.tally(Reader::AsInTheSource).unwrap();
        assert_eq!(tally.survived, survived, "{framing}");
    }
}

#[test]
fn a_split_header_is_told_as_what_it_is() {
    let stream = Stream::new(framing("i32-le"), &said(&["rain", "sun"]));
    let watched = watch(Reader::AsInTheSource, &stream, &[2]);
    assert_eq!(
        watched.trouble,
        Some(Trouble::NoLength { wanted: 4, got: 2 })
    );
    assert_eq!((watched.made.len(), watched.recvs.len()), (0, 1));
    assert_eq!(
        (watched.recvs[0].asked, watched.recvs[0].range.clone()),
        (4, 0..2)
    );

    // Two digits cut apart are two lengths, and the reader has lost its place.
    let stream = Stream::new(framing("digits-2"), &said(&["eighteen bytes, a!"]));
    let watched = watch(Reader::AsInTheSource, &stream, &[1]);
    assert_eq!(watched.made[0].payload, b"8");
    assert_eq!(watched.made[0].range, 0..2);
    assert!(!watched.survived);
}

#[test]
fn a_length_that_cannot_be_is_told() {
    // 2^31 and more is negative as a signed length; the frame is made by hand.
    let mut stream = Stream::new(framing("i32-le"), &said(&["rain"]));
    stream.bytes[..4].copy_from_slice(&[0xff; 4]);
    let watched = watch(Reader::AsInTheSource, &stream, &[]);
    assert_eq!(watched.trouble, Some(Trouble::ImpossibleLength(-1)));
    assert!(matches!(
        watch(Reader::Exact, &stream, &[]).trouble,
        Some(Trouble::Refused(_))
    ));
}

#[test]
fn what_comes_out_right_by_chance_does_not_count() {
    let mut stream = Stream::new(framing("digits-2"), &said(&["ab", "ab"]));
    let payloads = |stream: &Stream, cuts: &[usize]| {
        let watched = watch(Reader::Naive, stream, cuts);
        let made = watched.made.into_iter().map(|made| made.payload);
        (made.collect::<Vec<_>>(), watched.survived)
    };
    assert_eq!(payloads(&stream, &[4]), (said(&["ab", "ab"]), true));
    // Two frames without their headers would give the same payloads from other bytes.
    stream.bytes = b"abab".to_vec();
    assert_eq!(payloads(&stream, &[2]), (said(&["ab", "ab"]), false));
}

#[test]
fn messages_that_a_framing_cannot_carry_are_left_out_and_named() {
    let messages = said(&["eighteen bytes, a!", "short"]);
    let stream = Stream::new(framing("fixed-18"), &messages);
    assert_eq!(stream.frames.len(), 1);
    assert_eq!(stream.refused.len(), 1);
    assert_eq!(stream.refused[0].0, 1);
    let none = Stream::new(framing("fixed-18"), &messages[1..]);
    let shaken = shake(none, Plan::new(0, 0, 1), &mut |_| {});
    assert_eq!(shaken.tallies, [None; 3]);
}

#[test]
fn the_first_delivery_that_broke_a_reader_breaks_it_again_and_none_before_it_does() {
    for name in ["digits-2", "u16-be-counts-header", "netstring"] {
        let stream = Stream::new(framing(name), &said(&messages::USUAL));
        let plan = Plan::new(stream.bytes.len(), 20, 3);
        let shaken = shake(stream, plan, &mut |_| {});
        let mut cuts = Vec::new();
        for reader in Reader::ALL {
            let Some(first) = shaken.tally(reader).and_then(|tally| tally.first_broken) else {
                continue;
            };
            for index in 0..=first {
                plan.cuts(index, &mut cuts);
                let survived = watch(reader, &shaken.stream, &cuts).survived;
                assert_eq!(survived, index != first, "{name} {reader:?} {index}");
            }
        }
    }
}

#[test]
fn progress_counts_up_to_all() {
    let stream = Stream::new(framing("u8"), &said(&["abcdefgh", "abcd"]));
    let plan = Plan::new(stream.bytes.len(), 0, 1);
    let mut told = Vec::new();
    let _ = shake(stream, plan, &mut |done| told.push(done));
    assert_eq!(told, [4096, 8192]);
    assert_eq!(plan.count(), 8192);
}

#[test]
fn sockets_agree_with_memory_for_every_reader_and_framing() {
    let mut stage = Stage::new();
    let mut cuts = Vec::new();
    let mut replays = 0;
    for framing in Framing::every() {
        let stream = Stream::new(framing, &said(&messages::USUAL));
        let plan = Plan::new(stream.bytes.len(), 10, 5);
        let shaken = shake(stream, plan, &mut |_| {});
        for index in confirmation::chosen(&shaken, 5) {
            plan.cuts(index, &mut cuts);
            for reader in Reader::ALL {
                if shaken.tally(reader).is_none() {
                    continue;
                }
                let watched = watch(reader, &shaken.stream, &cuts);
                let scenario = confirmation::scenario(&shaken.stream, &cuts, &watched);
                let trace = stage.replay(&scenario);
                let agrees = confirmation::compare(reader, &shaken.stream, &watched, &trace);
                assert_eq!(agrees, Ok(()), "{framing} {reader:?} {cuts:?}");
                let analysis = sticky_packet::analysis::analyse(&trace);
                assert!(analysis.as_expected(), "{framing} {reader:?} {analysis:?}");
                replays += 1;
            }
        }
    }
    assert!(replays > 200, "{replays}");
}

#[test]
fn sockets_that_did_something_else_disagree() {
    let stream = Stream::new(framing("i32-le"), &said(&["rain", "sun"]));
    let mut stage = Stage::new();
    let here = watch(Reader::Exact, &stream, &[3]);
    let there = watch(Reader::Exact, &stream, &[4]);
    let trace = stage.replay(&confirmation::scenario(&stream, &[4], &there));
    assert_eq!(
        confirmation::compare(Reader::Exact, &stream, &there, &trace),
        Ok(())
    );
    let Err(Disagreement::Recv {
        number,
        wanted,
        got,
    }) = confirmation::compare(Reader::Exact, &stream, &here, &trace)
    else {
        panic!("agrees");
    };
    assert_eq!(number, 0);
    assert_eq!((wanted.unwrap().range, got.unwrap().range), (0..3, 0..4));

    let mut other = stream.clone();
    other.bytes[8] ^= 1;
    assert_eq!(
        confirmation::compare(Reader::Exact, &other, &there, &trace),
        Err(Disagreement::Bytes)
    );

    let mut claimed = there.clone();
    claimed.made[0].payload = b"snow".to_vec();
    assert_eq!(
        confirmation::compare(Reader::Exact, &stream, &claimed, &trace),
        Err(Disagreement::Reader)
    );

    let mut stopped = trace.clone();
    stopped.parts[0].stop = Some(sticky_packet::trace::Stop {
        side: sticky_packet::scenario::Side::Client,
        step: None,
        reason: StopReason::Panic("made for this test".to_owned()),
        other_last: None,
    });
    assert!(matches!(
        confirmation::compare(Reader::Exact, &stream, &there, &stopped),
        Err(Disagreement::Stopped(_))
    ));
}

#[test]
fn the_claim_holds_only_if_every_exact_reader_survives_and_the_sockets_agree() {
    let stream = Stream::new(framing("u8"), &said(&["ab"]));
    let shaken = shake(stream, Plan::new(3, 0, 1), &mut |_| {});
    let mut report = ShakeResults {
        messages: said(&["ab"]),
        trials: 0,
        seed: 1,
        framings: vec![shaken],
        confirmation: Some(Confirmation::default()),
    };
    assert!(report.holds());
    report.confirmation = Some(Confirmation {
        deliveries: 1,
        replays: 1,
        not_judged: 0,
        disagreements: vec![Disputed {
            framing: framing("u8"),
            reader: Reader::Exact,
            delivery: 0,
            disagreement: Disagreement::Bytes,
        }],
    });
    assert!(!report.holds());
    report.confirmation = None;
    assert!(report.holds());

    // A replay that the machine stalled says nothing, but at least one has to say something.
    let stalled = StopReason::Stalled {
        step: "wait".to_owned(),
        milliseconds: 6000,
        timer: 5000,
    };
    let mut confirmation = Confirmation::default();
    let stopped = Err(Disagreement::Stopped(stalled));
    confirmation.count(framing("u8"), Reader::Exact, 0, stopped);
    assert_eq!(
        (confirmation.not_judged, confirmation.disagreements.len()),
        (1, 0)
    );
    report.confirmation = Some(confirmation.clone());
    assert!(!report.holds());
    confirmation.count(framing("u8"), Reader::Exact, 1, Ok(()));
    report.confirmation = Some(confirmation);
    assert!(report.holds());
    report.framings[0].tallies[2] = Some(Tally {
        survived: 3,
        first_broken: Some(2),
    });
    assert!(!report.holds());
}

#[test]
fn random_messages_are_of_their_seed() {
    assert_eq!(messages::random(5, 9), messages::random(5, 9));
    assert_ne!(messages::random(5, 9), messages::random(5, 10));
    let many = messages::random(1000, 1);
    assert!(many.iter().all(|message| (1..=24).contains(&message.len())));
    assert!(many.iter().map(Vec::len).sum::<usize>() < 2 * LONGEST_STREAM);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Any messages, any cuts, any length prefix: exact survives, nothing panics.
    #[test]
    fn any_delivery_of_any_messages_is_survived_by_the_exact_reader(
        messages in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 1..6),
        seed in any::<u64>(),
    ) {
        for framing in Framing::every() {
            let stream = Stream::new(framing, &messages);
            let plan = Plan::new(stream.bytes.len().max(21), 3, seed);
            let mut cuts = Vec::new();
            let last = plan.count() - 1;
            plan.cuts(last, &mut cuts);
            cuts.retain(|&cut| cut < stream.bytes.len());
            for reader in Reader::ALL {
                let watched = watch(reader, &stream, &cuts);
                if reader == Reader::Exact && framing.keeps_boundaries() {
                    prop_assert!(watched.survived, "{framing} {watched:?}");
                }
                let total: usize = watched.recvs.iter().map(|recv| recv.range.len()).sum();
                prop_assert!(total <= stream.bytes.len());
            }
        }
    }
}
