//! Tests the command line as a user or a script sees it: what is printed where, in which language,
//! and with which exit status.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod check;
mod code;
mod completions;
mod decode;
mod escapes;
mod framings;
mod help;
#[cfg(target_os = "linux")]
mod interruption;
mod layout;
mod new;
mod output;
mod pictures;
mod quiz;
mod refusal;
mod report;
mod run;
mod shake;
mod show;
mod streams;
mod r#try;

use std::io::Write;
use std::process::{Command, Stdio};

/// The result of a call of `sticky`.
#[derive(Debug)]
struct Called {
    status: i32,
    out: String,
    err: String,
}

/// `sticky` with these arguments, independent of the locale and colour settings of whoever runs the
/// tests.
fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sticky"));
    command.args(arguments).stdin(Stdio::null());
    for name in [
        "LANGUAGE",
        "LC_ALL",
        "LC_MESSAGES",
        "LANG",
        "NO_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
    ] {
        command.env_remove(name);
    }
    command
}

fn finish(command: &mut Command) -> Called {
    let output = command.output().unwrap();
    Called {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn sticky(arguments: &[&str]) -> Called {
    finish(&mut command(arguments))
}

/// `sticky` with `input` as standard input.
fn sticky_reading(arguments: &[&str], input: impl AsRef<[u8]>) -> Called {
    let mut child = command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // If it fails early, it need not read the rest of the input.
    let _ = child.stdin.take().unwrap().write_all(input.as_ref());
    let output = child.wait_with_output().unwrap();
    Called {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A scenario that sends 18 and 12 bytes and expects `expect` for the client.
fn scenario(expect: &str) -> String {
    format!(
        r#"about = "TCP的黏包现象 · 现象一"
transport = "tcp"
[title]
en = "Made for a test"
zh = "为测试而写"
[lesson]
en = "Nothing."
zh = "无。"
[server]
steps = [{{ send = "下了一天的雨" }}, {{ send = "适合发呆" }}]
[client]
steps = [{{ wait = {{ queued = 30 }} }}, {{ recv = 1024 }}, {{ recv = 1024 }}]
[expect.client]
{expect}
"#
    )
}

/// A folder with the file `name` in it.
fn folder_with(name: &str, content: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}
