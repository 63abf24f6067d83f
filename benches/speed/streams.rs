//! The streams on which the framings are measured, and the codec of their peer.

use sticky_packet::framing::Framing;
use tokio_util::codec::length_delimited::LengthDelimitedCodec;

/// The number of frames in a stream.
pub(crate) const FRAMES: usize = 1_000_000;
/// The number of bytes read, written and fed at once.
pub(crate) const CHUNK: usize = 64 * 1024;
/// The longest payload that a decoder accepts, in bytes.
pub(crate) const CAP: usize = 64 * 1024;
/// The library that ours is compared with.
pub(crate) const PEER: &str = "tokio-util";
/// The payload of most cases.
pub(crate) const PAYLOAD: [u8; 18] = [b'x'; 18];

/// The framing with this name.
pub(crate) fn framing(name: &str) -> Framing {
    name.parse().expect("a framing")
}

/// The peer's codec for `u32-le`.
pub(crate) fn peer() -> LengthDelimitedCodec {
    LengthDelimitedCodec::builder()
        .little_endian()
        .length_field_length(4)
        .max_frame_length(CAP)
        .new_codec()
}

/// Payloads of one size, or of 1 to 64 bytes.
#[derive(Clone, Copy)]
pub(crate) enum Payloads {
    Fixed(usize),
    Mixed,
}

impl Payloads {
    /// The name in the table.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Fixed(size) => format!("{size} B"),
            Self::Mixed => "1 to 64 B".to_owned(),
        }
    }

    /// The size of payload `n`. A multiplicative hash spreads the mixed ones.
    fn size(self, n: usize) -> usize {
        match self {
            Self::Fixed(size) => size,
            Self::Mixed => (n.wrapping_mul(0x9e37_79b9) >> 16) % 64 + 1,
        }
    }

    /// All frames, one after the other.
    pub(crate) fn stream(self, framing: Framing) -> Vec<u8> {
        let source = vec![b'x'; 2048];
        let mut stream = Vec::new();
        for n in 0..FRAMES {
            framing
                .encode(&source[..self.size(n)], &mut stream)
                .expect("it fits");
        }
        stream
    }
}
