//! The map of datagrams: each one by itself, with what was received of it.

use crate::picture::Direction;
use crate::picture::lanes::{self, Kind, Span};

use super::drawing::Drawing;
use super::{Lane, Picture};

impl Drawing<'_> {
    /// Draws each datagram by itself.
    pub(super) fn datagrams(&self, direction: &Direction<'_>) -> Vec<Picture> {
        let sent = direction.sent_datagrams();
        if sent.spans.is_empty() {
            return Vec::new();
        }
        let (received, steps) = self.received(direction);
        let received = lanes::Lane::of(Kind::Recv, lanes::recv_name(self.language), received);
        let lanes = [sent, received];
        self.panels(&lanes, |panel| {
            let [sent, received] = &lanes;
            let lanes_drawn = vec![
                Lane {
                    name: sent.name,
                    says: None,
                    boxes: self.boxes(panel, sent.spans.iter().map(|span| (span, 0)), 3),
                    ends: Some(self.ends(panel, Kind::Sent)),
                    is_queue: false,
                },
                Lane {
                    name: received.name,
                    says: None,
                    boxes: self.boxes(panel, received.spans.iter().zip(steps.iter().copied()), 3),
                    ends: None,
                    is_queue: false,
                },
            ];
            Picture {
                lanes: lanes_drawn,
                ..Self::empty(panel, &lanes)
            }
        })
    }

    /// What was received of each datagram and what was not, and the step of each one's recv.
    fn received(&self, direction: &Direction<'_>) -> (Vec<Span>, Vec<usize>) {
        let never = self.steps.count();
        let envelopes = direction.envelopes().flat_map(|envelope| {
            let recv = envelope.recv;
            let step = recv.map_or(never, |(_, recv)| self.steps.holding(recv.call));
            envelope
                .received()
                .into_iter()
                .map(move |span| (span, step))
        });
        envelopes.unzip()
    }
}
