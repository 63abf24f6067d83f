//! One line of a picture: pieces of text, each with the meaning of its colour.
//!
//! Promises: contains nothing that could control a terminal. Its width in columns does not depend
//! on colours. Neighbours of one colour share one colour sequence, and there are no trailing
//! spaces.

use std::io::{self, Write};

use colored::Colorize;

pub(in crate::render) use crate::picture::Ink;

use crate::diagnostic::{Painted, paint};
use crate::render::escape;

/// A colour of the cube in the 256-colour palette: red, green and blue, each from 0 to 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::render) struct Cube(u8, u8, u8);

impl Cube {
    /// Its number in the palette.
    const fn number(self) -> u8 {
        16 + 36 * self.0 + 6 * self.1 + self.2
    }

    /// Its red, green and blue from 0 to 255, as in xterm.
    pub(in crate::render) fn rgb(self) -> [u8; 3] {
        [self.0, self.1, self.2].map(|step| if step == 0 { 0 } else { 55 + 40 * step })
    }
}

/// The colours that messages use in turn. They are of medium brightness (contrast at least 3.5 : 1
/// against black and against white), and neighbours differ for colour-blind eyes too.
const MESSAGES: [Cube; 4] = [
    Cube(0, 2, 5), // blue
    Cube(4, 1, 0), // vermilion
    Cube(0, 2, 1), // green
    Cube(3, 1, 4), // purple
];
const GOOD: Cube = Cube(0, 2, 1);
const BAD: Cube = Cube(4, 0, 0);

/// The look of an ink.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::render) struct Look {
    /// The colour of the letters; `None` is the terminal's default.
    pub(in crate::render) color: Option<Cube>,
    /// Bold letters.
    pub(in crate::render) bold: bool,
    /// Letter and background colours exchanged.
    pub(in crate::render) reversed: bool,
}

impl Look {
    /// The look of an ink.
    pub(in crate::render) fn of(ink: Ink) -> Self {
        let (color, bold) = match ink {
            Ink::Plain | Ink::Current => (None, false),
            Ink::Message(number) => (Some(MESSAGES[number % MESSAGES.len()]), false),
            Ink::Heading => (None, true),
            Ink::Good => (Some(GOOD), true),
            Ink::Bad => (Some(BAD), true),
        };
        Self {
            color,
            bold,
            reversed: ink == Ink::Current,
        }
    }
}

/// One line: its text, and the ends of the runs of one ink.
#[derive(Debug, Default)]
pub(in crate::render) struct Line {
    text: String,
    runs: Vec<(Ink, usize)>,
    columns: usize,
}

impl Line {
    /// A line that begins with `text`.
    pub(in crate::render) fn of(ink: Ink, text: &str) -> Self {
        let mut line = Self::default();
        line.push(ink, text);
        line
    }

    /// A line of text that is safe to show, with the ends of its runs of one ink, in order.
    pub(super) fn of_runs(text: &str, runs: impl Iterator<Item = (Ink, usize)>) -> Self {
        let mut line = Self::default();
        let mut start = 0;
        for (ink, end) in runs {
            // Trailing spaces were removed.
            let end = end.min(text.len());
            line.push(ink, &text[start.min(end)..end]);
            start = end;
        }
        line
    }

    /// Its width so far.
    pub(super) const fn columns(&self) -> usize {
        self.columns
    }

    /// Appends `text`; anything that is not safe to show is escaped.
    pub(in crate::render) fn push(&mut self, ink: Ink, text: &str) {
        let text = &*escape::shown(text);
        self.text.push_str(text);
        self.columns += escape::width(text);
        let end = self.text.len();
        match self.runs.last_mut() {
            // Spaces look the same in every ink, so they join the run before them.
            Some((last, run)) if *last == ink || text.bytes().all(|byte| byte == b' ') => {
                *run = end;
            }
            _ => self.runs.push((ink, end)),
        }
    }

    /// Appends one character.
    pub(super) fn push_char(&mut self, ink: Ink, c: char) {
        self.push(ink, c.encode_utf8(&mut [0; 4]));
    }

    /// Appends another line.
    pub(super) fn append(&mut self, other: &Self) {
        let mut start = 0;
        for &(ink, end) in &other.runs {
            self.push(ink, &other.text[start..end]);
            start = end;
        }
    }

    /// The same text, all in one ink.
    pub(super) fn all_in(self, ink: Ink) -> Self {
        Self::of(ink, &self.text)
    }

    /// Replaces the first column, which is blank, by a narrow character.
    pub(super) fn start_with(&mut self, glyph: char) {
        if self.text.starts_with(' ') {
            self.text.replace_range(..1, glyph.encode_utf8(&mut [0; 4]));
            for (_, end) in &mut self.runs {
                *end += glyph.len_utf8() - 1;
            }
        }
    }

    /// Appends spaces until it is `columns` wide.
    pub(super) fn pad_to(&mut self, columns: usize) {
        let missing = columns.saturating_sub(self.columns);
        if missing > 0 {
            self.push(Ink::Plain, &" ".repeat(missing));
        }
    }

    /// Its runs of one ink, without trailing spaces. With `in_color`, a line marked as the current
    /// row keeps them, so that the mark reaches its end.
    pub(in crate::render) fn runs(&self, in_color: bool) -> impl Iterator<Item = (Ink, &str)> {
        let is_marked = matches!(self.runs.last(), Some((Ink::Current, _))) && in_color;
        let kept = if is_marked {
            self.text.as_str()
        } else {
            self.text.trim_end_matches(' ')
        };
        let mut start = 0;
        self.runs.iter().map_while(move |&(ink, end)| {
            let run = kept.get(start..end.min(kept.len()))?;
            start = end;
            (!run.is_empty()).then_some((ink, run))
        })
    }

    /// Writes it, with or without colour, without trailing spaces.
    pub(super) fn write(&self, color: bool, out: &mut dyn Write) -> io::Result<()> {
        for (ink, run) in self.runs(color) {
            if color {
                write!(out, "{}", painted(ink, run))?;
            } else {
                out.write_all(run.as_bytes())?;
            }
        }
        out.write_all(b"\n")
    }
}

/// The sequences that turn a colour on and off.
#[derive(Debug, Default)]
pub(super) struct Paint {
    pub(super) begin: String,
    pub(super) end: String,
}

/// The colour sequences of all inks, computed once for many lines.
#[derive(Debug)]
pub(super) struct Paints {
    messages: [Paint; MESSAGES.len()],
    plain: Paint,
    heading: Paint,
    good: Paint,
    bad: Paint,
    current: Paint,
}

impl Paints {
    /// With colours, or without.
    pub(super) fn new(color: bool) -> Self {
        let paint = |ink| {
            let around = painted(ink, "|").to_string();
            let (begin, end) = around.split_once('|').filter(|_| color).unwrap_or_default();
            Paint {
                begin: begin.to_owned(),
                end: end.to_owned(),
            }
        };
        Self {
            messages: std::array::from_fn(|number| paint(Ink::Message(number))),
            plain: Paint::default(),
            heading: paint(Ink::Heading),
            good: paint(Ink::Good),
            bad: paint(Ink::Bad),
            current: paint(Ink::Current),
        }
    }

    pub(super) fn of(&self, ink: Ink) -> &Paint {
        match ink {
            Ink::Plain => &self.plain,
            Ink::Message(number) => &self.messages[number % MESSAGES.len()],
            Ink::Heading => &self.heading,
            Ink::Good => &self.good,
            Ink::Bad => &self.bad,
            Ink::Current => &self.current,
        }
    }
}

/// A text with the sequences of its ink around it.
fn painted(ink: Ink, text: &str) -> Painted {
    let look = Look::of(ink);
    let text = match look.color {
        Some(color) => text.ansi_color(color.number()),
        None => text.normal(),
    };
    let text = if look.bold { text.bold() } else { text };
    paint(if look.reversed { text.reversed() } else { text })
}
