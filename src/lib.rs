//! **Why did two sends arrive as one recv?** A real client and a real server on
//! loopback, every byte accounted for.
//!
//! Everything goes one way: a [`scenario`] says what the two sides do, [`replay`] does it on real
//! sockets and records a [`trace`] ([`record`] records conversations that no scenario plans),
//! [`analysis`] works out what became of every message boundary. The binary `sticky`
//! makes a picture of that and draws it.
//!
//! # The library
//!
//! | module | what it is for | example |
//! | --- | --- | --- |
//! | [`framing`] | messages to bytes and back, for any stream | `examples/framing.rs` |
//! | [`scenario`] | a case as data: read, checked, reported on | `examples/scenario.rs` |
//! | [`replay`] | a case on real sockets | `examples/replay.rs` |
//! | [`trace`] | what happened, as data; saved and read as JSON | `examples/trace.rs` |
//! | [`analysis`] | what became of each boundary and each message | `examples/analysis.rs` |
//!
//! `cargo run --example framing` runs the first. [`language`] has the two languages of all texts,
//! [`diagnostic`] how a problem in an input is shown, and [`kernel`] what the kernel reports of a
//! socket. The other modules make up the binary; they are public so that its tests can reach
//! them, and may change at any time.
//!
//! With the feature `tokio-util`, [`framing`] also has a codec for `tokio_util::codec::Framed`.
//!
//! # What may grow
//!
//! An enum that gets new members with new steps, framings, faults or sources of traces is
//! `#[non_exhaustive]`, and so is a struct that only this library fills in, such as
//! [`analysis::FlowAnalysis`]. A struct that a user of the library fills in is not, because it
//! could then not be written as a literal: the parts of a [`scenario::Scenario`] and of a
//! [`trace::Trace`]. A new field there is a new major version. [`scenario::read::ProblemKind`] is
//! exhaustive too: for each member the tests have a file that shows it.
//!
//! `ARCHITECTURE.md` gives the invariants, and `tests/house.rs` holds them.

// First, because the others use its macro `say!`.
#[macro_use]
pub mod language;

pub mod analysis;
#[doc(hidden)]
pub mod cli;
pub mod diagnostic;
pub mod framing;
pub mod kernel;
#[doc(hidden)]
pub mod laboratory;
#[doc(hidden)]
pub mod picture;
#[doc(hidden)]
pub mod record;
#[doc(hidden)]
pub mod render;
pub mod replay;
pub mod scenario;
pub mod trace;
