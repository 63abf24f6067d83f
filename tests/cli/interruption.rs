//! A signal during a command with `-o FILE`: the file is complete or unchanged, no other file is
//! left beside it, and the signal ends the command.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::command;
use super::output::entries;

/// How long anything may take on a busy machine.
const DEADLINE: Duration = Duration::from_secs(120);

/// A case that waits for longer than a test.
const PAUSE: &str = r#"about = "TCP的黏包现象 · 现象一"
about-time = true
transport = "tcp"
[title]
en = "Made for a test"
zh = "为测试而写"
[lesson]
en = "Nothing."
zh = "无。"
[server]
steps = [{ send = "a" }, { pause = "60s" }]
[client]
steps = [{ recv = 1 }]
[expect.client]
messages = ["whole"]
"#;

fn start(arguments: &[&str]) -> Child {
    let mut command = command(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

fn send(child: &Child, signal: Signal) {
    // It has not been waited for, so the number is still its own.
    kill_process(Pid::from_child(child), signal).unwrap();
}

/// Looks, without a rest, until it is so.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !is_so() {
        assert!(Instant::now() < deadline, "never: {what}");
    }
}

/// Whether its two sides have been started.
fn replays(child: &Child) -> bool {
    let threads = fs::read_dir(format!("/proc/{}/task", child.id()));
    let name = |entry: fs::DirEntry| fs::read_to_string(entry.path().join("comm"));
    let names = threads
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| name(entry).ok());
    let sides = names.filter(|name| ["server", "client"].contains(&name.trim()));
    sides.count() == 2
}

#[test]
fn during_a_replay_a_signal_leaves_the_folder_as_it_was() {
    for (signal, before) in [
        (Signal::INT, None),
        (Signal::TERM, None),
        (Signal::INT, Some("before")),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let case = folder.path().join("case.toml");
        fs::write(&case, PAUSE).unwrap();
        let file = folder.path().join("page.txt");
        if let Some(before) = before {
            fs::write(&file, before).unwrap();
        }
        let there = entries(folder.path());
        let arguments = ["run", case.to_str().unwrap(), "-o", file.to_str().unwrap()];
        let mut child = start(&arguments);
        until("a replay", || replays(&child));
        send(&child, signal);
        let status = child.wait().unwrap();
        assert_eq!(status.signal(), Some(signal.as_raw()), "{status}");
        assert_eq!(entries(folder.path()), there);
        assert_eq!(fs::read_to_string(&file).ok().as_deref(), before);
    }
}

#[test]
fn while_the_file_is_written_a_signal_leaves_it_whole() {
    let folder = tempfile::tempdir().unwrap();
    let stream = folder.path().join("stream.bin");
    fs::write(&stream, b"\x01a".repeat(100_000)).unwrap();
    let file = folder.path().join("decoded.json");
    let arguments = [
        "decode",
        "--framing",
        "u8",
        "--format",
        "json",
        stream.to_str().unwrap(),
        "-o",
        file.to_str().unwrap(),
    ];
    assert!(start(&arguments).wait().unwrap().success());
    let whole = fs::read(&file).unwrap();
    let there = entries(folder.path());
    // Until the signal came in time: the process may be faster than the look.
    until("a signal in the middle", || {
        fs::write(&file, "before").unwrap();
        let mut child = start(&arguments);
        // That a file can be written beside is tried at the beginning, with an empty one.
        let beside = folder
            .path()
            .join(format!(".decoded.json.{}.unfinished", child.id()));
        let is_written = || fs::metadata(&beside).is_ok_and(|found| found.len() > 0);
        until("the file beside", || {
            is_written() || child.try_wait().unwrap().is_some()
        });
        if child.try_wait().unwrap().is_none() {
            send(&child, Signal::INT);
        }
        let status = child.wait().unwrap();
        assert!(matches!(status.signal(), None | Some(2)), "{status}");
        assert_eq!(entries(folder.path()), there);
        let is_whole = fs::read(&file).unwrap() == whole;
        assert!(is_whole, "neither the old file nor the new one");
        status.signal().is_some()
    });
}
