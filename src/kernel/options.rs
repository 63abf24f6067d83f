//! Socket options, by the names that a scenario has for them.

use std::io;
use std::time::Duration;

use socket2::SockRef;

use super::AsHandle;
use crate::scenario::SocketOption;

/// Sets an option that a scenario names; socket(7) and tcp(7) say what each does.
///
/// # Errors
/// Whatever setsockopt(2) fails with; [`io::ErrorKind::Unsupported`] where this system
/// has no such option (`TCP_CORK` and `TCP_QUICKACK` outside Linux, `SO_REUSEPORT` and
/// `TCP_MAXSEG` on Windows).
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

/// How many bytes the kernel gave a socket for an option that was set, where it gave less
/// than was asked for: Linux gives a buffer no more than `net.core.rmem_max` or
/// `net.core.wmem_max`, and fails in nothing (socket(7)).
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
    // Linux counts what it needs for itself as well, and reports twice the size.
    let given = if cfg!(target_os = "linux") {
        given / 2
    } else {
        given
    };
    u32::try_from(given).ok().filter(|given| *given < asked)
}

/// Sets how many bytes have to wait before poll calls a TCP socket readable, and before
/// a blocking recv that asks for as many returns: `SO_RCVLOWAT` (socket(7)). 1 is usual.
///
/// Where no `SO_RCVBUF` was set, Linux lets the receive buffer grow to hold that many
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
