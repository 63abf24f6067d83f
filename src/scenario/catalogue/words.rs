//! The messages for problems of a selection, in both languages.

use super::files::MAX_ENTRIES;
use super::select::SelectProblem;
use crate::diagnostic::report::{Place, report};
use crate::diagnostic::{ReportStyle, Shown};
use crate::language::Language;
use crate::scenario::system;

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
        report(&title.into(), &help.into(), &Place::Nowhere, style)
    }
}

/// A list of names in quotes.
fn quoted(names: &[String], language: Language) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(language.pick(", ", "、"))
}
