//! Sends, recvs and waits in C.

use super::Writer;
use super::literal::{bytes_literal, text_literal};
use crate::framing::{ErrorKind, Framing};
use crate::render::code::framed;
use crate::render::code::notes::Note;
use crate::render::code::options::OptionCode;
use crate::scenario::{
    Condition, Fault, LengthCode, Payload, RecvLength, RecvStep, SendStep, Step, SystemFault,
};

/// A payload as the arguments of a call, after the lines that make it.
struct Made {
    before: Vec<String>,
    bytes: String,
    size: String,
    /// Whether the size is negative where it was refused.
    refusable: bool,
}

/// The flags that a send is given.
pub(super) fn send_flags(step: &Step, send: &SendStep) -> String {
    let broken = step.fails == Some(Fault::System(SystemFault::BrokenPipe));
    let flags: Vec<&str> = [
        (send.more, "MSG_MORE"),
        (send.nonblocking, "MSG_DONTWAIT"),
        (send.end_of_record, "MSG_EOR"),
        // Or the process ends here.
        (broken, "MSG_NOSIGNAL"),
    ]
    .iter()
    .filter_map(|(given, flag)| given.then_some(*flag))
    .collect();
    flags.join(" | ")
}

impl Writer<'_, '_> {
    fn made(&mut self, payload: &Payload) -> Made {
        let plain = |bytes: String, size: usize| Made {
            before: Vec::new(),
            bytes,
            size: size.to_string(),
            refusable: false,
        };
        match payload {
            Payload::Text(text) => plain(text_literal(text), text.len()),
            Payload::Hex(bytes) => plain(bytes_literal(bytes), bytes.len()),
            Payload::Repeat { text, times } => {
                self.sheet.call("repeat");
                self.sheet.call("data");
                Made {
                    before: vec![format!("repeat(data, {}, {times});", text_literal(text))],
                    ..plain("data".to_owned(), text.len() * *times as usize)
                }
            }
            Payload::Random { bytes, seed } => {
                self.sheet.call("noise");
                self.sheet.call("data");
                let seed = seed % (1 << 31);
                Made {
                    before: vec![format!("noise(data, {bytes}, {seed});")],
                    ..plain("data".to_owned(), *bytes as usize)
                }
            }
            Payload::Length { length, code } => self.length(*length, *code),
            Payload::LengthOf { payload, code } => {
                self.length(payload.len().unwrap_or_default(), *code)
            }
        }
    }

    /// A length as bytes.
    fn length(&mut self, length: u64, code: LengthCode) -> Made {
        let written = code.write(length);
        let (bytes, size) = match (code, &written) {
            (LengthCode::Digits8, _) => return self.checked_length("digits_8", length),
            (LengthCode::I32Native, Err(_)) => {
                return self.checked_length("write_i32_native", length);
            }
            (LengthCode::I32Le, Err(_)) => return self.checked_length("write_i32_le", length),
            (LengthCode::I32Be, Err(_)) => return self.checked_length("write_i32_be", length),
            (LengthCode::I32Native, Ok(_)) => {
                self.sheet.imports.insert("stdint.h");
                (
                    format!("&(int32_t){{{length}}}"),
                    "sizeof(int32_t)".to_owned(),
                )
            }
            (LengthCode::Digits | LengthCode::PythonInt, _) => {
                let digits = length.to_string();
                (text_literal(&digits), digits.len().to_string())
            }
            (LengthCode::I32Le | LengthCode::I32Be, Ok(bytes)) => {
                (bytes_literal(bytes), bytes.len().to_string())
            }
        };
        Made {
            before: Vec::new(),
            bytes,
            size,
            refusable: false,
        }
    }

    /// A length that the program has to look at before it is sent.
    fn checked_length(&mut self, helper: &'static str, length: u64) -> Made {
        self.sheet.call(helper);
        self.sheet.call("data");
        Made {
            before: Vec::new(),
            bytes: "data".to_owned(),
            size: format!("{helper}(data, {length})"),
            refusable: true,
        }
    }

    pub(super) fn send(&mut self, conn: &str, step: &Step, send: &SendStep) {
        let mut made = self.made(&send.payload);
        if let Some(framing) = send.framing {
            self.sheet.call("frame");
            self.sheet
                .call_framed(framed::sections(framing).encode, framing);
            let name = framed::identifier(framing);
            made.size = format!("encode_{name}({}, {})", made.bytes, made.size);
            made.bytes = String::from("frame");
            made.refusable = true;
        }
        for line in &made.before {
            self.line(line);
        }
        let flags = match (
            super::sends_with_flags(self.sheet.plan),
            send_flags(step, send),
        ) {
            (false, _) => String::new(),
            (true, flags) if flags.is_empty() => ", 0".to_owned(),
            (true, flags) => format!(", {flags}"),
        };
        self.sheet.call("transmit");
        let fails = matches!(step.fails, Some(Fault::Framing(_) | Fault::Length(_)));
        let keeps = send.pieces.is_some() || (fails && made.refusable);
        if keeps {
            self.sheet.imports.insert("sys/types.h");
            let assign = self.assign("ssize_t", "size");
            self.line(format!("{assign}{};", made.size));
            made.size = String::from("size");
        }
        let bytes = &made.bytes;
        match send.pieces {
            None if keeps => {
                self.line("if (size >= 0)");
                self.line(format!("    transmit({conn}, {bytes}, size{flags});"));
            }
            None => self.line(format!("transmit({conn}, {bytes}, {}{flags});", made.size)),
            Some(most) => {
                self.line(format!(
                    "for (ssize_t start = 0; start < size; start += {most}) {{"
                ));
                self.line(format!(
                    "    ssize_t piece = size - start < {most} ? size - start : {most};"
                ));
                self.line(format!(
                    "    transmit({conn}, {bytes} + start, piece{flags});"
                ));
                self.line("}");
            }
        }
    }

    /// What a recv that has no flags is given for them.
    fn no_flags(&self) -> &'static str {
        if super::recvs_with_flags(self.sheet.plan) {
            ", 0"
        } else {
            ""
        }
    }

    pub(super) fn recv(&mut self, conn: &str, recv: &RecvStep, step: &Step, helper: &'static str) {
        self.limit_recv(conn, step);
        self.sheet.call("data");
        self.sheet.call(helper);
        let size = match recv.length {
            RecvLength::Bytes(bytes) => bytes.to_string(),
            RecvLength::Carried => "length".to_owned(),
        };
        let flags = match (helper, recv.peek, recv.wait_all) {
            // Exact reads already wait for all.
            ("receive_exact", ..) => "",
            (_, false, false) => self.no_flags(),
            (_, true, false) => ", MSG_PEEK",
            (_, false, true) => ", MSG_WAITALL",
            (_, true, true) => ", MSG_PEEK | MSG_WAITALL",
        };
        let call = format!("{helper}({conn}, data, {size}{flags})");
        match recv.carries {
            Some(code) => self.carry(code, &call, step.fails),
            None if matches!(step.fails, Some(Fault::Framing(_))) => {
                self.sheet.call("refuse");
                let why = ErrorKind::EndInsideBody.clause(self.sheet.plan.language);
                self.line(format!("if ({call} < {size})"));
                self.line(format!("    refuse(\"{why}\");"));
            }
            None => self.line(format!("{call};")),
        }
    }

    /// Reads what was received as a length, for a later recv.
    fn carry(&mut self, code: LengthCode, call: &str, fails: Option<Fault>) {
        let reader = match code {
            LengthCode::PythonInt => "python_int",
            LengthCode::Digits | LengthCode::Digits8 => "digits",
            LengthCode::I32Native => "i32_native",
            LengthCode::I32Le => "i32_le",
            LengthCode::I32Be => "i32_be",
        };
        self.sheet.call(reader);
        if fails.is_some() {
            self.line(format!("{reader}({call});"));
            return;
        }
        let assign = self.assign("long", "length");
        self.line(format!("{assign}{reader}({call});"));
        self.line("if (length == REFUSED)\n    return 1;");
    }

    pub(super) fn recv_until_end(&mut self, conn: &str, at_most: u32, step: &Step) {
        self.limit_recv(conn, step);
        self.sheet.call("data");
        self.sheet.call("receive");
        let udp = self.sheet.plan.is_over(crate::scenario::Transport::Udp);
        let goes_on = if udp { ">= 0" } else { "> 0" };
        let flags = self.no_flags();
        self.line(format!(
            "while (receive({conn}, data, {at_most}{flags}) {goes_on})\n    ;"
        ));
    }

    pub(super) fn recv_available(&mut self, conn: &str, at_most: u32) {
        self.sheet.call("data");
        self.sheet.call("receive");
        let udp = self.sheet.plan.is_over(crate::scenario::Transport::Udp);
        let goes_on = if udp { ">= 0" } else { "> 0" };
        self.line(format!(
            "while (receive({conn}, data, {at_most}, MSG_DONTWAIT) {goes_on})\n    ;"
        ));
    }

    /// A recv that has to give up after the deadline gets one, from the first bytes on.
    fn limit_recv(&mut self, conn: &str, step: &Step) {
        if step.fails != Some(Fault::System(SystemFault::WouldBlock)) {
            return;
        }
        if self.sheet.plan.receives_first(step) {
            self.sheet.call("data");
            self.sheet.note(Note::FirstOfAll);
            self.line(format!("recv({conn}, data, 1, MSG_PEEK);"));
        }
        self.sheet.note(Note::GivesUp);
        let deadline = self.sheet.plan.part.deadline.as_millis();
        let deadline = u64::try_from(deadline).unwrap_or(u64::MAX).max(1);
        self.set(conn, OptionCode::receive_timeout(deadline));
    }

    pub(super) fn decode(
        &mut self,
        conn: &str,
        framing: Framing,
        messages: Option<u32>,
        cap: u32,
        step: &Step,
    ) {
        for helper in ["data", "message", "ends"] {
            self.sheet.call(helper);
        }
        self.sheet
            .call_framed(framed::sections(framing).decode, framing);
        self.sheet.imports.insert("sys/types.h");
        if self.declared.insert("size".to_owned()) {
            self.line("ssize_t size;");
        }
        let read = format!("read_{}({conn}, data, {cap})", framed::identifier(framing));
        match messages {
            None => self.line(format!("while ((size = {read}) >= 0)")),
            Some(count) => {
                let i = ["i", "j", "k", "l"].get(self.loops).copied().unwrap_or("m");
                self.line("size = 0;");
                self.line(format!(
                    "for (int {i} = 0; {i} < {count} && (size = {read}) >= 0; {i}++)"
                ));
            }
        }
        self.line("    message(data, size);");
        if messages.is_some() {
            self.sheet.call("refuse");
            let why = ErrorKind::EndInsideHeader.clause(self.sheet.plan.language);
            self.line(format!("if (size == END)\n    size = refuse(\"{why}\");"));
        }
        if step.fails.is_none() {
            self.line("if (size == REFUSED)\n    return 1;");
        }
    }

    pub(super) fn wait(&mut self, conn: &str, condition: &Condition) {
        match condition {
            Condition::Queued(bytes) => {
                self.sheet.call("data");
                let or_end = !self.sheet.plan.is_unix();
                self.sheet.note(Note::Queued {
                    bytes: *bytes,
                    or_end,
                });
                if self.sheet.plan.is_unix() {
                    // There, MSG_WAITALL does not wait when it only peeks.
                    self.sheet.call("nap");
                    self.line(format!(
                        "while (recv({conn}, data, {bytes}, MSG_PEEK) < {bytes})"
                    ));
                    self.line("    nap();");
                } else {
                    self.line(format!(
                        "recv({conn}, data, {bytes}, MSG_PEEK | MSG_WAITALL);"
                    ));
                }
            }
            Condition::Acknowledged => self.look("unacknowledged", conn, "> 0"),
            Condition::Segments(count) => self.look("segments", conn, &format!("< {count}")),
            Condition::Retransmitted(count) => {
                self.look("retransmitted", conn, &format!("< {count}"));
            }
            Condition::Dropped(count) => self.look("dropped", conn, &format!("< {count}")),
            Condition::PeerClosed => {
                self.sheet.imports.extend(["_GNU_SOURCE", "poll.h"]);
                self.sheet.note(Note::PeerClosed);
                self.poll(conn, "POLLRDHUP");
            }
            Condition::Reset => {
                self.sheet.imports.insert("poll.h");
                self.sheet.note(Note::Reset);
                self.poll(conn, "0");
            }
            Condition::Reached(point) => {
                self.sheet.call("wait_for");
                self.line(format!("wait_for({});", text_literal(point)));
            }
        }
    }

    fn look(&mut self, helper: &'static str, conn: &str, unmet: &str) {
        self.sheet.call(helper);
        self.sheet.call("nap");
        self.line(format!("while ({helper}({conn}) {unmet})\n    nap();"));
    }

    fn poll(&mut self, conn: &str, events: &str) {
        let polled = format!("{{.fd = {conn}, .events = {events}}}");
        self.line(format!("poll(&(struct pollfd){polled}, 1, -1);"));
    }
}
