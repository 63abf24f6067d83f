//! Draws the questions of a quiz from a seed, and orders them from easy to hard.
//!
//! Promises: the same wish gives the same questions on every platform, as long as the catalogue and
//! the versions of `rand` and `rand_xoshiro` stay the same (Xoshiro256++). No question comes twice,
//! and no case of the catalogue comes again before all have come.
//!
//! The difficulty of a question is the number of things to keep in mind: 2 for each send; 1 for
//! each recv with room for everything that is sent, and 3 for any other; 1 for each other step and
//! option; 1 more if the fate of a message is asked for, and 2 more for that of a boundary. For a
//! cut stream: 6 for the framing, 2 for each frame and each cut, 2 more for each cut inside a header,
//! and 1 for each reader. The first question is about two programs, where there is one.

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::{Asks, Cut, Exchange, Question, Subject, candidates, cut, exchange};
use crate::scenario::walk::{self, Numbered};
use crate::scenario::{Action, Receiving, RecvLength, RecvStep, Scenario, Script, Side, Step};

/// The number of levels of made-up questions.
const LEVELS: usize = 4;
/// How hard it is to know a framing.
const FRAMING: usize = 6;
/// How often a made-up question is drawn again if it was drawn before.
const MOST_DRAWS: usize = 20;

/// The quiz that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish<'a> {
    /// The largest number of questions.
    pub count: usize,
    /// The chapter; `None` for all.
    pub chapter: Option<&'a str>,
    /// The seed.
    pub seed: u64,
    /// Whether this system can tell where a boundary was lost. If not, there are questions about
    /// recvs but none about that, and nothing is made up that needs it.
    pub tells_place: bool,
}

/// A source of questions.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Catalogue,
    Stream,
    Datagrams,
    Cut,
}

/// The order of the sources: every other question is from the catalogue.
const TURNS: [Source; 6] = [
    Source::Stream,
    Source::Catalogue,
    Source::Cut,
    Source::Catalogue,
    Source::Datagrams,
    Source::Catalogue,
];

impl Source {
    /// Whether its questions are about a chapter.
    fn bears_on(self, chapter: &str) -> bool {
        match self {
            Self::Catalogue => true,
            Self::Stream => chapter == "tcp" || chapter == "sticky",
            Self::Datagrams => chapter == "udp",
            Self::Cut => chapter == "fixes" || chapter == "partial",
        }
    }
}

/// Draws questions from the catalogue and made-up ones; fewer than wanted if there are no more.
#[must_use]
pub fn plan(catalogue: &[Scenario], wish: Wish<'_>) -> Vec<Question> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(wish.seed);
    let turns: Vec<Source> = TURNS
        .into_iter()
        .filter(|source| wish.chapter.is_none_or(|chapter| source.bears_on(chapter)))
        .collect();
    let mut cases = of_catalogue(catalogue, wish.chapter, &mut random).into_iter();
    let mut first = random.random_range(0..turns.len());
    if turns[first] == Source::Cut {
        // A quiz of one question is about two programs.
        first = (first + 1) % turns.len();
    }
    let mut questions: Vec<Question> = Vec::new();
    for number in 0..wish.count {
        let level = u32::try_from(1 + number * LEVELS / wish.count.max(1)).unwrap_or(1);
        let drawn = (0..turns.len()).find_map(|step| {
            let source = turns[(first + number + step) % turns.len()];
            let fresh = |subject: &Subject| questions.iter().all(|other| other.subject != *subject);
            match source {
                Source::Catalogue => cases
                    .by_ref()
                    .map(|exchange| told(exchange, wish.tells_place))
                    .find(fresh),
                Source::Stream | Source::Datagrams | Source::Cut => (0..MOST_DRAWS)
                    .map(|_| made_up(source, level, wish.tells_place, &mut random))
                    .find(fresh),
            }
        });
        let Some(subject) = drawn else { break };
        questions.push(Question {
            difficulty: difficulty(&subject),
            subject,
        });
    }
    questions.sort_by_key(|question| question.difficulty);
    let of_programs = |question: &Question| matches!(question.subject, Subject::Exchange(_));
    if let Some(easiest) = questions.iter().position(of_programs) {
        questions[..=easiest].rotate_right(1);
    }
    questions
}

/// The questions from the catalogue, shuffled: one about each case, then a second one about each …
fn of_catalogue(
    catalogue: &[Scenario],
    chapter: Option<&str>,
    random: &mut Xoshiro256PlusPlus,
) -> Vec<Exchange> {
    let mut found = Vec::new();
    for scenario in catalogue {
        let own = scenario.name.split('/').next().unwrap_or_default();
        if chapter.is_some_and(|chapter| chapter != own) {
            continue;
        }
        let mut of_case = candidates::of(scenario);
        of_case.shuffle(random);
        found.extend(of_case.into_iter().enumerate());
    }
    found.shuffle(random);
    found.sort_by_key(|(turn, _)| *turn);
    found.into_iter().map(|(_, exchange)| exchange).collect()
}

fn made_up(
    source: Source,
    level: u32,
    tells_place: bool,
    random: &mut Xoshiro256PlusPlus,
) -> Subject {
    match source {
        Source::Cut => Subject::Cut(cut::cut(random, level)),
        Source::Datagrams => told(exchange::datagrams(random, level), tells_place),
        Source::Stream | Source::Catalogue => {
            told(exchange::stream(random, level, tells_place), tells_place)
        }
    }
}

/// The exchange with a question that this system can answer.
fn told(mut exchange: Exchange, tells_place: bool) -> Subject {
    if let (Asks::Boundary(_), false) = (exchange.asks, tells_place) {
        exchange.asks = Asks::Recvs;
    }
    Subject::Exchange(Box::new(exchange))
}

/// The difficulty, as defined in the module's documentation.
fn difficulty(subject: &Subject) -> u32 {
    match subject {
        Subject::Exchange(exchange) => {
            let Some(part) = exchange.part() else {
                return 0;
            };
            let sent = |side| sent(&part.script(side).steps);
            let of = |side: Side| weigh(part.script(side), sent(side.other()));
            let asks = match exchange.asks {
                Asks::Recvs => 0,
                Asks::Message(_) => 1,
                Asks::Boundary(_) => 2,
            };
            Side::BOTH.map(of).iter().sum::<u32>() + asks
        }
        Subject::Cut(cut) => of_cut(cut),
    }
}

fn of_cut(cut: &Cut) -> u32 {
    let in_header = |at: &&usize| {
        let frames = cut.stream.frames.iter();
        frames
            .clone()
            .any(|frame| (frame.place.start + 1..frame.place.header().end).contains(*at))
    };
    let hurting = cut.cuts.iter().filter(in_header).count();
    let all =
        FRAMING + 2 * (cut.stream.frames.len() + cut.cuts.len() + hurting) + cut.readers().count();
    u32::try_from(all).unwrap_or(u32::MAX)
}

/// The number of bytes that the steps send.
fn sent(steps: &[Step]) -> u64 {
    let of = |it: Numbered<'_>| match &it.step.action {
        Action::Send(send) => send.payload.len().unwrap_or(0),
        Action::Open(_)
        | Action::Receive(_)
        | Action::Socket(_)
        | Action::Script(_)
        | Action::Repeat { .. } => 0,
    };
    walk::performed(steps).map(of).fold(0, u64::saturating_add)
}

/// The difficulty that a script adds, if its side is sent this many bytes.
fn weigh(script: &Script, sent: u64) -> u32 {
    let options = u32::try_from(script.options.len()).unwrap_or(u32::MAX);
    options.saturating_add(weigh_steps(&script.steps, sent))
}

fn weigh_steps(steps: &[Step], sent: u64) -> u32 {
    let of = |it: Numbered<'_>| match &it.step.action {
        Action::Send(_) => 2,
        Action::Receive(Receiving::Recv(RecvStep {
            length: RecvLength::Bytes(asked),
            ..
        })) if u64::from(*asked) >= sent => 1,
        Action::Receive(Receiving::Recv(_) | Receiving::Exact(_)) => 3,
        Action::Receive(
            Receiving::UntilEnd { .. } | Receiving::Available { .. } | Receiving::Decode { .. },
        )
        | Action::Open(_)
        | Action::Socket(_)
        | Action::Script(_)
        | Action::Repeat { .. } => 1,
    };
    walk::performed(steps).map(of).fold(0, u32::saturating_add)
}
