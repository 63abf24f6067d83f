//! A replay as a player shows it: one screen for each moment.
//!
//! From the top: the case, the calls up to the current one and what the next is going
//! to do, then how far the bytes of its flow have come, the bytes in hex, and at the end of a
//! part the verdict; the last line says where one is and which keys there are.
//!
//! Promises: a screen has as many lines as asked and none wider than
//! [`Style::width`]; what has not happened yet is not told, but for the scale of
//! the map; the same view gives the same screen. Never touches a terminal.

mod now;
mod stops;
mod words;

use std::io;

pub use stops::{Case, Stop, stops};

use crate::render::escape;

use super::entry::Seen;
use super::line::{Ink, Line};
use super::{Page, Style, part_heading, timeline, verdict};
use now::Now;

/// The fewest columns of a screen.
pub const LEAST_COLUMNS: usize = super::NARROWEST;
/// The fewest lines of a screen.
pub const LEAST_ROWS: usize = 24;
/// The fewest lines that the calls take, their heading included.
const LEAST_TIMELINE: usize = 6;

/// What the player shows.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The replays.
    pub cases: &'a [Case],
    /// Where to stop in them.
    pub stops: &'a [Stop],
    /// Which of them is current.
    pub at: usize,
    /// At what speed it plays, in words; none where it stands.
    pub playing: Option<&'a str>,
    /// What to say instead of the keys.
    pub notice: Option<Notice>,
    /// The command that draws all at once, without its options; none is `sticky run` with
    /// the name of the case.
    pub again: Option<&'a str>,
    /// Whether to explain the keys and the marks instead.
    pub help: bool,
}

/// What a key could not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// It was the last stop.
    AtTheEnd,
    /// It was the first stop.
    AtTheBeginning,
    /// No message boundary is lost from there on.
    NoMoreLost,
}

/// Draws a screen of `rows` lines.
#[must_use]
pub fn draw(view: &View<'_>, style: &Style, rows: usize) -> Vec<String> {
    let mut lines = if style.width < LEAST_COLUMNS || rows < LEAST_ROWS {
        too_small(style, rows)
    } else if view.help {
        block(style, words::help)
    } else {
        match view.stops.get(view.at) {
            Some(stop) => screen(view, stop, style, rows),
            None => Vec::new(),
        }
    };
    lines.resize(rows, String::new());
    lines
}

/// What `draw` writes, line by line.
fn block(style: &Style, draw: impl FnOnce(&mut Page<'_>) -> io::Result<()>) -> Vec<String> {
    let mut out = Vec::new();
    let mut page = Page {
        style,
        glyphs: style.glyphs(),
        out: &mut out,
    };
    // A vector takes all that is written to it.
    let _ = draw(&mut page);
    String::from_utf8_lossy(&out)
        .lines()
        .map(str::to_owned)
        .collect()
}

fn too_small(style: &Style, rows: usize) -> Vec<String> {
    let text = words::too_small(style.language, style.width, rows);
    let width = style.width.max(2);
    let mut lines = super::wrap::paragraph_lines(&text, width);
    lines.truncate(rows);
    lines
}

fn screen(view: &View<'_>, stop: &Stop, style: &Style, rows: usize) -> Vec<String> {
    let Case { trace, analysis } = &view.cases[stop.case];
    let (part, seen) = (&trace.parts[stop.part], &analysis.parts[stop.part]);
    let columns = style.columns();
    let mut lines = block(style, |page| {
        let text = escape::text(&trace.heading(style.language));
        let text = escape::clip(&text, columns, page.glyphs.more);
        page.line(&Line::of(Ink::Heading, &text))?;
        match &part.label {
            Some(label) => part_heading(page, label.get(style.language)),
            None => Ok(()),
        }
    });
    let shown = stops::shown(part, style.full);
    let body = rows - lines.len() - 1;

    let now = Now::after(part, seen, stop.calls);
    let mut verdict = Vec::new();
    if stop.is_last() {
        verdict = block(style, |page| verdict::draw(page, part, seen));
    }
    let map_in = |style: &Style| now.as_ref().map_or(Vec::new(), |now| now.lines(style));
    let mut map = map_in(style);
    if stop.is_last() && map.len() + verdict.len() > body - LEAST_TIMELINE {
        // What came of it all tells more than the bytes of the last datagram.
        map = map_in(&Style {
            hex: false,
            ..*style
        });
    }
    map.truncate(body - LEAST_TIMELINE);
    let mut rest = body - LEAST_TIMELINE - map.len();

    if stop.is_last() {
        if verdict.len() > rest {
            let hidden = verdict.len() + 1 - rest.max(1);
            verdict.truncate(rest.saturating_sub(1));
            verdict.push(words::more_lines(view, style, hidden, &trace.name));
        }
        rest = rest.saturating_sub(verdict.len());
    }
    let mut hex = Vec::new();
    if let Some(now) = now.filter(|_| style.hex) {
        hex = block(style, |page| {
            let all = now.hex_rows(page);
            let rows = all.min(rest).min((rest / 2).max(6));
            if rows > 0 && rest > rows {
                page.blank()?;
            }
            now.draw_hex(page, rows)
        });
    }

    let room = body - map.len() - verdict.len() - hex.len();
    let timeline = room.min(shown.len() + 2);
    lines.extend(block(style, |page| {
        let next = shown.get(stop.step).copied();
        let seen = Seen {
            part,
            analysis: seen,
        };
        timeline::draw_until(page, seen, &shown[..stop.step], next, timeline)
    }));
    let top = rows - 1 - body;
    lines.resize(top + timeline, String::new());
    lines.extend(map);
    lines.extend(hex);
    lines.extend(verdict);
    lines.resize(rows - 1, String::new());
    lines.extend(block(style, |page| words::status(page, view, stop)));
    lines
}
