//! Shows a problem in a user's input: what is wrong, where, and the remedy.
//!
//! Scenario files, claims, traces and the command line all report their problems through this
//! module, so they look alike. [`escape`] decides which characters a terminal shows unchanged;
//! [`Shown`] is text that has been escaped; [`report`] draws a problem with its line and a caret.
//! `suggest` finds what a mistyped name means, `system` words the errors of the operating
//! system, and `shell` quotes the words of a command for a shell. [`hex`] reads and writes bytes
//! as hex digits.
//!
//! Promises: whatever comes from a file, an argument or a socket is escaped before it is shown.
//! Messages are made only from [`Shown`], and a [`Shown`] is made only by escaping.

pub mod escape;
pub mod hex;
mod label;
mod paint;
pub mod report;
pub(crate) mod shell;
mod shown;
pub(crate) mod suggest;
pub(crate) mod system;

pub use label::{error, help, helped};
pub use paint::{Painted, paint};
pub use report::ReportStyle;
pub use shown::Shown;
