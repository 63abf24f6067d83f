//! The body of a program while it is written: lines, their depth, and what they call.

use std::collections::BTreeSet;

use super::framed;
use super::plan::Plan;
use crate::framing::{ErrorKind, Framing};
use crate::language::Language;
use crate::render::template::{Filling, Library, Wanted};
use crate::scenario::Transport;

/// What is written so far.
#[derive(Debug)]
pub(super) struct Sheet<'p, 's> {
    pub(super) plan: &'p Plan<'s>,
    pub(super) filling: Filling,
    pub(super) wanted: Vec<Wanted>,
    pub(super) imports: BTreeSet<&'static str>,
    pub(super) body: String,
    pub(super) depth: usize,
}

impl<'p, 's> Sheet<'p, 's> {
    pub(super) fn new(plan: &'p Plan<'s>, depth: usize) -> Self {
        let mut facts = BTreeSet::new();
        for (holds, fact) in [
            (plan.receives_much(), "much"),
            (plan.sums_up(), "sums"),
            (plan.answers(), "answers"),
            (plan.peeks(), "peeks"),
            (plan.is_over(Transport::Udp), "udp"),
            (plan.is_unix(), "unix"),
        ] {
            if holds {
                facts.insert(fact);
            }
        }
        Self {
            plan,
            filling: Filling {
                language: plan.language,
                facts,
                words: words(plan),
            },
            wanted: Vec::new(),
            imports: BTreeSet::new(),
            body: String::new(),
            depth,
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

    /// Marks a helper as called.
    pub(super) fn call(&mut self, name: &'static str) {
        if !self.wanted.iter().any(|(known, _)| *known == name) {
            self.wanted.push((name, None));
        }
    }

    /// Marks a framing's helper as called.
    pub(super) fn call_framed(&mut self, section: &'static str, framing: Framing) {
        let plan = self.plan;
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
        let filling = framed::filling(framing, plan.target, plan.language);
        self.wanted.push((section, Some(filling)));
    }

    /// A fact about the whole program.
    pub(super) fn fact(&mut self, fact: &'static str) {
        self.filling.facts.insert(fact);
    }

    /// The helpers called, with what they need.
    pub(super) fn helpers(&self, library: &Library) -> (Vec<String>, BTreeSet<&'static str>) {
        library.take(&self.wanted, &self.filling)
    }

    /// One of two texts, in the program's language.
    pub(super) fn say<T>(&self, english: T, chinese: T) -> T {
        self.plan.language.pick(english, chinese)
    }
}

/// What stands for the marks of helpers in every language.
fn words(plan: &Plan<'_>) -> Vec<(&'static str, String)> {
    let long = match (plan.receives_much(), plan.language) {
        (true, Language::English) => "; of much, a sum.",
        (true, Language::Chinese) => "；很长时只给校验和。",
        (false, Language::English) => ".",
        (false, Language::Chinese) => "。",
    };
    let mut words = vec![
        ("long", long.to_owned()),
        ("enter", plan.language.pick("", "，再按回车").to_owned()),
    ];
    let clause = |kind: ErrorKind| (kind.name(), kind.clause(plan.language).to_owned());
    words.extend(ErrorKind::ALL.map(clause));
    words
}
