//! A header in which bits say how wide the length is: the frames of WebSocket and ZMTP.
//!
//! ```text
//! websocket-frame (RFC 6455, 5.2)
//! +--------------+---------+-------------------+-------------+---------+
//! | FIN, opcode  | mask, 7 | length, 0, 2 or 8 | key, 0 or 4 | payload |    82 03 | abc
//! +--------------+---------+-------------------+-------------+---------+
//!   the 7 bits are the length up to 125; 126: it stands in 2 bytes behind, 127: in 8
//!
//! zmtp-frame (23/ZMTP, traffic)
//! +-------+----------------+---------+
//! | flags | length, 1 or 8 | payload |    00 03 | abc
//! +-------+----------------+---------+
//!   flag 1: more frames of the message follow, 2: 8 bytes of length, 4: a command
//! ```
//!
//! A frame is a message here, also where it is one piece of several or a command. A masked
//! WebSocket frame, as each client sends, has its key at the front of the body, and each byte of
//! the payload is written with a byte of the key turned over it. Written is a whole binary message
//! without a mask, and without flags.
//!
//! Limits: ZMTP's other five flags are reserved, and refused.
//!
//! In the field: WebSocket behind an HTTP upgrade; `ZeroMQ` behind a greeting of 64 bytes.

use super::codec::{Boundary, Coding, Facts, Family, Header};
use super::{Codec, Error, ErrorKind, Found, Got, Parts, Scan, Wanted};

/// The codec: whose flags they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flagged {
    /// WebSocket's.
    WebSocket,
    /// ZMTP's.
    Zmtp,
}

/// Bytes of a WebSocket key.
const KEY: usize = 4;

/// FIN and the opcode of a binary message.
const BINARY: u8 = 0x82;

/// ZMTP: the length has 8 bytes.
const LONG: u8 = 2;

impl Flagged {
    /// Where the length stands, how many bytes it has, and whether a key follows; `None` where the
    /// first bytes are not there.
    fn shape(self, bytes: &[u8]) -> Option<(usize, usize, bool)> {
        match self {
            Self::WebSocket => {
                let &[_, second] = bytes.first_chunk()?;
                let is_masked = second & 0x80 != 0;
                Some(match second & 0x7f {
                    126 => (2, 2, is_masked),
                    127 => (2, 8, is_masked),
                    _ => (1, 1, is_masked),
                })
            }
            Self::Zmtp => {
                let width = if bytes.first()? & LONG == 0 { 1 } else { 8 };
                Some((1, width, false))
            }
        }
    }
}

impl Coding for Flagged {
    const FAMILY: Family = Family::single(
        ["websocket-frame, zmtp-frame", "websocket-frame、zmtp-frame"],
        |name| match name {
            "websocket-frame" => Some(Codec::Flagged(Self::WebSocket)),
            "zmtp-frame" => Some(Codec::Flagged(Self::Zmtp)),
            _ => None,
        },
        || [Self::WebSocket, Self::Zmtp].map(Codec::Flagged).to_vec(),
    );

    fn name(self) -> String {
        match self {
            Self::WebSocket => "websocket-frame",
            Self::Zmtp => "zmtp-frame",
        }
        .to_owned()
    }

    #[inline]
    fn facts(self) -> Facts {
        let (header, escapes) = match self {
            // The key belongs to the body, and stands behind the header.
            Self::WebSocket => (2 + 8 + KEY, true),
            Self::Zmtp => (1 + 8, false),
        };
        Facts {
            escapes,
            ..Facts::new(Boundary::Length, Header::AtMost(header))
        }
    }

    fn append(self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let length = payload.len() as u64;
        let (short, middle) = (u8::try_from(length), u16::try_from(length));
        match (self, short, middle) {
            (Self::WebSocket, Ok(short @ ..=125), _) => out.extend_from_slice(&[BINARY, short]),
            (Self::WebSocket, _, Ok(middle)) => {
                out.extend_from_slice(&[BINARY, 126]);
                out.extend_from_slice(&middle.to_be_bytes());
            }
            (Self::WebSocket, _, Err(_)) => {
                out.extend_from_slice(&[BINARY, 127]);
                out.extend_from_slice(&length.to_be_bytes());
            }
            (Self::Zmtp, Ok(short), _) => out.extend_from_slice(&[0, short]),
            (Self::Zmtp, Err(_), _) => {
                out.push(LONG);
                out.extend_from_slice(&length.to_be_bytes());
            }
        }
        out.extend_from_slice(payload);
        Ok(())
    }

    fn find(self, bytes: &[u8], cap: usize, _scan: Scan) -> Result<Found, Error> {
        if let (Self::Zmtp, Some(&flags @ 8..)) = (self, bytes.first()) {
            return Err(Error::new(
                ErrorKind::Malformed,
                0,
                Wanted::Described(&["flags from 0 to 7", "0 到 7 的标志"]),
                Got::Byte(flags),
                bytes,
            ));
        }
        let Some((at, width, is_masked)) = self.shape(bytes) else {
            return Ok(Found::InHeader {
                at_least: 2 - bytes.len(),
            });
        };
        let header = at + width;
        let Some(field) = bytes.get(at..header) else {
            return Ok(Found::InHeader {
                at_least: header - bytes.len(),
            });
        };
        let number = field
            .iter()
            .fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
        // The bit of the mask stands in the same byte as a short length.
        let number = match (self, width) {
            (Self::WebSocket, 1) => number & 0x7f,
            (Self::WebSocket | Self::Zmtp, _) => number,
        };
        match usize::try_from(number) {
            Ok(length) if length <= cap => {
                let key = if is_masked { KEY } else { 0 };
                let parts = Parts {
                    escaped: is_masked,
                    ..Parts::prefixed(header, key + length)
                };
                Ok(Found::new(parts, bytes.len()))
            }
            Ok(_) | Err(_) => Err(Error::new(
                ErrorKind::AboveCap,
                at,
                Wanted::AtMost(cap as u64),
                Got::Length(number.into()),
                bytes,
            )),
        }
    }

    /// Turns the key over again.
    fn unescape(self, body: &[u8], payload: &mut Vec<u8>) {
        let (key, masked) = body.split_at(KEY.min(body.len()));
        payload.reserve_exact(masked.len());
        payload.extend(masked.iter().zip(key.iter().cycle()).map(|(a, b)| a ^ b));
    }
}
