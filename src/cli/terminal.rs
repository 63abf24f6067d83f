//! The two output streams: one for data, one for messages.
//!
//! Promises: colour is decided for each stream separately: `--color` overrides `NO_COLOR` (and
//! `CLICOLOR_FORCE`), and those override whether it is a terminal. A reader that closes the pipe
//! ends the program without a message. Data is never written to the stream for messages, nor
//! messages to the stream for data.

use std::io::{self, BufWriter, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};

use super::failure::Failure;
use crate::diagnostic::{ReportStyle, Shown};
use crate::kernel;
use crate::language::Language;

/// The fewest and the most columns of help.
const HELP_COLUMNS: std::ops::RangeInclusive<usize> = 40..=100;

/// The width of a page in columns if it is not given and there is no terminal.
const USUAL_COLUMNS: usize = 80;

/// A standard output that is closed: every write to it fails.
struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::NotConnected.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How to write output.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terminal {
    /// The language.
    pub(super) language: Language,
    /// Whether to leave out everything but data and errors.
    pub(super) quiet: bool,
    /// The value of `--color`.
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

    /// Writes data with `write`, then flushes it.
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

    /// The same for data that must not be filtered: JSON and pictures. They contain nothing that
    /// steers a terminal, and no colour has to be removed from them.
    pub(super) fn unfiltered_if(self, whole: bool) -> Self {
        let color = if whole {
            ColorChoice::AlwaysAnsi
        } else {
            self.color
        };
        Self { color, ..self }
    }

    /// How to report problems there.
    pub(super) fn report_style(self) -> ReportStyle {
        ReportStyle {
            language: self.language,
            colour: true,
            width: message_columns(),
        }
    }

    /// Writes one message. It is no error if nobody can see it.
    pub(super) fn message(self, message: &Shown) {
        let mut stream = AutoStream::new(io::stderr().lock(), self.color);
        let _ = writeln!(stream, "{message}");
    }

    /// Writes a line that will be overwritten to the message stream, if that is a terminal and
    /// `quiet` is off. An empty text erases it. Returns whether it was written.
    pub(super) fn progress(self, text: &str) -> bool {
        let mut stream = io::stderr().lock();
        let is_shown = stream.is_terminal() && !self.quiet;
        if is_shown {
            // Return to the start of the line, and clear it.
            let _ = write!(stream, "\r\x1b[K{}", Shown::line(text));
            let _ = stream.flush();
        }
        is_shown
    }

    /// Writes one message, unless `quiet` is on.
    pub(super) fn note(self, message: impl Into<Shown>) {
        if !self.quiet {
            self.message(&message.into());
        }
    }
}

/// The columns of the terminal that shows the data, or a default.
pub(super) fn columns() -> usize {
    columns_of(io::stdout())
}

/// The columns of the terminal that shows the data; `None` if the data goes elsewhere.
pub(super) fn columns_to_fit() -> Option<usize> {
    io::stdout().is_terminal().then(columns)
}

/// Whether the terminal that shows the data has at least `least` rows, as far as it tells.
pub(super) fn has_rows(least: u16) -> bool {
    let size = terminal_size::terminal_size();
    // A terminal whose size was never set reports 0.
    size.is_none_or(|(_, terminal_size::Height(rows))| rows == 0 || rows >= least)
}

/// The columns for help: the terminal's, or else the value of `COLUMNS`, within bounds.
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
    // A terminal whose size was never set reports 0.
    size.map(|(terminal_size::Width(columns), _)| usize::from(columns))
        .filter(|&columns| columns > 0)
        .unwrap_or(USUAL_COLUMNS)
}
