//! `sticky shake`: the table, the broken deliveries, sockets, JSON, and rejected input.

use sticky_packet::framing::Framing;

use super::sticky;

/// The numbers in a framing's line of the table: bytes, deliveries, then the readers.
fn row<'a>(out: &'a str, framing: &str) -> Vec<&'a str> {
    let line = out
        .lines()
        .find(|line| line.split(' ').next() == Some(framing));
    let cells = line.unwrap_or_else(|| panic!("no {framing} in {out}"));
    cells.split_whitespace().skip(1).collect()
}

#[test]
fn a_short_stream_is_delivered_in_every_way() {
    for language in ["en", "zh"] {
        let called = sticky(&[
            "shake",
            "u8",
            "--message",
            "ab",
            "--message",
            "c",
            "--lang",
            language,
        ]);
        assert_eq!((called.status, called.err.as_str()), (0, ""));
        let none = if language == "en" { "none" } else { "无" };
        // Five bytes: 2^4 deliveries. One is cut only at the boundary. The source's reader survives
        // if "ab" is not cut.
        assert_eq!(row(&called.out, "u8"), ["5", "16", "1", "8", "✓", "16"]);
        let called = sticky(&["shake", "raw", "--message", "ab", "--lang", language]);
        assert_eq!(called.status, 0);
        assert_eq!(row(&called.out, "raw"), ["2", "2", "1", none, none]);
    }
}

#[test]
fn the_common_framings_are_shaken_unless_all_are_asked_for() {
    let called = sticky(&["shake", "--trials", "10"]);
    assert_eq!((called.status, called.err.as_str()), (0, ""));
    let is_shaken = |framing: &Framing| {
        let name = framing.to_string();
        let mut lines = called.out.lines();
        lines.any(|line| line.split(' ').next() == Some(name.as_str()))
    };
    let every = Framing::every();
    assert_eq!(
        every.iter().filter(|framing| is_shaken(framing)).count(),
        11
    );
    for common in ["line", "netstring", "i32-le", "u32-be"] {
        assert!(is_shaken(&common.parse().unwrap()), "{}", called.out);
    }
    let pointer = format!("`sticky shake --all` takes all {} framings.", every.len());
    assert!(called.out.contains(&pointer), "{}", called.out);
    let called = sticky(&["shake", "--all", "crlf"]);
    assert_eq!(called.status, 2);
    assert!(called.err.contains("--all"), "{}", called.err);
}

#[test]
fn every_framing_of_the_catalogue_is_in_the_table() {
    let called = sticky(&["shake", "--all", "--trials", "10"]);
    assert_eq!(called.status, 0);
    assert!(
        called.err.contains("none of these messages: json, resp"),
        "{}",
        called.err
    );
    for framing in Framing::every() {
        let name = framing.to_string();
        // What carries only its own values carries none of the usual messages.
        if matches!(name.as_str(), "json" | "resp") {
            continue;
        }
        let line = called
            .out
            .lines()
            .find(|line| line.split(' ').next() == Some(name.as_str()));
        assert!(line.is_some(), "no {framing} in {}", called.out);
    }
    assert!(called.out.contains("(seed 1)"), "{}", called.out);
    assert!(
        called
            .out
            .contains("fixed-18: without message #2: the payload does not fit the framing"),
        "{}",
        called.out
    );
}

#[test]
fn the_first_broken_delivery_is_drawn() {
    let called = sticky(&[
        "shake",
        "digits-2",
        "--message",
        "rain",
        "--message",
        "sun",
        "--ascii",
    ]);
    let heading = "digits-2, as in the source: the first delivery that broke it (cut at 1)";
    assert!(called.out.contains(heading), "{}", called.out);
    assert!(
        called
            .out
            .contains("digits-2, naive: the first delivery that broke it (uncut)"),
        "{}",
        called.out
    );
    let drawn = called.out.split(heading).nth(1).unwrap();
    for wanted in ["pieces", "recv 1", "made", "#1  6 B", "[!!] message 1"] {
        assert!(drawn.contains(wanted), "{wanted}: {drawn}");
    }
    assert!(called.out.is_ascii(), "{}", called.out);
}

#[test]
fn no_line_is_wider_than_asked() {
    for width in ["80", "120"] {
        for language in ["en", "zh"] {
            let called = sticky(&[
                "shake", "--full", "--trials", "5", "--width", width, "--lang", language,
            ]);
            for line in called.out.lines() {
                let columns = unicode_width::UnicodeWidthStr::width(line);
                assert!(columns <= width.parse().unwrap(), "{columns}: {line}");
            }
        }
    }
}

#[test]
fn sockets_agree() {
    for (language, wanted) in [
        (
            "en",
            "9 of 9 replays agree with what was worked out in memory: 3 deliveries, each to every reader",
        ),
        (
            "zh",
            "9 次重放中 9 次与内存中的推演一致：3 种投递，各交给该成帧方式的每个读取方",
        ),
    ] {
        let called = sticky(&["shake", "i32-le", "--sockets", "3", "--lang", language]);
        assert_eq!((called.status, called.err.as_str()), (0, ""));
        // Wrapped lines continue after two spaces; Chinese can be wrapped between any two
        // characters.
        let out = called
            .out
            .replace("\n  ", if language == "en" { " " } else { "" });
        assert!(out.contains(wanted), "{}", called.out);
    }
}

#[test]
fn json_has_every_reader() {
    let called = sticky(&[
        "shake",
        "u8",
        "raw",
        "--message",
        "ab",
        "--message",
        "c",
        "--sockets",
        "2",
        "--format",
        "json",
    ]);
    assert_eq!((called.status, called.err.as_str()), (0, ""));
    let json: serde_json::Value = serde_json::from_str(&called.out).unwrap();
    assert_eq!(
        (&json["version"], &json["holds"]),
        (&1.into(), &true.into())
    );
    assert_eq!(json["seed"], 1);
    assert_eq!(
        json["messages"],
        serde_json::json!([{ "text": "ab" }, { "text": "c" }])
    );
    let framing = &json["framings"][0];
    assert_eq!(framing["framing"], "u8");
    assert_eq!(
        (&framing["deliveries"], &framing["exhaustive"]),
        (&16.into(), &true.into())
    );
    let readers = &framing["readers"];
    assert_eq!(readers["exact"]["survived"], 16);
    assert!(readers["exact"]["first_broken"].is_null());
    assert_eq!(
        readers["naive"]["first_broken"]["cuts"],
        serde_json::json!([])
    );
    let broken = &readers["as-in-the-source"]["first_broken"];
    assert_eq!(broken["cuts"], serde_json::json!([2]));
    assert_eq!(
        broken["recvs"][1],
        serde_json::json!({ "asked": 2, "returned": 1 })
    );
    assert_eq!(
        broken["made"][0],
        serde_json::json!({ "start": 0, "end": 2, "payload": { "text": "a" } })
    );
    assert!(json["framings"][1]["readers"]["exact"].is_null());
    assert_eq!(
        json["sockets"],
        // Two deliveries: three readers for u8, one for raw.
        serde_json::json!({ "replays": 8, "disagreements": [], "not_judged": 0 })
    );
}

#[test]
fn a_seed_is_printed_and_repeats() {
    let shaken = |seed| sticky(&["shake", "varint", "--random", "9", "--seed", seed]).out;
    assert!(shaken("42").contains("(seed 42)"));
    assert_eq!(shaken("42"), shaken("42"));
    assert_ne!(shaken("42"), shaken("43"));
}

#[test]
fn what_cannot_be_shaken_is_refused() {
    let long = "x".repeat(17 * 1024);
    for (arguments, english, chinese) in [
        (
            &["i32"] as &[_],
            "unknown framing `i32`",
            "未知的成帧方式 `i32`",
        ),
        (
            &["fixed-5", "--message", "x"],
            "fixed-5 can carry none of the messages",
            "fixed-5 一条消息也装不下",
        ),
        (
            &["raw", "--message", &long],
            "at most 16,384 B are cut",
            "最多只切 16,384 B",
        ),
        (
            &["--random", "0"],
            "a number from 1 to 1000",
            "1 到 1000 的整数",
        ),
        (
            &["--sockets", "x"],
            "a number from 1 to 10000",
            "1 到 10000 的整数",
        ),
        (&["--seed", "-3"], "`-3`", "`-3`"),
        (
            &["--random", "3", "--message", "x"],
            "does not go together with",
            "不能与",
        ),
    ] {
        for (language, wanted) in [("en", english), ("zh", chinese)] {
            let called = sticky(&[&["shake", "--lang", language], arguments].concat());
            assert_eq!(
                (called.status, called.out.as_str()),
                (2, ""),
                "{arguments:?} {}",
                called.err
            );
            assert!(called.err.contains(wanted), "{wanted}: {}", called.err);
        }
    }
}
