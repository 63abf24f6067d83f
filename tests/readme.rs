//! Every `console` example of both READMEs is run, and prints what it shows.
//!
//! A line that begins with `$ ` is a command; what follows is what it prints, up
//! to the next command. `…` alone on a line stands for any lines. The commands
//! of Cargo are not run again: `cargo run --` stands for the binary itself.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// A command, and what the text says it prints.
#[derive(Debug)]
struct Example {
    line: usize,
    command: String,
    prints: Vec<String>,
}

fn examples(text: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut in_console = false;
    for (index, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            in_console = line == "```console";
        } else if in_console {
            match (line.strip_prefix("$ "), examples.last_mut()) {
                (Some(command), _) => examples.push(Example {
                    line: index + 1,
                    command: command.to_owned(),
                    prints: Vec::new(),
                }),
                (None, Some(example)) => example.prints.push(line.to_owned()),
                (None, None) => panic!("line {}: output before any command", index + 1),
            }
        }
    }
    examples
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

fn run_all(name: &str, language: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join(name)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut run = 0;
    for example in examples(&text) {
        let words = example.command.strip_prefix("cargo run -- ");
        let Some(words) = words.or_else(|| example.command.strip_prefix("sticky ")) else {
            let known = ["cargo test", "cargo install --path ."];
            assert!(
                known.contains(&example.command.as_str()),
                "{name}:{}: {} cannot be run here",
                example.line,
                example.command
            );
            continue;
        };
        let output = Command::new(env!("CARGO_BIN_EXE_sticky"))
            .args(words.split_whitespace())
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .env_remove("LANGUAGE")
            .env_remove("LC_MESSAGES")
            .env_remove("CLICOLOR_FORCE")
            .env("LC_ALL", language)
            .output()
            .unwrap();
        let place = format!("{name}:{}: {}", example.line, example.command);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), said.as_str()),
            (Some(0), ""),
            "{place}"
        );
        run += 1;
        if example.prints.is_empty() {
            continue;
        }
        let printed = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<_> = printed.lines().map(str::trim_end).collect();
        assert!(
            matches(&example.prints, &lines),
            "{place} prints\n{printed}"
        );
    }
    assert!(run >= 5, "{name}: {run} examples");
}

#[test]
fn the_examples_of_the_readme_print_what_they_show() {
    run_all("README.md", "en_US.UTF-8");
}

#[test]
fn the_examples_of_the_chinese_readme_print_what_they_show() {
    run_all("README.zh-CN.md", "zh_CN.UTF-8");
}

#[test]
fn an_example_that_shows_something_else_fails() {
    let stated = |text: &str| -> Vec<String> { text.lines().map(str::to_owned).collect() };
    assert!(matches(&stated("a\n…\nd"), &["a", "b", "c", "d"]));
    assert!(matches(&stated("…\na"), &["a"]));
    assert!(!matches(&stated("a\n…\nd"), &["a", "b"]));
    assert!(!matches(&stated("a"), &["a", "b"]));
}
