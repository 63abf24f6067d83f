//! Collects the calls of each flow from the trace, in one pass.

use super::fate::short;
use super::{Delivery, Message, MessageFate, Range, RecvSpan};
use crate::scenario::{Grouping, SendRole};
use crate::trace::{DataOp, Flow, Got, Op, PartTrace};

/// What was sent and received in one flow.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// The messages. Their fates are not known yet ([`MessageFate::Lost`] with 0).
    pub(super) messages: Vec<Message>,
    /// For datagrams, each successful send, even of 0 bytes: its bytes and its message.
    pub(super) sends: Vec<SendRange>,
    /// Each recv that took data, with its range among the bytes received.
    pub(super) recvs: Vec<RecvSpan>,
    /// For datagrams, whether each recv that took data got as many bytes as it asked for.
    pub(super) filled: Vec<bool>,
    /// The stream offsets at which frames were decoded, in order.
    pub(super) decoded: Vec<u64>,
    /// When the first send began, and the last recv that took data ended.
    first_send: Option<u64>,
    last_recv: Option<u64>,
    grouping: Grouping,
}

/// The bytes of one send, and the message they belong to.
#[derive(Clone, Copy, Debug)]
pub(super) struct SendRange {
    pub(super) range: Range,
    pub(super) message: usize,
}

/// What one pass over the calls of a part gathers.
pub(super) struct Gathered {
    /// One for each flow.
    pub(super) records: Vec<Record>,
    /// The number of steps that failed as expected.
    pub(super) failed_as_stated: usize,
}

/// One record for each flow of the part. A call that names no flow of the part is ignored.
pub(super) fn gather(part: &PartTrace) -> Gathered {
    let datagrams = part.transport.keeps_boundaries();
    let mut records: Vec<Record> = part.flows.iter().map(|_| Record::default()).collect();
    let mut failed_as_stated = 0;
    for (index, call) in part.calls.iter().enumerate() {
        if call.expects.is_some() && call.fault == call.expects && !call.ordinary {
            failed_as_stated += 1;
        }
        match call.op {
            Op::Data(DataOp::Send {
                flow,
                offset,
                taken,
                role,
                header,
                ..
            }) if call.fault.is_none() => {
                if let Some(record) = records.get_mut(usize::from(flow)) {
                    record.first_send.get_or_insert(call.start);
                    let range = Range {
                        start: offset,
                        end: offset + u64::from(taken),
                    };
                    if datagrams || !range.is_empty() {
                        record.add_send(range, role, u32::from(header));
                    }
                    if datagrams {
                        record.sends.push(SendRange {
                            range,
                            message: record.messages.len() - 1,
                        });
                    }
                }
            }
            Op::Data(DataOp::Recv {
                flow,
                offset,
                asked,
                got: Got::Data { bytes, cut },
                queued,
            }) => {
                // On a stream, a recv that asked for 0 bytes took no data.
                if let Some(record) = records
                    .get_mut(usize::from(flow))
                    .filter(|_| datagrams || bytes > 0)
                {
                    if datagrams {
                        record.filled.push(bytes == asked);
                    }
                    record.last_recv = Some(call.end);
                    record.recvs.push(RecvSpan {
                        call: index,
                        range: Range {
                            start: offset,
                            end: offset + u64::from(bytes),
                        },
                        cut,
                        queued,
                    });
                }
            }
            Op::Data(DataOp::Decoded { flow, offset, .. }) => {
                if let Some(record) = records.get_mut(usize::from(flow)) {
                    record.decoded.push(offset);
                }
            }
            Op::Data(DataOp::Send { .. } | DataOp::Recv { .. } | DataOp::Refuse { .. })
            | Op::Socket(_)
            | Op::Script(_) => {}
        }
    }
    Gathered {
        records,
        failed_as_stated,
    }
}

impl Record {
    /// How much was delivered and how long it took.
    pub(super) fn delivery(&self, flow: &Flow) -> Option<Delivery> {
        let nanoseconds = self.last_recv?.saturating_sub(self.first_send?);
        Some(Delivery {
            sent: flow.sent.len() as u64,
            received: flow.received.len() as u64,
            nanoseconds,
        })
    }

    fn add_send(&mut self, range: Range, role: SendRole, header: u32) {
        let begins = self.grouping.begins(role);
        match self.messages.last_mut() {
            Some(message) if !begins => message.range.end = range.end,
            Some(_) | None => self.messages.push(Message {
                range,
                header: if role == SendRole::Header {
                    short(range.len())
                } else {
                    header
                },
                fate: MessageFate::Lost(0),
            }),
        }
    }
}
