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
    pub fn render(&self, style: ReportStyle) -> Shown {
        let pick = |en: String, zh: String| style.language.pick(en, zh);
        let (title, help) = match self {
            Self::File(problems) => return problems.render(style),
            Self::Unknown { got, near } => (
                pick(
                    format!("no case is called `{got}`, and no file either"),
                    format!("没有名为 `{got}` 的用例，也没有这个文件"),
                ),
                if near.is_empty() {
                    pick(
                        "`sticky list` shows every name".to_owned(),
                        "`sticky list` 列出所有名称".to_owned(),
                    )
                } else {
                    let near = quoted(near, style.language);
                    pick(format!("did you mean {near}?"), format!("是不是 {near}？"))
                },
            ),
            Self::Ambiguous { got, candidates } => {
                let candidates = quoted(candidates, style.language);
                (
                    pick(
                        format!("`{got}` fits several cases"),
                        format!("`{got}` 对应不止一个用例"),
                    ),
                    pick(
                        format!("write one of {candidates}"),
                        format!("请写明是哪一个：{candidates}"),
                    ),
                )
            }
            Self::Unreadable { path, error } => {
                let (path, why) = (path.display(), system::in_words(style.language, error));
                (
                    pick(
                        format!("cannot read `{path}`: {why}"),
                        format!("无法读取 `{path}`：{why}"),
                    ),
                    pick(
                        "check that it exists and may be read".to_owned(),
                        "请确认它存在并且可读".to_owned(),
                    ),
                )
            }
            Self::NotAFile { path } => {
                let path = path.display();
                (
                    pick(
                        format!("`{path}` is neither a file nor a folder"),
                        format!("`{path}` 既不是文件也不是文件夹"),
                    ),
                    pick(
                        "give a `.toml` file, or a folder with such files".to_owned(),
                        "请给出 `.toml` 文件，或含有这种文件的文件夹".to_owned(),
                    ),
                )
            }
            Self::EmptyFolder { path } => {
                let path = path.display();
                (
                    pick(
                        format!("no `.toml` file is below `{path}`"),
                        format!("`{path}` 下没有 `.toml` 文件"),
                    ),
                    pick(
                        "give a folder with scenario files".to_owned(),
                        "请给出含有场景文件的文件夹".to_owned(),
                    ),
                )
            }
            Self::FolderTooLarge { path } => {
                let path = path.display();
                (
                    pick(
                        format!("too much lies below `{path}`: more than {MAX_ENTRIES} entries"),
                        format!("`{path}` 下的内容太多：超过 {MAX_ENTRIES} 项"),
                    ),
                    pick(
                        "give the folder of the scenario files itself".to_owned(),
                        "请直接给出场景文件所在的文件夹".to_owned(),
                    ),
                )
            }
            Self::Duplicate {
                name,
                first,
                second,
            } => (
                pick(
                    format!("two files are called `{name}`: `{first}` and `{second}`"),
                    format!("两个文件都叫 `{name}`：`{first}` 和 `{second}`"),
                ),
                pick(
                    "rename one; a name is made of the folder and the file".to_owned(),
                    "请给其中一个改名；名称由文件夹名和文件名组成".to_owned(),
                ),
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
