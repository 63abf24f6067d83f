//! `sticky new`: writes a scenario file to start from.
//!
//! Promises: the file is written completely or not at all, and an existing file is never replaced.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};

use super::candidates;
use super::failure::Failure;
use super::file::write_text;
use super::terminal::Terminal;
use crate::diagnostic::shell;
use crate::language::Language;
use crate::render::escape;
use crate::render::starter::{StartingPoint, starter};
use crate::scenario::catalogue;

/// The command's arguments.
pub(super) fn command(language: Language) -> Command {
    Command::new("new")
        .about(language.pick(
            "Write a commented scenario file, the start of your own case",
            "写出一个带注释的用例文件，从它开始编写自己的用例",
        ))
        .override_usage(language.pick("sticky new [OPTIONS] <NAME>", "sticky new [选项] <名称>"))
        .after_help(language.pick(
            "The file is valid as it stands, and its comments name every step and expectation. \
             An existing file is never replaced.\n\n\
             Examples:\n  \
             sticky new mine && sticky run mine.toml\n  \
             sticky new datagrams --transport udp\n  \
             sticky new lessons/chat --from when/chat",
            "写出的文件直接可用，注释里列出了全部步骤和预期。已有的文件决不会被替换。\n\n\
             示例：\n  \
             sticky new mine && sticky run mine.toml\n  \
             sticky new datagrams --transport udp\n  \
             sticky new lessons/chat --from when/chat",
        ))
        .arg(
            Arg::new("name")
                .value_name(language.pick("NAME", "名称"))
                .help(language.pick(
                    "Its name: mine becomes mine.toml, here; may be a path; - is standard output",
                    "用例名：mine 会写成当前文件夹里的 mine.toml；也可以是路径；- 表示标准输出",
                ))
                .value_parser(clap::value_parser!(PathBuf))
                .required(true),
        )
        .arg(
            Arg::new("from")
                .long("from")
                .value_name(language.pick("CASE", "用例"))
                .help(language.pick(
                    "Begin with a copy of this case of the catalogue",
                    "以目录中这个用例的副本开头",
                ))
                .add(candidates::names(language))
                .conflicts_with("transport"),
        )
        .arg(
            Arg::new("transport")
                .long("transport")
                .value_name(language.pick("TRANSPORT", "传输方式"))
                .help(language.pick("tcp or udp [default: tcp]", "tcp 或 udp [默认：tcp]"))
                .value_parser(PossibleValuesParser::new(["tcp", "udp"]))
                .hide_possible_values(true),
        )
}

/// Writes the file, and tells what to do with it.
pub(super) fn run(matches: &ArgMatches, terminal: Terminal) -> Result<ExitCode, Failure> {
    let language = terminal.language;
    // The parser makes sure that there is one.
    let named = matches.get_one::<PathBuf>("name").cloned();
    let named = named.unwrap_or_default();
    let given = matches.get_one::<String>("from");
    let copied = given.map(|name| text_of(name, language)).transpose()?;
    let origin = match (&copied, matches.get_one::<String>("transport")) {
        (Some(text), _) => StartingPoint::Case(text),
        (None, Some(transport)) if transport == "udp" => StartingPoint::Udp,
        (None, _) => StartingPoint::Tcp,
    };
    if named == Path::new("-") {
        let text = starter("mine.toml", origin, language);
        terminal.data(|out| out.write_all(text.as_bytes()).map_err(Failure::stdout))?;
        return Ok(ExitCode::SUCCESS);
    }
    let file = with_ending(&named, language)?;
    let named = file.to_string_lossy();
    let shown = escape::text(&named);
    let word = escape::text(&shell::word(&named));
    if file.symlink_metadata().is_ok() {
        return Err(Failure::Usage {
            message: say!(language, "{shown} already exists", "{shown} 已经存在"),
            help: say!(
                language,
                "choose another name, or use this file: `sticky check {word}`",
                "换一个名称，或接着改它：`sticky check {word}`"
            ),
        });
    }
    let text = starter(&shell::word(&named), origin, language);
    write_text(&file, &text)?;
    terminal.note(say!(
        language,
        "{shown} is written; open it in an editor, then: sticky run {word}",
        "已写入 {shown}；用编辑器打开它，然后：sticky run {word}"
    ));
    Ok(ExitCode::SUCCESS)
}

/// The path with `.toml` at the end.
pub(super) fn with_ending(named: &Path, language: Language) -> Result<PathBuf, Failure> {
    if named.extension().is_some_and(|end| end == "toml") {
        return Ok(named.to_owned());
    }
    let Some(name) = named.file_name() else {
        let shown = escape::text(&named.to_string_lossy());
        return Err(Failure::Usage {
            message: say!(
                language,
                "`{shown}` is not a file name",
                "`{shown}` 不能作文件名"
            ),
            help: language
                .pick(
                    "a name such as `mine`, which becomes mine.toml",
                    "写一个名称，例如 `mine`，会写成 mine.toml",
                )
                .to_owned(),
        });
    };
    let mut name = name.to_owned();
    name.push(".toml");
    Ok(named.with_file_name(name))
}

/// The text of a case of the catalogue.
fn text_of(name: &str, language: Language) -> Result<String, Failure> {
    let case = super::arguments::one_case(name)?;
    let found = catalogue::embedded()
        .into_iter()
        .find(|known| known.name == case.name);
    let text = found.and_then(|known| std::str::from_utf8(known.bytes).ok());
    text.map(str::to_owned).ok_or_else(|| {
        let shown = escape::text(name);
        Failure::Usage {
            message: say!(
                language,
                "--from {shown}: not a case of the catalogue",
                "--from {shown}：不是目录中的用例"
            ),
            help: language
                .pick(
                    "`sticky list` names them; a file of your own is copied by `cp`",
                    "`sticky list` 列出全部用例；自己的文件用 `cp` 复制即可",
                )
                .to_owned(),
        }
    })
}
