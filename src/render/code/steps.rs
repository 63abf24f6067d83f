//! What every language asks about a step: its paragraph, its variables, its call.

use super::plan::{Plan, each};
use crate::scenario::{
    Action, Opening, Receiving, ScriptStep, SocketPart, SocketStep, Step, Transport,
};

/// What a step is for, so that a program has its paragraphs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Opens,
    Talks,
    Closes,
}

pub(super) fn stage(action: &Action) -> Stage {
    match action {
        Action::Open(_) => Stage::Opens,
        Action::Socket(SocketStep::Close(_)) => Stage::Closes,
        Action::Send(_)
        | Action::Receive(_)
        | Action::Script(_)
        | Action::Socket(
            SocketStep::Set(_) | SocketStep::HalfClose | SocketStep::DropArriving(_),
        )
        | Action::Repeat { .. } => Stage::Talks,
    }
}

/// How the variables of a socket end: nothing for the main one.
pub(super) fn suffix(plan: &Plan<'_>, step: &Step) -> String {
    socket_number(plan, step.on.as_deref()).map_or_else(String::new, |number| format!("_{number}"))
}

/// The number of a named socket, from 2; none is the main one.
fn socket_number(plan: &Plan<'_>, name: Option<&str>) -> Option<usize> {
    let name = name?;
    let mut names: Vec<String> = Vec::new();
    each(&plan.steps, &mut |step| {
        if let Some(on) = &step.on
            && !names.contains(on)
        {
            names.push(on.clone());
        }
    });
    names
        .iter()
        .position(|known| known == name)
        .map(|at| at + 2)
}

/// The call that a step is, for what is printed where it fails.
pub(super) fn call_name(action: &Action) -> String {
    match action {
        Action::Open(Opening::Bind { .. }) => "bind".to_owned(),
        Action::Open(Opening::Listen) => "listen".to_owned(),
        Action::Open(Opening::Accept) => "accept".to_owned(),
        Action::Open(Opening::Connect) => "connect".to_owned(),
        Action::Send(_) => "send".to_owned(),
        Action::Receive(Receiving::Recv(recv) | Receiving::Exact(recv)) => {
            format!("recv({recv})")
        }
        Action::Receive(Receiving::UntilEnd { at_most } | Receiving::Available { at_most }) => {
            format!("recv({at_most})")
        }
        Action::Receive(Receiving::Decode { .. }) => "recv".to_owned(),
        Action::Script(ScriptStep::Wait(_)) => "wait".to_owned(),
        Action::Script(ScriptStep::Reach(_)) => "reach".to_owned(),
        Action::Script(ScriptStep::Pause(_)) => "pause".to_owned(),
        Action::Socket(SocketStep::Set(_) | SocketStep::DropArriving(_)) => "setsockopt".to_owned(),
        Action::Socket(SocketStep::HalfClose) => "shutdown".to_owned(),
        Action::Socket(SocketStep::Close(_)) => "close".to_owned(),
        Action::Repeat { .. } => "repeat".to_owned(),
    }
}

/// Which of a side's variables an option is set on.
pub(super) fn socket_to_set(plan: &Plan<'_>, step: &Step) -> &'static str {
    if plan.is_over(Transport::Udp) {
        return "sock";
    }
    // The connection, once there is one.
    let mut connected = false;
    let mut found = false;
    let mut on_connection = true;
    each(&plan.steps, &mut |other| {
        if std::ptr::eq(other, step) {
            (found, on_connection) = (true, connected);
        }
        if !found && other.on == step.on {
            match other.action {
                Action::Open(Opening::Accept | Opening::Connect) => connected = true,
                Action::Socket(SocketStep::Close(SocketPart::Connection)) => connected = false,
                _ => {}
            }
        }
    });
    if on_connection { "conn" } else { "listener" }
}
