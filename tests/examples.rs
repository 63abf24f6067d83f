//! Runs each program of `examples/` and compares what it prints.
//!
//! Cargo gives a test no path to an example, so cargo runs it; `cargo test` has built it before.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::process::Command;

/// What an example prints.
fn prints(name: &str) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--locked", "--example", name])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn framing() {
    assert_eq!(
        prints("framing"),
        "\
19 bytes of u32-be
chunk of 5
chunk of 5
  message at offset 0: \"rain\"
chunk of 5
  message at offset 8: \"\"
chunk of 4
  message at offset 12: \"sun\"
a stream that ends too early
  message: \"rain\"
  at offset 10, the stream ends inside a header: wanted 4 bytes, got 2 bytes
"
    );
}

#[test]
fn scenario() {
    let printed = prints("scenario");
    let wanted = [
        "sticky/back-to-back\n  server step 0: Send(",
        "\n  client step 0: Script(Wait(Queued(30)))\n",
        "wrong.toml:6",
    ];
    for wanted in wanted {
        assert!(printed.contains(wanted), "{wanted}\n{printed}");
    }
}

#[test]
fn replay() {
    assert_eq!(
        prints("replay"),
        "\
server: send took 4 B
server: send took 3 B
client: recv(5) got 5 B
client: recv(5) got 2 B
client: recv(5) got the end of the stream
"
    );
}

#[test]
fn trace() {
    let printed = prints("trace");
    let wanted = [
        "\"version\": 2",
        "\"./server\",",
        "\"coalesced\"",
        "read back the same: true\n",
    ];
    for wanted in wanted {
        assert!(printed.contains(wanted), "{wanted}\n{printed}");
    }
}

#[test]
fn analysis() {
    let [queue, sender] = if cfg!(target_os = "linux") {
        ["in the receive queue", "by the sender"]
    } else {
        ["somewhere"; 2]
    };
    assert_eq!(
        prints("analysis"),
        format!(
            "\
sticky/back-to-back: as expected: true
  boundary 18: lost {queue}, recv 1 covers it
  message of 18 B: Coalesced
  message of 12 B: Coalesced
sticky/cork: as expected: true
  boundary 18: lost {sender}, recv 1 covers it
  message of 18 B: Coalesced
  message of 12 B: Coalesced
"
        )
    );
}
