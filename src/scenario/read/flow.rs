//! Checks that need both scripts: limits, transports, waits that never end.
//!
//! Promises: a part is checked only if all of it could be read, so one mistake is not reported
//! again through its consequences. What is reported as impossible is impossible however the kernel
//! schedules the two sides.

use std::time::Duration;

use super::file::ExpectPlaces;
use super::problem::{Problem, ProblemKind, ScriptProblem};
use super::reader::{Reader, Span};
use super::steps::{PlacedScript, StepPlace};
use super::values::{longest_wait, option_name};
use super::{MAX_PAYLOAD_BYTES, MAX_STEPS, order, transport};
use crate::language::Text;
use crate::scenario::walk::Numbered;
use crate::scenario::{
    Action, Expectation, Opening, Part, ScriptStep, SendStep, Side, SocketOption, SocketStep, Step,
    StepId, Transport, walk,
};

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

/// The calls and bytes of a list of steps.
#[derive(Clone, Copy, Default)]
struct Volume {
    steps: u64,
    bytes: u64,
}

impl Volume {
    fn and(self, other: Self) -> Self {
        Self {
            steps: self.steps.saturating_add(other.steps),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }

    fn times(self, times: u32) -> Self {
        Self {
            steps: self.steps.saturating_mul(u64::from(times)),
            bytes: self.bytes.saturating_mul(u64::from(times)),
        }
    }

    fn of(step: &Step) -> Self {
        match &step.action {
            Action::Repeat { times, steps } => steps
                .iter()
                .map(Self::of)
                .fold(Self::default(), Self::and)
                .times(times.get()),
            Action::Send(send) => {
                let bytes = send.payload.len().unwrap_or(0);
                let steps = calls(send, bytes);
                Self { steps, bytes }
            }
            Action::Open(_) | Action::Receive(_) | Action::Script(_) | Action::Socket(_) => {
                Self { steps: 1, bytes: 0 }
            }
        }
    }
}

/// The number of send calls that a send step makes for `bytes`.
pub(super) fn calls(send: &SendStep, bytes: u64) -> u64 {
    send.pieces
        .map_or(1, |most| bytes.div_ceil(u64::from(most.get())).max(1))
}

/// Checks the limits of the whole file.
pub(super) fn check_limits(reader: &mut Reader<'_>, parts: &[PlacedPart]) {
    let mut total = Volume::default();
    let (mut long, mut large) = (false, false);
    for part in parts {
        for script in Side::BOTH.into_iter().filter_map(|side| part.script(side)) {
            for placed in script.written().filter(|placed| placed.depth == 0) {
                total = total.and(Volume::of(placed.step));
                let span = || placed.place.value.clone();
                if total.steps > MAX_STEPS && !long {
                    let steps = total.steps;
                    reader.problem(span(), ProblemKind::TooManySteps { steps });
                    long = true;
                }
                if total.bytes > MAX_PAYLOAD_BYTES && !large {
                    let bytes = total.bytes;
                    reader.problem(span(), ProblemKind::TooMuchPayload { bytes });
                    large = true;
                }
            }
        }
    }
}

/// Checks the two scripts of one part.
pub(super) fn check_part(reader: &mut Reader<'_>, part: &PlacedPart, about_time: bool) {
    let (Some(server), Some(client)) = (&part.server, &part.client) else {
        return;
    };
    for script in [server, client] {
        if let Some(deadline) = part.deadline {
            check_times(reader, script, deadline);
        }
        for placed in script.written() {
            if !about_time && matches!(placed.step.action, Action::Script(ScriptStep::Pause(_))) {
                placed.problem(reader, ScriptProblem::PauseOutOfPlace);
            }
        }
    }
    let too_much = reader.problems.iter().any(|problem| {
        matches!(
            problem.kind,
            ProblemKind::TooManySteps { .. } | ProblemKind::TooMuchPayload { .. }
        )
    });
    let Some(over) = part.transport else { return };
    transport::check(reader, over, part);
    if too_much {
        return;
    }
    order::check(reader, over, server, client);
}

/// Reports options that let a call wait longer than the deadline.
fn check_times(reader: &mut Reader<'_>, script: &PlacedScript, deadline: Duration) {
    let too_long = |option: SocketOption| {
        let wait = longest_wait(option).filter(|wait| *wait > deadline)?;
        let option = option_name(option);
        Some(ScriptProblem::LongerThanDeadline {
            option,
            wait,
            deadline,
        })
    };
    for (option, span) in script.script.options.iter().zip(&script.options) {
        if let Some(problem) = too_long(*option) {
            reader.problem(span.clone(), problem);
        }
    }
    for placed in script.written() {
        let options = match &placed.step.action {
            Action::Open(Opening::Bind { options, .. }) => options.as_slice(),
            Action::Socket(SocketStep::Set(option)) => std::slice::from_ref(option),
            Action::Open(Opening::Listen | Opening::Accept | Opening::Connect)
            | Action::Send(_)
            | Action::Receive(_)
            | Action::Script(_)
            | Action::Socket(
                SocketStep::HalfClose | SocketStep::Close(_) | SocketStep::DropArriving(_),
            )
            | Action::Repeat { .. } => &[],
        };
        for problem in options.iter().filter_map(|option| too_long(*option)) {
            placed.problem_at(reader, "options", problem);
        }
    }
}

/// Reports a problem that concerns two positions.
pub(super) fn problem_of_two(
    reader: &mut Reader<'_>,
    span: Span,
    also: Span,
    kind: impl Into<ProblemKind>,
) {
    let also = Some(also);
    let kind = kind.into();
    reader.note(Problem { span, also, kind });
}
