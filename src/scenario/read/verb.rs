//! The keys of steps, with the modifiers that each takes.

/// The action of a step, as its key names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Bind,
    Listen,
    Accept,
    Connect,
    Send,
    Recv,
    RecvExact,
    RecvUntilEnd,
    RecvAvailable,
    Decode,
    Wait,
    Reach,
    Pause,
    Set,
    HalfClose,
    Close,
    DropArriving,
    Repeat,
}

impl Verb {
    /// All keys.
    pub(super) const ALL: [Self; 18] = [
        Self::Send,
        Self::Recv,
        Self::RecvExact,
        Self::RecvUntilEnd,
        Self::RecvAvailable,
        Self::Decode,
        Self::Wait,
        Self::Reach,
        Self::Pause,
        Self::Set,
        Self::Bind,
        Self::Listen,
        Self::Accept,
        Self::Connect,
        Self::HalfClose,
        Self::Close,
        Self::DropArriving,
        Self::Repeat,
    ];

    /// The keys that may be written as a plain string.
    pub(super) const UNIT: [Self; 5] = [
        Self::Listen,
        Self::Accept,
        Self::Connect,
        Self::HalfClose,
        Self::Close,
    ];

    /// The name of the key.
    pub(super) const fn name(self) -> &'static str {
        self.keys()[0]
    }

    /// The modifiers allowed with the key.
    pub(super) const fn modifiers(self) -> &'static [&'static str] {
        match self.keys() {
            [_, modifiers @ ..] => modifiers,
            [] => &[],
        }
    }

    /// The key and the modifiers allowed with it.
    pub(super) const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Bind => &["bind", "options", "fails", "on", "within"],
            Self::Listen => &["listen", "fails", "on", "within"],
            Self::Accept => &["accept", "fails", "on", "within"],
            Self::Connect => &["connect", "fails", "on", "within"],
            Self::Send => &[
                "send",
                "framing",
                "part",
                "pieces",
                "more",
                "nonblocking",
                "end-of-record",
                "fails",
                "on",
                "within",
            ],
            Self::Recv => &[
                "recv", "length", "peek", "wait-all", "fails", "on", "within",
            ],
            Self::RecvExact => &["recv-exact", "length", "fails", "on", "within"],
            Self::RecvUntilEnd => &["recv-until-end", "fails", "on", "within"],
            Self::RecvAvailable => &["recv-available", "fails", "on", "within"],
            Self::Decode => &["decode", "messages", "cap", "fails", "on", "within"],
            Self::Wait => &["wait", "fails", "on", "within"],
            Self::Reach => &["reach", "fails", "on", "within"],
            Self::Pause => &["pause", "fails", "on", "within"],
            Self::Set => &["set", "fails", "on", "within"],
            Self::HalfClose => &["half-close", "fails", "on", "within"],
            Self::Close => &["close", "fails", "on", "within"],
            Self::DropArriving => &["drop-arriving", "fails", "on", "within"],
            Self::Repeat => &["repeat", "steps"],
        }
    }

    /// Whether `name` is the key or a modifier of any step.
    pub(super) fn is_any_key(name: &str) -> bool {
        Self::ALL.iter().any(|verb| verb.keys().contains(&name))
    }
}
