//! Draws the pictures of one direction, and those of a stream.

use crate::analysis::moment::Progress;
use crate::analysis::{FlowAnalysis, Range};
use crate::language::Language;
use crate::picture::lanes::{self, Kind, Span};
use crate::picture::number::{bytes, grouped, rounded};
use crate::picture::steps::Steps;
use crate::picture::{Elision, marks};
use crate::render::escape;
use crate::render::layout::{self, Panel};

use super::{Block, COLORS, Fill, Format, Lane, Lost, Name, Picture, Tick, Waiting, listed};

/// The panels of a map that are left out.
const PANELS: Elision = Elision {
    all: 4,
    front: 2,
    back: 1,
};
/// The width of a column.
const COLUMN: u64 = 9;
/// The greatest width of a letter in a text.
const LETTER: u64 = 8;
/// The distance from the tip of a mark to a text beside it.
pub(super) const BESIDE: usize = 12;
/// The distance to a text below it, if there is no room beside it.
const BELOW: usize = 26;

/// The data from which the pictures of one direction are drawn.
pub(super) struct Drawing<'a> {
    pub(super) format: Format,
    pub(super) language: Language,
    pub(super) seen: &'a FlowAnalysis,
    /// Whether it is known what was received.
    pub(super) has_recvs: bool,
    pub(super) steps: &'a Steps,
    pub(super) progress: &'a [Progress],
    pub(super) decoded: &'a [u64],
}

impl Drawing<'_> {
    pub(super) fn stream(&self, lanes: &[lanes::Lane]) -> Vec<Picture> {
        self.panels(lanes, |panel| {
            let drawn = lanes.iter().map(|lane| {
                let is_queue = lane.kind == Kind::Queue && self.has_recvs;
                let spans = lane.spans.iter().map(|span| (span, 0));
                Lane {
                    name: lane.name,
                    says: lane.says,
                    boxes: self.boxes(panel, spans, 0),
                    ends: (!is_queue).then(|| self.ends(panel, lane.kind)),
                    is_queue,
                }
            });
            let queue = lanes.iter().find(|lane| lane.kind == Kind::Queue);
            Picture {
                lanes: drawn.collect(),
                lost: self.lost(panel),
                waiting: queue
                    .filter(|_| self.has_recvs)
                    .map(|queue| self.waiting(panel, queue)),
                scale: self.scale(panel, lanes),
                ..Self::empty(panel, lanes)
            }
        })
    }

    /// Draws each panel that is not left out.
    pub(super) fn panels(
        &self,
        lanes: &[lanes::Lane],
        draw: impl Fn(&Panel) -> Picture,
    ) -> Vec<Picture> {
        let panels = layout::fitted(lanes, self.format.columns());
        let hidden = PANELS.hidden(panels.len(), false);
        let mut pictures = Vec::new();
        for (index, panel) in panels.iter().enumerate() {
            if index == hidden.start && !hidden.is_empty() {
                let length = rounded(panels[hidden.end - 1].end() - panel.start());
                let words = say!(self.language, "… {length} not shown", "…… 略去 {length}");
                pictures.push(Picture {
                    left_out: Some(words),
                    ..Self::empty(panel, &[])
                });
            }
            if !hidden.contains(&index) {
                pictures.push(draw(panel));
            }
        }
        pictures
    }

    pub(super) fn empty(panel: &Panel, lanes: &[lanes::Lane]) -> Picture {
        Picture {
            left_out: None,
            words: in_words(panel, lanes),
            width: (panel.width() as u64).saturating_sub(1) * COLUMN,
            scale: Vec::new(),
            lanes: Vec::new(),
            lost: Vec::new(),
            waiting: None,
        }
    }

    /// First the offsets of both ends and of the boundaries, then others, as far as there is room.
    fn scale(&self, panel: &Panel, lanes: &[lanes::Lane]) -> Vec<Tick> {
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
                let step = self.marked(offset, lanes);
                scale.push(Tick { x, text, step });
            }
        }
        scale.sort_by_key(|tick| tick.x);
        scale
    }

    /// The first step at which something in a lane begins or ends at this offset.
    fn marked(&self, offset: u64, lanes: &[lanes::Lane]) -> usize {
        let never = self.progress.len();
        let of = lanes.iter().filter(|lane| {
            let ends = |it: &Span| [it.range.start, it.range.start + it.header, it.range.end];
            lane.spans.iter().any(|span| ends(span).contains(&offset))
        });
        let steps = of.map(|lane| {
            let come = |&step: &usize| self.come(lane.kind, step) >= offset.max(1);
            (0..never).find(come).unwrap_or(never)
        });
        steps.min().unwrap_or(0)
    }

    /// The offset that a lane has reached at a step.
    fn come(&self, kind: Kind, step: usize) -> u64 {
        let it = &self.progress[step];
        match kind {
            Kind::Sent => it.sent,
            // What the receiver has seen has left, even if the kernel was not asked.
            Kind::Wire => it.left.unwrap_or(0).max(it.queue().end),
            Kind::Queue => it.queue().end,
            Kind::Recv => it.received,
            Kind::Decoded => self.decoded.get(step).copied().unwrap_or(0),
        }
    }

    /// The spans of a lane that lie in a panel, each with the step from which it is shown.
    pub(super) fn boxes<'r>(
        &self,
        panel: &Panel,
        spans: impl Iterator<Item = (&'r Span, usize)>,
        gap: u64,
    ) -> Vec<Block> {
        let inside = spans
            .filter(|(span, _)| span.range.start < panel.end() && span.range.end > panel.start());
        inside
            .map(|(span, step)| {
                let (start, end) = clipped(panel, span.range);
                let (x, right) = (place(panel, start), place(panel, end).saturating_sub(gap));
                let width = right.saturating_sub(x).max(2);
                // The label comes after the header.
                let from = match span.header {
                    0 => x,
                    header => place(panel, (span.range.start + header).clamp(start, end)),
                };
                let room = right.saturating_sub(from);
                let columns = usize::try_from(room / COLUMN).unwrap_or(0);
                let label = layout::label(span, columns).trim().to_owned();
                Block {
                    x,
                    width,
                    dashed: span.dashed,
                    label,
                    label_x: from + room / 2,
                    fills: if span.dashed {
                        Vec::new()
                    } else {
                        self.fills(panel, span, gap)
                    },
                    step,
                }
            })
            .collect()
    }

    /// The bytes of a span, message by message.
    fn fills(&self, panel: &Panel, span: &Span, gap: u64) -> Vec<Fill> {
        let (from, to) = clipped(panel, span.range);
        let messages = &self.seen.messages;
        let first = messages.partition_point(|message| message.range.end <= from);
        let of_span = messages[first..]
            .iter()
            .enumerate()
            .take_while(|(_, message)| message.range.start < to);
        let mut fills = Vec::new();
        for (index, message) in of_span {
            let header = if span.header > 0 {
                span.range.start + span.header
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

    /// The extent of a lane at each step.
    pub(super) fn ends(&self, panel: &Panel, kind: Kind) -> String {
        listed((0..self.progress.len()).map(|step| {
            let offset = self.come(kind, step);
            place(panel, offset.clamp(panel.start(), panel.end()))
        }))
    }

    fn waiting(&self, panel: &Panel, queue: &lanes::Lane) -> Waiting {
        let inside = |offset: u64| place(panel, offset.clamp(panel.start(), panel.end()));
        let recvs = &self.seen.recvs;
        let is_asked = recvs.is_empty() || recvs.iter().any(|it| it.queued.is_some());
        let labels = self.progress.iter().map(|it| {
            let size = bytes(it.waiting);
            if it.waiting > 0 {
                say!(self.language, "{size} waiting", "{size} 在等待")
            } else if it.sent == it.received {
                size
            } else {
                // If nobody has looked, bytes may wait all the same.
                String::new()
            }
        });
        Waiting {
            waits: listed(self.progress.iter().map(|it| it.waiting)),
            starts: listed(self.progress.iter().map(|it| inside(it.queue().start))),
            ends: listed(self.progress.iter().map(|it| inside(it.queue().end))),
            labels: labels.collect::<Vec<_>>().join("|"),
            unknown: (queue.says.filter(|_| !is_asked))
                .unwrap_or_else(|| self.language.pick("not looked at yet", "还没有查看")),
        }
    }

    /// The boundaries that were lost in a panel.
    fn lost(&self, panel: &Panel) -> Vec<Lost> {
        let range = Range {
            start: panel.start(),
            end: panel.end(),
        };
        let mut lost: Vec<Lost> = marks(self.seen, range)
            .into_iter()
            .filter_map(|mark| {
                Some(Lost {
                    x: place(panel, mark.at),
                    name: None,
                    text: mark.words(self.language),
                    step: self.steps.holding(self.seen.recvs.get(mark.recv)?.call),
                })
            })
            .collect();
        if let [only] = lost.as_mut_slice() {
            only.name = Some(self.name(only.x, &only.text));
        }
        lost
    }

    /// A place with room for the text of a mark at `x`: after it, before it, or below.
    fn name(&self, x: u64, text: &str) -> Name {
        let width = escape::width(text) as u64 * LETTER;
        let room = self.format.columns() as u64 * COLUMN;
        let margin = self.format.margin();
        let signed = u64::cast_signed;
        let (x, down, anchor) = if x + 10 + width <= room {
            (signed(x + 10), BESIDE, "behind")
        } else if width + 10 <= x + margin {
            (signed(x) - 10, BESIDE, "before")
        } else {
            let last = signed(room) - signed(width);
            (signed(x).min(last).max(-signed(margin)), BELOW, "behind")
        };
        Name { x, down, anchor }
    }
}

fn place(panel: &Panel, offset: u64) -> u64 {
    layout::place(panel, offset, COLUMN)
}

fn clipped(panel: &Panel, range: Range) -> (u64, u64) {
    (range.start.max(panel.start()), range.end.min(panel.end()))
}

/// A description of the lanes of a panel, for readers who cannot see it.
fn in_words(panel: &Panel, lanes: &[lanes::Lane]) -> String {
    let told = lanes.iter().filter(|lane| !lane.name.is_empty());
    let told = told.filter_map(|lane| {
        let spans = lane
            .spans
            .iter()
            .filter(|span| span.range.start < panel.end() && span.range.end > panel.start());
        let spans: Vec<&str> = spans.map(|span| span.labels[0].as_str()).collect();
        let words = lane.says.map_or_else(|| spans.join(", "), str::to_owned);
        (!words.is_empty()).then(|| format!("{}: {words}", lane.name))
    });
    told.collect::<Vec<_>>().join("; ")
}
