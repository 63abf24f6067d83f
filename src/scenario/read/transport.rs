//! Checks for what a transport does not support: steps, modifiers, options and expectations.

use super::placed::{PlacedPart, PlacedStep};
use super::reader::Reader;
use super::script_problem::ScriptProblem;
use super::values::option_name;
use crate::scenario::{
    Action, Condition, Opening, Receiving, ScriptStep, Side, SocketOption, SocketPart, SocketStep,
    Transport,
};

/// Reports everything in a part that its transport does not support. A step that is expected to
/// fail may ask for anything.
pub(super) fn check(reader: &mut Reader<'_>, transport: Transport, part: &PlacedPart) {
    for script in Side::BOTH.into_iter().filter_map(|side| part.script(side)) {
        for (option, span) in script.script.options.iter().zip(&script.options) {
            // A connected pair is created without options, but a step can still set some.
            let opened_with = matches!(transport, Transport::Tcp | Transport::Udp);
            if !opened_with || !has_option(transport, *option) {
                let what = option_name(*option);
                reader.problem(
                    span.clone(),
                    ScriptProblem::NotOnTransport { what, transport },
                );
            }
        }
        for placed in script.written() {
            if placed.step.fails.is_none() {
                check_step(reader, transport, placed);
            }
        }
    }
    for (key, span) in &part.expect_places {
        if let Some(what) = missing_evidence(transport, key) {
            reader.problem(
                span.clone(),
                ScriptProblem::NotOnTransport { what, transport },
            );
        }
    }
}

fn check_step(reader: &mut Reader<'_>, transport: Transport, placed: PlacedStep<'_>) {
    let tcp = transport == Transport::Tcp;
    let udp = transport == Transport::Udp;
    let pipe = transport == Transport::Pipe;
    let missing = match &placed.step.action {
        Action::Open(Opening::Bind { options, .. }) => {
            if tcp || udp {
                options
                    .iter()
                    .find(|option| !has_option(transport, **option))
                    .map(|option| option_name(*option))
            } else {
                Some("bind")
            }
        }
        Action::Open(Opening::Connect) => (!tcp && !udp).then_some("connect"),
        Action::Open(Opening::Listen) => (!tcp).then_some("listen"),
        Action::Open(Opening::Accept) => (!tcp).then_some("accept"),
        Action::Send(send) => {
            if pipe && send.more {
                Some("more")
            } else if pipe && send.end_of_record {
                Some("end-of-record")
            } else {
                None
            }
        }
        Action::Receive(Receiving::Recv(recv) | Receiving::Exact(recv)) => {
            if pipe && recv.peek {
                Some("peek")
            } else if (pipe || udp) && recv.wait_all {
                Some("wait-all")
            } else {
                None
            }
        }
        Action::Receive(Receiving::UntilEnd { .. }) => udp.then_some("recv-until-end"),
        Action::Receive(Receiving::Available { .. }) => pipe.then_some("recv-available"),
        Action::Receive(Receiving::Decode { messages, .. }) => {
            (udp && messages.is_none()).then_some("end")
        }
        Action::Script(ScriptStep::Wait(condition)) => match condition {
            Condition::Queued(_) => udp.then_some("queued"),
            Condition::Acknowledged => (!tcp).then_some("acknowledged"),
            Condition::PeerClosed => udp.then_some("peer-closed"),
            Condition::Segments(_) => (!tcp).then_some("segments"),
            Condition::Retransmitted(_) => (!tcp).then_some("retransmitted"),
            Condition::Reset => (!tcp && !udp).then_some("reset"),
            Condition::Dropped(_) => (!udp).then_some("dropped"),
            Condition::Reached(_) => None,
        },
        Action::Socket(SocketStep::Set(option)) => {
            (!has_option(transport, *option)).then(|| option_name(*option))
        }
        Action::Socket(SocketStep::HalfClose) => udp.then_some("half-close"),
        Action::Socket(SocketStep::Close(SocketPart::Listener)) => (!tcp).then_some("listener"),
        Action::Socket(SocketStep::DropArriving(_)) => (!tcp && !udp).then_some("drop-arriving"),
        Action::Socket(SocketStep::Close(SocketPart::Connection))
        | Action::Script(ScriptStep::Reach(_) | ScriptStep::Pause(_))
        | Action::Repeat { .. } => None,
    };
    if let Some(what) = missing {
        // At the modifier if it is one, otherwise at the step's value.
        placed.problem_at(
            reader,
            what,
            ScriptProblem::NotOnTransport { what, transport },
        );
    }
}

const fn has_option(transport: Transport, option: SocketOption) -> bool {
    match option {
        SocketOption::NoDelay(_)
        | SocketOption::Cork(_)
        | SocketOption::QuickAck(_)
        | SocketOption::MaxSegment(_)
        | SocketOption::Linger(_) => matches!(transport, Transport::Tcp),
        SocketOption::ReuseAddress(_) | SocketOption::ReusePort(_) => {
            matches!(transport, Transport::Tcp | Transport::Udp)
        }
        SocketOption::ReceiveBuffer(_)
        | SocketOption::SendBuffer(_)
        | SocketOption::SendTimeout(_) => !matches!(transport, Transport::Pipe),
    }
}

/// The name of an expectation for which the transport has no evidence.
fn missing_evidence(transport: Transport, key: &str) -> Option<&'static str> {
    let tcp = transport == Transport::Tcp;
    let udp = transport == Transport::Udp;
    match key {
        "end" => udp.then_some("end"),
        "segments" => (!tcp).then_some("segments"),
        "segment-count" => (!tcp).then_some("segment-count"),
        "retransmitted" => (!tcp).then_some("retransmitted"),
        "queued" => udp.then_some("queued"),
        "dropped" => (!udp).then_some("dropped"),
        _ => None,
    }
}
