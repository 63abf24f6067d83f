//! What a script sends, as far as it tells, in the bytes that its program makes.

use std::borrow::Cow;

use super::noise::noise;
use crate::scenario::{Action, Payload, SendStep, Step};

/// The bytes of a payload as programs make them.
pub(super) fn payload_bytes(payload: &Payload) -> Cow<'_, [u8]> {
    match payload {
        Payload::Random { bytes, seed } => Cow::Owned(noise(*bytes as usize, *seed)),
        Payload::Text(_)
        | Payload::Hex(_)
        | Payload::Repeat { .. }
        | Payload::Length { .. }
        | Payload::LengthOf { .. } => payload.bytes().unwrap_or_default(),
    }
}

/// The bytes that a send puts into the stream, framed as it says; none where it cannot.
pub(super) fn sent_bytes(send: &SendStep) -> Vec<u8> {
    let payload = payload_bytes(&send.payload);
    match send.framing {
        None => payload.into_owned(),
        Some(framing) => {
            let mut frame = Vec::new();
            // Where it does not fit, nothing is sent, as in the program.
            let _ = framing.encode(&payload, &mut frame);
            frame
        }
    }
}

/// The bytes that all these steps put into the stream.
pub(super) fn sent(steps: &[Step]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for step in steps {
        match &step.action {
            Action::Send(send) if step.fails.is_none() => bytes.extend(sent_bytes(send)),
            Action::Repeat { times, steps } => {
                bytes.extend(sent(steps).repeat(times.get() as usize));
            }
            // Where it has to fail, it sends nothing that is certain.
            Action::Send(_)
            | Action::Open(_)
            | Action::Receive(_)
            | Action::Script(_)
            | Action::Socket(_) => {}
        }
    }
    bytes
}
