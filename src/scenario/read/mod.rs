//! Reading a scenario file.

mod expect;
mod file;
mod flow;
mod order;
mod payload;
mod problem;
mod reader;
mod report;
mod steps;
mod transport;
mod verb;
mod vocabulary;
mod waits;
mod words;
mod words_scripts;

pub use problem::{Form, Named, Problem, ProblemKind, ScriptProblem};
pub(super) use report::report_of;
pub use report::{Position, Problems, ReportStyle};

use std::collections::HashSet;
use std::time::Duration;

use toml::de::DeTable;

use super::{Scenario, suggest};
use problem::ProblemKind as Kind;
use reader::Reader;

/// The most bytes a file may have: 1 MiB.
pub const MAX_FILE_BYTES: u64 = 1 << 20;

/// The most bytes that a file may send in all, after repeats, and that one payload may have: 64 MiB.
pub const MAX_PAYLOAD_BYTES: u64 = 64 << 20;

/// The most bytes that one recv may ask for, and one wait may wait for: 64 MiB.
pub const MAX_RECV_BYTES: u32 = 64 << 20;

/// The most steps that a file may have, after repeats, each piece of a send counted.
pub const MAX_STEPS: u64 = 10_000;

/// The longest deadline or pause.
pub const MAX_DEADLINE: Duration = Duration::from_secs(60);

/// The longest payload that a `decode` without `cap` accepts, in bytes.
pub const DEFAULT_CAP: u32 = 65_536;

/// Reads a file's bytes into the scenario called `name`; `path` is what reports call the file.
///
/// # Errors
/// Every problem that the file has, in one go.
pub fn read(name: &str, path: &str, bytes: &[u8]) -> Result<Scenario, Problems> {
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(too_large(path, bytes.len() as u64));
    }
    let source = match std::str::from_utf8(bytes) {
        Ok(source) => source,
        Err(error) => return Err(not_utf8(path, bytes, error.valid_up_to())),
    };
    let mut reader = Reader {
        source,
        problems: Vec::new(),
    };
    let (table, errors) = DeTable::parse_recoverable(source);
    let scenario = file::scenario(&mut reader, name, table.get_ref());
    let mut problems = reader.problems;
    if !errors.is_empty() {
        let syntax = errors.iter().map(|error| Problem {
            span: error.span().unwrap_or(source.len()..source.len()),
            also: None,
            kind: Kind::Syntax {
                message: error.message().to_owned(),
            },
        });
        problems = besides_syntax(source, problems, syntax.collect());
    }
    match scenario {
        Some(scenario) if problems.is_empty() => Ok(scenario),
        _ => Err(Problems::new(path, source.to_owned(), problems)),
    }
}

/// The report of a file that is too large to be read.
pub(super) fn too_large(path: &str, bytes: u64) -> Problems {
    let problem = Problem {
        span: 0..0,
        also: None,
        kind: Kind::FileTooLarge { bytes },
    };
    Problems::new(path, String::new(), vec![problem])
}

/// Where the bytes are not UTF-8, nothing behind the first bad one can be
/// believed, so that one is all there is to say.
fn not_utf8(path: &str, bytes: &[u8], at: usize) -> Problems {
    let source = String::from_utf8_lossy(bytes).into_owned();
    let problem = Problem {
        span: at..at + char::REPLACEMENT_CHARACTER.len_utf8(),
        also: None,
        kind: Kind::NotUtf8 {
            byte: bytes.get(at).copied().unwrap_or_default(),
        },
    };
    Problems::new(path, source, vec![problem])
}

/// The syntax errors, and of the other problems those that are not likely to be
/// their consequences.
fn besides_syntax(source: &str, problems: Vec<Problem>, syntax: Vec<Problem>) -> Vec<Problem> {
    let line_ends: Vec<_> = source.match_indices('\n').map(|(at, _)| at).collect();
    let line = |problem: &Problem| line_ends.partition_point(|&end| end < problem.span.start);
    let broken: HashSet<_> = syntax.iter().map(line).collect();
    let believed =
        |problem: &Problem| problem.kind.stands_alone() && !broken.contains(&line(problem));
    let mut all: Vec<_> = problems.into_iter().filter(believed).collect();
    all.extend(syntax);
    all
}
