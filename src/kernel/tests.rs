//! Tests of the kernel's readings on real sockets over loopback: each means what its documentation
//! says. Nothing here sleeps to order things; every wait has a limit, which is reached only when
//! the test fails.

#![allow(clippy::unwrap_used, reason = "a call that fails here fails the test")]

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use super::*;
use crate::scenario::SocketOption;

/// How long a wait may take before the test fails.
pub(super) const LIMIT: Duration = Duration::from_secs(10);

/// A connection: the sending end and the receiving end.
pub(super) fn connection() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let sender = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (sender, listener.accept().unwrap().0)
}

/// A UDP sender that is connected to a receiver.
fn conversation() -> (UdpSocket, UdpSocket) {
    let receiver = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let sender = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    sender.connect(receiver.local_addr().unwrap()).unwrap();
    (sender, receiver)
}

/// The data sent so far: segments, and the bytes in them.
fn sent(socket: &TcpStream) -> (u32, u64) {
    let info = tcp_info(socket).unwrap();
    (info.data_segs_out.unwrap(), info.bytes_sent.unwrap())
}

/// Polls until `there` holds, for a state that no call can block for.
fn until(there: impl Fn() -> bool) {
    let begin = Instant::now();
    while !there() {
        assert!(begin.elapsed() < LIMIT, "it never came to that");
        std::thread::yield_now();
    }
}

#[test]
fn two_sends_leave_as_two_segments_and_wait_as_one_run_of_bytes() {
    let (mut sender, receiver) = connection();
    sender.write_all(&[b'a'; 18]).unwrap();
    assert_eq!(sent(&sender), (1, 18));
    sender.write_all(&[b'b'; 12]).unwrap();

    assert!(wait_queued(&receiver, 30, LIMIT).unwrap().readable);
    assert_eq!(sent(&sender), (2, 30));
    assert_eq!(queued(&receiver).unwrap(), Some(30));
    let info = tcp_info(&receiver).unwrap();
    assert_eq!(
        (info.data_segs_in, info.bytes_received),
        (Some(2), Some(30))
    );
    assert_eq!((info.data_segs_out, info.bytes_sent), (Some(0), Some(0)));
}

#[test]
fn without_quick_acknowledgement_the_sender_joins_what_waits() {
    // The kernel acknowledges after 40 ms anyway. If the machine stalls for that long between two
    // sends, the second leaves alone, so several tries are allowed.
    let joined = (0..20).any(|_| {
        let (mut sender, receiver) = connection();
        set_option(&receiver, SocketOption::QuickAck(false)).unwrap();
        for length in [18, 12, 3] {
            sender.write_all(&vec![b'a'; length]).unwrap();
        }
        let held = tcp_info(&sender).unwrap();
        assert!(wait_queued(&receiver, 33, LIMIT).unwrap().readable);
        assert_eq!(sent(&sender).1, 33);
        held.data_segs_out == Some(1)
            && held.bytes_sent == Some(18)
            && held.notsent_bytes == Some(15)
            && sent(&sender).0 == 2
    });
    assert!(joined, "18 bytes, then 15 as one segment");
}

#[test]
fn corked_bytes_are_unsent_and_leave_as_one_segment() {
    let (mut sender, receiver) = connection();
    set_option(&sender, SocketOption::Cork(true)).unwrap();
    sender.write_all(&[b'a'; 18]).unwrap();
    sender.write_all(&[b'b'; 12]).unwrap();
    let info = tcp_info(&sender).unwrap();
    assert_eq!(info.notsent_bytes, Some(30));
    assert_eq!(unsent_or_unacked(&sender), Some(30));
    assert_eq!(sent(&sender), (0, 0));

    set_option(&sender, SocketOption::Cork(false)).unwrap();
    assert!(wait_queued(&receiver, 30, LIMIT).unwrap().readable);
    assert_eq!(sent(&sender), (1, 30));
    until(|| unsent_or_unacked(&sender) == Some(0));
    let info = tcp_info(&sender).unwrap();
    assert_eq!((info.unacked, info.notsent_bytes), (Some(0), Some(0)));
    // The SYN counts as one.
    assert_eq!(info.bytes_acked, Some(31));
}

#[test]
fn what_is_dropped_tcp_sends_again() {
    let (mut sender, mut receiver) = connection();
    drop_arriving(&receiver, true).unwrap();
    sender.write_all(&[b'a'; 18]).unwrap();
    assert_eq!(queued(&receiver).unwrap(), Some(0));
    assert_eq!(unsent_or_unacked(&sender), Some(18));
    // One of each, or more if the machine stalls for the 200 ms of a retransmission.
    assert!(sent(&sender).0 >= 1);
    assert!(datagram_drops(&receiver) >= Some(1));

    drop_arriving(&receiver, false).unwrap();
    assert!(wait_queued(&receiver, 18, LIMIT).unwrap().readable);
    let info = tcp_info(&sender).unwrap();
    assert!(info.total_retrans >= Some(1), "{info:?}");
    assert_eq!(info.bytes_sent, info.bytes_retrans.map(|again| 18 + again));
    let mut bytes = [0; 18];
    receiver.read_exact(&mut bytes).unwrap();
    assert_eq!(bytes, [b'a'; 18]);
}

#[test]
fn what_is_dropped_udp_loses() {
    let (sender, receiver) = conversation();
    drop_arriving(&receiver, true).unwrap();
    sender.send(b"lost").unwrap();
    drop_arriving(&receiver, false).unwrap();
    sender.send(b"the next").unwrap();

    assert!(wait_readable(&receiver, LIMIT).unwrap().readable);
    assert_eq!(
        queued(&receiver).unwrap(),
        Some(8),
        "the next datagram's size"
    );
    let mut buffer = [0; 64];
    let length = receiver.recv(&mut buffer).unwrap();
    assert_eq!(&buffer[..length], b"the next");
    assert_eq!(datagram_drops(&receiver), Some(1));
    let nothing_attached = drop_arriving(&receiver, false).unwrap_err();
    assert_eq!(nothing_attached.raw_os_error(), Some(libc::ENOENT));
}

#[test]
fn what_finds_no_room_udp_loses_and_the_kernel_counts() {
    let (sender, receiver) = conversation();
    set_option(&receiver, SocketOption::ReceiveBuffer(4096)).unwrap();
    for _ in 0..50 {
        sender.send(&[b'a'; 1000]).unwrap();
    }
    let dropped = datagram_drops(&receiver).unwrap();
    assert!((1..50).contains(&dropped), "{dropped}");
    let mut buffer = [0; 1000];
    for _ in 0..50 - dropped {
        assert_eq!(receiver.recv(&mut buffer).unwrap(), 1000);
    }
    receiver.set_nonblocking(true).unwrap();
    let nothing = receiver.recv(&mut buffer).unwrap_err();
    assert_eq!(
        nothing.kind(),
        ErrorKind::WouldBlock,
        "all are accounted for"
    );
    assert_eq!(datagram_drops(&receiver), Some(dropped));
}

#[test]
fn a_wait_for_bytes_ends_when_no_more_can_come() {
    let (mut sender, receiver) = connection();
    sender.write_all(&[b'a'; 18]).unwrap();
    drop(sender);
    let begin = Instant::now();
    let readiness = wait_queued(&receiver, 30, LIMIT).unwrap();
    assert!(readiness.ended && !readiness.readable, "{readiness:?}");
    assert!(begin.elapsed() < LIMIT, "it waited until its time was over");
    assert_eq!(queued(&receiver).unwrap(), Some(18));
    assert!(wait_queued(&receiver, 18, LIMIT).unwrap().readable);
}

#[test]
fn a_wait_for_bytes_ends_with_its_time_and_leaves_the_socket_as_it_was() {
    let (mut sender, receiver) = connection();
    sender.write_all(&[b'a'; 18]).unwrap();
    assert!(wait_queued(&receiver, 18, LIMIT).unwrap().readable);
    let readiness = wait_queued(&receiver, 30, Duration::from_millis(5)).unwrap();
    assert!(readiness.timed_out(), "{readiness:?}");
    // If the low-water mark were still at 30, poll would say not readable.
    assert!(wait_readable(&receiver, Duration::ZERO).unwrap().readable);

    set_receive_low_water(&receiver, 19).unwrap();
    assert!(
        wait_readable(&receiver, Duration::ZERO)
            .unwrap()
            .timed_out()
    );
}

#[test]
fn a_wait_for_bytes_works_where_poll_knows_no_low_water_mark() {
    let (mut sender, receiver) = std::os::unix::net::UnixStream::pair().unwrap();
    let receiver = std::thread::spawn(move || {
        assert!(wait_queued(&receiver, 30, LIMIT).unwrap().readable);
        queued(&receiver).unwrap()
    });
    sender.write_all(&[b'a'; 18]).unwrap();
    sender.write_all(&[b'b'; 12]).unwrap();
    assert_eq!(receiver.join().unwrap(), Some(30));

    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(&[b'a'; 18]).unwrap();
    assert!(wait_queued(&reader, 18, LIMIT).unwrap().readable);
    drop(writer);
    let readiness = wait_queued(&reader, 30, LIMIT).unwrap();
    assert!(readiness.ended && !readiness.readable, "{readiness:?}");
}

#[test]
fn the_end_of_the_stream_is_seen_behind_unread_bytes() {
    let (mut sender, receiver) = connection();
    sender.write_all(&[b'a'; 18]).unwrap();
    assert!(wait_queued(&receiver, 18, LIMIT).unwrap().readable);
    assert!(
        wait_peer_closed(&receiver, Duration::ZERO)
            .unwrap()
            .timed_out()
    );
    drop(sender);
    assert!(wait_peer_closed(&receiver, LIMIT).unwrap().ended);
    assert_eq!(queued(&receiver).unwrap(), Some(18));
}

#[test]
fn a_close_with_unread_bytes_is_an_error_that_waits() {
    let (mut sender, receiver) = connection();
    sender.write_all(&[b'a'; 18]).unwrap();
    assert!(wait_queued(&receiver, 18, LIMIT).unwrap().readable);
    drop(receiver);
    let readiness = wait_peer_closed(&sender, LIMIT).unwrap();
    assert!(readiness.ended && readiness.failed, "{readiness:?}");
    let error = sender.take_error().unwrap().unwrap();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[test]
fn every_option_is_set() {
    let socket = socket2::Socket::new(
        socket2::Domain::IPV4,
        socket2::Type::STREAM,
        Some(socket2::Protocol::TCP),
    )
    .unwrap();
    for option in [
        SocketOption::ReuseAddress(true),
        SocketOption::ReusePort(true),
        SocketOption::NoDelay(true),
        SocketOption::Cork(true),
        SocketOption::QuickAck(false),
        SocketOption::ReceiveBuffer(5000),
        SocketOption::SendBuffer(6000),
        SocketOption::MaxSegment(100),
        SocketOption::Linger(3),
        SocketOption::SendTimeout(250),
    ] {
        set_option(&socket, option).unwrap();
    }
    assert!(socket.reuse_address().unwrap());
    assert!(socket.reuse_port().unwrap());
    assert!(socket.tcp_nodelay().unwrap());
    assert!(socket.tcp_cork().unwrap());
    assert!(!socket.tcp_quickack().unwrap());
    // Linux doubles both buffers (socket(7)).
    assert_eq!(socket.recv_buffer_size().unwrap(), 10_000);
    assert_eq!(socket.send_buffer_size().unwrap(), 12_000);
    assert_eq!(socket.tcp_mss().unwrap(), 100);
    assert_eq!(socket.linger().unwrap(), Some(Duration::from_secs(3)));
    let timeout = socket.write_timeout().unwrap();
    // The kernel counts the timeout in ticks, and rounds up.
    assert!(timeout >= Some(Duration::from_millis(250)), "{timeout:?}");
}

#[test]
fn a_buffer_that_the_kernel_cut_is_told() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    for (limit, option) in [
        ("rmem_max", SocketOption::ReceiveBuffer as fn(u32) -> _),
        ("wmem_max", SocketOption::SendBuffer),
    ] {
        let limit = std::fs::read_to_string(format!("/proc/sys/net/core/{limit}")).unwrap();
        let limit: u32 = limit.trim_end().parse().unwrap();
        let asked = [(limit, None), (limit + 1000, Some(limit))];
        for (asked, cut) in asked {
            set_option(&socket, option(asked)).unwrap();
            assert_eq!(cut_option(&socket, option(asked)), cut);
        }
    }
    set_option(&socket, SocketOption::ReuseAddress(true)).unwrap();
    assert_eq!(cut_option(&socket, SocketOption::ReuseAddress(true)), None);
}

#[test]
fn what_is_not_tcp_has_no_tcp_info() {
    let (sender, _receiver) = conversation();
    assert_eq!(tcp_info(&sender), None);
}

#[test]
fn the_release_is_what_the_kernel_says() {
    let told = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    assert_eq!(release().as_deref(), Some(told.trim_end()));
}
