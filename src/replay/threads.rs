//! The two threads of a stage, one for each side.
//!
//! Promises: each is named after its side, starts when a replay first needs it, and ends with the
//! stage. A panic ends only that side's part of the replay.

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::actor::{Actor, Finished, Props};
use super::fault;
use super::shared::Shared;
use crate::kernel::RunQueue;
use crate::scenario::{Fault, Part, Side};
use crate::trace::merge::Log;
use crate::trace::{Lack, Stop, StopReason};

/// The threads started so far.
#[derive(Debug, Default)]
pub(super) struct Threads {
    server: Option<Worker>,
    client: Option<Worker>,
}

/// What a side has to do.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) part: Arc<Part>,
    pub(super) shared: Arc<Shared>,
    pub(super) deadline: Duration,
}

impl Threads {
    /// Runs both sides and waits until both have ended.
    pub(super) fn perform(
        &mut self,
        job: &Job,
        server: Props,
        client: Props,
    ) -> (Finished, Finished) {
        let server = begin(&mut self.server, Side::Server, job, server);
        let client = begin(&mut self.client, Side::Client, job, client);
        (
            collect(&mut self.server, Side::Server, server),
            collect(&mut self.client, Side::Client, client),
        )
    }

    /// For how long its threads were ready to run so far and no processor ran them; none
    /// where the system does not tell.
    pub(super) fn not_run(&self) -> Option<Duration> {
        let workers = [&self.server, &self.client].into_iter().flatten();
        workers
            .map(|worker| worker.queue.get()?.as_ref()?.waited())
            .sum()
    }
}

/// Gives a side's job to its thread. If there is no thread, the other side is told.
fn begin(worker: &mut Option<Worker>, side: Side, job: &Job, props: Props) -> io::Result<()> {
    let started = match worker {
        Some(worker) => Ok(worker),
        None => Worker::start(side).map(|started| worker.insert(started)),
    };
    let begun = started.and_then(|worker| worker.begin(job.clone(), props));
    if begun.is_err() {
        job.shared.abort(side);
    }
    begun
}

/// What a side returned, or why it did not run.
fn collect(worker: &mut Option<Worker>, side: Side, begun: io::Result<()>) -> Finished {
    let did_nothing = |reason: StopReason| Finished {
        log: Log {
            side,
            calls: Vec::new(),
            connections: Vec::new(),
        },
        stop: Some(Stop {
            side,
            step: None,
            reason,
            other_last: None,
        }),
        stopped_at: 0,
        listener: None,
    };
    let done = match (begun, worker.as_ref()) {
        (Ok(()), Some(worker)) => worker.done.recv().map_err(io::Error::other),
        (Ok(()), None) => Err(io::Error::other("it was not started")),
        (Err(error), _) => Err(error),
    };
    match done {
        Ok(Ok(finished)) => finished,
        Ok(Err(message)) => did_nothing(StopReason::Panic(message)),
        Err(error) => {
            // The next replay starts another thread.
            *worker = None;
            did_nothing(match error.raw_os_error() {
                Some(_) => StopReason::Machine {
                    lack: Lack::Threads,
                    step: "pthread_create".to_owned(),
                    fault: Fault::System(fault::of(&error)),
                },
                None => StopReason::Panic(format!("its thread did nothing: {error}")),
            })
        }
    }
}

/// A thread, the jobs sent to it and its answers: what the side returned, or how it panicked.
#[derive(Debug)]
struct Worker {
    /// `None` once the thread has to end.
    jobs: Option<Sender<(Job, Props)>>,
    /// How long it waited for a processor; empty until it has run.
    queue: Arc<OnceLock<Option<RunQueue>>>,
    done: Receiver<Result<Finished, String>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    fn start(side: Side) -> io::Result<Self> {
        let (jobs, given) = mpsc::channel::<(Job, Props)>();
        let (answers, done) = mpsc::channel();
        let queue = Arc::new(OnceLock::new());
        let own = Arc::clone(&queue);
        let work = move || {
            own.get_or_init(RunQueue::of_this_thread);
            for (job, props) in given {
                let act = || Actor::new(side, &job.part, &job.shared, job.deadline, props).run();
                // Everything the side had is dropped, and the shared state says that it has ended.
                let done = panic::catch_unwind(AssertUnwindSafe(act));
                let done = done.map_err(|payload| panic_message(payload.as_ref()).to_owned());
                drop(job);
                if answers.send(done).is_err() {
                    return;
                }
            }
        };
        let thread = thread::Builder::new()
            .name(side.name().to_owned())
            .spawn(work)?;
        Ok(Self {
            jobs: Some(jobs),
            queue,
            done,
            thread: Some(thread),
        })
    }

    fn begin(&self, job: Job, props: Props) -> io::Result<()> {
        let sent = self.jobs.as_ref().map(|jobs| jobs.send((job, props)));
        match sent {
            Some(Ok(())) => Ok(()),
            Some(Err(_)) | None => Err(io::Error::other("it has ended")),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // The thread catches every panic, so join cannot fail.
            let _ = thread.join();
        }
    }
}

/// The message of a panic.
fn panic_message(payload: &(dyn std::any::Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
