//! Streams of real servers and clients, and the examples of specifications, taken apart by the name
//! of their protocol.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use sticky_packet::framing::{Framing, Protocol, protocol_named, protocols};

use crate::corpus::{CAP, exact, incremental};

#[derive(Deserialize)]
struct File {
    stream: Vec<Recorded>,
}

/// A stream, and where its messages begin.
#[derive(Deserialize)]
struct Recorded {
    file: String,
    protocol: String,
    begins: Vec<usize>,
}

/// Where messages begin: behind what comes before the first frame, which counts as one.
fn begins(protocol: &Protocol, stream: &[u8]) -> Result<Vec<usize>, String> {
    let opening = protocol.opening.as_ref();
    let taken = opening.map_or(0, |opening| opening.taken(stream));
    let mut begins = if taken > 0 { vec![0] } else { Vec::new() };
    for piece in protocol.framing.frames(&stream[taken..], CAP) {
        match piece {
            Ok(piece) => begins.push(taken + piece.place.start),
            Err(error) => return Err(format!("{error} behind {begins:?}")),
        }
    }
    Ok(begins)
}

#[test]
fn streams_of_real_programs_are_taken_apart_exactly() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/framing/streams");
    let rows = fs::read_to_string(folder.join("streams.toml")).unwrap();
    let rows: File = toml::from_str(&rows).unwrap();
    let mut wrong = Vec::new();
    for row in &rows.stream {
        let stream = fs::read(folder.join(&row.file)).unwrap();
        let protocol = protocol_named(&row.protocol).unwrap();
        let found = begins(protocol, &stream);
        if found.as_ref() != Ok(&row.begins) {
            wrong.push(format!("{}: {found:?}, not {:?}", row.file, row.begins));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(rows.stream.len(), 36);
}

/// The message of each frame, however the stream is cut.
#[test]
fn the_example_of_each_protocol_is_taken_apart_however_it_is_cut() {
    for protocol in protocols() {
        let (name, framing) = (&protocol.name, protocol.framing);
        let opening = protocol.opening.as_ref();
        let taken = opening.map_or(0, |opening| opening.taken(&protocol.example));
        assert_eq!(taken > 0, opening.is_some(), "{name}: the example shows it");
        let stream = &protocol.example[taken..];
        let (messages, ended) = incremental(framing, CAP, [stream]);
        assert_eq!(
            (messages.len(), ended),
            (protocol.messages, Ok(())),
            "{name}"
        );
        for cut in 0..=stream.len() {
            let (front, back) = stream.split_at(cut);
            let cut = incremental(framing, CAP, [front, back]);
            assert_eq!(cut, (messages.clone(), Ok(())), "{name}");
        }
        assert_eq!(exact(framing, CAP, stream), (messages, Ok(())), "{name}");
    }
}

#[test]
fn the_name_of_a_protocol_is_that_of_its_framing() {
    let mut names: Vec<&str> = Vec::new();
    for protocol in protocols() {
        let name = protocol.name.as_str();
        let framing: Framing = name.parse().unwrap();
        assert_eq!(framing, protocol.framing, "{name}");
        let is_plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        assert!(name.bytes().all(is_plain), "{name}");
        assert!(!names.contains(&name), "{name} is there twice");
        names.push(name);
        for text in [
            Some(&protocol.title),
            Some(&protocol.how),
            protocol.until.as_ref(),
        ] {
            assert!(text.is_none_or(|text| !text.en.is_empty() && !text.zh.is_empty()));
        }
    }
    assert!(names.len() >= 40, "{}", names.len());
}
