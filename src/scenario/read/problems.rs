//! All problems of one file, and their report.
//!
//! Promises: the report stays readable even for a file with very many problems.

use std::fmt;
use std::ops::Range;

use super::problem::{Problem, ProblemKind};
use super::reader::SHOWN;
use crate::diagnostic::report::{Excerpt, Location, report};
use crate::diagnostic::{ReportStyle, Shown};
use crate::language::Language;

/// All problems of one file; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems {
    path: String,
    source: String,
    list: Vec<Problem>,
    more: usize,
}

/// A position in a text. Both numbers count from 1; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Problems {
    /// The problems of the file at `path`. Their spans are offsets into `source`.
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

    /// The file's path as the user wrote it.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The problems in the order of their positions. If there are very many, the first thousand
    /// found.
    #[must_use]
    pub fn list(&self) -> &[Problem] {
        &self.list
    }

    /// The position of a problem.
    #[must_use]
    pub fn position(&self, problem: &Problem) -> Position {
        let before = &self.source[..boundary(&self.source, problem.span.start)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Position {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    /// The report, ending with a line break.
    #[must_use]
    pub fn render(&self, style: ReportStyle) -> Shown {
        let first = self.list.iter().take(SHOWN);
        let mut reports: Vec<Shown> = first.map(|problem| self.one(problem, style)).collect();
        let more = self.list.len().saturating_sub(SHOWN) + self.more;
        if more > 0 {
            reports.push(Shown::paragraph(&say!(
                style.language,
                "… and {more} more problems in this file\n",
                "……此文件还有 {more} 处问题\n"
            )));
        }
        Shown::lines(reports)
    }

    fn one(&self, problem: &Problem, style: ReportStyle) -> Shown {
        let (title, help) = problem.kind.words(style.language);
        let of_the_whole = matches!(
            problem.kind,
            ProblemKind::FileTooLarge { .. } | ProblemKind::SavedTrace { .. }
        );
        let place = if of_the_whole {
            Location::File(&self.path)
        } else {
            Location::In(self.excerpt(problem, style.language))
        };
        report(&title.into(), &help.into(), &place, style)
    }

    /// The lines of the file that the problem is about.
    fn excerpt(&self, problem: &Problem, language: Language) -> Excerpt<'_> {
        let primary = one_line(&self.source, &problem.span);
        let also = problem
            .also
            .as_ref()
            .map(|span| one_line(&self.source, span));
        // Only the lines needed: a report must not cost a pass over the file for each problem.
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
        let within = |span: &Range<usize>| span.start - from..span.end - from;
        let label = if matches!(problem.kind, ProblemKind::Duplicate { .. }) {
            language.pick("first here", "第一次在这里")
        } else {
            language.pick("and the other here", "另一方在这里")
        };
        Excerpt {
            path: &self.path,
            line: self.source[..from].matches('\n').count() + 1,
            text: &self.source[from..to],
            primary: within(&primary),
            also: also.map(|also| (within(&also), label)),
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

/// The nearest character boundary at or before `at`.
fn boundary(source: &str, at: usize) -> usize {
    (0..=at.min(source.len()))
        .rev()
        .find(|&at| source.is_char_boundary(at))
        .unwrap_or(0)
}

/// The part of a span on its first line, cut at character boundaries.
fn one_line(source: &str, span: &Range<usize>) -> Range<usize> {
    let start = boundary(source, span.start);
    let end = boundary(source, span.end).max(start);
    let line_end = source[start..]
        .find('\n')
        .map_or(source.len(), |at| start + at);
    start..end.min(line_end)
}
