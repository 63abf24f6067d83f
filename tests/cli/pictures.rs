//! Pictures and recordings of a replay, live and saved: `run` and `show` with
//! `--format svg` and `--format cast`.

use super::{folder_with, scenario, sticky, sticky_reading};

#[test]
fn the_picture_holds_what_the_terminal_shows() {
    let shown = sticky(&["run", "back-to-back", "--no-times", "--no-hex"]);
    let drawn = sticky(&[
        "run",
        "back-to-back",
        "--no-times",
        "--no-hex",
        "--format=svg",
    ]);
    assert_eq!((drawn.status, drawn.err.as_str()), (0, ""));
    assert!(
        drawn
            .out
            .starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=")
    );
    assert!(drawn.out.ends_with("</svg>\n"));
    assert!(drawn.out.contains(
        "<title>sticky/back-to-back: Two sends in quick succession, one recv of 30 bytes</title>"
    ));
    // All words in order, each in its own element.
    let words: String = drawn
        .out
        .lines()
        .filter_map(|line| line.strip_prefix("<text "))
        .map(|rest| {
            rest.split_once('>')
                .unwrap()
                .1
                .strip_suffix("</text>")
                .unwrap()
        })
        .collect();
    let wanted: String = shown.out.split_whitespace().collect();
    assert_eq!(words, wanted);
}

#[test]
fn colour_is_in_the_picture_unless_it_is_not_wanted() {
    let colored = sticky(&["run", "back-to-back", "--format", "svg"]).out;
    assert!(colored.contains("text.c0087ff{fill:#0087ff}"), "{colored}");
    assert!(colored.contains(" class=\"c0087ff\">"), "{colored}");
    let plain = sticky(&["run", "back-to-back", "--format=svg", "--color=never"]).out;
    assert!(!plain.contains(" class=\"c"), "{plain}");
}

#[test]
fn a_payload_stays_text_in_a_picture_and_in_a_recording() {
    let expect = "recv = [{ bytes = 48 }, \"end\"]";
    let hostile = scenario(expect).replace(
        "下了一天的雨",
        "</text><script>alert(1)</script>\\u001b]0;x",
    );
    let (_folder, path) = folder_with("hostile.toml", &hostile);
    for format in ["svg", "cast"] {
        let called = sticky(&["run", &path, "--format", format, "--deadline", "100ms"]);
        assert!(!called.out.is_empty(), "{}", called.err);
        assert!(!called.out.contains('\u{1b}'), "{}", called.out);
        assert!(!called.out.contains("]0;x\\u0007"), "{}", called.out);
        if format == "svg" {
            assert!(!called.out.contains("<script"), "{}", called.out);
            assert!(called.out.contains("&lt;/text&gt;"), "{}", called.out);
        } else {
            // Colours are the only sequences.
            for piece in called.out.split("\\u001b").skip(1) {
                assert!(piece.starts_with('['), "{piece}");
            }
        }
    }
}

/// The header of a recording, and everything it has written at its end.
fn played(recording: &str) -> (serde_json::Value, String) {
    let mut lines = recording.lines();
    let header = serde_json::from_str(lines.next().unwrap()).unwrap();
    let events: Vec<(f64, String, String)> = lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(events.iter().all(|(_, kind, _)| kind == "o"));
    assert!(events.is_sorted_by(|(before, ..), (after, ..)| before <= after));
    let text: String = events.into_iter().map(|(.., text)| text).collect();
    (header, text.replace("\r\n", "\n"))
}

#[test]
fn a_recording_played_to_its_end_shows_what_the_terminal_does() {
    for language in ["en", "zh"] {
        let asked = [
            "run",
            "sticky/back-to-back",
            "fixes/3-struct",
            "--no-times",
            "--lang",
            language,
        ];
        let shown = sticky(&[&asked[..], &["--color=always"]].concat());
        let recorded = sticky(&[&asked[..], &["--format=cast"]].concat());
        assert_eq!((recorded.status, recorded.err.as_str()), (0, ""));
        let (header, played) = played(&recorded.out);
        assert_eq!(
            (&header["version"], &header["width"]),
            (&2.into(), &80.into())
        );
        assert!(header["height"].as_u64().unwrap() > 20, "{header}");
        // The summary of both is for the terminal alone.
        let summary = "\n\u{1b}[1mWhat became";
        let summary = if language == "en" {
            summary
        } else {
            "\n\u{1b}[1m各用例"
        };
        let (cases, _) = shown.out.split_once(summary).unwrap();
        assert_eq!(played, cases);
    }
}

#[test]
fn a_saved_replay_takes_every_form_of_the_live_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let cases = ["sticky/back-to-back", "fixes/3-struct"];
    let trace = file("trace.json");
    let saving = sticky(&[&["run"], &cases[..], &["--format=json", "-o", &trace]].concat());
    assert_eq!((saving.status, saving.err.as_str()), (0, ""));
    for options in [
        &["--format=svg", "--no-hex"] as &[_],
        &["--format=svg", "--width=120", "--lang=zh", "--ascii"],
        &["--format=svg", "--color=never"],
        &["--format=text"],
    ] {
        let options = [&["--no-times"], options].concat();
        let live = sticky(&[&["run"], &cases[..], &options].concat());
        let shown = sticky(&[&["show", &trace], &options[..]].concat());
        assert_eq!((shown.status, shown.err.as_str()), (0, ""), "{options:?}");
        assert_eq!(shown.out, live.out, "{options:?}");
        // Written to a file it is the same.
        let to = file("drawn");
        let called = sticky(&[&["show", &trace, "-o", &to], &options[..]].concat());
        let quiet = (called.status, called.out.as_str(), called.err.as_str());
        assert_eq!(quiet, (0, "", ""), "{options:?}");
        assert_eq!(std::fs::read_to_string(to).unwrap(), live.out);
    }
    let saved = std::fs::read_to_string(&trace).unwrap();
    let again = sticky(&["show", &trace, "--format=json"]);
    assert_eq!(again.out, saved, "saved once more");
}

/// With the measured times and the date of the measurement, not of the drawing.
#[test]
fn a_recording_of_a_saved_replay_is_of_when_it_was_measured() {
    let saved = sticky(&["run", "back-to-back", "--format=json"]).out;
    let mut document: serde_json::Value = serde_json::from_str(&saved).unwrap();
    document["cases"][0]["environment"]["unix_time"] = 951_782_400.into();
    let saved = document.to_string();
    let shown = sticky_reading(&["show", "-", "--color=always"], &saved);
    let recorded = sticky_reading(&["show", "-", "--format=cast"], &saved);
    assert_eq!((recorded.status, recorded.err.as_str()), (0, ""));
    let (header, played) = played(&recorded.out);
    assert_eq!(header["timestamp"], 951_782_400);
    assert_eq!(played, shown.out);
}

/// The pictures in the texts are what the commands beside them write today.
#[cfg(target_os = "linux")]
#[test]
fn the_pictures_in_docs_are_up_to_date() {
    let docs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let mut count = 0;
    for entry in std::fs::read_dir(docs).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_none_or(|end| end != "svg") {
            continue;
        }
        let name = file.file_stem().unwrap().to_str().unwrap();
        let (case, language) = name
            .strip_suffix(".zh")
            .map_or((name, "en"), |case| (case, "zh"));
        let drawn = sticky(&[
            "run",
            case,
            "--no-times",
            "--no-hex",
            "--width=80",
            "--format=svg",
            "--lang",
            language,
        ]);
        assert_eq!(
            std::fs::read_to_string(&file).unwrap(),
            drawn.out,
            "{name}: make it again"
        );
        count += 1;
    }
    assert!(count >= 4, "{count} pictures");
}
