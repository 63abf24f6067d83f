//! `sticky report`: replays cases or reads saved traces, and writes them as a lesson page.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgMatches, Command};

use super::failure::{Failure, Unwritten};
use super::terminal::Terminal;
use super::{arguments, file, run, show};
use crate::analysis;
use crate::language::Language;
use crate::render::escape;
use crate::render::report::{Report, TraceOrigin};
use crate::replay::Stage;
use crate::scenario::{Scenario, catalogue};
use crate::trace::Trace;

/// The command's arguments.
pub(super) fn command(language: Language) -> Command {
    Command::new("report")
        .about(language.pick(
            "Replay cases and write a page to step through: one HTML file, for class and home",
            "重放用例，写成一个可逐步查看的 HTML 文件，供课堂和自学使用",
        ))
        .override_usage(language.pick(
            "sticky report [OPTIONS] [CASE|TRACE]… [-o <FILE>]",
            "sticky report [选项] [用例|轨迹]… [-o <文件>]",
        ))
        .after_help(language.pick(
            "The page holds both languages and needs no network; it opens in that of --lang. \
             In a figure: ← and → or Page Up and Page Down go a call back and on, Home and End \
             to the beginning and to the whole picture.\n\n\
             Exit status: 0 as expected, 1 an expectation does not hold, 2 wrong usage or a bad file.\n\n\
             Examples:\n  \
             sticky report -o lesson.html\n  \
             sticky report back-to-back cork nodelay -o lesson.html\n  \
             sticky report back-to-back trace.json -o lesson.html",
            "页面含两种语言，无需联网；打开时为 --lang 的语言。在图中按 ← → 或 Page Up、\
             Page Down 后退、前进一次调用，Home 回到开头，End 看全貌。\n\n\
             退出状态：0 符合预期，1 有预期不成立，2 用法错误或文件有误。\n\n\
             示例：\n  \
             sticky report -o lesson.html\n  \
             sticky report back-to-back cork nodelay -o lesson.html\n  \
             sticky report back-to-back trace.json -o lesson.html",
        ))
        .arg(arguments::cases(
            language,
            language.pick(
                "Names, or paths of files or folders; a trace saved with `run --format json` is \
                 taken as it is: *.json, or - for standard input [default: every documented case]",
                "用例名，或文件、文件夹的路径；用 `run --format json` 保存的轨迹照原样采用：\
                 *.json，或用 - 表示标准输入 [默认：文档中的全部用例]",
            ),
        ))
        .arg(arguments::output(language).help(language.pick(
            "Write to a file, whole or not at all [default: standard output, \
             where that is no terminal]",
            "写入文件，要么完整，要么不写 [默认：标准输出，但不写到终端]",
        )))
        .arg(arguments::deadline(language))
}

/// What one argument names.
enum Source {
    /// Cases to be replayed.
    Cases(Vec<Scenario>),
    /// Saved traces.
    Saved(Vec<Trace>),
}

/// Everything asked for, in its order.
fn chosen(matches: &ArgMatches, language: Language) -> Result<Vec<Source>, Failure> {
    let given = arguments::given_cases(matches);
    if given.is_empty() {
        return Ok(vec![Source::Cases(run::chosen(matches)?)]);
    }
    if given.iter().filter(|it| *it == "-").count() > 1 {
        return Err(Failure::Usage {
            message: language
                .pick(
                    "`-` is given twice, but standard input can be read only once",
                    "`-` 写了两次，而标准输入只能读一次",
                )
                .to_owned(),
            help: language
                .pick(
                    "leave one out, or save the other trace to a file, *.json",
                    "去掉一个，或把另一份轨迹存成文件 *.json",
                )
                .to_owned(),
        });
    }
    let names: Vec<_> = given.iter().filter(|it| !is_saved(it)).cloned().collect();
    let selected = catalogue::select_each(&names).map_err(Failure::Select)?;
    let mut selected = selected.into_iter();
    let source = |name: String| {
        if is_saved(&name) {
            show::saved(name.into()).map(Source::Saved)
        } else {
            Ok(Source::Cases(selected.next().unwrap_or_default()))
        }
    };
    given.into_iter().map(source).collect()
}

/// Whether an argument names a saved trace rather than a case.
fn is_saved(name: &str) -> bool {
    let ending = Path::new(name).extension();
    name == "-" || ending.is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
}

/// Replays, writes the page, and returns whether all came out as expected as the exit status.
pub(super) fn run(matches: &ArgMatches, terminal: Terminal) -> Result<ExitCode, Failure> {
    let language = terminal.language;
    let file = matches
        .get_one::<PathBuf>("output")
        .filter(|file| *file != Path::new("-"));
    if file.is_none() && io::stdout().is_terminal() {
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
    let sources = chosen(matches, language)?;
    let is_saved = |source: &Source| matches!(source, Source::Saved(_));
    if arguments::given_deadline(matches).is_some() && sources.iter().all(is_saved) {
        return Err(Failure::Usage {
            message: language
                .pick(
                    "`--deadline` is for replays, and saved traces are not replayed",
                    "`--deadline` 只用于重放，而保存的轨迹不再重放",
                )
                .to_owned(),
            help: language
                .pick(
                    "leave it out, or name a case as well",
                    "去掉它，或再指定一个用例",
                )
                .to_owned(),
        });
    }
    let (all, unexpected) = file::write_data(matches, terminal, |out, _| {
        let mut stage = Stage::with_deadline(arguments::given_deadline(matches));
        let mut report = Report::new(language);
        let (mut all, mut unexpected) = (0, 0);
        let mut add = |origin, trace: &Trace| {
            let analysis = analysis::analyse(trace);
            all += 1;
            unexpected += usize::from(!analysis.as_expected());
            report.add(origin, trace, &analysis);
        };
        for source in &sources {
            match source {
                Source::Cases(scenarios) => {
                    for scenario in scenarios {
                        let trace = Failure::unless_machine(stage.replay(scenario))?;
                        add(TraceOrigin::Replayed, &trace);
                    }
                }
                Source::Saved(traces) => {
                    for trace in traces {
                        add(TraceOrigin::Saved, trace);
                    }
                }
            }
        }
        report.write(out)?;
        Ok::<_, Unwritten>((all, unexpected))
    })?;
    if let Some(file) = file {
        let file = escape::text(&file.to_string_lossy());
        terminal.note(say!(
            language,
            "{file} is written; open it in a browser",
            "已写入 {file}；用浏览器打开它"
        ));
    }
    Ok(run::ending(terminal, unexpected, all))
}
