//! Draws a trace and its analysis: one file for each format.
//!
//! [`text`] draws the time line, the byte map, the bytes and the verdict for a terminal or in
//! print; [`svg`] draws the same for slides, [`cast`] call by call, and [`report`] for a page.
//! [`claims`] shows claims beside what was observed, and [`odds`] writes distributions. [`code`]
//! turns a scenario into programs, [`starter`] writes the file that a new scenario starts from,
//! [`draft`] one of typed messages, and [`accept`] makes a file state what came.
//!
//! Promises: writes only to the given output. Nothing that came over a socket or from a file
//! reaches the output unescaped ([`escape`]). The work is linear in the trace, and constant in the
//! bytes that are left out. Never opens a socket, never looks at the terminal, never judges.

pub mod accept;
pub mod cast;
pub mod claims;
pub mod code;
pub mod decode;
pub mod draft;
mod glyphs;
mod layout;
pub mod odds;
pub mod report;
pub mod shake;
pub mod starter;
pub mod svg;
mod template;
pub mod text;
mod wrap;

pub use crate::diagnostic::escape;
pub use crate::picture::{number, words};
pub use wrap::wrapped;
