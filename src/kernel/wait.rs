//! Blocking until something happens on a socket, with a time limit.
//!
//! Promises: a wait ends when what it waits for is there, when that can no longer come, or when its
//! time is over, and the result says which. It takes nothing from the queue.

use std::io;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};

use super::{AsHandle, queued, set_receive_low_water, unsupported};

/// The pause between two looks where poll cannot block for what is waited for.
const STEP: Duration = Duration::from_micros(100);

/// What poll(2) reported about a socket; all false if the time was over first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readiness {
    /// `POLLIN`: a recv would not block. It may find bytes, the end of the stream, or an error.
    pub readable: bool,
    /// `POLLRDHUP` (Linux) or `POLLHUP`: the other side sends nothing more.
    pub ended: bool,
    /// `POLLERR`: an error is pending, and the next call returns it.
    pub failed: bool,
}

impl Readiness {
    /// Whether the time was over before anything happened.
    #[must_use]
    pub fn timed_out(self) -> bool {
        self == Self::default()
    }
}

/// Blocks until the receive queue holds at least `bytes` bytes, the other side sends nothing more,
/// an error is pending, or `timeout` is over. `readable` then says whether the bytes are there.
///
/// On a TCP socket this raises `SO_RCVLOWAT`, blocks in poll(2), and sets the option back to 1.
/// Where poll ignores the option (Unix sockets, pipes, datagrams, other systems, and TCP when its
/// window is nearly closed), it looks every 100 microseconds. On a datagram socket the size of the
/// next datagram counts, as in [`queued`].
///
/// # Errors
/// If the queue cannot be read; [`io::ErrorKind::Unsupported`] if this system does not report its
/// size.
pub fn wait_queued(socket: &impl AsHandle, bytes: u32, timeout: Duration) -> io::Result<Readiness> {
    // If it cannot be raised, the loop below looks again and again.
    let raised = set_receive_low_water(socket, bytes.max(1)).is_ok();
    let result = wait_enough(socket, bytes, timeout);
    if raised {
        set_receive_low_water(socket, 1)?;
    }
    result
}

/// The loop of [`wait_queued`].
fn wait_enough(socket: &impl AsHandle, bytes: u32, timeout: Duration) -> io::Result<Readiness> {
    let begin = Instant::now();
    let mut seen = Readiness::default();
    loop {
        let there = queued(socket)?.ok_or_else(|| unsupported("the size of a datagram"))?;
        let left = timeout.saturating_sub(begin.elapsed());
        let enough = there >= bytes;
        if enough || seen.ended || seen.failed || left.is_zero() {
            return Ok(Readiness {
                readable: enough,
                ..seen
            });
        }
        if seen.readable {
            std::thread::sleep(STEP);
        }
        seen = wait_readable(socket, left)?;
    }
}

/// Blocks until a recv would not block, or until `timeout` is over: poll(2).
///
/// # Errors
/// Any error of poll(2), except that a signal restarts it.
pub fn wait_readable(socket: &impl AsHandle, timeout: Duration) -> io::Result<Readiness> {
    poll(socket, PollFlags::IN | ENDED, timeout)
}

/// Blocks until the other side sends nothing more or an error (a reset) is pending, whatever is
/// still in the queue, or until `timeout` is over: poll(2) with `POLLRDHUP`.
///
/// # Errors
/// Any error of poll(2); [`io::ErrorKind::Unsupported`] outside Linux, where the end of the stream
/// cannot be seen while bytes wait before it.
pub fn wait_peer_closed(socket: &impl AsHandle, timeout: Duration) -> io::Result<Readiness> {
    #[cfg(target_os = "linux")]
    let result = poll(socket, ENDED, timeout);
    #[cfg(not(target_os = "linux"))]
    let result = {
        let _ = (socket, timeout);
        Err(unsupported("POLLRDHUP"))
    };
    result
}

/// Blocks until an error is pending on the socket, such as a reset that no call has returned yet,
/// or until `timeout` is over. It calls poll(2) with no events, which still reports `POLLERR` and
/// `POLLHUP`. The end of the other side's stream alone does not end the wait.
///
/// # Errors
/// Any error of poll(2), except that a signal restarts it.
pub fn wait_reset(socket: &impl AsHandle, timeout: Duration) -> io::Result<Readiness> {
    poll(socket, PollFlags::empty(), timeout)
}

/// The event "the other side sends nothing more", on systems where poll can be asked for it.
#[cfg(target_os = "linux")]
const ENDED: PollFlags = PollFlags::RDHUP;
/// The event "the other side sends nothing more": poll cannot be asked for it here.
#[cfg(not(target_os = "linux"))]
const ENDED: PollFlags = PollFlags::empty();

/// Calls poll(2) on one socket. After a signal it calls again with the time that is left.
fn poll(socket: &impl AsHandle, events: PollFlags, timeout: Duration) -> io::Result<Readiness> {
    let begin = Instant::now();
    loop {
        let left = timeout.saturating_sub(begin.elapsed());
        // A timeout too long for the system is the same as none.
        let limit = Timespec::try_from(left).ok();
        let mut polled = [PollFd::new(socket, events)];
        match rustix::event::poll(&mut polled, limit.as_ref()) {
            Ok(_) => {
                let [polled] = polled;
                let events = polled.revents();
                return Ok(Readiness {
                    // Either flag will do: on Windows `IN` is two flags, and a stream has only one
                    // of them.
                    readable: events.intersects(PollFlags::IN),
                    ended: events.intersects(ENDED | PollFlags::HUP),
                    failed: events.contains(PollFlags::ERR),
                });
            }
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}
