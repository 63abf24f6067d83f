//! Compares expectations with what happened.
//!
//! Promises: every expectation is counted once: as held, as a difference or as skipped. What is not
//! known is never counted as held. Payloads are compared in place; only what a difference shows is
//! copied.

use std::borrow::Cow;
use std::iter;

use sha2::{Digest, Sha256};

use super::{
    BoundaryFate, Difference, DifferenceKind, Excerpt, FlowAnalysis, GotRecv, Held, MessageFate,
    PartAnalysis, Skipped,
};
use crate::diagnostic::hex;
use crate::framing::Decoded;
use crate::scenario::{
    Expectation, ExpectedFate, Fault, Payload, Receives, Returned, Side, SystemFault,
};
use crate::trace::{DataOp, Flow, FlowId, Got, Op, PartTrace, StopReason};

/// The analysis of a part, from the analyses of its flows and the number of steps that failed as
/// expected.
pub(super) fn judge(
    part: &PartTrace,
    flows: Vec<FlowAnalysis>,
    failed_as_stated: usize,
) -> PartAnalysis {
    let mut verdict = PartAnalysis {
        flows,
        differences: Vec::new(),
        skipped: Vec::new(),
        held: Vec::new(),
    };
    if let Some(stop) = &part.stop {
        if let StopReason::Stalled {
            milliseconds,
            timer,
            ..
        } = stop.reason
        {
            verdict.skipped.push(Skipped::Stalled {
                milliseconds,
                timer,
            });
            return verdict;
        }
        let unsupported = matches!(
            stop.reason,
            StopReason::Unsupported(_)
                | StopReason::Fault {
                    fault: Fault::System(SystemFault::Unsupported),
                    ..
                }
        );
        if unsupported {
            verdict.skipped.push(Skipped::Part(stop.side));
            return verdict;
        }
        verdict.differences.push(Difference {
            side: stop.side,
            kind: DifferenceKind::Stopped {
                reason: stop.reason.clone(),
                other_last: stop.other_last.clone(),
            },
        });
    }
    // A step that was expected to fail and did not has already ended the replay.
    let failures = iter::repeat_n(Held::Failure, failed_as_stated);
    verdict.held.extend(failures);
    // Bytes that were never sent are an error whatever was expected.
    let nothing = Expectation::default();
    let expect = part.expect.as_ref().unwrap_or(&nothing);
    for side in Side::BOTH {
        let expected = expect.of(side);
        let mut judge = Judge {
            part,
            side,
            verdict: &mut verdict,
        };
        judge.recvs(expected);
        judge.boundaries(expected);
        judge.messages(expected);
        judge.decoded(expected);
        judge.bytes(expected);
        judge.evidence(expected);
    }
    verdict
}

/// The expectations of one side.
pub(super) struct Judge<'a> {
    pub(super) part: &'a PartTrace,
    pub(super) side: Side,
    pub(super) verdict: &'a mut PartAnalysis,
}

impl<'a> Judge<'a> {
    /// Counts one expectation, about `held` if it holds.
    pub(super) fn count(&mut self, held: Held, difference: Option<DifferenceKind>) {
        match difference {
            None => self.verdict.held.push(held),
            Some(kind) => self.verdict.differences.push(Difference {
                side: self.side,
                kind,
            }),
        }
    }

    /// The flows in which this side receives.
    pub(super) fn flows(&self) -> impl Iterator<Item = (&'a Flow, &FlowAnalysis)> {
        let side = self.side;
        self.part
            .flows
            .iter()
            .zip(&self.verdict.flows)
            .filter(move |(flow, _)| flow.from == side.other())
    }

    /// Compares a list item by item. A missing item on either side is `None`.
    pub(super) fn list<W: Clone, G>(
        &mut self,
        held: Held,
        wanted: &[W],
        got: impl IntoIterator<Item = G>,
        admits: impl Fn(&W, &G) -> bool,
        difference: impl Fn(usize, Option<W>, Option<G>) -> DifferenceKind,
    ) {
        let (mut wanted, mut got) = (wanted.iter(), got.into_iter());
        for number in 1.. {
            let (wanted, got) = (wanted.next(), got.next());
            if wanted.is_none() && got.is_none() {
                return;
            }
            let holds = matches!((wanted, &got), (Some(wanted), Some(got)) if admits(wanted, got));
            self.count(
                held,
                (!holds).then(|| difference(number, wanted.cloned(), got)),
            );
        }
    }

    fn recvs(&mut self, expected: &Receives) {
        if let Some(wanted) = &expected.recv {
            let got = returned(self.part, self.side);
            self.list(
                Held::Recv,
                wanted,
                got,
                is_returned,
                |number, wanted, got| DifferenceKind::Recv {
                    number,
                    wanted,
                    got: got.map(GotRecv::from),
                },
            );
        }
    }

    fn boundaries(&mut self, expected: &Receives) {
        for wanted in &expected.boundaries {
            let first = self.flows().find(|(flow, _)| flow.connection == 0);
            let got = first.and_then(|(_, flow)| {
                let found = flow
                    .boundaries
                    .binary_search_by_key(&wanted.at, |found| found.at);
                found.ok().map(|index| flow.boundaries[index].fate)
            });
            if got == Some(BoundaryFate::Uncertain) {
                self.verdict.skipped.push(Skipped::Alike(self.side));
                continue;
            }
            let placed = matches!(wanted.fate, ExpectedFate::Coalesced(Some(_)));
            if placed && matches!(got, Some(BoundaryFate::Coalesced { place: None, .. })) {
                self.verdict.skipped.push(Skipped::Place(self.side));
                continue;
            }
            let holds = got.is_some_and(|got| got.is(wanted.fate));
            self.count(
                Held::Boundary,
                (!holds).then_some(DifferenceKind::Boundary {
                    at: wanted.at,
                    wanted: wanted.fate,
                    got,
                }),
            );
        }
        if let Some(wanted) = expected.lost_boundaries {
            let all = || self.flows().flat_map(|(_, flow)| &flow.boundaries);
            let of = all().count() as u64;
            let lost = |fate| matches!(fate, BoundaryFate::Coalesced { .. });
            let got = all().filter(|boundary| lost(boundary.fate)).count() as u64;
            let holds = wanted.admits(got, of);
            self.count(
                Held::LostBoundaries,
                (!holds).then_some(DifferenceKind::LostBoundaries { wanted, got, of }),
            );
        }
    }

    fn messages(&mut self, expected: &Receives) {
        if let Some(wanted) = &expected.messages {
            let got: Vec<(MessageFate, bool)> = self
                .flows()
                .flat_map(|(_, flow)| {
                    let messages = flow.messages.iter().enumerate();
                    messages.map(|(index, message)| (message.fate, flow.is_certain(index)))
                })
                .collect();
            for index in 0..wanted.len().max(got.len()) {
                let (wanted, got) = (wanted.get(index).copied(), got.get(index).copied());
                if let (Some(_), Some((_, false))) = (wanted, got) {
                    self.verdict.skipped.push(Skipped::Alike(self.side));
                    continue;
                }
                let got = got.map(|(fate, _)| fate);
                let holds = matches!((wanted, got), (Some(wanted), Some(got)) if got.is(wanted));
                self.count(
                    Held::Message,
                    (!holds).then_some(DifferenceKind::Message {
                        number: index + 1,
                        wanted,
                        got,
                    }),
                );
            }
        }
    }

    fn decoded(&mut self, expected: &Receives) {
        let Some(wanted) = &expected.decoded else {
            return;
        };
        self.list(
            Held::Decoded,
            wanted,
            decoded(self.part, self.side),
            |wanted, got| is_payload(wanted, got),
            |number, wanted, got| DifferenceKind::Decoded {
                number,
                wanted,
                got: got.map(|got| Excerpt::from(&*got)),
            },
        );
    }

    fn bytes(&mut self, expected: &Receives) {
        if let Some(wanted) = expected.total {
            let got = self
                .flows()
                .map(|(flow, _)| flow.received.len() as u64)
                .sum();
            let holds = wanted.admits(got);
            self.count(
                Held::Total,
                (!holds).then_some(DifferenceKind::Total { wanted, got }),
            );
        }
        let faithful = self.flows().all(|(_, flow)| flow.faithful);
        // Bytes that were never sent are an error whatever the file expects.
        let intact = expected.intact.or((!faithful).then_some(true));
        if intact.is_none() && expected.sha256.is_none() {
            return;
        }
        let received = digest(self.flows().map(|(flow, _)| flow.received.as_slice()));
        if let Some(wanted) = intact {
            let sent = digest(self.flows().map(|(flow, _)| flow.sent.as_slice()));
            let received = received.clone();
            let holds = (sent == received) == wanted;
            self.count(
                Held::Content,
                (!holds).then_some(DifferenceKind::Intact {
                    wanted,
                    sent,
                    received,
                }),
            );
        }
        if let Some(wanted) = &expected.sha256 {
            let holds = received.eq_ignore_ascii_case(wanted);
            self.count(
                Held::Content,
                (!holds).then(|| DifferenceKind::Digest {
                    wanted: wanted.clone(),
                    got: received,
                }),
            );
        }
    }
}

/// What a recv returned, borrowed from the trace.
#[derive(Clone, Copy)]
pub(super) enum Came<'a> {
    /// The number of bytes, and those that the trace holds: all of them, except bytes that were
    /// only peeked at.
    Data(u64, &'a [u8]),
    End,
    Fault(Fault),
}

impl From<Came<'_>> for GotRecv {
    fn from(came: Came<'_>) -> Self {
        match came {
            Came::Data(bytes, there) => Self::Data(Excerpt::of(bytes, there)),
            Came::End => Self::End,
            Came::Fault(fault) => Self::Fault(fault),
        }
    }
}

/// What each recv of a side returned.
pub(super) fn returned(part: &PartTrace, side: Side) -> impl Iterator<Item = Came<'_>> {
    let calls = part.calls.iter().filter(move |call| call.side == side);
    calls.filter_map(|call| {
        let Op::Data(DataOp::Recv {
            flow, offset, got, ..
        }) = call.op
        else {
            return None;
        };
        Some(match (call.fault, got) {
            (Some(fault), _) => Came::Fault(fault),
            (None, Got::End | Got::Nothing) => Came::End,
            (None, Got::Data { bytes, .. } | Got::Peeked { bytes }) => {
                let bytes = u64::from(bytes);
                Came::Data(bytes, received(part, flow, offset, bytes))
            }
        })
    })
}

/// The payload of each message that a side decoded, unescaped if its framing escapes.
pub(super) fn decoded(part: &PartTrace, side: Side) -> impl Iterator<Item = Cow<'_, [u8]>> {
    let calls = part.calls.iter().filter(move |call| call.side == side);
    calls.filter_map(|call| {
        let Op::Data(DataOp::Decoded {
            flow,
            offset,
            header,
            payload,
            trailer,
            ref framing,
        }) = call.op
        else {
            return None;
        };
        let length = u64::from(header) + u64::from(payload) + u64::from(trailer);
        let frame = received(part, flow, offset, length);
        Some(match framing.decode(frame, frame.len()) {
            Ok(Decoded::Frame { payload, .. }) => payload,
            Ok(Decoded::Incomplete { .. }) | Err(_) => Cow::Borrowed(frame),
        })
    })
}

/// The bytes received in a flow from `offset` on; fewer if the trace holds fewer.
fn received(part: &PartTrace, flow: FlowId, offset: u64, bytes: u64) -> &[u8] {
    let received = part
        .flows
        .get(usize::from(flow))
        .map_or(&[][..], |flow| &flow.received);
    let place = |offset: u64| {
        usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(received.len())
    };
    &received[place(offset)..place(offset.saturating_add(bytes))]
}

/// Whether a recv returned what was expected.
fn is_returned(wanted: &Returned, got: &Came<'_>) -> bool {
    match (wanted, got) {
        (Returned::Data { bytes, content }, Came::Data(count, got)) => {
            bytes.admits(*count)
                && content
                    .as_ref()
                    .is_none_or(|content| is_payload(content, got))
        }
        (Returned::End, Came::End) => true,
        (Returned::Fails(wanted), Came::Fault(got)) => wanted == got,
        (Returned::Data { .. }, Came::End | Came::Fault(_))
        | (Returned::End, Came::Data(..) | Came::Fault(_))
        | (Returned::Fails(_), Came::Data(..) | Came::End) => false,
    }
}

/// Whether these are the payload's bytes. The payload is built only if the size matches.
fn is_payload(wanted: &Payload, got: &[u8]) -> bool {
    wanted.len().is_ok_and(|length| length == got.len() as u64)
        && wanted.bytes().is_ok_and(|wanted| wanted.as_ref() == got)
}

/// The SHA-256 of the concatenated bytes, in hex.
fn digest<'a>(parts: impl Iterator<Item = &'a [u8]>) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hex::Digits(&hasher.finalize()).to_string()
}
