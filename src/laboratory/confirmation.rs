//! Turns one delivery into a scenario, and compares what the sockets did with what was computed in
//! memory.
//!
//! The sender sends a piece and waits until the reader has read it. The reader waits until the
//! piece is queued before its first recv of it. So each recv over loopback finds exactly the bytes
//! that it found in memory.
//!
//! Promises: pure; other code does the replay. A disagreement says what differs.

use std::collections::BTreeSet;

use crate::framing::Framing;
use crate::language::Text;
use crate::scenario::{
    Action, Amount, Condition, DEFAULT_DEADLINE, Expectation, Part, Payload, Receives, Receiving,
    RecvLength, RecvStep, Returned, Scenario, Script, ScriptStep, Section, See, SendRole, SendStep,
    Side, Step, Transport,
};
use crate::trace::{DataOp, Got, Op, StopReason, Trace};

use super::reader::Reader;
use super::shake::{Recv, Shaken, Stream, Watched, watch_recvs};

/// The most bytes that a recv of a scenario may ask for. No piece is longer.
const MOST: usize = 64 << 20;

/// The comparison of deliveries computed in memory with replays on sockets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confirmation {
    /// The number of deliveries replayed, over all framings.
    pub deliveries: u64,
    /// The number of replays: one for each delivery and reader.
    pub replays: u64,
    /// The number of replays that the machine stalled each time, so that they say nothing.
    pub not_judged: u64,
    /// The disagreements.
    pub disagreements: Vec<Disputed>,
}

impl Confirmation {
    /// Counts the replay of a delivery, and keeps the disagreement if there is one.
    pub fn count(
        &mut self,
        framing: Framing,
        reader: Reader,
        delivery: u64,
        compared: Result<(), Disagreement>,
    ) {
        self.replays += 1;
        match compared {
            Ok(()) => {}
            Err(Disagreement::Stopped(StopReason::Stalled { .. })) => self.not_judged += 1,
            Err(disagreement) => self.disagreements.push(Disputed {
                framing,
                reader,
                delivery,
                disagreement,
            }),
        }
    }

    /// Whether no replay disagrees, and at least one could be judged.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.disagreements.is_empty() && (self.replays == 0 || self.not_judged < self.replays)
    }
}

/// A delivery on which the sockets and the computation disagree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disputed {
    /// The framing.
    pub framing: Framing,
    /// The reader.
    pub reader: Reader,
    /// The number of the delivery.
    pub delivery: u64,
    /// What differs.
    pub disagreement: Disagreement,
}

/// The numbers of `most` deliveries to replay: first those that broke a reader, then others spread
/// evenly over all.
#[must_use]
pub fn chosen(shaken: &Shaken, most: u64) -> Vec<u64> {
    let count = shaken.plan.count();
    let most = most.min(count);
    let broken = shaken.tallies.iter().flatten();
    let mut chosen: Vec<u64> = broken.filter_map(|tally| tally.first_broken).collect();
    chosen.extend((0..most).map(|step| step * count / most));
    let mut seen = BTreeSet::new();
    chosen.retain(|&index| seen.insert(index));
    chosen.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    chosen
}

/// How the sockets disagree with the computation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Disagreement {
    /// The replay ended early.
    Stopped(StopReason),
    /// A recv differs.
    Recv {
        /// The number of the recv, from 0.
        number: usize,
        /// The recv in memory; `None` if there was no such recv.
        wanted: Option<Recv>,
        /// The recv over the sockets; `None` if there was no such recv.
        got: Option<Recv>,
    },
    /// The bytes that arrived are not those that were sent.
    Bytes,
    /// The same recvs gave the reader different messages.
    Reader,
}

/// The delivery of `watched` as a scenario: the server sends the pieces, and the client makes the
/// same recvs. A reader that gave up closes early, and what it would not have read is not sent.
#[must_use]
pub fn scenario(stream: &Stream, cuts: &[usize], watched: &Watched) -> Scenario {
    let mut server = Vec::new();
    let mut client = Vec::new();
    let mut recvs = watched.recvs.iter().peekable();
    let ends = cuts.iter().copied().chain([stream.bytes.len()]);
    let mut start = 0;
    for (piece, end) in ends.enumerate() {
        let inside = |recv: &&Recv| recv.range.start < end && !recv.range.is_empty();
        let mut next = recvs.next_if(inside);
        if next.is_none() {
            break;
        }
        server.push(send(stream, start, end));
        client.push(Action::Script(ScriptStep::Wait(Condition::Queued(
            clamped(end - start),
        ))));
        while let Some(recv) = next {
            client.push(recv_of(recv));
            next = recvs.next_if(inside);
        }
        let point = format!("read {}", piece + 1);
        client.push(Action::Script(ScriptStep::Reach(point.clone())));
        server.push(Action::Script(ScriptStep::Wait(Condition::Reached(point))));
        start = end;
    }
    client.extend(recvs.map(recv_of));
    let returned = watched.recvs.iter().map(|recv| {
        if recv.range.is_empty() {
            return Returned::End;
        }
        Returned::Data {
            bytes: Amount::exactly(recv.range.len() as u64),
            content: Some(Payload::Hex(stream.bytes[recv.range.clone()].to_vec())),
        }
    });
    let expect = Expectation {
        client: Receives {
            recv: Some(returned.collect()),
            ..Receives::default()
        },
        ..Expectation::default()
    };
    let text = |en: &str, zh: &str| Text {
        en: en.to_owned(),
        zh: zh.to_owned(),
    };
    Scenario {
        name: format!("shake/{}", stream.framing),
        title: Some(text("A stream cut in pieces", "切成几段的流")),
        lesson: Some(text(
            "Each recv finds what is left of one piece.",
            "每次 recv 只遇到一段中剩下的字节。",
        )),
        section: Some(Section {
            heading: "TCP的黏包现象".to_owned(),
            replayed: false,
        }),
        see: See::default(),
        about_time: false,
        parts: vec![Part {
            label: None,
            transport: Transport::Tcp,
            deadline: DEFAULT_DEADLINE,
            server: script(server),
            client: script(client),
            expect: Some(expect),
        }],
    }
}

/// A script of these actions, each of which must succeed.
pub(super) fn script(actions: Vec<Action>) -> Script {
    let steps = actions.into_iter().map(Step::from);
    Script {
        options: Vec::new(),
        steps: steps.collect(),
    }
}

fn send(stream: &Stream, start: usize, end: usize) -> Action {
    let begins = stream.frames.iter().any(|frame| frame.place.start == start);
    let role = if begins {
        SendRole::Message
    } else {
        SendRole::Continues
    };
    let payload = Payload::Hex(stream.bytes[start..end].to_vec());
    plain_send(payload, None, role)
}

/// A send without flags.
pub(super) fn plain_send(payload: Payload, framing: Option<Framing>, role: SendRole) -> Action {
    Action::Send(SendStep {
        payload,
        framing,
        role,
        pieces: None,
        more: false,
        nonblocking: false,
        end_of_record: false,
    })
}

fn recv_of(recv: &Recv) -> Action {
    plain_recv(clamped(recv.asked))
}

/// A recv of at most `at_most` bytes, without flags.
pub(super) fn plain_recv(at_most: u32) -> Action {
    Action::Receive(Receiving::Recv(RecvStep {
        length: RecvLength::Bytes(at_most),
        carries: None,
        peek: false,
        wait_all: false,
    }))
}

fn clamped(length: usize) -> u32 {
    u32::try_from(length.min(MOST)).unwrap_or(u32::MAX)
}

/// Whether the sockets did what was computed in memory.
///
/// # Errors
/// If they did something else.
pub fn compare(
    reader: Reader,
    stream: &Stream,
    watched: &Watched,
    trace: &Trace,
) -> Result<(), Disagreement> {
    let Some(part) = trace.parts.first() else {
        return Err(Disagreement::Bytes);
    };
    if let Some(stop) = &part.stop {
        return Err(Disagreement::Stopped(stop.reason.clone()));
    }
    let mut position = 0;
    let mut recvs = Vec::new();
    for call in &part.calls {
        if let Op::Data(DataOp::Recv { asked, got, .. }) = call.op
            && call.side == Side::Client
        {
            let bytes = match got {
                Got::Data { bytes, .. } => bytes as usize,
                Got::Peeked { .. } | Got::End | Got::Nothing => 0,
            };
            recvs.push((asked, position..position + bytes));
            position += bytes;
        }
    }
    let wanted = watched.recvs.iter();
    let differs = wanted
        .clone()
        .zip(&recvs)
        .position(|(recv, got)| (clamped(recv.asked), &recv.range) != (got.0, &got.1));
    let number = differs.unwrap_or(recvs.len().min(watched.recvs.len()));
    if differs.is_some() || recvs.len() != watched.recvs.len() {
        return Err(Disagreement::Recv {
            number,
            wanted: watched.recvs.get(number).cloned(),
            got: recvs.get(number).map(|(asked, range)| Recv {
                asked: *asked as usize,
                range: range.clone(),
            }),
        });
    }
    let flow = part.flows.iter().find(|flow| flow.from == Side::Server);
    let received = flow.map_or(&[][..], |flow| &flow.received);
    if stream.bytes.get(..position) != Some(received) {
        return Err(Disagreement::Bytes);
    }
    let mut returned = recvs.iter().map(|(_, range)| range.len());
    let mut recv = |_| returned.next().unwrap_or(0);
    let seen = watch_recvs(reader, stream, received, &mut recv);
    if seen == *watched {
        Ok(())
    } else {
        Err(Disagreement::Reader)
    }
}
