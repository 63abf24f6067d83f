//! `sticky show`.

use std::fs;

use sticky_packet::analysis::analyse;
use sticky_packet::language::Language;
use sticky_packet::picture;
use sticky_packet::render::text::{self, Style};
use sticky_packet::replay::Stage;
use sticky_packet::scenario::catalogue;
use sticky_packet::trace::json;

use super::{folder_with, scenario, sticky, sticky_reading};

#[test]
fn a_saved_run_gives_the_picture_of_the_live_one() {
    let saved = sticky(&["run", "back-to-back", "--format", "json"]).out;
    for options in [
        &["--no-times"] as &[_],
        &["--no-times", "--no-hex", "--lang", "zh"],
        &["--no-times", "--ascii", "--width", "120"],
    ] {
        let live = sticky(&[&["run", "back-to-back"], options].concat());
        let shown = sticky_reading(&[&["show", "-"], options].concat(), &saved);
        assert_eq!((shown.status, shown.err.as_str()), (0, ""));
        assert_eq!(shown.out, live.out, "{options:?}");
    }
}

/// The same for every case, from one replay each, with its times.
#[test]
fn every_case_looks_the_same_saved_and_live() {
    let style = Style {
        language: Language::English,
        width: 80,
        ascii: false,
        color: false,
        times: true,
        hex: true,
        full: false,
    };
    let mut stage = Stage::new();
    let mut live = Vec::new();
    let mut cases = Vec::new();
    for scenario in catalogue::all().unwrap() {
        let trace = stage.replay(&scenario);
        let analysis = analyse(&trace);
        if !cases.is_empty() {
            live.push(b'\n');
        }
        text::draw(&trace, &analysis, &style, &mut live).unwrap();
        cases.push((trace, analysis));
    }
    assert!(cases.len() >= 14);
    let mut saved = Vec::new();
    json::write(&cases, &mut saved).unwrap();
    let saved = String::from_utf8(saved).unwrap();
    let shown = sticky_reading(&["show", "-"], &saved);
    assert_eq!(shown.err, "");
    let lines = cases.iter().map(|(trace, seen)| {
        let told = picture::in_one_line(seen, style.telling());
        (trace.name.clone(), told)
    });
    live.push(b'\n');
    text::draw_summary(&lines.collect::<Vec<_>>(), &style, &mut live).unwrap();
    let live = String::from_utf8(live).unwrap();
    assert_eq!(shown.out, live);
}

#[test]
fn a_saved_run_that_was_not_as_expected_ends_with_1() {
    let (_folder, path) = folder_with("wrong.toml", &scenario("total = 18"));
    let live = sticky(&["run", &path, "--no-times", "-q"]);
    let saved = sticky(&["run", &path, "--format", "json", "-q"]).out;
    let shown = sticky_reading(&["show", "-", "--no-times"], &saved);
    assert_eq!((shown.status, shown.err.as_str()), (1, ""));
    assert_eq!(shown.out, live.out);
    for format in ["json", "svg", "cast"] {
        let shown = sticky_reading(&["show", "-", "--format", format], &saved);
        assert_eq!((shown.status, shown.err.as_str()), (1, ""), "{format}");
        assert!(!shown.out.is_empty(), "{format}");
    }
}

#[test]
fn a_trace_of_other_bytes_than_utf_8_survives() {
    let raw = scenario("recv = [{ bytes = 4, hex = \"12 00 ff 1b\" }, \"end\"]")
        .replace("\"下了一天的雨\"", "{ hex = \"12 00 ff 1b\" }")
        .replace(", { send = \"适合发呆\" }", "")
        .replace("queued = 30", "queued = 4");
    let (_folder, path) = folder_with("raw.toml", &raw);
    let saved = sticky(&["run", &path, "--format", "json"]).out;
    assert!(saved.contains("1200ff1b"), "{saved}");
    let live = sticky(&["run", &path, "--no-times"]);
    let shown = sticky_reading(&["show", "-", "--no-times"], &saved);
    assert_eq!(shown.out, live.out);
    assert_eq!(shown.status, 0);
    assert!(!shown.out.contains('\u{1b}'));
}

#[test]
fn what_is_no_trace_is_refused_by_name_and_place() {
    let (_folder, path) = folder_with("not.json", "{\n  \"version\": 1,\n  nonsense\n}");
    let called = sticky(&["show", &path]);
    assert_eq!((called.status, called.out.as_str()), (2, ""));
    assert_eq!(
        called.err,
        format!(
            "error: not a trace: this is not JSON (key must be a string)\n \
             --> {path}:3:3\n  \
             |\n\
             3 |   nonsense\n  \
             |   ^\n  \
             |\n  \
             = help: save it again with `sticky run NAME --format json -o FILE`\n"
        )
    );

    let called = sticky_reading(&["show", "-", "--lang", "zh"], "{\"version\": 9}");
    assert_eq!(called.status, 2);
    assert!(
        called
            .err
            .starts_with("错误：标准输入：版本是 9；本程序只读版本 1"),
        "{}",
        called.err
    );
}

/// The problem is reported in the language asked for, with its place and a caret. The parser's own
/// message appears only in brackets, if at all.
#[test]
fn every_kind_of_broken_file_has_its_place_and_its_words() {
    for (content, place, english, chinese) in [
        (
            "",
            "standard input:1:1",
            "not a trace: the file is empty",
            "不是轨迹文件：文件是空的",
        ),
        (
            "{\"version\": 1,\n \"cases\": [\n\n",
            "standard input:2:12",
            "the trace is cut off: the file ends too early",
            "轨迹不完整：文件提前结束",
        ),
        (
            "\u{feff}\n [1]",
            "standard input:2:2",
            "not a trace: it begins with `[`, and a trace with `{`",
            "不是轨迹文件：开头是 `[`，而轨迹文件以 `{` 开头",
        ),
        (
            "{\"雨\" 1}",
            "standard input:1:6",
            "not a trace: this is not JSON (",
            "不是轨迹文件：这里不符合 JSON 语法（",
        ),
        (
            "{\"雨\": 1,\n\"version\": \"雨\"}",
            "standard input:2:14",
            "not a trace: this JSON does not have the form of one (invalid type: string \"雨\", ",
            "不是轨迹文件：是 JSON，但到此处为止的形式不对（",
        ),
        (
            "{\"cases\": []}",
            "standard input:1:13",
            "not a trace: this JSON does not have the form of one (missing field `version`)",
            "不是轨迹文件：是 JSON，但到此处为止的形式不对（missing field `version`）",
        ),
    ] {
        for (language, title, place, help) in [
            (
                "en",
                format!("error: {english}"),
                place.to_owned(),
                "help: save it again",
            ),
            (
                "zh",
                format!("错误：{chinese}"),
                place.replace("standard input", "标准输入"),
                "修正：用 `sticky run 名称 --format json -o 文件` 重新写出",
            ),
        ] {
            let called = sticky_reading(&["show", "-", "--lang", language], content);
            assert_eq!((called.status, called.out.as_str()), (2, ""));
            assert!(called.err.starts_with(&title), "{}", called.err);
            for wanted in [&format!("--> {place}\n"), "^", help] {
                assert!(called.err.contains(wanted), "no {wanted} in {}", called.err);
            }
        }
    }
}

#[test]
fn a_trace_without_a_case_is_refused() {
    for (language, wanted) in [
        (
            "en",
            "error: standard input: the trace holds no case\nhelp: save a trace",
        ),
        ("zh", "错误：标准输入：轨迹里没有用例\n修正：用 `sticky run"),
    ] {
        let empty = "{\"version\":1,\"cases\":[]}";
        let called = sticky_reading(&["show", "-", "--lang", language], empty);
        assert_eq!((called.status, called.out.as_str()), (2, ""));
        assert!(called.err.starts_with(wanted), "{}", called.err);
    }
}

#[test]
fn a_trace_that_does_not_fit_together_is_refused() {
    let saved = sticky(&["run", "sticky/back-to-back", "--format", "json"]).out;
    let spoilt = saved.replace("\"taken\": 18", "\"taken\": 17");
    assert_ne!(saved, spoilt);
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("kept");
    fs::write(&kept, "what was there").unwrap();
    for options in [
        &[] as &[_],
        &["--format=svg"],
        &["--format=cast", "-o", kept.to_str().unwrap()],
    ] {
        let called = sticky_reading(&[&["show", "-"], options].concat(), &spoilt);
        assert_eq!((called.status, called.out.as_str()), (2, ""));
        assert!(
            called
                .err
                .contains(".op.send.offset: is 18, but the calls before it end at 17"),
            "{}",
            called.err
        );
    }
    assert_eq!(fs::read_to_string(kept).unwrap(), "what was there");
}

#[test]
fn a_folder_is_no_trace() {
    let called = sticky(&["show", "."]);
    assert_eq!(called.status, 2);
    assert!(
        called.err.starts_with("error: cannot read .: "),
        "{}",
        called.err
    );
}

/// A recording has no steps, no title, no lesson and no expectation.
#[test]
fn a_recording_is_drawn_whole_and_without_a_verdict() {
    let recording = include_str!("../traces/version-2.json");
    for (language, verdict) in [("en", "expected"), ("zh", "预期")] {
        let shown = sticky_reading(&["show", "-", "--lang", language], recording);
        assert_eq!((shown.status, shown.err.as_str()), (0, ""));
        for wanted in [
            "python3 server.py · node 'my client.js'",
            "send #1  6 B  abcdef",
            "recv(1024) → 6 B  abcdef",
            "abc",
            "#1",
        ] {
            assert!(shown.out.contains(wanted), "{wanted}: {}", shown.out);
        }
        assert!(!shown.out.contains(verdict), "{}", shown.out);
    }
    for format in ["svg", "cast", "json"] {
        let shown = sticky_reading(&["show", "-", "--format", format], recording);
        assert_eq!((shown.status, shown.err.as_str()), (0, ""), "{format}");
        assert!(shown.out.contains("python3"), "{format}");
    }
    let page = sticky_reading(&["report", "-"], recording);
    assert_eq!(page.status, 0, "{}", page.err);
    assert!(page.out.contains("my client.js"));
    for absent in [
        "<div class=\"lesson\">",
        "class=\"good outcome\"",
        "class=\"bad outcome\"",
        "<span class=\"section\">",
    ] {
        assert!(!page.out.contains(absent), "{absent}");
    }
}

/// A capture: segments with their ranges, one of them sent again and one missing, and no calls.
const CAPTURE: &str = r#"{
  "version": 2,
  "cases": [{
    "name": "capture.pcap",
    "commands": [],
    "environment": { "sticky": "0.1.0", "system": "linux", "kernel": null, "architecture": "x86_64", "unix_time": 0 },
    "parts": [{
      "transport": "tcp",
      "ends": {
        "server": { "name": "server", "address": "127.0.0.1:9000" },
        "client": { "name": "client", "address": "127.0.0.1:40000" }
      },
      "calls": [],
      "flows": [
        {
          "connection": 0,
          "from": "server",
          "sent": { "text": "one message, another, and a third" },
          "received": { "text": "" },
          "segments": [
            { "at": 0, "start": 0, "length": 12 },
            { "at": 1000, "start": 0, "length": 12, "again": true },
            { "at": 2000, "start": 21, "length": 12 }
          ]
        },
        { "connection": 0, "from": "client", "sent": { "text": "" }, "received": { "text": "" }, "segments": [] }
      ]
    }]
  }]
}"#;

#[test]
fn a_capture_has_lanes_and_says_what_was_not_measured() {
    let shown = sticky_reading(&["show", "-", "--ascii"], CAPTURE);
    assert_eq!((shown.status, shown.err.as_str()), (0, ""));
    assert_eq!(
        shown.out,
        "\
capture.pcap
  no calls were recorded

  server -> client  TCP, 33 B
  offset   0                      12                21                       33
  sent     not measured
  wire     |=== segment 1  12 B ===|... segments? ...|=== segment 2  12 B ====|
  queue    not measured
  recv     not measured
           wire: no captured segment holds 12 to 21
           wire: at least 1 segment sent again
  0000  6f 6e 65 20 6d 65 73 73  61 67 65 2c 20 61 6e 6f  one message, ano
  0010  74 68 65 72 2c 20 61 6e  64 20 61 20 74 68 69 72  ther, and a thir
  0020  64                                                d

  server -> client: at least 2 segments, sends and recvs not measured.
"
    );
    let shown = sticky_reading(&["show", "-", "--lang", "zh", "--no-hex"], CAPTURE);
    assert_eq!((shown.status, shown.err.as_str()), (0, ""));
    for says in [
        "没有记录到任何调用",
        "发送     没有测量",
        "队列     没有测量",
        "接收     没有测量",
    ] {
        assert!(shown.out.contains(says), "{says}\n{}", shown.out);
    }
}

#[test]
fn a_capture_is_drawn_by_every_output_and_survives() {
    // A slide has each word in an element of its own.
    for (format, says) in [("svg", ">measured</text>"), ("cast", "not measured")] {
        let shown = sticky_reading(&["show", "-", "--format", format], CAPTURE);
        assert_eq!((shown.status, shown.err.as_str()), (0, ""), "{format}");
        assert!(shown.out.matches(says).count() >= 3, "{}", shown.out);
        assert!(!shown.out.contains("received"), "{}", shown.out);
    }
    let json = sticky_reading(&["show", "-", "--format", "json"], CAPTURE);
    let again = sticky_reading(&["show", "-", "--ascii"], &json.out);
    assert_eq!(
        again.out,
        sticky_reading(&["show", "-", "--ascii"], CAPTURE).out
    );

    let (_folder, path) = folder_with("capture.json", CAPTURE);
    let page = sticky(&["report", &path]);
    assert_eq!((page.status, page.err.as_str()), (0, ""));
    for says in [
        "no calls were recorded",
        "没有记录到任何调用",
        ">not measured<",
        ">没有测量<",
    ] {
        assert!(page.out.contains(says), "{says}");
    }
    assert!(!page.out.contains("not received"), "{}", page.out);
}

#[test]
fn bytes_that_no_call_accounts_for_need_captured_segments() {
    let counted = CAPTURE.replace("\"segments\": [\n", "\"samples\": [], \"ignored\": [\n");
    assert_ne!(counted, CAPTURE);
    let shown = sticky_reading(&["show", "-"], &counted);
    assert_eq!(shown.status, 2);
    assert!(
        shown.err.contains("cases[0].parts[0].flows[0].sent"),
        "{}",
        shown.err
    );
}
