//! Writes replays as one HTML page: a lesson to keep.
//!
//! The page is made from the files in `templates`. It holds everything twice, once in each
//! language; a pair of radio buttons shows one of them, without script. Every figure shows its
//! final state until the script steps through it: attributes say what is not yet there at a step.
//!
//! Promises: one file that needs no other. Its policy (CSP) lets a browser load and run only its
//! own style and script, identified by their hashes. Everything from a trace is text, escaped first
//! for the eyes ([`escape`]) and then for HTML by the template. Memory does not grow with the
//! streams, only with what is shown of them.

mod bytes;
mod date;
mod map;
mod part;

use std::io::{self, Write};

use askama::Template;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use super::escape;
use crate::analysis::Analysis;
use crate::language::Language;
use crate::picture::{Picture, Telling};
use crate::trace::{Environment, Trace};

const STYLE: &str = include_str!("../../../templates/report.css");
const SCRIPT: &str = include_str!("../../../templates/report.js");
const BOTH: [Language; 2] = [Language::English, Language::Chinese];

/// The origin of a trace on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceOrigin {
    /// It was replayed for this page.
    Replayed,
    /// It was saved earlier, perhaps on another machine.
    Saved,
}

/// A page of cases.
#[derive(Debug)]
pub struct Report {
    first: Language,
    /// The environment of the replays made for this page.
    environment: Option<Environment>,
    /// The cases in each language, in the order of [`BOTH`].
    cases: [Vec<Case>; 2],
}

/// A case in one language.
#[derive(Debug)]
struct Case {
    /// Its number, from 1.
    number: usize,
    name: String,
    title: String,
    section: Option<String>,
    /// For a saved trace, when and where it was recorded.
    saved: Option<String>,
    lesson: Vec<String>,
    as_expected: bool,
    /// Whether it had an expectation that could be judged.
    is_judged: bool,
    parts: Vec<part::Part>,
}

impl Report {
    /// An empty page that opens in the language `first`.
    #[must_use]
    pub const fn new(first: Language) -> Self {
        Self {
            first,
            environment: None,
            cases: [Vec::new(), Vec::new()],
        }
    }

    /// Adds a case at the end.
    pub fn add(&mut self, origin: TraceOrigin, trace: &Trace, analysis: &Analysis) {
        let environment = &trace.environment;
        if origin == TraceOrigin::Replayed {
            self.environment.get_or_insert_with(|| environment.clone());
        }
        for (language, cases) in BOTH.into_iter().zip(&mut self.cases) {
            let number = cases.len() + 1;
            let telling = Telling {
                language,
                ascii: false,
                times: true,
                full: false,
            };
            let parts = Picture::of(trace, analysis, telling).parts;
            cases.push(Case {
                number,
                name: escape::text(&trace.name),
                title: escape::text(&trace.title(language).unwrap_or_default()),
                section: trace.section().map(escape::text),
                saved: match origin {
                    TraceOrigin::Replayed => None,
                    TraceOrigin::Saved => Some(measured(language, environment)),
                },
                lesson: trace.lesson(language).map(paragraphs).unwrap_or_default(),
                as_expected: analysis.as_expected(),
                is_judged: analysis.is_judged() && !analysis.is_stalled(),
                parts: (parts.iter().enumerate())
                    .map(|(index, part)| {
                        let key = format!("{number}-{}", index + 1);
                        part::Part::of(language, key, part)
                    })
                    .collect(),
            });
        }
    }

    /// Writes the page.
    ///
    /// # Errors
    /// If `out` fails.
    pub fn write(&self, mut out: &mut dyn Write) -> io::Result<()> {
        let views = BOTH.into_iter().zip(&self.cases);
        let page = Page {
            style: STYLE,
            script: SCRIPT,
            style_hash: hash(STYLE),
            script_hash: hash(SCRIPT),
            first: self.first,
            views: views
                .map(|(language, cases)| View::of(language, cases, self.environment.as_ref()))
                .collect(),
        };
        page.write_into(&mut out)
    }
}

/// A text as paragraphs, each on one line that is safe to show.
fn paragraphs(text: &str) -> Vec<String> {
    super::wrapped(text, usize::MAX)
        .into_iter()
        .filter(|line| !line.is_empty())
        .collect()
}

/// The hash by which the policy identifies a style or a script.
fn hash(text: &str) -> String {
    format!(
        "sha256-{}",
        BASE64_STANDARD.encode(Sha256::digest(text.as_bytes()))
    )
}

/// The whole page.
#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    style: &'static str,
    script: &'static str,
    style_hash: String,
    script_hash: String,
    first: Language,
    views: Vec<View<'a>>,
}

/// The page in one language.
struct View<'a> {
    language: Language,
    cases: &'a [Case],
    summary: String,
    /// When and where it was recorded, in sentences.
    measured: Vec<String>,
}

impl<'a> View<'a> {
    fn of(language: Language, cases: &'a [Case], environment: Option<&Environment>) -> Self {
        let judged = || cases.iter().filter(|case| case.is_judged);
        let held = judged().filter(|case| case.as_expected).count();
        let (all, not) = (cases.len(), judged().count() - held);
        let summary = match (language, all) {
            (Language::English, 1) => format!("1 case: {held} as expected, {not} not"),
            (Language::English, _) => format!("{all} cases: {held} as expected, {not} not"),
            (Language::Chinese, _) => {
                format!("{all} 个用例：{held} 个符合预期，{not} 个不符合")
            }
        };
        let saved = language.pick(
            "A case from a saved trace says so, and when and where it was measured.",
            "来自保存的轨迹的用例，另行注明测量的时间和环境。",
        );
        let any_saved = cases.iter().any(|case| case.saved.is_some());
        Self {
            language,
            cases,
            summary,
            measured: (environment.map(|it| measured(language, it)).into_iter())
                .chain(any_saved.then(|| saved.to_owned()))
                .collect(),
        }
    }

    /// One of two words.
    fn pick(&self, english: &'static str, chinese: &'static str) -> &'static str {
        self.language.pick(english, chinese)
    }
}

/// When and where it was recorded.
fn measured(language: Language, environment: &Environment) -> String {
    let Environment {
        sticky,
        system,
        kernel,
        architecture,
        unix_time,
    } = environment;
    let kernel = kernel.as_deref().unwrap_or_default();
    let system = escape::text(format!("{system} {kernel}").trim());
    let (architecture, sticky) = (escape::text(architecture), escape::text(sticky));
    let date = date::of(*unix_time);
    say!(
        language,
        "Measured {date} UTC on {system}, {architecture}, by sticky {sticky}.",
        "测量于 {date}（UTC），{system}，{architecture}，sticky {sticky}。"
    )
}
