//! Problems as they are shown: file, line, column, a caret, the remedy.
//!
//! Promises: the caret stands under the character meant, also behind Chinese
//! text; control characters of the file are shown escaped; a file with very
//! many problems gives a readable report all the same.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::problem::{Problem, ProblemKind};
use super::words::{Words, words};
use crate::language::Language;

/// How many problems of one file are shown in full.
const SHOWN: usize = 50;

/// Everything that is wrong with one file; at least one problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems {
    path: String,
    source: String,
    list: Vec<Problem>,
    more: usize,
}

/// A place in a text, both numbers from 1; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

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
fn rendered(renderer: &Renderer, group: Group<'_>) -> String {
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
    out
}

/// The report of a problem that is not in a file's text, ending in a line break.
pub(in crate::scenario) fn report_of(title: String, help: String, style: ReportStyle) -> String {
    let title = error(style.language).primary_title(title);
    let group = title.element(remedy(style.language).message(help));
    rendered(&style.renderer(), group)
}

/// A place in a file that is not a scenario.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    /// The file, as it was named.
    pub(crate) path: &'a str,
    /// The line, from 1.
    pub(crate) line: usize,
    /// The column, from 1, in characters.
    pub(crate) column: usize,
    /// The line itself and the offset in it, in bytes, where it can be shown.
    pub(crate) excerpt: Option<(&'a str, usize)>,
}

/// The report of a problem at a place, ending in a line break.
pub(crate) fn report_at(
    title: String,
    help: String,
    place: &Place<'_>,
    style: ReportStyle,
) -> String {
    let group = Group::with_title(error(style.language).primary_title(title));
    let group = match place.excerpt {
        Some((text, at)) => {
            let end = text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
            let text = if text.is_empty() { " " } else { text };
            group.element(
                Snippet::source(text)
                    .path(place.path)
                    .line_start(place.line)
                    .annotation(AnnotationKind::Primary.span(at..end)),
            )
        }
        None => group.element(
            Origin::path(place.path)
                .line(place.line)
                .char_column(place.column),
        ),
    };
    let help = remedy(style.language).message(help);
    rendered(&style.renderer(), group.element(help))
}

impl Problems {
    /// The problems of the file at `path`; spans point into `source`.
    pub(super) fn new(path: &str, source: String, mut list: Vec<Problem>, more: usize) -> Self {
        list.sort_by_key(|problem| (problem.span.start, problem.span.end));
        list.dedup();
        Self {
            path: path.to_owned(),
            source,
            list,
            more,
        }
    }

    /// The file, as it was named.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The problems, in the order of their places; of very many the first thousand found.
    #[must_use]
    pub fn list(&self) -> &[Problem] {
        &self.list
    }

    /// Where a problem stands.
    #[must_use]
    pub fn position(&self, problem: &Problem) -> Position {
        let before = &self.source[..boundary(&self.source, problem.span.start)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Position {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    /// The report, ending in a line break.
    #[must_use]
    pub fn render(&self, style: ReportStyle) -> String {
        let renderer = style.renderer();
        let mut report = String::new();
        for problem in self.list.iter().take(SHOWN) {
            if !report.is_empty() {
                report.push('\n');
            }
            report.push_str(&self.render_one(problem, style.language, &renderer));
        }
        let more = self.list.len().saturating_sub(SHOWN) + self.more;
        if more > 0 {
            report.push('\n');
            report.push_str(&style.language.pick(
                format!("… and {more} more problems in this file\n"),
                format!("……此文件还有 {more} 处问题\n"),
            ));
        }
        report
    }

    fn render_one(&self, problem: &Problem, language: Language, renderer: &Renderer) -> String {
        let Words { title, help } = words(&problem.kind, language);
        let group = Group::with_title(error(language).primary_title(title));
        let of_the_whole = matches!(
            problem.kind,
            ProblemKind::FileTooLarge { .. } | ProblemKind::SavedTrace { .. }
        );
        let group = if of_the_whole {
            group.element(Origin::path(self.path.as_str()))
        } else {
            group.element(self.snippet(problem, language))
        };
        rendered(renderer, group.element(remedy(language).message(help)))
    }

    /// The lines of the file that the problem is about, with its caret.
    fn snippet<'a>(
        &'a self,
        problem: &Problem,
        language: Language,
    ) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
        let primary = one_line(&self.source, &problem.span);
        let also = problem
            .also
            .as_ref()
            .map(|span| one_line(&self.source, span));
        // Only the lines needed: a report must not cost a walk over the file for each problem.
        let first = also
            .as_ref()
            .map_or(primary.start, |also| also.start.min(primary.start));
        let last = also
            .as_ref()
            .map_or(primary.end, |also| also.end.max(primary.end));
        let from = self.source[..first].rfind('\n').map_or(0, |at| at + 1);
        let to = self.source[last..]
            .find('\n')
            .map_or(self.source.len(), |at| last + at);
        let text = match &self.source[from..to] {
            "" => " ",
            lines => lines,
        };
        let within = |span: &Range<usize>| span.start - from..span.end - from;
        let line = self.source[..from].matches('\n').count() + 1;
        let snippet = Snippet::source(text)
            .path(self.path.as_str())
            .line_start(line)
            .annotation(AnnotationKind::Primary.span(within(&primary)));
        match also {
            Some(also) => snippet.annotation(AnnotationKind::Context.span(within(&also)).label(
                if matches!(problem.kind, ProblemKind::Claims(_)) {
                    language.pick("first here", "第一次在这里")
                } else {
                    language.pick("and the other here", "另一方在这里")
                },
            )),
            None => snippet,
        }
    }
}

impl fmt::Display for Problems {
    /// The report in English, without colours.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.render(ReportStyle::default()))
    }
}

impl std::error::Error for Problems {}

/// The nearest place at or before `at` where a character begins.
fn boundary(source: &str, at: usize) -> usize {
    (0..=at.min(source.len()))
        .rev()
        .find(|&at| source.is_char_boundary(at))
        .unwrap_or(0)
}

/// The part of a span on its first line, between characters.
fn one_line(source: &str, span: &Range<usize>) -> Range<usize> {
    let start = boundary(source, span.start);
    let end = boundary(source, span.end).max(start);
    let line_end = source[start..]
        .find('\n')
        .map_or(source.len(), |at| start + at);
    start..end.min(line_end)
}
