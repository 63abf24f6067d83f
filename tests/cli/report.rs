//! `sticky report`: its output, errors and exit statuses. `tests/browser` tests what the page does
//! in a browser.

use std::fs;
#[cfg(target_os = "linux")]
use std::process::{Command, Stdio};

use sticky_packet::analysis::analyse;
use sticky_packet::language::Language;
use sticky_packet::render::report::{Report, TraceOrigin};
use sticky_packet::replay::Stage;
use sticky_packet::scenario::catalogue;
use sticky_packet::trace::json;

#[cfg(target_os = "linux")]
use super::finish;
use super::{folder_with, scenario, sticky, sticky_reading};

/// How often `what` occurs.
fn count(text: &str, what: &str) -> usize {
    text.matches(what).count()
}

#[test]
fn every_documented_case_is_on_the_page_in_both_languages() {
    let called = sticky(&["report", "--lang", "zh"]);
    assert_eq!((called.status, called.err.as_str()), (0, ""));
    let page = &called.out;
    let documented = catalogue::documented().unwrap();
    assert!(documented.len() > 5);
    assert_eq!(count(page, "<article "), 2 * documented.len());
    for (index, case) in documented.iter().enumerate() {
        for (view, title) in [
            ("en", case.title(Language::English)),
            ("zh", case.title(Language::Chinese)),
        ] {
            let title = title.replace('"', "&#34;").replace('\'', "&#39;");
            let id = format!("id=\"{view}-{}-title\">{title}<", index + 1);
            assert!(page.contains(&id), "{id}");
        }
        assert!(page.contains(&case.name), "{}", case.name);
    }
    assert!(page.contains("<html lang=\"zh\">"));
    assert!(page.contains("value=\"zh\" class=\"switch\" checked"));
    assert!(!page.contains("value=\"en\" class=\"switch\" checked"));
    assert!(page.len() < 1 << 20, "{} bytes", page.len());
}

#[test]
fn the_page_says_what_was_measured_where_and_what_came_of_it() {
    let called = sticky(&["report", "back-to-back", "udp/truncation"]);
    let page = &called.out;
    for wanted in [
        "2 cases: 2 as expected, 0 not",
        "2 个用例：2 个符合预期，0 个不符合",
        &format!("by sticky {}", env!("CARGO_PKG_VERSION")),
        std::env::consts::ARCH,
        "server → client · TCP, 30 B",
        "recv(1024) → 30 B",
        "8 B cut off",
        "截去 8 B",
        "as expected: 2 recvs",
        "符合预期：2 次 recv",
    ] {
        assert!(page.contains(wanted), "{wanted}");
    }
}

#[test]
fn nothing_of_a_case_becomes_markup() {
    let called = sticky(&["report", "tests/hostile-page.toml"]);
    assert_eq!((called.status, called.err.as_str()), (0, ""));
    let page = &called.out;
    for (tag, times) in [
        ("<script", 1),
        ("</script", 1),
        ("<img", 0),
        ("<iframe", 0),
        ("<b>", 0),
    ] {
        assert_eq!(count(page, tag), times, "{tag}");
    }
    let controls = |c: char| c.is_control() && c != '\n';
    assert_eq!(page.find(controls), None, "a control character");
    assert!(
        page.contains("&#60;/script&#62;&#60;img src=x onerror="),
        "the payload is there as text"
    );
    assert!(
        page.contains("\\x1b[31mred"),
        "the escape sequence is written out"
    );
    assert!(page.contains("{{ 7 * 7 }}"));
}

#[test]
fn the_policy_knows_the_style_and_the_script_by_their_hashes() {
    use sha2::{Digest, Sha256};
    let page = sticky(&["report", "back-to-back"]).out;
    let (_, policy) = page
        .split_once("Content-Security-Policy\" content=\"")
        .unwrap();
    let (policy, _) = policy.split_once('"').unwrap();
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert_eq!(
        count(&page, " style=\""),
        0,
        "an attribute that the policy refuses"
    );
    for tag in ["style", "script"] {
        let (_, text) = page.split_once(&format!("<{tag}>")).unwrap();
        let (text, _) = text.split_once(&format!("</{tag}>")).unwrap();
        let hash = base64::Engine::encode(
            &base64::prelude::BASE64_STANDARD,
            Sha256::digest(text.as_bytes()),
        );
        assert!(
            policy.contains(&format!("{tag}-src 'sha256-{hash}'")),
            "{tag}: {hash} {policy}"
        );
    }
    for address in ["http:", "https:", "//cdn", "@import", "url(http"] {
        assert!(!page.contains(address), "{address}");
    }
}

#[test]
fn a_case_that_is_not_as_expected_says_so_and_ends_with_1() {
    let folder = tempfile::tempdir().unwrap();
    let case = folder.path().join("wrong.toml");
    let right = include_str!("../hostile-page.toml");
    fs::write(&case, right.replace("{ bytes = 85 }", "{ bytes = 84 }")).unwrap();
    let lesson = folder.path().join("lesson.html");
    let called = sticky(&[
        "report",
        case.to_str().unwrap(),
        "-o",
        lesson.to_str().unwrap(),
    ]);
    assert_eq!((called.status, called.out.as_str()), (1, ""));
    assert_eq!(
        called.err,
        format!(
            "{} is written; open it in a browser\n1 of 1 did not come out as expected\n",
            lesson.display()
        )
    );
    let page = fs::read_to_string(lesson).unwrap();
    assert!(page.contains("1 case: 0 as expected, 1 not"));
    assert!(page.contains("✗ not as expected: 1 difference"));
    assert!(page.contains("✗ 不符合预期：1 处不同"));
}

/// What a page says, without where its cases come from.
fn without_origin(page: &str) -> String {
    let origin = |line: &&str| line.starts_with("<p class=\"about saved\">");
    let summary = |line: &&str| line.contains(" as expected, ") || line.contains(" 个符合预期，");
    let lines = page.lines().filter(|it| !origin(it) && !summary(it));
    let lines: Vec<_> = lines.collect();
    let page = lines.join("\n");
    page.replace(" · saved trace<", "<")
        .replace(" · 保存的轨迹<", "<")
}

#[test]
fn every_case_looks_the_same_saved_and_live() {
    let mut stage = Stage::new();
    let mut live = Report::new(Language::English);
    let mut cases = Vec::new();
    for scenario in catalogue::all().unwrap() {
        let trace = stage.replay(&scenario);
        let analysis = analyse(&trace);
        live.add(TraceOrigin::Replayed, &trace, &analysis);
        cases.push((trace, analysis));
    }
    assert!(cases.len() >= 14);
    let mut page = Vec::new();
    live.write(&mut page).unwrap();
    let live = String::from_utf8(page).unwrap();
    let mut saved = Vec::new();
    json::write(&cases, &mut saved).unwrap();
    let shown = sticky_reading(&["report", "-", "-q"], &saved);
    assert!(shown.status < 2 && shown.err.is_empty(), "{}", shown.err);
    assert!(count(&live, "class=\"about saved\"") == 0);
    assert!(count(&shown.out, "class=\"about saved\"") == 2 * cases.len());
    assert!(without_origin(&shown.out) == without_origin(&live));
}

/// A file with the replays of these cases, as if saved elsewhere and long ago.
fn saved_elsewhere(cases: &[&str], name: &str) -> (tempfile::TempDir, String) {
    let saved = sticky(&[&["run", "--format", "json"], cases].concat());
    assert_eq!((saved.status, saved.err.as_str()), (0, ""));
    let mut document: serde_json::Value = serde_json::from_str(&saved.out).unwrap();
    for case in document["cases"].as_array_mut().unwrap() {
        case["environment"] = serde_json::json!({
            "sticky": "0.0.9",
            "system": "plan9",
            "kernel": "<b>4</b>",
            "architecture": "mips",
            "unix_time": 951_782_400,
        });
    }
    folder_with(name, &document.to_string())
}

#[test]
fn saved_and_replayed_cases_stand_in_the_order_asked_for_and_say_which_they_are() {
    let (_folder, trace) = saved_elsewhere(&["back-to-back", "tcp/one-shot"], "trace.JSON");
    let called = sticky(&["report", "cork", &trace, "back-to-back", "cork"]);
    assert_eq!((called.status, called.err.as_str()), (0, ""));
    let page = &called.out;
    let (english, chinese) = page.split_once("<div id=\"zh\"").unwrap();
    let elsewhere =
        "Measured 2000-02-29 00:00 UTC on plan9 &#60;b&#62;4&#60;/b&#62;, mips, by sticky 0.0.9.";
    let abouts = |page: &str| -> Vec<String> {
        let lines = page.lines().filter(|it| it.starts_with("<p class=\"about"));
        lines.map(str::to_owned).collect()
    };
    let about = |name| format!("<p class=\"about\"><span class=\"name\">{name}</span>");
    let saved = format!("<p class=\"about saved\">From a saved trace. {elsewhere}</p>");
    for (line, wanted) in abouts(english).iter().zip([
        &about("sticky/cork"),
        &about("sticky/back-to-back"),
        &saved,
        &about("tcp/one-shot"),
        &saved,
        &about("sticky/back-to-back"),
    ]) {
        assert!(line.starts_with(wanted), "{line} is not {wanted}");
    }
    assert_eq!(abouts(english).len(), 6, "a case twice: {english}");
    let measured = "来自保存的轨迹。测量于 2000-02-29 00:00（UTC），plan9 &#60;b&#62;4";
    assert_eq!(count(chinese, measured), 2, "{chinese}");
    assert_eq!(count(english, " · saved trace</span>"), 2);
    assert_eq!(count(chinese, " · 保存的轨迹</span>"), 2);
    // The head describes what was replayed, and says that this is not all.
    let (_, head) = english
        .split_once("4 cases: 4 as expected, 0 not. ")
        .unwrap();
    let (head, _) = head.split_once("</p>").unwrap();
    let here = format!(
        "by sticky {}. A case from a saved trace says so",
        env!("CARGO_PKG_VERSION")
    );
    assert!(
        head.starts_with("Measured ") && !head.contains("plan9"),
        "{head}"
    );
    assert!(head.contains(&here), "{head}");
}

#[test]
fn a_page_of_saved_traces_alone_measures_nothing_now() {
    let (_folder, trace) = saved_elsewhere(&["back-to-back"], "trace.json");
    let called = sticky(&["report", &trace]);
    assert_eq!((called.status, called.err.as_str()), (0, ""));
    let head = "<p>1 case: 1 as expected, 0 not. A case from a saved trace says so, \
                and when and where it was measured.</p>";
    assert!(called.out.contains(head), "{}", called.out);
    assert_eq!(count(&called.out, "Measured "), 1, "but that of the case");
    let now = format!("sticky {}", env!("CARGO_PKG_VERSION"));
    assert_eq!(count(&called.out, &now), 0);
    assert_eq!(sticky(&["report", &trace]).out, called.out);
}

#[test]
fn a_saved_trace_that_was_not_as_expected_ends_with_1() {
    let (_folder, path) = folder_with("wrong.toml", &scenario("total = 18"));
    let saved = sticky(&["run", &path, "-q", "--format", "json"]);
    assert_eq!(saved.status, 1);
    let called = sticky_reading(&["report", "back-to-back", "-"], &saved.out);
    assert_eq!(called.status, 1);
    assert_eq!(called.err, "1 of 2 did not come out as expected\n");
    assert!(called.out.contains("2 cases: 1 as expected, 1 not"));
    assert!(called.out.contains("✗ not as expected: 1 difference"));
}

#[test]
fn what_is_no_trace_leaves_the_page_that_was_there() {
    let good = sticky(&["run", "back-to-back", "--format", "json"]).out;
    let spoilt = good.replace("\"taken\": 18", "\"taken\": 17");
    assert_ne!(good, spoilt);
    for (content, english, chinese) in [
        (
            spoilt.as_str(),
            ".op.send.offset: is 18, but the calls before it end at 17",
            "op.send.offset",
        ),
        (
            "{\n  nonsense\n}",
            "trace.json:2:3",
            "不是轨迹文件：这里不符合 JSON 语法",
        ),
        ("", "trace.json:1:1", "不是轨迹文件：文件是空的"),
    ] {
        let (folder, trace) = folder_with("trace.json", content);
        let lesson = folder.path().join("lesson.html");
        fs::write(&lesson, "what was there").unwrap();
        let lesson = lesson.to_str().unwrap();
        for (language, wanted) in [("en", english), ("zh", chinese)] {
            let called = sticky(&[
                "report",
                "back-to-back",
                &trace,
                "-o",
                lesson,
                "--lang",
                language,
            ]);
            assert_eq!((called.status, called.out.as_str()), (2, ""));
            assert!(called.err.contains(&trace), "{}", called.err);
            assert!(called.err.contains(wanted), "{}", called.err);
            assert_eq!(fs::read_to_string(lesson).unwrap(), "what was there");
        }
    }
    // A wrong case is reported before any trace is read.
    let called = sticky(&["report", "no-such.json", "no-such-case"]);
    assert_eq!(called.status, 2);
    assert!(called.err.contains("`no-such-case`"), "{}", called.err);
    let called = sticky(&["report", "no-such.json"]);
    assert!(
        called
            .err
            .starts_with("error: cannot read no-such.json: there is no such file"),
        "{}",
        called.err
    );
}

#[test]
fn a_name_that_is_none_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let lesson = folder.path().join("lesson.html");
    for (language, wanted) in [("en", "error"), ("zh", "错误")] {
        let called = sticky(&[
            "--lang",
            language,
            "report",
            "no-such-case",
            "-o",
            lesson.to_str().unwrap(),
        ]);
        assert_eq!((called.status, called.out.as_str()), (2, ""));
        assert!(called.err.starts_with(wanted), "{}", called.err);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

/// The page would go to a terminal that `script` creates.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_is_told_to_take_a_file() {
    for (language, wanted) in [
        ("en", "a report is a page for a browser"),
        ("zh", "报告是给浏览器看的页面"),
    ] {
        let call = format!(
            "{} --lang {language} report back-to-back",
            env!("CARGO_BIN_EXE_sticky")
        );
        let mut script = Command::new("script");
        script.args(["-qec", &call, "/dev/null"]);
        let called = finish(script.stdin(Stdio::null()));
        assert_eq!(called.status, 2, "{called:?}");
        assert!(called.out.contains(wanted), "{called:?}");
        assert!(
            called.out.contains("sticky report -o lesson.html"),
            "{called:?}"
        );
        assert!(!called.out.contains("<html"), "{called:?}");
    }
}

#[test]
fn what_saved_traces_cannot_take_is_refused() {
    let (folder, saved) = saved_elsewhere(&["tcp/one-shot"], "saved.json");
    let page = folder.path().join("page.html");
    let page = page.to_str().unwrap();
    for (arguments, english, chinese) in [
        (
            &[saved.as_str(), "--deadline", "3s"] as &[_],
            "error: `--deadline` is for replays",
            "错误：`--deadline` 只用于重放",
        ),
        (
            &["-", "-"],
            "error: `-` is given twice",
            "错误：`-` 写了两次",
        ),
    ] {
        for (language, wanted) in [("en", english), ("zh", chinese)] {
            let options = ["report", "-o", page, "--lang", language];
            let called = sticky(&[&options[..], arguments].concat());
            assert_eq!((called.status, called.out.as_str()), (2, ""));
            assert!(called.err.starts_with(wanted), "{}", called.err);
        }
    }
    let both = [saved.as_str(), "tcp/one-shot", "--deadline", "3s"];
    let called = sticky(&[&["report", "-o", page], &both[..]].concat());
    assert_eq!(called.status, 0, "{}", called.err);
}
