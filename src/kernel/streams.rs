//! Whether the process was started with a standard output.
//!
//! Promises: the check runs before `main`. At that point `std` opens `/dev/null` in place of each
//! standard stream that is closed (`sanitize_standard_fds` in std/src/sys/pal/unix), so output is
//! lost and no call fails. Later it cannot be told from a `/dev/null` that the caller chose.

use std::sync::atomic::{AtomicBool, Ordering};

/// Whether standard output was closed when the process began.
static STDOUT_WAS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Whether standard output was closed when the process began (`sticky list >&-` in a shell). Always
/// false outside Linux, where it is not checked.
#[must_use]
pub fn stdout_was_closed() -> bool {
    STDOUT_WAS_CLOSED.load(Ordering::Relaxed)
}

/// A pointer to `look`. The C library calls every function of this section before `main`.
#[cfg(target_os = "linux")]
#[used]
// SAFETY: functions in this section are called with arguments that `look` ignores, and `look` needs
// nothing that `main` would set up: it allocates nothing and never panics.
#[unsafe(link_section = ".init_array")]
static BEFORE_MAIN: extern "C" fn() = look;

#[cfg(target_os = "linux")]
extern "C" fn look() {
    // SAFETY: this request takes no pointer. It fails with `EBADF` if the descriptor is not open,
    // and otherwise reads its flags.
    let flags = unsafe { libc::fcntl(libc::STDOUT_FILENO, libc::F_GETFD) };
    STDOUT_WAS_CLOSED.store(flags == -1, Ordering::Relaxed);
}
