//! The signals that ask a process to end. The terminal is restored before they do.
//!
//! On systems other than Unix no signals are watched.

#[cfg(unix)]
pub(super) use unix::Signals;
#[cfg(not(unix))]
pub(super) use without::Signals;

#[cfg(unix)]
mod unix {
    use std::io;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use signal_hook::consts::{SIGHUP, SIGTERM};
    use signal_hook::{flag, low_level};

    use crate::kernel;

    /// The signal that arrived.
    pub(in super::super) struct Signals(Arc<AtomicUsize>);

    impl Signals {
        /// From now on the signals do not end the process; ignored ones stay ignored.
        pub(in super::super) fn watch() -> io::Result<Self> {
            let came = Arc::new(AtomicUsize::new(0));
            for signal in [SIGTERM, SIGHUP] {
                if kernel::ignores(signal) {
                    continue;
                }
                let number = usize::try_from(signal).unwrap_or(0);
                flag::register_usize(signal, Arc::clone(&came), number)?;
            }
            Ok(Self(came))
        }

        /// Whether one has arrived.
        pub(in super::super) fn came(&self) -> bool {
            self.0.load(Ordering::SeqCst) != 0
        }

        /// Ends the process by the signal that arrived, if one has.
        pub(in super::super) fn die_if_told(&self) {
            let signal = i32::try_from(self.0.load(Ordering::SeqCst)).unwrap_or(0);
            if signal != 0 {
                let _ = low_level::emulate_default_handler(signal);
            }
        }
    }
}

#[cfg(not(unix))]
mod without {
    use std::io;

    /// Nothing to watch.
    pub(in super::super) struct Signals;

    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "the same shape as where there are signals"
    )]
    impl Signals {
        pub(in super::super) fn watch() -> io::Result<Self> {
            Ok(Self)
        }

        pub(in super::super) fn came(&self) -> bool {
            false
        }

        pub(in super::super) fn die_if_told(&self) {}
    }
}
