//! `sticky report`: replay, and write a lesson to take along.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgMatches, Command};

use super::failure::Failure;
use super::terminal::Terminal;
use super::{arguments, file, run};
use crate::analysis;
use crate::language::Language;
use crate::render::report::Report;
use crate::replay::Stage;

/// The command's arguments.
pub(super) fn command(language: Language) -> Command {
    Command::new("report")
        .about(language.pick(
            "Replay cases and write a page to step through: one HTML file, for class and home",
            "重演用例，写成一个可逐步查看的 HTML 文件，供课堂和自学使用",
        ))
        .override_usage(language.pick(
            "sticky report [OPTIONS] [CASE]… -o <FILE>",
            "sticky report [选项] [用例]… -o <文件>",
        ))
        .after_help(language.pick(
            "The page holds both languages and needs no network; it opens in that of --lang.\n\
             In a figure: ← and → or Page Up and Page Down go a call back and on, Home and End\n\
             to the beginning and to the whole picture.\n\n\
             Examples:\n  \
             sticky report -o lesson.html\n  \
             sticky report back-to-back cork nodelay -o lesson.html",
            "页面含两种语言，无需联网；打开时为 --lang 的语言。在图中按 ← → 或 Page Up、\n\
             Page Down 后退、前进一次调用，Home 回到开头，End 看全貌。\n\n\
             示例:\n  \
             sticky report -o lesson.html\n  \
             sticky report back-to-back cork nodelay -o lesson.html",
        ))
        .arg(arguments::cases(
            language,
            language.pick(
                "Names, or paths of files or folders [default: every documented case]",
                "用例名，或文件、文件夹的路径 [默认：文档中的全部用例]",
            ),
        ))
        .arg(arguments::output(language))
        .arg(arguments::deadline(language))
}

/// Replays, writes, and says whether all came out as expected.
pub(super) fn run(matches: &ArgMatches, terminal: Terminal) -> Result<ExitCode, Failure> {
    let language = terminal.language;
    let is_to_file = matches
        .get_one::<PathBuf>("output")
        .is_some_and(|file| file != Path::new("-"));
    if !is_to_file && io::stdout().is_terminal() {
        return Err(Failure::Usage {
            message: language
                .pick(
                    "a report is a page for a browser, not for a terminal",
                    "报告是给浏览器看的页面，不在终端里显示",
                )
                .to_owned(),
            help: language
                .pick(
                    "write it to a file: `sticky report -o lesson.html`",
                    "写入文件：`sticky report -o lesson.html`",
                )
                .to_owned(),
        });
    }
    let scenarios = run::chosen(matches)?;
    let unexpected = file::write_data(matches, terminal, |out, _| {
        let mut stage = Stage::with_deadline(arguments::given_deadline(matches));
        let mut report = Report::new(language);
        let mut unexpected = 0;
        for scenario in &scenarios {
            let trace = stage.replay(scenario);
            let analysis = analysis::analyse(&trace);
            unexpected += usize::from(!analysis.as_expected());
            report.add(&trace, &analysis);
        }
        report.write(out)?;
        Ok(unexpected)
    })?;
    Ok(run::ending(terminal, unexpected, scenarios.len()))
}
