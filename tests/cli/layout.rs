//! The layout of texts: help and lessons fit the columns there are, and Chinese has its own
//! punctuation.

use std::fs;
use std::path::PathBuf;

use sticky_packet::render::escape;

use super::help::COMMANDS;
use super::{command, finish, sticky};

/// The help of a command, of `sticky` itself where it has no name, in so many columns.
fn help(name: &str, language: &str, columns: &str) -> String {
    let arguments = [name, "--help", "--lang", language];
    let own = arguments.iter().skip(usize::from(name.is_empty()));
    let own: Vec<_> = own.copied().collect();
    let called = finish(command(&own).env("COLUMNS", columns));
    assert_eq!((called.status, called.err.as_str()), (0, ""), "{name}");
    called.out
}

/// Every help there is, in so many columns.
fn every_help(columns: &str) -> Vec<(&'static str, &'static str, String)> {
    let names = COMMANDS.into_iter().chain([""]);
    let of = |name| ["en", "zh"].map(|language| (name, language, help(name, language, columns)));
    names.flat_map(of).collect()
}

fn is_wide(c: char) -> bool {
    escape::columns(c) == Some(2)
}

/// What has to stay together at the beginning of a line: a word, or a Chinese character
/// with the marks that no line begins with.
fn first_piece(line: &str) -> String {
    const CLOSING: &str = "。，、；：！？）》」』】〉”’…—,.;:!?)]}%";
    const OPENING: &str = "（《「『【〈“‘([{";
    let mut piece = String::new();
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        let stays = rest.peek().is_some_and(|&next| CLOSING.contains(next));
        let ends = piece.chars().last().is_some_and(|before| {
            !CLOSING.contains(c)
                && !OPENING.contains(before)
                && (before == ' ' || is_wide(before) || is_wide(c))
        });
        if ends || (c == ' ' && !stays) {
            break;
        }
        piece.push(c);
    }
    piece
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Whether `line` goes on with the paragraph that the line `before` belongs to.
fn goes_on(before: &str, line: &str) -> bool {
    let names_an_argument = line.trim_start().starts_with('-') && indent(line) <= 6;
    match (indent(before), indent(line)) {
        _ if before.is_empty() || line.is_empty() || names_an_argument => false,
        (0, 0) => !before.ends_with([':', '：']),
        (_, 0..6) => false,
        _ => true,
    }
}

#[test]
fn help_fills_its_lines_and_none_is_wider_than_the_terminal() {
    for columns in [60, 80, 120] {
        for (name, language, text) in every_help(&columns.to_string()) {
            for line in text.lines() {
                let width = escape::width(line);
                assert!(width <= columns, "{name} {language}: {width}: {line}");
            }
            // Prose is read with ease in a hundred columns at the most.
            let columns = columns.min(100);
            let lines: Vec<_> = text.lines().skip_while(|line| !line.is_empty()).collect();
            for pair in lines.windows(2) {
                let [before, line] = pair else { unreachable!() };
                if !goes_on(before, line) {
                    continue;
                }
                let piece = first_piece(line.trim_start());
                let seam = usize::from(!before.ends_with(is_wide) || !piece.starts_with(is_wide));
                let whole = escape::width(before) + seam + escape::width(&piece);
                assert!(
                    whole > columns,
                    "{name} {language} {columns}: `{piece}` would have fitted:\n{before}\n{line}"
                );
            }
        }
    }
}

#[test]
fn an_example_is_never_broken() {
    let examples = |text: &str| -> Vec<String> {
        let lines = text
            .lines()
            .skip_while(|line| !["Example:", "Examples:", "示例："].contains(line));
        lines.skip(1).map(str::to_owned).collect()
    };
    let mut seen = 0;
    let narrow = every_help("40");
    for ((name, language, narrow), (_, _, wide)) in narrow.iter().zip(every_help("100")) {
        let (narrow, wide) = (examples(narrow), examples(&wide));
        assert_eq!(narrow, wide, "{name} {language}");
        for example in &wide {
            let is_call = ["  sticky ", "  source <(sticky "];
            let is_call = is_call.iter().any(|call| example.starts_with(call));
            assert!(is_call, "{name} {language}: {example}");
        }
        seen += wide.len();
    }
    assert!(seen > 40, "{seen}");
}

#[test]
fn help_keeps_to_forty_columns_at_the_least() {
    for language in ["en", "zh"] {
        let least = help("run", language, "40");
        assert_eq!(help("run", language, "1"), least);
        assert_ne!(help("run", language, "41"), "");
        let prose = least.lines().filter(|line| !line.starts_with("  sticky"));
        for line in prose {
            assert!(escape::width(line) <= 40, "{line}");
        }
    }
    // What is no number of columns is none.
    assert_eq!(help("run", "en", "wide"), help("run", "en", "100"));
}

#[test]
fn a_lesson_fits_with_its_title_and_its_section() {
    for case in ["delayed-receive", "partial", "fixes", "compare"] {
        for language in ["en", "zh"] {
            let called = sticky(&["explain", case, "--lang", language]);
            assert_eq!(called.status, 0, "{}", called.err);
            for line in called.out.lines() {
                let width = escape::width(line);
                assert!(width <= 80, "{case} {language}: {width}: {line}");
            }
        }
    }
}

/// The sources below a folder.
fn sources(folder: PathBuf) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let below = |path: PathBuf| {
        if path.is_dir() {
            sources(path)
        } else {
            vec![path]
        }
    };
    entries.flat_map(below).collect()
}

/// In what is written for people no half-width mark stands behind a Chinese character.
#[test]
fn chinese_sentences_have_chinese_punctuation() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = 0;
    for folder in ["cli", "render", "scenario"] {
        for path in sources(root.join(folder)) {
            let source = fs::read_to_string(&path).unwrap();
            for line in source.lines() {
                let characters: Vec<_> = line.chars().collect();
                for pair in characters.windows(2) {
                    let is_chinese = ('\u{4e00}'..='\u{9fff}').contains(&pair[0]);
                    seen += usize::from(is_chinese);
                    let is_half = is_chinese && ",;:?!".contains(pair[1]);
                    assert!(!is_half, "{}: {line}", path.display());
                }
            }
        }
    }
    assert!(seen > 5000, "{seen}");
}
