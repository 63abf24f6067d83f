//! Programs in C: C11 and POSIX sockets, and Linux where a step is about Linux.

mod literal;
mod sockets;
mod steps;
mod transfer;

use std::collections::BTreeSet;

use super::notes::Note;
use super::plan::Plan;
use super::sent::{payload_bytes, sent_bytes};
use super::sheet::Sheet;
use super::{comment, heading};
use crate::render::template::Library;
use crate::scenario::{
    Action, Condition, Opening, Receiving, RecvLength, ScriptStep, Side, Transport,
};

static HELPERS: &str = include_str!("helpers.c.txt");

/// A program while it is written: the sheet, and which variables are declared.
struct Writer<'p, 's> {
    sheet: Sheet<'p, 's>,
    declared: BTreeSet<String>,
    /// How many loops are around the step.
    loops: usize,
}

/// The whole program.
pub(super) fn program(plan: &Plan<'_>) -> String {
    let mut writer = Writer {
        sheet: Sheet::new(plan, 1),
        declared: BTreeSet::new(),
        loops: 0,
    };
    writer.opening();
    writer.steps(&plan.steps);
    if plan.sums_up() {
        writer.sums();
    }
    let mut sheet = writer.sheet;
    sheet.filling.words.extend(words(plan));
    let connects = plan.any(|step| matches!(step.action, Action::Open(Opening::Connect)));
    if plan.is_over(Transport::Udp) && plan.side == Side::Client && !connects {
        sheet.fact("tells");
    } else if !plan.answers() {
        sheet.fact("plain");
    }
    let (helpers, mut imports) = sheet.helpers(&Library::of(HELPERS));
    imports.extend(&sheet.imports);
    imports.extend(["sys/socket.h", "unistd.h", "stdio.h"]);
    if plan.is_unix() {
        imports.extend(["sys/un.h"]);
    } else {
        imports.extend(["netinet/in.h", "arpa/inet.h", "stdlib.h"]);
    }
    if imports.contains("linux/tcp.h") {
        // It has all of the other, and clashes with it.
        imports.remove("netinet/tcp.h");
    }

    let mut text = String::from("/*\n");
    text.extend(
        heading(plan)
            .iter()
            .map(|line| format!(" * {}\n", comment(line))),
    );
    text += " */\n";
    if imports.remove("_GNU_SOURCE") {
        text += "#define _GNU_SOURCE\n";
    }
    text.extend(
        imports
            .iter()
            .map(|import| format!("#include <{import}>\n")),
    );
    text.extend(helpers.iter().map(|helper| format!("\n{helper}\n")));
    text += "\nint main(int argc, char **argv)\n{\n";
    text + &sheet.body + "    return 0;\n}\n"
}

/// What the helpers are filled in with.
fn words(plan: &Plan<'_>) -> Vec<(&'static str, String)> {
    let flags = sends_with_flags(plan);
    let rflags = recvs_with_flags(plan);
    let pick = |holds: bool, yes: &str, no: &str| if holds { yes } else { no }.to_owned();
    let (data, frame) = buffers(plan);
    vec![
        ("flags", pick(flags, ", int flags", "")),
        ("pass", pick(flags, "flags", "0")),
        ("rflags", pick(rflags, ", int flags", "")),
        ("rpass", pick(rflags, "flags", "0")),
        ("rnone", pick(rflags, ", 0", "")),
        (
            "end",
            pick(
                plan.may_ask_for_none(),
                "count == 0 && size > 0",
                "count == 0",
            ),
        ),
        (
            "counts",
            pick(
                plan.peeks(),
                "count > 0 && !(flags & MSG_PEEK)",
                "count > 0",
            ),
        ),
        ("data", data),
        ("frame", frame),
    ]
}

fn sends_with_flags(plan: &Plan<'_>) -> bool {
    plan.any(|step| matches!(&step.action, Action::Send(send) if !transfer::send_flags(step, send).is_empty()))
}

fn recvs_with_flags(plan: &Plan<'_>) -> bool {
    plan.any(|step| match &step.action {
        Action::Receive(Receiving::Recv(recv)) => recv.peek || recv.wait_all,
        Action::Receive(Receiving::Available { .. }) => true,
        _ => false,
    })
}

/// How large the buffers of the program have to be: for what is received or made, and for frames.
fn buffers(plan: &Plan<'_>) -> (String, String) {
    let (mut data, mut frame) = (1_usize, 1_usize);
    let mut carried = false;
    super::plan::each(&plan.steps, &mut |step| {
        data = data.max(match &step.action {
            Action::Receive(Receiving::Recv(recv) | Receiving::Exact(recv)) => match recv.length {
                RecvLength::Bytes(bytes) => bytes as usize,
                RecvLength::Carried => {
                    carried = true;
                    0
                }
            },
            Action::Receive(Receiving::UntilEnd { at_most } | Receiving::Available { at_most }) => {
                *at_most as usize
            }
            // And the delimiter behind it.
            Action::Receive(Receiving::Decode { framing, cap, .. }) => {
                *cap as usize + framing.trailer()
            }
            Action::Script(ScriptStep::Wait(Condition::Queued(bytes))) => *bytes as usize,
            Action::Send(send) => {
                // A refused payload is written before it is refused.
                let least = payload_bytes(&send.payload).len() + 24;
                frame = frame.max(sent_bytes(send).len()).max(least);
                least
            }
            _ => 0,
        });
        carried |= matches!(&step.action, Action::Receive(Receiving::Recv(recv)) if recv.carries.is_some());
    });
    let data = if carried {
        "64 << 20".to_owned()
    } else {
        data.to_string()
    };
    (data, frame.to_string())
}

impl Writer<'_, '_> {
    fn line(&mut self, text: impl AsRef<str>) {
        self.sheet.line(text);
    }

    /// The first lines of main: the output, and the address.
    fn opening(&mut self) {
        let plan = self.sheet.plan;
        let each_line = self.sheet.say(
            "each line at once, also into a pipe",
            "逐行输出，写入管道时也一样",
        );
        self.line(format!(
            "setvbuf(stdout, NULL, _IOLBF, 0); /* {each_line} */"
        ));
        let port = "htons(argc > 1 ? atoi(argv[1]) : 9000)";
        if plan.is_unix() {
            self.line("struct sockaddr_un address = {.sun_family = AF_UNIX};");
            self.line("snprintf(address.sun_path, sizeof address.sun_path, \"%s\",");
            self.line("         argc > 1 ? argv[1] : \"sticky.sock\");");
        } else if plan.is_over(Transport::Udp) {
            self.sheet.call("address");
            self.line("address.sin_family = AF_INET;");
            self.line(format!("address.sin_port = {port};"));
            self.line("address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);");
        } else {
            self.line("struct sockaddr_in address = {");
            self.line("    .sin_family = AF_INET,");
            self.line(format!("    .sin_port = {port},"));
            self.line("    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),");
            self.line("};");
        }
        self.line("");
    }

    /// What was received in all.
    fn sums(&mut self) {
        self.sheet.call("total");
        let (bytes, crc) = self.sheet.plan.sum_of_sent();
        let all = self.sheet.say("in all", "合计");
        self.line("");
        self.sheet.note(Note::Sent { bytes, crc });
        self.line(format!(
            "printf(\"{all} -> %zu B, crc32 %08x\\n\", total, sum);"
        ));
    }
}
