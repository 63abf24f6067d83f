//! What is kept of a scenario, and the plan of its trials.

use proptest::prelude::*;

use super::*;
use crate::scenario::{Action, Opening, Payload, SendRole, catalogue};

fn eager(name: &str) -> Result<EagerSends, NoOdds> {
    let found = catalogue::select(&[name.to_owned()]).unwrap();
    EagerSends::of(&found[0])
}

fn steps(scenario: &Scenario, side: Side) -> Vec<String> {
    let script = scenario.parts[0].script(side);
    script
        .steps
        .iter()
        .map(|step| step.action.to_string())
        .collect()
}

#[test]
fn the_waits_are_gone_and_the_gap_stands_between_the_sends() {
    let eager = eager("sticky/delayed-receive").unwrap();
    assert_eq!((eager.from, eager.messages()), (Side::Server, 2));
    let plain = eager.with_gap(Duration::ZERO);
    assert_eq!(
        steps(&plain, Side::Server),
        ["send = \"下了一天的雨\"", "send = \"适合发呆\""]
    );
    assert_eq!(steps(&plain, Side::Client), ["recv-until-end = 1024"]);
    let paused = eager.with_gap(Duration::from_micros(20));
    assert_eq!(
        steps(&paused, Side::Server),
        [
            "send = \"下了一天的雨\"",
            "pause = \"20us\"",
            "send = \"适合发呆\""
        ]
    );
}

#[test]
fn what_chance_cannot_decide_has_no_odds() {
    assert_eq!(
        eager("udp/keeps-boundaries"),
        Err(NoOdds::Transport(Transport::Udp))
    );
    assert_eq!(eager("tcp/one-shot"), Err(NoOdds::TooFewMessages(1)));
    assert_eq!(eager("tcp/loop"), Err(NoOdds::Connections(2)));
}

#[test]
fn a_connection_of_another_socket_begins_no_stream_of_the_main_one() {
    let send = Step::from(Action::Send(SendStep {
        payload: Payload::Text("hello".to_owned()),
        framing: None,
        role: SendRole::Message,
        pieces: None,
        more: false,
        nonblocking: false,
        end_of_record: false,
    }));
    let connect = |on: Option<&str>| Step {
        on: on.map(str::to_owned),
        ..Step::from(Action::Open(Opening::Connect))
    };
    let sends = |on| connections(&[connect(None), send.clone(), connect(on), send.clone()]);
    assert_eq!(sends(Some("second")), 1);
    assert_eq!(sends(None), 2);
}

#[test]
fn points_are_even_and_reach_both_ends() {
    let micros =
        |points: Vec<Duration>| -> Vec<u128> { points.iter().map(Duration::as_micros).collect() };
    let us = Duration::from_micros;
    assert_eq!(micros(points(us(0), us(200), 5)), [0, 50, 100, 150, 200]);
    assert_eq!(micros(points(us(20), us(20), 9)), [20]);
    assert_eq!(micros(points(us(1), us(3), 0)), [1, 3]);
}

proptest! {
    #[test]
    fn a_seed_always_gives_the_same_plan_and_every_block_has_its_part_of_every_gap(
        gaps in proptest::collection::vec(0_u64..1_000_000_000, 1..6),
        trials in 0_u32..100,
        seed: u64,
    ) {
        let gaps: Vec<_> = gaps.into_iter().map(Duration::from_nanos).collect();
        let first = plan(&gaps, trials, seed);
        prop_assert_eq!(&first, &plan(&gaps, trials, seed));
        prop_assert_eq!(first.len(), trials.min(BLOCKS) as usize);
        for (point, &gap) in gaps.iter().enumerate() {
            let mut all = 0;
            for block in &first {
                let own = block.trials.iter().filter(|trial| trial.point == point);
                let count = u32::try_from(own.clone().count()).unwrap();
                prop_assert!(count == trials / BLOCKS.min(trials) || count == trials.div_ceil(BLOCKS));
                all += count;
                for trial in own {
                    prop_assert!(trial.gap >= gap * 3 / 4 && trial.gap <= gap * 5 / 4);
                }
            }
            prop_assert_eq!(all, trials);
        }
        for (number, block) in first.iter().enumerate() {
            let ms = block.rest.as_millis();
            let wanted = if number == 0 { 0..=0 } else { 5..=15 };
            prop_assert!(wanted.contains(&ms));
        }
    }
}

#[test]
fn another_seed_gives_another_plan() {
    let gaps = [Duration::ZERO, Duration::from_micros(50)];
    assert_ne!(plan(&gaps, 20, 1), plan(&gaps, 20, 2));
    let order: Vec<_> = plan(&gaps, 400, 1)
        .iter()
        .flat_map(|block| &block.trials)
        .map(|trial| trial.point)
        .collect();
    let shuffled = order.chunks(8).filter(|block| !block.is_sorted());
    assert!(shuffled.count() > 85, "not shuffled: {order:?}");
}

#[test]
fn a_reader_that_goes_by_lengths_is_kept_without_its_waits() {
    let own = |name: &str| {
        let eager = eager(name).unwrap();
        let scenario = eager.with_own_reader(Duration::ZERO)?;
        Some((
            eager.own_framing().is_some(),
            steps(&scenario, Side::Client),
        ))
    };
    assert_eq!(
        own("fixes/3-struct-every-message"),
        Some((true, vec!["decode = \"i32-le\"".to_owned()]))
    );
    let (decodes, steps) = own("fixes/third-message").unwrap();
    assert!(!decodes);
    assert!(
        steps.iter().all(|step| !step.starts_with("wait")),
        "{steps:?}"
    );
    assert_eq!(steps.last().unwrap(), "recv-until-end = 1024");
    assert_eq!(own("sticky/back-to-back"), None);
}
