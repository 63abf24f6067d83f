//! No framing at all: whatever a recv returned is taken for a message.
//!
//! ```text
//! +---------+
//! | payload |   nothing tells where it ends
//! +---------+
//! ```
//!
//! This is the fault that sticky packets are, kept here so that it can be put
//! beside the framings that mend it. It is right over UDP, where the kernel keeps
//! the boundary, and over TCP for one message that ends with the stream.
//!
//! Limits: a message is cut at the cap, as recv(n) cuts at n. An empty message
//! leaves no trace in the stream.
//!
//! In the field: HTTP/1.0 bodies that end with the connection, `nc`, most first
//! socket programs.

use super::codec::{Boundary, Coding, Facts, Family, Header};
use super::{Codec, Error, ErrorKind, Found, Got, Parts, Scan, Wanted};

/// The codec: none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Raw;

impl Coding for Raw {
    const FAMILY: Family = Family::single(
        ["raw"; 2],
        |name| (name == "raw").then_some(Codec::Raw(Self)),
        || vec![Codec::Raw(Self)],
    );

    fn name(self) -> String {
        "raw".to_owned()
    }

    #[inline]
    fn facts(self) -> Facts {
        Facts::new(Boundary::Nowhere, Header::Always(0))
    }

    /// Appends the payload as it is.
    #[inline]
    fn append(self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        out.extend_from_slice(payload);
        Ok(())
    }

    /// Takes all that is there, up to the cap.
    fn find(self, bytes: &[u8], cap: usize, _scan: Scan) -> Result<Found, Error> {
        if bytes.is_empty() {
            return Ok(Found::InHeader { at_least: 1 });
        }
        if cap == 0 {
            return Err(Error::new(
                ErrorKind::AboveCap,
                0,
                Wanted::AtMost(0),
                Got::Length(bytes.len() as i128),
                bytes,
            ));
        }
        Ok(Found::Frame(Parts::prefixed(0, bytes.len().min(cap))))
    }
}
