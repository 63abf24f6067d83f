//! Frames as the specifications of protocols show them, taken apart by the framing's name.

use sticky_packet::framing::{Decoder, ErrorKind, Framing, Parts};

use crate::corpus::{CAP, exact, fault, incremental};

/// A protocol's framing, frames of it, and the message in each.
struct Example {
    framing: &'static str,
    frames: &'static [(&'static [u8], &'static [u8])],
}

const EXAMPLES: [Example; 10] = [
    // PostgreSQL, "Message Formats" (55.7): Query, CommandComplete, ReadyForQuery.
    Example {
        framing: "i32-be-offset-1-counts-4",
        frames: &[
            (b"Q\x00\x00\x00\x0dSELECT 1\x00", b"SELECT 1\x00"),
            (b"C\x00\x00\x00\x0dSELECT 1\x00", b"SELECT 1\x00"),
            (b"Z\x00\x00\x00\x05I", b"I"),
            // Sync and Terminate have nothing but their length.
            (b"S\x00\x00\x00\x04", b""),
        ],
    },
    // AMQP 0-9-1, 2.3.5 and 4.2.3: a heartbeat, a method (Connection.CloseOk), frame-end CE.
    Example {
        framing: "u32-be-offset-3-end-ce",
        frames: &[
            (b"\x08\x00\x00\x00\x00\x00\x00\xce", b""),
            (
                b"\x01\x00\x00\x00\x00\x00\x04\x00\x0a\x00\x33\xce",
                b"\x00\x0a\x00\x33",
            ),
        ],
    },
    // HL7 MLLP: VT, the message, FS, CR.
    Example {
        framing: "delimiter-1c0d-start-0b",
        frames: &[
            (
                b"\x0bMSH|^~\\&|A\rMSA|AA|1\r\x1c\x0d",
                b"MSH|^~\\&|A\rMSA|AA|1\r",
            ),
            (b"\x0b\x1c\x0d", b""),
        ],
    },
    // IEC 60870-5-104, 5: 68, the length of the APDU, STARTDT act and an S frame.
    Example {
        framing: "u8-start-68",
        frames: &[
            (b"\x68\x04\x07\x00\x00\x00", b"\x07\x00\x00\x00"),
            (b"\x68\x04\x01\x00\x02\x00", b"\x01\x00\x02\x00"),
        ],
    },
    // MySQL, Protocol::Packet: three bytes of length, a number: COM_QUIT.
    Example {
        framing: "u24-le-gap-1",
        frames: &[(b"\x01\x00\x00\x00\x01", b"\x01")],
    },
    // Diameter, RFC 6733 3: version, three bytes that count all of the message.
    Example {
        framing: "u24-be-offset-1-counts-header",
        frames: &[(
            b"\x01\x00\x00\x14\x80\x00\x01\x18\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x02",
            b"\x80\x00\x01\x18\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x02",
        )],
    },
    // SMB over TCP, MS-SMB2 2.1: a zero, three bytes of length.
    Example {
        framing: "u24-be-start-00",
        frames: &[(b"\x00\x00\x00\x04\xfeSMB", b"\xfeSMB")],
    },
    // X11: the length of a request in units of four bytes; GetInputFocus, NoOperation.
    Example {
        framing: "u16-le-offset-2-counts-header-unit-4",
        frames: &[
            (b"\x2b\x00\x01\x00", b""),
            (b"\x7f\x00\x02\x00abcd", b"abcd"),
        ],
    },
    // A tracker (GT06): 78 78, a length that counts the checksum too, 0d 0a.
    Example {
        framing: "u8-counts-2-start-7878-trailer-2-end-0d0a",
        frames: &[(b"\x78\x78\x05\x01\x00\x01\xd9\xdc\x0d\x0a", b"\x01\x00\x01")],
    },
    // A serial protocol: STX, text, ETX, a check byte.
    Example {
        framing: "delimiter-03-start-02-trailer-1",
        frames: &[(b"\x02READ\x03\x46", b"READ"), (b"\x02\x03\x03", b"")],
    },
];

#[test]
fn each_example_is_taken_apart_however_it_is_cut() {
    for example in EXAMPLES {
        let framing: Framing = example.framing.parse().unwrap();
        let stream: Vec<u8> = example
            .frames
            .iter()
            .flat_map(|(frame, _)| *frame)
            .copied()
            .collect();
        let messages: Vec<Vec<u8>> = example.frames.iter().map(|(_, it)| it.to_vec()).collect();
        let wanted = (messages, Ok(()));
        assert_eq!(exact(framing, CAP, &stream), wanted, "{framing}");
        for cut in 0..=stream.len() {
            let (front, back) = stream.split_at(cut);
            assert_eq!(
                incremental(framing, CAP, [front, back]),
                wanted,
                "{framing} at {cut}"
            );
        }
        let mut at = 0;
        for (frame, message) in example.frames {
            let mut decoder = Decoder::new(framing, CAP);
            let mut rest = &stream[at..];
            let found = decoder.next(&mut rest).unwrap().unwrap();
            at += frame.len();
            let Parts {
                header,
                body,
                trailer,
                ..
            } = found.parts;
            assert_eq!(
                (header + body + trailer, body),
                (frame.len(), message.len())
            );
        }
    }
}

#[test]
fn each_mark_has_to_be_right_to_the_byte() {
    for example in EXAMPLES {
        let framing: Framing = example.framing.parse().unwrap();
        let Some(around) = framing.around() else {
            continue;
        };
        let (frame, _) = example.frames[0];
        let start = 0..around.start().len();
        let end = frame.len() - around.end().len()..frame.len();
        for (range, kind) in [
            (start, ErrorKind::MissingStart),
            (end, ErrorKind::MissingEnd),
        ] {
            for at in range {
                let mut wrong = frame.to_vec();
                wrong[at] ^= 0x80;
                let (messages, ended) = incremental(framing, CAP, wrong.chunks(1));
                assert_eq!(messages, Vec::<Vec<u8>>::new(), "{framing}");
                let (got, offset, ..) = ended.unwrap_err();
                assert_eq!((got, offset), (kind, at as u64), "{framing}");
                let whole = framing.decode(&wrong, CAP).unwrap_err();
                assert_eq!(
                    fault(whole),
                    incremental(framing, CAP, [&wrong[..]]).1.unwrap_err()
                );
            }
        }
    }
}

#[test]
fn a_trailer_that_lacks_bytes_is_no_frame() {
    let framing: Framing = "u8-counts-2-start-7878-trailer-2-end-0d0a".parse().unwrap();
    let frame = b"\x78\x78\x05\x01\x00\x01\xd9\xdc\x0d\x0a";
    for end in 1..frame.len() {
        let (messages, ended) = incremental(framing, CAP, frame[..end].chunks(3));
        assert_eq!(messages.len(), 0, "{end}");
        let kind = if end < 3 {
            ErrorKind::EndInsideHeader
        } else {
            ErrorKind::EndInsideBody
        };
        assert_eq!(ended.unwrap_err().0, kind, "{end}");
    }
}

#[test]
fn what_a_length_counts_has_its_limits() {
    let refused = |name: &str, payload: &[u8]| {
        let mut out = b"before".to_vec();
        let framing: Framing = name.parse().unwrap();
        let error = framing.encode(payload, &mut out).unwrap_err();
        assert_eq!(out, b"before", "{name}");
        assert_eq!(error.kind, ErrorKind::DoesNotFit);
        error.message(sticky_packet::language::Language::English)
    };
    let unit = "u16-le-offset-2-counts-header-unit-4";
    assert!(refused(unit, b"abcde").contains("multiple of 4 with 4 more"));
    assert!(refused("u8-unit-4", b"abc").contains("a multiple of 4"));
    assert!(refused("u8-counts-minus-2", b"a").contains("2 or more"));
    assert!(refused("u8-counts-5-start-68", &[0; 251]).contains("250 or less"));
    assert!(refused("u8-unit-4", &[0; 1024]).contains("1,020 or less"));

    let decoded = |name: &str, bytes: &[u8]| {
        let framing: Framing = name.parse().unwrap();
        framing.decode(bytes, CAP).unwrap_err().kind
    };
    assert_eq!(decoded("u8-counts-5", b"\x04"), ErrorKind::BelowHeader);
    assert_eq!(decoded(unit, b"\0\0\0\0"), ErrorKind::BelowHeader);
    assert_eq!(decoded("i8-counts-minus-2", b"\xff"), ErrorKind::Negative);
    assert_eq!(decoded("u64-be-unit-255", &[0xff; 8]), ErrorKind::AboveCap);
    let framing: Framing = "u8-counts-minus-2".parse().unwrap();
    assert_eq!(framing.frames(b"\x00ab\x01abc", CAP).count(), 2);
}
