//! The byte map as a picture: lanes over one scale of offsets, in pixels of a
//! drawing that grows with the page.
//!
//! Promises: an offset stands at the same place in every lane; each lane tells
//! for every step how far it has come, so that stepping needs no knowledge of
//! sockets.

use crate::analysis::moment::Progress;
use crate::analysis::{BoundaryFate, FlowAnalysis, Message, MessageFate, Range};
use crate::language::Language;
use crate::render::number::{bytes, grouped, rounded};
use crate::render::text::pieces::{self, Direction, Kind, Panel, Run};
use crate::render::{escape, words};
use crate::trace::{Op, PartTrace};

use super::steps::Steps;

/// How many colours, and patterns, messages have in turn.
pub(super) const COLORS: usize = 4;
/// How wide a panel is, in columns.
const COLUMNS: usize = 84;
/// How wide a column is.
const COLUMN: u64 = 9;

/// The map of one direction.
#[derive(Debug)]
pub(super) struct Map {
    pub(super) pictures: Vec<Picture>,
    pub(super) notes: Vec<String>,
    /// How many bytes were sent, and received, at each step.
    pub(super) sent: String,
    pub(super) received: String,
}

/// A panel of it, or what stands for those left out.
#[derive(Debug)]
pub(super) struct Picture {
    /// What is left out instead.
    pub(super) left_out: Option<String>,
    /// What it shows, in words.
    pub(super) words: String,
    pub(super) width: u64,
    pub(super) scale: Vec<Tick>,
    pub(super) lanes: Vec<Lane>,
    pub(super) lost: Vec<Lost>,
    /// What waits at each step, in the lane of the queue.
    pub(super) waiting: Option<Waiting>,
}

/// An offset of the scale.
#[derive(Debug)]
pub(super) struct Tick {
    pub(super) x: u64,
    pub(super) text: String,
}

/// A lane.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) name: &'static str,
    pub(super) says: Option<&'static str>,
    pub(super) boxes: Vec<Block>,
    /// Up to where it has come at each step; none where boxes say so themselves.
    pub(super) ends: Option<String>,
    /// It is what stands in the end; while stepping, what waits is shown instead.
    pub(super) is_queue: bool,
}

/// A run of bytes.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) x: u64,
    pub(super) width: u64,
    pub(super) dashed: bool,
    pub(super) label: String,
    /// The middle of its label.
    pub(super) label_x: u64,
    /// How wide the label is.
    pub(super) label_width: u64,
    /// The bytes of each message.
    pub(super) fills: Vec<Fill>,
    /// From which step it is there; 0 is always.
    pub(super) step: usize,
}

/// Bytes of one message.
#[derive(Debug)]
pub(super) struct Fill {
    pub(super) x: u64,
    pub(super) width: u64,
    pub(super) color: usize,
    pub(super) is_header: bool,
}

/// A boundary that was lost.
#[derive(Debug)]
pub(super) struct Lost {
    pub(super) x: u64,
    pub(super) text: String,
    pub(super) is_named: bool,
    /// Whether the name stands before the mark.
    pub(super) is_before: bool,
    pub(super) step: usize,
}

/// What waits at each step.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) starts: String,
    pub(super) ends: String,
    pub(super) labels: String,
}

/// The map of a direction.
pub(super) fn of(
    language: Language,
    part: &PartTrace,
    direction: &Direction<'_>,
    steps: &Steps,
) -> Map {
    let progress = steps.of_flow(direction.id);
    let seen = direction.seen;
    let drawing = Drawing {
        language,
        seen,
        steps,
        progress: &progress,
        decoded: decoded(part, direction, steps),
    };
    let sent = listed(progress.iter().map(|it| it.sent));
    let (pictures, notes, received) = if part.transport.keeps_boundaries() {
        // Which of the bytes sent were received is told by the map alone.
        let notes = datagram_notes(language, direction);
        (drawing.datagrams(), notes, String::new())
    } else {
        let (kinds, lanes) = pieces::stream_lanes(language, part, direction);
        let of = kinds.iter().zip(&lanes);
        let numbers = of
            .clone()
            .any(|(kind, lane)| *kind == Kind::Queue && lane.runs.iter().any(|run| run.dashed));
        let mut notes = pieces::notes(language, seen, numbers);
        if of
            .clone()
            .any(|(_, lane)| lane.runs.iter().any(|run| run.header > 0))
        {
            notes.push(
                language
                    .pick(
                        "the low end of a message: its header",
                        "消息前端较矮的一段：头部",
                    )
                    .to_owned(),
            );
        }
        let received = listed(progress.iter().map(|it| it.received));
        (drawing.stream(&kinds, &lanes), notes, received)
    };
    Map {
        pictures,
        notes,
        sent,
        received,
    }
}

/// At each step, the offset behind the last frame that was decoded.
fn decoded(part: &PartTrace, direction: &Direction<'_>, steps: &Steps) -> Vec<u64> {
    let mut ends = vec![0; steps.count() + 1];
    for (index, call) in part.calls.iter().enumerate() {
        if let Op::Decoded {
            flow,
            offset,
            header,
            payload,
            trailer,
            framing: _,
        } = call.op
            && flow == direction.id
            && let Some(end) = ends.get_mut(steps.holding(index))
        {
            *end = offset + u64::from(header) + u64::from(payload) + u64::from(trailer);
        }
    }
    for step in 1..ends.len() {
        ends[step] = ends[step].max(ends[step - 1]);
    }
    ends
}

fn listed(numbers: impl Iterator<Item = u64>) -> String {
    let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
    numbers.join(" ")
}

/// What the pictures of one direction are made of.
struct Drawing<'a> {
    language: Language,
    seen: &'a FlowAnalysis,
    steps: &'a Steps,
    progress: &'a [Progress],
    decoded: Vec<u64>,
}

impl Drawing<'_> {
    fn stream(&self, kinds: &[Kind], lanes: &[pieces::Lane]) -> Vec<Picture> {
        self.panels(lanes, |panel| {
            let drawn = kinds.iter().zip(lanes).map(|(kind, lane)| {
                let runs = lane.runs.iter().map(|run| (run, 0));
                Lane {
                    name: lane.name,
                    says: lane.says,
                    boxes: self.boxes(panel, runs, 0),
                    ends: (*kind != Kind::Queue).then(|| self.ends(panel, *kind)),
                    is_queue: *kind == Kind::Queue,
                }
            });
            Picture {
                lanes: drawn.collect(),
                lost: self.lost(panel),
                waiting: kinds.contains(&Kind::Queue).then(|| self.waiting(panel)),
                ..self.empty(panel, lanes)
            }
        })
    }

    /// Each datagram apart from the others.
    fn datagrams(&self) -> Vec<Picture> {
        let sent = pieces::sent_lane(self.language, self.seen);
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
                ..self.empty(panel, &lanes)
            }
        })
    }

    /// What was received of each datagram, and what was not, each with the step of its recv.
    fn received_datagrams(&self) -> Vec<(Run, usize)> {
        let recvs = pieces::matched(self.seen);
        let never = self.steps.count();
        let mut runs = Vec::new();
        for (message, recv) in self.seen.messages.iter().zip(recvs) {
            let Range { start, end } = message.range;
            let found = recv.map(|index| (index, &self.seen.recvs[index]));
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

    /// Draws each panel that is not left out.
    fn panels(&self, lanes: &[pieces::Lane], draw: impl Fn(&Panel) -> Picture) -> Vec<Picture> {
        let (panels, hidden) = pieces::panels(lanes, COLUMNS);
        let mut pictures = Vec::new();
        for (index, panel) in panels.iter().enumerate() {
            if index == hidden.start && !hidden.is_empty() {
                let length = rounded(panels[hidden.end - 1].end() - panel.start());
                let words = self
                    .language
                    .pick(format!("… {length} not shown"), format!("…… 略去 {length}"));
                pictures.push(Picture {
                    left_out: Some(words),
                    ..self.empty(panel, &[])
                });
            }
            if !hidden.contains(&index) {
                pictures.push(draw(panel));
            }
        }
        pictures
    }

    fn empty(&self, panel: &Panel, lanes: &[pieces::Lane]) -> Picture {
        Picture {
            left_out: None,
            words: in_words(panel, lanes),
            width: (panel.width() as u64).saturating_sub(1) * COLUMN,
            scale: self.scale(panel),
            lanes: Vec::new(),
            lost: Vec::new(),
            waiting: None,
        }
    }

    /// The offsets of both ends and of the boundaries, then of all else, as far as there is room.
    fn scale(&self, panel: &Panel) -> Vec<Tick> {
        let ticks = panel.ticks();
        let is_end = |at: u64| at == panel.start() || at == panel.end();
        let is_boundary = |at: u64| {
            let boundaries = &self.seen.boundaries;
            boundaries.binary_search_by_key(&at, |it| it.at).is_ok()
        };
        let mut wanted: Vec<(u64, usize)> = ticks.to_vec();
        wanted.sort_by_key(|&(at, _)| (!is_end(at), !is_boundary(at)));
        let mut taken: Vec<(u64, u64)> = Vec::new();
        let mut scale = Vec::new();
        for (offset, column) in wanted {
            let text = grouped(offset);
            let (x, half) = (column as u64 * COLUMN, text.len() as u64 * COLUMN / 2 + 4);
            let room = (x.saturating_sub(half), x + half);
            if taken.iter().all(|it| room.1 <= it.0 || it.1 <= room.0) {
                taken.push(room);
                scale.push(Tick { x, text });
            }
        }
        scale
    }

    /// The runs of a lane that lie in a panel, each with the step from which it is there.
    fn boxes<'r>(
        &self,
        panel: &Panel,
        runs: impl Iterator<Item = (&'r Run, usize)>,
        gap: u64,
    ) -> Vec<Block> {
        let inside =
            runs.filter(|(run, _)| run.range.start < panel.end() && run.range.end > panel.start());
        inside
            .map(|(run, step)| {
                let (start, end) = clipped(panel, run.range);
                let (x, right) = (place(panel, start), place(panel, end).saturating_sub(gap));
                let width = right.saturating_sub(x).max(2);
                // The label stands behind the header.
                let from = match run.header {
                    0 => x,
                    header => place(panel, (run.range.start + header).clamp(start, end)),
                };
                let room = right.saturating_sub(from);
                let columns = usize::try_from(room / COLUMN).unwrap_or(0);
                let label = pieces::label(run, columns);
                Block {
                    x,
                    width,
                    dashed: run.dashed,
                    label_width: escape::width(&label) as u64 * 8,
                    label,
                    label_x: from + room / 2,
                    fills: if run.dashed {
                        Vec::new()
                    } else {
                        self.fills(panel, run, gap)
                    },
                    step,
                }
            })
            .collect()
    }

    /// The bytes of a run, message by message.
    fn fills(&self, panel: &Panel, run: &Run, gap: u64) -> Vec<Fill> {
        let (from, to) = clipped(panel, run.range);
        let messages = &self.seen.messages;
        let first = messages.partition_point(|message| message.range.end <= from);
        let of_run = messages[first..]
            .iter()
            .enumerate()
            .take_while(|(_, message)| message.range.start < to);
        let mut fills = Vec::new();
        for (index, message) in of_run {
            let header = if run.header > 0 {
                run.range.start + run.header
            } else {
                0
            };
            let (start, end) = (message.range.start.max(from), message.range.end.min(to));
            let middle = header.clamp(start, end);
            for (start, end, is_header) in [(start, middle, true), (middle, end, false)] {
                if start < end {
                    let (left, mut right) = (place(panel, start), place(panel, end));
                    if end == to {
                        right = right.saturating_sub(gap);
                    }
                    fills.push(Fill {
                        x: left,
                        width: right.saturating_sub(left).max(1),
                        color: (first + index) % COLORS,
                        is_header,
                    });
                }
            }
        }
        fills
    }

    /// Up to where a lane has come at each step.
    fn ends(&self, panel: &Panel, kind: Kind) -> String {
        let ends = self.progress.iter().zip(&self.decoded);
        listed(ends.map(|(it, &decoded)| {
            let offset = match kind {
                Kind::Sent => it.sent,
                // What the receiver has seen has left, whether or not the kernel was asked.
                Kind::Wire => it.left.unwrap_or(0).max(it.queue().end),
                Kind::Queue => it.queue().end,
                Kind::Recv => it.received,
                Kind::Decoded => decoded,
            };
            place(panel, offset.clamp(panel.start(), panel.end()))
        }))
    }

    fn waiting(&self, panel: &Panel) -> Waiting {
        let inside = |offset: u64| place(panel, offset.clamp(panel.start(), panel.end()));
        let labels = self.progress.iter().map(|it| {
            let size = bytes(it.waiting);
            self.language
                .pick(format!("{size} waiting"), format!("{size} 在等待"))
        });
        Waiting {
            starts: listed(self.progress.iter().map(|it| inside(it.queue().start))),
            ends: listed(self.progress.iter().map(|it| inside(it.queue().end))),
            labels: labels.collect::<Vec<_>>().join("|"),
        }
    }

    /// The boundaries that were lost in a panel.
    fn lost(&self, panel: &Panel) -> Vec<Lost> {
        let boundaries = &self.seen.boundaries;
        let first = boundaries.partition_point(|boundary| boundary.at <= panel.start());
        let mut lost: Vec<Lost> = boundaries[first..]
            .iter()
            .take_while(|boundary| boundary.at <= panel.end())
            .filter_map(|boundary| match boundary.fate {
                BoundaryFate::Coalesced {
                    recv,
                    place: lost_at,
                } => {
                    let (where_, at) = (words::place(self.language, lost_at), grouped(boundary.at));
                    let text = self.language.pick(
                        format!("boundary {at} {where_}"),
                        format!("边界 {at} {where_}"),
                    );
                    let x = place(panel, boundary.at);
                    let room = COLUMNS as u64 * COLUMN;
                    let width = escape::width(&text) as u64 * COLUMN;
                    Some(Lost {
                        x,
                        is_named: false,
                        is_before: x + width + 12 > room,
                        text,
                        step: self.steps.holding(self.seen.recvs.get(recv)?.call),
                    })
                }
                BoundaryFate::Kept | BoundaryFate::NotReached => None,
            })
            .collect();
        if let [only] = lost.as_mut_slice() {
            only.is_named = true;
        }
        lost
    }
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

fn place(panel: &Panel, offset: u64) -> u64 {
    pieces::place(panel, offset, COLUMN)
}

fn clipped(panel: &Panel, range: Range) -> (u64, u64) {
    (range.start.max(panel.start()), range.end.min(panel.end()))
}

/// What the lanes of a panel hold, for those who cannot see it.
fn in_words(panel: &Panel, lanes: &[pieces::Lane]) -> String {
    let told = lanes.iter().filter(|lane| !lane.name.is_empty());
    let told = told.map(|lane| {
        let runs = lane
            .runs
            .iter()
            .filter(|run| run.range.start < panel.end() && run.range.end > panel.start());
        let runs: Vec<&str> = runs.map(|run| run.labels[0].as_str()).collect();
        format!(
            "{}: {}",
            lane.name,
            lane.says.map_or_else(|| runs.join(", "), str::to_owned)
        )
    });
    told.collect::<Vec<_>>().join("; ")
}

/// What a map of datagrams cannot show: the empty ones, and those dropped.
fn datagram_notes(language: Language, direction: &Direction<'_>) -> Vec<String> {
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
