//! Replays a scenario on real sockets: two named threads, their sockets, the waits between them,
//! and the recorder.
//!
//! A [`Stage`] replays scenarios one after another. For each part the server and the client run as
//! two threads on 127.0.0.1 (transports without addresses get a connected pair). Each runs its
//! script and keeps its own log. When both have ended, the logs are merged in causal order.
//!
//! Promises: nothing is ordered by sleeping, only by observed state and by tokens from the other
//! side. Every blocking call has a deadline, and a replay always ends; if it ends early, a [`Stop`]
//! says who waited for what. If one side gives up, the other is woken. A stranger's connection or
//! datagram is rejected, except on Windows a datagram that was too long for the recv, because
//! Windows does not report its sender. No thread and no socket outlives the stage. It keeps its two
//! threads from case to case, because starting them takes as long as a case, and one listening
//! socket, because a new one for each case would leave a port in `TIME_WAIT` whenever the server
//! closes first, until the ports run out. A listener on which a step set an option is not kept, so
//! no case affects the next. Never judges what happened.

mod actor;
pub(crate) mod calls;
mod counters;
mod decode;
pub(crate) mod fault;
mod life;
pub(crate) mod link;
mod open;
pub(crate) mod recorder;
mod shared;
mod threads;
mod transfer;
mod wait;

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::kernel;
use crate::scenario::{Fault, Part, Scenario, Side, SocketOption, Transport};
use crate::trace::merge::merge;
use crate::trace::{Environment, PartTrace, Source, Stop, StopReason, Trace};

use self::actor::{Finished, Props};
use self::fault::Purpose;
use self::link::Link;
use self::shared::{Blocking, Shared};
use self::threads::{Job, Threads};

/// How often a part is run at most, where the machine stalls every time.
const MOST_RUNS: u32 = 5;

/// Replays scenarios. Only one thread uses it at a time.
#[derive(Debug, Default)]
pub struct Stage {
    /// The deadline of every wait; `None` for the scenario's own.
    deadline: Option<Duration>,
    /// The listening socket kept from case to case, with its options.
    listener: Option<KeptListener>,
    /// The threads of the two sides, also kept.
    threads: Threads,
}

/// A listening socket with no connection waiting on it.
#[derive(Debug)]
struct KeptListener {
    socket: Arc<TcpListener>,
    port: u16,
    options: Vec<SocketOption>,
}

impl Stage {
    /// A stage on which every wait has the scenario's deadline.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A stage on which every wait has this deadline instead of the scenario's.
    #[must_use]
    pub fn with_deadline(deadline: Option<Duration>) -> Self {
        Self {
            deadline,
            ..Self::default()
        }
    }

    /// Replays every part of `scenario` on real sockets and returns the trace.
    pub fn replay(&mut self, scenario: &Scenario) -> Trace {
        Trace {
            name: scenario.name.clone(),
            source: Source::Case {
                title: scenario.title.clone(),
                lesson: scenario.lesson.clone(),
                section: (scenario.section.as_ref()).map(|section| section.heading.clone()),
            },
            environment: environment(),
            parts: scenario
                .parts
                .iter()
                .map(|part| self.replay_part(part))
                .collect(),
        }
    }

    /// Replays one part, and again where the machine stalled, as such a run says nothing.
    fn replay_part(&mut self, part: &Part) -> PartTrace {
        let mut trace = self.replay_once(part);
        for _ in 1..MOST_RUNS {
            if !trace.is_stalled() {
                break;
            }
            trace = self.replay_once(part);
        }
        trace
    }

    /// Replays one part once.
    fn replay_once(&mut self, part: &Part) -> PartTrace {
        let shared = Arc::new(Shared::new());
        let deadline = self.deadline.unwrap_or(part.deadline);
        let (calls, flows, stop) = match self.set_up(part, &shared, deadline) {
            Ok((server, client)) => {
                let job = Job {
                    part: Arc::new(part.clone()),
                    shared: Arc::clone(&shared),
                    deadline,
                };
                let before = self.threads.not_run().unwrap_or_default();
                let (server, client) = self.threads.perform(&job, server, client);
                let mut stop = first_stop(&server, &client);
                if let Some(stop) = &mut stop {
                    let not_run = self.threads.not_run().unwrap_or_default();
                    excuse(stop, not_run.saturating_sub(before));
                }
                self.keep(server.listener, &part.server.options, stop.is_none());
                let (calls, flows) = merge(server.log, client.log);
                (calls, flows, stop)
            }
            Err(error) => (
                Vec::new(),
                Vec::new(),
                Some(not_set_up(part.transport, &error)),
            ),
        };
        PartTrace {
            label: part.label.clone(),
            transport: part.transport,
            ends: None,
            expect: part.expect.clone(),
            calls,
            flows,
            cut: shared.cut(),
            stop,
        }
    }

    /// Opens the sockets that the scripts imply before either side runs, so that neither has to
    /// wait for the other's.
    fn set_up(
        &mut self,
        part: &Part,
        shared: &Shared,
        deadline: Duration,
    ) -> io::Result<(Props, Props)> {
        let (mut server, mut client) = (Props::default(), Props::default());
        match part.transport {
            Transport::Tcp if part.server.opens_explicitly() => {}
            Transport::Tcp => {
                let kept = self
                    .listener
                    .take()
                    .filter(|kept| kept.options == part.server.options);
                let kept = kept.map_or_else(|| new_listener(&part.server.options, deadline), Ok)?;
                let blocking = Blocking::Listener(Arc::downgrade(&kept.socket));
                shared.listening(Side::Server, kept.port, blocking);
                shared.keep_cut(Side::Server, &*kept.socket, &kept.options);
                server.listener = Some((kept.socket, kept.port));
            }
            Transport::Udp => {
                if !part.server.opens_explicitly() {
                    let socket = open::bound(part.transport, 0, &part.server.options, deadline)?;
                    let own = open::port_of(&socket)?;
                    shared.keep_cut(Side::Server, &socket, &part.server.options);
                    let link = open::datagrams(socket, None);
                    shared.listening(Side::Server, own, link.blocking());
                    server.link = Some(Link::Udp(link));
                }
                if !part.client.opens_explicitly() {
                    let socket = open::bound(part.transport, 0, &part.client.options, deadline)?;
                    let own = open::port_of(&socket)?;
                    shared.keep_cut(Side::Client, &socket, &part.client.options);
                    let link = open::datagrams(socket, shared.last_bound(Side::Server));
                    shared.listening(Side::Client, own, link.blocking());
                    client.link = Some(Link::Udp(link));
                }
            }
            Transport::UnixStream | Transport::UnixSeqpacket | Transport::Pipe => {
                let (mine, theirs) = open::pair(part.transport, deadline)?;
                server.link = Some(mine);
                client.link = Some(theirs);
            }
        }
        Ok((server, client))
    }

    /// Keeps the listening socket for the next case, unless a connection may still be waiting on
    /// it.
    fn keep(
        &mut self,
        listener: Option<(Arc<TcpListener>, u16)>,
        options: &[SocketOption],
        clean: bool,
    ) {
        self.listener = listener
            .filter(|_| clean)
            .map(|(socket, port)| KeptListener {
                socket,
                port,
                options: options.to_vec(),
            });
    }
}

fn new_listener(options: &[SocketOption], deadline: Duration) -> io::Result<KeptListener> {
    let socket = open::bound(Transport::Tcp, 0, options, deadline)?;
    Ok(KeptListener {
        port: open::port_of(&socket)?,
        socket: open::listen(socket)?,
        options: options.to_vec(),
    })
}

/// A deadline that passed while the machine did not run the two sides, for three quarters
/// of it or more, was outrun by the machine.
fn excuse(stop: &mut Stop, not_run: Duration) {
    let StopReason::Deadline {
        waited_for,
        milliseconds: timer,
        ..
    } = &mut stop.reason
    else {
        return;
    };
    let milliseconds = actor::milliseconds(not_run);
    if milliseconds >= *timer / 4 * 3 {
        stop.reason = StopReason::Stalled {
            step: std::mem::take(waited_for),
            milliseconds,
            timer: *timer,
        };
    }
}

/// Why the replay ended early: the stop that came first, because it caused the other.
fn first_stop(server: &Finished, client: &Finished) -> Option<Stop> {
    let mut stops: Vec<&Finished> = [server, client]
        .into_iter()
        .filter(|side| side.stop.is_some())
        .collect();
    stops.sort_by_key(|side| side.stopped_at);
    stops.first().and_then(|side| side.stop.clone())
}

/// The stop of a replay whose sockets could not be opened.
fn not_set_up(transport: Transport, error: &io::Error) -> Stop {
    let reason = if error.kind() == io::ErrorKind::Unsupported {
        StopReason::Unsupported(transport.name().to_owned())
    } else {
        let step = "bind".to_owned();
        let fault = Fault::System(fault::of(error));
        match fault::lack(error, Purpose::OpenAnywhere) {
            Some(lack) => StopReason::Machine { lack, step, fault },
            None => StopReason::Fault {
                step,
                fault,
                message: error.to_string(),
            },
        }
    };
    Stop {
        side: Side::Server,
        step: None,
        reason,
        other_last: None,
    }
}

/// The version of `sticky`, the machine and the time.
pub(crate) fn environment() -> Environment {
    Environment {
        sticky: env!("CARGO_PKG_VERSION").to_owned(),
        system: std::env::consts::OS.to_owned(),
        kernel: kernel::release(),
        architecture: std::env::consts::ARCH.to_owned(),
        unix_time: SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_excused_where_the_machine_ran_nothing_for_three_quarters_of_it() {
        let excused = |not_run: u64| {
            let mut stop = Stop {
                side: Side::Client,
                step: None,
                reason: StopReason::Deadline {
                    waited_for: "wait = \"reset\"".to_owned(),
                    there: None,
                    milliseconds: 5_000,
                },
                other_last: None,
            };
            excuse(&mut stop, Duration::from_millis(not_run));
            stop.reason
        };
        assert!(matches!(excused(3_749), StopReason::Deadline { .. }));
        let stalled = StopReason::Stalled {
            step: "wait = \"reset\"".to_owned(),
            milliseconds: 3_750,
            timer: 5_000,
        };
        assert_eq!(excused(3_750), stalled);
    }
}
