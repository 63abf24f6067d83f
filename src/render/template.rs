//! Templates: longer texts in files of their own, in both languages.
//!
//! A library is a file of sections. Each begins with a line `%% name needs=… imports=…` (both lists
//! are optional). `⟦English¦中文⟧` stands for the text in the language asked for, and `@word@` for a
//! value that the program fills in. A line `?word|` is included only if the word holds (`?!word|`:
//! only if it does not); the same goes for items of a list of needs or imports after `?word:`.
//!
//! Promises: a section comes with everything that it needs, each section once, in the order of the
//! file.

use std::collections::BTreeSet;

use crate::language::Language;

/// A file of sections.
#[derive(Debug)]
pub(super) struct Library {
    sections: Vec<Section>,
}

/// A section, with the sections it needs.
#[derive(Debug)]
struct Section {
    name: &'static str,
    needs: Vec<&'static str>,
    imports: Vec<&'static str>,
    text: &'static str,
}

/// The values with which a section is filled in.
#[derive(Clone, Debug)]
pub(super) struct Filling {
    pub(super) language: Language,
    /// The words that hold.
    pub(super) facts: BTreeSet<&'static str>,
    /// The values for `@word@`.
    pub(super) words: Vec<(&'static str, String)>,
}

/// A section that is wanted, with values of its own in addition to those of the program.
pub(super) type Wanted = (&'static str, Option<Filling>);

impl Library {
    pub(super) fn of(file: &'static str) -> Self {
        let sections = file.split("\n%% ").skip(1).map(|section| {
            let (head, text) = section.split_once('\n').unwrap_or((section, ""));
            let mut words = head.split(' ');
            let name = words.next().unwrap_or_default();
            let list = |key: &str| -> Vec<&'static str> {
                head.split(' ')
                    .find_map(|word| word.strip_prefix(key))
                    .map_or_else(Vec::new, |list| list.split(',').collect())
            };
            Section {
                name,
                needs: list("needs="),
                imports: list("imports="),
                text: text.trim_matches('\n'),
            }
        });
        Self {
            sections: sections.collect(),
        }
    }

    /// The sections wanted and those they need, filled in, and their imports.
    pub(super) fn take(
        &self,
        wanted: &[Wanted],
        filling: &Filling,
    ) -> (Vec<String>, BTreeSet<&'static str>) {
        let mut all: Vec<Wanted> = wanted
            .iter()
            .map(|(name, own)| (*name, own.as_ref().map(|own| filling.with(own))))
            .collect();
        let mut at = 0;
        while let Some((name, own)) = all.get(at).cloned() {
            at += 1;
            let facts = &own.as_ref().unwrap_or(filling).facts;
            for section in self.sections.iter().filter(|section| section.name == name) {
                for need in holding(&section.needs, facts) {
                    if !all.iter().any(|(known, _)| *known == need) {
                        all.push((need, None));
                    }
                }
            }
        }
        let (mut texts, mut imports) = (Vec::new(), BTreeSet::new());
        for section in &self.sections {
            for (_, own) in all.iter().filter(|(name, _)| *name == section.name) {
                let own = own.as_ref().unwrap_or(filling);
                imports.extend(holding(&section.imports, &own.facts));
                let text = own.fill(section.text);
                if !text.is_empty() && !texts.contains(&text) {
                    texts.push(text);
                }
            }
        }
        (texts, imports)
    }

    /// One section alone, filled in.
    pub(super) fn snippet(&self, name: &str, filling: &Filling) -> String {
        let section = self.sections.iter().find(|section| section.name == name);
        section.map_or_else(String::new, |section| filling.fill(section.text))
    }
}

/// The items of a list whose words hold.
fn holding(list: &[&'static str], facts: &BTreeSet<&'static str>) -> Vec<&'static str> {
    list.iter()
        .filter_map(|item| match item.strip_prefix('?') {
            None => Some(*item),
            Some(item) => {
                let (fact, item) = item.split_once(':')?;
                holds(fact, facts).then_some(item)
            }
        })
        .collect()
}

fn holds(fact: &str, facts: &BTreeSet<&'static str>) -> bool {
    match fact.strip_prefix('!') {
        None => facts.contains(fact),
        Some(fact) => !facts.contains(fact),
    }
}

impl Filling {
    /// This filling with the values of another added.
    fn with(&self, more: &Self) -> Self {
        let mut whole = self.clone();
        whole.facts.extend(&more.facts);
        whole.words.extend(more.words.iter().cloned());
        whole
    }

    /// A text with all its marks replaced.
    pub(super) fn fill(&self, text: &str) -> String {
        let lines: Vec<&str> = text
            .lines()
            .filter_map(|line| {
                let mut line = line;
                while let Some((fact, rest)) = conditional(line) {
                    line = holds(fact, &self.facts).then_some(rest)?;
                }
                Some(line)
            })
            .collect();
        let mut filled = spoken(&lines.join("\n"), self.language);
        for (word, meaning) in &self.words {
            filled = filled.replace(&format!("@{word}@"), meaning);
        }
        filled
    }
}

/// The word of a conditional line, and the rest of the line.
fn conditional(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix('?')?.split_once('|')
}

/// `⟦English¦中文⟧` in the language asked for.
fn spoken(text: &str, language: Language) -> String {
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, marked)) = rest.split_once('⟦') {
        let (both, after) = marked.split_once('⟧').unwrap_or((marked, ""));
        let (english, chinese) = both.split_once('¦').unwrap_or((both, both));
        said.push_str(before);
        said.push_str(language.pick(english, chinese));
        rest = after;
    }
    said.push_str(rest);
    said
}
