//! What the quiz asks: drawn by its seed, and answered by replays that come out the
//! same every time.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::collections::BTreeSet;

use sticky_packet::analysis::analyse;
use sticky_packet::laboratory::Reader;
use sticky_packet::laboratory::quiz::{
    Answer, Asks, Cut, Exchange, Form, Origin, Question, Subject, Void, Wish, plan,
};
use sticky_packet::replay::Stage;
use sticky_packet::scenario::{Place, catalogue};
use sticky_packet::trace::Trace;

fn wish(count: usize, seed: u64) -> Wish<'static> {
    Wish {
        count,
        chapter: None,
        seed,
        tells_place: true,
    }
}

/// The right answer, and where to read on.
fn truth(question: &Question, stage: &mut Stage) -> Result<(Answer, String), Void> {
    match &question.subject {
        Subject::Exchange(exchange) => {
            let trace = stage.replay(&exchange.scenario);
            let analysis = analyse(&trace);
            let (part, seen) = (&trace.parts[0], &analysis.parts[0]);
            let reading = exchange.reading(part, seen).to_owned();
            Ok((exchange.truth(part, seen)?, reading))
        }
        Subject::Cut(cut) => {
            let truth = cut.truth(&replays(cut, stage))?;
            let reading = cut.reading(&truth).to_owned();
            Ok((truth, reading))
        }
    }
}

fn replays(cut: &Cut, stage: &mut Stage) -> Vec<(Reader, Trace)> {
    cut.readers()
        .map(|reader| (reader, stage.replay(&cut.scenario(reader))))
        .collect()
}

fn exchange(question: &Question) -> Option<&Exchange> {
    match &question.subject {
        Subject::Exchange(exchange) => Some(exchange),
        Subject::Cut(_) => None,
    }
}

#[test]
fn every_made_up_question_has_the_same_answer_every_time() {
    let names: BTreeSet<_> = catalogue::embedded()
        .into_iter()
        .map(|it| it.name)
        .collect();
    let mut stage = Stage::new();
    let mut answers = BTreeSet::new();
    for seed in 0..250 {
        let questions = plan(&[], wish(8, seed));
        assert_eq!(questions.len(), 8, "seed {seed}");
        for question in &questions {
            let first = truth(question, &mut stage);
            let first = first.unwrap_or_else(|void| panic!("seed {seed}: {void:?} {question:#?}"));
            assert_eq!(
                truth(question, &mut stage).as_ref(),
                Ok(&first),
                "seed {seed}"
            );
            assert!(names.contains(&first.1), "no such case: {}", first.1);
            answers.insert(format!("{:?}", first.0));
        }
    }
    // Every kind of answer comes up, so none can be guessed from its kind.
    for wanted in [
        "Boundary(None)",
        "Boundary(Some(InReceiveQueue))",
        "Boundary(Some(BySender))",
        "Message(Whole)",
        "Message(Coalesced)",
        "Message(InPieces)",
        "Message(Truncated)",
        "Readers([Exact])",
        "Readers([Naive, Exact])",
        "Readers([AsInTheSource, Exact])",
        "Readers([Naive, AsInTheSource, Exact])",
    ] {
        assert!(answers.contains(wanted), "{wanted} never: {answers:#?}");
    }
}
