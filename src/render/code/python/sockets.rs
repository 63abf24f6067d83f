//! The life of a socket in Python.

use crate::render::code::options::{OptionCode, OptionValue};
use crate::render::code::plan::Plan;
use crate::render::code::sheet::Sheet;
use crate::render::code::steps::suffix;
use crate::scenario::{Action, Opening, Side, SocketOption, Step, Transport};

/// The socket that a bind failed for.
pub(super) fn unbound(plan: &Plan<'_>, step: &Step) -> String {
    let udp = plan.is_over(Transport::Udp);
    format!(
        "{}{}",
        if udp { "sock" } else { "listener" },
        suffix(plan, step)
    )
}

pub(super) fn bind(
    sheet: &mut Sheet<'_, '_>,
    step: &Step,
    same_port: bool,
    options: &[SocketOption],
) {
    let plan = sheet.plan;
    let udp = plan.is_over(Transport::Udp);
    let name = unbound(plan, step);
    let kind = match plan.part.transport {
        Transport::Tcp => "socket.AF_INET, socket.SOCK_STREAM",
        Transport::Udp => "socket.AF_INET, socket.SOCK_DGRAM",
        Transport::UnixSeqpacket => "socket.AF_UNIX, socket.SOCK_SEQPACKET",
        Transport::UnixStream | Transport::Pipe => "socket.AF_UNIX, socket.SOCK_STREAM",
    };
    sheet.line(format!("{name} = socket.socket({kind})"));
    for option in plan.options(options) {
        set(sheet, &name, OptionCode::of(option));
    }
    if plan.is_unix() {
        sheet.line(format!("{name}.bind(path)"));
        return;
    }
    match (plan.side, same_port) {
        // Any free port; a datagram socket gets one when it sends.
        (Side::Client, false) if udp => return,
        (Side::Client, false) => sheet.line(format!("{name}.bind((\"127.0.0.1\", 0))")),
        (Side::Server, false) | (_, true) => {
            sheet.line(format!("{name}.bind((\"127.0.0.1\", port))"));
        }
    }
    let binds_again = plan.any(|step| {
        matches!(
            step.action,
            Action::Open(Opening::Bind {
                same_port: true,
                ..
            })
        )
    });
    if !same_port && binds_again {
        sheet.line(format!("port = {name}.getsockname()[1]"));
    }
    if udp {
        listening(sheet, &name);
    }
}

/// What the other terminal waits for.
pub(super) fn listening(sheet: &mut Sheet<'_, '_>, name: &str) {
    let on = sheet.say("listening on", "正在监听");
    if sheet.plan.is_unix() {
        sheet.line(format!("print(f\"{on} {{path}}\")"));
    } else {
        sheet.line(format!(
            "print(f\"{on} 127.0.0.1:{{{name}.getsockname()[1]}}\")"
        ));
    }
}

pub(super) fn connect(sheet: &mut Sheet<'_, '_>, conn: &str) {
    let plan = sheet.plan;
    let (kind, address) = match plan.part.transport {
        Transport::Tcp => (
            "socket.AF_INET, socket.SOCK_STREAM",
            "(\"127.0.0.1\", port)",
        ),
        Transport::Udp => ("socket.AF_INET, socket.SOCK_DGRAM", "(\"127.0.0.1\", port)"),
        Transport::UnixSeqpacket => ("socket.AF_UNIX, socket.SOCK_SEQPACKET", "path"),
        Transport::UnixStream | Transport::Pipe => ("socket.AF_UNIX, socket.SOCK_STREAM", "path"),
    };
    let bound = plan.any(|step| matches!(step.action, Action::Open(Opening::Bind { .. })));
    if !bound {
        sheet.line(format!("{conn} = socket.socket({kind})"));
        for option in plan.options(&[]) {
            set(sheet, conn, OptionCode::of(option));
        }
    } else if plan.is_over(Transport::Tcp) {
        sheet.line(format!("{conn} = {}", conn.replace("conn", "listener")));
    }
    sheet.line(format!("{conn}.connect({address})"));
}

pub(super) fn set(sheet: &mut Sheet<'_, '_>, name: &str, code: OptionCode) {
    let value = match code.value {
        OptionValue::Number(number) => number.to_string(),
        OptionValue::Linger(seconds) => {
            sheet.imports.insert("struct");
            format!("struct.pack(\"ii\", 1, {seconds})")
        }
        OptionValue::Time(milliseconds) => {
            sheet.imports.insert("struct");
            let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000 * 1000);
            format!("struct.pack(\"ll\", {seconds}, {rest})")
        }
    };
    sheet.line(format!(
        "{name}.setsockopt(socket.{}, socket.{}, {value})",
        code.level, code.name
    ));
}
