//! Bytes that may stand between frames and mean nothing: idle flags, blanks, line ends.
//!
//! Promises: they count as the header of the frame behind them, and are bounded, or a peer that
//! sends nothing else would fill the memory.

use super::{Error, ErrorKind, Got, Wanted};

/// The most bytes of filler before a frame.
pub(super) const LONGEST: usize = 1024;

/// How many bytes at the front are filler; `wanted` is what has to come at last.
pub(super) fn leading(
    bytes: &[u8],
    is_filler: impl Fn(u8) -> bool,
    wanted: Wanted,
) -> Result<usize, Error> {
    let count = bytes.iter().take_while(|byte| is_filler(**byte)).count();
    if count > LONGEST {
        let got = Got::Byte(bytes[LONGEST]);
        return Err(Error::new(
            ErrorKind::MissingStart,
            LONGEST,
            wanted,
            got,
            bytes,
        ));
    }
    Ok(count)
}
