//! Finds waits that can never end, by running through both scripts side by side.
//!
//! Promises: never reports a wait that could end. Where the kernel has a choice, the check assumes
//! the one that lets a side go on, so a wait reported here is stuck in every replay. A step that is
//! expected to fail never blocks.

use std::collections::HashMap;

use super::placed::PlacedStep;
use super::reader::Reader;
use super::script_problem::ScriptProblem;
use crate::scenario::{
    Action, Condition, Opening, Receiving, RecvLength, RecvStep, Script, ScriptStep, SendStep,
    Side, SocketStep, StepId, Transport,
};

/// The state of one side in its script.
#[derive(Debug)]
pub(super) struct Half<'a> {
    side: Side,
    steps: &'a [PlacedStep<'a>],
    /// The points that it reaches, each with the index of the first step that reaches it.
    points: HashMap<&'a str, usize>,
    /// The number of bytes that each step sends, computed once for each step as written.
    sizes: HashMap<StepId, u64>,
    /// Whether the script opens its sockets itself.
    explicit: bool,
    /// The index of the next step.
    at: usize,
    /// What it has sent.
    sent: Sent,
    /// What it has certainly received.
    taken: Sent,
    /// The number of connections it has made, and of those it has accepted.
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

/// What a step needs before it can go on.
enum Need {
    /// Nothing from the other side.
    Nothing,
    /// This many bytes, or the end of the stream; `taken` says whether the step takes them.
    Bytes { bytes: u64, taken: bool },
    /// This many bytes in the queue; the end of the stream is not enough.
    Queue(u64),
    /// The end of the stream.
    End,
    /// A point reached by the other side.
    Point(String),
    /// A connection from the other side.
    Connection,
}

impl<'a> Half<'a> {
    /// A side before its first step.
    pub(super) fn new(side: Side, script: &Script, steps: &'a [PlacedStep<'a>]) -> Self {
        let (mut sizes, mut points) = (HashMap::new(), HashMap::new());
        for (index, placed) in steps.iter().enumerate() {
            if let Action::Send(send) = &placed.step.action {
                sizes
                    .entry(placed.id)
                    .or_insert_with(|| send.frame_length().unwrap_or(0));
            }
            if let Action::Script(ScriptStep::Reach(point)) = &placed.step.action {
                points.entry(point.as_str()).or_insert(index);
            }
        }
        let explicit = script.opens_explicitly();
        Self {
            side,
            steps,
            points,
            sizes,
            explicit,
            at: 0,
            sent: Sent::default(),
            taken: Sent::default(),
            // The connection that a script does not open itself is implied.
            connects: u64::from(!explicit),
            accepts: 0,
            closed: false,
        }
    }

    /// The current step.
    fn now(&self) -> Option<PlacedStep<'a>> {
        self.steps.get(self.at).copied()
    }

    /// Whether the other side may see the end of the stream.
    fn over(&self) -> bool {
        self.closed || self.at >= self.steps.len()
    }

    fn has_reached(&self, point: &str) -> bool {
        self.points.get(point).is_some_and(|&index| index < self.at)
    }

    fn size(&self, step: StepId, send: &SendStep) -> Sent {
        let bytes = self.sizes.get(&step).copied();
        let bytes = bytes.unwrap_or(0);
        let calls = send.calls(bytes);
        Sent { bytes, calls }
    }

    /// Everything that the script sends from beginning to end.
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

/// The points that these steps reach.
fn points<'s>(steps: &'s [PlacedStep<'_>]) -> impl Iterator<Item = &'s str> {
    steps.iter().filter_map(|placed| {
        if let Action::Script(ScriptStep::Reach(point)) = &placed.step.action {
            Some(point.as_str())
        } else {
            None
        }
    })
}

/// What a step needs.
fn need(step: &PlacedStep<'_>) -> Need {
    if step.step.fails.is_some() {
        return Need::Nothing;
    }
    let of_recv = |recv: &RecvStep, exact: bool| match recv.length {
        RecvLength::Bytes(bytes) => Need::Bytes {
            bytes: if exact { u64::from(bytes) } else { 1 },
            taken: !recv.peek,
        },
        // The length read earlier may be 0.
        RecvLength::Carried => Need::Nothing,
    };
    match &step.step.action {
        Action::Receive(Receiving::Recv(recv)) => of_recv(recv, recv.wait_all),
        Action::Receive(Receiving::Exact(recv)) => of_recv(recv, true),
        Action::Receive(Receiving::UntilEnd { .. }) => Need::End,
        Action::Receive(Receiving::Decode { messages, .. }) => match messages {
            // Each message is at least one byte long: its header.
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
            // The kernels handle these between themselves.
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

/// Runs both scripts as far as they get, and reports where they are stuck.
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
            reader.problem_of_two(span, also, ScriptProblem::BothWait { side });
        }
        return;
    }
    for (step, problem) in definite {
        step.problem(reader, problem);
    }
}

/// Reports each wait that can never end by itself.
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
            Need::Point(got) if !other.points.contains_key(got.as_str()) => {
                let known = reader.few(&got, points(other.steps));
                let own = half.points.contains_key(got.as_str());
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

/// Lets `half` go on as far as it can. Returns whether it got any further.
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
            // Datagrams have no end of stream.
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

/// Applies the effect of a step that goes on.
fn take(transport: Transport, half: &mut Half<'_>, placed: &PlacedStep<'_>, other: &Half<'_>) {
    if let Need::Bytes { bytes, taken: true } = need(placed) {
        // With several connections, the end of one says nothing about the others.
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

/// Why the current step can never go on, whatever the other side still does; `None` if it only
/// waits for a step of the other side.
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
