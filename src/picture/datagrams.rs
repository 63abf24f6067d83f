//! Datagrams one by one: what was sent, and how much of it was received.
//!
//! Promises: a datagram that was cut or lost is described as that. Of datagrams with the same
//! bytes, none is said to be the one received.

use crate::analysis::{Datagram, FlowAnalysis, Message, MessageFate, Range, RecvSpan};
use crate::trace::Flow;

use super::bytes::{Bytes, CutKind, index};
use super::lanes::{Kind, Lane, Span, not_measured, recv_labels, recv_name, sent_name};
use super::number::{bytes, grouped};
use super::{Direction, Ink, Telling, words};

/// How a datagram stands that no recv has returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It may still be received.
    MayCome,
    /// The calls of the receiver were not recorded.
    NotMeasured,
    /// It was lost.
    Lost,
}

/// A datagram and its fate.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    /// The datagram.
    pub datagram: &'a Datagram,
    /// The message that it carries, whole or in part.
    pub message: &'a Message,
    /// The recv that returned it, with the index of that recv in the direction.
    pub recv: Option<(usize, &'a RecvSpan)>,
    /// Its number among the datagrams of its message, from 1, and how many there are.
    pub which: (usize, usize),
    /// How it stands, if no recv has returned it.
    pub standing: Standing,
    telling: Telling,
}

impl<'a> Envelope<'a> {
    /// The datagram with this index; `standing` is how it stands if no recv has returned it.
    pub(super) fn of(
        telling: Telling,
        seen: &'a FlowAnalysis,
        index: usize,
        standing: Standing,
    ) -> Self {
        let datagram = &seen.datagrams[index];
        let of_message = seen.datagrams_of(datagram.message);
        let recv = datagram.recv.map(|recv| (recv, &seen.recvs[recv]));
        Self {
            datagram,
            message: &seen.messages[datagram.message],
            recv,
            which: (index - of_message.start + 1, of_message.len()),
            standing,
            telling,
        }
    }

    /// The meaning of its colour.
    #[must_use]
    pub const fn ink(&self) -> Ink {
        Ink::Message(self.datagram.message)
    }

    /// Its name and its size.
    #[must_use]
    pub fn name(&self) -> String {
        let number = grouped(self.datagram.message as u64 + 1);
        let size = bytes(self.datagram.range.len());
        let (which, of) = (self.which.0 as u64, self.which.1 as u64);
        if of < 2 {
            return format!("#{number}  {size}");
        }
        let (which, of) = (grouped(which), grouped(of));
        say!(
            self.telling.language,
            "#{number}, datagram {which} of {of}  {size}",
            "#{number}，第 {which}/{of} 个数据报  {size}"
        )
    }

    /// Its fate.
    #[must_use]
    pub fn fate(&self) -> (Ink, String) {
        let language = self.telling.language;
        let open = match self.standing {
            Standing::MayCome => Some(language.pick("not received yet", "还没有收到")),
            Standing::NotMeasured => Some(not_measured(language)),
            Standing::Lost => None,
        };
        if let Some(text) = open.filter(|_| self.recv.is_none()) {
            return (Ink::Plain, text.to_owned());
        }
        if !self.datagram.certain {
            return (Ink::Bad, words::alike(language).to_owned());
        }
        let (ink, fate) = match self.recv {
            Some((_, recv)) if recv.cut > 0 => (Ink::Bad, MessageFate::Truncated(recv.range.len())),
            Some(_) => (Ink::Plain, MessageFate::Whole),
            None => (Ink::Bad, MessageFate::Lost(0)),
        };
        (ink, words::datagram_fate(language, fate))
    }

    /// The number of its bytes received; 0 if its fate is not certain.
    #[must_use]
    pub fn got(&self) -> u64 {
        if self.datagram.certain {
            self.returned()
        } else {
            0
        }
    }

    fn returned(&self) -> u64 {
        let length = self.datagram.range.len();
        self.recv
            .map_or(0, |(_, recv)| recv.range.len().min(length))
    }

    /// The bytes sent, as a lane.
    #[must_use]
    pub fn sent_lane(&self) -> Lane {
        let size = bytes(self.datagram.range.len());
        let span = Span::new(self.datagram.range, [size.clone(), size.clone(), size]);
        Lane::of(Kind::Sent, sent_name(self.telling.language), vec![span])
    }

    /// The bytes received, as a lane.
    #[must_use]
    pub fn recv_lane(&self) -> Lane {
        let name = recv_name(self.telling.language);
        if self.standing == Standing::MayCome && self.recv.is_none() {
            return Lane::of(Kind::Recv, name, Vec::new());
        }
        if !self.datagram.certain {
            let says = self.telling.pick(
                "this one, or one like it",
                "收到的是它，或是和它相同的另一个",
            );
            return Lane::saying(Kind::Recv, name, says);
        }
        if self.recv.is_none() {
            return Lane::saying(Kind::Recv, name, self.never());
        }
        Lane::of(Kind::Recv, name, self.received())
    }

    /// The bytes received, then those that were not.
    #[must_use]
    pub fn received(&self) -> Vec<Span> {
        let Range { start, end } = self.datagram.range;
        let middle = start + self.returned();
        let got = Range { start, end: middle };
        let missing = Range { start: middle, end };
        let mut spans = Vec::new();
        if let Some((index, _)) = self.recv.filter(|_| !got.is_empty()) {
            spans.push(Span::new(got, recv_labels(index, got.len())));
        }
        if !missing.is_empty() {
            let size = bytes(missing.len());
            let long = match self.recv {
                Some(_) => self.cut(missing.len()),
                None => self.never().to_owned(),
            };
            spans.push(Span::dashed(missing, [long, size.clone(), size]));
        }
        spans
    }

    /// A short text for what is missing, if it did not arrive whole.
    #[must_use]
    pub fn missing(&self) -> Option<String> {
        match self.recv {
            _ if !self.datagram.certain => Some(words::alike(self.telling.language).to_owned()),
            Some((_, recv)) if recv.cut > 0 => Some(self.cut(recv.cut)),
            Some(_) => None,
            None => Some(self.never().to_owned()),
        }
    }

    fn cut(&self, size: u64) -> String {
        let size = bytes(size);
        say!(self.telling.language, "{size} cut off", "截去 {size}")
    }

    fn never(&self) -> &'static str {
        match self.standing {
            Standing::NotMeasured => not_measured(self.telling.language),
            Standing::MayCome | Standing::Lost => self.telling.pick("never received", "没有收到"),
        }
    }

    /// Its bytes in the flow in which it was sent. Offsets count from its own beginning.
    #[must_use]
    pub fn bytes<'f>(&self, flow: &'f Flow) -> Bytes<'f> {
        let Range { start, end } = self.datagram.range;
        let inside = |at| index(at).min(flow.sent.len());
        let (message, got) = (self.message, self.got());
        let mut cuts = Vec::new();
        if message.header > 0 && message.range.start == start {
            cuts.push((index(message.header), CutKind::Header));
        }
        if got > 0 && got < end - start {
            cuts.push((index(got), CutKind::Truncated));
        }
        cuts.sort_unstable();
        cuts.dedup_by_key(|cut| cut.0);
        Bytes {
            cuts,
            ink: self.ink(),
            ..Bytes::plain(&flow.sent[inside(start)..inside(end)])
        }
    }
}

impl Direction<'_> {
    /// The datagrams that are not empty, in order.
    pub fn envelopes(&self) -> impl Iterator<Item = Envelope<'_>> {
        let all = (0..self.seen.datagrams.len()).map(|index| self.envelope(index));
        all.filter(|envelope| !envelope.datagram.range.is_empty())
    }

    /// The datagrams as one lane. If a message has several, each is numbered.
    #[must_use]
    pub fn sent_datagrams(&self) -> Lane {
        let spans = self.envelopes().map(|envelope| {
            let range = envelope.datagram.range;
            let number = format!("#{}", grouped(envelope.datagram.message as u64 + 1));
            let (short, least) = match envelope.which {
                (_, 1) => (number.clone(), number),
                (which, of) => {
                    let which = format!("{}/{}", grouped(which as u64), grouped(of as u64));
                    (format!("{number} {which}"), which)
                }
            };
            let long = format!("{short}  {}", bytes(range.len()));
            Span::new(range, [long, short, least])
        });
        let name = sent_name(self.telling.language);
        Lane::of(Kind::Sent, name, spans.collect())
    }

    /// What a lane of datagrams cannot show: empty datagrams, the numbers of several in one
    /// message, and dropped ones.
    #[must_use]
    pub fn datagram_notes(&self) -> Vec<String> {
        let language = self.telling.language;
        let messages = self.seen.messages.iter().enumerate();
        let empty = messages.filter(|(_, message)| message.range.is_empty());
        let mut notes: Vec<String> = empty
            .map(|(index, message)| {
                let number = index + 1;
                let fate = match message.fate {
                    MessageFate::Lost(_) => language.pick("never received", "没有收到").to_owned(),
                    fate @ (MessageFate::Whole
                    | MessageFate::WholeByParts(_)
                    | MessageFate::Coalesced
                    | MessageFate::InPieces(_)
                    | MessageFate::Truncated(_)) => words::message_fate(language, fate),
                };
                say!(
                    language,
                    "#{number} is an empty datagram: {fate}",
                    "#{number} 是空数据报：{fate}"
                )
            })
            .collect();
        if let Some(envelope) = self.envelopes().find(|envelope| envelope.which.1 > 1) {
            let number = grouped(envelope.datagram.message as u64 + 1);
            let of = grouped(envelope.which.1 as u64);
            notes.push(say!(
                language,
                "1/{of}: the first of the {of} datagrams of #{number}",
                "1/{of}：#{number} 的 {of} 个数据报中的第一个"
            ));
        }
        notes.extend(self.dropped());
        notes
    }
}
