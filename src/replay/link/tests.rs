//! Tests that a call ends at its time limit, whatever other threads write and read.

#![allow(clippy::unwrap_used, reason = "a call that fails here fails the test")]

use super::super::shared::loopback;
use super::*;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// The time limit of the call under test, and the time after which the other thread gives up. A
/// limit that began anew each time would outlast it.
const LIMIT: Duration = Duration::from_millis(100);
const TURNS: u32 = 1_000;
const BETWEEN: Duration = Duration::from_millis(10);

/// Repeats `act` until `call` returns. Also says whether `call` returned before the other gave up.
fn ends_before_the_other<T>(mut act: impl FnMut() + Send, call: impl FnOnce() -> T) -> (T, bool) {
    let through = AtomicBool::new(false);
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            for _ in 0..TURNS {
                if through.load(Ordering::Relaxed) {
                    return true;
                }
                act();
                thread::sleep(BETWEEN);
            }
            false
        });
        let done = call();
        through.store(true, Ordering::Relaxed);
        (done, other.join().unwrap())
    })
}

#[test]
fn strangers_do_not_prolong_a_recv() {
    for peek in [false, true] {
        let socket = UdpSocket::bind(loopback(0)).unwrap();
        socket.set_read_timeout(Some(LIMIT)).unwrap();
        let port = socket.local_addr().unwrap().port();
        let mut link = UdpLink {
            socket: Arc::new(socket),
            peer: None,
            connected: false,
        };
        let stranger = UdpSocket::bind(loopback(0)).unwrap();
        let flags = RecvFlags {
            peek,
            ..RecvFlags::default()
        };
        let (received, first) = ends_before_the_other(
            || {
                stranger.send_to(b"zz", loopback(port)).unwrap();
            },
            || link.recv(&mut [0; 10], flags, &Shared::new(), Side::Server),
        );
        assert_eq!(received.unwrap_err().kind(), ErrorKind::WouldBlock);
        assert!(first, "the strangers ended it, peek: {peek}");
        assert_eq!(link.socket.read_timeout().unwrap(), Some(LIMIT));
    }
}

#[test]
fn what_follows_a_stranger_may_take_what_is_left() {
    let socket = UdpSocket::bind(loopback(0)).unwrap();
    let [half, whole] = [1, 2].map(Duration::from_secs);
    socket.set_read_timeout(Some(whole)).unwrap();
    let link = UdpLink {
        socket: Arc::new(socket),
        peer: None,
        connected: false,
    };
    let begin = Instant::now().checked_sub(half).unwrap();
    let mut limit = None;
    link.allow_the_rest(begin, &mut limit).unwrap();
    assert_eq!(limit, Some(whole));
    // The kernel counts in ticks of at most 10 ms.
    let left = link.socket.read_timeout().unwrap().unwrap();
    assert!(left <= half + Duration::from_millis(10), "{left:?}");
    let begin = begin.checked_sub(half).unwrap();
    let over = link.allow_the_rest(begin, &mut limit).unwrap_err();
    assert_eq!(over.kind(), ErrorKind::WouldBlock);
}

#[test]
fn a_reader_that_takes_little_does_not_prolong_a_send() {
    let (mut reader, writer) = io::pipe().unwrap();
    rustix::io::ioctl_fionbio(&writer, true).unwrap();
    let mut ends = PipeEnds {
        reader: io::pipe().unwrap().0,
        writer: Some(writer),
        deadline: LIMIT,
    };
    let bytes = vec![0; TURNS as usize * 8192];
    let (sent, first) = ends_before_the_other(
        move || {
            reader.read_exact(&mut [0; 4096]).unwrap();
        },
        || ends.send(&bytes, SendFlags::default()),
    );
    assert!(sent.unwrap() < bytes.len());
    assert!(first, "the reader ended it");
}
