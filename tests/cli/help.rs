//! Help, the version, the welcome, the catalogue, lessons, the manual.

use super::sticky;

pub(super) const COMMANDS: [&str; 17] = [
    "run",
    "check",
    "claims",
    "odds",
    "list",
    "explain",
    "show",
    "report",
    "decode",
    "framings",
    "shake",
    "code",
    "new",
    "quiz",
    "completions",
    "man",
    "help",
];

#[test]
fn without_arguments_the_first_three_commands_are_named() {
    for (language, wanted) in [("en", "Try:"), ("zh", "试试：")] {
        let called = sticky(&["--lang", language]);
        assert_eq!((called.status, called.err.as_str()), (0, ""));
        assert!(called.out.contains(wanted), "{}", called.out);
        let named: Vec<_> = called
            .out
            .lines()
            .filter_map(|line| line.strip_prefix("  sticky "))
            .map(|line| line.split("  ").next().unwrap())
            .collect();
        assert_eq!(
            named,
            ["run back-to-back", "explain back-to-back", "list"],
            "{}",
            called.out
        );
    }
}

#[test]
fn every_command_has_help_in_both_languages() {
    for name in COMMANDS {
        let english = sticky(&[name, "--help", "--lang", "en"]);
        let chinese = sticky(&["--lang=zh", name, "-h"]);
        for called in [&english, &chinese] {
            assert_eq!((called.status, called.err.as_str()), (0, ""), "{name}");
            let usage = format!("sticky {name} [");
            assert!(called.out.contains(&usage), "{}", called.out);
        }
        assert!(english.out.contains("\nUsage: "), "{}", english.out);
        assert!(
            english.out.contains("\nOptions of every command:\n"),
            "{}",
            english.out
        );
        assert!(chinese.out.contains("\n用法："), "{}", chinese.out);
        assert!(
            chinese.out.contains("\n所有命令通用的选项：\n"),
            "{}",
            chinese.out
        );
        let same = sticky(&["help", name]);
        assert_eq!(same.out, english.out, "help {name}");
    }
}

#[test]
fn examples_and_exit_statuses_are_told() {
    for (language, example, status) in [("en", "xample", "xit status"), ("zh", "示例", "退出状态")]
    {
        for name in [
            "explain", "check", "list", "claims", "run", "show", "report",
        ] {
            let help = sticky(&["help", name, "--lang", language]).out;
            assert!(help.contains(example), "{help}");
            assert!(help.contains(&format!("\n  sticky {name} ")), "{help}");
        }
        for name in ["run", "show", "report", "check", "decode"] {
            let help = sticky(&["help", name, "--lang", language]).out;
            assert!(help.contains(status), "{help}");
        }
    }
}

#[test]
fn no_english_is_left_in_chinese_help() {
    let words = [
        "Usage",
        "Options",
        "Arguments",
        "Commands",
        "default",
        "possible",
        "Print",
        "OPTIONS",
        "COMMAND",
        "help of",
    ];
    for arguments in [
        &["--help"] as &[_],
        &["run", "-h"],
        &["man", "-h"],
        &["check", "-h"],
    ] {
        let called = sticky(&[arguments, &["--lang", "zh"]].concat());
        for word in words {
            assert!(!called.out.contains(word), "{word} in {}", called.out);
        }
    }
}

#[test]
fn no_chinese_is_in_english_help() {
    for name in COMMANDS {
        let called = sticky(&[name, "-h"]);
        let chinese = |c: char| ('\u{3000}'..'\u{a000}').contains(&c);
        assert!(!called.out.contains(chinese), "{}", called.out);
    }
}

#[test]
fn the_language_is_that_of_the_locale() {
    for (name, value, wanted) in [
        ("LC_ALL", "zh_CN.UTF-8", "用法"),
        ("LC_MESSAGES", "zh_TW", "用法"),
        ("LANG", "zh_CN.UTF-8", "用法"),
        ("LANG", "de_DE.UTF-8", "Usage"),
        ("LANG", "C", "Usage"),
    ] {
        let called = super::finish(super::command(&["--help"]).env(name, value));
        assert!(
            called.out.contains(wanted),
            "{name}={value}: {}",
            called.out
        );
    }
    let mut both = super::command(&["--help"]);
    let called = super::finish(both.env("LC_ALL", "en_US.UTF-8").env("LANG", "zh_CN.UTF-8"));
    assert!(called.out.contains("Usage"), "{}", called.out);
}

#[test]
fn the_version_is_that_of_the_package() {
    let wanted = format!("sticky {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(sticky(&["--version"]).out, wanted);
    assert_eq!(sticky(&["-V", "--lang", "zh"]).out, wanted);
}

#[test]
fn the_catalogue_is_listed_by_chapter() {
    let names = sticky(&["list", "--names"]).out;
    assert!(names.lines().count() >= 14, "{names}");
    assert!(
        names.lines().any(|name| name == "sticky/back-to-back"),
        "{names}"
    );
    for language in ["en", "zh"] {
        let list = sticky(&["list", "--lang", language]).out;
        let mut chapter = String::new();
        let mut listed = Vec::new();
        for line in list.lines() {
            match line.strip_prefix("  ") {
                Some(case) => {
                    let name = case.split(' ').next().unwrap();
                    listed.push(format!("{chapter}/{name}"));
                }
                None => chapter = line.split([':', '：']).next().unwrap().to_owned(),
            }
        }
        assert_eq!(listed, names.lines().collect::<Vec<_>>(), "{list}");
    }
}

#[test]
fn a_lesson_is_told_with_its_title_and_its_section() {
    let called = sticky(&["explain", "back-to-back"]);
    assert_eq!((called.status, called.err.as_str()), (0, ""));
    let mut lines = called.out.lines();
    assert!(lines.next().unwrap().contains("one recv of 30 bytes"));
    let second = lines.next().unwrap();
    assert!(
        second.starts_with("sticky/back-to-back · replays: TCP的黏包现象"),
        "{second}"
    );
    assert!(
        called
            .out
            .ends_with("See it happen: sticky run sticky/back-to-back\n")
    );
    assert!(called.out.lines().all(|line| line.chars().count() <= 88));

    let chinese = sticky(&["explain", "back-to-back", "--lang", "zh"]);
    assert!(chinese.out.contains("亲自运行看看："), "{}", chinese.out);
}

#[test]
fn there_is_a_manual_page_for_every_command() {
    let whole = sticky(&["man"]).out;
    for name in COMMANDS {
        assert!(whole.contains(&format!("sticky\\-{name}(1)")), "{whole}");
        let page = sticky(&["man", name]).out;
        assert!(page.contains(&format!(".TH sticky-{name} 1")), "{page}");
        for heading in [".SH NAME\n", ".SH SYNOPSIS\n", ".SH DESCRIPTION\n"] {
            assert!(page.contains(heading), "{page}");
        }
        let chinese = sticky(&["man", name, "--lang", "zh"]).out;
        for heading in [".SH 名称\n", ".SH 用法\n", ".SH 说明\n"] {
            assert!(chinese.contains(heading), "{chinese}");
        }
        let english = |line: &str| line.starts_with(".SH ") && line.is_ascii();
        assert_eq!(chinese.lines().find(|line| english(line)), None);
    }
}
