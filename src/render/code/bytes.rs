//! The bytes that programs make: random payloads, all that a script sends, and the sum
//! that they check it by.
//!
//! A program makes its own random bytes from the seed, by a generator that fits into three
//! lines of any language. They are not the bytes of the replay, whose generator would
//! be longer than the programs themselves; they are as many, and the same every time.

use std::borrow::Cow;

use crate::scenario::{Action, Payload, SendStep, Step};

/// `count` bytes that look random: the generator of ANSI C's example, its middle bits.
#[must_use]
pub fn noise(count: usize, seed: u64) -> Vec<u8> {
    let mut state = seed % MODULUS;
    std::iter::repeat_with(|| {
        state = (state * 1_103_515_245 + 12_345) % MODULUS;
        state.to_le_bytes()[2]
    })
    .take(count)
    .collect()
}

const MODULUS: u64 = 1 << 31;

/// CRC-32, as zlib and Ethernet have it.
#[must_use]
pub fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                crc >> 1 ^ 0xedb8_8320
            } else {
                crc >> 1
            }
        })
    })
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn a_seed_always_gives_the_same_bytes() {
        assert_eq!(noise(4, 1), [198, 126, 129, 107]);
        assert_ne!(noise(8, 1), noise(8, 2));
    }
}
