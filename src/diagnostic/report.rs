//! Draws a problem: file, line, column, the line with a caret, the remedy.
//!
//! Promises: the caret stands under the right character, also after Chinese text and after an
//! escape. The cost grows linearly with the length of the line.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Shown, escape};
use crate::language::Language;

/// How problems are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportStyle {
    /// The language of the text.
    pub language: Language,
    /// Whether to use colours, as ANSI escapes.
    pub colour: bool,
    /// The width in columns; longer lines of the file are cut.
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

/// The Chinese labels, each followed by a character of width 0.
const CHINESE: [&str; 2] = ["错误\u{2060}", "修正\u{2060}"];

fn error<'a>(language: Language) -> Level<'a> {
    Level::ERROR.with_name(language.pick("error", CHINESE[0]))
}

fn remedy<'a>(language: Language) -> Level<'a> {
    Level::HELP.with_name(language.pick("help", CHINESE[1]))
}

/// Draws the report, which ends with a line break. The library puts a colon and a space after a
/// label; after a Chinese label this becomes one full-width colon.
fn rendered(renderer: &Renderer, group: Group<'_>) -> Shown {
    let report = renderer.render(&[group]);
    let mut out = String::with_capacity(report.len() + 1);
    let mut rest = report.as_str();
    let next = |rest: &str| {
        let labels = CHINESE
            .iter()
            .filter_map(|label| Some((rest.find(label)?, *label)));
        let (at, label) = labels.min()?;
        // With colours, one ends and another begins in between.
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

/// The place of a problem.
#[derive(Clone, Debug)]
pub enum Location<'a> {
    /// There is no file.
    Nowhere,
    /// A file as a whole.
    File(&'a str),
    /// A position whose line cannot be shown.
    At {
        /// The file's path as the user wrote it.
        path: &'a str,
        /// The line, from 1.
        line: usize,
        /// The column, from 1, in characters.
        column: usize,
    },
    /// A position in some lines of a file.
    In(Excerpt<'a>),
}

/// Some lines of a file, with the positions to mark.
#[derive(Clone, Debug)]
pub struct Excerpt<'a> {
    /// The file's path as the user wrote it.
    pub path: &'a str,
    /// The number of the first line, from 1.
    pub line: usize,
    /// The lines.
    pub text: &'a str,
    /// What is wrong, in byte offsets into `text`.
    pub primary: Range<usize>,
    /// A second position that belongs to the problem, with its label.
    pub also: Option<(Range<usize>, &'static str)>,
}

/// The report of a problem, ending with a line break.
#[must_use]
pub fn report(title: &Shown, help: &Shown, place: &Location<'_>, style: ReportStyle) -> Shown {
    let (renderer, language) = (style.renderer(), style.language);
    let group = Group::with_title(error(language).primary_title(&**title));
    let help = remedy(language).message(&**help);
    match place {
        Location::Nowhere => rendered(&renderer, group.element(help)),
        Location::File(path) => {
            let path = Shown::line(path);
            rendered(&renderer, group.element(Origin::path(&*path)).element(help))
        }
        Location::At { path, line, column } => {
            let path = Shown::line(path);
            let origin = Origin::path(&*path).line(*line).char_column(*column);
            rendered(&renderer, group.element(origin).element(help))
        }
        Location::In(excerpt) => {
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

/// Escapes lines of a file and moves the spans accordingly. Line breaks and tabs stay; tabs are
/// drawn as spaces.
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
            // A carriage return before a line feed or at the end belongs to the line break.
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
