//! Every message has the same length, which both sides know.
//!
//! ```text
//! +------------------+------------------+--
//! | payload, n bytes | payload, n bytes | …
//! +------------------+------------------+--
//! ```
//!
//! Limits: a payload of any other length is refused. Padding would make it fit,
//! but then the reader cannot tell padding from payload.
//!
//! In the field: MPEG transport stream packets (188 bytes), ATM cells (53),
//! X11 events (32), records of market data feeds.

use std::num::NonZeroU32;

use super::codec::{Boundary, Coding, Facts, Family, Header};
use super::name::{is_of, number, takes};
use super::{Codec, Error, ErrorKind, Found, Got, Parts, Scan, Wanted};

/// The codec: how long every message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fixed {
    size: NonZeroU32,
}

impl Fixed {
    /// 18 bytes, the length of the first message of the source's cases.
    pub const EIGHTEEN: Self = Self {
        size: NonZeroU32::MIN.saturating_add(17),
    };

    /// Messages of `size` bytes.
    #[must_use]
    pub const fn new(size: NonZeroU32) -> Self {
        Self { size }
    }

    /// How long every message is, in bytes.
    #[must_use]
    pub const fn size(self) -> usize {
        self.size.get() as usize
    }
}

impl Coding for Fixed {
    const FAMILY: Family = Family {
        forms: ["fixed-N"; 2],
        parse: |name| {
            let size = NonZeroU32::new(number(name.strip_prefix("fixed-")?)?)?;
            Some(Codec::Fixed(Self::new(size)))
        },
        every: || vec![Codec::Fixed(Self::EIGHTEEN)],
        hint: |name, language| {
            is_of("fixed", name).then(|| takes("fixed", u32::MAX.into(), language))
        },
    };

    fn name(self) -> String {
        format!("fixed-{}", self.size)
    }

    #[inline]
    fn facts(self) -> Facts {
        Facts::new(Boundary::Size(self.size()), Header::Always(0))
    }

    fn append(self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        if payload.len() != self.size() {
            return Err(Error::unfit(
                Wanted::Exactly(u64::from(self.size.get())),
                payload,
            ));
        }
        out.extend_from_slice(payload);
        Ok(())
    }

    fn find(self, bytes: &[u8], cap: usize, _scan: Scan) -> Result<Found, Error> {
        if self.size() > cap {
            return Err(Error::new(
                ErrorKind::AboveCap,
                0,
                Wanted::AtMost(cap as u64),
                Got::Length(i128::from(self.size.get())),
                bytes,
            ));
        }
        Ok(Found::new(Parts::prefixed(0, self.size()), bytes.len()))
    }

    fn length(self, _header: &[u8]) -> Option<i128> {
        Some(self.size() as i128)
    }
}
