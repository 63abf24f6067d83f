//! Runs one side of a part: its steps, one after another.
//!
//! Promises: whatever ends a script, the other side is told. Everything that this side opened is
//! closed when [`Actor::run`] returns, except the listener that the stage lent: it goes back to the
//! stage, unless a step set an option on it. Never touches the other side's log.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::fault::{self, Purpose};
use super::link::Link;
use super::recorder::Recorder;
use super::shared::{NotReached, Shared};
use crate::scenario::{
    Action, Fault, Opening, Part, Receiving, Script, ScriptStep, Side, SocketPart, SocketStep,
    Step, StepId, walk,
};
use crate::trace::merge::{ConnectionKey, Log};
use crate::trace::{By, Lack, Op, ScriptOp, Stop, StopReason};

/// By how much a timer of the kernel may run out early: it counts ticks, the first of which
/// has begun already, and a tick is 10 ms at most (`CONFIG_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// What a side starts with.
#[derive(Debug, Default)]
pub(super) struct Props {
    pub(super) listener: Option<(Arc<TcpListener>, u16)>,
    pub(super) link: Option<Link>,
}

/// One side of a part, while it runs.
pub(super) struct Actor<'a> {
    pub(super) side: Side,
    pub(super) part: &'a Part,
    pub(super) shared: &'a Shared,
    pub(super) deadline: Duration,
    pub(super) recorder: Recorder,
    /// The side's sockets, the main one first.
    pub(super) slots: Vec<Slot>,
    /// The index of the socket that the current step uses.
    pub(super) slot: usize,
    /// The length read by an earlier recv.
    pub(super) carried: Option<u32>,
    /// The port that this side bound last.
    pub(super) last_port: u16,
    /// The port of the listener that the stage lent and gets back; `None` once a step has changed
    /// it.
    pub(super) lent: Option<u16>,
}

/// A socket of a side, under its name in the script.
#[derive(Debug, Default)]
pub(super) struct Slot {
    /// `None` for the main socket.
    pub(super) name: Option<String>,
    /// A TCP socket that is bound, but neither listens nor is connected yet.
    pub(super) bound: Option<socket2::Socket>,
    pub(super) listener: Option<(Arc<TcpListener>, u16)>,
    pub(super) link: Option<Link>,
    /// The index of the connection in this side's log.
    pub(super) connection: u16,
}

/// What one side returns when its script has ended.
pub(super) struct Finished {
    pub(super) log: Log,
    pub(super) stop: Option<Stop>,
    /// When it stopped, in nanoseconds since the part began.
    pub(super) stopped_at: u64,
    /// The stage's listener, if it is still open and unchanged.
    pub(super) listener: Option<(Arc<TcpListener>, u16)>,
}

/// Why a step failed. A fault is already recorded with its call.
#[derive(Debug)]
pub(super) enum Halt {
    /// A call failed.
    Fault { fault: Fault, message: String },
    /// A call failed because the machine lacks something.
    Machine { lack: Lack, fault: Fault },
    /// The deadline passed.
    Deadline { there: Option<u64> },
    /// What a wait was for can no longer come.
    Impossible { there: Option<u64> },
    /// The other side gave up.
    Aborted,
}

/// Why a script stopped before its end.
enum Left {
    /// This side gave up for this reason.
    GaveUp(Stop),
    /// The other side had already given up.
    Followed,
}

impl Halt {
    /// What an I/O error means for the script.
    pub(super) fn of(error: &io::Error) -> Self {
        Self::of_call(error, Purpose::Talk)
    }

    /// What an I/O error of a call with this purpose means for the script.
    pub(super) fn of_call(error: &io::Error, purpose: Purpose) -> Self {
        let fault = Fault::System(fault::of(error));
        match fault::lack(error, purpose) {
            Some(lack) => Self::Machine { lack, fault },
            None => Self::Fault {
                fault,
                message: error.to_string(),
            },
        }
    }

    /// The fault of the call, if a call failed.
    pub(super) const fn fault(&self) -> Option<Fault> {
        match self {
            Self::Fault { fault, .. } | Self::Machine { fault, .. } => Some(*fault),
            Self::Deadline { .. } | Self::Impossible { .. } | Self::Aborted => None,
        }
    }
}

impl From<NotReached> for Halt {
    fn from(reason: NotReached) -> Self {
        match reason {
            NotReached::Deadline => Self::Deadline { there: None },
            NotReached::Impossible => Self::Impossible { there: None },
            NotReached::Aborted => Self::Aborted,
        }
    }
}

/// Tells the other side that this one has ended, even if it panics.
struct Farewell<'a> {
    shared: &'a Shared,
    side: Side,
    well: bool,
}

impl Drop for Farewell<'_> {
    fn drop(&mut self) {
        if !self.well {
            self.shared.abort(self.side);
        }
        self.shared.finished(self.side);
    }
}

impl<'a> Actor<'a> {
    pub(super) fn new(
        side: Side,
        part: &'a Part,
        shared: &'a Shared,
        deadline: Duration,
        props: Props,
    ) -> Self {
        let mut recorder = Recorder::new(side, shared.clock);
        if props.link.is_some() {
            recorder.connection(ConnectionKey::default());
        }
        let lent = props.listener.as_ref().map(|(_, port)| *port);
        Self {
            side,
            part,
            shared,
            deadline,
            recorder,
            slots: vec![Slot {
                listener: props.listener,
                link: props.link,
                ..Slot::default()
            }],
            slot: 0,
            carried: None,
            last_port: lent.unwrap_or(0),
            lent,
        }
    }

    /// Runs the script to its end.
    pub(super) fn run(mut self) -> Finished {
        let mut farewell = Farewell {
            shared: self.shared,
            side: self.side,
            well: false,
        };
        let script = self.part.script(self.side);
        let stop = match self.perform(script) {
            Ok(()) => {
                farewell.well = true;
                None
            }
            Err(Left::GaveUp(stop)) => Some(stop),
            Err(Left::Followed) => None,
        };
        let stopped_at = self.recorder.now();
        // The other side learns of the end before the sockets close, so that it does not take the
        // end of the stream for a result.
        drop(farewell);
        self.recorder.by = By::Implied;
        self.recorder.expects = None;
        let listener = self.close_everything();
        Finished {
            log: self.recorder.log,
            stop,
            stopped_at,
            listener,
        }
    }

    /// Performs the script, after the steps it implies.
    fn perform(&mut self, script: &Script) -> Result<(), Left> {
        if !script.opens_explicitly() {
            self.open_implied().or_else(|halt| self.judge(None, halt))?;
        }
        walk::performed(&script.steps).try_for_each(|it| self.run_step(it.step, it.id))
    }

    fn run_step(&mut self, step: &Step, id: StepId) -> Result<(), Left> {
        self.recorder.by = By::Step(id);
        self.recorder.expects = step.fails;
        self.slot = self.slot_named(step.on.as_deref());
        match self.act(&step.action) {
            Ok(()) => {
                if let Some(expected) = step.fails {
                    let step = step.action.to_string();
                    return Err(Left::GaveUp(
                        self.stop(StopReason::NoFault { step, expected }),
                    ));
                }
            }
            Err(halt) => self.judge(Some(step), halt)?,
        }
        if let Some(reason) = step.within.and_then(|timer| self.outrun(step, timer)) {
            return Err(Left::GaveUp(self.stop(reason)));
        }
        self.shared.finished_step(self.side, id);
        Ok(())
    }

    /// That a timer that began with the part's first send may have run out before `step` ended.
    fn outrun(&self, step: &Step, timer: Duration) -> Option<StopReason> {
        let began = Duration::from_nanos(self.shared.first_send()?);
        let took = Duration::from_nanos(self.recorder.now()).saturating_sub(began);
        (took + TICK >= timer).then(|| StopReason::Stalled {
            step: step.action.to_string(),
            milliseconds: milliseconds(took),
            timer: milliseconds(timer),
        })
    }

    /// The slot with this name, created when first used.
    fn slot_named(&mut self, name: Option<&str>) -> usize {
        if let Some(place) = self
            .slots
            .iter()
            .position(|slot| slot.name.as_deref() == name)
        {
            return place;
        }
        self.slots.push(Slot {
            name: name.map(str::to_owned),
            ..Slot::default()
        });
        self.slots.len() - 1
    }

    fn act(&mut self, action: &Action) -> Result<(), Halt> {
        match action {
            Action::Open(Opening::Bind { same_port, options }) => self.bind(*same_port, options),
            Action::Open(Opening::Listen) => self.listen(),
            Action::Open(Opening::Accept) => self.accept(),
            Action::Open(Opening::Connect) => self.connect(),
            Action::Send(send) => self.send(send),
            Action::Receive(Receiving::Recv(recv)) => self.recv(recv),
            Action::Receive(Receiving::Exact(recv)) => self.recv_exact(recv),
            Action::Receive(Receiving::UntilEnd { at_most }) => self.recv_until_end(*at_most),
            Action::Receive(Receiving::Available { at_most }) => self.recv_available(*at_most),
            Action::Receive(Receiving::Decode {
                framing,
                messages,
                cap,
            }) => self.decode(*framing, messages.map(std::num::NonZeroU32::get), *cap),
            Action::Script(ScriptStep::Wait(condition)) => self.wait(condition),
            Action::Script(ScriptStep::Reach(point)) => {
                // Recorded first, because the other side may go on before this call returns.
                let start = self.recorder.now();
                self.recorder.record(
                    start,
                    Op::Script(ScriptOp::Reach(point.as_str().into())),
                    None,
                );
                self.shared.reach(self.side, point);
                Ok(())
            }
            Action::Script(ScriptStep::Pause(pause)) => {
                let start = self.recorder.now();
                self.shared.pause_exactly(*pause);
                self.recorder
                    .record(start, Op::Script(ScriptOp::Pause), None);
                Ok(())
            }
            Action::Socket(SocketStep::Set(option)) => self.set(*option),
            Action::Socket(SocketStep::HalfClose) => self.half_close(),
            Action::Socket(SocketStep::Close(SocketPart::Connection)) => self.close(),
            Action::Socket(SocketStep::Close(SocketPart::Listener)) => self.close_listener(),
            Action::Socket(SocketStep::DropArriving(on)) => self.drop_arriving(*on),
            // Repeats are unrolled in `run_steps`.
            Action::Repeat { .. } => Ok(()),
        }
    }

    /// Whether the script goes on after `halt`, or the reason why it stops.
    fn judge(&mut self, step: Option<&Step>, halt: Halt) -> Result<(), Left> {
        let words = || {
            step.map_or_else(
                || "accept / connect".to_owned(),
                |step| step.action.to_string(),
            )
        };
        let reason = match halt {
            _ if step.is_some_and(|step| step.fails.is_some() && step.fails == halt.fault()) => {
                return Ok(());
            }
            _ if self.shared.is_aborted() => return Err(Left::Followed),
            Halt::Aborted => return Err(Left::Followed),
            Halt::Fault { fault, message } => StopReason::Fault {
                step: words(),
                fault,
                message,
            },
            Halt::Machine { lack, fault } => StopReason::Machine {
                lack,
                step: words(),
                fault,
            },
            Halt::Deadline { there } => StopReason::Deadline {
                waited_for: words(),
                there,
                milliseconds: milliseconds(self.deadline),
            },
            Halt::Impossible { there } => StopReason::Impossible {
                waited_for: words(),
                there,
            },
        };
        Err(Left::GaveUp(self.stop(reason)))
    }

    fn stop(&self, reason: StopReason) -> Stop {
        let other = self.side.other();
        let script = self.part.script(other);
        let other_last = self
            .shared
            .last_step(other)
            .and_then(|id| script.step(id))
            .map(|step| step.action.to_string());
        Stop {
            side: self.side,
            step: match self.recorder.by {
                By::Step(step) => Some(step),
                By::Implied | By::Observed { .. } => None,
            },
            reason,
            other_last,
        }
    }

    /// The slot that the current step uses.
    pub(super) fn slot(&mut self) -> &mut Slot {
        &mut self.slots[self.slot]
    }

    /// The deadline of a wait that begins now.
    pub(super) fn until(&self) -> Instant {
        Instant::now() + self.deadline
    }

    /// Closes everything that is still open, except the listener that the stage lent.
    fn close_everything(&mut self) -> Option<(Arc<TcpListener>, u16)> {
        let mut kept = None;
        for slot in 0..self.slots.len() {
            self.slot = slot;
            if self.slots[slot].link.is_some() {
                // No one waits any more for anything that could fail here.
                let _ = self.close();
            }
            let listener = self.slots[slot].listener.take();
            let is_lent = |(_, port): &(Arc<TcpListener>, u16)| self.lent == Some(*port);
            kept = kept.or(listener.filter(is_lent));
        }
        kept
    }
}

/// A time as traces have it.
pub(super) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
