//! Runs the trials of odds one after another on real sockets, with a load if one is wanted.
//!
//! Promises: every block of trials has its own stage, so its two threads are new, and the system
//! chooses their cores anew. The threads that make load end with the trials, however those end.
//! This is the only file of [`laboratory`](super::super) that replays.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::tally::{observe, sizes, told_apart};
use super::{Block, EagerSends, Point, Trial};
use crate::replay::Stage;
use crate::trace::{Environment, Stop, StopReason};

/// The conditions of the trials.
#[derive(Clone, Copy, Debug, Default)]
pub struct Conditions {
    /// Whether to keep every core busy.
    pub busy: bool,
    /// The deadline of every wait; `None` for the scenario's own.
    pub deadline: Option<Duration>,
}

/// The results of all trials.
#[derive(Debug, Default)]
pub struct Done {
    /// One point for each gap.
    pub points: Vec<Point>,
    /// The sizes of the messages, in bytes.
    pub messages: Vec<u64>,
    /// Where and when they ran; `None` before the first trial.
    pub environment: Option<Environment>,
    /// The number of threads that kept the cores busy.
    pub busy_threads: usize,
    /// The time from the start of the first trial to the end of the last.
    pub lasted: Duration,
    /// Why the first trial that ended early did so.
    pub first_stop: Option<Stop>,
}

/// Runs every trial of `plan`. After each, `progress` gets the number of trials done.
pub fn perform(
    sends: &EagerSends,
    points: &[Duration],
    plan: &[Block],
    conditions: Conditions,
    mut progress: impl FnMut(usize),
) -> Done {
    let mut done = Done {
        points: points
            .iter()
            .map(|&gap| Point::new(gap, sends.has_own_reader()))
            .collect(),
        ..Done::default()
    };
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        // Dropped when the trials are over, even after a panic; the scope waits for the load
        // threads.
        let _end = EndLoad(&over);
        if conditions.busy {
            let cores = thread::available_parallelism().map_or(1, usize::from);
            let started = (0..cores).filter(|_| {
                let load = thread::Builder::new().name("load".to_owned());
                load.spawn_scoped(scope, || spin(&over)).is_ok()
            });
            done.busy_threads = started.count();
        }
        let began = Instant::now();
        let mut through = 0;
        'trials: for (number, block) in plan.iter().enumerate() {
            thread::sleep(block.rest);
            let mut stage = Stage::with_deadline(conditions.deadline);
            for trial in &block.trials {
                done.perform(sends, number, *trial, &mut stage);
                through += 1;
                progress(through);
                if done.cannot_begin() {
                    break 'trials;
                }
            }
        }
        done.lasted = began.elapsed();
    });
    done
}

impl Done {
    /// Whether the machine lacks something that every trial needs, so that no more need be tried.
    fn cannot_begin(&self) -> bool {
        let lacks = |stop: &Stop| matches!(stop.reason, StopReason::Machine { .. });
        self.first_stop.as_ref().is_some_and(lacks)
            && self.points.iter().all(|point| point.tally.counted() == 0)
    }

    /// Replays a trial with each reader, and counts the result.
    fn perform(&mut self, sends: &EagerSends, block: usize, trial: Trial, stage: &mut Stage) {
        let trace = stage.replay(&sends.with_gap(trial.gap));
        let own = sends.with_own_reader(trial.gap);
        let own = own.map(|scenario| told_apart(&stage.replay(&scenario), sends.from));
        if let Some(point) = self.points.get_mut(trial.point) {
            point.planned(trial.gap);
            point.tally.add(block, observe(&trace, sends.from));
            if let (Some(counts), Some(own)) = (&mut point.own, own) {
                counts.add(block, own);
            }
        }
        if self.messages.is_empty() {
            self.messages = sizes(&trace, sends.from);
        }
        if self.first_stop.is_none() {
            self.first_stop = trace.parts.into_iter().find_map(|part| part.stop);
        }
        self.environment.get_or_insert(trace.environment);
    }
}

/// Ends the load when dropped.
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
