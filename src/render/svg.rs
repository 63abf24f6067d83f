//! Draws a replay as one SVG file for slides, as it looks in the terminal. It uses the lines with
//! their inks, before they become text for a terminal.
//!
//! Promises: each character is in the same column as in the terminal, whatever font the viewer has,
//! because every run of characters is fitted to its columns. Needs no font, script or address from
//! elsewhere. The colours follow the viewer's light or dark scheme. Never contains a byte of a
//! payload that has not passed [`super::escape`].

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::escape;
use super::text::{self, Cube, Line, Look, Style};
use crate::analysis::Analysis;
use crate::trace::Trace;

/// The width of a column, the height of a line and the margin, in the picture's units.
const COLUMN: f64 = 8.4;
const LINE: usize = 19;
const EDGE: usize = 16;

const PAGE: &str = "\
    .page{fill:#fff}text{fill:#1b1f24;white-space:pre;\
    font:14px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,'Noto Sans Mono CJK SC',\
    'PingFang SC','Microsoft YaHei',monospace}.bold{font-weight:700}\
    @media (prefers-color-scheme:dark){.page{fill:#0d1117}text{fill:#e6edf3}}";

/// Writes one picture of these replays, one below the other.
///
/// # Errors
/// If `out` fails.
pub fn draw(cases: &[(Trace, Analysis)], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut drawn = Vec::new();
    let mut titles = Vec::new();
    for (index, (trace, analysis)) in cases.iter().enumerate() {
        if index > 0 {
            drawn.push(Line::default());
        }
        text::draw_lines(trace, analysis, style, &mut drawn)?;
        titles.push(match trace.title(style.language) {
            Some(title) => format!("{}: {title}", trace.name),
            None => trace.name.clone(),
        });
    }
    let lines: Vec<Vec<Run>> = drawn.iter().map(|line| runs(line, style.color)).collect();
    let columns = lines.iter().flatten().map(|run| run.column + run.columns);
    let columns = columns.max().unwrap_or(0);
    let width = at(columns) + at(0);
    let height = EDGE * 2 + LINE * lines.len();
    let mut title = String::new();
    for text in titles {
        let separator = if title.is_empty() { "" } else { "; " };
        title = format!("{title}{separator}{}", escape::text(&text));
    }
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.1} {height}\" \
         width=\"{width:.1}\" height=\"{height}\" role=\"img\" lang=\"{}\">\n\
         <title>{}</title>\n<style>{PAGE}{}</style>\n\
         <rect class=\"page\" width=\"100%\" height=\"100%\"/>",
        style.language.code(),
        escape::markup(&title),
        colors(&lines)
    )?;
    for (index, line) in lines.iter().enumerate() {
        // The baseline of a line is a quarter of its height above its bottom.
        let base = EDGE + LINE * (index + 1) - LINE / 4;
        for run in line {
            write_run(run, base, out)?;
        }
    }
    writeln!(out, "</svg>")
}

/// Neighbouring characters with the same look and of the same kind.
#[derive(Debug, PartialEq, Eq)]
struct Run {
    text: String,
    /// The column of the first character.
    column: usize,
    /// The number of columns.
    columns: usize,
    kind: Kind,
    look: Look,
}

/// The width class of the characters of a run. A font gives characters of one class the same width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// ASCII letters, digits and signs.
    Ascii,
    /// Other characters of one column, such as those for drawing lines.
    Narrow,
    /// Characters of two columns.
    Wide,
}

/// The runs of a line. Without colour everything looks the same.
fn runs(line: &Line, color: bool) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut column = 0;
    let mut follows = false;
    for (ink, text) in line.runs(color) {
        let look = if color {
            Look::of(ink)
        } else {
            Look::default()
        };
        for c in text.chars() {
            let columns = escape::columns(c).unwrap_or(0);
            let kind = match columns {
                2 => Kind::Wide,
                _ if c.is_ascii() => Kind::Ascii,
                _ => Kind::Narrow,
            };
            let is_space = c == ' ';
            match runs.last_mut() {
                _ if is_space => {}
                Some(run) if follows && run.look == look && (run.kind == kind || columns == 0) => {
                    run.text.push(c);
                    run.columns += columns;
                }
                _ => runs.push(Run {
                    text: c.into(),
                    column,
                    columns,
                    kind,
                    look,
                }),
            }
            follows = !is_space;
            column += columns;
        }
    }
    runs
}

/// The position of a column.
#[expect(clippy::cast_precision_loss, reason = "a page has few columns")]
fn at(column: usize) -> f64 {
    EDGE as f64 + column as f64 * COLUMN
}

fn class(color: Cube) -> String {
    let [red, green, blue] = color.rgb();
    format!("c{red:02x}{green:02x}{blue:02x}")
}

/// A rule for each colour used in the lines.
fn colors(lines: &[Vec<Run>]) -> String {
    let colors = lines.iter().flatten().filter_map(|run| run.look.color);
    let classes: BTreeMap<_, _> = colors.map(|color| (color, class(color))).collect();
    classes.values().fold(String::new(), |mut rules, class| {
        // Writing to a string cannot fail.
        let _ = write!(rules, "text.{class}{{fill:#{}}}", &class[1..]);
        rules
    })
}

fn write_run(run: &Run, base: usize, out: &mut dyn Write) -> io::Result<()> {
    let color = run.look.color.map(class);
    let bold = run.look.bold.then(|| "bold".to_owned());
    let classes: Vec<String> = color.into_iter().chain(bold).collect();
    let classes = if classes.is_empty() {
        String::new()
    } else {
        format!(" class=\"{}\"", classes.join(" "))
    };
    writeln!(
        out,
        "<text x=\"{:.1}\" y=\"{base}\" textLength=\"{:.1}\" lengthAdjust=\"spacingAndGlyphs\"{classes}>{}</text>",
        at(run.column),
        at(run.columns) - at(0),
        escape::markup(&run.text)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Ink;

    #[test]
    fn what_stands_in_a_column_stays_there() {
        let mut line = Line::of(Ink::Plain, "a ");
        line.push(Ink::Message(0), "雨天x");
        // A message with the same colour continues the run.
        line.push(Ink::Message(4), "y");
        line.push(Ink::Plain, " ━━<b>");
        let found = runs(&line, true);
        let places: Vec<_> = found
            .iter()
            .map(|run| (run.text.as_str(), run.column, run.columns))
            .collect();
        let expected = [
            ("a", 0, 1),
            ("雨天", 2, 4),
            ("xy", 6, 2),
            ("━━", 9, 2),
            ("<b>", 11, 3),
        ];
        assert_eq!(places, expected);
        assert_eq!(found[1].look.color.map(Cube::rgb), Some([0, 0x87, 0xff]));
        assert_eq!(found[0].look, Look::default());
        let plain = runs(&line, false);
        assert!(plain.iter().all(|run| run.look == Look::default()));
    }
}
