//! The comments inside programs, each once for every language.

use crate::language::Language;

/// What a comment says.
#[derive(Clone, Copy, Debug)]
pub(super) enum Note {
    /// How a wait for so many bytes goes.
    Queued {
        bytes: u32,
        /// Whether the wait is also over where the stream ends.
        or_end: bool,
    },
    PeerClosed,
    Reset,
    FirstOfAll,
    GivesUp,
    KeepsPort,
    /// What is sent to this side, so that its sum can be compared.
    Sent {
        bytes: usize,
        crc: u32,
    },
}

impl Note {
    /// The sentence of the comment.
    pub(super) fn sentence(self, language: Language) -> String {
        match self {
            Self::Queued {
                bytes,
                or_end: true,
            } => say!(
                language,
                "Waits until {bytes} B are queued (or the stream has ended); takes nothing.",
                "等到接收队列里有 {bytes} 字节（或流已结束），一个字节也不取走。"
            ),
            Self::Queued {
                bytes,
                or_end: false,
            } => say!(
                language,
                "Waits until {bytes} B are queued; takes nothing.",
                "等到接收队列里有 {bytes} 字节，一个字节也不取走。"
            ),
            Self::PeerClosed => language
                .pick(
                    "Waits until the other side has closed (Linux, POLLRDHUP).",
                    "等到对方关闭（Linux，POLLRDHUP）。",
                )
                .to_owned(),
            Self::Reset => language
                .pick("Waits until the reset has arrived.", "等到重置到达。")
                .to_owned(),
            Self::FirstOfAll => language
                .pick(
                    "Waits for the first as long as it takes.",
                    "第一个数据等多久都行。",
                )
                .to_owned(),
            Self::GivesUp => language
                .pick("Gives up where nothing comes.", "若没有数据到来就放弃。")
                .to_owned(),
            Self::KeepsPort => language.pick("Keeps the port.", "记住端口。").to_owned(),
            Self::Sent { bytes, crc } => say!(
                language,
                "Sent to it were {bytes} B, crc32 {crc:08x}.",
                "发给它的是 {bytes} B，crc32 {crc:08x}。"
            ),
        }
    }
}
