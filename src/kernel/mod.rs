//! What the kernel reports about a socket, and the few actions that only the kernel can take.
//!
//! Reading: the number of segments sent ([`tcp_info`]), the bytes that wait ([`queued`],
//! [`unsent_or_unacked`]), the datagrams dropped ([`datagram_drops`]). Acting: setting the options
//! that a scenario names ([`set_option`], [`cut_option`]), dropping what arrives
//! ([`drop_arriving`]), and blocking until something happens instead of sleeping ([`wait_queued`],
//! [`wait_readable`], [`wait_peer_closed`]). About the process: whether it ignores a signal
//! (`ignores`, on Unix), whether it was started with a standard output ([`stdout_was_closed`]),
//! its memory ([`address_space`], [`share_one_arena`]), and how long a thread waited for a
//! processor ([`RunQueue`]). About the network: settings that are not the usual ones
//! ([`unusual_settings`]), and whether the loopback loses packets ([`loopback_loses`]).
//!
//! Promises: every number is the kernel's own, read at the moment of the call, and never an
//! estimate. Linux reports all of them; on a platform that does not, a reading is `None` and an
//! action fails with [`std::io::ErrorKind::Unsupported`]. No function here reads from or writes to
//! the peer.
//!
//! [`capture`] is for tests alone: it checks the evidence against the packets themselves.
//!
//! This is the only module with `unsafe`: six system calls and one setting of the C library that
//! neither `rustix` nor `socket2` offers, each behind a safe function, and one function that runs
//! before `main`.

#![allow(
    unsafe_code,
    reason = "getsockopt, setsockopt, ioctl, sigaction and bind with what rustix and socket2 do not know; fcntl before main; mallopt"
)]

#[cfg(target_os = "linux")]
#[doc(hidden)]
pub mod capture;
mod drops;
mod info;
mod memory;
mod options;
mod queue;
#[cfg(unix)]
mod raw;
mod run_queue;
mod settings;
mod streams;
mod wait;

#[cfg(all(test, target_os = "linux"))]
mod capture_tests;
#[cfg(all(test, target_os = "linux"))]
mod tests;

pub use drops::{datagram_drops, drop_arriving};
pub use info::{TELLS_SEGMENTS, TcpInfo, tcp_info};
pub use memory::{address_space, share_one_arena};
pub use options::{cut_option, set_option, set_receive_low_water};
pub use queue::{queued, unsent_or_unacked};
#[cfg(unix)]
pub use raw::ignores;
pub use run_queue::RunQueue;
pub use settings::{Setting, loopback_loses, unusual_settings};
pub use streams::stdout_was_closed;
pub use wait::{Readiness, wait_peer_closed, wait_queued, wait_readable, wait_reset};

/// Anything that has a socket: a borrowed descriptor on Unix, a borrowed socket on Windows.
#[cfg(unix)]
pub use std::os::fd::AsFd as AsHandle;
/// Anything that has a socket: a borrowed descriptor on Unix, a borrowed socket on Windows.
#[cfg(windows)]
pub use std::os::windows::io::AsSocket as AsHandle;

/// The kernel's release, such as `6.18.1`, from uname(2). `None` on Windows.
#[must_use]
pub fn release() -> Option<String> {
    #[cfg(unix)]
    let release = rustix::system::uname()
        .release()
        .to_str()
        .ok()
        .map(str::to_owned);
    #[cfg(not(unix))]
    let release = None;
    release
}

/// The error of an action for which this platform has no call.
fn unsupported(what: &str) -> std::io::Error {
    std::io::Error::new(
        std::io::ErrorKind::Unsupported,
        format!("{what} is not available on {}", std::env::consts::OS),
    )
}
