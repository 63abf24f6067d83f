//! Reads framed messages exactly.
//!
//! Promises: asks for as many bytes as the framing says are missing and not one more, so it never
//! takes bytes of the next message. A length above the limit is rejected before anything is
//! allocated or waited for.

use super::actor::{Actor, Halt};
use super::calls::RecvFlags;
use super::calls::narrow;
use super::transfer::Taken;
use crate::framing::{self, Decoded, Framing};
use crate::scenario::Fault;
use crate::trace::{DataOp, Op};

impl Actor<'_> {
    /// Reads messages exactly: asks only for the bytes that the framing says are missing.
    pub(super) fn decode(
        &mut self,
        framing: Framing,
        messages: Option<u32>,
        cap: u32,
    ) -> Result<(), Halt> {
        let connection = self.connected()?;
        let mut begin = usize::try_from(self.received_on(connection)).unwrap_or(usize::MAX);
        let mut decoded = 0;
        while messages.is_none_or(|messages| decoded < messages) {
            let received = &self.recorder.half(connection).received[begin..];
            match framing.decode(received, cap as usize) {
                Ok(Decoded::Frame { parts, .. }) => {
                    let start = self.recorder.now();
                    let op = Op::Data(DataOp::Decoded {
                        flow: self.recorder.incoming(connection),
                        offset: begin as u64,
                        header: narrow(parts.header),
                        payload: narrow(parts.body),
                        trailer: narrow(parts.trailer),
                        framing: Box::new(framing),
                    });
                    self.recorder.record(start, op, None);
                    begin += parts.total();
                    decoded += 1;
                }
                Ok(Decoded::Incomplete { at_least }) => {
                    let taken = self.recv_call(narrow(at_least).max(1), RecvFlags::default())?;
                    if let Taken::End = taken {
                        let leftover = &self.recorder.half(connection).received[begin..];
                        let end = framing.end(leftover);
                        return match end {
                            Ok(()) if messages.is_none() => Ok(()),
                            Ok(()) => self.refuse_frame(
                                framing,
                                begin,
                                Fault::Framing(framing::ErrorKind::EndInsideHeader),
                                String::new(),
                            ),
                            Err(error) => self.refuse_frame(
                                framing,
                                begin,
                                Fault::Framing(error.kind),
                                error.to_string(),
                            ),
                        };
                    }
                }
                Err(error) => {
                    let (kind, message) = (error.kind, error.to_string());
                    return self.refuse_frame(framing, begin, Fault::Framing(kind), message);
                }
            }
        }
        Ok(())
    }

    /// Records that a frame that begins at this offset cannot be decoded.
    fn refuse_frame(
        &mut self,
        framing: Framing,
        begin: usize,
        fault: Fault,
        message: String,
    ) -> Result<(), Halt> {
        let connection = self.connected()?;
        let start = self.recorder.now();
        let op = Op::Data(DataOp::Refuse {
            flow: self.recorder.incoming(connection),
            offset: begin as u64,
            framing: Some(Box::new(framing)),
        });
        self.recorder.record(start, op, Some(fault));
        Err(Halt::Fault { fault, message })
    }
}
