//! Makes up two programs from a seed: sends, a wait until everything has arrived, then recvs.
//!
//! Promises: once the seed is drawn, nothing is left to chance. No recv is called before the bytes
//! that it can return are there, and if a boundary is asked about, waits or a cork determine how
//! the segments leave. The scenario states the expected result, so a replay that differs is noticed
//! and not taken as the answer.

use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::{Asks, Exchange, Origin};
use crate::framing::Framing;
use crate::laboratory::confirmation;
use crate::laboratory::shake::Stream;
use crate::language::Text;
use crate::scenario::{
    Action, Amount, Condition, DEFAULT_DEADLINE, Expectation, ExpectedBoundary, ExpectedFate, Part,
    Payload, Place, Receives, Returned, Scenario, ScriptStep, Section, See, SendRole, Side,
    SocketOption, SocketStep, Transport,
};

/// The number of bytes that a recv asks for if it should have room for everything.
const ROOM: u32 = 1024;
/// The most recvs in a round.
const MOST_RECVS: usize = 4;
/// The words that messages are made of.
const WORDS: [&str; 10] = [
    "rain",
    "sun",
    "wind",
    "fog",
    "snow",
    "雨",
    "下了一天的雨",
    "适合发呆",
    "雨停了",
    "出门",
];
/// The framings of made-up messages.
pub(super) const FRAMINGS: [&str; 5] = ["digits-2", "u8", "i32-le", "line", "netstring"];

/// How the sends of a round leave.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leaving {
    /// Without control.
    AsTheyCome,
    /// Each after the previous one was acknowledged, so each in its own segment.
    Acknowledged,
    /// All at once, in one segment.
    Corked,
}

impl Leaving {
    /// The place where a boundary between two of the sends is lost if one recv covers it; `None` if
    /// that is not determined.
    const fn place(self) -> Option<Place> {
        match self {
            Self::AsTheyCome => None,
            Self::Acknowledged => Some(Place::InReceiveQueue),
            Self::Corked => Some(Place::BySender),
        }
    }
}

/// A message: a few words.
pub(super) fn message(random: &mut Xoshiro256PlusPlus) -> String {
    let count = random.random_range(1..=2);
    let words = (0..count).filter_map(|_| WORDS.choose(random).copied());
    words.collect::<Vec<_>>().join(" ")
}

/// One of [`FRAMINGS`].
pub(super) fn framing(random: &mut Xoshiro256PlusPlus) -> Framing {
    let named = FRAMINGS.choose(random).and_then(|name| name.parse().ok());
    named.unwrap_or(Framing::RAW)
}

/// An exchange in the making.
#[derive(Default)]
struct Draft {
    sender: Vec<Action>,
    receiver: Vec<Action>,
    /// The bytes sent so far.
    sent: Vec<u8>,
    /// The stream offset after each message so far, and the place where that boundary would be
    /// lost.
    ends: Vec<(u64, Option<Place>)>,
    /// The range of the stream that each recv takes.
    taken: Vec<std::ops::Range<usize>>,
}

impl Draft {
    /// The number of bytes received so far.
    fn received(&self) -> usize {
        self.taken.last().map_or(0, |range| range.end)
    }

    /// The number of bytes that wait.
    fn waiting(&self) -> usize {
        self.sent.len() - self.received()
    }

    fn send(&mut self, text: String, framing: Option<Framing>, place: Option<Place>) {
        let raw = framing.unwrap_or(Framing::RAW);
        let stream = Stream::new(raw, &[text.clone().into_bytes()]);
        self.sent.extend(stream.bytes);
        self.ends.push((self.sent.len() as u64, place));
        let payload = Payload::Text(text);
        self.sender.push(confirmation::plain_send(
            payload,
            framing,
            SendRole::Message,
        ));
    }

    /// Adds a recv that asks for `asked` bytes of a stream.
    fn recv(&mut self, asked: u32) {
        let start = self.received();
        let got = self.waiting().min(asked as usize);
        self.taken.push(start..start + got);
        self.receiver.push(confirmation::plain_recv(asked));
    }

    /// The boundaries, each kept or lost according to the recvs.
    fn boundaries(&self) -> Vec<ExpectedBoundary> {
        let inner = self.ends.split_last().map_or(&[][..], |(_, inner)| inner);
        let fate = |at: u64, place| {
            let spans =
                |range: &std::ops::Range<usize>| (range.start as u64) < at && at < range.end as u64;
            if self.taken.iter().any(spans) {
                ExpectedFate::Coalesced(place)
            } else {
                ExpectedFate::Kept
            }
        };
        let stated = inner.iter().map(|&(at, place)| ExpectedBoundary {
            at,
            fate: fate(at, place),
        });
        stated.collect()
    }

    /// The finished exchange; `returned` is what each recv returns.
    fn finish(
        self,
        transport: Transport,
        sender: Side,
        returned: Vec<Returned>,
        asks: Asks,
    ) -> Exchange {
        let stated = Receives {
            recv: Some(returned),
            boundaries: self.boundaries(),
            ..Receives::default()
        };
        let mut expect = Expectation::default();
        let (server, client) = match sender {
            Side::Server => {
                expect.client = stated;
                (self.sender, self.receiver)
            }
            Side::Client => {
                expect.server = stated;
                (self.receiver, self.sender)
            }
        };
        Exchange {
            scenario: Scenario {
                name: "quiz/random".to_owned(),
                title: Some(Text {
                    en: "Made up by the seed".to_owned(),
                    zh: "由种子随机生成".to_owned(),
                }),
                lesson: Some(Text {
                    en: "What a recv returns follows from what is there.".to_owned(),
                    zh: "recv 返回什么，由已经到达的字节决定。".to_owned(),
                }),
                section: Some(Section {
                    heading: "TCP的黏包现象".to_owned(),
                    replayed: false,
                }),
                see: See::default(),
                about_time: false,
                parts: vec![Part {
                    label: None,
                    transport,
                    deadline: DEFAULT_DEADLINE,
                    server: confirmation::script(server),
                    client: confirmation::script(client),
                    expect: Some(expect),
                }],
            },
            origin: Origin::Random,
            receiver: sender.other(),
            asks,
        }
    }
}

fn data(bytes: &[u8]) -> Returned {
    Returned::Data {
        bytes: Amount::exactly(bytes.len() as u64),
        content: Some(Payload::Hex(bytes.to_vec())),
    }
}

/// Messages over TCP. The higher the level (1 to 4), the more messages and the smaller the pieces.
/// Features that only some kernels have (cork, reports of what was acknowledged) are used only if
/// `tells_place`.
pub(super) fn stream(random: &mut Xoshiro256PlusPlus, level: u32, tells_place: bool) -> Exchange {
    let sender = if random.random_bool(0.7) {
        Side::Server
    } else {
        Side::Client
    };
    let framing = (level >= 3 && random.random_bool(0.5)).then(|| framing(random));
    let rounds = if level >= 3 {
        random.random_range(1..=2)
    } else {
        1
    };
    let mut draft = Draft::default();
    for round in 1..=rounds {
        let leaving = *match level {
            _ if !tells_place => &[Leaving::AsTheyCome][..],
            1 => &[Leaving::AsTheyCome],
            2 => &[Leaving::AsTheyCome, Leaving::Acknowledged],
            _ => &[Leaving::AsTheyCome, Leaving::Acknowledged, Leaving::Corked],
        }
        .choose(random)
        .unwrap_or(&Leaving::AsTheyCome);
        send_round(&mut draft, random, level, framing, leaving);
        recv_round(&mut draft, random, level, round == rounds);
        if round < rounds {
            let point = format!("read {round}");
            draft
                .receiver
                .push(Action::Script(ScriptStep::Reach(point.clone())));
            draft
                .sender
                .push(Action::Script(ScriptStep::Wait(Condition::Reached(point))));
            // What is sent after the other side has read shares no segment with what it read.
            if let Some((_, place)) = draft.ends.last_mut() {
                *place = Some(Place::InReceiveQueue);
            }
        }
    }
    let mut returned: Vec<_> = draft
        .taken
        .iter()
        .map(|range| data(&draft.sent[range.clone()]))
        .collect();
    if random.random_bool(0.5) {
        draft.receiver.push(confirmation::plain_recv(ROOM));
        returned.push(Returned::End);
    }
    let asks = asks(&draft, random, level);
    draft.finish(Transport::Tcp, sender, returned, asks)
}

fn send_round(
    draft: &mut Draft,
    random: &mut Xoshiro256PlusPlus,
    level: u32,
    framing: Option<Framing>,
    leaving: Leaving,
) {
    if leaving == Leaving::Corked {
        draft
            .sender
            .push(Action::Socket(SocketStep::Set(SocketOption::Cork(true))));
    }
    // A single message would not be held back.
    let least = if leaving == Leaving::Corked { 2 } else { 1 };
    for number in 0..random.random_range(least..=level.clamp(least, 3)) {
        if leaving == Leaving::Acknowledged && number > 0 {
            draft
                .sender
                .push(Action::Script(ScriptStep::Wait(Condition::Acknowledged)));
        }
        draft.send(message(random), framing, leaving.place());
    }
    if leaving == Leaving::Corked {
        draft
            .sender
            .push(Action::Socket(SocketStep::Set(SocketOption::Cork(false))));
    }
}

fn recv_round(draft: &mut Draft, random: &mut Xoshiro256PlusPlus, level: u32, is_last: bool) {
    let waiting = u32::try_from(draft.waiting()).unwrap_or(ROOM);
    draft
        .receiver
        .push(Action::Script(ScriptStep::Wait(Condition::Queued(waiting))));
    for number in 1..=MOST_RECVS {
        let left = u32::try_from(draft.waiting()).unwrap_or(ROOM);
        if left == 0 || !is_last && number > 1 && random.random_bool(0.3) {
            break;
        }
        let has_to_end = is_last && number == MOST_RECVS;
        let asked = if level == 1 || has_to_end {
            ROOM
        } else {
            let next = draft
                .ends
                .iter()
                .find(|(end, _)| *end > draft.received() as u64);
            let whole = next.map_or(left, |(end, _)| {
                u32::try_from(*end - draft.received() as u64).unwrap_or(left)
            });
            let some = random.random_range(1..=left);
            *[ROOM, whole, whole + 2, some]
                .choose(random)
                .unwrap_or(&ROOM)
        };
        draft.recv(asked);
    }
}

/// The question: mostly about the recvs; about a boundary only if its place is determined.
fn asks(draft: &Draft, random: &mut Xoshiro256PlusPlus, level: u32) -> Asks {
    let told = draft.boundaries().into_iter().filter(|boundary| {
        matches!(
            boundary.fate,
            ExpectedFate::Kept | ExpectedFate::Coalesced(Some(_))
        )
    });
    let told: Vec<_> = told.map(|boundary| Asks::Boundary(boundary.at)).collect();
    if level >= 2
        && random.random_bool(0.5)
        && let Some(boundary) = told.choose(random)
    {
        return *boundary;
    }
    if level >= 2 && random.random_bool(0.25) {
        return Asks::Message(random.random_range(0..draft.ends.len()));
    }
    Asks::Recvs
}

/// Datagrams over UDP. The client sends, because the server does not know an address at first.
pub(super) fn datagrams(random: &mut Xoshiro256PlusPlus, level: u32) -> Exchange {
    let mut draft = Draft::default();
    let most = level.min(3) + 1;
    for _ in 0..random.random_range(1..=most) {
        draft.send(message(random), None, None);
    }
    draft
        .sender
        .push(Action::Script(ScriptStep::Reach("all sent".to_owned())));
    let point = Condition::Reached("all sent".to_owned());
    draft.receiver.push(Action::Script(ScriptStep::Wait(point)));
    let mut returned = Vec::new();
    let mut start = 0;
    for (end, _) in draft.ends.clone() {
        let end = usize::try_from(end).unwrap_or(draft.sent.len());
        let size = end - start;
        let asked = match (level, random.random_range(0..3)) {
            (1, _) | (_, 0) => ROOM as usize,
            (_, 1) => size,
            _ => random.random_range(1..=size),
        };
        draft.receiver.push(confirmation::plain_recv(
            u32::try_from(asked).unwrap_or(ROOM),
        ));
        draft.taken.push(start..end);
        returned.push(data(&draft.sent[start..start + size.min(asked)]));
        start = end;
    }
    let asks = if level >= 2 && random.random_bool(0.4) {
        Asks::Message(random.random_range(0..draft.ends.len()))
    } else {
        Asks::Recvs
    };
    draft.finish(Transport::Udp, Side::Client, returned, asks)
}
