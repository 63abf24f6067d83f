//! A message between flags; a flag or an escape in it is written as an escape and another byte.
//!
//! ```text
//! +------+---------+------+
//! | flag | payload | flag |     c0 | 01 db dc 02 | c0 is the message 01 c0 02
//! +------+---------+------+
//!
//! slip (stuffed-c0-db-dc-dd)      c0 is written db dc, db is written db dd   (RFC 1055)
//! hdlc (stuffed-7e-7d-xor-20)     7e is written 7d 5e, 7d is written 7d 5d   (RFC 1662, 4.2)
//! stuffed-7e-7d-02-01             7e is written 7d 02, 7d is written 7d 01   (JT/T 808, 4.4.2)
//! ```
//!
//! The name says the flag, the escape, and what stands behind the escape: for the flag and for
//! the escape, or the bit that is turned over (`xor`). A flag is written before and behind each
//! message. In reading one between two messages is enough, and more mean nothing, so a stream
//! may be joined at any flag.
//!
//! Limits: no empty message, which looks like two flags. At most 1,024 flags in a row. A byte
//! behind an escape that the rule does not know is an error (RFC 1055's program takes it as it
//! is); with `xor` any byte but the flag may stand there, as PPP escapes control characters too.
//! A checksum (PPP's two bytes, JT/T 808's one) is a part of the message.
//!
//! In the field: SLIP (RFC 1055), PPP in HDLC-like framing (RFC 1662), JT/T 808 trackers.

use super::codec::{Boundary, Coding, Facts, Family, Header};
use super::delimiter::missing;
use super::name::is_of;
use super::{Codec, Error, ErrorKind, Found, Got, Parts, Scan, Sequence, Wanted, filler};
use crate::diagnostic::hex::{self, Digits};

/// The codec: what stands around a message, and what is written for it inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stuffed {
    flag: u8,
    escape: u8,
    rule: Rule,
}

/// What stands behind an escape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// A code for the flag and one for the escape.
    Codes {
        /// For the flag.
        flag: u8,
        /// For the escape.
        escape: u8,
    },
    /// The byte itself with these bits turned over.
    Xor(u8),
}

impl Stuffed {
    /// SLIP (RFC 1055).
    pub const SLIP: Self = Self {
        flag: 0xc0,
        escape: 0xdb,
        rule: Rule::Codes {
            flag: 0xdc,
            escape: 0xdd,
        },
    };
    /// HDLC with octets (RFC 1662, 4.2).
    pub const HDLC: Self = Self {
        flag: 0x7e,
        escape: 0x7d,
        rule: Rule::Xor(0x20),
    };
    /// Trackers by JT/T 808.
    pub const JT808: Self = Self {
        flag: 0x7e,
        escape: 0x7d,
        rule: Rule::Codes {
            flag: 0x02,
            escape: 0x01,
        },
    };

    /// The codec, if no flag can stand inside a message.
    #[must_use]
    pub const fn new(flag: u8, escape: u8, rule: Rule) -> Option<Self> {
        let stuffed = Self { flag, escape, rule };
        let [for_flag, for_escape] = [stuffed.code(flag), stuffed.code(escape)];
        if flag == escape || for_flag == for_escape || for_flag == flag || for_escape == flag {
            None
        } else {
            Some(stuffed)
        }
    }

    /// The byte around a message.
    #[must_use]
    pub const fn flag(self) -> u8 {
        self.flag
    }

    /// The byte that takes the meaning from the one behind it.
    #[must_use]
    pub const fn escape(self) -> u8 {
        self.escape
    }

    /// What stands behind an escape.
    #[must_use]
    pub const fn rule(self) -> Rule {
        self.rule
    }

    /// What is written behind the escape for this flag or escape.
    #[must_use]
    pub const fn code(self, byte: u8) -> u8 {
        match self.rule {
            Rule::Codes { flag, .. } if byte == self.flag => flag,
            Rule::Codes { escape, .. } => escape,
            Rule::Xor(bits) => byte ^ bits,
        }
    }

    /// What this byte behind an escape stands for.
    const fn meaning(self, code: u8) -> Option<u8> {
        match self.rule {
            Rule::Codes { flag, .. } if code == flag => Some(self.flag),
            Rule::Codes { escape, .. } if code == escape => Some(self.escape),
            Rule::Xor(bits) if code != self.flag => Some(code ^ bits),
            Rule::Codes { .. } | Rule::Xor(_) => None,
        }
    }

    /// The flag as a delimiter.
    fn sequence(self) -> Sequence {
        Sequence::one(self.flag)
    }

    fn parse(name: &str) -> Option<Self> {
        if let Some((_, stuffed)) = NAMED.iter().find(|(known, _)| *known == name) {
            return Some(*stuffed);
        }
        let bytes = name.strip_prefix("stuffed-")?;
        let parts: Vec<&str> = bytes.split('-').collect();
        let one = |spelled: &str| <[u8; 1]>::try_from(hex::bytes(spelled)?).ok();
        let &[flag, escape, first, second] = parts.as_slice() else {
            return None;
        };
        let [second] = one(second)?;
        let rule = if first == "xor" {
            Rule::Xor(second)
        } else {
            let [flag] = one(first)?;
            let escape = second;
            Rule::Codes { flag, escape }
        };
        let ([flag], [escape]) = (one(flag)?, one(escape)?);
        Self::new(flag, escape, rule)
    }
}

impl Coding for Stuffed {
    const FAMILY: Family = Family {
        forms: [
            "slip, hdlc, stuffed-HEX-HEX-HEX-HEX, stuffed-HEX-HEX-xor-HEX",
            "slip、hdlc、stuffed-HEX-HEX-HEX-HEX、stuffed-HEX-HEX-xor-HEX",
        ],
        parse: |name| Self::parse(name).map(Codec::Stuffed),
        every: || {
            [Self::SLIP, Self::HDLC, Self::JT808]
                .map(Codec::Stuffed)
                .to_vec()
        },
        hint: |name, language| {
            is_of("stuffed", name).then(|| {
                language
                    .pick(
                        "`stuffed-` takes four bytes of two hex digits: the flag, the escape, and what \
                         stands behind an escape for the flag and for the escape, as \
                         `stuffed-c0-db-dc-dd`; or `xor` and the bits turned over, as `stuffed-7e-7d-xor-20`",
                        "`stuffed-` 后依次写四个字节（各两位十六进制）：标志、转义符、转义后代表标志的字节、\
                         代表转义符的字节，如 `stuffed-c0-db-dc-dd`；或写 `xor` 和要翻转的位，如 `stuffed-7e-7d-xor-20`",
                    )
                    .to_owned()
            })
        },
    };

    fn name(self) -> String {
        if let Some((known, _)) = NAMED.iter().find(|(_, known)| *known == self) {
            return (*known).to_owned();
        }
        let [flag, escape] = [self.flag, self.escape].map(|byte| Digits(&[byte]).to_string());
        match self.rule {
            Rule::Codes { .. } => {
                let codes =
                    [self.flag, self.escape].map(|byte| Digits(&[self.code(byte)]).to_string());
                format!("stuffed-{flag}-{escape}-{}-{}", codes[0], codes[1])
            }
            Rule::Xor(bits) => format!("stuffed-{flag}-{escape}-xor-{}", Digits(&[bits])),
        }
    }

    #[inline]
    fn facts(self) -> Facts {
        Facts {
            trailer: 1,
            escapes: true,
            ..Facts::new(Boundary::Delimiter, Header::AtMost(filler::LONGEST))
        }
    }

    fn append(self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        if payload.is_empty() {
            return Err(Error::unfit(Wanted::AtLeast(1), payload));
        }
        out.push(self.flag);
        for &byte in payload {
            if byte == self.flag || byte == self.escape {
                out.extend_from_slice(&[self.escape, self.code(byte)]);
            } else {
                out.push(byte);
            }
        }
        out.push(self.flag);
        Ok(())
    }

    fn find(self, bytes: &[u8], cap: usize, mut scan: Scan) -> Result<Found, Error> {
        let wanted = Wanted::Described(&["a byte that is no flag", "不是标志的字节"]);
        let header = filler::leading(bytes, |byte| byte == self.flag, wanted)?;
        if header == bytes.len() {
            // At the least a byte, and the flag behind it.
            return Ok(Found::InHeader { at_least: 2 });
        }
        scan.bytes = scan.bytes.max(header);
        while let Some(&byte) = bytes.get(scan.bytes) {
            if byte == self.flag {
                return Ok(Found::Frame(Parts {
                    header,
                    body: scan.bytes - header,
                    trailer: 1,
                    escaped: scan.count > 0,
                }));
            }
            if scan.bytes - header - scan.count >= cap {
                return Err(missing(self.sequence(), scan.bytes, cap, bytes));
            }
            if byte != self.escape {
                scan.bytes += 1;
                continue;
            }
            let Some(&code) = bytes.get(scan.bytes + 1) else {
                return Ok(Found::Undelimited {
                    delimiter: self.sequence(),
                    at_least: 2,
                    scan,
                });
            };
            if self.meaning(code).is_none() {
                let wanted = match self.rule {
                    Rule::Codes { flag, escape } => Wanted::Escapable(flag, escape),
                    Rule::Xor(_) => wanted,
                };
                return Err(Error::new(
                    ErrorKind::BadEscape,
                    scan.bytes + 1,
                    wanted,
                    Got::Byte(code),
                    bytes,
                ));
            }
            scan.bytes += 2;
            scan.count += 1;
        }
        Ok(Found::Undelimited {
            delimiter: self.sequence(),
            at_least: 1,
            scan,
        })
    }

    #[inline]
    fn written_header(self, _total: usize, _payload: usize) -> usize {
        1
    }

    /// Flags between messages that never came.
    fn is_filler(self, rest: &[u8]) -> bool {
        rest.iter().all(|byte| *byte == self.flag)
    }

    fn unescape(self, body: &[u8], payload: &mut Vec<u8>) {
        payload.reserve_exact(body.len());
        let mut bytes = body.iter().copied();
        while let Some(byte) = bytes.next() {
            if byte == self.escape {
                payload.extend(bytes.next().and_then(|code| self.meaning(code)));
            } else {
                payload.push(byte);
            }
        }
    }
}

/// Rules that have a name of their own.
const NAMED: [(&str, Stuffed); 2] = [("slip", Stuffed::SLIP), ("hdlc", Stuffed::HDLC)];
