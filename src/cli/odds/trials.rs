//! The trials themselves, one after another on one stage, and what goes on meanwhile.
//!
//! Promises: the threads that make load end with the trials, however those end;
//! progress is told only on a terminal, only behind the first second, and is gone
//! when the trials are.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::analysis;
use crate::cli::terminal::Terminal;
use crate::render::odds::Point;
use crate::replay::Stage;
use crate::scenario::odds::{EagerSends, Trial};
use crate::trace::{Environment, Stop, Trace};

/// How long nothing is said.
const QUIET: Duration = Duration::from_secs(1);
/// How often something is said then.
const BETWEEN: Duration = Duration::from_millis(200);

/// How to perform.
#[derive(Clone, Copy, Debug)]
pub(super) struct Conditions {
    /// Whether to keep every core busy.
    pub(super) busy: bool,
    /// The deadline of every wait, instead of the scenario's own.
    pub(super) deadline: Option<Duration>,
}

/// What all trials came to.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub(super) points: Vec<Point>,
    /// The sizes of the messages, in bytes.
    pub(super) messages: Vec<u64>,
    pub(super) environment: Option<Environment>,
    pub(super) busy_threads: usize,
    /// Why the first trial that ended early did.
    pub(super) first_stop: Option<Stop>,
}

/// Performs every trial of `plan`.
pub(super) fn perform(
    sends: &EagerSends,
    points: &[Duration],
    plan: &[Trial],
    conditions: Conditions,
    terminal: Terminal,
) -> Done {
    let mut done = Done {
        points: points.iter().map(|&gap| Point::new(gap)).collect(),
        ..Done::default()
    };
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        // Dropped when the trials are through, also by a panic; the scope waits for it.
        let _end = EndLoad(&over);
        if conditions.busy {
            let cores = thread::available_parallelism().map_or(1, usize::from);
            let started = (0..cores).filter(|_| {
                let load = thread::Builder::new().name("load".to_owned());
                load.spawn_scoped(scope, || spin(&over)).is_ok()
            });
            done.busy_threads = started.count();
        }
        let mut stage = Stage::with_deadline(conditions.deadline);
        let mut progress = Progress::new(terminal, plan.len());
        for (index, trial) in plan.iter().enumerate() {
            let trace = stage.replay(&sends.with_gap(trial.gap));
            done.take(sends, *trial, trace);
            progress.tell(index + 1);
        }
    });
    done
}

impl Done {
    fn take(&mut self, sends: &EagerSends, trial: Trial, trace: Trace) {
        if let Some(point) = self.points.get_mut(trial.point) {
            point.planned(trial.gap);
            point.tally.add(analysis::odds::observe(&trace, sends.from));
        }
        if self.messages.is_empty() {
            self.messages = analysis::odds::sizes(&trace, sends.from);
        }
        if self.first_stop.is_none() {
            self.first_stop = trace.parts.into_iter().find_map(|part| part.stop);
        }
        self.environment.get_or_insert(trace.environment);
    }
}

/// Says that the trials are over.
struct EndLoad<'a>(&'a AtomicBool);

impl Drop for EndLoad<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn spin(over: &AtomicBool) {
    while !over.load(Ordering::Relaxed) {
        std::hint::spin_loop();
    }
}

/// How far the trials are, on a terminal.
struct Progress {
    terminal: Terminal,
    all: usize,
    next: Option<Instant>,
    /// The columns of what stands there.
    written: usize,
}

impl Progress {
    fn new(terminal: Terminal, all: usize) -> Self {
        let shown = !terminal.quiet && io::stderr().is_terminal();
        Self {
            terminal,
            all,
            next: shown.then(|| Instant::now() + QUIET),
            written: 0,
        }
    }

    fn tell(&mut self, through: usize) {
        let now = Instant::now();
        if self.next.is_none_or(|next| now < next) {
            return;
        }
        self.next = Some(now + BETWEEN);
        let all = self.all;
        let text = self.terminal.language.pick(
            format!("trial {through} of {all}"),
            format!("第 {through} 次，共 {all} 次"),
        );
        self.written = crate::render::escape::width(&text);
        Self::say(&text);
    }

    /// That nobody can see it is no error.
    fn say(text: &str) {
        let mut stream = io::stderr().lock();
        let _ = write!(stream, "\r{text}").and_then(|()| stream.flush());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.written > 0 {
            Self::say(&format!("{}\r", " ".repeat(self.written)));
        }
    }
}
