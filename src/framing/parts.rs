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
//! Promises: these numbers are the only source for where a part begins and ends. The codec that
//! writes a frame and the codec that reads it both produce them; all other code uses them and
//! computes none of its own.

use std::ops::Range;

/// The number of bytes in each part of a frame, in stream order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Parts {
    /// Bytes before the body: a length or a start mark. 0 if there is none.
    pub header: usize,
    /// Bytes of the body, as they stand in the stream.
    pub body: usize,
    /// Bytes after the body: a delimiter or an end mark. 0 if there is none.
    pub trailer: usize,
    /// Whether the body contains escapes, so that the payload differs from it.
    pub escaped: bool,
}

impl Parts {
    /// A header followed by the payload itself.
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

    /// The range of the body, counted from the frame's first byte.
    #[must_use]
    pub const fn body_range(self) -> Range<usize> {
        self.header..self.header + self.body
    }
}

/// A frame's place in a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FramePlace {
    /// The stream offset of its first byte.
    pub start: usize,
    /// Its parts.
    pub parts: Parts,
}

impl FramePlace {
    /// The range of the whole frame.
    #[must_use]
    pub const fn range(self) -> Range<usize> {
        self.start..self.end()
    }

    /// The range of its header.
    #[must_use]
    pub const fn header(self) -> Range<usize> {
        self.start..self.start + self.parts.header
    }

    /// The range of its body, escapes included.
    #[must_use]
    pub const fn body(self) -> Range<usize> {
        let start = self.start + self.parts.header;
        start..start + self.parts.body
    }

    /// The stream offset after its last byte.
    #[must_use]
    pub const fn end(self) -> usize {
        self.start + self.parts.total()
    }
}
