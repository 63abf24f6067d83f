//! The terminal in raw mode, in which every key is read as it is pressed.
//!
//! Promises: it is restored exactly once, when the [`RawMode`] is dropped and before the message of
//! a panic is written.

use std::io;
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossterm::terminal;
#[cfg(unix)]
use rustix::event::{PollFd, PollFlags, Timespec};
#[cfg(unix)]
use rustix::io::Errno;

/// Whether the terminal has to be restored.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// A terminal in raw mode.
#[derive(Debug)]
pub(super) struct RawMode {
    /// What undoes everything else that was done to the terminal.
    undo: fn(),
}

impl RawMode {
    /// Takes the terminal; `undo` is called before it is given back.
    pub(super) fn enter(undo: fn()) -> io::Result<Self> {
        terminal::enable_raw_mode()?;
        IS_TAKEN.store(true, Ordering::SeqCst);
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            give_back(undo);
            before(panic);
        }));
        Ok(Self { undo })
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        give_back(self.undo);
    }
}

fn give_back(undo: fn()) {
    if IS_TAKEN.swap(false, Ordering::SeqCst) {
        undo();
        // If this fails, nothing more can be done.
        let _ = terminal::disable_raw_mode();
    }
}

/// Waits until a key may have been pressed, a signal has arrived, or the time is over; false if the
/// terminal is gone. If it goes away at this moment, crossterm's read returns nothing or an error.
/// (Without crossterm's feature `use-dev-tty` it would read endlessly.)
#[cfg(unix)]
pub(super) fn wait_for_keys(time: Duration) -> io::Result<bool> {
    let stdin = io::stdin();
    let mut keys = [PollFd::new(&stdin, PollFlags::IN)];
    let time = Timespec::try_from(time).ok();
    match rustix::event::poll(&mut keys, time.as_ref()) {
        Ok(_) | Err(Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    Ok(!keys[0].revents().intersects(gone))
}

/// Waits until there is input or the time is over, on systems where a terminal does not go away.
#[cfg(not(unix))]
pub(super) fn wait_for_keys(time: Duration) -> io::Result<bool> {
    crossterm::event::poll(time).map(|_| true)
}
