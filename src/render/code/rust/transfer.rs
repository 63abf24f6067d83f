//! Sends, recvs and waits in Rust.

use std::num::NonZeroU32;

use super::Writer;
use super::literal::{Made, bytes_of, text_literal};
use crate::framing::{ErrorKind, Framing};
use crate::render::code::framed;
use crate::render::code::notes::Note;
use crate::scenario::{
    Condition, Fault, LengthCode, RecvLength, RecvStep, SendStep, Step, SystemFault, Transport,
};

/// The flags of a send, by their numbers on Linux, and what they are called.
fn flags_of(send: &SendStep) -> (u32, String) {
    let given = [
        (send.more, 0x8000, "MSG_MORE"),
        (send.nonblocking, 0x40, "MSG_DONTWAIT"),
        (send.end_of_record, 0x80, "MSG_EOR"),
    ];
    let given = given.iter().filter(|(given, ..)| *given);
    let bits = given.clone().fold(0, |bits, (_, bit, _)| bits | bit);
    let names: Vec<&str> = given.map(|(_, _, name)| *name).collect();
    (bits, names.join(" | "))
}

impl Writer<'_, '_> {
    pub(super) fn send(&mut self, conn: &str, step: &Step, send: &SendStep) {
        let plan = self.sheet.plan;
        self.import_stream();
        self.sheet.call("transmit");
        let mut made = bytes_of(&mut self.sheet, &send.payload);
        if let Some(framing) = send.framing {
            self.sheet
                .call_framed(framed::sections(framing).encode, framing);
            let name = framed::identifier(framing);
            let payload = match made {
                Made::Bytes(bytes) => bytes,
                Made::Fallible(bytes) => format!("&{bytes}?"),
            };
            made = Made::Fallible(format!("encode_{name}({payload})"));
        }
        let (bits, names) = flags_of(send);
        let (mut behind, mut note) = (String::new(), String::new());
        if super::sends_with_flags(plan) && !plan.is_over(Transport::Udp) {
            behind = if bits == 0 {
                ", 0".to_owned()
            } else {
                format!(", {bits:#x}")
            };
            if bits > 0 {
                note = format!(" // {names}");
            }
        } else if plan.answers() {
            behind = String::from(", peer");
        } else if plan.is_over(Transport::Udp) && self.sheet.filling.facts.contains("tells") {
            behind = String::from(", port");
        }
        if let Some(most) = send.pieces {
            let bytes = match made {
                Made::Bytes(bytes) => bytes.trim_start_matches('&').to_owned(),
                Made::Fallible(bytes) => format!("{bytes}?"),
            };
            self.line(format!("for piece in {bytes}.chunks({most}) {{"));
            self.line(format!("    transmit(&{conn}, piece{behind})?;{note}"));
            self.line("}");
            return;
        }
        let call = match (made, step.fails) {
            (Made::Bytes(bytes), _) => format!("transmit(&{conn}, {bytes}{behind})"),
            (Made::Fallible(bytes), None) => format!("transmit(&{conn}, &{bytes}?{behind})"),
            (Made::Fallible(bytes), Some(_)) => {
                self.line(format!("let made = {bytes};"));
                format!("made.and_then(|data| transmit(&{conn}, &data{behind}))")
            }
        };
        if step.fails.is_none() {
            self.line(format!("{call}?;{note}"));
        } else {
            self.fallible(step, &call);
        }
    }

    /// What stands behind the size in every recv.
    fn behind(&self) -> &'static str {
        if super::recvs_with_flags(self.sheet.plan) {
            ", 0"
        } else if self.sheet.plan.answers() {
            ", &mut peer"
        } else {
            ""
        }
    }

    pub(super) fn recv(&mut self, conn: &str, recv: &RecvStep, step: &Step, helper: &'static str) {
        self.limit_recv(conn, step);
        self.import_stream();
        let size = match recv.length {
            RecvLength::Bytes(bytes) => bytes.to_string(),
            RecvLength::Carried => "length".to_owned(),
        };
        let ends_early = matches!(step.fails, Some(Fault::Framing(_)));
        let helper = if helper == "receive_exact" && ends_early {
            "read_body"
        } else {
            helper
        };
        self.sheet.call(helper);
        let behind = match (helper, recv.peek, recv.wait_all) {
            ("receive", true, false) => ", 0x2",
            ("receive", false, true) => ", 0x100",
            ("receive", true, true) => ", 0x102",
            ("receive", false, false) => self.behind(),
            (..) => "",
        };
        let note = match (helper, recv.peek, recv.wait_all) {
            ("receive", true, false) => " // MSG_PEEK",
            ("receive", false, true) => " // MSG_WAITALL",
            ("receive", true, true) => " // MSG_PEEK | MSG_WAITALL",
            (..) => "",
        };
        let call = format!("{helper}(&{conn}, {size}{behind})");
        match (recv.carries, step.fails) {
            (None, None) => self.line(format!("{call}?;{note}")),
            (None, Some(_)) => self.fallible(step, &call),
            (Some(code), None) => {
                let reader = self.reader(code);
                self.line(format!("let length = {reader}({call}?)?;"));
            }
            (Some(code), Some(_)) => {
                let reader = self.reader(code);
                self.fallible(step, &format!("{call}.and_then({reader})"));
            }
        }
    }

    /// What reads a length.
    fn reader(&mut self, code: LengthCode) -> &'static str {
        let reader = match code {
            LengthCode::PythonInt => "python_int",
            LengthCode::Digits | LengthCode::Digits8 => "digits",
            LengthCode::I32Native => "i32_native",
            LengthCode::I32Le => "i32_le",
            LengthCode::I32Be => "i32_be",
        };
        self.sheet.call(reader);
        reader
    }

    pub(super) fn recv_until_end(&mut self, conn: &str, at_most: u32, step: &Step) {
        self.limit_recv(conn, step);
        self.import_stream();
        self.sheet.call("receive");
        let call = format!("receive(&{conn}, {at_most}{})", self.behind());
        let Some(_) = step.fails else {
            self.line(format!("while !{call}?.is_empty() {{}}"));
            return;
        };
        let failed = at_most.to_string();
        let failed = self.snippet("line-failed", &[("call", &format!("recv({failed})"))]);
        self.line("loop {");
        self.line(format!("    match {call} {{"));
        if !self.sheet.plan.is_over(Transport::Udp) {
            self.line("        Ok(data) if data.is_empty() => break,");
        }
        self.line("        Ok(_) => {}");
        self.line("        Err(error) => {");
        self.line(format!("            {failed}"));
        self.line("            break;\n        }\n    }\n}");
    }

    /// A recv that has to give up after the deadline gets one, from the first bytes on.
    fn limit_recv(&mut self, conn: &str, step: &Step) {
        if step.fails != Some(Fault::System(SystemFault::WouldBlock)) {
            return;
        }
        self.sheet.imports.insert("time::Duration");
        if self.sheet.plan.receives_first(step) {
            self.sheet.note(Note::FirstOfAll);
            self.line(format!("{conn}.peek(&mut [0])?;"));
        }
        self.sheet.note(Note::GivesUp);
        let deadline = self.sheet.plan.part.deadline.as_millis().max(1);
        let time = format!("Some(Duration::from_millis({deadline}))");
        self.line(format!("{conn}.set_read_timeout({time})?;"));
    }

    pub(super) fn decode(
        &mut self,
        conn: &str,
        framing: Framing,
        messages: Option<NonZeroU32>,
        cap: u32,
        step: &Step,
    ) {
        self.import_stream();
        self.sheet.call("message");
        self.sheet
            .call_framed(framed::sections(framing).decode, framing);
        let read = format!("read_{}(&{conn}, {cap})", framed::identifier(framing));
        let kind = ErrorKind::EndInsideHeader;
        let why = kind.clause(self.sheet.plan.language);
        match (messages, step.fails) {
            (None, None) => {
                self.line(format!("while let Some(data) = {read}? {{"));
                self.line("    message(&data);\n}");
            }
            (Some(count), None) => {
                self.line(format!("for _ in 0..{count} {{"));
                self.line(format!(
                    "    let data = {read}?.ok_or(io::Error::other(\"{why}\"))?;"
                ));
                self.line("    message(&data);\n}");
            }
            (count, Some(fault)) => {
                let failed = self.failed(step, fault);
                match count {
                    None => {
                        self.line("loop {");
                        self.line(format!("    match {read} {{"));
                        self.line("        Ok(Some(data)) => message(&data),");
                        self.line("        Ok(None) => break,");
                    }
                    Some(count) => {
                        let all = format!("data.ok_or(io::Error::other(\"{why}\"))");
                        self.line(format!("for _ in 0..{count} {{"));
                        self.line(format!("    match {read}.and_then(|data| {all}) {{"));
                        self.line("        Ok(data) => message(&data),");
                    }
                }
                self.line("        Err(error) => {");
                self.line(format!("            {failed}"));
                self.line("            break;\n        }\n    }\n}");
            }
        }
    }

    pub(super) fn wait(&mut self, conn: &str, condition: &Condition) {
        match condition {
            Condition::Queued(bytes) => self.wait_queued(conn, *bytes),
            Condition::Acknowledged => {
                self.look("unacknowledged", &format!("unacknowledged(&{conn}) > 0"));
            }
            Condition::Segments(count) => {
                self.look("tcp_info", &format!("tcp_info(&{conn}).0 < {count}"));
            }
            Condition::Retransmitted(count) => {
                self.look("tcp_info", &format!("tcp_info(&{conn}).1 < {count}"));
            }
            Condition::Dropped(count) => {
                self.look("dropped", &format!("dropped(&{conn}) < {count}"));
            }
            Condition::PeerClosed => self.poll(conn, "0x2000", Note::PeerClosed),
            Condition::Reset => self.poll(conn, "0", Note::Reset),
            Condition::Reached(point) => {
                self.sheet.call("wait_for");
                self.line(format!("wait_for({})?;", text_literal(point)));
            }
        }
    }

    /// Waits until poll tells of one of these events, or of an error, which it always does.
    fn poll(&mut self, conn: &str, events: &str, note: Note) {
        self.sheet.call("poll");
        self.sheet.note(note);
        self.line("let mut polled = PollFd {");
        self.line(format!("    fd: {conn}.as_raw_fd(),"));
        self.line(format!("    events: {events},\n    revents: 0,\n}};"));
        let line = self.snippet("line-poll", &[]);
        self.line(line);
    }

    fn wait_queued(&mut self, conn: &str, bytes: u32) {
        self.sheet.call("nap");
        self.sheet.note(Note::Queued {
            bytes,
            or_end: false,
        });
        if self.sheet.plan.is_unix() {
            self.import_stream();
            self.sheet.call("peek");
            self.line(format!("while peek(&{conn}, {bytes}) < {bytes} {{"));
            self.line("    nap();\n}");
            return;
        }
        let buffer = if bytes > 4096 { "vec!" } else { "" };
        self.line(format!(
            "while {conn}.peek(&mut {buffer}[0; {bytes}])? < {bytes} {{"
        ));
        self.line("    nap();\n}");
    }

    fn look(&mut self, helper: &'static str, unmet: &str) {
        self.import_stream();
        self.sheet.call(helper);
        self.sheet.call("nap");
        self.line(format!("while {unmet} {{\n    nap();\n}}"));
    }
}
