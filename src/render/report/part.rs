//! One part of a case: its time line, its maps, its verdict.

use crate::analysis::PartAnalysis;
use crate::language::Language;
use crate::render::number::{bytes, time};
use crate::render::text::pieces::{self, Ink, Told};
use crate::render::{escape, words};
use crate::scenario::Side;
use crate::trace::PartTrace;

use super::bytes::Bytes;
use super::map::{self, COLORS, Map};
use super::steps::{Row, Steps};

/// How much of a call's bytes its row shows, in columns.
const PREVIEW: usize = 40;

/// A part in one language.
#[derive(Debug)]
pub(super) struct Part {
    /// The same in both languages.
    pub(super) key: String,
    pub(super) label: Option<String>,
    pub(super) steps: usize,
    pub(super) rows: Vec<Line>,
    pub(super) directions: Vec<Direction>,
    pub(super) verdict: Vec<Line>,
}

/// A row of the time line, or a line of the verdict.
#[derive(Debug)]
pub(super) struct Line {
    /// What its colour says, as a class.
    pub(super) class: String,
    pub(super) words: String,
    pub(super) bytes: String,
    /// The time; empty where there is none.
    pub(super) time: String,
    /// Whose it is; none where it is nobody's.
    pub(super) side: Option<Side>,
    /// What is read out for it.
    pub(super) said: String,
}

/// One direction in which bytes went.
#[derive(Debug)]
pub(super) struct Direction {
    pub(super) heading: String,
    pub(super) map: Map,
    pub(super) bytes: Option<Bytes>,
}

impl Part {
    pub(super) fn of(
        language: Language,
        key: String,
        part: &PartTrace,
        analysis: &PartAnalysis,
    ) -> Self {
        let steps = Steps::of(part);
        let zero = steps.rows.iter().find_map(|row| match row {
            Row::Call(index) => Some(part.calls[*index].moment()),
            Row::LeftOut(_) => None,
        });
        let rows = steps.rows.iter().map(|row| match row {
            Row::Call(index) => call(language, part, analysis, *index, zero.unwrap_or(0)),
            Row::LeftOut(calls) => {
                let words = format!("… {}", pieces::summed(language, part, calls));
                Line {
                    said: words.clone(),
                    words,
                    ..Line::empty()
                }
            }
        });
        let directions = pieces::directions(language, part, analysis);
        Self {
            label: part
                .label
                .as_ref()
                .map(|label| escape::text(label.get(language))),
            steps: steps.count(),
            rows: rows.collect(),
            directions: directions
                .iter()
                .map(|it| Direction {
                    heading: heading(language, part, it),
                    map: map::of(language, part, it, &steps),
                    bytes: Bytes::of(language, it.flow, it.seen, &steps),
                })
                .collect(),
            verdict: pieces::verdict(language, part, analysis)
                .into_iter()
                .map(told)
                .collect(),
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

    /// Whether it is of the server.
    pub(super) fn is_server(&self) -> bool {
        self.side == Some(Side::Server)
    }
}

fn call(
    language: Language,
    part: &PartTrace,
    analysis: &PartAnalysis,
    index: usize,
    zero: u64,
) -> Line {
    let call = &part.calls[index];
    let said = pieces::call(language, part, analysis, index, PREVIEW);
    let side = words::side(language, call.side);
    Line {
        class: class(said.ink),
        said: language.pick(
            format!("{side}: {}", said.words),
            format!("{side}：{}", said.words),
        ),
        words: said.words,
        bytes: said.bytes,
        time: time(part.calls[index].moment().saturating_sub(zero), false),
        side: Some(call.side),
    }
}

fn told(told: Told) -> Line {
    Line {
        class: format!("{} level{}", class(told.ink), told.level),
        words: told.text,
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

fn heading(language: Language, part: &PartTrace, direction: &pieces::Direction<'_>) -> String {
    let transport = words::transport(part.transport);
    let size = bytes(direction.flow.sent.len() as u64);
    let comma = language.pick(", ", "，");
    format!("{} · {transport}{comma}{size}", direction.words)
}
