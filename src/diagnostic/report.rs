//! A problem as it is shown: file, line, column, a caret, the remedy.
//!
//! Promises: the caret stands under the character meant, also behind Chinese text and
//! behind an escape; a line of any length costs no more than a walk over it.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Shown, escape};
use crate::language::Language;

/// How problems are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportStyle {
    /// In which language.
    pub language: Language,
    /// With colours, as ANSI escapes.
    pub colour: bool,
    /// How many columns there are; longer lines of the file are cut.
    pub width: usize,
}

impl Default for ReportStyle {
    fn default() -> Self {
        Self {
            language: Language::English,
            colour: false,
            width: 100,
        }
    }
}

impl ReportStyle {
    fn renderer(self) -> Renderer {
        let renderer = if self.colour {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        renderer.hyperlink(false).term_width(self.width.max(40))
    }
}

/// The Chinese labels, each with a mark of no width at its end.
const CHINESE: [&str; 2] = ["错误\u{2060}", "修正\u{2060}"];

fn error<'a>(language: Language) -> Level<'a> {
    Level::ERROR.with_name(language.pick("error", CHINESE[0]))
}

fn remedy<'a>(language: Language) -> Level<'a> {
    Level::HELP.with_name(language.pick("help", CHINESE[1]))
}

/// Renders, ending in a line break. The library puts a colon and a space behind a label;
/// behind a Chinese one stands a colon as wide as both.
fn rendered(renderer: &Renderer, group: Group<'_>) -> Shown {
    let report = renderer.render(&[group]);
    let mut out = String::with_capacity(report.len() + 1);
    let mut rest = report.as_str();
    let next = |rest: &str| {
        let labels = CHINESE
            .iter()
            .filter_map(|label| Some((rest.find(label)?, *label)));
        let (at, label) = labels.min()?;
        // Where there are colours, one ends and another begins in between.
        let colon = rest[at..].find(": ")?;
        Some((at, label, at + colon))
    };
    while let Some((at, label, colon)) = next(rest) {
        out.push_str(&rest[..at]);
        out.push_str(label.trim_end_matches('\u{2060}'));
        out.push_str(&rest[at + label.len()..colon]);
        out.push('：');
        rest = &rest[colon + ": ".len()..];
    }
    out.push_str(rest);
    out.push('\n');
    Shown::made(out)
}

/// Where a problem stands.
#[derive(Clone, Debug)]
pub enum Place<'a> {
    /// In no file.
    Nowhere,
    /// In a file as a whole.
    File(&'a str),
    /// At a place whose line cannot be shown.
    At {
        /// The file, as it was named.
        path: &'a str,
        /// The line, from 1.
        line: usize,
        /// The column, from 1, in characters.
        column: usize,
    },
    /// At a place in some lines of a file.
    In(Excerpt<'a>),
}

/// Some lines of a file, and what of them is meant.
#[derive(Clone, Debug)]
pub struct Excerpt<'a> {
    /// The file, as it was named.
    pub path: &'a str,
    /// The number of the first line, from 1.
    pub line: usize,
    /// The lines.
    pub text: &'a str,
    /// What is wrong: byte offsets into the lines.
    pub primary: Range<usize>,
    /// A second place that belongs to it, and what it is.
    pub also: Option<(Range<usize>, &'static str)>,
}

/// The report of a problem, ending in a line break.
#[must_use]
pub fn report(title: &Shown, help: &Shown, place: &Place<'_>, style: ReportStyle) -> Shown {
    let (renderer, language) = (style.renderer(), style.language);
    let group = Group::with_title(error(language).primary_title(&**title));
    let help = remedy(language).message(&**help);
    match place {
        Place::Nowhere => rendered(&renderer, group.element(help)),
        Place::File(path) => {
            let path = Shown::line(path);
            rendered(&renderer, group.element(Origin::path(&*path)).element(help))
        }
        Place::At { path, line, column } => {
            let path = Shown::line(path);
            let origin = Origin::path(&*path).line(*line).char_column(*column);
            rendered(&renderer, group.element(origin).element(help))
        }
        Place::In(excerpt) => {
            let path = Shown::line(excerpt.path);
            let also = excerpt.also.clone().map_or(0..0, |(span, _)| span);
            let (text, [primary, also_span]) =
                escaped(excerpt.text, [excerpt.primary.clone(), also]);
            let mut snippet = Snippet::source(&*text)
                .path(&*path)
                .line_start(excerpt.line)
                .annotation(AnnotationKind::Primary.span(primary));
            if let Some((_, label)) = excerpt.also {
                let context = AnnotationKind::Context.span(also_span);
                snippet = snippet.annotation(context.label(label));
            }
            rendered(&renderer, group.element(snippet).element(help))
        }
    }
}

/// Lines of a file, escaped, and where the spans are now. Line breaks stay, and tabs, which
/// are drawn as blanks.
fn escaped<const N: usize>(
    source: &str,
    mut spans: [Range<usize>; N],
) -> (Shown, [Range<usize>; N]) {
    let mut text = String::with_capacity(source.len());
    let given = spans.clone();
    let mut moved = |at: usize, to: usize| {
        for (given, span) in given.iter().zip(&mut spans) {
            if given.start == at {
                span.start = to;
            }
            if given.end == at {
                span.end = to;
            }
        }
    };
    for (at, c) in source.char_indices() {
        moved(at, text.len());
        let rest = &source[at + c.len_utf8()..];
        match c {
            '\n' | '\t' => text.push(c),
            // Of a line that ends in two characters.
            '\r' if rest.is_empty() || rest.starts_with('\n') => {}
            _ => escape::push(&mut text, c),
        }
    }
    moved(source.len(), text.len());
    if text.is_empty() {
        text.push(' ');
    }
    (Shown::made(text), spans)
}
