//! What values are, and what names are for, where a problem has to say it.

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A string.
    Text,
    /// A whole number.
    Number,
    /// A number with a fraction.
    Float,
    /// `true` or `false`.
    Boolean,
    /// A date or time.
    Date,
    /// An array.
    Array,
    /// A table.
    Table,
    /// Wanted only: a string or a table.
    TextOrTable,
    /// Wanted only: a number or a table.
    NumberOrTable,
    /// Wanted only: a number or `"length"`.
    NumberOrLength,
    /// Wanted only: a number, `"none"`, `"all"` or a table.
    Count,
}

/// What a name, or one of several keys, is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// What a step does.
    Step,
    /// A socket option.
    Option,
    /// A transport.
    Transport,
    /// What becomes of a boundary.
    BoundaryFate,
    /// What becomes of a message.
    MessageFate,
    /// A framing.
    Framing,
    /// How a length is written.
    LengthCode,
    /// A fault.
    Fault,
    /// What is waited for.
    Condition,
    /// What a send's bytes are to a message.
    SendRole,
    /// The port to bind.
    Port,
    /// Which socket to close.
    Socket,
    /// A payload.
    Payload,
    /// What a recv returned.
    Returned,
    /// How many.
    Count,
    /// The length of a recv.
    RecvLength,
    /// A claim.
    Claim,
    /// The verdict on a claim.
    Verdict,
    /// Where a claim is made.
    ClaimSource,
    /// A case of the catalogue.
    Scenario,
}
