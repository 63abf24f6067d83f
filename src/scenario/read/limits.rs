//! The limits of a file.

use std::time::Duration;

/// The most bytes a file may have: 1 MiB.
pub const MAX_FILE_BYTES: u64 = 1 << 20;

/// The most bytes that a file may send in all, after repeats, and that one payload may have: 64
/// MiB.
pub const MAX_PAYLOAD_BYTES: u64 = 64 << 20;

/// The most bytes that one recv may ask for, and one wait may wait for: 64 MiB.
pub const MAX_RECV_BYTES: u32 = 64 << 20;

/// The most steps that a file may have, after repeats; each piece of a send counts as one.
pub const MAX_STEPS: u64 = 10_000;

/// The most characters that the name of a point or of a socket may have.
pub const MAX_NAME: usize = 64;

/// The most characters that a text of one line may have: a title, a label, a section.
pub const MAX_LINE: usize = 1_000;

/// The most characters that a lesson may have.
pub const MAX_LESSON: usize = 20_000;

/// The longest deadline or pause.
pub const MAX_DEADLINE: Duration = Duration::from_secs(60);

/// The longest payload that a `decode` without `cap` accepts, in bytes.
pub const DEFAULT_CAP: u32 = 65_536;
