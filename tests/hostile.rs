//! A trace from anywhere is refused, or it can be analysed and drawn: numbers of
//! real traces are put wrong, and nothing may panic or run without end.

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
use sticky_packet::scenario::catalogue;
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
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let taken = std::cell::Cell::new(0_u32);
    runner
        .run(&strategy, |(which, wrongs)| {
            let mut document = documents[which].clone();
            for (at, number) in wrongs {
                let mut numbers = numbers(&mut document);
                let at = at.index(numbers.len());
                *numbers[at] = number.into();
            }
            taken.set(taken.get() + u32::from(survives(&document)));
            Ok(())
        })
        .unwrap();
    // Or nothing but the refusal was tested.
    assert!(taken.get() > 100, "{}", taken.get());
}
