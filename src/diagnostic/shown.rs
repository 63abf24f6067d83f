//! Text that a terminal may be given.

use std::fmt;
use std::ops::Deref;

use super::escape;

/// Text in which everything that could act on a terminal is written as an escape.
///
/// Made from a string by escaping it; escaping twice is the same as once. The only
/// sequences in it are those of this room's own labels and reports, and line breaks between
/// its [`lines`](Self::lines).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown(String);

impl Shown {
    /// One line; a line break in it is escaped too.
    #[must_use]
    pub fn line(text: &str) -> Self {
        Self(escape::text(text))
    }

    /// Several lines: each line break of `text` is one. Only for text of our own, or the
    /// parts that came from outside could begin a line.
    #[must_use]
    pub fn paragraph(text: &str) -> Self {
        Self::lines(text.split('\n').map(Self::line))
    }

    /// One below the other.
    #[must_use]
    pub fn lines(lines: impl IntoIterator<Item = Self>) -> Self {
        let lines: Vec<String> = lines.into_iter().map(|line| line.0).collect();
        Self(lines.join("\n"))
    }

    /// So many spaces.
    #[must_use]
    pub fn blanks(count: usize) -> Self {
        Self(" ".repeat(count))
    }

    /// The one behind the other.
    #[must_use]
    pub fn followed_by(mut self, next: &Self) -> Self {
        self.0.push_str(&next.0);
        self
    }

    /// The same without the blanks at its end.
    #[must_use]
    pub fn trimmed(mut self) -> Self {
        self.0.truncate(self.0.trim_end().len());
        self
    }

    /// What this room made of text that was escaped, and of its own colours.
    pub(super) const fn made(text: String) -> Self {
        Self(text)
    }
}

impl Deref for Shown {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl From<&str> for Shown {
    fn from(text: &str) -> Self {
        Self::line(text)
    }
}

impl From<String> for Shown {
    fn from(text: String) -> Self {
        Self::line(&text)
    }
}

impl From<&String> for Shown {
    fn from(text: &String) -> Self {
        Self::line(text)
    }
}
