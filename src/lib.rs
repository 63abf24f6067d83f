//! **Why did two sends arrive as one recv?** A real client and a real server on
//! loopback, every byte accounted for.
//!
//! One way through: a [`scenario`] says what shall happen, [`replay`] makes it
//! happen on real sockets and records a [`trace`], [`analysis`] says what became
//! of every message boundary, [`picture`] tells it as data, [`render`] draws that,
//! [`cli`] prints it. Imports
//! point down that line only; `ARCHITECTURE.md` tells the invariants, and
//! `tests/house.rs` holds them.

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
pub mod render;
pub mod replay;
pub mod scenario;
pub mod trace;
