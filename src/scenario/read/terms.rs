//! Terms used in problems: the types of values, and the purposes of names.

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
    /// Only as an expected type: a string or a table.
    TextOrTable,
    /// Only as an expected type: a number or a table.
    NumberOrTable,
    /// Only as an expected type: a number or `"length"`.
    NumberOrLength,
    /// Only as an expected type: a number, `"none"`, `"all"` or a table.
    Count,
}

/// What a name stands for, or what a group of keys is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// What a step does.
    Step,
    /// A socket option.
    Option,
    /// A transport.
    Transport,
    /// The fate of a boundary.
    BoundaryFate,
    /// The fate of a message.
    MessageFate,
    /// A framing.
    Framing,
    /// The encoding of a length.
    LengthCode,
    /// A fault.
    Fault,
    /// A condition to wait for.
    Condition,
    /// The role of sent bytes in a message.
    SendRole,
    /// The port to bind.
    Port,
    /// The socket to close.
    Socket,
    /// A payload.
    Payload,
    /// The result of a recv.
    Returned,
    /// A count.
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
