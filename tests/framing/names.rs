//! Each framing has one name, which reads back.

use std::collections::BTreeSet;

use sticky_packet::framing::{ErrorKind, Framing};
use sticky_packet::language::Language;

#[test]
fn every_name_reads_back() {
    for framing in Framing::every() {
        let name = framing.to_string();
        assert_eq!(name.parse(), Ok(framing), "{name}");
        let json = serde_json::to_string(&framing).unwrap();
        assert_eq!(json, format!("\"{name}\""));
        assert_eq!(serde_json::from_str::<Framing>(&json).unwrap(), framing);
    }
}

#[test]
fn the_names_of_the_list_are_these() {
    let names: Vec<String> = Framing::every().iter().map(ToString::to_string).collect();
    assert_eq!(
        names.join(" "),
        "raw fixed-18 line line-or-crlf line-escaped crlf digits-2 digits-8 octet-counting netstring \
         varint varint-offset-1-bits-28 varint-bits-32 \
         u8 i8 u16-le u16-be i16-le i16-be u24-le u24-be u32-le u32-be i32-le i32-be u64-le u64-be i64-le i64-be \
         u16-be-counts-header u32-be-offset-2-gap-1-counts-header i32-be-offset-1-counts-4 \
         slip hdlc stuffed-7e-7d-02-01 cobs pkt-line header-block http-message stomp-frame json resp \
         websocket-frame zmtp-frame \
         u8-start-68 u32-be-offset-3-end-ce delimiter-1c0d-start-0b \
         u8-counts-2-start-7878-trailer-2-end-0d0a"
    );
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
}

#[test]
fn one_framing_has_one_spelling() {
    for name in [
        "nul",
        "varint-offset-255-bits-63",
        "varint-bits-7-start-30",
        "stuffed-7e-7d-xor-01",
        "stuffed-0a-5c-6e-5c-start-02",
        "delimiter-3b",
        "delimiter-0d0a0d0a",
        "delimiter-3b-escape-25",
        "fixed-1",
        "digits-20",
        "i8-gap-3",
        "u64-le-offset-255-gap-255-counts-header",
        "u24-be-offset-1-counts-header",
        "u8-counts-minus-1",
        "u16-le-offset-2-counts-header-unit-4",
        "i16-be-gap-255-counts-32767-unit-255",
        "line-start-24",
        "fixed-187-start-47",
        "netstring-trailer-255",
        "varint-start-01020304-trailer-1-end-05060708",
        "delimiter-7e-escape-7d-start-7e",
    ] {
        assert_eq!(name.parse::<Framing>().unwrap().to_string(), name);
    }
    assert_eq!(
        "delimiter-0a".parse::<Framing>().unwrap().to_string(),
        "line"
    );
    assert_eq!(
        "u32-be-counts-4".parse::<Framing>().unwrap().to_string(),
        "u32-be-counts-header"
    );
    assert_eq!(
        "delimiter-0D0A".parse::<Framing>().unwrap().to_string(),
        "crlf"
    );
}

#[test]
fn what_is_no_framing_is_refused() {
    for name in [
        "",
        "Raw",
        "raw ",
        "fixed-",
        "fixed-0",
        "fixed-01",
        "fixed-+1",
        "fixed-4294967296",
        "digits-0",
        "digits-21",
        "digits-x",
        "u16",
        "u8-le",
        "u16-le-",
        "u16-le-offset-",
        "u16-le-offset-0",
        "u16-le-offset-256",
        "u16-le-gap-1-offset-1",
        "u16-le-counts-header-gap-1",
        "u24",
        "i24-be",
        "u8-counts-",
        "u8-counts-0",
        "u8-counts-32768",
        "u8-counts-minus-0",
        "u8-unit-1",
        "u8-unit-256",
        "u8-unit-4-counts-1",
        "raw-start-68",
        "raw-trailer-1",
        "u8-start-",
        "u8-start-6",
        "u8-start-0102030405",
        "u8-trailer-0",
        "u8-trailer-256",
        "u8-end-zz",
        "u8-end-ce-start-68",
        "u8-start-68-offset-1",
        "u8-start-68-start-68",
        "-start-68",
        "varint-offset-0",
        "varint-bits-6",
        "varint-bits-64",
        "varint-bits-28-offset-1",
        "varint-bits",
        "stuffed",
        "stuffed-c0-db-dc",
        "stuffed-c0-c0-dc-dd",
        "stuffed-c0-db-dd-dd",
        "stuffed-c0-db-c0-dd",
        "stuffed-7e-7d-xor-03",
        "stuffed-7e-7d-xor",
        "stuffed-7e7d-01-02",
        "line-or-crlf-escape-5c",
        "http",
        "json-1",
        "delimiter-",
        "delimiter-0",
        "delimiter-zz",
        "delimiter-0102030405",
        "delimiter-0a-escape-",
        "delimiter-0a-escape-0a",
        "delimiter-0a-escape-5c5c",
        "delimiter-\u{96e8}",
    ] {
        let refused = name.parse::<Framing>().unwrap_err();
        assert_eq!(refused.0, name);
        for language in [Language::English, Language::Chinese] {
            assert!(refused.message(language).contains("octet-counting"));
        }
    }
}

#[test]
fn every_kind_of_error_has_a_name_that_reads_back_and_a_remedy_in_both_languages() {
    let names: BTreeSet<_> = ErrorKind::ALL.iter().map(|kind| kind.name()).collect();
    assert_eq!(names.len(), ErrorKind::ALL.len());
    for kind in ErrorKind::ALL {
        assert_eq!(ErrorKind::from_name(kind.name()), Some(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        for text in [ErrorKind::clause, ErrorKind::remedy] {
            assert_ne!(text(kind, Language::English), text(kind, Language::Chinese));
        }
    }
    assert_eq!(ErrorKind::from_name("none"), None);
}
