//! Properties of every picture, and snapshots.

use snapbox::data::DataFormat;
use snapbox::{Assert, Data};
use sticky_packet::language::Language;
use sticky_packet::render::text::{Style, draw};
use unicode_width::UnicodeWidthStr;

use super::fixtures::{self, Fixture};

const PLAIN: Style = Style {
    language: Language::English,
    width: 80,
    ascii: false,
    color: false,
    times: false,
    hex: true,
    full: false,
};

fn picture((trace, analysis): &Fixture, style: &Style) -> String {
    let mut out = Vec::new();
    draw(trace, analysis, style, &mut out).expect("a vector takes all");
    String::from_utf8(out).expect("text")
}

fn assert_snapshot(name: &str, picture: String) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/snapshots")
        .join(name);
    Assert::new().action_env("SNAPSHOTS").eq(
        Data::text(picture).raw(),
        Data::read_from(&path, Some(DataFormat::Text)).raw(),
    );
}

#[test]
fn every_picture_is_as_its_snapshot() {
    for (name, fixture) in fixtures::all() {
        for (language, width, ascii) in [
            (Language::English, 80, false),
            (Language::Chinese, 120, false),
            (Language::English, 80, true),
        ] {
            let style = Style {
                language,
                width,
                ascii,
                ..PLAIN
            };
            let drawing = if ascii { "ascii" } else { language.code() };
            let file = format!("{name}.{drawing}.{width}.txt");
            assert_snapshot(&file, picture(&fixture, &style));
        }
    }
}

#[test]
fn no_line_is_wider_than_the_page() {
    for (name, fixture) in fixtures::all() {
        for width in 80..=160 {
            for (language, ascii) in [
                (Language::English, false),
                (Language::Chinese, false),
                (Language::Chinese, true),
            ] {
                let style = Style {
                    language,
                    width,
                    ascii,
                    times: true,
                    ..PLAIN
                };
                for line in picture(&fixture, &style).lines() {
                    assert!(line.width() <= width, "{name} at {width}: {line}");
                    assert!(!line.ends_with(' '), "{name} at {width}: {line:?}");
                }
            }
        }
    }
}

#[test]
fn with_ascii_only_drawings_are_ascii() {
    for (name, fixture) in [
        ("one-byte-recvs", fixtures::one_byte_recvs()),
        ("many-datagrams", fixtures::many_datagrams()),
        ("large", fixtures::large()),
    ] {
        let style = Style {
            ascii: true,
            times: true,
            ..PLAIN
        };
        for line in picture(&fixture, &style).lines() {
            assert!(line.is_ascii(), "{name}: {line}");
        }
    }
}

/// Whether a terminal obeys a character: controls other than the line break, and characters that
/// reorder or hide text.
fn is_obeyed(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[test]
fn nothing_hostile_reaches_the_page() {
    let fixture = fixtures::hostile();
    for language in [Language::English, Language::Chinese] {
        for full in [false, true] {
            let style = Style {
                language,
                full,
                times: true,
                ..PLAIN
            };
            let page = picture(&fixture, &style);
            let found = page.chars().find(|&c| is_obeyed(c));
            assert_eq!(found, None, "{page}");
        }
    }
}

#[test]
fn colour_changes_nothing_but_colour() {
    for (name, fixture) in fixtures::all() {
        let colored = Style {
            color: true,
            ..PLAIN
        };
        let page = picture(&fixture, &colored);
        assert!(page.contains("\x1b["), "{name}");
        let stripped = anstream::adapter::strip_str(&page).to_string();
        assert_eq!(stripped, picture(&fixture, &PLAIN), "{name}");
    }
}

#[test]
fn colours_are_as_in_the_snapshot() {
    let style = Style {
        color: true,
        ..PLAIN
    };
    for (name, fixture) in [
        ("smaller-buffer", fixtures::smaller_buffer()),
        ("deadline", fixtures::deadline()),
    ] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(format!("tests/snapshots/{name}.term.svg"));
        Assert::new().action_env("SNAPSHOTS").eq(
            Data::text(picture(&fixture, &style)).raw(),
            Data::read_from(&path, Some(DataFormat::TermSvg)).raw(),
        );
    }
}

#[test]
fn a_page_of_a_large_stream_is_short_unless_all_is_asked_for() {
    let fixture = fixtures::large();
    assert!(picture(&fixture, &PLAIN).lines().count() < 80);
    let full = Style {
        full: true,
        hex: false,
        ..PLAIN
    };
    let page = picture(&fixture, &full);
    assert_eq!(page.matches("recv(65536) → 65,536 B").count(), 1023);
    assert!(!page.contains("--full"), "{page}");
}

#[test]
fn times_count_from_the_first_call_shown() {
    let style = Style {
        times: true,
        ..PLAIN
    };
    let page = picture(&fixtures::back_to_back(true), &style);
    for row in [
        "    0.0 µs   send #1  18 B  下了一天的雨",
        "    8.1 µs   send #2  12 B  适合发呆",
    ] {
        assert!(page.lines().any(|line| line == row), "{page}");
    }
    assert!(!page.contains("bind"), "an implied call is shown: {page}");
}

#[test]
fn without_hex_there_is_none() {
    let style = Style {
        hex: false,
        ..PLAIN
    };
    assert!(!picture(&fixtures::back_to_back(true), &style).contains("e4 b8 8b"));
}
