//! The pictures: snapshots in both languages, and what holds of every line.

mod any;
mod fixtures;
mod pictures;
mod sentences;
