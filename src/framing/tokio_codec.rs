//! A framing as a codec of `tokio-util`, with the feature `tokio-util`.
//!
//! ```
//! use futures_util::{SinkExt as _, StreamExt as _};
//! use sticky_packet::framing::{Framing, TokioCodec};
//! use tokio_util::codec::Framed;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let framing: Framing = "u32-be".parse()?;
//! let (here, there) = tokio::io::duplex(64);
//! let mut here = Framed::new(here, TokioCodec::new(framing, 1024));
//! let mut there = Framed::new(there, TokioCodec::new(framing, 1024));
//!
//! here.send("rain").await?;
//! assert_eq!(there.next().await.transpose()?.as_deref(), Some(&b"rain"[..]));
//! # Ok(())
//! # }
//! # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
//! # runtime.block_on(example()).unwrap();
//! ```
//!
//! An error is an [`io::Error`], as with tokio-util's own codecs, and holds the [`Error`] of this
//! module ([`io::Error::get_ref`]). Its kind is `InvalidData` for a stream that does not decode,
//! `UnexpectedEof` for one that ends inside a frame, and `InvalidInput` for a payload that does
//! not fit.
//!
//! Promises: the same messages and errors as [`Decoder`](super::Decoder). Nothing is reserved for
//! a length that a peer only claims. After an error the place in the stream is lost, so the same
//! error comes again.

use std::io;

use tokio_util::bytes::{Buf as _, Bytes, BytesMut};
use tokio_util::codec::{Decoder, Encoder};

use super::{Error, Found, Framing, Scan};

/// A framing and a cap, as tokio-util's [`Encoder`] and [`Decoder`]. It takes whatever lends bytes,
/// and gives payloads.
#[derive(Clone, Debug)]
pub struct TokioCodec {
    framing: Framing,
    cap: usize,
    /// How far into the buffer a search for a delimiter got.
    scan: Scan,
    /// The stream offset of the next frame.
    offset: u64,
    failed: Option<(io::ErrorKind, Error)>,
    /// The last frame encoded.
    frame: Vec<u8>,
}

impl TokioCodec {
    /// A codec at the beginning of a stream in each direction; it reads payloads of at most `cap`
    /// bytes.
    #[must_use]
    pub const fn new(framing: Framing, cap: usize) -> Self {
        Self {
            framing,
            cap,
            scan: Scan { bytes: 0, count: 0 },
            offset: 0,
            failed: None,
            frame: Vec::new(),
        }
    }

    /// Remembers that the place in the stream is lost.
    fn fail(&mut self, kind: io::ErrorKind, error: Error) -> io::Error {
        let error = error.behind(self.offset);
        self.failed = Some((kind, error));
        io::Error::new(kind, error)
    }
}

impl<T: AsRef<[u8]>> Encoder<T> for TokioCodec {
    type Error = io::Error;

    fn encode(&mut self, payload: T, out: &mut BytesMut) -> io::Result<()> {
        self.frame.clear();
        self.framing
            .encode(payload.as_ref(), &mut self.frame)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        out.extend_from_slice(&self.frame);
        Ok(())
    }
}

impl Decoder for TokioCodec {
    type Item = BytesMut;
    type Error = io::Error;

    fn decode(&mut self, buffer: &mut BytesMut) -> io::Result<Option<BytesMut>> {
        if let Some((kind, error)) = self.failed {
            return Err(io::Error::new(kind, error));
        }
        // A caller may have taken bytes out of the buffer.
        if self.scan.bytes > buffer.len() {
            self.scan = Scan::default();
        }
        let parts = match self.framing.find(buffer, self.cap, self.scan) {
            Ok(Found::Frame(parts)) => parts,
            Ok(Found::Undelimited { scan, .. }) => {
                self.scan = scan;
                return Ok(None);
            }
            Ok(Found::InHeader { .. } | Found::InBody { .. }) => return Ok(None),
            Err(error) => return Err(self.fail(io::ErrorKind::InvalidData, error)),
        };
        self.scan = Scan::default();
        self.offset += parts.total() as u64;
        let mut body = buffer.split_to(parts.total());
        body.advance(parts.header);
        body.truncate(parts.body);
        if parts.escaped {
            let mut payload = Vec::new();
            self.framing.unescape(&body, &mut payload);
            body = Bytes::from(payload).into();
        }
        Ok(Some(body))
    }

    fn decode_eof(&mut self, buffer: &mut BytesMut) -> io::Result<Option<BytesMut>> {
        if let Some(frame) = self.decode(buffer)? {
            return Ok(Some(frame));
        }
        match self.framing.end(buffer) {
            Ok(()) => Ok(None),
            Err(error) => Err(self.fail(io::ErrorKind::UnexpectedEof, error)),
        }
    }
}
