//! The two streams: data goes to one, messages to the other.
//!
//! Promises: whether a stream gets colour is decided for each by itself: `--color`
//! beats `NO_COLOR` (and `CLICOLOR_FORCE`), those beat whether it is a terminal.
//! A reader that closes the pipe ends the program quietly. Never writes data to
//! the stream of messages, nor the other way round.

use std::io::{self, BufWriter, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};

use super::failure::Failure;
use crate::diagnostic::Shown;
use crate::kernel;
use crate::language::Language;

/// The fewest and the most columns of help.
const HELP_COLUMNS: std::ops::RangeInclusive<usize> = 40..=100;

/// The columns of a page where nobody says and there is no terminal.
const USUAL_COLUMNS: usize = 80;

/// A standard output that is not there: nothing is written to it without an error.
struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::NotConnected.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How to talk to who called.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terminal {
    /// In which language.
    pub(super) language: Language,
    /// Whether to leave out what is neither data nor an error.
    pub(super) quiet: bool,
    /// What `--color` said.
    pub(super) color: ColorChoice,
}

impl Terminal {
    /// Whether data may be coloured.
    pub(super) fn data_in_color(self) -> bool {
        let choice = match self.color {
            ColorChoice::Auto => AutoStream::choice(&io::stdout()),
            asked => asked,
        };
        choice != ColorChoice::Never
    }

    /// Writes data by `write`, then flushes it.
    pub(super) fn data<T>(
        self,
        write: impl FnOnce(&mut dyn Write) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let stream: Box<dyn Write> = if kernel::stdout_was_closed() {
            Box::new(Closed)
        } else {
            Box::new(AutoStream::new(io::stdout().lock(), self.color))
        };
        let mut stream = BufWriter::with_capacity(1 << 16, stream);
        let done = write(&mut stream)?;
        stream.flush().map_err(Failure::stdout)?;
        Ok(done)
    }

    /// The same for data that is `whole` as it is: JSON and pictures, in which nothing
    /// steers a terminal and from which no colour has to be taken.
    pub(super) fn unfiltered_if(self, whole: bool) -> Self {
        let color = if whole {
            ColorChoice::AlwaysAnsi
        } else {
            self.color
        };
        Self { color, ..self }
    }

    /// Writes one message. That nobody listens is no error.
    pub(super) fn message(self, message: &Shown) {
        let mut stream = AutoStream::new(io::stderr().lock(), self.color);
        let _ = writeln!(stream, "{message}");
    }

    /// Puts a line that will be overwritten where messages go, if that is a terminal and
    /// nobody asked for quiet; an empty one takes it away. Says whether it did.
    pub(super) fn progress(self, text: &str) -> bool {
        let mut stream = io::stderr().lock();
        let is_shown = stream.is_terminal() && !self.quiet;
        if is_shown {
            // Back to the beginning of the line, and clear it.
            let _ = write!(stream, "\r\x1b[K{}", Shown::line(text));
            let _ = stream.flush();
        }
        is_shown
    }

    /// Writes one message, unless quiet was asked for.
    pub(super) fn note(self, message: impl Into<Shown>) {
        if !self.quiet {
            self.message(&message.into());
        }
    }
}

/// The columns of the terminal that shows the data.
pub(super) fn columns() -> usize {
    columns_of(io::stdout())
}

/// The columns of the terminal that shows the data; none where it goes elsewhere.
pub(super) fn columns_to_fit() -> Option<usize> {
    io::stdout().is_terminal().then(columns)
}

/// The columns for help: the terminal's, else what `COLUMNS` says, within bounds.
pub(super) fn help_columns() -> usize {
    let terminal = terminal_size::terminal_size().map(|(columns, _)| usize::from(columns.0));
    let told = || std::env::var("COLUMNS").ok()?.trim().parse().ok();
    let columns = terminal.filter(|&columns| columns > 0).or_else(told);
    let (least, most) = HELP_COLUMNS.into_inner();
    columns.unwrap_or(most).clamp(least, most)
}

/// The columns of the terminal that shows the messages.
pub(super) fn message_columns() -> usize {
    columns_of(io::stderr())
}

#[cfg(unix)]
fn columns_of(stream: impl std::os::fd::AsFd) -> usize {
    usual_unless_told(terminal_size::terminal_size_of(stream))
}

#[cfg(windows)]
fn columns_of(stream: impl std::os::windows::io::AsHandle) -> usize {
    usual_unless_told(terminal_size::terminal_size_of(stream))
}

fn usual_unless_told(size: Option<(terminal_size::Width, terminal_size::Height)>) -> usize {
    // A terminal that was never told its size says 0.
    size.map(|(terminal_size::Width(columns), _)| usize::from(columns))
        .filter(|&columns| columns > 0)
        .unwrap_or(USUAL_COLUMNS)
}
