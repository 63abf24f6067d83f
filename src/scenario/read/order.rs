//! Checks the order of one side's steps: names, headers, lengths, who sends first.

use std::collections::{BTreeSet, HashSet};

use super::placed::{PlacedScript, PlacedStep};
use super::problem::ProblemKind;
use super::reader::Reader;
use super::script_problem::ScriptProblem;
use super::waits;
use crate::scenario::{
    Action, Opening, Payload, Receiving, RecvLength, ScriptStep, SendRole, Side, Transport,
};

/// Checks each side by itself, then one against the other.
pub(super) fn check(
    reader: &mut Reader<'_>,
    transport: Transport,
    server: &PlacedScript,
    client: &PlacedScript,
) {
    let steps = [server, client].map(|script| script.performed().collect::<Vec<_>>());
    for steps in &steps {
        check_lengths(reader, steps);
        check_messages(reader, steps);
        check_sockets(reader, steps);
    }
    for script in [server, client] {
        check_points(reader, script);
        check_frames(reader, script);
    }
    if transport == Transport::Udp {
        check_first_send(reader, &steps[0]);
    }
    let [server_steps, client_steps] = &steps;
    let server = waits::Half::new(Side::Server, &server.script, server_steps);
    let client = waits::Half::new(Side::Client, &client.script, client_steps);
    waits::check(reader, transport, server, client);
}

/// `"length"` needs an earlier recv that read one.
fn check_lengths(reader: &mut Reader<'_>, steps: &[PlacedStep<'_>]) {
    for placed in steps {
        let Action::Receive(Receiving::Recv(recv) | Receiving::Exact(recv)) = &placed.step.action
        else {
            continue;
        };
        if recv.length == RecvLength::Carried && placed.step.fails.is_none() {
            placed.problem(reader, ScriptProblem::NoCarriedLength);
        }
        if recv.carries.is_some() {
            return;
        }
    }
}

/// A header needs a payload after it, and `part = "more"` a message before it.
fn check_messages(reader: &mut Reader<'_>, steps: &[PlacedStep<'_>]) {
    let mut header: Option<PlacedStep<'_>> = None;
    let mut begun = false;
    for placed in steps {
        let Action::Send(send) = &placed.step.action else {
            continue;
        };
        match send.role {
            SendRole::Header => {
                if let Some(alone) = header.replace(*placed) {
                    alone.problem_at(reader, "part", ScriptProblem::HeaderAlone);
                }
            }
            SendRole::Continues if !begun => {
                placed.problem_at(reader, "part", ScriptProblem::NothingToContinue);
            }
            SendRole::Message => header = None,
            // A header may itself be sent in pieces.
            SendRole::Continues => {}
        }
        begun = true;
    }
    if let Some(alone) = header {
        alone.problem_at(reader, "part", ScriptProblem::HeaderAlone);
    }
}

/// A named socket must be opened before anything else is done on it.
fn check_sockets(reader: &mut Reader<'_>, steps: &[PlacedStep<'_>]) {
    let mut open = BTreeSet::new();
    for placed in steps {
        let Some(name) = placed.step.on.as_deref() else {
            continue;
        };
        let opens = matches!(
            placed.step.action,
            Action::Open(Opening::Bind { .. } | Opening::Connect | Opening::Accept)
        );
        if opens {
            open.insert(name);
        } else if !open.contains(name) && placed.step.fails.is_none() {
            let known = reader.few(name, open.iter().copied());
            let got = name.to_owned();
            placed.problem_at(reader, "on", ScriptProblem::UnopenedSocket { got, known });
        }
    }
}

/// The name of a point may be used only once.
fn check_points(reader: &mut Reader<'_>, script: &PlacedScript) {
    let mut seen = HashSet::new();
    for placed in script.written() {
        if let Action::Script(ScriptStep::Reach(point)) = &placed.step.action
            && !seen.insert(point.as_str())
        {
            let got = point.clone();
            placed.problem(reader, ScriptProblem::DuplicatePoint { got });
        }
    }
}

/// A payload must fit its framing, and a length its encoding.
fn check_frames(reader: &mut Reader<'_>, script: &PlacedScript) {
    for placed in script.written() {
        let Action::Send(send) = &placed.step.action else {
            continue;
        };
        if placed.step.fails.is_some() {
            continue;
        }
        if let Payload::Length { length, code } = send.payload
            && code.write(length).is_err()
        {
            let code = code.name();
            placed.problem(reader, ProblemKind::LengthDoesNotFit { length, code });
        }
        let Some(framing) = send.framing else {
            continue;
        };
        if let Err(fault) = send.frame_length() {
            let kind = ProblemKind::FramingRefuses {
                framing: framing.to_string(),
                bytes: send.payload.len().unwrap_or(0),
                fault,
            };
            placed.problem(reader, kind);
        }
    }
}

/// A UDP server learns its client's address from what it receives.
fn check_first_send(reader: &mut Reader<'_>, steps: &[PlacedStep<'_>]) {
    for placed in steps {
        match &placed.step.action {
            Action::Receive(
                Receiving::Recv(_)
                | Receiving::Exact(_)
                | Receiving::Available { .. }
                | Receiving::Decode { .. },
            )
            | Action::Open(Opening::Connect) => {
                return;
            }
            Action::Send(_) if placed.step.fails.is_none() => {
                placed.problem(reader, ScriptProblem::ServerSendsFirst);
                return;
            }
            Action::Send(_)
            | Action::Open(Opening::Bind { .. } | Opening::Listen | Opening::Accept)
            | Action::Receive(Receiving::UntilEnd { .. })
            | Action::Script(_)
            | Action::Socket(_)
            | Action::Repeat { .. } => {}
        }
    }
}
