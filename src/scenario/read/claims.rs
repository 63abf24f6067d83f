//! Reads the file of claims. Its own kinds of problems are here too.

use toml::de::DeTable;

use super::file::{Lines, shown, translated};
use super::problem::{Named, Problem, ProblemKind};
use super::reader::{Fields, Reader, Span, Value};
use super::vocabulary::named;
use crate::language::Language;
use crate::scenario::claims::{Claim, Source, Verdict};

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

/// All claims of a file; `None` if anything in it is wrong.
pub(super) fn claims(
    reader: &mut Reader<'_>,
    table: &DeTable<'_>,
    known: &[String],
) -> Option<Vec<Claim>> {
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
        reader.problem(value.span(), ClaimProblem::NotKebabCase { got });
        return None;
    }
    unique(reader, value, Named::Claim, got, names)
}

/// `got`, unless it is already in `taken`; it is added there.
pub(super) fn unique(
    reader: &mut Reader<'_>,
    value: &Value<'_>,
    what: Named,
    got: String,
    taken: &mut Vec<(String, Span)>,
) -> Option<String> {
    let first = taken.iter().find(|(name, _)| *name == got);
    if let Some((_, first)) = first {
        reader.note(Problem {
            span: value.span(),
            also: Some(first.clone()),
            kind: ClaimProblem::Duplicate { what, got }.into(),
        });
        return None;
    }
    taken.push((got.clone(), value.span()));
    Some(got)
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
        let problem = ClaimProblem::StrayCondition { verdict };
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
            unique(reader, value, Named::Scenario, got.to_owned(), &mut taken)
        })
        .collect();
    names.into_iter().collect()
}

/// A problem of a claim that could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimProblem {
    /// A name that occurs a second time.
    Duplicate {
        /// What it names.
        what: Named,
        /// The name.
        got: String,
    },
    /// A claim's name that is not lower-case words joined by hyphens.
    NotKebabCase {
        /// The name.
        got: String,
    },
    /// A condition with a verdict that takes none.
    StrayCondition {
        /// The verdict.
        verdict: &'static str,
    },
}

impl From<ClaimProblem> for ProblemKind {
    fn from(problem: ClaimProblem) -> Self {
        Self::Claims(problem)
    }
}

/// What is wrong, and the remedy.
pub(super) fn of_claims(problem: &ClaimProblem, language: Language) -> (String, String) {
    match problem {
        ClaimProblem::Duplicate { what, got } => (
            say!(
                language,
                ("the {} `{got}` occurs twice", named(*what, language)),
                ("{} `{got}` 写了两次", named(*what, language))
            ),
            language
                .pick(
                    "rename or remove one of the two",
                    "请给其中一个改名，或删掉它",
                )
                .to_owned(),
        ),
        ClaimProblem::NotKebabCase { got } => (
            say!(
                language,
                "`{got}` is not a name of lower-case letters, digits and single hyphens",
                "`{got}` 不是由小写字母、数字和单个连字符组成的名称"
            ),
            language
                .pick(
                    "write it like `recv-takes-n-bytes`, beginning with a letter",
                    "请写成 `recv-takes-n-bytes` 这样，以字母开头",
                )
                .to_owned(),
        ),
        ClaimProblem::StrayCondition { verdict } => (
            say!(
                language,
                "a condition beside the verdict `{verdict}`",
                "结论是 `{verdict}`，却写了 condition"
            ),
            language
                .pick(
                    "write `verdict = \"true-if\"`, or remove the condition",
                    "请写 `verdict = \"true-if\"`，或删除 condition",
                )
                .to_owned(),
        ),
    }
}
