//! Merges the logs of the two sides into one trace, in causal order. Pure.
//!
//! Each thread keeps its own log; both use the one monotonic clock of the process. Calls are
//! ordered by their moments ([`Call::moment`]): a cause counts when it *began*, an observation when
//! it *ended*. An effect is never observed before its cause began, so a recv never stands before
//! the send of its bytes. The calls of one side do not overlap, so they keep the order of the
//! program.
//!
//! Promises: every call of both logs is there exactly once. Never looks at payloads.

use super::{Call, Evidence, Flow, FlowId, Op, Sample, SocketOp};
use crate::scenario::Side;

/// What one side recorded.
#[derive(Clone, Debug)]
pub struct Log {
    /// The side that recorded it.
    pub side: Side,
    /// Its calls, in program order. The connections and flows in them are indices into
    /// `connections`.
    pub calls: Vec<Call>,
    /// Its connections, in the order in which it opened them.
    pub connections: Vec<LoggedConnection>,
}

/// One side's half of a connection.
#[derive(Clone, Debug, Default)]
pub struct LoggedConnection {
    /// The key under which both sides know it.
    pub key: ConnectionKey,
    /// The bytes this side sent.
    pub sent: Vec<u8>,
    /// The bytes this side received.
    pub received: Vec<u8>,
    /// What this side's kernel reported as the sender.
    pub samples: Vec<Sample>,
    /// The number of datagrams that this side's kernel dropped; `None` if it does not report it.
    pub dropped: Option<u32>,
}

/// The key under which both sides know a connection: its two ports (both 0 if there are none).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectionKey {
    /// The server's port.
    pub server: u16,
    /// The client's port.
    pub client: u16,
}

/// The flow of a connection in which `from` is the sender.
#[must_use]
pub const fn flow_of(connection: u16, from: Side) -> FlowId {
    connection * 2
        + match from {
            Side::Server => 0,
            Side::Client => 1,
        }
}

/// Merges the logs of both sides into calls in causal order and one flow for each direction of each
/// connection. The client's connections come first, in its order, then those that only the server
/// knows.
#[must_use]
pub fn merge(server: Log, client: Log) -> (Vec<Call>, Vec<Flow>) {
    let mut halves: Vec<(Option<LoggedConnection>, Option<LoggedConnection>)> = client
        .connections
        .into_iter()
        .map(|half| (None, Some(half)))
        .collect();
    let client_numbers: Vec<u16> = (0..).take(halves.len()).collect();
    let mut server_numbers = Vec::with_capacity(server.connections.len());
    for half in server.connections {
        let place = halves.iter().position(|(mine, theirs)| {
            mine.is_none() && theirs.as_ref().is_some_and(|theirs| theirs.key == half.key)
        });
        let place = place.unwrap_or_else(|| {
            halves.push((None, None));
            halves.len() - 1
        });
        server_numbers.push(u16::try_from(place).unwrap_or(u16::MAX));
        halves[place].0 = Some(half);
    }

    let mut flows = Vec::with_capacity(halves.len() * 2);
    for (connection, (server, client)) in (0..).zip(halves) {
        let (server, client) = (server.unwrap_or_default(), client.unwrap_or_default());
        flows.push(Flow {
            connection,
            from: Side::Server,
            sent: fitted(server.sent),
            received: fitted(client.received),
            evidence: Evidence::Counters(fitted(server.samples)),
            dropped: client.dropped,
        });
        flows.push(Flow {
            connection,
            from: Side::Client,
            sent: fitted(client.sent),
            received: fitted(server.received),
            evidence: Evidence::Counters(fitted(client.samples)),
            dropped: server.dropped,
        });
    }

    let mut calls = Vec::with_capacity(server.calls.len() + client.calls.len());
    let mut servers = server
        .calls
        .into_iter()
        .map(|call| renumber(call, &server_numbers))
        .peekable();
    let mut clients = client
        .calls
        .into_iter()
        .map(|call| renumber(call, &client_numbers))
        .peekable();
    loop {
        let server_first = match (servers.peek(), clients.peek()) {
            (Some(server), Some(client)) => place(server) <= place(client),
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => break,
        };
        calls.extend(if server_first {
            servers.next()
        } else {
            clients.next()
        });
    }
    (calls, flows)
}

/// Frees spare capacity: a log is written once, but a trace may be kept.
fn fitted<T>(mut items: Vec<T>) -> Vec<T> {
    items.shrink_to_fit();
    items
}

/// The sort key of a call: its moment, and causes before observations at the same time.
fn place(call: &Call) -> (u64, bool) {
    (call.moment(), !call.is_cause())
}

/// The call with its connection or flow renumbered.
fn renumber(mut call: Call, numbers: &[u16]) -> Call {
    let renumbered = |local: u16| numbers.get(usize::from(local)).copied().unwrap_or(local);
    match &mut call.op {
        Op::Data(data) => {
            let flow = data.flow_mut();
            *flow = renumbered(*flow / 2) * 2 + *flow % 2;
        }
        Op::Socket(SocketOp::Connect { connection, .. } | SocketOp::Accept { connection }) => {
            *connection = renumbered(*connection);
        }
        Op::Socket(
            SocketOp::Bind { .. }
            | SocketOp::Listen
            | SocketOp::Set(_)
            | SocketOp::DropArriving(_)
            | SocketOp::HalfClose
            | SocketOp::Close(_),
        )
        | Op::Script(_) => {}
    }
    call
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Fault, SendRole, SystemFault};
    use crate::trace::{By, DataOp, Got, ScriptOp};

    fn log(side: Side, calls: &[(u64, u64, Op, Option<Fault>)]) -> Log {
        let calls = calls.iter().map(|(start, end, op, fault)| Call {
            side,
            by: By::Implied,
            start: *start,
            end: *end,
            op: op.clone(),
            fault: *fault,
            expects: None,
            ordinary: false,
        });
        Log {
            side,
            calls: calls.collect(),
            connections: vec![LoggedConnection::default()],
        }
    }

    fn send() -> Op {
        Op::Data(DataOp::Send {
            flow: 0,
            offset: 0,
            asked: 18,
            taken: 18,
            role: SendRole::Message,
            header: 0,
        })
    }

    fn recv() -> Op {
        Op::Data(DataOp::Recv {
            flow: 0,
            offset: 0,
            asked: 1024,
            got: Got::Data { bytes: 18, cut: 0 },
            queued: None,
        })
    }

    /// The sides and moments of the calls of both, merged.
    fn merged(server: Log, client: Log) -> Vec<(Side, u64)> {
        let (calls, _) = merge(server, client);
        calls
            .iter()
            .map(|call| (call.side, call.moment()))
            .collect()
    }

    #[test]
    fn a_recv_stands_behind_the_send_of_its_bytes_however_long_each_took() {
        let server = log(Side::Server, &[(10, 90, send(), None)]);
        let client = log(Side::Client, &[(0, 40, recv(), None)]);
        let stands = [(Side::Server, 10), (Side::Client, 40)];
        assert_eq!(merged(server, client), stands);
    }

    #[test]
    fn at_one_moment_the_cause_comes_first() {
        let server = log(Side::Server, &[(0, 40, recv(), None)]);
        // On a coarse clock the duration can be 0.
        let client = log(Side::Client, &[(40, 40, send(), None)]);
        let stands = [(Side::Client, 40), (Side::Server, 40)];
        assert_eq!(merged(server, client), stands);
    }

    #[test]
    fn a_pause_stands_where_it_ended() {
        let server = log(Side::Server, &[(0, 50, Op::Script(ScriptOp::Pause), None)]);
        let client = log(Side::Client, &[(0, 20, recv(), None)]);
        let stands = [(Side::Client, 20), (Side::Server, 50)];
        assert_eq!(merged(server, client), stands);
    }

    #[test]
    fn a_call_that_failed_stands_behind_what_made_it_fail() {
        let reset = Some(Fault::System(SystemFault::ConnectionReset));
        let close = Op::Socket(SocketOp::Close(crate::scenario::SocketPart::Connection));
        let server = log(Side::Server, &[(60, 61, close, None)]);
        let client = log(Side::Client, &[(10, 70, send(), reset)]);
        let stands = [(Side::Server, 60), (Side::Client, 70)];
        assert_eq!(merged(server, client), stands);
    }
}
