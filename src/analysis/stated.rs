//! What came, as an expectation: as much of it as the scripts decide.
//!
//! Promises: states nothing that is left to chance ([`decided`]), so the same case replayed
//! again comes out as stated. What the kernel counts (segments, places) is never stated.

use super::judge::{Came, decoded, returned};
use super::{BoundaryFate, PartAnalysis};
use crate::scenario::certain::{Decided, decided};
use crate::scenario::{
    Amount, Count, Expectation, ExpectedMessage, Part, Payload, Receives, Returned, Side,
};
use crate::trace::PartTrace;

/// The longest content that is stated byte for byte; of more only the size is.
const MOST_CONTENT: usize = 200;

/// What came of a part, as an expectation; empty if the replay ended early.
#[must_use]
pub fn stated(part: &Part, came: &PartTrace, seen: &PartAnalysis) -> Expectation {
    if came.stop.is_some() {
        return Expectation::default();
    }
    let of = |side| receives(part, came, seen, side);
    Expectation {
        server: of(Side::Server),
        client: of(Side::Client),
    }
}

fn receives(part: &Part, came: &PartTrace, seen: &PartAnalysis, side: Side) -> Receives {
    let mut states = Receives::default();
    let decoded: Vec<_> = decoded(came, side)
        .map(|message| content(&message))
        .collect();
    if !decoded.is_empty() && decoded.iter().all(Option::is_some) {
        states.decoded = decoded.into_iter().collect();
    }
    let flows = || {
        let flows = came.flows.iter().zip(&seen.flows);
        flows.filter(|(flow, _)| flow.from == side.other() && !flow.sent.is_empty())
    };
    match decided(part, side) {
        Decided::Nothing => {}
        Decided::Total => {
            let received = flows().map(|(flow, _)| flow.received.len() as u64).sum();
            let intact = flows().all(|(flow, _)| flow.sent == flow.received);
            if received > 0 {
                states.total = Some(Amount::exactly(received));
                states.intact = intact.then_some(true);
            }
        }
        Decided::EachRecv => {
            let recvs: Vec<_> = returned(came, side).map(|came| of_recv(came)).collect();
            let boundaries = || flows().flat_map(|(_, seen)| &seen.boundaries);
            let is_lost = |fate| match fate {
                BoundaryFate::Coalesced { .. } => true,
                BoundaryFate::Kept
                | BoundaryFate::NotReached
                | BoundaryFate::Uncertain
                | BoundaryFate::NotSeen => false,
            };
            let lost = boundaries()
                .filter(|boundary| is_lost(boundary.fate))
                .count();
            let fates = [
                ExpectedMessage::Whole,
                ExpectedMessage::Coalesced,
                ExpectedMessage::InPieces,
                ExpectedMessage::Truncated,
                ExpectedMessage::Lost,
            ];
            let messages = flows().flat_map(|(_, seen)| &seen.messages);
            let messages = messages.map(|message| {
                let mut fates = fates.into_iter();
                fates.find(|&fate| message.fate.is(fate))
            });
            let messages: Vec<_> = messages.collect::<Option<_>>().unwrap_or_default();
            states.recv = (!recvs.is_empty()).then_some(recvs);
            if boundaries().next().is_some() {
                states.lost_boundaries = u32::try_from(lost).ok().map(Count::Exactly);
            }
            states.messages = (!messages.is_empty()).then_some(messages);
        }
    }
    states
}

/// What one recv returned, as a file states it.
fn of_recv(came: Came<'_>) -> Returned {
    match came {
        Came::Data(bytes, there) => Returned::Data {
            bytes: Amount::exactly(bytes),
            content: (there.len() as u64 == bytes)
                .then(|| content(there))
                .flatten(),
        },
        Came::End => Returned::End,
        Came::Fault(fault) => Returned::Fails(fault),
    }
}

/// Bytes as a file states them, if they are few.
fn content(bytes: &[u8]) -> Option<Payload> {
    let few = bytes.len() <= MOST_CONTENT;
    let text = std::str::from_utf8(bytes).ok();
    few.then(|| match text {
        Some(text) => Payload::Text(text.to_owned()),
        None => Payload::Hex(bytes.to_owned()),
    })
}
