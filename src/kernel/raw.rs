//! The system calls for which no library has a safe function, each as a safe function.
//!
//! Promises: the kernel is given only memory that is borrowed for the call, with its true length;
//! callers see bytes and integers, never a pointer.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd};
use std::ptr;

/// The type of an option's length.
type Length = libc::socklen_t;

/// Whether the process ignores this signal (sigaction(2)). The parent process may have set that.
#[must_use]
pub fn ignores(signal: i32) -> bool {
    let mut now = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: without a new action nothing is changed, and the old one is written to memory of its
    // size. The C library may leave part of that memory untouched; it was zeroed, and zero is valid
    // for every field: each is an integer, a set of integers or an optional function.
    let now = unsafe {
        if libc::sigaction(signal, ptr::null(), now.as_mut_ptr()) != 0 {
            return false;
        }
        now.assume_init()
    };
    now.sa_sigaction == libc::SIG_IGN
}

/// Reads a socket option into `answer` and returns the number of bytes that the kernel filled.
///
/// # Errors
/// Any error of getsockopt(2): `ENOPROTOOPT` if the option is not known.
pub(super) fn get_option(
    socket: &impl AsFd,
    level: libc::c_int,
    name: libc::c_int,
    answer: &mut [u8],
) -> io::Result<usize> {
    let mut length = Length::try_from(answer.len()).unwrap_or(Length::MAX);
    // SAFETY: the descriptor is borrowed, so it is open; `answer` is writable for
    // `length` bytes, which the kernel takes as the limit of what it writes; every
    // byte pattern is a valid `u8`.
    let result = unsafe {
        libc::getsockopt(
            socket.as_fd().as_raw_fd(),
            level,
            name,
            answer.as_mut_ptr().cast(),
            &raw mut length,
        )
    };
    check(result)?;
    Ok(usize::try_from(length)
        .unwrap_or(usize::MAX)
        .min(answer.len()))
}

/// Sets a socket option that is an `int`.
///
/// # Errors
/// Any error of setsockopt(2).
pub(super) fn set_int_option(
    socket: &impl AsFd,
    level: libc::c_int,
    name: libc::c_int,
    value: libc::c_int,
) -> io::Result<()> {
    let length = Length::try_from(size_of_val(&value)).unwrap_or(Length::MAX);
    // SAFETY: the descriptor is borrowed, so it is open; `value` lives for the call
    // and is readable for the `length` bytes that it has.
    let result = unsafe {
        libc::setsockopt(
            socket.as_fd().as_raw_fd(),
            level,
            name,
            (&raw const value).cast(),
            length,
        )
    };
    check(result)
}

/// `ioctl(SIOCOUTQ)`, described in tcp(7) and udp(7).
///
/// # Errors
/// Any error of ioctl(2): `EINVAL` on a listening socket.
#[cfg(target_os = "linux")]
pub(super) fn out_queue(socket: &impl AsFd) -> io::Result<libc::c_int> {
    let mut bytes: libc::c_int = 0;
    // SAFETY: the descriptor is borrowed, so it is open; this request, which has the same number as
    // TIOCOUTQ (linux/sockios.h), writes one int, and `bytes` is one.
    let result = unsafe { libc::ioctl(socket.as_fd().as_raw_fd(), libc::TIOCOUTQ, &raw mut bytes) };
    check(result)?;
    Ok(bytes)
}

/// Binds an `AF_PACKET` socket to one interface and one protocol: packet(7).
///
/// # Errors
/// Any error of bind(2).
#[cfg(target_os = "linux")]
pub(super) fn bind_to_interface(
    socket: &impl AsFd,
    index: libc::c_int,
    protocol: u16,
) -> io::Result<()> {
    // SAFETY: all fields of `sockaddr_ll` are integers, for which zero is a valid value.
    let mut address: libc::sockaddr_ll = unsafe { std::mem::zeroed() };
    address.sll_family = libc::sa_family_t::try_from(libc::AF_PACKET).unwrap_or_default();
    address.sll_protocol = protocol.to_be();
    address.sll_ifindex = index;
    let length = Length::try_from(size_of_val(&address)).unwrap_or(Length::MAX);
    // SAFETY: the descriptor is borrowed, so it is open; `address` lives for the call and is
    // readable for all of its `length` bytes.
    let result = unsafe {
        libc::bind(
            socket.as_fd().as_raw_fd(),
            (&raw const address).cast(),
            length,
        )
    };
    check(result)
}

/// The `N` bytes at `offset`, or `None` if `bytes` ends before.
#[cfg(target_os = "linux")]
pub(super) fn octets<const N: usize>(bytes: &[u8], offset: usize) -> Option<[u8; N]> {
    bytes.get(offset..)?.first_chunk().copied()
}

/// Turns the result of a system call into an error if it is negative.
fn check(result: libc::c_int) -> io::Result<()> {
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}
