//! Expectations against what came.
//!
//! Promises: every expectation stated is counted once, as held, as a difference or
//! as skipped; nothing that could not be told is counted as held.

use sha2::{Digest, Sha256};

use super::{
    BoundaryFate, Difference, DifferenceKind, FlowAnalysis, GotRecv, MessageFate, PartAnalysis,
    Skipped,
};
use crate::framing::Decoded;
use crate::scenario::{ExpectedFate, Fault, Payload, Receives, Returned, Side, SystemFault, hex};
use crate::trace::{Flow, Got, Op, PartTrace, StopReason};

/// The analysis of a part whose flows are analysed.
pub(super) fn judge(part: &PartTrace, flows: Vec<FlowAnalysis>) -> PartAnalysis {
    let mut verdict = PartAnalysis {
        flows,
        differences: Vec::new(),
        skipped: Vec::new(),
        held: 0,
    };
    if let Some(stop) = &part.stop {
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
    // A step that was expected to fail and did not has ended the replay.
    verdict.held += part
        .calls
        .iter()
        .filter(|call| call.expects.is_some() && call.fault == call.expects)
        .count();
    for (side, expected) in [
        (Side::Server, &part.expect.server),
        (Side::Client, &part.expect.client),
    ] {
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
    /// Counts one expectation.
    pub(super) fn count(&mut self, difference: Option<DifferenceKind>) {
        match difference {
            None => self.verdict.held += 1,
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

    /// Counts a list item by item; what one list lacks is none.
    pub(super) fn list<W: Clone, G: Clone>(
        &mut self,
        wanted: &[W],
        got: &[G],
        admits: impl Fn(&W, &G) -> bool,
        difference: impl Fn(usize, Option<W>, Option<G>) -> DifferenceKind,
    ) {
        for index in 0..wanted.len().max(got.len()) {
            let (wanted, got) = (wanted.get(index), got.get(index));
            let holds = matches!((wanted, got), (Some(wanted), Some(got)) if admits(wanted, got));
            self.count((!holds).then(|| difference(index + 1, wanted.cloned(), got.cloned())));
        }
    }

    /// What each recv of this side returned.
    fn returned(&self) -> Vec<GotRecv> {
        self.part
            .calls
            .iter()
            .filter(|call| call.side == self.side)
            .filter_map(|call| {
                let Op::Recv {
                    flow, offset, got, ..
                } = call.op
                else {
                    return None;
                };
                Some(match (call.fault, got) {
                    (Some(fault), _) => GotRecv::Fault(fault),
                    (None, Got::End | Got::Nothing) => GotRecv::End,
                    (None, Got::Data { bytes, .. } | Got::Peeked { bytes }) => {
                        GotRecv::Data(self.received(usize::from(flow), offset, u64::from(bytes)))
                    }
                })
            })
            .collect()
    }

    /// Bytes received in a flow, as far as they are there.
    pub(super) fn received(&self, flow: usize, offset: u64, bytes: u64) -> Vec<u8> {
        let received = self
            .part
            .flows
            .get(flow)
            .map_or(&[][..], |flow| &flow.received);
        let place = |offset: u64| {
            usize::try_from(offset)
                .unwrap_or(usize::MAX)
                .min(received.len())
        };
        received[place(offset)..place(offset.saturating_add(bytes))].to_vec()
    }

    fn recvs(&mut self, expected: &Receives) {
        if let Some(wanted) = &expected.recv {
            let got = self.returned();
            self.list(wanted, &got, is_returned, |number, wanted, got| {
                DifferenceKind::Recv {
                    number,
                    wanted,
                    got,
                }
            });
        }
    }

    fn boundaries(&mut self, expected: &Receives) {
        for wanted in &expected.boundaries {
            let first = self.flows().find(|(flow, _)| flow.connection == 0);
            let told = first.is_some_and(|(_, flow)| flow.wire.is_some());
            let got = first.and_then(|(_, flow)| {
                let found = flow
                    .boundaries
                    .binary_search_by_key(&wanted.at, |found| found.at);
                found.ok().map(|index| flow.boundaries[index].fate)
            });
            let placed = matches!(wanted.fate, ExpectedFate::Coalesced(Some(_)));
            if placed && !told && matches!(got, Some(BoundaryFate::Coalesced { .. })) {
                self.verdict.skipped.push(Skipped::Place(self.side));
                continue;
            }
            let holds = got.is_some_and(|got| got.is(wanted.fate));
            self.count((!holds).then_some(DifferenceKind::Boundary {
                at: wanted.at,
                wanted: wanted.fate,
                got,
            }));
        }
        if let Some(wanted) = expected.lost_boundaries {
            let all = || self.flows().flat_map(|(_, flow)| &flow.boundaries);
            let of = all().count() as u64;
            let lost = |fate| matches!(fate, BoundaryFate::Coalesced { .. });
            let got = all().filter(|boundary| lost(boundary.fate)).count() as u64;
            let holds = wanted.admits(got, of);
            self.count((!holds).then_some(DifferenceKind::LostBoundaries { wanted, got, of }));
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
                self.count((!holds).then_some(DifferenceKind::Message {
                    number: index + 1,
                    wanted,
                    got,
                }));
            }
        }
    }

    fn decoded(&mut self, expected: &Receives) {
        let Some(wanted) = &expected.decoded else {
            return;
        };
        let got: Vec<Vec<u8>> = self
            .part
            .calls
            .iter()
            .filter(|call| call.side == self.side)
            .filter_map(|call| match call.op {
                Op::Decoded {
                    flow,
                    offset,
                    header,
                    payload,
                    trailer,
                    framing,
                } => {
                    let size = u64::from(header) + u64::from(payload) + u64::from(trailer);
                    let frame = self.received(usize::from(flow), offset, size);
                    Some(match framing.decode(&frame, frame.len()) {
                        Ok(Decoded::Frame { payload, .. }) => payload.into_owned(),
                        Ok(Decoded::Incomplete { .. }) | Err(_) => frame,
                    })
                }
                _ => None,
            })
            .collect();
        self.list(
            wanted,
            &got,
            |wanted, got| is_payload(wanted, got),
            |number, wanted, got| DifferenceKind::Decoded {
                number,
                wanted,
                got,
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
            self.count((!holds).then_some(DifferenceKind::Total { wanted, got }));
        }
        let faithful = self.flows().all(|(_, flow)| flow.faithful);
        // Bytes that were never sent are wrong whatever the file states.
        let intact = expected.intact.or((!faithful).then_some(true));
        if intact.is_none() && expected.sha256.is_none() {
            return;
        }
        let received = digest(self.flows().map(|(flow, _)| flow.received.as_slice()));
        if let Some(wanted) = intact {
            let sent = digest(self.flows().map(|(flow, _)| flow.sent.as_slice()));
            let received = received.clone();
            let holds = (sent == received) == wanted;
            self.count((!holds).then_some(DifferenceKind::Intact {
                wanted,
                sent,
                received,
            }));
        }
        if let Some(wanted) = &expected.sha256 {
            let holds = received.eq_ignore_ascii_case(wanted);
            self.count((!holds).then(|| DifferenceKind::Digest {
                wanted: wanted.clone(),
                got: received,
            }));
        }
    }
}

/// Whether a recv returned what was stated.
fn is_returned(wanted: &Returned, got: &GotRecv) -> bool {
    match (wanted, got) {
        (Returned::Data { bytes, content }, GotRecv::Data(got)) => {
            bytes.admits(got.len() as u64)
                && content
                    .as_ref()
                    .is_none_or(|content| is_payload(content, got))
        }
        (Returned::End, GotRecv::End) => true,
        (Returned::Fails(wanted), GotRecv::Fault(got)) => wanted == got,
        (Returned::Data { .. } | Returned::End | Returned::Fails(_), _) => false,
    }
}

/// Whether these are the payload's bytes.
fn is_payload(wanted: &Payload, got: &[u8]) -> bool {
    wanted.bytes().is_ok_and(|wanted| wanted.as_ref() == got)
}

/// The SHA-256 of bytes one after another, in hex.
fn digest<'a>(parts: impl Iterator<Item = &'a [u8]>) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hex::Digits(&hasher.finalize()).to_string()
}
