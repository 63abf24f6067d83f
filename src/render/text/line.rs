//! One line of a picture: pieces of text, each with what its colour says.
//!
//! Promises: knows its width in columns, colours included or not; neighbours of
//! one colour share one colour sequence; nothing trails at the end of a line.

use std::io::{self, Write};

use colored::{Color, Colorize};

use crate::render::escape;

/// What the colour of a piece of text says. Never the only thing that says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Ink {
    /// Nothing.
    #[default]
    Plain,
    /// Bytes of the message with this number, from 0.
    Message(usize),
    /// A heading.
    Heading,
    /// As it should be.
    Good,
    /// Lost, or not as it should be.
    Bad,
}

/// Colours of messages, in turn: of the 256-colour palette, in the middle of its
/// brightness (at least 3.5 : 1 against black and against white), and neighbours
/// differ for colour-blind eyes too.
const MESSAGES: [Color; 4] = [
    Color::AnsiColor(33),  // blue
    Color::AnsiColor(166), // vermilion
    Color::AnsiColor(29),  // green
    Color::AnsiColor(134), // purple
];
const GOOD: Color = Color::AnsiColor(29);
const BAD: Color = Color::AnsiColor(160);

/// One line.
#[derive(Debug, Default)]
pub(super) struct Line {
    pieces: Vec<(Ink, String)>,
    columns: usize,
}

impl Line {
    /// A line that begins with `text`.
    pub(super) fn of(ink: Ink, text: &str) -> Self {
        let mut line = Self::default();
        line.push(ink, text);
        line
    }

    /// Its width so far.
    pub(super) const fn columns(&self) -> usize {
        self.columns
    }

    /// Appends `text`, which is safe to show.
    pub(super) fn push(&mut self, ink: Ink, text: &str) {
        self.columns += escape::width(text);
        match self.pieces.last_mut() {
            Some((last, piece)) if *last == ink => piece.push_str(text),
            _ => self.pieces.push((ink, text.to_owned())),
        }
    }

    /// Appends one character, which is safe to show.
    pub(super) fn push_char(&mut self, ink: Ink, c: char) {
        self.push(ink, c.encode_utf8(&mut [0; 4]));
    }

    /// Appends another line.
    pub(super) fn append(&mut self, other: Self) {
        for (ink, piece) in other.pieces {
            self.push(ink, &piece);
        }
    }

    /// Appends spaces until it is `columns` wide.
    pub(super) fn pad_to(&mut self, columns: usize) {
        let missing = columns.saturating_sub(self.columns);
        if missing > 0 {
            self.push(Ink::Plain, &" ".repeat(missing));
        }
    }

    /// Writes it, in colour or not, without what trails.
    pub(super) fn write(&self, color: bool, out: &mut dyn Write) -> io::Result<()> {
        let blank = |(_, piece): &&(Ink, String)| piece.bytes().all(|byte| byte == b' ');
        let trailing = self.pieces.iter().rev().take_while(blank).count();
        let kept = &self.pieces[..self.pieces.len() - trailing];
        for (index, (ink, piece)) in kept.iter().enumerate() {
            let text = if index + 1 == kept.len() {
                piece.trim_end_matches(' ')
            } else {
                piece
            };
            if color {
                write!(out, "{}", painted(*ink, text))?;
            } else {
                out.write_all(text.as_bytes())?;
            }
        }
        out.write_all(b"\n")
    }
}

fn painted(ink: Ink, text: &str) -> colored::ColoredString {
    match ink {
        Ink::Plain => text.normal(),
        Ink::Message(number) => text.color(MESSAGES[number % MESSAGES.len()]),
        Ink::Heading => text.bold(),
        Ink::Good => text.color(GOOD).bold(),
        Ink::Bad => text.color(BAD).bold(),
    }
}
