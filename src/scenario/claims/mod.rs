//! Common claims about sockets, each with a verdict and the scenarios that show it.
//!
//! They are in one file, `scenarios/claims.toml`, embedded in the binary like the scenarios: first
//! the claims of the notes in their order, then others that are common.
//!
//! Promises: a [`Claim`] that exists has both languages, a unique name and at least one scenario of
//! the catalogue. The verdict is what the file states; this module does not know whether a replay
//! confirms it. Never opens a socket.
//!
//! # The file
//!
//! ```toml
//! [[claim]]
//! name = "recv-takes-n-bytes"
//! section = "TCP黏包解决方式 · 方式一"
//! claim = { en = "recv(n) returns n bytes.", zh = "recv(n) 会收到 n 个字节。" }
//! verdict = "false"
//! scenarios = ["partial/short-read"]
//! why = { en = "It returns what is there.", zh = "它只返回已经到达的字节。" }
//! ```
//!
//! | key | value |
//! | --- | --- |
//! | `name` | short; lower-case letters, digits and hyphens; unique |
//! | `section`, `myth` | exactly one of the two: the section of the notes that makes the claim, or `true` if it is a common belief that is not in the notes |
//! | `claim` | `en` and `zh`, one sentence each |
//! | `verdict` | `"true"`, `"true-if"` (then `condition`, in `en` and `zh`, is required), `"false"` |
//! | `scenarios` | the full names of the cases that show it; at least one |
//! | `why` | `en` and `zh`, one sentence each |

mod find;
mod read;

use super::catalogue;
use super::read::Problems;
use crate::language::Text;

pub use find::{FindError, find};
pub use read::read;

/// One claim and its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its name, unique among the claims.
    pub name: String,
    /// Where the claim is made.
    pub source: Source,
    /// The claim, in one sentence.
    pub claim: Text,
    /// Whether it is true.
    pub verdict: Verdict,
    /// The reason, in one sentence.
    pub why: Text,
    /// The names of the scenarios that show it; at least one.
    pub scenarios: Vec<String>,
}

/// Where a claim is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// In this section of the notes.
    Notes(String),
    /// Elsewhere: a common belief that is not in the notes.
    Elsewhere,
}

/// Whether a claim is true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is true.
    True,
    /// It is true under this condition.
    TrueIf(Text),
    /// It is false.
    False,
}

impl Verdict {
    /// The name in the file and in JSON: `true`, `true-if` or `false`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::True => "true",
            Self::TrueIf(_) => "true-if",
            Self::False => "false",
        }
    }
}

/// The claims embedded in the binary, in the order of the file.
///
/// # Errors
/// Every problem of the file. The project's tests make sure that there are none.
pub fn embedded() -> Result<Vec<Claim>, Problems> {
    let known: Vec<_> = catalogue::embedded()
        .into_iter()
        .map(|case| case.name)
        .collect();
    let path = format!("scenarios/{}", catalogue::CLAIMS_FILE);
    read(&path, catalogue::claims_file(), &known)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn the_documented_file_is_a_good_one() {
        let source = include_str!("mod.rs");
        let lines = source.lines().skip_while(|line| *line != "//! ```toml");
        let example = lines.skip(1).take_while(|line| *line != "//! ```");
        let example: String = example.fold(String::new(), |all, line| {
            all + line.trim_start_matches("//!").trim_start() + "\n"
        });
        let known = ["partial/short-read".to_owned()];
        let claims = read("claims.toml", example.as_bytes(), &known);
        let claims = claims.unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(claims[0].verdict.name(), "false");
    }
}
