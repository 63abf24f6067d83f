//! Writes JSON for reading: indented down to a chosen depth, with everything deeper on one line.
//!
//! Promises: characters that could steer a terminal are escaped, so no filter is needed after it,
//! and no character is lost.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use crate::diagnostic::escape;

/// Writes `value`, indented down to `indented` levels.
pub(super) fn write(
    value: &impl Serialize,
    indented: usize,
    out: &mut (impl Write + ?Sized),
) -> io::Result<()> {
    let layout = Layout {
        pretty: PrettyFormatter::new(),
        depth: 0,
        indented,
    };
    value
        .serialize(&mut Serializer::with_formatter(out, layout))
        .map_err(io::Error::from)
}

struct Layout {
    pretty: PrettyFormatter<'static>,
    depth: usize,
    indented: usize,
}

impl Layout {
    /// Whether the current level is indented.
    const fn indents(&self) -> bool {
        self.depth <= self.indented
    }
}

impl Formatter for Layout {
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth += 1;
        if self.indents() {
            self.pretty.begin_array(out)
        } else {
            out.write_all(b"[")
        }
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        let indents = self.indents();
        self.depth -= 1;
        if indents {
            self.pretty.end_array(out)
        } else {
            out.write_all(b"]")
        }
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if self.indents() {
            self.pretty.begin_array_value(out, first)
        } else if first {
            Ok(())
        } else {
            out.write_all(b", ")
        }
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        if self.indents() {
            self.pretty.end_array_value(out)
        } else {
            Ok(())
        }
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth += 1;
        if self.indents() {
            self.pretty.begin_object(out)
        } else {
            out.write_all(b"{")
        }
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        let indents = self.indents();
        self.depth -= 1;
        if indents {
            self.pretty.end_object(out)
        } else {
            out.write_all(b"}")
        }
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if self.indents() {
            self.pretty.begin_object_key(out, first)
        } else if first {
            Ok(())
        } else {
            out.write_all(b", ")
        }
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        if self.indents() {
            self.pretty.end_object_value(out)
        } else {
            Ok(())
        }
    }

    /// JSON allows these characters unescaped, but a terminal would act on them.
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut plain = 0;
        for (at, character) in fragment.char_indices() {
            if escape::steers(character) {
                out.write_all(&fragment.as_bytes()[plain..at])?;
                write!(out, "\\u{:04x}", u32::from(character))?;
                plain = at + character.len_utf8();
            }
        }
        out.write_all(&fragment.as_bytes()[plain..])
    }
}
