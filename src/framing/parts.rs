//! The parts of a frame, and its place in a stream.
//!
//! ```text
//! +--------+----------------------------+---------+
//! | header | body                       | trailer |
//! +--------+----------------------------+---------+
//!            the payload, its escapes
//!            still in it
//! ```
//!
//! Promises: this is the only place that says where a part begins and ends. The codec
//! that writes a frame and the codec that reads it both make these numbers; everything
//! else takes them from there and works out none of its own.

use std::ops::Range;

/// How many bytes each part of a frame has, in the order in which they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Parts {
    /// Bytes before the body: a length, a start mark; 0 where there is none.
    pub header: usize,
    /// Bytes of the body, as they stand in the stream.
    pub body: usize,
    /// Bytes behind the body: a delimiter, an end mark; 0 where there is none.
    pub trailer: usize,
    /// Whether the body holds escapes, so that the payload is not the body itself.
    pub escaped: bool,
}

impl Parts {
    /// A header, and the payload itself behind it.
    #[must_use]
    pub const fn prefixed(header: usize, body: usize) -> Self {
        Self {
            header,
            body,
            trailer: 0,
            escaped: false,
        }
    }

    /// The length of the whole frame, in bytes.
    #[must_use]
    pub const fn total(self) -> usize {
        self.header + self.body + self.trailer
    }

    /// Where the body stands, counted from the frame's first byte.
    #[must_use]
    pub const fn body_range(self) -> Range<usize> {
        self.header..self.header + self.body
    }
}

/// A frame's place in a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The stream offset of its first byte.
    pub start: usize,
    /// Its parts.
    pub parts: Parts,
}

impl Place {
    /// The whole frame.
    #[must_use]
    pub const fn range(self) -> Range<usize> {
        self.start..self.end()
    }

    /// Its header.
    #[must_use]
    pub const fn header(self) -> Range<usize> {
        self.start..self.start + self.parts.header
    }

    /// Its body, as it stands in the stream.
    #[must_use]
    pub const fn body(self) -> Range<usize> {
        let start = self.start + self.parts.header;
        start..start + self.parts.body
    }

    /// The stream offset behind it.
    #[must_use]
    pub const fn end(self) -> usize {
        self.start + self.parts.total()
    }
}
