//! Checks that need both scripts: limits, transports, waits that never end.
//!
//! Promises: a part is checked only if all of it could be read, so one mistake is not reported
//! again through its consequences. What is reported as impossible is impossible however the kernel
//! schedules the two sides.

use std::time::Duration;

use super::limits::{MAX_PAYLOAD_BYTES, MAX_STEPS};
use super::placed::{PlacedPart, PlacedScript};
use super::problem::ProblemKind;
use super::reader::Reader;
use super::script_problem::ScriptProblem;
use super::values::{longest_wait, option_name};
use super::{order, transport};
use crate::scenario::{Action, Opening, ScriptStep, Side, SocketOption, SocketStep, Step};

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
                let steps = send.calls(bytes);
                Self { steps, bytes }
            }
            Action::Open(_) | Action::Receive(_) | Action::Script(_) | Action::Socket(_) => {
                Self { steps: 1, bytes: 0 }
            }
        }
    }
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
