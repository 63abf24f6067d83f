//! The bytes of a stream or of a datagram: whose they are, and where they are cut.

use crate::analysis::{FlowAnalysis, Range};
use crate::trace::Flow;

use super::Ink;

/// What a cut between two bytes is. The order is that of importance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CutKind {
    /// Here the stream does not decode.
    Error,
    /// A message ends.
    Boundary,
    /// A header ends.
    Header,
    /// A payload ends, and what stands behind it begins.
    Payload,
    /// A recv ended.
    Recv,
    /// The rest of a datagram was cut off.
    Truncated,
}

/// A cut in front of the byte at an offset.
pub type Cut = (usize, CutKind);

/// Bytes with their cuts.
#[derive(Debug)]
pub struct Bytes<'a> {
    /// The bytes; offsets count from its beginning.
    pub stream: &'a [u8],
    /// Where they are cut, in order, each offset once.
    pub cuts: Vec<Cut>,
    /// Whose bytes they are: the messages, in order.
    pub messages: Vec<Range>,
    /// The ink of bytes that are no message's.
    pub ink: Ink,
}

impl<'a> Bytes<'a> {
    /// Those that were sent in one direction of a stream.
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
            .map(|message| (index(message.range.start + message.header), CutKind::Header));
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

    /// Bytes that nothing is known of.
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

/// An offset of bytes that lie in memory.
pub(super) fn index(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}
