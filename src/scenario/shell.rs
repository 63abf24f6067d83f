//! Words as a shell takes them, for commands that a person is told to type.

use std::borrow::Cow;

/// `word` in quotes where a shell would not take it as one word without.
#[must_use]
pub(crate) fn word(word: &str) -> Cow<'_, str> {
    if cfg!(windows) {
        // There a backslash separates, and no path holds a quote.
        if word.contains(char::is_whitespace) {
            format!("\"{word}\"").into()
        } else {
            word.into()
        }
    } else {
        // Only a word with a NUL cannot be quoted, and no path has one.
        shlex::try_quote(word).unwrap_or_else(|_| word.into())
    }
}
