//! The number of bytes that wait in a socket's queues.

use std::io;

use super::AsHandle;

/// The number of bytes that a recv call would find. It takes none of them.
///
/// On a stream this is everything in the receive queue. On a datagram socket it is the size of the
/// next datagram, which is 0 both for an empty datagram and for none (udp(7)). It comes from
/// `ioctl(FIONREAD)` (tcp(7), unix(7), pipe(7)), and from `SO_NREAD` on macOS, where FIONREAD
/// counts more than the data on a datagram socket. `None` for a datagram socket on Windows, which
/// reports only the sum of all datagrams.
///
/// # Errors
/// `EINVAL` on a listening socket.
pub fn queued(socket: &impl AsHandle) -> io::Result<Option<u32>> {
    #[cfg(target_vendor = "apple")]
    if let Some(bytes) = int_option(socket, libc::SO_NREAD) {
        return Ok(Some(bytes));
    }
    #[cfg(windows)]
    if socket2::SockRef::from(socket).r#type()? != socket2::Type::STREAM {
        return Ok(None);
    }
    Ok(u32::try_from(rustix::io::ioctl_fionread(socket)?).ok())
}

/// The number of bytes that send calls on a stream took and that the other side's kernel has not
/// yet acknowledged, whether sent or not.
///
/// It comes from `ioctl(SIOCOUTQ)` on Linux (tcp(7)), where an unacknowledged FIN counts as one,
/// and from `SO_NWRITE` on macOS. Meaningful for TCP only. `None` if the socket has no such queue,
/// and on every other system.
#[must_use]
#[cfg_attr(
    not(any(target_os = "linux", target_vendor = "apple")),
    expect(unused_variables, reason = "this system does not tell")
)]
pub fn unsent_or_unacked(socket: &impl AsHandle) -> Option<u32> {
    #[cfg(target_os = "linux")]
    let bytes = super::raw::out_queue(socket)
        .ok()
        .and_then(|bytes| u32::try_from(bytes).ok());
    #[cfg(target_vendor = "apple")]
    let bytes = int_option(socket, libc::SO_NWRITE);
    #[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
    let bytes = None;
    bytes
}

/// Reads a socket-level option that is a non-negative `int`.
#[cfg(target_vendor = "apple")]
fn int_option(socket: &impl AsHandle, name: libc::c_int) -> Option<u32> {
    let mut bytes = [0; size_of::<libc::c_int>()];
    let length = super::raw::get_option(socket, libc::SOL_SOCKET, name, &mut bytes).ok()?;
    (length == bytes.len())
        .then(|| libc::c_int::from_ne_bytes(bytes))
        .and_then(|value| u32::try_from(value).ok())
}
