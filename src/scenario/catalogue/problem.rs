//! The problems of a selection, with their messages in both languages.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::report::{Location, report};
use crate::diagnostic::system;
use crate::diagnostic::{ReportStyle, Shown};
use crate::language::Language;
use crate::scenario::read::Problems;

/// The number of folder entries after which a walk is given up.
pub(super) const MAX_ENTRIES: usize = 100_000;

/// All problems of a selection; at least one.
#[derive(Debug)]
pub struct SelectError {
    pub(super) problems: Vec<SelectProblem>,
}

impl SelectError {
    /// The problems, in the order of the request.
    #[must_use]
    pub fn problems(&self) -> &[SelectProblem] {
        &self.problems
    }

    /// The problems, by value.
    #[must_use]
    pub fn into_problems(self) -> Vec<SelectProblem> {
        self.problems
    }

    /// The report, ending with a line break.
    #[must_use]
    pub fn render(&self, style: ReportStyle) -> Shown {
        Shown::lines(self.problems.iter().map(|problem| problem.render(style)))
    }
}

impl fmt::Display for SelectError {
    /// The report in English, without colours.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.render(ReportStyle::default()))
    }
}

impl std::error::Error for SelectError {}

/// One problem of a selection.
#[derive(Debug)]
#[non_exhaustive]
pub enum SelectProblem {
    /// A name that is neither in the catalogue nor a path.
    Unknown {
        /// The name asked for.
        got: String,
        /// Similar names.
        near: Vec<String>,
    },
    /// A shortened name that matches several cases.
    Ambiguous {
        /// The name asked for.
        got: String,
        /// The names that it matches.
        candidates: Vec<String>,
    },
    /// The operating system cannot read the file or folder.
    Unreadable {
        /// Its path.
        path: PathBuf,
        /// The error.
        error: io::Error,
    },
    /// Neither a file nor a folder.
    NotAFile {
        /// Its path.
        path: PathBuf,
    },
    /// A program, which is not a case.
    Program {
        /// Its path or name.
        path: PathBuf,
    },
    /// A folder without scenario files in it or below it.
    EmptyFolder {
        /// Its path.
        path: PathBuf,
    },
    /// A folder with too many entries to search.
    FolderTooLarge {
        /// Its path.
        path: PathBuf,
    },
    /// Two files with the same name.
    Duplicate {
        /// The name.
        name: String,
        /// The path of one file.
        first: String,
        /// The path of the other.
        second: String,
    },
    /// A scenario file with problems.
    File(Problems),
}

impl SelectProblem {
    pub(super) fn unreadable(path: &Path, error: &io::Error) -> Self {
        Self::Unreadable {
            path: path.to_owned(),
            // An `io::Error` cannot be cloned, and the closures here get only a reference.
            error: error
                .raw_os_error()
                .map_or_else(|| error.kind().into(), io::Error::from_raw_os_error),
        }
    }
}

impl SelectProblem {
    /// The report of this problem, ending with a line break.
    #[must_use]
    #[expect(
        clippy::too_many_lines,
        reason = "one arm for each problem, each of two sentences"
    )]
    pub fn render(&self, style: ReportStyle) -> Shown {
        let (title, help) = match self {
            Self::File(problems) => return problems.render(style),
            Self::Unknown { got, near } => (
                say!(
                    style.language,
                    "no case is called `{got}`, and no file either",
                    "没有名为 `{got}` 的用例，也没有这个文件"
                ),
                if near.is_empty() {
                    style
                        .language
                        .pick(
                            "`sticky list` shows every name",
                            "`sticky list` 列出所有名称",
                        )
                        .to_owned()
                } else {
                    let near = quoted(near, style.language);
                    say!(style.language, "did you mean {near}?", "是不是 {near}？")
                },
            ),
            Self::Ambiguous { got, candidates } => {
                let candidates = quoted(candidates, style.language);
                (
                    say!(
                        style.language,
                        "`{got}` fits several cases",
                        "`{got}` 对应不止一个用例"
                    ),
                    say!(
                        style.language,
                        "write one of {candidates}",
                        "请写明是哪一个：{candidates}"
                    ),
                )
            }
            Self::Unreadable { path, error } => {
                let (path, why) = (path.display(), system::in_words(style.language, error));
                (
                    say!(
                        style.language,
                        "cannot read `{path}`: {why}",
                        "无法读取 `{path}`：{why}"
                    ),
                    style
                        .language
                        .pick(
                            "check that it exists and may be read",
                            "请确认它存在并且可读",
                        )
                        .to_owned(),
                )
            }
            Self::NotAFile { path } => {
                let path = path.display();
                (
                    say!(
                        style.language,
                        "`{path}` is neither a file nor a folder",
                        "`{path}` 既不是文件也不是文件夹"
                    ),
                    style
                        .language
                        .pick(
                            "give a `.toml` file, or a folder with such files",
                            "请给出 `.toml` 文件，或含有这种文件的文件夹",
                        )
                        .to_owned(),
                )
            }
            Self::Program { path } => {
                let path = path.display();
                (
                    say!(
                        style.language,
                        "`{path}` is a program, and a case is a `.toml` file",
                        "`{path}` 是程序，而用例是 `.toml` 文件"
                    ),
                    style
                        .language
                        .pick(
                            "send its words with `sticky try 你好 张三`, write them down as a case \
                             with `sticky new mine.toml`, or take apart bytes that it received \
                             with `sticky decode --guess FILE`",
                            "用 `sticky try 你好 张三` 发送同样的话，用 `sticky new mine.toml` \
                             写成用例，或用 `sticky decode --guess 文件` 拆开它收到的字节",
                        )
                        .to_owned(),
                )
            }
            Self::EmptyFolder { path } => {
                let path = path.display();
                (
                    say!(
                        style.language,
                        "there is no `.toml` file in `{path}`",
                        "`{path}` 下没有 `.toml` 文件"
                    ),
                    style
                        .language
                        .pick(
                            "give a folder with scenario files",
                            "请给出含有场景文件的文件夹",
                        )
                        .to_owned(),
                )
            }
            Self::FolderTooLarge { path } => {
                let path = path.display();
                (
                    say!(
                        style.language,
                        "`{path}` holds too much: more than {MAX_ENTRIES} entries",
                        "`{path}` 下的内容太多：超过 {MAX_ENTRIES} 项"
                    ),
                    style
                        .language
                        .pick(
                            "give the folder of the scenario files itself",
                            "请直接给出场景文件所在的文件夹",
                        )
                        .to_owned(),
                )
            }
            Self::Duplicate {
                name,
                first,
                second,
            } => (
                say!(
                    style.language,
                    "two files are called `{name}`: `{first}` and `{second}`",
                    "两个文件都叫 `{name}`：`{first}` 和 `{second}`"
                ),
                style
                    .language
                    .pick(
                        "rename one; a name is made of the folder and the file",
                        "请给其中一个改名；名称由文件夹名和文件名组成",
                    )
                    .to_owned(),
            ),
        };
        report(&title.into(), &help.into(), &Location::Nowhere, style)
    }
}

/// A list of names in quotes.
fn quoted(names: &[String], language: Language) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(language.pick(", ", "、"))
}
