//! What cannot be written as two programs, and why.

use super::framed::has_helpers;
use super::target::Target;
use crate::framing::Framing;
use crate::language::Language;
use crate::render::escape;
use crate::scenario::{Action, Opening, Part, Receiving, Side, SocketOption, Transport};

/// Why there is no such program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsupported {
    /// A pipe has no address for a second terminal.
    Pipe,
    /// Rust's std has no `SOCK_SEQPACKET`.
    Seqpacket,
    /// Rust's std sets `SO_REUSEADDR` before a bind whatever one wants.
    AddressOptions,
    /// The server connects to the client.
    ServerConnects,
    /// Exact reads from a datagram socket.
    ExactOverDatagrams,
    /// Rust's std binds a TCP socket only to listen at once, and never one that connects.
    BoundOnly,
    /// A block leaves a socket open that it opened, or closes one that it did not.
    OpensInRepeat,
    /// A framing for which there are no helpers.
    Framing(Framing),
    /// A step on a socket that is not open, as the file writes it.
    NotOpen(String),
}

impl Unsupported {
    /// What this language, or two terminals, do not have for one side of a part.
    pub(super) fn check(part: &Part, side: Side, target: Target) -> Result<(), Self> {
        let mut framings = part
            .script(side)
            .written()
            .filter_map(|step| match &step.action {
                Action::Send(send) => send.framing,
                Action::Receive(Receiving::Decode { framing, .. }) => Some(*framing),
                Action::Receive(
                    Receiving::Recv(_)
                    | Receiving::Exact(_)
                    | Receiving::UntilEnd { .. }
                    | Receiving::Available { .. },
                )
                | Action::Open(_)
                | Action::Socket(_)
                | Action::Script(_)
                | Action::Repeat { .. } => None,
            });
        if let Some(framing) = framings.find(|framing| !has_helpers(*framing)) {
            return Err(Self::Framing(framing));
        }
        match (part.transport, target) {
            (Transport::Pipe, _) => Err(Self::Pipe),
            (Transport::UnixSeqpacket, Target::Rust) => Err(Self::Seqpacket),
            (_, Target::Rust) => Self::check_std(part, side),
            (_, Target::Python | Target::C) => Ok(()),
        }
    }

    /// What Rust's std does not leave to the program.
    fn check_std(part: &Part, side: Side) -> Result<(), Self> {
        let tcp = part.transport == Transport::Tcp;
        let script = part.script(side);
        let decides = |option: &SocketOption| match option {
            SocketOption::ReuseAddress(on) => !(tcp && *on),
            SocketOption::ReusePort(_) => true,
            SocketOption::NoDelay(_)
            | SocketOption::Cork(_)
            | SocketOption::QuickAck(_)
            | SocketOption::ReceiveBuffer(_)
            | SocketOption::SendBuffer(_)
            | SocketOption::MaxSegment(_)
            | SocketOption::Linger(_)
            | SocketOption::SendTimeout(_) => false,
        };
        let mut addresses = script.options.iter().any(decides);
        let (mut binds, mut listens) = (0, 0);
        for step in script.written() {
            if let Action::Open(Opening::Bind { same_port, options }) = &step.action {
                addresses |= *same_port || step.fails.is_some() || options.iter().any(decides);
                binds += 1;
            }
            listens += u32::from(step.action == Action::Open(Opening::Listen));
        }
        if addresses {
            return Err(Self::AddressOptions);
        }
        let listens_at_once = script.steps.windows(2).all(|pair| {
            !matches!(pair[0].action, Action::Open(Opening::Bind { .. }))
                || pair[1].action == Action::Open(Opening::Listen)
        });
        if tcp && (binds != listens || !listens_at_once || (binds > 0 && side == Side::Client)) {
            return Err(Self::BoundOnly);
        }
        Ok(())
    }

    /// Whether another language could do it.
    #[must_use]
    pub const fn is_of_rust(&self) -> bool {
        match self {
            Self::Seqpacket | Self::AddressOptions | Self::BoundOnly => true,
            Self::Pipe
            | Self::ServerConnects
            | Self::ExactOverDatagrams
            | Self::OpensInRepeat
            | Self::Framing(_)
            | Self::NotOpen(_) => false,
        }
    }

    /// Why, in one clause.
    #[must_use]
    pub fn in_words(&self, language: Language) -> String {
        match self {
            Self::Pipe => language.pick(
                "a pipe has no address at which a second terminal could open it",
                "管道没有地址，第二个终端无从打开",
            ),
            Self::Seqpacket => language.pick(
                "the standard library of Rust has no SOCK_SEQPACKET",
                "Rust 标准库没有 SOCK_SEQPACKET",
            ),
            Self::AddressOptions => language.pick(
                "it is about SO_REUSEADDR or SO_REUSEPORT, and the standard library of Rust \
                 decides on them by itself",
                "它讲的是 SO_REUSEADDR 或 SO_REUSEPORT，而 Rust 标准库自作主张地设置它们",
            ),
            Self::BoundOnly => language.pick(
                "the standard library of Rust binds a TCP socket only to listen at once",
                "Rust 标准库绑定 TCP 套接字时必定同时开始监听",
            ),
            Self::ServerConnects => language.pick(
                "its server connects to the client",
                "它的服务端主动连接客户端",
            ),
            Self::ExactOverDatagrams => language.pick(
                "it reads datagrams as if they were a stream",
                "它把数据报当作流来读",
            ),
            Self::OpensInRepeat => language.pick(
                "a repeat leaves a socket open that it opened, or closes one from before it",
                "repeat 打开的套接字没有在其中关闭，或关闭了之前打开的套接字",
            ),
            Self::Framing(framing) => {
                return say!(
                    language,
                    "`{framing}` is not among the framings that these programs read and write",
                    "这里生成的程序不会读写 `{framing}`"
                );
            }
            Self::NotOpen(step) => {
                let step = escape::text(step);
                return say!(
                    language,
                    "`{step}` is done on a socket that is not open",
                    "`{step}` 用在一个没有打开的套接字上"
                );
            }
        }
        .to_owned()
    }
}
