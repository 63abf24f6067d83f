//! A trace from anywhere is rejected, or can be analysed and drawn: the numbers of real traces are
//! changed, calls are left out, repeated and moved, and nothing may panic or run for ever. What was
//! saved is read back unchanged.
//!
//! The bytes of scenario files, claims and saved traces are changed too, and nothing that is then
//! printed holds a character that acts on a terminal.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::fs;
use std::io::sink;

use proptest::prelude::*;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::Value;

use sticky_packet::analysis::analyse;
use sticky_packet::diagnostic::{self, escape};
use sticky_packet::language::Language;
use sticky_packet::render::code::{Program, Target};
use sticky_packet::render::report::{Report, TraceOrigin};
use sticky_packet::render::text::step::{self, Case, View};
use sticky_packet::render::text::{Style, draw};
use sticky_packet::render::wrapped;
use sticky_packet::render::{cast, svg};
use sticky_packet::replay::Stage;
use sticky_packet::scenario::read::{Problems, ReportStyle, read};
use sticky_packet::scenario::{self, Scenario, Side, catalogue, claims};
use sticky_packet::trace::{Trace, json};

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

/// Whether the document was accepted. Panics if analysing or drawing it does.
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
            report.add(TraceOrigin::Saved, &trace, &analysis);
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
    // Otherwise only the rejection would be tested.
    assert!(taken > 100, "{taken}");
}

/// Tries 2,000 documents and returns how many were accepted.
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

/// A change to a call, using another call.
#[derive(Clone, Copy, Debug)]
enum Edit {
    LeaveOut,
    Repeat,
    Swap,
    /// The other call's operation, with this call's side and time.
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
        // With increasing times, more than the times is checked.
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

/// How many files are put wrong; half are scenarios and claims, half are traces.
const MUTANTS: usize = 10_000;

/// A seed, so that a mutant that fails is made again.
const SEED: u64 = 0x5ca1_ab1e;

/// Puts some bytes of a file wrong.
fn mutate(bytes: &mut Vec<u8>, random: &mut Xoshiro256PlusPlus) {
    let steering: Vec<char> = ('\0'..='\u{206f}').filter(|c| escape::steers(*c)).collect();
    for _ in 0..random.random_range(1..=3) {
        let at = random.random_range(0..=bytes.len());
        let c = *steering.choose(random).unwrap();
        match random.random_range(0..8) {
            0 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.random_range(0..8);
                }
            }
            1 => bytes.truncate(at),
            2 => {
                let end = (at + random.random_range(0..200)).min(bytes.len());
                let doubled = bytes[at..end].to_vec();
                bytes.splice(at..at, doubled);
            }
            3 => {
                let end = (at + random.random_range(0..30)).min(bytes.len());
                bytes.drain(at..end);
            }
            // As both TOML and JSON write it; the readers undo it.
            4 | 5 => {
                let quotes = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'"');
                let quotes: Vec<usize> = quotes.map(|(at, _)| at).collect();
                let at = quotes.choose(random).map_or(at, |at| at + 1);
                bytes.splice(at..at, format!("\\u{:04x}", u32::from(c)).into_bytes());
            }
            // As it is, which is mostly no JSON or TOML any more.
            _ => {
                bytes.splice(at..at, c.to_string().into_bytes());
            }
        }
    }
}

/// Fails where `printed` holds what acts on a terminal, apart from the ends of its lines and
/// the sequences that colour it.
fn assert_steers_nothing(printed: &str, what: &str) {
    let mut rest = printed;
    while let Some(at) = rest.find(|c| c != '\n' && escape::steers(c)) {
        let colour = rest[at..].strip_prefix("\u{1b}[").and_then(|behind| {
            behind
                .trim_start_matches(|c: char| c.is_ascii_digit() || c == ';')
                .strip_prefix('m')
        });
        match colour {
            Some(behind) => rest = behind,
            None => panic!(
                "{what}: {:?}",
                &rest[at..].chars().take(80).collect::<String>()
            ),
        }
    }
}

const LANGUAGES: [Language; 2] = [Language::English, Language::Chinese];

/// The styles of a mutant: one of colour and one without, in either language.
fn style(language: Language) -> Style {
    let plain = language == Language::Chinese;
    Style {
        language,
        width: 80,
        ascii: plain,
        color: !plain,
        times: true,
        hex: true,
        full: plain,
    }
}

fn tell_problems(problems: &Problems) {
    for language in LANGUAGES {
        let report = problems.render(ReportStyle {
            language,
            colour: language == Language::English,
            width: 80,
        });
        assert_steers_nothing(&report, "a report");
    }
}

/// Everything that is printed of a scenario without a replay.
fn tell_scenario(scenario: &Scenario) {
    for language in LANGUAGES {
        let texts = [
            Some(scenario.title(language)),
            scenario.lesson.as_ref().map(|lesson| lesson.get(language)),
            scenario
                .section
                .as_ref()
                .map(|section| section.heading.as_str()),
        ];
        for line in texts
            .into_iter()
            .flatten()
            .flat_map(|text| wrapped(text, 80))
        {
            assert_steers_nothing(&line, "a lesson");
        }
        for part in 0..scenario.parts.len() {
            for (side, target) in [
                (Side::Server, Target::Python),
                (Side::Client, Target::C),
                (Side::Server, Target::Rust),
            ] {
                match Program::new(scenario, part, side, target, language) {
                    // The indentation of C has tabs of its own.
                    Ok(program) => {
                        assert_steers_nothing(&program.text.replace('\t', " "), "a program");
                    }
                    Err(error) => assert_steers_nothing(
                        &diagnostic::error(language, error.in_words(language)),
                        "a refusal",
                    ),
                }
            }
        }
    }
}

/// Everything that is printed of a trace.
fn tell_trace(trace: &Trace) {
    let analysis = analyse(trace);
    let pair = [(trace.clone(), analysis.clone())];
    let cases = [Case {
        trace: trace.clone(),
        analysis: analysis.clone(),
    }];
    for language in LANGUAGES {
        let style = style(language);
        let printed = |what: &str, draw: &dyn Fn(&mut Vec<u8>)| {
            let mut out = Vec::new();
            draw(&mut out);
            assert_steers_nothing(std::str::from_utf8(&out).unwrap(), what);
        };
        printed("the text", &|out| {
            draw(trace, &analysis, &style, out).unwrap();
        });
        printed("the picture", &|out| svg::draw(&pair, &style, out).unwrap());
        printed("the recording", &|out| {
            cast::draw(&pair, &style, out).unwrap();
        });
        printed("the JSON", &|out| json::write(&pair, out).unwrap());
        let stops = step::stops(&cases, style.full);
        for at in [0, stops.len() / 2, stops.len() - 1] {
            let view = View {
                cases: &cases,
                stops: &stops,
                at,
                playing: None,
                notice: None,
                again: None,
                help: false,
            };
            for line in step::draw(&view, &style, 24) {
                assert_steers_nothing(&line, "the player");
            }
        }
    }
    let mut page = Vec::new();
    let mut report = Report::new(Language::English);
    report.add(TraceOrigin::Saved, trace, &analysis);
    report.write(&mut page).unwrap();
    assert_steers_nothing(std::str::from_utf8(&page).unwrap(), "the page");
}

#[test]
fn nothing_printed_of_a_mutated_file_acts_on_a_terminal() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(SEED);
    let embedded = catalogue::embedded();
    let names: Vec<String> = embedded.iter().map(|case| case.name.clone()).collect();
    let claims = fs::read("scenarios/claims.toml").unwrap();
    let mut traces: Vec<Vec<u8>> = documents().iter().map(|it| it.to_string().into()).collect();
    for version in ["tests/traces/version-1.json", "tests/traces/version-2.json"] {
        traces.push(fs::read(version).unwrap());
    }
    let (mut scenarios_read, mut traces_read) = (0, 0);
    for number in 0..MUTANTS {
        if number % 2 == 0 {
            let mut bytes = match embedded.choose(&mut random) {
                Some(case) if number % 50 != 0 => case.bytes.to_vec(),
                _ => claims.clone(),
            };
            mutate(&mut bytes, &mut random);
            if number % 50 == 0 {
                match claims::read("claims\u{9b}.toml", &bytes, &names) {
                    Ok(_) => {}
                    Err(problems) => tell_problems(&problems),
                }
                continue;
            }
            match read("a\u{9b}case", "a\u{202e}file.toml", &bytes) {
                Ok(scenario) => {
                    scenarios_read += 1;
                    tell_scenario(&scenario);
                }
                Err(problems) => tell_problems(&problems),
            }
        } else {
            let mut bytes = traces.choose(&mut random).unwrap().clone();
            mutate(&mut bytes, &mut random);
            match json::read(bytes.as_slice()) {
                Ok(traces) => {
                    traces_read += 1;
                    traces.iter().for_each(tell_trace);
                }
                Err(error) => {
                    for language in LANGUAGES {
                        let told = diagnostic::error(language, error.in_words(language));
                        assert_steers_nothing(&told, "a refusal");
                    }
                }
            }
        }
    }
    // Or nothing but refusals were tested.
    assert!(
        scenarios_read > 200 && traces_read > 100,
        "{scenarios_read} {traces_read}"
    );
}
