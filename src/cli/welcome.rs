//! What `sticky` says when it is asked for nothing.

use std::io::{self, Write};

use colored::Colorize;

use crate::language::Language;
use crate::render::escape;

/// Names the first three commands to try.
pub(super) fn write(language: Language, out: &mut dyn Write) -> io::Result<()> {
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
    writeln!(
        out,
        "{}\n{}\n",
        language
            .pick(
                "Why did two sends arrive as one recv?",
                "两次 send，为什么一次 recv 就全收到了？"
            )
            .bold(),
        language.pick(
            "sticky shows it on real sockets, byte by byte. Try:",
            "sticky 用真实的套接字，逐字节演示。试试："
        )
    )?;
    let widest = first
        .iter()
        .map(|(command, _)| escape::width(command))
        .max();
    for (command, what) in first {
        let gap = " ".repeat(widest.unwrap_or(0) - escape::width(command));
        writeln!(out, "  {}{gap}  {what}", command.cyan())?;
    }
    writeln!(
        out,
        "\n{}",
        language.pick(
            "All commands: sticky --help   中文：sticky --lang zh",
            "全部命令：sticky --help   English: sticky --lang en"
        )
    )
}
