//! How far the flow that it is all about has come: its map, or its datagrams, and its bytes.
//!
//! Promises: an offset stands in the same column from the first call to the last;
//! bytes appear when they are sent; what may still come is not called lost.

use std::io;

use crate::analysis::moment::{Moment, Progress};
use crate::analysis::{self, Boundary, BoundaryFate, FlowAnalysis, PartAnalysis, Range};
use crate::language::Language;
use crate::render::number::{bytes, grouped};
use crate::trace::{Call, DataOp, Flow, FlowId, Op, PartTrace};

use super::super::lanes::{self, Lane, Run};
use super::super::layout::{Need, Panel};
use super::super::line::Ink;
use super::super::map::{self, CHART};
use super::super::{Page, Style, datagrams, flow_heading, hex};
use super::block;

/// One flow of a part after so many calls.
pub(super) struct Now<'a> {
    part: &'a PartTrace,
    id: FlowId,
    moment: Moment,
    whole: (&'a Flow, &'a FlowAnalysis),
    /// The part as of this moment.
    cut: PartTrace,
    seen: FlowAnalysis,
    /// The stream offset that the last call was about.
    focus: u64,
    is_over: bool,
}

impl<'a> Now<'a> {
    /// The flow that the last of the first `calls` calls was about; none where nothing is
    /// ever sent.
    pub(super) fn after(part: &'a PartTrace, seen: &'a PartAnalysis, calls: usize) -> Option<Self> {
        let is_used = |id: &FlowId| {
            let id = usize::from(*id);
            let flow = part.flows.get(id).zip(seen.flows.get(id));
            flow.is_some_and(|(flow, seen)| {
                !flow.sent.is_empty() || !flow.received.is_empty() || !seen.messages.is_empty()
            })
        };
        let (done, to_come) = part.calls.split_at(calls.min(part.calls.len()));
        let last = done
            .iter()
            .rposition(|call| flow(call).is_some_and(|id| is_used(&id)));
        let mut to_come = to_come.iter().filter_map(flow);
        let id = match last {
            Some(last) => flow(&done[last])?,
            None => to_come.find(is_used)?,
        };
        let moment = Moment::after(part, calls);
        let cut = moment.cut(part);
        let index = usize::from(id);
        let whole = (&part.flows[index], &seen.flows[index]);
        let mut now = analysis::analyse_part(&cut).flows.swap_remove(index);
        for boundary in &mut now.boundaries {
            boundary.fate = placed(*boundary, &whole.1.boundaries);
        }
        Some(Self {
            focus: last.map_or(0, |last| focus(part, last, &now)),
            is_over: moment.calls == part.calls.len(),
            part,
            id,
            moment,
            whole,
            cut,
            seen: now,
        })
    }

    fn progress(&self) -> &Progress {
        &self.moment.flows[usize::from(self.id)]
    }

    fn flow(&self) -> &Flow {
        &self.cut.flows[usize::from(self.id)]
    }

    /// The map of a stream; of datagrams the last ones. As many lines from the first call
    /// to the last, so that nothing jumps.
    pub(super) fn lines(&self, style: &Style) -> Vec<String> {
        if self.part.transport.keeps_boundaries() {
            return self.datagrams(style);
        }
        let columns = style.columns() - CHART - 1;
        let panels = self.panels(style.language, columns);
        let at = panels.partition_point(|panel| panel.end() <= self.focus);
        let at = at.min(panels.len().saturating_sub(1));
        let mut lines = block(style, |page| {
            page.blank()?;
            let mut heading = flow_heading(page, self.part, self.flow());
            if panels.len() > 1 {
                let (which, of) = (grouped(at as u64 + 1), grouped(panels.len() as u64));
                let english = format!("  map {which} of {of}");
                let text = page.pick(english, format!("  第 {which}/{of} 段"));
                heading.push(Ink::Plain, &text);
            }
            page.line(&heading)
        });
        let Some(panel) = panels.get(at) else {
            return lines;
        };
        let lost = |seen| block(style, |page| map::lost(page, panel, seen));
        let (lost, most) = (lost(&self.seen), lost(self.whole.1).len());
        lines.extend(block(style, |page| self.draw_panel(page, panel)));
        let missing = most.saturating_sub(lost.len());
        lines.extend(lost);
        lines.resize(lines.len() + missing, String::new());
        lines
    }

    /// The last two datagrams, as of this moment: the bytes of the last one alone.
    fn datagrams(&self, style: &Style) -> Vec<String> {
        let sent = &self.seen.datagrams;
        let end = sent.partition_point(|datagram| datagram.range.start <= self.focus);
        let no_bytes = Style {
            hex: false,
            ..*style
        };
        let (flow, whole) = self.whole;
        let now = |style: &Style, index: Option<usize>| {
            block(style, |page| match index {
                Some(index) => {
                    let seen = (&self.seen, whole);
                    datagrams::draw_moment(page, self.flow(), seen, index, self.is_over)
                }
                None => Ok(()),
            })
        };
        let mut lines = block(style, |page| {
            page.blank()?;
            page.line(&flow_heading(page, self.part, self.flow()))
        });
        let all = whole.datagrams.iter().enumerate();
        let largest = all.max_by_key(|(_, datagram)| datagram.range.len());
        let largest = largest.map_or(0, |(index, _)| index);
        let then = |style: &Style| {
            block(style, |page| {
                datagrams::draw_moment(page, flow, (whole, whole), largest, true)
            })
        };
        let mut most = lines.len() + then(style).len();
        if whole.datagrams.len() > 1 {
            most += then(&no_bytes).len();
        }
        lines.extend(now(&no_bytes, end.checked_sub(2)));
        lines.extend(now(style, end.checked_sub(1)));
        lines.resize(lines.len().max(most), String::new());
        lines
    }

    fn draw_panel(&self, page: &mut Page<'_>, panel: &Panel) -> io::Result<()> {
        let boundaries = &self.whole.1.boundaries;
        map::scale(page, panel, |offset| {
            boundaries.binary_search_by_key(&offset, |it| it.at).is_ok()
        })?;
        let owners = map::owners(panel, &self.seen.messages, |message| message.range);
        for lane in self.lanes(page.style.language) {
            map::draw_lane(page, panel, &lane, &owners)?;
        }
        Ok(())
    }

    /// The panels of the whole stream, with a column for every offset at which anything
    /// begins or ends at any moment.
    fn panels(&self, language: Language, columns: usize) -> Vec<Panel> {
        let sent = self.whole.0.sent.len() as u64;
        let lanes = lanes::stream(language, self.part, self.id, self.whole.1, sent);
        let mut ends = Vec::new();
        let mut moment = Moment::first(self.part);
        while moment.advance(self.part) {
            let flow = &moment.flows[usize::from(self.id)];
            ends.extend([
                flow.sent,
                flow.left.unwrap_or(0),
                flow.received,
                flow.queue().end,
            ]);
        }
        ends.sort_unstable();
        ends.dedup();
        let needs: Vec<Need> = ends
            .into_iter()
            .map(|end| Need {
                start: 0,
                end,
                columns: 1,
            })
            .collect();
        map::fitted_with(&lanes, &needs, columns)
    }

    /// The lanes as of this moment.
    fn lanes(&self, language: Language) -> Vec<Lane> {
        let sent = self.flow().sent.len() as u64;
        let still_missing = if self.is_over { sent } else { 0 };
        let mut lanes = vec![
            lanes::sent_lane(language, &self.seen.messages),
            self.wire_lane(language),
            self.queue_lane(language),
            lanes::recv_lane(language, &self.seen.recvs, still_missing),
        ];
        let decoded = |part| lanes::decoded_runs(language, part, self.id);
        if !decoded(self.part).is_empty() {
            lanes.push(Lane::of(
                language.pick("decoded", "解码"),
                decoded(&self.cut),
            ));
        }
        lanes
    }

    /// What left in segments; what had not when the sender's kernel was last asked says so.
    fn wire_lane(&self, language: Language) -> Lane {
        let transport = self.part.transport;
        if self.is_over || self.whole.1.wire.is_none() {
            return lanes::wire_lane(language, transport, self.whole.1.wire.as_ref());
        }
        let mut wire = self.seen.wire.clone().unwrap_or(analysis::Wire {
            count: 0,
            retransmitted: 0,
            settled: false,
            runs: Vec::new(),
        });
        let open = wire.runs.pop_if(|run| run.segments == 0);
        let mut lane = lanes::wire_lane(language, transport, Some(&wire));
        let Some(Range { start, end }) = open.map(|open| open.range) else {
            return lane;
        };
        // What has come has left, even if the sender's kernel was not asked since.
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
        lane.runs.extend(runs.map(|(start, end, labels)| Run {
            dashed: true,
            ..Run::new(Range { start, end }, labels)
        }));
        lane
    }

    /// What waits in the receive queue now.
    fn queue_lane(&self, language: Language) -> Lane {
        let name = language.pick("queue", "队列");
        let waits = self.progress().queue();
        let recvs = &self.whole.1.recvs;
        if waits.is_empty() && !recvs.is_empty() && recvs.iter().all(|it| it.queued.is_none()) {
            let says = language.pick("not available here", "此处无法得知");
            return Lane::saying(name, says);
        }
        let size = bytes(waits.len());
        let long = language.pick(format!("{size} waiting"), format!("{size} 在等待"));
        let run = Run::new(waits, [long, size, grouped(waits.len())]);
        Lane::of(name, Vec::from_iter((!waits.is_empty()).then_some(run)))
    }

    /// How many rows of bytes there are in all.
    pub(super) fn hex_rows(&self, page: &Page<'_>) -> usize {
        if self.part.transport.keeps_boundaries() {
            return 0;
        }
        hex::rows(page, self.whole)
    }

    /// Draws the bytes around those that the last call was about.
    pub(super) fn draw_hex(&self, page: &mut Page<'_>, most: usize) -> io::Result<()> {
        let now = (self.flow(), &self.seen);
        hex::draw_around(page, self.whole, now, self.focus, most)
    }
}

/// The fate of a boundary so far; where it was lost is told by all that the kernel said.
fn placed(boundary: Boundary, whole: &[Boundary]) -> BoundaryFate {
    let told = whole.binary_search_by_key(&boundary.at, |it| it.at);
    match (boundary.fate, told) {
        (BoundaryFate::Coalesced { .. }, Ok(told)) => whole[told].fate,
        (fate, Ok(_) | Err(_)) => fate,
    }
}

/// The stream offset that a call was about.
fn focus(part: &PartTrace, call: usize, seen: &FlowAnalysis) -> u64 {
    let recv = seen.recvs.binary_search_by_key(&call, |recv| recv.call);
    match recv {
        Ok(recv) => seen.recvs[recv].range.start,
        Err(_) => place(&part.calls[call]).map_or(0, |(_, offset)| offset),
    }
}

/// The flow that a call is about.
fn flow(call: &Call) -> Option<FlowId> {
    place(call).map(|(flow, _)| flow)
}

/// The flow that a call is about, and the offset in it.
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
