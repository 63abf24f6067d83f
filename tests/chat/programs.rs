//! The other end is one of the loops of the source notes, in Python, as server and as client.

use super::end::End;

#[test]
fn the_tcp_server_of_the_notes_talks_to_it() {
    let mut server = End::python("tcp_server.py", "0");
    let port = server.port("port ");
    let mut client = End::sticky(&[&port]);
    client.types("今天天气咋样啊?\n");
    server.says("今天天气咋样啊?");
    server.types("下了一天的雨\n");
    client.says("recv(1024) → 18 B  下了一天的雨");
    client.types("再见\n");
    server.says("再见");
    server.types("q\n");
    client.says("recv(1024) → 1 B  q");
    client.says("the other side ends the conversation");
    let (status, said) = client.ended();
    assert!(status.success(), "{said}");
    assert!(said.contains("server (not seen)"), "{said}");
    assert!(server.ended().0.success());
}

#[test]
fn the_tcp_client_of_the_notes_talks_to_it() {
    let mut server = End::sticky(&["--listen", "127.0.0.1:0"]);
    let port = server.port("listening at 127.0.0.1:");
    let mut client = End::python("tcp_client.py", &port);
    client.types("今天天气咋样啊?\n");
    server.says("recv(1024) → 22 B  今天天气咋样啊?");
    server.types("下了一天的雨\n");
    client.says("下了一天的雨");
    // The client says q, and waits for an answer.
    client.types("q\n");
    server.says("recv(1024) → 1 B  q");
    server.types("Q\n");
    let (status, said) = server.ended();
    assert!(status.success(), "{said}");
    assert!(said.contains("client (not seen)"), "{said}");
    assert!(client.ended().0.success());
}

#[test]
fn the_udp_server_of_the_notes_talks_to_it() {
    let mut server = End::python("udp_server.py", "0");
    let port = server.port("port ");
    let mut client = End::sticky(&["--udp", &port]);
    client.types("今天天气咋样啊?\n");
    server.says("今天天气咋样啊?");
    server.types("下了一天的雨\n");
    client.says("recv(1024) → 18 B  下了一天的雨");
    client.types("再见\n");
    server.says("再见");
    server.types("Q\n");
    client.says("the other side ends the conversation");
    assert!(client.ended().0.success());
    assert!(server.ended().0.success());
}

#[test]
fn the_udp_client_of_the_notes_talks_to_it() {
    let mut server = End::sticky(&["--listen", "--udp", "127.0.0.1:0"]);
    let port = server.port("receiving at 127.0.0.1:");
    let mut client = End::python("udp_client.py", &port);
    client.types("今天天气咋样啊?\n");
    server.says("recv(1024) → 22 B  今天天气咋样啊?");
    server.types("下了一天的雨\n");
    client.says("下了一天的雨");
    client.types("再见\n");
    server.says("recv(1024) → 6 B  再见");
    server.types("Q\n");
    assert!(server.ended().0.success());
    assert!(client.ended().0.success());
}
