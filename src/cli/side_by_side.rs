//! Many scenarios replayed side by side, for most of their time is spent waiting
//! for the kernel's timers and for each other's threads.
//!
//! Promises: each has a stage that no other uses at the time; what came of it is
//! handed to the thread that asked, one at a time and in the order of the list.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::replay::Stage;
use crate::scenario::Scenario;

/// How many replays run at once on each processor: a replay mostly waits.
const FOR_EACH_PROCESSOR: usize = 2;

/// Does `work` on every scenario and a stage, and hands what came of it to `take`,
/// with the scenario's index, in the order of the list.
///
/// # Errors
/// The first error of `take`; what has not begun by then is left out.
pub(super) fn each<T: Send, E>(
    scenarios: &[Scenario],
    deadline: Option<Duration>,
    work: impl Fn(&mut Stage, &Scenario) -> T + Sync,
    mut take: impl FnMut(usize, T) -> Result<(), E>,
) -> Result<(), E> {
    let next = AtomicUsize::new(0);
    let worker = |done: mpsc::Sender<(usize, T)>| {
        let mut stage = Stage::with_deadline(deadline);
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(scenario) = scenarios.get(index) else {
                return;
            };
            if done.send((index, work(&mut stage, scenario))).is_err() {
                // Nobody takes any more.
                return;
            }
        }
    };
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let workers = (processors * FOR_EACH_PROCESSOR).min(scenarios.len());
    let (sender, done) = mpsc::channel();
    thread::scope(|scope| {
        let started = (0..workers).filter(|_| {
            let (worker, sender) = (&worker, sender.clone());
            let thread = thread::Builder::new().name("replays".to_owned());
            thread.spawn_scoped(scope, move || worker(sender)).is_ok()
        });
        if started.count() == 0 {
            worker(sender);
        } else {
            drop(sender);
        }
        let mut early = BTreeMap::new();
        let mut due = 0;
        for (index, came) in done {
            early.insert(index, came);
            while let Some(came) = early.remove(&due) {
                take(due, came)?;
                due += 1;
            }
        }
        Ok(())
    })
}
