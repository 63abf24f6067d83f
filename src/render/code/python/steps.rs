//! The steps of a Python program, and those that have to fail.

use super::payload::text_literal;
use super::sockets::{bind, connect, listening, set, unbound};
use super::transfer::{decode, limit_recv, recv_step, send_step};
use super::waits::wait;
use crate::render::code::options::OptionCode;
use crate::render::code::sheet::Sheet;
use crate::render::code::steps::{call_name, socket_to_set, stage, suffix};
use crate::scenario::{
    Action, Fault, LengthError, Opening, Receiving, ScriptStep, SocketPart, SocketStep, Step,
    Transport,
};

pub(super) fn steps(sheet: &mut Sheet<'_, '_>, steps: &[Step]) {
    let mut before = None;
    for step in steps {
        let stage = stage(&step.action);
        if before.is_some_and(|before| before != stage) && sheet.depth == 0 {
            sheet.line("");
        }
        before = Some(stage);
        match step.fails {
            None => action(sheet, step),
            Some(fault) => failing(sheet, step, fault),
        }
    }
}

/// A step that has to fail: what it fails with is printed, and the program goes on.
pub(super) fn failing(sheet: &mut Sheet<'_, '_>, step: &Step, fault: Fault) {
    sheet.line("try:");
    sheet.inside(|sheet| {
        action(sheet, step);
        match (&step.action, fault) {
            (Action::Open(Opening::Bind { .. }), _) => sheet.line("print(\"bind -> ok\")"),
            (_, Fault::Length(error)) => check_length(sheet, error),
            _ => {}
        }
    });
    let call = call_name(&step.action);
    match fault {
        Fault::System(fault) => {
            sheet.imports.insert("errno");
            let name = fault.name();
            sheet.line(format!("except OSError as error:  # {name}"));
            sheet.inside(|sheet| {
                sheet.line(format!(
                    "print(\"{call} ->\", errno.errorcode[error.errno])"
                ));
                if matches!(step.action, Action::Open(Opening::Bind { .. })) {
                    let name = unbound(sheet.plan, step);
                    sheet.line(format!("{name}.close()"));
                }
            });
        }
        Fault::Framing(_) | Fault::Length(_) => {
            let errors = if sheet.imports.contains("struct") {
                "(ValueError, struct.error)"
            } else {
                "ValueError"
            };
            sheet.line(format!("except {errors} as error:"));
            sheet.inside(|sheet| {
                let refused = sheet.say("refused:", "拒绝：");
                sheet.line(format!("print(\"{refused}\", error)"));
            });
        }
    }
}

/// What Python would find out only later.
pub(super) fn check_length(sheet: &mut Sheet<'_, '_>, error: LengthError) {
    let (condition, why) = match error {
        LengthError::NegativeLength => ("length < 0", sheet.say("a negative length", "长度为负")),
        LengthError::LengthTooLarge => (
            "length > 64 * 2**20",
            sheet.say("too large to receive", "长度太大，不予接收"),
        ),
        LengthError::NotANumber | LengthError::LengthDoesNotFit | LengthError::NoLength => return,
    };
    sheet.line(format!("if {condition}:"));
    sheet.line(format!("    raise ValueError(\"{why}\")"));
}

pub(super) fn action(sheet: &mut Sheet<'_, '_>, step: &Step) {
    let plan = sheet.plan;
    let suffix = suffix(plan, step);
    let conn = format!(
        "{}{suffix}",
        if plan.is_over(Transport::Udp) {
            "sock"
        } else {
            "conn"
        }
    );
    match &step.action {
        Action::Open(Opening::Bind { same_port, options }) => {
            bind(sheet, step, *same_port, options);
        }
        Action::Open(Opening::Listen) => {
            sheet.line(format!("listener{suffix}.listen()"));
            listening(sheet, &format!("listener{suffix}"));
        }
        Action::Open(Opening::Accept) => {
            sheet.line(format!("{conn}, _ = listener{suffix}.accept()"));
            for option in plan.options_after_accept() {
                set(sheet, &conn, OptionCode::of(option));
            }
        }
        Action::Open(Opening::Connect) => connect(sheet, &conn),
        Action::Send(send) => send_step(sheet, &conn, send),
        Action::Receive(Receiving::Recv(recv)) => recv_step(sheet, &conn, recv, step, "recv"),
        Action::Receive(Receiving::Exact(recv)) => {
            recv_step(sheet, &conn, recv, step, "recv_exact");
        }
        Action::Receive(Receiving::UntilEnd { at_most }) => {
            limit_recv(sheet, &conn, step);
            sheet.call("recv");
            if plan.is_over(Transport::Udp) {
                sheet.line(format!("while True:\n    recv({conn}, {at_most})"));
            } else {
                sheet.line(format!("while recv({conn}, {at_most}):\n    pass"));
            }
        }
        Action::Receive(Receiving::Available { at_most }) => {
            sheet.call("recv_available");
            sheet.line(format!("recv_available({conn}, {at_most})"));
        }
        Action::Receive(Receiving::Decode {
            framing,
            messages,
            cap,
        }) => decode(sheet, &conn, *framing, *messages, *cap),
        Action::Script(ScriptStep::Wait(condition)) => wait(sheet, &conn, condition),
        Action::Script(ScriptStep::Reach(point)) => {
            if plan.awaited.contains(point) {
                sheet.line(format!("print({})", text_literal(&format!("== {point}"))));
            }
        }
        Action::Script(ScriptStep::Pause(pause)) => {
            sheet.imports.insert("time");
            sheet.line(format!("time.sleep({})", pause.as_secs_f64()));
        }
        Action::Socket(SocketStep::Set(option)) => {
            let open = socket_to_set(plan, step);
            set(sheet, &format!("{open}{suffix}"), OptionCode::of(*option));
        }
        Action::Socket(SocketStep::HalfClose) => {
            sheet.line(format!("{conn}.shutdown(socket.SHUT_WR)"));
        }
        Action::Socket(SocketStep::Close(SocketPart::Connection)) => {
            sheet.line(format!("{conn}.close()"));
        }
        Action::Socket(SocketStep::Close(SocketPart::Listener)) => {
            sheet.line(format!("listener{suffix}.close()"));
            if plan.is_unix() {
                sheet.imports.insert("os");
                sheet.line("os.unlink(path)");
            }
        }
        Action::Socket(SocketStep::DropArriving(on)) => {
            let helper = plan.drop_arriving();
            sheet.call(helper);
            let on = if *on { "True" } else { "False" };
            sheet.line(format!("{helper}({conn}, {on})"));
        }
        Action::Repeat {
            times,
            steps: block,
        } => {
            sheet.line(format!("for _ in range({times}):"));
            sheet.inside(|sheet| steps(sheet, block));
        }
    }
}
