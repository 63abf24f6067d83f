//! Tests of the capture: it sees the packets that were sent, and `TCP_INFO` counts the same.
//!
//! The tests with a live capture need a privilege, so they are ignored by default; run them with
//! `cargo test -- --ignored`.

#![allow(clippy::unwrap_used, reason = "a call that fails here fails the test")]

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener, TcpStream};

use super::capture::{Capture, Frame, Segment, segments};
use super::tests::{LIMIT, connection};
use super::{drop_arriving, queued, set_option, tcp_info, wait_queued};
use crate::scenario::SocketOption;

const SENDER: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 40_000);
const RECEIVER: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 50_000);

/// A packet of the sender.
fn frame(sequence: u32, payload: u32) -> Frame {
    Frame {
        from: SENDER,
        to: RECEIVER,
        sequence,
        payload,
        window: 64,
        syn: false,
        fin: false,
        rst: false,
        cut_to: None,
    }
}

/// A segment sent for the first time.
fn first(bytes: std::ops::Range<u64>) -> Segment {
    Segment {
        bytes,
        again: false,
    }
}

/// A segment sent again.
fn again(bytes: std::ops::Range<u64>) -> Segment {
    Segment { bytes, again: true }
}

#[test]
fn offsets_count_from_behind_the_syn_and_go_on_where_sequence_numbers_wrap() {
    let syn = Frame {
        syn: true,
        ..frame(u32::MAX - 10, 0)
    };
    let reply = Frame {
        from: RECEIVER,
        to: SENDER,
        ..frame(7, 99)
    };
    let frames = [
        syn,
        frame(u32::MAX - 9, 0),
        frame(u32::MAX - 9, 18),
        reply,
        frame(8, 12),
        frame(u32::MAX - 9, 18),
        frame(20, 5),
        frame(8, 12),
    ];
    assert_eq!(
        segments(&frames, SENDER, RECEIVER).unwrap(),
        [
            first(0..18),
            first(18..30),
            again(0..18),
            first(30..35),
            again(18..30),
        ]
    );
    assert_eq!(segments(&frames, RECEIVER, SENDER), None, "no SYN of it");
}

#[test]
fn a_super_segment_is_cut() {
    let syn = Frame {
        syn: true,
        ..frame(0, 0)
    };
    let large = Frame {
        cut_to: Some(88),
        ..frame(1, 200)
    };
    assert_eq!(
        segments(&[syn, large], SENDER, RECEIVER).unwrap(),
        [first(0..88), first(88..176), first(176..200)]
    );
}

/// An IPv4 address of a test's own socket.
fn v4(address: SocketAddr) -> SocketAddrV4 {
    match address {
        SocketAddr::V4(address) => address,
        SocketAddr::V6(address) => panic!("{address} is not IPv4"),
    }
}

/// The data segments that the capture saw from `sender`, and the number of packets they came in.
fn seen(capture: &mut Capture, sender: &TcpStream) -> (Vec<Segment>, usize) {
    let frames = capture.take().unwrap();
    assert_eq!(capture.lost().unwrap(), 0);
    let (from, to) = (
        v4(sender.local_addr().unwrap()),
        v4(sender.peer_addr().unwrap()),
    );
    let packets = frames
        .iter()
        .filter(|frame| frame.from == from && frame.payload > 0)
        .count();
    (segments(&frames, from, to).unwrap(), packets)
}

#[test]
#[ignore = "needs CAP_NET_RAW"]
fn two_sends_are_two_segments() {
    let mut capture = Capture::open().unwrap();
    let (mut sender, receiver) = connection();
    sender.write_all(&[b'a'; 18]).unwrap();
    sender.write_all(&[b'b'; 12]).unwrap();
    assert!(wait_queued(&receiver, 30, LIMIT).unwrap().readable);

    let (segments, packets) = seen(&mut capture, &sender);
    assert_eq!(segments, [first(0..18), first(18..30)]);
    assert_eq!(packets, 2, "each is seen once");
}

#[test]
#[ignore = "needs CAP_NET_RAW"]
fn joined_by_the_sender_they_are_one() {
    let mut capture = Capture::open().unwrap();
    let (mut sender, receiver) = connection();
    set_option(&sender, SocketOption::Cork(true)).unwrap();
    sender.write_all(&[b'a'; 18]).unwrap();
    sender.write_all(&[b'b'; 12]).unwrap();
    set_option(&sender, SocketOption::Cork(false)).unwrap();
    assert!(wait_queued(&receiver, 30, LIMIT).unwrap().readable);
    assert_eq!(seen(&mut capture, &sender).0, [first(0..30)]);
}

#[test]
#[ignore = "needs CAP_NET_RAW"]
fn what_is_dropped_was_sent_and_is_sent_again() {
    let mut capture = Capture::open().unwrap();
    let (mut sender, receiver) = connection();
    drop_arriving(&receiver, true).unwrap();
    sender.write_all(&[b'a'; 18]).unwrap();
    assert_eq!(queued(&receiver).unwrap(), Some(0));
    drop_arriving(&receiver, false).unwrap();
    assert!(wait_queued(&receiver, 18, LIMIT).unwrap().readable);

    let (segments, _) = seen(&mut capture, &sender);
    assert_eq!(segments[0], first(0..18));
    assert_eq!(segments[1], again(0..18));
    let info = tcp_info(&sender).unwrap();
    assert_eq!(
        info.total_retrans.map(|number| number as usize),
        Some(segments.len() - 1)
    );
}

#[test]
#[ignore = "needs CAP_NET_RAW"]
fn tcp_info_counts_the_segments_that_a_super_segment_is_cut_into() {
    let mut capture = Capture::open().unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    set_option(&listener, SocketOption::MaxSegment(100)).unwrap();
    let mut sender = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let mut receiver = listener.accept().unwrap().0;
    sender.write_all(&[b'a'; 1000]).unwrap();
    assert!(wait_queued(&receiver, 1000, LIMIT).unwrap().readable);
    receiver.read_exact(&mut [0; 1000]).unwrap();

    let info = tcp_info(&sender).unwrap();
    let (segments, packets) = seen(&mut capture, &sender);
    assert_eq!(info.data_segs_out, Some(12));
    assert_eq!(info.snd_mss, Some(88));
    assert_eq!(segments.len(), 12);
    assert_eq!(segments[0], first(0..88));
    assert_eq!(segments[11], first(968..1000));
    assert!(packets < segments.len(), "{packets} packets");
}

#[test]
#[ignore = "needs CAP_NET_RAW"]
fn tcp_info_counts_the_segments_of_a_long_stream() {
    let mut capture = Capture::open().unwrap();
    let (mut sender, mut receiver) = connection();
    let reader = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        receiver.read_to_end(&mut bytes).unwrap();
        (bytes.len(), receiver)
    });
    sender.write_all(&vec![b'a'; 10 << 20]).unwrap();
    sender.shutdown(std::net::Shutdown::Write).unwrap();
    // The receiver stays open, because a closed connection has no peer address.
    let (length, _receiver) = reader.join().unwrap();
    assert_eq!(length, 10 << 20);

    let info = tcp_info(&sender).unwrap();
    let (segments, _) = seen(&mut capture, &sender);
    assert_eq!(
        info.data_segs_out.map(|number| number as usize),
        Some(segments.len())
    );
    let bytes: u64 = segments
        .iter()
        .map(|it| it.bytes.end - it.bytes.start)
        .sum();
    assert_eq!(info.bytes_sent, Some(bytes));
}
