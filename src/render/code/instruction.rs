//! The instructions of a program, before they are put into any language: with their
//! variables, flags, comments and possible failures.

use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

use super::notes::Note;
use super::options::{Flags, OptionCode};
use crate::framing::Framing;
use crate::scenario::{LengthCode, LengthError, Payload};

/// One step of a program.
#[derive(Debug)]
pub(super) struct Instruction<'a> {
    /// What belongs to the step and is done before it.
    pub(super) before: Vec<Work<'a>>,
    pub(super) work: Work<'a>,
    /// How it has to fail; the program then goes on.
    pub(super) fails: Option<Failure>,
    /// Whether an empty line stands before it.
    pub(super) begins_paragraph: bool,
}

/// How a step has to fail.
#[derive(Debug)]
pub(super) enum Failure {
    /// The system refuses the call with this error.
    System { call: String, error: String },
    /// The program refuses the bytes: a frame that does not fit or decode.
    Frame,
    /// The program refuses a length.
    Length(LengthError),
}

/// A variable that holds a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Socket {
    pub(super) kind: SocketKind,
    /// 1 is the main one of its side.
    pub(super) number: usize,
}

/// What a socket is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SocketKind {
    Connection,
    Listener,
    Datagrams,
}

impl fmt::Display for Socket {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self.kind {
            SocketKind::Connection => "conn",
            SocketKind::Listener => "listener",
            SocketKind::Datagrams => "sock",
        })?;
        match self.number {
            1 => Ok(()),
            number => write!(out, "_{number}"),
        }
    }
}

/// What is done.
#[derive(Debug)]
pub(super) enum Work<'a> {
    Bind {
        socket: Socket,
        options: Vec<OptionCode>,
        /// Any free port, instead of the one that the program is given.
        any_port: bool,
        /// Whether the port is bound again later.
        keeps_port: bool,
        /// Whether the other terminal is told.
        announces: bool,
    },
    /// Listens, and tells the other terminal.
    Listen(Socket),
    Accept {
        listener: Socket,
        socket: Socket,
        options: Vec<OptionCode>,
    },
    Connect {
        socket: Socket,
        from: ConnectFrom,
    },
    /// One send, or one for each piece.
    Send {
        socket: Socket,
        payload: &'a Payload,
        framing: Option<Framing>,
        flags: Flags,
        pieces: Option<NonZeroU32>,
    },
    /// One recv, or as many as it takes for all.
    Receive {
        socket: Socket,
        exact: bool,
        /// A number, or the variable `length`.
        size: String,
        flags: Flags,
        /// How the bytes are read as a length.
        carries: Option<LengthCode>,
        /// Why fewer bytes are refused, where they have to be.
        short: Option<&'static str>,
    },
    ReceiveUntilEnd {
        socket: Socket,
        at_most: u32,
    },
    ReceiveAvailable {
        socket: Socket,
        at_most: u32,
    },
    Decode {
        socket: Socket,
        framing: Framing,
        messages: Option<NonZeroU32>,
        cap: u32,
        /// Why fewer messages are refused.
        short: &'static str,
    },
    Note(Note),
    /// Waits until something is there, and takes nothing.
    AwaitFirst(Socket),
    AwaitQueued {
        socket: Socket,
        bytes: u32,
    },
    /// Waits as long as a counter of the kernel is `unmet`.
    AwaitCounter {
        socket: Socket,
        helper: &'static str,
        /// Which of several numbers that the helper returns.
        field: Option<usize>,
        unmet: String,
    },
    /// Waits for an error, or also for the other side's close.
    Poll {
        socket: Socket,
        for_close: bool,
    },
    /// Waits for Enter.
    AwaitPoint(&'a str),
    Say(String),
    Pause(Duration),
    Set {
        socket: Socket,
        option: OptionCode,
    },
    HalfClose(Socket),
    Close {
        socket: Socket,
        /// Whether its file has to go too.
        unlinks: bool,
    },
    DropArriving {
        socket: Socket,
        helper: &'static str,
        on: bool,
    },
    Repeat {
        times: NonZeroU32,
        block: Vec<Instruction<'a>>,
    },
    /// Prints what was received in all.
    Total,
}

/// Which socket is connected.
#[derive(Debug)]
pub(super) enum ConnectFrom {
    /// A new one.
    New(Vec<OptionCode>),
    /// One that was bound under another name.
    Bound(Socket),
    /// One that is there by its name.
    Same,
}

/// What an instruction is for, so that a program has its paragraphs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Opens,
    Talks,
    Closes,
    SumsUp,
}

impl<'a> Instruction<'a> {
    /// One that has nothing before it and does not fail.
    pub(super) const fn new(work: Work<'a>) -> Self {
        Self {
            before: Vec::new(),
            work,
            fails: None,
            begins_paragraph: false,
        }
    }

    pub(super) const fn stage(&self) -> Stage {
        match &self.work {
            Work::Bind { .. } | Work::Listen(_) | Work::Accept { .. } | Work::Connect { .. } => {
                Stage::Opens
            }
            Work::Send { .. }
            | Work::Receive { .. }
            | Work::ReceiveUntilEnd { .. }
            | Work::ReceiveAvailable { .. }
            | Work::Decode { .. }
            | Work::Note(_)
            | Work::AwaitFirst(_)
            | Work::AwaitQueued { .. }
            | Work::AwaitCounter { .. }
            | Work::Poll { .. }
            | Work::AwaitPoint(_)
            | Work::Say(_)
            | Work::Pause(_)
            | Work::Set { .. }
            | Work::HalfClose(_)
            | Work::DropArriving { .. }
            | Work::Repeat { .. } => Stage::Talks,
            Work::Close { .. } => Stage::Closes,
            Work::Total => Stage::SumsUp,
        }
    }
}
