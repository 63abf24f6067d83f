//! Marks and other bytes around the frames of any codec.
//!
//! ```text
//! +------------+-----------------------+---------+----------+
//! | start mark | header, body, trailer | trailer | end mark |
//! +------------+-----------------------+---------+----------+
//!  1 to 4 bytes  the frame of a codec    any n     1 to 4 bytes
//!
//! u8-start-68               68 | 04 | 43 00 00 00             (IEC 60870-5-104)
//! u32-be-offset-3-end-ce    08 00 00 | 00 00 00 00 | | ce     (AMQP 0-9-1, a heartbeat)
//! delimiter-1c0d-start-0b   0b | MSH… | 1c 0d                 (HL7 MLLP)
//! ```
//!
//! A mark has to be there, to the letter: a reader that has lost its place meets
//! something else and says so at once. The bytes between the frame and the end mark (a
//! checksum) are written as zeros and not looked at. What stands around a frame comes on
//! top of what its codec writes: an offset counts from behind the start mark, and
//! `-counts-header` counts neither the mark nor the trailer; `-counts-N` counts anything.
//!
//! Limits: those of the codec. Nothing can be put around `raw`, whose messages are
//! whatever is there.
//!
//! In the field: the marks above; trackers that begin with 78 78 and end with a checksum
//! and 0d 0a (GT06: `u8-counts-2-start-7878-trailer-2-end-0d0a`); MPEG transport streams
//! (`fixed-187-start-47`); serial protocols from STX to ETX with a check byte
//! (`delimiter-03-start-02-trailer-1`).

use super::name::number;
use super::{Codec, Error, ErrorKind, Found, Got, Parts, Scan, Sequence, Wanted};
use crate::diagnostic::hex;

/// What stands around a frame: something, or there would be none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Around {
    start: Option<Sequence>,
    trailer: u8,
    end: Option<Sequence>,
}

impl Around {
    /// A start mark, so many bytes behind the frame, an end mark; `None` without any of them.
    #[must_use]
    pub const fn new(start: Option<Sequence>, trailer: u8, end: Option<Sequence>) -> Option<Self> {
        if start.is_none() && trailer == 0 && end.is_none() {
            return None;
        }
        Some(Self {
            start,
            trailer,
            end,
        })
    }

    /// The bytes that every frame begins with.
    #[must_use]
    #[inline]
    pub fn start(&self) -> &[u8] {
        self.start.as_ref().map_or(&[], Sequence::as_bytes)
    }

    /// The bytes that every frame ends with.
    #[must_use]
    #[inline]
    pub fn end(&self) -> &[u8] {
        self.end.as_ref().map_or(&[], Sequence::as_bytes)
    }

    /// How many bytes stand between the frame and the end mark.
    #[must_use]
    pub const fn unchecked(&self) -> usize {
        self.trailer as usize
    }

    /// How many bytes stand behind the frame, the end mark among them.
    #[must_use]
    #[inline]
    pub fn trailer(&self) -> usize {
        self.unchecked() + self.end().len()
    }

    /// Appends what stands behind a frame.
    #[cold]
    pub(super) fn close(&self, out: &mut Vec<u8>) {
        out.resize(out.len() + self.unchecked(), 0);
        out.extend_from_slice(self.end());
    }

    /// What is at the front of the bytes, where `inside` looks for the frame within.
    pub(super) fn find(
        self,
        bytes: &[u8],
        scan: Scan,
        inside: impl Fn(&[u8], Scan) -> Result<Found, Error>,
    ) -> Result<Found, Error> {
        let start = self.start().len();
        if let Some(mark) = self.start {
            check(mark, bytes, 0, ErrorKind::MissingStart)?;
        }
        let Some(rest) = bytes.get(start..) else {
            // The mark lacks some bytes, and what follows it lacks all.
            let lacks = match inside(&[], Scan::default()) {
                Ok(
                    Found::InHeader { at_least }
                    | Found::InBody { at_least, .. }
                    | Found::Undelimited { at_least, .. },
                ) => at_least,
                Ok(Found::Frame(_)) | Err(_) => 0,
            };
            return Ok(Found::InHeader {
                at_least: start - bytes.len() + lacks,
            });
        };
        let trailer = self.trailer();
        Ok(
            match inside(rest, scan).map_err(|error| error.behind(start as u64))? {
                Found::Frame(parts) => {
                    if let Some(mark) = self.end {
                        let at = start + parts.total() + self.unchecked();
                        check(mark, bytes, at, ErrorKind::MissingEnd)?;
                    }
                    let parts = Parts {
                        header: start + parts.header,
                        trailer: parts.trailer + trailer,
                        ..parts
                    };
                    Found::new(parts, bytes.len())
                }
                Found::InHeader { at_least } => Found::InHeader { at_least },
                Found::InBody { header, at_least } => Found::InBody {
                    header: start + header,
                    at_least: at_least + trailer,
                },
                Found::Undelimited {
                    at_least,
                    scan,
                    delimiter,
                } => Found::Undelimited {
                    at_least: at_least + trailer,
                    scan,
                    delimiter,
                },
            },
        )
    }

    /// What is spelled behind the name of a codec: that name, and what stands around it.
    pub(super) fn parse(name: &str) -> Option<(&str, Option<Self>)> {
        let mark = |spelled: &str| Sequence::new(&hex::bytes(spelled)?);
        let (mut name, mut start, mut trailer, mut end) = (name, None, 0, None);
        if let Some((before, behind)) = name.split_once("-end-") {
            (name, end) = (before, Some(mark(behind)?));
        }
        if let Some((before, behind)) = name.split_once("-trailer-") {
            (name, trailer) = (before, u8::try_from(number(behind)?).ok()?);
            if trailer == 0 {
                return None;
            }
        }
        if let Some((before, behind)) = name.split_once("-start-") {
            (name, start) = (before, Some(mark(behind)?));
        }
        Some((name, Self::new(start, trailer, end)))
    }
}

impl std::fmt::Display for Around {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mark = |formatter: &mut std::fmt::Formatter<'_>, name: &str, mark: &[u8]| {
            if mark.is_empty() {
                return Ok(());
            }
            write!(formatter, "-{name}-{}", hex::Digits(mark))
        };
        mark(formatter, "start", self.start())?;
        if self.trailer > 0 {
            write!(formatter, "-trailer-{}", self.trailer)?;
        }
        mark(formatter, "end", self.end())
    }
}

/// Whether the mark stands at `at`, as far as there are bytes.
fn check(mark: Sequence, bytes: &[u8], at: usize, kind: ErrorKind) -> Result<(), Error> {
    let there = bytes.get(at..).unwrap_or_default();
    let wrong = there
        .iter()
        .zip(mark.as_bytes())
        .position(|(got, wanted)| got != wanted);
    match wrong {
        None => Ok(()),
        Some(step) => {
            let got = Got::Byte(there[step]);
            Err(Error::new(kind, at + step, Wanted::Mark(mark), got, bytes))
        }
    }
}

/// Whether anything can stand around the frames of this codec.
pub(super) const fn can_stand_around(codec: Codec) -> bool {
    !matches!(codec, Codec::Raw(_))
}
