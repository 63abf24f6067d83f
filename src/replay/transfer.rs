//! Sends, recvs, and the exact reads built from them.
//!
//! Promises: a recv step is one recv call and reports what it returned. The exact readers ask only
//! for what is missing, so they never take bytes of the next message. Nothing is allocated for a
//! length before it has been checked. Never hides a short send: the log shows how many bytes were
//! taken, and no later piece is sent.

use std::io;
use std::time::Instant;

use super::actor::{Actor, Halt};
use super::calls::{RecvFlags, SendFlags, narrow};
use crate::framing;
use crate::scenario::{
    Fault, LengthCode, LengthError, RecvLength, RecvStep, SendRole, SendStep, SystemFault,
};
use crate::trace::{DataOp, Got, Op, Queued};

/// The most that a recv may ask for because of a length in the stream: 64 MiB, the most that a
/// scenario may send in all.
const MOST_CARRIED: i64 = 64 << 20;

/// The result of a recv.
pub(super) enum Taken {
    Bytes(u32),
    End,
}

impl Actor<'_> {
    pub(super) fn send(&mut self, step: &SendStep) -> Result<(), Halt> {
        let (bytes, header) = match step.encoded() {
            Ok(encoded) => encoded,
            Err(refusal) => return self.refuse_to_send(refusal.fault(), refusal.to_string()),
        };
        let flags = SendFlags {
            more: step.more,
            nonblocking: step.nonblocking,
            end_of_record: step.end_of_record,
        };
        let most = step
            .pieces
            .map_or(bytes.len().max(1), |most| most.get() as usize);
        let mut header = u16::try_from(header).unwrap_or(u16::MAX);
        let mut role = step.role;
        if bytes.is_empty() {
            return self.send_call(&bytes, flags, role, header).map(|_| ());
        }
        for piece in bytes.chunks(most) {
            let taken = self.send_call(piece, flags, role, header)?;
            if taken < piece.len() {
                // The next piece would follow bytes that were never sent.
                break;
            }
            (role, header) = (SendRole::Continues, 0);
        }
        Ok(())
    }

    /// Makes one send call and returns the number of bytes it took.
    fn send_call(
        &mut self,
        bytes: &[u8],
        flags: SendFlags,
        role: SendRole,
        header: u16,
    ) -> Result<usize, Halt> {
        let connection = self.connected()?;
        self.sample();
        let begun = Instant::now();
        let start = self.recorder.now();
        self.shared.sends(start);
        let sent = match &mut self.slot().link {
            Some(link) => link.send(bytes, flags),
            None => Err(io::ErrorKind::NotConnected.into()),
        };
        let late = begun.elapsed() >= self.deadline;
        let taken = *sent.as_ref().unwrap_or(&0);
        let op = self
            .recorder
            .send_op(connection, (bytes.len(), taken), role, header);
        let recorded = self.recorded(start, op, sent.as_ref().err());
        if taken > 0 {
            self.recorder
                .half(connection)
                .sent
                .extend_from_slice(&bytes[..taken]);
        }
        self.sample();
        // A send that took less before the deadline was told not to block, has a shorter limit, or
        // found the connection reset (which the next call returns).
        let ran_out = late && !flags.nonblocking && self.recorder.expects.is_none();
        match recorded {
            Err(Halt::Fault {
                fault: Fault::System(SystemFault::WouldBlock),
                ..
            }) if ran_out => Err(Halt::Deadline { there: Some(0) }),
            Ok(()) if ran_out && taken < bytes.len() => Err(Halt::Deadline {
                there: Some(taken as u64),
            }),
            recorded => recorded.map(|()| taken),
        }
    }

    /// The connection of the step's socket, open or already closed.
    pub(super) fn connected(&mut self) -> Result<u16, Halt> {
        let connection = self.slot().connection;
        if usize::from(connection) < self.recorder.log.connections.len() {
            Ok(connection)
        } else {
            Err(Halt::of(&io::ErrorKind::NotConnected.into()))
        }
    }

    fn sent_on(&mut self, connection: u16) -> u64 {
        self.recorder.half(connection).sent.len() as u64
    }

    pub(super) fn received_on(&mut self, connection: u16) -> u64 {
        self.recorder.half(connection).received.len() as u64
    }

    /// Records that something to be sent cannot be encoded.
    fn refuse_to_send(&mut self, fault: Fault, message: String) -> Result<(), Halt> {
        let connection = self.connected()?;
        let start = self.recorder.now();
        let op = Op::Data(DataOp::Refuse {
            flow: self.recorder.outgoing(connection),
            offset: self.sent_on(connection),
            framing: None,
        });
        self.recorder.record(start, op, Some(fault));
        Err(Halt::Fault { fault, message })
    }

    pub(super) fn recv(&mut self, step: &RecvStep) -> Result<(), Halt> {
        let asked = self.asked(step)?;
        let flags = RecvFlags {
            peek: step.peek,
            wait_all: step.wait_all,
            nonblocking: false,
        };
        let taken = self.recv_call(asked, flags)?;
        match (taken, step.carries) {
            (Taken::Bytes(bytes), Some(code)) => self.carry(code, bytes),
            (Taken::End, Some(_)) => self.refuse(Fault::Length(LengthError::NoLength), 0),
            (_, None) => Ok(()),
        }
    }

    /// The number of bytes that a step asks for.
    fn asked(&mut self, step: &RecvStep) -> Result<u32, Halt> {
        match (step.length, self.carried) {
            (RecvLength::Bytes(bytes), _) | (RecvLength::Carried, Some(bytes)) => Ok(bytes),
            (RecvLength::Carried, None) => self
                .refuse(Fault::Length(LengthError::NoLength), 0)
                .map(|()| 0),
        }
    }

    /// One recv call for at most `asked` bytes.
    pub(super) fn recv_call(&mut self, asked: u32, flags: RecvFlags) -> Result<Taken, Halt> {
        let connection = self.connected()?;
        let offset = self.received_on(connection);
        let (side, shared) = (self.side, self.shared);
        let queued = self
            .slot()
            .link
            .as_ref()
            .and_then(|link| crate::kernel::queued(&link.handle()).ok().flatten())
            .and_then(Queued::new);
        // The bytes are received straight into the log.
        let mut log = std::mem::take(&mut self.recorder.half(connection).received);
        let kept = log.len();
        log.resize(kept + asked as usize, 0);
        let start = self.recorder.now();
        let received = match &mut self.slot().link {
            Some(link) => link.recv(&mut log[kept..], flags, shared, side),
            None => Err(io::ErrorKind::NotConnected.into()),
        };
        let bytes = received.as_ref().map_or(0, |received| received.bytes);
        log.truncate(if flags.peek { kept } else { kept + bytes });
        self.recorder.half(connection).received = log;

        let bytes = narrow(received.as_ref().map_or(0, |received| received.bytes));
        let got = match &received {
            Ok(received) => received.got(asked, flags.peek),
            Err(_) => Got::Nothing,
        };
        let flow = self.recorder.incoming(connection);
        let op = Op::Data(DataOp::Recv {
            flow,
            offset,
            asked,
            got,
            queued,
        });
        match &received {
            Err(error)
                if error.kind() == io::ErrorKind::ConnectionAborted && shared.is_aborted() =>
            {
                Err(Halt::Aborted)
            }
            Err(error)
                if error.kind() == io::ErrorKind::WouldBlock
                    && !flags.nonblocking
                    && self.recorder.expects.is_none() =>
            {
                self.recorder
                    .record(start, op, Some(Fault::System(SystemFault::WouldBlock)));
                Err(Halt::Deadline { there: Some(0) })
            }
            received => {
                self.recorded(start, op, received.as_ref().err())?;
                Ok(if got == Got::End {
                    Taken::End
                } else {
                    Taken::Bytes(bytes)
                })
            }
        }
    }

    /// Reads the last `bytes` received as a length, for a later recv.
    fn carry(&mut self, code: LengthCode, bytes: u32) -> Result<(), Halt> {
        let connection = self.connected()?;
        let received = &self.recorder.half(connection).received;
        let number = code.read(&received[received.len() - bytes as usize..]);
        let length = number.and_then(|number| match number {
            ..0 => Err(LengthError::NegativeLength),
            0..=MOST_CARRIED => Ok(number),
            _ => Err(LengthError::LengthTooLarge),
        });
        match length {
            Ok(length) => {
                self.carried = u32::try_from(length).ok();
                Ok(())
            }
            Err(error) => self.refuse(Fault::Length(error), u64::from(bytes)),
        }
    }

    /// Records that the last `bytes` bytes received cannot be used.
    fn refuse(&mut self, fault: Fault, bytes: u64) -> Result<(), Halt> {
        let connection = self.connected()?;
        let start = self.recorder.now();
        let op = Op::Data(DataOp::Refuse {
            flow: self.recorder.incoming(connection),
            offset: self.received_on(connection) - bytes,
            framing: None,
        });
        self.recorder.record(start, op, Some(fault));
        Err(Halt::Fault {
            fault,
            message: fault.name(),
        })
    }

    pub(super) fn recv_exact(&mut self, step: &RecvStep) -> Result<(), Halt> {
        let asked = self.asked(step)?;
        let flags = RecvFlags {
            peek: false,
            wait_all: step.wait_all,
            nonblocking: false,
        };
        let mut missing = asked;
        while missing > 0 {
            match self.recv_call(missing, flags)? {
                Taken::Bytes(bytes) => missing -= bytes.min(missing),
                Taken::End => {
                    let kind = if step.carries.is_some() {
                        framing::ErrorKind::EndInsideHeader
                    } else {
                        framing::ErrorKind::EndInsideBody
                    };
                    return self.refuse(Fault::Framing(kind), u64::from(asked - missing));
                }
            }
        }
        step.carries.map_or(Ok(()), |code| self.carry(code, asked))
    }

    pub(super) fn recv_until_end(&mut self, at_most: u32) -> Result<(), Halt> {
        while let Taken::Bytes(_) = self.recv_call(at_most, RecvFlags::default())? {}
        Ok(())
    }

    /// Takes whatever is there, without waiting for more.
    pub(super) fn recv_available(&mut self, at_most: u32) -> Result<(), Halt> {
        let flags = RecvFlags {
            nonblocking: true,
            ..RecvFlags::default()
        };
        loop {
            match self.recv_call(at_most, flags) {
                Ok(Taken::Bytes(_)) => {}
                Ok(Taken::End) => return Ok(()),
                Err(Halt::Fault { fault, .. }) if fault == NOTHING_THERE => {
                    self.recorder.expect_last(fault);
                    return Ok(());
                }
                Err(halt) => return Err(halt),
            }
        }
    }
}

/// The fault of a recv that may not wait when nothing is there.
const NOTHING_THERE: Fault = Fault::System(SystemFault::WouldBlock);
