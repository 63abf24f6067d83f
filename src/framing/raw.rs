//! No framing: whatever a recv returned is taken as a message.
//!
//! ```text
//! +---------+
//! | payload |   nothing tells where it ends
//! +---------+
//! ```
//!
//! This is the mistake behind "sticky packets". It is here for comparison with the framings that
//! cure it. It is right over UDP, where the kernel keeps the boundary, and over TCP for one message
//! that ends with the stream.
//!
//! Limits: a message is cut at the cap, as recv(n) cuts at n. An empty message leaves nothing in
//! the stream.
//!
//! In the field: HTTP/1.0 bodies that end with the connection, `nc`, most first
//! socket programs.

use super::{Error, ErrorKind, Found, Got, Parts, Wanted};

/// Appends the payload as it is.
pub(super) fn encode(payload: &[u8], out: &mut Vec<u8>) -> Parts {
    out.extend_from_slice(payload);
    Parts::prefixed(0, payload.len())
}

/// Takes all bytes that are there, up to the cap.
pub(super) fn find(bytes: &[u8], cap: usize) -> Result<Found, Error> {
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
