//! `sticky code`. What the programs do is tested in `tests/code`.

use std::fs;

use super::{folder_with, scenario, sticky};

#[test]
fn both_programs_are_printed_with_a_divider_in_their_language() {
    for (language, mark, ending) in [
        ("python", "#", "py"),
        ("rust", "//", "rs"),
        ("c", "//", "c"),
    ] {
        let called = sticky(&["code", "back-to-back", "--as", language]);
        assert_eq!((called.status, called.err.as_str()), (0, ""), "{language}");
        let dividers: Vec<_> = called
            .out
            .lines()
            .filter_map(|line| line.strip_prefix(&format!("{mark} ===== ")))
            .map(|rest| rest.split(' ').next().unwrap())
            .collect();
        let wanted = [format!("server.{ending}"), format!("client.{ending}")];
        assert_eq!(dividers, wanted, "{}", called.out);
        assert!(called.out.contains("下了一天的雨"), "{}", called.out);
    }
    assert_eq!(
        sticky(&["code", "back-to-back"]).out,
        sticky(&["code", "back-to-back", "--as", "python"]).out
    );
}

#[test]
fn one_side_is_printed_alone_and_runs_as_it_stands() {
    let called = sticky(&["code", "back-to-back", "--side", "client"]);
    assert_eq!((called.status, called.err.as_str()), (0, ""));
    assert!(!called.out.contains("====="), "{}", called.out);
    assert!(called.out.contains("recv(conn, 1024)"), "{}", called.out);
    assert!(!called.out.contains("def send"), "{}", called.out);
}

#[test]
fn each_part_has_a_pair_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("new/lesson");
    let into = into.to_str().unwrap();
    let called = sticky(&["code", "partial/split-header", "--as", "c", "-o", into]);
    assert_eq!((called.status, called.out.as_str()), (0, ""));
    assert!(called.err.contains("server-1.c"), "{}", called.err);
    let mut names: Vec<_> = fs::read_dir(into)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["client-1.c", "client-2.c", "server-1.c", "server-2.c"]
    );
    let second = sticky(&[
        "code",
        "partial/split-header",
        "--as",
        "c",
        "--part",
        "2",
        "--side",
        "server",
    ]);
    let file = fs::read_to_string(format!("{into}/server-2.c")).unwrap();
    assert_eq!(second.out, file);
    assert!(file.contains("Part 2: exact reads"), "{file}");
}

#[test]
fn a_file_that_is_there_is_replaced_only_by_force() {
    let (folder, file) = folder_with("client.py", "mine");
    let into = folder.path().to_str().unwrap();
    let called = sticky(&["code", "back-to-back", "-o", into]);
    assert_eq!(called.status, 2);
    assert!(
        called.err.contains("client.py already exists"),
        "{}",
        called.err
    );
    assert!(called.err.contains("--force"), "{}", called.err);
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    assert_eq!(fs::read_dir(into).unwrap().count(), 1, "none or all");
    let chinese = sticky(&["code", "back-to-back", "-o", into, "--lang", "zh"]);
    assert!(chinese.err.contains("已经存在"), "{}", chinese.err);

    let called = sticky(&["code", "back-to-back", "-o", into, "--force", "-q"]);
    assert_eq!((called.status, called.err.as_str()), (0, ""));
    assert!(fs::read_to_string(&file).unwrap().contains("recv"));
    assert_eq!(fs::read_dir(into).unwrap().count(), 2);
}

#[test]
fn what_cannot_be_done_is_told_with_the_remedy() {
    let (_folder, file) = folder_with("a-file", "");
    let below = format!("{file}/below");
    let in_the_way = format!("cannot write to {below}: {file} is a file, not a folder");
    for (arguments, wanted, help) in [
        (
            &["compare/pipe"] as &[_],
            "compare/pipe cannot be written as two programs: a pipe has no address",
            "sticky run compare/pipe",
        ),
        (
            &["tcp/reuse-address", "--as", "rust"],
            "tcp/reuse-address, part 1 cannot be written",
            "--as python",
        ),
        (
            &["back-to-back", "--part", "2"],
            "--part 2: sticky/back-to-back has one part",
            "leave `--part` out",
        ),
        (
            &["when/chat", "--part", "9"],
            "has 3 parts",
            "leave `--part` out",
        ),
        (&["back-to-back", "--part", "0"], "0", "a number from 1"),
        (&["back-to-back", "--as", "perl"], "perl", "python"),
        (&["back-to-back", "--side", "both"], "both", "server"),
        (
            &["fixes"],
            "`fixes` stands for ",
            "help: name one: `fixes/1-two-digits`, ",
        ),
        (&["no-such-case"], "no-such-case", ""),
        (
            &["back-to-back", "-o", &file],
            "is a file, but the programs need a folder",
            "help: name a folder",
        ),
        (
            &["back-to-back", "-o", &below],
            &in_the_way,
            "help: name another",
        ),
        (&[], "", "--help"),
    ] {
        let called = sticky(&[&["code"], arguments].concat());
        assert_eq!(
            (called.status, called.out.as_str()),
            (2, ""),
            "{arguments:?}"
        );
        for part in [wanted, help] {
            assert!(called.err.contains(part), "no {part:?} in {}", called.err);
        }
    }
    let chinese = sticky(&["code", "compare/pipe", "--lang", "zh"]);
    assert!(chinese.err.contains("写不成两个程序"), "{}", chinese.err);
}

#[test]
fn a_case_of_ones_own_becomes_programs_too_and_only_a_good_one() {
    let (_folder, file) = folder_with("mine.toml", &scenario("total = 30"));
    let called = sticky(&["code", &file, "--as", "python", "--lang", "zh"]);
    assert_eq!((called.status, called.err.as_str()), (0, ""));
    assert!(called.out.contains("为测试而写"), "{}", called.out);
    let (_folder, file) = folder_with("bad.toml", &scenario("totl = 30"));
    let called = sticky(&["code", &file]);
    assert_eq!((called.status, called.out.as_str()), (2, ""));
    assert!(called.err.contains("totl"), "{}", called.err);
}
