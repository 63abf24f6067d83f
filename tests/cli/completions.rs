//! Completions: the script of every shell, and what `sticky` answers it.

use std::fs;
use std::path::Path;

use sticky_packet::scenario::catalogue;

use super::help::COMMANDS;
use super::{command, finish, sticky};

const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

/// The completions for the end of this line, one on each row, as the shell gets them.
fn answers(shell: &str, line: &[&str], folder: &Path) -> Vec<String> {
    let mut call = command(&[&["--", "sticky"], line].concat());
    call.env("STICKY_COMPLETE", shell)
        .env("_CLAP_COMPLETE_INDEX", line.len().to_string())
        .env("_CLAP_IFS", "\n")
        .current_dir(folder);
    let called = finish(&mut call);
    assert_eq!((called.status, called.err.as_str()), (0, ""), "{line:?}");
    called.out.lines().map(str::to_owned).collect()
}

/// The words alone, as for fish, which gets titles after a tab.
fn words(line: &[&str], folder: &Path) -> Vec<String> {
    let word = |row: String| row.split('\t').next().unwrap_or_default().to_owned();
    answers("fish", line, folder)
        .into_iter()
        .map(word)
        .collect()
}

#[test]
fn every_script_asks_for_its_own_shell() {
    for shell in SHELLS {
        let called = sticky(&["completions", shell]);
        assert_eq!((called.status, called.err.as_str()), (0, ""), "{shell}");
        let script = called.out;
        assert!(script.contains("STICKY_COMPLETE"), "{shell}: {script}");
        assert!(script.contains(shell), "{shell}: {script}");
    }
}

#[test]
fn every_command_and_every_case_is_offered_in_every_shell() {
    let folder = tempfile::tempdir().unwrap();
    let cases: Vec<_> = catalogue::embedded()
        .into_iter()
        .map(|case| case.name)
        .collect();
    let cases: Vec<_> = cases.iter().map(String::as_str).collect();
    let before_case: [&[&str]; 8] = [
        &["run"],
        &["run", "sticky/cork"],
        &["check"],
        &["report", "-o", "lesson.html"],
        &["explain"],
        &["code"],
        &["odds", "--trials", "5"],
        &["new", "mine", "--from"],
    ];
    for shell in SHELLS {
        let offers = |line: &[&str], wanted: &[&str]| {
            let answers = answers(shell, line, folder.path());
            for word in wanted {
                // A word is followed by its title, separated by a tab or, in zsh, a colon.
                let is_word = |row: &String| {
                    row.strip_prefix(word)
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['\t', ':']))
                };
                assert!(answers.iter().any(is_word), "{shell} {line:?}: no {word}");
            }
        };
        offers(&[""], &COMMANDS);
        for line in before_case {
            offers(&[line, &[""]].concat(), &cases);
        }
    }
}

#[test]
fn the_name_of_a_case_is_enough_where_it_means_one() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(words(&["run", "back"], folder.path()), ["back-to-back"]);
    let offered = words(&["run", "sticky/b"], folder.path());
    assert_eq!(offered, ["sticky/back-to-back", "sticky/bigger-buffer"]);
    // `tcp/one-shot` and `udp/one-shot`.
    assert_eq!(words(&["run", "one-s"], folder.path()), [""; 0]);
    assert_eq!(words(&["run", "no-such"], folder.path()), [""; 0]);
}

#[test]
fn files_of_cases_are_offered_too() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine.toml"), "").unwrap();
    fs::write(folder.path().join("mine.txt"), "").unwrap();
    fs::create_dir(folder.path().join("minerals")).unwrap();
    let offered = words(&["run", "min"], folder.path());
    assert_eq!(offered, ["mine.toml", "minerals/"]);
    let offered = words(&["run", ""], folder.path());
    assert!(offered.contains(&"mine.toml".to_owned()), "{offered:?}");
    assert!(!offered.contains(&"minerals/".to_owned()), "{offered:?}");
    // Only a case of the catalogue can be copied.
    assert_eq!(
        words(&["new", "x", "--from", "min"], folder.path()),
        [""; 0]
    );
}

#[test]
fn titles_follow_the_language_of_the_line() {
    let folder = tempfile::tempdir().unwrap();
    for (language, title) in [
        ("en", "Two sends in quick succession, one recv of 30 bytes"),
        ("zh", "紧挨着发两次，一次 recv 收到 30 字节"),
    ] {
        let line = ["--lang", language, "run", "back"];
        let offered = answers("fish", &line, folder.path());
        assert_eq!(offered, [format!("back-to-back\t{title}")]);
    }
}

#[test]
fn who_does_not_ask_is_not_answered() {
    let plain = sticky(&["list"]);
    for asks in ["", "0", "no-such-shell", "fish"] {
        let called = finish(command(&["list"]).env("STICKY_COMPLETE", asks));
        assert_eq!((called.status, &called.out), (0, &plain.out), "{asks}");
    }
}

#[cfg(unix)]
#[test]
fn bash_completes_the_name_of_a_case() {
    let program = Path::new(env!("CARGO_BIN_EXE_sticky"));
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let folder = program.parent().unwrap().to_owned();
    let paths = std::iter::once(folder).chain(std::env::split_paths(&paths));
    // What bash does when a key is pressed, without a terminal.
    let script = r#"eval "$(sticky completions bash)"
        set -- $(complete -p sticky)
        while [ "$1" != -F ]; do shift; done
        COMP_WORDS=(sticky run back) COMP_CWORD=2 COMP_TYPE=9
        "$2" sticky back run 2>&1
        echo "${COMPREPLY[@]}""#;
    let output = std::process::Command::new("bash")
        .args(["--noprofile", "--norc", "-c", script])
        .env("PATH", std::env::join_paths(paths).unwrap())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "back-to-back\n");
}

#[test]
fn claims_are_offered_by_name_in_bash_too() {
    let folder = tempfile::tempdir().unwrap();
    let claims = sticky_packet::scenario::claims::embedded().unwrap();
    let names: Vec<_> = claims.iter().map(|claim| claim.name.as_str()).collect();
    for shell in ["bash", "fish", "zsh"] {
        let offered = answers(shell, &["claims", ""], folder.path());
        for name in &names {
            let is_it = |row: &String| row.starts_with(name);
            assert!(
                offered.iter().any(is_it),
                "{shell}: no {name} in {offered:?}"
            );
        }
    }
    let offered = words(&["claims", "phenomenon-one"], folder.path());
    assert!(!offered.is_empty());
    assert!(
        offered
            .iter()
            .all(|name| name.starts_with("phenomenon-one"))
    );
}
