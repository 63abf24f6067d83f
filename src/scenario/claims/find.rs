//! Finds the claim that a user asked for.

use std::fmt;

use super::Claim;
use crate::diagnostic::report::{Location, report};
use crate::diagnostic::suggest;
use crate::diagnostic::{ReportStyle, Shown};

/// The largest number of names suggested.
const MOST_SUGGESTIONS: usize = 5;

/// Why no claim was found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FindError {
    /// No claim has this name or number.
    Unknown {
        /// The name asked for.
        got: String,
        /// Similar names.
        near: Vec<String>,
    },
    /// A shortened name that matches several claims.
    Ambiguous {
        /// The name asked for.
        got: String,
        /// The names that it matches.
        candidates: Vec<String>,
    },
}

/// The index of the claim that `wanted` means: its name, its number from 1, or a beginning of its
/// name that matches no other.
///
/// # Errors
/// If no claim matches, or several do.
pub fn find(claims: &[Claim], wanted: &str) -> Result<usize, FindError> {
    let number = wanted.parse().ok().and_then(|it: usize| it.checked_sub(1));
    if let Some(index) = number.filter(|&index| index < claims.len()) {
        return Ok(index);
    }
    if let Some(index) = claims.iter().position(|claim| claim.name == wanted) {
        return Ok(index);
    }
    let begins = |claim: &Claim| !wanted.is_empty() && claim.name.starts_with(wanted);
    let fitting: Vec<_> = (0..claims.len())
        .filter(|&index| begins(&claims[index]))
        .collect();
    let got = wanted.to_owned();
    match fitting[..] {
        [index] => Ok(index),
        [] => Err(FindError::Unknown {
            got,
            near: near(claims, wanted),
        }),
        _ => Err(FindError::Ambiguous {
            got,
            candidates: fitting
                .into_iter()
                .map(|index| claims[index].name.clone())
                .collect(),
        }),
    }
}

/// Names that the user may have meant: first those that contain `wanted`, then similar ones.
fn near(claims: &[Claim], wanted: &str) -> Vec<String> {
    let names = || claims.iter().map(|claim| claim.name.as_str());
    let containing = names().filter(|name| wanted.len() > 2 && name.contains(wanted));
    let mut near: Vec<&str> = Vec::new();
    for name in containing.chain(suggest::near(wanted, names())) {
        if !near.contains(&name) {
            near.push(name);
        }
    }
    near.truncate(MOST_SUGGESTIONS);
    near.into_iter().map(str::to_owned).collect()
}

impl FindError {
    /// The report, ending with a line break.
    #[must_use]
    pub fn render(&self, style: ReportStyle) -> Shown {
        let quoted = |names: &[String]| {
            let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
            names.join(style.language.pick(", ", "、"))
        };
        let (title, help) = match self {
            Self::Unknown { got, near } => (
                say!(
                    style.language,
                    "no claim is called `{got}`",
                    "没有名为 `{got}` 的说法"
                ),
                if near.is_empty() {
                    style
                        .language
                        .pick(
                            "`sticky claims --list` lists every claim with its number and name",
                            "`sticky claims --list` 列出全部说法，连同编号和名称",
                        )
                        .to_owned()
                } else {
                    let near = quoted(near);
                    say!(
                        style.language,
                        "did you mean {near}? `sticky claims --list` lists all",
                        "是不是 {near}？`sticky claims --list` 列出全部"
                    )
                },
            ),
            Self::Ambiguous { got, candidates } => {
                let candidates = quoted(candidates);
                (
                    say!(
                        style.language,
                        "`{got}` fits several claims",
                        "`{got}` 对应不止一个说法"
                    ),
                    say!(
                        style.language,
                        "write one of {candidates}",
                        "请写明是哪一个：{candidates}"
                    ),
                )
            }
        };
        report(&title.into(), &help.into(), &Location::Nowhere, style)
    }
}

impl fmt::Display for FindError {
    /// The report in English, without colours.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.render(ReportStyle::default()))
    }
}

impl std::error::Error for FindError {}
