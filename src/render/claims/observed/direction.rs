//! Everything that one side sent to the other, in words.

use crate::analysis::{BoundaryFate, FlowAnalysis, MessageFate, PartAnalysis, Wire};
use crate::language::Language;
use crate::render::number::{bytes, grouped, time};
use crate::render::words;
use crate::scenario::{Place, Side};
use crate::trace::{DataOp, Flow, Got, Op, PartTrace};

/// The number of sends, segments or recvs that are listed one by one.
const NAMED: usize = 4;
/// A time this long means that something waited for a timer of the kernel, or for a pause.
const TIMER_NANOSECONDS: u64 = 10_000_000;

/// Everything that one side sent to the other, over all connections.
pub(super) struct Direction<'a> {
    pub(super) from: Side,
    /// Whether each message is a datagram. Only datagrams can be lost on the way.
    is_of_datagrams: bool,
    flows: Vec<(&'a Flow, &'a FlowAnalysis)>,
    /// The send calls that succeeded.
    sends: Vec<Sent>,
    /// The recv calls that returned data.
    recvs: Vec<Received>,
    /// The number of messages decoded.
    decoded: u64,
    /// From the first send to the last recv that returned data, in nanoseconds.
    time: u64,
}

/// One send call: the number of bytes passed to it, and the number it took.
struct Sent {
    asked: u64,
    taken: u64,
}

/// One recv call: the number of bytes it asked for, the number it got, and the number cut off the
/// datagram.
struct Received {
    asked: u64,
    got: u64,
    cut: u64,
}

impl<'a> Direction<'a> {
    /// What `from` sent to the other side.
    pub(super) fn of(part: &'a PartTrace, analysis: &'a PartAnalysis, from: Side) -> Self {
        let flows = part.flows.iter().zip(&analysis.flows);
        let mut direction = Self {
            from,
            is_of_datagrams: part.transport.keeps_boundaries(),
            flows: flows.filter(|(flow, _)| flow.from == from).collect(),
            sends: Vec::new(),
            recvs: Vec::new(),
            decoded: 0,
            time: 0,
        };
        let mut began = None;
        for call in part.calls.iter().filter(|call| call.fault.is_none()) {
            if call.side == from {
                if let Op::Data(DataOp::Send { asked, taken, .. }) = call.op {
                    let (asked, taken) = (u64::from(asked), u64::from(taken));
                    direction.sends.push(Sent { asked, taken });
                    began = began.or(Some(call.start));
                }
            } else if let Op::Data(DataOp::Recv { asked, got, .. }) = call.op {
                let (got, cut) = match got {
                    Got::Data { bytes, cut } => (bytes, cut),
                    Got::Peeked { bytes } => (bytes, 0),
                    Got::End | Got::Nothing => continue,
                };
                direction.recvs.push(Received {
                    asked: u64::from(asked),
                    got: u64::from(got),
                    cut: u64::from(cut),
                });
                direction.time = call.end.saturating_sub(began.unwrap_or(call.end));
            } else if matches!(call.op, Op::Data(DataOp::Decoded { .. })) {
                direction.decoded += 1;
            }
        }
        direction
    }

    /// Whether anything was sent.
    pub(super) fn is_used(&self) -> bool {
        !self.sends.is_empty() || !self.recvs.is_empty()
    }

    /// The clauses of the sentence; the duration only with `times`.
    pub(super) fn in_words(&self, times: bool, language: Language) -> Vec<String> {
        let mut clauses = self.sent(language);
        clauses.push(self.received(language));
        clauses.extend(self.decoded(language));
        clauses.extend(self.boundaries(language));
        clauses.extend(self.messages(language));
        clauses.extend(self.dropped(language));
        clauses.extend(self.time(language).filter(|_| times));
        clauses
    }

    /// The sends and the segments in which they left; only one of the two if they are alike.
    fn sent(&self, language: Language) -> Vec<String> {
        let given: Vec<u64> = self.sends.iter().map(|send| send.asked).collect();
        let taken: Vec<u64> = self.sends.iter().map(|send| send.taken).collect();
        let count = given.len() as u64;
        let sends = words::counted(language, count, "send", "sends", "次 send");
        let wires = || self.flows.iter().filter_map(|(_, seen)| seen.wire.as_ref());
        let left = segment_sizes(wires());
        let mut clauses = Vec::new();
        if let Some(cut) = self.sends.iter().find(|send| send.taken < send.asked) {
            let (asked, taken) = (bytes(cut.asked), bytes(cut.taken));
            clauses.push(say!(
                language,
                "send took {taken} of {asked}",
                "send 只收下 {asked} 中的 {taken}"
            ));
        } else if left.as_ref() != Some(&taken) {
            clauses.push(with_sizes(sends, &given, language));
        }
        if wires().next().is_some() {
            let count = wires().map(|wire| wire.count).sum();
            let segments = segments(count, language);
            clauses.push(match left {
                Some(sizes) => with_sizes(segments, &sizes, language),
                None => words::at_least(language, segments, !wires().all(Wire::is_complete)),
            });
            let again = wires().map(|wire| wire.retransmitted).sum();
            if again > 0 {
                let again = self::segments(again, language);
                let again = words::at_least(language, again, !wires().all(|wire| wire.settled));
                clauses.push(say!(language, "{again} sent again", "重传 {again}"));
            }
        }
        clauses
    }

    /// What each recv returned, or all of them together.
    fn received(&self, language: Language) -> String {
        if self.recvs.is_empty() {
            return language
                .pick("no recv returned data", "没有 recv 收到数据")
                .to_owned();
        }
        if self.recvs.len() <= NAMED {
            let recvs = self.recvs.iter().map(|recv| recv.in_words(language));
            return recvs.collect::<Vec<_>>().join(language.pick(", ", "，"));
        }
        let got: Vec<u64> = self.recvs.iter().map(|recv| recv.got).collect();
        let recvs = words::counted(language, got.len() as u64, "recv", "recvs", "次 recv");
        let recvs = with_sizes(recvs, &got, language);
        let total = |count: &dyn Fn(&Flow) -> usize| {
            let counts = self.flows.iter().map(|(flow, _)| count(flow) as u64);
            counts.sum::<u64>()
        };
        let (sent, got) = (
            total(&|flow| flow.sent.len()),
            total(&|flow| flow.received.len()),
        );
        if sent == got {
            let all = bytes(sent);
            say!(language, "{recvs} took all {all}", "{recvs}收到全部 {all}")
        } else {
            let (sent, got) = (bytes(sent), bytes(got));
            say!(
                language,
                "{recvs} took {got} of {sent}",
                "{recvs}收到 {sent} 中的 {got}"
            )
        }
    }

    fn decoded(&self, language: Language) -> Option<String> {
        (self.decoded > 0).then(|| {
            let messages = words::counted(language, self.decoded, "message", "messages", "条消息");
            say!(language, "{messages} decoded", "解码出 {messages}")
        })
    }

    /// The fates of the boundaries that were reached. The others belong to lost messages.
    fn boundaries(&self, language: Language) -> Option<String> {
        let all: Vec<_> = self
            .flows
            .iter()
            .flat_map(|(_, seen)| &seen.boundaries)
            .filter(|boundary| {
                !matches!(
                    boundary.fate,
                    BoundaryFate::NotReached | BoundaryFate::Uncertain | BoundaryFate::NotSeen
                )
            })
            .collect();
        if let [one] = all[..] {
            let at = grouped(one.at);
            let fate = words::boundary_fate(language, one.fate);
            return Some(say!(language, "boundary {at} {fate}", "边界 {at} {fate}"));
        }
        let count = all.len() as u64;
        let counted = words::counted(language, count, "boundary", "boundaries", "个边界");
        let lost_at = |wanted: Option<Place>| {
            let there =
                |fate| matches!(fate, BoundaryFate::Coalesced { place, .. } if place == wanted);
            all.iter().filter(|boundary| there(boundary.fate)).count() as u64
        };
        let places = [
            (Some(Place::BySender), "by the sender", "在发送方"),
            (
                Some(Place::InReceiveQueue),
                "in the receive queue",
                "在接收队列",
            ),
            (None, "where is not known", "位置未知"),
        ];
        let places: Vec<_> = places
            .into_iter()
            .map(|(place, en, zh)| (lost_at(place), place, language.pick(en, zh)))
            .filter(|(lost, ..)| *lost > 0)
            .collect();
        match places[..] {
            [] => (count > 0).then(|| say!(language, "{counted} kept", "{counted}保留")),
            [(lost, place, _)] if lost == count => {
                let place = words::place(language, place);
                Some(say!(language, "{counted} {place}", "{counted}{place}"))
            }
            _ => {
                let lost: u64 = places.iter().map(|(lost, ..)| lost).sum();
                let each: Vec<_> = places
                    .iter()
                    .map(|(lost, _, place)| (grouped(*lost), place))
                    .map(|(lost, place)| say!(language, "{lost} {place}", "{lost} 个{place}"))
                    .collect();
                let (lost, each) = (grouped(lost), each.join(language.pick(", ", "，")));
                Some(say!(
                    language,
                    "{lost} of {counted} lost ({each})",
                    "{counted}丢了 {lost} 个（{each}）"
                ))
            }
        }
    }

    /// The messages that did not arrive whole, unless boundaries and recvs already say so.
    fn messages(&self, language: Language) -> Vec<String> {
        let fates: Vec<MessageFate> = self
            .flows
            .iter()
            .flat_map(|(_, seen)| &seen.messages)
            .map(|message| message.fate)
            .collect();
        let count = |wanted: fn(MessageFate) -> bool| {
            fates.iter().filter(|&&fate| wanted(fate)).count() as u64
        };
        let kinds = [
            (
                count(|fate| matches!(fate, MessageFate::InPieces(_))),
                language.pick("in pieces", "分成几段"),
            ),
            (
                count(|fate| matches!(fate, MessageFate::Truncated(_))),
                language.pick("truncated", "被截断"),
            ),
            (
                count(|fate| matches!(fate, MessageFate::Lost(0))),
                if self.is_of_datagrams {
                    language.pick("lost", "丢失")
                } else {
                    language.pick("not received", "没有收到")
                },
            ),
            (
                count(|fate| matches!(fate, MessageFate::Lost(1..))),
                language.pick("not received whole", "没有收完整"),
            ),
        ];
        let all = fates.len() as u64;
        kinds
            .into_iter()
            .filter(|(count, _)| *count > 0)
            // If only one message took several recvs, the recvs already say so.
            .filter(|_| fates.len() > 1 || !matches!(fates[..], [MessageFate::InPieces(_)]))
            .map(|(count, fate)| {
                let counted = words::counted(language, all, "message", "messages", "条消息");
                let count = grouped(count);
                if all == 1 {
                    say!(language, "the message {fate}", "消息{fate}")
                } else {
                    say!(
                        language,
                        "{count} of {counted} {fate}",
                        "{counted}中 {count} 条{fate}"
                    )
                }
            })
            .collect()
    }

    fn dropped(&self, language: Language) -> Option<String> {
        let dropped = self.flows.iter().filter_map(|(flow, _)| flow.dropped);
        let dropped: u64 = dropped.map(u64::from).sum();
        (dropped > 0).then(|| {
            let datagrams = words::counted(language, dropped, "datagram", "datagrams", "个数据报");
            say!(
                language,
                "{datagrams} dropped by the receiving kernel",
                "接收方内核丢弃 {datagrams}"
            )
        })
    }

    /// The duration, if it is informative: the rate of a large transfer, or a sign that a timer
    /// ran.
    fn time(&self, language: Language) -> Option<String> {
        let many = self.sends.len() > NAMED || self.recvs.len() > NAMED;
        let tells = many || self.time >= TIMER_NANOSECONDS;
        let time = time(self.time, false);
        tells.then(|| say!(language, "in {time}", "用时 {time}"))
    }
}

impl Received {
    /// `recv(1024) → 30 B`.
    fn in_words(&self, language: Language) -> String {
        let (asked, got) = (self.asked, bytes(self.got));
        if self.cut == 0 {
            return format!("recv({asked}) → {got}");
        }
        let cut = bytes(self.cut);
        say!(
            language,
            "recv({asked}) → {got} and {cut} cut off",
            "recv({asked}) → {got}，另有 {cut} 被截掉"
        )
    }
}

/// The sizes of the segments, if all are known.
fn segment_sizes<'a>(wires: impl Iterator<Item = &'a Wire>) -> Option<Vec<u64>> {
    wires
        .flat_map(|wire| &wire.runs)
        .map(|run| (run.segments == 1).then_some(run.range.len()))
        .collect()
}

fn segments(count: u64, language: Language) -> String {
    words::counted(language, count, "segment", "segments", "个报文段")
}

/// `2 segments (18, 12 B)`: each size if there are few, otherwise the smallest and the largest.
fn with_sizes(counted: String, sizes: &[u64], language: Language) -> String {
    let (Some(least), Some(most)) = (sizes.iter().min(), sizes.iter().max()) else {
        return counted;
    };
    let sizes = if least == most {
        bytes(*least)
    } else if sizes.len() <= NAMED {
        let each: Vec<_> = sizes.iter().map(|size| grouped(*size)).collect();
        format!("{} B", each.join(language.pick(", ", "、")))
    } else {
        let (least, most) = (grouped(*least), bytes(*most));
        say!(language, "{least} to {most}", "{least} 至 {most}")
    };
    say!(language, "{counted} ({sizes})", "{counted}（{sizes}）")
}
