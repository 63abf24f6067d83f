//! One side's log: every call with its start and end, and every byte.
//!
//! Promises: only one thread writes it, so recording takes no lock; a call is recorded when it has
//! ended. Never interprets.

use std::thread;
use std::time::Instant;

use super::calls::narrow;
use super::counters::Counters;
use super::link::Link;
use crate::kernel::{self, TcpInfo};
use crate::scenario::{Fault, SendRole, Side};
use crate::trace::merge::{ConnectionKey, Log, LoggedConnection, flow_of};
use crate::trace::{By, Call, DataOp, FlowId, Op, Sample};

/// Writes one side's log.
#[derive(Debug)]
pub(crate) struct Recorder {
    clock: Instant,
    /// What causes the calls made now.
    pub(crate) by: By,
    /// The fault that the current step is expected to have.
    pub(crate) expects: Option<Fault>,
    pub(crate) log: Log,
    /// The kernel's counters, one for each connection of the log.
    counters: Vec<Counters>,
}

impl Recorder {
    pub(crate) fn new(side: Side, clock: Instant) -> Self {
        Self {
            clock,
            by: By::Implied,
            expects: None,
            log: Log {
                side,
                calls: Vec::with_capacity(16),
                connections: Vec::new(),
            },
            counters: Vec::new(),
        }
    }

    /// Nanoseconds since the part began.
    pub(crate) fn now(&self) -> u64 {
        u64::try_from(self.clock.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Records a call that began at `start` and has just ended.
    pub(crate) fn record(&mut self, start: u64, op: Op, fault: Option<Fault>) {
        let end = self.now();
        self.log.calls.push(Call {
            side: self.log.side,
            by: self.by,
            start,
            end,
            op,
            fault,
            expects: self.expects,
            ordinary: false,
        });
    }

    /// Marks the last call's fault as expected, although nobody stated it.
    pub(crate) fn expect_last(&mut self, fault: Fault) {
        if let Some(call) = self.log.calls.last_mut() {
            call.expects = Some(fault);
            call.ordinary = true;
        }
    }

    /// Opens the log of a connection and returns its number.
    pub(crate) fn connection(&mut self, key: ConnectionKey) -> u16 {
        self.log.connections.push(LoggedConnection {
            key,
            ..LoggedConnection::default()
        });
        self.counters.push(Counters::default());
        u16::try_from(self.log.connections.len() - 1).unwrap_or(u16::MAX)
    }

    pub(crate) fn half(&mut self, connection: u16) -> &mut LoggedConnection {
        &mut self.log.connections[usize::from(connection)]
    }

    /// The flow in which this side sends.
    pub(crate) fn outgoing(&self, connection: u16) -> FlowId {
        flow_of(connection, self.log.side)
    }

    /// The flow in which this side receives.
    pub(crate) fn incoming(&self, connection: u16) -> FlowId {
        flow_of(connection, self.log.side.other())
    }

    /// A send call of `asked` bytes, of which it took `taken`, as it is to be recorded.
    pub(crate) fn send_op(
        &self,
        connection: u16,
        (asked, taken): (usize, usize),
        role: SendRole,
        header: u16,
    ) -> Op {
        let half = self.log.connections.get(usize::from(connection));
        Op::Data(DataOp::Send {
            flow: self.outgoing(connection),
            offset: half.map_or(0, |half| half.sent.len() as u64),
            asked: narrow(asked),
            taken: narrow(taken),
            role,
            header,
        })
    }

    /// Takes a sample of what the kernel reports about the bytes sent so far.
    pub(crate) fn look(&mut self, connection: u16, link: &Link) {
        if let Some(counted) = link.counted() {
            self.sample(connection, &counted);
        }
    }

    /// Takes samples before the kernel can no longer be asked.
    ///
    /// Linux holds a small segment back while the one before it is still in the network device
    /// (`tcp_autocorking`): about once in 10,000 sends here, and only for microseconds. An
    /// acknowledgement can be as late if the other side's kernel runs on another core. So if
    /// something has not left or is not acknowledged, it asks again a few times. It does not wait
    /// for anything held back longer (Nagle, a closed window, a delayed acknowledgement).
    pub(crate) fn look_at_what_leaves(&mut self, connection: u16, link: &Link) {
        const LOOKS: u32 = 100;
        for _ in 0..LOOKS {
            self.look(connection, link);
            if !self.is_under_way(connection) {
                return;
            }
            thread::yield_now();
        }
    }

    /// Keeps the number of datagrams that the kernel has dropped at this socket.
    pub(crate) fn count_drops(&mut self, connection: u16, link: &Link) {
        if !matches!(link, Link::Udp(_)) {
            return;
        }
        if let Some(dropped) = kernel::datagram_drops(&link.handle()) {
            let counted = &mut self.half(connection).dropped;
            *counted = Some(counted.unwrap_or(0) + dropped);
        }
    }

    /// Keeps what the kernel counted, if it has changed.
    fn sample(&mut self, connection: u16, counted: &TcpInfo) {
        let Some(counters) = self.counters.get_mut(usize::from(connection)) else {
            return;
        };
        let Some(said) = counters.sample(counted) else {
            return;
        };
        let at = self.now();
        let samples = &mut self.half(connection).samples;
        let same = |last: &Sample| {
            *last
                == Sample {
                    at: last.at,
                    ..said
                }
        };
        if !samples.last().is_some_and(same) {
            samples.push(Sample { at, ..said });
        }
    }

    /// The last sample, if the kernel was asked and answered.
    pub(crate) fn last_sample(&self, connection: u16) -> Option<&Sample> {
        let half = self.log.connections.get(usize::from(connection))?;
        half.samples.last()
    }

    /// Notes that the sending direction of a connection is about to be closed.
    pub(crate) fn ends(&mut self, connection: u16) {
        if let Some(counters) = self.counters.get_mut(usize::from(connection)) {
            counters.end();
        }
    }

    /// Whether the last sample shows bytes that have not left or are not acknowledged.
    fn is_under_way(&self, connection: u16) -> bool {
        let half = self.log.connections.get(usize::from(connection));
        half.is_some_and(|half| {
            let last = half.samples.last();
            last.is_some_and(|last| {
                last.bytes < half.sent.len() as u64
                    || last.unacknowledged.is_some_and(|segments| segments > 0)
            })
        })
    }
}
