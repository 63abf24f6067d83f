//! Waiting for observed state.
//!
//! Promises: returns as soon as the state is observed. Blocks in the kernel where the kernel can
//! wake it, and polls at short intervals where it cannot (an acknowledgement wakes nobody). Samples
//! the evidence while it waits.

use std::time::{Duration, Instant};

use super::actor::{Actor, Halt, Slot};
use super::link::Link;
use crate::kernel;
use crate::scenario::Condition;
use crate::trace::{Op, Sample, ScriptOp};

/// The interval between two looks at a state that wakes nobody.
const BETWEEN_LOOKS: Duration = Duration::from_micros(50);

impl Actor<'_> {
    pub(super) fn wait(&mut self, condition: &Condition) -> Result<(), Halt> {
        let start = self.recorder.now();
        let until = self.until();
        match condition {
            Condition::Queued(bytes) => self.wait_queued(*bytes)?,
            Condition::PeerClosed => self.wait_peer_closed(until)?,
            Condition::Reset => self.wait_reset(until)?,
            Condition::Dropped(count) => self.look_until(until, |link, _| {
                let dropped = kernel::datagram_drops(&link.handle())?;
                Some(Look {
                    there: u64::from(dropped),
                    enough: dropped >= *count,
                })
            })?,
            Condition::Reached(point) => {
                self.shared.wait_reached(self.side.other(), point, until)?;
            }
            Condition::Acknowledged => self.look_until(until, |link, _| {
                let left = kernel::unsent_or_unacked(&link.handle())?;
                Some(Look {
                    there: u64::from(left),
                    enough: left == 0,
                })
            })?,
            Condition::Segments(count) => self.look_until(until, |_, said| {
                let segments = said?.segments;
                Some(Look {
                    there: u64::from(segments),
                    enough: segments >= *count,
                })
            })?,
            Condition::Retransmitted(count) => self.look_until(until, |link, _| {
                let again = link.counted()?.total_retrans?;
                Some(Look {
                    there: u64::from(again),
                    enough: again >= *count,
                })
            })?,
        }
        self.sample();
        self.recorder.record(
            start,
            Op::Script(ScriptOp::Wait(Box::new(condition.clone()))),
            None,
        );
        Ok(())
    }

    /// The link of the current step's socket.
    fn open_link(&self) -> Result<&Link, Halt> {
        open_link(&self.slots[self.slot])
    }

    fn wait_queued(&mut self, bytes: u32) -> Result<(), Halt> {
        let deadline = self.deadline;
        let link = self.open_link()?;
        let handle = link.handle();
        let ready =
            kernel::wait_queued(&handle, bytes, deadline).map_err(|error| Halt::of(&error))?;
        let there = kernel::queued(&handle).map_err(|error| Halt::of(&error))?;
        let there = there.map(u64::from);
        if there.is_some_and(|there| there >= u64::from(bytes)) {
            Ok(())
        } else if self.shared.is_aborted() {
            Err(Halt::Aborted)
        } else if ready.ended || ready.failed {
            Err(Halt::Impossible { there })
        } else {
            Err(Halt::Deadline { there })
        }
    }

    #[cfg(target_os = "linux")]
    fn wait_peer_closed(&mut self, until: Instant) -> Result<(), Halt> {
        let link = self.open_link()?;
        let left = until.saturating_duration_since(Instant::now());
        let ready =
            kernel::wait_peer_closed(&link.handle(), left).map_err(|error| Halt::of(&error))?;
        if ready.timed_out() {
            return Err(Halt::Deadline { there: None });
        }
        Ok(())
    }

    /// The end of a stream cannot be seen while bytes wait before it, so it relies on the other
    /// side's report that it has closed.
    #[cfg(not(target_os = "linux"))]
    fn wait_peer_closed(&mut self, until: Instant) -> Result<(), Halt> {
        Ok(self.shared.wait_closed(self.side.other(), until)?)
    }

    fn wait_reset(&mut self, until: Instant) -> Result<(), Halt> {
        let link = self.open_link()?;
        let left = until.saturating_duration_since(Instant::now());
        let ready = kernel::wait_reset(&link.handle(), left).map_err(|error| Halt::of(&error))?;
        if self.shared.is_aborted() {
            Err(Halt::Aborted)
        } else if ready.timed_out() {
            Err(Halt::Deadline { there: None })
        } else {
            Ok(())
        }
    }

    /// Looks at the link and at the last sample again and again, until `enough` holds.
    fn look_until(
        &mut self,
        until: Instant,
        look: impl Fn(&Link, Option<&Sample>) -> Option<Look>,
    ) -> Result<(), Halt> {
        loop {
            self.sample();
            let slot = &self.slots[self.slot];
            let said = self.recorder.last_sample(slot.connection);
            let Some(seen) = look(open_link(slot)?, said) else {
                return Err(Halt::of(&std::io::ErrorKind::Unsupported.into()));
            };
            if seen.enough {
                return Ok(());
            }
            if self.shared.is_aborted() {
                return Err(Halt::Aborted);
            }
            if Instant::now() >= until {
                return Err(Halt::Deadline {
                    there: Some(seen.there),
                });
            }
            self.shared.pause(BETWEEN_LOOKS);
        }
    }
}

/// The link of a socket.
fn open_link(slot: &Slot) -> Result<&Link, Halt> {
    let link = slot.link.as_ref();
    link.ok_or_else(|| Halt::of(&std::io::ErrorKind::NotConnected.into()))
}

/// What one look saw.
struct Look {
    there: u64,
    enough: bool,
}
