//! Terms used in problems: the types of values, and the purposes of names, with their words in both
//! languages.

use crate::diagnostic::suggest::nearest;
use crate::language::Language;
use crate::scenario::Side;

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A string.
    Text,
    /// A whole number.
    Number,
    /// A number with a fraction.
    Float,
    /// `true` or `false`.
    Boolean,
    /// A date or time.
    Date,
    /// An array.
    Array,
    /// A table.
    Table,
    /// Only as an expected type: a string or a table.
    TextOrTable,
    /// Only as an expected type: a number or a table.
    NumberOrTable,
    /// Only as an expected type: a number or `"length"`.
    NumberOrLength,
    /// Only as an expected type: a number, `"none"`, `"all"` or a table.
    Count,
}

/// What a name stands for, or what a group of keys is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// What a step does.
    Step,
    /// A socket option.
    Option,
    /// A transport.
    Transport,
    /// The fate of a boundary.
    BoundaryFate,
    /// The fate of a message.
    MessageFate,
    /// A framing.
    Framing,
    /// The encoding of a length.
    LengthCode,
    /// A fault.
    Fault,
    /// A condition to wait for.
    Condition,
    /// The role of sent bytes in a message.
    SendRole,
    /// The port to bind.
    Port,
    /// The socket to close.
    Socket,
    /// A payload.
    Payload,
    /// The result of a recv.
    Returned,
    /// A count.
    Count,
    /// The length of a recv.
    RecvLength,
    /// A claim.
    Claim,
    /// The verdict on a claim.
    Verdict,
    /// Where a claim is made.
    ClaimSource,
    /// A case of the catalogue.
    Scenario,
}

/// "Did you mean …", or the names that exist.
pub(super) fn instead(got: &str, known: &[&str], language: Language) -> String {
    match nearest(got, known.iter().copied()) {
        Some(near) => say!(language, "did you mean `{near}`?", "是不是 `{near}`？"),
        None => say!(
            language,
            ("there are {}", quoted(known, language)),
            ("可用的有 {}", quoted(known, language))
        ),
    }
}

pub(super) fn strs(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

/// The case that a name most likely means: a similar one, or one whose last part it is.
pub(super) fn instead_of_case(got: &str, known: &[&str], language: Language) -> String {
    let by_last_part = || {
        known
            .iter()
            .find(|name| name.rsplit('/').next() == Some(got))
    };
    match nearest(got, known.iter().copied()).or_else(|| by_last_part().copied()) {
        Some(near) => say!(language, "did you mean `{near}`?", "是不是 `{near}`？"),
        None => language
            .pick(
                "`sticky list` shows every name",
                "`sticky list` 列出所有名称",
            )
            .to_owned(),
    }
}

/// The most names in a list; every closed set has fewer.
const MOST_QUOTED: usize = 60;

/// A list of names in quotes.
pub(super) fn quoted(names: &[&str], language: Language) -> String {
    let few = names.iter().take(MOST_QUOTED);
    let mut quoted: Vec<_> = few.map(|name| format!("`{name}`")).collect();
    if names.len() > MOST_QUOTED {
        quoted.push("…".to_owned());
    }
    quoted.join(language.pick(", ", "、"))
}

/// A character in a form that can be shown.
pub(super) fn printable(character: char) -> String {
    if character.is_control() {
        character.escape_default().to_string()
    } else {
        character.to_string()
    }
}

pub(super) fn table_name(inside: &str, language: Language) -> String {
    if inside.is_empty() {
        language.pick("the file", "文件").to_owned()
    } else {
        say!(language, "`{inside}`", "`{inside}` ")
    }
}

/// An example for a missing key.
pub(super) fn example(key: &str, inside: &str, language: Language) -> String {
    let with = language.pick("with", "及");
    let value = match key {
        "server" | "client" => return format!("`[{key}]` {with} `steps = […]`"),
        "title" | "lesson" => {
            return format!("`[{key}]` {with} `en = \"…\"`, `zh = \"…\"`");
        }
        "label" | "why" | "condition" => "{ en = \"…\", zh = \"…\" }",
        "claim" if inside == "claim" => "{ en = \"…\", zh = \"…\" }",
        "claim" => return format!("`[[claim]]` {with} `name`, `claim`, `verdict`, …"),
        "verdict" => "\"false\"",
        "name" => "\"…\"",
        "scenarios" => "[\"sticky/back-to-back\"]",
        "steps" => "[…]",
        "times" => "400",
        "seed" => "1",
        "as" => "\"i32-native\"",
        _ => "…",
    };
    format!("`{key} = {value}`")
}

pub(super) const fn side_name(side: Side, language: Language) -> &'static str {
    match (side, language) {
        (Side::Server, Language::English) => "server",
        (Side::Server, Language::Chinese) => "服务端",
        (Side::Client, Language::English) => "client",
        (Side::Client, Language::Chinese) => "客户端",
    }
}

pub(super) const fn language_name(of: Language, language: Language) -> &'static str {
    match (of, language) {
        (Language::English, Language::English) => "English",
        (Language::English, Language::Chinese) => "英文",
        (Language::Chinese, Language::English) => "Chinese",
        (Language::Chinese, Language::Chinese) => "中文",
    }
}

pub(super) fn form(form: Form, language: Language) -> &'static str {
    let (en, zh) = match form {
        Form::Text => ("a string", "字符串"),
        Form::Number => ("a whole number", "整数"),
        Form::Float => ("a number with a fraction", "小数"),
        Form::Boolean => ("true or false", "布尔值"),
        Form::Date => ("a date or time", "日期或时间"),
        Form::Array => ("an array", "数组"),
        Form::Table => ("a table", "表"),
        Form::TextOrTable => ("a string or a table", "字符串或表"),
        Form::NumberOrTable => ("a number or a table", "整数或表"),
        Form::NumberOrLength => ("a number or \"length\"", "整数或 \"length\""),
        Form::Count => (
            "a number, \"none\", \"all\" or a table",
            "整数、\"none\"、\"all\" 或表",
        ),
    };
    language.pick(en, zh)
}

pub(super) fn form_example(form: Form, language: Language) -> &'static str {
    let (en, zh) = match form {
        Form::Text => ("it in quotes: `\"…\"`", "`\"…\"`（带引号）"),
        Form::Number => (
            "it in digits without quotes: `30`",
            "`30`（数字，不带引号）",
        ),
        Form::Float => ("`0.5`", "`0.5`"),
        Form::Boolean => (
            "`true` or `false` without quotes",
            "`true` 或 `false`（不带引号）",
        ),
        Form::Date => ("`2026-01-01`", "`2026-01-01`"),
        Form::Array => ("`[ …, … ]`", "`[ …, … ]`"),
        Form::Table => ("`{ … = … }`", "`{ … = … }`"),
        Form::TextOrTable => ("`\"…\"` or `{ … = … }`", "`\"…\"` 或 `{ … = … }`"),
        Form::NumberOrTable => (
            "`30` or `{ at-least = 1, at-most = 30 }`",
            "`30` 或 `{ at-least = 1, at-most = 30 }`",
        ),
        Form::NumberOrLength => ("`1024` or `\"length\"`", "`1024` 或 `\"length\"`"),
        Form::Count => (
            "`2`, `\"none\"`, `\"all\"` or `{ at-least = 1 }`",
            "`2`、`\"none\"`、`\"all\"` 或 `{ at-least = 1 }`",
        ),
    };
    language.pick(en, zh)
}

pub(super) fn named(what: Named, language: Language) -> &'static str {
    let (en, zh) = match what {
        Named::Step => ("step", "步骤"),
        Named::Option => ("socket option", "套接字选项"),
        Named::Transport => ("transport", "传输方式"),
        Named::BoundaryFate => ("boundary fate", "边界结局"),
        Named::MessageFate => ("message fate", "消息结局"),
        Named::Framing => ("framing", "成帧方式"),
        Named::LengthCode => ("length encoding", "长度编码"),
        Named::Fault => ("fault", "错误"),
        Named::Condition => ("state to wait for", "等待状态"),
        Named::SendRole => ("part of a message", "消息部分"),
        Named::Port => ("port to bind", "绑定端口"),
        Named::Socket => ("socket", "套接字"),
        Named::Payload => ("payload", "发送内容"),
        Named::Returned => ("result of a recv", "接收结果"),
        Named::Count => ("count", "数量"),
        Named::RecvLength => ("length of a recv", "接收长度"),
        Named::Claim => ("claim", "说法"),
        Named::Verdict => ("verdict", "结论"),
        Named::ClaimSource => ("source of the claim", "说法来源"),
        Named::Scenario => ("case", "用例"),
    };
    language.pick(en, zh)
}
