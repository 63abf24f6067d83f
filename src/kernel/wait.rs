//! Blocking until something is there, with a limit.
//!
//! Promises: a wait ends when what it waits for is there, when it can no longer come,
//! or when its time is over, and says which; it takes nothing from the queue.

use std::io;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};

use super::{AsHandle, queued, set_receive_low_water, unsupported};

/// How long to leave the processor to others where poll cannot block for what is waited for.
const STEP: Duration = Duration::from_micros(100);

/// What poll(2) said of a socket; nothing at all where the time was over first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readiness {
    /// `POLLIN`: a recv would not block. It might find bytes, the end of the stream, or an error.
    pub readable: bool,
    /// `POLLRDHUP` (Linux) or `POLLHUP`: the other side sends no more.
    pub ended: bool,
    /// `POLLERR`: an error waits, which the next call is told.
    pub failed: bool,
}

impl Readiness {
    /// Whether the time was over before anything happened.
    #[must_use]
    pub fn timed_out(self) -> bool {
        self == Self::default()
    }
}

/// Blocks until at least `bytes` bytes are in the receive queue, the other side sends no
/// more, an error waits, or `timeout` is over; `readable` then says whether they are there.
///
/// On a TCP socket this blocks in poll(2) with `SO_RCVLOWAT` raised, and puts that back to
/// 1 in the end; where poll does not respect it (Unix sockets, pipes, datagrams, other
/// systems, and TCP when its window is nearly closed) it looks every 100 microseconds.
/// On a datagram socket the size of the next datagram counts, as in [`queued`].
///
/// # Errors
/// Where the queue cannot be read; [`io::ErrorKind::Unsupported`] where it cannot be told.
pub fn wait_queued(socket: &impl AsHandle, bytes: u32, timeout: Duration) -> io::Result<Readiness> {
    // Where it cannot be raised, the loop looks again and again.
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
/// Whatever poll(2) fails with; a signal only starts it again.
pub fn wait_readable(socket: &impl AsHandle, timeout: Duration) -> io::Result<Readiness> {
    poll(socket, PollFlags::IN | ENDED, timeout)
}

/// Blocks until the other side sends no more or an error (a reset) waits, whatever is
/// still in the queue, or until `timeout` is over: poll(2) with `POLLRDHUP`.
///
/// # Errors
/// Whatever poll(2) fails with; [`io::ErrorKind::Unsupported`] outside Linux, where the end
/// of the stream cannot be seen behind bytes that wait.
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

/// Blocks until an error waits on the socket, such as a reset that no call was told yet,
/// or until `timeout` is over: poll(2) asked for nothing, which still says `POLLERR` and
/// `POLLHUP`. The end of the other side's stream alone does not end it.
///
/// # Errors
/// Whatever poll(2) fails with; a signal only starts it again.
pub fn wait_reset(socket: &impl AsHandle, timeout: Duration) -> io::Result<Readiness> {
    poll(socket, PollFlags::empty(), timeout)
}

/// The event that the other side sends no more, where poll can be asked for it.
#[cfg(target_os = "linux")]
const ENDED: PollFlags = PollFlags::RDHUP;
/// The event that the other side sends no more: poll cannot be asked for it here.
#[cfg(not(target_os = "linux"))]
const ENDED: PollFlags = PollFlags::empty();

/// One poll(2) of one socket, started again after a signal with what is left of the time.
fn poll(socket: &impl AsHandle, events: PollFlags, timeout: Duration) -> io::Result<Readiness> {
    let begin = Instant::now();
    loop {
        let left = timeout.saturating_sub(begin.elapsed());
        // A time too long for the system is as good as none.
        let limit = Timespec::try_from(left).ok();
        let mut polled = [PollFd::new(socket, events)];
        match rustix::event::poll(&mut polled, limit.as_ref()) {
            Ok(_) => {
                let [polled] = polled;
                let events = polled.revents();
                return Ok(Readiness {
                    // Any of it: on Windows this is two flags, of which a stream has one.
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
