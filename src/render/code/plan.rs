//! What one program has to do, before it is put into any language.
//!
//! The steps that a script implies are written out here, what two terminals cannot
//! do is found here, and what the other side sends is worked out for the sums.

use std::collections::BTreeSet;

use super::check::Sockets;
use super::noise::crc32;
use super::sent::sent;
use super::{Target, Unsupported};
use crate::language::Language;
use crate::scenario::{
    Action, Condition, Opening, Part, Receiving, RecvLength, Scenario, ScriptStep, Side,
    SocketOption, SocketPart, SocketStep, Step, Transport,
};

/// How many bytes a program still prints; of more it prints the sum.
pub(super) const SHOWN: u64 = 64;

/// One program, and what it is part of.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) scenario: &'a Scenario,
    /// Which part it is of.
    pub(super) part: &'a Part,
    /// The number of the part from 1, where there are several.
    pub(super) number: Option<usize>,
    pub(super) side: Side,
    pub(super) target: Target,
    pub(super) language: Language,
    /// The steps, those that are implied among them.
    pub(super) steps: Vec<Step>,
    /// The points that the other side waits for.
    pub(super) awaited: BTreeSet<String>,
    /// How many of the steps, at the end, are closes that the script implies.
    closes: usize,
}

impl<'a> Plan<'a> {
    pub(super) fn new(
        scenario: &'a Scenario,
        index: usize,
        side: Side,
        target: Target,
        language: Language,
    ) -> Result<Self, Unsupported> {
        let part = &scenario.parts[index];
        let announced = announced_point(part);
        let mut steps = opened(part, side);
        // The other terminal is there once the server says that it listens.
        if let Some(point) = &announced {
            steps.retain(|step| {
                !is_wait_for(&step.action, point) && !is_reach_of(&step.action, point)
            });
        }
        let mut awaited = BTreeSet::new();
        each(&part.script(side.other()).steps, &mut |step| {
            if let Action::Script(ScriptStep::Wait(Condition::Reached(point))) = &step.action {
                awaited.insert(point.clone());
            }
        });
        let mut plan = Self {
            scenario,
            part,
            number: (scenario.parts.len() > 1).then_some(index + 1),
            side,
            target,
            language,
            steps,
            awaited,
            closes: 0,
        };
        plan.check_target()?;
        let mut sockets = Sockets::new();
        plan.follow(&plan.steps, &mut sockets)?;
        plan.close_what_is_open(&sockets);
        Ok(plan)
    }

    /// Whether a step is one of the closes written out at the end.
    pub(super) fn is_implied_close(&self, step: &Step) -> bool {
        let first = self.steps.len() - self.closes;
        self.steps[first..]
            .iter()
            .any(|close| std::ptr::eq(close, step))
    }

    pub(super) fn script_options(&self) -> std::slice::Iter<'a, SocketOption> {
        self.part.script(self.side).options.iter()
    }

    /// Writes out the close of all that is still open.
    fn close_what_is_open(&mut self, sockets: &Sockets) {
        let written = self.steps.len();
        for (name, open) in sockets {
            let mut close = |part| {
                self.steps.push(Step {
                    action: Action::Socket(SocketStep::Close(part)),
                    fails: None,
                    on: name.clone(),
                });
            };
            if open.connected {
                close(SocketPart::Connection);
            }
            if open.listening || open.bound {
                close(SocketPart::Listener);
            }
        }
        self.closes = self.steps.len() - written;
    }

    /// The options that each socket of this side gets, then those of its own.
    pub(super) fn options(&self, more: &[SocketOption]) -> Vec<SocketOption> {
        self.script_options().chain(more).copied().collect()
    }

    /// The options that an accepted connection does not inherit from its listener.
    pub(super) fn options_after_accept(&self) -> Vec<SocketOption> {
        let own = self.script_options().copied();
        own.filter(|option| match option {
            SocketOption::NoDelay(_)
            | SocketOption::Cork(_)
            | SocketOption::QuickAck(_)
            | SocketOption::Linger(_)
            | SocketOption::SendTimeout(_) => true,
            SocketOption::ReuseAddress(_)
            | SocketOption::ReusePort(_)
            | SocketOption::ReceiveBuffer(_)
            | SocketOption::SendBuffer(_)
            | SocketOption::MaxSegment(_) => false,
        })
        .collect()
    }

    /// Whether any step satisfies `test`.
    pub(super) fn any(&self, mut test: impl FnMut(&Step) -> bool) -> bool {
        let mut found = false;
        each(&self.steps, &mut |step| found |= test(step));
        found
    }

    /// Whether the other side may not even have been started when this step receives:
    /// it is the first to receive from a socket that no connection was made for.
    pub(super) fn receives_first(&self, step: &Step) -> bool {
        let mut first: Option<*const Step> = None;
        each(&self.steps, &mut |step| {
            if let Action::Receive(Receiving::Recv(_) | Receiving::UntilEnd { .. }) = &step.action {
                first.get_or_insert(step);
            }
        });
        self.is_over(Transport::Udp) && first.is_some_and(|first| std::ptr::eq(first, step))
    }

    /// Whether the kernel may not wait for somebody to press Enter: what it holds back,
    /// or has to send again, leaves after some 200 ms.
    pub(super) fn is_in_a_hurry(&self) -> bool {
        let (mut holds_back, mut waits) = (false, false);
        for side in Side::BOTH {
            let script = self.part.script(side);
            let corks = |option: &SocketOption| matches!(option, SocketOption::Cork(true));
            holds_back |= script.options.iter().any(corks);
            each(&script.steps, &mut |step| match &step.action {
                Action::Socket(SocketStep::Set(option)) => holds_back |= corks(option),
                Action::Send(send) => holds_back |= send.more,
                Action::Socket(SocketStep::DropArriving(on)) => holds_back |= *on,
                Action::Script(ScriptStep::Wait(condition)) => {
                    waits |= matches!(condition, Condition::Reached(_));
                }
                Action::Open(Opening::Bind { options, .. }) => {
                    holds_back |= options.iter().any(corks);
                }
                Action::Open(Opening::Listen | Opening::Accept | Opening::Connect)
                | Action::Receive(_)
                | Action::Script(ScriptStep::Reach(_) | ScriptStep::Pause(_))
                | Action::Socket(SocketStep::HalfClose | SocketStep::Close(_))
                | Action::Repeat { .. } => {}
            });
        }
        holds_back && waits && self.is_over(Transport::Tcp)
    }

    /// Whether a recv can ask for no bytes, which is then not the end of the stream.
    pub(super) fn may_ask_for_none(&self) -> bool {
        self.any(
            |step| matches!(&step.action, Action::Receive(Receiving::Recv(recv)) if recv.length == RecvLength::Carried),
        )
    }

    /// Whether a recv looks without taking.
    pub(super) fn peeks(&self) -> bool {
        self.any(|step| matches!(&step.action, Action::Receive(Receiving::Recv(recv)) if recv.peek))
    }

    pub(super) fn is_over(&self, transport: Transport) -> bool {
        self.part.transport == transport
    }

    pub(super) fn is_unix(&self) -> bool {
        self.is_over(Transport::UnixStream) || self.is_over(Transport::UnixSeqpacket)
    }

    /// The helper that has what arrives dropped: TCP and UDP sockets are told in different ways.
    pub(super) fn drop_arriving(&self) -> &'static str {
        if self.part.transport.keeps_boundaries() {
            "drop_datagrams"
        } else {
            "drop_segments"
        }
    }

    /// Whether a datagram's sender has to be kept, to answer it.
    pub(super) fn answers(&self) -> bool {
        self.is_over(Transport::Udp)
            && self.side == Side::Server
            && self.any(|step| matches!(step.action, Action::Send(_)))
    }

    /// Whether what was received is summed up in the end.
    pub(super) fn sums_up(&self) -> bool {
        self.part.receives(self.side).is_some_and(|stated| {
            stated.total.is_some() || stated.intact.is_some() || stated.sha256.is_some()
        })
    }

    /// Whether one recv can return more than is printed.
    pub(super) fn receives_much(&self) -> bool {
        let mut most = 0_u64;
        each(&self.steps, &mut |step| {
            most = most.max(match &step.action {
                Action::Receive(Receiving::Recv(recv) | Receiving::Exact(recv)) => {
                    match recv.length {
                        RecvLength::Bytes(bytes) => u64::from(bytes),
                        RecvLength::Carried => u64::MAX,
                    }
                }
                Action::Receive(
                    Receiving::UntilEnd { at_most } | Receiving::Available { at_most },
                ) => u64::from(*at_most),
                Action::Receive(Receiving::Decode { .. }) => u64::MAX,
                Action::Open(_)
                | Action::Send(_)
                | Action::Script(_)
                | Action::Socket(_)
                | Action::Repeat { .. } => 0,
            });
        });
        most.min(self.sent_to_it().len() as u64) > SHOWN
    }

    /// All bytes that the other side sends, as far as its script tells.
    pub(super) fn sent_to_it(&self) -> Vec<u8> {
        sent(&self.part.script(self.side.other()).steps)
    }

    /// What the sum of an intact stream is: its length and its CRC-32.
    pub(super) fn sum_of_sent(&self) -> (usize, u32) {
        let sent = self.sent_to_it();
        (sent.len(), crc32(&sent))
    }
}

/// Every step, those of blocks too.
pub(super) fn each(steps: &[Step], visit: &mut impl FnMut(&Step)) {
    for step in steps {
        visit(step);
        if let Action::Repeat { steps, .. } = &step.action {
            each(steps, visit);
        }
    }
}

/// A script with the opening steps that it implies.
fn opened(part: &Part, side: Side) -> Vec<Step> {
    let script = part.script(side);
    let mut steps = Vec::new();
    let mut open = |action| {
        steps.push(Step {
            action,
            fails: None,
            on: None,
        });
    };
    if !script.opens_explicitly() {
        let options = match part.transport {
            // Or the program could not be started again for a minute.
            Transport::Tcp => vec![SocketOption::ReuseAddress(true)],
            Transport::Udp | Transport::UnixStream | Transport::UnixSeqpacket | Transport::Pipe => {
                Vec::new()
            }
        };
        let bind = Action::Open(Opening::Bind {
            same_port: false,
            options,
        });
        match (part.transport, side) {
            (Transport::Udp, _) => open(bind),
            (_, Side::Client) => open(Action::Open(Opening::Connect)),
            (_, Side::Server) => {
                open(bind);
                open(Action::Open(Opening::Listen));
                open(Action::Open(Opening::Accept));
            }
        }
    }
    steps.extend(script.steps.iter().cloned());
    steps
}

/// The point by which the server says that it listens, which its program says anyway.
fn announced_point(part: &Part) -> Option<String> {
    let first = part.client.steps.first()?;
    let Action::Script(ScriptStep::Wait(Condition::Reached(point))) = &first.action else {
        return None;
    };
    let announces: fn(&Action) -> bool = match part.transport {
        Transport::Tcp => |action| matches!(action, Action::Open(Opening::Listen)),
        Transport::Udp | Transport::UnixStream | Transport::UnixSeqpacket | Transport::Pipe => {
            |action| matches!(action, Action::Open(Opening::Bind { .. }))
        }
    };
    let steps = &part.server.steps;
    let at = steps.iter().position(|step| announces(&step.action))?;
    let reaches_it = is_reach_of(&steps.get(at + 1)?.action, point);
    reaches_it.then(|| point.clone())
}

fn is_reach_of(action: &Action, point: &str) -> bool {
    matches!(action, Action::Script(ScriptStep::Reach(reached)) if reached == point)
}

fn is_wait_for(action: &Action, point: &str) -> bool {
    matches!(action, Action::Script(ScriptStep::Wait(Condition::Reached(waited))) if waited == point)
}
