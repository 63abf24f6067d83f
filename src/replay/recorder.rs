//! One side's log: every call with its start and end, and every byte.
//!
//! Promises: only one thread writes it, so recording takes no lock; a call is recorded when it has
//! ended. Never interprets.

use std::time::Instant;

use super::counters::Counters;
use crate::kernel::TcpInfo;
use crate::scenario::{Fault, Side};
use crate::trace::merge::{ConnectionKey, Log, LoggedConnection, flow_of};
use crate::trace::{By, Call, FlowId, Op, Sample};

/// Writes one side's log.
#[derive(Debug)]
pub(super) struct Recorder {
    clock: Instant,
    /// What causes the calls made now.
    pub(super) by: By,
    /// The fault that the current step is expected to have.
    pub(super) expects: Option<Fault>,
    pub(super) log: Log,
    /// The kernel's counters, one for each connection of the log.
    counters: Vec<Counters>,
}

impl Recorder {
    pub(super) fn new(side: Side, clock: Instant) -> Self {
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
    pub(super) fn now(&self) -> u64 {
        u64::try_from(self.clock.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Records a call that began at `start` and has just ended.
    pub(super) fn record(&mut self, start: u64, op: Op, fault: Option<Fault>) {
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
    pub(super) fn expect_last(&mut self, fault: Fault) {
        if let Some(call) = self.log.calls.last_mut() {
            call.expects = Some(fault);
            call.ordinary = true;
        }
    }

    /// Opens the log of a connection and returns its number.
    pub(super) fn connection(&mut self, key: ConnectionKey) -> u16 {
        self.log.connections.push(LoggedConnection {
            key,
            ..LoggedConnection::default()
        });
        self.counters.push(Counters::default());
        u16::try_from(self.log.connections.len() - 1).unwrap_or(u16::MAX)
    }

    pub(super) fn half(&mut self, connection: u16) -> &mut LoggedConnection {
        &mut self.log.connections[usize::from(connection)]
    }

    /// The flow in which this side sends.
    pub(super) fn outgoing(&self, connection: u16) -> FlowId {
        flow_of(connection, self.log.side)
    }

    /// The flow in which this side receives.
    pub(super) fn incoming(&self, connection: u16) -> FlowId {
        flow_of(connection, self.log.side.other())
    }

    /// Keeps what the kernel counted, if it has changed.
    pub(super) fn sample(&mut self, connection: u16, counted: &TcpInfo) {
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
    pub(super) fn last_sample(&self, connection: u16) -> Option<&Sample> {
        let half = self.log.connections.get(usize::from(connection))?;
        half.samples.last()
    }

    /// Notes that the sending direction of a connection is about to be closed.
    pub(super) fn ends(&mut self, connection: u16) {
        if let Some(counters) = self.counters.get_mut(usize::from(connection)) {
            counters.end();
        }
    }

    /// Whether the last sample shows bytes that have not left or are not acknowledged.
    pub(super) fn is_under_way(&self, connection: u16) -> bool {
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
