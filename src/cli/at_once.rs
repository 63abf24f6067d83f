//! Replays many scenarios at once, because most of their time is spent waiting for the kernel's
//! timers and for each other's threads.
//!
//! Promises: no two replays use a stage at the same time. Results go to the calling thread, one at
//! a time and in the order of the list. If the machine has too little for so many stages (address
//! space, file descriptors, threads), fewer are used: a stage that meets a lack is given up and its
//! scenario goes to another. Only a lack that the last stage meets alone ends the run.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use super::failure::Failure;
use crate::kernel;
use crate::replay::Stage;
use crate::scenario::Scenario;

/// The number of replays at once for each processor. A replay mostly waits.
const FOR_EACH_PROCESSOR: usize = 2;

/// The address space reserved for each stage, in bytes (128 MiB): a case may send 64 MiB, and the
/// received bytes are kept as well.
const FOR_EACH_STAGE: u64 = 128 << 20;

/// The scenarios still to do, and the number of workers.
#[derive(Debug, Default)]
struct Queue {
    /// The first index that no worker has taken yet.
    next: usize,
    /// Indices that were taken and handed back.
    returned: Vec<usize>,
    workers: usize,
}

impl Queue {
    /// The index of the next of `all` scenarios. If there is none, the worker ends.
    fn take(&mut self, all: usize) -> Option<usize> {
        let index = self.returned.pop().or_else(|| {
            let fresh = (self.next < all).then_some(self.next);
            self.next += usize::from(fresh.is_some());
            fresh
        });
        self.workers -= usize::from(index.is_none());
        index
    }

    /// Hands a scenario back and ends the worker, if another worker is left to take it.
    fn hand_back(&mut self, index: usize) -> bool {
        let is_alone = self.workers == 1;
        if !is_alone {
            self.workers -= 1;
            self.returned.push(index);
        }
        !is_alone
    }
}

/// Runs `work` on every scenario with a stage, and passes the results to `take` with the scenario's
/// index, in the order of the list.
///
/// # Errors
/// The first failure of `take`, or of `work` on a stage that was new and alone. Scenarios that have
/// not begun by then are left out.
/// not begun by then is left out.
pub(super) fn each<T: Send>(
    scenarios: &[Scenario],
    deadline: Option<Duration>,
    work: impl Fn(&mut Stage, &Scenario) -> Result<T, Failure> + Sync,
    mut take: impl FnMut(usize, T) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let queue = Mutex::new(Queue::default());
    let worker = |done: mpsc::Sender<(usize, Result<T, Failure>)>| {
        let mut stage = Stage::with_deadline(deadline);
        while let Some((index, scenario)) = next(&queue, scenarios) {
            let mut came = work(&mut stage, scenario);
            if came.is_err() {
                // Its sockets and threads are closed first, so that the others can use them.
                stage = Stage::with_deadline(deadline);
                if locked(&queue).hand_back(index) {
                    return;
                }
                came = work(&mut stage, scenario);
            }
            let is_over = came.is_err();
            if done.send((index, came)).is_err() || is_over {
                // Nobody takes results any more.
                return;
            }
        }
    };
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let workers = (processors * FOR_EACH_PROCESSOR)
        .min(most_in_memory())
        .min(scenarios.len());
    let (sender, done) = mpsc::channel();
    thread::scope(|scope| {
        // No worker begins before all are counted.
        let mut begins = locked(&queue);
        let started = (0..workers).filter(|_| {
            let (worker, sender) = (&worker, sender.clone());
            let thread = thread::Builder::new().name("replays".to_owned());
            thread.spawn_scoped(scope, move || worker(sender)).is_ok()
        });
        let started = started.count();
        begins.workers = started.max(1);
        drop(begins);
        if started == 0 {
            worker(sender);
        } else {
            drop(sender);
        }
        let mut early = BTreeMap::new();
        let mut due = 0;
        for (index, came) in done {
            early.insert(index, came?);
            while let Some(came) = early.remove(&due) {
                take(due, came)?;
                due += 1;
            }
        }
        Ok(())
    })
}

/// The number of stages that the address space has room for, at least 1. Running out of memory
/// would end the process, so it cannot be handled like another lack.
fn most_in_memory() -> usize {
    let limit = kernel::address_space();
    let stages = limit.map_or(u64::MAX, |bytes| bytes / FOR_EACH_STAGE);
    usize::try_from(stages).unwrap_or(usize::MAX).max(1)
}

/// The next scenario and its index.
fn next<'a>(queue: &Mutex<Queue>, scenarios: &'a [Scenario]) -> Option<(usize, &'a Scenario)> {
    let index = locked(queue).take(scenarios.len())?;
    Some((index, scenarios.get(index)?))
}

/// A panic leaves nothing half-changed here, so a poisoned lock can still be used.
fn locked(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::scenario::catalogue;
    use crate::scenario::{Fault, SystemFault};
    use crate::trace::{Lack, StopReason};

    fn lacking(scenario: &Scenario) -> Failure {
        let lack = Lack::Descriptors;
        Failure::Machine {
            case: scenario.name.clone(),
            lack,
            reason: StopReason::Machine {
                lack,
                step: "bind".to_owned(),
                fault: Fault::System(SystemFault::Other(24)),
            },
        }
    }

    #[test]
    fn where_the_machine_has_enough_for_one_stage_all_are_done_on_it() {
        let scenarios = catalogue::all().unwrap();
        let at_once = AtomicUsize::new(0);
        let work = |_: &mut Stage, scenario: &Scenario| {
            let others = at_once.fetch_add(1, Ordering::SeqCst);
            thread::sleep(Duration::from_millis(1));
            let came = if others == 0 {
                Ok(scenario.name.clone())
            } else {
                Err(lacking(scenario))
            };
            at_once.fetch_sub(1, Ordering::SeqCst);
            came
        };
        let mut taken = Vec::new();
        each(&scenarios, None, work, |index, name| {
            taken.push((index, name));
            Ok(())
        })
        .unwrap();
        let wanted = scenarios.iter().map(|scenario| scenario.name.clone());
        assert_eq!(taken, wanted.enumerate().collect::<Vec<_>>());
    }

    #[test]
    fn a_lack_that_a_lone_stage_meets_ends_it() {
        let scenarios = catalogue::all().unwrap();
        let begun = AtomicUsize::new(0);
        let work = |_: &mut Stage, scenario: &Scenario| {
            begun.fetch_add(1, Ordering::SeqCst);
            Err::<(), _>(lacking(scenario))
        };
        let ended = each(&scenarios, None, work, |_, ()| Ok(()));
        assert!(matches!(ended, Err(Failure::Machine { .. })));
        // Each worker once, and the last one twice.
        let processors = thread::available_parallelism().map_or(1, usize::from);
        assert_eq!(
            begun.load(Ordering::SeqCst),
            processors * FOR_EACH_PROCESSOR + 1
        );
    }
}
