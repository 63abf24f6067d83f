//! What was read, with its positions in the file, for the checks that come after.

use std::time::Duration;

use super::problem::ProblemKind;
use super::reader::{Reader, Span};
use crate::language::Text;
use crate::scenario::walk::Numbered;
use crate::scenario::{Expectation, Part, Script, Side, Step, StepId, Transport, walk};

/// A part as far as it could be read, with its positions in the file.
#[derive(Debug)]
#[expect(
    clippy::option_option,
    reason = "what a part need not have and what could not be read are two things"
)]
pub(super) struct PlacedPart {
    pub(super) label: Option<Option<Text>>,
    pub(super) transport: Option<Transport>,
    pub(super) deadline: Option<Duration>,
    pub(super) server: Option<PlacedScript>,
    pub(super) client: Option<PlacedScript>,
    pub(super) expect: Option<Option<Expectation>>,
    pub(super) expect_places: ExpectPlaces,
}

impl PlacedPart {
    /// The part without its positions, if all of it could be read.
    pub(super) fn into_part(self) -> Option<Part> {
        Some(Part {
            label: self.label?,
            transport: self.transport?,
            deadline: self.deadline?,
            server: self.server?.script,
            client: self.client?.script,
            expect: self.expect?,
        })
    }

    pub(super) fn script(&self, side: Side) -> Option<&PlacedScript> {
        match side {
            Side::Server => self.server.as_ref(),
            Side::Client => self.client.as_ref(),
        }
    }
}

/// The positions of the keys of an expectation.
pub(super) type ExpectPlaces = Vec<(String, Span)>;

/// The position of a step in the file.
#[derive(Clone, Debug)]
pub(super) struct StepPlace {
    /// The value of its action key, or the whole step if it is a string.
    pub(super) value: Span,
    /// The positions of its modifiers.
    pub(super) modifiers: Vec<(String, Span)>,
}

/// A script with the positions of its steps.
#[derive(Clone, Debug)]
pub(super) struct PlacedScript {
    pub(super) script: Script,
    /// The positions of its steps, in the order written, so that a step's id is its index.
    pub(super) places: Vec<StepPlace>,
    /// The position of each option.
    pub(super) options: Vec<Span>,
}

impl PlacedScript {
    /// Each step as written, with its position.
    pub(super) fn written(&self) -> impl Iterator<Item = PlacedStep<'_>> {
        let steps = walk::written(&self.script.steps).zip(&self.places);
        steps.map(|(it, place)| PlacedStep::of(it, place))
    }

    /// Each step in the order in which it is performed, with its position.
    pub(super) fn performed(&self) -> impl Iterator<Item = PlacedStep<'_>> {
        walk::performed(&self.script.steps).filter_map(|it| {
            let place = self.places.get(usize::from(it.id.0))?;
            Some(PlacedStep::of(it, place))
        })
    }
}

/// A step and its position in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlacedStep<'a> {
    pub(super) id: StepId,
    pub(super) depth: usize,
    pub(super) step: &'a Step,
    pub(super) place: &'a StepPlace,
}

impl<'a> PlacedStep<'a> {
    fn of(it: Numbered<'a>, place: &'a StepPlace) -> Self {
        Self {
            id: it.id,
            depth: it.depth,
            step: it.step,
            place,
        }
    }

    /// Reports a problem at the value of the step.
    pub(super) fn problem(self, reader: &mut Reader<'_>, kind: impl Into<ProblemKind>) {
        reader.problem(self.place.value.clone(), kind);
    }

    /// Reports a problem at a modifier of the step, or at its value if the modifier is absent.
    pub(super) fn problem_at(
        self,
        reader: &mut Reader<'_>,
        modifier: &str,
        kind: impl Into<ProblemKind>,
    ) {
        let mut modifiers = self.place.modifiers.iter();
        let span = match modifiers.find(|(name, _)| name == modifier) {
            Some((_, span)) => span,
            None => &self.place.value,
        };
        reader.problem(span.clone(), kind);
    }
}
