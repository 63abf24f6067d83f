//! Sends and recvs in Python.

use std::num::NonZeroU32;

use super::payload::{self, bytes_of};
use super::sockets::set;
use crate::framing::{ErrorKind, Framing};
use crate::render::code::framed;
use crate::render::code::notes::Note;
use crate::render::code::options::OptionCode;
use crate::render::code::sheet::Sheet;
use crate::scenario::{Fault, RecvLength, RecvStep, SendStep, Step, SystemFault};

pub(super) fn send_step(sheet: &mut Sheet<'_, '_>, conn: &str, send: &SendStep) {
    let mut data = bytes_of(sheet, &send.payload);
    if let Some(framing) = send.framing {
        sheet.call_framed(framed::sections(framing).encode, framing);
        data = format!("encode_{}({data})", framed::identifier(framing));
    }
    let flags: Vec<&str> = [
        (send.more, "socket.MSG_MORE"),
        (send.nonblocking, "socket.MSG_DONTWAIT"),
        (send.end_of_record, "socket.MSG_EOR"),
    ]
    .iter()
    .filter_map(|(given, flag)| given.then_some(*flag))
    .collect();
    let flags = if flags.is_empty() {
        String::new()
    } else {
        format!(", {}", flags.join(" | "))
    };
    sheet.call("send");
    match send.pieces {
        None => sheet.line(format!("send({conn}, {data}{flags})")),
        Some(most) => {
            sheet.line(format!("data = {data}"));
            sheet.line(format!("for start in range(0, len(data), {most}):"));
            sheet.line(format!(
                "    send({conn}, data[start : start + {most}]{flags})"
            ));
        }
    }
}

pub(super) fn recv_step(
    sheet: &mut Sheet<'_, '_>,
    conn: &str,
    recv: &RecvStep,
    step: &Step,
    helper: &'static str,
) {
    limit_recv(sheet, conn, step);
    let size = match recv.length {
        RecvLength::Bytes(bytes) => bytes.to_string(),
        RecvLength::Carried => "length".to_owned(),
    };
    let flags = match (recv.peek, recv.wait_all) {
        (false, false) => "",
        (true, false) => ", socket.MSG_PEEK",
        (false, true) => ", socket.MSG_WAITALL",
        (true, true) => ", socket.MSG_PEEK | socket.MSG_WAITALL",
    };
    // Exact reads already wait for all.
    let flags = if helper == "recv" { flags } else { "" };
    sheet.call(helper);
    let call = format!("{helper}({conn}, {size}{flags})");
    match recv.carries {
        Some(code) => {
            let read = payload::read_length(sheet, code, &call);
            sheet.line(read);
        }
        None if matches!(step.fails, Some(Fault::Framing(_))) => {
            let kind = ErrorKind::EndInsideBody;
            let why = kind.clause(sheet.plan.language);
            sheet.line(format!("if len({call}) < {size}:"));
            sheet.line(format!("    raise ValueError(\"{why}\")"));
        }
        None => sheet.line(call),
    }
}

/// A recv that has to give up after the deadline gets one, from the first bytes on.
pub(super) fn limit_recv(sheet: &mut Sheet<'_, '_>, conn: &str, step: &Step) {
    if step.fails != Some(Fault::System(SystemFault::WouldBlock)) {
        return;
    }
    if sheet.plan.receives_first(step) {
        sheet.note(Note::FirstOfAll);
        sheet.line(format!("{conn}.recv(1, socket.MSG_PEEK)"));
    }
    sheet.note(Note::GivesUp);
    let deadline = sheet.plan.part.deadline.as_millis();
    let deadline = u64::try_from(deadline).unwrap_or(u64::MAX).max(1);
    set(sheet, conn, OptionCode::receive_timeout(deadline));
}

pub(super) fn decode(
    sheet: &mut Sheet<'_, '_>,
    conn: &str,
    framing: Framing,
    messages: Option<NonZeroU32>,
    cap: u32,
) {
    sheet.call("show");
    sheet.call_framed(framed::sections(framing).decode, framing);
    let read = format!("read_{}({conn}, {cap})", framed::identifier(framing));
    let print = "print(f\"message -> {len(message)} B: {show(message)}\")";
    match messages {
        None => sheet.line(format!("while (message := {read}) is not None:")),
        Some(count) => {
            let why = ErrorKind::EndInsideHeader.clause(sheet.plan.language);
            sheet.line(format!("for _ in range({count}):"));
            sheet.line(format!("    message = {read}"));
            sheet.line("    if message is None:");
            sheet.line(format!("        raise ValueError(\"{why}\")"));
        }
    }
    sheet.inside(|sheet| sheet.line(print));
}
