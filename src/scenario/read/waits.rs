//! Waits that never end, found by going through both scripts side by side.
//!
//! Promises: kind to the script. Wherever the kernel has a choice, the one is
//! assumed that lets a side go on, so what gets stuck here is stuck in every
//! replay. A step that has to fail is never in the way.

use std::collections::HashMap;

use super::flow::{PlacedStep, calls, problem_of_two};
use super::order::frame_length;
use super::problem::ScriptProblem;
use super::reader::Reader;
use super::suggest;
use crate::scenario::{
    Action, Condition, Opening, Receiving, RecvLength, RecvStep, Script, ScriptStep, SendStep,
    Side, SocketStep, StepId, Transport,
};

/// One side on its way through its script.
#[derive(Debug)]
pub(super) struct Half<'a> {
    side: Side,
    steps: &'a [PlacedStep<'a>],
    /// What each step sends: the frame's length is worked out once for a step as written.
    sizes: HashMap<StepId, u64>,
    /// Whether the script opens its sockets itself.
    explicit: bool,
    /// The next step.
    at: usize,
    /// How much it has sent.
    sent: Sent,
    /// How much it has certainly received.
    taken: Sent,
    /// How many connections it has made, and accepted.
    connects: u64,
    accepts: u64,
    /// Whether it has closed anything.
    closed: bool,
}

/// An amount that was sent or received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sent {
    bytes: u64,
    calls: u64,
}

/// What a step takes before it goes on.
enum Need {
    /// Nothing of the other side.
    Nothing,
    /// So many bytes that are there, or the end of the stream; and whether they are taken.
    Bytes { bytes: u64, taken: bool },
    /// So many bytes in the queue, end or not.
    Queue(u64),
    /// The end of the stream.
    End,
    /// A point of the other side.
    Point(String),
    /// A connection of the other side.
    Connection,
}

impl<'a> Half<'a> {
    /// A side before its first step.
    pub(super) fn new(side: Side, script: &Script, steps: &'a [PlacedStep<'a>]) -> Self {
        let mut sizes = HashMap::new();
        for placed in steps {
            if let Action::Send(send) = &placed.step.action {
                sizes
                    .entry(placed.id)
                    .or_insert_with(|| frame_length(send).unwrap_or(0));
            }
        }
        let explicit = script.opens_explicitly();
        Self {
            side,
            steps,
            sizes,
            explicit,
            at: 0,
            sent: Sent::default(),
            taken: Sent::default(),
            // What a script does not open itself is opened for it.
            connects: u64::from(!explicit),
            accepts: 0,
            closed: false,
        }
    }

    /// The step it stands at.
    fn now(&self) -> Option<PlacedStep<'a>> {
        self.steps.get(self.at).copied()
    }

    /// Whether the other side may see an end of stream.
    fn over(&self) -> bool {
        self.closed || self.at >= self.steps.len()
    }

    fn has_reached(&self, point: &str) -> bool {
        points(&self.steps[..self.at]).any(|reached| reached == point)
    }

    fn size(&self, step: StepId, send: &SendStep) -> Sent {
        let bytes = self.sizes.get(&step).copied();
        let bytes = bytes.unwrap_or(0);
        let calls = calls(send, bytes);
        Sent { bytes, calls }
    }

    /// All that the script sends from its beginning to its end.
    fn sends_in_all(&self) -> Sent {
        let mut all = Sent::default();
        for placed in self.steps {
            if let Action::Send(send) = &placed.step.action {
                let size = self.size(placed.id, send);
                all.bytes = all.bytes.saturating_add(size.bytes);
                all.calls = all.calls.saturating_add(size.calls);
            }
        }
        all
    }

    fn connects_in_all(&self) -> u64 {
        let connects =
            |placed: &&PlacedStep<'_>| matches!(placed.step.action, Action::Open(Opening::Connect));
        let explicit = self.steps.iter().filter(connects).count() as u64;
        explicit + u64::from(!self.explicit)
    }
}

/// The points that steps reach.
fn points<'s>(steps: &'s [PlacedStep<'_>]) -> impl Iterator<Item = &'s str> {
    steps.iter().filter_map(|placed| {
        if let Action::Script(ScriptStep::Reach(point)) = &placed.step.action {
            Some(point.as_str())
        } else {
            None
        }
    })
}

/// What a step waits for.
fn need(step: &PlacedStep<'_>) -> Need {
    if step.step.fails.is_some() {
        return Need::Nothing;
    }
    let of_recv = |recv: &RecvStep, exact: bool| match recv.length {
        RecvLength::Bytes(bytes) => Need::Bytes {
            bytes: if exact { u64::from(bytes) } else { 1 },
            taken: !recv.peek,
        },
        // The length carried may be none.
        RecvLength::Carried => Need::Nothing,
    };
    match &step.step.action {
        Action::Receive(Receiving::Recv(recv)) => of_recv(recv, recv.wait_all),
        Action::Receive(Receiving::Exact(recv)) => of_recv(recv, true),
        Action::Receive(Receiving::UntilEnd { .. }) => Need::End,
        Action::Receive(Receiving::Decode { messages, .. }) => match messages {
            // Each is one byte at the least, its header.
            Some(messages) => Need::Bytes {
                bytes: u64::from(messages.get()),
                taken: true,
            },
            None => Need::End,
        },
        Action::Script(ScriptStep::Wait(condition)) => match condition {
            Condition::Queued(bytes) => Need::Queue(u64::from(*bytes)),
            Condition::PeerClosed => Need::End,
            Condition::Reached(point) => Need::Point(point.clone()),
            // Kernels answer these among themselves.
            Condition::Acknowledged
            | Condition::Retransmitted(_)
            | Condition::Segments(_)
            | Condition::Reset
            | Condition::Dropped(_) => Need::Nothing,
        },
        Action::Open(Opening::Accept) => Need::Connection,
        Action::Open(Opening::Bind { .. } | Opening::Listen | Opening::Connect)
        | Action::Send(_)
        | Action::Receive(Receiving::Available { .. })
        | Action::Script(ScriptStep::Reach(_) | ScriptStep::Pause(_))
        | Action::Socket(_)
        | Action::Repeat { .. } => Need::Nothing,
    }
}

/// Goes through both scripts as far as they get, and notes where they are stuck.
pub(super) fn check(
    reader: &mut Reader<'_>,
    transport: Transport,
    mut server: Half<'_>,
    mut client: Half<'_>,
) {
    let before = reader.count();
    check_each_wait(reader, &server, &client);
    check_each_wait(reader, &client, &server);
    if reader.count() > before {
        return;
    }
    loop {
        let moved = advance(transport, &mut server, &client);
        if !advance(transport, &mut client, &server) && !moved {
            break;
        }
    }
    let stuck = [(&server, &client), (&client, &server)];
    let definite: Vec<_> = stuck
        .iter()
        .filter_map(|(half, other)| {
            let step = half.now()?;
            Some((step, hopeless(transport, half, &step, other)?))
        })
        .collect();
    if definite.is_empty() {
        if let (Some(step), Some(other)) = (server.now(), client.now()) {
            let side = server.side;
            let (span, also) = (step.place.value.clone(), other.place.value.clone());
            problem_of_two(reader, span, also, ScriptProblem::BothWait { side });
        }
        return;
    }
    for (step, problem) in definite {
        step.problem(reader, problem);
    }
}

/// The waits that are hopeless by themselves, each of them.
fn check_each_wait(reader: &mut Reader<'_>, half: &Half<'_>, other: &Half<'_>) {
    let sent = other.sends_in_all().bytes;
    for placed in half.steps {
        match need(placed) {
            Need::Queue(wanted) if wanted > sent => {
                let taken = 0;
                let problem = ScriptProblem::NeverQueued {
                    wanted,
                    sent,
                    taken,
                };
                placed.problem(reader, problem);
            }
            Need::Point(got) if !points(other.steps).any(|point| point == got) => {
                let known = suggest::few(&got, points(other.steps));
                let own = points(half.steps).any(|point| point == got);
                let by = other.side;
                let problem = ScriptProblem::UnknownPoint {
                    got,
                    by,
                    known,
                    own,
                };
                placed.problem(reader, problem);
            }
            Need::Nothing
            | Need::Bytes { .. }
            | Need::Queue(_)
            | Need::End
            | Need::Point(_)
            | Need::Connection => {}
        }
    }
}

/// Lets `half` go on as far as it can; whether it got anywhere.
fn advance(transport: Transport, half: &mut Half<'_>, other: &Half<'_>) -> bool {
    let from = half.at;
    while let Some(placed) = half.now() {
        if !goes_on(transport, half, &need(&placed), other) {
            break;
        }
        take(transport, half, &placed, other);
        half.at += 1;
    }
    half.at > from
}

fn goes_on(transport: Transport, half: &Half<'_>, need: &Need, other: &Half<'_>) -> bool {
    let records = transport.keeps_boundaries();
    match need {
        Need::Nothing => true,
        Need::Bytes { bytes, .. } => {
            let there = if records {
                other.sent.calls > half.taken.calls
            } else {
                other.sent.bytes.saturating_sub(half.taken.bytes) >= *bytes
            };
            // Datagrams have no end.
            there || (other.over() && transport != Transport::Udp)
        }
        Need::Queue(bytes) => {
            let taken = if records { 0 } else { half.taken.bytes };
            other.sent.bytes.saturating_sub(taken) >= *bytes
        }
        Need::End => other.over(),
        Need::Point(point) => other.has_reached(point),
        Need::Connection => other.connects > half.accepts,
    }
}

/// What a step that goes on does to the state.
fn take(transport: Transport, half: &mut Half<'_>, placed: &PlacedStep<'_>, other: &Half<'_>) {
    if let Need::Bytes { bytes, taken: true } = need(placed) {
        // With several connections an end on one of them tells nothing of the others.
        let one_connection = !half.explicit && !other.explicit;
        if one_connection || !other.over() || transport == Transport::Udp {
            let left = other.sent.bytes.saturating_sub(half.taken.bytes);
            half.taken.bytes += bytes.min(left);
            half.taken.calls += 1;
        }
    }
    let succeeds = placed.step.fails.is_none();
    match &placed.step.action {
        Action::Send(send) => {
            let size = half.size(placed.id, send);
            half.sent.bytes = half.sent.bytes.saturating_add(size.bytes);
            half.sent.calls = half.sent.calls.saturating_add(size.calls);
        }
        Action::Open(Opening::Connect) => half.connects += 1,
        Action::Open(Opening::Accept) if succeeds => half.accepts += 1,
        Action::Socket(SocketStep::HalfClose | SocketStep::Close(_)) => {
            half.closed = true;
        }
        Action::Open(Opening::Accept | Opening::Bind { .. } | Opening::Listen)
        | Action::Receive(_)
        | Action::Script(_)
        | Action::Socket(SocketStep::Set(_) | SocketStep::DropArriving(_))
        | Action::Repeat { .. } => {}
    }
}

/// Why the step that a side is stuck at can never go on, whatever the other side
/// still does; none where it waits for a step of the other side.
fn hopeless(
    transport: Transport,
    half: &Half<'_>,
    placed: &PlacedStep<'_>,
    other: &Half<'_>,
) -> Option<ScriptProblem> {
    let all = other.sends_in_all();
    match need(placed) {
        Need::Queue(wanted) => {
            let (sent, taken) = (all.bytes, half.taken.bytes);
            (sent.saturating_sub(taken) < wanted).then_some(ScriptProblem::NeverQueued {
                wanted,
                sent,
                taken,
            })
        }
        Need::Bytes { .. } => (transport == Transport::Udp && all.calls <= half.taken.calls)
            .then_some(ScriptProblem::NothingToReceive { sent: all.calls }),
        Need::Connection => {
            (other.connects_in_all() <= half.accepts).then_some(ScriptProblem::NobodyConnects)
        }
        Need::Nothing | Need::End | Need::Point(_) => None,
    }
}
