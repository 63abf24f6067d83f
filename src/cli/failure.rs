//! The errors of a command, as shown to the user.
//!
//! Promises: every message names the file or the argument, what is wrong with it, and the remedy.
//! "Not as expected" is not among them: it is a result, not a failure.

use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::system;
use crate::diagnostic::{self, ReportStyle, Shown, helped};
use crate::laboratory::odds::NoOdds;
use crate::language::Language;
use crate::render::{escape, words};
use crate::scenario::catalogue::SelectError;
use crate::scenario::claims::FindError;
use crate::scenario::read::Problems;
use crate::trace::json::ReadError;
use crate::trace::{Lack, Stop, StopReason, Trace};

/// Why a command failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// The reader of the data has closed the pipe, as it may.
    ClosedPipe,
    /// The data could not be written.
    Output {
        /// The output file; `None` is standard output.
        file: Option<PathBuf>,
        /// The error.
        error: io::Error,
    },
    /// A scenario was not found, or is not valid.
    Select(SelectError),
    /// The file of claims, or a scenario that no file holds, is not valid.
    File(Problems),
    /// No claim was found.
    Claim(FindError),
    /// The bytes to work on could not be read.
    Input {
        /// The input file; `-` is standard input.
        file: PathBuf,
        /// The error.
        error: io::Error,
    },
    /// An argument is not valid.
    Usage {
        /// Which argument, and what is wrong with it.
        message: String,
        /// The remedy.
        help: String,
    },
    /// A case has no odds.
    NoOdds {
        /// Its name.
        case: String,
        /// The reason.
        why: NoOdds,
    },
    /// A name means several cases, but one is needed.
    ManyCases {
        /// The name.
        name: String,
        /// The names of the cases.
        cases: Vec<String>,
    },
    /// No trial ran to its end.
    NoTrial {
        /// The name of the case.
        case: String,
        /// Why the first trial stopped.
        stop: Option<Stop>,
    },
    /// The machine lacks something that every replay needs.
    Machine {
        /// The case that was replayed.
        case: String,
        /// What is missing.
        lack: Lack,
        /// How the replay ended.
        reason: StopReason,
    },
    /// A file is not a trace.
    Trace {
        /// The file; `-` is standard input.
        file: PathBuf,
        /// The error.
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

    /// The trace, or a failure if the machine lacks something that every replay needs.
    pub(super) fn unless_machine(trace: Trace) -> Result<Trace, Self> {
        match trace.stopped_by_machine() {
            Some((lack, stop)) => Err(Self::Machine {
                case: trace.name.clone(),
                lack,
                reason: stop.reason.clone(),
            }),
            None => Ok(trace),
        }
    }

    /// The message; `None` if the reader has closed the pipe.
    pub(super) fn in_words(&self, style: ReportStyle) -> Option<Shown> {
        let language = style.language;
        match self {
            Self::ClosedPipe => None,
            Self::Output { file, error } => Some(unwritable(language, file.as_deref(), error)),
            Self::Select(error) => Some(error.render(style).trimmed()),
            Self::File(problems) => Some(problems.render(style).trimmed()),
            Self::Claim(error) => Some(error.render(style).trimmed()),
            Self::Input { file, error } => Some(diagnostic::error(
                language,
                unreadable(language, file, error),
            )),
            Self::Usage { message, help } => Some(helped(language, message, help)),
            Self::NoOdds { case, why } => Some(no_odds(language, case, why)),
            Self::ManyCases { name, cases } => Some(many_cases(language, name, cases)),
            Self::NoTrial { case, stop } => {
                let case = escape::text(case);
                let first = say!(
                    language,
                    "{case}: no trial ran to its end",
                    "{case}：没有一次试验跑到结束"
                );
                let why = stop.iter().flat_map(|stop| words::stop(language, stop));
                let why = why.map(|line| Shown::line(&format!("  {line}")));
                let lines = std::iter::once(first.into()).chain(why);
                Some(diagnostic::error(language, Shown::lines(lines)))
            }
            Self::Machine { case, lack, reason } => {
                let (case, reason) = (escape::text(case), words::stop_reason(language, reason));
                let message = say!(language, "{case}: {reason}", "{case}：{reason}");
                Some(helped(language, &message, words::remedy(language, *lack)))
            }
            Self::Trace { file, error } => Some(trace_error(style, file, error)),
        }
    }
}

/// Why data was not written.
pub(super) enum Unwritten {
    /// The target could not be written.
    Target(io::Error),
    /// There is no data.
    NoData(Failure),
}

impl From<io::Error> for Unwritten {
    fn from(error: io::Error) -> Self {
        Self::Target(error)
    }
}

impl From<Failure> for Unwritten {
    fn from(failure: Failure) -> Self {
        Self::NoData(failure)
    }
}

impl Unwritten {
    /// The failure for this target; `None` is standard output.
    pub(super) fn failed(self, target: Option<PathBuf>) -> Failure {
        match self {
            Self::Target(error) => Failure::output(target, error),
            Self::NoData(failure) => failure,
        }
    }
}

/// The cases that a name means, or the first few of them.
fn many_cases(language: Language, name: &str, cases: &[String]) -> Shown {
    const MOST: usize = 5;
    let name = escape::text(name);
    let named = cases.iter().take(MOST);
    let named: Vec<_> = named
        .map(|case| format!("`{}`", escape::text(case)))
        .collect();
    let named = named.join(language.pick(", ", "、"));
    let count = cases.len();
    let help = if count > MOST {
        say!(
            language,
            "name one: {named} …; `sticky list` shows all",
            "请只指定一个：{named} ……；`sticky list` 列出全部"
        )
    } else {
        say!(language, "name one: {named}", "请只指定一个：{named}")
    };
    let message = say!(
        language,
        "`{name}` stands for {count} cases, and one is needed",
        "`{name}` 对应 {count} 个用例，这里只要一个"
    );
    helped(language, message, help)
}

/// Why data could not be written, and where it can be written instead.
fn unwritable(language: Language, file: Option<&Path>, error: &io::Error) -> Shown {
    let why = system::in_words(language, error);
    if file.is_none() && error.kind() == io::ErrorKind::NotConnected {
        return helped(
            language,
            language.pick(
                "cannot write to standard output: it is closed",
                "无法写入标准输出：它是关闭的",
            ),
            language.pick(
                "leave out `>&-`, or send it to a file",
                "去掉 `>&-`，或改送到文件",
            ),
        );
    }
    let Some(file) = file else {
        return helped(
            language,
            say!(
                language,
                "cannot write to standard output: {why}",
                "无法写入标准输出：{why}"
            ),
            language.pick(
                "free some space there, or write to another place",
                "请在它通向的地方腾出空间，或改送到别处",
            ),
        );
    };
    let to = escape::text(&file.to_string_lossy());
    // If part of a long path is a file instead of a folder, name that part.
    let in_the_way = file.ancestors().skip(1).find(|part| part.is_file());
    let why = match in_the_way {
        Some(part) if error.kind() == io::ErrorKind::NotADirectory => {
            let part = escape::text(&part.to_string_lossy());
            say!(
                language,
                "{part} is a file, not a folder",
                "{part} 是文件，不是文件夹"
            )
        }
        Some(_) | None => why,
    };
    let help = match error.kind() {
        io::ErrorKind::NotFound => language.pick(
            "create its folder first, or name a file in another one",
            "请先建好它所在的文件夹，或换一个位置",
        ),
        io::ErrorKind::IsADirectory => {
            language.pick("name a file in this folder", "请写出这个文件夹里的文件名")
        }
        _ => language.pick("name another file or folder", "请换一个文件或文件夹"),
    };
    helped(
        language,
        say!(
            language,
            "cannot write to {to}: {why}",
            "无法写入 {to}：{why}"
        ),
        help,
    )
}

/// Cases that have odds.
pub(super) const FITTING: [&str; 4] = [
    "sticky/back-to-back",
    "sticky/delayed-receive",
    "sticky/nodelay",
    "fixes/third-message",
];

/// Why a case has no odds, and which cases have.
fn no_odds(language: Language, case: &str, why: &NoOdds) -> Shown {
    let case = escape::text(case);
    let why = match why {
        NoOdds::Transport(transport) => {
            let transport = words::transport(*transport);
            say!(
                language,
                "its first part is over {transport}; odds exist only for TCP",
                "它的第一部分走 {transport}，概率统计只适用于 TCP"
            )
        }
        NoOdds::TooFewMessages(count) => say!(
            language,
            "a boundary lies between two messages, and no side sends more than {count}",
            "有两条消息才有消息边界，而它没有哪一方发出超过 {count} 条"
        ),
        NoOdds::Connections(count) => say!(
            language,
            "it sends over {count} connections, each a stream of its own, and no boundary lies between two streams",
            "它在 {count} 条连接上发送，各是一条流，两条流之间没有消息边界"
        ),
        NoOdds::TooMuch { bytes, sends } => say!(
            language,
            "it sends {bytes} B in {sends} sends; a trial sends at most 1 MiB in 1000",
            "它分 {sends} 次发送 {bytes} 字节；一次试验最多 1000 次、1 MiB"
        ),
    };
    let message = say!(
        language,
        "{case} has no odds: {why}",
        "{case} 无法统计概率：{why}"
    );
    let [first, others @ ..] = FITTING;
    let others = others.map(|name| format!("`{name}`"));
    let others = others.join(language.pick(", ", "、"));
    let help = say!(
        language,
        "`sticky odds {first}`; {others} fit as well",
        "试试 `sticky odds {first}`；{others} 也可以"
    );
    helped(language, message, help)
}

/// The name of an input file in messages.
fn input_name(language: Language, file: &Path) -> String {
    if file.as_os_str() == "-" {
        language.pick("standard input", "标准输入").to_owned()
    } else {
        escape::text(&file.to_string_lossy())
    }
}

fn unreadable(language: Language, file: &Path, error: &io::Error) -> String {
    let (name, why) = (
        input_name(language, file),
        system::in_words(language, error),
    );
    say!(
        language,
        "cannot read {name}: {why}",
        "无法读取 {name}：{why}"
    )
}

fn trace_error(style: ReportStyle, file: &Path, error: &ReadError) -> Shown {
    let language = style.language;
    let name = input_name(language, file);
    let message = match error {
        ReadError::Malformed(malformed) => {
            return malformed.render(&name, style).trimmed();
        }
        ReadError::Io(error) => unreadable(language, file, error),
        ReadError::TooLarge
        | ReadError::NoCase
        | ReadError::Version { .. }
        | ReadError::Inconsistent { .. } => {
            let why = escape::text(&error.in_words(language));
            say!(language, "{name}: {why}", "{name}：{why}")
        }
    };
    let help = language.pick(
        "save a trace with `sticky run NAME --format json -o FILE`",
        "用 `sticky run 名称 --format json -o 文件` 保存轨迹",
    );
    helped(language, message, help)
}
