//! Tests `sticky odds` as a user or a script sees it. Random results are never asserted; what
//! follows from the seed and from the arguments is.

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
fn the_text_tells_counts_interval_and_seed_in_both_languages() {
    for (language, wanted) in [
        (
            "en",
            [
                "8 trials, no pause between the sends, seed 7",
                "merged: ",
                "95 % interval",
                "neither side waits for the other",
            ],
        ),
        (
            "zh",
            [
                "8 次试验，两次 send 之间不停顿，种子 7",
                "合并：",
                "95 % 区间",
                "双方互不等待",
            ],
        ),
    ] {
        let (status, out, err) = odds(&["--trials", "8", "--seed", "7", "--lang", language]);
        assert_eq!((status, err.as_str()), (0, ""), "{out}");
        for wanted in wanted {
            assert!(in_one_line(&out).contains(wanted), "{wanted}: {out}");
        }
    }
}

/// The text with all white space reduced to single spaces.
fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_gap_asked_for_stands_beside_the_one_measured() {
    for (language, gap, conditions, asked) in [
        (
            "en",
            "5us",
            "4 trials, a pause of 5 µs between the sends, jittered by ±25 %",
            "between the sends: 5.0 µs asked for, ",
        ),
        (
            "zh",
            "5us",
            "4 次试验，两次 send 之间停顿 5 µs，抖动 ±25 %",
            "两次 send 之间：要求 5.0 µs，实测 ",
        ),
        (
            "en",
            "0",
            "4 trials, no pause between the sends, seed 3",
            "between the sends: no pause asked for, ",
        ),
        (
            "zh",
            "0",
            "两次 send 之间不停顿",
            "两次 send 之间：要求不停顿，实测 ",
        ),
    ] {
        let arguments = ["--trials", "4", "--seed", "3", "--gap", gap];
        let (status, out, err) = odds(&[&arguments[..], &["--lang", language]].concat());
        assert_eq!((status, err.as_str()), (0, ""));
        for wanted in [conditions, asked] {
            assert!(in_one_line(&out).contains(wanted), "{wanted}: {out}");
        }
    }
}

/// The number before `word`.
fn number_before(text: &str, word: &str) -> u32 {
    let (before, _) = text.split_once(word).unwrap_or_else(|| panic!("{text}"));
    let number = before.rsplit(' ').next().unwrap();
    number.parse().unwrap_or_else(|_| panic!("{text}"))
}

#[test]
fn what_is_said_at_the_end_was_seen_in_the_run_or_is_a_command_that_shows_it() {
    let (_, out, _) = odds(&["--trials", "30", "--lang", "en"]);
    let out = in_one_line(&out);
    let merged = number_before(&out, " of 30 trials,");
    let said = match merged {
        0 => "No boundary was lost in 30 trials; by the interval, up to ".to_owned(),
        30 => "A boundary was lost in all 30 trials; by the interval, at least ".to_owned(),
        _ => format!("lost in {merged} of 30 trials and none in {}.", 30 - merged),
    };
    assert!(out.contains(&said), "{said}: {out}");
    assert!(
        out.contains("sticky odds sticky/back-to-back --gap 0..200us what a pause does to it"),
        "{out}"
    );
    for never in ["mends nothing", "Only framing", "a reader that comes late"] {
        assert!(!out.contains(never), "{out}");
    }
    // The case it points to exists, and shows what it is said to show.
    let late = Command::new(env!("CARGO_BIN_EXE_sticky"))
        .args(["run", "sleep-between-sends", "--lang", "en"])
        .output()
        .unwrap();
    let late = String::from_utf8(late.stdout).unwrap();
    assert!(late.contains("a late reader"), "{late}");

    // For several gaps, the numbers come from its own table.
    let sweep = ["--gap", "0..30us", "--points", "3", "--trials", "9"];
    let (_, out, _) = odds(&[&sweep[..], &["--lang", "en"]].concat());
    let shares: Vec<&str> = out
        .lines()
        .skip_while(|line| !line.contains("95 % interval"))
        .skip(1)
        .take(3)
        .map(|line| line.split_whitespace().nth(4).unwrap())
        .collect();
    let out = in_one_line(&out);
    let sentence = out.split("The share merged").nth(1).unwrap();
    let told = shares
        .iter()
        .filter(|share| sentence.contains(&format!("{share} %")));
    assert!(told.count() >= 2, "{shares:?}: {out}");
    assert!(!out.contains("--gap 0..200us"), "{out}");
}

#[test]
fn a_seed_that_nobody_chose_is_short_and_one_that_was_is_taken_as_it_is() {
    let seed = |arguments: &[&str]| -> u64 {
        let json = ["--trials", "1", "--format", "json"];
        let (status, out, err) = odds(&[&json[..], arguments].concat());
        assert_eq!((status, err.as_str()), (0, ""));
        let read: Value = serde_json::from_str(&out).unwrap();
        read["seed"].as_u64().unwrap()
    };
    assert!(seed(&[]) < 1_000_000);
    assert_eq!(seed(&["--seed", "18446744073709551615"]), u64::MAX);
}

#[test]
fn every_line_fits_and_ascii_is_ascii() {
    for sweep in [
        &[][..],
        &["--gap", "7us"],
        &["--gap", "0..40us", "--points", "3"],
    ] {
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

/// Whether every element is closed, and no text contains an unescaped mark.
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
        ("en", ["recv returned, B", "share of 3 trials, "], false),
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

/// The height of an SVG, and the lower end of its lowest bar.
fn heights(svg: &str) -> (f64, f64) {
    let number = |text: &str, before: &str| -> f64 {
        let (_, rest) = text.split_once(before).unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    };
    let bars = svg.lines().filter(|line| {
        line.starts_with("<rect class=\"merged\"") || line.starts_with("<rect class=\"kept\"")
    });
    let lowest = bars
        .map(|bar| number(bar, " y=\"") + number(bar, " height=\""))
        .fold(0.0, f64::max);
    (number(svg, " height=\""), lowest)
}

#[test]
fn a_chart_of_one_gap_is_as_high_as_its_bars_need() {
    let (status, svg, _) = odds(&["--trials", "20", "--format", "svg", "--lang", "en"]);
    assert_eq!(status, 0);
    assert!(is_well_formed(&svg), "{svg}");
    let (height, lowest) = heights(&svg);
    // Below the bars there are only the interval, the axis and at most eight lines of text.
    assert!(lowest > 0.0 && height - lowest < 260.0, "{svg}");
    assert!(svg.contains("class=\"range\""), "{svg}");
}

/// The results of a case with its own reader, as JSON.
fn own_reader(case: &str) -> Value {
    let arguments = [case, "--trials", "30", "--format", "json", "--seed", "4"];
    let (status, out, err) = odds(&arguments);
    assert_eq!((status, err.as_str()), (0, ""), "{out}");
    serde_json::from_str(&out).unwrap()
}

#[test]
fn a_reader_that_decodes_is_shown_beside_the_plain_one_and_tells_every_message_apart() {
    let read = own_reader("fixes/3-struct-every-message");
    assert_eq!(read["own_reader_framing"], "i32-le");
    let point = &read["points"][0];
    let own = &point["own_reader"];
    let apart = &own["every_message_apart"];
    assert_eq!(apart["hits"], apart["of"], "{read}");
    let of = apart["of"].as_u64().unwrap() + own["ended_early"].as_u64().unwrap();
    assert_eq!(of, 30, "{read}");
    assert_eq!(
        point["merged"]["of"].as_u64().unwrap() + point["ended_early"].as_u64().unwrap(),
        30
    );

    // A plain reader alone is nothing to compare with.
    let read = own_reader("sticky/back-to-back");
    assert_eq!(read["points"][0]["own_reader"], Value::Null);
    assert_eq!(read["own_reader_framing"], Value::Null);

    for (language, line, onward) in [
        (
            "en",
            "the case's own reader, which decodes i32-le frames: every message told apart in 20 of 20 trials",
            "sticky run fixes/3-struct-every-message how its own reader does it",
        ),
        (
            "zh",
            "用例自己的读法（按 i32-le 解帧）：20 次中有 20 次每条消息都分得开",
            "sticky run fixes/3-struct-every-message 用例自己是怎么读的",
        ),
    ] {
        let case = "fixes/3-struct-every-message";
        let (_, out, _) = odds(&[case, "--trials", "20", "--lang", language]);
        let unwrapped = in_one_line(&out);
        let unbroken = out.split_whitespace().collect::<String>();
        let holds = |wanted: &str| {
            unwrapped.contains(wanted)
                || unbroken.contains(&wanted.split_whitespace().collect::<String>())
        };
        assert!(holds(line), "{line}: {out}");
        assert!(holds(onward), "{onward}: {out}");
    }
}

#[test]
fn a_reader_that_takes_the_wrong_framing_tells_nothing_apart() {
    // Two bytes of text where a length is expected: already the first recv is wrong.
    let folder = tempfile::tempdir().unwrap();
    let case = folder.path().join("wrong.toml");
    std::fs::write(
        &case,
        r#"about = "x"
transport = "tcp"
[title]
en = "x"
zh = "x"
[lesson]
en = "x"
zh = "x"
[server]
steps = [{ send = "one" }, { send = "two" }]
[client]
steps = [{ decode = "digits-2", fails = "not-a-digit" }]
[expect.client]
decoded = []
"#,
    )
    .unwrap();
    let read = own_reader(case.to_str().unwrap());
    let own = &read["points"][0]["own_reader"]["every_message_apart"];
    assert_eq!(own["hits"], 0, "{read}");
    assert_eq!(own["of"], 30, "{read}");
}

#[test]
fn an_interval_is_of_blocks_and_says_what_it_covers() {
    let read = own_reader("sticky/back-to-back");
    assert_eq!(read["points"][0]["merged"]["blocks"], 30, "{read}");
    // Thirty blocks with 29 pauses of at least 5 ms.
    assert!(read["lasted_ns"].as_u64().unwrap() >= 145_000_000, "{read}");
    for (language, wanted) in [
        ("en", "estimated from how much 5 blocks of trials differ"),
        ("zh", "5 组试验之间的差异估出"),
    ] {
        let (_, out, _) = odds(&["--trials", "5", "--lang", language]);
        assert!(in_one_line(&out).contains(wanted), "{wanted}: {out}");
    }
    let (_, out, _) = odds(&["--trials", "1", "--lang", "en"]);
    assert!(
        in_one_line(&out).contains("One trial does not show"),
        "{out}"
    );
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
        (&["tcp/loop"], "over 2 connections", "在 2 条连接上"),
        (
            &["tcp/loop"],
            "`sticky/delayed-receive`",
            "`sticky/delayed-receive`",
        ),
        (&["--points", "4"], "a range", "一段范围"),
        (
            &["--points", "4", "--gap", "5us"],
            "as `--gap 0..200us --points 5`",
            "例如 `--gap 0..200us --points 5`",
        ),
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
