//! The life of a socket in C.

use super::Writer;
use crate::render::code::notes::Note;
use crate::render::code::options::{OptionCode, OptionValue};
use crate::render::code::steps::suffix;
use crate::scenario::{Action, Opening, Side, SocketOption, Step, Transport};

impl Writer<'_, '_> {
    pub(super) fn open(&mut self, name: &str) {
        self.sheet.call("check");
        let kind = match self.sheet.plan.part.transport {
            Transport::Tcp => "AF_INET, SOCK_STREAM",
            Transport::Udp => "AF_INET, SOCK_DGRAM",
            Transport::UnixSeqpacket => "AF_UNIX, SOCK_SEQPACKET",
            Transport::UnixStream | Transport::Pipe => "AF_UNIX, SOCK_STREAM",
        };
        let assign = self.assign("int", name);
        self.line(format!("{assign}check(socket({kind}, 0), \"socket\");"));
    }

    pub(super) fn bind(&mut self, step: &Step, same_port: bool, options: &[SocketOption]) {
        let plan = self.sheet.plan;
        let udp = plan.is_over(Transport::Udp);
        let kind = if udp { "sock" } else { "listener" };
        let name = format!("{kind}{}", suffix(plan, step));
        self.open(&name);
        for option in plan.options(options) {
            self.set(&name, OptionCode::of(option));
        }
        if plan.side == Side::Client && !same_port {
            // Any free port, which is what an unbound socket gets by itself.
            return;
        }
        let call = format!("bind({name}, (struct sockaddr *)&address, sizeof address)");
        if step.fails.is_some() {
            self.sheet.imports.extend(["errno.h", "string.h"]);
            self.line(format!("if ({call} == -1) {{"));
            self.line("    printf(\"bind -> %s\\n\", strerror(errno));");
            self.line(format!("    close({name});"));
            self.line("} else {\n    puts(\"bind -> ok\");\n}");
            return;
        }
        self.line(format!("check({call}, \"bind\");"));
        let again = plan.any(|step| {
            matches!(
                step.action,
                Action::Open(Opening::Bind {
                    same_port: true,
                    ..
                })
            )
        });
        if again && !same_port {
            let size = "&(socklen_t){sizeof address}";
            self.sheet.note(Note::KeepsPort);
            self.line(format!(
                "getsockname({name}, (struct sockaddr *)&address, {size});"
            ));
        }
        if udp {
            self.announce(&name);
        }
    }

    /// What the other terminal waits for.
    pub(super) fn announce(&mut self, name: &str) {
        if self.sheet.plan.is_unix() {
            let on = self.sheet.say("listening on", "正在监听");
            self.line(format!("printf(\"{on} %s\\n\", address.sun_path);"));
        } else {
            self.sheet.call("announce");
            self.line(format!("announce({name});"));
        }
    }

    pub(super) fn connect(&mut self, conn: &str, step: &Step) {
        let plan = self.sheet.plan;
        let bound = plan.any(|step| matches!(step.action, Action::Open(Opening::Bind { .. })));
        if !bound {
            self.open(conn);
            for option in plan.options(&[]) {
                self.set(conn, OptionCode::of(option));
            }
        } else if plan.is_over(Transport::Tcp) {
            let assign = self.assign("int", conn);
            self.line(format!("{assign}{};", conn.replace("conn", "listener")));
        }
        let call = format!("connect({conn}, (struct sockaddr *)&address, sizeof address)");
        if step.fails.is_some() {
            self.sheet.imports.extend(["errno.h", "string.h"]);
            self.line(format!("if ({call} == -1)"));
            self.line("    printf(\"connect -> %s\\n\", strerror(errno));");
        } else {
            self.line(format!("check({call}, \"connect\");"));
        }
    }

    /// The arguments that hand a variable of this value to a call.
    pub(super) fn variable(&mut self, kind: &str, name: &str, value: &str) -> String {
        if self.declared.insert(name.to_owned()) {
            self.line(format!("{kind} {name} = {value};"));
        } else {
            self.line(format!("{name} = ({kind}){value};"));
        }
        format!("&{name}, sizeof {name}")
    }

    pub(super) fn set(&mut self, name: &str, code: OptionCode) {
        self.sheet.call("check");
        let value = match code.value {
            OptionValue::Number(number) => format!("&(int){{{number}}}, sizeof(int)"),
            OptionValue::Linger(seconds) => {
                let linger = format!("{{.l_onoff = 1, .l_linger = {seconds}}}");
                self.variable("struct linger", "linger", &linger)
            }
            OptionValue::Time(milliseconds) => {
                self.sheet.imports.insert("sys/time.h");
                let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000 * 1000);
                let limit = format!("{{.tv_sec = {seconds}, .tv_usec = {rest}}}");
                self.variable("struct timeval", "limit", &limit)
            }
        };
        if code.level == "IPPROTO_TCP" {
            self.sheet.imports.insert("netinet/tcp.h");
        }
        if code.name == "SO_REUSEPORT" {
            self.sheet.imports.insert("_GNU_SOURCE");
        }
        let (level, option) = (code.level, code.name);
        let call = format!("setsockopt({name}, {level}, {option}, {value})");
        self.line(format!("check({call}, \"{option}\");"));
    }
}
