//! Delays the signals that ask a process to end (SIGINT, SIGTERM, SIGHUP) for a moment.
//!
//! Promises: these signals never interrupt work given to [`uninterrupted`], nor anything while a
//! [`Postponed`] is held. If one arrives meanwhile, it ends the process right afterwards. Outside such work each signal has its usual
//! effect, and one that the parent made the process ignore (nohup, a background job) stays ignored.
//! On systems other than Unix nothing is delayed.

#[cfg(unix)]
pub(super) use unix::{Postponed, uninterrupted};
#[cfg(not(unix))]
pub(super) use without::{Postponed, uninterrupted};

#[cfg(unix)]
mod unix {
    use std::io;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::sync::{Arc, LazyLock};

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::{flag, low_level};

    use crate::kernel;

    /// The state that the handlers read and write.
    struct Signals {
        may_end: Arc<AtomicBool>,
        came: Arc<AtomicUsize>,
    }

    static SIGNALS: LazyLock<Signals> = LazyLock::new(|| {
        let signals = Signals {
            may_end: Arc::new(AtomicBool::new(true)),
            came: Arc::new(AtomicUsize::new(0)),
        };
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            // Without its handler a signal ends the process at once, as before.
            let _ = signals.watch(signal);
        }
        signals
    });

    impl Signals {
        fn watch(&self, signal: i32) -> io::Result<()> {
            if kernel::ignores(signal) {
                return Ok(());
            }
            let number = usize::try_from(signal).unwrap_or(0);
            flag::register_conditional_default(signal, Arc::clone(&self.may_end))?;
            flag::register_usize(signal, Arc::clone(&self.came), number)?;
            Ok(())
        }
    }

    /// Does the work, which is short; then ends the process if a signal arrived.
    pub(in super::super) fn uninterrupted<T>(work: impl FnOnce() -> T) -> T {
        let postponed = Postponed::now();
        let done = work();
        drop(postponed);
        done
    }

    /// While it is held, no signal ends the process.
    pub(in super::super) struct Postponed {
        /// Whether one could before.
        could_end: bool,
    }

    impl Postponed {
        pub(in super::super) fn now() -> Self {
            Self {
                could_end: SIGNALS.may_end.swap(false, Ordering::SeqCst),
            }
        }

        /// Whether a signal has arrived.
        #[expect(
            clippy::unused_self,
            reason = "only who holds it may go on after a signal"
        )]
        pub(in super::super) fn came(&self) -> bool {
            SIGNALS.came.load(Ordering::SeqCst) != 0
        }
    }

    /// Ends the process if a signal has arrived, unless another one is held.
    impl Drop for Postponed {
        fn drop(&mut self) {
            let Signals { may_end, came } = &*SIGNALS;
            if !self.could_end {
                return;
            }
            may_end.store(true, Ordering::SeqCst);
            let signal = i32::try_from(came.load(Ordering::SeqCst)).unwrap_or(0);
            if signal != 0 {
                let _ = low_level::emulate_default_handler(signal);
            }
        }
    }
}

#[cfg(not(unix))]
mod without {
    /// Does the work.
    pub(in super::super) fn uninterrupted<T>(work: impl FnOnce() -> T) -> T {
        work()
    }

    /// Nothing is postponed.
    pub(in super::super) struct Postponed;

    #[expect(
        clippy::unused_self,
        reason = "the same shape as where there are signals"
    )]
    impl Postponed {
        pub(in super::super) fn now() -> Self {
            Self
        }

        pub(in super::super) fn came(&self) -> bool {
            false
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::path::PathBuf;
    use std::process::{Command, ExitStatus};

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::low_level;

    use super::*;

    /// The test that receives the signal.
    const INSIDE: &str = "cli::interruption::tests::it_is_told_to_end";
    /// The variables that name the signal and the output file.
    const SIGNAL: &str = "STICKY_TEST_SIGNAL";
    const FOLDER: &str = "STICKY_TEST_FOLDER";

    /// Run by the other tests, as a process of its own.
    #[test]
    #[ignore = "ends the process"]
    fn it_is_told_to_end() {
        let (Some(signal), Some(folder)) = (std::env::var(SIGNAL).ok(), std::env::var_os(FOLDER))
        else {
            return;
        };
        let signal: i32 = signal.parse().expect("a number");
        let folder = PathBuf::from(folder);
        let write = |name| std::fs::write(folder.join(name), "").expect("a file");
        uninterrupted(|| write("before"));
        uninterrupted(|| {
            low_level::raise(signal).expect("a signal");
            write("inside");
        });
        write("behind");
        low_level::raise(signal).expect("a signal");
        write("after");
    }

    /// How the process ended, and what it wrote.
    fn told(signal: i32, before: &str) -> (ExitStatus, Vec<String>) {
        let folder = tempfile::tempdir().expect("a folder");
        let script = format!("{before} exec \"$0\" --exact {INSIDE} --ignored");
        let status = Command::new("sh")
            .args(["-c", &script])
            .arg(std::env::current_exe().expect("this test"))
            .env(SIGNAL, signal.to_string())
            .env(FOLDER, folder.path())
            .output()
            .expect("a shell")
            .status;
        let entries = std::fs::read_dir(folder.path()).expect("a folder");
        let mut names: Vec<_> = entries
            .map(|entry| entry.expect("an entry").file_name())
            .map(|name| name.into_string().expect("a name"))
            .collect();
        names.sort();
        (status, names)
    }

    #[test]
    fn a_signal_ends_it_by_itself_once_the_work_is_done() {
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            let (status, names) = told(signal, "");
            assert_eq!(status.signal(), Some(signal), "{status}");
            assert_eq!(names, ["before", "inside"], "{signal}");
        }
    }

    #[test]
    fn what_the_caller_has_it_ignore_stays_ignored() {
        for (signal, name) in [(SIGINT, "INT"), (SIGTERM, "TERM"), (SIGHUP, "HUP")] {
            let (status, names) = told(signal, &format!("trap '' {name};"));
            assert!(status.success(), "{name}: {status}");
            assert_eq!(names, ["after", "before", "behind", "inside"], "{name}");
        }
    }
}
