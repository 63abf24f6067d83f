//! A quiz about replays: the questions to ask before a replay, and whether an answer is right.
//!
//! An [`Exchange`] is one part of a scenario, from the catalogue or made up, with a question about
//! it. A [`Cut`] is a framed stream cut into pieces, with a question about the readers of
//! [`super::Reader`]. `plan` draws questions from a seed, from easy to hard, and [`reply`] reads
//! what was typed.
//!
//! Promises: pure; the same wish gives the same questions on every platform. There is no table of
//! answers: the right answer is computed from the trace of the replay that follows
//! ([`Exchange::truth`], [`Cut::truth`]). A replay that stops early, does not come out as the
//! scenario expects, or does not show it, gives no answer ([`Void`]). Never opens a socket.

mod answer;
mod candidates;
mod cut;
mod exchange;
mod plan;
mod reading;

pub use answer::{Reply, reply};
pub use candidates::message_numbers;
pub use plan::{Wish, plan};

use super::confirmation::{self, Disagreement};
use super::reader::Reader;
use super::shake::{Stream, watch};
use crate::analysis::{BoundaryFate, FlowAnalysis, PartAnalysis};
use crate::scenario::{ExpectedMessage, Part, Place, Scenario, Side};
use crate::trace::{DataOp, Got, Op, PartTrace, StopReason, Trace};

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What it is about.
    pub subject: Subject,
    /// How hard it is: the number of things to keep in mind.
    pub difficulty: u32,
}

/// What a question is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// What comes out of two programs.
    Exchange(Box<Exchange>),
    /// Which readers survive a cut.
    Cut(Cut),
}

/// Two programs, and a question about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The scenario; it has only the part that is asked about.
    pub scenario: Scenario,
    /// Where it comes from.
    pub origin: Origin,
    /// The receiving side that is asked about.
    pub receiver: Side,
    /// What is asked.
    pub asks: Asks,
}

/// Where an exchange comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The catalogue.
    Catalogue,
    /// The seed.
    Random,
}

/// A question about an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// How many bytes does each recv that returns data return?
    Recvs,
    /// Where is the boundary at this stream offset of the first connection lost?
    Boundary(u64),
    /// What becomes of the message with this number, from 0?
    Message(usize),
}

/// A framed stream that arrives in pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The stream.
    pub stream: Stream,
    /// The offsets at which it is cut, in order.
    pub cuts: Vec<usize>,
}

/// An answer, right or wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The bytes of each recv that returned data, in order.
    Recvs(Vec<u64>),
    /// Where a boundary was lost; `None` if it was not.
    Boundary(Option<Place>),
    /// The fate of a message.
    Message(ExpectedMessage),
    /// The readers that survived, in the order of [`Reader::ALL`].
    Readers(Vec<Reader>),
}

/// The form of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// Numbers of bytes, in order.
    Numbers,
    /// One of these, chosen by its number from 1.
    OneOf(Vec<Answer>),
    /// Any of these, chosen by their numbers from 1.
    AnyOf(Vec<Reader>),
}

/// The score of a quiz: the number of questions with each outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Answered right.
    pub right: usize,
    /// Answered wrong.
    pub wrong: usize,
    /// Skipped by the user.
    pub skipped: usize,
    /// Without a right answer ([`Void`]), so not counted.
    pub void: usize,
    /// Not asked, because the quiz ended.
    pub left: usize,
}

/// Why a question has no answer and does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Void {
    /// The replay ended early.
    Stopped(StopReason),
    /// The replay did not come out as the scenario expects.
    NotAsExpected,
    /// This system does not report what was asked about.
    NotTold,
    /// A reader did something else over the sockets than in memory.
    Disagreement(Reader, Disagreement),
}

impl Question {
    /// The form of its answer.
    #[must_use]
    pub fn form(&self) -> Form {
        match &self.subject {
            Subject::Cut(cut) => Form::AnyOf(cut.readers().collect()),
            Subject::Exchange(exchange) => match exchange.asks {
                Asks::Recvs => Form::Numbers,
                Asks::Boundary(_) => Form::OneOf(
                    [None, Some(Place::InReceiveQueue), Some(Place::BySender)]
                        .map(Answer::Boundary)
                        .into(),
                ),
                Asks::Message(_) => Form::OneOf(FATES.map(Answer::Message).into()),
            },
        }
    }
}

/// The possible fates of a message, in the order in which they are offered.
const FATES: [ExpectedMessage; 5] = [
    ExpectedMessage::Whole,
    ExpectedMessage::Coalesced,
    ExpectedMessage::InPieces,
    ExpectedMessage::Truncated,
    ExpectedMessage::Lost,
];

impl Exchange {
    /// The part that is asked about.
    #[must_use]
    pub fn part(&self) -> Option<&Part> {
        self.scenario.parts.first()
    }

    /// The right answer, from a replay of [`Exchange::scenario`] and its analysis.
    ///
    /// # Errors
    /// If the replay gives no answer.
    pub fn truth(&self, part: &PartTrace, analysis: &PartAnalysis) -> Result<Answer, Void> {
        if let Some(stop) = &part.stop {
            return Err(Void::Stopped(stop.reason.clone()));
        }
        if !analysis.differences.is_empty() {
            return Err(Void::NotAsExpected);
        }
        match self.asks {
            Asks::Recvs => Ok(Answer::Recvs(self.returned(part))),
            Asks::Boundary(at) => {
                let flow = self.first_flow(part, analysis).ok_or(Void::NotTold)?;
                let boundary = flow.boundaries.iter().find(|boundary| boundary.at == at);
                match boundary.map(|boundary| boundary.fate) {
                    Some(BoundaryFate::Kept) => Ok(Answer::Boundary(None)),
                    Some(BoundaryFate::Coalesced {
                        place: Some(place), ..
                    }) => Ok(Answer::Boundary(Some(place))),
                    Some(
                        BoundaryFate::Coalesced { place: None, .. }
                        | BoundaryFate::NotReached
                        | BoundaryFate::Uncertain
                        | BoundaryFate::NotSeen,
                    )
                    | None => Err(Void::NotTold),
                }
            }
            Asks::Message(number) => {
                let flow = self.first_flow(part, analysis).ok_or(Void::NotTold)?;
                let message = flow.messages.get(number).ok_or(Void::NotTold)?;
                let fate = FATES.into_iter().find(|fate| message.fate.is(*fate));
                fate.map(Answer::Message).ok_or(Void::NotTold)
            }
        }
    }

    /// The number of bytes that each recv of the receiver returned, without recvs that returned
    /// none.
    fn returned(&self, part: &PartTrace) -> Vec<u64> {
        let of_receiver = part.calls.iter().filter(|call| call.side == self.receiver);
        of_receiver
            .filter_map(|call| match call.op {
                Op::Data(DataOp::Recv {
                    got: Got::Data { bytes, .. },
                    ..
                }) => Some(u64::from(bytes)),
                _ => None,
            })
            .collect()
    }

    /// The flow to the receiver over the first connection, with its analysis.
    #[must_use]
    pub fn first_flow<'a>(
        &self,
        part: &PartTrace,
        analysis: &'a PartAnalysis,
    ) -> Option<&'a FlowAnalysis> {
        let place = part
            .flows
            .iter()
            .position(|flow| flow.connection == 0 && flow.from == self.receiver.other())?;
        analysis.flows.get(place)
    }
}

impl Cut {
    /// The readers that exist for its framing, in order.
    pub fn readers(&self) -> impl Iterator<Item = Reader> + use<'_> {
        let framing = self.stream.framing;
        Reader::ALL
            .into_iter()
            .filter(move |reader| reader.can_read(framing))
    }

    /// The scenario to replay for one of the readers.
    #[must_use]
    pub fn scenario(&self, reader: Reader) -> Scenario {
        let watched = watch(reader, &self.stream, &self.cuts);
        confirmation::scenario(&self.stream, &self.cuts, &watched)
    }

    /// The right answer: the readers that got the messages back from what the sockets returned in
    /// these replays, one for each of [`Cut::readers`].
    ///
    /// # Errors
    /// If a replay ended early, or the sockets and the computation disagree.
    pub fn truth(&self, replays: &[(Reader, Trace)]) -> Result<Answer, Void> {
        let mut survivors = Vec::new();
        for (reader, trace) in replays {
            let watched = watch(*reader, &self.stream, &self.cuts);
            match confirmation::compare(*reader, &self.stream, &watched, trace) {
                Ok(()) if watched.survived => survivors.push(*reader),
                Ok(()) => {}
                Err(Disagreement::Stopped(reason)) => return Err(Void::Stopped(reason)),
                Err(disagreement) => return Err(Void::Disagreement(*reader, disagreement)),
            }
        }
        Ok(Answer::Readers(survivors))
    }
}
