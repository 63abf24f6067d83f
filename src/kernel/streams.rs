//! Whether the process was given a standard output.
//!
//! Promises: looked at before `main`. There `std` opens `/dev/null` wherever one of the three
//! standard streams is closed (`sanitize_standard_fds` in std/src/sys/pal/unix), so that what
//! is written is lost and no call fails; and a caller that wants just that may have opened
//! `/dev/null` in the very same way.

use std::sync::atomic::{AtomicBool, Ordering};

/// Whether it was closed when the process began.
static STDOUT_WAS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Whether standard output was closed when the process began (`sticky list >&-` in a shell);
/// never outside Linux, where it is not looked at.
#[must_use]
pub fn stdout_was_closed() -> bool {
    STDOUT_WAS_CLOSED.load(Ordering::Relaxed)
}

/// Called by the C library before `main`, as every function of this section is.
#[cfg(target_os = "linux")]
#[used]
// SAFETY: what stands in this section is called without arguments that matter to it, and
// `look` needs nothing that `main` would set up: it allocates nothing and never panics.
#[unsafe(link_section = ".init_array")]
static BEFORE_MAIN: extern "C" fn() = look;

#[cfg(target_os = "linux")]
extern "C" fn look() {
    // SAFETY: of a descriptor that is not open this request fails with `EBADF`, of one that
    // is it reads its flags; it takes no pointer.
    let flags = unsafe { libc::fcntl(libc::STDOUT_FILENO, libc::F_GETFD) };
    STDOUT_WAS_CLOSED.store(flags == -1, Ordering::Relaxed);
}
