//! Text from a file, an argument or a socket is escaped wherever it reaches a terminal.

use super::{Called, folder_with, scenario, sticky, sticky_reading};

/// All control characters of Unicode, the direction marks and the line separators. No NUL, because
/// no argument can contain it.
fn controls() -> Vec<char> {
    let controls = ('\u{1}'..='\u{1f}').chain('\u{7f}'..='\u{9f}');
    let marks = ['\u{61c}', '\u{200e}', '\u{200f}', '\u{2028}', '\u{2029}'];
    let turns = ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}');
    controls.chain(marks).chain(turns).collect()
}

/// All of them, each after a letter.
fn hostile() -> String {
    controls().iter().flat_map(|&c| ['x', c]).collect()
}

/// Whether the output has no characters that control a terminal, except line breaks.
fn is_clean(called: &Called, what: &str) {
    for text in [&called.out, &called.err] {
        let raw = text.chars().find(|&c| c != '\n' && controls().contains(&c));
        assert_eq!(raw, None, "{what}: {text:?}");
    }
}

/// It was quoted, and everything in it that controls a terminal was escaped.
fn is_quoted(called: &Called, what: &str) {
    is_clean(called, what);
    let all = format!("{}{}", called.out, called.err);
    for escape in [
        "\\x1b",
        "\\u{85}",
        "\\u{9b}",
        "\\u{202e}",
        "\\u{61c}",
        "\\u{2028}",
        "\\n",
        "\\r",
    ] {
        assert!(all.contains(escape), "{what}: {escape}: {all}");
    }
}

#[test]
fn arguments_are_quoted_without_what_steers() {
    let hostile = hostile();
    let option = format!("--{hostile}");
    let calls: [&[&str]; 13] = [
        &["run", &hostile],
        &["check", &hostile],
        &["claims", &hostile],
        &["explain", &hostile],
        &["show", &hostile],
        &["decode", "--framing", &hostile, "-"],
        &["decode", "--hex", "0a", "--framing", "u8", &option],
        &["shake", &hostile],
        &["run", "--width", &hostile],
        &["run", "--format", &hostile],
        &[&hostile],
        &[&option],
        &["run", "back-to-back", "-o", &format!("{hostile}/none/file")],
    ];
    for call in calls {
        for language in ["en", "zh"] {
            let mut call = call.to_vec();
            call.extend(["--lang", language]);
            let called = sticky(&call);
            assert_eq!(called.status, 2, "{call:?}: {called:?}");
            is_quoted(&called, &format!("{call:?}"));
        }
    }
}

#[test]
fn lines_of_a_file_are_quoted_without_what_steers() {
    // A line break ends the line that is quoted.
    for c in controls().into_iter().filter(|&c| c != '\n') {
        let broken = format!("abuot = 1 # x{c}y\n{}", scenario("total = 30"));
        let (_folder, path) = folder_with("bad.toml", &broken);
        let called = sticky(&["run", &path]);
        assert_eq!(called.status, 2, "{called:?}");
        is_clean(&called, &format!("{c:?} in a scenario"));
        for broken in [
            format!("{{\"version\": 1, \"x{c}y\" nonsense"),
            format!("{{\"version\": 1, \"cases\": [{{\"name\": \"x{c}y\"}}]}}"),
            format!("x{c}y"),
        ] {
            let called = sticky_reading(&["show", "-"], broken);
            assert_eq!(called.status, 2, "{called:?}");
            is_clean(&called, &format!("{c:?} in a trace"));
        }
    }
    // Of a long key only the beginning is quoted.
    let mut quoted = Called {
        status: 2,
        out: String::new(),
        err: String::new(),
    };
    for few in controls().chunks(16) {
        let key = few.iter().fold(String::new(), |key, &c| {
            format!("{key}x\\u{:04x}", u32::from(c))
        });
        let broken = format!("\"{key}\" = 1\n{}", scenario("total = 30"));
        let (_folder, path) = folder_with("bad.toml", &broken);
        quoted.err += &sticky(&["run", &path]).err;
    }
    is_quoted(&quoted, "a key");
}

#[test]
fn a_file_of_a_strange_name_is_told_without_what_steers() {
    let name = format!("{}.toml", hostile());
    let (_folder, path) = folder_with(&name, "abuot = 1\n");
    let called = sticky(&["run", &path]);
    assert_eq!(called.status, 2);
    is_quoted(&called, "behind the arrow");
    let (_folder, path) = folder_with(&name, &scenario("total = 30"));
    for arguments in [&["run"][..], &["check"], &["explain"], &["code"]] {
        let mut arguments = arguments.to_vec();
        arguments.push(&path);
        is_clean(&sticky(&arguments), &format!("{arguments:?}"));
    }
}

#[test]
fn json_escapes_what_steers_and_keeps_every_byte() {
    let called = sticky_reading(
        &["decode", "--framing", "line", "--format", "json", "-"],
        "ab\u{7f}cd\n",
    );
    assert!(called.out.contains("ab\\u007fcd"), "{}", called.out);
    let message: String = hostile().replace('\n', "");
    for arguments in [
        &["decode", "--framing", "line", "--format", "json", "-"][..],
        &[
            "decode",
            "--framing",
            "line",
            "--format",
            "json",
            "--color",
            "always",
            "-",
        ],
        &[
            "shake",
            "line-escaped",
            "--message",
            &message,
            "--format",
            "json",
        ],
    ] {
        let called = sticky_reading(arguments, format!("{message}\n"));
        is_clean(&called, &format!("{arguments:?}"));
        let document: serde_json::Value = serde_json::from_str(&called.out).unwrap();
        let texts = [
            &document["messages"][0]["payload"]["text"],
            &document["messages"][0]["text"],
        ];
        assert!(
            texts.iter().any(|text| text.as_str() == Some(&*message)),
            "{arguments:?}: {}",
            called.out
        );
    }
    for format in ["text", "svg", "cast"] {
        is_clean(
            &sticky_reading(
                &["decode", "--framing", "line", "-"],
                format!("{message}\n"),
            ),
            format,
        );
    }
}
