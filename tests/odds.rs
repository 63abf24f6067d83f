//! `sticky odds` as a person or a script meets it: what is random is never
//! asserted, what follows from the seed and from the arguments is.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::process::{Command, Stdio};

use serde_json::Value;

/// Exit status, standard output, standard error.
fn odds(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_sticky"))
        .arg("odds")
        .args(arguments)
        .env_remove("CLICOLOR_FORCE")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn the_text_tells_counts_interval_seed_and_lesson_in_both_languages() {
    for (language, wanted) in [
        (
            "en",
            [
                "8 trials, seed 7",
                "merged: ",
                "95 % interval",
                "mends nothing",
            ],
        ),
        (
            "zh",
            ["8 次试验，种子 7", "合并：", "95 % 区间", "什么也没有修好"],
        ),
    ] {
        let (status, out, err) = odds(&["--trials", "8", "--seed", "7", "--lang", language]);
        assert_eq!((status, err.as_str()), (0, ""), "{out}");
        for wanted in wanted {
            assert!(out.contains(wanted), "{wanted}: {out}");
        }
    }
}

#[test]
fn every_line_fits_and_ascii_is_ascii() {
    for sweep in [&[][..], &["--gap", "0..40us", "--points", "3"]] {
        let mut arguments = vec!["--trials", "4", "--lang", "en", "--ascii", "--width", "80"];
        arguments.extend(sweep);
        let (status, out, _) = odds(&arguments);
        assert_eq!(status, 0);
        for line in out.lines() {
            assert!(line.len() <= 80, "{line}");
        }
        // The title is the scenario's own.
        let drawn: String = out.lines().skip(1).collect();
        assert!(drawn.is_ascii(), "{out}");
    }
}

#[test]
fn json_counts_every_trial_and_a_seed_gives_the_same_plan() {
    let read = |seed: &str| -> Value {
        let (status, out, _) = odds(&[
            "--trials", "12", "--gap", "0..30us", "--points", "4", "--seed", seed, "--format",
            "json",
        ]);
        assert_eq!(status, 0);
        serde_json::from_str(&out).unwrap()
    };
    let drawn = |read: &Value| -> Vec<(Value, Value)> {
        let points = read["points"].as_array().unwrap().iter();
        points
            .map(|point| {
                (
                    point["shortest_gap_drawn_ns"].clone(),
                    point["longest_gap_drawn_ns"].clone(),
                )
            })
            .collect()
    };
    let first = read("5");
    assert_eq!(first["seed"], 5);
    assert_eq!(first["message_bytes"], serde_json::json!([18, 12]));
    assert_eq!(drawn(&first), drawn(&read("5")));
    assert_ne!(drawn(&first), drawn(&read("6")));
    for point in first["points"].as_array().unwrap() {
        let outcomes = point["outcomes"].as_array().unwrap();
        let mut counted = 0;
        for outcome in outcomes {
            let sizes = outcome["returned"].as_array().unwrap().iter();
            let bytes: u64 = sizes.map(|size| size.as_u64().unwrap()).sum();
            assert_eq!(bytes, 30, "{outcome}");
            assert_eq!(
                outcome["merged"],
                outcome["returned"] == serde_json::json!([30])
            );
            counted += outcome["count"].as_u64().unwrap();
        }
        assert_eq!(counted + point["ended_early"].as_u64().unwrap(), 12);
        let gap = point["gap_ns"].as_u64().unwrap();
        let measured = point["median_gap_measured_ns"].as_u64().unwrap();
        assert!(measured >= gap * 3 / 4, "{point}");
    }
}

#[test]
fn csv_has_a_row_for_each_gap() {
    let (status, out, _) = odds(&[
        "--trials", "3", "--gap", "0..20us", "--points", "3", "--seed", "1", "--format", "csv",
    ]);
    assert_eq!(status, 0);
    let rows: Vec<Vec<&str>> = out.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), 4, "{out}");
    assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{out}");
    let column = |name: &str| -> Vec<&str> {
        let at = rows[0].iter().position(|head| *head == name).unwrap();
        rows[1..].iter().map(|row| row[at]).collect()
    };
    assert_eq!(column("gap_us"), ["0", "10", "20"]);
    assert_eq!(column("seed"), ["1", "1", "1"]);
    for trials in column("trials") {
        assert_eq!(trials, "3");
    }
}

/// Whether every element is closed by itself or by its own end, and no text holds a bare mark.
fn is_well_formed(svg: &str) -> bool {
    let mut open = Vec::new();
    let mut rest = svg;
    while let Some(at) = rest.find('<') {
        if rest[..at].contains('>') {
            return false;
        }
        let Some(end) = rest[at..].find('>') else {
            return false;
        };
        let tag = &rest[at + 1..at + end];
        let name = tag
            .trim_start_matches('/')
            .split([' ', '\n'])
            .next()
            .unwrap();
        if tag.starts_with('/') {
            if open.pop() != Some(name) {
                return false;
            }
        } else if !tag.ends_with('/') {
            open.push(name);
        }
        rest = &rest[at + end + 1..];
    }
    open.is_empty() && rest.trim().is_empty()
}

#[test]
fn svg_is_whole_labelled_and_escaped() {
    let folder = tempfile::tempdir().unwrap();
    let case = folder.path().join("a.toml");
    std::fs::write(
        &case,
        r#"about = "x"
transport = "tcp"
[title]
en = "<script>& two"
zh = "<script>& 两次"
[lesson]
en = "x"
zh = "x"
[server]
steps = [{ send = "one" }, { send = "two" }]
[client]
steps = [{ recv = 9 }, { recv = 9 }]
[expect.client]
total = 6
"#,
    )
    .unwrap();
    let file = folder.path().join("odds.svg");
    for (language, axes, sweep) in [
        ("en", ["gap between the sends", "share merged"], true),
        ("zh", ["两次 send 的间隔", "合并的比例"], true),
        ("en", ["bytes that the recvs returned", "trials"], false),
    ] {
        let mut arguments = vec![
            case.to_str().unwrap(),
            "--trials",
            "3",
            "--format",
            "svg",
            "--lang",
            language,
            "-o",
            file.to_str().unwrap(),
        ];
        if sweep {
            arguments.extend(["--gap", "0..20us", "--points", "3"]);
        }
        let (status, out, err) = odds(&arguments);
        assert_eq!((status, out.as_str(), err.as_str()), (0, "", ""));
        let svg = std::fs::read_to_string(&file).unwrap();
        assert!(is_well_formed(&svg), "{svg}");
        assert!(svg.starts_with("<svg xmlns="), "{svg}");
        assert!(svg.contains("&lt;script&gt;&amp; "), "{svg}");
        assert!(svg.contains("prefers-color-scheme:dark"), "{svg}");
        for axis in axes {
            assert!(svg.contains(axis), "{axis}: {svg}");
        }
    }
}

#[test]
fn load_ends_with_the_trials() {
    let (status, out, _) = odds(&["--trials", "3", "--busy", "--format", "json"]);
    assert_eq!(status, 0);
    let read: Value = serde_json::from_str(&out).unwrap();
    assert!(read["busy_threads"].as_u64().unwrap() >= 1, "{out}");
}

#[test]
fn what_cannot_be_done_is_said_in_both_languages_with_status_2() {
    for (arguments, english, chinese) in [
        (&["--gap", "5..1us"][..], "shorter first", "由短到长"),
        (&["--gap", "1s"], "at most 10ms", "最大 10ms"),
        (&["--trials", "0"], "from 1 to 10000", "1 到 10000 之间"),
        (&["--trials", "10001"], "from 1 to 10000", "1 到 10000 之间"),
        (&["--points", "1"], "from 2 to 21", "2 到 21 之间"),
        (&["--seed", "-1"], "`-1`", "`-1`"),
        (&["--format", "png"], "`png`", "`png`"),
        (&["no-such-case"], "no-such-case", "no-such-case"),
        (&["fixes"], "name one: `fixes/", "请只指定一个：`fixes/"),
        (&["udp/keeps-boundaries"], "over UDP", "走 UDP"),
        (&["tcp/one-shot"], "more than 1", "超过 1 条"),
    ] {
        for (language, wanted) in [("en", english), ("zh", chinese)] {
            let mut arguments = arguments.to_vec();
            arguments.extend(["--lang", language]);
            let (status, out, err) = odds(&arguments);
            assert_eq!((status, out.as_str()), (2, ""), "{arguments:?}");
            assert!(err.contains(wanted), "{wanted}: {err}");
        }
    }
}
