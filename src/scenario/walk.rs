//! The steps of a script one after another: as written, and as performed.
//!
//! Promises: both walks name a step by the same [`StepId`], and there is no other way to go
//! through a script. They borrow, and hold only the blocks that they are in.

use std::slice::Iter;

use super::{Action, Grouping, Script, Step, StepId, Transport};

/// A step, its id, and how many blocks it stands in.
#[derive(Clone, Copy, Debug)]
pub struct Numbered<'a> {
    /// Its place in the order written.
    pub id: StepId,
    /// How many blocks it stands in; 0 for a step of the script itself.
    pub depth: usize,
    /// The step.
    pub step: &'a Step,
}

impl Script {
    /// Every step as written, those of a block behind the repeat that holds them.
    pub(crate) fn written(&self) -> impl Iterator<Item = &Step> {
        written(&self.steps).map(|it| it.step)
    }

    /// Whether the script opens its sockets itself.
    #[must_use]
    pub fn opens_explicitly(&self) -> bool {
        self.written()
            .any(|step| matches!(step.action, Action::Open(_)))
    }

    /// The step of this id.
    #[must_use]
    pub fn step(&self, id: StepId) -> Option<&Step> {
        let mut steps = written(&self.steps);
        steps.find(|it| it.id == id).map(|it| it.step)
    }
}

/// Every step as written. A block stands before the steps in it, and each stands here once.
pub fn written(steps: &[Step]) -> impl Iterator<Item = Numbered<'_>> {
    let mut open = vec![steps.iter()];
    let mut next = 0_u16;
    std::iter::from_fn(move || {
        while let Some(block) = open.last_mut() {
            let Some(step) = block.next() else {
                open.pop();
                continue;
            };
            let (id, depth) = (StepId(next), open.len() - 1);
            // A script that was read has fewer steps; one that is refused may have more.
            next = next.saturating_add(1);
            open.push(step.block().iter());
            return Some(Numbered { id, depth, step });
        }
        None
    })
}

/// Every step in the order in which it is performed: a block's steps as often as it says,
/// and never the block itself.
pub fn performed(steps: &[Step]) -> impl Iterator<Item = Numbered<'_>> {
    let mut open = vec![Block::new(steps, 0, 1)];
    std::iter::from_fn(move || {
        while let Some(block) = open.last_mut() {
            let Some(step) = block.rest.next() else {
                if !block.begin_again() {
                    let behind = block.next;
                    open.pop();
                    if let Some(outer) = open.last_mut() {
                        outer.next = behind;
                    }
                }
                continue;
            };
            let id = StepId(block.next);
            block.next = block.next.saturating_add(1);
            if let Action::Repeat { times, steps } = &step.action {
                let first = block.next;
                open.push(Block::new(steps, first, times.get()));
                continue;
            }
            let depth = open.len() - 1;
            return Some(Numbered { id, depth, step });
        }
        None
    })
}

/// The number, from 0, of the message that each send belongs to, in the order performed.
/// Sends of nothing and those that have to fail belong to none.
pub fn messages(steps: &[Step], transport: Transport) -> impl Iterator<Item = (StepId, usize)> {
    let mut grouping = Grouping::default();
    let mut begun = 0_usize;
    performed(steps).filter_map(move |it| {
        let Action::Send(send) = &it.step.action else {
            return None;
        };
        if it.step.fails.is_some() || send.is_nothing(transport) {
            return None;
        }
        begun += usize::from(grouping.begins(send.role));
        Some((it.id, begun - 1))
    })
}

/// A block that is being performed.
struct Block<'a> {
    steps: &'a [Step],
    rest: Iter<'a, Step>,
    /// The number of its first step, and of the next one.
    first: u16,
    next: u16,
    /// How many times it has still to be performed, this time included.
    times: u32,
}

impl<'a> Block<'a> {
    fn new(steps: &'a [Step], first: u16, times: u32) -> Self {
        Self {
            steps,
            rest: steps.iter(),
            first,
            next: first,
            times,
        }
    }

    /// Goes back to the first step, if it is to be performed once more.
    fn begin_again(&mut self) -> bool {
        self.times -= 1;
        if self.times > 0 {
            self.rest = self.steps.iter();
            self.next = self.first;
        }
        self.times > 0
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;
    use crate::scenario::{Fault, Payload, ScriptStep, SendRole, SendStep, SystemFault};

    fn reach(point: &str) -> Step {
        Action::Script(ScriptStep::Reach(point.to_owned())).into()
    }

    fn repeat(times: u32, steps: Vec<Step>) -> Step {
        let times = NonZeroU32::new(times).unwrap();
        Action::Repeat { times, steps }.into()
    }

    fn told<'a>(steps: impl Iterator<Item = Numbered<'a>>) -> Vec<(u16, usize, String)> {
        let of = |it: Numbered<'_>| (it.id.0, it.depth, it.step.action.to_string());
        steps.map(of).collect()
    }

    #[test]
    fn both_walks_name_a_step_by_the_same_id() {
        let inner = repeat(2, vec![reach("c"), reach("d")]);
        let steps = [
            reach("a"),
            repeat(2, vec![reach("b"), inner, reach("e")]),
            reach("f"),
        ];
        let as_written = told(written(&steps));
        let expected = [
            (0, 0, "reach = \"a\""),
            (1, 0, "repeat = 2"),
            (2, 1, "reach = \"b\""),
            (3, 1, "repeat = 2"),
            (4, 2, "reach = \"c\""),
            (5, 2, "reach = \"d\""),
            (6, 1, "reach = \"e\""),
            (7, 0, "reach = \"f\""),
        ];
        let expected = expected.map(|(id, depth, words)| (id, depth, words.to_owned()));
        assert_eq!(as_written, expected);

        let as_performed = told(performed(&steps));
        let once = [2, 4, 5, 4, 5, 6];
        let ids: Vec<u16> = as_performed.iter().map(|(id, ..)| *id).collect();
        assert_eq!(ids, [&[0][..], &once, &once, &[7]].concat());
        assert!(as_performed.iter().all(|it| as_written.contains(it)));
    }

    #[test]
    fn a_header_its_payload_and_what_goes_on_are_one_message() {
        let send = |text: &str, role| {
            Step::from(Action::Send(SendStep {
                payload: Payload::Text(text.to_owned()),
                framing: None,
                role,
                pieces: None,
                more: false,
                nonblocking: false,
                end_of_record: false,
            }))
        };
        let mut fails = send("x", SendRole::Message);
        fails.fails = Some(Fault::System(SystemFault::MessageSize));
        let steps = [
            send("begins", SendRole::Continues),
            send("header", SendRole::Header),
            send("", SendRole::Message),
            send("payload", SendRole::Message),
            send("more", SendRole::Continues),
            fails,
            repeat(2, vec![send("again", SendRole::Message)]),
        ];
        let of = |transport| -> Vec<_> {
            let messages = messages(&steps, transport);
            messages.map(|(id, message)| (id.0, message)).collect()
        };
        let stream = [(0, 0), (1, 1), (3, 1), (4, 1), (7, 2), (7, 3)];
        assert_eq!(of(Transport::Tcp), stream);
        // An empty datagram is sent, and is the payload of the header before it.
        let datagrams = [(0, 0), (1, 1), (2, 1), (3, 2), (4, 2), (7, 3), (7, 4)];
        assert_eq!(of(Transport::Udp), datagrams);
    }

    #[test]
    fn a_script_without_steps_has_none() {
        assert_eq!(written(&[]).count(), 0);
        assert_eq!(performed(&[]).count(), 0);
        assert_eq!(performed(&[repeat(3, Vec::new())]).count(), 0);
    }
}
