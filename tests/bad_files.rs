//! Tests bad scenario files: each file in `tests/bad` has one problem (few have more), and the
//! report beside it is what a user reads, in both languages. `SNAPSHOTS=overwrite` rewrites the
//! reports.

#![allow(
    clippy::unwrap_used,
    reason = "a file that a test needs and cannot read fails the test"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use snapbox::{Assert, Data};
use sticky_packet::diagnostic::escape::steers;
use sticky_packet::language::Language;
use sticky_packet::scenario::read::{
    MAX_FILE_BYTES, MAX_LINE, MAX_NAME, ProblemKind, Problems, ReportStyle, ScriptProblem, read,
};

const GOOD: &str = include_str!("../scenarios/sticky/back-to-back.toml");

fn bad_files() -> Vec<PathBuf> {
    let files = fs::read_dir("tests/bad")
        .unwrap()
        .map(|file| file.unwrap().path());
    let mut files: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn problems_of(path: &Path) -> Problems {
    let shown = path.file_name().unwrap().to_str().unwrap();
    match read("bad/file", shown, &fs::read(path).unwrap()) {
        Ok(_) => panic!("{shown} is good"),
        Err(problems) => problems,
    }
}

fn problems(source: &str) -> Problems {
    read("bad/file", "file.toml", source.as_bytes()).unwrap_err()
}

#[test]
fn the_report_of_each_bad_file_is_the_one_beside_it() {
    for path in bad_files() {
        let problems = problems_of(&path);
        let [english, chinese] = [Language::English, Language::Chinese].map(|language| {
            problems.render(ReportStyle {
                language,
                ..ReportStyle::default()
            })
        });
        Assert::new().action_env("SNAPSHOTS").eq(
            format!("{english}\n{chinese}"),
            // Raw, because a backslash in a report is not part of a path.
            Data::read_from(&path.with_extension("txt"), None).raw(),
        );
    }
}

#[test]
fn colours_change_nothing_but_the_colours() {
    for path in bad_files() {
        let problems = problems_of(&path);
        let coloured = problems.render(ReportStyle {
            colour: true,
            ..ReportStyle::default()
        });
        assert!(coloured.contains('\u{1b}'));
        assert_eq!(
            anstream::adapter::strip_str(&coloured).to_string(),
            problems.to_string()
        );
    }
}

/// The name of a problem. A new kind without a name does not compile.
fn name(kind: &ProblemKind) -> &'static str {
    match kind {
        ProblemKind::NotUtf8 { .. } => "NotUtf8",
        ProblemKind::FileTooLarge { .. } => "FileTooLarge",
        ProblemKind::SavedTrace { .. } => "SavedTrace",
        ProblemKind::Syntax { .. } => "Syntax",
        ProblemKind::UnknownKey { .. } => "UnknownKey",
        ProblemKind::MissingKey { .. } => "MissingKey",
        ProblemKind::MissingTranslation { .. } => "MissingTranslation",
        ProblemKind::Empty { .. } => "Empty",
        ProblemKind::TooLong { .. } => "TooLong",
        ProblemKind::ControlCharacter { .. } => "ControlCharacter",
        ProblemKind::WrongType { .. } => "WrongType",
        ProblemKind::UnknownName { .. } => "UnknownName",
        ProblemKind::NotExactlyOne { .. } => "NotExactlyOne",
        ProblemKind::Clash { .. } => "Clash",
        ProblemKind::WrongModifier { .. } => "WrongModifier",
        ProblemKind::NotDone { .. } => "NotDone",
        ProblemKind::OutOfRange { .. } => "OutOfRange",
        ProblemKind::EmptyRange { .. } => "EmptyRange",
        ProblemKind::BadHexDigit { .. } => "BadHexDigit",
        ProblemKind::OddHex { .. } => "OddHex",
        ProblemKind::BadDigest { .. } => "BadDigest",
        ProblemKind::BadDuration { .. } => "BadDuration",
        ProblemKind::DurationOutOfRange { .. } => "DurationOutOfRange",
        ProblemKind::PayloadTooLarge { .. } => "PayloadTooLarge",
        ProblemKind::TooMuchPayload { .. } => "TooMuchPayload",
        ProblemKind::TooManySteps { .. } => "TooManySteps",
        ProblemKind::FramingRefuses { .. } => "FramingRefuses",
        ProblemKind::LengthDoesNotFit { .. } => "LengthDoesNotFit",
        ProblemKind::LengthInCharacters { .. } => "LengthInCharacters",
        ProblemKind::LengthDisagrees { .. } => "LengthDisagrees",
        ProblemKind::NotAnOffset { .. } => "NotAnOffset",
        ProblemKind::DuplicateBoundary { .. } => "DuplicateBoundary",
        ProblemKind::NoExpectation => "NoExpectation",
        ProblemKind::NoSource => "NoSource",
        ProblemKind::MixedParts { .. } => "MixedParts",
        // Problems of the file of claims; `claims.rs` tests those.
        ProblemKind::Duplicate { .. }
        | ProblemKind::NotKebabCase { .. }
        | ProblemKind::StrayCondition { .. } => "Claims",
        ProblemKind::Scripts(problem) => match problem {
            ScriptProblem::NotOnTransport { .. } => "NotOnTransport",
            ScriptProblem::ServerSendsFirst => "ServerSendsFirst",
            ScriptProblem::PauseOutOfPlace => "PauseOutOfPlace",
            ScriptProblem::LongerThanDeadline { .. } => "LongerThanDeadline",
            ScriptProblem::NoCarriedLength => "NoCarriedLength",
            ScriptProblem::HeaderAlone => "HeaderAlone",
            ScriptProblem::NothingToContinue => "NothingToContinue",
            ScriptProblem::UnopenedSocket { .. } => "UnopenedSocket",
            ScriptProblem::UnknownPoint { .. } => "UnknownPoint",
            ScriptProblem::DuplicatePoint { .. } => "DuplicatePoint",
            ScriptProblem::NeverQueued { .. } => "NeverQueued",
            ScriptProblem::NothingToReceive { .. } => "NothingToReceive",
            ScriptProblem::NobodyConnects => "NobodyConnects",
            ScriptProblem::BothWait { .. } => "BothWait",
        },
    }
}

#[test]
fn every_problem_there_is_has_a_bad_file() {
    // The number of names in `name`, except for the file that is too large to keep here.
    const NAMES: usize = 48;
    let mut seen = BTreeSet::new();
    for path in bad_files() {
        seen.extend(
            problems_of(&path)
                .list()
                .iter()
                .map(|problem| name(&problem.kind)),
        );
    }
    assert_eq!(seen.len(), NAMES, "{seen:?}");
}

#[test]
fn a_file_over_the_limit_is_refused_unread() {
    let most = usize::try_from(MAX_FILE_BYTES).unwrap();
    let large = vec![0xff; most + 1];
    let problems = read("bad/file", "file.toml", &large).unwrap_err();
    assert_eq!(
        problems.list()[0].kind,
        ProblemKind::FileTooLarge { bytes: 1_048_577 }
    );
    let mut just = GOOD.to_owned().into_bytes();
    just.resize(most, b'\n');
    assert!(read("good/file", "file.toml", &just).is_ok());
}

#[test]
fn a_place_behind_chinese_text_is_counted_in_characters() {
    let source = GOOD.replacen("en = ", "译 = \"好\"\nen = ", 1);
    let problems = problems(&source);
    let problem = &problems.list()[0];
    assert_eq!(&source[problem.span.clone()], "译");

    let line = "recv = [{ text = \"下了一天的雨\", bytes = 6 }]";
    let source = format!("[expect.client]\n{line}\n");
    let problems = self::problems(&source);
    let problem = problems
        .list()
        .iter()
        .find(|problem| matches!(problem.kind, ProblemKind::LengthInCharacters { .. }))
        .unwrap();
    let position = problems.position(problem);
    let column = line.chars().position(|character| character == '6').unwrap() + 1;
    assert_eq!((position.line, position.column), (2, column));
}

#[test]
fn a_file_with_very_many_problems_gets_a_readable_report() {
    let mut keys = String::new();
    for number in 0..50_000 {
        writeln!(keys, "key-{number} = 0").unwrap();
    }
    let report = problems(&keys).to_string();
    assert!(report.lines().count() < 500);
    // Every key is unknown, and six required ones are missing.
    assert!(
        report.ends_with("… and 49956 more problems in this file\n"),
        "{report}"
    );
}

#[test]
fn of_syntax_errors_a_few_are_told_and_of_json_one() {
    let lines = "key with no value\n".repeat(70);
    let report = problems(&lines).to_string();
    assert_eq!(report.matches("error: not TOML").count(), 8, "{report}");
    assert!(report.contains("more problems in this file"), "{report}");
    let json = format!("\n {{\n{}}}\n", "\"key\": [1, 2],\n".repeat(70));
    let report = problems(&json).to_string();
    assert_eq!(report.matches("error:").count(), 1, "{report}");
    assert!(
        report.contains("file.toml:2:2") && !report.contains("more"),
        "{report}"
    );
}

#[test]
fn a_deep_file_does_not_overflow_the_stack() {
    let deep = format!("about = {}", "[".repeat(500_000));
    assert!(!problems(&deep).list().is_empty());
    let blocks = format!("[server]\nsteps = [{}", "{repeat=9,steps=[".repeat(30_000));
    assert!(!problems(&blocks).list().is_empty());
    let dotted = format!("{}a = 1", "a.".repeat(400_000));
    assert!(!problems(&dotted).list().is_empty());
}

/// How long a text may be; names of 100,000 characters were drawn once, one column at a time.
#[test]
fn a_text_that_is_longer_than_it_may_be_is_refused() {
    let long = "(".repeat(100_000);
    let point = GOOD.replacen(
        "steps = [",
        &format!("steps = [{{ reach = \"{long}\" }},"),
        1,
    );
    let title = GOOD.replacen("en = \"", &format!("en = \"{long}"), 1);
    for (source, of, most) in [(point, "name", MAX_NAME), (title, "title", MAX_LINE)] {
        let problems = problems(&source);
        assert!(
            matches!(problems.list(), [problem] if matches!(problem.kind, ProblemKind::TooLong {
                of: got, most: limit, characters: 100_000..
            } if got == of && limit == most)),
            "{:?}",
            problems.list()
        );
        let report = problems.to_string();
        assert!(report.len() < 1_000, "{report}");
    }
    let just = GOOD.replacen("en = \"", &format!("en = \"{}", &long[..MAX_LINE / 2]), 1);
    assert!(read("good/file", "file.toml", just.as_bytes()).is_ok());
}

/// A likely name is looked for as often as one is shown, however many names mean nothing:
/// each look compares 200 names letter by letter.
#[test]
fn a_likely_name_is_looked_for_in_the_problems_that_are_shown_alone() {
    let steps = |step: &dyn Fn(usize) -> String| {
        let steps: Vec<String> = (0..4_900).map(step).collect();
        format!("steps = [{}]", steps.join(", "))
    };
    let source = format!(
        "about = \"x\"\n[title]\nen = \"x\"\nzh = \"x\"\n[lesson]\nen = \"x\"\nzh = \"x\"\n\
         [server]\n{}\n[client]\n{}\n[expect.client]\ntotal = 0\n",
        steps(&|at| format!("{{ wait = {{ reached = \"wanted {at}\" }} }}")),
        steps(&|at| format!("{{ reach = \"there {at}\" }}")),
    );
    let problems = problems(&source);
    let likely = problems.list().iter().filter(|problem| {
        matches!(&problem.kind, ProblemKind::Scripts(ScriptProblem::UnknownPoint { known, .. })
            if !known.is_empty())
    });
    assert_eq!((likely.count(), problems.list().len()), (50, 1_000));
    let report = problems.to_string();
    assert!(report.contains("and 4850 more problems"), "{report}");
}

/// What is quoted of a file is not longer than a name can be.
#[test]
fn a_long_name_that_means_nothing_is_told_by_its_beginning() {
    let long = "q".repeat(100_000);
    let steps = |step: &str| GOOD.replacen("steps = [", &format!("steps = [{step},"), 1);
    for source in [
        format!("{long} = 1\n{GOOD}"),
        format!("deadline = \"{long}\"\n{GOOD}"),
        format!("transport = \"{long}\"\n{GOOD}"),
        steps(&format!("{{ {long} = 1 }}")),
        steps(&format!("{{ recv = {} }}", "9".repeat(100_000))),
        steps(&format!("{{ send = \"a\", {long} = 1 }}")),
        steps(&format!("{{ set = {{ {long} = 1 }} }}")),
    ] {
        let problems = problems(&source);
        let report = problems.to_string();
        assert!(
            report.len() < 3_000,
            "{} {}",
            report.len(),
            &report[..3_000]
        );
    }
}

/// The report without its own colours.
fn without_colours(report: &str) -> String {
    let mut pieces = report.split("\u{1b}[");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| {
        let (colour, rest) = piece.split_once('m').unwrap_or_default();
        let is_colour = colour.bytes().all(|b| b.is_ascii_digit() || b == b';');
        assert!(is_colour, "{report:?}");
        text + rest
    })
}

/// Reads the bytes, and draws the report if there is one. Neither may panic.
fn survives(bytes: &[u8]) {
    if let Err(problems) = read("any/file", "file.toml", bytes) {
        assert!(!problems.list().is_empty());
        for language in [Language::English, Language::Chinese] {
            let style = ReportStyle {
                language,
                colour: true,
                width: 60,
            };
            let report = problems.render(style);
            assert!(!report.is_empty());
            let colours = without_colours(&report);
            let raw = colours.chars().find(|&c| c != '\n' && steers(c));
            assert_eq!(raw, None, "{report:?}");
        }
    }
}

/// The scenario files of the catalogue.
fn good_files() -> impl Strategy<Value = &'static [u8]> {
    let files = sticky_packet::scenario::catalogue::embedded();
    let files: Vec<_> = files.into_iter().map(|case| case.bytes).collect();
    prop::sample::select(files)
}

/// Fragments of scenario files, good and bad.
fn bits() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "\"",
        "\"\"\"",
        "'",
        "[",
        "]",
        "{",
        "}",
        "=",
        ",",
        "\n",
        "#",
        "\r",
        "\t",
        "\\u",
        "雨",
        "-1",
        "0",
        "99999999999",
        "steps",
        "repeat = 1000000",
        "send = ",
        "\"length\"",
        "recv",
        "udp",
        "pipe",
        "framing = \"varint\"",
        "{}",
        "[[part]]",
        "\u{feff}",
        "\u{1b}[31m",
        "\u{0}",
        "\u{202e}",
        "é",
    ])
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        survives(&bytes);
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,200}") {
        survives(text.as_bytes());
    }

    #[test]
    fn a_mutated_file_is_read_without_a_panic(
        good in good_files(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..30_usize, bits()), 1..6),
    ) {
        let mut bytes = good.to_vec();
        for (at, cut, bit) in edits {
            let at = at.index(bytes.len() + 1);
            let end = (at + cut).min(bytes.len());
            bytes.splice(at..end, bit.bytes());
        }
        survives(&bytes);
    }

    #[test]
    fn a_flipped_byte_is_read_without_a_panic(good in good_files(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = good.to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        survives(&bytes);
    }
}

/// A large file full of the same fragment. Making it larger would add no new problem.
fn full_of(head: &str, bit: &str, tail: &str) -> String {
    let room = 100_000 - head.len() - tail.len();
    format!("{head}{}{tail}", bit.repeat(room / bit.len()))
}

#[test]
fn a_large_file_of_rubbish_is_read_in_bounded_memory_and_reported() {
    let script = "[client]\nsteps = []\n[server]\nsteps = [";
    let with_tail = [
        full_of(script, "{x=1},", "]"),
        full_of(script, "\"a\",", "]"),
        full_of(script, "{reach=\"a\"},{wait={reached=\"b\"}},", "]"),
        full_of(script, "{bind=\"any\",on=\"a\"},{recv=1,on=\"b\"},", "]"),
        full_of("", "=", ""),
        full_of("", "[", ""),
        full_of("a = ", "{a=", ""),
        full_of("", "\"", ""),
    ];
    for source in with_tail {
        let problems = problems(&source);
        assert!(problems.list().len() <= 1_001);
        assert!(problems.to_string().len() < 100_000);
    }
}

#[test]
fn the_cases_to_see_are_read_strictly() {
    let case = read("good/file", "file.toml", GOOD.as_bytes()).unwrap();
    assert_eq!(case.see.cure, ["fixes/3-struct-every-message"]);
    let with = |see: &str| {
        let start = GOOD.find("[see]").unwrap();
        let end = start + GOOD[start..].find("[server]").unwrap();
        problems(&format!("{}{see}\n{}", &GOOD[..start], &GOOD[end..])).to_string()
    };
    for (see, says) in [
        ("[see]\n", "see"),
        ("[see]\ncure = []", "cure"),
        ("[see]\ncures = [\"a/b\"]", "cures"),
        ("[see]\ncure = [18]", "number"),
        ("[see]\ncure = \"a/b\"", "array"),
        (
            "[see]\ncure = [\"a/b\"]\ncompare = [\"a/b\"]",
            "occurs twice",
        ),
        ("[see]\ncure = [\"a\\u001bb\"]", "control character"),
    ] {
        let told = with(see);
        assert!(told.contains(says), "{see}: {told}");
    }
}
