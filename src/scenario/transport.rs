//! The two sides of a case, and the transport between them.

use serde::{Deserialize, Serialize};

/// The transport between two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
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

    /// Whether one recv returns bytes of at most one send: a property of the socket type.
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
    /// The side that accepts.
    Server,
    /// The side that connects.
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
