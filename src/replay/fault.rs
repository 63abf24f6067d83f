//! Errors of the operating system, as faults that files and traces can name.

use std::io::{self, ErrorKind};

use crate::scenario::SystemFault;

/// The fault behind an I/O error.
pub(super) fn of(error: &io::Error) -> SystemFault {
    match error.kind() {
        ErrorKind::AddrInUse => SystemFault::AddrInUse,
        ErrorKind::AddrNotAvailable => SystemFault::AddrNotAvailable,
        ErrorKind::ConnectionRefused => SystemFault::ConnectionRefused,
        ErrorKind::ConnectionReset => SystemFault::ConnectionReset,
        ErrorKind::BrokenPipe => SystemFault::BrokenPipe,
        ErrorKind::WouldBlock => SystemFault::WouldBlock,
        ErrorKind::NotConnected => SystemFault::NotConnected,
        ErrorKind::InvalidInput => SystemFault::Invalid,
        ErrorKind::Unsupported => SystemFault::Unsupported,
        ErrorKind::TimedOut => SystemFault::TimedOut,
        _ => match error.raw_os_error() {
            Some(code) if code == MESSAGE_SIZE => SystemFault::MessageSize,
            // No system numbers its errors higher.
            code => SystemFault::Other(code.and_then(|code| u16::try_from(code).ok()).unwrap_or(0)),
        },
    }
}

/// `EMSGSIZE`, for which `std` has no kind.
#[cfg(unix)]
const MESSAGE_SIZE: i32 = libc::EMSGSIZE;
/// `WSAEMSGSIZE`, for which `std` has no kind.
#[cfg(not(unix))]
pub(super) const MESSAGE_SIZE: i32 = 10_040;
