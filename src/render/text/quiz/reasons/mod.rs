//! Explains in a sentence or two why a replay came out as it did.
//!
//! Promises: every number in a reason comes from this replay. For a wrong answer it says where that
//! first differs from the result.

mod recvs;

use crate::analysis::{BoundaryFate, FlowAnalysis, Message, MessageFate, PartAnalysis, RecvSpan};
use crate::laboratory::quiz::{Answer, Asks, Exchange};
use crate::language::Language;
use crate::render::number::{bytes, grouped};
use crate::scenario::Place;
use crate::trace::{DataOp, Got, Op, PartTrace};

use super::datagram;

/// The reasons for the right answer; `said` is the answer given.
pub(super) fn of(
    language: Language,
    exchange: &Exchange,
    said: Option<&Answer>,
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
        Asks::Recvs => {
            let wrong = match said {
                Some(Answer::Recvs(said)) => recvs.of_wrong(said),
                Some(Answer::Boundary(_) | Answer::Message(_) | Answer::Readers(_)) | None => None,
            };
            match wrong {
                Some(reason) => vec![reason],
                None if part.transport.keeps_boundaries() => vec![recvs.of_datagrams()],
                None => recvs.of_stream(),
            }
        }
        Asks::Boundary(at) => vec![recvs.of_boundary(at)],
        Asks::Message(number) => vec![recvs.of_message(number)],
    }
    .into_iter()
    .map(|reason| capital(&reason))
    .collect()
}

/// Begins a sentence with a capital if its first word is English; the name of a function stays as
/// it is.
fn capital(sentence: &str) -> String {
    sentence
        .strip_prefix("the ")
        .map_or_else(|| sentence.to_owned(), |rest| format!("The {rest}"))
}

/// The recvs of one flow.
#[derive(Clone, Copy)]
struct Recvs<'a> {
    language: Language,
    part: &'a PartTrace,
    flow: &'a FlowAnalysis,
}

/// A recv, described.
struct DescribedRecv {
    /// `recv 2`.
    name: String,
    asked: u64,
    got: u64,
}

impl Recvs<'_> {
    fn told(self, index: usize, recv: &RecvSpan) -> DescribedRecv {
        let asked = match self.part.calls.get(recv.call).map(|call| &call.op) {
            Some(Op::Data(DataOp::Recv { asked, .. })) => u64::from(*asked),
            _ => 0,
        };
        DescribedRecv {
            name: self.name(index, recv.call),
            asked,
            got: recv.range.len(),
        }
    }

    /// The name of a recv that returned data: its number, as in the map. If one before it returned
    /// none, the time line shows more recvs than it counts.
    fn name(self, index: usize, call: usize) -> String {
        let side = self.part.calls.get(call).map(|call| call.side);
        let is_empty_handed = self.part.calls.iter().take(call).any(|before| {
            let is_data = matches!(
                before.op,
                Op::Data(DataOp::Recv {
                    got: Got::Data { .. },
                    ..
                })
            );
            Some(before.side) == side
                && matches!(before.op, Op::Data(DataOp::Recv { .. }))
                && !is_data
        });
        let number = grouped(index as u64 + 1);
        match (is_empty_handed, index) {
            (false, _) => say!(self.language, "recv {number}", "第 {number} 次 recv"),
            (true, 0) => self
                .language
                .pick("the first recv that returns data", "第一次收到数据的 recv")
                .to_owned(),
            (true, _) => say!(
                self.language,
                "recv {number} of those that return data",
                "第 {number} 次收到数据的 recv"
            ),
        }
    }

    fn each(self) -> impl Iterator<Item = (DescribedRecv, RecvSpan)> {
        let recvs = self.flow.recvs.iter().enumerate();
        recvs.map(move |(index, recv)| (self.told(index, recv), *recv))
    }

    /// Why a recv that covers no boundary returned what it did.
    fn at_most(self, DescribedRecv { name, asked, got }: &DescribedRecv) -> String {
        let (size, most) = (bytes(*got), bytes(*asked));
        if got < asked {
            say!(
                self.language,
                "{name} returned {size}: all that was there. The {most} that it asked for is a maximum.",
                "{name} 返回 {size}，因为到的只有这些；{most} 只是上限。"
            )
        } else {
            say!(
                self.language,
                "{name} returned the {size} that it asked for, and no more.",
                "{name} 要 {size}，就返回 {size}，不会更多。"
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
                say!(
                    self.language,
                    "One segment carried {start} to {end}, across {shown}: the sender's kernel had merged the two before a byte of them was on its way, and no reader could keep them apart.",
                    "一个报文段承载了 {start} 到 {end}，跨过了 {shown}：字节还没上路，发送方内核就把两条合在了一起，谁来读都分不开。"
                )
            }
            Some(BoundaryFate::Coalesced { recv, .. }) => {
                let span = self.flow.recvs.get(recv);
                let told = span.map(|span| self.told(recv, span));
                let (name, got) = told.map_or_else(Default::default, |it| (it.name, bytes(it.got)));
                say!(
                    self.language,
                    "A segment ends at {shown}, so the two left apart. Both lay in the receive queue when {name} was called, and it took {got} across {shown}.",
                    "有一个报文段到 {shown} 为止，可见两条是分开发出的。调用{name} 时两条都在接收队列里，它一次取走 {got}，跨过了 {shown}。"
                )
            }
            Some(BoundaryFate::Kept) if !self.part.transport.keeps_boundaries() => {
                let ending = self.each().find(|(_, recv)| recv.range.end == at);
                let why = ending.map(|(told, _)| self.at_most(&told));
                let why = why.unwrap_or_default();
                say!(
                    self.language,
                    "A recv ended at {shown}. {why} With another reader it need not be so.",
                    "有一次 recv 到 {shown} 为止。{why}换一种读法，就未必如此。"
                )
            }
            Some(
                BoundaryFate::Kept
                | BoundaryFate::NotReached
                | BoundaryFate::Uncertain
                | BoundaryFate::NotSeen,
            )
            | None => self.of_datagrams(),
        }
    }

    /// The first recv that returned a part of a message; on a stream, at least one byte.
    fn returning(self, message: &Message, index: usize) -> Option<usize> {
        if self.part.transport.keeps_boundaries() {
            let mut datagrams = self.flow.datagrams.iter();
            return datagrams.find_map(|it| it.recv.filter(|_| it.message == index));
        }
        let touches = |recv: &RecvSpan| {
            recv.range.start < message.range.end && recv.range.end > message.range.start
        };
        self.flow.recvs.iter().position(touches)
    }

    /// Why a message sent as one datagram arrived whole; `None` if it did not.
    fn of_whole_datagram(self, message: &Message, index: usize) -> Option<String> {
        if message.fate != MessageFate::Whole {
            return None;
        }
        let recv = self.returning(message, index)?;
        let name = self.told(recv, self.flow.recvs.get(recv)?).name;
        let (number, size) = (grouped(index as u64 + 1), bytes(message.range.len()));
        let datagram = datagram(self.language, self.part.transport);
        Some(say!(
            self.language,
            "Message #{number} left as one {datagram} of {size}; {name} returned it whole, and nothing else.",
            "消息 #{number} 作为一个 {size} 的{datagram}发出；{name} 完整地返回了它，不含别的。"
        ))
    }

    fn of_message(self, index: usize) -> String {
        let Some(message) = self.flow.messages.get(index) else {
            return String::new();
        };
        let number = grouped(index as u64 + 1);
        let (start, end) = (grouped(message.range.start), grouped(message.range.end));
        if self.part.transport.keeps_boundaries()
            && let Some(reason) = self.of_whole_datagram(message, index)
        {
            return reason;
        }
        let returning = self.returning(message, index);
        let recv = returning.map_or_else(String::new, |index| {
            let recv = &self.flow.recvs[index];
            let name = self.told(index, recv).name;
            let (from, to) = (grouped(recv.range.start), grouped(recv.range.end));
            say!(
                self.language,
                "{name} returned {from} to {to}",
                "{name} 返回 {from} 到 {to}"
            )
        });
        let datagram = datagram(self.language, self.part.transport);
        match message.fate {
            MessageFate::Whole => say!(
                self.language,
                "Message #{number} is {start} to {end}, and {recv}: just that.",
                "消息 #{number} 占 {start} 到 {end}，{recv}，正好是它。"
            ),
            MessageFate::WholeByParts(recvs) => say!(
                self.language,
                "The header and the payload of #{number} were each read exactly, in {recvs} recvs.",
                "#{number} 的头部和负载各自读够，共用 {recvs} 次 recv。"
            ),
            MessageFate::Coalesced => say!(
                self.language,
                "Message #{number} is {start} to {end}, but recvs end elsewhere: {recv}.",
                "消息 #{number} 占 {start} 到 {end}，而 recv 的结尾不在那里：{recv}。"
            ),
            MessageFate::InPieces(recvs) => say!(
                self.language,
                "Message #{number} is {start} to {end}; it took {recvs} recvs; {recv}.",
                "消息 #{number} 占 {start} 到 {end}，用了 {recvs} 次 recv，其中{recv}。"
            ),
            MessageFate::Truncated(delivered) => {
                let (all, delivered) = (bytes(message.range.len()), bytes(delivered));
                say!(
                    self.language,
                    "recv had room for {delivered} of the {all} of #{number}; the rest of the {datagram} is gone.",
                    "#{number} 有 {all}，recv 只装下 {delivered}，这个{datagram}的其余部分就没了。"
                )
            }
            // A question is about a case, and in a case both sides are seen.
            MessageFate::NotSeen => String::new(),
            MessageFate::Lost(arrived) => {
                let none_came = arrived == 0;
                let (all, arrived) = (bytes(message.range.len()), bytes(arrived));
                if none_came {
                    say!(
                        self.language,
                        "No recv returned a byte of #{number}, {all}.",
                        "#{number} 有 {all}，没有哪次 recv 返回过其中的字节。"
                    )
                } else {
                    say!(
                        self.language,
                        "The recvs returned {arrived} of the {all} of #{number}.",
                        "#{number} 有 {all}，各次 recv 只返回了其中的 {arrived}。"
                    )
                }
            }
        }
    }
}
