//! The trace as JSON.
