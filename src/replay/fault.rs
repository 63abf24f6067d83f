//! Converts errors of the operating system to the faults of files and traces, and finds out whether
//! the machine lacks something.

use std::io::{self, ErrorKind};

use crate::scenario::SystemFault;
use crate::trace::Lack;

/// The fault behind an I/O error.
pub(crate) fn of(error: &io::Error) -> SystemFault {
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
            // No system has error numbers that high.
            code => SystemFault::Other(code.and_then(|code| u16::try_from(code).ok()).unwrap_or(0)),
        },
    }
}

/// The purpose of a call, as far as it affects what an error means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To make, bind or connect a socket when any port would do.
    OpenAnywhere,
    /// To bind a port that was bound before.
    OpenThere,
    /// To use an open socket.
    Talk,
}

/// What the machine lacks, if the error means that and not an act of the other side.
pub(crate) fn lack(error: &io::Error, purpose: Purpose) -> Option<Lack> {
    let opens = purpose != Purpose::Talk;
    match error.kind() {
        ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown | ErrorKind::HostUnreachable => {
            Some(Lack::Loopback)
        }
        ErrorKind::OutOfMemory => Some(Lack::Memory),
        ErrorKind::AddrInUse | ErrorKind::AddrNotAvailable if purpose == Purpose::OpenAnywhere => {
            Some(Lack::Ports)
        }
        ErrorKind::PermissionDenied if opens => Some(Lack::Permission),
        _ => match error.raw_os_error() {
            Some(code) if TOO_MANY_FILES.contains(&code) => Some(Lack::Descriptors),
            Some(NO_BUFFERS) => Some(Lack::Memory),
            Some(_) | None => None,
        },
    }
}

/// `EMSGSIZE`; `std` has no kind for it.
#[cfg(unix)]
const MESSAGE_SIZE: i32 = libc::EMSGSIZE;
/// `WSAEMSGSIZE`; `std` has no kind for it.
#[cfg(not(unix))]
pub(crate) const MESSAGE_SIZE: i32 = 10_040;

/// `EMFILE` and `ENFILE`; `std` has no kind for them.
#[cfg(unix)]
const TOO_MANY_FILES: [i32; 2] = [libc::EMFILE, libc::ENFILE];
/// `WSAEMFILE`; `std` has no kind for it.
#[cfg(not(unix))]
const TOO_MANY_FILES: [i32; 1] = [10_024];

/// `ENOBUFS`; `std` has no kind for it.
#[cfg(unix)]
const NO_BUFFERS: i32 = libc::ENOBUFS;
/// `WSAENOBUFS`; `std` has no kind for it.
#[cfg(not(unix))]
const NO_BUFFERS: i32 = 10_055;
