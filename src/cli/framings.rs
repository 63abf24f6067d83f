//! `sticky framings`: the framings and the protocols, and how one finds its message boundaries.

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};

use super::failure::Failure;
use super::terminal::Terminal;
use super::{arguments, drawing};
use crate::framing::protocol_named;
use crate::language::Language;
use crate::render::text;

/// The command's arguments.
pub(super) fn command(language: Language) -> Command {
    let command = Command::new("framings")
        .about(language.pick(
            "List framings and protocols; explain how one finds its message boundaries",
            "列出成帧方式和协议；讲解其中一个如何找到消息边界",
        ))
        .override_usage(language.pick(
            "sticky framings [OPTIONS] [NAME]",
            "sticky framings [选项] [名称]",
        ))
        .after_help(language.pick(
            "Examples:\n  sticky framings\n  sticky framings tls",
            "示例：\n  sticky framings\n  sticky framings tls",
        ))
        .arg(
            Arg::new("name")
                .value_name(language.pick("NAME", "名称"))
                .help(language.pick(
                    "A framing or a protocol: only this one, with an example taken apart [default: all]",
                    "成帧方式或协议名：只讲这一个，附拆解的例子 [默认：全部]",
                )),
        );
    drawing::page_options(command, language, &["ascii", "no-hex", "width"])
}

/// Writes the list, or what there is to say of one.
pub(super) fn run(matches: &ArgMatches, terminal: Terminal) -> Result<ExitCode, Failure> {
    let name = matches.get_one::<String>("name");
    let one = match name {
        Some(name) => Some((
            arguments::parse_framing(name, terminal.language)?,
            protocol_named(name),
        )),
        None => None,
    };
    let style = drawing::style(matches, terminal, terminal.data_in_color());
    terminal.data(|out| {
        let drawn = match one {
            Some((framing, protocol)) => text::draw_framing(framing, protocol, &style, out),
            None => text::draw_framings(&style, out),
        };
        drawn.map(|()| ExitCode::SUCCESS).map_err(Failure::stdout)
    })
}
