//! Recordings: traces of what no scenario planned.
//!
//! A [`Conversation`] is one side of a TCP connection or a UDP conversation in which a person says
//! what is sent and when it is read. It makes each call at once, records it as a replay does, and
//! gives the trace at any time. Of the other side, which may be any program, only what arrived is
//! known; the trace says that its calls were not seen.
//!
//! Promises: only the calls that were asked for are made, and each is recorded with its start and
//! end. The record has an end ([`MOST_BYTES`], [`MOST_CALLS`]); the conversation goes on without
//! it. No call blocks for longer than [`PATIENCE`]. Never judges, never prints.

mod conversation;
mod open;

pub use conversation::{Conversation, Heard, Unsaid, Watch};
pub use open::{Listener, connect, receive};

use std::time::Duration;

/// The most bytes of payload that are recorded, sent and received together: 1 MiB.
pub const MOST_BYTES: usize = 1 << 20;
/// The most calls that are recorded.
pub const MOST_CALLS: usize = 10_000;
/// How long a connect or a send may take.
pub const PATIENCE: Duration = Duration::from_secs(5);
