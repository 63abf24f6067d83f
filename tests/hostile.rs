//! A trace from anywhere is rejected, or can be analysed and drawn: the numbers of real traces are
//! changed, calls are left out, repeated and moved, and nothing may panic or run for ever. What was
//! saved is read back unchanged.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::io::sink;

use proptest::prelude::*;
use serde_json::Value;

use sticky_packet::analysis::analyse;
use sticky_packet::language::Language;
use sticky_packet::render::report::{Origin, Report};
use sticky_packet::render::text::step::{self, Case, View};
use sticky_packet::render::text::{Style, draw};
use sticky_packet::render::{cast, svg};
use sticky_packet::replay::Stage;
use sticky_packet::scenario::{self, Scenario, catalogue};
use sticky_packet::trace::json;

/// Saved replays of cases that differ in transport, framing and ending.
fn documents() -> Vec<Value> {
    let names = [
        "sticky/back-to-back",
        "sticky/delayed-receive",
        "tcp/one-shot",
        "tcp/reuse-address",
        "udp/one-shot",
        "compare/boundaries",
        "fixes/3-struct-every-message",
    ];
    let mut stage = Stage::new();
    catalogue::select(&names.map(str::to_owned))
        .unwrap()
        .iter()
        .map(|scenario| {
            let trace = stage.replay(scenario);
            let analysis = analyse(&trace);
            let mut saved = Vec::new();
            json::write(&[(trace, analysis)], &mut saved).unwrap();
            let mut document: Value = serde_json::from_slice(&saved).unwrap();
            document["cases"][0]["analysis"] = Value::Null;
            document
        })
        .collect()
}

/// Every number in `value`, in order.
fn numbers(value: &mut Value) -> Vec<&mut Value> {
    match value {
        Value::Number(_) => vec![value],
        Value::Array(values) => values.iter_mut().flat_map(numbers).collect(),
        Value::Object(values) => values.values_mut().flat_map(numbers).collect(),
        Value::Null | Value::Bool(_) | Value::String(_) => Vec::new(),
    }
}

/// Whether it was taken; panics where analysing or drawing it does.
fn survives(document: &Value) -> bool {
    let Ok(traces) = json::read(document.to_string().as_bytes()) else {
        return false;
    };
    for trace in traces {
        let analysis = analyse(&trace);
        let cases = [Case {
            trace: trace.clone(),
            analysis: analysis.clone(),
        }];
        for (language, full) in [(Language::English, false), (Language::Chinese, true)] {
            let style = Style {
                language,
                width: 80,
                ascii: full,
                color: false,
                times: true,
                hex: true,
                full,
            };
            draw(&trace, &analysis, &style, &mut sink()).unwrap();
            let mut report = Report::new(language);
            report.add(Origin::Saved, &trace, &analysis);
            report.write(&mut sink()).unwrap();
            let pair = [(trace.clone(), analysis.clone())];
            svg::draw(&pair, &style, &mut sink()).unwrap();
            cast::draw(&pair, &style, &mut sink()).unwrap();
            let stops = step::stops(&cases, full);
            for at in 0..stops.len() {
                let view = View {
                    cases: &cases,
                    stops: &stops,
                    at,
                    playing: None,
                    notice: None,
                    again: None,
                    help: false,
                };
                assert_eq!(step::draw(&view, &style, 24).len(), 24);
            }
        }
    }
    true
}

#[test]
fn a_trace_with_wrong_numbers_is_refused_or_drawn() {
    let documents = documents();
    let wrong = prop_oneof![
        Just(0_u64),
        Just(1),
        Just(u64::from(u16::MAX)),
        Just(u64::from(u32::MAX)),
        Just(u64::MAX),
        0..100_u64,
    ];
    let strategy = (
        0..documents.len(),
        proptest::collection::vec((any::<proptest::sample::Index>(), wrong), 1..4),
    );
    let taken = run(&strategy, |(which, wrongs)| {
        let mut document = documents[which].clone();
        for (at, number) in wrongs {
            let mut numbers = numbers(&mut document);
            let at = at.index(numbers.len());
            *numbers[at] = number.into();
        }
        survives(&document)
    });
    // Or nothing but the refusal was tested.
    assert!(taken > 100, "{taken}");
}

/// Tries 2,000 documents and says how many of them were taken.
fn run<S: Strategy>(strategy: &S, survives: impl Fn(S::Value) -> bool) -> u32 {
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let taken = std::cell::Cell::new(0_u32);
    runner
        .run(strategy, |value| {
            taken.set(taken.get() + u32::from(survives(value)));
            Ok(())
        })
        .unwrap();
    taken.get()
}

/// What is done to a call, with one at another place.
#[derive(Clone, Copy, Debug)]
enum Edit {
    LeaveOut,
    Repeat,
    Swap,
    /// The other's op, by this one's side at this one's time.
    Replace,
}

#[test]
fn a_trace_with_calls_left_out_repeated_or_elsewhere_is_refused_or_drawn() {
    use proptest::sample::Index;
    let documents = documents();
    let edits = prop_oneof![
        Just(Edit::LeaveOut),
        Just(Edit::Repeat),
        Just(Edit::Swap),
        Just(Edit::Replace),
    ];
    let strategy = (
        0..documents.len(),
        proptest::collection::vec((edits, any::<Index>(), any::<Index>()), 1..4),
        any::<bool>(),
    );
    let taken = run(&strategy, |(which, edits, in_time)| {
        let mut document = documents[which].clone();
        let calls = document["cases"][0]["parts"][0]["calls"]
            .as_array_mut()
            .unwrap();
        for (edit, one, other) in edits {
            let (one, other) = (one.index(calls.len()), other.index(calls.len()));
            match edit {
                Edit::LeaveOut => drop(calls.remove(one)),
                Edit::Repeat => calls.insert(one, calls[other].clone()),
                Edit::Swap => calls.swap(one, other),
                Edit::Replace => calls[one]["op"] = calls[other]["op"].clone(),
            }
        }
        // With times that run on, more than the times is looked at.
        for (index, call) in calls.iter_mut().enumerate().filter(|_| in_time) {
            (call["start"], call["end"]) = (index.into(), index.into());
        }
        survives(&document)
    });
    assert!(taken > 100, "{taken}");
}

/// Saves a replay and reads it.
fn saved_and_read(scenario: &Scenario, stage: &mut Stage) {
    let trace = stage.replay(scenario);
    let analysis = analyse(&trace);
    let mut saved = Vec::new();
    json::write(&[(trace.clone(), analysis)], &mut saved).unwrap();
    match json::read(saved.as_slice()) {
        Ok(read) => assert_eq!(read, [trace], "{}", scenario.name),
        Err(error) => panic!("{}: {error}", scenario.name),
    }
}

#[test]
fn every_case_that_is_saved_is_read_back_as_it_was() {
    let mut stage = Stage::new();
    let names: Vec<_> = catalogue::embedded()
        .into_iter()
        .map(|case| case.name)
        .collect();
    let scenarios = catalogue::select(&names).unwrap();
    assert_eq!((scenarios.len(), names.is_empty()), (names.len(), false));
    for scenario in scenarios {
        saved_and_read(&scenario, &mut stage);
    }
}

#[test]
fn a_send_that_its_framing_refuses_is_read_back_too() {
    let source = r#"
        about = "x"
        title = { en = "a", zh = "a" }
        lesson = { en = "a", zh = "a" }
        [server]
        steps = [
          { send = "hello" },
          { send = { repeat = "x", times = 120 }, framing = "digits-2", fails = "does-not-fit" },
          { reach = "sent" },
        ]
        [client]
        steps = [{ wait = { reached = "sent" } }, { wait = { queued = 5 } }]
        [expect.client]
        total = 0
    "#;
    let scenario = scenario::read::read("test/refused", "refused.toml", source.as_bytes());
    saved_and_read(&scenario.unwrap(), &mut Stage::new());
}
