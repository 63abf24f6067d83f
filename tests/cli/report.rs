//! `sticky report`: what it writes, refuses and answers. What the page does in a
//! browser is tested there.

use std::fs;
#[cfg(target_os = "linux")]
use std::process::{Command, Stdio};

#[cfg(target_os = "linux")]
use super::finish;
use super::sticky;

/// How often `what` occurs.
fn count(text: &str, what: &str) -> usize {
    text.matches(what).count()
}

#[test]
fn every_documented_case_is_on_the_page_in_both_languages() {
    let called = sticky(&["report", "--lang", "zh"]);
    assert_eq!((called.status, called.err.as_str()), (0, ""));
    let page = &called.out;
    let documented = sticky_packet::scenario::catalogue::documented().unwrap();
    assert!(documented.len() > 5);
    assert_eq!(count(page, "<article "), 2 * documented.len());
    for (index, case) in documented.iter().enumerate() {
        for (view, title) in [("en", &case.title.en), ("zh", &case.title.zh)] {
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
        "as expected: 9 statements hold",
        "与预期一致：9 条预期成立",
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
    assert_eq!(called.err, "1 of 1 did not come out as expected\n");
    let page = fs::read_to_string(lesson).unwrap();
    assert!(page.contains("1 case: 0 as expected, 1 not"));
    assert!(page.contains("✗ not as expected: 1 difference"));
    assert!(page.contains("✗ 与预期不符：1 处不同"));
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

/// A terminal that `script` makes is where the page would go.
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
