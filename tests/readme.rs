//! Runs every `console` example of the README and of each text in `docs/`, in both languages, and
//! compares what it prints with what the text shows.
//!
//! A line that begins with `$ ` is a command; the lines up to the next command are its output. `…`
//! alone on a line stands for any lines. Cargo's own commands are not run again: `cargo run --`
//! stands for the binary itself, and `echo … |` before it for a line of input. What the text tells
//! the reader to save is saved, in a folder that is removed after the test.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// What a reader of the text does.
#[derive(Debug)]
enum Act {
    Call(Example),
    /// Saves a `toml` block, whose first line names the file (`# five.toml`), or puts it
    /// into the file saved last, from the table that it begins with (`[expect.client]`).
    Save(String),
}

/// A command, and what the text says it prints.
#[derive(Debug)]
struct Example {
    line: usize,
    command: String,
    prints: Vec<String>,
}

fn acts(text: &str) -> Vec<Act> {
    let mut acts: Vec<Act> = Vec::new();
    let mut block = "";
    for (index, line) in text.lines().enumerate() {
        if let Some(begins) = line.strip_prefix("```") {
            block = begins;
            if block == "toml" {
                acts.push(Act::Save(String::new()));
            }
            continue;
        }
        match (block, line.strip_prefix("$ "), acts.last_mut()) {
            ("toml", _, Some(Act::Save(file))) => {
                file.push_str(line);
                file.push('\n');
            }
            ("console", Some(command), _) => acts.push(Act::Call(Example {
                line: index + 1,
                command: command.to_owned(),
                prints: Vec::new(),
            })),
            ("console", None, Some(Act::Call(example))) => example.prints.push(line.to_owned()),
            ("console", None, _) => panic!("line {}: output before any command", index + 1),
            _ => {}
        }
    }
    acts
}

/// Saves a block into `folder`; `last` is the file that was saved before.
fn save(block: &str, folder: &Path, last: &mut Option<String>) {
    let first = block.lines().next().unwrap();
    if let Some(name) = first.strip_prefix("# ") {
        fs::write(folder.join(name), block).unwrap();
        *last = Some(name.to_owned());
        return;
    }
    let file = folder.join(last.as_ref().expect("a block that names its file"));
    let whole = fs::read_to_string(&file).unwrap();
    let at = whole
        .find(first)
        .expect("the table that the block begins with");
    fs::write(file, whole[..at].to_owned() + block).unwrap();
}

/// Whether `printed` is `stated`, where `…` stands for any lines.
fn matches(stated: &[String], printed: &[&str]) -> bool {
    match stated.split_first() {
        None => printed.is_empty(),
        Some((first, rest)) if first.trim() == "…" => {
            (0..=printed.len()).any(|skipped| matches(rest, &printed[skipped..]))
        }
        Some((first, rest)) => printed
            .split_first()
            .is_some_and(|(line, printed)| line == first && matches(rest, printed)),
    }
}

/// Standard input of this line, or none.
fn reading(typed: &str) -> Stdio {
    if typed.is_empty() {
        return Stdio::null();
    }
    let (reader, mut writer) = std::io::pipe().unwrap();
    // A line fits any pipe, so nobody has to read it yet.
    writeln!(writer, "{typed}").unwrap();
    reader.into()
}

/// Runs a command in `folder` and compares what it prints; says whether it could.
fn call(name: &str, language: &str, example: &Example, folder: &Path) -> bool {
    let (command, tells_status) = match example.command.strip_suffix("; echo $?") {
        Some(command) => (command, true),
        None => (example.command.as_str(), false),
    };
    let place = format!("{name}:{}: {command}", example.line);
    let piped = command.strip_prefix("echo ");
    let (typed, command) = piped
        .and_then(|rest| rest.split_once(" | "))
        .unwrap_or(("", command));
    let words = command.strip_prefix("cargo run -- ");
    let Some(words) = words.or_else(|| command.strip_prefix("sticky ")) else {
        let known = ["cargo test", "cargo install --path ."];
        assert!(known.contains(&command), "{place} cannot be run here");
        return false;
    };
    let output = Command::new(env!("CARGO_BIN_EXE_sticky"))
        .args(words.split_whitespace())
        .current_dir(folder)
        .stdin(reading(typed))
        .env_remove("LANGUAGE")
        .env_remove("LC_MESSAGES")
        .env_remove("CLICOLOR_FORCE")
        .env("LC_ALL", language)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let status = output.status.code().unwrap();
    // A terminal shows notes too.
    let mut printed = String::from_utf8(output.stdout).unwrap() + &said;
    if tells_status {
        printed.extend([status.to_string(), "\n".to_owned()]);
    } else {
        assert_eq!(status, 0, "{place}\n{said}");
    }
    if example.prints.is_empty() {
        assert_eq!(said, "", "{place}");
        return true;
    }
    let lines: Vec<_> = printed.lines().map(str::trim_end).collect();
    assert!(
        matches(&example.prints, &lines),
        "{place} prints\n{printed}"
    );
    true
}

/// Runs the examples of one text, in a folder of their own; gives how many.
fn run_all(name: &str, language: &str) -> usize {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join(name)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut run = 0;
    let mut last = None;
    for act in acts(&text) {
        match act {
            Act::Save(block) => save(&block, folder.path(), &mut last),
            Act::Call(example) => run += usize::from(call(name, language, &example, folder.path())),
        }
    }
    run
}

/// The texts of `docs/` whose name ends so; `speed` is about `cargo bench` alone and has no
/// example that a test may run.
fn chapters(chinese: bool) -> Vec<String> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let names = fs::read_dir(docs).unwrap().map(|entry| {
        let name = entry.unwrap().file_name();
        format!("docs/{}", name.to_str().unwrap())
    });
    let mut names: Vec<_> = names
        .filter(|name| match name.strip_suffix(".md") {
            Some(stem) => !stem.starts_with("docs/speed") && stem.ends_with(".zh-CN") == chinese,
            None => false,
        })
        .collect();
    names.sort();
    assert!(names.len() >= 4, "{names:?}");
    names
}

#[test]
fn the_examples_of_the_readme_print_what_they_show() {
    assert!(run_all("README.md", "en_US.UTF-8") >= 5);
}

#[test]
fn the_examples_of_the_chinese_readme_print_what_they_show() {
    assert!(run_all("README.zh-CN.md", "zh_CN.UTF-8") >= 5);
}

#[test]
fn the_examples_of_each_chapter_print_what_they_show() {
    for name in chapters(false) {
        assert!(run_all(&name, "en_US.UTF-8") >= 1, "{name}");
    }
}

#[test]
fn the_examples_of_each_chinese_chapter_print_what_they_show() {
    for name in chapters(true) {
        assert!(run_all(&name, "zh_CN.UTF-8") >= 1, "{name}");
    }
}

#[test]
fn an_example_that_shows_something_else_fails() {
    let stated = |text: &str| -> Vec<String> { text.lines().map(str::to_owned).collect() };
    assert!(matches(&stated("a\n…\nd"), &["a", "b", "c", "d"]));
    assert!(matches(&stated("…\na"), &["a"]));
    assert!(!matches(&stated("a\n…\nd"), &["a", "b"]));
    assert!(!matches(&stated("a"), &["a", "b"]));
}
