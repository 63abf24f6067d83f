//! The bytes of a stream or a datagram: the message each belongs to, and the cuts between them.

use crate::analysis::{FlowAnalysis, Range};
use crate::trace::Flow;

use super::Ink;

/// The kind of a cut between two bytes. The order is that of importance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CutKind {
    /// The stream does not decode from here on.
    Error,
    /// A message ends.
    Boundary,
    /// A header ends.
    Header,
    /// A payload ends, and the trailer begins.
    Payload,
    /// A recv ended.
    Recv,
    /// The rest of a datagram was cut off.
    Truncated,
}

/// A cut before the byte at an offset.
pub type Cut = (usize, CutKind);

/// Bytes with their cuts.
#[derive(Debug)]
pub struct Bytes<'a> {
    /// The bytes. Offsets count from the first.
    pub stream: &'a [u8],
    /// The cuts, in order; one for each offset.
    pub cuts: Vec<Cut>,
    /// The messages that the bytes belong to, in order.
    pub messages: Vec<Range>,
    /// The ink of bytes that belong to no message.
    pub ink: Ink,
}

impl<'a> Bytes<'a> {
    /// The bytes sent in one direction of a stream.
    #[must_use]
    pub fn of_stream(flow: &'a Flow, seen: &FlowAnalysis) -> Self {
        let boundaries = seen
            .boundaries
            .iter()
            .map(|boundary| (index(boundary.at), CutKind::Boundary));
        let headers = seen
            .messages
            .iter()
            .filter(|message| message.header > 0)
            .map(|message| {
                (
                    index(message.range.start + u64::from(message.header)),
                    CutKind::Header,
                )
            });
        let recvs = seen
            .recvs
            .iter()
            .map(|recv| (index(recv.range.end), CutKind::Recv));
        let mut cuts: Vec<Cut> = boundaries.chain(headers).chain(recvs).collect();
        cuts.sort_unstable();
        cuts.dedup_by_key(|cut| cut.0);
        Self {
            stream: &flow.sent,
            cuts,
            messages: seen.messages.iter().map(|message| message.range).collect(),
            ink: Ink::Plain,
        }
    }

    /// Bytes without any information.
    #[must_use]
    pub const fn plain(stream: &'a [u8]) -> Self {
        Self {
            stream,
            cuts: Vec::new(),
            messages: Vec::new(),
            ink: Ink::Plain,
        }
    }
}

/// A stream offset as an index into bytes in memory.
pub(super) fn index(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}
