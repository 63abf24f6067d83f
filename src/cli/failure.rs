//! Why a command could not do its work.
//!
//! Promises: every message names the file or the argument, says what is wrong
//! with it, and what would help. None of these is the answer "not as expected",
//! which is an answer and not a failure.

use std::io;
use std::path::{Path, PathBuf};

use colored::Colorize;

use super::terminal::{self, Terminal};
use crate::language::Language;
use crate::render::{escape, words};
use crate::scenario::catalogue::SelectError;
use crate::scenario::claims::FindError;
use crate::scenario::odds::NoOdds;
use crate::scenario::read::{Problems, ReportStyle};
use crate::trace::Stop;
use crate::trace::json::ReadError;

/// Why a command could not do its work.
#[derive(Debug)]
pub(super) enum Failure {
    /// Whoever read the data has gone, which is their good right.
    ClosedPipe,
    /// The data could not be written.
    Output {
        /// To which file; none is standard output.
        file: Option<PathBuf>,
        /// Why.
        error: io::Error,
    },
    /// A scenario was not found, or is not valid.
    Select(SelectError),
    /// The file of claims is not valid.
    Claims(Problems),
    /// No claim was found.
    Claim(FindError),
    /// The bytes to work on could not be read.
    Input {
        /// From which file; `-` is standard input.
        file: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// An argument is not what it should be.
    Usage {
        /// What is wrong with which.
        message: String,
        /// What would do.
        help: String,
    },
    /// A case has no odds.
    NoOdds {
        /// Its name.
        case: String,
        /// Why.
        why: NoOdds,
    },
    /// A name stands for several cases where one is wanted.
    ManyCases {
        /// The name.
        name: String,
    },
    /// Not one trial came to its end.
    NoTrial {
        /// Of which case.
        case: String,
        /// Why the first did not.
        stop: Option<Stop>,
    },
    /// A file is not a trace.
    Trace {
        /// Which; `-` is standard input.
        file: PathBuf,
        /// Why.
        error: ReadError,
    },
}

impl Failure {
    /// A failure to write to standard output.
    pub(super) fn stdout(error: io::Error) -> Self {
        Self::output(None, error)
    }

    /// A failure to write data.
    pub(super) fn output(file: Option<PathBuf>, error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::ClosedPipe
        } else {
            Self::Output { file, error }
        }
    }

    /// What to say of it; nothing where the reader has gone.
    pub(super) fn in_words(&self, terminal: Terminal) -> Option<String> {
        let language = terminal.language;
        match self {
            Self::ClosedPipe => None,
            Self::Output { file, error } => {
                let to = file.as_ref().map_or_else(
                    || language.pick("standard output", "标准输出").to_owned(),
                    |file| escape::text(&file.to_string_lossy()),
                );
                let why = io_error(language, error);
                Some(error_line(
                    language,
                    &language.pick(
                        format!("cannot write to {to}: {why}"),
                        format!("无法写入 {to}：{why}"),
                    ),
                ))
            }
            Self::Select(error) => Some(trimmed(&error.render(report_style(language)))),
            Self::Claims(problems) => Some(trimmed(&problems.render(report_style(language)))),
            Self::Claim(error) => Some(trimmed(&error.render(report_style(language)))),
            Self::Input { file, error } => {
                Some(error_line(language, &unreadable(language, file, error)))
            }
            Self::Usage { message, help } => {
                let word = language.pick("help:", "修正:").green();
                Some(format!("{}\n{word} {help}", error_line(language, message)))
            }
            Self::NoOdds { case, why } => Some(no_odds(language, case, why)),
            Self::ManyCases { name } => {
                let name = escape::text(name);
                Some(error_line(
                    language,
                    &language.pick(
                        format!("`{name}` stands for several cases; name one"),
                        format!("`{name}` 对应多个用例，请只指定一个"),
                    ),
                ))
            }
            Self::NoTrial { case, stop } => {
                let case = escape::text(case);
                let first = language.pick(
                    format!("{case}: not one trial came to its end"),
                    format!("{case}：没有一次试验跑到结束"),
                );
                let why = stop.iter().flat_map(|stop| words::stop(language, stop));
                let lines: Vec<String> = std::iter::once(first).chain(why).collect();
                Some(error_line(language, &lines.join("\n  ")))
            }
            Self::Trace { file, error } => Some(trace_error(language, file, error)),
        }
    }
}

fn report_style(language: Language) -> ReportStyle {
    ReportStyle {
        language,
        colour: true,
        width: terminal::message_columns(),
    }
}

fn trimmed(report: &str) -> String {
    report.trim_end().to_owned()
}

/// `message` behind the word that marks an error.
pub(super) fn error_line(language: Language, message: &str) -> String {
    let word = language.pick("error:", "错误:").red().bold();
    format!("{word} {message}")
}

/// Cases that have odds.
pub(super) const FITTING: [&str; 4] = [
    "sticky/back-to-back",
    "sticky/delayed-receive",
    "sticky/nodelay",
    "fixes/third-message",
];

/// Why a case has no odds, and which has.
fn no_odds(language: Language, case: &str, why: &NoOdds) -> String {
    let case = escape::text(case);
    let why = match why {
        NoOdds::Transport(transport) => {
            let transport = words::transport(*transport);
            language.pick(
                format!("its first part is over {transport}; odds are told of TCP"),
                format!("它的第一部分走 {transport}，概率统计只适用于 TCP"),
            )
        }
        NoOdds::TooFewMessages(count) => language.pick(
            format!("a boundary lies between two messages, and no side sends more than {count}"),
            format!("有两条消息才有消息边界，而它没有哪一方发出超过 {count} 条"),
        ),
        NoOdds::Connections(count) => language.pick(
            format!("it sends over {count} connections, each a stream of its own, and no boundary lies between two streams"),
            format!("它在 {count} 条连接上发送，各是一条流，两条流之间没有消息边界"),
        ),
        NoOdds::TooMuch { bytes, sends } => language.pick(
            format!("it sends {bytes} B in {sends} sends; a trial sends at most 1 MiB in 1000"),
            format!("它分 {sends} 次发送 {bytes} 字节；一次试验最多 1000 次、1 MiB"),
        ),
    };
    let message = language.pick(
        format!("{case} has no odds: {why}"),
        format!("{case} 无法统计概率：{why}"),
    );
    let [first, others @ ..] = FITTING;
    let others = others.map(|name| format!("`{name}`"));
    let others = others.join(language.pick(", ", "、"));
    let help = language.pick(
        format!("help: `sticky odds {first}`; {others} fit as well"),
        format!("修正: 试试 `sticky odds {first}`；{others} 也可以"),
    );
    format!("{}\n{help}", error_line(language, &message))
}

/// What a file of input is called.
fn input_name(language: Language, file: &Path) -> String {
    if file.as_os_str() == "-" {
        language.pick("standard input", "标准输入").to_owned()
    } else {
        escape::text(&file.to_string_lossy())
    }
}

fn unreadable(language: Language, file: &Path, error: &io::Error) -> String {
    let (name, why) = (input_name(language, file), io_error(language, error));
    language.pick(
        format!("cannot read {name}: {why}"),
        format!("无法读取 {name}：{why}"),
    )
}

fn trace_error(language: Language, file: &Path, error: &ReadError) -> String {
    let name = input_name(language, file);
    let message = match error {
        ReadError::Io(error) => unreadable(language, file, error),
        ReadError::TooLarge
        | ReadError::Json(_)
        | ReadError::Version { .. }
        | ReadError::Inconsistent { .. } => {
            format!("{name}: {}", escape::text(&error.in_words(language)))
        }
    };
    let help = language.pick(
        "help: save a trace with `sticky run NAME --format json -o FILE`",
        "修正: 用 `sticky run 名称 --format json -o 文件` 保存轨迹",
    );
    format!("{}\n{help}", error_line(language, &message))
}

/// What the system says, in the language asked for where it is common.
pub(super) fn io_error(language: Language, error: &io::Error) -> String {
    let known = match error.kind() {
        io::ErrorKind::NotFound => {
            Some(("there is no such file or folder", "没有这个文件或文件夹"))
        }
        io::ErrorKind::PermissionDenied => Some(("permission denied", "没有权限")),
        io::ErrorKind::IsADirectory => Some(("it is a folder", "这是一个文件夹")),
        io::ErrorKind::NotADirectory => Some((
            "something on the way to it is not a folder",
            "路径中有一段不是文件夹",
        )),
        io::ErrorKind::StorageFull => Some(("no space is left", "磁盘空间不足")),
        io::ErrorKind::ReadOnlyFilesystem => {
            Some(("the file system is read-only", "文件系统是只读的"))
        }
        _ => None,
    };
    known.map_or_else(
        || error.to_string(),
        |(english, chinese)| language.pick(english, chinese).to_owned(),
    )
}
