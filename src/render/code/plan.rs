//! What one program has to do, as a list of instructions for any language.
//!
//! The steps that a script implies are written out here, what two terminals cannot
//! do is found here, and what the other side sends is worked out for the sums.

use std::collections::{BTreeMap, BTreeSet};

use super::bytes::{crc32, payload_bytes, sent, sent_bytes};
use super::instruction::{ConnectFrom, Failure, Instruction, Socket, SocketKind, Work};
use super::notes::Note;
use super::options::{Flags, OptionCode};
use super::{target::Target, unsupported::Unsupported};
use crate::framing::ErrorKind;
use crate::language::Language;
use crate::scenario::{
    Action, Condition, Fault, Opening, Part, Receiving, RecvLength, Scenario, ScriptStep, SendStep,
    Side, SocketOption, SocketPart, SocketStep, Step, SystemFault, Transport,
};

/// How many bytes a program still prints; of more it prints the sum.
const SHOWN: u64 = 64;

/// One program, and what it is part of.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) scenario: &'a Scenario,
    /// Which part it is of.
    pub(super) part: &'a Part,
    /// The number of the part from 1, where there are several.
    pub(super) number: Option<usize>,
    pub(super) side: Side,
    pub(super) target: Target,
    pub(super) language: Language,
    pub(super) instructions: Vec<Instruction<'a>>,
    /// What holds of the whole program, by the words that its helpers ask for.
    pub(super) facts: BTreeSet<&'static str>,
    /// The most bytes that are received or made at once; none where only the stream tells.
    pub(super) longest: Option<usize>,
    /// The most bytes of a frame.
    pub(super) longest_frame: usize,
    /// Whether the kernel may not wait for somebody to press Enter: what it holds back,
    /// or has to send again, leaves after some 200 ms.
    pub(super) in_a_hurry: bool,
}

impl<'a> Plan<'a> {
    pub(super) fn new(
        scenario: &'a Scenario,
        index: usize,
        side: Side,
        target: Target,
        language: Language,
    ) -> Result<Self, Unsupported> {
        let part = &scenario.parts[index];
        Unsupported::check(part, side, target)?;
        let plan = Self {
            scenario,
            part,
            number: (scenario.parts.len() > 1).then_some(index + 1),
            side,
            target,
            language,
            instructions: Vec::new(),
            facts: facts(part, side, target),
            longest: Some(1),
            longest_frame: 1,
            in_a_hurry: is_in_a_hurry(part),
        };
        let planner = Planner {
            announced: announced_point(part),
            awaited: awaited(part, side.other()).collect(),
            names: Vec::new(),
            sockets: BTreeMap::new(),
            used: BTreeSet::new(),
            receives: false,
            asks_at_most: 0,
            plan,
        };
        planner.plan()
    }

    /// Whether this holds of the whole program.
    pub(super) fn is(&self, fact: &str) -> bool {
        self.facts.contains(fact)
    }
}

/// What holds of a program whatever its steps become.
fn facts(part: &Part, side: Side, target: Target) -> BTreeSet<&'static str> {
    let script = part.script(side);
    let any = |test: fn(&Action) -> bool| script.written().any(|step| test(&step.action));
    let udp = part.transport == Transport::Udp;
    let unix = [Transport::UnixStream, Transport::UnixSeqpacket].contains(&part.transport);
    let connects = any(|action| *action == Action::Open(Opening::Connect));
    // A datagram's sender has to be kept, to answer it.
    let answers = udp && side == Side::Server && any(|action| matches!(action, Action::Send(_)));
    let tells = udp && side == Side::Client && !connects;
    let flagged = |action: &Action| match action {
        Action::Receive(Receiving::Recv(recv)) => recv.peek || recv.wait_all,
        // Where std has it, in Rust.
        Action::Receive(Receiving::Available { .. }) => target != Target::Rust,
        _ => false,
    };
    let receives_flags = script.written().any(|step| flagged(&step.action));
    let sends_flags = (script.written())
        .any(|step| matches!(&step.action, Action::Send(send) if !flags(step, send, target, udp).is_empty()));
    let sums = part.receives(side).is_some_and(|stated| {
        stated.total.is_some() || stated.intact.is_some() || stated.sha256.is_some()
    });
    let carried = |action: &Action| matches!(action, Action::Receive(Receiving::Recv(recv)) if recv.length == RecvLength::Carried);
    let peeks =
        |action: &Action| matches!(action, Action::Receive(Receiving::Recv(recv)) if recv.peek);
    [
        (udp, "udp"),
        (unix, "unix"),
        (answers, "answers"),
        (tells, "tells"),
        (!answers && !tells, "plain"),
        (sends_flags, "sflags"),
        (receives_flags, "rflags"),
        (sums, "sums"),
        (any(peeks), "peeks"),
        // A recv can ask for no bytes, which is then not the end of the stream.
        (any(carried), "none"),
    ]
    .into_iter()
    .filter_map(|(holds, fact)| holds.then_some(fact))
    .collect()
}

/// The flags of a send.
fn flags(step: &Step, send: &SendStep, target: Target, udp: bool) -> Flags {
    // Or the process ends there, in C.
    let broken = step.fails == Some(Fault::System(SystemFault::BrokenPipe));
    if udp && target == Target::Rust {
        return Flags::default();
    }
    Flags::given([
        (send.more, "MSG_MORE", 0x8000),
        (send.nonblocking, "MSG_DONTWAIT", 0x40),
        (send.end_of_record, "MSG_EOR", 0x80),
        (broken && target == Target::C, "MSG_NOSIGNAL", 0x4000),
    ])
}

fn is_in_a_hurry(part: &Part) -> bool {
    let corks = |option: &SocketOption| *option == SocketOption::Cork(true);
    let holds_back = |step: &Step| match &step.action {
        Action::Open(Opening::Bind { options, .. }) => options.iter().any(corks),
        Action::Send(send) => send.more,
        Action::Socket(SocketStep::Set(option)) => corks(option),
        Action::Socket(SocketStep::DropArriving(on)) => *on,
        Action::Open(Opening::Listen | Opening::Accept | Opening::Connect)
        | Action::Receive(_)
        | Action::Socket(SocketStep::HalfClose | SocketStep::Close(_))
        | Action::Script(_)
        | Action::Repeat { .. } => false,
    };
    let scripts = Side::BOTH.map(|side| part.script(side));
    part.transport == Transport::Tcp
        && Side::BOTH
            .iter()
            .any(|side| awaited(part, *side).next().is_some())
        && (scripts.iter())
            .any(|script| script.options.iter().any(corks) || script.written().any(holds_back))
}

/// The points that a side waits for.
fn awaited(part: &Part, side: Side) -> impl Iterator<Item = &str> {
    (part.script(side).written()).filter_map(|step| match &step.action {
        Action::Script(ScriptStep::Wait(Condition::Reached(point))) => Some(point.as_str()),
        _ => None,
    })
}

/// The point by which the server says that it listens, which its program says anyway.
fn announced_point(part: &Part) -> Option<&str> {
    let first = part.client.steps.first()?;
    let Action::Script(ScriptStep::Wait(Condition::Reached(point))) = &first.action else {
        return None;
    };
    let announces = |step: &Step| match part.transport {
        Transport::Tcp => step.action == Action::Open(Opening::Listen),
        Transport::Udp | Transport::UnixStream | Transport::UnixSeqpacket | Transport::Pipe => {
            matches!(step.action, Action::Open(Opening::Bind { .. }))
        }
    };
    let steps = &part.server.steps;
    let behind = steps.get(steps.iter().position(announces)? + 1)?;
    let reaches_it =
        matches!(&behind.action, Action::Script(ScriptStep::Reach(reached)) if reached == point);
    reaches_it.then_some(point)
}

/// A plan while it is made.
struct Planner<'a> {
    plan: Plan<'a>,
    /// The point that needs no Enter, because the server says that it listens.
    announced: Option<&'a str>,
    /// The points that the other side waits for.
    awaited: BTreeSet<&'a str>,
    /// The named sockets, as they come.
    names: Vec<&'a str>,
    /// What is open, by the name of the socket.
    sockets: BTreeMap<Option<&'a str>, Open>,
    /// The sockets that something was done with since they were opened.
    used: BTreeSet<Socket>,
    /// Whether something was received before.
    receives: bool,
    /// The most bytes that one recv asks for.
    asks_at_most: u64,
}

/// What is open on one socket of a side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Open {
    bound: bool,
    listening: bool,
    connected: bool,
}

impl<'a> Planner<'a> {
    fn plan(mut self) -> Result<Plan<'a>, Unsupported> {
        let part = self.plan.part;
        let script = part.script(self.plan.side);
        let mut instructions = Vec::new();
        if !script.opens_explicitly() {
            let bind = Opening::Bind {
                same_port: false,
                options: Vec::new(),
            };
            let implied = match (part.transport, self.plan.side) {
                (Transport::Udp, _) => vec![bind],
                (_, Side::Client) => vec![Opening::Connect],
                (_, Side::Server) => vec![bind, Opening::Listen, Opening::Accept],
            };
            for opening in implied {
                instructions.push(Instruction::new(self.open(&opening, None, false)?));
            }
        }
        instructions.extend(self.block(&script.steps)?);
        instructions.extend(self.close_what_is_open());
        let sent = sent(&part.script(self.plan.side.other()).steps);
        if self.plan.is("sums") {
            let (bytes, crc) = (sent.len(), crc32(&sent));
            instructions.push(Instruction {
                before: vec![Work::Note(Note::Sent { bytes, crc })],
                ..Instruction::new(Work::Total)
            });
        }
        if self.asks_at_most.min(sent.len() as u64) > SHOWN {
            self.plan.facts.insert("much");
        }
        let mut before = None;
        for one in &mut instructions {
            let stage = one.stage();
            one.begins_paragraph = before.is_some_and(|before| before != stage);
            before = Some(stage);
        }
        self.plan.instructions = instructions;
        Ok(self.plan)
    }

    fn block(&mut self, steps: &'a [Step]) -> Result<Vec<Instruction<'a>>, Unsupported> {
        let mut block = Vec::new();
        for step in steps {
            if let Some(name) = step.on.as_deref().filter(|name| !self.names.contains(name)) {
                self.names.push(name);
            }
            let mut before = Vec::new();
            if let Some(work) = self.step(step, &mut before)? {
                block.push(Instruction {
                    before,
                    fails: step.fails.map(|fault| failure(&step.action, fault)),
                    ..Instruction::new(work)
                });
            }
        }
        Ok(block)
    }

    /// What a step becomes; nothing where the programs need no such step.
    fn step(
        &mut self,
        step: &'a Step,
        before: &mut Vec<Work<'a>>,
    ) -> Result<Option<Work<'a>>, Unsupported> {
        let udp = self.plan.is("udp");
        let on = step.on.as_deref();
        Ok(Some(match &step.action {
            Action::Open(opening) => self.open(opening, on, step.fails.is_some())?,
            Action::Send(send) => {
                // A refused payload is written before it is refused.
                let least = payload_bytes(&send.payload).len() + 24;
                let frame = sent_bytes(send).len().max(least);
                self.plan.longest_frame = self.plan.longest_frame.max(frame);
                self.holds(least);
                Work::Send {
                    socket: self.connection(step)?,
                    payload: &send.payload,
                    framing: send.framing,
                    flags: flags(step, send, self.plan.target, udp),
                    pieces: send.pieces,
                }
            }
            Action::Receive(Receiving::Exact(_) | Receiving::Decode { .. }) if udp => {
                return Err(Unsupported::ExactOverDatagrams);
            }
            Action::Receive(receiving) => self.receive(step, *receiving, before)?,
            Action::Socket(SocketStep::Set(option)) => {
                let open = self.sockets.get(&on).copied().unwrap_or_default();
                // The connection, once there is one.
                let socket = if (open.listening || open.bound) && !open.connected {
                    self.socket(SocketKind::Listener, on)
                } else {
                    self.connection(step)?
                };
                Work::Set {
                    socket,
                    option: OptionCode::of(*option),
                }
            }
            Action::Socket(SocketStep::DropArriving(on)) => Work::DropArriving {
                socket: self.connection(step)?,
                // TCP and UDP sockets are told in different ways.
                helper: if udp {
                    "drop_datagrams"
                } else {
                    "drop_segments"
                },
                on: *on,
            },
            Action::Socket(SocketStep::HalfClose) => Work::HalfClose(self.connection(step)?),
            Action::Socket(SocketStep::Close(SocketPart::Connection)) => {
                let socket = self.connection(step)?;
                self.open_at(on).connected = false;
                Work::Close {
                    socket,
                    unlinks: false,
                }
            }
            Action::Socket(SocketStep::Close(SocketPart::Listener)) => {
                let open = self.open_at(on);
                if !std::mem::take(&mut open.listening) & !std::mem::take(&mut open.bound) {
                    return Err(Unsupported::NotOpen(step.action.to_string()));
                }
                self.close_listener(on)
            }
            Action::Script(
                ScriptStep::Wait(Condition::Reached(point)) | ScriptStep::Reach(point),
            ) if self.announced == Some(point) => {
                return Ok(None);
            }
            Action::Script(ScriptStep::Wait(condition)) => self.wait(step, condition, before)?,
            Action::Script(ScriptStep::Reach(point)) => {
                if !self.awaited.contains(point.as_str()) {
                    return Ok(None);
                }
                Work::Say(format!("== {point}"))
            }
            Action::Script(ScriptStep::Pause(pause)) => Work::Pause(*pause),
            Action::Repeat { times, steps } => {
                let before = self.all_open();
                let block = self.block(steps)?;
                if before != self.all_open() {
                    return Err(Unsupported::OpensInRepeat);
                }
                Work::Repeat {
                    times: *times,
                    block,
                }
            }
        }))
    }

    /// Opens a socket, or takes it further on its way to be open.
    fn open(
        &mut self,
        opening: &Opening,
        on: Option<&'a str>,
        fails: bool,
    ) -> Result<Work<'a>, Unsupported> {
        let side = self.plan.side;
        let udp = self.plan.is("udp");
        let tcp = self.plan.part.transport == Transport::Tcp;
        let listener = self.socket(SocketKind::Listener, on);
        let socket = self.socket(self.talks(), on);
        let open = self.open_at(on);
        let not_open = || Unsupported::NotOpen(Action::Open(opening.clone()).to_string());
        let (was, mut uses) = (*open, false);
        let work = match opening {
            Opening::Bind { same_port, options } => {
                if udp {
                    open.connected |= !fails;
                } else {
                    open.bound |= !fails;
                }
                let socket = if udp { socket } else { listener };
                let any_port = side == Side::Client && !same_port;
                let mut options = options.clone();
                if tcp && side == Side::Server && !self.is_about_addresses() {
                    // Or the program could not be started again for a minute.
                    options.push(SocketOption::ReuseAddress(true));
                }
                let options = self.options(socket, &options);
                let announces = udp && !any_port;
                uses = announces || !options.is_empty();
                Work::Bind {
                    socket,
                    options,
                    any_port,
                    keeps_port: !(*same_port || udp && any_port) && self.binds_again(),
                    announces,
                }
            }
            Opening::Listen => {
                if !std::mem::take(&mut open.bound) {
                    return Err(not_open());
                }
                open.listening = true;
                Work::Listen(listener)
            }
            Opening::Accept => {
                if !(was.listening && side == Side::Server) {
                    return Err(not_open());
                }
                open.connected |= !fails;
                let own = &self.plan.part.script(side).options;
                let options = own.iter().copied().filter(|option| !option.is_inherited());
                let options: Vec<_> = options.map(OptionCode::of).collect();
                uses = !options.is_empty();
                Work::Accept {
                    listener,
                    socket,
                    options,
                }
            }
            Opening::Connect if side == Side::Server => return Err(Unsupported::ServerConnects),
            Opening::Connect => {
                open.bound = false;
                open.connected |= !fails || udp;
                let from = match (was.bound, udp && was.connected) {
                    (true, _) => ConnectFrom::Bound(listener),
                    (false, true) => ConnectFrom::Same,
                    (false, false) => ConnectFrom::New(self.options(socket, &[])),
                };
                uses = udp || matches!(&from, ConnectFrom::New(options) if !options.is_empty());
                Work::Connect { socket, from }
            }
        };
        if !was.connected {
            self.used.remove(&socket);
        }
        if uses {
            self.used.insert(socket);
        }
        Ok(work)
    }

    fn receive(
        &mut self,
        step: &'a Step,
        receiving: Receiving,
        before: &mut Vec<Work<'a>>,
    ) -> Result<Work<'a>, Unsupported> {
        let language = self.plan.language;
        let socket = self.connection(step)?;
        Ok(match receiving {
            Receiving::Recv(recv) | Receiving::Exact(recv) => {
                let exact = matches!(receiving, Receiving::Exact(_));
                self.limit(step, socket, before);
                match recv.length {
                    RecvLength::Bytes(bytes) => self.asks(bytes),
                    RecvLength::Carried => {
                        (self.asks_at_most, self.plan.longest) = (u64::MAX, None);
                    }
                }
                if recv.carries.is_some() && !exact {
                    self.plan.longest = None;
                }
                let ends_early = matches!(step.fails, Some(Fault::Framing(_)));
                Work::Receive {
                    socket,
                    exact,
                    size: size(recv.length),
                    // Exact reads already wait for all.
                    flags: Flags::given([
                        (recv.peek && !exact, "MSG_PEEK", 0x2),
                        (recv.wait_all && !exact, "MSG_WAITALL", 0x100),
                    ]),
                    carries: recv.carries,
                    short: ends_early.then(|| ErrorKind::EndInsideBody.clause(language)),
                }
            }
            Receiving::UntilEnd { at_most } => {
                self.limit(step, socket, before);
                self.asks(at_most);
                Work::ReceiveUntilEnd { socket, at_most }
            }
            Receiving::Available { at_most } => {
                self.asks(at_most);
                Work::ReceiveAvailable { socket, at_most }
            }
            Receiving::Decode {
                framing,
                messages,
                cap,
            } => {
                // And the delimiter behind it.
                self.holds(cap as usize + framing.facts().trailer);
                self.asks_at_most = u64::MAX;
                let short = ErrorKind::EndInsideHeader.clause(language);
                Work::Decode {
                    socket,
                    framing,
                    messages,
                    cap,
                    short,
                }
            }
        })
    }

    /// A recv that has to give up after the deadline gets one, from the first bytes on: the
    /// other side may not even have been started when the first recv waits for a datagram.
    fn limit(&mut self, step: &Step, socket: Socket, before: &mut Vec<Work<'a>>) {
        let first = !std::mem::replace(&mut self.receives, true);
        if step.fails != Some(Fault::System(SystemFault::WouldBlock)) {
            return;
        }
        if first && self.plan.is("udp") {
            before.extend([Work::Note(Note::FirstOfAll), Work::AwaitFirst(socket)]);
        }
        let deadline = self.plan.part.deadline.as_millis();
        let deadline = u64::try_from(deadline).unwrap_or(u64::MAX).max(1);
        let option = OptionCode::receive_timeout(deadline);
        before.extend([Work::Note(Note::GivesUp), Work::Set { socket, option }]);
    }

    fn wait(
        &mut self,
        step: &'a Step,
        condition: &'a Condition,
        before: &mut Vec<Work<'a>>,
    ) -> Result<Work<'a>, Unsupported> {
        if let Condition::Reached(point) = condition {
            return Ok(Work::AwaitPoint(point));
        }
        let socket = self.connection(step)?;
        let counter = |helper, field, unmet| Work::AwaitCounter {
            socket,
            helper,
            field,
            unmet,
        };
        // In C, a helper returns one number.
        let tcp_info = |name, field, count: &u32| match self.plan.target {
            Target::C => counter(name, None, format!("< {count}")),
            Target::Python | Target::Rust => counter("tcp_info", Some(field), format!("< {count}")),
        };
        Ok(match condition {
            Condition::Reached(point) => Work::AwaitPoint(point),
            Condition::Queued(bytes) => {
                // Looking again and again does not see the end.
                let or_end = !self.plan.is("unix") && self.plan.target != Target::Rust;
                self.holds(*bytes as usize);
                before.push(Work::Note(Note::Queued {
                    bytes: *bytes,
                    or_end,
                }));
                Work::AwaitQueued {
                    socket,
                    bytes: *bytes,
                }
            }
            Condition::Acknowledged => counter("unacknowledged", None, "> 0".to_owned()),
            Condition::Dropped(count) => counter("dropped", None, format!("< {count}")),
            Condition::Segments(count) => tcp_info("segments", 0, count),
            Condition::Retransmitted(count) => tcp_info("retransmitted", 1, count),
            Condition::PeerClosed | Condition::Reset => {
                let for_close = *condition == Condition::PeerClosed;
                before.push(Work::Note(if for_close {
                    Note::PeerClosed
                } else {
                    Note::Reset
                }));
                Work::Poll { socket, for_close }
            }
        })
    }

    /// The close of all that is still open. In Rust leaving main closes it, but what
    /// nothing else was done with has to be named once, and a file has to go.
    fn close_what_is_open(&mut self) -> Vec<Instruction<'a>> {
        let left_open = self.plan.target == Target::Rust;
        let mut closes = Vec::new();
        for (on, open) in self.sockets.clone() {
            let socket = self.socket(self.talks(), on);
            if open.connected && !(left_open && self.used.contains(&socket)) {
                closes.push(Instruction::new(Work::Close {
                    socket,
                    unlinks: false,
                }));
            }
            if (open.listening || open.bound) && (!left_open || self.plan.is("unix")) {
                closes.push(Instruction::new(self.close_listener(on)));
            }
        }
        closes
    }

    fn close_listener(&self, on: Option<&str>) -> Work<'a> {
        Work::Close {
            socket: self.socket(SocketKind::Listener, on),
            unlinks: self.plan.is("unix"),
        }
    }

    /// The options of a new socket: those of its script, then its own, without what Rust's
    /// std decides by itself, or has for connections only.
    fn options(&self, socket: Socket, own: &[SocketOption]) -> Vec<OptionCode> {
        let rust = self.plan.target == Target::Rust;
        let of_script = &self.plan.part.script(self.plan.side).options;
        let is_left_out = |option: &SocketOption| match option {
            SocketOption::ReuseAddress(_) | SocketOption::ReusePort(_) => rust,
            SocketOption::NoDelay(_) | SocketOption::SendTimeout(_) => {
                rust && socket.kind == SocketKind::Listener
            }
            SocketOption::Cork(_)
            | SocketOption::QuickAck(_)
            | SocketOption::ReceiveBuffer(_)
            | SocketOption::SendBuffer(_)
            | SocketOption::MaxSegment(_)
            | SocketOption::Linger(_) => false,
        };
        let all = of_script
            .iter()
            .chain(own)
            .filter(|option| !is_left_out(option));
        all.copied().map(OptionCode::of).collect()
    }

    /// Whether what a bind does with an address in use is the subject.
    fn is_about_addresses(&self) -> bool {
        let script = self.plan.part.script(self.plan.side);
        let reuses = |options: &[SocketOption]| {
            options.iter().any(|option| {
                matches!(
                    option,
                    SocketOption::ReuseAddress(_) | SocketOption::ReusePort(_)
                )
            })
        };
        let is_about = |step: &Step| match &step.action {
            Action::Open(Opening::Bind { same_port, options }) => {
                *same_port || step.fails.is_some() || reuses(options)
            }
            _ => false,
        };
        reuses(&script.options) || script.written().any(is_about)
    }

    /// Whether a port is bound a second time.
    fn binds_again(&self) -> bool {
        let script = self.plan.part.script(self.plan.side);
        script.written().any(|step| {
            matches!(step.action, Action::Open(Opening::Bind { same_port, .. }) if same_port)
        })
    }

    /// The socket that a step talks over, which has to be open.
    fn connection(&mut self, step: &'a Step) -> Result<Socket, Unsupported> {
        let on = step.on.as_deref();
        if !self.open_at(on).connected {
            return Err(Unsupported::NotOpen(step.action.to_string()));
        }
        let socket = self.socket(self.talks(), on);
        self.used.insert(socket);
        Ok(socket)
    }

    /// The kind of the socket that is talked over.
    fn talks(&self) -> SocketKind {
        if self.plan.is("udp") {
            SocketKind::Datagrams
        } else {
            SocketKind::Connection
        }
    }

    fn socket(&self, kind: SocketKind, on: Option<&str>) -> Socket {
        let named = |on| self.names.iter().position(|name| *name == on);
        let number = on.and_then(named).map_or(1, |at| at + 2);
        Socket { kind, number }
    }

    fn open_at(&mut self, on: Option<&'a str>) -> &mut Open {
        self.sockets.entry(on).or_default()
    }

    /// Every socket of which something is open.
    fn all_open(&self) -> BTreeMap<Option<&'a str>, Open> {
        let mut open = self.sockets.clone();
        open.retain(|_, open| *open != Open::default());
        open
    }

    /// Notes that so many bytes have to fit into memory at once.
    fn holds(&mut self, bytes: usize) {
        self.plan.longest = self.plan.longest.map(|longest| longest.max(bytes));
    }

    /// Notes that one recv asks for so many bytes.
    fn asks(&mut self, bytes: u32) {
        self.holds(bytes as usize);
        self.asks_at_most = self.asks_at_most.max(bytes.into());
    }
}

fn size(length: RecvLength) -> String {
    match length {
        RecvLength::Bytes(bytes) => bytes.to_string(),
        RecvLength::Carried => "length".to_owned(),
    }
}

fn failure(action: &Action, fault: Fault) -> Failure {
    match fault {
        Fault::System(error) => Failure::System {
            call: call_name(action),
            error: error.name(),
        },
        Fault::Framing(_) => Failure::Frame,
        Fault::Length(error) => Failure::Length(error),
    }
}

/// The call that a step is, for what is printed where it fails.
fn call_name(action: &Action) -> String {
    let name = match action {
        Action::Open(Opening::Bind { .. }) => "bind",
        Action::Open(Opening::Listen) => "listen",
        Action::Open(Opening::Accept) => "accept",
        Action::Open(Opening::Connect) => "connect",
        Action::Send(_) => "send",
        Action::Receive(Receiving::Recv(recv) | Receiving::Exact(recv)) => {
            return format!("recv({})", size(recv.length));
        }
        Action::Receive(Receiving::UntilEnd { at_most } | Receiving::Available { at_most }) => {
            return format!("recv({at_most})");
        }
        Action::Receive(Receiving::Decode { .. }) => "recv",
        Action::Socket(SocketStep::Set(_) | SocketStep::DropArriving(_)) => "setsockopt",
        Action::Socket(SocketStep::HalfClose) => "shutdown",
        Action::Socket(SocketStep::Close(_)) => "close",
        Action::Script(ScriptStep::Wait(_)) => "wait",
        Action::Script(ScriptStep::Reach(_)) => "reach",
        Action::Script(ScriptStep::Pause(_)) => "pause",
        Action::Repeat { .. } => "repeat",
    };
    name.to_owned()
}
