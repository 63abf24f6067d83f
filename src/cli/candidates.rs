//! What a shell can complete an argument to: the names of cases and claims, and files.

use std::ffi::OsStr;
use std::path::{self, Path};

use clap_complete::engine::{
    ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter,
};

use crate::language::Language;
use crate::scenario::catalogue::{self, Embedded};
use crate::scenario::claims::{self, Claim};

/// Completes the names of cases (with their titles if the shell shows them) and scenario files.
pub(super) fn cases(language: Language) -> ArgValueCompleter {
    ArgValueCompleter::new(move |begun: &OsStr| {
        let mut offered = named(begun, language);
        let files = PathCompleter::any().filter(is_case).complete(begun);
        // If nothing has been typed yet, folders would only clutter the list.
        let is_wanted = |file: &CompletionCandidate| !begun.is_empty() || !is_folder(file);
        offered.extend(files.into_iter().filter(is_wanted));
        offered
    })
}

/// Completes only the names of cases.
pub(super) fn names(language: Language) -> ArgValueCompleter {
    ArgValueCompleter::new(move |begun: &OsStr| named(begun, language))
}

/// Offers the names of claims, with what each says where the shell shows it.
pub(super) fn claims(language: Language) -> ArgValueCompleter {
    ArgValueCompleter::new(move |begun: &OsStr| {
        let all = claims::embedded().unwrap_or_default();
        let begins = |claim: &Claim| {
            begun
                .to_str()
                .is_some_and(|text| claim.name.starts_with(text))
        };
        let offered = all.iter().filter(|claim| begins(claim)).map(|claim| {
            let says = claim.claim.get(language).to_owned();
            CompletionCandidate::new(&claim.name).help(Some(says.into()))
        });
        offered.collect()
    })
}

fn is_case(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "toml")
}

fn is_folder(file: &CompletionCandidate) -> bool {
    let name = file.get_value().to_string_lossy();
    name.ends_with(path::is_separator)
}

/// The cases whose name begins like this: by chapter and name, or by the name alone if a part of it
/// has been typed and it means only one case.
fn named(begun: &OsStr, language: Language) -> Vec<CompletionCandidate> {
    let Some(begun) = begun.to_str() else {
        return Vec::new();
    };
    let all = catalogue::embedded();
    let whole = all.iter().map(|case| (case.name.as_str(), case));
    let short = all.iter().filter_map(|case| {
        let (_, short) = case.name.split_once('/')?;
        let is_begun = !begun.is_empty() && short.starts_with(begun);
        (is_begun && means_one_case(short)).then_some((short, case))
    });
    whole
        .chain(short)
        .filter(|(name, _)| name.starts_with(begun))
        .map(|(name, case)| CompletionCandidate::new(name).help(title(case, language)))
        .collect()
}

fn means_one_case(name: &str) -> bool {
    catalogue::select(&[name.to_owned()]).is_ok_and(|found| found.len() == 1)
}

fn title(case: &Embedded, language: Language) -> Option<clap::builder::StyledStr> {
    let case = case.read().ok()?;
    Some(case.title(language).to_owned().into())
}
