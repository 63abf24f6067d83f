//! Chooses the language before the arguments are parsed, because the parser's messages depend on
//! it.
//!
//! Promises: `--lang` overrides the locale, and the locale overrides English. If the value of
//! `--lang` is not known, the locale decides, and the parser then reports the wrong value in that
//! language.

use std::ffi::{OsStr, OsString};

use crate::language::Language;

/// The language for these arguments (without the program's name) and this locale.
pub(super) fn choose(arguments: &[OsString], locale: Option<&str>) -> Language {
    asked_for(arguments).unwrap_or_else(|| of_locale(locale))
}

/// The value of the last `--lang` before a `--`, which is also the one that the parser takes.
fn asked_for(arguments: &[OsString]) -> Option<Language> {
    let mut asked = None;
    let mut rest = arguments.iter().take_while(|argument| *argument != "--");
    while let Some(argument) = rest.next() {
        let value = match argument.to_str() {
            Some("--lang") => rest.next().map(OsString::as_os_str),
            Some(text) => text.strip_prefix("--lang=").map(OsStr::new),
            None => None,
        };
        if let Some(language) = value.and_then(of_code) {
            asked = Some(language);
        }
    }
    asked
}

/// The language with this code.
fn of_code(code: &OsStr) -> Option<Language> {
    [Language::English, Language::Chinese]
        .into_iter()
        .find(|language| code == language.code())
}

/// Chinese for any Chinese locale, otherwise English.
fn of_locale(locale: Option<&str>) -> Language {
    let is_chinese = |locale: &str| {
        locale
            .split(['-', '_', '.', '@'])
            .next()
            .is_some_and(|language| language.eq_ignore_ascii_case("zh"))
    };
    if locale.is_some_and(is_chinese) {
        Language::Chinese
    } else {
        Language::English
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(arguments: &[&str], locale: Option<&str>) -> Language {
        let arguments: Vec<_> = arguments.iter().map(OsString::from).collect();
        choose(&arguments, locale)
    }

    #[test]
    fn the_flag_beats_the_locale_wherever_it_stands() {
        for arguments in [
            &["--lang", "zh", "run"] as &[_],
            &["run", "x", "--lang=zh"],
            &["--lang", "en", "run", "--lang", "zh"],
        ] {
            assert_eq!(chosen(arguments, Some("en-US")), Language::Chinese);
        }
        assert_eq!(chosen(&["--lang", "en"], Some("zh-CN")), Language::English);
    }

    #[test]
    fn behind_two_dashes_stands_no_flag() {
        let arguments = ["run", "--", "--lang", "zh"];
        assert_eq!(chosen(&arguments, None), Language::English);
    }

    #[test]
    fn an_unknown_language_is_refused_in_that_of_the_locale() {
        assert_eq!(chosen(&["--lang", "fr"], Some("zh-TW")), Language::Chinese);
    }

    #[test]
    fn every_chinese_locale_is_chinese_and_nothing_else_is() {
        for locale in ["zh", "zh-CN", "zh_TW.UTF-8", "ZH-Hant-HK"] {
            assert_eq!(chosen(&[], Some(locale)), Language::Chinese, "{locale}");
        }
        for locale in ["C", "POSIX", "en-US", "zha", "de-ZH", ""] {
            assert_eq!(chosen(&[], Some(locale)), Language::English, "{locale}");
        }
        assert_eq!(chosen(&[], None), Language::English);
    }
}
