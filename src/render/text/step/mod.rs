//! A replay as the player shows it: one screen for each moment.
//!
//! From the top: the case; the calls up to the current one, and the next call; how far the bytes of
//! the current flow have got; the bytes in hex; and at the end of a part the verdict. The last line
//! shows the position and the keys. Two parts that compare stand side by side where the screen is
//! wide enough.
//!
//! Promises: a screen has exactly as many lines as asked, none wider than [`Style::width`]. What
//! has not happened yet is not shown, except in the scale of the map. The same view gives the same
//! screen. Never touches a terminal.

mod stops;
mod words;

use std::cmp::Ordering;
use std::io;

pub use stops::{Case, Stop, stops};

use crate::picture::now::Now;
use crate::picture::number::grouped;
use crate::picture::{Part, Picture};
use crate::render::layout::{self, Need};
use crate::render::{escape, wrap};

use super::line::{Ink, Line};
use super::map::{self, CHART};
use super::{Page, Sheet, Style, beside, datagrams, flow_heading, hex, part_heading, timeline};

/// The fewest columns of a screen.
pub const LEAST_COLUMNS: usize = super::NARROWEST;
/// The fewest lines of a screen.
pub const LEAST_ROWS: usize = 24;
/// The fewest lines for the calls, including their heading.
const LEAST_TIMELINE: usize = 6;

/// What the player shows.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The replays.
    pub cases: &'a [Case],
    /// The stops in them.
    pub stops: &'a [Stop],
    /// The index of the current stop.
    pub at: usize,
    /// The speed at which it plays, as a name; `None` if it is paused.
    pub playing: Option<&'a str>,
    /// A message to show instead of the keys.
    pub notice: Option<Notice>,
    /// The command that draws everything at once, without its options; `None` is `sticky run` with
    /// the name of the case.
    pub again: Option<&'a str>,
    /// Whether to explain the keys and the marks instead.
    pub help: bool,
}

/// Why a key had no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// It was the last stop.
    AtTheEnd,
    /// It was the first stop.
    AtTheBeginning,
    /// No message boundary is lost from there on.
    NoMoreLost,
    /// There is no case behind this one.
    LastCase,
    /// There is no case before this one.
    FirstCase,
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
    lines.resize_with(rows, Line::default);
    let written = lines.iter().map(|line| {
        let mut out = Vec::new();
        // Writing to a vector cannot fail.
        let _ = line.write(style.color, &mut out);
        String::from_utf8_lossy(&out)
            .trim_end_matches('\n')
            .to_owned()
    });
    written.collect()
}

/// The lines that `draw` draws.
fn block(style: &Style, draw: impl FnOnce(&mut Page<'_>) -> io::Result<()>) -> Vec<Line> {
    let mut lines = Vec::new();
    // Keeping lines cannot fail.
    let _ = draw(&mut Page::on(style, Sheet::Kept(&mut lines)));
    lines
}

fn too_small(style: &Style, rows: usize) -> Vec<Line> {
    let text = words::too_small(style.language, style.width, rows);
    let width = style.width.max(2);
    let mut lines = wrap::paragraph_lines(&text, width);
    lines.truncate(rows);
    let lines = lines.iter();
    lines.map(|line| Line::of(Ink::Plain, line)).collect()
}

fn screen(view: &View<'_>, stop: &Stop, style: &Style, rows: usize) -> Vec<Line> {
    let Case { trace, analysis } = &view.cases[stop.case];
    let picture = Picture::of(trace, analysis, style.telling());
    let mut lines = block(style, |page| {
        let text = escape::clip(&picture.heading, style.columns(), page.glyphs.more);
        page.line(Line::of(Ink::Heading, &text))
    });
    let room = rows - lines.len() - 1;
    lines.extend(
        if let Some((half, parts)) = beside::comparison(style, &picture) {
            let of = |part: usize| {
                let there = stop_in(view, stop, part);
                let moment = Moment::of(view, &parts[part], there, &half, room);
                (moment, there.step, stop.part == part)
            };
            let both = [of(0), of(1)];
            // The maps begin in the same line.
            let room = both.iter().map(|(moment, ..)| moment.room).min();
            let wanted = both.iter().map(|(moment, ..)| moment.wanted).max();
            let height = room.unwrap_or(0).min(wanted.unwrap_or(0));
            let [left, right] = both
                .map(|(moment, step, is_current)| moment.lines(&half, height, step, is_current));
            beside::joined(style, &half, left, right)
        } else {
            let moment = Moment::of(view, &picture.parts[stop.part], stop, style, room);
            let height = moment.room.min(moment.wanted);
            moment.lines(style, height, stop.step, true)
        },
    );
    lines.resize_with(rows - 1, Line::default);
    lines.extend(block(style, |page| words::status(page, view, stop)));
    lines
}

/// The stop at which a part of the case stands when another one is at `current`: its last if it is
/// before that part, its first if it comes after.
fn stop_in<'v>(view: &View<'v>, current: &'v Stop, part: usize) -> &'v Stop {
    let is_of_it = |stop: &&Stop| stop.case == current.case && stop.part == part;
    let mut stops = view.stops.iter().filter(is_of_it);
    let found = match part.cmp(&current.part) {
        Ordering::Less => stops.next_back(),
        Ordering::Equal => Some(current),
        Ordering::Greater => stops.next(),
    };
    found.unwrap_or(current)
}

/// A part at a stop: what stands around its calls.
struct Moment<'p, 'a> {
    part: &'p Part<'a>,
    heading: Vec<Line>,
    /// What stands below the calls: the map, the bytes, the verdict.
    below: Vec<Line>,
    /// The number of lines left for the calls, their heading included.
    room: usize,
    /// The number that all of them take, if there is room.
    wanted: usize,
}

impl<'p, 'a> Moment<'p, 'a> {
    /// A part at a stop, in at most `rows` lines.
    fn of(view: &View<'_>, part: &'p Part<'a>, stop: &Stop, style: &Style, rows: usize) -> Self {
        let heading = block(style, |page| match &part.label {
            Some(label) => part_heading(page, label),
            None => Ok(()),
        });
        let body = rows - heading.len();
        let below = below(view, part, stop, style, body);
        let room = body - below.len();
        Self {
            part,
            heading,
            below,
            room,
            wanted: timeline::height(style, part, room) + 2,
        }
    }

    /// Its lines, of which `height` are for the calls up to a step; the last of those is marked if
    /// it is the current one.
    fn lines(self, style: &Style, height: usize, step: usize, is_current: bool) -> Vec<Line> {
        let mut lines = self.heading;
        let top = lines.len();
        lines.extend(block(style, |page| {
            timeline::draw_until(page, self.part, step, height, is_current)
        }));
        lines.resize_with(top + height, Line::default);
        lines.extend(self.below);
        lines
    }
}

/// The map, the bytes and the verdict of a part at a stop, in so many lines that some of `body` are
/// left for the calls.
fn below(view: &View<'_>, part: &Part<'_>, stop: &Stop, style: &Style, body: usize) -> Vec<Line> {
    let now = Now::after(part, stop.calls);
    let mut verdict = Vec::new();
    if stop.is_last() {
        verdict = block(style, |page| super::verdict(page, part));
    }
    let map_in = |style: &Style| {
        now.as_ref()
            .map_or(Vec::new(), |now| come(part, now, style))
    };
    let mut map = map_in(style);
    if stop.is_last() && map.len() + verdict.len() > body - LEAST_TIMELINE {
        // The verdict says more than the bytes of the last datagram.
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
            let case = &view.cases[stop.case].trace.name;
            verdict.push(words::more_lines(view, style, hidden, case));
        }
        rest = rest.saturating_sub(verdict.len());
    }
    let mut hex = Vec::new();
    if let Some(now) = now.filter(|_| style.hex) {
        hex = block(style, |page| {
            let whole = now.whole.bytes();
            let all = if now.whole.keeps_boundaries {
                0
            } else {
                hex::rows(page, &whole)
            };
            let rows = all.min(rest).min((rest / 2).max(6));
            if rows > 0 && rest > rows {
                page.blank()?;
            }
            hex::draw_around(page, &whole, &now.bytes(), now.focus, rows)
        });
    }

    map.extend(hex);
    map.extend(verdict);
    map
}

/// How far a direction has got: its map, or its datagrams. It has the same number of lines from the
/// first call to the last, so that nothing jumps, and an offset keeps its column.
fn come(part: &Part<'_>, now: &Now<'_>, style: &Style) -> Vec<Line> {
    if now.whole.keeps_boundaries {
        return come_datagrams(part, now, style);
    }
    let needs: Vec<Need> = now
        .ends()
        .into_iter()
        .map(|end| Need {
            start: 0,
            end,
            columns: 1,
        })
        .collect();
    let columns = style.columns() - CHART - 1;
    let panels = layout::fitted_with(&now.whole.lanes(), &needs, columns);
    let at = panels.partition_point(|panel| panel.end() <= now.focus);
    let at = at.min(panels.len().saturating_sub(1));
    let mut lines = block(style, |page| {
        page.blank()?;
        let mut heading = flow_heading(page, part.trace, now.whole, now.flow());
        if panels.len() > 1 {
            let (which, of) = (grouped(at as u64 + 1), grouped(panels.len() as u64));
            let english = format!("  map {which} of {of}");
            let text = page.pick(english, format!("  第 {which}/{of} 段"));
            heading.push(Ink::Plain, &text);
        }
        page.line(heading)
    });
    let Some(panel) = panels.get(at) else {
        return lines;
    };
    let lost = |seen| block(style, |page| map::lost(page, panel, seen));
    let (lost, most) = (lost(&now.seen), lost(now.whole.seen).len());
    lines.extend(block(style, |page| {
        let boundaries = &now.whole.seen.boundaries;
        map::scale(page, panel, |offset| {
            boundaries.binary_search_by_key(&offset, |it| it.at).is_ok()
        })?;
        let owners = map::owners(panel, &now.seen.messages, |message| message.range);
        for lane in now.lanes() {
            map::draw_lane(page, panel, &lane, &owners)?;
        }
        Ok(())
    }));
    let missing = most.saturating_sub(lost.len());
    lines.extend(lost);
    lines.resize_with(lines.len() + missing, Line::default);
    lines
}

/// The last two datagrams at this moment; the bytes only of the last one.
fn come_datagrams(part: &Part<'_>, now: &Now<'_>, style: &Style) -> Vec<Line> {
    let sent = &now.seen.datagrams;
    let end = sent.partition_point(|datagram| datagram.range.start <= now.focus);
    let no_bytes = Style {
        hex: false,
        ..*style
    };
    let whole = now.whole;
    let scale = datagrams::largest(whole.seen);
    let one = |style: &Style, index: Option<usize>| {
        let index = index.filter(|&index| index < sent.len());
        block(style, |page| match index {
            Some(index) => datagrams::one(page, now.flow(), &now.envelope(index), scale),
            None => Ok(()),
        })
    };
    let mut lines = block(style, |page| {
        page.blank()?;
        page.line(flow_heading(page, part.trace, whole, now.flow()))
    });
    let all = whole.seen.datagrams.iter().enumerate();
    let largest = all.max_by_key(|(_, datagram)| datagram.range.len());
    let then = |style: &Style| {
        block(style, |page| match largest {
            Some((index, _)) => datagrams::one(page, whole.flow, &whole.envelope(index), scale),
            None => Ok(()),
        })
    };
    let mut most = lines.len() + then(style).len();
    if whole.seen.datagrams.len() > 1 {
        most += then(&no_bytes).len();
    }
    lines.extend(one(&no_bytes, end.checked_sub(2)));
    lines.extend(one(style, end.checked_sub(1)));
    lines.resize_with(lines.len().max(most), Line::default);
    lines
}
