//! The state of a replay after a given number of calls: how far each flow has got.
//!
//! Everything that steps through a trace (the player, the lesson's pictures) uses it, so all show
//! the same at the same call. Bytes are sent, leave, wait in the receive queue and are received; at
//! every moment each of the four is a prefix of the stream.
//!
//! Promises: a moment holds what was recorded up to its call and no more. What the kernel had not
//! been asked by then is [`None`], never a guess. Bytes that left may still be on their way, so
//! they count as waiting only after the receiver has seen them.
//! on their way, so they count as waiting only once the receiver has seen them.

use super::Range;
use crate::scenario::{Condition, Side};
use crate::trace::{By, Call, DataOp, Flow, Got, Op, PartTrace, ScriptOp};

/// How far every flow of a part has got.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Moment {
    /// One for each flow of the part, at the same index.
    pub flows: Vec<Progress>,
    /// The number of calls that this moment includes.
    pub calls: usize,
}

/// How far one flow has got. For datagrams the offsets count on from one to the next, as in
/// [`Flow`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The number of bytes that sends took.
    pub sent: u64,
    /// The number of those that had left in segments before the sender's next call; `None` if its
    /// kernel does not report it.
    pub left: Option<u64>,
    /// The number of bytes that recvs returned.
    pub received: u64,
    /// The number of bytes that the receiver has seen in its queue and not yet received. 0 if it
    /// has not looked since; bytes may wait all the same.
    pub waiting: u64,
}

impl Progress {
    /// The bytes of a stream that are known to wait in the receive queue.
    #[must_use]
    pub const fn queue(&self) -> Range {
        Range {
            start: self.received,
            end: self.received + self.waiting,
        }
    }
}

/// Whether a viewer stops at this call: a step of the script, an observed call of a program, or
/// anything that failed.
#[must_use]
pub const fn is_shown(call: &Call) -> bool {
    match call.by {
        By::Step(_) | By::Observed { .. } => true,
        By::Implied => call.fault.is_some(),
    }
}

impl Moment {
    /// The moment before the first call. What was captured without any send is all there.
    #[must_use]
    pub fn first(part: &PartTrace) -> Self {
        let flows = part.flows.iter().map(|flow| {
            let mut progress = Progress::default();
            if flow.is_captured() && !part.has_calls_of(flow.from) {
                progress.sent = flow.sent.len() as u64;
                progress.left = flow.evidence.left_before(u64::MAX);
            }
            progress
        });
        Self {
            flows: flows.collect(),
            calls: 0,
        }
    }

    /// The moment after the first `calls` calls of the part, or after all if it has fewer.
    #[must_use]
    pub fn after(part: &PartTrace, calls: usize) -> Self {
        let mut moment = Self::first(part);
        while moment.calls < calls && moment.advance(part) {}
        moment
    }

    /// Advances by one call of the part; false if there is none left.
    pub fn advance(&mut self, part: &PartTrace) -> bool {
        let Some(call) = part.calls.get(self.calls) else {
            return false;
        };
        self.calls += 1;
        match &call.op {
            Op::Data(DataOp::Send {
                flow,
                offset,
                taken,
                ..
            }) => {
                if let Some(progress) = self.flows.get_mut(usize::from(*flow)) {
                    progress.sent = progress.sent.max(offset + u64::from(*taken));
                }
            }
            Op::Data(DataOp::Recv {
                flow, got, queued, ..
            }) => {
                let seen = queued.map(|queued| u64::from(queued.bytes()));
                if let Some(progress) = self.flows.get_mut(usize::from(*flow)) {
                    progress.receive(seen, *got);
                }
            }
            Op::Script(ScriptOp::Wait(condition)) => self.wait(part, call.side, condition),
            Op::Data(DataOp::Decoded { .. } | DataOp::Refuse { .. })
            | Op::Socket(_)
            | Op::Script(ScriptOp::Reach(_) | ScriptOp::Pause | ScriptOp::Print(_)) => {}
        }
        self.ask(part, call.side);
        true
    }

    /// Takes in what a wait saw: the bytes in the queue of the flow that `side` receives.
    fn wait(&mut self, part: &PartTrace, side: Side, condition: &Condition) {
        let Condition::Queued(bytes) = condition else {
            return;
        };
        // A wait does not say on which connection it was; with several, the flow is not known.
        let mut incoming = self
            .flows
            .iter_mut()
            .zip(&part.flows)
            .filter(|(progress, flow)| flow.from != side && progress.sent > progress.received);
        if let (Some((progress, _)), None) = (incoming.next(), incoming.next()) {
            progress.see(u64::from(*bytes));
        }
    }

    /// Takes in what the kernel of `side` had reported before that side's next call.
    fn ask(&mut self, part: &PartTrace, side: Side) {
        let until = next_start(part, self.calls, side);
        for (progress, flow) in self.flows.iter_mut().zip(&part.flows) {
            if flow.from == side {
                let left = flow.evidence.left_before(until);
                progress.left = left.map(|left| left.min(progress.sent));
            }
        }
    }

    /// The trace of this moment: the calls, the bytes and the kernel's reports so far. Only the
    /// last moment includes how the replay ended and how many datagrams were dropped.
    #[must_use]
    pub fn cut(&self, part: &PartTrace) -> PartTrace {
        let is_last = self.calls == part.calls.len();
        let flows = part.flows.iter().zip(&self.flows).map(|(flow, progress)| {
            let until = next_start(part, self.calls, flow.from);
            Flow {
                connection: flow.connection,
                from: flow.from,
                sent: front(&flow.sent, progress.sent).to_vec(),
                received: front(&flow.received, progress.received).to_vec(),
                evidence: flow.evidence.before(until),
                dropped: flow.dropped.filter(|_| is_last),
            }
        });
        PartTrace {
            label: part.label.clone(),
            transport: part.transport,
            ends: part.ends.clone(),
            expect: part.expect.clone(),
            calls: part.calls[..self.calls].to_vec(),
            flows: flows.collect(),
            cut: part.cut.clone(),
            stop: part.stop.clone().filter(|_| is_last),
        }
    }
}

/// The start of the next call of `side` after the first `calls` calls.
fn next_start(part: &PartTrace, calls: usize, side: Side) -> u64 {
    let mut next = part.calls[calls..].iter();
    let next = next.find(|call| call.side == side);
    next.map_or(u64::MAX, |call| call.start)
}

fn front(bytes: &[u8], count: u64) -> &[u8] {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    &bytes[..count.min(bytes.len())]
}

impl Progress {
    /// Takes in that the receiver has seen this many bytes wait.
    fn see(&mut self, bytes: u64) {
        let there = self.sent.saturating_sub(self.received);
        self.waiting = self.waiting.max(bytes).min(there);
    }

    fn receive(&mut self, seen: Option<u64>, got: Got) {
        self.see(seen.unwrap_or(0));
        match got {
            Got::Data { bytes, .. } => {
                self.received += u64::from(bytes);
                // The recv may have returned bytes that arrived only while it waited.
                self.waiting = self.waiting.saturating_sub(u64::from(bytes));
            }
            Got::Peeked { bytes } => self.see(u64::from(bytes)),
            Got::End | Got::Nothing => {}
        }
    }
}
