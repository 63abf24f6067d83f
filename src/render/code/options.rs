//! Socket options and flags, by the names that C and Python share for them and by their
//! numbers on Linux.

use crate::scenario::SocketOption;

/// An option as setsockopt takes it.
#[derive(Clone, Copy, Debug)]
pub(super) struct OptionCode {
    /// `SOL_SOCKET` or `IPPROTO_TCP`.
    pub(super) level: &'static str,
    pub(super) name: &'static str,
    /// The two numbers that Linux knows level and name by.
    pub(super) numbers: (u32, u32),
    pub(super) value: OptionValue,
    /// The method by which Rust's std sets it on a connection, where it has one.
    pub(super) method: Option<&'static str>,
}

/// What an option is set to.
#[derive(Clone, Copy, Debug)]
pub(super) enum OptionValue {
    Number(u32),
    /// `struct linger`, on, with so many seconds.
    Linger(u32),
    /// `struct timeval`, from milliseconds.
    Time(u64),
}

impl OptionCode {
    /// The option of a script.
    pub(super) fn of(option: SocketOption) -> Self {
        let socket = |name, number, value| Self {
            level: "SOL_SOCKET",
            name,
            numbers: (1, number),
            value,
            method: None,
        };
        let tcp = |name, number, value| Self {
            level: "IPPROTO_TCP",
            name,
            numbers: (6, number),
            value: OptionValue::Number(value),
            method: None,
        };
        let number = OptionValue::Number;
        match option {
            SocketOption::ReuseAddress(on) => socket("SO_REUSEADDR", 2, number(on.into())),
            SocketOption::ReusePort(on) => socket("SO_REUSEPORT", 15, number(on.into())),
            SocketOption::NoDelay(on) => Self {
                method: Some("set_nodelay"),
                ..tcp("TCP_NODELAY", 1, on.into())
            },
            SocketOption::Cork(on) => tcp("TCP_CORK", 3, on.into()),
            SocketOption::QuickAck(on) => tcp("TCP_QUICKACK", 12, on.into()),
            SocketOption::MaxSegment(bytes) => tcp("TCP_MAXSEG", 2, bytes),
            SocketOption::ReceiveBuffer(bytes) => socket("SO_RCVBUF", 8, number(bytes)),
            SocketOption::SendBuffer(bytes) => socket("SO_SNDBUF", 7, number(bytes)),
            SocketOption::Linger(seconds) => socket("SO_LINGER", 13, OptionValue::Linger(seconds)),
            SocketOption::SendTimeout(milliseconds) => Self {
                method: Some("set_write_timeout"),
                ..socket("SO_SNDTIMEO", 21, OptionValue::Time(milliseconds.into()))
            },
        }
    }

    /// The time limit of a recv.
    pub(super) const fn receive_timeout(milliseconds: u64) -> Self {
        Self {
            level: "SOL_SOCKET",
            name: "SO_RCVTIMEO",
            numbers: (1, 20),
            value: OptionValue::Time(milliseconds),
            method: Some("set_read_timeout"),
        }
    }
}

/// The flags that a call is given.
#[derive(Clone, Debug, Default)]
pub(super) struct Flags(Vec<(&'static str, u32)>);

impl Flags {
    /// Those of `known` that are given.
    pub(super) fn given<const N: usize>(known: [(bool, &'static str, u32); N]) -> Self {
        let given = known.into_iter().filter(|(given, ..)| *given);
        Self(given.map(|(_, name, bit)| (name, bit)).collect())
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them by name, each behind `prefix`.
    pub(super) fn names(&self, prefix: &str) -> String {
        let names = self.0.iter().map(|(name, _)| format!("{prefix}{name}"));
        names.collect::<Vec<_>>().join(" | ")
    }

    /// All of them as one number.
    pub(super) fn bits(&self) -> u32 {
        self.0.iter().fold(0, |bits, (_, bit)| bits | bit)
    }
}
