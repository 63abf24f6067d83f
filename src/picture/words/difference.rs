//! Describes a difference: what was expected, and what happened.
//!
//! Promises: the first line says what differs and where. Then come what was expected and what
//! happened, one below the other, so that the eye finds the difference.

use crate::analysis::{BoundaryFate, Difference, DifferenceKind, Excerpt, GotRecv, MessageFate};
use crate::diagnostic::escape::{self, CutMarks};
use crate::language::Language;
use crate::picture::number::{bytes, grouped};
use crate::scenario::{Amount, Count, ExpectedFate, ExpectedMessage, Payload, Returned};

use super::{boundary_fate, fault, message_fate, other_last, place, side, stop_reason};

/// The number of columns of a payload that a difference shows.
const SHOWN: usize = 48;

/// The marks in a difference are plain ASCII, because it is written to logs as well as to
/// terminals.
const MARKS: CutMarks = CutMarks {
    begins: '<',
    ends: '>',
    more: "...",
};

/// One difference, as one or more lines. All but the first are to be indented.
#[must_use]
pub fn difference(language: Language, difference: &Difference) -> Vec<String> {
    let who = side(language, difference.side);
    let colon = language.pick(": ", "：");
    let head = |what: String| format!("{who}{colon}{what}");
    if let DifferenceKind::Stopped {
        reason,
        other_last: last,
    } = &difference.kind
    {
        let reason = stop_reason(language, reason);
        let mut lines = vec![head(say!(
            language,
            "the replay ended early: {reason}",
            "重放提前结束：{reason}"
        ))];
        lines.extend(other_last(language, difference.side, last.as_deref()));
        return lines;
    }
    let Said { what, wanted, got } = said(language, &difference.kind);
    vec![
        head(what),
        format!("{}{wanted}", language.pick("stated: ", "预期：")),
        format!("{}{got}", language.pick("came:   ", "实际：")),
    ]
}

/// What differs, what was expected, and what happened.
struct Said {
    what: String,
    wanted: String,
    got: String,
}

fn said(language: Language, kind: &DifferenceKind) -> Said {
    match kind {
        DifferenceKind::Stopped { reason, .. } => Said {
            what: language.pick("the end", "结束").to_owned(),
            wanted: language.pick("to the last step", "到最后一步").to_owned(),
            got: stop_reason(language, reason),
        },
        DifferenceKind::Recv {
            number,
            wanted,
            got,
        } => Said {
            what: format!("recv {}", grouped(*number as u64)),
            wanted: or_no_more(language, wanted.as_ref(), |wanted| {
                returned(language, wanted)
            }),
            got: or_no_more(language, got.as_ref(), |got| got_recv(language, got)),
        },
        DifferenceKind::Boundary { at, wanted, got } => Said {
            what: format!("{} {}", language.pick("boundary", "边界"), grouped(*at)),
            wanted: expected_fate(language, *wanted).to_owned(),
            got: got.map_or_else(
                || {
                    language
                        .pick("no two messages meet there", "那里没有两条消息相接")
                        .to_owned()
                },
                |fate: BoundaryFate| boundary_fate(language, fate),
            ),
        },
        DifferenceKind::LostBoundaries { wanted, got, of } => Said {
            what: language.pick("lost boundaries", "丢失的边界").to_owned(),
            wanted: count(language, *wanted),
            got: say!(
                language,
                ("{} of {}", grouped(*got), grouped(*of)),
                ("{} 个中的 {} 个", grouped(*of), grouped(*got))
            ),
        },
        DifferenceKind::Message {
            number,
            wanted,
            got,
        } => Said {
            what: format!(
                "{} #{}",
                language.pick("message", "消息"),
                grouped(*number as u64)
            ),
            wanted: or_no_more(language, wanted.as_ref(), |wanted| {
                expected_message(language, *wanted).to_owned()
            }),
            got: or_no_more(language, got.as_ref(), |got: &MessageFate| {
                message_fate(language, *got)
            }),
        },
        DifferenceKind::Decoded {
            number,
            wanted,
            got,
        } => Said {
            what: format!(
                "{} {}",
                language.pick("decoded message", "解码的消息"),
                grouped(*number as u64)
            ),
            wanted: or_no_more(language, wanted.as_ref(), payload),
            got: or_no_more(language, got.as_ref(), shown),
        },
        DifferenceKind::Intact {
            wanted,
            sent,
            received,
        } => Said {
            what: language
                .pick(
                    "whether the bytes received are those sent",
                    "收到的字节是否就是发送的字节",
                )
                .to_owned(),
            wanted: language.pick(["no", "yes"], ["否", "是"])[usize::from(*wanted)].to_owned(),
            got: say!(
                language,
                "sent sha256 {sent}, received sha256 {received}",
                "发送 sha256 {sent}，收到 sha256 {received}"
            ),
        },
        DifferenceKind::Digest { wanted, got } => Said {
            what: "sha256".to_owned(),
            wanted: escape::text(wanted),
            got: escape::text(got),
        },
        DifferenceKind::Total { .. }
        | DifferenceKind::Segment { .. }
        | DifferenceKind::SegmentCount { .. }
        | DifferenceKind::Queued { .. }
        | DifferenceKind::Retransmitted { .. }
        | DifferenceKind::Dropped { .. } => said_number(language, kind),
    }
}

/// The differences between two numbers.
fn said_number(language: Language, kind: &DifferenceKind) -> Said {
    match kind {
        DifferenceKind::Total { wanted, got } => Said {
            what: language.pick("bytes received", "收到的字节").to_owned(),
            wanted: amount(language, *wanted),
            got: bytes(*got),
        },
        DifferenceKind::Segment {
            number,
            wanted,
            got,
        } => Said {
            what: format!("{} {number}", language.pick("segment", "报文段")),
            wanted: or_no_more(language, wanted.as_ref(), |wanted| {
                amount(language, *wanted)
            }),
            got: or_no_more(language, got.as_ref(), |got| bytes(*got)),
        },
        DifferenceKind::Queued {
            number,
            wanted,
            got,
        } => Said {
            what: say!(
                language,
                "bytes queued at recv {number}",
                "recv {number} 时队列中的字节"
            ),
            wanted: or_no_more(language, wanted.as_ref(), |wanted| {
                amount(language, *wanted)
            }),
            got: or_no_more(language, got.as_ref(), |got| bytes(*got)),
        },
        DifferenceKind::SegmentCount {
            wanted,
            got,
            at_least,
        } => Said {
            what: language.pick("segments", "报文段数").to_owned(),
            wanted: count(language, *wanted),
            got: so_many(language, *got, *at_least),
        },
        DifferenceKind::Retransmitted {
            wanted,
            got,
            at_least,
        } => Said {
            what: language
                .pick("segments sent again", "重传的报文段")
                .to_owned(),
            wanted: count(language, *wanted),
            got: so_many(language, *got, *at_least),
        },
        DifferenceKind::Dropped { wanted, got } => Said {
            what: language
                .pick("datagrams dropped", "丢弃的数据报")
                .to_owned(),
            wanted: count(language, *wanted),
            got: grouped(*got),
        },
        DifferenceKind::Stopped { .. }
        | DifferenceKind::Recv { .. }
        | DifferenceKind::Boundary { .. }
        | DifferenceKind::LostBoundaries { .. }
        | DifferenceKind::Message { .. }
        | DifferenceKind::Decoded { .. }
        | DifferenceKind::Intact { .. }
        | DifferenceKind::Digest { .. } => said(language, kind),
    }
}

fn or_no_more<T>(language: Language, value: Option<&T>, say: impl Fn(&T) -> String) -> String {
    value.map_or_else(|| language.pick("no more", "没有更多").to_owned(), say)
}

fn expected_fate(language: Language, fate: ExpectedFate) -> &'static str {
    match fate {
        ExpectedFate::Kept => language.pick("kept", "保留"),
        ExpectedFate::Coalesced(None) => language.pick("lost", "丢失"),
        ExpectedFate::Coalesced(where_) => place(language, where_),
        ExpectedFate::NotReached => language.pick("not reached", "没有到达"),
    }
}

fn expected_message(language: Language, fate: ExpectedMessage) -> &'static str {
    match fate {
        ExpectedMessage::Whole => language.pick("whole", "完整"),
        ExpectedMessage::Coalesced => language.pick("coalesced", "被合并"),
        ExpectedMessage::InPieces => language.pick("in pieces", "分成几段"),
        ExpectedMessage::Truncated => language.pick("truncated", "截断"),
        ExpectedMessage::Lost => language.pick("not received whole", "没有收完整"),
    }
}

fn amount(language: Language, amount: Amount) -> String {
    let Amount { least, most } = amount;
    if least == most {
        bytes(least)
    } else if most == u64::MAX {
        say!(
            language,
            ("at least {}", bytes(least)),
            ("至少 {}", bytes(least))
        )
    } else {
        say!(
            language,
            ("{} to {}", grouped(least), bytes(most)),
            ("{} 至 {}", grouped(least), bytes(most))
        )
    }
}

fn count(language: Language, count: Count) -> String {
    let number = |count: u32| grouped(u64::from(count));
    match count {
        Count::All => language.pick("all", "全部").to_owned(),
        Count::Exactly(count) => number(count),
        Count::AtLeast(count) => say!(
            language,
            ("at least {}", number(count)),
            ("至少 {}", number(count))
        ),
        Count::AtMost(count) => say!(
            language,
            ("at most {}", number(count)),
            ("至多 {}", number(count))
        ),
    }
}

fn returned(language: Language, returned: &Returned) -> String {
    match returned {
        Returned::Data {
            bytes: size,
            content,
        } => {
            let size = amount(language, *size);
            match content {
                Some(content) => format!("{size}  {}", content_of(content)),
                None => size,
            }
        }
        Returned::End => end(language),
        Returned::Fails(met) => fault(language, *met),
    }
}

fn got_recv(language: Language, got: &GotRecv) -> String {
    match got {
        GotRecv::Data(data) => shown(data),
        GotRecv::End => end(language),
        GotRecv::Fault(met) => fault(language, *met),
    }
}

fn end(language: Language) -> String {
    language.pick("end of stream", "流结束").to_owned()
}

/// A number that was counted, or its lower bound.
fn so_many(language: Language, got: u64, at_least: bool) -> String {
    let got = grouped(got);
    if at_least {
        say!(language, "at least {got}", "至少 {got}")
    } else {
        got
    }
}

/// The size of what arrived, and as much of it as fits on a line.
fn shown(data: &Excerpt) -> String {
    let first = &data.first;
    let preview = escape::preview(first, 0..first.len(), SHOWN, MARKS);
    format!("{}  {preview}", bytes(data.bytes))
}

fn payload(payload: &Payload) -> String {
    match payload.len() {
        Ok(size) => format!("{}  {}", bytes(size), content_of(payload)),
        Err(error) => error.to_string(),
    }
}

/// What a payload is, without producing a large one.
fn content_of(payload: &Payload) -> String {
    match payload {
        Payload::Text(text) => escape::preview(text.as_bytes(), 0..text.len(), SHOWN, MARKS),
        Payload::Hex(bytes) => escape::preview(bytes, 0..bytes.len(), SHOWN, MARKS),
        Payload::Repeat { text, times } => {
            let text = escape::preview(text.as_bytes(), 0..text.len(), SHOWN / 2, MARKS);
            format!("{text} x {}", grouped(u64::from(*times)))
        }
        Payload::Random { seed, .. } => format!("random, seed {seed}"),
        Payload::Length { .. } | Payload::LengthOf { .. } => match payload.bytes() {
            Ok(bytes) => escape::preview(&bytes, 0..bytes.len(), SHOWN, MARKS),
            Err(error) => error.to_string(),
        },
    }
}
