//! **Why did two sends arrive as one recv?** A real client and a real server on
//! loopback, every byte accounted for.
//!
//! Everything goes one way: a [`scenario`] says what the two sides do, [`replay`] does it on real
//! sockets and records a [`trace`] ([`record`] records conversations that no scenario plans), [`analysis`] works out what became of every message boundary,
//! [`picture`] says what there is to show, [`render`] draws that, and [`cli`] prints it. Imports
//! point down that line only; `ARCHITECTURE.md` gives the invariants, and `tests/house.rs` holds
//! them.

// First, because the others use its macro `say!`.
#[macro_use]
pub mod language;

pub mod analysis;
pub mod cli;
pub mod diagnostic;
pub mod framing;
pub mod kernel;
pub mod laboratory;
pub mod picture;
pub mod record;
pub mod render;
pub mod replay;
pub mod scenario;
pub mod trace;
