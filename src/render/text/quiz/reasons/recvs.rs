//! Explains why recvs returned what they did, for streams and for datagrams.
//!
//! Promises: for a wrong answer, describes the first recv that differs from it.

use crate::analysis::{BoundaryFate, RecvSpan};
use crate::render::number::{bytes, grouped};

use super::super::datagram;
use super::{DescribedRecv, Recvs};

impl Recvs<'_> {
    /// Why the first recv that differs from the answer returned what it did; `None` if none
    /// differs.
    pub(super) fn of_wrong(self, said: &[u64]) -> Option<String> {
        let recvs = &self.flow.recvs;
        let differs = |&index: &usize| {
            let came = recvs.get(index).map(|recv| recv.range.len());
            came != said.get(index).copied()
        };
        let index = (0..recvs.len().max(said.len())).find(differs)?;
        let before = index.checked_sub(1).and_then(|before| {
            let recv = recvs.get(before)?;
            Some(self.told(before, recv).name)
        });
        let Some(recv) = recvs.get(index) else {
            let before = before?;
            return Some(say!(
                self.language,
                "No recv after {before} returned data: nothing was left.",
                "{before} 之后，没有哪次 recv 再收到数据：已经什么都不剩了。"
            ));
        };
        let told = self.told(index, recv);
        let reason = if self.part.transport.keeps_boundaries() {
            self.of_datagram(&told, recv)
        } else {
            self.of_recv(index, recv)
        };
        // If the answer ends here, its first mistake is that there are more recvs.
        let more = before.filter(|_| index == said.len()).map(|before| {
            say!(
                self.language,
                "There was more to come after {before}. ",
                "{before} 之后还有数据。"
            )
        });
        Some(more.unwrap_or_default() + &reason)
    }

    pub(super) fn of_datagrams(self) -> String {
        let cut = self.each().find(|(_, recv)| recv.cut > 0);
        if let Some((told, recv)) = cut {
            return self.of_datagram(&told, &recv);
        }
        let datagram = datagram(self.language, self.part.transport);
        say!(
            self.language,
            "A recv returns one {datagram} and never more, however much it has room for.",
            "一次 recv 只返回一个{datagram}，空间再大也不会更多。"
        )
    }

    /// Why a recv returned this many bytes of its datagram.
    fn of_datagram(
        self,
        DescribedRecv { name, asked, got }: &DescribedRecv,
        recv: &RecvSpan,
    ) -> String {
        let datagram = datagram(self.language, self.part.transport);
        let (room, all, cut) = (bytes(*asked), bytes(got + recv.cut), bytes(recv.cut));
        if recv.cut > 0 {
            say!(
                self.language,
                "{name} had room for {room} and met a {datagram} of {all}: the other {cut} are gone, and the next recv gets the next {datagram}.",
                "{name} 只能装 {room}，遇到的{datagram}有 {all}：其余 {cut} 就没了，下一次 recv 拿到的是下一个{datagram}。"
            )
        } else {
            say!(
                self.language,
                "{name} met a {datagram} of {all} and returned it alone: never more than one, however much there is room for.",
                "{name} 遇到的{datagram}有 {all}，就只返回这一个：空间再大也不会更多。"
            )
        }
    }

    /// Why a recv of a stream returned what it did, and which end of a message it went past.
    fn of_recv(self, index: usize, recv: &RecvSpan) -> String {
        let told = self.told(index, recv);
        let across = self.flow.boundaries.iter().find(|boundary| {
            matches!(boundary.fate, BoundaryFate::Coalesced { recv, .. } if recv == index)
        });
        let Some(boundary) = across else {
            return self.at_most(&told);
        };
        let DescribedRecv { name, asked, got } = told;
        let at = grouped(boundary.at);
        let (most, size) = (bytes(asked), bytes(got));
        if got < asked {
            say!(
                self.language,
                "{name} asked for at most {most} and took all that was there, {size}. That a message ends at {at} is not part of the stream.",
                "{name} 最多取 {most}，把已到的 {size} 全拿走了。消息在 {at} 处结束，这件事流里并没有记下。"
            )
        } else {
            say!(
                self.language,
                "{name} got all the {most} it asked for, across the end of a message at {at}, which is not part of the stream.",
                "{name} 要 {most}，就拿到 {size}，跨过了 {at} 处的消息结尾：流里并没有记下它。"
            )
        }
    }

    /// For a stream: the first recv that goes past the end of a message, and the first that ends
    /// inside one.
    pub(super) fn of_stream(self) -> Vec<String> {
        let across = self
            .flow
            .boundaries
            .iter()
            .find_map(|boundary| match boundary.fate {
                BoundaryFate::Coalesced { recv, .. } => Some(recv),
                BoundaryFate::Kept
                | BoundaryFate::NotReached
                | BoundaryFate::Uncertain
                | BoundaryFate::NotSeen => None,
            });
        let mut reasons: Vec<String> = across
            .and_then(|index| Some(self.of_recv(index, self.flow.recvs.get(index)?)))
            .into_iter()
            .collect();
        let last = self.flow.recvs.len().saturating_sub(1);
        let within = self
            .each()
            .take(last)
            .enumerate()
            .find(|(index, (_, recv))| {
                across != Some(*index) && !self.ends_a_message(recv.range.end)
            });
        if let Some((_, (told, _))) = within {
            reasons.push(if told.got == told.asked {
                let (name, asked) = (told.name, bytes(told.asked));
                say!(
                    self.language,
                    "{name} asked for {asked} and got no more; the rest is left for the next recv.",
                    "{name} 只要 {asked}，就不会多给；后面的留给下一次 recv。"
                )
            } else {
                self.at_most(&told)
            });
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
}
