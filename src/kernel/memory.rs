//! The memory limit of the process, and how its threads allocate memory.

/// The most bytes of address space that the process may have (`RLIMIT_AS` of getrlimit(2), `ulimit
/// -v` in a shell). `None` if there is no limit, and on Windows.
#[must_use]
pub fn address_space() -> Option<u64> {
    #[cfg(unix)]
    let limit = rustix::process::getrlimit(rustix::process::Resource::As).current;
    #[cfg(not(unix))]
    let limit = None;
    limit
}

/// Makes all threads allocate from one arena instead of one each, because glibc reserves 64 MiB of
/// address space for every arena (mallopt(3)). Does nothing with another C library.
pub fn share_one_arena() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: mallopt takes two integers and changes a setting of the allocator under its own lock.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
}
