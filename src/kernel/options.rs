//! Setting socket options under the names that a scenario uses for them.

use std::io;
use std::time::Duration;

use socket2::SockRef;

use super::AsHandle;
use crate::scenario::SocketOption;

/// Sets an option that a scenario names. socket(7) and tcp(7) describe each.
///
/// # Errors
/// Any error of setsockopt(2); [`io::ErrorKind::Unsupported`] if this system has no such option
/// (`TCP_CORK` and `TCP_QUICKACK` outside Linux, `SO_REUSEPORT` and `TCP_MAXSEG` on Windows).
pub fn set_option(socket: &impl AsHandle, option: SocketOption) -> io::Result<()> {
    let socket = SockRef::from(socket);
    match option {
        SocketOption::ReuseAddress(on) => socket.set_reuse_address(on),
        SocketOption::NoDelay(on) => socket.set_tcp_nodelay(on),
        SocketOption::ReceiveBuffer(bytes) => socket.set_recv_buffer_size(bytes as usize),
        SocketOption::SendBuffer(bytes) => socket.set_send_buffer_size(bytes as usize),
        SocketOption::Linger(seconds) => {
            socket.set_linger(Some(Duration::from_secs(seconds.into())))
        }
        SocketOption::SendTimeout(milliseconds) => {
            socket.set_write_timeout(Some(Duration::from_millis(milliseconds.into())))
        }
        #[cfg(unix)]
        SocketOption::ReusePort(on) => socket.set_reuse_port(on),
        #[cfg(unix)]
        SocketOption::MaxSegment(bytes) => socket.set_tcp_mss(bytes),
        #[cfg(target_os = "linux")]
        SocketOption::Cork(on) => socket.set_tcp_cork(on),
        #[cfg(target_os = "linux")]
        SocketOption::QuickAck(on) => socket.set_tcp_quickack(on),
        #[cfg(not(unix))]
        SocketOption::ReusePort(_) => Err(super::unsupported("SO_REUSEPORT")),
        #[cfg(not(unix))]
        SocketOption::MaxSegment(_) => Err(super::unsupported("TCP_MAXSEG")),
        #[cfg(not(target_os = "linux"))]
        SocketOption::Cork(_) => Err(super::unsupported("TCP_CORK")),
        #[cfg(not(target_os = "linux"))]
        SocketOption::QuickAck(_) => Err(super::unsupported("TCP_QUICKACK")),
    }
}

/// The size in bytes that the kernel gave a socket's buffer, if it is less than the option asked
/// for. Linux limits a buffer to `net.core.rmem_max` or `net.core.wmem_max` and returns no error
/// (socket(7)).
#[must_use]
pub fn cut_option(socket: &impl AsHandle, option: SocketOption) -> Option<u32> {
    let socket = SockRef::from(socket);
    let (asked, given) = match option {
        SocketOption::ReceiveBuffer(bytes) => (bytes, socket.recv_buffer_size().ok()?),
        SocketOption::SendBuffer(bytes) => (bytes, socket.send_buffer_size().ok()?),
        SocketOption::ReuseAddress(_)
        | SocketOption::ReusePort(_)
        | SocketOption::NoDelay(_)
        | SocketOption::Cork(_)
        | SocketOption::QuickAck(_)
        | SocketOption::MaxSegment(_)
        | SocketOption::Linger(_)
        | SocketOption::SendTimeout(_) => return None,
    };
    // Linux reports twice the size, because it counts its own overhead as well.
    let given = if cfg!(target_os = "linux") {
        given / 2
    } else {
        given
    };
    u32::try_from(given).ok().filter(|given| *given < asked)
}

/// Sets `SO_RCVLOWAT` (socket(7)): the number of bytes that must wait before poll reports a TCP
/// socket as readable, and before a blocking recv of at least that many returns. The default is 1.
///
/// If `SO_RCVBUF` was not set, Linux lets the receive buffer grow to hold that many bytes
/// (`tcp_set_rcvlowat` in net/ipv4/tcp.c).
///
/// # Errors
/// `ENOTSOCK` on a pipe; [`io::ErrorKind::Unsupported`] on Windows, where the option cannot be set.
pub fn set_receive_low_water(socket: &impl AsHandle, bytes: u32) -> io::Result<()> {
    #[cfg(unix)]
    let result = super::raw::set_int_option(
        socket,
        libc::SOL_SOCKET,
        libc::SO_RCVLOWAT,
        libc::c_int::try_from(bytes).unwrap_or(libc::c_int::MAX),
    );
    #[cfg(not(unix))]
    let result = {
        let _ = (socket, bytes);
        Err(super::unsupported("SO_RCVLOWAT"))
    };
    result
}
