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
        "raw fixed-18 line line-escaped crlf digits-2 digits-8 octet-counting netstring varint \
         u8 i8 u16-le u16-be i16-le i16-be u32-le u32-be i32-le i32-be u64-le u64-be i64-le i64-be \
         u16-be-counts-header u32-be-offset-2-gap-1-counts-header"
    );
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
}

#[test]
fn every_codec_is_in_the_list() {
    const CODECS: usize = 8;
    let codec = |framing: &Framing| match framing {
        Framing::Raw => 0,
        Framing::Fixed(_) => 1,
        Framing::Delimiter(_) => 2,
        Framing::Digits(_) => 3,
        Framing::OctetCounting => 4,
        Framing::Netstring => 5,
        Framing::Varint => 6,
        Framing::Length(_) => 7,
    };
    let listed: BTreeSet<usize> = Framing::every().iter().map(codec).collect();
    assert!(listed.into_iter().eq(0..CODECS));
}

#[test]
fn one_framing_has_one_spelling() {
    for name in [
        "nul",
        "delimiter-3b",
        "delimiter-0d0a0d0a",
        "delimiter-3b-escape-25",
        "fixed-1",
        "digits-20",
        "i8-gap-3",
        "u64-le-offset-255-gap-255-counts-header",
    ] {
        assert_eq!(name.parse::<Framing>().unwrap().to_string(), name);
    }
    assert_eq!(
        "delimiter-0a".parse::<Framing>().unwrap().to_string(),
        "line"
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
