//! Compares the segments derived from `TCP_INFO` with a packet capture of the same replay: the same
//! segments and the same sizes, for every TCP scenario, and on a loopback that loses some.
#![cfg(target_os = "linux")]

use std::net::{Ipv4Addr, SocketAddrV4};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use sticky_packet::analysis::{BoundaryFate, FlowAnalysis, Skipped, Wire, analyse_part};
use sticky_packet::kernel::capture::{Capture, Frame, Segment, segments};
use sticky_packet::replay::Stage;
use sticky_packet::scenario::read::read;
use sticky_packet::scenario::{Part, Place, Scenario, Side, Transport, catalogue};
use sticky_packet::trace::{Flow, Op, PartTrace, SocketOp, Trace};

#[test]
#[ignore = "needs CAP_NET_RAW: run by .ci/run"]
fn every_tcp_scenario_sent_the_segments_that_the_kernel_told() {
    let _alone = alone();
    let scenarios = catalogue::all().expect("the catalogue loads");
    let mut capture = Capture::open().expect("CAP_NET_RAW");
    let (mut flows, mut exact) = (0, 0);
    for scenario in &scenarios {
        // Each has its own stage, so that no two connections have the same ports.
        let trace = Stage::new().replay(scenario);
        let frames = capture.take().expect("a capture");
        assert_eq!(capture.lost().expect("a capture"), 0, "packets were missed");
        let parts = trace.parts.iter().enumerate();
        for (number, part) in parts.filter(|(_, part)| part.transport == Transport::Tcp) {
            assert_eq!(part.stop, None, "{}", scenario.name);
            let analysis = analyse_part(part);
            for (index, flow) in analysis.flows.iter().enumerate() {
                let Some(wire) = &flow.wire else { continue };
                let name = format!("{} flow {index}", scenario.name);
                let captured = captured(&trace.parts[..=number], index, &frames).expect(&name);
                flows += 1;
                exact += compare(&name, wire, &captured);
            }
        }
    }
    assert!(flows > 0 && exact > 0, "nothing was compared");
    println!("{flows} flows compared, {exact} segments with their exact range");
}

/// One capture at a time, because each also sees what the other's replay sends.
fn alone() -> MutexGuard<'static, ()> {
    static CAPTURES: Mutex<()> = Mutex::new(());
    CAPTURES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Linux joins unacknowledged segments when it retransmits them: 18 and 12 bytes left, and one
/// segment of 30 arrived. So the boundary must not be reported as lost in the receive queue.
#[test]
#[ignore = "needs CAP_NET_RAW: run by .ci/run"]
fn segments_joined_when_sent_again_leave_the_place_unknown() {
    const SCENARIO: &str = r#"
about = "tcp协议 · 稳定传输不丢包"
about-time = true
[title]
en = "Joined when sent again"
zh = "重传时合并"
[lesson]
en = "Nothing."
zh = "无。"
[server]
options = { no-delay = true }
steps = [
  { wait = { reached = "dropping" } },
  { send = "下了一天的雨" },
  { send = "适合发呆" },
  { wait = { segments = 2 } },
  { reach = "sent" },
  END
]
[client]
steps = [
  { drop-arriving = true },
  { reach = "dropping" },
  { wait = { reached = "sent" } },
  { pause = "50ms" },
  { drop-arriving = false },
  { wait = { queued = 30 } },
  { recv = 1024 },
]
[expect.client]
total = 30
boundaries = { 18 = "in-the-receive-queue" }
"#;
    let _alone = alone();
    let mut capture = Capture::open().expect("CAP_NET_RAW");
    // Once the sender looks until everything has arrived, and once it closes before anything has.
    for end in [r#"{ wait = "acknowledged" },"#, ""] {
        let text = SCENARIO.replace("END", end);
        let scenario = read("test/joined", "joined.toml", text.as_bytes()).expect("a scenario");
        let (trace, frames) = watched(&scenario, &mut capture);
        let part = &trace.parts[0];
        assert_eq!(part.stop, None);
        let captured = captured(&trace.parts, 0, &frames).expect("the flow");
        let joined = |segment: &Segment| segment.again && segment.bytes == (0..30);
        assert!(captured.iter().any(joined), "{captured:?}");
        let first = captured.iter().filter(|segment| !segment.again);
        let first: Vec<_> = first.map(|segment| segment.bytes.clone()).collect();
        assert_eq!(first, [0..18, 18..30]);

        let analysis = analyse_part(part);
        let fates: Vec<_> = analysis.flows[0]
            .boundaries
            .iter()
            .map(|it| it.fate)
            .collect();
        let unknown = BoundaryFate::Coalesced {
            recv: 0,
            place: None,
        };
        assert_eq!(fates, [unknown], "{end:?}");
        assert_eq!(analysis.skipped, [Skipped::Place(Side::Client)]);
        assert_eq!((analysis.held.len(), analysis.differences), (1, vec![]));
    }
}

/// A firewall drops the first two segments with data and the FIN, and both segments are
/// retransmitted as one after the sender has closed, when its kernel can no longer be asked.
#[test]
#[ignore = "needs root, nft and CAP_NET_RAW: run by .ci/run"]
fn what_a_firewall_has_sent_again_as_one_leaves_the_place_unknown() {
    const SCENARIO: &str = r#"
about = "tcp协议 · 稳定传输不丢包"
[title]
en = "Lost, and joined when sent again"
zh = "丢失，重传时合并"
[lesson]
en = "Nothing."
zh = "无。"
[server]
options = { no-delay = true }
steps = [{ send = "下了一天的雨" }, { send = "适合发呆" }]
[client]
steps = [{ wait = { queued = 30 } }, { recv = 1024 }]
[expect.client]
total = 30
boundaries = { 18 = "in-the-receive-queue" }
"#;
    // With headers 70, 62 and, for the FIN, 52 bytes; and the FIN again as a tail loss probe (RFC
    // 8985). If that arrived, the receiver would ask for the others one by one.
    if !inside(
        "tcp flags & (psh | fin) != 0 quota until 250 bytes drop",
        "what_a_firewall_has_sent_again_as_one_leaves_the_place_unknown",
    ) {
        return;
    }
    let scenario = read("test/joined", "joined.toml", SCENARIO.as_bytes()).expect("a scenario");
    let mut capture = Capture::open().expect("CAP_NET_RAW");
    let (trace, frames) = watched(&scenario, &mut capture);
    let captured = captured(&trace.parts, 0, &frames).expect("the flow");
    let joined = |segment: &Segment| segment.again && segment.bytes == (0..30);
    assert!(captured.iter().any(joined), "{captured:?}");
    let analysis = analyse_part(&trace.parts[0]);
    assert_eq!(analysis.skipped, [Skipped::Place(Side::Client)]);
    assert_eq!((analysis.held.len(), analysis.differences), (1, vec![]));
}

/// A firewall drops three segments in ten on loopback. Whatever is still reported about where a
/// boundary was lost, or about retransmissions, agrees with a capture of the same replay.
#[test]
#[ignore = "needs root, nft and CAP_NET_RAW: run by .ci/run"]
fn where_loopback_loses_segments_nothing_is_told_that_a_capture_denies() {
    if !inside(
        "tcp flags & syn == 0 numgen random mod 10 < 3 drop",
        "where_loopback_loses_segments_nothing_is_told_that_a_capture_denies",
    ) {
        return;
    }
    let scenarios = catalogue::all().expect("the catalogue loads");
    let has_place = |part: &Part| {
        let sides = part.expect.iter().flat_map(|it| [&it.server, &it.client]);
        let mut sides = sides.filter(|it| !it.boundaries.is_empty());
        part.transport == Transport::Tcp && sides.next().is_some()
    };
    let mut capture = Capture::open().expect("CAP_NET_RAW");
    let mut seen = Seen::default();
    for scenario in scenarios.iter().filter(|it| it.parts.iter().any(has_place)) {
        let (trace, frames) = watched(scenario, &mut capture);
        assert_eq!(capture.lost().expect("a capture"), 0, "packets were missed");
        for (number, part) in trace.parts.iter().enumerate() {
            for (index, flow) in analyse_part(part).flows.iter().enumerate() {
                if let Some(captured) = captured(&trace.parts[..=number], index, &frames) {
                    seen.compare(&format!("{} flow {index}", scenario.name), flow, &captured);
                }
            }
        }
    }
    println!("{seen:?}");
    assert!(seen.told > 0 && seen.untold > 0, "nothing was compared");
    assert_eq!(seen.wrong, Vec::<String>::new());
}

/// What was reported about flows, compared with the capture.
#[derive(Debug, Default)]
struct Seen {
    /// The number of lost boundaries whose place was reported.
    told: usize,
    untold: usize,
    /// The number of flows whose retransmissions were counted.
    counted: usize,
    /// Everything that the capture contradicts.
    wrong: Vec<String>,
}

impl Seen {
    fn compare(&mut self, name: &str, flow: &FlowAnalysis, captured: &[Segment]) {
        for boundary in &flow.boundaries {
            let BoundaryFate::Coalesced { place, .. } = boundary.fate else {
                continue;
            };
            let Some(place) = place else {
                self.untold += 1;
                continue;
            };
            self.told += 1;
            let at = boundary.at;
            let spans = |it: &Segment| it.bytes.start < at && at < it.bytes.end;
            if (place == Place::BySender) != captured.iter().any(spans) {
                self.wrong
                    .push(format!("{name}: {at} {place:?}, and {captured:?}"));
            }
        }
        let Some(wire) = flow.wire.as_ref().filter(|wire| wire.settled) else {
            return;
        };
        self.counted += 1;
        let (again, told) = (
            captured.iter().filter(|it| it.again).count(),
            wire.retransmitted,
        );
        if again as u64 != told {
            self.wrong
                .push(format!("{name}: {told} sent again, and {captured:?}"));
        }
    }
}

/// Whether this process runs in a network whose firewall applies `rule` to what arrives. If not,
/// runs the test of this name in such a network, and panics if it fails.
fn inside(rule: &str, test: &str) -> bool {
    const INSIDE: &str = "STICKY_INSIDE_A_NAMESPACE";
    const SETUP: &str = r#"ip link set lo up && nft add table ip t &&
        nft 'add chain ip t i { type filter hook input priority 0; }' &&
        nft "add rule ip t i $1" && exec "$0" --ignored --exact --nocapture "$2""#;
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let program = std::env::current_exe().expect("this program");
    let status = Command::new("unshare")
        .args(["--net", "sh", "-c", SETUP])
        .args([program.as_os_str(), rule.as_ref(), test.as_ref()])
        .env(INSIDE, "1")
        .status()
        .expect("unshare(1)");
    assert!(status.success(), "{test}: {status}");
    false
}

/// A replay, and what a capture saw of it.
fn watched(scenario: &Scenario, capture: &mut Capture) -> (Trace, Vec<Frame>) {
    thread::scope(|scope| {
        let replay = scope.spawn(|| Stage::new().replay(scenario));
        // A segment that a capture still holds is not joined with another, so none may wait.
        let mut frames = Vec::new();
        while !replay.is_finished() {
            frames.extend(capture.take().expect("a capture"));
            thread::sleep(Duration::from_millis(1));
        }
        frames.extend(capture.take().expect("a capture"));
        (replay.join().expect("a trace"), frames)
    })
}

/// In `sticky/zero-window` the server announces a window of 0, and the bytes that wait for it leave
/// as one segment afterwards. If the server has read, the same sends leave one by one.
#[test]
#[ignore = "needs CAP_NET_RAW: run by .ci/run"]
fn the_window_is_closed_where_the_case_says_so() {
    let _alone = alone();
    let scenarios = catalogue::all().expect("the catalogue loads");
    let scenario = (scenarios.iter())
        .find(|scenario| scenario.name == "sticky/zero-window")
        .expect("the case");
    let mut capture = Capture::open().expect("CAP_NET_RAW");
    let trace = Stage::new().replay(scenario);
    let frames = capture.take().expect("a capture");
    assert_eq!(trace.parts.len(), 2);
    let sent = |part: usize| -> Vec<u64> {
        let client = |flow: &Flow| flow.from == Side::Client;
        let flow = trace.parts[part].flows.iter().position(client);
        let all = captured(&trace.parts[..=part], flow.expect("a flow"), &frames);
        let all = all.expect("a capture of it").into_iter();
        all.filter(|it| !it.again)
            .map(|it| it.bytes.end - it.bytes.start)
            .collect()
    };
    assert!(sent(0).ends_with(&[18, 12, 9]), "{:?}", sent(0));
    assert_eq!(sent(1).last(), Some(&991), "{:?}", sent(1));
    // A reset has a window of 0 as well; there is none here.
    assert!(frames.iter().all(|frame| !frame.rst));
    let closed = frames.iter().position(|frame| frame.window == 0);
    let joined = frames.iter().position(|frame| frame.payload == 991);
    assert!(closed.is_some() && closed < joined, "{frames:?}");
}

/// What was captured of a flow of the last part. Its connection is found by the order of the SYNs
/// to the same port.
fn captured(parts: &[PartTrace], flow: usize, frames: &[Frame]) -> Option<Vec<Segment>> {
    let last = parts.len() - 1;
    let flow = &parts[last].flows[flow];
    let connects: Vec<(u16, bool)> = parts
        .iter()
        .enumerate()
        .flat_map(|(number, part)| part.calls.iter().map(move |call| (number, call)))
        .filter(|(_, call)| call.fault.is_none())
        .filter_map(|(number, call)| match call.op {
            Op::Socket(SocketOp::Connect { port, connection }) => {
                Some((port, number == last && connection == flow.connection))
            }
            _ => None,
        })
        .collect();
    let (port, _) = *connects.iter().find(|(_, is_it)| *is_it)?;
    let place = connects
        .iter()
        .filter(|(to, _)| *to == port)
        .position(|(_, is_it)| *is_it)?;
    let server = SocketAddrV4::new(Ipv4Addr::LOCALHOST, port);
    let client = frames
        .iter()
        .filter(|frame| frame.syn && frame.to == server)
        .nth(place)?
        .from;
    match flow.from {
        Side::Server => segments(frames, server, client),
        Side::Client => segments(frames, client, server),
    }
}

/// Compares run by run, and returns the number of segments whose exact range was reported.
fn compare(name: &str, wire: &Wire, captured: &[Segment]) -> usize {
    let first: Vec<&Segment> = captured.iter().filter(|segment| !segment.again).collect();
    let again = captured.len() - first.len();
    assert_eq!(wire.retransmitted, again as u64, "{name}: sent again");
    let mut exact = 0;
    for run in wire.runs.iter().filter(|run| run.segments > 0) {
        let inside: Vec<_> = first
            .iter()
            .filter(|segment| {
                run.range.start <= segment.bytes.start && segment.bytes.end <= run.range.end
            })
            .collect();
        assert_eq!(
            inside.len() as u64,
            run.segments,
            "{name}: {run:?} in {captured:?}"
        );
        let (start, end) = (inside[0].bytes.start, inside[inside.len() - 1].bytes.end);
        assert_eq!((start, end), (run.range.start, run.range.end), "{name}");
        exact += usize::from(run.segments == 1);
    }
    if wire.runs.iter().all(|run| run.segments > 0) {
        assert_eq!(wire.count, first.len() as u64, "{name}");
    }
    exact
}
