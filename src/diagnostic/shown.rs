//! Text that is safe to write to a terminal.

use std::fmt;
use std::ops::Deref;

use super::escape;

/// Text in which everything that could control a terminal is written as an escape.
///
/// It is made from a string by escaping it; escaping twice gives the same as once. The only control
/// sequences in it are those of this module's own labels and reports, and the line breaks between
/// [`lines`](Self::lines).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown(String);

impl Shown {
    /// One line. A line break in `text` is escaped too.
    #[must_use]
    pub fn line(text: &str) -> Self {
        Self(escape::text(text))
    }

    /// Several lines: the line breaks of `text` stay. Use it only for the program's own text;
    /// otherwise outside text could begin a line.
    #[must_use]
    pub fn paragraph(text: &str) -> Self {
        Self::lines(text.split('\n').map(Self::line))
    }

    /// These texts, one on each line.
    #[must_use]
    pub fn lines(lines: impl IntoIterator<Item = Self>) -> Self {
        let lines: Vec<String> = lines.into_iter().map(|line| line.0).collect();
        Self(lines.join("\n"))
    }

    /// `count` spaces.
    #[must_use]
    pub fn blanks(count: usize) -> Self {
        Self(" ".repeat(count))
    }

    /// This text with `next` appended.
    #[must_use]
    pub fn followed_by(mut self, next: &Self) -> Self {
        self.0.push_str(&next.0);
        self
    }

    /// The same without white space at its end.
    #[must_use]
    pub fn trimmed(mut self) -> Self {
        self.0.truncate(self.0.trim_end().len());
        self
    }

    /// Text that this module built from escaped text and its own colours.
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
