//! What holds of every picture, and snapshots.

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
