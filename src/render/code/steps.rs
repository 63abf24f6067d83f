//! What every language asks about a step: its paragraph, its variables, its call.

use super::plan::{Plan, each};
use crate::scenario::{Action, SocketPart, Step, Transport};

/// What a step is for, so that a program has its paragraphs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Opens,
    Talks,
    Closes,
}

pub(super) fn stage(action: &Action) -> Stage {
    match action {
        Action::Bind { .. } | Action::Listen | Action::Accept | Action::Connect => Stage::Opens,
        Action::Close(_) => Stage::Closes,
        Action::Send(_)
        | Action::Recv(_)
        | Action::RecvExact(_)
        | Action::RecvUntilEnd { .. }
        | Action::RecvAvailable { .. }
        | Action::Decode { .. }
        | Action::Wait(_)
        | Action::Reach(_)
        | Action::Pause(_)
        | Action::Set(_)
        | Action::HalfClose
        | Action::DropArriving(_)
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
        Action::Bind { .. } => "bind".to_owned(),
        Action::Listen => "listen".to_owned(),
        Action::Accept => "accept".to_owned(),
        Action::Connect => "connect".to_owned(),
        Action::Send(_) => "send".to_owned(),
        Action::Recv(recv) | Action::RecvExact(recv) => format!("recv({recv})"),
        Action::RecvUntilEnd { at_most } | Action::RecvAvailable { at_most } => {
            format!("recv({at_most})")
        }
        Action::Decode { .. } => "recv".to_owned(),
        Action::Wait(_) => "wait".to_owned(),
        Action::Reach(_) => "reach".to_owned(),
        Action::Pause(_) => "pause".to_owned(),
        Action::Set(_) | Action::DropArriving(_) => "setsockopt".to_owned(),
        Action::HalfClose => "shutdown".to_owned(),
        Action::Close(_) => "close".to_owned(),
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
                Action::Accept | Action::Connect => connected = true,
                Action::Close(SocketPart::Connection) => connected = false,
                _ => {}
            }
        }
    });
    if on_connection { "conn" } else { "listener" }
}
