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
            Self::Bind => &["bind", "options", "fails", "on"],
            Self::Listen => &["listen", "fails", "on"],
            Self::Accept => &["accept", "fails", "on"],
            Self::Connect => &["connect", "fails", "on"],
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
            ],
            Self::Recv => &["recv", "length", "peek", "wait-all", "fails", "on"],
            Self::RecvExact => &["recv-exact", "length", "fails", "on"],
            Self::RecvUntilEnd => &["recv-until-end", "fails", "on"],
            Self::RecvAvailable => &["recv-available", "fails", "on"],
            Self::Decode => &["decode", "messages", "cap", "fails", "on"],
            Self::Wait => &["wait", "fails", "on"],
            Self::Reach => &["reach", "fails", "on"],
            Self::Pause => &["pause", "fails", "on"],
            Self::Set => &["set", "fails", "on"],
            Self::HalfClose => &["half-close", "fails", "on"],
            Self::Close => &["close", "fails", "on"],
            Self::DropArriving => &["drop-arriving", "fails", "on"],
            Self::Repeat => &["repeat", "steps"],
        }
    }

    /// Whether `name` is the key or a modifier of any step.
    pub(super) fn is_any_key(name: &str) -> bool {
        Self::ALL.iter().any(|verb| verb.keys().contains(&name))
    }
}
