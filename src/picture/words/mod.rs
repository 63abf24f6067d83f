//! Describes faults, fates, conditions and stops in sentences, in both languages.
//!
//! The pictures use it, and so do the commands that print a line or two. [`difference`] describes
//! what was expected beside what happened.
//!
//! Promises: every sentence is one line and contains nothing unescaped, and English and Chinese say
//! the same. Never decides anything.

mod difference;

pub use difference::difference;

use std::collections::BTreeMap;

use crate::analysis::{BoundaryFate, Held, MessageFate, Skipped};
use crate::diagnostic::system;
use crate::language::Language;
use crate::scenario::{
    Condition, Fault, LengthError, Place, Side, SocketOption, SocketPart, SystemFault, Transport,
};
use crate::trace::{CutOption, Lack, Stop, StopReason};

use super::number::{bytes, grouped};
use crate::diagnostic::escape;

/// The name of a side.
#[must_use]
pub fn side(language: Language, side: Side) -> &'static str {
    match side {
        Side::Server => language.pick("server", "服务端"),
        Side::Client => language.pick("client", "客户端"),
    }
}

/// The name of a transport as people write it.
#[must_use]
pub const fn transport(transport: Transport) -> &'static str {
    match transport {
        Transport::Tcp => "TCP",
        Transport::Udp => "UDP",
        Transport::UnixStream => "AF_UNIX SOCK_STREAM",
        Transport::UnixSeqpacket => "AF_UNIX SOCK_SEQPACKET",
        Transport::Pipe => "pipe",
    }
}

/// `count` with its noun: `1 recv`, `2 recvs`, `2 次 recv`.
#[must_use]
pub fn counted(language: Language, count: u64, one: &str, many: &str, chinese: &str) -> String {
    let number = grouped(count);
    match language {
        Language::English => format!("{number} {}", if count == 1 { one } else { many }),
        Language::Chinese => format!("{number} {chinese}"),
    }
}

/// A count; "at least" is added if there may be more.
#[must_use]
pub fn at_least(language: Language, counted: String, more_may_have_come: bool) -> String {
    if more_may_have_come {
        say!(language, "at least {counted}", "至少 {counted}")
    } else {
        counted
    }
}

/// A fault: its name and its meaning.
#[must_use]
pub fn fault(language: Language, fault: Fault) -> String {
    let meaning = match fault {
        Fault::System(fault) => system_fault(language, fault),
        Fault::Framing(kind) => kind.clause(language),
        Fault::Length(error) => length_error(language, error),
    };
    match language {
        Language::English => format!("{} ({meaning})", fault.name()),
        Language::Chinese => format!("{}（{meaning}）", fault.name()),
    }
}

fn system_fault(language: Language, fault: SystemFault) -> &'static str {
    match fault {
        SystemFault::AddrInUse => language.pick("the address is in use", "地址已被占用"),
        SystemFault::AddrNotAvailable => {
            language.pick("the address is not available", "地址不可用")
        }
        SystemFault::ConnectionRefused => language.pick("nothing listens there", "对方没有监听"),
        SystemFault::ConnectionReset => language.pick("the connection was reset", "连接被重置"),
        SystemFault::BrokenPipe => {
            language.pick("the connection takes no more bytes", "连接已不能再发送")
        }
        SystemFault::MessageSize => language.pick("the datagram is too large", "数据报太大"),
        SystemFault::WouldBlock => {
            language.pick("it would block, or its time ran out", "会阻塞，或已超时")
        }
        SystemFault::NotConnected => language.pick("not connected", "没有连接"),
        SystemFault::Invalid => language.pick("invalid for this socket", "对此套接字无效"),
        SystemFault::Unsupported => language.pick("not possible here", "此平台不支持"),
        SystemFault::TimedOut => language.pick("the connection timed out", "连接超时"),
        SystemFault::Other(code) => system::meaning(language, code),
    }
}

fn length_error(language: Language, error: LengthError) -> &'static str {
    match error {
        LengthError::NotANumber => language.pick("not a number", "不是数字"),
        LengthError::NegativeLength => language.pick("a negative length", "长度为负"),
        LengthError::LengthTooLarge => language.pick("too large to receive", "长度太大，不予接收"),
        LengthError::LengthDoesNotFit => {
            language.pick("the length does not fit its field", "长度放不进这个字段")
        }
        LengthError::NoLength => language.pick("no length was received", "还没有收到长度"),
    }
}

/// The fate of a message.
#[must_use]
pub fn message_fate(language: Language, fate: MessageFate) -> String {
    match fate {
        MessageFate::Whole => language.pick("whole", "完整").to_owned(),
        MessageFate::WholeByParts(recvs) => say!(
            language,
            "whole, header and payload in {recvs} recvs",
            "完整，头部和负载分 {recvs} 次 recv 收到"
        ),
        MessageFate::Coalesced => language.pick("coalesced", "被合并").to_owned(),
        MessageFate::InPieces(recvs) => say!(
            language,
            "in pieces, {recvs} recvs",
            "分成几段，用了 {recvs} 次 recv"
        ),
        MessageFate::Truncated(delivered) => say!(
            language,
            ("truncated after {}", bytes(delivered)),
            ("在 {} 处截断", bytes(delivered))
        ),
        MessageFate::Lost(0) => language.pick("not received", "没有收到").to_owned(),
        MessageFate::Lost(received) => say!(
            language,
            ("only {} of it received", bytes(received)),
            ("只收到 {}", bytes(received))
        ),
        MessageFate::NotSeen => not_seen(language).to_owned(),
    }
}

/// The text for datagrams with the same bytes of which only some were received.
#[must_use]
pub fn alike(language: Language) -> &'static str {
    language.pick("alike, and not all received", "内容相同，没有全部收到")
}

/// What is said of calls that were not seen.
#[must_use]
pub fn not_seen(language: Language) -> &'static str {
    language.pick("not seen", "没有看到")
}

/// The fate of a datagram. One that was not received is lost, because no one keeps it.
#[must_use]
pub fn datagram_fate(language: Language, fate: MessageFate) -> String {
    match fate {
        MessageFate::Lost(0) => language.pick("lost", "丢失").to_owned(),
        MessageFate::Lost(1..)
        | MessageFate::Whole
        | MessageFate::WholeByParts(_)
        | MessageFate::Coalesced
        | MessageFate::InPieces(_)
        | MessageFate::Truncated(_)
        | MessageFate::NotSeen => message_fate(language, fate),
    }
}

/// The fate of a boundary.
#[must_use]
pub fn boundary_fate(language: Language, fate: BoundaryFate) -> String {
    match fate {
        BoundaryFate::Kept => language.pick("kept", "保留").to_owned(),
        BoundaryFate::Coalesced { place: where_, .. } => place(language, where_).to_owned(),
        BoundaryFate::NotReached => language.pick("not reached", "没有到达").to_owned(),
        BoundaryFate::Uncertain => language
            .pick("not known (datagrams alike)", "无法得知（数据报内容相同）")
            .to_owned(),
        BoundaryFate::NotSeen => not_seen(language).to_owned(),
    }
}

/// That a boundary was lost, and where.
#[must_use]
pub fn place(language: Language, place: Option<Place>) -> &'static str {
    match place {
        Some(Place::BySender) => language.pick("lost by the sender", "丢在发送方"),
        Some(Place::InReceiveQueue) => language.pick("lost in the receive queue", "丢在接收队列"),
        None => language.pick("lost, where is not known", "已丢失，位置未知"),
    }
}

/// What came as expected: `2 recvs, 1 boundary`. Empty if nothing did.
#[must_use]
pub fn held(language: Language, all: &[Held]) -> String {
    let mut counts: BTreeMap<Held, u64> = BTreeMap::new();
    for &held in all {
        *counts.entry(held).or_default() += 1;
    }
    let told = counts.into_iter().map(|(held, count)| {
        let counted = |one, many, chinese| counted(language, count, one, many, chinese);
        let named = |english: &str, chinese: &str| language.pick(english, chinese).to_owned();
        match held {
            Held::Failure => counted("failing call", "failing calls", "次失败的调用"),
            Held::Recv => counted("recv", "recvs", "次 recv"),
            Held::Boundary => counted("boundary", "boundaries", "个边界"),
            Held::LostBoundaries => named("lost boundaries", "丢失的边界数"),
            Held::Message => counted("message", "messages", "条消息"),
            Held::Decoded => counted("decoded message", "decoded messages", "条解码的消息"),
            Held::Total => named("total size", "字节总数"),
            Held::Content => named("content", "内容"),
            Held::Segment => counted("segment", "segments", "个报文段"),
            Held::SegmentCount => named("segment count", "报文段数"),
            Held::Queued => counted("queue size", "queue sizes", "次排队的字节数"),
            Held::Retransmitted => named("retransmissions", "重传数"),
            Held::Dropped => named("drops", "丢弃数"),
        }
    });
    let told: Vec<_> = told.collect();
    told.join(language.pick(", ", "、"))
}

/// An expectation that could not be judged here.
#[must_use]
pub fn skipped(language: Language, skipped: Skipped) -> String {
    let (receiver, what) = match skipped {
        Skipped::Segments(side) => (side, language.pick("the segments", "报文段")),
        Skipped::Place(side) => (
            side,
            language.pick("where a boundary was lost", "边界丢在何处"),
        ),
        Skipped::Queued(side) => (side, language.pick("what was queued", "队列中有多少字节")),
        Skipped::Retransmitted(side) => (
            side,
            language.pick("what was sent again", "重传了多少报文段"),
        ),
        Skipped::Dropped(side) => (side, language.pick("what was dropped", "丢弃了多少数据报")),
        Skipped::Alike(receiver) => {
            let name = side(language, receiver);
            return say!(
                language,
                "{name}: not judged, datagrams with the same bytes cannot be told apart",
                "{name}：未判定，字节相同的数据报无法区分"
            );
        }
        Skipped::Stalled {
            milliseconds,
            timer,
        } => return not_judged(language, milliseconds, timer),
        Skipped::Part(receiver) => {
            let name = side(language, receiver);
            return say!(
                language,
                "{name}: not judged, this system has no such socket, option or call",
                "{name}：未判定，本系统没有这种套接字、选项或调用"
            );
        }
    };
    let name = side(language, receiver);
    say!(
        language,
        "{name}: not judged, the kernel did not report {what}",
        "{name}：未判定，内核此时没有告知{what}"
    )
}

/// That the machine stalled for so many milliseconds while a timer of so many ran.
fn not_judged(language: Language, milliseconds: u64, timer: u64) -> String {
    let (stalled, timer) = (grouped(milliseconds), grouped(timer));
    say!(
        language,
        "not judged: the machine stalled for {stalled} ms, while a timer of {timer} ms ran",
        "未判定：机器停顿了 {stalled} ms，而一个 {timer} ms 的定时器照走不误"
    )
}

/// Why a replay ended early: the side, its step, and what the other side had done.
#[must_use]
pub fn stop(language: Language, stop: &Stop) -> Vec<String> {
    let name = side(language, stop.side);
    let at = stop.step.map_or_else(String::new, |step| {
        say!(
            language,
            (" at step {}", u64::from(step.0) + 1),
            ("在第 {} 步", u64::from(step.0) + 1)
        )
    });
    let reason = stop_reason(language, &stop.reason);
    let mut lines = vec![say!(
        language,
        "the {name} ended the replay{at}: {reason}",
        "{name}{at}结束了重放：{reason}"
    )];
    lines.extend(other_last(language, stop.side, stop.other_last.as_deref()));
    lines
}

/// The last step of the side other than `ended`.
pub(super) fn other_last(language: Language, ended: Side, last: Option<&str>) -> Option<String> {
    let other = side(language, ended.other());
    last.map(|step| {
        let step = escape::text(step);
        say!(
            language,
            "the last step of the {other}: {step}",
            "{other}的最后一步：{step}"
        )
    })
}

/// An option for which the kernel gave less than was asked for.
#[must_use]
pub fn cut_option(language: Language, cut: &CutOption) -> String {
    let name = side(language, cut.side);
    let (option, given) = (option(cut.option), grouped(cut.given.into()));
    let limit = match cut.option {
        SocketOption::ReceiveBuffer(_) => "net.core.rmem_max",
        SocketOption::SendBuffer(_) => "net.core.wmem_max",
        SocketOption::ReuseAddress(_)
        | SocketOption::ReusePort(_)
        | SocketOption::NoDelay(_)
        | SocketOption::Cork(_)
        | SocketOption::QuickAck(_)
        | SocketOption::MaxSegment(_)
        | SocketOption::Linger(_)
        | SocketOption::SendTimeout(_) => {
            return say!(
                language,
                "the {name} asked for {option}, but the kernel gave {given}",
                "{name}要求 {option}，内核只给了 {given}"
            );
        }
    };
    say!(
        language,
        "the {name} asked for {option}, but the kernel gave {given} ({limit})",
        "{name}要求 {option}，内核只给了 {given}（{limit}）"
    )
}

/// The reason why a replay ended early.
#[must_use]
pub fn stop_reason(language: Language, reason: &StopReason) -> String {
    match reason {
        StopReason::Deadline {
            waited_for,
            there,
            milliseconds,
        } => {
            let waited_for = escape::text(waited_for);
            let time = grouped(*milliseconds);
            let found = found(language, *there);
            say!(
                language,
                "waited {time} ms for {waited_for}{found}",
                "等待 {waited_for}，{time} ms 后仍未等到{found}"
            )
        }
        StopReason::Impossible { waited_for, there } => {
            let waited_for = escape::text(waited_for);
            let found = found(language, *there);
            say!(
                language,
                "{waited_for} can no longer come{found}",
                "不可能再等到 {waited_for}{found}"
            )
        }
        StopReason::Fault {
            step,
            fault: met,
            message,
        } => {
            let step = escape::text(step);
            // The system's message says no more than the name of the fault, and only in one
            // language.
            let message = match met {
                Fault::Framing(_) | Fault::Length(_) => {
                    let message = escape::text(message);
                    say!(language, ": {message}", "：{message}")
                }
                Fault::System(_) => String::new(),
            };
            let met = fault(language, *met);
            say!(
                language,
                "{step} failed: {met}{message}",
                "{step} 失败：{met}{message}"
            )
        }
        StopReason::NoFault { step, expected } => {
            let step = escape::text(step);
            let expected = fault(language, *expected);
            say!(
                language,
                "{step} succeeded, but should have failed with {expected}",
                "{step} 成功了，本应失败：{expected}"
            )
        }
        StopReason::Machine {
            lack,
            step,
            fault: met,
        } => {
            let (step, met) = (escape::text(step), fault(language, *met));
            let lacks = lacks(language, *lack);
            say!(
                language,
                "{lacks}: {step} failed: {met}",
                "{lacks}：{step} 失败：{met}"
            )
        }
        StopReason::Stalled {
            step,
            milliseconds,
            timer,
        } => {
            let step = escape::text(step);
            let why = not_judged(language, *milliseconds, *timer);
            say!(language, "{step}: {why}", "{step}：{why}")
        }
        StopReason::Panic(message) => {
            let message = escape::text(message);
            say!(
                language,
                "an error in sticky itself: {message}",
                "sticky 自身的错误：{message}"
            )
        }
        StopReason::Unsupported(what) => {
            let what = escape::text(what);
            say!(language, "this platform has no {what}", "此平台没有 {what}")
        }
    }
}

/// What the machine lacks.
#[must_use]
pub fn lacks(language: Language, lack: Lack) -> &'static str {
    match lack {
        Lack::Loopback => language.pick(
            "this machine has no working loopback (127.0.0.1)",
            "这台机器没有可用的环回接口（127.0.0.1）",
        ),
        Lack::Ports => language.pick("no port is free", "没有空闲的端口"),
        Lack::Descriptors => language.pick("no file descriptor is left", "文件描述符已用完"),
        Lack::Memory => language.pick("no memory is left", "内存已用完"),
        Lack::Threads => language.pick("no thread can be started", "无法启动线程"),
        Lack::Permission => language.pick(
            "this process may not use sockets here",
            "这里不允许本进程使用套接字",
        ),
    }
}

/// The remedy for it.
#[must_use]
pub fn remedy(language: Language, lack: Lack) -> &'static str {
    match lack {
        Lack::Loopback => language.pick(
            "bring it up, as root: `ip link set lo up`",
            "以 root 身份启用它：`ip link set lo up`",
        ),
        Lack::Ports => language.pick(
            "wait a minute (TIME_WAIT keeps ports), or widen the range: `sysctl net.ipv4.ip_local_port_range`",
            "等一分钟（TIME_WAIT 会占住端口），或扩大范围：`sysctl net.ipv4.ip_local_port_range`",
        ),
        Lack::Descriptors => language.pick(
            "allow more, such as `ulimit -n 64`, or close other programs",
            "放宽限制，例如 `ulimit -n 64`，或关闭别的程序",
        ),
        Lack::Memory => language.pick(
            "allow more (`ulimit -v`), or close other programs",
            "放宽限制（`ulimit -v`），或关闭别的程序",
        ),
        Lack::Threads => language.pick(
            "allow more processes (`ulimit -u`) and memory (`ulimit -v`)",
            "放宽进程数（`ulimit -u`）和内存（`ulimit -v`）的限制",
        ),
        Lack::Permission => language.pick(
            "look for a sandbox, a container's profile or a firewall that forbids it",
            "检查沙箱、容器的安全配置或防火墙是否禁止了它",
        ),
    }
}

fn found(language: Language, there: Option<u64>) -> String {
    there.map_or_else(String::new, |count| {
        let count = grouped(count);
        say!(language, "; there: {count}", "；已有：{count}")
    })
}

/// A condition that is waited for.
#[must_use]
pub fn condition(language: Language, condition: &Condition) -> String {
    match condition {
        Condition::Queued(count) => {
            let count = bytes(u64::from(*count));
            say!(language, "{count} queued", "{count} 到达队列")
        }
        Condition::Acknowledged => language.pick("all acknowledged", "全部被确认").to_owned(),
        Condition::PeerClosed => language.pick("the peer closed", "对方关闭").to_owned(),
        Condition::Reset => language.pick("a reset or refusal", "重置或拒绝").to_owned(),
        Condition::Dropped(count) => {
            let count = u64::from(*count);
            let datagrams = counted(language, count, "datagram", "datagrams", "个数据报");
            say!(language, "{datagrams} dropped", "丢弃 {datagrams}")
        }
        Condition::Reached(name) => {
            let name = escape::text(name);
            say!(language, "point \"{name}\"", "同步点“{name}”")
        }
        Condition::Retransmitted(count) => {
            let count = u64::from(*count);
            let segments = counted(language, count, "segment", "segments", "个报文段");
            say!(language, "{segments} sent again", "重传 {segments}")
        }
        Condition::Segments(count) => {
            let count = u64::from(*count);
            let segments = counted(language, count, "segment", "segments", "个报文段");
            say!(language, "{segments} sent", "发出 {segments}")
        }
    }
}

/// A socket option and its value, with its POSIX or Linux name.
#[must_use]
pub fn option(option: SocketOption) -> String {
    let on = |name: &str, set: bool| format!("{name}={}", u8::from(set));
    match option {
        SocketOption::ReuseAddress(set) => on("SO_REUSEADDR", set),
        SocketOption::ReusePort(set) => on("SO_REUSEPORT", set),
        SocketOption::NoDelay(set) => on("TCP_NODELAY", set),
        SocketOption::Cork(set) => on("TCP_CORK", set),
        SocketOption::QuickAck(set) => on("TCP_QUICKACK", set),
        SocketOption::ReceiveBuffer(size) => format!("SO_RCVBUF={}", grouped(u64::from(size))),
        SocketOption::SendBuffer(size) => format!("SO_SNDBUF={}", grouped(u64::from(size))),
        SocketOption::MaxSegment(size) => format!("TCP_MAXSEG={}", grouped(u64::from(size))),
        SocketOption::Linger(seconds) => format!("SO_LINGER={} s", grouped(u64::from(seconds))),
        SocketOption::SendTimeout(millis) => {
            format!("SO_SNDTIMEO={} ms", grouped(u64::from(millis)))
        }
    }
}

/// The closing of a socket.
#[must_use]
pub fn close(language: Language, part: SocketPart) -> &'static str {
    match part {
        SocketPart::Connection => language.pick("close", "关闭"),
        SocketPart::Listener => language.pick("close the listener", "关闭监听套接字"),
    }
}
