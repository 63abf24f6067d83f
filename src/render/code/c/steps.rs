//! The steps of a C program.

use super::Writer;
use super::literal::text_literal;
use crate::render::code::options::OptionCode;
use crate::render::code::steps::{socket_to_set, stage, suffix};
use crate::scenario::{
    Action, Opening, Receiving, ScriptStep, SocketPart, SocketStep, Step, Transport,
};

impl Writer<'_, '_> {
    pub(super) fn steps(&mut self, steps: &[Step]) {
        let mut before = None;
        for step in steps {
            let stage = stage(&step.action);
            if before.is_some_and(|before| before != stage) && self.loops == 0 {
                self.line("");
            }
            before = Some(stage);
            self.action(step);
        }
    }

    /// `variable = `, declared where it is not yet.
    pub(super) fn assign(&mut self, kind: &str, variable: &str) -> String {
        if self.declared.insert(variable.to_owned()) {
            format!("{kind} {variable} = ")
        } else {
            format!("{variable} = ")
        }
    }

    pub(super) fn action(&mut self, step: &Step) {
        let plan = self.sheet.plan;
        let suffix = suffix(plan, step);
        let udp = plan.is_over(Transport::Udp);
        let conn = format!("{}{suffix}", if udp { "sock" } else { "conn" });
        match &step.action {
            Action::Open(Opening::Bind { same_port, options }) => {
                self.bind(step, *same_port, options);
            }
            Action::Open(Opening::Listen) => {
                self.sheet.call("check");
                self.line(format!("check(listen(listener{suffix}, 5), \"listen\");"));
                self.announce(&format!("listener{suffix}"));
            }
            Action::Open(Opening::Accept) => {
                self.sheet.call("check");
                let assign = self.assign("int", &conn);
                let listener = format!("listener{suffix}");
                self.line(format!(
                    "{assign}check(accept({listener}, NULL, NULL), \"accept\");"
                ));
                for option in plan.options_after_accept() {
                    self.set(&conn, OptionCode::of(option));
                }
            }
            Action::Open(Opening::Connect) => self.connect(&conn, step),
            Action::Send(send) => self.send(&conn, step, send),
            Action::Receive(Receiving::Recv(recv)) => self.recv(&conn, recv, step, "receive"),
            Action::Receive(Receiving::Exact(recv)) => {
                self.recv(&conn, recv, step, "receive_exact");
            }
            Action::Receive(Receiving::UntilEnd { at_most }) => {
                self.recv_until_end(&conn, *at_most, step);
            }
            Action::Receive(Receiving::Available { at_most }) => {
                self.recv_available(&conn, *at_most);
            }
            Action::Receive(Receiving::Decode {
                framing,
                messages,
                cap,
            }) => self.decode(
                &conn,
                *framing,
                messages.map(std::num::NonZeroU32::get),
                *cap,
                step,
            ),
            Action::Script(ScriptStep::Wait(condition)) => self.wait(&conn, condition),
            Action::Script(ScriptStep::Reach(point)) => {
                if plan.awaited.contains(point) {
                    self.line(format!("puts({});", text_literal(&format!("== {point}"))));
                }
            }
            Action::Script(ScriptStep::Pause(pause)) => {
                self.sheet.imports.extend(["_GNU_SOURCE", "time.h"]);
                let (seconds, rest) = (pause.as_secs(), pause.subsec_nanos());
                let time = format!("{{.tv_sec = {seconds}, .tv_nsec = {rest}}}");
                self.line(format!("nanosleep(&(struct timespec){time}, NULL);"));
            }
            Action::Socket(SocketStep::Set(option)) => {
                let open = socket_to_set(plan, step);
                self.set(&format!("{open}{suffix}"), OptionCode::of(*option));
            }
            Action::Socket(SocketStep::HalfClose) => {
                self.line(format!("shutdown({conn}, SHUT_WR);"));
            }
            Action::Socket(SocketStep::Close(SocketPart::Connection)) => {
                self.line(format!("close({conn});"));
            }
            Action::Socket(SocketStep::Close(SocketPart::Listener)) => {
                self.line(format!("close(listener{suffix});"));
                if plan.is_unix() {
                    self.line("unlink(address.sun_path);");
                }
            }
            Action::Socket(SocketStep::DropArriving(on)) => {
                let helper = plan.drop_arriving();
                self.sheet.call(helper);
                self.line(format!("{helper}({conn}, {on});"));
            }
            Action::Repeat { times, steps } => {
                let i = ["i", "j", "k", "l"].get(self.loops).copied().unwrap_or("m");
                self.line(format!("for (int {i} = 0; {i} < {times}; {i}++) {{"));
                let declared = self.declared.clone();
                self.loops += 1;
                self.sheet.depth += 1;
                self.steps(steps);
                self.sheet.depth -= 1;
                self.loops -= 1;
                self.declared = declared;
                self.line("}");
            }
        }
    }
}
