//! Tests the catalogue on machines that differ from the one it was written on. Each test makes such
//! a machine for one process: with a library that limits what it may ask for, a network namespace,
//! or a resource limit.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The limit of most distributions: `net.core.wmem_max` and `net.core.rmem_max`.
const USUAL_LIMIT: u32 = 212_992;

/// Limits the buffers that the program asks for, as a kernel with that limit would.
const CAPS_BUFFERS: &str = r"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/socket.h>

int setsockopt(int socket, int level, int name, const void *value, socklen_t length)
{
    int (*real)(int, int, int, const void *, socklen_t) = dlsym(RTLD_NEXT, __func__);
    int capped;
    if (level != SOL_SOCKET || (name != SO_SNDBUF && name != SO_RCVBUF) || length != sizeof capped)
        return real(socket, level, name, value, length);
    capped = *(const int *)value > LIMIT ? LIMIT : *(const int *)value;
    return real(socket, level, name, &capped, sizeof capped);
}
";

/// The result of a process.
struct Ended {
    status: Option<i32>,
    /// Standard output, then standard error, with all white space between words replaced by one
    /// space.
    said: String,
}

/// Runs a command to its end.
fn ended(command: &mut Command) -> Ended {
    let output = command.output().expect("it starts");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).expect("UTF-8");
    let words: Vec<_> = said.split_whitespace().collect();
    Ended {
        status: output.status.code(),
        said: words.join(" "),
    }
}

fn sticky(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sticky"));
    command.args(["--lang", "en"]).args(arguments);
    command
}

/// `sticky` on a machine whose kernel gives sockets no larger buffers than usual.
fn with_usual_buffers(library: &Path, arguments: &[&str]) -> Ended {
    ended(sticky(arguments).env("LD_PRELOAD", library))
}

/// Builds the library that limits the buffers, in `folder`.
fn capping_library(folder: &Path) -> std::path::PathBuf {
    let (source, library) = (folder.join("cap.c"), folder.join("cap.so"));
    fs::write(&source, CAPS_BUFFERS).expect("it is written");
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&library, &source])
        .arg(format!("-DLIMIT={USUAL_LIMIT}"))
        .status();
    assert!(built.expect("cc").success());
    library
}

#[test]
#[ignore = "needs cc: run by .ci/run"]
fn every_case_and_claim_holds_with_the_usual_buffers() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let library = capping_library(folder.path());
    for command in ["check", "claims"] {
        let Ended { status, said } = with_usual_buffers(&library, &[command]);
        assert_eq!(status, Some(0), "{command}:\n{said}");
    }
}

#[test]
#[ignore = "needs cc: run by .ci/run"]
fn a_buffer_that_the_kernel_cut_is_told_wherever_it_is_set() {
    const ASKED: u32 = 1 << 20;
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let library = capping_library(folder.path());
    for (place, server, steps) in [
        ("before it listens", "options = { send-buffer = ASKED }", ""),
        ("by a step", "", "{ set = { send-buffer = ASKED } },"),
        (
            "at bind",
            "",
            r#"{ bind = "any", options = { send-buffer = ASKED } }, "listen", "accept","#,
        ),
    ] {
        let case = format!(
            r#"about = "tcp协议"
[title]
en = "Made for a test"
zh = "为测试而写"
[lesson]
en = "Nothing."
zh = "无。"
[server]
{server}
steps = [{steps} {{ send = "rain" }}]
[client]
options = {{ receive-buffer = ASKED }}
steps = [{{ recv-exact = 4 }}]
[expect.client]
recv = [{{ text = "RAIN" }}]
"#
        );
        let file = folder.path().join("case.toml");
        fs::write(&file, case.replace("ASKED", &ASKED.to_string())).expect("it is written");
        let file = file.to_str().expect("UTF-8");
        for command in ["run", "check"] {
            let Ended { status, said } = with_usual_buffers(&library, &[command, file]);
            assert_eq!(status, Some(1), "{place}: {said}");
            for told in [
                "the server asked for SO_SNDBUF=1,048,576, but the kernel gave 212,992 (net.core.wmem_max)",
                "the client asked for SO_RCVBUF=1,048,576, but the kernel gave 212,992 (net.core.rmem_max)",
            ] {
                assert_eq!(said.matches(told).count(), 1, "{place}: {told}\n{said}");
            }
        }
    }
}

/// `sticky` after `limits`, which a shell sets.
fn within(limits: &str, arguments: &[&str]) -> Ended {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{limits} && exec \"$0\" --lang en \"$@\"")]);
    ended(shell.arg(env!("CARGO_BIN_EXE_sticky")).args(arguments))
}

/// Whether this user may make a network namespace; where not, it is said what is left out.
fn may_unshare(left_out: &str) -> bool {
    let tried = Command::new("unshare").args(["--net", "true"]).status();
    let may = tried.is_ok_and(|status| status.success());
    if !may {
        println!("left out, as `unshare --net` is not allowed here: {left_out}");
    }
    may
}

/// Held by each test that measures or loads the machine, so that none is another's load.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `sticky` in a network namespace of its own, after `setting_up` in a shell there.
fn in_a_namespace(setting_up: &str, arguments: &[&str]) -> Ended {
    let mut unshare = Command::new("unshare");
    unshare.args(["--net", "sh", "-c"]);
    unshare.arg(format!("{setting_up} && exec \"$0\" --lang en \"$@\""));
    ended(unshare.arg(env!("CARGO_BIN_EXE_sticky")).args(arguments))
}

/// All commands that replay.
const REPLAYING: [&[&str]; 8] = [
    &["run"],
    &["run", "--format", "json", "tcp/one-shot"],
    &["check"],
    &["claims"],
    &["report", "-o", "-"],
    &["shake", "i32-le", "--sockets", "3"],
    &["odds", "sticky/back-to-back"],
    &["check", "--deadline", "60s", "udp"],
];

#[test]
#[ignore = "makes a network namespace: run by .ci/run"]
fn a_machine_without_a_loopback_is_told_at_once() {
    let _alone = alone();
    if !may_unshare("a machine without a loopback") {
        return;
    }
    // The quiz replays when it has its answer.
    let mut quiz = Command::new("unshare");
    let answering = r#"yes 1 | exec "$0" --lang en quiz --seed 7 --count 2"#;
    quiz.args(["--net", "sh", "-c", answering]);
    let Ended { status, said } = ended(quiz.arg(env!("CARGO_BIN_EXE_sticky")));
    assert_eq!(status, Some(2), "{said}");
    let told = "this machine has no working loopback (127.0.0.1)";
    assert_eq!(said.matches(told).count(), 1, "{said}");
    for arguments in REPLAYING {
        let Ended { status, said } = in_a_namespace("true", arguments);
        assert_eq!(status, Some(2), "{arguments:?}: {said}");
        for told in [
            "this machine has no working loopback (127.0.0.1)",
            "help: bring it up, as root: `ip link set lo up`",
        ] {
            assert_eq!(said.matches(told).count(), 1, "{arguments:?}: {said}");
        }
    }
}

#[test]
fn little_memory_is_enough() {
    for kibibytes in [100_000, 125_000, 150_000, 300_000] {
        let limit = format!("ulimit -v {kibibytes}");
        let Ended { status, said } = within(&limit, &["check"]);
        assert_eq!(status, Some(0), "{limit}: {said}");
    }
}

#[test]
fn few_descriptors_are_enough_or_are_told() {
    let Ended { status, said } = within("ulimit -n 12", &["check"]);
    assert_eq!(status, Some(0), "{said}");
    for arguments in REPLAYING {
        let Ended { status, said } = within("ulimit -n 4", arguments);
        assert_eq!(status, Some(2), "{arguments:?}: {said}");
        for told in [
            "no file descriptor is left",
            "help: allow more, such as `ulimit -n 64`, or close other programs",
        ] {
            assert_eq!(said.matches(told).count(), 1, "{arguments:?}: {said}");
        }
    }
}

#[test]
#[ignore = "makes a network namespace: run by .ci/run"]
fn every_case_holds_with_other_settings_of_the_network() {
    let _alone = alone();
    if !may_unshare("other settings of the network") {
        return;
    }
    for settings in [
        "ip link set lo up mtu 1500",
        "ip link set lo up mtu 576",
        "ip link set lo up && sysctl -q net.ipv4.tcp_timestamps=0 net.ipv4.tcp_sack=0",
        "ip link set lo up && sysctl -q net.ipv4.tcp_window_scaling=0 net.ipv4.tcp_ecn=1",
        "ip link set lo up && sysctl -q net.ipv4.tcp_tw_reuse=0 net.ipv4.tcp_autocorking=0",
    ] {
        let Ended { status, said } = in_a_namespace(settings, &["check"]);
        assert_eq!(status, Some(0), "{settings}: {said}");
    }
}

#[test]
#[ignore = "makes a network namespace: run by .ci/run"]
fn a_setting_that_breaks_a_case_is_named_beside_it() {
    let _alone = alone();
    if !may_unshare("settings that break a case") {
        return;
    }
    for (setting, case, status, named) in [
        (
            "sysctl -q net.ipv4.tcp_rmem='4096 4096 4096'",
            "when/file-transfer",
            1,
            "net.ipv4.tcp_rmem is 4096 4096 4096 here (usually 4096 131072 6291456)",
        ),
        (
            "sysctl -q net.ipv4.tcp_notsent_lowat=1",
            "sticky/many-small-sends",
            1,
            "net.ipv4.tcp_notsent_lowat is 1 here (usually 4294967295)",
        ),
        (
            "sysctl -q net.ipv4.tcp_min_snd_mss=500",
            "partial/small-mss",
            1,
            "net.ipv4.tcp_min_snd_mss is 500 here (usually 48)",
        ),
        (
            "sysctl -q net.ipv4.ip_default_ttl=255",
            "loss/tcp-retransmits",
            1,
            "net.ipv4.ip_default_ttl is 255 here (usually 64)",
        ),
        (
            "ip link set lo mtu 68",
            "sticky/many-small-sends",
            1,
            "mtu (lo) is 68 here (usually 65536)",
        ),
        (
            "ip link set lo mtu 68",
            "udp/too-large",
            2,
            "mtu (lo) is 68 here (usually 65536)",
        ),
        (
            "sysctl -q net.ipv4.ip_local_port_range='60000 60002'",
            "tcp",
            2,
            "net.ipv4.ip_local_port_range is 60000 60002 here (usually 32768 60999)",
        ),
    ] {
        let setting_up = format!("ip link set lo up && {setting}");
        let ended = in_a_namespace(&setting_up, &["check", "--deadline", "1s", case]);
        let said = ended.said;
        assert_eq!(ended.status, Some(status), "{setting}: {said}");
        let told = format!("perhaps because {named}");
        assert_eq!(said.matches(&told).count(), 1, "{setting}: {said}");
        assert_eq!(said.matches("perhaps").count(), 1, "{setting}: {said}");
    }
}

#[test]
#[ignore = "makes a network namespace, and needs nft: run by .ci/run"]
fn a_loopback_that_loses_packets_is_named_beside_what_fails() {
    let _alone = alone();
    if !may_unshare("a loopback that loses packets") {
        return;
    }
    let setting_up = "ip link set lo up && nft add table ip t \
         && nft 'add chain ip t i { type filter hook input priority 0; }' \
         && nft 'add rule ip t i numgen random mod 100 < 10 drop'";
    let Ended { status, said } = in_a_namespace(setting_up, &["check", "--deadline", "2s"]);
    // That none of more than 70 cases meets a loss is as good as impossible.
    assert_eq!(status, Some(1), "{said}");
    let told = "perhaps because this loopback loses packets: ";
    assert_eq!(said.matches(told).count(), 1, "{said}");
}

/// Loops that keep every processor busy until it is dropped.
struct Busy(Vec<Child>);

impl Busy {
    fn with(loops: usize) -> Self {
        let busy = || {
            let mut shell = Command::new("sh");
            shell.args(["-c", "while :; do :; done"]);
            shell.stdin(Stdio::null()).spawn().expect("it starts")
        };
        Self((0..loops).map(|_| busy()).collect())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // It has not ended by itself, and nothing else can go wrong.
            let _ = child.kill().and_then(|()| child.wait());
        }
    }
}

#[test]
#[ignore = "keeps every processor busy: run by .ci/run"]
fn a_machine_that_hardly_runs_it_makes_no_case_fail() {
    let _alone = alone();
    let _busy = Busy::with(2);
    let mut nice = Command::new("nice");
    nice.args(["-n", "19", env!("CARGO_BIN_EXE_sticky")]);
    let Ended { status, said } = ended(nice.args(["--lang", "en", "check"]));
    println!("{said}");
    assert_eq!(status, Some(0), "{said}");
}
