//! A replay as text, for a terminal or a print.
//!
//! For each part: the calls of both sides in two columns (`timeline`), then for
//! each direction in which bytes went the map of its stream offsets (`map`; for
//! datagrams each one by itself, `datagrams`) and the bytes (`hex`), then what
//! became of it in words (`verdict`).
//!
//! Promises: no line is wider than [`Style::width`] (80 at the least); colour says
//! nothing that marks and numbers do not say; what is left out is counted; a
//! large stream costs no more memory than a small one beside its calls. Never
//! writes a byte of a payload that a terminal would obey.

mod broken;
mod cells;
mod datagrams;
mod decode;
mod entry;
mod glyphs;
mod guesses;
mod hex;
mod lanes;
mod layout;
mod line;
mod map;
pub mod odds;
pub(in crate::render) mod pieces;
mod program;
pub mod quiz;
mod shake;
pub mod step;
mod timeline;
mod verdict;
mod wrap;

use std::io::{self, Write};

pub use broken::draw_broken;
pub use decode::{draw_decoded, draw_empty, kept};
pub use guesses::draw_guesses;
pub use shake::draw_survived;
pub use wrap::lesson;

use crate::analysis::{Analysis, FlowAnalysis, PartAnalysis};
use crate::language::Language;
use crate::trace::{DataOp, Flow, Op, PartTrace, Trace};

use super::number::{bytes, rounded};
use super::{escape, words};
use glyphs::Glyphs;
use line::{Ink, Line};

/// The narrowest page that is drawn.
pub const NARROWEST: usize = 80;
/// The widest drawing; a wider page stays empty at the right.
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
    /// The columns of the page; fewer than [`NARROWEST`] count as that many.
    pub width: usize,
    /// Draw with ASCII alone, for fonts without box drawing.
    pub ascii: bool,
    /// Write colour sequences (those of `colored`, whose override decides too).
    pub color: bool,
    /// Show the column of times.
    pub times: bool,
    /// Show the bytes in hex.
    pub hex: bool,
    /// Leave nothing out.
    pub full: bool,
}

impl Style {
    /// The columns there are to draw in.
    fn columns(&self) -> usize {
        self.width.clamp(NARROWEST, WIDEST)
    }

    fn glyphs(&self) -> &'static Glyphs {
        if self.ascii {
            &glyphs::ASCII
        } else {
            &glyphs::BOX
        }
    }
}

/// Where a page goes: the writer, and how to draw on it.
struct Page<'a> {
    style: &'a Style,
    glyphs: &'static Glyphs,
    out: &'a mut dyn Write,
}

impl Page<'_> {
    fn line(&mut self, line: &Line) -> io::Result<()> {
        line.write(self.style.color, self.out)
    }

    fn blank(&mut self) -> io::Result<()> {
        self.out.write_all(b"\n")
    }

    /// A text of any length, safe to show, wrapped; the lines behind the first are
    /// indented by `hanging` columns more.
    fn wrapped(&mut self, ink: Ink, indent: usize, hanging: usize, text: &str) -> io::Result<()> {
        let room = self.style.columns() - indent - hanging;
        for (index, part) in wrap::paragraph_lines(text, room).iter().enumerate() {
            let mut line = Line::default();
            line.pad_to(indent + if index == 0 { 0 } else { hanging });
            line.push(ink, part);
            self.line(&line)?;
        }
        Ok(())
    }

    fn pick<T>(&self, english: T, chinese: T) -> T {
        self.style.language.pick(english, chinese)
    }
}

/// How many of a row of things to show: some at the front and some at the end.
#[derive(Clone, Copy)]
struct Elision {
    /// Nothing is left out of so many or fewer.
    all: usize,
    front: usize,
    back: usize,
}

impl Elision {
    /// What is left out of `count`.
    fn hidden(self, count: usize, full: bool) -> std::ops::Range<usize> {
        if full || count <= self.all {
            count..count
        } else {
            self.front..count - self.back
        }
    }
}

/// Draws a replay and what became of it.
///
/// # Errors
/// When `out` fails.
pub fn draw(
    trace: &Trace,
    analysis: &Analysis,
    style: &Style,
    out: &mut impl Write,
) -> io::Result<()> {
    for section in sections(trace, analysis) {
        section.draw(style, out)?;
    }
    Ok(())
}

/// A piece of a drawing; all of them, one after the other, are what [`draw`] writes.
#[derive(Clone, Copy, Debug)]
pub enum Section<'a> {
    /// The name and the title of the case.
    Title(&'a Trace),
    /// The calls of both sides of a part.
    Calls(&'a PartTrace, &'a PartAnalysis),
    /// The bytes of one direction of a part.
    Bytes(&'a PartTrace, &'a Flow, &'a FlowAnalysis),
    /// What became of a part.
    Verdict(&'a PartTrace, &'a PartAnalysis),
}

/// The pieces of a drawing, in order.
#[must_use]
pub fn sections<'a>(trace: &'a Trace, analysis: &'a Analysis) -> Vec<Section<'a>> {
    let mut sections = vec![Section::Title(trace)];
    for (part, analysis) in trace.parts.iter().zip(&analysis.parts) {
        sections.push(Section::Calls(part, analysis));
        let flows = used_flows(part, analysis).into_iter();
        sections.extend(flows.map(|(flow, seen)| Section::Bytes(part, flow, seen)));
        sections.push(Section::Verdict(part, analysis));
    }
    sections
}

impl Section<'_> {
    /// Draws it, with an empty line before all but the title.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn draw(self, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        let mut page = Page {
            style,
            glyphs: style.glyphs(),
            out,
        };
        match self {
            Self::Title(trace) => title(&mut page, trace),
            Self::Calls(part, analysis) => {
                page.blank()?;
                if let Some(label) = &part.label {
                    part_heading(&mut page, label.get(style.language))?;
                }
                timeline::draw(&mut page, part, analysis)
            }
            Self::Bytes(part, flow, seen) => {
                page.blank()?;
                let heading = flow_heading(&page, part, flow);
                page.line(&heading)?;
                draw_flow(&mut page, part, flow, seen)
            }
            Self::Verdict(part, analysis) => {
                page.blank()?;
                verdict::draw(&mut page, part, analysis)
            }
        }
    }
}

fn title(page: &mut Page<'_>, trace: &Trace) -> io::Result<()> {
    let heading = escape::text(&trace.heading(page.style.language));
    page.wrapped(Ink::Heading, 0, 2, &heading)
}

fn part_heading(page: &mut Page<'_>, label: &str) -> io::Result<()> {
    let columns = page.style.columns();
    let label = escape::clip(&escape::text(label), columns - 8, page.glyphs.more);
    let mut line = Line::default();
    line.push(Ink::Plain, &page.glyphs.rule.to_string().repeat(2));
    line.push(Ink::Heading, &format!(" {label} "));
    while line.columns() < columns {
        line.push_char(Ink::Plain, page.glyphs.rule);
    }
    page.line(&line)
}

/// The directions in which anything was sent, in the order of their first sends.
fn used_flows<'a>(
    part: &'a PartTrace,
    analysis: &'a PartAnalysis,
) -> Vec<(&'a Flow, &'a FlowAnalysis)> {
    let mut first_sends = vec![usize::MAX; part.flows.len()];
    for (index, call) in part.calls.iter().enumerate().rev() {
        if let Op::Data(DataOp::Send { flow, .. }) = call.op
            && let Some(first) = first_sends.get_mut(usize::from(flow))
        {
            *first = index;
        }
    }
    let mut used: Vec<_> = part
        .flows
        .iter()
        .zip(&analysis.flows)
        .zip(first_sends)
        .filter(|((flow, seen), _)| {
            !(flow.sent.is_empty() && flow.received.is_empty() && seen.messages.is_empty())
        })
        .collect();
    used.sort_by_key(|&(_, first)| first);
    used.into_iter().map(|(flow, _)| flow).collect()
}

/// Who sends to whom, and on which connection where there are several.
fn direction(page: &Page<'_>, part: &PartTrace, flow: &Flow) -> String {
    let language = page.style.language;
    let from = words::side(language, flow.from);
    let to = words::side(language, flow.from.other());
    let arrow = page.glyphs.arrow;
    let text = format!("{from} {arrow} {to}");
    if part.flows.iter().all(|flow| flow.connection == 0) {
        return text;
    }
    let number = u32::from(flow.connection) + 1;
    page.pick(
        format!("{text}, connection {number}"),
        format!("{text}，连接 {number}"),
    )
}

/// Who sent to whom, how much, over what.
fn flow_heading(page: &Page<'_>, part: &PartTrace, flow: &Flow) -> Line {
    let mut line = Line::of(Ink::Plain, "  ");
    line.push(Ink::Heading, &direction(page, part, flow));
    let size = flow.sent.len() as u64;
    let transport = words::transport(part.transport);
    let comma = page.pick(", ", "，");
    line.push(Ink::Plain, &format!("  {transport}{comma}{}", bytes(size)));
    if size >= 1 << 20 {
        line.push(Ink::Plain, &format!(" ({})", rounded(size)));
    }
    line
}

fn draw_flow(
    page: &mut Page<'_>,
    part: &PartTrace,
    flow: &Flow,
    seen: &FlowAnalysis,
) -> io::Result<()> {
    if part.transport.keeps_boundaries() {
        datagrams::draw(page, flow, seen)
    } else {
        map::draw(page, part, flow, seen)?;
        if page.style.hex {
            page.blank()?;
            hex::draw_stream(page, flow, seen)?;
        }
        Ok(())
    }
}
