//! The text that `sticky` prints when it is called without arguments.

use std::io::{self, Write};
use std::process::ExitCode;

use colored::Colorize;

use super::failure::Failure;
use super::terminal::{self, Terminal};
use crate::diagnostic::paint;
use crate::language::Language;
use crate::render::{escape, wrapped};

/// The columns before a command, and between it and its description.
const GAP: usize = 2;
/// The indentation of a description below its command.
const BELOW: usize = 6;
/// The fewest columns for a description beside its command.
const LEAST_ROOM: usize = 20;

/// Writes the text.
pub(super) fn run(terminal: Terminal) -> Result<ExitCode, Failure> {
    terminal.data(|out| write(terminal.language, out).map_err(Failure::stdout))?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the first three commands to try.
fn write(language: Language, out: &mut dyn Write) -> io::Result<()> {
    let first = [
        (
            "sticky run back-to-back",
            language.pick(
                "two messages leave, one recv takes both",
                "发出两条消息，一次 recv 全部收走",
            ),
        ),
        (
            "sticky explain back-to-back",
            language.pick("why, and what to do about it", "为什么，怎么办"),
        ),
        (
            "sticky list",
            language.pick("all cases, by chapter", "按章节列出全部用例"),
        ),
    ];
    let columns = terminal::columns_to_fit().unwrap_or(usize::MAX);
    let title = language.pick(
        "Why did two sends arrive as one recv?",
        "两次 send，为什么一次 recv 就全收到了？",
    );
    for line in wrapped(title, columns) {
        writeln!(out, "{}", paint(line.bold()))?;
    }
    let what = language.pick(
        "sticky shows it on real sockets, byte by byte. Try:",
        "sticky 用真实的套接字，逐字节演示。试试：",
    );
    for line in wrapped(what, columns) {
        writeln!(out, "{line}")?;
    }
    writeln!(out)?;
    let widest = first
        .iter()
        .map(|(command, _)| escape::width(command))
        .max()
        .unwrap_or(0);
    let beside = GAP + widest + GAP;
    let goes_below = columns < beside + LEAST_ROOM;
    let indent = if goes_below { BELOW } else { beside };
    for (command, what) in first {
        write!(out, "{:GAP$}{}", "", paint(command.cyan()))?;
        let mut at = GAP + escape::width(command);
        if goes_below {
            writeln!(out)?;
            at = 0;
        }
        for line in wrapped(what, columns.saturating_sub(indent).max(LEAST_ROOM)) {
            writeln!(out, "{:gap$}{line}", "", gap = indent - at)?;
            at = 0;
        }
    }
    let more = language.pick(
        ["All commands: sticky --help", "中文：sticky --lang zh"],
        ["全部命令：sticky --help", "English: sticky --lang en"],
    );
    let one_line = more.join("   ");
    let lines = if escape::width(&one_line) > columns {
        more.join("\n")
    } else {
        one_line
    };
    writeln!(out, "\n{lines}")
}
