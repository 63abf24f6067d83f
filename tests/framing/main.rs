//! Tests the framings against their promises, against tokio-util and against Python.

#![expect(clippy::unwrap_used, reason = "a test fails where it unwraps")]

mod corpus;
mod errors;
mod names;
mod parts;
mod properties;
mod protocols;
mod python;
mod splits;
#[cfg(feature = "tokio-util")]
mod tokio_codec;
mod tokio_util;
