//! Reads the file of claims.

use toml::de::DeTable;

use super::{Claim, Source, Verdict};
use crate::scenario::read::{
    Fields, Lines, Named, ProblemKind, Problems, Reader, Span, Strictness, Value, read_by, shown,
    translated,
};

/// The keys of a claim.
const KEYS: &[&str] = &[
    "name",
    "section",
    "myth",
    "claim",
    "verdict",
    "condition",
    "scenarios",
    "why",
];

/// The verdicts as written in a file.
const VERDICTS: [&str; 3] = ["true", TRUE_IF, "false"];
const TRUE_IF: &str = "true-if";

/// Reads a file of claims. The cases that a claim names must be among `known`.
///
/// # Errors
/// All problems of the file together.
pub fn read(path: &str, bytes: &[u8], known: &[String]) -> Result<Vec<Claim>, Problems> {
    read_by(path, bytes, Strictness::Catalogue, |reader, table| {
        claims(reader, table, known)
    })
}

/// All claims of a file; `None` if anything in it is wrong.
fn claims(reader: &mut Reader<'_>, table: &DeTable<'_>, known: &[String]) -> Option<Vec<Claim>> {
    let fields = Fields::of(table, 0..0, "");
    reader.known_only(&fields, &["claim"]);
    let field = reader.require(&fields, "claim")?;
    let array = reader.array(field.value)?;
    if array.is_empty() {
        let key = "claim";
        reader.problem(field.value.span(), ProblemKind::Empty { key });
    }
    let mut names = Vec::new();
    let claims: Vec<_> = array
        .iter()
        .map(|value| claim(reader, value, known, &mut names))
        .collect();
    claims.into_iter().collect()
}

/// One claim; its name is added to the names already used.
fn claim(
    reader: &mut Reader<'_>,
    value: &Value<'_>,
    known: &[String],
    names: &mut Vec<(String, Span)>,
) -> Option<Claim> {
    let fields = reader.table(value, value.span(), "claim", KEYS)?;
    let name = reader
        .require(&fields, "name")
        .and_then(|field| name(reader, field.value, names));
    let source = source(reader, &fields);
    let claim = translated(reader, &fields, "claim", Lines::One);
    let verdict = verdict(reader, &fields);
    let why = translated(reader, &fields, "why", Lines::One);
    let scenarios = reader
        .require(&fields, "scenarios")
        .and_then(|field| scenarios(reader, field.value, known));
    Some(Claim {
        name: name?,
        source: source?,
        claim: claim?,
        verdict: verdict?,
        why: why?,
        scenarios: scenarios?,
    })
}

/// A claim's name: easy to type, and unique.
fn name(
    reader: &mut Reader<'_>,
    value: &Value<'_>,
    names: &mut Vec<(String, Span)>,
) -> Option<String> {
    let got = shown(reader, value, "name", Lines::One)?;
    let word = |word: &str| {
        let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
        !word.is_empty() && word.chars().all(fits)
    };
    // A name that begins with a digit could be taken for the number of a claim.
    if !got.starts_with(|first: char| first.is_ascii_lowercase()) || !got.split('-').all(word) {
        reader.problem(value.span(), ProblemKind::NotKebabCase { got });
        return None;
    }
    reader.unique(value, Named::Claim, got, names)
}

/// Where the claim is made: a section of the notes, or elsewhere.
fn source(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<Source> {
    let myth = reader.flag_of(fields, "myth")?;
    match (fields.get("section"), myth) {
        (Some(section), false) => {
            shown(reader, section.value, "section", Lines::One).map(Source::Notes)
        }
        (None, true) => Some(Source::Elsewhere),
        (section, _) => {
            let both = ["section", "myth"].map(str::to_owned).to_vec();
            let kind = ProblemKind::NotExactlyOne {
                what: Named::ClaimSource,
                got: if section.is_some() {
                    both.clone()
                } else {
                    Vec::new()
                },
                known: both,
            };
            let span = section.map_or_else(|| fields.span.clone(), |field| field.key.clone());
            reader.problem(span, kind);
            None
        }
    }
}

/// The verdict, with its condition if it has one.
fn verdict(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<Verdict> {
    let field = reader.require(fields, "verdict")?;
    let got = reader.name(field.value, Named::Verdict, &VERDICTS, |name| name)?;
    if got == TRUE_IF {
        return translated(reader, fields, "condition", Lines::One).map(Verdict::TrueIf);
    }
    if let Some(condition) = fields.get("condition") {
        let verdict = got;
        let problem = ProblemKind::StrayCondition { verdict };
        reader.problem(condition.key.clone(), problem);
        return None;
    }
    Some(if got == "true" {
        Verdict::True
    } else {
        Verdict::False
    })
}

/// The cases that show the claim: at least one, all from the catalogue, none twice.
fn scenarios(reader: &mut Reader<'_>, value: &Value<'_>, known: &[String]) -> Option<Vec<String>> {
    let array = reader.array(value)?;
    if array.is_empty() {
        let key = "scenarios";
        reader.problem(value.span(), ProblemKind::Empty { key });
        return None;
    }
    let mut taken = Vec::new();
    let names: Vec<_> = array
        .iter()
        .map(|value| {
            let got = reader.text(value)?;
            if !known.iter().any(|name| name == got) {
                reader.unknown_name(value.span(), Named::Scenario, got, known.to_vec());
                return None;
            }
            reader.unique(value, Named::Scenario, got.to_owned(), &mut taken)
        })
        .collect();
    names.into_iter().collect()
}
