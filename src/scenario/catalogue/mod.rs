//! The catalogue: finds cases by name, in the binary or in files.
//!
//! The folder `scenarios/` is embedded when the binary is built, so the binary runs anywhere. A
//! path can be given wherever a name can.
//!
//! Promises: names are in one stable order, the one to teach in. A selection either succeeds as a
//! whole or is an error that reports all its problems, including every bad file. Never blocks on
//! something that is not a file, and never opens a socket.

mod files;
mod problem;
mod select;

pub use problem::{SelectError, SelectProblem};
pub use select::{select, select_each};

use std::path::Path;

use include_dir::{Dir, include_dir};

use super::Scenario;
use super::read::{Problems, read};

static FOLDER: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// The chapters in teaching order.
pub const CHAPTERS: [&str; 9] = [
    "tcp", "sticky", "fixes", "when", "udp", "compare", "partial", "ending", "loss",
];

/// The file of claims ([`super::claims`]). It is not a scenario, in whatever folder it is.
pub const CLAIMS_FILE: &str = "claims.toml";

/// The cases that come first in their chapter, against the alphabetical order.
const FIRST: [&str; 5] = [
    "tcp/one-shot",
    "tcp/loop",
    "tcp/reuse-address",
    "udp/one-shot",
    "udp/loop",
];

/// A case that is embedded in the binary.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Embedded {
    /// `chapter/name`.
    pub name: String,
    /// The path of its file in the source tree.
    pub path: String,
    /// The file's bytes.
    pub bytes: &'static [u8],
}

impl Embedded {
    /// Reads the case.
    ///
    /// # Errors
    /// Every problem of the file. The project's tests make sure that there are none.
    pub fn read(&self) -> Result<Scenario, Problems> {
        read(&self.name, &self.path, self.bytes)
    }

    /// Whether the case replays its section literally. False for a file that cannot be read.
    #[must_use]
    pub fn is_documented(&self) -> bool {
        self.read().is_ok_and(|scenario| scenario.is_documented())
    }
}

/// All embedded cases, by chapter. In a chapter the cases to begin with come first, then the other
/// literal replays, then the rest, both by name.
#[must_use]
pub fn embedded() -> Vec<Embedded> {
    let mut cases = Vec::new();
    collect(&FOLDER, &mut cases);
    cases.sort_by_cached_key(|case| {
        let chapter = case.name.split('/').next().unwrap_or_default();
        let chapter_rank = CHAPTERS.iter().position(|&known| known == chapter);
        let first = FIRST.iter().position(|&known| known == case.name);
        (
            chapter_rank.unwrap_or(CHAPTERS.len()),
            chapter.to_owned(),
            first.unwrap_or(FIRST.len()),
            !case.is_documented(),
            case.name.clone(),
        )
    });
    cases
}

/// The bytes of the file of claims; empty if it is missing, which the reader then reports.
pub(super) fn claims_file() -> &'static [u8] {
    FOLDER
        .get_file(CLAIMS_FILE)
        .map_or(&[], include_dir::File::contents)
}

/// Whether this is the name of a scenario file.
fn is_scenario(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "toml")
        && path.file_name().is_some_and(|name| name != CLAIMS_FILE)
}

fn collect(folder: &'static Dir<'static>, cases: &mut Vec<Embedded>) {
    for file in folder.files() {
        if is_scenario(file.path()) {
            // Joins the parts of a path in the same way on every platform.
            let parts: Vec<_> = file
                .path()
                .iter()
                .map(|part| part.to_string_lossy())
                .collect();
            let path = parts.join("/");
            cases.push(Embedded {
                name: path.trim_end_matches(".toml").to_owned(),
                path: format!("scenarios/{path}"),
                bytes: file.contents(),
            });
        }
    }
    for folder in folder.dirs() {
        collect(folder, cases);
    }
}

/// All embedded cases, read, in order.
///
/// # Errors
/// Every problem of every file. The project's tests make sure that there are none.
pub fn all() -> Result<Vec<Scenario>, SelectError> {
    select::read_all(&embedded())
}

/// The cases that replay a section of the notes literally, in order.
///
/// # Errors
/// The same as [`all`].
pub fn documented() -> Result<Vec<Scenario>, SelectError> {
    let mut cases = all()?;
    cases.retain(Scenario::is_documented);
    Ok(cases)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_has_its_words_and_an_expectation() {
        for case in all().unwrap() {
            let name = &case.name;
            assert!(case.title.is_some(), "{name}");
            assert!(case.lesson.is_some(), "{name}");
            assert!(case.section.is_some(), "{name}");
            assert!(
                case.parts.iter().all(|part| part.expect.is_some()),
                "{name}"
            );
        }
    }
}
