//! One part of a case: its time line, its maps, its verdict.

use crate::language::Language;
use crate::picture;
use crate::picture::number::{bytes, time};
use crate::picture::steps::{Step, Steps};
use crate::picture::{Ink, Sentence, words};
use crate::render::glyphs;
use crate::scenario::Side;
use crate::trace::PartTrace;

use super::bytes::Bytes;
use super::map::{self, COLORS, Map};

/// The width in columns of the bytes that a call's row shows.
const PREVIEW: usize = 40;

/// A part in one language.
#[derive(Debug)]
pub(super) struct Part {
    /// Its key, which is the same in both languages.
    pub(super) key: String,
    pub(super) label: Option<String>,
    pub(super) steps: usize,
    pub(super) rows: Vec<Line>,
    /// What stands in place of the time line, if there are no calls.
    pub(super) no_calls: Option<&'static str>,
    pub(super) directions: Vec<Direction>,
    pub(super) verdict: Vec<Line>,
}

/// A row of the time line, or a line of the verdict.
#[derive(Debug)]
pub(super) struct Line {
    /// The meaning of its colour, as a class.
    pub(super) class: String,
    pub(super) words: String,
    pub(super) bytes: String,
    /// The time, or empty.
    pub(super) time: String,
    /// The side; `None` if it belongs to neither.
    pub(super) side: Option<Side>,
    /// The text that a screen reader reads.
    pub(super) said: String,
}

/// One direction of a connection.
#[derive(Debug)]
pub(super) struct Direction {
    pub(super) heading: String,
    pub(super) map: Map,
    pub(super) bytes: Option<Bytes>,
}

impl Part {
    /// The part as shown on the page; `key` distinguishes it from the others.
    pub(super) fn of(language: Language, key: String, part: &picture::Part<'_>) -> Self {
        let steps = Steps::of(part);
        let rows = steps.steps.iter().map(|step| match step {
            Step::Row(number) => call(language, &part.row(*number)),
            Step::LeftOut(rows) => {
                let words = format!("… {}", part.summed(rows.clone()));
                Line {
                    said: words.clone(),
                    words,
                    ..Line::empty()
                }
            }
        });
        let directions = part.directions.iter().map(|it| Direction {
            heading: heading(language, part.trace, it),
            map: map::of(language, part.trace, it, &steps),
            bytes: Bytes::of(language, it, &steps),
        });
        Self {
            label: part.label.clone(),
            steps: steps.count(),
            rows: rows.collect(),
            no_calls: part.no_calls(),
            directions: directions.collect(),
            verdict: part.verdict().into_iter().map(told).collect(),
            key,
        }
    }
}

impl Line {
    fn empty() -> Self {
        Self {
            class: String::new(),
            words: String::new(),
            bytes: String::new(),
            time: String::new(),
            side: None,
            said: String::new(),
        }
    }

    /// Whether it belongs to the server.
    pub(super) fn is_server(&self) -> bool {
        self.side == Some(Side::Server)
    }
}

/// A row of the time line.
fn call(language: Language, row: &picture::calls::Row<'_>) -> Line {
    let side = words::side(language, row.side);
    let words = &row.words;
    Line {
        class: class(row.ink),
        said: say!(language, "{side}: {words}", "{side}：{words}"),
        bytes: (row.data.as_ref())
            .map_or_else(String::new, |data| glyphs::BOX.preview(data, PREVIEW)),
        time: time(row.at, false),
        side: Some(row.side),
        words: row.words.clone(),
    }
}

/// A sentence of the verdict.
fn told(sentence: Sentence) -> Line {
    Line {
        class: format!("{} level{}", class(sentence.ink), sentence.level),
        words: sentence.text,
        ..Line::empty()
    }
}

fn class(ink: Ink) -> String {
    match ink {
        Ink::Plain | Ink::Heading | Ink::Current => String::new(),
        Ink::Message(index) => format!("m{}", index % COLORS),
        Ink::Good => "good".to_owned(),
        Ink::Bad => "bad".to_owned(),
    }
}

fn heading(language: Language, part: &PartTrace, direction: &picture::Direction<'_>) -> String {
    let transport = words::transport(part.transport);
    let size = bytes(direction.flow.sent.len() as u64);
    let comma = language.pick(", ", "，");
    format!("{} · {transport}{comma}{size}", direction.words)
}
