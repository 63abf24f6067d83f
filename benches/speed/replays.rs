//! Measures replays in this process: one against the bare calls in one thread, with both threads on
//! one core and on any; and thirty thousand in a row, none of which may fail, nor the last be slow.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use sticky_packet::analysis;
use sticky_packet::replay::Stage;
use sticky_packet::scenario::{Scenario, catalogue};

use crate::run::{Run, in_turn, time};
use crate::table::Bar;

/// The number of replays timed together.
const BATCH: usize = 100;
/// The number of replays in a row that must succeed.
const MANY: usize = 30_000;
/// The number of them that are compared at each end.
const ENDS: usize = 1_000;

fn case() -> Scenario {
    let name = "sticky/back-to-back".to_owned();
    let mut cases = catalogue::select(&[name]).expect("a case of the catalogue");
    cases.remove(0)
}

fn replays(stage: &mut Stage, case: &Scenario) {
    for _ in 0..BATCH {
        assert_eq!(stage.replay(case).parts[0].stop, None);
    }
}

/// The system calls of the case, without threads, waits or a record.
fn bare(listener: &TcpListener) {
    for _ in 0..BATCH {
        let address = listener.local_addr().expect("bound");
        let mut client = TcpStream::connect(address).expect("connected");
        let (mut server, _) = listener.accept().expect("accepted");
        server.write_all("下了一天的雨".as_bytes()).expect("sent");
        server.write_all("适合发呆".as_bytes()).expect("sent");
        drop(server);
        let mut buffer = [0; 1024];
        assert_eq!(client.read(&mut buffer).expect("received"), 30);
        assert_eq!(client.read(&mut buffer).expect("received"), 0);
    }
}

/// The time of a replay, as a multiple of the time of the bare calls.
fn against_bare(rounds: usize) -> f64 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
    let (mut stage, case) = (Stage::new(), case());
    let replays = || replays(&mut stage, &case);
    1.0 / in_turn(rounds, replays, || bare(&listener))
}

/// Does `work` with this thread, and those it starts, on one core.
#[cfg(target_os = "linux")]
fn on_one_core<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    let reason = |error: rustix::io::Errno| error.to_string();
    let all = sched_getaffinity(None).map_err(reason)?;
    let first = (0..CpuSet::MAX_CPU)
        .find(|&core| all.is_set(core))
        .unwrap_or(0);
    let mut one = CpuSet::new();
    one.set(first);
    sched_setaffinity(None, &one).map_err(reason)?;
    let done = work();
    sched_setaffinity(None, &all).map_err(reason)?;
    Ok(done)
}

#[cfg(not(target_os = "linux"))]
fn on_one_core<T>(_: impl FnOnce() -> T) -> Result<T, String> {
    Err("no pinning here".to_owned())
}

/// The time of the last replays of many, as a multiple of the time of the first.
fn last_against_first() -> Result<f64, String> {
    let (mut stage, case) = (Stage::new(), case());
    let mut failed = 0;
    let mut times = Vec::with_capacity(MANY);
    for _ in 0..MANY {
        let mut trace = None;
        times.push(time(|| trace = Some(stage.replay(&case))));
        let as_expected = trace.is_some_and(|trace| analysis::analyse(&trace).as_expected());
        failed += usize::from(!as_expected);
    }
    if failed > 0 {
        return Err(format!("{failed} of {MANY} failed"));
    }
    let median = |times: &mut [Duration]| {
        times.sort_unstable();
        times[times.len() / 2].as_secs_f64()
    };
    let first = median(&mut times[..ENDS]);
    Ok(median(&mut times[MANY - ENDS..]) / first)
}

pub(crate) fn measure(run: &mut Run) {
    if !run.wants("replays") {
        return;
    }
    let rounds = run.rounds(60);
    let (what, peer) = (
        "a replay of sticky/back-to-back",
        "the bare calls in one thread",
    );
    let pinned = on_one_core(|| against_bare(rounds));
    let free = against_bare(rounds);
    let last = last_against_first();
    let on_one = format!("{what}, both threads on one core");
    run.table.add(&on_one, peer, Bar::TimesTheTime(2.0), pinned);
    run.table.add(
        &format!("{what}, free"),
        peer,
        Bar::TimesTheTime(5.0),
        Ok(free),
    );
    run.table.add(
        "30,000 replays, none failed, the last 1,000",
        "the first 1,000",
        Bar::TimesTheTime(1.2),
        last,
    );
}
