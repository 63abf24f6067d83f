//! A message ends where a delimiter stands.
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
//! Limits: without an escape the payload cannot hold the delimiter, and is refused
//! where it does. With an escape it may hold any byte; each byte with which a
//! delimiter could begin, and each escape, takes two. The reader cannot know how
//! much to wait for and has to look at each byte. No delimiter within the cap is
//! an error, or a peer that never sends one would fill the memory.
//!
//! In the field: lines of SMTP, FTP, Redis and HTTP headers (CR LF), JSON lines (LF),
//! STOMP (NUL), HL7 (FS CR, behind a start mark). SLIP (RFC 1055) and PPP write another
//! byte for the one that they escape, which this codec does not.

use super::codec::{Boundary, Coding, Facts, Family, Header};
use super::name::is_of;
use super::{Codec, Error, ErrorKind, Found, Got, Parts, Scan, Wanted};
use crate::diagnostic::hex;

/// The codec: what ends a message, and what takes that meaning away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Delimiter {
    sequence: Sequence,
    escape: Option<u8>,
}

/// One to four bytes that end a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sequence {
    /// The bytes, then zeros, so that equal sequences are equal.
    bytes: [u8; Self::LONGEST],
    length: u8,
}

impl Sequence {
    /// The most bytes in a delimiter.
    pub const LONGEST: usize = 4;

    /// The sequence of these bytes, 1 to 4.
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
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// The byte that it begins with.
    const fn first(self) -> u8 {
        self.bytes[0]
    }

    /// Where it stands in `bytes` for the first time.
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
    /// A line feed, and no escape.
    pub const LINE: Self = Self {
        sequence: Sequence {
            bytes: [b'\n', 0, 0, 0],
            length: 1,
        },
        escape: None,
    };
    /// A line feed; a backslash takes its meaning away.
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

    /// Messages that end at `sequence`; the escape, if any, must not be part of it.
    #[must_use]
    pub fn new(sequence: Sequence, escape: Option<u8>) -> Option<Self> {
        match escape {
            Some(escape) if sequence.as_bytes().contains(&escape) => None,
            Some(_) | None => Some(Self { sequence, escape }),
        }
    }

    fn parse(name: &str) -> Option<Self> {
        if let Some((_, delimiter)) = NAMED.iter().find(|(known, _)| *known == name) {
            return Some(*delimiter);
        }
        let spelled = name.strip_prefix("delimiter-")?;
        let (sequence, escape) = match spelled.split_once("-escape-") {
            Some((sequence, escape)) => match hex::bytes(escape)?.as_slice() {
                [escape] => (sequence, Some(*escape)),
                _ => return None,
            },
            None => (spelled, None),
        };
        Self::new(Sequence::new(&hex::bytes(sequence)?)?, escape)
    }

    /// What ends a message.
    #[must_use]
    pub const fn sequence(self) -> Sequence {
        self.sequence
    }

    /// What stands before a byte of the payload that could be taken for a delimiter or an escape.
    #[must_use]
    pub const fn escape(self) -> Option<u8> {
        self.escape
    }

    /// The longest frame of a payload of `cap` bytes.
    /// How many bytes the delimiter has.
    /// The parts of a frame, which ends with the delimiter.
    fn parts(self, body: usize, escaped: bool) -> Parts {
        Parts {
            trailer: self.sequence.as_bytes().len(),
            escaped,
            ..Parts::prefixed(0, body)
        }
    }

    /// Appends one frame, if the payload can be told from the delimiter.
    /// Looks for the delimiter, from where the last search ended.
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

    /// The error of a payload that goes on behind the cap.
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
}

impl Coding for Delimiter {
    const FAMILY: Family = Family {
        forms: [
            "line, line-escaped, crlf, nul, delimiter-HEX, delimiter-HEX-escape-HEX",
            "line、line-escaped、crlf、nul、delimiter-HEX、delimiter-HEX-escape-HEX",
        ],
        parse: |name| Self::parse(name).map(Codec::Delimiter),
        every: || {
            [Self::LINE, Self::ESCAPED_LINE, Self::CRLF]
                .map(Codec::Delimiter)
                .to_vec()
        },
        hint: |name, language| {
            is_of("delimiter", name).then(|| {
            let most = Sequence::LONGEST;
            say!(
                language,
                "`delimiter-HEX` takes 1 to {most} bytes of two hex digits each, as `delimiter-0d0a`; `-escape-HEX` behind it one byte that is not among them",
                "`delimiter-HEX` 要 1 到 {most} 个字节，每个两位十六进制，如 `delimiter-0d0a`；其后的 `-escape-HEX` 是一个不在其中的字节",
            )
        })
        },
    };

    fn name(self) -> String {
        if let Some((known, _)) = NAMED.iter().find(|(_, known)| *known == self) {
            return (*known).to_owned();
        }
        let mut name = format!("delimiter-{}", hex::Digits(self.sequence.as_bytes()));
        if let Some(escape) = self.escape {
            name += "-escape-";
            name += &hex::Digits(&[escape]).to_string();
        }
        name
    }

    #[inline]
    fn facts(self) -> Facts {
        Facts {
            trailer: self.sequence.as_bytes().len(),
            escapes: self.escape.is_some(),
            ..Facts::new(Boundary::Delimiter, Header::Always(0))
        }
    }

    fn append(self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let start = out.len();
        if let Some(escape) = self.escape {
            for &byte in payload {
                if byte == escape || byte == self.sequence.first() {
                    out.push(escape);
                }
                out.push(byte);
            }
            out.extend_from_slice(self.sequence.as_bytes());
            return Ok(());
        }
        out.extend_from_slice(payload);
        out.extend_from_slice(self.sequence.as_bytes());
        // Also catches a payload whose end and the delimiter make one too early.
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
            Some(_) | None => Ok(()),
        }
    }

    fn find(self, bytes: &[u8], cap: usize, scan: Scan) -> Result<Found, Error> {
        match self.escape {
            Some(escape) => self.find_escaped(escape, bytes, cap, scan),
            None => self.find_plain(bytes, cap, scan),
        }
    }

    fn unescape(self, body: &[u8], payload: &mut Vec<u8>) {
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

/// Delimiters that have a name of their own.
const NAMED: [(&str, Delimiter); 4] = [
    ("line", Delimiter::LINE),
    ("line-escaped", Delimiter::ESCAPED_LINE),
    ("crlf", Delimiter::CRLF),
    ("nul", Delimiter::NUL),
];
