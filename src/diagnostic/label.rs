//! The words that mark what is wrong and what would help.

use colored::Colorize;

use super::{Painted, Shown, paint};
use crate::language::Language;

/// `message` behind the word that marks an error.
#[must_use]
pub fn error(language: Language, message: impl Into<Shown>) -> Shown {
    let word = paint(language.pick("error:", "错误：").red().bold());
    labelled(&word, language, &message.into())
}

/// `help` behind the word that marks a remedy.
#[must_use]
pub fn help(language: Language, help: impl Into<Shown>) -> Shown {
    let word = paint(language.pick("help:", "修正：").green());
    labelled(&word, language, &help.into())
}

/// What is wrong, and below it what would help.
#[must_use]
pub fn helped(language: Language, message: impl Into<Shown>, remedy: impl Into<Shown>) -> Shown {
    Shown::lines([error(language, message), help(language, remedy)])
}

fn labelled(word: &Painted, language: Language, text: &Shown) -> Shown {
    let gap = language.pick(" ", "");
    Shown::made(format!("{word}{gap}{text}"))
}
