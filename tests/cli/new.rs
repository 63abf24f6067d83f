//! `sticky new`.

use std::fs;

use super::{command, finish, sticky};

/// Calls `sticky new` in a fresh folder.
fn new_in(folder: &tempfile::TempDir, arguments: &[&str]) -> super::Called {
    finish(command(&[&["new"], arguments].concat()).current_dir(folder.path()))
}

#[test]
fn what_is_written_comes_out_as_it_states() {
    for language in ["en", "zh"] {
        for transport in ["tcp", "udp"] {
            let folder = tempfile::tempdir().unwrap();
            let arguments = ["mine", "--transport", transport, "--lang", language];
            let called = new_in(&folder, &arguments);
            assert_eq!((called.status, called.out.as_str()), (0, ""));
            assert!(
                called.err.contains("sticky run mine.toml"),
                "{}",
                called.err
            );
            let file = folder.path().join("mine.toml");
            let checked = sticky(&["check", file.to_str().unwrap()]);
            assert_eq!(checked.status, 0, "{}{}", checked.out, checked.err);
            assert!(
                checked.out.contains(" 0 expectations skipped"),
                "{}",
                checked.out
            );
            let text = fs::read_to_string(file).unwrap();
            assert!(
                text.contains(&format!("transport = \"{transport}\"")),
                "{text}"
            );
            assert!(text.contains("sticky check mine.toml"), "{text}");
            for mark in ['⟦', '⟧', '¦', '@'] {
                assert!(!text.contains(mark), "{mark} in {text}");
            }
        }
    }
}

#[test]
fn the_language_decides_the_comments_and_title_and_lesson_keep_both() {
    let english = sticky(&["new", "-"]).out;
    let chinese = sticky(&["new", "-", "--lang", "zh"]).out;
    assert!(english.contains("# Sending"), "{english}");
    assert!(chinese.contains("# 发送"), "{chinese}");
    for text in [english, chinese] {
        for key in ["en = \"", "zh = \"", "en = \"\"\"", "zh = \"\"\""] {
            assert!(text.contains(key), "no {key} in {text}");
        }
    }
}

#[test]
fn every_step_in_the_comments_can_be_read() {
    let text = sticky(&["new", "-"]).out;
    let reference = text.split("# All that a file can say").nth(1).unwrap();
    let steps: Vec<&str> = reference
        .split("# Expecting")
        .next()
        .unwrap()
        .lines()
        .filter_map(|line| line.strip_prefix("#   "))
        .flat_map(steps_of)
        .collect();
    assert!(steps.len() > 30, "{steps:?}");
    let folder = tempfile::tempdir().unwrap();
    for step in steps {
        // A payload by itself is not a step.
        let payload = ["{ hex", "{ repeat = \"", "{ random", "{ length-of"];
        let step = if payload.iter().any(|form| step.starts_with(form)) {
            format!("{{ send = {step} }}")
        } else {
            step.to_owned()
        };
        let file = folder.path().join("one.toml");
        let changed = text.replace("  { send = \"one\" },\n", &format!("  {step},\n"));
        fs::write(&file, changed).unwrap();
        let checked = sticky(&["check", file.to_str().unwrap(), "--deadline", "100ms"]);
        // Whether it fits this very case is another matter.
        for complaint in ["unknown", "expected", "not a "] {
            assert!(!checked.err.contains(complaint), "{step}\n{}", checked.err);
        }
    }
}

/// The tables and strings at the beginning of a line.
fn steps_of(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = line;
    loop {
        rest = rest.trim_start();
        let end = match rest.chars().next() {
            Some('{') => {
                let mut depth = 0;
                rest.find(|c| {
                    depth += i32::from(c == '{') - i32::from(c == '}');
                    depth == 0
                })
            }
            Some('"') => rest[1..].find('"').map(|at| at + 1),
            _ => None,
        };
        let Some(end) = end else { return found };
        let (step, behind) = rest.split_at(end + 1);
        found.push(step);
        rest = behind;
    }
}

#[test]
fn a_copy_of_a_case_can_be_the_beginning() {
    let folder = tempfile::tempdir().unwrap();
    let called = new_in(&folder, &["chat", "--from", "when/chat"]);
    assert_eq!(called.status, 0, "{}", called.err);
    let file = folder.path().join("chat.toml");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("下雨天"), "{text}");
    assert!(
        !text.contains("\nreplays"),
        "a copy is no literal replay any more"
    );
    let checked = sticky(&["check", file.to_str().unwrap()]);
    assert_eq!(checked.status, 0, "{}{}", checked.out, checked.err);
}

#[test]
fn every_case_of_the_catalogue_can_be_copied() {
    let folder = tempfile::tempdir().unwrap();
    for name in sticky(&["list", "--names"]).out.lines() {
        let copy = name.replace('/', "-");
        let called = new_in(&folder, &[&copy, "--from", name]);
        assert_eq!(called.status, 0, "{}", called.err);
        let file = folder.path().join(format!("{copy}.toml"));
        // Reading it is enough; its replay is tested elsewhere.
        let told = sticky(&["explain", file.to_str().unwrap()]);
        assert_eq!(told.status, 0, "{}", told.err);
    }
}

#[test]
fn nothing_is_replaced_and_every_mistake_has_its_remedy() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine.toml"), "mine").unwrap();
    for (arguments, wanted) in [
        (&["mine"] as &[_], "mine.toml already exists"),
        (&["mine.toml"], "sticky check mine.toml"),
        (&["mine", "--lang", "zh"], "mine.toml 已经存在"),
        (&["no-folder/mine"], "there is no such file or folder"),
        (&[".."], "`..` is not a file name"),
        (&[""], "needs a value"),
        (&["other", "--from", "no-such-case"], "no-such-case"),
        (
            &["other", "--from", "fixes"],
            "help: name one: `fixes/1-two-digits`, ",
        ),
        (
            &["other", "--from", "chat", "--transport", "udp"],
            "--transport",
        ),
        (&["other", "--transport", "pigeon"], "pigeon"),
        (&[], "--help"),
    ] {
        let called = new_in(&folder, arguments);
        assert_eq!(
            (called.status, called.out.as_str()),
            (2, ""),
            "{arguments:?}"
        );
        assert!(
            called.err.contains(wanted),
            "no {wanted:?} in {}",
            called.err
        );
    }
    assert_eq!(
        fs::read_to_string(folder.path().join("mine.toml")).unwrap(),
        "mine"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn a_name_of_two_words_stands_in_quotes_where_it_is_to_be_typed() {
    let folder = tempfile::tempdir().unwrap();
    let made = new_in(&folder, &["x y"]);
    let said = "open it in an editor, then: sticky run 'x y.toml'\n";
    assert!(made.err.ends_with(said), "{}", made.err);
    let content = fs::read_to_string(folder.path().join("x y.toml")).unwrap();
    assert!(
        content.contains("#   sticky check 'x y.toml' "),
        "{content}"
    );
    let again = new_in(&folder, &["x y"]);
    assert!(
        again.err.contains("`sticky check 'x y.toml'`"),
        "{}",
        again.err
    );
    let path = folder.path().join("x y.toml");
    let path = path.to_str().unwrap();
    let told = super::sticky(&["explain", path]);
    let see = format!("See it happen: sticky run '{path}'\n");
    assert!(told.out.ends_with(&see), "{}", told.out);
}

#[test]
fn a_name_may_be_a_path_and_may_have_its_ending() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("lessons")).unwrap();
    for (name, file) in [
        ("lessons/one", "lessons/one.toml"),
        ("two.toml", "two.toml"),
        ("v1.2", "v1.2.toml"),
    ] {
        let called = new_in(&folder, &[name, "-q"]);
        assert_eq!((called.status, called.err.as_str()), (0, ""), "{name}");
        assert!(folder.path().join(file).exists(), "{file}");
    }
}
