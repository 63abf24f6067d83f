//! `-o FILE`: writes data to a file, completely or not at all.
//!
//! Promises: the content is kept in memory until it is complete; then it is written beside the file
//! and moved to its place. So an existing file keeps its content until then. A failure leaves
//! nothing behind, nor does a signal such as Ctrl-C ([`interruption`](super::interruption)). A pipe
//! or a device is written to directly.

use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use clap::ArgMatches;

use super::drawing;
use super::failure::{Failure, Unwritten};
use super::interruption::uninterrupted;
use super::terminal::Terminal;

/// Writes a text to this file, whole or not at all.
pub(super) fn write_text(file: &Path, text: &str) -> Result<(), Failure> {
    let mut output = Output::create(file, ColorChoice::Never)?;
    let written = output.stream().write_all(text.as_bytes());
    written.map_err(|error| Failure::output(Some(file.to_owned()), error))?;
    output.finish()
}

/// Writes data with `write` to the file of `-o`, or else to standard output. `write` is told
/// whether the target shows colour.
pub(super) fn write_data<T, E: Into<Unwritten>>(
    matches: &ArgMatches,
    terminal: Terminal,
    write: impl FnOnce(&mut dyn Write, bool) -> Result<T, E>,
) -> Result<T, Failure> {
    let file = matches
        .get_one::<PathBuf>("output")
        .filter(|file| *file != Path::new("-"));
    let whole = !drawing::is_text(matches);
    let Some(file) = file else {
        drawing::tell_if_too_narrow(matches, terminal);
        let color = terminal.data_in_color();
        return terminal
            .unfiltered_if(whole)
            .data(|out| write(out, color).map_err(|error| error.into().failed(None)));
    };
    let color = matches!(terminal.color, ColorChoice::Always);
    let mut output = Output::create(file, terminal.unfiltered_if(whole).color)?;
    let written =
        write(output.stream(), color).map_err(|error| error.into().failed(Some(file.clone())))?;
    output.finish()?;
    Ok(written)
}

/// A file that is being written.
pub(super) struct Output {
    /// The path as the caller gave it.
    named: PathBuf,
    sink: Sink,
}

enum Sink {
    Straight(BufWriter<AutoStream<File>>),
    Whole(AutoStream<Vec<u8>>, Destination),
}

/// The place of a regular file.
struct Destination {
    path: PathBuf,
    /// The temporary file beside it, which is moved to its place.
    beside: PathBuf,
    /// The permissions of the file that it replaces.
    permissions: Option<Permissions>,
}

/// Removes the temporary file unless it was moved to its place.
struct Unfinished<'p>(&'p Destination);

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        // If it was moved or cannot be removed, there is nothing left to do.
        let _ = fs::remove_file(&self.0.beside);
    }
}

impl Output {
    /// Opens the output `file`. Colour is for terminals, so only `--color always` colours a file.
    pub(super) fn create(file: &Path, color: ColorChoice) -> Result<Self, Failure> {
        let sink = open(file, color).map_err(|error| failed(file, error))?;
        Ok(Self {
            named: file.to_owned(),
            sink,
        })
    }

    /// The stream to write to.
    pub(super) fn stream(&mut self) -> &mut dyn Write {
        match &mut self.sink {
            Sink::Straight(stream) => stream,
            Sink::Whole(content, _) => content,
        }
    }

    /// Moves the file to its place.
    pub(super) fn finish(self) -> Result<(), Failure> {
        Self::finish_all(vec![self])
    }

    /// Moves each file to its place, once all of them are written.
    pub(super) fn finish_all(outputs: Vec<Self>) -> Result<(), Failure> {
        let mut whole = Vec::new();
        for Self { named, sink } in outputs {
            match sink {
                Sink::Straight(mut stream) => {
                    stream.flush().map_err(|error| failed(&named, error))?;
                }
                Sink::Whole(content, place) => whole.push((named, content.into_inner(), place)),
            }
        }
        uninterrupted(|| {
            let mut unfinished = Vec::new();
            for (named, content, place) in &whole {
                let written = place.write(content).map_err(|error| failed(named, error))?;
                unfinished.push((named, written));
            }
            unfinished
                .iter()
                .try_for_each(|(named, Unfinished(place))| {
                    fs::rename(&place.beside, &place.path).map_err(|error| failed(named, error))
                })
        })
    }
}

impl Destination {
    fn of(file: &Path, found: Option<&Metadata>) -> io::Result<Self> {
        // A link stays a link; the file that it points to is replaced.
        let path = match found {
            Some(_) => fs::canonicalize(file)?,
            None => file.to_owned(),
        };
        let mut beside = OsString::from(".");
        beside.push(path.file_name().ok_or(io::ErrorKind::InvalidInput)?);
        beside.push(format!(".{}.unfinished", std::process::id()));
        Ok(Self {
            beside: path.with_file_name(beside),
            path,
            permissions: found.map(Metadata::permissions),
        })
    }

    /// Writes the temporary file.
    fn write(&self, content: &[u8]) -> io::Result<Unfinished<'_>> {
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create_new(true).open(&self.beside)?;
        let unfinished = Unfinished(self);
        if let Some(permissions) = &self.permissions {
            fs::set_permissions(&self.beside, permissions.clone())?;
        }
        file.write_all(content)?;
        Ok(unfinished)
    }
}

fn open(file: &Path, color: ColorChoice) -> io::Result<Sink> {
    let found = match fs::metadata(file) {
        Ok(found) => Some(found),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    if found.as_ref().is_some_and(Metadata::is_dir) {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if found.as_ref().is_some_and(|found| !found.is_file()) {
        let straight = OpenOptions::new().write(true).open(file)?;
        let straight = dressed(straight, color);
        return Ok(Sink::Straight(BufWriter::with_capacity(1 << 16, straight)));
    }
    let place = Destination::of(file, found.as_ref())?;
    if found.is_some() {
        // Replacing a file needs a permission only on the folder, so the one on the file is checked
        // here.
        OpenOptions::new().write(true).open(&place.path)?;
    }
    // Tried now, so that a folder that cannot be written to is reported before a long replay.
    uninterrupted(|| place.write(b"").map(drop))?;
    Ok(Sink::Whole(dressed(Vec::new(), color), place))
}

fn dressed<S: RawStream>(stream: S, color: ColorChoice) -> AutoStream<S> {
    match color {
        ColorChoice::Always | ColorChoice::AlwaysAnsi => AutoStream::always_ansi(stream),
        ColorChoice::Auto | ColorChoice::Never => AutoStream::never(stream),
    }
}

fn failed(file: &Path, error: io::Error) -> Failure {
    Failure::output(Some(file.to_owned()), error)
}
