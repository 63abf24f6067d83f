//! The odds of what is left to chance: repeats the sends of a case without the waits that decide
//! the outcome, and counts the results.
//!
//! [`EagerSends`] is what to repeat, [`plan()`] the order of the trials and their gaps,
//! [`perform()`] runs them on real sockets, [`Tally`] counts the results, and [`Share`] gives a
//! share with its interval.
//!
//! Two readers can meet the same sends. The plain one calls recv until the end of the stream, and
//! it is left to chance whether a recv covers a boundary. If the case's own reader goes by lengths
//! (it decodes frames, or reads as many bytes as a length said), that reader is repeated as well,
//! and each trial counts whether it separated every message.
//!
//! Promises: [`EagerSends`] keeps the sends, their options and their roles in messages. It removes
//! every wait, so nothing orders the two sides but the bytes. The same seed gives the same
//! [`plan()`] on every platform, as long as the versions of `rand` and `rand_xoshiro` stay the
//! same. Only [`perform()`] opens a socket or reads a clock.

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
    Action, Opening, Part, Receiving, RecvLength, RecvStep, Scenario, Script, ScriptStep, See,
    SendStep, Side, SocketStep, Step, Transport, walk,
};

/// The most bytes that one trial may send (1 MiB).
pub const MOST_BYTES: u64 = 1 << 20;
/// The most send calls of one trial.
const MOST_SENDS: usize = 1_000;
/// The number of bytes that a recv asks for if the scenario's reader has no fixed number.
const USUAL_RECV: u32 = 1024;
/// The range in which a gap is drawn around its nominal value, in percent less or more.
pub const JITTER_PERCENT: u32 = 25;

/// Why a scenario has no odds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoOdds {
    /// Its first part is not TCP.
    #[error("its first part is over {}, not tcp", .0.name())]
    Transport(Transport),
    /// Neither side sends two messages.
    #[error("neither side sends two messages one after the other, at most {0}")]
    TooFewMessages(usize),
    /// The sender uses several connections, so its streams are not one.
    #[error("it sends over {0} connections, each a stream of its own")]
    Connections(usize),
    /// It sends more than a trial may.
    #[error("it sends {bytes} bytes in {sends} sends, which is more than {MOST_BYTES} in 1000")]
    TooMuch {
        /// The number of bytes.
        bytes: u64,
        /// The number of sends.
        sends: usize,
    },
}

/// The sends of one side of a scenario, for a reader that never waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EagerSends {
    /// The sending side.
    pub from: Side,
    /// The number of bytes that every recv asks for.
    pub at_most: u32,
    /// The scenario with the sender's own steps and the one step of the reader, without a gap.
    scenario: Scenario,
    /// The number of messages sent.
    messages: usize,
    /// The case's own reader, without its waits; `None` if it does not go by lengths.
    own_reader: Option<Vec<Step>>,
}

impl EagerSends {
    /// The sends of the first part of `scenario`, by the side that sends more messages.
    ///
    /// # Errors
    /// If nothing is left to chance, or too much would be sent.
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
                see: See::default(),
                about_time: true,
                section: None,
                parts: vec![part],
                ..scenario.clone()
            },
        })
    }

    /// The number of messages sent; at least two.
    #[must_use]
    pub const fn messages(&self) -> usize {
        self.messages
    }

    /// Whether the case's own reader goes by lengths.
    #[must_use]
    pub const fn has_own_reader(&self) -> bool {
        self.own_reader.is_some()
    }

    /// The framing that the case's own reader decodes; `None` if it decodes none.
    #[must_use]
    pub fn own_framing(&self) -> Option<Framing> {
        self.own_reader.as_deref().and_then(framing_of)
    }

    /// The scenario to replay with the case's own reader: the same sends, the same pauses.
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

    /// The scenario to replay: the sends with a pause of `gap` between each two; no pause if it is
    /// 0.
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

/// The sends on the main socket and the options set between them, with blocks unrolled. Stops after
/// [`MOST_SENDS`], which is rejected later.
fn keep_sends(steps: &[Step]) -> Vec<Step> {
    let plain = |step: &&Step| step.on.is_none() && step.fails.is_none();
    let steps = walk::performed(steps).map(|it| it.step).filter(plain);
    let kept = steps.filter_map(|step| match &step.action {
        // A reader that never waits makes room, so no send has to give up.
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

/// The steps of a reader that goes by lengths, without its waits, followed by a read of the rest;
/// `None` if it reads whatever arrives.
fn own_reader(steps: &[Step]) -> Option<Vec<Step>> {
    let mut goes_by_lengths = false;
    let mut kept = keep_recvs(steps, &mut goes_by_lengths);
    // A decoder that is expected to fail leaves bytes unread, and closing then would reset the
    // sender.
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

/// The steps that read the main socket, with their blocks.
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

/// The framing of the first step that decodes.
fn framing_of(steps: &[Step]) -> Option<Framing> {
    walk::written(steps).find_map(|it| {
        if let Action::Receive(Receiving::Decode { framing, .. }) = &it.step.action {
            Some(*framing)
        } else {
            None
        }
    })
}

/// The number of connections over which a side sends.
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

/// The number of messages in these sends.
fn count_messages(steps: &[Step]) -> usize {
    let messages = walk::messages(steps, Transport::Tcp);
    messages.last().map_or(0, |(_, last)| last + 1)
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

/// The number of bytes that the reader's first recv asks for, unless that recv reads a length.
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
