//! Chooses a case to read after a question.
//!
//! Promises: names only cases of the catalogue, according to what the replay showed. It is a
//! pointer for further reading, never an answer.

use super::{Answer, Cut, Exchange, Origin};
use crate::analysis::{Boundary, BoundaryFate, FlowAnalysis, MessageFate, PartAnalysis};
use crate::framing::{Codec, Digits};
use crate::laboratory::{Reader, SentFrame};
use crate::scenario::{ExpectedBoundary, ExpectedFate, Place};
use crate::trace::PartTrace;

impl Exchange {
    /// The case to read: its own, or for a made-up exchange one that shows the same thing.
    #[must_use]
    pub fn reading(&self, part: &PartTrace, analysis: &PartAnalysis) -> &str {
        if self.origin == Origin::Catalogue {
            return &self.scenario.name;
        }
        let nothing = FlowAnalysis::default();
        let flow = self.first_flow(part, analysis).unwrap_or(&nothing);
        let message = |test: fn(MessageFate) -> bool| flow.messages.iter().any(|it| test(it.fate));
        let lost = |boundary: &Boundary| matches!(boundary.fate, BoundaryFate::Coalesced { .. });
        if message(|fate| matches!(fate, MessageFate::Truncated(_))) {
            "udp/truncation"
        } else if part.transport.keeps_boundaries() {
            "udp/keeps-boundaries"
        } else if flow.boundaries.iter().any(lost) && self.is_corked() {
            "sticky/cork"
        } else if flow.boundaries.iter().any(lost) {
            "sticky/back-to-back"
        } else if message(|fate| matches!(fate, MessageFate::InPieces(_))) {
            "sticky/smaller-buffer"
        } else {
            "tcp/one-shot"
        }
    }

    /// Whether the exchange is written so that a boundary is lost by the sender. Where that is not
    /// determined, the kernel may still join two sends now and then.
    fn is_corked(&self) -> bool {
        let expect = self.part().and_then(|part| part.expect.as_ref());
        let by_sender = |stated: &ExpectedBoundary| {
            stated.fate == ExpectedFate::Coalesced(Some(Place::BySender))
        };
        expect.is_some_and(|it| it.of(self.receiver).boundaries.iter().any(by_sender))
    }
}

impl Cut {
    /// The case to read if `truth` is the right answer.
    #[must_use]
    pub fn reading(&self, truth: &Answer) -> &'static str {
        let (framing, frames) = (self.stream.framing, &self.stream.frames);
        let survived = |reader| matches!(truth, Answer::Readers(all) if all.contains(&reader));
        let broke = |reader| self.readers().any(|other| other == reader) && !survived(reader);
        let in_header = |cut: &usize| {
            let inside = |frame: &SentFrame| {
                let header = frame.place.header();
                header.start < *cut && *cut < header.end
            };
            frames.iter().any(inside)
        };
        if broke(Reader::AsInTheSource) && self.cuts.iter().any(in_header) {
            if let Codec::Digits(digits) = framing.codec() {
                if digits == Digits::EIGHT {
                    "fixes/2-split-header"
                } else {
                    "fixes/1-split-header"
                }
            } else {
                "partial/split-header"
            }
        } else if broke(Reader::AsInTheSource) {
            "partial/short-read"
        } else if broke(Reader::Naive) && self.cuts.is_empty() {
            "sticky/back-to-back"
        } else if broke(Reader::Naive) {
            "partial/short-read"
        } else {
            self.reading_where_all_went_well()
        }
    }

    /// A case with the same framing, or else one that explains why each recv met just one message.
    fn reading_where_all_went_well(&self) -> &'static str {
        let codec = self.stream.framing.codec();
        if codec == Codec::Digits(Digits::EIGHT) {
            "fixes/2-eight-digits-every-message"
        } else if matches!(codec, Codec::Digits(_)) {
            "fixes/1-two-digits-every-message"
        } else if matches!(codec, Codec::Length(_)) {
            "fixes/3-struct-every-message"
        } else if self.stream.frames.len() > 1 {
            "sticky/sleep-between-sends"
        } else {
            "tcp/one-shot"
        }
    }
}
