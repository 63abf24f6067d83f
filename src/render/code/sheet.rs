//! The body of a program while it is written: lines, their depth, and what they call.

use std::collections::BTreeSet;

use super::framed;
use super::instruction::{Failure, Instruction, Work};
use super::notes::Note;
use super::plan::Plan;
use crate::framing::{ErrorKind, Framing};
use crate::language::Language;
use crate::render::escape;
use crate::render::template::{Filling, Library, Wanted};
use crate::scenario::LengthCode;

/// What is written so far.
#[derive(Debug)]
pub(super) struct Sheet<'p> {
    pub(super) plan: &'p Plan<'p>,
    library: Library,
    filling: Filling,
    wanted: Vec<Wanted>,
    pub(super) imports: BTreeSet<&'static str>,
    /// The variables that are declared, where a language wants them to be.
    pub(super) declared: BTreeSet<String>,
    pub(super) body: String,
    pub(super) depth: usize,
}

impl<'p> Sheet<'p> {
    /// An empty one, for a language with these helpers, which are filled in with the
    /// facts of the plan, with `facts` and with `words`.
    pub(super) fn new(
        plan: &'p Plan<'p>,
        helpers: &'static str,
        facts: &[&'static str],
        words: Vec<(&'static str, String)>,
    ) -> Self {
        Self {
            plan,
            library: Library::of(helpers),
            filling: Filling {
                language: plan.language,
                facts: plan.facts.iter().chain(facts).copied().collect(),
                words: words_of_all(plan).chain(words).collect(),
            },
            wanted: Vec::new(),
            imports: BTreeSet::new(),
            declared: BTreeSet::new(),
            body: String::new(),
            depth: 0,
        }
    }

    /// One line, or nothing but its end where it is empty.
    pub(super) fn line(&mut self, text: impl AsRef<str>) {
        for line in text.as_ref().split('\n') {
            if !line.is_empty() {
                self.body.extend(std::iter::repeat_n("    ", self.depth));
            }
            self.body.push_str(line);
            self.body.push('\n');
        }
    }

    /// What `write` writes, one level deeper.
    pub(super) fn inside(&mut self, write: impl FnOnce(&mut Self)) {
        self.depth += 1;
        write(self);
        self.depth -= 1;
    }

    /// The instructions of a block as `work` writes them, each behind what it needs before it.
    pub(super) fn block(
        &mut self,
        block: &[Instruction<'_>],
        work: impl Fn(&mut Self, &Work<'_>, Option<&Failure>),
    ) {
        for one in block {
            if one.begins_paragraph {
                self.line("");
            }
            for before in &one.before {
                work(self, before, None);
            }
            work(self, &one.work, one.fails.as_ref());
        }
    }

    /// A comment on a line of its own.
    pub(super) fn note(&mut self, note: Note) {
        self.line(self.plan.target.comment(&note.sentence(self.plan.language)));
    }

    /// Marks a helper as called.
    pub(super) fn call(&mut self, name: &'static str) {
        if !self.wanted.iter().any(|(known, _)| *known == name) {
            self.wanted.push((name, None));
        }
    }

    /// The helper that encodes a framing, marked as called.
    pub(super) fn encoder(&mut self, framing: Framing) -> String {
        self.call_framed(framed::sections(framing).encode, framing);
        format!("encode_{}", framed::identifier(framing))
    }

    /// The helper that reads a message of a framing, marked as called.
    pub(super) fn decoder(&mut self, framing: Framing) -> String {
        self.call_framed(framed::sections(framing).decode, framing);
        format!("read_{}", framed::identifier(framing))
    }

    /// Marks a framing's helper as called, and that of the framing inside it.
    fn call_framed(&mut self, section: &'static str, framing: Framing) {
        if framing.around().is_some() {
            let inner = Framing::from(framing.codec());
            let sections = framed::sections(inner);
            let encodes = section == framed::sections(framing).encode;
            let section = if encodes {
                sections.encode
            } else {
                sections.decode
            };
            self.call_framed(section, inner);
        }
        let filling = framed::filling(framing, self.plan.target, self.plan.language);
        self.wanted.push((section, Some(filling)));
    }

    /// The helper that reads a length, in C and Rust, marked as called.
    pub(super) fn length_reader(&mut self, code: LengthCode) -> &'static str {
        let reader = match code {
            LengthCode::PythonInt => "python_int",
            LengthCode::Digits | LengthCode::Digits8 => "digits",
            LengthCode::I32Native => "i32_native",
            LengthCode::I32Le => "i32_le",
            LengthCode::I32Be => "i32_be",
        };
        self.call(reader);
        reader
    }

    /// The helpers called, with what they need.
    pub(super) fn helpers(&self) -> (Vec<String>, BTreeSet<&'static str>) {
        let (helpers, mut imports) = self.library.take(&self.wanted, &self.filling);
        imports.extend(&self.imports);
        (helpers, imports)
    }

    /// A statement out of the library.
    pub(super) fn snippet(&self, name: &str, words: &[(&'static str, &str)]) -> String {
        let words = words
            .iter()
            .map(|(word, meaning)| (*word, (*meaning).to_owned()));
        let filling = Filling {
            words: words.collect(),
            ..self.filling.clone()
        };
        self.library.snippet(name, &filling)
    }

    /// One of two texts, in the program's language.
    pub(super) fn say<T>(&self, english: T, chinese: T) -> T {
        self.plan.language.pick(english, chinese)
    }
}

/// What stands for the marks of helpers in every language.
fn words_of_all(plan: &Plan<'_>) -> impl Iterator<Item = (&'static str, String)> {
    let language = plan.language;
    let long = match (plan.is("much"), language) {
        (true, Language::English) => "; of much, a sum.",
        (true, Language::Chinese) => "；很长时只给校验和。",
        (false, Language::English) => ".",
        (false, Language::Chinese) => "。",
    };
    let enter = language.pick("", "，再按回车");
    let clause = move |kind: ErrorKind| (kind.name(), kind.clause(language));
    [("long", long), ("enter", enter)]
        .into_iter()
        .chain(ErrorKind::ALL.map(clause))
        .map(|(word, meaning)| (word, meaning.to_owned()))
}

/// One of two words of a program.
pub(super) fn either(holds: bool, yes: &str, no: &str) -> String {
    if holds { yes } else { no }.to_owned()
}

/// A text as a literal; `special` spells the characters that the language, or whoever
/// reads the program, cannot take as they are.
pub(super) fn quoted(text: &str, special: impl Fn(char) -> String) -> String {
    let mut literal = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            // Two of them begin a trigraph in C.
            '?' => literal.push_str(&special(c)),
            _ if escape::columns(c).is_some() => literal.push(c),
            _ => literal.push_str(&special(c)),
        }
    }
    literal + "\""
}
