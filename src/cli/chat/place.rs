//! Where to meet the other side, and what to say if that fails.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use clap::ArgMatches;

use crate::cli::failure::Failure;
use crate::cli::terminal::Terminal;
use crate::diagnostic::system;
use crate::language::Language;
use crate::record::{Conversation, Listener, connect, receive};
use crate::render::escape;
use crate::scenario::Transport;

/// The port of the source notes.
const USUAL_PORT: u16 = 9000;

/// Meets the other side: waits for it, or goes to it.
pub(super) fn meet(
    matches: &ArgMatches,
    is_udp: bool,
    terminal: Terminal,
) -> Result<Conversation, Failure> {
    let language = terminal.language;
    let given = matches.get_one::<String>("place");
    let place = match given {
        Some(given) => parse(given, language)?,
        None => loopback(USUAL_PORT),
    };
    let transport = if is_udp {
        Transport::Udp
    } else {
        Transport::Tcp
    };
    if !matches.get_flag("listen") {
        let conversation =
            connect(transport, place).map_err(|error| not_connected(place, &error, language))?;
        let peer = place;
        terminal.note(if is_udp {
            say!(
                language,
                "sending to {peer} over UDP; each line is one datagram, Q ends, /help tells more",
                "通过 UDP 发往 {peer}；每行一个数据报，Q 结束，/help 查看更多"
            )
        } else {
            say!(
                language,
                "connected to {peer}; each line is one send, Q ends, /help tells more",
                "已连接 {peer}；每行一次 send，Q 结束，/help 查看更多"
            )
        });
        return Ok(conversation);
    }
    let refused = |error: io::Error| not_bound(place, &error, language);
    if is_udp {
        let conversation = receive(place).map_err(refused)?;
        let own = conversation.own();
        let command = other_end(own, is_udp);
        terminal.note(say!(
            language,
            "receiving at {own} over UDP; the other end: {command}",
            "在 {own} 接收 UDP 数据报；另一端：{command}"
        ));
        return Ok(conversation);
    }
    let listener = Listener::open(place).map_err(refused)?;
    let own = listener.address();
    let command = other_end(own, is_udp);
    terminal.note(say!(
        language,
        "listening at {own}; the other end: {command}",
        "在 {own} 监听；另一端：{command}"
    ));
    let conversation = listener.accept().map_err(refused)?;
    if let Some(peer) = conversation.peer() {
        terminal.note(say!(
            language,
            "{peer} has connected; each line is one send, Q ends, /help tells more",
            "{peer} 已连接；每行一次 send，Q 结束，/help 查看更多"
        ));
    }
    Ok(conversation)
}

/// The command for the other end.
fn other_end(own: SocketAddr, is_udp: bool) -> String {
    let udp = if is_udp { " --udp" } else { "" };
    if own == loopback(USUAL_PORT) {
        format!("sticky chat{udp}")
    } else {
        format!("sticky chat{udp} {own}")
    }
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

/// An address and a port, or a port on loopback. No name is looked up but `localhost`.
fn parse(given: &str, language: Language) -> Result<SocketAddr, Failure> {
    if let Ok(place) = given.parse() {
        return Ok(place);
    }
    let port = given.strip_prefix("localhost:").unwrap_or(given);
    let port = port.strip_prefix(':').unwrap_or(port);
    let is_digits = port.bytes().all(|byte| byte.is_ascii_digit());
    if let (true, Ok(port)) = (is_digits, port.parse()) {
        return Ok(loopback(port));
    }
    let given = escape::text(given);
    Err(Failure::Usage {
        message: say!(
            language,
            "`{given}` is not an address and a port",
            "`{given}` 不是“地址加端口”的形式"
        ),
        help: say!(
            language,
            "such as 127.0.0.1:9000, [::1]:9000, or 9000 alone",
            "例如 127.0.0.1:9000、[::1]:9000，或只写 9000"
        ),
    })
}

/// Why nothing listens or receives there.
fn not_bound(place: SocketAddr, error: &io::Error, language: Language) -> Failure {
    let other = SocketAddr::new(
        place.ip(),
        place.port().checked_add(1).unwrap_or(USUAL_PORT),
    );
    let (message, help) = match error.kind() {
        ErrorKind::AddrInUse => (
            say!(
                language,
                "{place} is taken by another program",
                "{place} 已被另一个程序占用"
            ),
            say!(
                language,
                "end that program, or take another port on both ends: {other}",
                "结束那个程序，或两端都换一个端口：{other}"
            ),
        ),
        ErrorKind::AddrNotAvailable => (
            say!(
                language,
                "{place} is not an address of this machine",
                "{place} 不是本机的地址"
            ),
            say!(
                language,
                "listen at 127.0.0.1, or at 0.0.0.0 for all its addresses",
                "在 127.0.0.1 监听；0.0.0.0 表示本机的所有地址"
            ),
        ),
        ErrorKind::PermissionDenied => (
            say!(
                language,
                "this user may not listen at {place}",
                "当前用户无权在 {place} 监听"
            ),
            say!(language, "take a port from 1024 on", "换用 1024 以上的端口"),
        ),
        _ => (
            cannot(place, error, language),
            say!(language, "try another address or port", "换一个地址或端口"),
        ),
    };
    Failure::Usage { message, help }
}

/// Why there is no connection.
fn not_connected(place: SocketAddr, error: &io::Error, language: Language) -> Failure {
    let (message, help) = match error.kind() {
        ErrorKind::ConnectionRefused => (
            say!(
                language,
                "nobody listens at {place}",
                "{place} 没有程序在监听"
            ),
            say!(
                language,
                ("first, in another terminal: {}", listener_at(place)),
                ("请先在另一个终端运行：{}", listener_at(place))
            ),
        ),
        ErrorKind::TimedOut => (
            say!(
                language,
                "no answer from {place} within 5 seconds",
                "{place} 在 5 秒内没有应答"
            ),
            say!(
                language,
                "is the address right, and does a firewall let it through?",
                "请检查地址是否正确，防火墙是否放行"
            ),
        ),
        _ => (
            cannot(place, error, language),
            say!(language, "try another address or port", "换一个地址或端口"),
        ),
    };
    Failure::Usage { message, help }
}

fn listener_at(place: SocketAddr) -> String {
    if place == loopback(USUAL_PORT) {
        "sticky chat --listen".to_owned()
    } else {
        format!("sticky chat --listen {place}")
    }
}

fn cannot(place: SocketAddr, error: &io::Error, language: Language) -> String {
    let why = system::in_words(language, error);
    say!(
        language,
        "cannot use {place}: {why}",
        "无法使用 {place}：{why}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_an_address_and_a_port_or_a_port_alone() {
        let place = |given| parse(given, Language::English).ok();
        let at = |given: &str| given.parse::<SocketAddr>().ok();
        for (given, wanted) in [
            ("127.0.0.1:9001", at("127.0.0.1:9001")),
            ("[::1]:9000", at("[::1]:9000")),
            ("0.0.0.0:80", at("0.0.0.0:80")),
            ("9001", at("127.0.0.1:9001")),
            (":9001", at("127.0.0.1:9001")),
            ("localhost:9001", at("127.0.0.1:9001")),
            ("", None),
            ("9001a", None),
            ("+9001", None),
            ("65536", None),
            ("example.org:80", None),
            ("127.0.0.1", None),
        ] {
            assert_eq!(place(given), wanted, "{given}");
        }
    }
}
