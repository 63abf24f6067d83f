//! The scenario file that a new case starts from.
//!
//! Promises: the file is a valid scenario whose expectations hold, and its comments name every key
//! that a file may have. Pure: nothing is written.

use std::collections::BTreeSet;

use super::escape;
use super::template::{Filling, Library};
use crate::language::Language;

static TEMPLATE: &str = include_str!("starter.toml.txt");

/// The content that the new file starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartingPoint<'a> {
    /// Three messages over TCP.
    Tcp,
    /// Three datagrams.
    Udp,
    /// The text of another case's file.
    Case(&'a str),
}

/// The text of the new file; its comments call it `file`.
#[must_use]
pub fn starter(file: &str, origin: StartingPoint<'_>, language: Language) -> String {
    let (fact, transport) = match origin {
        StartingPoint::Tcp | StartingPoint::Case(_) => ("tcp", "tcp"),
        StartingPoint::Udp => ("udp", "udp"),
    };
    let filling = Filling {
        language,
        facts: BTreeSet::from([fact]),
        words: vec![
            ("file", escape::text(file)),
            ("transport", transport.to_owned()),
        ],
    };
    let library = Library::of(TEMPLATE);
    let section = |name| library.snippet(name, &filling);
    let body = match origin {
        StartingPoint::Tcp | StartingPoint::Udp => {
            format!("{}\n\n{}", section("keys"), section(fact))
        }
        StartingPoint::Case(text) => no_longer_literal(text),
    };
    let (head, reference) = (section("head"), section("reference"));
    format!("{head}\n\n{}\n\n{reference}\n", body.trim())
}

/// Removes the claim to replay a section literally from a case that will be changed.
fn no_longer_literal(text: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| match line.strip_prefix("replays") {
            Some(rest) => format!("about{rest}"),
            None => line.to_owned(),
        })
        .collect();
    lines.join("\n")
}
