//! Tests decoded streams: every part of every frame, and where decoding stops.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use proptest::prelude::*;
use sticky_packet::framing::{ErrorKind, Framing};
use sticky_packet::laboratory::dissect::dissect;
use sticky_packet::laboratory::number::Readings;
use sticky_packet::language::Language;
use sticky_packet::render::text::{self, Style};

fn framing(name: &str) -> Framing {
    name.parse().unwrap()
}

fn style(language: Language, ascii: bool) -> Style {
    Style {
        language,
        width: 80,
        ascii,
        color: false,
        times: false,
        hex: true,
        full: false,
    }
}

fn drawn(stream: &[u8], name: &str, style: &Style) -> String {
    let dissection = dissect(stream, framing(name), 1 << 20, text::kept(style));
    let frame = dissection.leftover.start;
    let readings = dissection
        .error
        .and_then(|error| Readings::of(stream, framing(name), frame, &error));
    let mut out = Vec::new();
    text::draw_decoded(stream, &dissection, readings.as_ref(), style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_parts_of_each_frame_stand_where_they_are() {
    let stream = b"3:abc,0:,2:x";
    let places: Vec<_> = framing("netstring")
        .frames(stream, 100)
        .map_while(Result::ok)
        .map(|piece| {
            let place = piece.place;
            (
                place.start,
                place.body().start,
                place.body().end,
                place.end(),
            )
        })
        .collect();
    assert_eq!(places, [(0, 2, 5, 6), (6, 8, 8, 9)]);
    let dissection = dissect(stream, framing("netstring"), 100, 10);
    assert_eq!(dissection.leftover, 9..12);
    let error = dissection.error.unwrap();
    assert_eq!((error.kind, error.offset), (ErrorKind::EndInsideBody, 12));
}

#[test]
fn escapes_are_taken_out_and_counted_in_the_stream() {
    let mut stream = Vec::new();
    framing("line-escaped")
        .encode(b"a\nb\\", &mut stream)
        .unwrap();
    let pieces: Vec<_> = framing("line-escaped")
        .frames(&stream, 100)
        .map(Result::unwrap)
        .collect();
    assert_eq!(pieces[0].payload.as_ref(), b"a\nb\\");
    assert_eq!(pieces[0].place.parts.body, 6);
    assert_eq!(pieces[0].place.end(), 7);
}

#[test]
fn only_so_many_frames_are_kept_of_a_long_stream() {
    let stream = vec![0_u8; 10_000];
    let dissection = dissect(&stream, framing("u8"), 100, 3);
    assert_eq!(dissection.frames, 10_000);
    assert_eq!((dissection.front.len(), dissection.back.len()), (3, 3));
    assert_eq!(dissection.back[0].start, 9997);
    assert_eq!(
        (dissection.leftover, dissection.error),
        (10_000..10_000, None)
    );
}

#[test]
fn the_whole_stream_is_drawn_with_its_parts() {
    let mut stream = Vec::new();
    for message in ["下了一天的雨", "适合发呆"] {
        framing("i32-le")
            .encode(message.as_bytes(), &mut stream)
            .unwrap();
    }
    assert_eq!(
        drawn(&stream, "i32-le", &style(Language::English, false)),
        "\
i32-le  38 B, 2 messages

      offset  header       payload
  #1  0       12 00 00 00  18 B  下了一天的雨
  #2  22      0c 00 00 00  12 B  适合发呆

  0000  12 00 00 00│e4 b8 8b e4  ba 86 e4 b8 80 e5 a4 a9  ····│下 了 一 天
  0010  e7 9a 84 e9 9b a8┃0c 00  00 00│e9 80 82 e5 90 88  的 雨 ┃····│适 合
  0020  e5 8f 91 e5 91 86                                 发 呆
  ┃ message boundary   │ end of a header

  ✓ decodes whole: 2 messages, nothing left over
"
    );
}

#[test]
fn an_error_is_marked_where_it_is_and_explained() {
    let stream = b"\x03\0\0\0abcHTTP/1.1";
    assert_eq!(
        drawn(stream, "i32-le", &style(Language::English, true)),
        "\
i32-le  15 B, 1 message

      offset  header       payload
  #1  0       03 00 00 00  3 B  abc

  0000  03 00 00 00:61 62 63*48  54 54 50 2f 31 2e 31     ....:abc*HTTP/1.1
  * decoding stops   : end of a header

  [!!] at offset 7, the length is above the cap: wanted 1,048,576 or less, got
    1,347,703,880
    left over: 8 B, from offset 7 on
    48 54 54 50 at offset 7 would be
      u32-le               1,347,703,880
      u32-be               1,213,486,160
      i32-le               1,347,703,880  as it was read
      i32-be               1,213,486,160
      ASCII                       `HTTP`
    1,347,703,880 is `HTTP` read as a little-endian length: text stands where
      a length should
    help: Raise the cap if the message is really that long; otherwise check
      byte order and framing: text read as a length is usually huge
"
    );
}

#[test]
fn the_end_of_the_stream_is_marked_behind_the_last_byte() {
    let page = drawn(b"\x05abc", "u8", &style(Language::Chinese, false));
    assert!(page.contains("  0000  05 61 62 63►"), "{page}");
    assert!(page.contains("► 解码到此为止"), "{page}");
    // Also when the row is full.
    let page = drawn(
        b"\x20123456789abcdef",
        "u8",
        &style(Language::English, false),
    );
    assert!(page.contains("64 65 66► "), "{page}");
}

#[test]
fn an_error_far_inside_is_shown_with_its_bytes() {
    let mut stream = b"\x03abc".repeat(1000);
    let at = stream.len();
    stream.extend_from_slice(b"\xffrest");
    stream.extend(vec![0; 50]);
    let page = drawn(&stream, "u8", &style(Language::English, false));
    assert!(
        page.contains(&format!("{at:04x} ┃ff 72 65 73 74")),
        "{page}"
    );
    assert!(page.contains("978 messages not shown"), "{page}");
    assert!(page.lines().count() < 80, "{page}");
}

#[test]
fn bytes_that_a_terminal_would_obey_are_escaped() {
    let stream = b"12 \x1b]0;owned\x07ok!\x1b[2J \xe2\x80\xae";
    for name in ["octet-counting", "i32-be", "line", "raw"] {
        let page = drawn(stream, name, &style(Language::English, false));
        let obeyed = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!page.contains(obeyed), "{name}: {page:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_bytes_are_taken_apart_without_a_gap_and_drawn_within_the_width(
        stream in proptest::collection::vec(any::<u8>(), 0..200),
        cap in 0_usize..300,
    ) {
        for framing in Framing::every() {
            let dissection = dissect(&stream, framing, cap, 1000);
            let mut next = 0;
            for place in &dissection.front {
                prop_assert!(place.start == next && place.start <= place.body().start);
                prop_assert!(place.body().end <= place.end());
                next = place.end();
            }
            prop_assert_eq!(dissection.leftover.clone(), next..stream.len());
            let rest = &stream[next..];
            let is_whole = rest.is_empty() || framing.is_filler(rest);
            prop_assert_eq!(dissection.error.is_none(), is_whole);
            let style = style(Language::Chinese, false);
            let frame = dissection.leftover.start;
            let readings = dissection
                .error
                .and_then(|error| Readings::of(&stream, framing, frame, &error));
            let mut out = Vec::new();
            text::draw_decoded(&stream, &dissection, readings.as_ref(), &style, &mut out).unwrap();
            for line in String::from_utf8(out).unwrap().lines() {
                let width = unicode_width::UnicodeWidthStr::width(line);
                prop_assert!(width <= 80, "{}: {}", framing, line);
            }
        }
    }
}
