//! What the two threads of a replay share: ports, named points, and the end.
//!
//! Promises: every wait here ends at its deadline, when the point is reached, or
//! when the other side is through and can no longer reach it. A side that gives
//! up wakes the other out of whatever it is blocked in. Never orders by sleeping.

use std::io;
use std::mem;
#[cfg(target_os = "linux")]
use std::net::Shutdown;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

#[cfg(target_os = "linux")]
use socket2::SockRef;

use crate::kernel::{self, AsHandle};
use crate::scenario::{Side, SocketOption, StepId};
use crate::trace::CutOption;

/// No step has been finished yet.
const NO_STEP: u32 = u32::MAX;

/// What both threads see.
#[derive(Debug)]
pub(super) struct Shared {
    /// When the part began; all times count from here.
    pub(super) clock: Instant,
    state: Mutex<State>,
    changed: Condvar,
    aborted: AtomicBool,
    finished_steps: [AtomicU32; 2],
}

#[derive(Debug, Default)]
struct State {
    sides: [SideState; 2],
}

#[derive(Debug, Default)]
struct SideState {
    /// The named points it has reached.
    reached: Vec<String>,
    /// The port it bound last, and whether it listens or receives there.
    bound: Option<u16>,
    listening: bool,
    /// Every port that a socket of this side has, to tell it from a stranger.
    ports: Vec<u16>,
    /// Where it may be blocked.
    blocking: Vec<Blocking>,
    /// Its sockets at which nothing arrives.
    dropping: Vec<Dropping>,
    /// The options of its sockets that the kernel cut.
    cut: Vec<CutOption>,
    /// Whether it has closed its connection or half of it.
    closed: bool,
    /// Whether its script is through.
    finished: bool,
}

/// A socket on which its side may be blocked, in accept or in recvfrom, for as long as it is
/// open. A connection is none: its end comes from the other side.
#[derive(Debug)]
pub(super) enum Blocking {
    Listener(Weak<TcpListener>),
    Udp(Weak<UdpSocket>),
}

impl Blocking {
    /// Ends what its side is blocked in, and what it will call later. Where its side has
    /// closed it there is nobody to wake.
    fn wake(&self) {
        match self {
            Self::Listener(socket) => {
                let _ = socket
                    .upgrade()
                    .map_or(Ok(()), |socket| wake_accept(&socket));
            }
            Self::Udp(socket) => {
                let _ = socket.upgrade().map_or(Ok(()), |socket| wake_recv(&socket));
            }
        }
    }
}

/// Linux ends the listening: poll says `POLLHUP`, and accept fails with `EINVAL`.
#[cfg(target_os = "linux")]
fn wake_accept(socket: &TcpListener) -> io::Result<()> {
    SockRef::from(socket).shutdown(Shutdown::Both)
}

/// Linux ends a recvfrom with nothing, from nobody. Of a socket that is not connected it says
/// `ENOTCONN` all the same (`inet_shutdown` in `net/ipv4/af_inet.c`).
#[cfg(target_os = "linux")]
fn wake_recv(socket: &UdpSocket) -> io::Result<()> {
    SockRef::from(socket).shutdown(Shutdown::Both)
}

/// Other systems refuse to shut down what is not connected: a stranger calls, and is turned away.
#[cfg(not(target_os = "linux"))]
fn wake_accept(socket: &TcpListener) -> io::Result<()> {
    TcpStream::connect_timeout(&socket.local_addr()?, Duration::from_millis(100)).map(drop)
}

/// Other systems refuse to shut down what is not connected: a stranger writes, and is turned away.
#[cfg(not(target_os = "linux"))]
fn wake_recv(socket: &UdpSocket) -> io::Result<()> {
    let stranger = UdpSocket::bind(loopback(0))?;
    stranger.send_to(&[], socket.local_addr()?).map(drop)
}

/// A socket whose kernel was told to drop what arrives, for as long as it is open.
#[derive(Debug)]
pub(super) enum Dropping {
    Tcp(Weak<TcpStream>),
    Udp(Weak<UdpSocket>),
}

impl Dropping {
    /// Lets arrive what comes from now on.
    fn stop(&self) {
        // Best effort: its own side may have stopped it before.
        let _ =
            match self {
                Self::Tcp(socket) => (socket.upgrade())
                    .map_or(Ok(()), |socket| kernel::drop_arriving(&*socket, false)),
                Self::Udp(socket) => (socket.upgrade())
                    .map_or(Ok(()), |socket| kernel::drop_arriving(&*socket, false)),
            };
    }
}

/// Why a wait for the other side came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotReached {
    /// The deadline passed.
    Deadline,
    /// The other side is through.
    Impossible,
    /// The other side gave up.
    Aborted,
}

impl Shared {
    pub(super) fn new() -> Self {
        Self {
            clock: Instant::now(),
            state: Mutex::default(),
            changed: Condvar::new(),
            aborted: AtomicBool::new(false),
            finished_steps: [AtomicU32::new(NO_STEP), AtomicU32::new(NO_STEP)],
        }
    }

    /// A side that panicked leaves nothing half done here, so a poisoned lock is still good.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state of `side` and wakes the other.
    fn change(&self, side: Side, change: impl FnOnce(&mut SideState)) {
        change(&mut self.state().sides[side as usize]);
        self.changed.notify_all();
    }

    pub(super) fn reach(&self, side: Side, point: &str) {
        self.change(side, |state| state.reached.push(point.to_owned()));
    }

    pub(super) fn bound(&self, side: Side, port: u16) {
        self.change(side, |state| {
            state.bound = Some(port);
            state.listening = false;
            state.ports.push(port);
        });
    }

    /// `side` listens at the port, or receives there.
    pub(super) fn listening(&self, side: Side, port: u16, socket: Blocking) {
        self.blocks(side, socket);
        self.change(side, |state| {
            state.bound = Some(port);
            state.listening = true;
            state.ports.push(port);
        });
    }

    /// `side` may be blocked on a socket from now on; where the other side has given up, it is
    /// woken at once.
    pub(super) fn blocks(&self, side: Side, socket: Blocking) {
        let mut state = self.state();
        if self.is_aborted() {
            socket.wake();
        } else {
            state.sides[side as usize].blocking.push(socket);
        }
    }

    pub(super) fn uses_port(&self, side: Side, port: u16) {
        self.change(side, |state| state.ports.push(port));
    }

    /// Nothing arrives at a socket of `side` any more; where the other side has given up, it
    /// does again at once.
    pub(super) fn drops(&self, side: Side, socket: Dropping) {
        let mut state = self.state();
        if self.is_aborted() {
            socket.stop();
        } else {
            state.sides[side as usize].dropping.push(socket);
        }
    }

    /// Sets an option of a socket of `side`, and keeps whether the kernel cut it.
    pub(super) fn set_option(
        &self,
        side: Side,
        socket: &impl AsHandle,
        option: SocketOption,
    ) -> io::Result<()> {
        kernel::set_option(socket, option)?;
        self.keep_cut(side, socket, &[option]);
        Ok(())
    }

    /// Keeps which of the `options` set on a socket of `side` the kernel cut, each once.
    pub(super) fn keep_cut(&self, side: Side, socket: &impl AsHandle, options: &[SocketOption]) {
        for &option in options {
            if let Some(given) = kernel::cut_option(socket, option) {
                let cut = CutOption {
                    side,
                    option,
                    given,
                };
                self.change(side, |state| {
                    if !state.cut.contains(&cut) {
                        state.cut.push(cut);
                    }
                });
            }
        }
    }

    /// The options that the kernel cut, of both sides.
    pub(super) fn cut(&self) -> Vec<CutOption> {
        let state = self.state();
        let cut = state.sides.iter().flat_map(|side| &side.cut);
        cut.copied().collect()
    }

    pub(super) fn closed(&self, side: Side) {
        self.change(side, |state| state.closed = true);
    }

    pub(super) fn finished(&self, side: Side) {
        self.change(side, |state| state.finished = true);
    }

    /// Whether `port` belongs to a socket of `side`.
    pub(super) fn owns_port(&self, side: Side, port: u16) -> bool {
        self.state().sides[side as usize].ports.contains(&port)
    }

    /// The port that `side` bound last.
    pub(super) fn last_bound(&self, side: Side) -> Option<u16> {
        self.state().sides[side as usize].bound
    }

    /// Waits until `side` has closed its connection, or half of it.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn wait_closed(&self, side: Side, deadline: Instant) -> Result<(), NotReached> {
        self.wait(side, deadline, |state| {
            (state.closed || state.finished).then_some(())
        })
    }

    pub(super) fn wait_reached(
        &self,
        side: Side,
        point: &str,
        deadline: Instant,
    ) -> Result<(), NotReached> {
        self.wait(side, deadline, |state| {
            state
                .reached
                .iter()
                .any(|reached| reached == point)
                .then_some(())
        })
    }

    /// Waits until `side` has bound a port (and listens there, if `listening`), and says which.
    pub(super) fn wait_port(
        &self,
        side: Side,
        listening: bool,
        deadline: Instant,
    ) -> Result<u16, NotReached> {
        self.wait(side, deadline, |state| {
            state.bound.filter(|_| state.listening || !listening)
        })
    }

    /// Waits until `ready` finds something in the state of `side`.
    fn wait<T>(
        &self,
        side: Side,
        deadline: Instant,
        ready: impl Fn(&SideState) -> Option<T>,
    ) -> Result<T, NotReached> {
        let mut state = self.state();
        loop {
            let other = &state.sides[side as usize];
            if let Some(found) = ready(other) {
                return Ok(found);
            }
            if self.is_aborted() {
                return Err(NotReached::Aborted);
            }
            if other.finished {
                return Err(NotReached::Impossible);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(NotReached::Deadline);
            }
            state = self
                .changed
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Lets `pause` pass, unless the other side gives up meanwhile.
    pub(super) fn pause(&self, pause: Duration) {
        let end = Instant::now() + pause;
        let mut state = self.state();
        while !self.is_aborted() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            state = self
                .changed
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Lets `pause` pass as [`Shared::pause`] does, but stays awake at the end: a
    /// sleeper is woken some 50 µs late (`PR_SET_TIMERSLACK`), which is as long as
    /// the pauses that have to be told apart.
    pub(super) fn pause_exactly(&self, pause: Duration) {
        const WATCHED: Duration = Duration::from_micros(250);
        let end = Instant::now() + pause;
        if let Some(unwatched) = pause.checked_sub(WATCHED) {
            self.pause(unwatched);
        }
        while Instant::now() < end && !self.is_aborted() {
            // The other side may need this very core.
            thread::yield_now();
        }
    }

    pub(super) fn finished_step(&self, side: Side, step: StepId) {
        self.finished_steps[side as usize].store(u32::from(step.0), Ordering::Relaxed);
    }

    /// The last step that `side` finished.
    pub(super) fn last_step(&self, side: Side) -> Option<StepId> {
        let step = self.finished_steps[side as usize].load(Ordering::Relaxed);
        u16::try_from(step).ok().map(StepId)
    }

    pub(super) fn is_aborted(&self) -> bool {
        self.aborted.load(Ordering::Acquire)
    }

    /// Ends the replay for both: `side` gives up, and the other is woken wherever
    /// it is blocked. What it has open with `side` ends by itself, as `side`
    /// closes its sockets, but not where its kernel was told to drop all that arrives: so it
    /// is told to stop first.
    pub(super) fn abort(&self, side: Side) {
        let (dropping, blocking) = {
            let mut state = self.state();
            self.aborted.store(true, Ordering::Release);
            let other = &mut state.sides[side.other() as usize];
            (
                mem::take(&mut other.dropping),
                mem::take(&mut other.blocking),
            )
        };
        self.changed.notify_all();
        dropping.iter().for_each(Dropping::stop);
        blocking.iter().for_each(Blocking::wake);
    }
}

/// A port on 127.0.0.1; 0 asks for an ephemeral one.
pub(super) const fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}
