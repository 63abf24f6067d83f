//! Guesses the framing of a stream: lists the framings under which the whole stream decodes, the
//! likeliest first.
//!
//! A framing of the catalogue ([`Framing::every`]) is listed if the stream decodes under it to its
//! last byte. A framing ranks higher
//! 1. if all its payloads are printable UTF-8 and at least one is not empty;
//! 2. if it adds bytes of its own to the stream, which all had to be right (a fixed size fits any
//!    stream of the right length);
//! 3. the fewer of its messages are empty;
//! 4. the more messages there are.
//!
//! Framings that are equal in all of these share a rank: a length below 128 looks the same signed
//! and unsigned. [`Framing::RAW`] accepts anything, so it is left out.
//!
//! Promises: pure and linear. Within a rank the order is that of the catalogue.

use std::cmp::Reverse;

use crate::framing::{Codec, Framing};

/// A framing under which a whole stream decodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guess {
    /// Its rank, from 1.
    pub rank: usize,
    /// The framing.
    pub framing: Framing,
    /// The number of messages.
    pub messages: u64,
    /// The number of empty messages among them.
    pub empty: u64,
    /// Whether all are printable UTF-8, and at least one not empty.
    pub text: bool,
    /// The number of bytes in the stream that the framing added.
    pub overhead: u64,
}

impl Guess {
    /// The sort key; smaller ranks higher.
    fn key(&self) -> impl Ord + use<> {
        (
            !self.text,
            self.overhead == 0,
            self.empty,
            Reverse(self.messages),
        )
    }
}

/// The framings under which all of `stream` decodes, by rank.
#[must_use]
pub fn guess(stream: &[u8], cap: usize) -> Vec<Guess> {
    let mut guesses: Vec<Guess> = Framing::every()
        .into_iter()
        .filter(Framing::keeps_boundaries)
        .filter_map(|framing| fits(stream, framing, cap))
        .collect();
    guesses.sort_by_key(Guess::key);
    for index in 1..guesses.len() {
        let before = &guesses[index - 1];
        let same = before.key() == guesses[index].key();
        guesses[index].rank = if same { before.rank } else { index + 1 };
    }
    guesses
}

fn fits(stream: &[u8], framing: Framing, cap: usize) -> Option<Guess> {
    let mut guess = Guess {
        rank: 1,
        framing,
        messages: 0,
        empty: 0,
        text: true,
        overhead: 0,
    };
    for piece in framing.frames(stream, cap) {
        let piece = piece.ok()?;
        let parts = piece.place.parts;
        guess.messages += 1;
        guess.empty += u64::from(piece.payload.is_empty());
        guess.overhead += (parts.header + parts.trailer) as u64;
        guess.text &= is_printable(&piece.payload);
    }
    guess.text &= guess.empty < guess.messages;
    // Where all lines end the same way, `line` or `crlf` says so.
    if let Codec::Delimiter(delimiter) = framing.codec()
        && delimiter.optional_cr()
        && (guess.overhead == guess.messages || guess.overhead == 2 * guess.messages)
    {
        return None;
    }
    (guess.messages > 0).then_some(guess)
}

/// Whether `bytes` are UTF-8 without control characters other than line ends and tabs.
fn is_printable(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let is_printable = match character {
            '\n' | '\t' => true,
            '\r' => characters.peek() == Some(&'\n'),
            other => !other.is_control(),
        };
        if !is_printable {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_framing_of_the_catalogue_guesses_its_own_stream() {
        for framing in Framing::every()
            .into_iter()
            .filter(Framing::keeps_boundaries)
        {
            let mut stream = Vec::new();
            let messages = match framing.codec() {
                Codec::Json(_) => ["{}", "[\"a\"]"],
                Codec::Resp(_) => ["+OK\r\n", "$1\r\na\r\n"],
                _ => ["eighteen bytes, a!", "eighteen bytes, b!"],
            };
            for message in messages {
                framing.encode(message.as_bytes(), &mut stream).unwrap();
            }
            let guesses = guess(&stream, 1 << 20);
            let own = guesses.iter().find(|guess| guess.framing == framing);
            let tells = match framing.codec() {
                // Both ends of a line have to be there; a value adds nothing of its own, and each
                // line of RESP is one of others.
                Codec::Delimiter(delimiter) if delimiter.optional_cr() => false,
                Codec::Resp(_) => false,
                _ => true,
            };
            if !tells {
                continue;
            }
            assert_eq!(
                own.map(|guess| (guess.rank, guess.messages, guess.text)),
                Some((1, 2, true)),
                "{framing}: {guesses:?}"
            );
        }
    }

    #[test]
    fn lines_that_end_in_both_are_of_both() {
        let guesses = guess(b"one\r\ntwo\r\n", 1024);
        assert_eq!(guesses[0].framing.to_string(), "crlf");
        assert_eq!((guesses[0].rank, guesses[1].rank), (1, 2));
        assert_eq!(guesses[1].framing.to_string(), "line");
    }

    #[test]
    fn what_fits_nothing_is_guessed_as_nothing() {
        assert_eq!(guess(b"9", 1024), []);
        assert_eq!(guess(b"", 1024), []);
    }
}
