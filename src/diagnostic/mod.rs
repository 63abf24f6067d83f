//! How a problem in somebody's input is told.
//!
//! [`escape`] decides what a terminal shows as itself.

pub mod escape;
