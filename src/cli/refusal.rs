//! The error messages for wrong arguments, in the language asked for.
//!
//! The parser finds what is wrong, but its own messages are English. Here they are written anew
//! from the kind of error and its context.
//!
//! Promises: every message names the argument and the remedy. Never repeats a control character
//! from the command line.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::{commands, layout};
use crate::diagnostic::{self, Shown, escape, suggest};
use crate::language::Language;
use crate::scenario::catalogue;

/// The whole message.
pub(super) fn in_words(error: &clap::Error, language: Language) -> Shown {
    let mut lines = vec![diagnostic::error(language, what(error, language))];
    let usage = error.get(ContextKind::Usage).map(ToString::to_string);
    let usage = usage
        .as_ref()
        .map_or("", |usage| usage.trim_start_matches("Usage:").trim());
    let called: Vec<_> = (usage.split(' '))
        .take_while(|word| !word.is_empty() && !word.starts_with(['[', '<']))
        .collect();
    let tips = tips(error, called.get(1).copied(), language);
    lines.extend(tips.iter().map(|tip| {
        let help = diagnostic::help(language, Shown::paragraph(tip));
        Shown::blanks(2).followed_by(&help)
    }));
    if !usage.is_empty() {
        lines.push(Shown::default());
        lines.push(Shown::paragraph(&say!(
            language,
            "Usage: {usage}",
            "用法：{usage}"
        )));
    }
    // For some mistakes the parser does not report the command.
    let mut called = called.join(" ");
    if !called.is_empty() {
        called.push(' ');
    }
    lines.push(Shown::default());
    let more = say!(
        language,
        "For more, try `{called}--help`.",
        "更多说明请用 `{called}--help`。"
    );
    lines.push(more.into());
    Shown::lines(lines)
}

/// What is wrong, in one sentence.
fn what(error: &clap::Error, language: Language) -> String {
    let argument = text(error, ContextKind::InvalidArg).unwrap_or_default();
    let value = text(error, ContextKind::InvalidValue).unwrap_or_default();
    let possible = text(error, ContextKind::ValidValue).filter(|values| !values.is_empty());
    match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => match possible {
            Some(values) => say!(
                language,
                ("`{argument}` needs a value: {values}"),
                ("`{argument}` 缺少值：{}", listed_in_chinese(&values))
            ),
            None => say!(
                language,
                "`{argument}` needs a value",
                "`{argument}` 缺少值"
            ),
        },
        ErrorKind::InvalidValue => {
            let values = possible.unwrap_or_default();
            say!(
                language,
                ("`{argument}` takes {values}; not `{value}`"),
                (
                    "`{argument}` 的值应为 {}；而不是 `{value}`",
                    listed_in_chinese(&values)
                )
            )
        }
        ErrorKind::ValueValidation => {
            let wanted = error.source().map(ToString::to_string).unwrap_or_default();
            say!(
                language,
                "`{argument}` takes {wanted}; not `{value}`",
                "`{argument}` 的值{wanted}；而不是 `{value}`"
            )
        }
        ErrorKind::UnknownArgument => say!(
            language,
            "there is no argument `{argument}` here",
            "这里没有 `{argument}` 这个参数"
        ),
        ErrorKind::InvalidSubcommand => {
            let command = text(error, ContextKind::InvalidSubcommand).unwrap_or_default();
            say!(
                language,
                "there is no command `{command}`",
                "没有 `{command}` 这个命令"
            )
        }
        ErrorKind::MissingRequiredArgument => {
            let are = match error.get(ContextKind::InvalidArg) {
                Some(ContextValue::Strings(missing)) if missing.len() > 1 => "are",
                _ => "is",
            };
            let in_chinese = listed_in_chinese(&argument);
            say!(language, "{argument} {are} missing", "缺少 {in_chinese}")
        }
        ErrorKind::ArgumentConflict => {
            let prior = text(error, ContextKind::PriorArg).unwrap_or_default();
            say!(
                language,
                "`{argument}` does not go together with `{prior}`",
                "`{argument}` 不能与 `{prior}` 同时使用"
            )
        }
        ErrorKind::TooManyValues => say!(
            language,
            "`{value}` is one value too many for `{argument}`",
            "`{argument}` 的值太多，不需要 `{value}`"
        ),
        ErrorKind::InvalidUtf8 => language
            .pick("an argument is not UTF-8", "有一个参数不是 UTF-8")
            .to_owned(),
        // Kinds that these commands cannot cause, and future ones.
        _ => error.kind().to_string(),
    }
}

/// A list from the parser, with the comma used in Chinese lists.
fn listed_in_chinese(list: &str) -> String {
    list.replace(", ", "、")
}

/// The remedies; `called` is the command that was called.
fn tips(error: &clap::Error, called: Option<&str>, language: Language) -> Vec<String> {
    let similar = [
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedArg,
        ContextKind::SuggestedValue,
    ];
    let mut similar: Vec<_> = similar
        .into_iter()
        .filter_map(|kind| text(error, kind))
        .collect();
    let mut tips = Vec::new();
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let word = text(error, ContextKind::InvalidSubcommand).unwrap_or_default();
            if similar.is_empty() {
                let near = suggest::near(&word, commands::names());
                similar.extend(near.first().map(|&name| name.to_owned()));
            }
            if catalogue::select(std::slice::from_ref(&word)).is_ok() {
                tips.push(say!(
                    language,
                    "`{word}` is a case: `sticky run {word}`",
                    "`{word}` 是一个用例：`sticky run {word}`"
                ));
            }
        }
        ErrorKind::UnknownArgument if similar.is_empty() => {
            let word = text(error, ContextKind::InvalidArg).unwrap_or_default();
            let options = options(called, language);
            match suggest::near(&word, options.iter().map(String::as_str)).first() {
                Some(&near) => similar.push(near.to_owned()),
                None => tips.push(taken(called, &options, language)),
            }
        }
        ErrorKind::MissingRequiredArgument => tips.extend(examples(called, language)),
        // The message already says what is right.
        _ => {}
    }
    let similar = similar.into_iter().map(|similar| {
        say!(
            language,
            "did you mean `{similar}`?",
            "是不是 `{similar}`？"
        )
    });
    similar.chain(tips).collect()
}

/// The options that a command takes, its own first.
fn options(called: Option<&str>, language: Language) -> Vec<String> {
    let command = commands::described(called, language);
    let long = command.get_arguments().filter_map(clap::Arg::get_long);
    long.map(|long| format!("--{long}")).collect()
}

/// The sentence that lists the options.
fn taken(called: Option<&str>, options: &[String], language: Language) -> String {
    let called: String = called.map_or("sticky".to_owned(), |name| format!("sticky {name}"));
    let options = options.join(language.pick(", ", "、"));
    say!(
        language,
        "`{called}` takes {options}",
        "`{called}` 的选项有：{options}"
    )
}

/// The examples from the command's help.
fn examples(called: Option<&str>, language: Language) -> Option<String> {
    let command = commands::described(called, language);
    let notes = command.get_after_help()?.to_string();
    let examples: Vec<_> = (notes.lines())
        .filter(|line| layout::is_example(line))
        .map(|line| format!("  {line}"))
        .collect();
    let such_as = language.pick("such as", "例如");
    (!examples.is_empty()).then(|| format!("{such_as}\n{}", examples.join("\n")))
}

/// A value from the error's context, safe to show.
fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        // An unset value has no text.
        ContextValue::None => None,
        value => Some(escape::text(&value.to_string())),
    }
}
