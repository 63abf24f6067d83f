//! JSON objects and arrays one behind the other, each of which ends where its brackets are closed.
//!
//! ```text
//! +--------------+------------------+
//! | blanks, ends | {…} or […]       |     {"a":1}{"b":2}
//! | of lines     | the message      |
//! +--------------+------------------+
//!   any or none
//! ```
//!
//! The value is the message, as it was written. Brackets and quotes in strings do not count. A
//! value is read as JSON once it is whole, and refused where it is none.
//!
//! Limits: a number, a word (`true`) or a string alone is refused: where `12` ends is known only
//! from what follows. What cannot be told from the brackets is found late: of a value that is
//! never closed, the end within the cap is missing. At most 1,024 blanks between two values. What
//! is sent has to be just one object or array, without blanks around it.
//!
//! In the field: JSON without a line end between values, as netty's `JsonObjectDecoder` takes it;
//! logs, chat and device protocols that join what `JSON.stringify` returned.

use serde::de::IgnoredAny;

use super::codec::{Boundary, Coding, Facts, Family, Header};
use super::delimiter::missing;
use super::{
    Codec, Error, ErrorKind, Found, Got, LONGEST_PAYLOAD, Parts, Scan, Sequence, Wanted, filler,
};

/// The codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Json;

/// What is wanted where a value begins.
const VALUE: Wanted = Wanted::Described(&["a JSON object or array", "JSON 对象或数组"]);

/// How deep the brackets are, and what the bytes before say of the next one.
#[derive(Clone, Copy)]
struct Nesting {
    depth: usize,
    in_string: bool,
    is_escaped: bool,
}

impl Nesting {
    /// As a search left it.
    const fn of(scan: Scan) -> Self {
        Self {
            depth: scan.count >> 2,
            in_string: scan.count & 1 != 0,
            is_escaped: scan.count & 2 != 0,
        }
    }

    /// For the next search.
    const fn count(self) -> usize {
        self.depth << 2 | (self.is_escaped as usize) << 1 | self.in_string as usize
    }

    /// Goes over one byte.
    const fn step(&mut self, byte: u8) {
        if self.is_escaped {
            self.is_escaped = false;
            return;
        }
        match (self.in_string, byte) {
            (true, b'\\') => self.is_escaped = true,
            (_, b'"') => self.in_string = !self.in_string,
            (false, b'{' | b'[') => self.depth += 1,
            (false, b'}' | b']') => self.depth -= 1,
            (true | false, _) => {}
        }
    }
}

impl Coding for Json {
    const FAMILY: Family = Family::single(
        ["json"; 2],
        |name| (name == "json").then_some(Codec::Json(Self)),
        || vec![Codec::Json(Self)],
    );

    fn name(self) -> String {
        "json".to_owned()
    }

    #[inline]
    fn facts(self) -> Facts {
        Facts::new(Boundary::Delimiter, Header::AtMost(filler::LONGEST))
    }

    fn append(self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        const ONE: Wanted =
            Wanted::Described(&["one JSON object or array", "一个 JSON 对象或数组"]);
        Error::unless_one(
            self.find(payload, LONGEST_PAYLOAD, Scan::default()),
            payload,
            ONE,
        )?;
        out.extend_from_slice(payload);
        Ok(())
    }

    fn find(self, bytes: &[u8], cap: usize, scan: Scan) -> Result<Found, Error> {
        let header = filler::leading(bytes, is_blank, VALUE)?;
        let Some(&first) = bytes.get(header) else {
            return Ok(Found::InHeader { at_least: 2 });
        };
        let delimiter = match first {
            b'{' => Sequence::one(b'}'),
            b'[' => Sequence::one(b']'),
            other => {
                let got = Got::Byte(other);
                return Err(Error::new(ErrorKind::Malformed, header, VALUE, got, bytes));
            }
        };
        let mut nesting = Nesting::of(scan);
        let from = scan.bytes.max(header);
        let most = header.saturating_add(cap);
        for (at, &byte) in bytes.iter().enumerate().take(most).skip(from) {
            nesting.step(byte);
            if nesting.depth == 0 {
                check(bytes, header, at + 1)?;
                return Ok(Found::Frame(Parts::prefixed(header, at + 1 - header)));
            }
        }
        if bytes.len() > most {
            return Err(missing(delimiter, most, cap, bytes));
        }
        Ok(Found::Undelimited {
            delimiter,
            at_least: 1,
            scan: Scan {
                bytes: bytes.len(),
                count: nesting.count(),
            },
        })
    }

    /// The end of the last line.
    fn is_filler(self, rest: &[u8]) -> bool {
        rest.iter().copied().all(is_blank)
    }
}

/// Whether JSON takes it as a blank (RFC 8259, 2).
const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Reads the value from `start` to `end` as JSON.
fn check(bytes: &[u8], start: usize, end: usize) -> Result<(), Error> {
    let value = &bytes[start..end];
    let Err(error) = serde_json::from_slice::<IgnoredAny>(value) else {
        return Ok(());
    };
    // It says the line and the column, from 1.
    let line_start = if error.line() > 1 {
        let ends = value.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        ends.map(|(at, _)| at + 1)
            .nth(error.line() - 2)
            .unwrap_or(0)
    } else {
        0
    };
    let at = (line_start + error.column().saturating_sub(1)).min(value.len() - 1);
    Err(Error::new(
        ErrorKind::Malformed,
        start + at,
        Wanted::Described(&["valid JSON", "合法的 JSON"]),
        Got::Byte(value[at]),
        bytes,
    ))
}
