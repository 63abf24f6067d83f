//! What people claim of sockets, each with a verdict and the scenarios that show it.
//!
//! One file, `scenarios/claims.toml`, embedded in the binary like the scenarios:
//! the claims of the notes in their order, then those that are common elsewhere.
//!
//! Promises: a [`Claim`] that exists has both languages, a name of its own and at
//! least one scenario of the catalogue. The verdict is what the file states; whether
//! a replay confirms it is not known here. Never opens a socket.
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
//! | `name` | short, of small letters, digits and hyphens; no two are alike |
//! | `section`, `myth` | exactly one of the two: the section of the notes that says so, or `true` where people elsewhere do |
//! | `claim` | `en` and `zh`, one sentence each |
//! | `verdict` | `"true"`, `"true-if"` (then `condition`, in `en` and `zh`, is required), `"false"` |
//! | `scenarios` | the cases that show it, by their full names; at least one |
//! | `why` | `en` and `zh`, one sentence each |

mod find;

use super::catalogue;
use super::read::{Problems, read_claims};
use crate::language::Text;

pub use find::{FindError, find};

/// One claim, and what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What it is called; unique among the claims.
    pub name: String,
    /// Who makes it.
    pub source: Source,
    /// What is claimed, in one sentence.
    pub claim: Text,
    /// Whether it is so.
    pub verdict: Verdict,
    /// Why, in one sentence.
    pub why: Text,
    /// The names of the scenarios that show it; at least one.
    pub scenarios: Vec<String>,
}

/// Who makes a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// This section of the notes.
    Notes(String),
    /// People elsewhere: a common belief, not of the notes.
    Elsewhere,
}

/// Whether a claim is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    True,
    /// It is where this condition is met.
    TrueIf(Text),
    /// It is not.
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
/// Every problem of the file; the project's tests hold that there are none.
pub fn embedded() -> Result<Vec<Claim>, Problems> {
    let known: Vec<_> = catalogue::embedded()
        .into_iter()
        .map(|case| case.name)
        .collect();
    let path = format!("scenarios/{}", catalogue::CLAIMS_FILE);
    read_claims(&path, catalogue::claims_file(), &known)
}

#[cfg(test)]
mod tests {
    use crate::scenario::read::read_claims;

    #[test]
    fn the_documented_file_is_a_good_one() {
        let source = include_str!("claims.rs");
        let lines = source.lines().skip_while(|line| *line != "//! ```toml");
        let example = lines.skip(1).take_while(|line| *line != "//! ```");
        let example: String = example.fold(String::new(), |all, line| {
            all + line.trim_start_matches("//!").trim_start() + "\n"
        });
        let known = ["partial/short-read".to_owned()];
        let claims = read_claims("claims.toml", example.as_bytes(), &known);
        let claims = claims.unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(claims[0].verdict.name(), "false");
    }
}
