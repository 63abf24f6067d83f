//! Many scenarios replayed side by side, for most of their time is spent waiting
//! for the kernel's timers.
//!
//! Promises: each is replayed once, on a stage that no other uses at the time; what
//! it showed is handed over by the thread that asked, one at a time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::analysis::{self, Analysis};
use crate::replay::Stage;
use crate::scenario::Scenario;
use crate::trace::Trace;

/// Replays every scenario, `see`s it where it was replayed, and hands that to `take`
/// with the scenario's index, in the order in which they are through.
///
/// # Errors
/// The first error of `take`; what has not begun by then is not replayed.
pub(super) fn replay<T: Send, E>(
    scenarios: &[Scenario],
    deadline: Option<Duration>,
    see: impl Fn(Trace, Analysis) -> T + Sync,
    mut take: impl FnMut(usize, T) -> Result<(), E>,
) -> Result<(), E> {
    let next = AtomicUsize::new(0);
    let work = |through: mpsc::Sender<(usize, T)>| {
        let mut stage = Stage::with_deadline(deadline);
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(scenario) = scenarios.get(index) else {
                return;
            };
            let trace = stage.replay(scenario);
            let analysis = analysis::analyse(&trace);
            if through.send((index, see(trace, analysis))).is_err() {
                // Nobody takes any more.
                return;
            }
        }
    };
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let (sender, through) = mpsc::channel();
    thread::scope(|scope| {
        let started = (0..workers.min(scenarios.len())).filter(|_| {
            let (work, sender) = (&work, sender.clone());
            let thread = thread::Builder::new().name("replays".to_owned());
            thread.spawn_scoped(scope, move || work(sender)).is_ok()
        });
        if started.count() == 0 {
            work(sender);
        } else {
            drop(sender);
        }
        for (index, seen) in through {
            take(index, seen)?;
        }
        Ok(())
    })
}
