//! Tests the catalogue: what is embedded, its order, and how cases are named.

#![allow(
    clippy::unwrap_used,
    reason = "a file that a test needs and cannot read fails the test"
)]

use std::fs;

use sticky_packet::scenario::catalogue::{SelectProblem, all, embedded, select};
use sticky_packet::scenario::read::ReportStyle;

fn names(wanted: &[&str]) -> Vec<String> {
    let wanted: Vec<_> = wanted.iter().map(|&one| one.to_owned()).collect();
    let cases = select(&wanted).unwrap_or_else(|error| panic!("{error}"));
    cases.into_iter().map(|case| case.name).collect()
}

fn problems(wanted: &[&str]) -> Vec<SelectProblem> {
    let wanted: Vec<_> = wanted.iter().map(|&one| one.to_owned()).collect();
    match select(&wanted) {
        Ok(cases) => panic!("{} cases", cases.len()),
        Err(error) => {
            assert!(!error.render(ReportStyle::default()).is_empty());
            error.into_problems()
        }
    }
}

/// Every scenario file in the folder, as `chapter/name`.
fn on_disk() -> Vec<String> {
    let mut names = Vec::new();
    let entries = fs::read_dir("scenarios").unwrap();
    let entries = entries.map(|entry| entry.unwrap().path());
    // The claims are in a file beside the chapters.
    for chapter in entries.filter(|path| path.is_dir()) {
        for file in fs::read_dir(chapter).unwrap() {
            let path = file.unwrap().path();
            let name = path.with_extension("");
            names.push(
                name.strip_prefix("scenarios")
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned(),
            );
        }
    }
    names.sort();
    names
}

#[test]
fn every_file_of_the_folder_is_embedded_and_loads() {
    let mut embedded: Vec<_> = embedded().into_iter().map(|case| case.name).collect();
    embedded.sort();
    assert_eq!(embedded, on_disk());
    let cases = all().unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(cases.len(), embedded.len());
}

#[test]
fn every_case_that_another_sends_people_to_exists() {
    let cases = all().unwrap_or_else(|error| panic!("{error}"));
    let mut links = 0;
    for case in &cases {
        for link in case.see.iter() {
            links += 1;
            assert_ne!(*link, case.name);
            let found = cases.iter().any(|other| other.name == *link);
            assert!(found, "{} names {link}", case.name);
        }
    }
    assert!(links > 60, "{links}");
}

#[test]
fn the_claims_are_not_taken_for_a_scenario() {
    assert!(fs::exists("scenarios/claims.toml").unwrap());
    assert!(
        !names(&["scenarios"])
            .iter()
            .any(|name| name.ends_with("claims"))
    );
    let asked_for = problems(&["scenarios/claims.toml"]);
    assert!(matches!(asked_for[..], [SelectProblem::File(_)]));
}

#[test]
fn the_order_is_the_one_to_teach_in() {
    let names: Vec<_> = embedded().into_iter().map(|case| case.name).collect();
    let at = |name: &str| names.iter().position(|one| one == name).unwrap();
    assert_eq!(at("tcp/one-shot"), 0);
    assert_eq!(at("tcp/loop"), 1);
    assert_eq!(at("tcp/reuse-address"), 2);
    assert!(at("tcp/reuse-address") < at("sticky/back-to-back"));
    assert!(at("sticky/delayed-receive") < at("fixes/1-two-digits"));
    assert!(at("fixes/3-struct") < at("fixes/1-two-digits-every-message"));
    assert!(at("udp/one-shot") < at("udp/loop"));
    assert!(at("udp/loop") < at("compare/boundaries"));
}

#[test]
fn a_name_may_be_shortened_while_it_fits_one_case() {
    for short in [
        "sticky/back-to-back",
        "back",
        "sticky/back",
        "s/back-to-back",
    ] {
        assert_eq!(names(&[short]), ["sticky/back-to-back"], "{short}");
    }
    assert_eq!(names(&["1-two-digits"]), ["fixes/1-two-digits"]);
}

#[test]
fn an_ambiguous_name_is_refused_with_its_candidates() {
    let [SelectProblem::Ambiguous { got, candidates }] = &problems(&["one-shot"])[..] else {
        panic!("another problem");
    };
    assert_eq!(got, "one-shot");
    assert_eq!(candidates, &["tcp/one-shot", "udp/one-shot"]);
}

#[test]
fn an_unknown_name_suggests_the_near_ones() {
    for (wanted, meant) in [
        ("back-to-bakc", "sticky/back-to-back"),
        ("stick/back2back", "sticky/back-to-back"),
        ("transfer", "when/file-transfer"),
        ("fixs", "fixes"),
    ] {
        let [SelectProblem::Unknown { near, .. }] = &problems(&[wanted])[..] else {
            panic!("another problem");
        };
        assert!(near.iter().any(|name| name == meant), "{wanted}: {near:?}");
    }
}

#[test]
fn a_chapter_is_all_of_its_cases_in_order() {
    let cases = names(&["fixes"]);
    assert_eq!(
        cases[..3],
        [
            "fixes/1-two-digits",
            "fixes/2-eight-digits",
            "fixes/3-struct"
        ]
    );
    assert!(cases.iter().all(|name| name.starts_with("fixes/")));
}

#[test]
fn a_case_asked_for_twice_is_taken_once() {
    assert_eq!(
        names(&["udp/one-shot", "udp", "udp/one-shot"])[..2],
        ["udp/one-shot", "udp/loop"]
    );
}

#[test]
fn every_problem_of_a_selection_is_told_at_once() {
    assert_eq!(
        problems(&["one-shot", "nothing-like-it", "/nowhere/at/all.toml"]).len(),
        3
    );
}

#[test]
fn a_path_is_taken_wherever_a_name_is() {
    assert_eq!(names(&["scenarios/tcp/loop.toml"]), ["tcp/loop"]);
    assert_eq!(names(&["./scenarios/tcp/loop.toml"]), ["tcp/loop"]);
    let mut all = names(&["scenarios"]);
    all.sort();
    assert_eq!(all, on_disk());
}

#[test]
fn two_files_of_one_name_are_refused_naming_both() {
    let folder = tempfile::tempdir().unwrap();
    let chapter = folder.path().join("tcp");
    fs::create_dir(&chapter).unwrap();
    let copy = chapter.join("loop.toml");
    fs::copy("scenarios/tcp/loop.toml", &copy).unwrap();
    let copy = copy.to_str().unwrap();
    let [
        SelectProblem::Duplicate {
            name,
            first,
            second,
        },
    ] = &problems(&["tcp/loop", copy])[..]
    else {
        panic!("another problem");
    };
    assert_eq!(
        (name.as_str(), first.as_str(), second.as_str()),
        ("tcp/loop", "scenarios/tcp/loop.toml", copy)
    );
}

#[test]
fn what_is_too_large_or_missing_or_empty_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    assert!(matches!(
        problems(&[&path("")])[..],
        [SelectProblem::EmptyFolder { .. }]
    ));
    assert!(matches!(
        problems(&[&path("none.toml")])[..],
        [SelectProblem::Unreadable { .. }]
    ));
    fs::write(path("large.toml"), vec![b'#'; (1 << 20) + 1]).unwrap();
    let large = problems(&[&path("large.toml")]);
    assert!(
        large[0]
            .render(ReportStyle::default())
            .contains("1048577 bytes"),
        "{large:?}"
    );
}

#[cfg(unix)]
#[test]
fn pipes_devices_and_links_in_circles_are_refused_without_waiting() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let made = std::process::Command::new("mkfifo")
        .arg(path("pipe.toml"))
        .status();
    assert!(made.unwrap().success());
    let pipe = path("pipe.toml").to_str().unwrap().to_owned();
    assert!(matches!(
        problems(&[&pipe])[..],
        [SelectProblem::NotAFile { .. }]
    ));
    assert!(matches!(
        problems(&["/dev/zero"])[..],
        [SelectProblem::NotAFile { .. }]
    ));
    symlink(path("circle.toml"), path("circle.toml")).unwrap();
    let circle = path("circle.toml").to_str().unwrap().to_owned();
    assert!(matches!(
        problems(&[&circle])[..],
        [SelectProblem::Unreadable { .. }]
    ));

    let cases = path("cases");
    fs::create_dir(&cases).unwrap();
    symlink(&cases, cases.join("again")).unwrap();
    fs::copy("scenarios/tcp/loop.toml", cases.join("loop.toml")).unwrap();
    assert_eq!(names(&[cases.to_str().unwrap()]), ["cases/loop"]);
}
