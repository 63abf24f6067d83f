//! What is refused, where, and in which words.

use serde_json::{Value, json};

use super::{back, flow, trace, written};
use crate::language::Language;

/// The error for a good document with `value` put at `path`.
fn spoilt(path: &str, value: Value) -> String {
    let mut trace = trace(flow(b"abcdef", b"abcdef"), 4);
    trace.parts[0].expect.as_mut().unwrap().client.sha256 = Some("0".repeat(64));
    let mut document: Value = serde_json::from_str(&written(trace)).unwrap();
    *document
        .pointer_mut(path)
        .unwrap_or_else(|| panic!("no {path}")) = value;
    back(&document.to_string()).unwrap_err().to_string()
}

#[test]
fn a_text_that_is_too_long_is_refused() {
    assert_eq!(
        spoilt("/cases/0/name", json!("(".repeat(100_000))),
        "cases[0].name: is longer than 1000 characters, the most that is taken"
    );
}

#[test]
fn what_does_not_fit_is_refused_with_its_place() {
    let part = "/cases/0/parts/0";
    for (path, value, wanted) in [
        (
            "/cases/0/parts",
            json!([]),
            "cases[0].parts: a case needs at least one part",
        ),
        (
            &format!("{part}/flows/0/received"),
            json!({"first-of-sent": 7}),
            "cases[0].parts[0].flows[0].received: says 7 bytes, but only 6 were sent",
        ),
        (
            &format!("{part}/calls/0/op/send/flow"),
            json!(1),
            "cases[0].parts[0].calls[0].op.send.flow: there is no flow 1; there are 1, counted from 0",
        ),
        (
            &format!("{part}/calls/0/op/send/offset"),
            json!(u64::MAX),
            "cases[0].parts[0].calls[0].op.send.offset: is 18446744073709551615, but the calls before it end at 0",
        ),
        (
            &format!("{part}/calls/0/op/send/taken"),
            json!(7),
            "cases[0].parts[0].calls[0].op.send.taken: is 7, more than the 6 that the call was given",
        ),
        (
            &format!("{part}/calls/0/op/send/taken"),
            json!(5),
            "cases[0].parts[0].flows[0].sent: has 6 bytes, but the calls account for 5",
        ),
        (
            &format!("{part}/calls/2/op/recv/got/data/bytes"),
            json!(3),
            "cases[0].parts[0].calls[2].op.recv: ends at 7, but there are only 6 bytes",
        ),
        (
            &format!("{part}/calls/0/end"),
            json!(9),
            "cases[0].parts[0].calls[0].end: ends before it begins",
        ),
        (
            &format!("{part}/calls/4/start"),
            json!(29),
            "cases[0].parts[0].calls[4].start: is 29, but this side's call before it ended at 50",
        ),
        (
            &format!("{part}/calls/8/op"),
            json!({"decoded": {"flow": 0, "offset": 5, "header": 0, "payload": 1, "trailer": 0, "framing": "raw"}}),
            "cases[0].parts[0].calls[8].op.decoded.offset: begins at 5, inside the frame before it, which ends at 6",
        ),
        (
            &format!("{part}/calls/7/op/decoded/offset"),
            json!(u64::MAX),
            "cases[0].parts[0].calls[7].op.decoded: ends at 18446744073709551615, but there are only 6 bytes",
        ),
        (
            &format!("{part}/calls/19/op/refuse/offset"),
            json!(7),
            "cases[0].parts[0].calls[19].op.refuse: ends at 7, but there are only 6 bytes",
        ),
        (
            &format!("{part}/flows/0/samples"),
            json!([
                {"at": 2, "segments": 1, "bytes": 6, "retransmitted": 0},
                {"at": 1, "segments": 1, "bytes": 6, "retransmitted": 0},
            ]),
            "cases[0].parts[0].flows[0].samples: says less than the sample before it",
        ),
        (
            &format!("{part}/flows/0/samples/0/bytes"),
            json!(7),
            "cases[0].parts[0].flows[0].samples: ends at 7, but there are only 6 bytes",
        ),
        (
            &format!("{part}/expect/client/sha256"),
            json!("\u{1b}[2J"),
            "cases[0].parts[0].expect.client.sha256: a SHA-256 is 64 hex digits",
        ),
        (
            &format!("{part}/expect/client/recv/0/data/content"),
            json!({"random": {"bytes": u32::MAX, "seed": 1}}),
            "cases[0].parts[0].expect: states 4294967295 bytes; the limit is 268435456",
        ),
        (
            "/cases/0/title/zh",
            json!("\u{1b}]0;x\u{7}"),
            "cases[0].title: contains a control character, which cannot be shown",
        ),
        (
            &format!("{part}/stop/other_last"),
            json!("\u{9b}2J"),
            "cases[0].parts[0].stop: contains a control character, which cannot be shown",
        ),
    ] {
        assert_eq!(spoilt(path, value), wanted);
    }
}

/// The error for the recording of the tests with `value` put at `path`.
fn spoilt_recording(path: &str, value: Value) -> String {
    let mut document: Value = serde_json::from_str(&written(super::recording())).unwrap();
    let (parent, key) = path.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap()[key] = value;
    back(&document.to_string()).unwrap_err().to_string()
}

#[test]
fn what_does_not_fit_in_a_recording_is_refused_with_its_place() {
    let flow = "/cases/0/parts/0/flows/0";
    let call = "/cases/0/parts/0/calls/2";
    let order = "cases[0].parts[0].flows[0].segments: is empty, or does not come after the segments before it";
    let segments = |second: Value| json!([{"at": 1, "start": 0, "length": 4}, second]);
    for (path, value, wanted) in [
        (
            format!("{flow}/segments"),
            segments(json!({"at": 1, "start": 4, "length": 3})),
            "cases[0].parts[0].flows[0].segments: ends at 7, but there are only 6 bytes",
        ),
        (
            format!("{flow}/segments"),
            segments(json!({"at": 1, "start": 3, "length": 1})),
            order,
        ),
        (
            format!("{flow}/segments"),
            segments(json!({"at": 0, "start": 4, "length": 1})),
            order,
        ),
        (
            format!("{flow}/segments"),
            segments(json!({"at": 1, "start": 4, "length": 0})),
            order,
        ),
        (
            format!("{flow}/segments"),
            segments(json!({"at": 1, "start": 3, "length": 2, "again": true})),
            order,
        ),
        (
            format!("{flow}/samples"),
            json!([{"at": 2, "segments": 1, "bytes": 6, "retransmitted": 0}]),
            "cases[0].parts[0].flows[0].segments: stands beside `samples`; a flow has one of the two",
        ),
        (
            format!("{call}/step"),
            json!(1),
            "cases[0].parts[0].calls[2].task: stands beside `step`; a call has at most one of the two",
        ),
        (
            // The same thread as the recv that ended at 30.
            format!("{call}/task"),
            json!(0),
            "cases[0].parts[0].calls[2].start: is 25, but this side's call before it ended at 30",
        ),
        (
            "/cases/0/commands".to_owned(),
            json!([["\u{1b}[2J"]]),
            "cases[0].commands: contains a control character, which cannot be shown",
        ),
        (
            "/cases/0/parts/0/ends/server/name".to_owned(),
            json!("\u{1b}[2J"),
            "cases[0].parts[0].ends.server.name: contains a control character, which cannot be shown",
        ),
    ] {
        assert_eq!(spoilt_recording(&path, value), wanted);
    }
    let unknown = spoilt_recording(&format!("{call}/op"), json!({"shout": {}}));
    assert!(unknown.contains("unknown variant `shout`"), "{unknown}");
}

#[test]
fn each_side_refuses_in_the_bytes_that_it_has() {
    // All six were sent and four received.
    for (side, offset, wanted) in [
        ("server", 6, Ok(())),
        ("server", 7, Err("ends at 7, but there are only 6 bytes")),
        ("client", 4, Ok(())),
        ("client", 5, Err("ends at 5, but there are only 4 bytes")),
    ] {
        let mut document: Value =
            serde_json::from_str(&written(trace(flow(b"abcdef", b"abcd"), 4))).unwrap();
        let call = &mut document["cases"][0]["parts"][0]["calls"][19];
        assert!(call["op"]["refuse"].is_object(), "{call}");
        call["op"]["refuse"]["offset"] = json!(offset);
        call["side"] = json!(side);
        let got = back(&document.to_string())
            .map(|_| ())
            .map_err(|error| error.to_string());
        match wanted {
            Ok(()) => assert_eq!(got, Ok(()), "{side} {offset}"),
            Err(words) => assert!(got.unwrap_err().ends_with(words), "{side} {offset}"),
        }
    }
}

#[test]
fn what_is_no_trace_is_refused_with_line_and_column() {
    for (document, wanted) in [
        ("", "line 1, column 1: not a trace: the file is empty"),
        (
            "{\n  \"version\": }",
            "line 2, column 14: not a trace: this is not JSON (expected value)",
        ),
        (
            "{\"cases\": []}",
            "line 1, column 13: not a trace: this JSON does not have the form of one (missing field `version`)",
        ),
        (
            "{\"version\": 3, \"cases\": 7}",
            "of version 3; this sticky reads versions 1 to 2: save it again, or use the sticky that wrote it",
        ),
    ] {
        assert_eq!(back(document).unwrap_err().to_string(), wanted);
    }
    let chinese = back("[").unwrap_err().in_words(Language::Chinese);
    assert!(
        chinese.starts_with("第 1 行第 1 列：不是轨迹文件"),
        "{chinese}"
    );
    let hex = spoilt("/cases/0/parts/0/flows/0/sent", json!({"hex": "123"}));
    assert!(
        hex.ends_with("(hex is pairs of the digits 0-9 and a-f)"),
        "{hex}"
    );
}
