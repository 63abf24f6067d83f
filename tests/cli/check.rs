//! `sticky check`.

use serde_json::Value;

use super::{folder_with, scenario, sticky};

#[test]
fn every_case_takes_one_line_and_the_last_line_counts() {
    let names = sticky(&["list", "--names"]).out;
    let called = sticky(&["check"]);
    assert_eq!(
        (called.status, called.err.as_str()),
        (0, ""),
        "{}",
        called.out
    );
    let lines: Vec<_> = called.out.lines().collect();
    let (cases, rest) = lines.split_at(names.lines().count());
    for (line, name) in cases.iter().zip(names.lines()) {
        assert_eq!(line.split_whitespace().nth(1), Some(name), "{line}");
    }
    assert_eq!(rest.len(), 2, "{rest:?}");
    let count = names.lines().count();
    let wanted = format!("{count} cases: {count} as expected, 0 not; ");
    assert!(rest[1].starts_with(&wanted), "{}", rest[1]);
}

#[test]
fn a_difference_stands_behind_the_label_of_its_part() {
    let right = include_str!("../../scenarios/compare/boundaries.toml");
    let coalesced = "messages = [\"coalesced\", \"coalesced\"]";
    let wrong = right.replacen(coalesced, "messages = [\"whole\", \"whole\"]", 1);
    assert_ne!(right, wrong);
    let (_folder, path) = folder_with("wrong.toml", &wrong);
    for (language, label) in [("en", "\n      TCP: "), ("zh", "\n      TCP：")] {
        let called = sticky(&["check", &path, "--lang", language]);
        assert_eq!(called.status, 1, "{}", called.err);
        assert!(called.out.contains(label), "{}", called.out);
    }
}

#[test]
fn the_columns_are_aligned_in_both_languages() {
    let width = unicode_width::UnicodeWidthStr::width;
    for language in ["en", "zh"] {
        let called = sticky(&["check", "tcp", "sticky", "--lang", language]);
        // Where what came as expected begins, after the mark and the name.
        let columns: Vec<_> = called
            .out
            .lines()
            .filter_map(|line| {
                let name = line.split_whitespace().nth(1)?;
                let (_, came) = line.split_once(name).filter(|_| name.contains('/'))?;
                Some(width(line) - width(came.trim_start()))
            })
            .collect();
        assert!(columns.len() >= 5, "{}", called.out);
        assert!(
            columns.iter().all(|column| *column == columns[0]),
            "{}",
            called.out
        );
    }
}

#[test]
fn what_came_as_expected_is_told_in_the_words_of_run() {
    for (language, held) in [
        (
            "en",
            "2 recvs, 1 boundary, 2 messages, 2 segments, 2 queue sizes",
        ),
        (
            "zh",
            "2 次 recv、1 个边界、2 条消息、2 个报文段、2 次排队的字节数",
        ),
    ] {
        for command in ["run", "check"] {
            let called = sticky(&[command, "sticky/back-to-back", "--lang", language]);
            assert!(called.out.contains(held), "{}", called.out);
        }
    }
}

#[test]
fn what_fails_is_told_with_what_was_stated_and_what_came() {
    let (_folder, path) = folder_with(
        "wrong.toml",
        &scenario("recv = [{ bytes = 18 }, { bytes = 12 }, \"end\"]"),
    );
    let called = sticky(&["check", "tcp/one-shot", &path]);
    assert_eq!(called.status, 1, "{}", called.out);
    let mut lines = called.out.lines();
    assert!(lines.next().unwrap().starts_with("ok       tcp/one-shot"));
    assert!(
        lines.next().unwrap().starts_with("FAILED   "),
        "{}",
        called.out
    );
    assert_eq!(lines.next(), Some("      client: recv 1"));
    assert!(lines.next().unwrap().contains("18 B"), "{}", called.out);
    assert!(lines.next().unwrap().contains("30 B"), "{}", called.out);
    assert!(
        called.out.contains("\n2 cases: 1 as expected, 1 not; "),
        "{}",
        called.out
    );

    let chinese = sticky(&["check", &path, "--lang", "zh"]);
    assert!(chinese.out.starts_with("不符     "), "{}", chinese.out);
    assert!(
        chinese.out.contains("\n1 个用例：0 个符合预期，1 个不符合"),
        "{}",
        chinese.out
    );
}

#[test]
fn quiet_tells_only_of_what_fails() {
    let (_folder, path) = folder_with("wrong.toml", &scenario("total = 18"));
    let called = sticky(&["check", "-q", "tcp/one-shot"]);
    assert_eq!(
        (called.status, called.out.as_str(), called.err.as_str()),
        (0, "", "")
    );
    let called = sticky(&["check", "-q", "tcp/one-shot", &path]);
    assert_eq!(called.status, 1);
    assert!(called.out.starts_with("FAILED"), "{}", called.out);
    assert!(!called.out.contains("tcp/one-shot"), "{}", called.out);
}

#[test]
fn a_case_is_repeated_as_often_as_asked() {
    let (_folder, path) = folder_with("wrong.toml", &scenario("total = 18"));
    let called = sticky(&["check", "--repeat", "7", &path, "tcp/one-shot"]);
    assert!(called.out.contains("(7 of 7 runs)"), "{}", called.out);
    assert!(
        called
            .out
            .contains("2 cases, 7 times each: 1 as expected, 1 not"),
        "{}",
        called.out
    );
}

#[test]
fn json_counts_what_held_what_failed_and_what_was_skipped() {
    let (_folder, path) = folder_with("wrong.toml", &scenario("total = 18\nlost-boundaries = 1"));
    let called = sticky(&[
        "check",
        "--format",
        "json",
        "--repeat",
        "3",
        "tcp/one-shot",
        &path,
    ]);
    assert_eq!(called.status, 1);
    let document: Value = serde_json::from_str(&called.out).unwrap();
    assert_eq!(document["version"], 1);
    assert_eq!(document["repeat"], 3);
    assert_eq!(document["summary"]["cases"], 2);
    assert_eq!(document["summary"]["as_expected"], 1);
    assert_eq!(document["summary"]["failed"], 1);
    let [good, wrong] = document["cases"].as_array().unwrap().as_slice() else {
        panic!("{document}")
    };
    assert_eq!(good["name"], "tcp/one-shot");
    assert_eq!(
        (&good["as_expected"], &good["failed"]),
        (&true.into(), &0.into())
    );
    assert_eq!(
        (&wrong["as_expected"], &wrong["failed"]),
        (&false.into(), &3.into())
    );
    assert_eq!(wrong["held"], 1);
    let total = &wrong["differences"][0]["kind"]["total"];
    assert_eq!(total["got"], 30);
    assert_eq!(total["wanted"]["least"], 18);
}

/// A case that is always later than the timer that it names, and whose expectation is wrong.
const STALLED: &str = r#"about = "tcp协议"
about-time = true
[title]
en = "Made for a test"
zh = "为测试而写"
[lesson]
en = "Nothing."
zh = "无。"
[server]
steps = [{ send = "rain" }, { pause = "30ms", within = "30ms" }]
[client]
steps = [{ recv-exact = 4 }]
[expect.client]
recv = [{ text = "RAIN" }]
"#;

#[test]
fn what_the_machine_stalled_is_neither_as_expected_nor_failed() {
    let (_folder, path) = folder_with("stalled.toml", STALLED);
    for (language, mark, why, counted) in [
        (
            "en",
            "stalled",
            "not judged: the machine stalled for ",
            ", 1 not judged; ",
        ),
        ("zh", "停顿", "未判定：机器停顿了 ", "，1 个未判定；"),
    ] {
        let called = sticky(&["check", &path, "--lang", language, "--quiet"]);
        assert_eq!(called.status, 0, "{}", called.err);
        assert!(called.out.starts_with(mark), "{}", called.out);
        for told in [why, counted] {
            assert_eq!(called.out.matches(told).count(), 1, "{}", called.out);
        }
        let called = sticky(&["run", &path, "--lang", language]);
        assert_eq!(called.status, 0, "{}", called.err);
        assert_eq!(called.out.matches(why).count(), 1, "{}", called.out);
    }
    let called = sticky(&["check", &path, "--repeat", "2", "--format", "json"]);
    assert_eq!(called.status, 0, "{}", called.err);
    let told: Value = serde_json::from_str(&called.out).expect("JSON");
    let summary = &told["summary"];
    let counts = ["as_expected", "failed", "not_judged"].map(|key| summary[key].as_u64());
    assert_eq!(counts, [Some(0), Some(0), Some(1)], "{told}");
    let case = &told["cases"][0];
    assert_eq!(case["as_expected"], false, "{told}");
    assert_eq!(case["not_judged"], 2, "{told}");
    let called = sticky(&["run", &path, "--format", "json"]);
    assert_eq!(called.status, 0, "{}", called.err);
    let told: Value = serde_json::from_str(&called.out).expect("JSON");
    assert_eq!(told["cases"][0]["analysis"]["as_expected"], false, "{told}");
}

#[test]
fn a_file_that_states_nothing_is_told_as_that() {
    let steps = "[server]\nsteps = [{ send = \"a\" }]\n[client]\nsteps = [{ recv = 1 }]\n";
    let (_folder, path) = folder_with("mine.toml", steps);
    for (language, states, count) in [
        (
            "en",
            "states nothing: write [expect]",
            "\n1 case: 0 as expected, 0 not, 1 states nothing; ",
        ),
        ("zh", "没有写明预期：请写 [expect]", "1 个没有写明预期"),
    ] {
        let called = sticky(&["check", &path, "--lang", language]);
        assert_eq!(called.status, 1, "{}", called.out);
        assert!(called.out.contains(states), "{}", called.out);
        assert!(called.out.contains(count), "{}", called.out);
    }
    let json = sticky(&["check", &path, "--format", "json"]);
    let document: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(
        (json.status, &document["cases"][0]["states_nothing"]),
        (1, &Value::Bool(true))
    );
}
