//! Tests `sticky chat` with both ends: another `sticky chat`, the programs of the source notes,
//! and a terminal. Every wait has a deadline, and every program is ended with its test.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod end;
mod programs;
mod terminal;

use std::fs::File;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;

use end::End;
use rustix::process::{Pid, Signal, kill_process};
use sticky_packet::analysis::{self, BoundaryFate, MessageFate};
use sticky_packet::kernel::TELLS_SEGMENTS;
use sticky_packet::scenario::Side;
use sticky_packet::trace::{DataOp, Got, Op, Trace, json};

/// A listening end and one that has connected to it.
fn pair(listens: &[&str], connects: &[&str]) -> (End, End) {
    let mut server = End::sticky(&[&["--listen", "127.0.0.1:0"], listens].concat());
    let port = server.port("listening at 127.0.0.1:");
    let client = End::sticky(&[&[port.as_str()], connects].concat());
    server.says("has connected");
    (server, client)
}

fn saved(file: &Path) -> Trace {
    json::read(File::open(file).unwrap()).unwrap().remove(0)
}

/// What each recv asked for and returned.
fn recvs(trace: &Trace) -> Vec<(u32, Got)> {
    let calls = trace.parts[0].calls.iter();
    let recvs = calls.filter_map(|call| match call.op {
        Op::Data(DataOp::Recv { asked, got, .. }) => Some((asked, got)),
        _ => None,
    });
    recvs.collect()
}

#[test]
fn two_lines_stick_in_one_recv_when_reading_is_held() {
    let folder = tempfile::tempdir().unwrap();
    let [theirs, mine] = ["server.json", "client.json"].map(|name| folder.path().join(name));
    let (mut server, mut client) = pair(
        &["-o", theirs.to_str().unwrap()],
        &["-o", mine.to_str().unwrap()],
    );
    server.types("/hold\n");
    server.says("reading is held");
    client.types("下了一天的雨\n适合发呆\n");
    client.says("send  18 B  下了一天的雨");
    client.says("send  12 B  适合发呆");
    server.says("waiting: 30 B in the receive queue");
    server.types("/read 1024\n");
    server.says("recv(1024) → 30 B  下了一天的雨适合发呆");
    client.types("再来\n");
    server.says("waiting: 6 B in the receive queue");
    server.types("/read 4\n");
    server.says("recv(4) → 4 B");
    server.says("waiting: 2 B in the receive queue");
    server.types("/go\n");
    server.says("recv(1024) → 2 B");
    server.types("好\nQ\n");
    client.says("recv(1024) → ");
    let (status, client) = client.ended();
    assert!(status.success(), "{client}");
    let (status, server) = server.ended();
    assert!(status.success(), "{server}");

    // Each says of the other's calls that they were not seen, and never that anything was lost.
    for (said, unseen) in [
        (&client, "server (not seen)"),
        (&server, "client (not seen)"),
    ] {
        assert!(said.contains(unseen), "{said}");
        assert!(
            said.contains("not seen: only the other side knows its recvs"),
            "{said}"
        );
        assert!(
            said.contains("not seen: it may have been one send or many"),
            "{said}"
        );
        for wrong in ["lost", "not received", "never received"] {
            assert!(!said.contains(wrong), "{wrong}: {said}");
        }
    }
    assert!(server.contains("recv 1  30 B"), "{server}");

    let trace = saved(&theirs);
    let part = &trace.parts[0];
    assert_eq!(part.unseen(), Some(Side::Client));
    assert!(part.calls.iter().all(|call| call.side == Side::Server));
    let data = |bytes| Got::Data { bytes, cut: 0 };
    assert_eq!(
        recvs(&trace)[..3],
        [(1024, data(30)), (4, data(4)), (1024, data(2))]
    );

    let trace = saved(&mine);
    let seen = analysis::analyse(&trace);
    let sent = &seen.parts[0].flows[1];
    let fates: Vec<_> = sent.messages.iter().map(|it| it.fate).collect();
    assert_eq!(fates, [MessageFate::NotSeen; 3]);
    let not_seen = |it: &analysis::Boundary| it.fate == BoundaryFate::NotSeen;
    assert!(sent.boundaries.iter().all(not_seen));
    if TELLS_SEGMENTS {
        assert_eq!(sent.wire.as_ref().unwrap().count, 3);
    }
    let shown = Command::new(env!("CARGO_BIN_EXE_sticky"))
        .args(["show", "--lang", "zh"])
        .arg(&theirs)
        .output()
        .unwrap();
    assert!(shown.status.success());
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("客户端（没有看到）"), "{shown}");
}

#[test]
fn a_recv_asked_for_while_nothing_is_there_takes_what_comes_next() {
    let (mut server, mut client) = pair(&[], &[]);
    server.types("/read 5\n");
    server.says("nothing is there");
    client.types("hello world\n");
    server.says("recv(5) → 5 B  hello");
    server.says("waiting: 6 B");
    server.types("/read\n");
    server.says("recv(1024) → 6 B");
}

#[test]
fn what_is_typed_may_be_bytes_and_a_wrong_command_is_told() {
    let (mut server, mut client) = pair(&[], &[]);
    client.types("/hex 12 00 00 00\n");
    server.says("recv(1024) → 4 B");
    client.types("//hold\n");
    server.says("recv(1024) → 5 B  /hold");
    client.types("\n");
    client.says("send  0 B");
    for (line, told) in [
        ("/hex 1", "two hex digits"),
        ("/read 0", "/read takes a number of bytes"),
        ("/fly \u{1b}[31m", "no command /fly"),
        ("/help", "/hold        stop reading"),
    ] {
        client.types(&format!("{line}\n"));
        client.says(told);
    }
    client.types("/show\n");
    client.says("send #1  4 B");
    // Nothing typed steers the terminal of either end.
    client.types("\u{1b}[2J\n");
    client.says("send  4 B");
    server.says("recv(1024) → 4 B");
    client.types("Q\n");
    for end in [&mut client, &mut server] {
        let (status, said) = end.ended();
        assert!(status.success());
        assert!(!said.contains('\u{1b}'), "{said:?}");
    }
}

#[test]
fn with_a_framing_the_messages_are_restored_however_they_stick() {
    let (mut server, mut client) = pair(&["--framing", "i32-le"], &["--framing", "i32-le"]);
    server.types("/hold\n");
    server.says("reading is held");
    client.types("下了一天的雨\n适合发呆\n");
    server.says("waiting: 38 B");
    server.types("/read 30\n");
    server.says("recv(30) → 30 B");
    server.says("decoded 18 B  下了一天的雨");
    server.types("/go\n");
    server.says("recv(1024) → 8 B");
    server.says("decoded 12 B  适合发呆");
    server.types("Q\n");
    client.says("decoded 1 B  Q");
    let (status, said) = server.ended();
    assert!(status.success());
    assert!(said.contains("decoded  ┣"), "{said}");
}

#[test]
fn bytes_that_do_not_decode_are_told_and_still_shown() {
    let (mut server, mut client) = pair(&["--framing", "digits-2"], &[]);
    client.types("hello\n");
    server.says("recv(1024) → 5 B  hello");
    server.says("does not decode from here on");
    client.types("again\n");
    server.says("recv(1024) → 5 B  again");
}

#[test]
fn each_datagram_is_one_recv_and_a_server_has_to_receive_first() {
    let mut server = End::sticky(&["--listen", "--udp", "127.0.0.1:0"]);
    let port = server.port("receiving at 127.0.0.1:");
    server.types("too early\n");
    server.says("nobody has written yet");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("udp.json");
    let mut client = End::sticky(&["--udp", &port, "-o", file.to_str().unwrap()]);
    server.types("/hold\n");
    server.says("reading is held");
    client.types("下了一天的雨\n适合发呆\n");
    server.says("waiting: the next datagram has 18 B");
    server.types("/read 10\n");
    server.says("recv(10) → 10 B");
    if cfg!(target_os = "linux") {
        server.says("8 B cut off");
    }
    server.says("waiting: the next datagram has 12 B");
    server.types("/go\n");
    server.says("recv(1024) → 12 B  适合发呆");
    server.types("好\n");
    client.says("recv(1024) → 3 B  好");
    let long = "x".repeat(65_508);
    client.types(&format!("{long}\n"));
    client.says("holds at most 65,507 B");
    client.types("Q\n");
    server.says("recv(1024) → 1 B  Q");
    server.types("Q\n");
    let (status, said) = client.ended();
    assert!(status.success(), "{said}");
    for wrong in ["lost", "never received", "not received"] {
        assert!(!said.contains(wrong), "{said}");
    }
    assert!(said.contains("#1  18 B  not seen"), "{said}");
    let (status, said) = server.ended();
    assert!(status.success(), "{said}");
    assert!(said.contains("truncated after 10 B"), "{said}");
    assert_eq!(saved(&file).parts[0].unseen(), Some(Side::Server));
}

#[test]
fn a_port_that_is_taken_or_where_nobody_listens_is_told_with_the_remedy() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused = |arguments: &[&str], words: [&str; 2]| {
        let (status, said) = End::sticky(arguments).ended();
        assert_eq!(status.code(), Some(2), "{said}");
        for words in words {
            assert!(said.contains(words), "{words}: {said}");
        }
    };
    refused(&["--listen", &address], ["is taken", "another port"]);
    drop(taken);
    refused(&[&address], ["nobody listens at", "sticky chat --listen"]);
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    refused(
        &["--listen", "--udp", &address],
        ["is taken", "another port"],
    );
    refused(
        &["--listen", "192.0.2.1:9000"],
        ["not an address of this machine", "0.0.0.0"],
    );
    refused(
        &["somewhere:9000"],
        ["is not an address and a port", "127.0.0.1:9000"],
    );
    refused(&["-o", "-"], ["standard output shows", "-o chat.json"]);
    refused(
        &["--udp", "--framing", "line"],
        ["UDP keeps them", "leave out"],
    );
    refused(&["--framing", "lines"], ["lines", "line"]);
}

#[test]
fn over_udp_it_is_told_when_nobody_receives() {
    let free = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let mut client = End::sticky(&["--udp", &address]);
    client.types("hello\n");
    client.says("ECONNREFUSED");
    client.says("nobody receives there");
    client.ends_input();
    let (status, said) = client.ended();
    assert!(status.success(), "{said}");
}

#[test]
fn a_peer_that_is_gone_ends_the_conversation_with_what_was_recorded() {
    let (mut server, mut client) = pair(&[], &[]);
    client.types("hello\n");
    server.says("recv(1024) → 5 B  hello");
    client.kill();
    server.says("the other side has closed");
    let (status, said) = server.ended();
    assert!(status.success(), "{said}");
    assert!(said.contains("recv 1  5 B"), "{said}");

    // A close with bytes unread resets the connection.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let mut client = End::sticky(&[&port]);
    let (stream, _) = listener.accept().unwrap();
    client.types("unread\n");
    stream.peek(&mut [0; 6]).unwrap();
    drop(stream);
    client.says("ECONNRESET");
    client.says("the other side is gone");
    assert!(client.ended().0.success());
}

#[test]
fn at_the_end_of_its_input_it_reads_on_until_the_other_side_ends() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let mut client = End::sticky(&[&port]);
    let (mut stream, _) = listener.accept().unwrap();
    client.types("question");
    client.ends_input();
    let mut came = String::new();
    stream.set_read_timeout(Some(end::DEADLINE)).unwrap();
    std::io::Read::read_to_string(&mut stream, &mut came).unwrap();
    assert_eq!(came, "question");
    std::io::Write::write_all(&mut stream, b"answer").unwrap();
    drop(stream);
    let (status, said) = client.ended();
    assert!(status.success(), "{said}");
    assert!(said.contains("recv(1024) → 6 B  answer"), "{said}");
}

#[test]
fn a_signal_ends_it_with_the_picture_shown_and_the_trace_kept() {
    for signal in [Signal::TERM, Signal::INT] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kept.json");
        let (mut server, mut client) = pair(&["-o", file.to_str().unwrap()], &[]);
        client.types("hello\n");
        server.says("recv(1024) → 5 B  hello");
        let id = Pid::from_raw(server.id().try_into().unwrap()).unwrap();
        kill_process(id, signal).unwrap();
        let (status, said) = server.ended();
        assert_eq!(status.signal(), Some(signal.as_raw()), "{said}");
        assert!(said.contains("recv 1  5 B"), "{said}");
        assert_eq!(recvs(&saved(&file)).len(), 1);
    }
}

#[test]
fn the_record_has_an_end_and_the_conversation_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("full.json");
    let mut server = End::sticky(&[
        "--listen",
        "127.0.0.1:0",
        "-o",
        file.to_str().unwrap(),
        "--recv",
        "1048576",
    ]);
    let port = server.port("listening at 127.0.0.1:");
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    let chunk = vec![b'x'; 1 << 20];
    std::io::Write::write_all(&mut stream, &chunk).unwrap();
    std::io::Write::write_all(&mut stream, b"more").unwrap();
    server.says("the record is full");
    std::io::Write::write_all(&mut stream, b"after").unwrap();
    drop(stream);
    let (status, said) = server.ended();
    assert!(status.success());
    assert!(said.contains("after"));
    let kept = saved(&file).parts[0].flows[1].received.len();
    assert!((1..=1 << 20).contains(&kept), "{kept}");
}
