//! The catalogue: every case by name, from the binary itself or from files.
//!
//! The folder `scenarios/` is embedded when the binary is built, so the binary
//! runs anywhere. Wherever a name does, a path does too.
//!
//! Promises: names are in one stable order, the one to teach in. A selection is
//! whole or it is an error that tells every problem of it, every bad file
//! included. Never blocks on something that is not a file, and never opens a socket.

mod files;
mod select;
mod words;

pub use select::{SelectError, SelectProblem, select, select_each};

use std::path::Path;

use include_dir::{Dir, include_dir};

use super::Scenario;
use super::read::{Problems, read};

static FOLDER: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// The chapters in the order to teach in.
pub const CHAPTERS: [&str; 9] = [
    "tcp", "sticky", "fixes", "when", "udp", "compare", "partial", "ending", "loss",
];

/// The file of claims ([`super::claims`]); no scenario, wherever it stands.
pub const CLAIMS_FILE: &str = "claims.toml";

/// Cases to begin a chapter with, where the alphabet would not.
const FIRST: [&str; 5] = [
    "tcp/one-shot",
    "tcp/loop",
    "tcp/reuse-address",
    "udp/one-shot",
    "udp/loop",
];

/// A case that is embedded in the binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Embedded {
    /// `chapter/name`.
    pub name: String,
    /// Where its file stands in the source tree.
    pub path: String,
    /// The file's bytes.
    pub bytes: &'static [u8],
}

impl Embedded {
    /// The case, read.
    ///
    /// # Errors
    /// Every problem of the file; the project's tests hold that there are none.
    pub fn read(&self) -> Result<Scenario, Problems> {
        read(&self.name, &self.path, self.bytes)
    }

    /// Whether the case replays its section literally; a file that cannot be read does not.
    #[must_use]
    pub fn is_documented(&self) -> bool {
        self.read().is_ok_and(|scenario| scenario.is_documented())
    }
}

/// Every embedded case, in order: by chapter; in a chapter those to begin with,
/// then the other literal replays, then the rest, both by name.
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

/// The bytes of the file of claims; none where it is missing, which the reader then reports.
pub(super) fn claims_file() -> &'static [u8] {
    FOLDER
        .get_file(CLAIMS_FILE)
        .map_or(&[], include_dir::File::contents)
}

/// Whether a file of this name is one of scenarios.
fn is_scenario(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "toml")
        && path.file_name().is_some_and(|name| name != CLAIMS_FILE)
}

fn collect(folder: &'static Dir<'static>, cases: &mut Vec<Embedded>) {
    for file in folder.files() {
        if is_scenario(file.path()) {
            // The parts of a path, joined the same way on every platform.
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

/// Every embedded case, read, in order.
///
/// # Errors
/// Every problem of every file; the project's tests hold that there are none.
pub fn all() -> Result<Vec<Scenario>, SelectError> {
    select::read_all(&embedded())
}

/// The cases that replay a section of the notes literally, in order.
///
/// # Errors
/// As [`all`].
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
