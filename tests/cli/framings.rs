//! The framings and protocols: listed, explained, and used by name.

use sticky_packet::framing::{Framing, protocols};
use sticky_packet::language::Language;

use super::sticky;

#[test]
fn every_protocol_is_listed_and_explained_in_both_languages() {
    for language in [Language::English, Language::Chinese] {
        let tag = language.pick("en", "zh");
        let list = sticky(&["framings", "--lang", tag, "--width", "120"]);
        assert_eq!((list.status, list.err.as_str()), (0, ""));
        for protocol in protocols() {
            let name = protocol.name.as_str();
            // Behind the framings, some of which have the same name.
            let mut rows = list.out.lines().skip_while(|line| !line.is_empty());
            let row = rows.find(|line| {
                let mut words = line.split_whitespace();
                line.starts_with("  ") && words.next() == Some(name)
            });
            let row = row.unwrap_or_else(|| panic!("{name}: {}", list.out));
            assert!(row.contains(protocol.title.get(language)), "{row}");

            let told = sticky(&["framings", name, "--lang", tag, "--width", "80"]);
            assert_eq!((told.status, told.err.as_str()), (0, ""), "{name}");
            assert!(told.out.starts_with(protocol.title.get(language)), "{name}");
            let framing = protocol.framing.to_string();
            let document = protocol.specification.split(' ').next().unwrap();
            for wanted in [framing.as_str(), document, "✓"] {
                assert!(told.out.contains(wanted), "{name}, {wanted}: {}", told.out);
            }
            for line in told.out.lines() {
                let width = unicode_width::UnicodeWidthStr::width(line);
                assert!(width <= 80, "{name}: {line}");
            }
        }
    }
}

#[test]
fn every_framing_is_explained_with_an_example_that_decodes() {
    for framing in Framing::every() {
        let name = framing.to_string();
        let told = sticky(&["framings", &name, "--ascii", "--lang", "en"]);
        assert_eq!((told.status, told.err.as_str()), (0, ""), "{name}");
        assert!(
            told.out.contains("[ok] decodes whole"),
            "{name}: {}",
            told.out
        );
        assert!(
            told.out.is_ascii() || told.out.contains('…'),
            "{}",
            told.out
        );
    }
}

#[test]
fn what_is_neither_is_refused_with_what_is_near() {
    let refused = sticky(&["framings", "postgre"]);
    assert_eq!((refused.status, refused.out.as_str()), (2, ""));
    assert!(
        refused.err.contains("did you mean `postgres`?"),
        "{}",
        refused.err
    );
}

#[test]
fn a_protocol_takes_off_what_comes_before_its_first_message() {
    const STREAMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/framing/streams");
    let path = format!("{STREAMS}/http2-c2s.bin");
    let by_name = sticky(&["decode", "--framing", "http2", &path, "--no-hex"]);
    assert_eq!((by_name.status, by_name.err.as_str()), (0, ""));
    let wanted = "24 B before the first message, not of this framing";
    assert!(by_name.out.contains(wanted), "{}", by_name.out);
    let skipped = [
        "decode",
        "--framing",
        "u24-be-gap-6",
        "--skip",
        "24",
        &path,
        "--no-hex",
    ];
    assert_eq!(sticky(&skipped).out, by_name.out);
    let refused = sticky(&["decode", "--framing", "u24-be-gap-6", &path]);
    assert_eq!(refused.status, 1);

    let json = sticky(&["decode", "--framing", "http2", &path, "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(document["skipped"], 24);
    assert_eq!(document["messages"][0]["offset"], 24);

    // Where the stream does not begin so, nothing is taken off; `--skip 0` never takes any.
    let path = format!("{STREAMS}/http2-s2c.bin");
    assert_eq!(sticky(&["decode", "--framing", "http2", &path]).status, 0);
    let more = sticky(&["decode", "--framing", "http2", "--skip", "999", &path]);
    assert_eq!(more.status, 0, "{}", more.out);
}
