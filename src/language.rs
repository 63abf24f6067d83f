//! The two languages of everything that is shown to a person.
//!
//! Promises: a [`Text`] always holds both languages, and [`Language::pick`] takes both, so a
//! missing translation does not compile. Never reads the environment and never prints; `cli`
//! chooses the language.

use serde::{Deserialize, Serialize};

/// Formats a text in one of the two languages, and only in that one.
///
/// `say!(language, "{n} bytes", "{n} 字节")` takes its values from variables. With
/// arguments, each language has its own in parentheses:
/// `say!(language, ("{} bytes", sizes.len()), ("{} 字节", sizes.len()))`. For a `&str`
/// without values there is [`Language::pick`].
macro_rules! say {
    ($language:expr, ($($english:tt)+), ($($chinese:tt)+) $(,)?) => {
        match $language {
            $crate::language::Language::English => format!($($english)+),
            $crate::language::Language::Chinese => format!($($chinese)+),
        }
    };
    ($language:expr, $english:literal, $chinese:literal $(,)?) => {
        say!($language, ($english), ($chinese))
    };
}

/// A language that `sticky` speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English, the default.
    #[default]
    English,
    /// Simplified Chinese.
    Chinese,
}

impl Language {
    /// The value for this language, of the two given.
    pub fn pick<T>(self, english: T, chinese: T) -> T {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
        }
    }

    /// The language's code as used in `--lang` and in scenario files: `en` or `zh`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
        }
    }
}

/// `number` with a comma between thousands, as both languages write it: `1,048,576`.
#[must_use]
pub fn grouped(number: u64) -> String {
    with_commas(&number.to_string())
}

/// The same for a number that may be negative: `-2,147,483,648`.
#[must_use]
pub fn signed(number: i128) -> String {
    let minus = if number < 0 { "-" } else { "" };
    format!("{minus}{}", with_commas(&number.unsigned_abs().to_string()))
}

fn with_commas(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The English text.
    pub en: String,
    /// The Chinese text.
    pub zh: String,
}

impl Text {
    /// The text in `language`.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        language.pick(&self.en, &self.zh)
    }
}
