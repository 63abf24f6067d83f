//! The terminal while the player has it: raw, on its other screen, without a cursor.
//!
//! Promises: it is given back as it was, once, when the [`Screen`] is dropped and
//! before the message of a panic is written.

use std::io::{self, Write};
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::terminal::{
    self, BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen,
};
use crossterm::{execute, queue};

/// Whether the terminal has to be given back.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal, taken.
#[derive(Debug)]
pub(super) struct Screen(());

impl Screen {
    /// Takes the terminal.
    pub(super) fn enter() -> io::Result<Self> {
        terminal::enable_raw_mode()?;
        IS_TAKEN.store(true, Ordering::SeqCst);
        let screen = Self(());
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            give_back();
            before(panic);
        }));
        execute!(io::stdout(), EnterAlternateScreen, Hide)?;
        Ok(screen)
    }

    /// Shows these lines from the top, in one go.
    #[expect(clippy::unused_self, reason = "only who has taken it may draw on it")]
    pub(super) fn show(&self, lines: &[String]) -> io::Result<()> {
        let mut frame = Vec::new();
        queue!(frame, BeginSynchronizedUpdate)?;
        for (row, line) in (0_u16..).zip(lines) {
            // Cleared first: behind a line as wide as the screen that would take its end.
            queue!(frame, MoveTo(0, row), Clear(ClearType::CurrentLine))?;
            frame.write_all(line.as_bytes())?;
        }
        queue!(frame, EndSynchronizedUpdate)?;
        let mut out = io::stdout().lock();
        out.write_all(&frame)?;
        out.flush()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

/// Its columns and lines.
pub(super) fn size() -> io::Result<(usize, usize)> {
    let (columns, rows) = terminal::size()?;
    Ok((usize::from(columns), usize::from(rows)))
}

fn give_back() {
    if IS_TAKEN.swap(false, Ordering::SeqCst) {
        // Nothing more can be done where this fails.
        let _ = execute!(io::stdout(), Show, LeaveAlternateScreen);
        let _ = terminal::disable_raw_mode();
    }
}
