//! Dropping what arrives at a socket, and counting what was dropped.
//!
//! [`datagram_drops`] reads the current count and needs no recv, so it also counts drops after the
//! last datagram received.

use std::io;

use super::AsHandle;

/// The number of datagrams the kernel has dropped at this socket since it was opened: for lack of
/// room in the receive buffer, because of [`drop_arriving`], or for a wrong checksum.
///
/// It comes from `getsockopt(SO_MEMINFO)`, whose last number is `SK_MEMINFO_DROPS`
/// (`include/uapi/linux/sock_diag.h`, Linux 4.12). On a TCP socket the same number counts segments.
/// `None` on every other system.
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

/// Always `None`: this system does not report drops.
#[must_use]
#[cfg(not(target_os = "linux"))]
pub fn datagram_drops(_socket: &impl AsHandle) -> Option<u32> {
    None
}

/// Makes the kernel drop everything that arrives at this socket, or stop doing so. This is real
/// loss, and needs no privilege.
///
/// On a TCP socket it sets `IP_MINTTL` to 255 (ip(7); checked in `tcp_v4_rcv`), so only segments
/// with a time to live of 255 are accepted; they are sent with 64 unless `ip_default_ttl` was
/// changed. Acknowledgements are lost too; bytes already queued stay. On a datagram socket it
/// attaches the classic filter `ret 0` (`SO_ATTACH_FILTER`, socket(7)), which Linux 6.18 refuses on
/// a TCP socket without privilege (`EPERM`, measured).
///
/// # Errors
/// `ENOENT` when a datagram socket is told to stop and was not dropping;
/// [`io::ErrorKind::Unsupported`] outside Linux.
#[cfg(target_os = "linux")]
pub fn drop_arriving(socket: &impl AsHandle, on: bool) -> io::Result<()> {
    /// `BPF_RET | BPF_K` (`linux/bpf_common.h`): return a constant, the bytes to keep.
    const RETURN: u16 = 0x06;
    /// The highest value there is.
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

/// Would make the kernel drop everything that arrives at this socket.
///
/// # Errors
/// Always: this system has no such option for a single socket.
#[cfg(not(target_os = "linux"))]
pub fn drop_arriving(_socket: &impl AsHandle, _on: bool) -> io::Result<()> {
    Err(super::unsupported("dropping what arrives at one socket"))
}
