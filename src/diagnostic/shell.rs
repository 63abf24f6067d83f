//! Quotes words for a shell, for commands that a user is told to type.

use std::borrow::Cow;

/// `word`, in quotes if a shell would not take it as one word otherwise.
#[must_use]
pub(crate) fn word(word: &str) -> Cow<'_, str> {
    if cfg!(windows) {
        // On Windows a backslash is a separator, and no path contains a quote.
        if word.contains(char::is_whitespace) {
            format!("\"{word}\"").into()
        } else {
            word.into()
        }
    } else {
        // Only a word with a NUL cannot be quoted, and no path contains one.
        shlex::try_quote(word).unwrap_or_else(|_| word.into())
    }
}
