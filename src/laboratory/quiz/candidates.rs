//! What can be asked of a scenario of the catalogue.
//!
//! Promises: asks only what the scenario itself states to be determined, so that the
//! answer is the same every time; and only of scripts that fit a screen and are not about ports. What a
//! statement says is never the answer: that is what the replay says.

use super::{Asks, Exchange, Origin};
use crate::scenario::{
    Action, Amount, ExpectedFate, Opening, Part, Receives, Receiving, Returned, Scenario, Script,
    Side, Step, Transport, walk,
};

/// The most steps of a side that are shown, those within blocks counted.
const MOST_STEPS: usize = 14;
/// The most recvs, and messages, that are asked for.
const MOST_ASKED: usize = 8;

/// Every question that a scenario gives.
pub(super) fn of(scenario: &Scenario) -> Vec<Exchange> {
    let mut found = Vec::new();
    for part in &scenario.parts {
        let fits = |side: &Side| {
            let steps = &part.script(*side).steps;
            walk::written(steps).count() <= MOST_STEPS && !is_about_addresses(steps)
        };
        if !Side::BOTH.iter().all(fits) {
            continue;
        }
        for receiver in Side::BOTH {
            let asks = asked_of(part, receiver);
            found.extend(asks.into_iter().map(|asks| Exchange {
                scenario: Scenario {
                    parts: vec![part.clone()],
                    ..scenario.clone()
                },
                origin: Origin::Catalogue,
                receiver,
                asks,
            }));
        }
    }
    found
}

/// What can be asked of what one side receives.
fn asked_of(part: &Part, receiver: Side) -> Vec<Asks> {
    let mut asked = Vec::new();
    let Some(stated) = part.receives(receiver) else {
        return asked;
    };
    if determines_recvs(stated) && !hides_recvs(&part.script(receiver).steps) {
        asked.push(Asks::Recvs);
    }
    let determined = stated.boundaries.iter().filter(|boundary| {
        matches!(
            boundary.fate,
            ExpectedFate::Kept | ExpectedFate::Coalesced(Some(_))
        )
    });
    asked.extend(determined.map(|boundary| Asks::Boundary(boundary.at)));
    // A message has to have a number on the screen.
    let sender = part.script(receiver.other());
    let numbers = message_numbers(sender, part.transport);
    let shown = numbers.iter().flatten().max().map_or(0, |last| last + 1);
    if let Some(messages) = &stated.messages
        && messages.len() == shown
        && shown <= MOST_ASKED
    {
        asked.extend((0..shown).map(Asks::Message));
    }
    asked
}

/// Whether it is stated how many bytes each recv returns, so many or fewer of them.
fn determines_recvs(stated: &Receives) -> bool {
    let Some(recvs) = &stated.recv else {
        return false;
    };
    let data = || {
        recvs.iter().filter_map(|returned| match returned {
            Returned::Data { bytes, .. } => Some(*bytes),
            Returned::End | Returned::Fails(_) => None,
        })
    };
    let is_exact = |bytes: Amount| bytes.least == bytes.most && bytes.least > 0;
    (1..=MOST_ASKED).contains(&data().count()) && data().all(is_exact)
}

/// Whether a script receives by other means than the recvs that it shows.
fn hides_recvs(steps: &[Step]) -> bool {
    walk::written(steps).any(|it| match &it.step.action {
        Action::Receive(receiving) => match receiving {
            Receiving::Decode { .. } => true,
            Receiving::Recv(recv) => recv.peek,
            Receiving::Exact(_) | Receiving::UntilEnd { .. } | Receiving::Available { .. } => false,
        },
        Action::Open(_)
        | Action::Send(_)
        | Action::Socket(_)
        | Action::Script(_)
        | Action::Repeat { .. } => false,
    })
}

/// Whether a script is about ports, whatever is received: where one is bound again.
fn is_about_addresses(steps: &[Step]) -> bool {
    let again = |step: &Step| {
        matches!(
            step.action,
            Action::Open(Opening::Bind {
                same_port: true,
                ..
            })
        )
    };
    steps.iter().any(again)
}

/// The number, from 0, of the message that each step sends bytes of; none for other
/// steps, and for all where a message cannot be told by its number: where a block
/// repeats sends, or the script opens its sockets itself and so may have several.
#[must_use]
pub fn message_numbers(script: &Script, transport: Transport) -> Vec<Option<usize>> {
    let repeats = |step: &Step| matches!(step.action, Action::Repeat { .. });
    if script.opens_explicitly() || script.steps.iter().any(repeats) {
        return vec![None; script.steps.len()];
    }
    let mut messages = 0_usize;
    let mut header_open = false;
    let numbered = script.steps.iter().map(|step| {
        let Action::Send(send) = &step.action else {
            return None;
        };
        let is_nothing = send.framing.is_none() && send.payload.is_empty();
        if step.fails.is_some() || is_nothing && !transport.keeps_boundaries() {
            return None;
        }
        let begins = send.role.begins(&mut header_open);
        messages += usize::from(begins || messages == 0);
        Some(messages - 1)
    });
    numbered.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::catalogue;

    fn case(name: &str) -> Scenario {
        catalogue::select(&[name.to_owned()]).unwrap().remove(0)
    }

    fn asks(scenario: &Scenario) -> Vec<Asks> {
        of(scenario).iter().map(|exchange| exchange.asks).collect()
    }

    fn client(case: &mut Scenario) -> &mut Receives {
        &mut case.parts[0].expect.as_mut().unwrap().client
    }

    #[test]
    fn only_what_is_determined_is_asked_for() {
        let good = case("sticky/back-to-back");
        let (recvs, boundary) = (Asks::Recvs, Asks::Boundary(18));
        let messages = [Asks::Message(0), Asks::Message(1)];
        assert_eq!(asks(&good), [recvs, boundary, messages[0], messages[1]]);

        let mut ranged = good.clone();
        client(&mut ranged).recv = Some(vec![Returned::Data {
            bytes: Amount { least: 1, most: 30 },
            content: None,
        }]);
        assert_eq!(asks(&ranged), [boundary, messages[0], messages[1]]);

        let mut placeless = good.clone();
        client(&mut placeless).boundaries[0].fate = ExpectedFate::Coalesced(None);
        assert_eq!(asks(&placeless), [recvs, messages[0], messages[1]]);

        let mut silent = good;
        client(&mut silent).messages = None;
        assert_eq!(asks(&silent), [recvs, boundary]);
    }

    #[test]
    fn recvs_that_the_script_does_not_show_and_ports_are_not_asked_for() {
        let decoded = case("fixes/3-struct-every-message");
        assert!(!asks(&decoded).is_empty());
        assert!(!asks(&decoded).contains(&Asks::Recvs));
        assert_eq!(asks(&case("tcp/reuse-address")), []);
    }

    #[test]
    fn a_header_and_what_follows_are_one_message() {
        let third = case("fixes/third-message");
        let sends = message_numbers(&third.parts[0].server, Transport::Tcp);
        assert_eq!(sends, [Some(0), Some(0), Some(1), Some(2)]);
        let looped = case("tcp/loop");
        let sends = message_numbers(&looped.parts[0].server, Transport::Tcp);
        assert!(sends.iter().all(Option::is_none), "{sends:?}");
    }
}
