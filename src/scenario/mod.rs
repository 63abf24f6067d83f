//! A scenario as data: what the two sides do, and what is expected.
//!
//! A scenario is one `.toml` file with its purpose, script and expectation. This module holds the
//! typed form. [`read`] turns a file into it and reports all problems of the file together;
//! [`catalogue`] holds the files embedded in the binary, and [`claims`] the claims that they show
//! to be true or false.
//!
//! Promises: a [`Scenario`] that exists has been validated, so a replay can fail only because of
//! what sockets do. Never opens a socket.

mod case;
pub mod catalogue;
pub mod certain;
pub mod claims;
pub(crate) mod duration;
mod expectation;
mod payload;
pub mod read;
mod script;
mod transport;
pub mod walk;
mod words;

pub use case::{DEFAULT_DEADLINE, Part, Scenario, Section, See};
pub use expectation::{
    Amount, Count, Expectation, ExpectedBoundary, ExpectedFate, ExpectedMessage, Place, Receives,
    Returned,
};
pub use payload::{LengthCode, LengthError, Payload};
pub(crate) use script::Grouping;
pub use script::{
    Action, Condition, Fault, Opening, Receiving, RecvLength, RecvStep, Refusal, Script,
    ScriptStep, SendRole, SendStep, SocketOption, SocketPart, SocketStep, Step, StepId,
    SystemFault,
};
pub use transport::{Side, Transport};
