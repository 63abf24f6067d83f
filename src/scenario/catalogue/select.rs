//! Finds the cases that a user asked for.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::files::{below, is_program, read_file};
use super::problem::{SelectError, SelectProblem};
use super::{Embedded, embedded};
use crate::diagnostic::suggest;
use crate::scenario::Scenario;

/// The source of a selected case.
#[derive(Clone, Debug)]
enum CaseSource {
    Embedded(Embedded),
    File(PathBuf),
}

impl CaseSource {
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
                let new = |origin: &CaseSource| seen.insert(origin.identity());
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
    let origins: Vec<_> = cases.iter().cloned().map(CaseSource::Embedded).collect();
    read_each(&origins, Vec::new())
}

fn read_each(
    origins: &[CaseSource],
    mut problems: Vec<SelectProblem>,
) -> Result<Vec<Scenario>, SelectError> {
    let mut cases: Vec<(Scenario, &CaseSource)> = Vec::new();
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

fn find(catalogue: &[Embedded], wanted: &str) -> Result<Vec<CaseSource>, SelectProblem> {
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

fn origins(cases: &[&Embedded]) -> Vec<CaseSource> {
    cases
        .iter()
        .map(|&case| CaseSource::Embedded(case.clone()))
        .collect()
}

fn at_path(path: &Path) -> Result<Vec<CaseSource>, SelectProblem> {
    if !path.is_dir() {
        return Ok(vec![CaseSource::File(path.to_owned())]);
    }
    let files = below(path)?;
    if files.is_empty() {
        let path = path.to_owned();
        return Err(SelectProblem::EmptyFolder { path });
    }
    Ok(files.into_iter().map(CaseSource::File).collect())
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
