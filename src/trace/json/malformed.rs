//! What is wrong, and where, with a file that is not the JSON of a trace.
//!
//! The parser reports the kind of mistake and where it stopped. The explanation is written here, in
//! both languages. The parser's own message is English; it comes last, in brackets, if it adds
//! something.
//!
//! Promises: quotes at most a part of one line of the file.

use std::fmt;

use serde_json::error::Category;

use crate::diagnostic::report::{Excerpt, Location, report};
use crate::diagnostic::{ReportStyle, Shown};
use crate::language::Language;

/// The longest beginning of a line that is shown, in bytes.
const MOST_BEFORE: usize = 1 << 16;
/// How much of the line is kept after the position, in bytes.
const MOST_BEHIND: usize = 200;

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    mistake: Mistake,
    /// The line number, from 1; the column, from 1, counts characters.
    line: usize,
    column: usize,
    /// The line, and the byte in it where the mistake begins; `None` if the line is too long.
    excerpt: Option<(String, usize)>,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Mistake {
    /// The file is empty.
    Empty,
    /// It begins with this byte; a trace begins with a brace.
    Beginning(u8),
    /// It is not JSON; the parser's message.
    Syntax(String),
    /// It ends in the middle.
    EndsEarly,
    /// It is JSON of another shape; the parser's message.
    Form(String),
}

impl Malformed {
    /// What the first bytes of a file already show to be wrong; `None` if a trace may begin so.
    /// `is_all` says whether the file ends after them.
    pub(super) fn beginning(bytes: &[u8], is_all: bool) -> Option<Self> {
        match bytes.iter().position(|byte| !byte.is_ascii_whitespace()) {
            Some(at) if bytes[at] == b'{' => None,
            Some(at) => Some(Self::at(Mistake::Beginning(bytes[at]), bytes, at)),
            None if is_all => Some(Self::at(Mistake::Empty, bytes, 0)),
            None => {
                let at = bytes.len().saturating_sub(1);
                let byte = bytes.last().copied().unwrap_or(b' ');
                Some(Self::at(Mistake::Beginning(byte), bytes, at))
            }
        }
    }

    /// The mistake that the parser found in `bytes`.
    pub(super) fn found(error: &serde_json::Error, bytes: &[u8]) -> Self {
        let end = bytes.trim_ascii_end().len();
        // The position is shown separately, so it is cut off the message.
        let words = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        let words = words.strip_suffix(&place).unwrap_or(&words).to_owned();
        let mistake = match error.classify() {
            Category::Eof => return Self::at(Mistake::EndsEarly, bytes, end),
            Category::Syntax | Category::Io => Mistake::Syntax(words),
            Category::Data => Mistake::Form(words),
        };
        let lines = bytes.split_inclusive(|&byte| byte == b'\n');
        let before = lines.take(error.line().saturating_sub(1));
        let line_start = before.map(<[u8]>::len).sum::<usize>();
        // The parser's columns are bytes from 1, or 0 before the first of a line.
        let at = line_start + error.column().saturating_sub(1);
        Self::at(mistake, bytes, at.min(end))
    }

    fn at(mistake: Mistake, bytes: &[u8], at: usize) -> Self {
        let is_inside = |byte: u8| byte & 0b1100_0000 == 0b1000_0000;
        let before = &bytes[..at];
        let begin = before
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |end| end + 1);
        // A character has at most three bytes after its first.
        let back = (bytes[begin..(at + 1).min(bytes.len())].iter().rev())
            .take_while(|&&byte| is_inside(byte))
            .count();
        let at = at
            .saturating_sub(if back <= 3 { back } else { 0 })
            .max(begin);
        let front = String::from_utf8_lossy(&bytes[begin..at]);
        let behind = &bytes[at..bytes.len().min(at + MOST_BEHIND)];
        let behind = behind.split(|&byte| byte == b'\n').next().unwrap_or(&[]);
        let excerpt = (at - begin <= MOST_BEFORE).then(|| {
            let line = format!("{front}{}", String::from_utf8_lossy(behind));
            (line, front.len())
        });
        Self {
            mistake,
            line: before.split(|&byte| byte == b'\n').count(),
            column: front.chars().count() + 1,
            excerpt,
        }
    }

    /// What is wrong, in one sentence, if it is known.
    fn title(&self, language: Language) -> String {
        match &self.mistake {
            Mistake::Empty => language
                .pick("not a trace: the file is empty", "不是轨迹文件：文件是空的")
                .to_owned(),
            Mistake::Beginning(byte) => {
                let byte = shown(*byte, language);
                say!(
                    language,
                    "not a trace: it begins with {byte}, and a trace with `{{`",
                    "不是轨迹文件：开头是{byte}，而轨迹文件以 `{{` 开头"
                )
            }
            Mistake::Syntax(words) => say!(
                language,
                "not a trace: this is not JSON ({words})",
                "不是轨迹文件：这里不符合 JSON 语法（{words}）"
            ),
            Mistake::EndsEarly => language
                .pick(
                    "the trace is cut off: the file ends too early",
                    "轨迹不完整：文件提前结束",
                )
                .to_owned(),
            Mistake::Form(words) => say!(
                language,
                "not a trace: this JSON does not have the form of one ({words})",
                "不是轨迹文件：是 JSON，但到此处为止的形式不对（{words}）"
            ),
        }
    }

    /// The report: what is wrong, where, and the remedy. Ends with a line break.
    #[must_use]
    pub fn render(&self, path: &str, style: ReportStyle) -> Shown {
        let help = style.language.pick(
            "save it again with `sticky run NAME --format json -o FILE`",
            "用 `sticky run 名称 --format json -o 文件` 重新写出",
        );
        let place = match &self.excerpt {
            Some((text, at)) => {
                let character = text[*at..].chars().next();
                let end = character.map_or(*at, |c| at + c.len_utf8());
                Location::In(Excerpt {
                    path,
                    line: self.line,
                    text,
                    primary: *at..end,
                    also: None,
                })
            }
            None => Location::At {
                path,
                line: self.line,
                column: self.column,
            },
        };
        let title = self.title(style.language);
        report(&title.into(), &help.into(), &place, style)
    }

    /// The same on one line, without the excerpt.
    #[must_use]
    pub fn in_words(&self, language: Language) -> String {
        let (line, column) = (self.line, self.column);
        let title = self.title(language);
        say!(
            language,
            "line {line}, column {column}: {title}",
            "第 {line} 行第 {column} 列：{title}"
        )
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.in_words(Language::English))
    }
}

/// A byte, shown as a character if it is printable.
fn shown(byte: u8, language: Language) -> String {
    if byte.is_ascii_graphic() {
        let byte = char::from(byte);
        say!(language, "`{byte}`", " `{byte}`")
    } else if byte.is_ascii_whitespace() {
        language
            .pick("nothing but white space", "一大段空白")
            .to_owned()
    } else {
        say!(language, "the byte {byte:02x}", "字节 {byte:02x}")
    }
}
