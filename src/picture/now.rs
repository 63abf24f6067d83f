//! The state of one direction after a given number of calls: its lanes, its datagrams, its bytes.
//!
//! Promises: bytes appear when they are sent, and bytes that may still arrive are not called lost.

use crate::analysis::moment::{Moment, Progress};
use crate::analysis::{self, Boundary, BoundaryFate, FlowAnalysis, Range};
use crate::trace::{Call, DataOp, Flow, FlowId, Op, PartTrace};

use super::bytes::Bytes;
use super::datagrams::Envelope;
use super::lanes::{self, Kind, Lane, Span};
use super::number::{bytes, grouped};
use super::{Direction, Part};

/// One direction of a part after a given number of calls.
#[derive(Debug)]
pub struct Now<'a> {
    /// The direction at the end.
    pub whole: &'a Direction<'a>,
    /// The analysis of its bytes so far.
    pub seen: FlowAnalysis,
    /// The stream offset of the last call.
    pub focus: u64,
    /// Whether nothing more will come.
    pub is_over: bool,
    moment: Moment,
    /// The part up to this moment.
    cut: PartTrace,
}

impl<'a> Now<'a> {
    /// The direction of the last of the first `calls` calls; `None` if nothing is ever sent.
    #[must_use]
    pub fn after(part: &'a Part<'a>, calls: usize) -> Option<Self> {
        let trace = part.trace;
        let is_used = |id: &FlowId| part.directions.iter().any(|it| it.id == *id);
        let (done, to_come) = trace.calls.split_at(calls.min(trace.calls.len()));
        let last = done
            .iter()
            .rposition(|call| flow(call).is_some_and(|id| is_used(&id)));
        let mut to_come = to_come.iter().filter_map(flow);
        let id = match last {
            Some(last) => flow(&done[last])?,
            None => match to_come.find(is_used) {
                Some(id) => id,
                // A capture has no calls.
                None => part.directions.first()?.id,
            },
        };
        let whole = part.directions.iter().find(|it| it.id == id)?;
        let moment = Moment::after(trace, calls);
        let cut = moment.cut(trace);
        let index = usize::from(id);
        let mut seen = analysis::analyse_part(&cut).flows.swap_remove(index);
        for boundary in &mut seen.boundaries {
            boundary.fate = placed(*boundary, &whole.seen.boundaries);
        }
        Some(Self {
            focus: last.map_or(0, |last| focus(trace, last, &seen)),
            is_over: moment.calls == trace.calls.len(),
            whole,
            seen,
            moment,
            cut,
        })
    }

    /// Every offset that sent, left or received bytes reach at some moment, in order.
    #[must_use]
    pub fn ends(&self) -> Vec<u64> {
        let part = self.whole.part;
        let mut ends = Vec::new();
        let mut moment = Moment::first(part);
        while moment.advance(part) {
            let flow = &moment.flows[usize::from(self.whole.id)];
            ends.extend([
                flow.sent,
                flow.left.unwrap_or(0),
                flow.received,
                flow.queue().end,
            ]);
        }
        ends.sort_unstable();
        ends.dedup();
        ends
    }

    /// The datagram with this index among those sent so far.
    #[must_use]
    pub fn envelope(&self, index: usize) -> Envelope<'_> {
        let standing = self.whole.standing(!self.is_over);
        Envelope::of(self.whole.telling, &self.seen, index, standing)
    }

    /// The bytes sent so far in a stream.
    #[must_use]
    pub fn bytes(&self) -> Bytes<'_> {
        Bytes::of_stream(self.flow(), &self.seen)
    }

    /// The bytes sent and received so far.
    #[must_use]
    pub fn flow(&self) -> &Flow {
        &self.cut.flows[usize::from(self.whole.id)]
    }

    fn progress(&self) -> &Progress {
        &self.moment.flows[usize::from(self.whole.id)]
    }

    /// The lanes at this moment.
    #[must_use]
    pub fn lanes(&self) -> Vec<Lane> {
        let language = self.whole.telling.language;
        let sent = self.flow().sent.len() as u64;
        let still_missing = if self.is_over { sent } else { 0 };
        let (part, id) = (self.whole.part, self.whole.id);
        let mut lanes = vec![
            lanes::sent_lane(language, part, id, &self.seen.messages),
            self.wire_lane(),
            self.queue_lane(),
            lanes::recv_lane(language, part, id, &self.seen.recvs, still_missing),
        ];
        let decoded = |part: &PartTrace| lanes::decoded_lane(language, part, self.whole.id);
        if !decoded(self.whole.part).spans.is_empty() {
            lanes.push(decoded(&self.cut));
        }
        lanes
    }

    /// The segments that have left. Bytes that had not left when the sender's kernel was last asked
    /// are marked so.
    fn wire_lane(&self) -> Lane {
        let language = self.whole.telling.language;
        let part = self.whole.part;
        if self.is_over || self.whole.seen.wire.is_none() {
            return lanes::wire_lane(language, part, self.whole.seen.wire.as_ref());
        }
        let mut wire = self.seen.wire.clone().unwrap_or(analysis::Wire {
            count: 0,
            retransmitted: 0,
            settled: false,
            runs: Vec::new(),
        });
        let open = wire.runs.pop_if(|run| run.segments == 0);
        let mut lane = lanes::wire_lane(language, part, Some(&wire));
        let Some(Range { start, end }) = open.map(|open| open.range) else {
            return lane;
        };
        // Bytes that have arrived have left, even if the sender's kernel was not asked since.
        let come = self.progress().queue().end.clamp(start, end);
        let held = language.pick(
            ["not left yet when last asked", "not left yet?", "?"],
            ["上次询问内核时还没有发出", "还没有发出？", "？"],
        );
        let runs = [
            (start, come, lanes::unseen_labels(language)),
            (come, end, held.map(str::to_owned)),
        ];
        let runs = runs.into_iter().filter(|(start, end, _)| start < end);
        let span = |(start, end, labels)| Span::dashed(Range { start, end }, labels);
        lane.spans.extend(runs.map(span));
        lane
    }

    /// The bytes in the receive queue now.
    fn queue_lane(&self) -> Lane {
        let language = self.whole.telling.language;
        let name = lanes::queue_name(language);
        let waits = self.progress().queue();
        let (part, id) = (self.whole.part, self.whole.id);
        let unknown = lanes::unknown_queue(language, part, id, &self.whole.seen.recvs);
        if let Some(lane) = unknown.filter(|_| waits.is_empty()) {
            return lane;
        }
        let size = bytes(waits.len());
        let long = say!(language, "{size} waiting", "{size} 在等待");
        let span = Span::new(waits, [long, size, grouped(waits.len())]);
        Lane::of(
            Kind::Queue,
            name,
            Vec::from_iter((!waits.is_empty()).then_some(span)),
        )
    }
}

/// The fate of a boundary so far. Where it was lost is taken from all that the kernel reported.
fn placed(boundary: Boundary, whole: &[Boundary]) -> BoundaryFate {
    let told = whole.binary_search_by_key(&boundary.at, |it| it.at);
    match (boundary.fate, told) {
        (BoundaryFate::Coalesced { .. }, Ok(told)) => whole[told].fate,
        (fate, Ok(_) | Err(_)) => fate,
    }
}

/// The stream offset of a call.
fn focus(part: &PartTrace, call: usize, seen: &FlowAnalysis) -> u64 {
    let recv = seen.recvs.binary_search_by_key(&call, |recv| recv.call);
    match recv {
        Ok(recv) => seen.recvs[recv].range.start,
        Err(_) => place(&part.calls[call]).map_or(0, |(_, offset)| offset),
    }
}

/// The flow of a call.
fn flow(call: &Call) -> Option<FlowId> {
    place(call).map(|(flow, _)| flow)
}

/// The flow of a call, and the offset in it.
fn place(call: &Call) -> Option<(FlowId, u64)> {
    match &call.op {
        Op::Data(
            DataOp::Send { flow, offset, .. }
            | DataOp::Recv { flow, offset, .. }
            | DataOp::Decoded { flow, offset, .. }
            | DataOp::Refuse { flow, offset, .. },
        ) => Some((*flow, *offset)),
        Op::Socket(_) | Op::Script(_) => None,
    }
}
