//! The life of a socket in Rust.

use super::Writer;
use crate::render::code::options::{OptionCode, OptionValue};
use crate::render::code::steps::suffix;
use crate::scenario::{Action, Opening, Side, SocketOption, Step, Transport};

impl Writer<'_, '_> {
    /// The type that helpers take.
    pub(super) fn import_stream(&mut self) {
        self.sheet
            .imports
            .insert(match self.sheet.plan.part.transport {
                Transport::Tcp => "net::TcpStream",
                Transport::Udp => "net::UdpSocket",
                Transport::UnixStream | Transport::UnixSeqpacket | Transport::Pipe => {
                    "os::unix::net::UnixStream"
                }
            });
    }

    pub(super) fn bind(&mut self, step: &Step, options: &[SocketOption]) {
        let plan = self.sheet.plan;
        let suffix = suffix(plan, step);
        let (name, call) = match plan.part.transport {
            Transport::Tcp => {
                self.sheet.imports.insert("net::TcpListener");
                (
                    format!("listener{suffix}"),
                    "TcpListener::bind((\"127.0.0.1\", port))",
                )
            }
            Transport::Udp if plan.side == Side::Client => (
                format!("sock{suffix}"),
                "UdpSocket::bind((\"127.0.0.1\", 0))",
            ),
            Transport::Udp => (
                format!("sock{suffix}"),
                "UdpSocket::bind((\"127.0.0.1\", port))",
            ),
            Transport::UnixStream | Transport::UnixSeqpacket | Transport::Pipe => {
                self.sheet.imports.insert("os::unix::net::UnixListener");
                (format!("listener{suffix}"), "UnixListener::bind(&path)")
            }
        };
        if plan.is_over(Transport::Udp) {
            self.import_stream();
        }
        self.line(format!("let {name} = {call}?;"));
        for option in plan.options(options) {
            match option {
                // std sets it for a listener.
                SocketOption::ReuseAddress(_) | SocketOption::ReusePort(_) => {}
                // std has these for connections only.
                SocketOption::NoDelay(_) | SocketOption::SendTimeout(_)
                    if plan.is_over(Transport::Tcp) => {}
                option => self.set(&name, option),
            }
        }
        if plan.is_over(Transport::Udp) && plan.side == Side::Server {
            self.listening(&name);
        }
    }

    /// What the other terminal waits for.
    pub(super) fn listening(&mut self, name: &str) {
        let line = if self.sheet.plan.is_unix() {
            self.snippet("line-listening-unix", &[])
        } else {
            self.snippet("line-listening", &[("name", name)])
        };
        self.line(line);
    }

    pub(super) fn connect(&mut self, conn: &str, step: &Step) {
        let plan = self.sheet.plan;
        self.import_stream();
        if plan.is_over(Transport::Udp) {
            if !plan.any(|step| matches!(step.action, Action::Open(Opening::Bind { .. }))) {
                self.line(format!(
                    "let {conn} = UdpSocket::bind((\"127.0.0.1\", 0))?;"
                ));
            }
            self.fallible(step, &format!("{conn}.connect((\"127.0.0.1\", port))"));
            return;
        }
        let call = if plan.is_unix() {
            "UnixStream::connect(path)"
        } else {
            "TcpStream::connect((\"127.0.0.1\", port))"
        };
        if step.fails.is_some() {
            self.fallible(step, call);
            return;
        }
        self.line(format!("let {conn} = {call}?;"));
        for option in plan.options(&[]) {
            match option {
                SocketOption::ReuseAddress(_) | SocketOption::ReusePort(_) => {}
                option => self.set(conn, option),
            }
        }
    }

    /// An option, by std where it has it.
    pub(super) fn set(&mut self, name: &str, option: SocketOption) {
        match option {
            SocketOption::NoDelay(on) if name.starts_with("conn") => {
                self.line(format!("{name}.set_nodelay({on})?;"));
                return;
            }
            SocketOption::SendTimeout(milliseconds) => {
                self.sheet.imports.insert("time::Duration");
                let time = format!("Some(Duration::from_millis({milliseconds}))");
                self.line(format!("{name}.set_write_timeout({time})?;"));
                return;
            }
            _ => {}
        }
        self.sheet.call("set_option");
        let code = OptionCode::of(option);
        let value = match code.value {
            OptionValue::Number(number) => format!("{number}_i32"),
            OptionValue::Linger(seconds) => format!("[1_i32, {seconds}]"),
            OptionValue::Time(milliseconds) => {
                format!(
                    "[{}_i64, {}]",
                    milliseconds / 1000,
                    milliseconds % 1000 * 1000
                )
            }
        };
        let ((level, number), meaning) = (code.numbers, (code.level, code.name));
        self.line(format!(
            "set_option(&{name}, {level}, {number}, {value})?; // {}, {}",
            meaning.0, meaning.1
        ));
    }
}
