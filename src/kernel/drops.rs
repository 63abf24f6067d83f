//! Losing what arrives, and counting what was lost.
//!
//! [`datagram_drops`] reads the count as it stands and needs no recv, so it knows of drops
//! after the last datagram received too.

use std::io;

use super::AsHandle;

/// How many datagrams the kernel dropped at this socket since it was opened: for want of
/// room in the receive buffer, by [`drop_arriving`], or for a wrong checksum.
///
/// From `getsockopt(SO_MEMINFO)`, whose last number is `SK_MEMINFO_DROPS`
/// (`include/uapi/linux/sock_diag.h`, Linux 4.12). On a TCP socket the same number counts
/// segments. `None` on every other system.
#[must_use]
#[cfg(target_os = "linux")]
pub fn datagram_drops(socket: &impl AsHandle) -> Option<u32> {
    const NUMBER: usize = size_of::<u32>();
    let at = usize::try_from(libc::SK_MEMINFO_DROPS).ok()? * NUMBER;
    let mut bytes = [0; 32 * NUMBER];
    let length =
        super::raw::get_option(socket, libc::SOL_SOCKET, libc::SO_MEMINFO, &mut bytes).ok()?;
    super::raw::octets(bytes.get(..length)?, at).map(u32::from_ne_bytes)
}

/// How many datagrams the kernel dropped at this socket; `None`, as this system does not tell.
#[must_use]
#[cfg(not(target_os = "linux"))]
pub fn datagram_drops(_socket: &impl AsHandle) -> Option<u32> {
    None
}

/// Has the kernel drop everything that arrives at this socket, or stop so: real loss,
/// with no privilege.
///
/// A TCP socket is told to take only segments with a time to live of 255 (`IP_MINTTL`,
/// ip(7); checked in `tcp_v4_rcv`), and they are sent with 64 where nobody changed
/// `ip_default_ttl`. It loses acknowledgements this way too; what it had queued before stays.
/// A datagram socket gets the classic filter `ret 0` (`SO_ATTACH_FILTER`, socket(7)), which
/// Linux 6.18 attaches to a TCP socket for the privileged only (`EPERM`, seen there).
///
/// # Errors
/// `ENOENT` where a datagram socket is told to stop and was not told to begin;
/// [`io::ErrorKind::Unsupported`] outside Linux.
#[cfg(target_os = "linux")]
pub fn drop_arriving(socket: &impl AsHandle, on: bool) -> io::Result<()> {
    /// `BPF_RET | BPF_K` (`linux/bpf_common.h`): return a constant, the bytes to keep.
    const RETURN: u16 = 0x06;
    /// The highest there is.
    const TIME_TO_LIVE: libc::c_int = 255;
    let options = socket2::SockRef::from(socket);
    if options.r#type()? == socket2::Type::STREAM {
        let least = if on { TIME_TO_LIVE } else { 0 };
        super::raw::set_int_option(socket, libc::IPPROTO_IP, libc::IP_MINTTL, least)
    } else if on {
        options.attach_filter(&[socket2::SockFilter::new(RETURN, 0, 0, 0)])
    } else {
        options.detach_filter()
    }
}

/// Has the kernel drop everything that arrives at this socket.
///
/// # Errors
/// Always: this system has no such option for one socket.
#[cfg(not(target_os = "linux"))]
pub fn drop_arriving(_socket: &impl AsHandle, _on: bool) -> io::Result<()> {
    Err(super::unsupported("dropping what arrives at one socket"))
}
