//! What the two scripts alone decide of what a side receives, however the kernel and the
//! scheduler go about it.
//!
//! Promises: kind to no script. A recv is called decided only if all that it can return is
//! known to be queued when it is called; whatever is not understood here is left to chance.

use std::collections::{HashMap, HashSet};
use std::iter::Peekable;

use super::walk::performed;
use super::{
    Action, Condition, Part, Receiving, RecvLength, Script, ScriptStep, Side, SocketOption,
    SocketStep, Transport,
};

/// How much of what a side receives is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decided {
    /// Nothing.
    Nothing,
    /// All bytes together; how many recvs they take is left to chance.
    Total,
    /// What each recv returns.
    EachRecv,
}

/// How much of what `side` receives in this part is decided.
#[must_use]
pub fn decided(part: &Part, side: Side) -> Decided {
    let (reader, sender) = (part.script(side), part.script(side.other()));
    if Side::BOTH.iter().any(|&side| is_beyond(part.script(side))) {
        return Decided::Nothing;
    }
    let each = if part.transport.keeps_boundaries() {
        each_datagram(reader)
    } else {
        each_recv(part.transport, reader, sender)
    };
    if each {
        Decided::EachRecv
    } else if reads_to_the_end(reader) {
        Decided::Total
    } else {
        Decided::Nothing
    }
}

/// Whether a script does what is not followed here: several sockets, an option that resets
/// or times out, steps that have to fail, sends that may be short, datagrams dropped.
fn is_beyond(script: &Script) -> bool {
    let upsets = |option: &SocketOption| match option {
        SocketOption::Linger(_) | SocketOption::SendTimeout(_) => true,
        SocketOption::ReuseAddress(_)
        | SocketOption::ReusePort(_)
        | SocketOption::NoDelay(_)
        | SocketOption::Cork(_)
        | SocketOption::QuickAck(_)
        | SocketOption::ReceiveBuffer(_)
        | SocketOption::SendBuffer(_)
        | SocketOption::MaxSegment(_) => false,
    };
    script.options.iter().any(upsets)
        || performed(&script.steps).any(|numbered| {
            let step = numbered.step;
            step.on.is_some()
                || step.fails.is_some()
                || match &step.action {
                    Action::Open(_)
                    | Action::Repeat { .. }
                    | Action::Receive(_)
                    | Action::Script(_)
                    | Action::Socket(SocketStep::HalfClose) => false,
                    Action::Send(send) => send.nonblocking,
                    Action::Socket(SocketStep::Set(option)) => upsets(option),
                    Action::Socket(SocketStep::DropArriving(_) | SocketStep::Close(_)) => true,
                }
        })
}

/// Whether every recv of datagrams blocks: each then returns the next one.
fn each_datagram(reader: &Script) -> bool {
    performed(&reader.steps).all(|numbered| match &numbered.step.action {
        Action::Receive(Receiving::Recv(recv)) => !recv.peek,
        Action::Receive(
            Receiving::Exact(_) | Receiving::Available { .. } | Receiving::Decode { .. },
        ) => false,
        Action::Receive(Receiving::UntilEnd { .. })
        | Action::Open(_)
        | Action::Send(_)
        | Action::Socket(_)
        | Action::Script(_)
        | Action::Repeat { .. } => true,
    })
}

/// Whether the last step that receives goes on to the end of the stream.
fn reads_to_the_end(reader: &Script) -> bool {
    let receiving = performed(&reader.steps).filter_map(|numbered| match &numbered.step.action {
        Action::Receive(receiving) => Some(receiving),
        Action::Open(_)
        | Action::Send(_)
        | Action::Socket(_)
        | Action::Script(_)
        | Action::Repeat { .. } => None,
    });
    match receiving.last() {
        Some(Receiving::UntilEnd { .. } | Receiving::Decode { messages: None, .. }) => true,
        Some(
            Receiving::Recv(_)
            | Receiving::Exact(_)
            | Receiving::Available { .. }
            | Receiving::Decode { .. },
        )
        | None => false,
    }
}

/// How far the sender can have come, as the reader reaches one point after another.
struct Far<'a, I: Iterator<Item = &'a Action>> {
    /// The actions that it cannot have done yet.
    left: Peekable<I>,
    /// The most bytes that it can have sent.
    most: u64,
    /// Whether it can have ended its stream and gone on.
    half_closed: bool,
}

impl<'a, I: Iterator<Item = &'a Action>> Far<'a, I> {
    /// Does all that the sender can have done when the reader has reached these points. `None` if a
    /// payload cannot be framed.
    fn go_on(&mut self, reached: &HashSet<&str>) -> Option<()> {
        let waits = |action: &&Action| match action {
            Action::Script(ScriptStep::Wait(Condition::Reached(point))) => {
                !reached.contains(point.as_str())
            }
            Action::Open(_)
            | Action::Send(_)
            | Action::Receive(_)
            | Action::Socket(_)
            | Action::Script(_)
            | Action::Repeat { .. } => false,
        };
        while let Some(action) = self.left.next_if(|action| !waits(action)) {
            match action {
                Action::Send(send) => self.most += send.frame_length().ok()?,
                Action::Socket(SocketStep::HalfClose) => self.half_closed = true,
                Action::Open(_)
                | Action::Receive(_)
                | Action::Socket(_)
                | Action::Script(_)
                | Action::Repeat { .. } => {}
            }
        }
        Some(())
    }

    /// Whether it can have ended its stream, which it does after its last step at the latest.
    fn ended(&mut self) -> bool {
        self.half_closed || self.left.peek().is_none()
    }
}

/// How many bytes have certainly arrived once the sender has reached each of its points, the first
/// time that it reaches it: on TCP those that it saw acknowledged before, elsewhere all that it
/// sent before. `None` if a payload cannot be framed.
fn arrived(transport: Transport, sender: &Script) -> Option<HashMap<&str, u64>> {
    let (mut all, mut arrived) = (0, 0);
    let mut at = HashMap::new();
    for numbered in performed(&sender.steps) {
        match &numbered.step.action {
            Action::Send(send) => {
                all += send.frame_length().ok()?;
                if transport != Transport::Tcp {
                    arrived = all;
                }
            }
            Action::Script(ScriptStep::Wait(Condition::Acknowledged)) => arrived = all,
            Action::Script(ScriptStep::Reach(point)) => {
                at.entry(point.as_str()).or_insert(arrived);
            }
            Action::Open(_)
            | Action::Receive(_)
            | Action::Socket(_)
            | Action::Script(_)
            | Action::Repeat { .. } => {}
        }
    }
    Some(at)
}

/// Whether what each recv of a stream returns is decided.
fn each_recv(transport: Transport, reader: &Script, sender: &Script) -> bool {
    walk(transport, reader, sender).is_some()
}

/// Goes through the reader's script; `None` at the first recv that is left to chance.
fn walk(transport: Transport, reader: &Script, sender: &Script) -> Option<()> {
    let mut reached = HashSet::new();
    let arrived = arrived(transport, sender)?;
    let mut far = Far {
        left: performed(&sender.steps)
            .map(|numbered| &numbered.step.action)
            .peekable(),
        most: 0,
        half_closed: false,
    };
    // Of the stream: certainly arrived, and taken by recvs.
    let (mut here, mut taken) = (0_u64, 0_u64);
    let mut end_is_here = false;
    for numbered in performed(&reader.steps) {
        let receiving = match &numbered.step.action {
            Action::Script(ScriptStep::Reach(point)) => {
                reached.insert(point.as_str());
                continue;
            }
            Action::Script(ScriptStep::Wait(condition)) => {
                match condition {
                    Condition::Queued(bytes) => here = here.max(taken + u64::from(*bytes)),
                    Condition::PeerClosed => {
                        far.go_on(&reached)?;
                        here = far.most;
                        end_is_here = true;
                    }
                    Condition::Reached(point) => {
                        here = here.max(*arrived.get(point.as_str())?);
                    }
                    Condition::Acknowledged
                    | Condition::Reset
                    | Condition::Dropped(_)
                    | Condition::Retransmitted(_)
                    | Condition::Segments(_) => {}
                }
                continue;
            }
            Action::Receive(receiving) => receiving,
            Action::Open(_)
            | Action::Send(_)
            | Action::Socket(_)
            | Action::Script(ScriptStep::Pause(_))
            | Action::Repeat { .. } => continue,
        };
        far.go_on(&reached)?;
        let (queued, most) = (here - taken, far.most - taken);
        let all_here = queued == most;
        match receiving {
            Receiving::Recv(recv) => {
                let RecvLength::Bytes(asked) = recv.length else {
                    return None;
                };
                let asked = u64::from(asked);
                let ends = most == 0 && far.ended();
                if !(queued >= asked || all_here && queued > 0 || ends) {
                    return None;
                }
                if !recv.peek {
                    taken += queued.min(asked);
                }
            }
            Receiving::Exact(recv) => {
                let RecvLength::Bytes(asked) = recv.length else {
                    return None;
                };
                if queued < u64::from(asked) {
                    return None;
                }
                taken += u64::from(asked);
            }
            Receiving::UntilEnd { .. } => {
                if !(all_here && far.ended()) {
                    return None;
                }
                taken = here;
            }
            Receiving::Available { .. } => {
                // Behind the last byte it finds nothing, or the end if that has arrived.
                if !all_here || far.ended() && !end_is_here {
                    return None;
                }
                taken = here;
            }
            Receiving::Decode { .. } => return None,
        }
    }
    Some(())
}
