//! Reads the values of a parsed file: one method for each kind of value.
//!
//! Promises: everything that is not as expected becomes a problem at exactly the value (or key)
//! that is wrong, and reading goes on. Never stops at the first problem.

use std::ops::Range;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::limits::{MAX_DEADLINE, MAX_NAME};
use super::problem::{Problem, ProblemKind};
use super::terms::{Form, Named};
use crate::diagnostic::escape::steers;
use crate::diagnostic::suggest;
use crate::scenario::duration;

/// A range of byte offsets in the file.
pub(in crate::scenario) type Span = Range<usize>;

/// A value and its position.
pub(in crate::scenario) type Value<'t> = Spanned<DeValue<'t>>;

/// A file being read: its text, and the problems found so far.
#[derive(Debug)]
pub(in crate::scenario) struct Reader<'s> {
    pub(super) source: &'s str,
    pub(super) strictness: Strictness,
    pub(super) problems: Vec<Problem>,
    /// The number of further problems after [`MOST_KEPT`] have been kept.
    pub(super) more: usize,
}

/// What a file has to hold beside its steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::scenario) enum Strictness {
    /// A file of the catalogue: title, lesson and section, each text in both languages, and
    /// an expectation.
    Catalogue,
    /// A file of one's own: nothing. A text in one language stands for both.
    OwnFile,
}

/// The number of problems kept for a file; a garbage file can have a million.
pub(super) const MOST_KEPT: usize = 1_000;

/// The number of problems of one file that are shown in full.
pub(super) const SHOWN: usize = 50;

/// One key of a table and its value.
#[derive(Clone, Debug)]
pub(in crate::scenario) struct Field<'t> {
    pub(super) name: &'t str,
    pub(in crate::scenario) key: Span,
    pub(in crate::scenario) value: &'t Value<'t>,
}

/// The keys of a table, in the order in which they stand in the file.
#[derive(Clone, Debug)]
pub(in crate::scenario) struct Fields<'t> {
    /// The position to report a missing key at.
    pub(in crate::scenario) span: Span,
    /// The name of the table; empty for the file itself.
    pub(super) inside: &'static str,
    list: Vec<Field<'t>>,
}

impl<'t> Fields<'t> {
    /// The keys of `table`.
    pub(in crate::scenario) fn of(
        table: &'t DeTable<'t>,
        span: Span,
        inside: &'static str,
    ) -> Self {
        let mut list: Vec<_> = table
            .iter()
            .map(|(key, value)| Field {
                name: key.get_ref(),
                key: key.span(),
                value,
            })
            .collect();
        list.sort_by_key(|field| field.key.start);
        Self { span, inside, list }
    }

    /// The key called `name`, if it is there.
    pub(in crate::scenario) fn get(&self, name: &str) -> Option<&Field<'t>> {
        self.list.iter().find(|field| field.name == name)
    }

    /// The value of the key called `name`, if it is there.
    pub(super) fn value(&self, name: &str) -> Option<&'t Value<'t>> {
        self.get(name).map(|field| field.value)
    }

    /// All keys.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Field<'t>> {
        self.list.iter()
    }
}

impl Reader<'_> {
    /// Reports a problem.
    pub(in crate::scenario) fn problem(&mut self, span: Span, kind: impl Into<ProblemKind>) {
        self.note(Problem {
            span,
            also: None,
            kind: kind.into(),
        });
    }

    /// Reports a problem that concerns two positions.
    pub(super) fn problem_of_two(&mut self, span: Span, also: Span, kind: impl Into<ProblemKind>) {
        self.note(Problem {
            span,
            also: Some(also),
            kind: kind.into(),
        });
    }

    /// Reports a problem, or only counts it if too many are kept already.
    pub(super) fn note(&mut self, problem: Problem) {
        if self.problems.len() < MOST_KEPT {
            self.problems.push(problem);
        } else {
            self.more += 1;
        }
    }

    /// The number of problems so far.
    pub(super) fn count(&self) -> usize {
        self.problems.len() + self.more
    }

    fn wrong_type(&mut self, value: &Value<'_>, wanted: Form) {
        let kind = ProblemKind::WrongType {
            got: form(value.get_ref()),
            wanted,
        };
        self.problem(value.span(), kind);
    }

    /// Reports a value of the wrong type.
    pub(super) fn not<T>(&mut self, value: &Value<'_>, wanted: Form) -> Option<T> {
        self.wrong_type(value, wanted);
        None
    }

    /// Reads a string.
    pub(in crate::scenario) fn text<'t>(&mut self, value: &'t Value<'_>) -> Option<&'t str> {
        match value.get_ref() {
            DeValue::String(text) => Some(text),
            _ => self.not(value, Form::Text),
        }
    }

    /// Reads `true` or `false`.
    pub(super) fn flag(&mut self, value: &Value<'_>) -> Option<bool> {
        match value.get_ref() {
            DeValue::Boolean(flag) => Some(*flag),
            _ => self.not(value, Form::Boolean),
        }
    }

    /// Reads the flag called `name`; false if it is absent.
    pub(in crate::scenario) fn flag_of(&mut self, fields: &Fields<'_>, name: &str) -> Option<bool> {
        match fields.value(name) {
            Some(value) => self.flag(value),
            None => Some(false),
        }
    }

    /// Reads a whole number from `least` to `most`.
    pub(super) fn number(&mut self, value: &Value<'_>, least: u64, most: u64) -> Option<u64> {
        let DeValue::Integer(integer) = value.get_ref() else {
            return self.not(value, Form::Number);
        };
        let number = u64::from_str_radix(integer.as_str(), integer.radix()).ok();
        let fitting = number.filter(|number| (least..=most).contains(number));
        if fitting.is_none() {
            let got = brief(integer.as_str());
            self.problem(value.span(), ProblemKind::OutOfRange { got, least, most });
        }
        fitting
    }

    /// Reads a whole number from `least` to `most`, both of which fit 32 bits.
    pub(super) fn small(&mut self, value: &Value<'_>, least: u32, most: u32) -> Option<u32> {
        let number = self.number(value, u64::from(least), u64::from(most))?;
        u32::try_from(number).ok()
    }

    /// Reads an array.
    pub(in crate::scenario) fn array<'t>(
        &mut self,
        value: &'t Value<'t>,
    ) -> Option<&'t [Value<'t>]> {
        match value.get_ref() {
            DeValue::Array(array) => Some(array),
            _ => self.not(value, Form::Array),
        }
    }

    /// Reads every element of an array with `read`; `None` if any of them cannot be read.
    pub(super) fn each<'t, T>(
        &mut self,
        value: &'t Value<'t>,
        read: impl Fn(&mut Self, &'t Value<'t>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let read: Vec<_> = self
            .array(value)?
            .iter()
            .map(|element| read(self, element))
            .collect();
        read.into_iter().collect()
    }

    /// Reads a table that may have only the keys in `known`. Problems of the whole table are
    /// reported at `span`.
    pub(in crate::scenario) fn table<'t>(
        &mut self,
        value: &'t Value<'t>,
        span: Span,
        inside: &'static str,
        known: &'static [&'static str],
    ) -> Option<Fields<'t>> {
        match value.get_ref() {
            DeValue::Table(table) => {
                let fields = Fields::of(table, span, inside);
                self.known_only(&fields, known);
                Some(fields)
            }
            _ => self.not(value, Form::Table),
        }
    }

    /// Reports each key that is not in `known`.
    pub(in crate::scenario) fn known_only(
        &mut self,
        fields: &Fields<'_>,
        known: &'static [&'static str],
    ) {
        for field in fields.iter().filter(|field| !known.contains(&field.name)) {
            let kind = ProblemKind::UnknownKey {
                got: brief(field.name),
                inside: fields.inside,
                known,
            };
            self.problem(field.key.clone(), kind);
        }
    }

    /// The required key called `name`.
    pub(in crate::scenario) fn require<'f, 't>(
        &mut self,
        fields: &'f Fields<'t>,
        name: &'static str,
    ) -> Option<&'f Field<'t>> {
        let field = fields.get(name);
        if field.is_none() {
            let (key, inside) = (name, fields.inside);
            self.problem(fields.span.clone(), ProblemKind::MissingKey { key, inside });
        }
        field
    }

    /// Reads the optional key `name` with `read`. The outer `None` means that it cannot be read.
    #[expect(
        clippy::option_option,
        reason = "absent and unreadable are two things: only the second spoils the whole"
    )]
    pub(super) fn optional<'t, T>(
        &mut self,
        fields: &Fields<'t>,
        name: &str,
        read: impl FnOnce(&mut Self, &'t Value<'t>) -> Option<T>,
    ) -> Option<Option<T>> {
        match fields.value(name) {
            Some(value) => read(self, value).map(Some),
            None => Some(None),
        }
    }

    /// Reads a name from a closed set.
    pub(in crate::scenario) fn name<T: Copy>(
        &mut self,
        value: &Value<'_>,
        what: Named,
        all: &[T],
        name: impl Fn(T) -> &'static str,
    ) -> Option<T> {
        let got = self.text(value)?;
        let found = all.iter().copied().find(|&one| name(one) == got);
        if found.is_none() {
            let known = all.iter().map(|&one| name(one).to_owned()).collect();
            self.unknown_name(value.span(), what, got, known);
        }
        found
    }

    /// Reports a name that is not in `known`.
    pub(in crate::scenario) fn unknown_name(
        &mut self,
        span: Span,
        what: Named,
        got: &str,
        known: Vec<String>,
    ) {
        let got = brief(got);
        self.problem(span, ProblemKind::UnknownName { what, got, known });
    }

    /// `got`, unless it is already in `taken`; it is added there.
    pub(in crate::scenario) fn unique(
        &mut self,
        value: &Value<'_>,
        what: Named,
        got: String,
        taken: &mut Vec<(String, Span)>,
    ) -> Option<String> {
        let first = taken.iter().find(|(name, _)| *name == got);
        if let Some((_, first)) = first {
            let problem = ProblemKind::Duplicate { what, got };
            self.problem_of_two(value.span(), first.clone(), problem);
            return None;
        }
        taken.push((got.clone(), value.span()));
        Some(got)
    }

    /// Reads a duration: digits with `us`, `ms` or `s`, from 1 µs to 60 s.
    pub(super) fn duration(&mut self, value: &Value<'_>) -> Option<Duration> {
        let got = self.text(value)?;
        let Some(duration) = duration::parse(got) else {
            let got = brief(got);
            self.problem(value.span(), ProblemKind::BadDuration { got });
            return None;
        };
        if duration.is_zero() || duration > MAX_DEADLINE {
            let got = brief(got);
            self.problem(value.span(), ProblemKind::DurationOutOfRange { got });
            return None;
        }
        Some(duration)
    }

    /// Some of the names in the file, to suggest instead of `got`: similar ones if there are any.
    /// Empty once there are as many problems as a report shows.
    pub(super) fn few<'k>(&self, got: &str, known: impl Iterator<Item = &'k str>) -> Vec<String> {
        if self.count() < SHOWN {
            suggest::few(got, known)
        } else {
            Vec::new()
        }
    }

    /// Checks that a text has at most `most` characters, and none that acts on a terminal
    /// except where `may_stand` allows it; notes the problem if there is one.
    pub(super) fn is_fit(
        &mut self,
        value: &Value<'_>,
        of: &'static str,
        most: usize,
        may_stand: impl Fn(usize, char) -> bool,
    ) -> Option<()> {
        let text = self.text(value)?;
        if text.chars().nth(most).is_some() {
            let characters = text.chars().count();
            let kind = ProblemKind::TooLong {
                of,
                characters,
                most,
            };
            self.problem(value.span(), kind);
            return None;
        }
        let steering = |&(at, c): &(usize, char)| steers(c) && !may_stand(at, c);
        if let Some((at, got)) = text.char_indices().find(steering) {
            let span = self.inside_text(value, at);
            self.problem(span, ProblemKind::ControlCharacter { got, of });
            return None;
        }
        Some(())
    }

    /// The position in the file of the character at byte `at` of a string value. If escapes make it
    /// impossible to tell, the position of the whole value.
    pub(super) fn inside_text(&self, value: &Value<'_>, at: usize) -> Span {
        let whole = value.span();
        let written = self.source.get(whole.clone()).unwrap_or_default();
        let opened = ["\"\"\"", "'''", "\"", "'"]
            .into_iter()
            .find(|quote| written.starts_with(quote));
        let Some(quote) = opened else { return whole };
        let body = &written[quote.len()..];
        if body.contains('\\') && quote.starts_with('"') || body.contains('\r') {
            return whole;
        }
        // A line break directly after three quotes is not part of the string.
        let trimmed = usize::from(quote.len() == 3 && body.starts_with('\n'));
        let start = whole.start + quote.len() + trimmed + at;
        match self
            .source
            .get(start..)
            .and_then(|rest| rest.chars().next())
        {
            Some(character) if start < whole.end => start..start + character.len_utf8(),
            _ => whole,
        }
    }
}

/// A name as a report tells it: of one that is longer than any that there is, the beginning.
pub(super) fn brief(name: &str) -> String {
    match name.char_indices().nth(MAX_NAME) {
        Some((at, _)) => format!("{}…", &name[..at]),
        None => name.to_owned(),
    }
}

/// The type of a value.
fn form(value: &DeValue<'_>) -> Form {
    match value {
        DeValue::String(_) => Form::Text,
        DeValue::Integer(_) => Form::Number,
        DeValue::Float(_) => Form::Float,
        DeValue::Boolean(_) => Form::Boolean,
        DeValue::Datetime(_) => Form::Date,
        DeValue::Array(_) => Form::Array,
        DeValue::Table(_) => Form::Table,
    }
}
