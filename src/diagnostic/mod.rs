//! How a problem in somebody's input is told: what is wrong, where, and the remedy.
//!
//! Scenario files, claims, traces and the command line all tell their problems here, so
//! they look alike. [`escape`] decides what a terminal shows as itself; [`Shown`] is text
//! that has passed it; [`report`] draws a problem with the line it stands in and a caret.
//!
//! Promises: what a file, an argument or a socket holds is escaped before it is told. A
//! message is written from a [`Shown`] alone, and a [`Shown`] is made by escaping alone.

pub mod escape;
mod label;
mod paint;
pub mod report;
mod shown;

pub use label::{error, help, helped};
pub use paint::{Painted, paint};
pub use report::ReportStyle;
pub use shown::Shown;
