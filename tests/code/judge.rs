//! Compares what the programs printed with the expectation of the case.

use sticky_packet::render::code::{crc32, noise};
use sticky_packet::scenario::{
    Action, ExpectedFate, Fault, Part, Payload, Receives, Receiving, Returned, SendStep, Side,
    Step, SystemFault, walk,
};

use crate::stage::Said;

/// A recv, as a program printed it.
#[derive(Debug)]
enum Printed<'a> {
    Data { bytes: u64, content: &'a str },
    End,
    Fails(&'a str),
}

/// Everything that differs from the expectation.
pub(crate) fn differences(part: &Part, said: &Said) -> Vec<String> {
    let mut found = Vec::new();
    for side in Side::BOTH {
        let Some(expect) = part.receives(side) else {
            continue;
        };
        let mut one = Judge {
            part,
            side,
            lines: said.by(side),
            found: Vec::new(),
        };
        one.no_errors();
        one.recvs(expect);
        one.decoded(expect);
        one.sums(expect);
        one.boundaries(expect);
        one.faults(&part.script(side).steps);
        found.extend(
            one.found
                .into_iter()
                .map(|text| format!("{}: {text}", side.name())),
        );
    }
    found
}

struct Judge<'a> {
    part: &'a Part,
    side: Side,
    lines: &'a [String],
    found: Vec<String>,
}

impl<'a> Judge<'a> {
    fn no_errors(&mut self) {
        let errors: Vec<_> = self
            .lines
            .iter()
            .filter(|line| line.starts_with("stderr"))
            .collect();
        if !errors.is_empty() {
            self.found.push(format!("{errors:?}"));
        }
    }

    fn printed(&self) -> Vec<Printed<'a>> {
        let recvs = self.lines.iter().filter(|line| line.starts_with("recv("));
        recvs
            .filter_map(|line| line.split_once(" -> "))
            .map(|(_, result)| {
                let data = result.split_once(" B: ").and_then(|(bytes, content)| {
                    Some(Printed::Data {
                        bytes: bytes.parse().ok()?,
                        content,
                    })
                });
                data.unwrap_or(if result == "end of stream" {
                    Printed::End
                } else {
                    Printed::Fails(result)
                })
            })
            .collect()
    }

    fn recvs(&mut self, expect: &Receives) {
        let Some(expected) = &expect.recv else { return };
        let printed = self.printed();
        let same = expected.len() == printed.len()
            && expected.iter().zip(&printed).all(|pair| match pair {
                (
                    Returned::Data { bytes, content },
                    Printed::Data {
                        bytes: got,
                        content: text,
                    },
                ) => {
                    bytes.admits(*got)
                        && content
                            .as_ref()
                            .is_none_or(|content| shown(&made(content)) == *text)
                }
                (Returned::End, Printed::End) => true,
                (Returned::Fails(fault), Printed::Fails(text)) => names(*fault, text),
                _ => false,
            });
        if !same {
            self.found
                .push(format!("recv: wanted {expected:?}, got {printed:?}"));
        }
    }

    fn decoded(&mut self, expect: &Receives) {
        let Some(expected) = &expect.decoded else {
            return;
        };
        let wanted: Vec<String> = expected
            .iter()
            .map(|payload| {
                let bytes = made(payload);
                format!("message -> {} B: {}", bytes.len(), shown(&bytes))
            })
            .collect();
        let got: Vec<&String> = self
            .lines
            .iter()
            .filter(|line| line.starts_with("message -> "))
            .collect();
        if got != wanted.iter().collect::<Vec<_>>() {
            self.found
                .push(format!("decoded: wanted {wanted:?}, got {got:?}"));
        }
    }

    fn sums(&mut self, expect: &Receives) {
        let (total, intact) = (expect.total, expect.intact);
        if total.is_none() && intact.is_none() && expect.sha256.is_none() {
            return;
        }
        let sum = self
            .lines
            .iter()
            .find_map(|line| line.strip_prefix("in all -> "));
        let Some((bytes, crc)) = sum.and_then(|sum| sum.split_once(" B, crc32 ")) else {
            self.found.push("no sum was printed".to_owned());
            return;
        };
        let bytes: u64 = bytes.parse().unwrap();
        let received: u64 = self
            .printed()
            .iter()
            .map(|one| match one {
                Printed::Data { bytes, .. } => *bytes,
                Printed::End | Printed::Fails(_) => 0,
            })
            .sum();
        let mut peeks = false;
        let steps = &self.part.script(self.side).steps;
        for step in steps {
            peeks |= matches!(&step.action, Action::Receive(Receiving::Recv(recv)) if recv.peek);
        }
        // Peeked bytes are printed, and come again.
        if bytes != received && !peeks {
            self.found
                .push(format!("{bytes} B in all, but {received} B by the recvs"));
        }
        if total.is_some_and(|total| !total.admits(bytes)) {
            self.found
                .push(format!("total: wanted {total:?}, got {bytes}"));
        }
        let sent = sent_by(&self.part.script(self.side.other()).steps);
        let whole = crc == format!("{:08x}", crc32(&sent)) && bytes == sent.len() as u64;
        if intact.is_some_and(|intact| intact != whole) || (expect.sha256.is_some() && !whole) {
            self.found.push(format!(
                "intact: wanted {intact:?}, {bytes} B and {crc} came"
            ));
        }
    }

    fn boundaries(&mut self, expect: &Receives) {
        let mut offset = 0;
        let mut ends = vec![0];
        for one in self.printed() {
            if let Printed::Data { bytes, .. } = one {
                offset += bytes;
                ends.push(offset);
            }
        }
        for boundary in &expect.boundaries {
            let holds = match boundary.fate {
                ExpectedFate::Kept => ends.contains(&boundary.at),
                ExpectedFate::Coalesced(_) => boundary.at < offset && !ends.contains(&boundary.at),
                // Lost datagrams leave no gap.
                ExpectedFate::NotReached => true,
            };
            if !holds {
                self.found.push(format!(
                    "boundary: wanted {boundary:?}, recvs end at {ends:?}"
                ));
            }
        }
    }

    /// Every step that is expected to fail has printed its fault.
    fn faults(&mut self, steps: &[Step]) {
        for step in steps {
            let Some(fault) = step.fails else { continue };
            let said = self.lines.iter().any(|line| match fault {
                Fault::System(_) => line
                    .split_once(" -> ")
                    .is_some_and(|(_, result)| names(fault, result)),
                Fault::Framing(kind) => {
                    let clause = kind.clause(sticky_packet::language::Language::English);
                    *line == format!("refused: {clause}")
                }
                // Each language words this error in its own way.
                Fault::Length(_) => line.starts_with("refused: "),
            });
            if !said {
                self.found.push(format!("no line says {}", fault.name()));
            }
        }
    }
}

/// The bytes that steps send.
fn sent_by(steps: &[Step]) -> Vec<u8> {
    let well = walk::performed(steps).filter(|it| it.step.fails.is_none());
    let sends = well.filter_map(|it| match &it.step.action {
        Action::Send(send) => Some(framed(send)),
        _ => None,
    });
    sends.flatten().collect()
}

fn framed(send: &SendStep) -> Vec<u8> {
    let payload = made(&send.payload);
    match send.framing {
        None => payload,
        Some(framing) => {
            let mut frame = Vec::new();
            framing.encode(&payload, &mut frame).unwrap();
            frame
        }
    }
}

/// The bytes of a payload as the programs make them.
fn made(payload: &Payload) -> Vec<u8> {
    match payload {
        Payload::Random { bytes, seed } => noise(*bytes as usize, *seed),
        other => other.bytes().unwrap().into_owned(),
    }
}

/// Bytes as a program shows them.
fn shown(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        _ if bytes.len() > 64 => format!("crc32 {:08x}", crc32(bytes)),
        Ok(text) if !text.chars().any(char::is_control) => format!("\"{text}\""),
        _ => {
            let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            pairs.join(" ")
        }
    }
}

/// Whether a program names a fault correctly: by its name, or as the system calls it.
fn names(fault: Fault, text: &str) -> bool {
    let Fault::System(system) = fault else {
        return false;
    };
    let words = match system {
        SystemFault::AddrInUse => "Address already in use",
        SystemFault::ConnectionRefused => "Connection refused",
        SystemFault::ConnectionReset => "Connection reset by peer",
        SystemFault::BrokenPipe => "Broken pipe",
        SystemFault::MessageSize => "Message too long",
        SystemFault::WouldBlock => "Resource temporarily unavailable",
        _ => "",
    };
    text == system.name() || (!words.is_empty() && text.starts_with(words))
}
