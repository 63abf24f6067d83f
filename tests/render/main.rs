//! Tests the pictures: snapshots in both languages, and properties of every line.

mod any;
mod fixtures;
mod pictures;
mod sentences;
