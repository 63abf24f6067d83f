//! The map of datagrams: each apart from the others, with what was received of it.

use crate::analysis::{Datagram, FlowAnalysis, Message, MessageFate, Range};
use crate::language::Language;
use crate::render::number::{bytes, grouped};
use crate::render::text::pieces::{self, Direction, Kind, Run};
use crate::render::words;

use super::drawing::Drawing;
use super::{Lane, Picture};

impl Drawing<'_> {
    /// Each datagram apart from the others.
    pub(super) fn datagrams(&self) -> Vec<Picture> {
        let sent = self.sent_datagrams();
        if sent.runs.is_empty() {
            return Vec::new();
        }
        let received = self.received_datagrams();
        let mut steps = received.iter().map(|(_, step)| *step).collect::<Vec<_>>();
        let lanes = [
            sent,
            pieces::Lane {
                name: self.language.pick("recv", "接收"),
                runs: received.into_iter().map(|(run, _)| run).collect(),
                says: None,
            },
        ];
        steps.resize(lanes[1].runs.len(), 0);
        self.panels(&lanes, |panel| {
            let [sent, received] = &lanes;
            let runs = received.runs.iter().zip(steps.iter().copied());
            let lanes_drawn = vec![
                Lane {
                    name: sent.name,
                    says: None,
                    boxes: self.boxes(panel, sent.runs.iter().map(|run| (run, 0)), 3),
                    ends: Some(self.ends(panel, Kind::Sent)),
                    is_queue: false,
                },
                Lane {
                    name: received.name,
                    says: None,
                    boxes: self.boxes(panel, runs, 3),
                    ends: None,
                    is_queue: false,
                },
            ];
            Picture {
                lanes: lanes_drawn,
                ..Self::empty(panel, &lanes)
            }
        })
    }

    /// The datagrams; of a message in several, each says which it is.
    fn sent_datagrams(&self) -> pieces::Lane {
        let mut lane = pieces::datagrams_lane(self.language, self.seen);
        let all = self.seen.datagrams.iter();
        let there = all.filter(|datagram| !datagram.range.is_empty());
        for (run, datagram) in lane.runs.iter_mut().zip(there) {
            let (which, of) = of_message(self.seen, datagram);
            if of > 1 {
                let which = format!("{}/{}", grouped(which as u64), grouped(of as u64));
                let short = format!("#{} {which}", grouped(datagram.message as u64 + 1));
                let long = format!("{short}  {}", bytes(datagram.range.len()));
                run.labels = [long, short, which];
            }
        }
        lane
    }

    /// What was received of each datagram, and what was not, each with the step of its recv.
    fn received_datagrams(&self) -> Vec<(Run, usize)> {
        let never = self.steps.count();
        let mut runs = Vec::new();
        for datagram in &self.seen.datagrams {
            let Range { start, end } = datagram.range;
            let found = datagram.recv.map(|index| (index, &self.seen.recvs[index]));
            let step = found.map_or(never, |(_, recv)| self.steps.holding(recv.call));
            let middle = found.map_or(start, |(_, recv)| (start + recv.range.len()).min(end));
            if let (Some((index, _)), true) = (found, start < middle) {
                let labels = pieces::recv_labels(index, middle - start);
                runs.push((run(start..middle, false, labels), step));
            }
            if middle < end {
                runs.push((
                    run(
                        middle..end,
                        true,
                        self.missing(found.is_some(), end - middle),
                    ),
                    step,
                ));
            }
        }
        runs
    }

    /// The labels of bytes that no recv returned.
    fn missing(&self, was_received: bool, size: u64) -> [String; 3] {
        let size = bytes(size);
        let long = if was_received {
            self.language
                .pick(format!("{size} cut off"), format!("截去 {size}"))
        } else {
            self.language.pick("never received", "没有收到").to_owned()
        };
        [long, size.clone(), size]
    }
}

/// Which of how many datagrams of its message one is, from 1.
pub(in crate::render::report) fn of_message(
    seen: &FlowAnalysis,
    datagram: &Datagram,
) -> (usize, usize) {
    let own = &seen.datagrams[seen.datagrams_of(datagram.message)];
    let behind = own.partition_point(|other| other.range.start <= datagram.range.start);
    (behind, own.len())
}

fn run(range: std::ops::Range<u64>, dashed: bool, labels: [String; 3]) -> Run {
    Run {
        range: Range {
            start: range.start,
            end: range.end,
        },
        header: 0,
        dashed,
        labels,
    }
}

/// What a map of datagrams cannot show: the empty ones, and those dropped.
pub(super) fn notes(language: Language, direction: &Direction<'_>) -> Vec<String> {
    let is_empty = |message: &&Message| message.range.is_empty();
    let mut notes: Vec<String> = direction
        .seen
        .messages
        .iter()
        .enumerate()
        .filter(|(_, message)| is_empty(message))
        .map(|(index, message)| {
            let number = index + 1;
            let fate = match message.fate {
                MessageFate::Lost(_) => language.pick("never received", "没有收到").to_owned(),
                fate @ (MessageFate::Whole
                | MessageFate::WholeByParts(_)
                | MessageFate::Coalesced
                | MessageFate::InPieces(_)
                | MessageFate::Truncated(_)) => words::message_fate(language, fate),
            };
            language.pick(
                format!("#{number} is an empty datagram: {fate}"),
                format!("#{number} 是空数据报：{fate}"),
            )
        })
        .collect();
    let all = &direction.seen.datagrams;
    let several = all
        .iter()
        .map(|datagram| (datagram, of_message(direction.seen, datagram)));
    if let Some((datagram, (_, of))) = several.into_iter().find(|(_, (_, of))| *of > 1) {
        let (number, of) = (grouped(datagram.message as u64 + 1), grouped(of as u64));
        notes.push(language.pick(
            format!("1/{of}: the first of the {of} datagrams of #{number}"),
            format!("1/{of}：#{number} 的 {of} 个数据报中的第一个"),
        ));
    }
    if let Some(dropped) = direction.flow.dropped.filter(|&dropped| dropped > 0) {
        let count = u64::from(dropped);
        let datagrams = words::counted(language, count, "datagram", "datagrams", "个数据报");
        notes.push(language.pick(
            format!("the receiver's kernel dropped {datagrams}"),
            format!("接收方内核丢弃了 {datagrams}"),
        ));
    }
    notes
}
