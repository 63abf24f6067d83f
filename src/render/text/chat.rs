//! The lines that a live conversation shows as it goes on, one call after another.
//!
//! Promises: a call looks as in the time line of a replay.

use std::io::{self, Write};

use crate::picture::calls::{Data, recv_words};
use crate::picture::number::bytes;
use crate::render::words;
use crate::scenario::{Fault, SystemFault};
use crate::trace::Got;

use super::line::Ink;
use super::{Style, timeline};

/// Something that happened in a conversation.
#[derive(Clone, Copy, Debug)]
pub enum Spoken<'a> {
    /// A send of a message took this many of so many bytes.
    Sent(&'a [u8], usize, usize),
    /// A send of so many bytes failed.
    NotSent(usize, SystemFault),
    /// A recv for at most so many bytes returned this.
    Heard(u32, Got, &'a [u8]),
    /// A recv for at most so many bytes failed.
    NotHeard(u32, SystemFault),
    /// A message was decoded.
    Message(&'a [u8]),
}

/// Draws it.
///
/// # Errors
/// If `out` fails.
pub fn draw_spoken(style: &Style, spoken: Spoken<'_>, out: &mut dyn Write) -> io::Result<()> {
    let telling = style.telling();
    let size = |number: usize| bytes(number as u64);
    let failed = |call: String, fault: SystemFault| {
        let (no, fault) = (telling.no(), Fault::System(fault));
        format!("{call} {no} {}", words::fault(style.language, fault))
    };
    let (ink, words, data) = match spoken {
        Spoken::Sent(message, asked, taken) => {
            let (took, of) = (size(taken), size(asked));
            let took = if asked == taken {
                took
            } else {
                say!(style.language, "{took} of {of}", "{of} 中的 {took}")
            };
            (Ink::Message(0), format!("send  {took}"), Some(message))
        }
        Spoken::NotSent(asked, fault) => {
            let call = format!("send  {}", size(asked));
            (Ink::Bad, failed(call, fault), None)
        }
        Spoken::Heard(asked, got, received) => (
            Ink::Message(1),
            recv_words(telling, asked, got),
            Some(received),
        ),
        Spoken::NotHeard(asked, fault) => (Ink::Bad, failed(format!("recv({asked})"), fault), None),
        Spoken::Message(message) => {
            let size = size(message.len());
            let words = say!(style.language, "  decoded {size}", "  解码 {size}");
            (Ink::Message(1), words, Some(message))
        }
    };
    let data = data.filter(|data| !data.is_empty()).map(|stream| Data {
        stream,
        range: 0..stream.len(),
        header: 0,
        edges: &[],
        value: None,
    });
    let mut lines = timeline::alone(style, ink, &words, data.as_ref()).into_iter();
    lines.try_for_each(|line| line.write(style.color, out))
}
