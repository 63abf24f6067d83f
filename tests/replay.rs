//! Tests replays on real sockets, with scripts made by hand.

#[cfg(target_os = "linux")]
use std::io::Read;
use std::net::{Ipv4Addr, TcpStream};
use std::num::NonZeroU32;
use std::time::Duration;

use sticky_packet::analysis::{Analysis, BoundaryFate, MessageFate, Outcome, analyse, outcome};
use sticky_packet::framing::Framing;
use sticky_packet::laboratory::Stream;
use sticky_packet::laboratory::dissect::dissect;
use sticky_packet::replay::Stage;
use sticky_packet::scenario::read::read;
use sticky_packet::scenario::{
    Action, Amount, Condition, Count, Fault, Opening, Part, Payload, Place, Receives, Receiving,
    RecvLength, RecvStep, Returned, Scenario, Script, ScriptStep, See, SendRole, SendStep, Side,
    SocketOption, SocketPart, SocketStep, Step, StepId, SystemFault, Transport,
};
use sticky_packet::trace::{DataOp, Got, Op, SocketOp, StopReason, Trace, json};

fn scenario(transport: Transport, server: Vec<Action>, client: Vec<Action>) -> Scenario {
    let script = |actions: Vec<Action>| Script {
        options: Vec::new(),
        steps: actions.into_iter().map(step).collect(),
    };
    Scenario {
        name: "test/by-hand".to_owned(),
        title: None,
        lesson: None,
        section: None,
        see: See::default(),
        about_time: false,
        parts: vec![Part {
            label: None,
            transport,
            deadline: Duration::from_secs(5),
            server: script(server),
            client: script(client),
            expect: None,
        }],
    }
}

fn step(action: Action) -> Step {
    action.into()
}

fn send(text: &str) -> Action {
    Action::Send(SendStep {
        payload: Payload::Text(text.to_owned()),
        framing: None,
        role: SendRole::Message,
        pieces: None,
        more: false,
        nonblocking: false,
        end_of_record: false,
    })
}

fn recv(bytes: u32) -> Action {
    Action::Receive(Receiving::Recv(RecvStep {
        length: RecvLength::Bytes(bytes),
        carries: None,
        peek: false,
        wait_all: false,
    }))
}

fn queued(bytes: u32) -> Action {
    Action::Script(ScriptStep::Wait(Condition::Queued(bytes)))
}

fn reached(point: &str) -> Action {
    Action::Script(ScriptStep::Wait(Condition::Reached(point.to_owned())))
}

fn bind(same_port: bool) -> Action {
    Action::Open(Opening::Bind {
        same_port,
        options: Vec::new(),
    })
}

fn replay(scenario: &Scenario) -> (Trace, Analysis) {
    let trace = Stage::new().replay(scenario);
    let analysis = analyse(&trace);
    (trace, analysis)
}

/// What each recv returned: a number of bytes, or `None` for the end of the stream.
fn returned(trace: &Trace, side: Side) -> Vec<Option<u32>> {
    trace.parts[0]
        .calls
        .iter()
        .filter(|call| call.side == side)
        .filter_map(|call| match call.op {
            Op::Data(DataOp::Recv {
                got: Got::Data { bytes, .. } | Got::Peeked { bytes },
                ..
            }) => Some(Some(bytes)),
            Op::Data(DataOp::Recv { got: Got::End, .. }) => Some(None),
            _ => None,
        })
        .collect()
}

/// The port of the connection.
fn connected_to(trace: &Trace) -> u16 {
    let mut calls = trace.parts[0].calls.iter();
    let port = calls.find_map(|call| match call.op {
        Op::Socket(SocketOp::Connect { port, .. }) => Some(port),
        _ => None,
    });
    port.expect("a connection")
}

fn two_sends_and_a_late_reader(transport: Transport) -> Scenario {
    scenario(
        transport,
        vec![send("下了一天的雨"), send("适合发呆")],
        vec![queued(30), recv(1024), recv(1024)],
    )
}

#[test]
fn two_sends_arrive_as_one_recv_and_were_merged_in_the_receive_queue() {
    let (trace, analysis) = replay(&two_sends_and_a_late_reader(Transport::Tcp));
    assert_eq!(trace.parts[0].stop, None);
    assert_eq!(returned(&trace, Side::Client), [Some(30), None]);
    let flow = &analysis.parts[0].flows[0];
    assert_eq!(flow.boundaries.len(), 1);
    assert_eq!(flow.boundaries[0].at, 18);
    let place = cfg!(target_os = "linux").then_some(Place::InReceiveQueue);
    assert_eq!(
        flow.boundaries[0].fate,
        BoundaryFate::Coalesced { recv: 0, place }
    );
    assert!(
        flow.messages
            .iter()
            .all(|message| message.fate == MessageFate::Coalesced)
    );
    assert_eq!(
        trace.parts[0].flows[0].received,
        "下了一天的雨适合发呆".as_bytes()
    );
}

#[test]
fn datagrams_keep_their_boundary() {
    for transport in [Transport::Udp, Transport::UnixSeqpacket] {
        let case = scenario(
            transport,
            vec![recv(1024), recv(1024)],
            vec![send("下了一天的雨"), send("适合发呆")],
        );
        let (trace, analysis) = replay(&case);
        assert_eq!(trace.parts[0].stop, None, "{transport:?}");
        assert_eq!(
            returned(&trace, Side::Server),
            [Some(18), Some(12)],
            "{transport:?}"
        );
        let flow = &analysis.parts[0].flows[1];
        assert_eq!(flow.boundaries[0].fate, BoundaryFate::Kept, "{transport:?}");
    }
}

#[test]
fn other_byte_streams_lose_it_too() {
    for transport in [Transport::UnixStream, Transport::Pipe] {
        let (trace, _) = replay(&two_sends_and_a_late_reader(transport));
        assert_eq!(trace.parts[0].stop, None, "{transport:?}");
        assert_eq!(
            returned(&trace, Side::Client),
            [Some(30), None],
            "{transport:?}"
        );
    }
}

#[test]
fn a_wait_that_cannot_end_well_says_who_waited_for_what() {
    // The server stays without a wait of its own, so only one deadline can pass, and it covers no
    // accept and no connect.
    let longer_than_the_deadline = Action::Script(ScriptStep::Pause(Duration::from_secs(20)));
    let mut case = scenario(
        Transport::UnixStream,
        vec![send("适合发呆"), longer_than_the_deadline],
        vec![queued(13)],
    );
    case.parts[0].deadline = Duration::from_secs(2);
    let (trace, _) = replay(&case);
    let stop = trace.parts[0].stop.clone().expect("a stop");
    assert_eq!((stop.side, stop.step), (Side::Client, Some(StepId(0))));
    let late = StopReason::Deadline {
        waited_for: "wait = { queued = 13 }".to_owned(),
        there: Some(12),
        milliseconds: 2000,
    };
    assert_eq!(stop.reason, late);
    assert_eq!(stop.other_last.as_deref(), Some("send = \"适合发呆\""));
}

#[test]
fn an_end_that_comes_too_early_ends_a_wait_at_once() {
    let case = scenario(Transport::Tcp, vec![send("适合发呆")], vec![queued(13)]);
    let (trace, _) = replay(&case);
    let stop = trace.parts[0].stop.clone().expect("a stop");
    assert_eq!(stop.side, Side::Client);
    assert_eq!(stop.other_last.as_deref(), Some("send = \"适合发呆\""));
    assert_eq!(
        stop.reason,
        StopReason::Impossible {
            waited_for: "wait = { queued = 13 }".to_owned(),
            there: Some(12)
        }
    );
}

#[test]
fn a_side_that_gives_up_wakes_the_other_wherever_it_is() {
    let blocked = [
        (Transport::Tcp, Action::Open(Opening::Accept)),
        (Transport::Tcp, recv(1)),
        (Transport::Tcp, reached("never")),
        (Transport::Udp, recv(1)),
        (Transport::Udp, queued(1)),
        (Transport::Pipe, recv(1)),
        (Transport::UnixStream, queued(1)),
    ];
    for (transport, wait) in blocked {
        let words = format!("{transport:?} {wait}");
        let (mut server, mut client) = (vec![wait.clone()], Vec::new());
        let accepts = matches!(wait, Action::Open(Opening::Accept));
        if accepts {
            let listening = Action::Script(ScriptStep::Reach("listening".to_owned()));
            server = vec![bind(false), Action::Open(Opening::Listen), listening, wait];
            client = vec![reached("listening")];
        }
        let mut case = scenario(transport, server, client);
        let part = &mut case.parts[0];
        // Longer than any test may take: only being woken can end it.
        part.deadline = Duration::from_secs(600);
        // A step that is expected to fail and does not ends its side.
        part.client.steps.push(Step {
            action: Action::Script(ScriptStep::Reach("somewhere".to_owned())),
            fails: Some(Fault::System(SystemFault::AddrInUse)),
            on: None,
            within: None,
        });
        if accepts {
            // Never reached; it only keeps the connection from being implied.
            part.client.steps.push(step(Action::Open(Opening::Connect)));
        }
        let (trace, _) = replay(&case);
        let stop = trace.parts[0].stop.clone().expect(&words);
        assert_eq!(stop.side, Side::Client, "{words}: {stop:?}");
        assert!(
            matches!(stop.reason, StopReason::NoFault { .. }),
            "{words}: {stop:?}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_side_that_drops_what_arrives_is_woken_too() {
    for transport in [Transport::Tcp, Transport::Udp] {
        let armed = Action::Script(ScriptStep::Reach("armed".to_owned()));
        let server = vec![
            Action::Socket(SocketStep::DropArriving(true)),
            armed,
            recv(1),
        ];
        let mut case = scenario(transport, server, vec![reached("armed"), send("hello")]);
        let part = &mut case.parts[0];
        // Longer than any test may take: only being woken can end it.
        part.deadline = Duration::from_secs(600);
        part.client.steps.push(Step {
            action: Action::Script(ScriptStep::Reach("somewhere".to_owned())),
            fails: Some(Fault::System(SystemFault::AddrInUse)),
            on: None,
            within: None,
        });
        let (trace, _) = replay(&case);
        let words = format!("{transport:?}");
        let stop = trace.parts[0].stop.clone().expect(&words);
        assert_eq!(stop.side, Side::Client, "{words}: {stop:?}");
    }
}

#[test]
fn a_stranger_is_turned_away() {
    let case = scenario(Transport::Tcp, vec![recv(1024)], vec![send("适合发呆")]);
    let mut stage = Stage::new();
    let port = connected_to(&stage.replay(&case));
    // The stage keeps this listener, so the stranger is first in its queue.
    let stranger = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("a listener");
    let trace = stage.replay(&case);
    assert_eq!(trace.parts[0].stop, None);
    assert_eq!(returned(&trace, Side::Server), [Some(12)]);
    drop(stranger);
}

#[cfg(target_os = "linux")]
#[test]
fn strangers_do_not_prolong_an_accept() {
    let mut case = scenario(Transport::Tcp, vec![recv(1)], vec![send("x")]);
    let mut stage = Stage::new();
    let port = connected_to(&stage.replay(&case));
    let stranger = |()| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("a listener");
    let strangers = [(); 3].map(stranger);
    // Over when the first of them was rejected.
    case.parts[0].deadline = Duration::from_nanos(1);
    stage.replay(&case);
    let ends = strangers.map(|mut stranger| stranger.read(&mut [0]).ok());
    // The listener was closed while the others still waited.
    assert_eq!(ends, [Some(0), None, None]);
}

/// Linux counts a FIN among the retransmitted segments, but not among those with data.
#[cfg(target_os = "linux")]
#[test]
fn a_fin_sent_again_is_no_data_segment() {
    let reach = |point: &str| Action::Script(ScriptStep::Reach(point.to_owned()));
    let mut case = scenario(
        Transport::Tcp,
        vec![
            reached("ready"),
            send("hello"),
            Action::Script(ScriptStep::Wait(Condition::Acknowledged)),
            reach("sent"),
            reached("armed"),
            Action::Socket(SocketStep::HalfClose),
            Action::Script(ScriptStep::Wait(Condition::Retransmitted(1))),
            Action::Script(ScriptStep::Wait(Condition::Segments(1))),
            reach("again"),
        ],
        vec![
            reach("ready"),
            reached("sent"),
            Action::Socket(SocketStep::DropArriving(true)),
            reach("armed"),
            reached("again"),
            Action::Socket(SocketStep::DropArriving(false)),
            recv(10),
            recv(10),
        ],
    );
    case.parts[0].expect.get_or_insert_default().client = Receives {
        segments: Some(vec![Amount::exactly(5)]),
        segment_count: Some(Count::Exactly(1)),
        retransmitted: Some(Count::AtMost(1)),
        ..Receives::default()
    };
    let (trace, analysis) = replay(&case);
    let part = &analysis.parts[0];
    assert_eq!(trace.parts[0].stop, None);
    assert_eq!(returned(&trace, Side::Client), [Some(5), None]);
    let mut flows = trace.parts[0].flows.iter().zip(&part.flows);
    let seen = flows.find(|(flow, _)| flow.from == Side::Server);
    let wire = seen.and_then(|(_, seen)| seen.wire.as_ref());
    let counts = wire.map(|wire| (wire.count, wire.retransmitted));
    assert_eq!(counts, Some((1, 0)));
    assert_eq!(part.differences, []);

    let mut saved = Vec::new();
    json::write(&[(trace.clone(), ())], &mut saved).expect("memory takes it");
    let read = json::read(saved.as_slice()).expect("what was written");
    assert_eq!(read, [trace]);
}

#[test]
fn a_recv_never_stands_before_the_send_of_its_bytes() {
    let mut stage = Stage::new();
    let turns = |first: bool| {
        let turn = if first {
            vec![send("a"), recv(9)]
        } else {
            vec![recv(9), send("bc")]
        };
        vec![Action::Repeat {
            times: NonZeroU32::new(50).expect("not 0"),
            steps: turn.into_iter().map(step).collect(),
        }]
    };
    for transport in Transport::ALL {
        for _ in 0..20 {
            let trace = stage.replay(&scenario(transport, turns(false), turns(true)));
            let part = &trace.parts[0];
            assert_eq!(part.stop, None, "{transport:?}");
            let mut sent = [0_u64; 2];
            for call in &part.calls {
                match call.op {
                    Op::Data(DataOp::Send { flow, taken, .. }) => {
                        sent[usize::from(flow)] += u64::from(taken);
                    }
                    Op::Data(DataOp::Recv {
                        flow,
                        offset,
                        got: Got::Data { bytes, .. },
                        ..
                    }) => {
                        let end = offset + u64::from(bytes);
                        assert!(end <= sent[usize::from(flow)], "{transport:?}");
                    }
                    _ => {}
                }
            }
            assert_eq!(sent, [100, 50], "{transport:?}");
        }
    }
}

#[test]
fn a_port_just_used_is_refused_without_the_option_and_granted_with_it() {
    for reuse in [false, true] {
        let mut case = scenario(
            Transport::Tcp,
            vec![
                bind(false),
                Action::Open(Opening::Listen),
                Action::Open(Opening::Accept),
                Action::Socket(SocketStep::Close(SocketPart::Connection)),
                Action::Socket(SocketStep::Close(SocketPart::Listener)),
                reached("closed"),
            ],
            vec![
                recv(1024),
                Action::Socket(SocketStep::Close(SocketPart::Connection)),
                Action::Script(ScriptStep::Reach("closed".to_owned())),
            ],
        );
        let part = &mut case.parts[0];
        part.server.options = vec![SocketOption::ReuseAddress(reuse)];
        part.server.steps.push(Step {
            action: bind(true),
            fails: (!reuse).then_some(Fault::System(SystemFault::AddrInUse)),
            on: None,
            within: None,
        });
        let (trace, analysis) = replay(&case);
        assert_eq!(trace.parts[0].stop, None, "reuse {reuse}");
        assert_eq!(analysis.parts[0].held.len(), usize::from(!reuse));
    }
}

#[test]
fn a_script_that_talks_before_it_is_connected_ends_with_a_fault() {
    for early in [
        send("x"),
        recv(1),
        queued(1),
        Action::Socket(SocketStep::HalfClose),
        Action::Socket(SocketStep::DropArriving(true)),
    ] {
        let words = early.to_string();
        let case = scenario(
            Transport::Tcp,
            vec![early, bind(false)],
            vec![reached("never")],
        );
        let (trace, _) = replay(&case);
        let stop = trace.parts[0].stop.clone().expect(&words);
        assert_eq!(stop.side, Side::Server, "{words}");
        assert!(
            matches!(
                stop.reason,
                StopReason::Fault {
                    fault: Fault::System(SystemFault::NotConnected),
                    ..
                }
            ),
            "{words}: {stop:?}"
        );
    }
}

#[test]
fn what_ends_taking_what_is_there_is_no_statement_of_the_file() {
    let mut scenario = scenario(
        Transport::Tcp,
        vec![
            Action::Script(ScriptStep::Reach("connected".to_owned())),
            reached("looked"),
        ],
        vec![
            reached("connected"),
            Action::Receive(Receiving::Available { at_most: 10 }),
            Action::Receive(Receiving::Available { at_most: 10 }),
            Action::Script(ScriptStep::Reach("looked".to_owned())),
        ],
    );
    let expect = scenario.parts[0].expect.get_or_insert_default();
    expect.client.total = Some(Amount::exactly(0));
    let (trace, analysis) = replay(&scenario);
    let part = &trace.parts[0];
    let ordinary = part.calls.iter().filter(|call| call.ordinary);
    assert!(ordinary.clone().all(|call| call.fault == call.expects));
    assert_eq!(ordinary.count(), 2);
    assert_eq!(analysis.parts[0].held.len(), 1, "the total alone");
}

#[test]
fn bytes_that_were_never_sent_are_a_difference_whatever_is_expected() {
    let case = scenario(Transport::Tcp, vec![send("适合发呆")], vec![recv(12)]);
    let (mut trace, analysis) = replay(&case);
    assert!(analysis.as_expected());
    trace.parts[0].flows[0].received[3] ^= 1;
    assert!(!analyse(&trace).as_expected());
}

#[test]
fn what_is_stated_is_judged() {
    let mut case = scenario(
        Transport::Tcp,
        vec![send("下了一天的雨"), send("适合发呆")],
        vec![queued(30), recv(1024)],
    );
    let mut state = |bytes: u64, text: &str| {
        case.parts[0].expect.get_or_insert_default().client = Receives {
            recv: Some(vec![Returned::Data {
                bytes: Amount::exactly(bytes),
                content: Some(Payload::Text(text.to_owned())),
            }]),
            ..Receives::default()
        };
        replay(&case).1.as_expected()
    };
    assert!(state(30, "下了一天的雨适合发呆"));
    assert!(!state(29, "下了一天的雨适合发呆"));
    assert!(!state(30, "适合发呆下了一天的雨"));
}

/// A step that ends 30 ms after the part's first send.
fn ends_late(within: &str) -> Scenario {
    let file = format!(
        r#"about = "tcp协议"
about-time = true
[title]
en = "Made for a test"
zh = "为测试而写"
[lesson]
en = "Nothing."
zh = "无。"
[server]
steps = [{{ send = "rain" }}, {{ pause = "30ms", within = "{within}" }}]
[client]
steps = [{{ recv-exact = 4 }}]
[expect.client]
recv = [{{ text = "RAIN" }}]
"#
    );
    read("test/stalled", "stalled.toml", file.as_bytes()).expect("it is right")
}

#[test]
fn what_a_timer_outran_is_neither_held_nor_failed() {
    let (trace, analysis) = replay(&ends_late("30ms"));
    let stop = trace.parts[0].stop.as_ref().expect("it was outrun");
    let StopReason::Stalled {
        step,
        milliseconds: 30..,
        timer: 30,
    } = &stop.reason
    else {
        panic!("{stop:?}");
    };
    assert_eq!(
        (stop.side, step.as_str()),
        (Side::Server, "pause = \"30ms\"")
    );
    assert!(analysis.as_expected() && analysis.is_stalled());
    let part = &analysis.parts[0];
    assert_eq!((part.held.len(), part.skipped.len()), (0, 1), "{part:?}");
    assert_eq!(outcome(&analysis), Outcome::NotCheckedHere);
}

#[test]
fn what_no_timer_outran_is_judged() {
    let (_, analysis) = replay(&ends_late("60s"));
    assert!(!analysis.is_stalled() && !analysis.as_expected());
}

/// Ports, threads or descriptors would run out after 28,000 cases if each left some behind.
#[test]
#[ignore = "takes some seconds: run by .ci/run"]
fn thirty_thousand_replays_in_one_process() {
    let case = two_sends_and_a_late_reader(Transport::Tcp);
    let mut stage = Stage::new();
    for number in 0..30_000 {
        let trace = stage.replay(&case);
        assert_eq!(trace.parts[0].stop, None, "replay {number}");
        assert_eq!(
            returned(&trace, Side::Client),
            [Some(30), None],
            "replay {number}"
        );
    }
}

/// Every send of a side: the bytes passed to it and the bytes it took.
fn sends(trace: &Trace, side: Side) -> Vec<(u32, u32)> {
    let calls = trace.parts[0].calls.iter().filter(|call| call.side == side);
    calls
        .filter_map(|call| match call.op {
            Op::Data(DataOp::Send { asked, taken, .. }) => Some((asked, taken)),
            _ => None,
        })
        .collect()
}

/// More than any socket buffer takes.
fn much() -> SendStep {
    SendStep {
        payload: Payload::Random {
            bytes: 30_000_000,
            seed: 7,
        },
        framing: None,
        role: SendRole::Message,
        pieces: None,
        more: false,
        nonblocking: false,
        end_of_record: false,
    }
}

fn set(option: SocketOption) -> Action {
    Action::Socket(SocketStep::Set(option))
}

#[test]
fn an_option_set_on_the_listener_does_not_reach_the_next_case() {
    // This many bytes can wait only if the receive buffer has its default size.
    let plain = scenario(
        Transport::Tcp,
        vec![queued(30_000), recv(30_000)],
        vec![send(&"x".repeat(30_000))],
    );
    let mut stage = Stage::new();
    let first = stage.replay(&plain);
    // An option set after the close of the connection is set on the listener.
    let sets = scenario(
        Transport::Tcp,
        vec![
            Action::Socket(SocketStep::Close(SocketPart::Connection)),
            set(SocketOption::ReceiveBuffer(2000)),
        ],
        vec![recv(1)],
    );
    let setting = stage.replay(&sets);
    let after = stage.replay(&plain);
    for trace in [&first, &setting, &after] {
        assert!(trace.parts[0].stop.is_none() || cfg!(not(target_os = "linux")));
    }
    assert_eq!(connected_to(&first), connected_to(&setting), "kept");
    assert_eq!(returned(&after, Side::Server), [Some(30_000)]);
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_follows_a_piece_that_was_cut_short() {
    let mut case = scenario(
        Transport::Tcp,
        vec![
            Action::Send(SendStep {
                pieces: NonZeroU32::new(10_000_000),
                nonblocking: true,
                ..much()
            }),
            Action::Script(ScriptStep::Reach("sent".to_owned())),
        ],
        vec![
            reached("sent"),
            Action::Receive(Receiving::UntilEnd { at_most: 1 << 20 }),
        ],
    );
    case.parts[0].server.options = vec![SocketOption::SendBuffer(5000)];
    case.parts[0].client.options = vec![SocketOption::ReceiveBuffer(4000)];
    let (trace, _) = replay(&case);
    assert_eq!(trace.parts[0].stop, None);
    let [(10_000_000, taken)] = sends(&trace, Side::Server)[..] else {
        panic!("{:?}", sends(&trace, Side::Server));
    };
    assert!(taken < 10_000_000);
    let payload = much().payload.bytes().expect("a payload").into_owned();
    let received = &trace.parts[0].flows[0].received;
    assert_eq!(received.len(), taken as usize);
    assert!(payload.starts_with(received), "a prefix, without a hole");
}

#[test]
fn a_send_cut_short_before_the_deadline_is_no_deadline() {
    // Because of its own limit.
    let limited = scenario(
        Transport::Tcp,
        vec![
            set(SocketOption::SendTimeout(50)),
            Action::Send(much()),
            Action::Script(ScriptStep::Reach("sent".to_owned())),
        ],
        vec![
            reached("sent"),
            Action::Receive(Receiving::UntilEnd { at_most: 1 << 20 }),
        ],
    );
    // Because of a reset, as the other side closes with unread bytes.
    let reset = scenario(
        Transport::Tcp,
        vec![Action::Send(much())],
        vec![
            queued(10_000),
            recv(1),
            Action::Socket(SocketStep::Close(SocketPart::Connection)),
        ],
    );
    for mut case in [limited, reset] {
        case.parts[0].deadline = Duration::from_secs(600);
        let (trace, _) = replay(&case);
        assert_eq!(trace.parts[0].stop, None);
        let [(asked, taken)] = sends(&trace, Side::Server)[..] else {
            panic!("{:?}", sends(&trace, Side::Server));
        };
        assert!(0 < taken && taken < asked, "{taken} of {asked}");
    }
}

#[test]
fn a_send_that_waits_until_the_deadline_says_so() {
    let longer_than_the_deadline = Action::Script(ScriptStep::Pause(Duration::from_secs(20)));
    for transport in [Transport::UnixStream, Transport::Pipe] {
        let server = vec![Action::Send(much())];
        let mut case = scenario(transport, server, vec![longer_than_the_deadline.clone()]);
        case.parts[0].deadline = Duration::from_millis(100);
        let (trace, _) = replay(&case);
        let [(_, taken)] = sends(&trace, Side::Server)[..] else {
            panic!("{:?}", sends(&trace, Side::Server));
        };
        let reason = StopReason::Deadline {
            waited_for: Action::Send(much()).to_string(),
            there: Some(u64::from(taken)),
            milliseconds: 100,
        };
        assert_eq!(trace.parts[0].stop.clone().expect("a stop").reason, reason);
    }
}

#[test]
fn a_time_set_by_an_option_ends_by_the_deadline_of_the_stage() {
    let case = scenario(
        Transport::Tcp,
        vec![
            set(SocketOption::Linger(20)),
            set(SocketOption::Linger(0)),
            set(SocketOption::SendTimeout(20_000)),
            set(SocketOption::SendTimeout(1)),
        ],
        vec![],
    );
    let trace = Stage::with_deadline(Some(Duration::from_millis(1500))).replay(&case);
    assert_eq!(trace.parts[0].stop, None);
    let calls = trace.parts[0].calls.iter();
    let were: Vec<_> = calls
        .filter_map(|call| match call.op {
            Op::Socket(SocketOp::Set(option)) => Some(option),
            _ => None,
        })
        .collect();
    // Linger counts whole seconds.
    let wanted = [
        SocketOption::Linger(2),
        SocketOption::Linger(0),
        SocketOption::SendTimeout(1500),
        SocketOption::SendTimeout(1),
    ];
    assert_eq!(were, wanted);
}

/// `run` and `report` show the same of a frame as `decode` and `shake`.
#[test]
fn a_replay_and_the_laboratory_say_the_same_of_every_frame() {
    const CAP: u32 = 1024;
    for framing in Framing::every() {
        if !framing.keeps_boundaries() {
            continue;
        }
        let texts: &[&str] = match framing.to_string().as_str() {
            "fixed-18" => &["eighteen bytes, a!", "eighteen bytes, b!"],
            "line-escaped" => &["a\nb", "plain", "\\\\"],
            _ => &["plain", "b,:c"],
        };
        let sends = texts.iter().map(|text| match send(text) {
            Action::Send(step) => Action::Send(SendStep {
                framing: Some(framing),
                ..step
            }),
            other => other,
        });
        let decode = Action::Receive(Receiving::Decode {
            framing,
            messages: None,
            cap: CAP,
        });
        let scenario = scenario(Transport::Tcp, sends.collect(), vec![decode]);
        let trace = Stage::new().replay(&scenario);
        assert!(trace.parts[0].stop.is_none(), "{framing}: {trace:?}");

        let messages: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
        let stream = Stream::new(framing, &messages);
        let shaken: Vec<_> = stream.frames.iter().map(|frame| frame.place).collect();
        assert_eq!(shaken.len(), texts.len(), "{framing}");
        let dissection = dissect(&stream.bytes, framing, CAP as usize, texts.len());
        assert_eq!(dissection.front, shaken, "{framing}");

        let (mut sent, mut decoded) = (Vec::new(), Vec::new());
        for call in &trace.parts[0].calls {
            match &call.op {
                Op::Data(DataOp::Send { offset, header, .. }) => {
                    sent.push((*offset, u32::from(*header)));
                }
                Op::Data(DataOp::Decoded {
                    offset,
                    header,
                    payload,
                    trailer,
                    ..
                }) => decoded.push((*offset, [*header, *payload, *trailer])),
                _ => {}
            }
        }
        let number = |count: usize| u32::try_from(count).unwrap();
        let wanted: Vec<_> = shaken
            .iter()
            .map(|place| {
                let parts = place.parts;
                let parts = [parts.header, parts.body, parts.trailer];
                (place.start as u64, parts.map(number))
            })
            .collect();
        assert_eq!(decoded, wanted, "{framing}");
        let wanted: Vec<_> = wanted
            .iter()
            .map(|&(start, parts)| (start, parts[0]))
            .collect();
        assert_eq!(sent, wanted, "{framing}");
    }
}
