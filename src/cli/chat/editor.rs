//! The line being typed, and what is shown above it.
//!
//! Promises: only one thread writes to the terminal, so what arrives never lands in the line being
//! typed: the line is erased, what arrived is written, and the line is drawn again under it. The
//! line takes one row, however long it is.

use std::io::{self, Write};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use crossterm::terminal;
use tui_input::{Input, InputRequest};

use crate::cli::keys::RawMode;
use crate::render::escape;

/// What stands before the line.
const PROMPT: &str = "> ";
/// The most lines that the arrow keys bring back.
const MOST_REMEMBERED: usize = 100;

/// A line editor on a terminal in raw mode.
#[derive(Debug)]
pub(super) struct Editor {
    input: Input,
    /// The lines typed before.
    typed: Vec<String>,
    /// Which of them is shown; their number if none is.
    at: usize,
    _raw: RawMode,
}

/// What a key did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pressed {
    /// It changed the line, or nothing.
    Nothing,
    /// It ended the line.
    Line(String),
    /// It ended the input (Ctrl-D on an empty line).
    End,
    /// It asked to stop (Ctrl-C).
    Stop,
}

impl Editor {
    /// Takes the terminal and shows an empty line.
    pub(super) fn enter() -> io::Result<Self> {
        let editor = Self {
            input: Input::default(),
            typed: Vec::new(),
            at: 0,
            _raw: RawMode::enter(erase)?,
        };
        editor.draw("")?;
        Ok(editor)
    }

    /// Writes `text` above the line; it ends in a line break or is empty.
    pub(super) fn draw(&self, text: &str) -> io::Result<()> {
        let columns = usize::from(terminal::size()?.0);
        let (line, before) = visible(&self.input, columns.saturating_sub(PROMPT.len() + 1));
        let mut above = String::new();
        for line in text.lines() {
            above += line;
            above += "\r\n";
        }
        let cursor = PROMPT.len() + before;
        // Erases the line, writes what is above it, and puts the cursor in its place.
        let frame = format!("\r\x1b[K{above}{PROMPT}{line}\r\x1b[{cursor}C");
        let mut out = io::stdout().lock();
        out.write_all(frame.as_bytes())?;
        out.flush()
    }

    /// Takes in a key and shows the line.
    pub(super) fn press(&mut self, key: KeyEvent) -> io::Result<Pressed> {
        let pressed = self.take(key);
        self.draw("")?;
        Ok(pressed)
    }

    fn take(&mut self, key: KeyEvent) -> Pressed {
        let is_empty = self.input.value().is_empty();
        match request(key) {
            Asked::Edit(request) => {
                self.input.handle(request);
                Pressed::Nothing
            }
            Asked::DeleteOrEnd if is_empty => Pressed::End,
            Asked::DeleteOrEnd => {
                self.input.handle(InputRequest::DeleteNextChar);
                Pressed::Nothing
            }
            Asked::Before => self.remembered(self.at.checked_sub(1)),
            Asked::After => self.remembered(Some(self.at + 1)),
            Asked::Enter => {
                let line = self.input.value_and_reset();
                if !line.is_empty() {
                    self.typed.retain(|typed| *typed != line);
                    self.typed.push(line.clone());
                }
                if self.typed.len() > MOST_REMEMBERED {
                    self.typed.remove(0);
                }
                self.at = self.typed.len();
                Pressed::Line(line)
            }
            Asked::Stop => Pressed::Stop,
            Asked::Nothing => Pressed::Nothing,
        }
    }

    /// Shows the line typed before with this number; an empty one after the last.
    fn remembered(&mut self, at: Option<usize>) -> Pressed {
        if let Some(at) = at.filter(|&at| at <= self.typed.len()) {
            self.at = at;
            let line = self.typed.get(at).cloned();
            self.input = Input::new(line.unwrap_or_default());
        }
        Pressed::Nothing
    }
}

/// Erases the line.
fn erase() {
    // If this fails, nothing more can be done.
    let mut out = io::stdout().lock();
    let _ = out.write_all(b"\r\x1b[K").and_then(|()| out.flush());
}

/// The part of the line around its cursor that fits in `most` columns, and the columns before the
/// cursor.
fn visible(input: &Input, most: usize) -> (String, usize) {
    let mut before: Vec<char> = input.value().chars().take(input.cursor()).collect();
    let columns = |c: char| escape::columns(c).unwrap_or(0);
    let mut width: usize = before.iter().map(|&c| columns(c)).sum();
    let mut first = 0;
    while width > most {
        width -= columns(before[first]);
        first += 1;
    }
    before.drain(..first);
    let mut line: String = before.into_iter().collect();
    let mut full = width;
    for c in input.value().chars().skip(input.cursor()) {
        full += columns(c);
        if full > most {
            break;
        }
        line.push(c);
    }
    (escape::shown(&line).into_owned(), width)
}

/// What a key asks for.
enum Asked {
    Edit(InputRequest),
    DeleteOrEnd,
    Before,
    After,
    Enter,
    Stop,
    Nothing,
}

fn request(key: KeyEvent) -> Asked {
    use InputRequest::{
        DeleteLine, DeleteNextChar, DeletePrevChar, DeletePrevWord, DeleteTillEnd, GoToEnd,
        GoToNextChar, GoToNextWord, GoToPrevChar, GoToPrevWord, GoToStart, InsertChar, Yank,
    };
    let with = |modifier| key.modifiers.contains(modifier);
    let control = with(KeyModifiers::CONTROL) && !with(KeyModifiers::ALT);
    let edit = match key.code {
        KeyCode::Enter => return Asked::Enter,
        KeyCode::Up => return Asked::Before,
        KeyCode::Down => return Asked::After,
        KeyCode::Backspace if with(KeyModifiers::ALT) => DeletePrevWord,
        KeyCode::Backspace => DeletePrevChar,
        KeyCode::Delete => DeleteNextChar,
        KeyCode::Left if control => GoToPrevWord,
        KeyCode::Left => GoToPrevChar,
        KeyCode::Right if control => GoToNextWord,
        KeyCode::Right => GoToNextChar,
        KeyCode::Home => GoToStart,
        KeyCode::End => GoToEnd,
        KeyCode::Char(c) if control => match c {
            'c' => return Asked::Stop,
            'd' => return Asked::DeleteOrEnd,
            // A line break that was pasted.
            'j' => return Asked::Enter,
            'p' => return Asked::Before,
            'n' => return Asked::After,
            'a' => GoToStart,
            'e' => GoToEnd,
            'b' => GoToPrevChar,
            'f' => GoToNextChar,
            'h' => DeletePrevChar,
            'k' => DeleteTillEnd,
            'u' => DeleteLine,
            'w' => DeletePrevWord,
            'y' => Yank,
            _ => return Asked::Nothing,
        },
        KeyCode::Char(c) if !c.is_control() => InsertChar(c),
        _ => return Asked::Nothing,
    };
    Asked::Edit(edit)
}
