//! What shall happen, and what is expected: a scenario as data.
//!
//! A scenario is one `.toml` file: purpose, script and expectation in one place.
//! This module holds the typed form; reading a file into it, with every problem
//! of the file in one go, is in [`read`]; the files embedded in the binary are in
//! [`catalogue`], and the claims that they prove true or false in [`claims`].
//!
//! Promises: a [`Scenario`] that exists has been validated, so a replay can only
//! fail for what the sockets do. Never opens a socket.

pub mod catalogue;
pub mod certain;
pub mod claims;
mod expectation;
pub mod hex;
mod payload;
pub mod read;
mod script;
pub(crate) mod shell;
pub(crate) mod suggest;
pub(crate) mod system;
pub mod walk;
mod words;

pub use expectation::{
    Amount, Count, Expectation, ExpectedBoundary, ExpectedFate, ExpectedMessage, Place, Receives,
    Returned,
};
pub use payload::{LengthCode, LengthError, Payload};
pub use script::{
    Action, Condition, Fault, Opening, Receiving, RecvLength, RecvStep, Script, ScriptStep,
    SendRole, SendStep, SocketOption, SocketPart, SocketStep, Step, StepId, SystemFault,
};

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::language::{Language, Text};

/// How long a replay waits for anything before it gives up, unless the file says otherwise.
pub const DEFAULT_DEADLINE: Duration = Duration::from_secs(5);

/// One case: what it is for, what both sides do, and what is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// `chapter/name`, unique in the catalogue; from the file's place.
    pub name: String,
    /// The title, one line. Every case of the catalogue has one, a lesson, a section and an
    /// expectation; a file of one's own need not.
    pub title: Option<Text>,
    /// The lesson: what happens and why; paragraphs are separated by an empty line.
    pub lesson: Option<Text>,
    /// The section of the source notes that it bears on.
    pub section: Option<Section>,
    /// Whether time itself is the subject; only then may a script pause.
    pub about_time: bool,
    /// What is replayed, one after another; at least one.
    pub parts: Vec<Part>,
}

/// A section of the source notes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub heading: String,
    /// Whether the case replays it literally (key `replays`) or only bears on it (key `about`).
    pub replayed: bool,
}

/// One run of a server and a client; a comparison has several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What tells this part from the others; absent where there is only one.
    pub label: Option<Text>,
    /// What the two sides talk over.
    pub transport: Transport,
    /// How long anything may be waited for.
    pub deadline: Duration,
    /// What the server does.
    pub server: Script,
    /// What the client does.
    pub client: Script,
    /// What has to come of it, where that is stated.
    pub expect: Option<Expectation>,
}

impl Scenario {
    /// The title; the name where there is none.
    #[must_use]
    pub fn title(&self, language: Language) -> &str {
        let title = self.title.as_ref();
        title.map_or(&self.name, |title| title.get(language))
    }

    /// Whether it replays a section of the source notes literally.
    #[must_use]
    pub fn is_documented(&self) -> bool {
        (self.section.as_ref()).is_some_and(|section| section.replayed)
    }
}

impl Part {
    /// What one side has to receive, where that is stated.
    #[must_use]
    pub fn receives(&self, side: Side) -> Option<&Receives> {
        self.expect.as_ref().map(|expect| expect.of(side))
    }

    /// The script of one side.
    #[must_use]
    pub fn script(&self, side: Side) -> &Script {
        match side {
            Side::Server => &self.server,
            Side::Client => &self.client,
        }
    }
}

/// What two sides talk over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// TCP on 127.0.0.1: a byte stream.
    Tcp,
    /// UDP on 127.0.0.1: datagrams.
    Udp,
    /// A connected pair of `AF_UNIX` `SOCK_STREAM` sockets: a byte stream.
    UnixStream,
    /// A connected pair of `AF_UNIX` `SOCK_SEQPACKET` sockets: records.
    UnixSeqpacket,
    /// Two pipes, one each way: byte streams.
    Pipe,
}

impl Transport {
    /// Every transport.
    pub const ALL: [Self; 5] = [
        Self::Tcp,
        Self::Udp,
        Self::UnixStream,
        Self::UnixSeqpacket,
        Self::Pipe,
    ];

    /// The name in scenario files and traces.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::UnixStream => "unix-stream",
            Self::UnixSeqpacket => "unix-seqpacket",
            Self::Pipe => "pipe",
        }
    }

    /// Whether one recv returns at most one send's bytes: a property of the socket type.
    #[must_use]
    pub const fn keeps_boundaries(self) -> bool {
        match self {
            Self::Udp | Self::UnixSeqpacket => true,
            Self::Tcp | Self::UnixStream | Self::Pipe => false,
        }
    }
}

/// One of the two programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The one that waits to be called.
    Server,
    /// The one that calls.
    Client,
}

impl Side {
    /// Both sides, server first.
    pub const BOTH: [Self; 2] = [Self::Server, Self::Client];

    /// The other side.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Server => Self::Client,
            Self::Client => Self::Server,
        }
    }

    /// The name in scenario files and traces: `server` or `client`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
        }
    }
}
