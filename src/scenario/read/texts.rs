//! Reads texts for people.

use super::limits::{MAX_LESSON, MAX_LINE};
use super::problem::ProblemKind;
use super::reader::{Fields, Reader, Strictness, Value};
use crate::language::{Language, Text};

/// The number of lines that a text may have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::scenario) enum Lines {
    One,
    Many,
}

/// A text in both languages. In a file of one's own one language is enough: it then stands
/// for both.
pub(in crate::scenario) fn translated(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    name: &'static str,
    lines: Lines,
) -> Option<Text> {
    let field = reader.require(fields, name)?;
    let texts = reader.table(field.value, field.key.clone(), name, &["en", "zh"])?;
    let one_is_enough = reader.strictness == Strictness::OwnFile && texts.iter().next().is_some();
    let mut read = |language: Language, other: Language| {
        let own = texts.value(language.code());
        let standing_in = texts.value(other.code()).filter(|_| one_is_enough);
        if let Some(value) = own.or(standing_in) {
            shown(reader, value, name, lines)
        } else {
            let of = name;
            reader.problem(
                texts.span.clone(),
                ProblemKind::MissingTranslation { language, of },
            );
            None
        }
    };
    let en = read(Language::English, Language::Chinese);
    let zh = read(Language::Chinese, Language::English);
    Some(Text { en: en?, zh: zh? })
}

/// A text for people: not empty, without control characters, with line breaks only if several lines
/// are allowed.
pub(in crate::scenario) fn shown(
    reader: &mut Reader<'_>,
    value: &Value<'_>,
    of: &'static str,
    lines: Lines,
) -> Option<String> {
    let text = reader.text(value)?;
    let trimmed = text.trim();
    if trimmed.is_empty() {
        reader.problem(value.span(), ProblemKind::Empty { key: of });
        return None;
    }
    let line_end = |at: usize, character: char| {
        character == '\n' || (character == '\r' && text[at..].starts_with("\r\n"))
    };
    let most = match lines {
        Lines::One => MAX_LINE,
        Lines::Many => MAX_LESSON,
    };
    reader.is_fit(value, of, most, |at, character| {
        lines == Lines::Many && line_end(at, character)
    })?;
    Some(trimmed.replace("\r\n", "\n"))
}
