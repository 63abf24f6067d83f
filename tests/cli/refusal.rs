//! Wrong input always gives exit status 2, nothing on standard output, and a message that names
//! what is wrong and the remedy.

use super::{folder_with, scenario, sticky};

/// The error message for these arguments.
fn refused(arguments: &[&str]) -> String {
    let called = sticky(arguments);
    assert_eq!(
        (called.status, called.out.as_str()),
        (2, ""),
        "{arguments:?}: {}",
        called.err
    );
    called.err
}

#[test]
fn a_mistyped_argument_is_named_and_the_near_one_suggested() {
    assert_eq!(
        refused(&["run", "--wdith", "90"]),
        "error: there is no argument `--wdith` here\n  \
         help: did you mean `--width`?\n\n\
         Usage: sticky run [OPTIONS] [CASE]…\n\n\
         For more, try `sticky run --help`.\n"
    );
    assert_eq!(
        refused(&["run", "--wdith", "90", "--lang", "zh"]),
        "错误：这里没有 `--wdith` 这个参数\n  \
         修正：是不是 `--width`？\n\n\
         用法：sticky run [选项] [用例]…\n\n\
         更多说明请用 `sticky run --help`。\n"
    );
}

/// Arguments, and how the error begins in English and in Chinese.
type Refused = (&'static [&'static str], &'static str, &'static str);

fn begin_in_both_languages(cases: &[Refused]) {
    for (arguments, english, chinese) in cases {
        for (language, wanted) in [("en", english), ("zh", chinese)] {
            let message = refused(&[&["--lang", language], *arguments].concat());
            assert!(message.starts_with(wanted), "{arguments:?}: {message}");
        }
    }
}

#[test]
fn every_refusal_begins_in_the_language_asked_for() {
    begin_in_both_languages(&[
        (
            &["runn"] as &[_],
            "error: there is no command `runn`\n  help: did you mean `run`?",
            "错误：没有 `runn` 这个命令\n  修正：是不是 `run`？",
        ),
        (
            &["back-to-back"],
            "error: there is no command `back-to-back`\n  help: `back-to-back` is a case: `sticky run back-to-back`",
            "错误：没有 `back-to-back` 这个命令\n  修正：`back-to-back` 是一个用例：`sticky run back-to-back`",
        ),
        (
            &["run", "--width", "79"],
            "error: `--width <COLUMNS>` takes a number of columns from 80 to 400; not `79`",
            "错误：`--width <列数>` 的值应为 80 到 400 之间的列数；而不是 `79`",
        ),
        (
            &["run", "--width", "401"],
            "error: `--width <COLUMNS>` takes a number of columns from 80 to 400; not `401`",
            "错误：`--width <列数>` 的值应为 80 到 400 之间的列数；而不是 `401`",
        ),
        (
            &["run", "--format", "xml"],
            "error: `--format <FORMAT>` takes text, json, svg, cast; not `xml`",
            "错误：`--format <格式>` 的值应为 text、json、svg、cast；而不是 `xml`",
        ),
        (
            &["run", "--deadline", "61s"],
            "error: `--deadline <TIME>` takes a number with us, ms or s after it, above 0 and at most 60s, such as 500ms; not `61s`",
            "错误：`--deadline <时间>` 的值应为数字加单位 us、ms 或 s，大于 0，不超过 60s，例如 500ms；而不是 `61s`",
        ),
        (
            &["check", "--repeat", "0"],
            "error: `--repeat <N>` takes a number from 1 to 4294967295; not `0`",
            "错误：`--repeat <次数>` 的值应为 1 到 4294967295 的整数；而不是 `0`",
        ),
        (
            &["run", "-o"],
            "error: `--output <FILE>` needs a value",
            "错误：`--output <文件>` 缺少值",
        ),
        (
            &["completions", "bsh"],
            "error: `<SHELL>` takes bash, elvish, fish, powershell, zsh; not `bsh`\n  help: did you mean `bash`?",
            "错误：`<SHELL>` 的值应为 bash、elvish、fish、powershell、zsh；而不是 `bsh`\n  修正：是不是 `bash`？",
        ),
        (
            &["show", "no-such.json"],
            "error: cannot read no-such.json: there is no such file or folder\nhelp: save a trace with",
            "错误：无法读取 no-such.json：没有这个文件或文件夹\n修正：用 `sticky run",
        ),
    ]);
}

#[test]
fn every_refusal_tells_what_would_do() {
    begin_in_both_languages(&[
        (
            &["show"],
            "error: <TRACE> is missing\n  help: such as\n    sticky show trace.json\n",
            "错误：缺少 <轨迹>\n  修正：例如\n    sticky show trace.json\n",
        ),
        (
            &["decode"],
            "error: --framing <FRAMING>, <FILE> are missing\n  help: such as\n    \
             sticky decode --framing i32-le --hex 0300000073756e\n    \
             sticky decode --framing crlf capture.bin\n    \
             sticky decode --guess - < capture.bin\n",
            "错误：缺少 --framing <成帧方式>、<文件>\n  修正：例如\n    sticky decode",
        ),
        (
            &["rnu"],
            "error: there is no command `rnu`\n  help: did you mean `run`?",
            "错误：没有 `rnu` 这个命令\n  修正：是不是 `run`？",
        ),
        (
            &["list", "more"],
            "error: there is no argument `more` here\n  help: `sticky list` takes --names, --lang, ",
            "错误：这里没有 `more` 这个参数\n  修正：`sticky list` 的选项有：--names、--lang、",
        ),
        (
            &["list", "--nmaes"],
            "error: there is no argument `--nmaes` here\n  help: did you mean `--names`?",
            "错误：这里没有 `--nmaes` 这个参数\n  修正：是不是 `--names`？",
        ),
        (
            &["run", "missing.toml"],
            "error: cannot read `missing.toml`: there is no such file or folder\n",
            "错误：无法读取 `missing.toml`：没有这个文件或文件夹\n",
        ),
        (
            &["odds", "udp"],
            "error: `udp` stands for ",
            "错误：`udp` 对应 ",
        ),
        (
            &["run", "back-to-back", "-o", "no-such-folder/x"],
            "error: cannot write to no-such-folder/x: there is no such file or folder\n\
             help: create its folder first",
            "错误：无法写入 no-such-folder/x：没有这个文件或文件夹\n修正：请先建好",
        ),
    ]);
}

#[test]
fn every_number_that_is_out_of_bounds_is_told_both_of_them() {
    for (command, option, least, most) in [
        ("check", "--repeat", "1", "4294967295"),
        ("code", "--part", "1", "65535"),
        ("decode", "--cap", "0", "67108864"),
        ("odds", "--trials", "1", "10000"),
        ("odds", "--points", "2", "21"),
        ("odds", "--seed", "0", "18446744073709551615"),
        ("quiz", "--count", "1", "100"),
        ("quiz", "--seed", "0", "18446744073709551615"),
        ("run", "--width", "80", "400"),
        ("shake", "--random", "1", "1000"),
        ("shake", "--seed", "0", "18446744073709551615"),
        ("shake", "--trials", "0", "1000000"),
        ("shake", "--sockets", "1", "10000"),
    ] {
        let number = "99999999999999999999";
        for (language, wanted) in [
            ("en", format!(" from {least} to {most}; not `{number}`")),
            ("zh", format!("应为 {least} 到 {most} ")),
        ] {
            let message = refused(&[command, option, number, "--lang", language]);
            assert!(message.contains(&wanted), "{option}: {message}");
        }
        let below = refused(&[command, option, "-1"]);
        let wanted = format!(" from {least} to {most}; not `-1`");
        assert!(below.contains(&wanted), "{option}: {below}");
    }
}

#[test]
fn a_chinese_list_has_the_comma_of_lists() {
    for (arguments, list) in [
        (
            &["run", "--format", "jsn"] as &[_],
            "的值应为 text、json、svg、cast；而不是 `jsn`",
        ),
        (
            &["completions", "sh"],
            "bash、elvish、fish、powershell、zsh",
        ),
    ] {
        let message = refused(&[arguments, &["--lang", "zh"]].concat());
        assert!(message.contains(list), "{message}");
    }
    let help = sticky(&["help", "completions", "--lang", "zh"]).out;
    assert!(
        help.contains("bash、elvish、fish、powershell、zsh"),
        "{help}"
    );
}

/// What the help of a command says about `--format`, in one line.
fn help_of_format(command: &str, language: &str) -> String {
    let help = sticky(&["help", command, "--lang", language]).out;
    let (_, told) = help.split_once("--format <").unwrap();
    let (_, told) = told.split_once('>').unwrap();
    let (told, _) = told.split_once(']').unwrap();
    told.split_whitespace().collect::<Vec<_>>().join(" ") + "]"
}

#[test]
fn the_help_and_the_refusal_name_the_formats_of_each_command() {
    let report = "text json";
    let drawing = "text json svg cast";
    for (command, formats) in [
        ("run", drawing),
        ("show", drawing),
        ("check", report),
        ("claims", report),
        ("odds", "text svg json csv"),
        ("decode", report),
        ("shake", report),
    ] {
        let listed = formats.replace(' ', ", ");
        for (language, refusal, usual) in [
            (
                "en",
                format!("error: `--format <FORMAT>` takes {listed}; not `pdf`\n"),
                "[default: text]",
            ),
            (
                "zh",
                format!(
                    "错误：`--format <格式>` 的值应为 {}；而不是 `pdf`\n",
                    formats.replace(' ', "、")
                ),
                "[默认：text]",
            ),
        ] {
            let message = refused(&[command, "--format", "pdf", "--lang", language]);
            assert!(message.starts_with(&refusal), "{command}: {message}");
            let help = help_of_format(command, language);
            let names = help.strip_suffix(usual).unwrap_or_else(|| panic!("{help}"));
            let mut from = 0;
            for name in formats.split(' ') {
                let at = names[from..].find(name);
                from += at.unwrap_or_else(|| panic!("{command}: no {name} in {help}"));
            }
        }
    }
}

#[test]
fn an_unknown_language_is_refused() {
    let message = refused(&["--lang", "fr", "list"]);
    assert!(
        message.starts_with("error: `--lang <LANG>` takes en, zh; not `fr`"),
        "{message}"
    );
}

#[test]
fn a_saved_trace_where_a_case_belongs_is_told_apart() {
    let saved = sticky(&["run", "back-to-back", "--format", "json"]).out;
    // Longer than a scenario file may be.
    let long = saved.clone() + &" ".repeat(1 << 20);
    for (name, content) in [("t 1.json", &saved), ("t.json", &long), ("t1.txt", &saved)] {
        let (_folder, path) = folder_with(name, content);
        let shown = if name.contains(' ') {
            let quote = if cfg!(windows) { '"' } else { '\'' };
            format!("{quote}{path}{quote}")
        } else {
            path.clone()
        };
        for command in ["run", "check", "explain", "code", "odds"] {
            let said = refused(&[command, &path]);
            assert!(
                said.starts_with("error: this is a saved trace, not a case\n"),
                "{said}"
            );
            assert!(said.contains(&format!("`sticky show {shown}`")), "{said}");
            assert_eq!(said.lines().count(), 3, "{said}");
            let chinese = refused(&["--lang", "zh", command, &path]);
            assert!(
                chinese.starts_with("错误：这是保存的轨迹，不是用例\n"),
                "{chinese}"
            );
        }
    }
    let (_folder, path) = folder_with("t1.txt", &saved);
    let said = refused(&["report", &path, "-o", "never.html"]);
    assert!(said.contains("named *.json"), "{said}");
}

#[test]
fn a_chapter_may_end_with_a_slash() {
    let names = |name| sticky(&["check", name, "--format", "json"]);
    let (with, without) = (names("tcp/"), names("tcp"));
    assert_eq!((with.status, without.status), (0, 0), "{}", with.err);
    let cases = |out: &str| out.matches("\"name\": \"tcp/").count();
    assert_eq!(cases(&with.out), cases(&without.out));
    assert!(cases(&with.out) > 1);
    assert!(refused(&["check", "nowhere/"]).contains("`nowhere/`"));
}

#[test]
fn an_unknown_case_is_named_and_the_near_ones_suggested() {
    for arguments in [
        &["run", "back-to-bakc"] as &[_],
        &["check", "back-to-bakc"],
        &["explain", "back-to-bakc"],
    ] {
        let message = refused(arguments);
        assert!(message.contains("`back-to-bakc`"), "{message}");
        assert!(message.contains("`sticky/back-to-back`"), "{message}");
    }
}

#[test]
fn a_bad_file_is_refused_with_its_place_before_anything_runs() {
    let bad = scenario("recv = [{ bytes = 30 }]").replace("{ recv = 1024 }", "{ recvv = 1024 }");
    let (_folder, path) = folder_with("bad.toml", &bad);
    for arguments in [&["run", &path] as &[_], &["check", "back-to-back", &path]] {
        let message = refused(arguments);
        assert!(message.contains(&format!("{path}:")), "{message}");
        assert!(message.contains("recvv"), "{message}");
        assert!(message.contains('^'), "{message}");
    }
    let message = refused(&["run", &path, "--lang", "zh"]);
    assert!(message.starts_with("错误"), "{message}");
}

#[test]
fn what_steers_a_terminal_is_not_repeated() {
    for arguments in [
        &["\u{1b}[31m"] as &[_],
        &["run", "\u{1b}[31m"],
        &["show", "\u{1b}[31m"],
        &["run", "--width", "\u{1b}[31m"],
    ] {
        let message = refused(arguments);
        assert!(!message.contains('\u{1b}'), "{message:?}");
    }
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_not_utf_8_is_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let called = super::finish(super::command(&["run"]).arg(OsStr::from_bytes(b"\xff")));
    assert_eq!(called.status, 2);
    assert!(
        called.err.starts_with("error: an argument is not UTF-8"),
        "{}",
        called.err
    );
}
