//! `TCP_INFO`: what the kernel counted on a connection.

use super::AsHandle;

/// Whether this system counts the segments sent, so that the place where a message boundary was
/// lost can be found.
pub const TELLS_SEGMENTS: bool = cfg!(target_os = "linux");

/// What the kernel counted on one TCP connection. A field is `None` if the kernel does not report
/// it.
///
/// The names are those of `struct tcp_info` (include/uapi/linux/tcp.h) without `tcpi_`. The meaning
/// of each is in the Linux source (`tcp_get_info` in net/ipv4/tcp.c) and in RFC 4898. Newer kernels
/// add fields at the end of the structure, so a field beyond the length returned is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TcpInfo {
    /// Segments with data sent, including retransmissions (Linux 4.6). A super-segment counts as
    /// the segments it will be cut into.
    pub data_segs_out: Option<u32>,
    /// Segments with data received, including retransmissions (Linux 4.6).
    pub data_segs_in: Option<u32>,
    /// Bytes of data sent, including retransmissions (Linux 4.19).
    pub bytes_sent: Option<u64>,
    /// Bytes of data retransmitted (Linux 4.19).
    pub bytes_retrans: Option<u64>,
    /// Bytes that the other side's kernel acknowledged (Linux 4.1). The SYN and the FIN count as
    /// one byte each.
    pub bytes_acked: Option<u64>,
    /// Bytes received in order (Linux 4.1). A FIN counts as one.
    pub bytes_received: Option<u64>,
    /// Bytes that a send call gave to the kernel and that are not yet sent (Linux 4.6).
    pub notsent_bytes: Option<u32>,
    /// Segments sent and not yet acknowledged.
    pub unacked: Option<u32>,
    /// Segments retransmitted since the connection began.
    pub total_retrans: Option<u32>,
    /// The most bytes that the next segment may carry. Linux limits it to half of the largest
    /// window that the other side has offered so far (`tcp_bound_to_half_wnd`), so on loopback it
    /// begins near 32 KiB and grows up to 65,483. It therefore does not tell the size of earlier
    /// segments.
    pub snd_mss: Option<u32>,
}

/// What the kernel counted on this connection, from `getsockopt(TCP_INFO)` (tcp(7)).
///
/// `None` if the socket is not TCP, and on every system but Linux (macOS and Windows have their own
/// calls, which do not count data segments).
#[must_use]
#[cfg(target_os = "linux")]
pub fn tcp_info(socket: &impl AsHandle) -> Option<TcpInfo> {
    let mut bytes = [0; size_of::<libc::tcp_info>()];
    let length =
        super::raw::get_option(socket, libc::IPPROTO_TCP, libc::TCP_INFO, &mut bytes).ok()?;
    Some(TcpInfo::read(bytes.get(..length)?))
}

/// Always `None`: this system does not report it.
#[must_use]
#[cfg(not(target_os = "linux"))]
pub fn tcp_info(_socket: &impl AsHandle) -> Option<TcpInfo> {
    None
}

#[cfg(target_os = "linux")]
impl TcpInfo {
    /// Reads the fields that lie completely within the bytes that the kernel returned.
    fn read(bytes: &[u8]) -> Self {
        use super::raw::octets;
        use libc::tcp_info;
        use std::mem::offset_of;

        let four = |offset| octets(bytes, offset).map(u32::from_ne_bytes);
        let eight = |offset| octets(bytes, offset).map(u64::from_ne_bytes);
        Self {
            data_segs_out: four(offset_of!(tcp_info, tcpi_data_segs_out)),
            data_segs_in: four(offset_of!(tcp_info, tcpi_data_segs_in)),
            bytes_sent: eight(offset_of!(tcp_info, tcpi_bytes_sent)),
            bytes_retrans: eight(offset_of!(tcp_info, tcpi_bytes_retrans)),
            bytes_acked: eight(offset_of!(tcp_info, tcpi_bytes_acked)),
            bytes_received: eight(offset_of!(tcp_info, tcpi_bytes_received)),
            notsent_bytes: four(offset_of!(tcp_info, tcpi_notsent_bytes)),
            unacked: four(offset_of!(tcp_info, tcpi_unacked)),
            total_retrans: four(offset_of!(tcp_info, tcpi_total_retrans)),
            snd_mss: four(offset_of!(tcp_info, tcpi_snd_mss)),
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::mem::offset_of;

    #[test]
    fn a_field_beyond_the_length_returned_is_absent() {
        let whole = [1; size_of::<libc::tcp_info>()];
        // A kernel before 4.19 returns a structure that ends before this field.
        let end = offset_of!(libc::tcp_info, tcpi_bytes_sent);

        let old = TcpInfo::read(&whole[..end]);
        assert_eq!(old.data_segs_out, Some(0x0101_0101));
        assert_eq!(old.bytes_sent, None);

        let cut = TcpInfo::read(&whole[..end + 7]);
        assert_eq!(cut.bytes_sent, None, "seven of its eight bytes");
        let all = TcpInfo::read(&whole[..end + 8]);
        assert_eq!(all.bytes_sent, Some(0x0101_0101_0101_0101));
        assert_eq!(TcpInfo::read(&[]), TcpInfo::default());
    }
}
