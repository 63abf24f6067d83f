//! Tests the analysis of traces written by hand, without a network.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use sticky_packet::analysis::{
    BoundaryFate, DifferenceKind, Excerpt, GotRecv, MessageFate, PartAnalysis, Skipped, WireRun,
    analyse_part,
};
use sticky_packet::scenario::{
    Amount, Count, Expectation, ExpectedBoundary, ExpectedFate, ExpectedMessage, Fault, Payload,
    Place, Receives, Returned, SendRole, Side, StepId, SystemFault, Transport,
};
use sticky_packet::trace::{
    By, Call, DataOp, Evidence, Flow, Got, Op, PartTrace, Sample, Segment, Stop, StopReason,
};

/// A trace in which the server sends and the client receives, built call by call.
struct Written {
    part: PartTrace,
    clock: u64,
}

impl Written {
    fn new(transport: Transport) -> Self {
        let flow = |from| Flow {
            connection: 0,
            from,
            sent: Vec::new(),
            received: Vec::new(),
            evidence: Evidence::default(),
            dropped: None,
        };
        Self {
            part: PartTrace {
                label: None,
                transport,
                ends: None,
                expect: None,
                calls: Vec::new(),
                flows: vec![flow(Side::Server), flow(Side::Client)],
                cut: Vec::new(),
                stop: None,
            },
            clock: 0,
        }
    }

    fn call(&mut self, side: Side, op: Op) {
        self.clock += 10;
        self.part.calls.push(Call {
            side,
            by: By::Step(StepId(0)),
            start: self.clock,
            end: self.clock + 5,
            op,
            fault: None,
            expects: None,
            ordinary: false,
        });
    }

    fn send_as(mut self, role: SendRole, bytes: &[u8]) -> Self {
        let offset = self.part.flows[0].sent.len() as u64;
        self.part.flows[0].sent.extend_from_slice(bytes);
        let taken = u32::try_from(bytes.len()).unwrap();
        let op = Op::Data(DataOp::Send {
            flow: 0,
            offset,
            asked: taken,
            taken,
            role,
            header: 0,
        });
        self.call(Side::Server, op);
        self
    }

    fn send(self, text: &str) -> Self {
        self.send_as(SendRole::Message, text.as_bytes())
    }

    /// A recv that returns the next `bytes` bytes of the stream.
    fn recv(mut self, bytes: usize) -> Self {
        let offset = self.part.flows[0].received.len();
        let taken = self.part.flows[0].sent[offset..offset + bytes].to_vec();
        self.part.flows[0].received.extend(taken);
        self.recv_op(offset, bytes, 0)
    }

    /// A recv that returns this datagram, with `cut` bytes of it cut off.
    fn datagram(mut self, bytes: &[u8], cut: u32) -> Self {
        let offset = self.part.flows[0].received.len();
        self.part.flows[0].received.extend_from_slice(bytes);
        self.recv_op(offset, bytes.len(), cut)
    }

    fn recv_op(mut self, offset: usize, bytes: usize, cut: u32) -> Self {
        let bytes = u32::try_from(bytes).unwrap();
        let got = Got::Data { bytes, cut };
        let op = Op::Data(DataOp::Recv {
            flow: 0,
            offset: offset as u64,
            asked: 1024,
            got,
            queued: None,
        });
        self.call(Side::Client, op);
        self
    }

    fn decoded(mut self, offset: u64, header: u32, payload: u32) -> Self {
        self.call(
            Side::Client,
            Op::Data(DataOp::Decoded {
                flow: 0,
                offset,
                header,
                payload,
                trailer: 0,
                framing: Box::new("digits-2".parse().unwrap()),
            }),
        );
        self
    }

    fn end(mut self) -> Self {
        let offset = self.part.flows[0].received.len() as u64;
        let op = Op::Data(DataOp::Recv {
            flow: 0,
            offset,
            asked: 1024,
            got: Got::End,
            queued: None,
        });
        self.call(Side::Client, op);
        self
    }

    /// A sample: the kernel reports that this many segments and bytes have left.
    fn sample(self, segments: u32, bytes: u64) -> Self {
        self.sample_with(segments, bytes, (0, Some(0)), Some(0))
    }

    /// Like [`Self::sample`]; `again` holds the retransmitted segments and their bytes.
    fn sample_with(
        mut self,
        segments: u32,
        bytes: u64,
        again: (u32, Option<u64>),
        unacknowledged: Option<u32>,
    ) -> Self {
        let at = self.clock;
        let Evidence::Counters(samples) = &mut self.part.flows[0].evidence else {
            unreachable!("none was captured")
        };
        samples.push(Sample {
            at,
            segments,
            bytes,
            retransmitted: again.0,
            retransmitted_bytes: again.1,
            unacknowledged,
        });
        self
    }

    /// A recv that does not wait and finds nothing.
    fn nothing_there(mut self) -> Self {
        let offset = self.part.flows[0].received.len() as u64;
        let op = Op::Data(DataOp::Recv {
            flow: 0,
            offset,
            asked: 1024,
            got: Got::Nothing,
            queued: None,
        });
        self.call(Side::Client, op);
        let call = self.part.calls.last_mut().unwrap();
        call.fault = Some(Fault::System(SystemFault::WouldBlock));
        call.expects = call.fault;
        self
    }

    /// A recv that peeks at `bytes` bytes and leaves them.
    fn peek(mut self, bytes: u32) -> Self {
        let offset = self.part.flows[0].received.len() as u64;
        let op = Op::Data(DataOp::Recv {
            flow: 0,
            offset,
            asked: bytes,
            got: Got::Peeked { bytes },
            queued: None,
        });
        self.call(Side::Client, op);
        self
    }

    fn expect(mut self, receives: Receives) -> Self {
        self.part.expect = Some(Expectation {
            client: receives,
            ..Expectation::default()
        });
        self
    }

    fn analyse(&self) -> PartAnalysis {
        analyse_part(&self.part)
    }

    fn boundary_fates(&self) -> Vec<(u64, BoundaryFate)> {
        let analysis = self.analyse();
        analysis.flows[0]
            .boundaries
            .iter()
            .map(|found| (found.at, found.fate))
            .collect()
    }

    fn message_fates(&self) -> Vec<MessageFate> {
        self.analyse().flows[0]
            .messages
            .iter()
            .map(|message| message.fate)
            .collect()
    }
}

const RAIN: &str = "下了一天的雨";
const IDLE: &str = "适合发呆";

fn lost(recv: usize, place: Option<Place>) -> BoundaryFate {
    BoundaryFate::Coalesced { recv, place }
}

#[test]
fn a_recv_of_both_messages_loses_the_boundary_between() {
    let trace = Written::new(Transport::Tcp)
        .send(RAIN)
        .send(IDLE)
        .recv(30)
        .end();
    assert_eq!(trace.boundary_fates(), [(18, lost(0, None))]);
    assert_eq!(
        trace.message_fates(),
        [MessageFate::Coalesced, MessageFate::Coalesced]
    );
}

#[test]
fn a_recv_that_ends_there_keeps_it() {
    let trace = Written::new(Transport::Tcp)
        .send(RAIN)
        .send(IDLE)
        .recv(18)
        .recv(12);
    assert_eq!(trace.boundary_fates(), [(18, BoundaryFate::Kept)]);
    assert_eq!(
        trace.message_fates(),
        [MessageFate::Whole, MessageFate::Whole]
    );
}

#[test]
fn short_recvs_cut_messages_and_one_of_them_spans_the_boundary() {
    let trace = Written::new(Transport::Tcp)
        .send(RAIN)
        .send(IDLE)
        .recv(10)
        .recv(10)
        .recv(10);
    assert_eq!(trace.boundary_fates(), [(18, lost(1, None))]);
    let trace = Written::new(Transport::Tcp)
        .send(RAIN)
        .send(IDLE)
        .recv(9)
        .recv(9)
        .recv(12);
    assert_eq!(trace.boundary_fates(), [(18, BoundaryFate::Kept)]);
    assert_eq!(
        trace.message_fates(),
        [MessageFate::InPieces(2), MessageFate::Whole]
    );
}

#[test]
fn what_never_arrived_is_lost_and_its_boundary_not_reached() {
    let trace = Written::new(Transport::Tcp)
        .send(RAIN)
        .send(IDLE)
        .send(IDLE)
        .recv(18)
        .recv(5);
    assert_eq!(
        trace.boundary_fates(),
        [(18, BoundaryFate::Kept), (30, BoundaryFate::NotReached)]
    );
    assert_eq!(
        trace.message_fates(),
        [
            MessageFate::Whole,
            MessageFate::Lost(5),
            MessageFate::Lost(0)
        ]
    );
}

#[test]
fn a_header_and_its_payload_are_one_message() {
    let framed = || {
        Written::new(Transport::Tcp)
            .send_as(SendRole::Header, b"18")
            .send(RAIN)
            .send(IDLE)
    };
    let exact = framed().recv(2).recv(18).recv(12);
    assert_eq!(exact.boundary_fates(), [(20, BoundaryFate::Kept)]);
    assert_eq!(
        exact.message_fates(),
        [MessageFate::WholeByParts(2), MessageFate::Whole]
    );
    let short = framed().recv(2).recv(7).recv(11).recv(12);
    assert_eq!(
        short.message_fates(),
        [MessageFate::InPieces(3), MessageFate::Whole]
    );
    let decoded = framed().recv(2).recv(7).recv(11).decoded(0, 2, 18).recv(12);
    assert_eq!(
        decoded.message_fates(),
        [MessageFate::WholeByParts(3), MessageFate::Whole]
    );
}

#[test]
fn pieces_make_one_message() {
    let trace = Written::new(Transport::Tcp)
        .send("ab")
        .send_as(SendRole::Continues, b"cd")
        .send("ef")
        .recv(4)
        .recv(2);
    assert_eq!(trace.boundary_fates(), [(4, BoundaryFate::Kept)]);
}

#[test]
fn an_empty_send_is_nothing_in_a_stream_and_a_message_as_a_datagram() {
    assert_eq!(
        Written::new(Transport::Tcp)
            .send("")
            .send("a")
            .recv(1)
            .message_fates()
            .len(),
        1
    );
    let trace = Written::new(Transport::Udp)
        .send("")
        .send("a")
        .datagram(b"", 0)
        .datagram(b"a", 0);
    assert_eq!(
        trace.message_fates(),
        [MessageFate::Whole, MessageFate::Whole]
    );
}

#[test]
fn segments_say_where_a_boundary_was_lost() {
    let merged = |samples: &[(u32, u64)]| {
        let mut trace = Written::new(Transport::Tcp)
            .sample(0, 0)
            .send(RAIN)
            .send(IDLE);
        for (segments, bytes) in samples {
            trace = trace.sample(*segments, *bytes);
        }
        trace.recv(30).boundary_fates()
    };
    let in_queue = Some(Place::InReceiveQueue);
    assert_eq!(merged(&[(1, 18), (2, 30)]), [(18, lost(0, in_queue))]);
    assert_eq!(merged(&[(1, 30)]), [(18, lost(0, Some(Place::BySender)))]);
    // Two segments somewhere in 30 bytes; their ranges are not known.
    assert_eq!(merged(&[(2, 30)]), [(18, lost(0, None))]);
    // Nothing is known of the bytes that left after the last sample.
    assert_eq!(merged(&[(1, 12)]), [(18, lost(0, None))]);
}

/// Two segments of 18 and 12 bytes, then samples with retransmissions.
fn again(samples: &[(u32, Option<u64>)]) -> Written {
    let both = Written::new(Transport::Tcp)
        .sample(0, 0)
        .send(RAIN)
        .sample(1, 18)
        .send(IDLE)
        .sample(2, 30);
    let said = samples.iter();
    said.fold(both, |trace, &again| {
        trace.sample_with(2, 30, again, Some(0))
    })
    .recv(30)
}

#[test]
fn a_segment_sent_again_that_may_span_a_boundary_leaves_its_place_unknown() {
    let in_queue = lost(0, Some(Place::InReceiveQueue));
    let unknown = lost(0, None);
    for (samples, fate) in [
        // One of the two, or fewer bytes than both have.
        (&[(1, Some(18))][..], in_queue),
        (&[(1, Some(12))], in_queue),
        (&[(1, Some(29))], in_queue),
        (&[(1, Some(18)), (2, Some(30))], in_queue),
        // Both as one; or both as one after the second alone, sampled together or separately.
        (&[(1, Some(30))], unknown),
        (&[(1, Some(12)), (2, Some(42))], unknown),
        (&[(2, Some(42))], unknown),
        (&[(1, Some(30)), (2, Some(42))], unknown),
        // Its number of bytes was not kept.
        (&[(1, None)], unknown),
    ] {
        let trace = again(samples);
        assert_eq!(trace.boundary_fates(), [(18, fate)], "{samples:?}");
        let analysis = trace
            .expect(Receives {
                boundaries: vec![ExpectedBoundary {
                    at: 18,
                    fate: ExpectedFate::Coalesced(Some(Place::InReceiveQueue)),
                }],
                ..Receives::default()
            })
            .analyse();
        let skipped = usize::from(fate == unknown);
        assert_eq!(analysis.skipped.len(), skipped, "{samples:?}");
        assert_eq!(analysis.held.len(), 1 - skipped, "{samples:?}");
        assert_eq!(analysis.differences, [], "{samples:?}");
    }
}

#[test]
fn what_was_sent_again_before_a_message_left_does_not_hold_it() {
    let trace = Written::new(Transport::Tcp)
        .sample(0, 0)
        .send(RAIN)
        .sample(1, 18)
        .sample_with(1, 18, (3, Some(54)), Some(0))
        .send(IDLE)
        .sample_with(2, 30, (3, Some(54)), Some(0))
        .recv(30);
    let in_queue = lost(0, Some(Place::InReceiveQueue));
    assert_eq!(trace.boundary_fates(), [(18, in_queue)]);
}

#[test]
fn only_what_is_acknowledged_is_settled() {
    let after = |first, second| {
        Written::new(Transport::Tcp)
            .sample(0, 0)
            .send(RAIN)
            .sample_with(1, 18, (0, Some(0)), first)
            .send(IDLE)
            .sample_with(2, 30, (0, Some(0)), second)
            .recv(30)
            .boundary_fates()
    };
    let in_queue = [(18, lost(0, Some(Place::InReceiveQueue)))];
    assert_eq!(after(Some(1), Some(0)), in_queue);
    // What is retransmitted then begins at the boundary.
    assert_eq!(after(Some(0), Some(1)), in_queue);
    assert_eq!(after(Some(1), Some(2)), [(18, lost(0, None))]);
    assert_eq!(after(Some(1), None), [(18, lost(0, None))]);
    assert_eq!(after(None, None), [(18, lost(0, None))]);
}

#[test]
fn runs_of_segments_are_ranges_only_where_one_left() {
    let trace = Written::new(Transport::Tcp)
        .sample(0, 0)
        .send(RAIN)
        .sample(1, 18)
        .send(IDLE)
        .send(IDLE)
        .sample(3, 40)
        .recv(42);
    let wire = trace.analyse().flows[0].wire.clone().unwrap();
    let run = |start, end, segments| WireRun {
        range: sticky_packet::analysis::Range { start, end },
        segments,
    };
    assert_eq!(wire.runs, [run(0, 18, 1), run(18, 40, 2), run(40, 42, 0)]);
    assert_eq!((wire.count, wire.retransmitted), (3, 0));
}

#[test]
fn datagrams_are_found_again_among_those_sent() {
    let trace = Written::new(Transport::Udp)
        .send("one")
        .send("two")
        .send("three")
        .send("four")
        .datagram(b"one", 0)
        .datagram(b"thr", 2)
        .datagram(b"four", 0);
    assert_eq!(
        trace.message_fates(),
        [
            MessageFate::Whole,
            MessageFate::Lost(0),
            MessageFate::Truncated(3),
            MessageFate::Whole
        ]
    );
    let fates: Vec<BoundaryFate> = trace
        .boundary_fates()
        .into_iter()
        .map(|(_, fate)| fate)
        .collect();
    let (kept, missing) = (BoundaryFate::Kept, BoundaryFate::NotReached);
    assert_eq!(fates, [missing, missing, kept]);
    let starts: Vec<u64> = trace.analyse().flows[0]
        .recvs
        .iter()
        .map(|recv| recv.range.start)
        .collect();
    assert_eq!(starts, [0, 6, 11]);
}

#[test]
fn a_datagram_that_was_never_sent_is_a_difference() {
    let trace = Written::new(Transport::Udp).send("one").datagram(b"two", 0);
    assert!(matches!(
        trace.analyse().differences.as_slice(),
        [difference] if matches!(difference.kind, DifferenceKind::Intact { wanted: true, .. })
    ));
}

fn data(text: &str) -> Returned {
    Returned::Data {
        bytes: Amount::exactly(text.len() as u64),
        content: Some(Payload::Text(text.to_owned())),
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table of every kind")]
fn every_kind_of_expectation_holds_or_says_what_differs() {
    let trace = || {
        Written::new(Transport::Tcp)
            .sample(0, 0)
            .send(RAIN)
            .sample(1, 18)
            .send(IDLE)
            .sample(2, 30)
            .recv(30)
            .end()
    };
    let at_18 = |fate| vec![ExpectedBoundary { at: 18, fate }];
    let place = |place| ExpectedFate::Coalesced(Some(place));
    let none = Receives::default;
    let holding = [
        Receives {
            recv: Some(vec![data(&format!("{RAIN}{IDLE}")), Returned::End]),
            ..none()
        },
        Receives {
            boundaries: at_18(ExpectedFate::Coalesced(None)),
            ..none()
        },
        Receives {
            boundaries: at_18(place(Place::InReceiveQueue)),
            ..none()
        },
        Receives {
            lost_boundaries: Some(Count::All),
            ..none()
        },
        Receives {
            messages: Some(vec![ExpectedMessage::Coalesced; 2]),
            ..none()
        },
        Receives {
            total: Some(Amount { least: 1, most: 30 }),
            ..none()
        },
        Receives {
            intact: Some(true),
            ..none()
        },
        Receives {
            segments: Some(vec![Amount::exactly(18), Amount::exactly(12)]),
            ..none()
        },
        Receives {
            segment_count: Some(Count::AtMost(2)),
            ..none()
        },
        Receives {
            retransmitted: Some(Count::Exactly(0)),
            ..none()
        },
    ];
    for receives in holding {
        let analysis = trace().expect(receives.clone()).analyse();
        assert_eq!(analysis.differences, [], "{receives:?}");
        assert!(
            !analysis.held.is_empty() && analysis.skipped.is_empty(),
            "{receives:?}"
        );
    }
    let failing = [
        Receives {
            recv: Some(vec![data(RAIN), data(IDLE)]),
            ..none()
        },
        Receives {
            recv: Some(vec![]),
            ..none()
        },
        Receives {
            boundaries: at_18(ExpectedFate::Kept),
            ..none()
        },
        Receives {
            boundaries: at_18(place(Place::BySender)),
            ..none()
        },
        Receives {
            lost_boundaries: Some(Count::Exactly(0)),
            ..none()
        },
        Receives {
            messages: Some(vec![ExpectedMessage::Coalesced]),
            ..none()
        },
        Receives {
            messages: Some(vec![ExpectedMessage::Whole; 2]),
            ..none()
        },
        Receives {
            decoded: Some(vec![Payload::Text(RAIN.to_owned())]),
            ..none()
        },
        Receives {
            total: Some(Amount::exactly(29)),
            ..none()
        },
        Receives {
            intact: Some(false),
            ..none()
        },
        Receives {
            sha256: Some("00".to_owned()),
            ..none()
        },
        Receives {
            segments: Some(vec![Amount::exactly(30)]),
            ..none()
        },
        Receives {
            segment_count: Some(Count::Exactly(1)),
            ..none()
        },
        Receives {
            retransmitted: Some(Count::AtLeast(1)),
            ..none()
        },
    ];
    for receives in failing {
        let analysis = trace().expect(receives.clone()).analyse();
        assert!(!analysis.differences.is_empty(), "{receives:?}");
    }
}

#[test]
fn what_the_kernel_did_not_tell_is_skipped_and_not_held() {
    let trace = Written::new(Transport::Tcp)
        .send(RAIN)
        .send(IDLE)
        .recv(30)
        .expect(Receives {
            boundaries: vec![ExpectedBoundary {
                at: 18,
                fate: ExpectedFate::Coalesced(Some(Place::InReceiveQueue)),
            }],
            segments: Some(vec![Amount::exactly(18)]),
            segment_count: Some(Count::Exactly(2)),
            queued: Some(vec![Amount::exactly(30)]),
            retransmitted: Some(Count::Exactly(0)),
            dropped: Some(Count::Exactly(0)),
            ..Receives::default()
        });
    let analysis = trace.analyse();
    assert_eq!((analysis.held.len(), analysis.differences.len()), (0, 0));
    let side = Side::Client;
    assert_eq!(
        analysis.skipped,
        [
            Skipped::Place(side),
            Skipped::Segments(side),
            Skipped::Segments(side),
            Skipped::Retransmitted(side),
            Skipped::Dropped(side),
            Skipped::Queued(side),
        ]
    );
}

#[test]
fn what_left_after_the_last_look_makes_counts_the_least_there_are() {
    let judged = |receives: Receives| {
        let analysis = Written::new(Transport::Tcp)
            .sample(0, 0)
            .send(RAIN)
            .sample(1, 18)
            .send(IDLE)
            .sample(2, 30)
            .send(IDLE)
            .recv(42)
            .expect(receives)
            .analyse();
        let skipped = analysis.skipped.len();
        (analysis.held.len(), analysis.differences.len(), skipped)
    };
    let none = Receives::default;
    let (held, differs, skipped) = ((1, 0, 0), (0, 1, 0), (0, 0, 1));
    // At least two left.
    for (wanted, answer) in [
        (Count::Exactly(1), differs),
        (Count::Exactly(2), skipped),
        (Count::Exactly(3), skipped),
        (Count::AtLeast(2), held),
        (Count::AtLeast(3), skipped),
        (Count::AtMost(1), differs),
        (Count::AtMost(2), skipped),
        (Count::All, skipped),
    ] {
        let segment_count = Some(wanted);
        let receives = Receives {
            segment_count,
            ..none()
        };
        assert_eq!(judged(receives), answer, "{wanted:?}");
    }
    let retransmitted = Some(Count::Exactly(0));
    let receives = Receives {
        retransmitted,
        ..none()
    };
    assert_eq!(judged(receives), skipped);
    for (sizes, answer) in [
        (&[18, 12, 12][..], (2, 0, 1)),
        (&[18, 12], (2, 0, 1)),
        (&[18, 9], (1, 1, 1)),
        (&[18], (1, 1, 1)),
    ] {
        let segments = Some(sizes.iter().map(|size| Amount::exactly(*size)).collect());
        let receives = Receives { segments, ..none() };
        assert_eq!(judged(receives), answer, "{sizes:?}");
    }
}

#[test]
fn what_may_be_sent_again_later_makes_their_number_the_least_there_is() {
    let judged = |(again, unacknowledged), wanted| {
        let trace = Written::new(Transport::Tcp).sample(0, 0).send(RAIN);
        let held_bytes = u64::from(again) * 18;
        let analysis = trace
            .sample_with(1, 18, (again, Some(held_bytes)), unacknowledged)
            .recv(18)
            .expect(Receives {
                retransmitted: Some(wanted),
                ..Receives::default()
            })
            .analyse();
        let skipped = analysis.skipped.len();
        (analysis.held.len(), analysis.differences.len(), skipped)
    };
    let (held, differs, skipped) = ((1, 0, 0), (0, 1, 0), (0, 0, 1));
    let none = Count::Exactly(0);
    assert_eq!(judged((0, Some(0)), none), held);
    assert_eq!(judged((0, Some(1)), none), skipped);
    assert_eq!(judged((0, None), none), skipped);
    assert_eq!(judged((1, Some(1)), none), differs);
    assert_eq!(judged((1, Some(1)), Count::AtLeast(1)), held);
    assert_eq!(judged((1, Some(1)), Count::Exactly(1)), skipped);
}

#[test]
fn nothing_sent_left_in_no_segment_where_the_kernel_says_so() {
    let nothing = || Receives {
        segments: Some(Vec::new()),
        segment_count: Some(Count::Exactly(0)),
        retransmitted: Some(Count::Exactly(0)),
        ..Receives::default()
    };
    // One expectation is the number of segments, the other that none was retransmitted; no size is
    // expected.
    let asked = Written::new(Transport::Tcp).sample(0, 0).expect(nothing());
    let analysis = asked.analyse();
    let wire = analysis.flows[0].wire.as_ref().unwrap();
    assert_eq!((wire.count, wire.runs.len()), (0, 0));
    assert_eq!((analysis.held.len(), analysis.skipped.len()), (2, 0));

    let not_asked = Written::new(Transport::Tcp).expect(nothing());
    let analysis = not_asked.analyse();
    assert_eq!((analysis.held.len(), analysis.skipped.len()), (0, 3));
}

#[test]
fn segments_whose_sizes_were_not_told_are_skipped_and_their_number_is_judged() {
    let judged = |sizes: &[u64]| {
        let segments = Some(sizes.iter().map(|size| Amount::exactly(*size)).collect());
        let analysis = Written::new(Transport::Tcp)
            .sample(0, 0)
            .send(RAIN)
            .send(IDLE)
            .sample(2, 30)
            .send(IDLE)
            .sample(3, 42)
            .recv(42)
            .expect(Receives {
                segments,
                ..Receives::default()
            })
            .analyse();
        let skipped = analysis.skipped.len();
        (analysis.held.len(), analysis.differences.len(), skipped)
    };
    assert_eq!(judged(&[18, 12, 12]), (1, 0, 1));
    assert_eq!(judged(&[18, 12, 9]), (0, 1, 1));
    assert_eq!(judged(&[18, 12]), (0, 1, 1));
    assert_eq!(judged(&[30]), (0, 1, 1));
    assert_eq!(judged(&[18, 12, 12, 9]), (1, 1, 1));
    assert_eq!(judged(&[]), (0, 1, 0));
}

#[test]
fn a_fault_that_nobody_stated_is_not_counted_as_held() {
    let stated = Written::new(Transport::Tcp).nothing_there();
    assert_eq!(stated.analyse().held.len(), 1);
    let mut ordinary = stated;
    ordinary.part.calls[0].ordinary = true;
    assert_eq!(ordinary.analyse().held.len(), 0);
}

#[test]
fn a_recv_asked_for_nothing_is_no_piece_of_a_message() {
    let trace = Written::new(Transport::Tcp)
        .send("a")
        .send("hello")
        .recv(0)
        .recv(1)
        .recv(2)
        .recv(0)
        .recv(3)
        .recv(0);
    assert_eq!(
        trace.message_fates(),
        [MessageFate::Whole, MessageFate::InPieces(2)]
    );
    assert_eq!(trace.boundary_fates(), [(1, BoundaryFate::Kept)]);
}

#[test]
fn a_difference_keeps_the_first_bytes_only_and_says_how_many_came() {
    let long = "雨".repeat(1 << 20);
    let mut trace = Written::new(Transport::Tcp).send(&long);
    for _ in 0..4_000 {
        trace = trace.peek(3 << 20);
    }
    let analysis = trace
        .recv(3 << 20)
        .expect(Receives {
            recv: Some(vec![Returned::End]),
            ..Receives::default()
        })
        .analyse();
    // 12 GiB if they were copied.
    assert_eq!(analysis.differences.len(), 4_001);
    for difference in &analysis.differences {
        let DifferenceKind::Recv {
            got: Some(GotRecv::Data(got)),
            ..
        } = &difference.kind
        else {
            panic!("{difference:?}");
        };
        let first = "雨".repeat(Excerpt::MOST / 3).into_bytes();
        assert_eq!((got.bytes, &got.first), (3 << 20, &first));
    }
}

#[test]
fn a_decoded_message_that_differs_is_kept_as_its_first_bytes_too() {
    let mut trace = Written::new(Transport::Tcp)
        .send_as(SendRole::Header, b"xx")
        .send(&"x".repeat(1 << 20))
        .recv(2 + (1 << 20));
    for _ in 0..8 {
        trace = trace.decoded(0, 2, 1 << 20);
    }
    let analysis = trace
        .expect(Receives {
            decoded: Some(vec![Payload::Text("x".to_owned())]),
            ..Receives::default()
        })
        .analyse();
    assert_eq!(analysis.differences.len(), 8);
    for difference in &analysis.differences {
        let DifferenceKind::Decoded { got: Some(got), .. } = &difference.kind else {
            panic!("{difference:?}");
        };
        assert_eq!(got.first.len(), Excerpt::MOST);
    }
}

#[test]
fn a_peek_is_of_as_many_bytes_as_it_returned_whoever_took_them() {
    let trace = Written::new(Transport::Tcp).send(RAIN).peek(4);
    let recv = Some(vec![Returned::Data {
        bytes: Amount::exactly(4),
        content: None,
    }]);
    let analysis = trace
        .expect(Receives {
            recv,
            ..Receives::default()
        })
        .analyse();
    assert_eq!((analysis.held.len(), analysis.differences), (1, vec![]));
}

#[test]
fn the_difference_says_what_came() {
    let trace = Written::new(Transport::Tcp)
        .send("ab")
        .recv(2)
        .expect(Receives {
            recv: Some(vec![data("ax"), Returned::End]),
            ..Receives::default()
        });
    let kinds: Vec<DifferenceKind> = trace
        .analyse()
        .differences
        .into_iter()
        .map(|difference| difference.kind)
        .collect();
    assert_eq!(
        kinds,
        [
            DifferenceKind::Recv {
                number: 1,
                wanted: Some(data("ax")),
                got: Some(GotRecv::Data(b"ab".as_slice().into()))
            },
            DifferenceKind::Recv {
                number: 2,
                wanted: Some(Returned::End),
                got: None
            },
        ]
    );
}

#[test]
fn an_early_end_is_a_difference() {
    let mut trace = Written::new(Transport::Tcp).send("a");
    trace.part.stop = Some(Stop {
        side: Side::Client,
        step: None,
        reason: StopReason::Panic("x".to_owned()),
        other_last: None,
    });
    assert_eq!(trace.analyse().differences.len(), 1);
    trace.part.stop = Some(Stop {
        side: Side::Client,
        step: None,
        reason: StopReason::Unsupported("x".to_owned()),
        other_last: None,
    });
    let analysis = trace.analyse();
    assert_eq!((analysis.differences.len(), analysis.skipped.len()), (0, 1));
}

#[test]
fn calls_that_name_no_flow_are_passed_over() {
    let mut trace = Written::new(Transport::Tcp).send("a");
    for call in &mut trace.part.calls {
        if let Op::Data(DataOp::Send { flow, .. }) = &mut call.op {
            *flow = 9;
        }
    }
    assert_eq!(trace.message_fates(), []);
}

#[test]
fn goodput_comes_of_what_was_delivered_and_of_its_time() {
    let trace = Written::new(Transport::Tcp).send(RAIN).send(IDLE).recv(18);
    let delivery = trace.analyse().flows[0].delivery.unwrap();
    // The first send began at 10, the recv ended at 35.
    assert_eq!(
        (delivery.sent, delivery.received, delivery.nanoseconds),
        (30, 18, 25)
    );
    assert_eq!(delivery.goodput(), Some(720_000_000));
    assert_eq!(
        Written::new(Transport::Tcp).send(RAIN).analyse().flows[0].delivery,
        None
    );
}

#[test]
fn a_message_cut_by_hand_has_several_datagrams_each_with_its_recv() {
    let part = Written::new(Transport::Udp)
        .send_as(SendRole::Message, b"abcd")
        .send_as(SendRole::Continues, b"efgh")
        .send_as(SendRole::Continues, b"ij")
        .send("next")
        .datagram(b"abcd", 0)
        .datagram(b"ij", 0)
        .datagram(b"ne", 2)
        .part;
    let flow = &analyse_part(&part).flows[0];
    let seen = flow.datagrams.iter();
    let seen: Vec<_> = seen
        .map(|it| (it.range.start, it.range.end, it.message, it.recv))
        .collect();
    assert_eq!(
        seen,
        [
            (0, 4, 0, Some(0)),
            (4, 8, 0, None),
            (8, 10, 0, Some(1)),
            (10, 14, 1, Some(2))
        ]
    );
    let fates: Vec<_> = flow.messages.iter().map(|it| it.fate).collect();
    assert_eq!(fates, [MessageFate::Lost(6), MessageFate::Truncated(2)]);
}

#[test]
fn a_full_buffer_tells_of_a_cut_that_the_kernel_did_not_tell() {
    let sent = Written::new(Transport::Udp).send("first").send("other");
    let received = |asked: u32| {
        let mut part = Written {
            part: sent.part.clone(),
            clock: sent.clock,
        }
        .datagram(b"fir", 0)
        .part;
        if let Some(Op::Data(DataOp::Recv { asked: it, .. })) =
            part.calls.last_mut().map(|call| &mut call.op)
        {
            *it = asked;
        }
        let flow = analyse_part(&part).flows.remove(0);
        (flow.messages[0].fate, flow.recvs[0].cut, flow.faithful)
    };
    assert_eq!(received(3), (MessageFate::Truncated(3), 2, true));
    // The buffer had room for more, so these bytes belong to no datagram that was sent.
    assert_eq!(received(4), (MessageFate::Lost(0), 0, false));
}

#[test]
fn a_recv_of_nothing_is_no_recv_with_data() {
    let part = Written::new(Transport::Tcp)
        .send("first")
        .recv(2)
        .recv(0)
        .recv(3)
        .part;
    let flow = &analyse_part(&part).flows[0];
    assert_eq!(flow.recvs.len(), 2);
    assert_eq!(flow.messages[0].fate, MessageFate::InPieces(2));
}

#[test]
fn which_of_two_datagrams_alike_was_lost_is_not_told() {
    let part = Written::new(Transport::Udp)
        .send("same")
        .send("other")
        .send("same")
        .send("gone")
        .datagram(b"same", 0)
        .datagram(b"other", 0);
    let mut part = part.part;
    let certain = |part: &PartTrace| -> Vec<bool> {
        let flow = &analyse_part(part).flows[0];
        flow.datagrams.iter().map(|it| it.certain).collect()
    };
    assert_eq!(certain(&part), [false, true, false, true]);

    part.expect.get_or_insert_default().client.messages = Some(vec![
        ExpectedMessage::Whole,
        ExpectedMessage::Whole,
        ExpectedMessage::Lost,
        ExpectedMessage::Lost,
    ]);
    let seen = analyse_part(&part);
    assert_eq!(seen.differences, []);
    assert_eq!(seen.skipped, [Skipped::Alike(Side::Client); 2]);
    assert_eq!(seen.held.len(), 2);
}

#[test]
fn a_boundary_beside_a_datagram_that_is_not_certain_is_not_told() {
    let mut part = Written::new(Transport::Udp)
        .send("same")
        .send("same")
        .send("other")
        .datagram(b"same", 0)
        .datagram(b"other", 0)
        .part;
    part.expect.get_or_insert_default().client.boundaries = vec![
        ExpectedBoundary {
            at: 4,
            fate: ExpectedFate::Kept,
        },
        ExpectedBoundary {
            at: 8,
            fate: ExpectedFate::NotReached,
        },
    ];
    let seen = analyse_part(&part);
    let fates: Vec<_> = seen.flows[0].boundaries.iter().map(|it| it.fate).collect();
    assert_eq!(fates, [BoundaryFate::Uncertain; 2]);
    assert_eq!(seen.skipped, [Skipped::Alike(Side::Client); 2]);
    assert_eq!((seen.held.len(), seen.differences), (0, vec![]));
}

#[test]
fn datagrams_cut_to_the_same_bytes_cannot_be_told_apart() {
    let certain = |second: &str, recvs: &[(&[u8], u32)]| -> Vec<bool> {
        let mut written = Written::new(Transport::Udp)
            .send("hello world A")
            .send(second);
        for (bytes, cut) in recvs {
            written = written.datagram(bytes, *cut);
        }
        let flow = &analyse_part(&written.part).flows[0];
        flow.datagrams.iter().map(|it| it.certain).collect()
    };
    assert_eq!(certain("hello world B", &[(b"hello", 8)]), [false, false]);
    let both: [(&[u8], u32); 2] = [(b"hello", 8), (b"hello", 8)];
    assert_eq!(certain("hello world B", &both), [true, true]);
    // A datagram of another length, or a whole one, is a different one.
    assert_eq!(certain("hello", &[(b"hello", 8)]), [true, true]);
    let one_whole: [(&[u8], u32); 2] = [(b"hello world A", 0), (b"hello", 8)];
    assert_eq!(certain("hello world B", &one_whole), [true, true]);
}

#[test]
fn a_cut_datagram_that_was_overtaken_is_found() {
    let part = Written::new(Transport::Udp)
        .send("first one")
        .send("other one")
        .datagram(b"other", 4)
        .datagram(b"first", 4)
        .part;
    let flow = &analyse_part(&part).flows[0];
    assert!(flow.faithful);
    let recvs: Vec<_> = flow.datagrams.iter().map(|it| it.recv).collect();
    assert_eq!(recvs, [Some(1), Some(0)]);
}

#[test]
fn records_in_order_leave_no_doubt() {
    let part = Written::new(Transport::UnixSeqpacket)
        .send("same")
        .send("same")
        .datagram(b"same", 0)
        .part;
    let flow = &analyse_part(&part).flows[0];
    let told: Vec<_> = flow
        .datagrams
        .iter()
        .map(|it| (it.recv, it.certain))
        .collect();
    assert_eq!(told, [(Some(0), true), (None, true)]);
}

fn captured(at: u64, start: u64, length: u32, again: bool) -> Segment {
    Segment {
        at,
        start,
        length,
        again,
    }
}

#[test]
fn captured_segments_say_where_a_boundary_was_lost() {
    let lost = |segments: Vec<Segment>| {
        let mut trace = Written::new(Transport::Tcp)
            .send("aaaaa")
            .send("bbb")
            .recv(8);
        trace.part.flows[0].evidence = Evidence::Segments(segments);
        let flow = trace.analyse().flows.swap_remove(0);
        let wire = flow.wire.unwrap();
        let counts = (wire.count, wire.retransmitted, wire.is_complete());
        (flow.boundaries[0].fate, counts)
    };
    let coalesced = |place| BoundaryFate::Coalesced { recv: 0, place };
    let (first, second) = (captured(1, 0, 5, false), captured(2, 5, 3, false));
    for (segments, place, counts) in [
        (
            vec![captured(1, 0, 8, false)],
            Some(Place::BySender),
            (1, 0, true),
        ),
        (
            vec![first, second],
            Some(Place::InReceiveQueue),
            (2, 0, true),
        ),
        // Retransmitted one by one, and as one segment.
        (
            vec![
                first,
                second,
                captured(3, 0, 5, true),
                captured(4, 5, 3, true),
            ],
            Some(Place::InReceiveQueue),
            (2, 2, true),
        ),
        (
            vec![first, second, captured(3, 0, 8, true)],
            None,
            (2, 1, true),
        ),
        // The capture missed one.
        (vec![first], None, (1, 0, false)),
    ] {
        assert_eq!(
            lost(segments.clone()),
            (coalesced(place), counts),
            "{segments:?}"
        );
    }
}
