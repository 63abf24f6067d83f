//! What is wrong with the arguments, in the language asked for.
//!
//! The parser finds what is wrong; its own sentences are English, so they are
//! said again here from the kind of error and its context.
//!
//! Promises: every message names the argument and says what would do. Never
//! repeats a control character from the command line.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use colored::Colorize;

use super::failure::error_line;
use crate::language::Language;
use crate::render::escape;
use crate::scenario::catalogue;

/// The whole message.
pub(super) fn in_words(error: &clap::Error, language: Language) -> String {
    let mut lines = vec![error_line(language, &what(error, language))];
    let help = language.pick("help:", "修正:").green();
    lines.extend(tips(error, language).map(|tip| format!("  {help} {tip}")));
    if let Some(usage) = text(error, ContextKind::Usage) {
        let usage = usage.trim_start_matches("Usage:").trim();
        lines.push(String::new());
        lines.push(language.pick(format!("Usage: {usage}"), format!("用法: {usage}")));
    }
    lines.push(String::new());
    lines.push(
        language
            .pick("For more, try `--help`.", "更多说明请用 `--help`。")
            .to_owned(),
    );
    lines.join("\n")
}

/// One sentence on what is wrong.
fn what(error: &clap::Error, language: Language) -> String {
    let argument = text(error, ContextKind::InvalidArg).unwrap_or_default();
    let value = text(error, ContextKind::InvalidValue).unwrap_or_default();
    let possible = text(error, ContextKind::ValidValue).filter(|values| !values.is_empty());
    match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => match possible {
            Some(values) => language.pick(
                format!("`{argument}` needs a value: {values}"),
                format!("`{argument}` 缺少值：{values}"),
            ),
            None => language.pick(
                format!("`{argument}` needs a value"),
                format!("`{argument}` 缺少值"),
            ),
        },
        ErrorKind::InvalidValue => {
            let values = possible.unwrap_or_default();
            language.pick(
                format!("`{argument}` takes {values}; not `{value}`"),
                format!("`{argument}` 的值应为 {values}；而不是 `{value}`"),
            )
        }
        ErrorKind::ValueValidation => {
            let wanted = error.source().map(ToString::to_string).unwrap_or_default();
            language.pick(
                format!("`{argument}` takes {wanted}; not `{value}`"),
                format!("`{argument}` 的值{wanted}；而不是 `{value}`"),
            )
        }
        ErrorKind::UnknownArgument => language.pick(
            format!("there is no argument `{argument}` here"),
            format!("这里没有 `{argument}` 这个参数"),
        ),
        ErrorKind::InvalidSubcommand => {
            let command = text(error, ContextKind::InvalidSubcommand).unwrap_or_default();
            language.pick(
                format!("there is no command `{command}`"),
                format!("没有 `{command}` 这个命令"),
            )
        }
        ErrorKind::MissingRequiredArgument => {
            language.pick(format!("{argument} is missing"), format!("缺少 {argument}"))
        }
        ErrorKind::ArgumentConflict => {
            let prior = text(error, ContextKind::PriorArg).unwrap_or_default();
            language.pick(
                format!("`{argument}` does not go together with `{prior}`"),
                format!("`{argument}` 不能与 `{prior}` 同时使用"),
            )
        }
        ErrorKind::TooManyValues => language.pick(
            format!("`{value}` is one value too many for `{argument}`"),
            format!("`{argument}` 的值太多，不需要 `{value}`"),
        ),
        ErrorKind::InvalidUtf8 => language
            .pick("an argument is not UTF-8", "有一个参数不是 UTF-8")
            .to_owned(),
        // The kinds that these commands cannot bring about, and those to come.
        _ => error.kind().to_string(),
    }
}

/// What would do instead.
fn tips(error: &clap::Error, language: Language) -> impl Iterator<Item = String> {
    let similar = [
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedArg,
        ContextKind::SuggestedValue,
    ]
    .into_iter()
    .filter_map(|kind| text(error, kind))
    .map(move |similar| {
        language.pick(
            format!("did you mean `{similar}`?"),
            format!("是不是 `{similar}`？"),
        )
    });
    let is_case = text(error, ContextKind::InvalidSubcommand)
        .filter(|word| catalogue::select(std::slice::from_ref(word)).is_ok())
        .map(move |case| {
            language.pick(
                format!("`{case}` is a case: `sticky run {case}`"),
                format!("`{case}` 是一个用例：`sticky run {case}`"),
            )
        });
    similar.chain(is_case)
}

/// A piece of context, safe to show.
fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        // An unset value is said so, and is no text.
        ContextValue::None => None,
        value => Some(
            value
                .to_string()
                .lines()
                .map(escape::text)
                .collect::<Vec<_>>()
                .join("\n"),
        ),
    }
}
