//! Tests the player in a terminal, through a pseudo-terminal and a screen parser: what its screens
//! show, what its keys do, and that the terminal is restored.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::process::{Command, Stdio};

use sticky_packet::language::Language;
use sticky_packet::render::escape;
use sticky_packet::render::text::Style;
use sticky_packet::render::text::step::{self, Case, Stop, View};
use sticky_packet::replay::Stage;
use sticky_packet::scenario::catalogue;
use sticky_packet::trace::{DataOp, Got, Op};

fn style(language: Language, width: usize) -> Style {
    Style {
        language,
        width,
        ascii: false,
        color: false,
        times: true,
        hex: true,
        full: false,
    }
}

fn screen(cases: &[Case], stops: &[Stop], at: usize, style: &Style, rows: usize) -> Vec<String> {
    let view = View {
        cases,
        stops,
        at,
        playing: None,
        notice: None,
        again: None,
        help: false,
    };
    step::draw(&view, style, rows)
}

fn replayed(names: &[&str]) -> Vec<Case> {
    let names: Vec<String> = names.iter().copied().map(str::to_owned).collect();
    let mut stage = Stage::new();
    let scenarios = catalogue::select(&names).unwrap();
    scenarios
        .iter()
        .map(|scenario| Case::of(stage.replay(scenario)))
        .collect()
}

#[test]
fn every_case_steps_from_its_first_call_to_its_last_within_the_screen() {
    let mut stage = Stage::new();
    for scenario in catalogue::all().unwrap() {
        let case = Case::of(stage.replay(&scenario));
        let most = case.trace.parts.iter().map(|part| part.calls.len()).max();
        // Cases with thousands of calls would add nothing.
        if most > Some(300) {
            continue;
        }
        let name = case.trace.name.clone();
        let cases = [case];
        let stops = step::stops(&cases, false);
        for (language, columns, rows) in [(Language::English, 80, 24), (Language::Chinese, 80, 24)]
        {
            let style = style(language, columns);
            for at in 0..stops.len() {
                let lines = screen(&cases, &stops, at, &style, rows);
                assert_eq!(lines.len(), rows, "{name} {at}");
                for line in &lines {
                    let width = escape::width(line);
                    assert!(width <= columns, "{name} {at}: {width} columns: {line}");
                }
                let stop = stops[at];
                let told = language.pick("step", "第");
                let told = format!("{told} {}/{}", stop.step, stop.steps);
                assert!(lines[rows - 1].contains(&told), "{name}: {lines:#?}");
                let marked = lines.iter().filter(|line| line.starts_with('►')).count();
                assert_eq!(marked, usize::from(stop.step > 0), "{name}: {lines:#?}");
            }
        }
    }
}

#[test]
fn what_has_not_happened_is_not_told() {
    let cases = replayed(&["sticky/back-to-back"]);
    let stops = step::stops(&cases, false);
    let style = style(Language::English, 80);
    let texts: Vec<String> = (0..stops.len())
        .map(|at| screen(&cases, &stops, at, &style, 24).join("\n"))
        .collect();
    let appear = |text: &str| texts.iter().position(|screen| screen.contains(text));
    assert_eq!(appear("next: recv(1024) → ?"), Some(3));
    assert_eq!(appear("#1  18 B"), Some(1));
    assert_eq!(appear("#2  12 B"), Some(2));
    assert_eq!(appear("30 B waiting"), Some(3));
    assert_eq!(appear("recv 1  30 B"), Some(4));
    assert_eq!(appear("as expected"), Some(5));
    assert!(!texts[4].contains("30 B waiting"), "{}", texts[4]);
    assert!(texts.iter().all(|text| !text.contains("not received")));
    assert_eq!(stops.iter().position(|stop| stop.loses), Some(4));
    #[cfg(target_os = "linux")]
    assert_eq!(appear("boundary 18 lost in the receive queue"), Some(4));
}

#[cfg(target_os = "linux")]
#[test]
fn what_the_sender_holds_back_has_not_left_yet() {
    let cases = replayed(&["sticky/cork"]);
    let stops = step::stops(&cases, false);
    let style = style(Language::English, 80);
    let texts = (0..stops.len()).map(|at| screen(&cases, &stops, at, &style, 24).join("\n"));
    let held = texts
        .filter(|text| text.contains("not left yet when last asked"))
        .count();
    assert!(held >= 2, "{held}");
}

#[test]
fn what_was_received_is_not_said_to_be_held_back() {
    let cases = replayed(&["sticky/many-small-sends"]);
    let stops = step::stops(&cases, false);
    let style = style(Language::English, 160);
    let calls = &cases[0].trace.parts[0].calls;
    let mut received = 0;
    for (at, stop) in stops.iter().enumerate().skip(1) {
        let Op::Data(DataOp::Recv { got, .. }) = calls[stop.calls - 1].op else {
            continue;
        };
        let Got::Data { bytes, .. } = got else {
            continue;
        };
        received += 1;
        // The map of the bytes that this recv returned: none of it may be shown yet.
        let lines = screen(&cases, &stops, at, &style, 40);
        let lane = |name| lines.iter().find(|line| line.starts_with(name)).unwrap();
        let (wire, recv) = (lane("  wire"), lane("  recv"));
        let held = wire.find("not left").map(|at| escape::width(&wire[..at]));
        let there = escape::width(recv);
        assert!(
            held.is_none_or(|held| held >= there),
            "{bytes} B: {lines:#?}"
        );
    }
    assert!(received > 3);
}

#[test]
fn the_map_keeps_its_columns_from_the_first_call_to_the_last() {
    let cases = replayed(&["sticky/back-to-back"]);
    let stops = step::stops(&cases, false);
    let style = style(Language::Chinese, 100);
    let scales: Vec<(usize, String)> = (0..stops.len())
        .map(|at| {
            let lines = screen(&cases, &stops, at, &style, 30);
            let row = lines.iter().position(|line| line.starts_with("  偏移"));
            let row = row.unwrap_or_else(|| panic!("{lines:#?}"));
            (row, lines[row].clone())
        })
        .collect();
    assert!(
        scales.iter().all(|scale| *scale == scales[0]),
        "{scales:#?}"
    );
}

#[test]
fn a_datagram_that_may_still_come_is_not_called_lost() {
    let cases = replayed(&["udp/one-shot"]);
    let stops = step::stops(&cases, false);
    let style = style(Language::English, 80);
    let first = screen(&cases, &stops, 1, &style, 24).join("\n");
    assert!(first.contains("not received yet"), "{first}");
    let last = screen(&cases, &stops, stops.len() - 1, &style, 24).join("\n");
    assert!(!last.contains("not received yet"), "{last}");
}

#[test]
fn a_screen_that_is_too_small_says_what_is_needed() {
    let cases = replayed(&["sticky/back-to-back"]);
    let stops = step::stops(&cases, false);
    for (columns, rows) in [(79, 24), (80, 23), (20, 5), (1, 1), (0, 0)] {
        for language in [Language::English, Language::Chinese] {
            let lines = screen(&cases, &stops, 0, &style(language, columns), rows);
            assert_eq!(lines.len(), rows);
            let room = columns.max(2);
            assert!(
                lines.iter().all(|line| escape::width(line) <= room),
                "{lines:?}"
            );
            if columns >= 20 {
                let text = lines.concat();
                assert!(text.contains("80") && text.contains("24"), "{lines:?}");
            }
        }
    }
}

#[test]
fn the_help_is_whole_where_the_screen_is_the_smallest() {
    let cases = replayed(&["tcp/one-shot"]);
    let stops = step::stops(&cases, false);
    let view = View {
        cases: &cases,
        stops: &stops,
        at: 0,
        playing: None,
        notice: None,
        again: None,
        help: true,
    };
    for language in [Language::English, Language::Chinese] {
        for ascii in [false, true] {
            let style = Style {
                ascii,
                ..style(language, 80)
            };
            let lines = step::draw(&view, &style, 24);
            for line in &lines {
                assert!(escape::width(line) <= 80, "{line}");
            }
            let last = lines.last().unwrap();
            assert!(last.contains("decoded") || last.contains("解码"), "{last}");
        }
    }
}

#[test]
fn two_parts_that_compare_stand_side_by_side_in_a_wide_terminal() {
    let cases = replayed(&["compare/boundaries"]);
    let stops = step::stops(&cases, false);
    let both = |columns: usize, at: usize| {
        let lines = screen(&cases, &stops, at, &style(Language::English, columns), 30);
        assert_eq!(lines.len(), 30);
        for line in &lines {
            assert!(escape::width(line) <= columns, "{line}");
        }
        let has_both = |line: &&String| line.contains("── TCP ") && line.contains("── UDP ");
        // Once both have come, their maps begin in one line.
        let maps = |line: &String| line.contains("TCP, 30 B") && line.contains("UDP, 30 B");
        assert!(lines.iter().any(maps) || columns < 120 || at + 1 < stops.len());
        (lines.iter().filter(has_both).count(), lines.join("\n"))
    };
    let end = stops.len() - 1;
    for at in 0..=end {
        assert_eq!((both(120, at).0, both(119, at).0), (1, 0));
    }
    // What came of the first part still stands beside the end of the second.
    let (_, last) = both(120, end);
    assert!(
        last.contains("boundary 18 lost") && last.contains("recv 2"),
        "{last}"
    );
    assert_eq!(last.matches('►').count(), 1, "{last}");
    // Nothing of the second part has come while the first one plays.
    let first = stops.iter().rposition(|stop| stop.part == 0).unwrap();
    let (_, first) = both(120, first);
    assert!(
        first.contains("boundary 18 lost") && !first.contains("recv 2"),
        "{first}"
    );
}

#[test]
fn what_has_no_room_is_in_the_full_drawing() {
    let cases = replayed(&["tcp/loop"]);
    let stops = step::stops(&cases, false);
    for (language, more) in [
        (
            Language::English,
            " more lines; `sticky run tcp/loop --full` shows all",
        ),
        (
            Language::Chinese,
            " 行；`sticky run tcp/loop --full` 显示全部",
        ),
    ] {
        let last = screen(&cases, &stops, stops.len() - 1, &style(language, 80), 24);
        assert!(last.iter().any(|line| line.ends_with(more)), "{last:#?}");
    }
}

#[test]
fn a_saved_trace_is_drawn_whole_by_the_command_that_took_it() {
    let cases = replayed(&["tcp/loop"]);
    let stops = step::stops(&cases, false);
    let view = View {
        cases: &cases,
        stops: &stops,
        at: stops.len() - 1,
        playing: None,
        notice: None,
        again: Some("sticky show 't 1.json'"),
        help: false,
    };
    let last = step::draw(&view, &style(Language::English, 80), 24).join("\n");
    assert!(
        last.contains("`sticky show 't 1.json' --full` shows all"),
        "{last}"
    );
}

#[test]
fn the_bytes_give_way_to_the_verdict() {
    let cases = replayed(&["compare/pieces"]);
    let stops = step::stops(&cases, false);
    let style = style(Language::English, 80);
    let at = |at| screen(&cases, &stops, at, &style, 24).join("\n");
    let (before, last) = (at(stops.len() - 2), at(stops.len() - 1));
    assert!(before.contains("\n  0000 "), "{before}");
    assert!(last.contains("Delivered"), "{last}");
    assert!(!last.contains("more lines"), "{last}");
}

#[test]
fn ascii_alone_where_it_was_asked_for() {
    let cases = replayed(&["tcp/one-shot"]);
    let stops = step::stops(&cases, false);
    let style = Style {
        ascii: true,
        hex: false,
        ..style(Language::English, 80)
    };
    for help in [false, true] {
        let view = View {
            cases: &cases,
            stops: &stops,
            at: stops.len() - 1,
            playing: Some("1/s"),
            notice: None,
            again: None,
            help,
        };
        let lines = step::draw(&view, &style, 24);
        // A payload is in its own letters, and so is a title.
        let flows = cases[0].trace.parts.iter().flat_map(|part| &part.flows);
        let sent: String = flows
            .map(|flow| String::from_utf8_lossy(&flow.sent).into_owned())
            .collect();
        for line in lines.iter().skip(1) {
            let is_own = |c: char| c.is_ascii() || sent.contains(c);
            assert!(line.chars().all(is_own), "{line}");
        }
    }
}

#[test]
fn without_a_terminal_it_says_what_to_use_instead() {
    let call = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sticky"));
        let output = command.args(arguments).stdin(Stdio::null()).output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(output.stdout, b"", "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    for (language, needs, instead) in [
        ("en", "needs a terminal", "`sticky run CASE`"),
        ("zh", "必须是终端", "`sticky run 用例`"),
    ] {
        let said = call(&["run", "back-to-back", "--step", "--lang", language]);
        assert!(said.contains(needs) && said.contains(instead), "{said}");
    }
    let said = call(&["show", "-", "--step", "--lang", "en"]);
    assert!(said.contains("`sticky show TRACE`"), "{said}");
    for command in ["run", "show"] {
        for (option, value) in [("--format", "text"), ("--output", "x"), ("--width", "90")] {
            let said = call(&[command, "x", "--step", option, value, "--lang", "en"]);
            assert!(
                said.contains("`--step`") && said.contains(&format!("`{option} <")),
                "{said}"
            );
        }
    }
}

#[cfg(unix)]
#[path = "step/gone.rs"]
mod gone;
#[cfg(unix)]
#[path = "step/terminal.rs"]
mod terminal;
