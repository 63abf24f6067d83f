//! How long a thread waited for a processor.

use std::time::Duration;

/// What the kernel counts of the thread that opened it.
#[derive(Debug)]
pub struct RunQueue {
    #[cfg(target_os = "linux")]
    file: std::fs::File,
}

impl RunQueue {
    /// Of the thread that calls; none where the system does not tell.
    #[must_use]
    pub fn of_this_thread() -> Option<Self> {
        #[cfg(target_os = "linux")]
        let file = std::fs::File::open("/proc/thread-self/schedstat").ok();
        #[cfg(target_os = "linux")]
        return file.map(|file| Self { file });
        #[cfg(not(target_os = "linux"))]
        None
    }

    /// How long the thread was ready to run so far and waited for a processor: the second
    /// number of `/proc/[pid]/task/[tid]/schedstat` (Documentation/scheduler/sched-stats.rst).
    /// A wait counts when it ends. None where it cannot be read.
    #[must_use]
    pub fn waited(&self) -> Option<Duration> {
        #[cfg(target_os = "linux")]
        {
            use std::os::unix::fs::FileExt;

            let mut text = [0; 64];
            let length = self.file.read_at(&mut text, 0).ok()?;
            let text = std::str::from_utf8(text.get(..length)?).ok()?;
            let nanoseconds = text.split_ascii_whitespace().nth(1)?.parse().ok()?;
            Some(Duration::from_nanos(nanoseconds))
        }
        #[cfg(not(target_os = "linux"))]
        None
    }
}
