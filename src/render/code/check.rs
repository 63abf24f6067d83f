//! Whether a part can be two programs: what the language has, and which sockets are open.

use std::collections::BTreeMap;

use super::plan::{Plan, each};
use super::{Target, Unsupported};
use crate::scenario::{
    Action, Condition, Opening, Receiving, ScriptStep, Side, SocketOption, SocketPart, SocketStep,
    Step, Transport,
};

/// What is open on one socket of a side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Open {
    pub(super) bound: bool,
    pub(super) listening: bool,
    pub(super) connected: bool,
}

pub(super) type Sockets = BTreeMap<Option<String>, Open>;

impl Plan<'_> {
    /// What this language or two terminals do not have.
    pub(super) fn check_target(&self) -> Result<(), Unsupported> {
        match self.part.transport {
            Transport::Pipe => return Err(Unsupported::Pipe),
            Transport::UnixSeqpacket if self.target == Target::Rust => {
                return Err(Unsupported::Seqpacket);
            }
            Transport::Tcp | Transport::Udp | Transport::UnixStream | Transport::UnixSeqpacket => {}
        }
        match self.target {
            Target::Rust => self.check_std(),
            Target::Python | Target::C => Ok(()),
        }
    }

    /// What Rust's std does not leave to the program.
    fn check_std(&self) -> Result<(), Unsupported> {
        let tcp = self.is_over(Transport::Tcp);
        let decides = |option: &SocketOption| match option {
            SocketOption::ReuseAddress(on) => !(tcp && *on),
            SocketOption::ReusePort(_) => true,
            SocketOption::NoDelay(_)
            | SocketOption::Cork(_)
            | SocketOption::QuickAck(_)
            | SocketOption::ReceiveBuffer(_)
            | SocketOption::SendBuffer(_)
            | SocketOption::MaxSegment(_)
            | SocketOption::Linger(_)
            | SocketOption::SendTimeout(_) => false,
        };
        let mut addresses = self.script_options().any(decides);
        let (mut binds, mut listens) = (0, 0);
        each(&self.steps, &mut |step| match &step.action {
            Action::Open(Opening::Bind { same_port, options }) => {
                addresses |= *same_port || step.fails.is_some() || options.iter().any(decides);
                binds += 1;
            }
            Action::Open(Opening::Listen) => listens += 1,
            _ => {}
        });
        if addresses {
            return Err(Unsupported::AddressOptions);
        }
        let listens_at_once = self.steps.windows(2).all(|pair| {
            !matches!(pair[0].action, Action::Open(Opening::Bind { .. }))
                || matches!(pair[1].action, Action::Open(Opening::Listen))
        });
        if tcp && (binds != listens || !listens_at_once || (binds > 0 && self.side == Side::Client))
        {
            return Err(Unsupported::BoundOnly);
        }
        Ok(())
    }

    /// Follows which sockets are open, and finds what a program could not say.
    pub(super) fn follow(&self, steps: &[Step], sockets: &mut Sockets) -> Result<(), Unsupported> {
        let udp = self.part.transport == Transport::Udp;
        for step in steps {
            let socket = sockets.entry(step.on.clone()).or_default();
            let fails = step.fails.is_some();
            let open = socket.connected;
            let ready = match &step.action {
                Action::Open(Opening::Bind { .. }) => {
                    socket.bound |= !fails && !udp;
                    socket.connected |= !fails && udp;
                    true
                }
                Action::Open(Opening::Listen) => {
                    let bound = std::mem::take(&mut socket.bound);
                    socket.listening |= bound;
                    bound
                }
                Action::Open(Opening::Accept) => {
                    socket.connected |= !fails;
                    socket.listening && self.side == Side::Server
                }
                Action::Open(Opening::Connect) if self.side == Side::Server => {
                    return Err(Unsupported::ServerConnects);
                }
                Action::Open(Opening::Connect) => {
                    socket.bound = false;
                    socket.connected |= !fails || udp;
                    true
                }
                Action::Receive(Receiving::Exact(_) | Receiving::Decode { .. }) if udp => {
                    return Err(Unsupported::ExactOverDatagrams);
                }
                Action::Send(_)
                | Action::Receive(_)
                | Action::Socket(SocketStep::HalfClose | SocketStep::DropArriving(_))
                | Action::Script(ScriptStep::Wait(
                    Condition::Queued(_)
                    | Condition::Acknowledged
                    | Condition::PeerClosed
                    | Condition::Reset
                    | Condition::Dropped(_)
                    | Condition::Retransmitted(_)
                    | Condition::Segments(_),
                )) => open,
                Action::Script(
                    ScriptStep::Wait(Condition::Reached(_))
                    | ScriptStep::Reach(_)
                    | ScriptStep::Pause(_),
                ) => true,
                Action::Socket(SocketStep::Set(_)) => open || socket.listening || socket.bound,
                Action::Socket(SocketStep::Close(SocketPart::Connection)) => {
                    std::mem::take(&mut socket.connected)
                }
                Action::Socket(SocketStep::Close(SocketPart::Listener)) => {
                    let was = socket.listening || socket.bound;
                    (socket.listening, socket.bound) = (false, false);
                    was
                }
                Action::Repeat { steps, .. } => {
                    let before = sockets.clone();
                    self.follow(steps, sockets)?;
                    let open = |sockets: &Sockets| -> Vec<_> {
                        let open = sockets.iter().filter(|(_, open)| **open != Open::default());
                        open.map(|(name, open)| (name.clone(), *open)).collect()
                    };
                    if open(&before) != open(sockets) {
                        return Err(Unsupported::OpensInRepeat);
                    }
                    true
                }
            };
            if !ready {
                return Err(Unsupported::NotOpen(step.action.to_string()));
            }
        }
        Ok(())
    }
}
