//! A trace and its analysis as something to read: one file for each format.
//!
//! [`claims`] tells claims beside what was observed; [`code`] makes programs of a scenario,
//! [`starter`] the file that a new one begins as, [`draft`] one of messages typed, and [`accept`] has one state what came; [`odds`] writes distributions;
//! [`text`] draws the time line, the byte map, the bytes and the verdict for a terminal or a
//! print, [`svg`] the same for slides, [`cast`] call by call, [`report`] for a page.
//!
//! Promises: writes to what it is given and to nothing else; nothing that came
//! over a socket or out of a file reaches the output unescaped ([`escape`]); the
//! work is linear in the trace, and constant in the bytes that are left out.
//! Never opens a socket, never looks at the terminal, never judges.

pub mod accept;
pub mod cast;
pub mod claims;
pub mod code;
pub mod decode;
pub mod draft;
mod layout;
pub mod odds;
pub mod report;
pub mod shake;
pub mod starter;
pub mod svg;
mod template;
pub mod text;

pub use crate::diagnostic::escape;
pub use crate::picture::{number, words};
