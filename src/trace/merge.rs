//! Two logs into one, by cause.
