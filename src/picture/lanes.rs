//! The lanes of the byte map: bytes sent, segments, bytes that waited, recvs, decoded messages.
//! Each lane is a list of spans of the stream.
//!
//! Promises: a lane shows only what the analysis knows. If nothing is known, the lane says so.

use crate::analysis::{FlowAnalysis, Message, Range, RecvSpan, Wire};
use crate::language::Language;
use crate::scenario::{Side, Transport};
use crate::trace::{DataOp, Flow, FlowId, Op, PartTrace};

use super::number::{bytes, grouped};
use super::words;

/// The most rows for the queue; if it needs more, it shows only numbers.
const QUEUE_ROWS: usize = 3;

/// What a lane shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The bytes that sends took.
    Sent,
    /// The segments that left.
    Wire,
    /// The bytes that waited at each recv.
    Queue,
    /// The bytes that recvs returned.
    Recv,
    /// The messages decoded.
    Decoded,
}

/// One lane.
#[derive(Debug)]
pub struct Lane {
    /// What it shows.
    pub kind: Kind,
    /// Its label.
    pub name: &'static str,
    /// Its spans, in order, without overlaps.
    pub spans: Vec<Span>,
    /// A text instead of spans.
    pub says: Option<&'static str>,
}

/// A run of the stream in a lane.
#[derive(Debug)]
pub struct Span {
    /// Its bytes.
    pub range: Range,
    /// The number of header bytes among them.
    pub header: u64,
    /// Drawn with dashes: it is not fully known, or it never arrived.
    pub dashed: bool,
    /// Its labels, the longest first. The last one must always fit.
    pub labels: [String; 3],
}

impl Span {
    /// A span that is fully known.
    #[must_use]
    pub const fn new(range: Range, labels: [String; 3]) -> Self {
        Self {
            range,
            header: 0,
            dashed: false,
            labels,
        }
    }

    /// A span that is not fully known, or that never arrived.
    #[must_use]
    pub const fn dashed(range: Range, labels: [String; 3]) -> Self {
        Self {
            range,
            header: 0,
            dashed: true,
            labels,
        }
    }
}

impl Lane {
    /// A lane of spans.
    #[must_use]
    pub const fn of(kind: Kind, name: &'static str, spans: Vec<Span>) -> Self {
        Self {
            kind,
            name,
            spans,
            says: None,
        }
    }

    /// A lane with a text.
    #[must_use]
    pub const fn saying(kind: Kind, name: &'static str, says: &'static str) -> Self {
        Self {
            kind,
            name,
            spans: Vec::new(),
            says: Some(says),
        }
    }
}

/// The lanes of one direction of a stream in which `sent` bytes were sent.
pub(super) fn stream(
    language: Language,
    part: &PartTrace,
    flow: FlowId,
    seen: &FlowAnalysis,
    sent: u64,
) -> Vec<Lane> {
    let mut lanes = vec![
        sent_lane(language, part, flow, &seen.messages),
        wire_lane(language, part, seen.wire.as_ref()),
    ];
    lanes.extend(queue_lanes(language, part, flow, &seen.recvs, sent));
    lanes.push(recv_lane(language, part, flow, &seen.recvs, sent));
    let decoded = decoded_lane(language, part, flow);
    if !decoded.spans.is_empty() {
        lanes.push(decoded);
    }
    lanes
}

/// What a lane says for which nothing was measured.
#[must_use]
pub fn not_measured(language: Language) -> &'static str {
    language.pick("not measured", "没有测量")
}

/// What a lane says of what the kernel could have reported and did not. A recording did not ask
/// it; a replay asks whatever there is to ask here.
fn not_reported(language: Language, part: &PartTrace) -> &'static str {
    if part.is_recorded() {
        not_measured(language)
    } else {
        language.pick("not available here", "此处无法得知")
    }
}

/// The side that sends a flow.
fn sender(part: &PartTrace, flow: FlowId) -> Side {
    part.flows[usize::from(flow)].from
}

/// The messages.
pub(super) fn sent_lane(
    language: Language,
    part: &PartTrace,
    flow: FlowId,
    messages: &[Message],
) -> Lane {
    if !part.has_calls_of(sender(part, flow)) {
        return Lane::saying(Kind::Sent, sent_name(language), not_measured(language));
    }
    let runs = messages
        .iter()
        .enumerate()
        .filter(|(_, message)| !message.range.is_empty())
        .map(|(index, message)| {
            let number = format!("#{}", grouped(index as u64 + 1));
            let long = format!("{number}  {}", bytes(message.range.len()));
            Span {
                header: message.header,
                ..Span::new(message.range, [long, number.clone(), number])
            }
        });
    Lane::of(Kind::Sent, sent_name(language), runs.collect())
}

/// The label of the lane of bytes sent.
pub(super) fn sent_name(language: Language) -> &'static str {
    language.pick("sent", "发送")
}

/// The label of the lane of bytes received.
#[must_use]
pub fn recv_name(language: Language) -> &'static str {
    language.pick("recv", "接收")
}

/// The segments that left.
pub(super) fn wire_lane(language: Language, part: &PartTrace, wire: Option<&Wire>) -> Lane {
    let name = language.pick("wire", "线上");
    let Some(wire) = wire else {
        let says = match part.transport {
            Transport::Tcp => not_reported(language, part),
            Transport::UnixStream | Transport::Pipe | Transport::Udp | Transport::UnixSeqpacket => {
                language.pick("none: only TCP has segments", "无：只有 TCP 有报文段")
            }
        };
        return Lane::saying(Kind::Wire, name, says);
    };
    let mut next = 0;
    let runs = wire.runs.iter().map(|run| {
        next += run.segments;
        match run.segments {
            0 => Span::dashed(run.range, unseen_labels(language)),
            1 => {
                let number = grouped(next);
                let full = format!("{} {number}", language.pick("segment", "报文段"));
                let long = format!("{full}  {}", bytes(run.range.len()));
                Span::new(run.range, [long, full, number])
            }
            several => {
                let number = grouped(several);
                let long = say!(
                    language,
                    "{number} segments, ranges not known",
                    "{number} 个报文段，范围未知"
                );
                let full = say!(language, "{number} segments?", "{number} 段？");
                Span::dashed(run.range, [long, full, format!("{number}?")])
            }
        }
    });
    Lane::of(Kind::Wire, name, runs.collect())
}

/// The labels for bytes that left after the kernel was last asked.
pub(super) fn unseen_labels(language: Language) -> [String; 3] {
    language
        .pick(
            ["segments not known", "segments?", "?"],
            ["报文段未知", "报文段？", "？"],
        )
        .map(str::to_owned)
}

/// The bytes that waited at each recv. Spans that overlap go to another row; if that takes too many
/// rows, there is only a number at each recv.
fn queue_lanes(
    language: Language,
    part: &PartTrace,
    flow: FlowId,
    recvs: &[RecvSpan],
    sent: u64,
) -> Vec<Lane> {
    let name = queue_name(language);
    if let Some(lane) = unknown_queue(language, part, flow, recvs) {
        return vec![lane];
    }
    if recvs.is_empty() {
        return Vec::new();
    }
    let labels = |queued: u64| {
        let long = say!(
            language,
            ("{} waiting", bytes(queued)),
            ("{} 在等待", bytes(queued))
        );
        [long, bytes(queued), grouped(queued)]
    };
    let mut rows: Vec<Vec<Span>> = Vec::new();
    for recv in recvs {
        let Some(queued) = recv.queued.filter(|&queued| queued > 0) else {
            continue;
        };
        let start = recv.range.start;
        let range = Range {
            start,
            end: (start + queued).min(sent.max(recv.range.end)),
        };
        let run = Span::new(range, labels(queued));
        let free = |row: &Vec<Span>| row.last().is_none_or(|last| last.range.end <= start);
        match rows.iter().position(free) {
            Some(row) => rows[row].push(run),
            None if rows.len() < QUEUE_ROWS => rows.push(vec![run]),
            None => {
                rows = vec![numbers(recvs)];
                break;
            }
        }
    }
    if rows.is_empty() {
        let says = language.pick("empty whenever recv was called", "每次调用 recv 时都是空的");
        return vec![Lane::saying(Kind::Queue, name, says)];
    }
    let names = std::iter::once(name).chain(std::iter::repeat(""));
    rows.into_iter()
        .zip(names)
        .map(|(runs, name)| Lane::of(Kind::Queue, name, runs))
        .collect()
}

/// The label of the lane of bytes that waited.
pub(super) fn queue_name(language: Language) -> &'static str {
    language.pick("queue", "队列")
}

/// The lane of a queue of which nothing is known.
pub(super) fn unknown_queue(
    language: Language,
    part: &PartTrace,
    flow: FlowId,
    recvs: &[RecvSpan],
) -> Option<Lane> {
    let says = if !part.has_calls_of(sender(part, flow).other()) {
        not_measured(language)
    } else if !recvs.is_empty() && recvs.iter().all(|recv| recv.queued.is_none()) {
        not_reported(language, part)
    } else {
        return None;
    };
    Some(Lane::saying(Kind::Queue, queue_name(language), says))
}

/// The number of bytes that waited at each recv.
fn numbers(recvs: &[RecvSpan]) -> Vec<Span> {
    let known = recvs
        .iter()
        .filter_map(|recv| recv.queued.map(|queued| (recv.range, queued)));
    known
        .map(|(range, queued)| {
            let label = || bytes(queued);
            Span::dashed(range, [label(), label(), grouped(queued)])
        })
        .collect()
}

/// The bytes that each recv returned, and those that none did.
pub(super) fn recv_lane(
    language: Language,
    part: &PartTrace,
    flow: FlowId,
    recvs: &[RecvSpan],
    sent: u64,
) -> Lane {
    if !part.has_calls_of(sender(part, flow).other()) {
        return Lane::saying(Kind::Recv, recv_name(language), not_measured(language));
    }
    let mut runs: Vec<Span> = recvs
        .iter()
        .enumerate()
        .filter(|(_, recv)| !recv.range.is_empty())
        .map(|(index, recv)| Span::new(recv.range, recv_labels(index, recv.range.len())))
        .collect();
    let received = recvs.last().map_or(0, |recv| recv.range.end);
    if received < sent {
        let long = language.pick("not received", "没有收到").to_owned();
        let range = Range {
            start: received,
            end: sent,
        };
        let labels = [long, String::new(), String::new()];
        runs.push(Span::dashed(range, labels));
    }
    Lane::of(Kind::Recv, recv_name(language), runs)
}

/// The labels of the recv with this index.
#[must_use]
pub fn recv_labels(index: usize, size: u64) -> [String; 3] {
    let number = grouped(index as u64 + 1);
    let full = format!("recv {number}");
    [format!("{full}  {}", bytes(size)), full, number]
}

/// The messages that were decoded from the flow.
pub(super) fn decoded_lane(language: Language, part: &PartTrace, flow: FlowId) -> Lane {
    let frames = part.calls.iter().filter_map(|call| match call.op {
        Op::Data(DataOp::Decoded {
            flow: of,
            offset,
            header,
            payload,
            trailer,
            framing: _,
        }) if of == flow => Some((offset, header, payload, trailer)),
        _ => None,
    });
    let spans = frames
        .enumerate()
        .map(|(index, (start, header, payload, trailer))| {
            let size = u64::from(header) + u64::from(payload) + u64::from(trailer);
            let range = Range {
                start,
                end: start + size,
            };
            let number = grouped(index as u64 + 1);
            let full = format!("{} {number}", language.pick("message", "消息"));
            let long = format!("{full}  {}", bytes(u64::from(payload)));
            Span {
                header: u64::from(header),
                ..Span::new(range, [long, full, number])
            }
        })
        .filter(|run| !run.range.is_empty())
        .collect();
    Lane::of(Kind::Decoded, language.pick("decoded", "解码"), spans)
}

/// What the map cannot show by itself: segments whose ranges are not known, and retransmitted ones.
pub(super) fn notes(
    language: Language,
    flow: &Flow,
    seen: &FlowAnalysis,
    lanes: &[Lane],
) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(wire) = &seen.wire {
        let unknown = wire.runs.iter().filter(|run| run.segments > 1);
        let (runs, segments) = unknown.clone().fold((0_u64, 0), |(runs, segments), run| {
            (runs + 1, segments + run.segments)
        });
        let segments = grouped(segments);
        match unknown.clone().next().filter(|_| runs == 1) {
            Some(run) => {
                let (start, end) = (grouped(run.range.start), grouped(run.range.end));
                notes.push(say!(language, "wire: {segments} segments carried {start} to {end}; their ranges are not known", "线上：{start} 至 {end} 由 {segments} 个报文段承载，各自范围未知"));
            }
            None if runs > 1 => {
                let runs = grouped(runs);
                notes.push(say!(language, "wire: {segments} segments carried the {runs} dashed runs; their ranges are not known", "线上：{runs} 处虚线由 {segments} 个报文段承载，各自范围未知"));
            }
            None => {}
        }
        if let Some(run) = wire.runs.iter().find(|run| run.segments == 0) {
            let (start, end) = (grouped(run.range.start), grouped(run.range.end));
            notes.push(if flow.is_captured() {
                say!(
                    language,
                    "wire: no captured segment holds {start} to {end}",
                    "线上：捕获到的报文段里没有 {start} 至 {end}"
                )
            } else {
                say!(
                    language,
                    "wire: how {start} to {end} left is not known; the kernel was not asked again",
                    "线上：{start} 至 {end} 如何发出未知，此后没有再询问内核"
                )
            });
        }
        if wire.retransmitted > 0 {
            let again = wire.retransmitted;
            let segments = words::counted(language, again, "segment", "segments", "个报文段");
            let segments = words::at_least(language, segments, !wire.settled);
            notes.push(say!(
                language,
                "wire: {segments} sent again",
                "线上：重传 {segments}"
            ));
        }
    }
    let queues = lanes.iter().filter(|lane| lane.kind == Kind::Queue);
    let queue_as_numbers = queues.flat_map(|lane| &lane.spans).any(|span| span.dashed);
    if queue_as_numbers {
        notes.push(
            language
                .pick(
                    "queue: how many bytes waited when each recv was called",
                    "队列：每次调用 recv 时有多少字节在等待",
                )
                .to_owned(),
        );
    }
    notes
}
