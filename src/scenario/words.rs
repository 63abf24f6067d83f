//! A step in the words of its file, for errors that have to name it.
//!
//! Promises: one line, at most [`MOST_CHARACTERS`] characters. Never a translation:
//! these are the words that stand in the file.

use std::fmt;
use std::time::Duration;

use super::{
    Action, Condition, Opening, Payload, Receiving, RecvLength, RecvStep, ScriptStep, SendStep,
    SocketOption, SocketPart, SocketStep,
};

/// How much of a text is quoted.
const MOST_CHARACTERS: usize = 24;

impl fmt::Display for Action {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(step) => write!(out, "{step}"),
            Self::Send(SendStep { payload, .. }) => write!(out, "send = {payload}"),
            Self::Receive(step) => write!(out, "{step}"),
            Self::Socket(step) => write!(out, "{step}"),
            Self::Script(step) => write!(out, "{step}"),
            Self::Repeat { times, .. } => write!(out, "repeat = {times}"),
        }
    }
}

impl fmt::Display for Opening {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bind { same_port, .. } => {
                let port = if *same_port { "same" } else { "any" };
                write!(out, "bind = \"{port}\"")
            }
            Self::Listen => out.write_str("listen"),
            Self::Accept => out.write_str("accept"),
            Self::Connect => out.write_str("connect"),
        }
    }
}

impl fmt::Display for Receiving {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recv(step) => write!(out, "recv = {step}"),
            Self::Exact(step) => write!(out, "recv-exact = {step}"),
            Self::UntilEnd { at_most } => write!(out, "recv-until-end = {at_most}"),
            Self::Available { at_most } => write!(out, "recv-available = {at_most}"),
            Self::Decode { framing, .. } => write!(out, "decode = \"{framing}\""),
        }
    }
}

impl fmt::Display for SocketStep {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Set(option) => write!(out, "set = {option}"),
            Self::DropArriving(on) => write!(out, "drop-arriving = {on}"),
            Self::HalfClose => out.write_str("half-close"),
            Self::Close(SocketPart::Connection) => out.write_str("close"),
            Self::Close(SocketPart::Listener) => out.write_str("close = \"listener\""),
        }
    }
}

impl fmt::Display for ScriptStep {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wait(condition) => write!(out, "wait = {condition}"),
            Self::Reach(point) => write!(out, "reach = \"{point}\""),
            Self::Pause(pause) => write!(out, "pause = \"{}\"", DurationWords(*pause)),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Queued(bytes) => write!(out, "{{ queued = {bytes} }}"),
            Self::Acknowledged => out.write_str("\"acknowledged\""),
            Self::PeerClosed => out.write_str("\"peer-closed\""),
            Self::Reset => out.write_str("\"reset\""),
            Self::Dropped(count) => write!(out, "{{ dropped = {count} }}"),
            Self::Reached(point) => write!(out, "{{ reached = \"{point}\" }}"),
            Self::Retransmitted(count) => write!(out, "{{ retransmitted = {count} }}"),
            Self::Segments(count) => write!(out, "{{ segments = {count} }}"),
        }
    }
}

impl fmt::Display for RecvStep {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.length {
            RecvLength::Bytes(bytes) => write!(out, "{bytes}"),
            RecvLength::Carried => out.write_str("\"length\""),
        }
    }
}

impl fmt::Display for Payload {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(out, "{:?}", shortened(text)),
            Self::Hex(bytes) => {
                let hex: Vec<String> = bytes
                    .iter()
                    .take(8)
                    .map(|byte| format!("{byte:02x}"))
                    .collect();
                let rest = if bytes.len() > 8 { " …" } else { "" };
                write!(out, "{{ hex = \"{}{rest}\" }}", hex.join(" "))
            }
            Self::Repeat { text, times } => {
                write!(out, "{{ repeat = {:?}, times = {times} }}", shortened(text))
            }
            Self::Random { bytes, seed } => {
                write!(out, "{{ random = {bytes}, seed = {seed} }}")
            }
            Self::Length { length, code } => {
                write!(out, "{{ length-of = {length}, as = \"{}\" }}", code.name())
            }
            Self::LengthOf { payload, code } => {
                write!(out, "{{ length-of = {payload}, as = \"{}\" }}", code.name())
            }
        }
    }
}

impl fmt::Display for SocketOption {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReuseAddress(on) => write!(out, "{{ reuse-address = {on} }}"),
            Self::ReusePort(on) => write!(out, "{{ reuse-port = {on} }}"),
            Self::NoDelay(on) => write!(out, "{{ no-delay = {on} }}"),
            Self::Cork(on) => write!(out, "{{ cork = {on} }}"),
            Self::QuickAck(on) => write!(out, "{{ quick-ack = {on} }}"),
            Self::ReceiveBuffer(bytes) => write!(out, "{{ receive-buffer = {bytes} }}"),
            Self::SendBuffer(bytes) => write!(out, "{{ send-buffer = {bytes} }}"),
            Self::MaxSegment(bytes) => write!(out, "{{ max-segment = {bytes} }}"),
            Self::Linger(seconds) => write!(out, "{{ linger = {seconds} }}"),
            Self::SendTimeout(milliseconds) => write!(out, "{{ send-timeout = {milliseconds} }}"),
        }
    }
}

/// The beginning of a text.
fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(MOST_CHARACTERS).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// A duration in the unit that a file would use.
struct DurationWords(Duration);

impl fmt::Display for DurationWords {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.0.as_micros();
        if micros.is_multiple_of(1_000_000) {
            write!(out, "{}s", micros / 1_000_000)
        } else if micros.is_multiple_of(1_000) {
            write!(out, "{}ms", micros / 1_000)
        } else {
            write!(out, "{micros}us")
        }
    }
}
