//! A message ends at a delimiter.
//!
//! ```text
//! +---------+-----------+
//! | payload | delimiter |     "hello\n"
//! +---------+-----------+
//!
//! +-----------------------------+-----------+
//! | payload, its delimiters and | delimiter |     "a\\\nb\n" is a, line feed, b
//! | escapes behind an escape    |           |
//! +-----------------------------+-----------+
//! ```
//!
//! Limits: without an escape, a payload that contains the delimiter is rejected. With an escape, a
//! payload may hold any byte; each escape byte, and each byte with which a delimiter could begin,
//! takes two bytes. The reader cannot know how many bytes to wait for and has to examine every
//! byte. If there is no delimiter within the cap, that is an error; otherwise a peer that never
//! sends one would fill the memory.
//!
//! In the field: lines of SMTP, FTP, Redis and HTTP headers (CR LF), JSON lines (LF),
//! STOMP (NUL, with escapes in its headers), SLIP (RFC 1055, with escapes).

use super::{Error, ErrorKind, Found, Got, Parts, Scan, Wanted};

/// The codec: the delimiter, and the escape if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Delimiter {
    sequence: Sequence,
    escape: Option<u8>,
}

/// A delimiter of one to four bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sequence {
    /// The bytes, followed by zeros, so that equal sequences compare equal.
    bytes: [u8; Self::LONGEST],
    length: u8,
}

impl Sequence {
    /// The longest delimiter, in bytes.
    pub const LONGEST: usize = 4;

    /// The sequence of these 1 to 4 bytes.
    #[must_use]
    pub const fn new(bytes: &[u8]) -> Option<Self> {
        if bytes.is_empty() || bytes.len() > Self::LONGEST {
            return None;
        }
        let mut padded = [0; Self::LONGEST];
        let mut at = 0;
        while at < bytes.len() {
            padded[at] = bytes[at];
            at += 1;
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most 4")]
        let length = bytes.len() as u8;
        Some(Self {
            bytes: padded,
            length,
        })
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// The first byte.
    const fn first(self) -> u8 {
        self.bytes[0]
    }

    /// The offset of its first occurrence in `bytes`.
    fn position(self, bytes: &[u8]) -> Option<usize> {
        let mut from = 0;
        while let Some(step) = bytes[from..].iter().position(|&byte| byte == self.first()) {
            let at = from + step;
            if bytes[at..].starts_with(self.as_bytes()) {
                return Some(at);
            }
            from = at + 1;
        }
        None
    }
}

impl Delimiter {
    /// A line feed, without an escape.
    pub const LINE: Self = Self {
        sequence: Sequence {
            bytes: [b'\n', 0, 0, 0],
            length: 1,
        },
        escape: None,
    };
    /// A line feed, with a backslash as the escape.
    pub const ESCAPED_LINE: Self = Self {
        escape: Some(b'\\'),
        ..Self::LINE
    };
    /// Carriage return and line feed.
    pub const CRLF: Self = Self {
        sequence: Sequence {
            bytes: [b'\r', b'\n', 0, 0],
            length: 2,
        },
        escape: None,
    };
    /// A zero byte.
    pub const NUL: Self = Self {
        sequence: Sequence {
            bytes: [0; Sequence::LONGEST],
            length: 1,
        },
        escape: None,
    };

    /// Messages that end at `sequence`. The escape, if any, must not be a byte of it.
    #[must_use]
    pub fn new(sequence: Sequence, escape: Option<u8>) -> Option<Self> {
        match escape {
            Some(escape) if sequence.as_bytes().contains(&escape) => None,
            Some(_) | None => Some(Self { sequence, escape }),
        }
    }

    /// The delimiter.
    #[must_use]
    pub const fn sequence(self) -> Sequence {
        self.sequence
    }

    /// The byte placed before a payload byte that could be taken for a delimiter or an escape.
    #[must_use]
    pub const fn escape(self) -> Option<u8> {
        self.escape
    }

    /// The longest frame for a payload of `cap` bytes, in bytes.
    pub(super) fn longest_frame(self, cap: usize) -> usize {
        let body = if self.escape.is_some() { 2 * cap } else { cap };
        body + self.sequence.as_bytes().len()
    }

    /// The length of the delimiter in bytes.
    pub(super) const fn trailer(self) -> usize {
        self.sequence.length as usize
    }

    /// The parts of a frame that ends with the delimiter.
    const fn parts(self, body: usize, escaped: bool) -> Parts {
        Parts {
            trailer: self.trailer(),
            escaped,
            ..Parts::prefixed(0, body)
        }
    }

    /// Appends one frame, or fails if the payload cannot be told from the delimiter.
    pub(super) fn encode(self, payload: &[u8], out: &mut Vec<u8>) -> Result<Parts, Error> {
        let start = out.len();
        if let Some(escape) = self.escape {
            for &byte in payload {
                if byte == escape || byte == self.sequence.first() {
                    out.push(escape);
                }
                out.push(byte);
            }
            let body = out.len() - start;
            out.extend_from_slice(self.sequence.as_bytes());
            return Ok(self.parts(body, body > payload.len()));
        }
        out.extend_from_slice(payload);
        out.extend_from_slice(self.sequence.as_bytes());
        // This also catches a payload whose last bytes form a delimiter together with the real one.
        match self.sequence.position(&out[start..]) {
            Some(at) if at < payload.len() => {
                out.truncate(start);
                Err(Error::new(
                    ErrorKind::HoldsDelimiter,
                    at,
                    Wanted::NoDelimiter(self.sequence),
                    Got::Byte(self.sequence.first()),
                    payload,
                ))
            }
            Some(_) | None => Ok(self.parts(payload.len(), false)),
        }
    }

    /// Searches for the delimiter from where the last search ended.
    pub(super) fn find(self, bytes: &[u8], cap: usize, scan: Scan) -> Result<Found, Error> {
        match self.escape {
            Some(escape) => self.find_escaped(escape, bytes, cap, scan),
            None => self.find_plain(bytes, cap, scan),
        }
    }

    fn find_plain(self, bytes: &[u8], cap: usize, scan: Scan) -> Result<Found, Error> {
        let length = self.sequence.as_bytes().len();
        let window = &bytes[..bytes.len().min(cap.saturating_add(length))];
        if let Some(step) = self.sequence.position(&window[scan.bytes..]) {
            return Ok(Found::Frame(self.parts(scan.bytes + step, false)));
        }
        // The last bytes may be the beginning of the delimiter.
        let begun = (1..length)
            .rev()
            .find(|&begun| window.ends_with(&self.sequence.as_bytes()[..begun]))
            .unwrap_or(0);
        if window.len() - begun > cap {
            return Err(self.missing(cap, cap, bytes));
        }
        Ok(Found::Undelimited {
            delimiter: self.sequence,
            at_least: length - begun,
            scan: Scan {
                bytes: window.len() - begun,
                escapes: 0,
            },
        })
    }

    fn find_escaped(
        self,
        escape: u8,
        bytes: &[u8],
        cap: usize,
        mut scan: Scan,
    ) -> Result<Found, Error> {
        let sequence = self.sequence.as_bytes();
        while let Some(&byte) = bytes.get(scan.bytes) {
            let rest = &bytes[scan.bytes..];
            if byte == self.sequence.first() {
                if rest.starts_with(sequence) {
                    return Ok(Found::Frame(self.parts(scan.bytes, scan.escapes > 0)));
                }
                if sequence.starts_with(rest) {
                    return Ok(Found::Undelimited {
                        delimiter: self.sequence,
                        at_least: sequence.len() - rest.len(),
                        scan,
                    });
                }
            }
            if scan.bytes - scan.escapes >= cap {
                return Err(self.missing(scan.bytes, cap, bytes));
            }
            if byte == escape {
                match rest.get(1) {
                    None => {
                        return Ok(Found::Undelimited {
                            delimiter: self.sequence,
                            at_least: 1 + sequence.len(),
                            scan,
                        });
                    }
                    Some(&escaped) if escaped == escape || escaped == self.sequence.first() => {
                        scan.bytes += 2;
                        scan.escapes += 1;
                    }
                    Some(&other) => {
                        return Err(Error::new(
                            ErrorKind::BadEscape,
                            scan.bytes + 1,
                            Wanted::Escapable(escape, self.sequence.first()),
                            Got::Byte(other),
                            bytes,
                        ));
                    }
                }
            } else {
                scan.bytes += 1;
            }
        }
        Ok(Found::Undelimited {
            delimiter: self.sequence,
            at_least: sequence.len(),
            scan,
        })
    }

    /// The error for a payload that exceeds the cap.
    #[cold]
    fn missing(self, at: usize, cap: usize, bytes: &[u8]) -> Error {
        Error::new(
            ErrorKind::MissingDelimiter,
            at,
            Wanted::DelimiterWithin(self.sequence, cap as u64),
            bytes.get(at).map_or(Got::End, |&byte| Got::Byte(byte)),
            bytes,
        )
    }

    /// Appends the payload of a body that [`Delimiter::find`] has accepted.
    pub(super) fn unescape(self, body: &[u8], payload: &mut Vec<u8>) {
        payload.reserve_exact(body.len());
        let mut bytes = body.iter().copied();
        while let Some(byte) = bytes.next() {
            if Some(byte) == self.escape {
                payload.extend(bytes.next());
            } else {
                payload.push(byte);
            }
        }
    }
}
