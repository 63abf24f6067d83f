//! Draws a replay as text, for a terminal or in print.
//!
//! For each part it draws the calls of both sides in two columns (`timeline`); then, for each
//! direction in which bytes were sent, the map of its stream offsets (`map`; for datagrams each one
//! by itself, `datagrams`) and the bytes (`hex`); then the verdict in words. The content comes from
//! [`crate::picture`]. Two parts that compare stand side by side where the page is wide enough
//! (`beside`).
//!
//! Promises: no line is wider than [`Style::width`] (at least 58, half of a page on which two
//! things stand side by side). Colour says nothing that marks
//! and numbers do not say too. What is left out is counted. Apart from its calls, a large stream
//! costs no more memory than a small one. Never writes a byte of a payload that a terminal would
//! obey.

mod beside;
mod broken;
mod cells;
mod chat;
mod datagrams;
mod decode;
mod framings;
mod guesses;
mod hex;
mod legend;
mod line;
mod map;
mod number;
pub mod odds;
mod program;
pub mod quiz;
mod shake;
pub mod step;
mod timeline;

use std::io::{self, Write};

pub use beside::LEAST as SIDE_BY_SIDE;
pub use broken::draw_broken;
pub use chat::{Spoken, draw_spoken};
pub use decode::{draw_decoded, draw_empty, kept};
pub use framings::{draw_framing, draw_framings};
pub use guesses::draw_guesses;
pub use legend::draw_legend;
pub use number::draw_number;
pub use shake::draw_survived;

use crate::analysis::Analysis;
use crate::language::Language;
use crate::picture::{Direction, Part, Picture, Sentence, Telling};
use crate::trace::{Flow, PartTrace, Trace};

pub(in crate::render) use crate::picture::Elision;

use super::glyphs::{self, Glyphs};
use super::number::{bytes, rounded};
use super::{escape, words, wrap};
use line::Ink;
pub(in crate::render) use line::{Cube, Line, Look};

/// The width of the narrowest page, in columns.
pub const NARROWEST: usize = 80;
/// The width of the widest drawing, in columns; a wider page stays empty on the right.
const WIDEST: usize = 160;

/// How to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches, each an option of the command line"
)]
pub struct Style {
    /// The language of everything but the payloads.
    pub language: Language,
    /// The width of the page in columns; less than half of [`SIDE_BY_SIDE`] counts as
    /// that.
    pub width: usize,
    /// Draw only with ASCII, for fonts without box drawing.
    pub ascii: bool,
    /// Write colour sequences.
    pub color: bool,
    /// Show the column of times.
    pub times: bool,
    /// Show the bytes in hex.
    pub hex: bool,
    /// Show everything.
    pub full: bool,
}

impl Style {
    /// The number of columns to draw in.
    fn columns(&self) -> usize {
        self.width.clamp(beside::HALF, WIDEST)
    }

    /// The language and the level of detail.
    #[must_use]
    pub const fn telling(&self) -> Telling {
        Telling {
            language: self.language,
            ascii: self.ascii,
            times: self.times,
            full: self.full,
        }
    }

    fn glyphs(&self) -> &'static Glyphs {
        if self.ascii {
            &glyphs::ASCII
        } else {
            &glyphs::BOX
        }
    }
}

/// Where the lines go.
enum Sheet<'a> {
    /// To a writer as text, with colour sequences if the style has colour.
    Written(&'a mut dyn Write),
    /// To memory, each piece with its ink, for an output that is not a terminal.
    Kept(&'a mut Vec<Line>),
}

/// A page to draw on: where its lines go, and the style.
struct Page<'a> {
    style: &'a Style,
    glyphs: &'static Glyphs,
    sheet: Sheet<'a>,
}

impl<'a> Page<'a> {
    /// A page that is written as text.
    fn new(style: &'a Style, out: &'a mut dyn Write) -> Self {
        Self::on(style, Sheet::Written(out))
    }

    fn on(style: &'a Style, sheet: Sheet<'a>) -> Self {
        Self {
            style,
            glyphs: style.glyphs(),
            sheet,
        }
    }

    fn line(&mut self, line: Line) -> io::Result<()> {
        match &mut self.sheet {
            Sheet::Written(out) => line.write(self.style.color, *out),
            Sheet::Kept(lines) => {
                lines.push(line);
                Ok(())
            }
        }
    }

    fn blank(&mut self) -> io::Result<()> {
        self.line(Line::default())
    }

    /// A text of any length that is safe to show, wrapped. Lines after the first are indented by
    /// `hanging` more columns.
    fn wrapped(&mut self, ink: Ink, indent: usize, hanging: usize, text: &str) -> io::Result<()> {
        let room = self.style.columns() - indent - hanging;
        for (index, part) in wrap::paragraph_lines(text, room).iter().enumerate() {
            let mut line = Line::default();
            line.pad_to(indent + if index == 0 { 0 } else { hanging });
            line.push(ink, part);
            self.line(line)?;
        }
        Ok(())
    }

    fn pick<T>(&self, english: T, chinese: T) -> T {
        self.style.language.pick(english, chinese)
    }
}

/// Draws a replay and its analysis.
///
/// # Errors
/// If `out` fails.
pub fn draw(
    trace: &Trace,
    analysis: &Analysis,
    style: &Style,
    out: &mut impl Write,
) -> io::Result<()> {
    draw_on(&mut Page::new(style, out), trace, analysis)
}

/// Appends what [`draw`] writes to `lines`.
pub(in crate::render) fn draw_lines(
    trace: &Trace,
    analysis: &Analysis,
    style: &Style,
    lines: &mut Vec<Line>,
) -> io::Result<()> {
    draw_on(&mut Page::on(style, Sheet::Kept(lines)), trace, analysis)
}

/// Draws two replays side by side, or one below the other if the page is too narrow.
///
/// # Errors
/// If `out` fails.
pub fn draw_side_by_side(
    cases: [(&Trace, &Analysis); 2],
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let page = &mut Page::new(style, out);
    match beside::half(style) {
        Some(half) => beside::replays(page, &half, cases),
        None => cases
            .into_iter()
            .try_for_each(|(trace, analysis)| draw_on(page, trace, analysis)),
    }
}

/// Draws one line for each case: its name, and what became of its boundaries.
///
/// # Errors
/// If `out` fails.
pub fn draw_summary(
    cases: &[(String, Sentence)],
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let page = &mut Page::new(style, out);
    let widths = cases.iter().map(|(name, _)| escape::width(name));
    let widest = widths.max().unwrap_or(0).min(style.columns() / 2);
    let heading = page.pick("What became of the boundaries", "各用例的消息边界");
    page.line(Line::of(Ink::Heading, heading))?;
    for (name, Sentence { ink, text, .. }) in cases {
        let mut line = Line::default();
        line.pad_to(2);
        line.push(Ink::Plain, &escape::clip(name, widest, page.glyphs.more));
        line.pad_to(2 + widest + 2);
        let room = style.columns() - line.columns();
        line.push(*ink, &escape::clip(text, room, page.glyphs.more));
        page.line(line)?;
    }
    Ok(())
}

fn draw_on(page: &mut Page<'_>, trace: &Trace, analysis: &Analysis) -> io::Result<()> {
    let picture = Picture::of(trace, analysis, page.style.telling());
    if let Some((half, parts)) = beside::comparison(page.style, &picture) {
        Section::Title(&picture).draw_on(page)?;
        return beside::parts(page, &half, parts);
    }
    for section in sections(&picture) {
        section.draw_on(page)?;
    }
    Ok(())
}

/// A section of a drawing. All sections in order are what [`draw`] writes where nothing stands side
/// by side.
#[derive(Clone, Copy, Debug)]
pub enum Section<'a> {
    /// The name and the title of the case.
    Title(&'a Picture<'a>),
    /// The calls of both sides of a part.
    Calls(&'a Part<'a>),
    /// The bytes of one direction of a part.
    Bytes(&'a Part<'a>, &'a Direction<'a>),
    /// The verdict on a part.
    Verdict(&'a Part<'a>),
}

/// The sections of a drawing, in order.
#[must_use]
pub fn sections<'a>(picture: &'a Picture<'a>) -> Vec<Section<'a>> {
    let mut sections = vec![Section::Title(picture)];
    for part in &picture.parts {
        sections.push(Section::Calls(part));
        let directions = part.directions.iter();
        sections.extend(directions.map(|direction| Section::Bytes(part, direction)));
        sections.push(Section::Verdict(part));
    }
    sections
}

impl Section<'_> {
    /// Draws it, with an empty line before all but the title and the calls right under it.
    ///
    /// # Errors
    /// If `out` fails.
    pub fn draw(self, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        self.draw_on(&mut Page::new(style, out))
    }

    fn draw_on(self, page: &mut Page<'_>) -> io::Result<()> {
        match self {
            Self::Title(picture) => page.wrapped(Ink::Heading, 0, 2, &picture.heading),
            Self::Calls(part) => {
                if let Some(label) = &part.label {
                    page.blank()?;
                    part_heading(page, label)?;
                }
                timeline::draw(page, part)
            }
            Self::Bytes(part, direction) => {
                page.blank()?;
                let heading = flow_heading(page, part.trace, direction, direction.flow);
                page.line(heading)?;
                if direction.keeps_boundaries {
                    return datagrams::draw(page, direction);
                }
                map::draw(page, direction)?;
                if page.style.hex {
                    hex::draw_stream(page, direction)?;
                }
                Ok(())
            }
            Self::Verdict(part) => {
                page.blank()?;
                verdict(page, part)
            }
        }
    }
}

/// The verdict on a part, sentence by sentence.
fn verdict(page: &mut Page<'_>, part: &Part<'_>) -> io::Result<()> {
    for Sentence { ink, level, text } in part.verdict() {
        page.wrapped(ink, 2 + 2 * level, 2, &text)?;
    }
    Ok(())
}

fn part_heading(page: &mut Page<'_>, label: &str) -> io::Result<()> {
    let columns = page.style.columns();
    let label = escape::clip(label, columns - 8, page.glyphs.more);
    let mut line = Line::default();
    line.push(Ink::Plain, &page.glyphs.rule.to_string().repeat(2));
    line.push(Ink::Heading, &format!(" {label} "));
    while line.columns() < columns {
        line.push_char(Ink::Plain, page.glyphs.rule);
    }
    page.line(line)
}

/// The sender, the receiver, the size and the transport; `flow` holds what was sent so far.
fn flow_heading(page: &Page<'_>, part: &PartTrace, direction: &Direction<'_>, flow: &Flow) -> Line {
    let mut line = Line::of(Ink::Plain, "  ");
    line.push(Ink::Heading, &direction.words);
    let size = flow.sent.len() as u64;
    let transport = words::transport(part.transport);
    let comma = page.pick(", ", "，");
    line.push(Ink::Plain, &format!("  {transport}{comma}{}", bytes(size)));
    if size >= 1 << 20 {
        line.push(Ink::Plain, &format!(" ({})", rounded(size)));
    }
    line
}
