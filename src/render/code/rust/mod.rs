//! Programs in Rust: the standard library, and the C library that it stands on where a
//! step needs a call that std does not have.

mod literal;
mod sockets;
mod steps;
mod transfer;

use std::collections::{BTreeMap, BTreeSet};

use super::notes::Note;
use super::plan::Plan;
use super::sheet::Sheet;
use super::{comment, heading};
use crate::render::template::{Filling, Library};
use crate::scenario::{Action, Opening, Receiving, SendStep, Side, Transport};

static HELPERS: &str = include_str!("helpers.rs.txt");

/// A program while it is written.
struct Writer<'p, 's> {
    sheet: Sheet<'p, 's>,
    library: Library,
}

/// The whole program.
pub(super) fn program(plan: &Plan<'_>) -> String {
    let mut writer = Writer {
        sheet: Sheet::new(plan, 1),
        library: Library::of(HELPERS),
    };
    facts(&mut writer.sheet, plan);
    writer.sheet.filling.words.extend(words(plan));
    writer.opening();
    writer.steps(&plan.steps);
    if plan.sums_up() {
        writer.sums();
    }
    let Writer { sheet, library } = writer;
    let (helpers, mut imports) = sheet.helpers(&library);
    imports.extend(&sheet.imports);
    imports.insert("io::self");

    let mut text = String::new();
    text.extend(
        heading(plan)
            .iter()
            .map(|line| format!("// {}\n", comment(line))),
    );
    text += "\n";
    text += &uses(&imports);
    text.extend(helpers.iter().map(|helper| format!("\n{helper}\n")));
    text += "\nfn main() -> io::Result<()> {\n";
    text + &sheet.body + "    Ok(())\n}\n"
}

/// The imports, one line for each module.
fn uses(imports: &BTreeSet<&'static str>) -> String {
    let mut modules: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for import in imports {
        let (module, name) = import.rsplit_once("::").unwrap_or(("", import));
        // `Ordering::Relaxed` is of two parts.
        match module.strip_suffix("::Ordering") {
            Some(module) => modules.entry(module).or_default().push("Ordering::Relaxed"),
            None => modules.entry(module).or_default().push(name),
        }
    }
    let mut lines = Vec::new();
    for (module, mut names) in modules {
        names.sort_by_key(|name| (*name != "self", *name));
        lines.push(match names[..] {
            ["self"] => format!("use std::{module};\n"),
            [one] => format!("use std::{module}::{one};\n"),
            _ => format!("use std::{module}::{{{}}};\n", names.join(", ")),
        });
    }
    lines.concat()
}

/// Which form the helpers that send and receive have.
fn facts(sheet: &mut Sheet<'_, '_>, plan: &Plan<'_>) {
    let udp = plan.is_over(Transport::Udp);
    let connects = plan.any(|step| matches!(step.action, Action::Open(Opening::Connect)));
    let (sflags, rflags) = (sends_with_flags(plan), recvs_with_flags(plan));
    if !plan.answers() && udp {
        sheet.fact("udp-recv");
        let tells = plan.side == Side::Client && !connects;
        sheet.fact(if tells { "tells" } else { "udp-send" });
    }
    if !udp {
        sheet.fact(if sflags { "sflags" } else { "stream-write" });
        sheet.fact(if rflags { "rflags" } else { "stream-read" });
    }
}

fn words(plan: &Plan<'_>) -> Vec<(&'static str, String)> {
    let pick = |holds: bool, yes: &str, no: &str| if holds { yes } else { no }.to_owned();
    vec![
        ("stream", stream(plan).to_owned()),
        ("rnone", pick(recvs_with_flags(plan), ", 0", "")),
        ("peer", pick(plan.answers(), ", peer", "")),
        (
            "end",
            pick(
                plan.may_ask_for_none(),
                "count == 0 && size > 0",
                "count == 0",
            ),
        ),
    ]
}

const fn stream(plan: &Plan<'_>) -> &'static str {
    match plan.part.transport {
        Transport::Tcp => "TcpStream",
        Transport::Udp => "UdpSocket",
        Transport::UnixStream | Transport::UnixSeqpacket | Transport::Pipe => "UnixStream",
    }
}

fn has_flags(send: &SendStep) -> bool {
    send.more || send.nonblocking || send.end_of_record
}

fn sends_with_flags(plan: &Plan<'_>) -> bool {
    plan.any(|step| matches!(&step.action, Action::Send(send) if has_flags(send)))
}

/// Whether a recv needs what std does not have.
fn recvs_with_flags(plan: &Plan<'_>) -> bool {
    plan.any(|step| matches!(&step.action, Action::Receive(Receiving::Recv(recv)) if recv.peek || recv.wait_all))
}

impl Writer<'_, '_> {
    fn line(&mut self, text: impl AsRef<str>) {
        self.sheet.line(text);
    }

    /// A statement out of the library.
    fn snippet(&self, name: &str, words: &[(&'static str, &str)]) -> String {
        let filling = Filling {
            words: words
                .iter()
                .map(|(word, meaning)| (*word, (*meaning).to_owned()))
                .collect(),
            ..self.sheet.filling.clone()
        };
        self.library.snippet(name, &filling)
    }

    fn opening(&mut self) {
        let plan = self.sheet.plan;
        let argument = "std::env::args().nth(1)";
        if plan.is_unix() {
            self.line(format!(
                "let path = {argument}.unwrap_or(\"sticky.sock\".into());"
            ));
        } else {
            let port = self.sheet.say("a port", "端口号");
            self.line("let port: u16 = std::env::args()\n    .nth(1)");
            self.line(format!(
                "    .map_or(9000, |port| port.parse().expect(\"{port}\"));"
            ));
        }
        if plan.answers() {
            self.sheet.imports.insert("net::SocketAddr");
            let who = self
                .sheet
                .say("who sent the last datagram", "上一个数据报是谁发的");
            self.line(format!(
                "let mut peer = SocketAddr::from(([127, 0, 0, 1], 0)); // {who}"
            ));
        }
        self.line("");
    }

    /// What was received in all.
    fn sums(&mut self) {
        self.sheet.call("TOTAL");
        let (bytes, crc) = self.sheet.plan.sum_of_sent();
        self.line("");
        self.sheet.note(Note::Sent { bytes, crc });
        self.line("let (total, sum) = (TOTAL.load(Relaxed), SUM.load(Relaxed));");
        let line = self.snippet("line-sum", &[]);
        self.line(line);
    }
}
