//! Finds and reads scenario files on disk.
//!
//! Promises: only regular files are opened, and no more than the size limit is read. A folder is
//! walked once, whatever links lead back into it.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::problem::{MAX_ENTRIES, SelectProblem};
use crate::scenario::Scenario;
use crate::scenario::read::{MAX_FILE_BYTES, is_trace, read_own, too_large};

/// Reads the file at `path`. The case's name is made from its path.
pub(super) fn read_file(path: &Path) -> Result<Scenario, SelectProblem> {
    let shown = path.to_string_lossy();
    let unreadable = |error: &std::io::Error| SelectProblem::unreadable(path, error);
    // Checked before opening, because opening a pipe without a writer blocks.
    let found = fs::metadata(path).map_err(|error| unreadable(&error))?;
    if !found.is_file() {
        return Err(SelectProblem::NotAFile {
            path: path.to_owned(),
        });
    }
    if is_program(path) {
        return Err(SelectProblem::Program {
            path: path.to_owned(),
        });
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| unreadable(&error))?;
    // A trace may be longer than any scenario.
    if found.len() > MAX_FILE_BYTES && !is_trace(&bytes) {
        return Err(SelectProblem::File(too_large(&shown, found.len())));
    }
    read_own(&name_of(path), &shown, &bytes).map_err(SelectProblem::File)
}

/// The ends of the names of programs, in source or built.
const PROGRAMS: [&str; 18] = [
    "c", "cc", "cpp", "cs", "exe", "go", "h", "java", "js", "kt", "lua", "php", "pl", "py", "rb",
    "rs", "sh", "ts",
];

/// Whether this is the name of a program.
pub(super) fn is_program(path: &Path) -> bool {
    path.extension().is_some_and(|end| {
        let end = end.to_string_lossy().to_lowercase();
        PROGRAMS.contains(&end.as_str())
    })
}

/// `chapter/name`, from the last two components of the path.
fn name_of(path: &Path) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let part = |part: Option<&std::ffi::OsStr>| {
        let text = part.unwrap_or_default().to_string_lossy();
        // The name is shown on terminals.
        text.replace(char::is_control, "\u{fffd}")
    };
    let case = part(absolute.file_stem());
    match absolute.parent().and_then(Path::file_name) {
        Some(chapter) => format!("{}/{case}", part(Some(chapter))),
        None => case,
    }
}

/// All scenario files below `folder`, sorted: `.toml` files, except hidden ones and the claims.
pub(super) fn below(folder: &Path) -> Result<Vec<PathBuf>, SelectProblem> {
    let mut files = Vec::new();
    let mut entries = 0;
    let mut seen = HashSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let unreadable = |error: &std::io::Error| SelectProblem::unreadable(&folder, error);
        let real = fs::canonicalize(&folder).map_err(|error| unreadable(&error))?;
        if !seen.insert(real) {
            continue;
        }
        for entry in fs::read_dir(&folder).map_err(|error| unreadable(&error))? {
            let entry = entry.map_err(|error| unreadable(&error))?;
            entries += 1;
            if entries > MAX_ENTRIES {
                let path = folder.clone();
                return Err(SelectProblem::FolderTooLarge { path });
            }
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if super::is_scenario(&path) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}
