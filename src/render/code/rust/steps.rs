//! The steps of a Rust program.

use super::Writer;
use super::literal::text_literal;
use crate::render::code::steps::{call_name, socket_to_set, stage, suffix};
use crate::scenario::{
    Action, Fault, Opening, Receiving, ScriptStep, SocketPart, SocketStep, Step, Transport,
};

impl Writer<'_, '_> {
    pub(super) fn steps(&mut self, steps: &[Step]) {
        let mut before = None;
        for step in steps {
            let stage = stage(&step.action);
            // What is open in the end is closed by leaving main.
            let left_open = self.sheet.plan.is_implied_close(step) && !self.closes(step);
            if left_open {
                continue;
            }
            if before.is_some_and(|before| before != stage) && self.sheet.depth == 1 {
                self.line("");
            }
            before = Some(stage);
            self.action(step);
        }
    }

    /// Whether a close at the end has to be written: nothing else was done with the
    /// socket, or its file has to go.
    pub(super) fn closes(&self, step: &Step) -> bool {
        let plan = self.sheet.plan;
        let conn = self.connection(step);
        match step.action {
            Action::Socket(SocketStep::Close(SocketPart::Listener)) => plan.is_unix(),
            _ => {
                !self.sheet.body.contains(&format!("&{conn}"))
                    && !self.sheet.body.contains(&format!("{conn}."))
            }
        }
    }

    pub(super) fn connection(&self, step: &Step) -> String {
        let plan = self.sheet.plan;
        let udp = plan.is_over(Transport::Udp);
        let kind = if udp { "sock" } else { "conn" };
        format!("{kind}{}", suffix(plan, step))
    }

    pub(super) fn action(&mut self, step: &Step) {
        let plan = self.sheet.plan;
        let suffix = suffix(plan, step);
        let conn = self.connection(step);
        match &step.action {
            Action::Open(Opening::Bind { options, .. }) => self.bind(step, options),
            Action::Open(Opening::Listen) => self.listening(&format!("listener{suffix}")),
            Action::Open(Opening::Accept) => {
                self.line(format!("let ({conn}, _) = listener{suffix}.accept()?;"));
                for option in plan.options_after_accept() {
                    self.set(&conn, option);
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
                self.import_stream();
                self.sheet.call("receive_available");
                let peer = if plan.answers() { ", &mut peer" } else { "" };
                self.line(format!("receive_available(&{conn}, {at_most}{peer})?;"));
            }
            Action::Receive(Receiving::Decode {
                framing,
                messages,
                cap,
            }) => self.decode(&conn, *framing, *messages, *cap, step),
            Action::Script(ScriptStep::Wait(condition)) => self.wait(&conn, condition),
            Action::Script(ScriptStep::Reach(point)) => {
                if plan.awaited.contains(point) {
                    // A brace would begin an argument.
                    let point = format!("== {point}").replace('{', "{{").replace('}', "}}");
                    let line = self.snippet("line-reach", &[("point", &text_literal(&point))]);
                    self.line(line);
                }
            }
            Action::Script(ScriptStep::Pause(pause)) => {
                self.sheet
                    .imports
                    .extend(["thread::self", "time::Duration"]);
                let micros = pause.as_micros();
                self.line(format!("thread::sleep(Duration::from_micros({micros}));"));
            }
            Action::Socket(SocketStep::Set(option)) => {
                let open = socket_to_set(plan, step);
                self.set(&format!("{open}{suffix}"), *option);
            }
            Action::Socket(SocketStep::HalfClose) => {
                self.sheet.imports.insert("net::Shutdown");
                self.fallible(step, &format!("{conn}.shutdown(Shutdown::Write)"));
            }
            Action::Socket(SocketStep::Close(SocketPart::Connection)) => {
                self.line(format!("drop({conn});"));
            }
            Action::Socket(SocketStep::Close(SocketPart::Listener)) => {
                if plan.is_unix() {
                    self.line("std::fs::remove_file(path)?;");
                } else {
                    self.line(format!("drop(listener{suffix});"));
                }
            }
            Action::Socket(SocketStep::DropArriving(on)) => {
                self.import_stream();
                let helper = plan.drop_arriving();
                self.sheet.call(helper);
                self.line(format!("{helper}(&{conn}, {on})?;"));
            }
            Action::Repeat { times, steps } => {
                self.line(format!("for _ in 0..{times} {{"));
                self.sheet.depth += 1;
                self.steps(steps);
                self.sheet.depth -= 1;
                self.line("}");
            }
        }
    }

    /// A call whose error is printed where it has to fail, and ends the program where not.
    pub(super) fn fallible(&mut self, step: &Step, call: &str) {
        match step.fails {
            None => self.line(format!("{call}?;")),
            Some(fault) => {
                self.line(format!("if let Err(error) = {call} {{"));
                let line = self.failed(step, fault);
                self.line(format!("    {line}"));
                self.line("}");
            }
        }
    }

    /// The statement that says what failed.
    pub(super) fn failed(&self, step: &Step, fault: Fault) -> String {
        match fault {
            Fault::System(_) => {
                let call = call_name(&step.action);
                self.snippet("line-failed", &[("call", &call)])
            }
            Fault::Framing(_) | Fault::Length(_) => self.snippet("line-refused", &[]),
        }
    }
}
