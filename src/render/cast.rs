//! Draws a replay as a terminal recording, call by call: asciicast v2.
//!
//! The format is one JSON object, then one array `[seconds, "o", text]` on each line, as specified
//! at <https://docs.asciinema.org/manual/asciicast/v2/>. A replay takes microseconds, too fast to
//! see, so the recording plays at the pace of a lecture; the rows show the measured times.
//!
//! Promises: played to its end, it has written exactly what [`text::draw`] writes, and no line
//! wraps at its stated width.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use super::escape;
use super::text::{self, Section, Style};
use crate::analysis::Analysis;
use crate::picture::Picture;
use crate::trace::{Trace, json};

/// The most lines of the screen. Longer output scrolls.
const MOST_LINES: usize = 50;

/// The first line of a recording.
#[derive(Serialize)]
struct Header<'a> {
    version: u8,
    width: usize,
    height: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<u64>,
    title: &'a str,
}

/// Writes one recording of these replays, one after the other.
///
/// # Errors
/// If `out` fails.
pub fn draw(cases: &[(Trace, Analysis)], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let lines = lines(cases, style)?;
    let titles: Vec<String> = cases
        .iter()
        .map(|(trace, _)| {
            escape::text(
                &trace
                    .title(style.language)
                    .unwrap_or(Cow::Borrowed(&trace.name)),
            )
        })
        .collect();
    let header = Header {
        version: 2,
        width: style.width.max(text::NARROWEST),
        // The cursor is on a line of its own at the end.
        height: (lines.len() + 1).min(MOST_LINES),
        timestamp: cases.first().map(|(trace, _)| trace.environment.unix_time),
        title: &titles.join("; "),
    };
    json::write_line(&header, out)?;
    let mut milliseconds: u32 = 0;
    for (pause, line) in lines {
        milliseconds = milliseconds.saturating_add(pause);
        let seconds = f64::from(milliseconds) / 1000.0;
        // A terminal needs both: the next line, and its beginning.
        json::write_line(&(seconds, "o", line + "\r\n"), out)?;
    }
    Ok(())
}

/// The time until a line of this section appears, in milliseconds.
const fn pause(section: Section<'_>) -> u32 {
    match section {
        Section::Title(_) => 0,
        Section::Calls(..) => 800,
        Section::Bytes(..) => 150,
        Section::Verdict(..) => 400,
    }
}

/// Every line of all cases, with the time until it appears, in milliseconds.
fn lines(cases: &[(Trace, Analysis)], style: &Style) -> io::Result<Vec<(u32, String)>> {
    let mut lines = Vec::new();
    for (trace, analysis) in cases {
        if !lines.is_empty() {
            lines.push((0, String::new()));
        }
        let picture = Picture::of(trace, analysis, style.telling());
        for section in text::sections(&picture) {
            let mut drawn = Vec::new();
            section.draw(style, &mut drawn)?;
            let drawn = String::from_utf8_lossy(&drawn);
            lines.extend(drawn.lines().map(|line| (pause(section), line.to_owned())));
        }
    }
    Ok(lines)
}
