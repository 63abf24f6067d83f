//! The byte map as a picture: lanes over one scale of offsets, in pixels of a
//! drawing that grows with the page; once for a screen, and once for a phone.
//!
//! Promises: an offset stands at the same place in every lane; each lane tells
//! for every step how far it has come, so that stepping needs no knowledge of
//! sockets.

mod datagrams;
mod drawing;

use crate::language::Language;
use crate::picture::Direction;
use crate::picture::steps::Steps;
use crate::trace::PartTrace;

use drawing::Drawing;

/// How many colours, and patterns, messages have in turn.
pub(super) const COLORS: usize = 4;

/// The map of one direction.
#[derive(Debug)]
pub(super) struct Map {
    pub(super) drawn: [Drawn; 2],
    pub(super) notes: Vec<String>,
    /// How many bytes were sent, and received, at each step.
    pub(super) sent: String,
    pub(super) received: String,
}

/// The map in one format.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) format: Format,
    pub(super) pictures: Vec<Picture>,
}

/// For which screens a map is drawn; the style of the page shows one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Format {
    Wide,
    Narrow,
}

/// A panel of it, or what stands for those left out.
#[derive(Debug)]
pub(super) struct Picture {
    /// What is left out instead.
    pub(super) left_out: Option<String>,
    /// What it shows, in words.
    pub(super) words: String,
    pub(super) width: u64,
    /// Empty where datagrams are drawn, whose bytes have no offset in common.
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
    /// From which step something begins or ends there.
    pub(super) step: usize,
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
    /// Where its text stands; none where it has only a mark.
    pub(super) name: Option<Name>,
    pub(super) step: usize,
}

/// Where the text of a mark stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name {
    pub(super) x: i64,
    /// How far under the tip of the mark.
    pub(super) down: usize,
    /// Which end of it stands at `x`, as a class.
    pub(super) anchor: &'static str,
}

/// What waits at each step; where nothing does, the label alone.
#[derive(Debug)]
pub(super) struct Waiting {
    /// How many bytes.
    pub(super) waits: String,
    /// From where to where they are drawn.
    pub(super) starts: String,
    pub(super) ends: String,
    /// Empty where it is not known.
    pub(super) labels: String,
    /// What is said then.
    pub(super) unknown: &'static str,
}

impl Format {
    /// What the style knows it by.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Wide => "wide",
            Self::Narrow => "narrow",
        }
    }

    /// How wide a panel is, in columns.
    const fn columns(self) -> usize {
        match self {
            Self::Wide => 84,
            Self::Narrow => 32,
        }
    }

    /// The room for the names of the lanes.
    pub(super) const fn margin(self) -> u64 {
        match self {
            Self::Wide => 92,
            Self::Narrow => 66,
        }
    }
}

impl Picture {
    /// Where it begins: without a scale there is no room for one.
    pub(super) fn top(&self) -> usize {
        if self.scale.is_empty() { 26 } else { 0 }
    }

    /// The scale, the lanes, and what stands under them.
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
        // Which of the bytes sent were received is told by the map alone.
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
