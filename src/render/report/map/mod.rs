//! The byte map as a picture: lanes over one scale of offsets, in pixels of a drawing that grows
//! with the page; one for screens, and one for phones.
//!
//! Promises: an offset has the same position in every lane. Each lane holds its extent at every
//! step, so that the page's script needs no knowledge of sockets.

mod datagrams;
mod drawing;

use crate::language::Language;
use crate::picture::Direction;
use crate::picture::steps::Steps;
use crate::trace::PartTrace;

use drawing::Drawing;

/// The number of colours, and of patterns, that messages use in turn.
pub(super) const COLORS: usize = 4;

/// The map of one direction.
#[derive(Debug)]
pub(super) struct Map {
    pub(super) drawn: [Drawn; 2],
    pub(super) notes: Vec<String>,
    /// The number of bytes sent, and of bytes received, at each step.
    pub(super) sent: String,
    pub(super) received: String,
}

/// The map in one format.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) format: Format,
    pub(super) pictures: Vec<Picture>,
}

/// The kind of screen for which a map is drawn. The style of the page shows one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Format {
    Wide,
    Narrow,
}

/// A panel of the map, or the text for those left out.
#[derive(Debug)]
pub(super) struct Picture {
    /// The text for what is left out.
    pub(super) left_out: Option<String>,
    /// A description in words.
    pub(super) words: String,
    pub(super) width: u64,
    /// Empty for datagrams, whose bytes have no common offsets.
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
    /// The step from which something begins or ends there.
    pub(super) step: usize,
}

/// A lane.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) name: &'static str,
    pub(super) says: Option<&'static str>,
    pub(super) boxes: Vec<Block>,
    /// Its extent at each step; `None` if its blocks give it themselves.
    pub(super) ends: Option<String>,
    /// Whether this is the final state of the queue. While stepping, the waiting bytes are shown
    /// instead.
    pub(super) is_queue: bool,
}

/// A run of bytes.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) x: u64,
    pub(super) width: u64,
    pub(super) dashed: bool,
    pub(super) label: String,
    /// The position of the middle of its label.
    pub(super) label_x: u64,
    /// The parts that belong to each message.
    pub(super) fills: Vec<Fill>,
    /// The step from which it is shown; 0 is always.
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
    /// The position of its text; `None` if it has only a mark.
    pub(super) name: Option<Name>,
    pub(super) step: usize,
}

/// The position of a mark's text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name {
    pub(super) x: i64,
    /// Its distance below the tip of the mark.
    pub(super) down: usize,
    /// The end of the text that is at `x`, as a class.
    pub(super) anchor: &'static str,
}

/// What waits at each step. If nothing does, only the label is shown.
#[derive(Debug)]
pub(super) struct Waiting {
    /// The number of bytes at each step.
    pub(super) waits: String,
    /// The start and end positions at each step.
    pub(super) starts: String,
    pub(super) ends: String,
    /// The labels at each step; empty if it is not known.
    pub(super) labels: String,
    /// The text for that case.
    pub(super) unknown: &'static str,
}

impl Format {
    /// Its class in the style sheet.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Wide => "wide",
            Self::Narrow => "narrow",
        }
    }

    /// The width of a panel, in columns.
    const fn columns(self) -> usize {
        match self {
            Self::Wide => 84,
            Self::Narrow => 32,
        }
    }

    /// The width of the margin for the names of the lanes.
    pub(super) const fn margin(self) -> u64 {
        match self {
            Self::Wide => 92,
            Self::Narrow => 66,
        }
    }
}

impl Picture {
    /// The top; without a scale no room is left for one.
    pub(super) fn top(&self) -> usize {
        if self.scale.is_empty() { 26 } else { 0 }
    }

    /// The height of the scale, the lanes and what is below them.
    pub(super) fn height(&self) -> usize {
        let names = self.lost.iter().filter_map(|lost| lost.name);
        let lowest = names.map(|name| name.down).max();
        34 + 30 * self.lanes.len() + 10 + lowest.unwrap_or(drawing::BESIDE)
    }
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
    let decoded = steps.decoded(part, direction.id);
    let drawing = |format| Drawing {
        format,
        language,
        seen,
        has_recvs: direction.has_recvs(),
        steps,
        progress: &progress,
        decoded: &decoded,
    };
    let drawn = |pictures: &dyn Fn(Drawing<'_>) -> Vec<Picture>| {
        [Format::Wide, Format::Narrow].map(|format| Drawn {
            format,
            pictures: pictures(drawing(format)),
        })
    };
    let sent = listed(progress.iter().map(|it| it.sent));
    let (drawn, notes, received) = if direction.keeps_boundaries {
        // The map alone shows which of the bytes sent were received.
        let notes = direction.datagram_notes();
        (drawn(&|it| it.datagrams(direction)), notes, String::new())
    } else {
        let lanes = direction.lanes();
        let mut notes = direction.notes(&lanes);
        let mut spans = lanes.iter().flat_map(|lane| &lane.spans);
        if spans.any(|span| span.header > 0) {
            let text = language.pick(
                "the low end of a message: its header",
                "消息前端较矮的一段：头部",
            );
            notes.push(text.to_owned());
        }
        let received = listed(progress.iter().map(|it| it.received));
        (drawn(&|it| it.stream(&lanes)), notes, received)
    };
    Map {
        drawn,
        notes,
        sent,
        received,
    }
}

fn listed(numbers: impl Iterator<Item = u64>) -> String {
    let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
    numbers.join(" ")
}
