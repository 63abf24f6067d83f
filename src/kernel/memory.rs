//! How much memory the process may have, and how its threads take it.

/// How many bytes of address space the process may have, where that is limited
/// (`RLIMIT_AS` of getrlimit(2), `ulimit -v` in a shell); never on Windows.
#[must_use]
pub fn address_space() -> Option<u64> {
    #[cfg(unix)]
    let limit = rustix::process::getrlimit(rustix::process::Resource::As).current;
    #[cfg(not(unix))]
    let limit = None;
    limit
}

/// Has all threads take memory from one arena, not each from its own: for every arena glibc
/// reserves 64 MiB of address space (mallopt(3)). Nothing where the C library is another.
pub fn share_one_arena() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it takes two integers and changes a setting of the allocator under its own lock.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
}
