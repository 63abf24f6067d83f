//! The problems of scripts that could be read, with their messages in both languages.

use std::time::Duration;

use super::terms::{instead, side_name, strs};
use crate::language::Language;
use crate::scenario::{Side, Transport};

/// A problem of scripts that could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScriptProblem {
    /// A step, option or expectation that the transport does not have.
    NotOnTransport {
        /// Its name in files.
        what: &'static str,
        /// The transport.
        transport: Transport,
    },
    /// The UDP server sends before it has received anything, so it has no address to send to.
    ServerSendsFirst,
    /// An option that lets a call wait longer than the deadline.
    LongerThanDeadline {
        /// The option's name in files.
        option: &'static str,
        /// The longest that a call may wait with it.
        wait: Duration,
        /// The deadline of the part.
        deadline: Duration,
    },
    /// A pause in a file that is not about time.
    PauseOutOfPlace,
    /// `"length"` although no earlier recv read one.
    NoCarriedLength,
    /// A header with no payload after it.
    HeaderAlone,
    /// `part = "more"` with no message before it.
    NothingToContinue,
    /// A socket that no earlier step opened.
    UnopenedSocket {
        /// Its name.
        got: String,
        /// The names opened before.
        known: Vec<String>,
    },
    /// A wait for a point that the other side does not have.
    UnknownPoint {
        /// The point's name.
        got: String,
        /// The side that should reach it.
        by: Side,
        /// The points that side reaches.
        known: Vec<String>,
        /// Whether the waiting side itself has a point with that name.
        own: bool,
    },
    /// A point that a side reaches in two places.
    DuplicatePoint {
        /// Its name.
        got: String,
    },
    /// A wait for more bytes than there will be.
    NeverQueued {
        /// The number of bytes it waits for.
        wanted: u64,
        /// The number of bytes that the other side sends in all.
        sent: u64,
        /// The number of those that have certainly been received before.
        taken: u64,
    },
    /// A recv of a datagram that nobody sends.
    NothingToReceive {
        /// The number of datagrams that the other side sends in all.
        sent: u64,
    },
    /// An accept without a matching connect.
    NobodyConnects,
    /// Both sides wait for each other.
    BothWait {
        /// The side of the first position.
        side: Side,
    },
}

impl ScriptProblem {
    /// What is wrong, and the remedy.
    pub(super) fn words(&self, language: Language) -> (String, String) {
        match self {
        Self::NotOnTransport { what, transport } => (
            say!(language, ("{} has no `{what}`", transport.name()), ("{} 没有 `{what}`", transport.name())),
            without(what, *transport, language),
        ),
        Self::ServerSendsFirst => (
            language.pick("the UDP server sends before it has received anything", "UDP 服务端还没收到任何数据就发送").to_owned(),
            language.pick("let it receive first: it learns from a datagram where its client is", "请先让它接收：收到数据报后才知道客户端的地址").to_owned(),
        ),
        Self::LongerThanDeadline {
            option,
            wait,
            deadline,
        } => (
            say!(language, "`{option}` is {wait:?}, longer than the deadline of {deadline:?}", "`{option}` 是 {wait:?}，比期限 {deadline:?} 还长"),
            language.pick("nothing may be waited for longer than that: write a shorter time, or a longer `deadline`", "任何等待都不能超过这个期限：请把时间写短，或把 `deadline` 写长").to_owned(),
        ),
        Self::PauseOutOfPlace => (
            language.pick("a pause in a case that is not about time", "这个用例与时间无关，却有 pause").to_owned(),
            language.pick("wait for a state instead, like `{ wait = { queued = 30 } }`; or say `about-time = true` at the top", "请改为等待某个状态，例如 `{ wait = { queued = 30 } }`；或在文件开头写 `about-time = true`").to_owned(),
        ),
        Self::NoCarriedLength => (
            language.pick("no recv before this one reads a length", "在此之前没有哪次接收带来过长度").to_owned(),
            language.pick("mark the recv that reads it: `{ recv = 2, length = \"digits\" }`", "请标明由哪次接收读出长度：`{ recv = 2, length = \"digits\" }`").to_owned(),
        ),
        Self::HeaderAlone => (
            language.pick("a header with no payload after it", "头部之后没有正文").to_owned(),
            language.pick("send the payload next, or remove `part = \"header\"`", "请接着发送正文，或去掉 `part = \"header\"`").to_owned(),
        ),
        Self::NothingToContinue => (
            language.pick("there is no message before this one to continue", "前面没有可以接续的消息").to_owned(),
            language.pick("remove `part = \"more\"`", "请去掉 `part = \"more\"`").to_owned(),
        ),
        Self::UnopenedSocket { got, known } => (
            say!(language, "no step before this one opened a socket `{got}`", "在此之前没有打开过套接字 `{got}`"),
            if known.is_empty() {
                say!(language, "open it: `{{ bind = \"any\", on = \"{got}\" }}`", "请先打开：`{{ bind = \"any\", on = \"{got}\" }}`")
            } else {
                instead(got, &strs(known), language)
            },
        ),
        Self::UnknownPoint { got, by, known, own } => {
            let side = side_name(*by, language);
            let title = say!(language, "the {side} never reaches `{got}`", "{side}从不到达 `{got}`");
            let help = if *own {
                say!(language, "`{{ reach = \"{got}\" }}` is on the waiting side; move it to the {side}", "`{{ reach = \"{got}\" }}` 写在了等待的一方，请移到{side}")
            } else if known.is_empty() {
                say!(language, "add `{{ reach = \"{got}\" }}` to the steps of the {side}", "请在{side}的步骤里加上 `{{ reach = \"{got}\" }}`")
            } else {
                instead(got, &strs(known), language)
            };
            (title, help)
        }
        Self::DuplicatePoint { got } => (
            say!(language, "`{got}` is reached in two places", "`{got}` 在两处到达"),
            language.pick("give each point a name of its own", "请给每个点各取一个名字").to_owned(),
        ),
        Self::NeverQueued { wanted, sent, taken } => {
            let bytes = if *wanted == 1 { "byte" } else { "bytes" };
            (match taken {
                0 => say!(language, "waits for {wanted} {bytes}, and the other side sends {sent}", "要等 {wanted} 字节，而对方一共只发送 {sent} 字节"),
                _ => say!(language, "waits for {wanted} {bytes}; the other side sends {sent}, of which {taken} or more are received before", "要等 {wanted} 字节；对方一共发送 {sent} 字节，其中至少 {taken} 字节在此之前已被接收"),
            },
            language.pick("wait for no more than there will be; count bytes, not characters", "不要等待超过实有的数量；请按字节数，不要按字符数").to_owned(),
        )}
        Self::NothingToReceive { sent } => (
            say!(language, "waits for another datagram, and the other side sends {sent} in all", "还要等一个数据报，而对方一共只发送 {sent} 个"),
            language.pick("remove the recv, or have the other side send one more", "请删去这次接收，或让对方多发一个").to_owned(),
        ),
        Self::NobodyConnects => (
            language.pick("accepts a connection that nobody makes", "要接受的连接没有人发起").to_owned(),
            language.pick("add a `connect` to the other side, or remove the accept", "请在另一方加上 `connect`，或删去这次 accept").to_owned(),
        ),
        Self::BothWait { side } => (
            say!(language, ("the {} waits here for the {}, which waits for it in turn", side_name(*side, language), side_name(side.other(), language)), ("{}在这里等{}，而对方也在等它", side_name(*side, language), side_name(side.other(), language))),
            language.pick("let one of them act before it waits", "请让其中一方先动作，再等待").to_owned(),
        ),
    }
    }
}

/// Why a transport lacks something, or what it has instead.
fn without(what: &str, transport: Transport, language: Language) -> String {
    let udp = transport == Transport::Udp;
    let (en, zh) = match what {
        "queued" if udp => (
            "its queue holds datagrams, not bytes; wait for a point: `{ wait = { reached = \"…\" } }`",
            "它的队列里是数据报而不是字节流；请等待一个点：`{ wait = { reached = \"…\" } }`",
        ),
        "end" | "recv-until-end" | "peer-closed" | "half-close" if udp => (
            "datagrams have no end of stream; say how many to receive",
            "数据报没有流的结尾；请写明接收几个",
        ),
        "listen" | "accept" | "listener" if udp => (
            "there are no connections; bind and receive",
            "它没有连接；绑定后直接接收",
        ),
        "bind" | "listen" | "accept" | "connect" | "listener" => (
            "its two ends are made connected; remove the step",
            "它的两端一创建就是连通的；请删去这一步",
        ),
        _ => (
            "remove it, or choose another transport",
            "请删去，或换一种传输方式",
        ),
    };
    language.pick(en, zh).to_owned()
}
