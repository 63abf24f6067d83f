//! The values of Redis, RESP: lines, strings with their length, and arrays of values.
//!
//! ```text
//! +OK                 a line; so are - ( # , _ and :
//! $5 hello            a length, then so many bytes; so are ! and =
//! *2 $4 PING $2 hi    how many values follow; so are ~ and >; of % and |, each is a pair
//! ```
//!
//! Each line ends with CR LF, and so do the bytes behind a length. A value is the message, with
//! all values in it, as it was written; `$-1` and `*-1` are null.
//!
//! Limits: a line has at most 64 KiB, as in Redis. Commands that are a bare line (`PING`), and
//! strings of unknown length (`$?`) are refused. What is sent has to be just one value.
//!
//! In the field: Redis and what speaks its protocol (redis.io, "Redis serialization protocol
//! specification").

use super::codec::{Boundary, Coding, Facts, Family, Header};
use super::delimiter::Delimiter;
use super::{Codec, Error, ErrorKind, Found, Got, LONGEST_PAYLOAD, Parts, Scan, Sequence, Wanted};

/// The most bytes of a line, its end among them.
const LONGEST_LINE: usize = 64 * 1024;

/// The shortest value: a type and the end of a line.
const SHORTEST: usize = 3;

/// The codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Resp;

/// A part of a value.
enum Part {
    /// So many bytes, and so many values inside that have to follow.
    Whole { bytes: usize, inside: usize },
    /// Not all there.
    Lacks(usize),
}

impl Coding for Resp {
    const FAMILY: Family = Family::single(
        ["resp"; 2],
        |name| (name == "resp").then_some(Codec::Resp(Self)),
        || vec![Codec::Resp(Self)],
    );

    fn name(self) -> String {
        "resp".to_owned()
    }

    #[inline]
    fn facts(self) -> Facts {
        Facts::new(Boundary::Delimiter, Header::Always(0))
    }

    fn append(self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        const ONE: Wanted = Wanted::Described(&["one RESP value", "一个 RESP 值"]);
        Error::unless_one(
            self.find(payload, LONGEST_PAYLOAD, Scan::default()),
            payload,
            ONE,
        )?;
        out.extend_from_slice(payload);
        Ok(())
    }

    fn find(self, bytes: &[u8], cap: usize, mut scan: Scan) -> Result<Found, Error> {
        if scan.bytes == 0 {
            scan.count = 1;
        }
        while scan.count > 0 {
            let room = cap.saturating_sub(scan.bytes);
            let rest = bytes.get(scan.bytes..).unwrap_or_default();
            let part = part(rest, room).map_err(|error| error.behind(scan.bytes as u64))?;
            match part {
                Part::Whole { bytes, inside } => {
                    scan.bytes += bytes;
                    scan.count = (scan.count - 1).saturating_add(inside);
                }
                Part::Lacks(at_least) => {
                    return Ok(Found::Undelimited {
                        delimiter: END,
                        at_least: at_least + (scan.count - 1).min(room / SHORTEST) * SHORTEST,
                        scan,
                    });
                }
            }
        }
        Ok(Found::Frame(Parts::prefixed(0, scan.bytes)))
    }
}

/// The end of a line.
const END: Sequence = Delimiter::CRLF.sequence();

/// The part of a value at the front of the bytes; there is room for so many.
fn part(bytes: &[u8], room: usize) -> Result<Part, Error> {
    const TYPE: Wanted = Wanted::Described(&[
        "the type of a RESP value, one of + - : $ * _ # , ( ! = % ~ > |",
        "RESP 值的类型：+ - : $ * _ # , ( ! = % ~ > | 之一",
    ]);
    let Some(&first) = bytes.first() else {
        return Ok(Part::Lacks(SHORTEST));
    };
    let refuse = |at, wanted, got| Err(Error::new(ErrorKind::Malformed, at, wanted, got, bytes));
    // How many values one of the number is; none where the number is a length.
    let values = match first {
        b'+' | b'-' | b':' | b'_' | b'#' | b',' | b'(' => {
            return Ok(match line(bytes, room)? {
                Some(end) => Part::Whole {
                    bytes: end + 2,
                    inside: 0,
                },
                None => Part::Lacks(1),
            });
        }
        b'$' | b'!' | b'=' => None,
        b'*' | b'~' | b'>' => Some(1),
        b'%' | b'|' => Some(2),
        other => return refuse(0, TYPE, Got::Byte(other)),
    };
    let Some(end) = line(bytes, room)? else {
        return Ok(Part::Lacks(1));
    };
    let header = end + 2;
    let number = &bytes[1..end];
    let inside_null = Part::Whole {
        bytes: header,
        inside: 0,
    };
    if number == b"-1" && matches!(first, b'$' | b'*') {
        return Ok(inside_null);
    }
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    if number.is_empty() || !number.iter().all(is_digit) {
        let at = 1 + number.iter().position(|byte| !is_digit(byte)).unwrap_or(0);
        return refuse(at, Wanted::Digit, Got::Byte(bytes[at]));
    }
    let number = number.iter().fold(0_u64, |number, digit| {
        number
            .saturating_mul(10)
            .saturating_add((digit - b'0').into())
    });
    let left = room - header;
    let above = |most: usize| {
        let (wanted, got) = (Wanted::AtMost(most as u64), Got::Length(number.into()));
        Err(Error::new(ErrorKind::AboveCap, 1, wanted, got, bytes))
    };
    if let Some(values) = values {
        // An attribute stands before the value that it belongs to.
        let behind = usize::from(first == b'|');
        return match usize::try_from(number) {
            Ok(number) if number <= left / SHORTEST / values => Ok(Part::Whole {
                bytes: header,
                inside: number * values + behind,
            }),
            Ok(_) | Err(_) => above(left / SHORTEST / values),
        };
    }
    let Ok(length) = usize::try_from(number) else {
        return above(left.saturating_sub(2));
    };
    if length > left.saturating_sub(2) {
        return above(left.saturating_sub(2));
    }
    let total = header + length + 2;
    for (at, wanted) in [(total - 2, b'\r'), (total - 1, b'\n')] {
        match bytes.get(at) {
            None => return Ok(Part::Lacks(total - bytes.len())),
            Some(&byte) if byte != wanted => {
                return refuse(at, Wanted::Delimiter(END), Got::Byte(byte));
            }
            Some(_) => {}
        }
    }
    Ok(Part::Whole {
        bytes: total,
        inside: 0,
    })
}

/// Where the line at the front ends, if its CR LF has come.
fn line(bytes: &[u8], room: usize) -> Result<Option<usize>, Error> {
    let most = room.min(LONGEST_LINE);
    let window = &bytes[..bytes.len().min(most)];
    let end = window.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
    let refuse = |kind, at: usize, wanted| {
        let got = bytes.get(at).map_or(Got::End, |&byte| Got::Byte(byte));
        Err(Error::new(kind, at, wanted, got, bytes))
    };
    match end {
        Some(at) if window[at] == b'\n' => refuse(ErrorKind::Malformed, at, Wanted::Delimiter(END)),
        Some(at) => match window.get(at + 1) {
            Some(b'\n') => Ok(Some(at)),
            Some(_) => refuse(ErrorKind::Malformed, at + 1, Wanted::Delimiter(END)),
            None if bytes.len() > most => {
                let wanted = Wanted::DelimiterWithin(END, most as u64);
                refuse(ErrorKind::MissingDelimiter, at, wanted)
            }
            None => Ok(None),
        },
        None if bytes.len() > most => {
            let wanted = Wanted::DelimiterWithin(END, most as u64);
            refuse(ErrorKind::MissingDelimiter, most, wanted)
        }
        None => Ok(None),
    }
}
