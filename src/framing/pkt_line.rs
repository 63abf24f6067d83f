//! The length in four hex digits that count themselves, then the payload.
//!
//! ```text
//! +---------------------+---------+
//! | length, 4 hex digits | payload |     "0009done\n"   "0000": a flush
//! +---------------------+---------+
//! ```
//!
//! 0000 (flush), 0001 (delimiter) and 0002 (end of a response) stand for themselves: frames
//! without payload. So does 0004, which git asks not to send; an empty message is written 0000.
//!
//! Limits: 65,516 bytes, ffec and the four digits (git's own limit is fff0 in all). 0003 is refused.
//!
//! In the field: git, between a client and a server (gitprotocol-common, pkt-line format).

use super::codec::{Boundary, Coding, Facts, Family, Header};
use super::{Codec, Error, ErrorKind, Found, Got, Parts, Scan, Wanted};

/// How many digits there are.
const DIGITS: usize = 4;

/// The longest payload, in bytes.
const MOST: usize = 65_516;

/// The codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PktLine;

impl Coding for PktLine {
    const FAMILY: Family = Family::single(
        ["pkt-line"; 2],
        |name| (name == "pkt-line").then_some(Codec::PktLine(Self)),
        || vec![Codec::PktLine(Self)],
    );

    fn name(self) -> String {
        "pkt-line".to_owned()
    }

    #[inline]
    fn facts(self) -> Facts {
        Facts::new(Boundary::Length, Header::Always(DIGITS))
    }

    fn append(self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        if payload.len() > MOST {
            return Err(Error::unfit(Wanted::AtMost(MOST as u64), payload));
        }
        let number = if payload.is_empty() {
            0
        } else {
            payload.len() + DIGITS
        };
        out.extend_from_slice(format!("{number:04x}").as_bytes());
        out.extend_from_slice(payload);
        Ok(())
    }

    fn find(self, bytes: &[u8], cap: usize, _scan: Scan) -> Result<Found, Error> {
        let mut number = 0;
        for (at, &byte) in bytes.iter().take(DIGITS).enumerate() {
            let Some(digit) = char::from(byte).to_digit(16) else {
                return Err(Error::new(
                    ErrorKind::NotADigit,
                    at,
                    Wanted::Described(&["a hex digit", "一个十六进制数字"]),
                    Got::Byte(byte),
                    bytes,
                ));
            };
            number = number * 16 + digit as usize;
        }
        if bytes.len() < DIGITS {
            return Ok(Found::InHeader {
                at_least: DIGITS - bytes.len(),
            });
        }
        let refused = |kind, wanted| {
            let got = Got::Length(number as i128);
            Err(Error::new(kind, 0, wanted, got, bytes))
        };
        match number.checked_sub(DIGITS) {
            Some(length) if length > cap => {
                let most = cap.saturating_add(DIGITS) as u64;
                refused(ErrorKind::AboveCap, Wanted::AtMost(most))
            }
            None if number == DIGITS - 1 => refused(
                ErrorKind::BelowHeader,
                Wanted::Described(&["0 to 2, or 4 or more", "0 到 2，或不小于 4"]),
            ),
            length => {
                let parts = Parts::prefixed(DIGITS, length.unwrap_or(0));
                Ok(Found::new(parts, bytes.len()))
            }
        }
    }

    fn length(self, header: &[u8]) -> Option<i128> {
        let number = i128::from_str_radix(std::str::from_utf8(header).ok()?, 16).ok()?;
        Some(if number < 3 {
            0
        } else {
            number - DIGITS as i128
        })
    }
}
