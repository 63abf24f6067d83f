//! `-o FILE`: data into a file, whole or not at all.
//!
//! Promises: a file that exists keeps its content until all the new content has
//! been written beside it; where that fails, the half-written file is removed.
//! What is no ordinary file (a pipe, a device) is written straight through.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};

use clap::ArgMatches;

use super::failure::Failure;
use super::terminal::Terminal;

/// Writes data by `write` to where `-o` says, else to standard output; `write` is told
/// whether colour is shown there.
pub(super) fn write_data<T>(
    matches: &ArgMatches,
    terminal: Terminal,
    write: impl FnOnce(&mut dyn Write, bool) -> io::Result<T>,
) -> Result<T, Failure> {
    let file = matches
        .get_one::<PathBuf>("output")
        .filter(|file| *file != Path::new("-"));
    let Some(file) = file else {
        let color = terminal.data_in_color();
        return terminal.data(|out| write(out, color).map_err(Failure::stdout));
    };
    let color = matches!(terminal.color, ColorChoice::Always);
    let mut output = Output::create(file, terminal.color)?;
    let written = write(output.stream(), color)
        .map_err(|error| Failure::output(Some(file.clone()), error))?;
    output.finish()?;
    Ok(written)
}

/// A file that is being written.
pub(super) struct Output {
    /// As the caller named it.
    named: PathBuf,
    stream: BufWriter<AutoStream<File>>,
    /// The file beside it, and the place it has to go to.
    unfinished: Option<Unfinished>,
}

/// Removes the file unless it has been moved to its place.
struct Unfinished {
    beside: PathBuf,
    place: PathBuf,
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Where it has been moved, or cannot be removed, nothing is left to do.
        let _ = fs::remove_file(&self.beside);
    }
}

impl Output {
    /// Opens what becomes `file`. Colour is for terminals, so only `--color always` colours a file.
    pub(super) fn create(file: &Path, color: ColorChoice) -> Result<Self, Failure> {
        let failed = |error| Failure::output(Some(file.to_owned()), error);
        let (stream, unfinished) = open(file).map_err(failed)?;
        let stream = match color {
            ColorChoice::Always | ColorChoice::AlwaysAnsi => AutoStream::always_ansi(stream),
            ColorChoice::Auto | ColorChoice::Never => AutoStream::never(stream),
        };
        Ok(Self {
            named: file.to_owned(),
            stream: BufWriter::with_capacity(1 << 16, stream),
            unfinished,
        })
    }

    /// What to write to.
    pub(super) fn stream(&mut self) -> &mut dyn Write {
        &mut self.stream
    }

    /// Puts the file in its place.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        let moved = self.stream.flush().and_then(|()| {
            self.unfinished
                .as_ref()
                .map_or(Ok(()), |Unfinished { beside, place }| {
                    fs::rename(beside, place)
                })
        });
        moved.map_err(|error| Failure::output(Some(self.named.clone()), error))
    }
}

fn open(file: &Path) -> io::Result<(File, Option<Unfinished>)> {
    let found = match fs::metadata(file) {
        Ok(found) => Some(found),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    if found.as_ref().is_some_and(fs::Metadata::is_dir) {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if found.as_ref().is_some_and(|found| !found.is_file()) {
        return Ok((OpenOptions::new().write(true).open(file)?, None));
    }
    // A link stays a link: what it points to is replaced.
    let place = found
        .as_ref()
        .map_or_else(|| Ok(file.to_owned()), |_| fs::canonicalize(file))?;
    let name = place.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut beside_name = OsString::from(".");
    beside_name.push(name);
    beside_name.push(format!(".{}.unfinished", std::process::id()));
    let beside = place.with_file_name(beside_name);
    if found.is_some() {
        // Replacing asks for a right on the folder only, so that on the file is asked for here.
        OpenOptions::new().write(true).open(&place)?;
    }
    let stream = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&beside)?;
    let unfinished = Unfinished { beside, place };
    if let Some(found) = found {
        fs::set_permissions(&unfinished.beside, found.permissions())?;
    }
    Ok((stream, Some(unfinished)))
}
