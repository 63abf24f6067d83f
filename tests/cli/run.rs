//! `sticky run`.

use serde_json::Value;

use super::{folder_with, scenario, sticky};

#[test]
fn a_case_is_replayed_and_drawn() {
    let called = sticky(&["run", "back-to-back", "--no-times"]);
    assert_eq!((called.status, called.err.as_str()), (0, ""));
    assert!(
        called.out.starts_with("sticky/back-to-back  "),
        "{}",
        called.out
    );
    for wanted in [
        "send #1  18 B  下了一天的雨",
        "send #2  12 B  适合发呆",
        "boundary 18 lost",
    ] {
        assert!(
            called.out.contains(wanted),
            "no {wanted:?} in {}",
            called.out
        );
    }
}

#[test]
fn a_chinese_drawing_is_chinese() {
    let called = sticky(&["run", "back-to-back", "--no-times", "--lang", "zh"]);
    assert_eq!(called.status, 0);
    for wanted in ["服务端", "客户端", "边界 18"] {
        assert!(
            called.out.contains(wanted),
            "no {wanted:?} in {}",
            called.out
        );
    }
}

#[test]
fn without_a_name_every_documented_case_runs() {
    let document = json(&["run", "--format", "json"]);
    let ran: Vec<_> = document["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| case["name"].as_str().unwrap().to_owned())
        .collect();
    let list = sticky(&["list"]).out;
    let documented: Vec<_> = list
        .lines()
        .filter(|line| line.starts_with("  ") && line.contains(" * "))
        .map(|line| line.trim_start().split(' ').next().unwrap())
        .collect();
    let short: Vec<_> = ran
        .iter()
        .map(|name| name.split('/').nth(1).unwrap())
        .collect();
    assert!(documented.len() >= 14, "{list}");
    assert_eq!(short, documented);
}

fn json(arguments: &[&str]) -> Value {
    let called = sticky(arguments);
    assert_eq!((called.status, called.err.as_str()), (0, ""));
    serde_json::from_str(&called.out).unwrap()
}

#[test]
fn json_says_what_was_sent_and_what_each_recv_returned() {
    let document = json(&["run", "sticky/back-to-back", "--format", "json"]);
    assert_eq!(document["version"], 1);
    let part = &document["cases"][0]["parts"][0];
    assert_eq!(part["transport"], "tcp");
    let flow = part["flows"]
        .as_array()
        .unwrap()
        .iter()
        .position(|flow| flow["from"] == "server")
        .unwrap();
    assert_eq!(part["flows"][flow]["sent"]["text"], "下了一天的雨适合发呆");
    assert_eq!(part["flows"][flow]["received"]["first-of-sent"], 30);
    let calls = part["calls"].as_array().unwrap();
    let of = |kind: &'static str| calls.iter().filter_map(move |call| call["op"].get(kind));
    let sent: Vec<_> = of("send")
        .map(|send| send["taken"].as_u64().unwrap())
        .collect();
    assert_eq!(sent, [18, 12]);
    let first = of("recv").next().unwrap();
    assert_eq!(first["got"]["data"]["bytes"], 30);
    let analysis = &document["cases"][0]["analysis"];
    assert_eq!(analysis["as_expected"], true);
    let boundary = &analysis["parts"][0]["flows"][flow]["boundaries"][0];
    assert_eq!(boundary["at"], 18);
    assert!(boundary["fate"].get("coalesced").is_some(), "{boundary}");
}

#[test]
fn what_is_not_as_expected_ends_with_1() {
    let (_folder, path) = folder_with("wrong.toml", &scenario("recv = [{ bytes = 18 }]"));
    let called = sticky(&["run", &path, "--no-times"]);
    assert_eq!(called.status, 1, "{}", called.out);
    assert_eq!(called.err, "1 of 1 did not come out as expected\n");
    let quiet = sticky(&["run", &path, "-q"]);
    assert_eq!((quiet.status, quiet.err.as_str()), (1, ""));
    let json = sticky(&["run", &path, "-q", "--format", "json"]);
    assert_eq!(json.status, 1);
    let document: Value = serde_json::from_str(&json.out).unwrap();
    let analysis = &document["cases"][0]["analysis"];
    assert_eq!(analysis["as_expected"], false);
    let got = &analysis["parts"][0]["differences"][0]["kind"]["recv"]["got"];
    assert_eq!(got["data"]["text"], "下了一天的雨适合发呆");
    assert_eq!(got["data"]["bytes"], 30);
}

#[test]
fn a_wait_that_cannot_end_ends_at_the_deadline() {
    let stuck = scenario("total = 0")
        .replace(
            "{ send = \"适合发呆\" }",
            "{ wait = { reached = \"later\" } }, { send = \"适合发呆\" }",
        )
        .replace(
            "[{ wait = { queued = 30 } }",
            "[{ wait = { queued = 30 } }, { reach = \"later\" }",
        );
    let (_folder, path) = folder_with("stuck.toml", &stuck);
    let called = sticky(&["run", &path, "--deadline", "50ms"]);
    assert_ne!(called.status, 0, "{}", called.out);
}

#[test]
fn the_drawing_can_do_without_times_hex_and_box_drawing() {
    let whole = sticky(&["run", "back-to-back"]).out;
    assert!(whole.contains("e4 b8 8b"), "{whole}");
    let plain = sticky(&["run", "back-to-back", "--no-hex", "--no-times", "--ascii"]).out;
    assert!(!plain.contains("e4 b8 8b"), "{plain}");
    let drawing = |c: char| ('\u{2190}'..'\u{2800}').contains(&c);
    assert_eq!(plain.chars().find(|&c| drawing(c)), None, "{plain}");
    let again = sticky(&["run", "back-to-back", "--no-hex", "--no-times", "--ascii"]).out;
    assert_eq!(plain, again);
}

#[test]
fn no_line_is_wider_than_asked() {
    for language in ["en", "zh"] {
        for width in ["80", "120"] {
            let out = sticky(&["run", "--width", width, "--lang", language]).out;
            let most: usize = width.parse().unwrap();
            for line in out.lines() {
                let columns = unicode_width::UnicodeWidthStr::width(line);
                assert!(columns <= most, "{columns}: {line}");
            }
        }
    }
}

#[test]
fn several_cases_run_in_the_order_given() {
    let out = sticky(&["run", "udp/one-shot", "tcp/one-shot", "--no-times"]).out;
    let udp = out.find("udp/one-shot  ").unwrap();
    let tcp = out.find("tcp/one-shot  ").unwrap();
    assert!(udp < tcp, "{out}");
}

#[test]
fn several_cases_end_in_a_line_for_each() {
    let cases = ["sticky/back-to-back", "sticky/cork", "udp/one-shot"];
    let out = sticky(&[&["run", "--no-times"], &cases[..]].concat()).out;
    let (_, summary) = out.split_once("\nWhat became of the boundaries\n").unwrap();
    let lines: Vec<_> = summary.lines().collect();
    assert_eq!(
        lines,
        [
            "  sticky/back-to-back  ✓ 1 lost in the receive queue",
            "  sticky/cork          ✓ 1 lost by the sender",
            "  udp/one-shot         ✓ no boundary",
        ]
    );
    let one = sticky(&["run", "sticky/cork"]).out;
    assert!(!one.contains("What became of"), "{one}");
}

#[test]
fn the_summary_says_what_is_not_as_expected() {
    let (_folder, path) = folder_with("wrong.toml", &scenario("recv = [{ bytes = 18 }]"));
    let out = sticky(&["run", &path, "tcp/one-shot", "--lang", "zh"]).out;
    let (_, summary) = out.split_once("\n各用例的消息边界\n").unwrap();
    assert!(
        summary.contains("✗ 1 个丢在接收队列") && summary.contains("✓ 没有边界"),
        "{summary}"
    );
}

/// A pipe gets the drawing alone; what a terminal gets below it is tested in `src/cli/pointers.rs`.
#[test]
fn a_pipe_gets_no_pointers() {
    let out = sticky(&["run", "back-to-back"]).out;
    assert!(!out.contains("sticky explain"), "{out}");
}

#[test]
fn explain_names_what_helps_and_what_does_not() {
    let out = sticky(&["explain", "back-to-back"]).out;
    let (_, links) = out.split_once("\nHelps\n").unwrap();
    assert_eq!(
        links,
        "  fixes/3-struct-every-message  Four binary bytes done right: every message\n\
         \u{20}   framed, every read exact\n\n\
         Does not help\n\
         \u{20} sticky/nodelay  A false cure: TCP_NODELAY\n\
         \u{20} sticky/sleep-between-sends  A false cure: sleeping between two sends\n\n\
         Compare\n\
         \u{20} sticky/cork  Merged by the sender on purpose: TCP_CORK\n\
         \u{20} compare/boundaries  The same two messages over TCP and UDP: one recv against\n\
         \u{20}   two\n\n\
         See it happen: sticky run sticky/back-to-back\n"
    );
    let chinese = sticky(&["explain", "back-to-back", "--lang", "zh"]).out;
    assert!(
        chinese.contains("\n无效的办法\n  sticky/nodelay  "),
        "{chinese}"
    );
}

#[test]
fn a_program_is_told_from_a_case() {
    let (_folder, path) = folder_with("client.py", "import socket\n");
    for (given, language, says) in [
        (
            path.as_str(),
            "en",
            "is a program, and a case is a `.toml` file",
        ),
        ("no-such-server.rs", "zh", "是程序，而用例是 `.toml` 文件"),
    ] {
        let called = sticky(&["run", given, "--lang", language]);
        assert_eq!(called.status, 2);
        assert!(called.err.contains(says), "{}", called.err);
        assert!(called.err.contains("sticky try"), "{}", called.err);
    }
}

/// The lines of a drawing that hold both texts.
fn with_both<'o>(out: &'o str, left: &str, right: &str) -> Vec<&'o str> {
    let both = |line: &&str| {
        let at = line.find(left);
        at.is_some_and(|at| line[at + left.len()..].contains(right))
    };
    out.lines().filter(both).collect()
}

#[test]
fn two_parts_that_compare_stand_side_by_side_where_there_is_room() {
    for (language, bytes) in [("en", "TCP, 30 B"), ("zh", "TCP，30 B")] {
        let drawn = |width: &str| {
            let asked = [
                "run",
                "compare/boundaries",
                "--no-times",
                "--lang",
                language,
                "--width",
                width,
            ];
            sticky(&asked).out
        };
        let wide = drawn("120");
        assert_eq!(with_both(&wide, "── TCP ", "── UDP ").len(), 1, "{wide}");
        // The maps of both begin in the same line.
        assert_eq!(with_both(&wide, bytes, "UDP").len(), 1, "{wide}");
        let narrow = drawn("119");
        assert_eq!(
            with_both(&narrow, "── TCP ", "── UDP ").len(),
            0,
            "{narrow}"
        );
    }
}

#[test]
fn any_two_cases_stand_side_by_side() {
    let asked = [
        "run",
        "back-to-back",
        "cork",
        "--side-by-side",
        "--no-times",
    ];
    let out = sticky(&[&asked[..], &["--width", "120"]].concat()).out;
    assert!(out.starts_with("sticky/back-to-back  "), "{out}");
    assert_eq!(
        with_both(&out, "sticky/back-to-back", "sticky/cork").len(),
        1,
        "{out}"
    );
    assert_eq!(
        with_both(&out, "lost in the receive queue", "lost by the sender").len(),
        2,
        "{out}"
    );
    for line in out.lines() {
        assert!(unicode_width::UnicodeWidthStr::width(line) <= 120, "{line}");
    }
    for (arguments, says) in [
        (
            &[&asked[..], &["--width", "119"]].concat()[..],
            "needs 120 columns",
        ),
        (
            &["run", "cork", "--side-by-side", "--width", "120"],
            "draws two cases, and here are 1",
        ),
        (
            &["run", "udp", "--side-by-side", "--width", "120"],
            "draws two cases, and here are 6",
        ),
    ] {
        let called = sticky(arguments);
        assert_eq!(
            (called.status, called.out.as_str()),
            (2, ""),
            "{arguments:?}"
        );
        assert!(called.err.contains(says), "{}", called.err);
    }
    let (_folder, path) = folder_with("wrong.toml", &scenario("total = 18"));
    let called = sticky(&["run", "cork", &path, "--side-by-side", "--width", "120"]);
    assert_eq!(called.status, 1, "{}", called.out);
}

#[test]
fn a_legend_explains_the_marks_and_the_words() {
    for (language, wait) in [
        ("en", "  wait          goes on once this is so"),
        ("zh", "  等待          满足这个条件"),
    ] {
        let with = sticky(&["run", "cork", "--no-times", "--lang", language, "--legend"]).out;
        let without = sticky(&["run", "cork", "--no-times", "--lang", language]).out;
        let legend = with.strip_prefix(&without).unwrap();
        assert!(legend.contains(wait), "{legend}");
        assert!(legend.contains("▲"), "{legend}");
    }
}

/// What a terminal of so many rows gets.
#[cfg(unix)]
fn on_a_terminal(rows: u16) -> String {
    use std::io::Read;

    use portable_pty::{CommandBuilder, PtySize, native_pty_system};

    let size = PtySize {
        rows,
        cols: 80,
        ..PtySize::default()
    };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_sticky"));
    command.args(["run", "back-to-back", "--lang", "en", "--color", "never"]);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut written = Vec::new();
    // Linux reports an error instead of the end once the process has closed the terminal.
    let _ = reader.read_to_end(&mut written);
    assert!(child.wait().unwrap().success());
    String::from_utf8(written).unwrap()
}

#[cfg(unix)]
#[test]
fn a_terminal_of_24_rows_shows_two_sends_and_one_recv_whole_with_the_prompt() {
    let small = on_a_terminal(24);
    assert!(small.lines().count() < 24, "{small}");
    assert!(!small.contains("sticky explain"), "{small}");
    let large = on_a_terminal(30);
    assert!(
        large.contains("Why: sticky explain back-to-back"),
        "{large}"
    );
}
