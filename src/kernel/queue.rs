//! What waits in a socket's queues.

use std::io;

use super::AsHandle;

/// How many bytes a recv call would find, without taking them.
///
/// On a stream, all that is in the receive queue; on a datagram socket, the size of
/// the next datagram, with 0 both for an empty one and for none (udp(7)). From
/// `ioctl(FIONREAD)` (tcp(7), unix(7), pipe(7)), and `SO_NREAD` on macOS, whose
/// FIONREAD counts more than the data on a datagram socket. `None` for a datagram
/// socket on Windows, which tells only the sum of all.
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

/// How many bytes of a stream a send call took and the other side's kernel did not
/// yet acknowledge, sent or not.
///
/// From `ioctl(SIOCOUTQ)` on Linux (tcp(7)), where a FIN that waits for its
/// acknowledgement counts one; from `SO_NWRITE` on macOS. Meaningful for TCP only;
/// `None` where the socket has no such queue, and on every other system.
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

/// Reads an option of the socket level that is an `int` and not negative.
#[cfg(target_vendor = "apple")]
fn int_option(socket: &impl AsHandle, name: libc::c_int) -> Option<u32> {
    let mut bytes = [0; size_of::<libc::c_int>()];
    let length = super::raw::get_option(socket, libc::SOL_SOCKET, name, &mut bytes).ok()?;
    (length == bytes.len())
        .then(|| libc::c_int::from_ne_bytes(bytes))
        .and_then(|value| u32::try_from(value).ok())
}
