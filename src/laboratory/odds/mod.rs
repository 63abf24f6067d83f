//! What is left to chance, as a distribution: a case's sends, repeated without the waits
//! that decide the outcome.
//!
//! [`EagerSends`] is what to repeat, [`plan()`] in which order with which gaps, [`perform()`]
//! does it on real sockets, [`Tally`] counts what came of it, and [`Share`] tells a share with
//! its interval.
//!
//! Two readers can meet the same sends. The plain one calls recv until the end of the stream,
//! and whether a recv covers a boundary is left to chance. Where the case's own reader goes by
//! lengths (it decodes frames, or reads as many bytes as a length said), it is repeated as
//! well, and counted by whether it told every message apart.
//!
//! Promises: [`EagerSends`] keeps the sends, their options and what they are to
//! the messages; it takes away every wait, so nothing orders the two sides but
//! the bytes. The same seed gives the same [`plan()`], on every platform, as long as
//! the versions of `rand` and `rand_xoshiro` stay. Only [`perform()`] opens a socket or looks
//! at a clock.

mod interval;
mod perform;
mod plan;
mod tally;

use std::time::Duration;

pub use interval::Share;
pub use perform::{Conditions, Done, perform};
pub use plan::{BLOCKS, Block, Trial, plan, points};
pub use tally::{Counts, Pattern, Point, Tally};

use crate::framing::Framing;
use crate::scenario::{
    Action, Opening, Part, Receiving, RecvLength, RecvStep, Scenario, Script, ScriptStep, SendStep,
    Side, SocketStep, Step, Transport, walk,
};

/// The most that one trial may send, in bytes (1 MiB).
pub const MOST_BYTES: u64 = 1 << 20;
/// The most send calls of one trial.
const MOST_SENDS: usize = 1_000;
/// What a recv asks for where the scenario's reader asks for no fixed number, in bytes.
const USUAL_RECV: u32 = 1024;
/// A gap is drawn from this share of it less to this share of it more, in percent.
pub const JITTER_PERCENT: u32 = 25;

/// Why a scenario has no odds to tell.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoOdds {
    /// Its first part is not TCP.
    #[error("its first part is over {}, not tcp", .0.name())]
    Transport(Transport),
    /// Neither side sends two messages.
    #[error("neither side sends two messages one after the other, at most {0}")]
    TooFewMessages(usize),
    /// The side that sends does so over several connections, whose streams are none together.
    #[error("it sends over {0} connections, each a stream of its own")]
    Connections(usize),
    /// It sends more than a trial may.
    #[error("it sends {bytes} bytes in {sends} sends, which is more than {MOST_BYTES} in 1000")]
    TooMuch {
        /// How many bytes.
        bytes: u64,
        /// In how many sends.
        sends: usize,
    },
}

/// The sends of one side of a scenario, for an eager reader and no gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EagerSends {
    /// Who sends.
    pub from: Side,
    /// What every recv asks for, in bytes.
    pub at_most: u32,
    /// The scenario with the sender's own steps and the reader's one, without a gap.
    scenario: Scenario,
    /// How many messages are sent.
    messages: usize,
    /// The case's own reader, without its waits; none where it does not go by lengths.
    own_reader: Option<Vec<Step>>,
}

impl EagerSends {
    /// The sends of the first part of `scenario`, by the side that sends more messages.
    ///
    /// # Errors
    /// Where there is nothing that chance could decide, or too much of it.
    pub fn of(scenario: &Scenario) -> Result<Self, NoOdds> {
        let part = scenario.parts.first().ok_or(NoOdds::TooFewMessages(0))?;
        if part.transport != Transport::Tcp {
            return Err(NoOdds::Transport(part.transport));
        }
        let [server, client] = Side::BOTH.map(|side| {
            let steps = keep_sends(&part.script(side).steps);
            (count_messages(&steps), side, steps)
        });
        let (messages, from, steps) = if client.0 > server.0 { client } else { server };
        if messages < 2 {
            return Err(NoOdds::TooFewMessages(messages));
        }
        let connections = connections(&part.script(from).steps);
        if connections > 1 {
            return Err(NoOdds::Connections(connections));
        }
        refuse_too_much(&steps)?;
        let own_reader = own_reader(&part.script(from.other()).steps);
        let at_most = recv_size(&part.script(from.other()).steps).unwrap_or(USUAL_RECV);
        let reader = vec![Action::Receive(Receiving::UntilEnd { at_most }).into()];
        let script = |side: Side| Script {
            options: part.script(side).options.clone(),
            steps: if side == from {
                steps.clone()
            } else {
                reader.clone()
            },
        };
        let part = Part {
            label: None,
            transport: part.transport,
            deadline: part.deadline,
            server: script(Side::Server),
            client: script(Side::Client),
            expect: None,
        };
        Ok(Self {
            from,
            at_most,
            messages,
            own_reader,
            scenario: Scenario {
                about_time: true,
                section: None,
                parts: vec![part],
                ..scenario.clone()
            },
        })
    }

    /// How many messages are sent; two at the least.
    #[must_use]
    pub const fn messages(&self) -> usize {
        self.messages
    }

    /// Whether the case's own reader goes by lengths.
    #[must_use]
    pub const fn has_own_reader(&self) -> bool {
        self.own_reader.is_some()
    }

    /// The framing by which the case's own reader decodes; none where it does not.
    #[must_use]
    pub fn own_framing(&self) -> Option<Framing> {
        self.own_reader.as_deref().and_then(framing_of)
    }

    /// What to replay with the case's own reader: the same sends, the same pauses.
    #[must_use]
    pub fn with_own_reader(&self, gap: Duration) -> Option<Scenario> {
        let steps = self.own_reader.as_ref()?;
        let mut scenario = self.with_gap(gap);
        for part in &mut scenario.parts {
            match self.from {
                Side::Server => part.client.steps.clone_from(steps),
                Side::Client => part.server.steps.clone_from(steps),
            }
        }
        Some(scenario)
    }

    /// What to replay: the sends with a pause of `gap` between each two; none where it is zero.
    #[must_use]
    pub fn with_gap(&self, gap: Duration) -> Scenario {
        let mut scenario = self.scenario.clone();
        if gap.is_zero() {
            return scenario;
        }
        for part in &mut scenario.parts {
            let script = match self.from {
                Side::Server => &mut part.server,
                Side::Client => &mut part.client,
            };
            let mut sent = false;
            let mut steps = Vec::with_capacity(2 * script.steps.len());
            for step in script.steps.drain(..) {
                if matches!(step.action, Action::Send(_)) {
                    if sent {
                        steps.push(Action::Script(ScriptStep::Pause(gap)).into());
                    }
                    sent = true;
                }
                steps.push(step);
            }
            script.steps = steps;
        }
        scenario
    }
}

/// A step that has to end well, on the main socket.
/// The sends on the main socket and the options set between them, blocks unrolled.
/// Stops behind [`MOST_SENDS`], which is refused later.
fn keep_sends(steps: &[Step]) -> Vec<Step> {
    let plain = |step: &&Step| step.on.is_none() && step.fails.is_none();
    let steps = walk::performed(steps).map(|it| it.step).filter(plain);
    let kept = steps.filter_map(|step| match &step.action {
        // A reader that never rests leaves room, so no send has to give up.
        Action::Send(send) => Some(Action::Send(SendStep {
            nonblocking: false,
            ..send.clone()
        })),
        Action::Socket(SocketStep::Set(option)) => Some(Action::Socket(SocketStep::Set(*option))),
        Action::Socket(
            SocketStep::HalfClose | SocketStep::Close(_) | SocketStep::DropArriving(_),
        )
        | Action::Open(_)
        | Action::Receive(_)
        | Action::Script(_)
        | Action::Repeat { .. } => None,
    });
    kept.take(MOST_SENDS + 1).map(Step::from).collect()
}

/// The steps of a reader that goes by lengths, without its waits, and what is left over read
/// to the end; none where it reads whatever comes.
fn own_reader(steps: &[Step]) -> Option<Vec<Step>> {
    let mut goes_by_lengths = false;
    let mut kept = keep_recvs(steps, &mut goes_by_lengths);
    // A decoder that is expected to fail leaves the rest, and closing on that resets the sender.
    let reads_to_the_end = kept.last().is_some_and(|step| {
        step.fails.is_none()
            && matches!(
                step.action,
                Action::Receive(
                    Receiving::UntilEnd { .. } | Receiving::Decode { messages: None, .. }
                )
            )
    });
    if !reads_to_the_end {
        let rest = Receiving::UntilEnd {
            at_most: USUAL_RECV,
        };
        kept.push(Action::Receive(rest).into());
    }
    goes_by_lengths.then_some(kept)
}

/// The steps that read the main socket, in blocks as they stand.
fn keep_recvs(steps: &[Step], goes_by_lengths: &mut bool) -> Vec<Step> {
    let mut kept = Vec::new();
    for step in steps.iter().filter(|step| step.on.is_none()) {
        match &step.action {
            Action::Receive(Receiving::Recv(recv)) => {
                *goes_by_lengths |= recv.carries.is_some() || recv.length == RecvLength::Carried;
            }
            Action::Receive(Receiving::Exact(_) | Receiving::Decode { .. }) => {
                *goes_by_lengths = true;
            }
            Action::Receive(Receiving::UntilEnd { .. } | Receiving::Available { .. }) => {}
            Action::Repeat { times, steps } => {
                let steps = keep_recvs(steps, goes_by_lengths);
                if !steps.is_empty() {
                    let times = *times;
                    kept.push(Action::Repeat { times, steps }.into());
                }
                continue;
            }
            Action::Send(_) | Action::Socket(_) | Action::Open(_) | Action::Script(_) => continue,
        }
        kept.push(step.clone());
    }
    kept
}

/// The framing that the first step which decodes goes by.
fn framing_of(steps: &[Step]) -> Option<Framing> {
    walk::written(steps).find_map(|it| {
        if let Action::Receive(Receiving::Decode { framing, .. }) = &it.step.action {
            Some(*framing)
        } else {
            None
        }
    })
}

/// How many of its connections a side sends over.
fn connections(steps: &[Step]) -> usize {
    let mut has_sent = false;
    let mut count = 0;
    for step in walk::performed(steps).map(|it| it.step) {
        if step.on.is_some() {
            continue;
        }
        match &step.action {
            Action::Open(Opening::Accept | Opening::Connect) => has_sent = false,
            Action::Send(_) => count += usize::from(!std::mem::replace(&mut has_sent, true)),
            Action::Open(Opening::Bind { .. } | Opening::Listen)
            | Action::Socket(_)
            | Action::Receive(_)
            | Action::Script(_)
            | Action::Repeat { .. } => {}
        }
    }
    count
}

fn sends(steps: &[Step]) -> impl Iterator<Item = &SendStep> {
    steps.iter().filter_map(|step| {
        if let Action::Send(send) = &step.action {
            Some(send)
        } else {
            None
        }
    })
}

/// How many messages the sends make: a header and the plain send behind it are one.
fn count_messages(steps: &[Step]) -> usize {
    let mut header_open = false;
    let mut messages = 0;
    for send in sends(steps) {
        let begins = send.role.begins(&mut header_open);
        // On a stream, a send of nothing is no message.
        messages += usize::from(begins && (send.framing.is_some() || !send.payload.is_empty()));
    }
    messages
}

fn refuse_too_much(steps: &[Step]) -> Result<(), NoOdds> {
    let mut bytes = 0_u64;
    let mut calls = 0_u64;
    for send in sends(steps) {
        let length = send.payload.len().unwrap_or(0);
        bytes = bytes.saturating_add(length);
        let piece = send.pieces.map_or(length, |most| u64::from(most.get()));
        calls = calls.saturating_add(length.div_ceil(piece.max(1)).max(1));
    }
    let sends = usize::try_from(calls).unwrap_or(usize::MAX);
    if bytes > MOST_BYTES || sends > MOST_SENDS || steps.len() > MOST_SENDS {
        return Err(NoOdds::TooMuch { bytes, sends });
    }
    Ok(())
}

/// What the first recv of a reader asks for that does not look for a length.
fn recv_size(steps: &[Step]) -> Option<u32> {
    walk::written(steps).find_map(|it| {
        if let Action::Receive(
            Receiving::Recv(RecvStep {
                length: RecvLength::Bytes(at_most),
                carries: None,
                ..
            })
            | Receiving::UntilEnd { at_most }
            | Receiving::Available { at_most },
        ) = &it.step.action
        {
            Some(*at_most)
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests;
