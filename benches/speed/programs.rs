//! Measures the five cases as one `sticky check`, against Python programs in the manner of the
//! notes, one after another, and against one Python process with threads and without pauses.
//!
//! Python is the interpreter itself, not the wrapper of a version manager.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::run::{Run, in_turn};
use crate::table::Bar;

/// The cases, under our names and under those of the programs.
const CASES: [(&str, &str); 5] = [
    ("sticky/back-to-back", "sticky"),
    ("fixes/1-two-digits", "fix-1"),
    ("fixes/2-eight-digits", "fix-2"),
    ("fixes/3-struct", "fix-3"),
    ("udp/one-shot", "udp"),
];

fn ours() {
    let status = Command::new(env!("CARGO_BIN_EXE_sticky"))
        .arg("check")
        .args(CASES.map(|(name, _)| name))
        .stdout(Stdio::null())
        .status()
        .expect("started");
    assert!(status.success());
}

/// A call of one of the Python programs.
fn program(python: &str, name: &str) -> Command {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/python");
    let mut command = Command::new(python);
    // Compiled once, like any module used twice, but into the build folder instead of the source.
    command
        .env("PYTHONPYCACHEPREFIX", env!("CARGO_TARGET_TMPDIR"))
        .env("PYTHONIOENCODING", "utf-8")
        .arg(folder.join(name));
    command
}

/// Runs every case with its own server and client. Returns what the clients printed.
fn one_after_another(python: &str) -> Vec<String> {
    let run = |(_, case): (&str, &str)| {
        let mut server = program(python, "server.py")
            .arg(case)
            .stdout(Stdio::piped())
            .spawn()
            .expect("started");
        let mut port = String::new();
        BufReader::new(server.stdout.take().expect("piped"))
            .read_line(&mut port)
            .expect("it prints its port");
        let client = program(python, "client.py")
            .args([case, port.trim()])
            .output()
            .expect("started");
        assert!(client.status.success() && server.wait().expect("waited").success());
        String::from_utf8_lossy(&client.stdout).trim().to_owned()
    };
    CASES.map(run).into()
}

fn together(python: &str) -> String {
    let output = program(python, "together.py").output().expect("started");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// The path of the interpreter, if there is one.
fn python() -> Result<String, String> {
    let path = "import sys; print(sys.executable)";
    Command::new("python3")
        .args(["-c", path])
        .output()
        .ok()
        .filter(|output| output.status.success())
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        .ok_or_else(|| "no python3".to_owned())
}

pub(crate) fn measure(run: &mut Run) {
    if !run.wants("programs") {
        return;
    }
    let (what, both, threads) = (
        "five cases in one `sticky check`",
        "ten Python programs as in the notes",
        "one Python process, threads, no pause",
    );
    let python = python();
    let ratio = |peer: &dyn Fn(&str), rounds: usize| {
        let python = python.as_deref().map_err(Clone::clone)?;
        peer(python);
        Ok(in_turn(rounds, ours, || peer(python)))
    };
    let as_in_the_notes = ratio(
        &|python| {
            let printed = one_after_another(python);
            assert_eq!(printed[0], "下了一天的雨适合发呆");
            assert_eq!(printed[1..4], ["下了一天的雨\n适合发呆"; 3]);
            assert_eq!(printed[4], "下了一天的雨");
        },
        run.rounds(8),
    );
    let in_one = ratio(&|python| assert_eq!(together(python), "5"), run.rounds(60));
    run.table
        .add(what, both, Bar::TimesAsFast(100.0), as_in_the_notes);
    run.table.add(what, threads, Bar::TimesAsFast(6.0), in_one);
}
