//! Finds the cases that a user asked for.

use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::files::{below, is_program, read_file};
use super::{Embedded, embedded};
use crate::diagnostic::{ReportStyle, Shown};
use crate::scenario::read::Problems;
use crate::scenario::{Scenario, suggest};

/// All problems of a selection; at least one.
#[derive(Debug)]
pub struct SelectError {
    problems: Vec<SelectProblem>,
}

impl SelectError {
    /// The problems, in the order of the request.
    #[must_use]
    pub fn problems(&self) -> &[SelectProblem] {
        &self.problems
    }

    /// The problems, by value.
    #[must_use]
    pub fn into_problems(self) -> Vec<SelectProblem> {
        self.problems
    }

    /// The report, ending with a line break.
    #[must_use]
    pub fn render(&self, style: ReportStyle) -> Shown {
        Shown::lines(self.problems.iter().map(|problem| problem.render(style)))
    }
}

impl fmt::Display for SelectError {
    /// The report in English, without colours.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.render(ReportStyle::default()))
    }
}

impl std::error::Error for SelectError {}

/// One problem of a selection.
#[derive(Debug)]
#[non_exhaustive]
pub enum SelectProblem {
    /// A name that is neither in the catalogue nor a path.
    Unknown {
        /// The name asked for.
        got: String,
        /// Similar names.
        near: Vec<String>,
    },
    /// A shortened name that matches several cases.
    Ambiguous {
        /// The name asked for.
        got: String,
        /// The names that it matches.
        candidates: Vec<String>,
    },
    /// The operating system cannot read the file or folder.
    Unreadable {
        /// Its path.
        path: PathBuf,
        /// The error.
        error: io::Error,
    },
    /// Neither a file nor a folder.
    NotAFile {
        /// Its path.
        path: PathBuf,
    },
    /// A program, which is not a case.
    Program {
        /// Its path or name.
        path: PathBuf,
    },
    /// A folder without scenario files in it or below it.
    EmptyFolder {
        /// Its path.
        path: PathBuf,
    },
    /// A folder with too many entries to search.
    FolderTooLarge {
        /// Its path.
        path: PathBuf,
    },
    /// Two files with the same name.
    Duplicate {
        /// The name.
        name: String,
        /// The path of one file.
        first: String,
        /// The path of the other.
        second: String,
    },
    /// A scenario file with problems.
    File(Problems),
}

impl SelectProblem {
    pub(super) fn unreadable(path: &Path, error: &io::Error) -> Self {
        Self::Unreadable {
            path: path.to_owned(),
            // An `io::Error` cannot be cloned, and the closures here get only a reference.
            error: error
                .raw_os_error()
                .map_or_else(|| error.kind().into(), io::Error::from_raw_os_error),
        }
    }
}

/// The source of a selected case.
#[derive(Clone, Debug)]
enum Origin {
    Embedded(Embedded),
    File(PathBuf),
}

impl Origin {
    fn path(&self) -> String {
        match self {
            Self::Embedded(case) => case.path.clone(),
            Self::File(path) => path.to_string_lossy().into_owned(),
        }
    }

    fn read(&self) -> Result<Scenario, SelectProblem> {
        match self {
            Self::Embedded(case) => case.read().map_err(SelectProblem::File),
            Self::File(path) => read_file(path),
        }
    }

    /// A key that is equal for equal sources.
    fn identity(&self) -> PathBuf {
        match self {
            // No path begins with this byte.
            Self::Embedded(case) => PathBuf::from(format!("\0{}", case.name)),
            Self::File(path) => fs::canonicalize(path).unwrap_or_else(|_| path.clone()),
        }
    }
}

/// The cases that `wanted` names, in its order, each once.
///
/// Each name may be a case (`sticky/back-to-back`), a chapter (`fixes`), a beginning that matches
/// only one case (`back`, `sticky/b`), or the path of a file or folder. Anything that ends in
/// `.toml` or `/`, or begins with `.` or `/`, is a path, except a chapter followed by a slash when
/// there is no such folder. Anything else is a path only if it matches no name.
///
/// # Errors
/// All problems of the selection and of its files together.
pub fn select(wanted: &[String]) -> Result<Vec<Scenario>, SelectError> {
    Ok(select_each(wanted)?.into_iter().flatten().collect())
}

/// The same cases, grouped by the element of `wanted` that names them first.
///
/// # Errors
/// The same as [`select`].
pub fn select_each(wanted: &[String]) -> Result<Vec<Vec<Scenario>>, SelectError> {
    let catalogue = embedded();
    let mut problems = Vec::new();
    let mut origins = Vec::new();
    let mut seen = HashSet::new();
    let mut counts = Vec::new();
    for one in wanted {
        let before = origins.len();
        match find(&catalogue, one) {
            Ok(found) => {
                let new = |origin: &Origin| seen.insert(origin.identity());
                origins.extend(found.into_iter().filter(new));
            }
            Err(problem) => problems.push(problem),
        }
        counts.push(origins.len() - before);
    }
    let mut cases = read_each(&origins, problems)?.into_iter();
    let each = counts.into_iter();
    Ok(each
        .map(|count| cases.by_ref().take(count).collect())
        .collect())
}

/// Reads all of `cases`.
pub(super) fn read_all(cases: &[Embedded]) -> Result<Vec<Scenario>, SelectError> {
    let origins: Vec<_> = cases.iter().cloned().map(Origin::Embedded).collect();
    read_each(&origins, Vec::new())
}

fn read_each(
    origins: &[Origin],
    mut problems: Vec<SelectProblem>,
) -> Result<Vec<Scenario>, SelectError> {
    let mut cases: Vec<(Scenario, &Origin)> = Vec::new();
    for origin in origins {
        match origin.read() {
            Ok(case) => match cases.iter().find(|(other, _)| other.name == case.name) {
                Some((_, first)) => problems.push(SelectProblem::Duplicate {
                    name: case.name,
                    first: first.path(),
                    second: origin.path(),
                }),
                None => cases.push((case, origin)),
            },
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        Ok(cases.into_iter().map(|(case, _)| case).collect())
    } else {
        Err(SelectError { problems })
    }
}

fn find(catalogue: &[Embedded], wanted: &str) -> Result<Vec<Origin>, SelectProblem> {
    let path = Path::new(wanted);
    let is_path = path.extension().is_some_and(|end| end == "toml")
        || wanted.ends_with(std::path::is_separator)
        || wanted.starts_with('.')
        || path.is_absolute();
    if is_path {
        // A shell's completion may add a slash to a chapter although there is no folder.
        let chapter_named = wanted.strip_suffix('/').unwrap_or_default();
        let found = named(catalogue, chapter_named);
        return match found.first() {
            Some(first) if !path.exists() && chapter(first) == chapter_named => Ok(origins(&found)),
            _ => at_path(path),
        };
    }
    let found = named(catalogue, wanted);
    match found[..] {
        [] if path.exists() => at_path(path),
        [] if is_program(path) => Err(SelectProblem::Program {
            path: path.to_owned(),
        }),
        [] => Err(SelectProblem::Unknown {
            got: wanted.to_owned(),
            near: near(catalogue, wanted),
        }),
        [_] => Ok(origins(&found)),
        // The name of a chapter means all its cases.
        [first, ..] if chapter(first) == wanted => Ok(origins(&found)),
        _ => Err(SelectProblem::Ambiguous {
            got: wanted.to_owned(),
            candidates: found.iter().map(|case| case.name.clone()).collect(),
        }),
    }
}

fn origins(cases: &[&Embedded]) -> Vec<Origin> {
    cases
        .iter()
        .map(|&case| Origin::Embedded(case.clone()))
        .collect()
}

fn at_path(path: &Path) -> Result<Vec<Origin>, SelectProblem> {
    if !path.is_dir() {
        return Ok(vec![Origin::File(path.to_owned())]);
    }
    let files = below(path)?;
    if files.is_empty() {
        let path = path.to_owned();
        return Err(SelectProblem::EmptyFolder { path });
    }
    Ok(files.into_iter().map(Origin::File).collect())
}

fn chapter(case: &Embedded) -> &str {
    case.name.split_once('/').map_or("", |(chapter, _)| chapter)
}

fn short(case: &Embedded) -> &str {
    case.name.rsplit('/').next().unwrap_or(&case.name)
}

/// The embedded cases that a name matches: the case itself, or else a chapter, or else a case by
/// its full last part, or else by a beginning of it.
fn named<'c>(catalogue: &'c [Embedded], wanted: &str) -> Vec<&'c Embedded> {
    let fitting = |fits: &dyn Fn(&Embedded) -> bool| -> Vec<&'c Embedded> {
        catalogue.iter().filter(|case| fits(case)).collect()
    };
    let begins = |case: &Embedded| match wanted.split_once('/') {
        Some((in_chapter, in_case)) => {
            chapter(case).starts_with(in_chapter) && short(case).starts_with(in_case)
        }
        None => short(case).starts_with(wanted),
    };
    if wanted.is_empty() {
        return Vec::new();
    }
    let ways: [&dyn Fn(&Embedded) -> bool; 4] = [
        &|case| case.name == wanted,
        &|case| chapter(case) == wanted,
        &|case| short(case) == wanted,
        &begins,
    ];
    ways.into_iter()
        .map(fitting)
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

/// Names that the user may have meant.
fn near(catalogue: &[Embedded], wanted: &str) -> Vec<String> {
    const MOST: usize = 5;
    let containing = catalogue
        .iter()
        .filter(|case| wanted.len() > 2 && case.name.contains(wanted))
        .map(|case| case.name.as_str());
    let names = catalogue.iter().map(|case| case.name.as_str());
    let chapters: HashSet<_> = catalogue.iter().map(chapter).collect();
    let whole = suggest::near(wanted, names.chain(chapters));
    let parts = suggest::near(wanted, catalogue.iter().map(short));
    let by_part = parts.into_iter().flat_map(|part| {
        let of_part = catalogue.iter().filter(move |case| short(case) == part);
        of_part.map(|case| case.name.as_str())
    });
    let mut seen = HashSet::new();
    containing
        .chain(whole)
        .chain(by_part)
        .filter(|name| seen.insert(*name))
        .take(MOST)
        .map(str::to_owned)
        .collect()
}
