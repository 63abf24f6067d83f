//! Lays out help: what a command is for, its usage, its arguments, its notes.
//!
//! The parser has a layout of its own, but it breaks lines only at spaces, and Chinese text has
//! none.
//!
//! Promises: every paragraph is filled, and no line is wider than asked, except examples: they are
//! not broken, so that they can be copied.

use std::fmt::Write as _;

use clap::{Arg, Command};
use colored::Colorize;

use crate::diagnostic::{Painted, paint};
use crate::language::Language;
use crate::render::{escape, wrapped};

/// The columns before a name, and between the name and its description.
const GAP: usize = 2;
/// The fewest columns for a description beside its name; with fewer it goes below the name.
const LEAST_ROOM: usize = 24;
/// The indentation of a description below its name.
const BELOW: usize = 10;

/// The help of a built command, in lines of at most `columns` columns.
pub(super) fn help(command: &mut Command, language: Language, columns: usize) -> String {
    let about = command.get_about().map(ToString::to_string);
    let mut out = paragraphs(&about.unwrap_or_default(), columns);
    let usage = usage(command);
    let label = language.pick("Usage: ", "用法：");
    let indent = escape::width(label);
    out.push('\n');
    for (index, line) in wrapped(&usage, columns - indent).iter().enumerate() {
        let label = if index == 0 { label } else { "" };
        let label = paint(label.bold().underline());
        let gap = if index == 0 { 0 } else { indent };
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(out, "{label}{:gap$}{line}", "");
    }
    for (heading, rows) in sections(command, language) {
        let colon = language.pick(":", "：");
        let _ = writeln!(
            out,
            "\n{}",
            paint(format!("{heading}{colon}").bold().underline())
        );
        write_rows(&rows, columns, &mut out);
    }
    if let Some(notes) = command.get_after_help().map(ToString::to_string) {
        out.push('\n');
        out.push_str(&paragraphs(&notes, columns));
    }
    out
}

/// How the command is called, without the parser's label.
pub(super) fn usage(command: &mut Command) -> String {
    let usage = command.render_usage().to_string();
    usage.trim_start_matches("Usage:").trim().to_owned()
}

/// Whether a line of notes is an example.
pub(super) fn is_example(line: &str) -> bool {
    line.starts_with("  ")
}

/// Each line of `notes` as a filled paragraph, except examples.
fn paragraphs(notes: &str, columns: usize) -> String {
    let mut out = String::new();
    for line in notes.lines() {
        if is_example(line) || line.is_empty() {
            out.push_str(line);
        } else {
            out.push_str(&wrapped(line, columns).join("\n"));
        }
        out.push('\n');
    }
    out
}

/// A name and its description.
struct Row {
    name: [Painted; 3],
    columns: usize,
    meaning: String,
}

impl Row {
    fn of_command(command: &Command) -> Self {
        let name = command.get_name();
        Self {
            name: [bold(name), paint("".normal()), paint("".normal())],
            columns: escape::width(name),
            meaning: command.get_about().map_or(String::new(), |about| {
                about.to_string().lines().next().unwrap_or("").to_owned()
            }),
        }
    }

    fn of(arg: &Arg) -> Self {
        let whole = arg.to_string();
        let short = match arg.get_short() {
            Some(short) => format!("-{short}, "),
            None if arg.is_positional() => String::new(),
            None => " ".repeat("-o, ".len()),
        };
        // The part to be typed as it is, and the placeholder of the value.
        let (typed, value) = match whole.find(' ') {
            _ if arg.is_positional() => ("", whole.as_str()),
            Some(at) => whole.split_at(at),
            None => (whole.as_str(), ""),
        };
        Self {
            columns: escape::width(&short) + escape::width(&whole),
            name: [bold(&short), bold(typed), paint(value.normal())],
            meaning: arg.get_help().map_or(String::new(), ToString::to_string),
        }
    }
}

/// Bold text; an empty text stays empty.
fn bold(text: &str) -> Painted {
    if text.trim().is_empty() {
        paint(text.normal())
    } else {
        paint(text.bold())
    }
}

/// The commands, then the arguments under their headings, in the order in which they were added.
fn sections(command: &Command, language: Language) -> Vec<(String, Vec<Row>)> {
    let mut sections: Vec<(String, Vec<Row>)> = Vec::new();
    if command.has_subcommands() {
        let heading = language.pick("Commands", "命令").to_owned();
        let rows = command.get_subcommands().map(Row::of_command);
        sections.push((heading, rows.collect()));
    }
    for arg in command.get_arguments() {
        let heading = arg.get_help_heading().unwrap_or_default();
        match sections.iter_mut().find(|(known, _)| known == heading) {
            Some((_, rows)) => rows.push(Row::of(arg)),
            None => sections.push((heading.to_owned(), vec![Row::of(arg)])),
        }
    }
    sections
}

fn write_rows(rows: &[Row], columns: usize, out: &mut String) {
    let widest = rows.iter().map(|row| row.columns).max().unwrap_or(0);
    let beside = GAP + widest + GAP;
    let goes_below = columns < beside + LEAST_ROOM;
    let indent = if goes_below { BELOW } else { beside };
    for Row {
        name: [short, typed, value],
        columns: used,
        meaning,
    } in rows
    {
        let _ = write!(out, "{:GAP$}{short}{typed}{value}", "");
        let mut at = GAP + used;
        for line in wrapped(meaning, columns - indent) {
            if at > 0 && !goes_below {
                let _ = write!(out, "{:gap$}{line}", "", gap = indent - at);
            } else {
                let _ = write!(out, "\n{:indent$}{line}", "");
            }
            at = 0;
        }
        out.push('\n');
    }
}
