//! One case: what it is about, and its parts.

use std::time::Duration;

use super::{Expectation, Receives, Script, Side, Transport};
use crate::language::{Language, Text};

/// The longest wait of a replay, unless the file states another.
pub const DEFAULT_DEADLINE: Duration = Duration::from_secs(5);

/// One case: its purpose, what both sides do, and what is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// `chapter/name`, unique in the catalogue; made from the file's path.
    pub name: String,
    /// The title, one line. Every case of the catalogue has a title, a lesson, a section and an
    /// expectation; a user's own file need not.
    pub title: Option<Text>,
    /// The lesson: what happens and why. Paragraphs are separated by an empty line.
    pub lesson: Option<Text>,
    /// The section of the source notes that the case is about.
    pub section: Option<Section>,
    /// The cases to look at next.
    pub see: See,
    /// Whether the case is about time; only then may a script pause.
    pub about_time: bool,
    /// The parts, which are replayed one after another; at least one.
    pub parts: Vec<Part>,
}

/// The cases to look at next, by name; each list may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct See {
    /// What helps against what the case shows.
    pub cure: Vec<String>,
    /// What is thought to help and does not.
    pub false_cure: Vec<String>,
    /// What to compare it with.
    pub compare: Vec<String>,
}

impl See {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &String> {
        let Self {
            cure,
            false_cure,
            compare,
        } = self;
        cure.iter().chain(false_cure).chain(compare)
    }
}

/// A section of the source notes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub heading: String,
    /// Whether the case replays the section literally (key `replays`) or is only about it (key
    /// `about`).
    pub replayed: bool,
}

/// One run of a server and a client. A comparison has several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The label that distinguishes this part from the others; `None` if there is only one.
    pub label: Option<Text>,
    /// The transport between the two sides.
    pub transport: Transport,
    /// The deadline: the longest that anything is waited for.
    pub deadline: Duration,
    /// What the server does.
    pub server: Script,
    /// What the client does.
    pub client: Script,
    /// The expectation, if one is stated.
    pub expect: Option<Expectation>,
}

impl Scenario {
    /// The title, or the name if there is no title.
    #[must_use]
    pub fn title(&self, language: Language) -> &str {
        let title = self.title.as_ref();
        title.map_or(&self.name, |title| title.get(language))
    }

    /// Whether the case replays a section of the source notes literally.
    #[must_use]
    pub fn is_documented(&self) -> bool {
        (self.section.as_ref()).is_some_and(|section| section.replayed)
    }
}

impl Part {
    /// What one side is expected to receive, if anything is stated.
    #[must_use]
    pub fn receives(&self, side: Side) -> Option<&Receives> {
        self.expect.as_ref().map(|expect| expect.of(side))
    }

    /// The script of one side.
    #[must_use]
    pub fn script(&self, side: Side) -> &Script {
        match side {
            Side::Server => &self.server,
            Side::Client => &self.client,
        }
    }
}
