//! Each error: its name, its place, what was expected and what was found.

use sticky_packet::framing::{AtHand, Decoder, Error, ErrorKind, Framing, Got, Sequence, Wanted};
use sticky_packet::language::Language;

const LINE_FEED: Sequence = Sequence::new(b"\n").unwrap();

fn framing(name: &str) -> Framing {
    name.parse().unwrap()
}

/// The error for bytes that do not decode with a cap of 100.
fn decode(name: &str, bytes: &[u8]) -> Error {
    framing(name).decode(bytes, 100).unwrap_err()
}

fn encode(name: &str, payload: &[u8]) -> Error {
    framing(name).encode(payload, &mut Vec::new()).unwrap_err()
}

fn end(name: &str, leftover: &[u8]) -> Error {
    framing(name).end(leftover).unwrap_err()
}

#[track_caller]
fn assert_error(error: Error, kind: ErrorKind, offset: u64, wanted: Wanted, got: Got, hand: &[u8]) {
    assert_eq!(
        (error.kind, error.offset, error.wanted, error.got),
        (kind, offset, wanted, got)
    );
    let kept = hand.len().min(AtHand::MOST);
    assert_eq!(error.at_hand.as_bytes(), &hand[..kept]);
}

#[test]
fn negative() {
    let bytes = b"\xff\xff\xff\xffrain";
    let error = decode("i32-le", bytes);
    assert_error(
        error,
        ErrorKind::Negative,
        0,
        Wanted::AtLeast(0),
        Got::Length(-1),
        bytes,
    );
    let error = decode("i16-be-offset-2-counts-header", b"\0\0\x80\x00");
    let (wanted, got) = (Wanted::AtLeast(4), Got::Length(-32768));
    assert_error(error, ErrorKind::Negative, 2, wanted, got, b"\x80\x00");
}

#[test]
fn below_header() {
    let error = decode("u16-be-counts-header", b"\x00\x01x");
    let (wanted, got) = (Wanted::AtLeast(2), Got::Length(1));
    assert_error(error, ErrorKind::BelowHeader, 0, wanted, got, b"\x00\x01x");
}

#[test]
fn above_cap() {
    let wanted = Wanted::AtMost(100);
    for (name, bytes, got) in [
        ("u32-be", &b"HTTP/1.1"[..], 1_213_486_160),
        ("i32-le", b"\x65\0\0\0", 101),
        ("u64-le", &[0xff; 8], i128::from(u64::MAX)),
        (
            "i64-be",
            b"\x7f\xff\xff\xff\xff\xff\xff\xff",
            i128::from(i64::MAX),
        ),
        ("digits-8", b"00000101", 101),
        ("digits-20", b"18446744073709551615", i128::from(u64::MAX)),
        ("octet-counting", b"1015 ", 101),
        ("netstring", b"999:", 999),
        ("varint", b"\x80\x80\x04", 65_536),
        ("fixed-101", b"", 101),
    ] {
        let error = decode(name, bytes);
        assert_error(
            error,
            ErrorKind::AboveCap,
            0,
            wanted,
            Got::Length(got),
            bytes,
        );
    }
    let error = decode("u16-be-offset-1-counts-header", b"\0\x00\x68");
    let (wanted, got) = (Wanted::AtMost(103), Got::Length(104));
    assert_error(error, ErrorKind::AboveCap, 1, wanted, got, b"\x00\x68");
}

#[test]
fn a_length_at_the_cap_is_waited_for() {
    for (name, bytes) in [
        ("u32-be", &b"\0\0\0\x64"[..]),
        ("u16-be-counts-header", b"\x00\x66"),
        ("digits-3", b"100"),
        ("octet-counting", b"100 "),
        ("netstring", b"100:"),
        ("varint", b"\x64"),
        ("line", &[b'x'; 100]),
        ("line-escaped", &[b'x'; 100]),
    ] {
        assert!(framing(name).decode(bytes, 100).is_ok(), "{name}");
    }
}

#[test]
fn does_not_fit() {
    let long = [b'x'; 129];
    for (name, payload, wanted) in [
        ("digits-2", &long[..100], Wanted::AtMost(99)),
        ("i8", &long[..128], Wanted::AtMost(127)),
        ("i8-gap-1-counts-header", &long[..126], Wanted::AtMost(125)),
        ("fixed-18", &long[..17], Wanted::Exactly(18)),
    ] {
        let got = Got::Length(payload.len() as i128);
        assert_error(
            encode(name, payload),
            ErrorKind::DoesNotFit,
            0,
            wanted,
            got,
            payload,
        );
    }
    let error = encode("octet-counting", b"");
    assert_error(
        error,
        ErrorKind::DoesNotFit,
        0,
        Wanted::AtLeast(1),
        Got::Length(0),
        b"",
    );
}

#[test]
fn holds_delimiter() {
    let wanted = Wanted::NoDelimiter(LINE_FEED);
    let error = encode("line", b"two\nlines");
    assert_error(
        error,
        ErrorKind::HoldsDelimiter,
        3,
        wanted,
        Got::Byte(b'\n'),
        b"\nlines",
    );
    // The payload ends with the first byte of the delimiter, so a reader would end it one byte
    // early.
    let error = encode("delimiter-6161", b"ba");
    assert_eq!((error.kind, error.offset), (ErrorKind::HoldsDelimiter, 1));
    assert!(framing("crlf").encode(b"a\r", &mut Vec::new()).is_ok());
}

#[test]
fn not_a_digit() {
    let kind = ErrorKind::NotADigit;
    let error = decode("digits-2", b"1x");
    assert_error(error, kind, 1, Wanted::Digit, Got::Byte(b'x'), b"x");
    for strange in [" 8", "+8", "-1", "1_", "\u{ff11}"] {
        assert_eq!(
            decode("digits-2", strange.as_bytes()).kind,
            kind,
            "{strange}"
        );
    }
    let error = decode("netstring", b"12;");
    assert_error(error, kind, 2, Wanted::DigitOr(b':'), Got::Byte(b';'), b";");
    let error = decode("octet-counting", b" 1");
    assert_error(error, kind, 0, Wanted::Digit, Got::Byte(b' '), b" 1");
}

#[test]
fn leading_zero() {
    let error = decode("netstring", b"012:");
    let (wanted, got) = (Wanted::Separator(b':'), Got::Byte(b'1'));
    assert_error(error, ErrorKind::LeadingZero, 0, wanted, got, b"012:");
    let error = decode("octet-counting", b"0 ");
    let (wanted, got) = (Wanted::NonZeroDigit, Got::Byte(b'0'));
    assert_error(error, ErrorKind::LeadingZero, 0, wanted, got, b"0 ");
}

#[test]
fn varint_too_long() {
    let error = decode("varint", &[0x80; 12]);
    let (wanted, got) = (Wanted::LastGroup(1), Got::Byte(0x80));
    assert_error(error, ErrorKind::VarintTooLong, 9, wanted, got, &[0x80; 3]);
    let mut bytes = [0x80; 10];
    bytes[9] = 0x02;
    assert_eq!(decode("varint", &bytes).kind, ErrorKind::VarintTooLong);
    bytes[9] = 0x00;
    assert!(framing("varint").decode(&bytes, 100).is_ok());
}

#[test]
fn missing_delimiter() {
    let kind = ErrorKind::MissingDelimiter;
    let wanted = Wanted::DelimiterWithin(LINE_FEED, 100);
    let error = decode("line", &[b'x'; 101]);
    assert_error(error, kind, 100, wanted, Got::Byte(b'x'), b"x");
    let escaped = [&b"\\\\".repeat(100)[..], b"x"].concat();
    let error = decode("line-escaped", &escaped);
    assert_error(error, kind, 200, wanted, Got::Byte(b'x'), b"x");
    let error = decode("netstring", b"2:okay");
    let (wanted, got) = (Wanted::Separator(b','), Got::Byte(b'a'));
    assert_error(error, kind, 4, wanted, got, b"ay");
    let error = end("line", b"whole\npart");
    assert_error(
        error,
        kind,
        10,
        Wanted::Delimiter(LINE_FEED),
        Got::End,
        b"part",
    );
}

#[test]
fn bad_escape() {
    let error = decode("line-escaped", b"a\\n");
    let (wanted, got) = (Wanted::Escapable(b'\\', b'\n'), Got::Byte(b'n'));
    assert_error(error, ErrorKind::BadEscape, 2, wanted, got, b"n");
}

#[test]
fn end_inside_header() {
    let kind = ErrorKind::EndInsideHeader;
    let error = end("i32-le", b"\x12\0");
    assert_error(error, kind, 2, Wanted::Bytes(4), Got::Bytes(2), b"\x12\0");
    let error = end("digits-2", b"02ok1");
    assert_error(error, kind, 5, Wanted::Bytes(2), Got::Bytes(1), b"1");
    let error = end("varint", b"\x80");
    assert_error(error, kind, 1, Wanted::Bytes(2), Got::Bytes(1), b"\x80");
    let error = end("u8-gap-3", b"\x05\0");
    assert_error(error, kind, 2, Wanted::Bytes(4), Got::Bytes(2), b"\x05\0");
}

#[test]
fn end_inside_body() {
    let kind = ErrorKind::EndInsideBody;
    let error = end("i32-le", b"\x12\0\0\0rain");
    assert_error(error, kind, 8, Wanted::Bytes(18), Got::Bytes(4), b"rain");
    let error = end("fixed-18", b"rain");
    assert_error(error, kind, 4, Wanted::Bytes(18), Got::Bytes(4), b"rain");
    let error = end("netstring", b"4:rain");
    assert_error(error, kind, 6, Wanted::Bytes(5), Got::Bytes(4), b"rain");
}

#[test]
fn a_clean_end_is_no_error() {
    for framing in Framing::every() {
        assert_eq!(framing.end(b""), Ok(()));
    }
    assert_eq!(framing("digits-2").end(b"02ok00"), Ok(()));
    assert_eq!(framing("raw").end(b"anything"), Ok(()));
}

#[test]
fn a_decoder_counts_offsets_from_the_beginning_of_the_stream() {
    let mut decoder = Decoder::new(framing("digits-2"), 10);
    let mut chunk = &b"02ok02ok0"[..];
    while decoder.next(&mut chunk).unwrap().is_some() {}
    assert_eq!(decoder.offset(), 8);
    assert_eq!(decoder.end().unwrap_err().offset, 9);
    let error = decoder.next(&mut &b"x"[..]).unwrap_err();
    assert_error(
        error,
        ErrorKind::NotADigit,
        9,
        Wanted::Digit,
        Got::Byte(b'x'),
        b"x",
    );
}

#[test]
fn an_error_is_one_sentence_in_either_language_and_a_remedy() {
    let error = decode("u32-be", b"HTTP/1.1").behind(30);
    assert_eq!(
        error.to_string(),
        "at offset 30, the length is above the cap: wanted 100 or less, got 1,213,486,160"
    );
    assert_eq!(
        error.message(Language::Chinese),
        "偏移 30 处，长度超过上限：应为 100 或以下，实为 1,213,486,160"
    );
    assert!(error.remedy(Language::English).starts_with("Raise the cap"));
    assert!(error.remedy(Language::Chinese).contains("字节序"));
}

#[test]
fn bytes_of_the_stream_are_escaped_in_messages() {
    assert_eq!(
        decode("digits-2", b"\x1b[31m").to_string(),
        "at offset 0, a length digit is not 0-9: wanted a digit, got byte 0x1b"
    );
    assert_eq!(
        end("line", b"part").to_string(),
        "at offset 4, the delimiter is missing: wanted 0a, got the end of the stream"
    );
    assert_eq!(
        decode("netstring", b"2:okay").to_string(),
        "at offset 4, the delimiter is missing: wanted `,`, got `a`"
    );
}
