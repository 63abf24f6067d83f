//! The labels "error" and "help" before messages.

use colored::Colorize;

use super::{Painted, Shown, paint};
use crate::language::Language;

/// `message` after the label of an error.
#[must_use]
pub fn error(language: Language, message: impl Into<Shown>) -> Shown {
    let word = paint(language.pick("error:", "错误：").red().bold());
    labelled(&word, language, &message.into())
}

/// `help` after the label of a remedy.
#[must_use]
pub fn help(language: Language, help: impl Into<Shown>) -> Shown {
    let word = paint(language.pick("help:", "修正：").green());
    labelled(&word, language, &help.into())
}

/// What is wrong, and the remedy on the lines below it.
#[must_use]
pub fn helped(language: Language, message: impl Into<Shown>, remedy: impl Into<Shown>) -> Shown {
    Shown::lines([error(language, message), help(language, remedy)])
}

fn labelled(word: &Painted, language: Language, text: &Shown) -> Shown {
    let gap = language.pick(" ", "");
    Shown::made(format!("{word}{gap}{text}"))
}
