//! The arguments that commands share.
//!
//! Promises: the parser's own help texts are English, so none of them is used. Headings, defaults
//! and possible values are written here in both languages.

use std::time::Duration;

use anstream::ColorChoice;
use clap::{Arg, ArgAction, ArgMatches};

use super::candidates;
use super::failure::Failure;
use crate::diagnostic::suggest::nearest;
use crate::framing::{Framing, UnknownFraming, protocols};
use crate::language::Language;
use crate::render::escape;
use crate::scenario::read::MAX_DEADLINE;
use crate::scenario::{Scenario, catalogue, duration};

/// An option without a value.
pub(super) fn switch(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .help(help)
        .action(ArgAction::SetTrue)
}

/// The option for the most bytes of one recv, from 1 to `most`.
pub(super) fn recv(language: Language, most: u64) -> Arg {
    Arg::new("recv")
        .long("recv")
        .value_name(language.pick("N", "字节数"))
        .help(language.pick(
            "The most bytes that one recv asks for [default: 1024]",
            "每次 recv 最多取多少字节 [默认：1024]",
        ))
        .value_parser(number(language, 1, most))
}

/// The argument for the scenarios to work on.
pub(super) fn cases(language: Language, help: &'static str) -> Arg {
    Arg::new("cases")
        .value_name(language.pick("CASE", "用例"))
        .help(help)
        .num_args(0..)
        .add(candidates::cases(language))
}

/// The names and paths given.
pub(super) fn given_cases(matches: &ArgMatches) -> Vec<String> {
    let given = matches.get_many::<String>("cases");
    given.into_iter().flatten().cloned().collect()
}

/// The one case with this name or path.
pub(super) fn one_case(name: &str) -> Result<Scenario, Failure> {
    let name = name.to_owned();
    let found = catalogue::select(std::slice::from_ref(&name)).map_err(Failure::Select)?;
    match <[Scenario; 1]>::try_from(found) {
        Ok([case]) => Ok(case),
        Err(found) => Err(Failure::ManyCases {
            name,
            cases: found.into_iter().map(|case| case.name).collect(),
        }),
    }
}

/// The option for the output file.
pub(super) fn output(language: Language) -> Arg {
    Arg::new("output")
        .short('o')
        .long("output")
        .value_name(language.pick("FILE", "文件"))
        .help(language.pick(
            "Write to a file, whole or not at all [default: -, standard output]",
            "写入文件，要么完整，要么不写 [默认：-，即标准输出]",
        ))
        .value_parser(clap::value_parser!(std::path::PathBuf))
}

/// An option with a number from `least` to `most`.
pub(super) fn number(
    language: Language,
    least: u64,
    most: u64,
) -> impl Fn(&str) -> Result<u64, String> + Clone + Send + Sync + 'static {
    move |text| {
        let number = text.parse().ok();
        number
            .filter(|number| (least..=most).contains(number))
            .ok_or_else(|| {
                say!(
                    language,
                    "a number from {least} to {most}",
                    "应为 {least} 到 {most} 的整数"
                )
            })
    }
}

/// The option for the framing.
pub(super) fn framing(language: Language) -> Arg {
    Arg::new("framing")
        .long("framing")
        .value_name(language.pick("FRAMING", "成帧方式"))
        .help(language.pick(
            "The framing: i32-le, digits-2, crlf, netstring …",
            "成帧方式：i32-le、digits-2、crlf、netstring ……",
        ))
}

/// The framing with this name.
pub(super) fn parse_framing(name: &str, language: Language) -> Result<Framing, Failure> {
    name.parse().map_err(|error: UnknownFraming| {
        let every: Vec<String> = Framing::every().iter().map(Framing::to_string).collect();
        let every: Vec<String> = every
            .into_iter()
            .chain(protocols().iter().map(|it| it.name.clone()))
            .collect();
        let near = nearest(name, every.iter().map(String::as_str));
        let help = match (error.family(language), near) {
            (Some(family), _) => family,
            (None, Some(near)) => say!(language, "did you mean `{near}`?", "是不是 `{near}`？"),
            (None, None) => language
                .pick(
                    "use one of these, such as `i32-le`, `digits-8` or `line`",
                    "请从中选用，例如 `i32-le`、`digits-8` 或 `line`",
                )
                .to_owned(),
        };
        Failure::Usage {
            message: escape::text(&error.message(language)),
            help,
        }
    })
}

/// The option for the longest wait.
pub(super) fn deadline(language: Language) -> Arg {
    Arg::new("deadline")
        .long("deadline")
        .value_name(language.pick("TIME", "时间"))
        .help(language.pick(
            "How long to wait for anything: 500ms, 10s [default: as the case says, 5s]",
            "每次等待的上限：500ms、10s [默认：由用例决定，5s]",
        ))
        .value_parser(time(language))
}

/// A time as scenario files write it.
pub(super) fn time(
    language: Language,
) -> impl Fn(&str) -> Result<Duration, &'static str> + Clone + Send + Sync + 'static {
    move |text| {
        parse_deadline(text).ok_or_else(|| {
            language.pick(
                "a number with us, ms or s after it, above 0 and at most 60s, such as 500ms",
                "应为数字加单位 us、ms 或 s，大于 0，不超过 60s，例如 500ms",
            )
        })
    }
}

/// The deadline given.
pub(super) fn given_deadline(matches: &ArgMatches) -> Option<Duration> {
    matches.get_one::<Duration>("deadline").copied()
}

/// Parses a duration as in scenario files.
fn parse_deadline(text: &str) -> Option<Duration> {
    duration::parse(text).filter(|time| !time.is_zero() && *time <= MAX_DEADLINE)
}

/// The value of `--color`.
pub(super) fn given_color(matches: &ArgMatches) -> ColorChoice {
    match matches.get_one::<String>("color").map(String::as_str) {
        Some("always") => ColorChoice::Always,
        Some("never") => ColorChoice::Never,
        _ => ColorChoice::Auto,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_above_0_and_at_most_60_seconds() {
        for (text, wanted) in [
            ("500ms", Some(Duration::from_millis(500))),
            ("7us", Some(Duration::from_micros(7))),
            ("60s", Some(Duration::from_mins(1))),
            ("61s", None),
            ("0s", None),
            ("18446744073709551616s", None),
        ] {
            assert_eq!(parse_deadline(text), wanted, "{text}");
        }
    }
}
