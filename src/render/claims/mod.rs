//! Draws claims, each beside what was just observed.
//!
//! Promises: no line is wider than the page. Colour says nothing that words and marks do not say
//! too. What was observed comes from the very replay that was judged ([`observed`]), never from an
//! earlier one. Never judges.

pub mod observed;

use std::io::{self, Write};

use colored::Colorize;
use serde::Serialize;

use crate::analysis::{Analysis, Outcome, outcome};
use crate::language::{Language, Text};
use crate::scenario::claims::{Claim, Source, Verdict};
use crate::trace::Trace;

use super::text::{NARROWEST, Style};
use super::{escape, words, wrapped};
use crate::diagnostic::{Painted, paint};

/// The greatest width at which a sentence is easy to read, in columns.
const WIDEST: usize = 120;
/// The indentation of a claim and of its lines, in columns.
const INDENT: usize = 4;
/// The additional indentation of what was observed, in columns.
const DEEPER: usize = 2;

/// The result of one scenario of a claim, with texts in both languages.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Witness {
    /// The scenario.
    pub scenario: String,
    /// The outcome of its replay.
    pub outcome: Outcome,
    /// The number of expectations that were judged and hold.
    pub held: usize,
    /// The number that could not be judged here.
    pub skipped: usize,
    /// What was observed, part by part.
    pub observed: Vec<ObservedPart>,
    /// What is not as expected; one sentence for each difference.
    pub differences: Vec<Text>,
}

/// What was observed in one part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ObservedPart {
    /// The label that distinguishes the part from others; `None` if there is only one.
    pub part: Option<Text>,
    /// What was observed, in one line.
    pub seen: Text,
}

impl Witness {
    /// The result of a replay; with durations if `times` is true.
    #[must_use]
    pub fn of(trace: &Trace, analysis: &Analysis, times: bool) -> Self {
        let parts = || trace.parts.iter().zip(&analysis.parts);
        let both = |say: &dyn Fn(Language) -> String| Text {
            en: say(Language::English),
            zh: say(Language::Chinese),
        };
        let differences = parts().flat_map(|(part, seen)| {
            seen.differences.iter().map(|difference| {
                both(&|language| {
                    let label = part.label.as_ref().map(|label| label.get(language));
                    let colon = language.pick(": ", "：");
                    let label = label.map(|label| escape::text(label) + colon);
                    let said = words::difference(language, difference);
                    label.unwrap_or_default() + &said.join(language.pick("; ", "；"))
                })
            })
        });
        Self {
            scenario: trace.name.clone(),
            outcome: outcome(analysis),
            held: analysis.parts.iter().map(|part| part.held.len()).sum(),
            skipped: analysis.skipped(),
            observed: parts()
                .map(|(part, seen)| ObservedPart {
                    part: part.label.clone(),
                    seen: both(&|language| match seen.stalled() {
                        Some(stalled) => words::skipped(language, stalled),
                        None => observed::in_words(part, seen, times, language),
                    }),
                })
                .collect(),
            differences: differences.collect(),
        }
    }
}

/// The number of claims with each outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// All claims.
    pub claims: usize,
    /// Those whose scenarios came out as expected.
    pub as_expected: usize,
    /// Those with a scenario that does not hold.
    pub not_confirmed: usize,
    /// Those that could not be checked here, at least in part.
    pub not_checked_here: usize,
}

impl Summary {
    /// The summary with one more claim.
    #[must_use]
    pub const fn with(mut self, outcome: Outcome) -> Self {
        self.claims += 1;
        let count = match outcome {
            Outcome::AsExpected => &mut self.as_expected,
            Outcome::NotConfirmed => &mut self.not_confirmed,
            Outcome::NotCheckedHere => &mut self.not_checked_here,
        };
        *count += 1;
        self
    }

    /// The summary in one line.
    #[must_use]
    pub fn in_words(self, language: Language) -> String {
        let Self {
            claims,
            as_expected,
            not_confirmed,
            not_checked_here,
        } = self;
        let all = words::counted(language, claims as u64, "claim", "claims", "条说法");
        say!(
            language,
            "{all}: {as_expected} as expected, {not_confirmed} not confirmed, \
                 {not_checked_here} could not be checked here",
            "{all}：{as_expected} 条与预期一致，{not_confirmed} 条未证实，\
                 {not_checked_here} 条在此处无法检验"
        )
    }
}

/// A claim with the results of its scenarios.
#[derive(Clone, Debug)]
pub struct ClaimResult<'a> {
    /// Its number in the list, from 1.
    pub number: usize,
    /// The claim.
    pub claim: &'a Claim,
    /// The results of its scenarios, in the claim's order.
    pub witnesses: Vec<&'a Witness>,
}

impl ClaimResult<'_> {
    /// The outcome of all of them together.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        Outcome::of_all(self.witnesses.iter().map(|witness| witness.outcome))
    }
}

/// Lists claims, one line each: number, name, and what is claimed as far as there is room.
///
/// # Errors
/// When `out` fails.
pub fn list(claims: &[Claim], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let names = claims.iter().map(|claim| claim.name.len());
    let widest = names.max().unwrap_or(0);
    let room = style.width.max(NARROWEST) - INDENT - widest - 2;
    let more = if style.ascii { "..." } else { "…" };
    let mut page = Page { style, out };
    for (index, claim) in claims.iter().enumerate() {
        let number = format!("{:>width$} ", index + 1, width = INDENT - 1);
        page.paint(&number, |text| paint(text.normal()))?;
        page.paint(&format!("{:<widest$}", claim.name), |text| {
            paint(text.cyan().bold())
        })?;
        let says = escape::text(claim.claim.get(style.language));
        let says = format!("  {}", escape::clip(&says, room, more));
        page.paint(&says, |text| paint(text.normal()))?;
        page.end()?;
    }
    Ok(())
}

/// Draws one claim: the claim, the verdict and the reason, what was observed, and whether that is
/// as expected.
///
/// # Errors
/// If `out` fails.
pub fn draw(told: &ClaimResult<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let language = style.language;
    let Claim {
        name,
        source,
        claim,
        verdict,
        why,
        ..
    } = told.claim;
    let said_by = match source {
        Source::Notes(section) => escape::text(section),
        Source::Elsewhere => language.pick("common elsewhere", "别处常见").to_owned(),
    };
    let mut page = Page { style, out };
    let number = format!("{:>width$} ", told.number, width = INDENT - 1);
    page.paint(&number, |text| paint(text.normal()))?;
    page.paint(name, |text| paint(text.cyan().bold()))?;
    page.paint(&format!("  {said_by}"), |text| paint(text.dimmed()))?;
    page.end()?;
    page.row(
        Some(verdict_word(verdict, language)),
        0,
        |text| paint(text.bold()),
        claim.get(language),
    )?;
    if let Verdict::TrueIf(condition) = verdict {
        let label = language.pick("if", "条件");
        page.row(Some((label, plain)), 0, plain, condition.get(language))?;
    }
    let label = language.pick("why", "原因");
    page.row(Some((label, plain)), 0, plain, why.get(language))?;
    let label = language.pick("observed", "观察到");
    for (index, witness) in told.witnesses.iter().enumerate() {
        page.witness((index == 0).then_some(label), witness)?;
    }
    let (mark, look) = outcome_in_words(told.outcome(), style);
    page.row(None, 0, look, &mark)
}

/// A function that colours a text.
type Paint = fn(&str) -> Painted;

fn plain(text: &str) -> Painted {
    paint(text.normal())
}

/// The verdict in a word.
fn verdict_word(verdict: &Verdict, language: Language) -> (&'static str, Paint) {
    match verdict {
        Verdict::True => (language.pick("TRUE", "成立"), |text| {
            paint(text.green().bold())
        }),
        Verdict::TrueIf(_) => (language.pick("TRUE IF", "有条件成立"), |text| {
            paint(text.yellow().bold())
        }),
        Verdict::False => (language.pick("FALSE", "不成立"), |text| {
            paint(text.red().bold())
        }),
    }
}

/// Whether it is as expected, after a mark.
fn outcome_in_words(outcome: Outcome, style: &Style) -> (String, Paint) {
    let language = style.language;
    let (mark, ascii, words, paint): (_, _, _, Paint) = match outcome {
        Outcome::AsExpected => (
            "✓",
            "[ok]",
            language.pick("as expected", "与预期一致"),
            |text| paint(text.green()),
        ),
        Outcome::NotConfirmed => (
            "✗",
            "[!!]",
            language.pick("not confirmed", "未证实"),
            |text| paint(text.red().bold()),
        ),
        Outcome::NotCheckedHere => (
            "?",
            "[??]",
            language.pick("could not be checked here", "在此处无法检验"),
            |text| paint(text.yellow()),
        ),
    };
    let mark = if style.ascii { ascii } else { mark };
    (format!("{mark} {words}"), paint)
}

/// Marks a space where the line must not break.
const NO_BREAK: char = '\u{a0}';

/// `text` with no line break between a number and its unit, or between a call and its result.
fn glued(text: &str) -> String {
    let text = text.replace(" → ", "\u{a0}→\u{a0}");
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    let mut before = None;
    while let Some(c) = rest.next() {
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let unit = rest.peek().is_some_and(|next| "Bmsµu".contains(*next));
        let glue = c == ' ' && digit(before) && unit;
        out.push(if glue { NO_BREAK } else { c });
        before = Some(c);
    }
    out
}

/// The page for a claim: the writer and the style.
struct Page<'a> {
    style: &'a Style,
    out: &'a mut dyn Write,
}

impl Page<'_> {
    fn paint(&mut self, text: &str, paint: Paint) -> io::Result<()> {
        if self.style.color {
            write!(self.out, "{}", paint(&escape::shown(text)))
        } else {
            self.out.write_all(escape::shown(text).as_bytes())
        }
    }

    fn end(&mut self) -> io::Result<()> {
        self.out.write_all(b"\n")
    }

    /// A wrapped text after the column of labels. Lines after the first are indented by `hanging`
    /// more columns.
    fn row(
        &mut self,
        label: Option<(&str, Paint)>,
        hanging: usize,
        paint: Paint,
        text: &str,
    ) -> io::Result<()> {
        let labels = self.style.language.pick(10, 12);
        let columns = self.style.width.clamp(NARROWEST, WIDEST) - INDENT - labels;
        let text = if self.style.ascii {
            text.replace('→', "->").replace('µ', "u")
        } else {
            text.to_owned()
        };
        let first_indent = text.len() - text.trim_start_matches(' ').len();
        let lines = wrapped(&glued(&text), columns - hanging.max(first_indent));
        for (index, line) in lines.iter().enumerate() {
            write!(self.out, "{:INDENT$}", "")?;
            let mut used = 0;
            if let Some((label, paint)) = label.filter(|_| index == 0) {
                self.paint(label, paint)?;
                used = escape::width(label);
            }
            let indent = if index == 0 { first_indent } else { hanging };
            write!(self.out, "{:gap$}", "", gap = labels - used + indent)?;
            self.paint(&line.replace(NO_BREAK, " "), paint)?;
            self.end()?;
        }
        Ok(())
    }

    /// The result of one scenario.
    fn witness(&mut self, label: Option<&str>, witness: &Witness) -> io::Result<()> {
        let language = self.style.language;
        let colon = language.pick(": ", "：");
        let label = label.map(|label| (label, plain as Paint));
        let name = escape::text(&witness.scenario);
        if let [only] = witness.observed.as_slice() {
            let line = format!("{name}{colon}{}", only.seen.get(language));
            self.row(label, DEEPER, plain, &line)?;
        } else {
            self.row(label, 0, plain, &format!("{name}{}", colon.trim_end()))?;
            for part in &witness.observed {
                let what = part.part.as_ref().map_or("", |label| label.get(language));
                let what = escape::text(what);
                let line = format!("{:DEEPER$}{what}{colon}{}", "", part.seen.get(language));
                self.row(None, 2 * DEEPER, plain, &line)?;
            }
        }
        for difference in &witness.differences {
            let mark = if self.style.ascii { "[!!]" } else { "✗" };
            let line = format!("{:DEEPER$}{mark} {}", "", difference.get(language));
            self.row(None, 2 * DEEPER, |text| paint(text.red()), &line)?;
        }
        if witness.skipped > 0 {
            let count = witness.skipped as u64;
            let skipped = words::counted(language, count, "expectation", "expectations", "条预期");
            let line = say!(
                language,
                "{skipped} could not be judged here",
                "{skipped}在此处无法判断"
            );
            self.row(
                None,
                2 * DEEPER,
                |text| paint(text.yellow()),
                &format!("{:DEEPER$}{line}", ""),
            )?;
        }
        Ok(())
    }
}
