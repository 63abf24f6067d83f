//! Programs in Python: the standard library alone, the steps at module level as in a
//! first lesson.

mod payload;
mod sockets;
mod steps;
mod transfer;
mod waits;

use super::notes::Note;
use super::plan::Plan;
use super::sheet::Sheet;
use super::{comment, heading};
use crate::render::template::Library;
use crate::scenario::{Action, Opening, Receiving, SendStep, Side, Transport};

static HELPERS: &str = include_str!("helpers.py.txt");

/// The whole program.
pub(super) fn program(plan: &Plan<'_>) -> String {
    let mut sheet = Sheet::new(plan, 0);
    steps::steps(&mut sheet, &plan.steps);
    if plan.sums_up() {
        sums(&mut sheet);
    }
    sheet.filling.words.extend(words(plan));
    let library = Library::of(HELPERS);
    let (helpers, mut imports) = sheet.helpers(&library);
    imports.extend(&sheet.imports);
    imports.extend(["socket", "sys"]);

    let mut text = String::new();
    text.extend(
        heading(plan)
            .iter()
            .map(|line| format!("# {}\n", comment(line))),
    );
    text += "\n";
    text.extend(imports.iter().map(|import| format!("import {import}\n")));
    text += "\n";
    if plan.is_unix() {
        text += "path = sys.argv[1] if len(sys.argv) > 1 else \"sticky.sock\"\n";
    } else {
        text += "port = int(sys.argv[1]) if len(sys.argv) > 1 else 9000\n";
    }
    if plan.sums_up() {
        text += "received = bytearray()\n";
    }
    text.extend(helpers.iter().map(|helper| format!("\n\n{helper}\n")));
    text += "\n\n";
    text + &sheet.body
}

/// What the helpers are filled in with.
fn words(plan: &Plan<'_>) -> [(&'static str, String); 6] {
    let flags = plan.any(|step| matches!(&step.action, Action::Send(send) if has_flags(send)));
    let rflags = plan.any(|step| match &step.action {
        Action::Receive(Receiving::Recv(recv) | Receiving::Exact(recv)) => {
            recv.peek || recv.wait_all
        }
        Action::Receive(Receiving::Available { .. }) => true,
        _ => false,
    });
    let pick = |holds: bool, yes: &str, no: &str| if holds { yes } else { no }.to_owned();
    let unless_peeking = "if not flags & socket.MSG_PEEK:\n        ";
    [
        ("flags", pick(flags, ", flags=0", "")),
        ("send", send_call(plan, flags)),
        ("rflags", pick(rflags, ", flags=0", "")),
        ("rpass", pick(rflags, ", flags", "")),
        (
            "there",
            pick(plan.may_ask_for_none(), "data or size == 0", "data"),
        ),
        ("keep", pick(plan.peeks(), unless_peeking, "")),
    ]
}

fn has_flags(send: &SendStep) -> bool {
    send.more || send.nonblocking || send.end_of_record
}

/// The call by which data is sent: a datagram needs an address, unless it is connected.
fn send_call(plan: &Plan<'_>, flags: bool) -> String {
    let flags = if flags { ", flags" } else { "" };
    let connects = plan.any(|step| matches!(step.action, Action::Open(Opening::Connect)));
    if connects || !plan.is_over(Transport::Udp) {
        return format!("sock.send(data{flags})");
    }
    match plan.side {
        Side::Server => format!("sock.sendto(data{flags}, peer)"),
        Side::Client => format!("sock.sendto(data{flags}, (\"127.0.0.1\", port))"),
    }
}

/// What was received in all.
fn sums(sheet: &mut Sheet<'_, '_>) {
    sheet.imports.insert("zlib");
    let (bytes, crc) = sheet.plan.sum_of_sent();
    let all = sheet.say("in all", "合计");
    sheet.line("");
    sheet.note(Note::Sent { bytes, crc });
    sheet.line(format!(
        "print(f\"{all} -> {{len(received)}} B, crc32 {{zlib.crc32(received):08x}}\")"
    ));
}
