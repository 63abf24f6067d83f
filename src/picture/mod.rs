//! What happened as a picture that is not drawn yet: data in one language, without a width.
//!
//! Every output draws the same picture, so no output needs another one to know what to say.
//!
//! [`words`] says faults, fates and differences in sentences of both languages; [`number`]
//! writes numbers, sizes and times.
//!
//! Promises: pure; everything that came over a socket or out of a file is escaped in its
//! words ([`crate::diagnostic::escape`]). Never opens a socket, never knows a width, never judges.

pub mod number;
pub mod words;
