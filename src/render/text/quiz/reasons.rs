//! Why a replay came out as it did, in a sentence or two.
//!
//! Promises: every number in a reason is one of that very replay.

use crate::analysis::{BoundaryFate, FlowAnalysis, MessageFate, PartAnalysis, RecvSpan};
use crate::laboratory::quiz::{Asks, Exchange};
use crate::language::Language;
use crate::render::number::{bytes, grouped};
use crate::scenario::{Place, Transport};
use crate::trace::{Op, PartTrace};

/// The reasons for what was asked.
pub(super) fn of(
    language: Language,
    exchange: &Exchange,
    part: &PartTrace,
    analysis: &PartAnalysis,
) -> Vec<String> {
    let Some(flow) = exchange.first_flow(part, analysis) else {
        return Vec::new();
    };
    let recvs = Recvs {
        language,
        part,
        flow,
    };
    match exchange.asks {
        Asks::Recvs if part.transport.keeps_boundaries() => vec![recvs.of_datagrams()],
        Asks::Recvs => recvs.of_stream(),
        Asks::Boundary(at) => vec![recvs.of_boundary(at)],
        Asks::Message(number) => vec![recvs.of_message(number)],
    }
}

/// The recvs of one flow, to be told of.
#[derive(Clone, Copy)]
struct Recvs<'a> {
    language: Language,
    part: &'a PartTrace,
    flow: &'a FlowAnalysis,
}

/// A recv as it is told of.
struct Told {
    /// `recv 2`.
    name: String,
    asked: u64,
    got: u64,
}

impl Recvs<'_> {
    fn told(self, index: usize, recv: &RecvSpan) -> Told {
        let asked = match self.part.calls.get(recv.call).map(|call| &call.op) {
            Some(Op::Recv { asked, .. }) => u64::from(*asked),
            _ => 0,
        };
        let number = grouped(index as u64 + 1);
        Told {
            name: self
                .language
                .pick(format!("recv {number}"), format!("第 {number} 次 recv")),
            asked,
            got: recv.range.len(),
        }
    }

    fn each(self) -> impl Iterator<Item = (Told, RecvSpan)> {
        let recvs = self.flow.recvs.iter().enumerate();
        recvs.map(move |(index, recv)| (self.told(index, recv), *recv))
    }

    /// What a datagram is called on this transport.
    fn datagram(self) -> &'static str {
        match self.part.transport {
            Transport::UnixSeqpacket => self.language.pick("record", "记录"),
            Transport::Udp | Transport::Tcp | Transport::UnixStream | Transport::Pipe => {
                self.language.pick("datagram", "数据报")
            }
        }
    }

    fn of_datagrams(self) -> String {
        let datagram = self.datagram();
        let cut = self.each().find(|(_, recv)| recv.cut > 0);
        if let Some((Told { name, asked, got }, recv)) = cut {
            let (room, all, cut) = (bytes(asked), bytes(got + recv.cut), bytes(recv.cut));
            return self.language.pick(
                format!("{name} had room for {room} and met a {datagram} of {all}: the other {cut} are gone, and the next recv gets the next {datagram}."),
                format!("{name} 只能装 {room}，遇到的{datagram}有 {all}：其余 {cut} 就没了，下一次 recv 拿到的是下一个{datagram}。"),
            );
        }
        self.language.pick(
            format!("A recv returns one {datagram} and never more, however much it has room for."),
            format!("一次 recv 只返回一个{datagram}，空间再大也不会更多。"),
        )
    }

    fn of_stream(self) -> Vec<String> {
        let across = self.flow.boundaries.iter().find_map(|boundary| {
            let BoundaryFate::Coalesced { recv, .. } = boundary.fate else {
                return None;
            };
            Some((boundary.at, recv))
        });
        let mut reasons = Vec::new();
        if let Some((at, index)) = across
            && let Some(recv) = self.flow.recvs.get(index)
        {
            let Told { name, asked, got } = self.told(index, recv);
            let at = grouped(at);
            let (most, size) = (bytes(asked), bytes(got));
            reasons.push(if got < asked {
                self.language.pick(
                    format!("{name} asked for at most {most} and took all that was there, {size}. That a message ends at {at} is not part of the stream."),
                    format!("{name} 最多取 {most}，把已到的 {size} 全拿走了。消息在 {at} 处结束，这件事流里并没有记下。"),
                )
            } else {
                self.language.pick(
                    format!("{name} got all the {most} it asked for, across the end of a message at {at}, which is not part of the stream."),
                    format!("{name} 要 {most}，就拿到 {size}，跨过了 {at} 处的消息结尾：流里并没有记下它。"),
                )
            });
        }
        let last = self.flow.recvs.len().saturating_sub(1);
        let full = self
            .each()
            .take(last)
            .find(|(told, recv)| told.asked == told.got && !self.ends_a_message(recv.range.end));
        if let Some((Told { name, asked, .. }, _)) = full {
            let asked = bytes(asked);
            reasons.push(self.language.pick(
                format!("{name} asked for {asked} and got no more; what is behind is left for the next recv."),
                format!("{name} 只要 {asked}，就不会多给；后面的留给下一次 recv。"),
            ));
        }
        if reasons.is_empty() {
            reasons.extend(self.each().next().map(|(told, _)| self.at_most(&told)));
        }
        reasons
    }

    fn ends_a_message(self, at: u64) -> bool {
        self.flow
            .messages
            .iter()
            .any(|message| message.range.end == at)
    }

    /// Why a recv that covers no boundary returned what it did.
    fn at_most(self, Told { name, asked, got }: &Told) -> String {
        let size = bytes(*got);
        if got < asked {
            self.language.pick(
                format!("{name} returned {size}: all that was there. The {asked} that it asked for is a maximum."),
                format!("{name} 返回 {size}，因为到的只有这些；{asked} 只是上限。"),
            )
        } else {
            self.language.pick(
                format!("{name} returned the {size} that it asked for, and no more."),
                format!("{name} 要 {size}，就返回 {size}，不会更多。"),
            )
        }
    }

    fn of_boundary(self, at: u64) -> String {
        let found = self.flow.boundaries.iter().find(|it| it.at == at);
        let shown = grouped(at);
        match found.map(|boundary| boundary.fate) {
            Some(BoundaryFate::Coalesced {
                place: Some(Place::BySender),
                ..
            }) => {
                let runs = self.flow.wire.iter().flat_map(|wire| &wire.runs);
                let run = runs.into_iter().find(|run| run.range.spans(at));
                let range = run.map(|run| (grouped(run.range.start), grouped(run.range.end)));
                let (start, end) = range.unwrap_or_default();
                self.language.pick(
                    format!("One segment carried {start} to {end}, across {shown}: the sender's kernel had merged the two before a byte of them was on its way, and no reader could keep them apart."),
                    format!("一个报文段承载了 {start} 到 {end}，跨过了 {shown}：字节还没上路，发送方内核就把两条合在了一起，谁来读都分不开。"),
                )
            }
            Some(BoundaryFate::Coalesced { recv, .. }) => {
                let span = self.flow.recvs.get(recv);
                let told = span.map(|span| self.told(recv, span));
                let (name, got) = told.map_or_else(Default::default, |it| (it.name, bytes(it.got)));
                self.language.pick(
                    format!("A segment ends at {shown}, so the two left apart. Both lay in the receive queue when {name} was called, and it took {got} across {shown}."),
                    format!("有一个报文段到 {shown} 为止，可见两条是分开发出的。调用{name} 时两条都在接收队列里，它一次取走 {got}，跨过了 {shown}。"),
                )
            }
            Some(BoundaryFate::Kept) if !self.part.transport.keeps_boundaries() => {
                let ending = self.each().find(|(_, recv)| recv.range.end == at);
                let why = ending.map(|(told, _)| self.at_most(&told));
                let why = why.unwrap_or_default();
                self.language.pick(
                    format!(
                        "A recv ended at {shown}. {why} With another reader it need not be so."
                    ),
                    format!("有一次 recv 到 {shown} 为止。{why}换一种读法，就未必如此。"),
                )
            }
            Some(BoundaryFate::Kept | BoundaryFate::NotReached | BoundaryFate::Uncertain)
            | None => self.of_datagrams(),
        }
    }

    fn of_message(self, number: usize) -> String {
        let Some(message) = self.flow.messages.get(number) else {
            return String::new();
        };
        let number = grouped(number as u64 + 1);
        let (start, end) = (grouped(message.range.start), grouped(message.range.end));
        let touching = self.each().find(|(_, recv)| {
            recv.range.start < message.range.end && recv.range.end > message.range.start
        });
        let recv = touching.map_or_else(String::new, |(told, recv)| {
            let (from, to) = (grouped(recv.range.start), grouped(recv.range.end));
            self.language.pick(
                format!("{} returned {from} to {to}", told.name),
                format!("{} 返回 {from} 到 {to}", told.name),
            )
        });
        let datagram = self.datagram();
        match message.fate {
            MessageFate::Whole => self.language.pick(
                format!("Message #{number} is {start} to {end}, and {recv}: just that."),
                format!("消息 #{number} 占 {start} 到 {end}，{recv}，正好是它。"),
            ),
            MessageFate::WholeByParts(recvs) => self.language.pick(
                format!("The header and the payload of #{number} were each read exactly, in {recvs} recvs."),
                format!("#{number} 的头部和负载各自读够，共用 {recvs} 次 recv。"),
            ),
            MessageFate::Coalesced => self.language.pick(
                format!("Message #{number} is {start} to {end}, but recvs end elsewhere: {recv}."),
                format!("消息 #{number} 占 {start} 到 {end}，而 recv 的结尾不在那里：{recv}。"),
            ),
            MessageFate::InPieces(recvs) => self.language.pick(
                format!("Message #{number} is {start} to {end}; it took {recvs} recvs; {recv}."),
                format!("消息 #{number} 占 {start} 到 {end}，用了 {recvs} 次 recv，其中{recv}。"),
            ),
            MessageFate::Truncated(delivered) => {
                let (all, delivered) = (bytes(message.range.len()), bytes(delivered));
                self.language.pick(
                    format!("recv had room for {delivered} of the {all} of #{number}; the rest of the {datagram} is gone."),
                    format!("#{number} 有 {all}，recv 只装下 {delivered}，这个{datagram}的其余部分就没了。"),
                )
            }
            MessageFate::Lost(arrived) => {
                let none_came = arrived == 0;
                let (all, arrived) = (bytes(message.range.len()), bytes(arrived));
                if none_came {
                    self.language.pick(
                        format!("No recv returned a byte of #{number}, {all}."),
                        format!("#{number} 有 {all}，没有哪次 recv 返回过其中的字节。"),
                    )
                } else {
                    self.language.pick(
                        format!("The recvs returned {arrived} of the {all} of #{number}."),
                        format!("#{number} 有 {all}，各次 recv 只返回了其中的 {arrived}。"),
                    )
                }
            }
        }
    }
}
