//! Tests how far each flow has got after each call of a replay, on real sockets.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use sticky_packet::analysis::moment::{self, Moment, Progress};
use sticky_packet::analysis::{Range, analyse_part};
use sticky_packet::replay::Stage;
use sticky_packet::scenario::catalogue;
use sticky_packet::trace::{DataOp, Op, PartTrace, ScriptOp, Trace};

fn replay(name: &str) -> Trace {
    let scenarios = catalogue::select(&[name.to_owned()]).unwrap();
    Stage::new().replay(&scenarios[0])
}

/// The state of the flow from the server after each call that a viewer stops at.
fn shown(part: &PartTrace) -> Vec<Progress> {
    let mut moment = Moment::first(part);
    let mut states = Vec::new();
    while moment.advance(part) {
        if moment::is_shown(&part.calls[moment.calls - 1]) {
            states.push(moment.flows[0]);
        }
    }
    states
}

#[test]
fn time_never_runs_backwards_from_call_to_call() {
    let scenarios = catalogue::select(&[]).unwrap();
    let mut stage = Stage::new();
    for scenario in scenarios {
        let trace = stage.replay(&scenario);
        for part in &trace.parts {
            assert!(
                part.calls
                    .is_sorted_by_key(sticky_packet::trace::Call::moment),
                "{}",
                trace.name
            );
        }
    }
}

#[test]
fn bytes_are_sent_then_wait_then_are_received() {
    let trace = replay("sticky/back-to-back");
    let states = shown(&trace.parts[0]);
    let sums: Vec<_> = states
        .iter()
        .map(|state| (state.sent, state.waiting, state.received))
        .collect();
    assert_eq!(
        sums,
        [
            (18, 0, 0),
            (30, 0, 0),
            (30, 30, 0),
            (30, 0, 30),
            (30, 0, 30)
        ]
    );
    assert_eq!(states[2].queue(), Range { start: 0, end: 30 });
    assert!(states[3].queue().is_empty());
}

#[test]
fn what_a_recv_left_in_the_queue_still_waits() {
    let trace = replay("sticky/one-byte-recv");
    let part = &trace.parts[0];
    let states = shown(part);
    let after_wait = states.iter().position(|state| state.waiting > 0);
    let waiting: Vec<u64> = states[after_wait.expect("a wait")..]
        .iter()
        .take(4)
        .map(|state| state.waiting)
        .collect();
    let all = waiting[0];
    assert!(all > 4, "{waiting:?}");
    assert_eq!(waiting, [all, all - 1, all - 2, all - 3]);
}

/// A replay in which the machine did not stall between cork and uncork: Linux holds back
/// for 200 ms at most (`TCP_CORK` in tcp(7)), and a slower replay shows nothing of it.
#[cfg(target_os = "linux")]
fn replay_within_the_ceiling(name: &str) -> Trace {
    const CEILING: u64 = 200_000_000;
    let replays = std::iter::repeat_with(|| replay(name)).take(20);
    let lasted = |trace: &Trace| trace.parts[0].calls.iter().map(|call| call.end).max();
    let mut quick = replays.filter(|trace| lasted(trace).is_some_and(|end| end < CEILING));
    quick.next().expect("the machine stalls again and again")
}

#[cfg(target_os = "linux")]
#[test]
fn what_the_sender_holds_back_has_not_left() {
    let trace = replay_within_the_ceiling("sticky/cork");
    let part = &trace.parts[0];
    let mut held = 0;
    let mut moment = Moment::first(part);
    while moment.advance(part) {
        let Progress { sent, left, .. } = moment.flows[0];
        held += usize::from(left == Some(0) && sent > 0);
    }
    assert!(held >= 2, "both sends were held back");
    assert_eq!(moment.flows[0].left, Some(30));
}

#[test]
fn a_moment_of_any_case_holds_the_front_of_it_and_the_last_one_all() {
    let mut stage = Stage::new();
    for scenario in catalogue::all().unwrap() {
        // Those with thousands of calls tell nothing more.
        let trace = stage.replay(&scenario);
        for part in trace.parts.iter().filter(|part| part.calls.len() < 300) {
            let mut moment = Moment::first(part);
            let mut before = moment.clone();
            while moment.advance(part) {
                for ((now, then), flow) in moment.flows.iter().zip(&before.flows).zip(&part.flows) {
                    let name = &trace.name;
                    assert!(
                        now.sent >= then.sent && now.received >= then.received,
                        "{name}: {now:?}"
                    );
                    assert!(now.received + now.waiting <= now.sent, "{name}: {now:?}");
                    assert!(
                        now.left.is_none_or(|left| left <= now.sent),
                        "{name}: {now:?}"
                    );
                    assert!(now.sent <= flow.sent.len() as u64, "{name}: {now:?}");
                }
                let cut = moment.cut(part);
                assert_eq!(cut.calls, part.calls[..moment.calls]);
                assert_eq!(analyse_part(&cut).flows.len(), part.flows.len());
                before = moment.clone();
            }
            assert_eq!(moment, Moment::after(part, usize::MAX));
            assert_eq!(moment.cut(part), *part, "{}", trace.name);
        }
    }
}

#[test]
fn a_viewer_stops_at_the_steps_of_the_script() {
    let trace = replay("tcp/one-shot");
    let part = &trace.parts[0];
    let implied = part
        .calls
        .iter()
        .filter(|call| !moment::is_shown(call))
        .count();
    assert!(
        implied > 0,
        "the connection is opened and closed without a step"
    );
    assert!(
        part.calls
            .iter()
            .filter(|call| moment::is_shown(call))
            .all(|call| {
                matches!(
                    call.op,
                    Op::Data(DataOp::Send { .. } | DataOp::Recv { .. })
                        | Op::Script(ScriptOp::Wait(_))
                )
            })
    );
}
