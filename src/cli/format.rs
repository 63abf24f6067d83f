//! `--format`: the format of a command's output.
//!
//! Promises: a command lists the formats it accepts once. The names for the parser, the help, the
//! error for any other name, and the completions all come from that list.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Arg, ArgMatches};

use crate::language::Language;

/// A closed set of formats.
pub(super) trait Form: Copy + Default + Send + Sync + 'static {
    /// The name on the command line.
    fn name(self) -> &'static str;

    /// What it is, if the name alone does not say it.
    fn about(self, language: Language) -> Option<&'static str>;
}

/// The formats for replays and their analysis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Format {
    /// For people, in a terminal or printed.
    #[default]
    Text,
    /// For programs.
    Json,
    /// The text as a picture.
    Svg,
    /// The text as a recording that plays.
    Cast,
}

/// Accepted by `check`, `claims`, `decode` and `shake`.
pub(super) const PLAIN: &[Format] = &[Format::Text, Format::Json];
/// Accepted by `run` and `show`.
pub(super) const DRAWING: &[Format] = &[Format::Text, Format::Json, Format::Svg, Format::Cast];

impl Form for Format {
    fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Svg => "svg",
            Self::Cast => "cast",
        }
    }

    fn about(self, language: Language) -> Option<&'static str> {
        match self {
            Self::Text | Self::Json => None,
            Self::Svg => Some(language.pick("a picture for slides", "用于幻灯片的图片")),
            Self::Cast => Some(language.pick(
                "a recording, asciicast v2, at the pace of a lecture",
                "按讲课的节奏播放的录像，asciicast v2",
            )),
        }
    }
}

/// The argument of a command that accepts these formats.
pub(super) fn option<F: Form>(language: Language, accepted: &'static [F]) -> Arg {
    let names = accepted.iter().map(|form| form.name());
    let parse = |name: String| {
        let mut known = accepted.iter().copied();
        known.find(|form| form.name() == name).ok_or(name)
    };
    Arg::new("format")
        .long("format")
        .value_name(language.pick("FORMAT", "格式"))
        .help(help(language, accepted))
        .value_parser(PossibleValuesParser::new(names).try_map(parse))
        .hide_possible_values(true)
}

/// The format asked for.
pub(super) fn given<F: Form>(matches: &ArgMatches) -> F {
    matches.get_one("format").copied().unwrap_or_default()
}

/// Whether JSON was asked for.
pub(super) fn is_json(matches: &ArgMatches) -> bool {
    given::<Format>(matches) == Format::Json
}

/// `text, json or svg (a picture) [default: text]`.
fn help<F: Form>(language: Language, accepted: &[F]) -> String {
    let mut told: Vec<String> = accepted.iter().map(|form| tell(language, *form)).collect();
    let last = told.pop().unwrap_or_default();
    let (comma, or) = language.pick((", ", "or"), ("、", "或"));
    let usual = F::default().name();
    let usual = say!(language, "[default: {usual}]", "[默认：{usual}]");
    let listed = beside(&told.join(comma), &format!("{or} {last}"));
    beside(&listed, &usual)
}

/// One entry of that list: `svg (a picture)`.
fn tell(language: Language, form: impl Form) -> String {
    let name = form.name();
    form.about(language).map_or_else(
        || name.to_owned(),
        |about| say!(language, "{name} ({about})", "{name}（{about}）"),
    )
}

/// Two texts with a space between them, except before a full-width bracket, which has its own.
fn beside(text: &str, next: &str) -> String {
    let space = if text.ends_with('）') { "" } else { " " };
    format!("{text}{space}{next}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_names_every_form_that_is_accepted() {
        assert_eq!(
            help(Language::English, PLAIN),
            "text or json [default: text]"
        );
        assert_eq!(help(Language::Chinese, PLAIN), "text 或 json [默认：text]");
        assert_eq!(
            help(Language::English, DRAWING),
            "text, json, svg (a picture for slides) or cast (a recording, asciicast v2, \
             at the pace of a lecture) [default: text]"
        );
        assert_eq!(
            help(Language::Chinese, DRAWING),
            "text、json、svg（用于幻灯片的图片）或 cast（按讲课的节奏播放的录像，asciicast v2）\
             [默认：text]"
        );
    }
}
