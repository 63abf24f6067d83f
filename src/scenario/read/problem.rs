//! All kinds of problems that a scenario file or a file of claims can have, with their messages in
//! both languages.
//!
//! Promises: every problem has its position, what was found and what was expected.

use std::ops::Range;

use super::limits::{MAX_FILE_BYTES, MAX_PAYLOAD_BYTES, MAX_STEPS};
use super::script_problem::ScriptProblem;
use super::syntax;
use super::terms::{
    Form, Named, example, form, form_example, instead, instead_of_case, language_name, named,
    printable, quoted, strs, table_name,
};
use crate::diagnostic::shell;
use crate::framing::{ErrorKind, UnknownFraming};
use crate::language::Language;

/// One problem of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The position: byte offsets into the file's text. Empty if something is missing there.
    pub span: Range<usize>,
    /// A second position that belongs to the problem, if there is one.
    pub also: Option<Range<usize>>,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// What is wrong. Exhaustive on purpose: the tests name each member, and have a file that shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// The file is not UTF-8; this is its first bad byte.
    NotUtf8 {
        /// The byte.
        byte: u8,
    },
    /// The file is longer than [`MAX_FILE_BYTES`].
    FileTooLarge {
        /// Its length in bytes.
        bytes: u64,
    },
    /// A saved trace instead of a scenario.
    SavedTrace {
        /// The file's path as the user wrote it.
        path: String,
    },
    /// Not TOML.
    Syntax {
        /// The message of the TOML parser, in English.
        message: String,
    },
    /// A key that is not known in this table.
    UnknownKey {
        /// The key.
        got: String,
        /// The name of the table; empty for the file itself.
        inside: &'static str,
        /// The keys that are known there.
        known: &'static [&'static str],
    },
    /// A key that is required.
    MissingKey {
        /// The key.
        key: &'static str,
        /// The name of the table; empty for the file itself.
        inside: &'static str,
    },
    /// A text without one of its two languages.
    MissingTranslation {
        /// The language that is missing.
        language: Language,
        /// The text.
        of: &'static str,
    },
    /// A text, list or block with nothing in it.
    Empty {
        /// Its key.
        key: &'static str,
    },
    /// A text with more characters than it may have.
    TooLong {
        /// The text.
        of: &'static str,
        /// How many characters it has.
        characters: usize,
        /// How many it may have.
        most: usize,
    },
    /// A character that acts on a terminal (a control character, or a bidirectional mark) in a
    /// text for people.
    ControlCharacter {
        /// The character.
        got: char,
        /// The text.
        of: &'static str,
    },
    /// A value of the wrong type.
    WrongType {
        /// The type found.
        got: Form,
        /// The type expected.
        wanted: Form,
    },
    /// A name that is not in a closed set.
    UnknownName {
        /// What the name should stand for.
        what: Named,
        /// The name.
        got: String,
        /// The names in the set.
        known: Vec<String>,
    },
    /// None or several of a group of keys of which exactly one is required.
    NotExactlyOne {
        /// What the keys are for.
        what: Named,
        /// The keys found.
        got: Vec<String>,
        /// The keys in the group.
        known: Vec<String>,
    },
    /// Two keys that exclude each other.
    Clash {
        /// One key.
        first: &'static str,
        /// The other key.
        second: &'static str,
    },
    /// A modifier that belongs to another step.
    WrongModifier {
        /// The modifier.
        got: String,
        /// The step it was found at.
        step: &'static str,
        /// The modifiers of that step.
        known: &'static [&'static str],
    },
    /// `listen = false`, or the like.
    NotDone {
        /// The step.
        step: &'static str,
    },
    /// A number outside its range.
    OutOfRange {
        /// The number as written.
        got: String,
        /// The smallest number allowed.
        least: u64,
        /// The greatest number allowed.
        most: u64,
    },
    /// A range that no number can be in.
    EmptyRange {
        /// `at-least`.
        least: u64,
        /// `at-most`.
        most: u64,
    },
    /// A character in hex that is not a hex digit.
    BadHexDigit {
        /// The character.
        got: char,
    },
    /// A group with an odd number of hex digits.
    OddHex {
        /// The number of digits.
        digits: usize,
    },
    /// A value that is not a SHA-256 in hex.
    BadDigest {
        /// The number of characters.
        characters: usize,
    },
    /// A value that is not a duration.
    BadDuration {
        /// The value.
        got: String,
    },
    /// A duration outside its range (1 µs to [`super::MAX_DEADLINE`]).
    DurationOutOfRange {
        /// The value.
        got: String,
    },
    /// A payload longer than [`MAX_PAYLOAD_BYTES`].
    PayloadTooLarge {
        /// Its length in bytes.
        bytes: u64,
    },
    /// The file's payloads together are longer than [`MAX_PAYLOAD_BYTES`].
    TooMuchPayload {
        /// Their length in bytes up to here, after repeats.
        bytes: u64,
    },
    /// More steps than [`MAX_STEPS`].
    TooManySteps {
        /// The number of steps up to here, after repeats.
        steps: u64,
    },
    /// A length that its encoding cannot write.
    LengthDoesNotFit {
        /// The length.
        length: u64,
        /// The encoding.
        code: &'static str,
    },
    /// A payload that its framing rejects.
    FramingRefuses {
        /// The framing.
        framing: String,
        /// The payload's length in bytes.
        bytes: u64,
        /// The framing's error.
        fault: ErrorKind,
    },
    /// `bytes` counts the characters of the text beside it.
    LengthInCharacters {
        /// The length stated, which is the number of characters.
        got: u64,
        /// The length in bytes.
        wanted: u64,
    },
    /// `bytes` is not the length of what stands beside it.
    LengthDisagrees {
        /// The length stated.
        got: u64,
        /// The length in bytes.
        wanted: u64,
    },
    /// A boundary's key that is not a stream offset.
    NotAnOffset {
        /// The key.
        got: String,
    },
    /// A boundary stated twice.
    DuplicateBoundary {
        /// Its stream offset.
        at: u64,
    },
    /// No expectation is stated.
    NoExpectation,
    /// Neither `replays` nor `about`.
    NoSource,
    /// `[[part]]` next to a key that belongs into a part.
    MixedParts {
        /// The key that belongs into a part.
        got: &'static str,
    },
    /// A name of a claim, or of a case beside a claim, that occurs a second time.
    Duplicate {
        /// What it names.
        what: Named,
        /// The name.
        got: String,
    },
    /// A claim's name that is not lower-case words joined by hyphens.
    NotKebabCase {
        /// The name.
        got: String,
    },
    /// A condition with a verdict that takes none.
    StrayCondition {
        /// The verdict.
        verdict: &'static str,
    },
    /// A problem that only the scripts together show.
    Scripts(ScriptProblem),
}

impl ProblemKind {
    /// Whether the problem is reliable in a file with syntax errors, where a missing key may only
    /// have been misread.
    pub(super) const fn stands_alone(&self) -> bool {
        match self {
            Self::NotUtf8 { .. }
            | Self::FileTooLarge { .. }
            | Self::SavedTrace { .. }
            | Self::Syntax { .. }
            | Self::UnknownKey { .. }
            | Self::TooLong { .. }
            | Self::ControlCharacter { .. }
            | Self::WrongType { .. }
            | Self::UnknownName { .. }
            | Self::WrongModifier { .. }
            | Self::NotDone { .. }
            | Self::OutOfRange { .. }
            | Self::EmptyRange { .. }
            | Self::BadHexDigit { .. }
            | Self::OddHex { .. }
            | Self::BadDigest { .. }
            | Self::BadDuration { .. }
            | Self::DurationOutOfRange { .. }
            | Self::PayloadTooLarge { .. }
            | Self::LengthInCharacters { .. }
            | Self::LengthDisagrees { .. }
            | Self::NotAnOffset { .. }
            | Self::DuplicateBoundary { .. } => true,
            Self::MissingKey { .. }
            | Self::MissingTranslation { .. }
            | Self::Empty { .. }
            | Self::NotExactlyOne { .. }
            | Self::Clash { .. }
            | Self::TooMuchPayload { .. }
            | Self::TooManySteps { .. }
            | Self::FramingRefuses { .. }
            | Self::LengthDoesNotFit { .. }
            | Self::NoExpectation
            | Self::NoSource
            | Self::MixedParts { .. }
            | Self::Duplicate { .. }
            | Self::NotKebabCase { .. }
            | Self::StrayCondition { .. }
            | Self::Scripts(_) => false,
        }
    }
}

impl ProblemKind {
    /// What is wrong, and the remedy; one line each.
    #[expect(
        clippy::too_many_lines,
        reason = "one arm for each problem, each of two sentences"
    )]
    pub(super) fn words(&self, language: Language) -> (String, String) {
        match self {
        Self::NotUtf8 { byte } => (
            say!(language, "the file is not UTF-8: byte {byte:#04x} is not valid here", "文件不是 UTF-8：这里不能出现字节 {byte:#04x}"),
            language.pick("save the file as UTF-8", "请把文件另存为 UTF-8 编码").to_owned(),
        ),
        Self::FileTooLarge { bytes } => (
            say!(language, "the file is too large: {bytes} bytes, and {MAX_FILE_BYTES} are the limit", "文件太大：{bytes} 字节，上限是 {MAX_FILE_BYTES} 字节"),
            language.pick("describe large payloads instead of spelling them out: `{ repeat = \"…\", times = 1000 }` or `{ random = 65536, seed = 1 }`", "大的内容不必逐字写出，可写 `{ repeat = \"…\", times = 1000 }` 或 `{ random = 65536, seed = 1 }`").to_owned(),
        ),
        Self::SavedTrace { path } => saved_trace(path, language),
        Self::Syntax { message } => syntax::words(message, language),
        Self::UnknownKey { got, inside, known } => (
            say!(language, ("unknown key `{got}` in {}", table_name(inside, language)), ("{}里没有 `{got}` 这个键", table_name(inside, language))),
            instead(got, known, language),
        ),
        Self::MissingKey { key, inside } => (
            say!(language, ("`{key}` is missing in {}", table_name(inside, language)), ("{}缺少 `{key}`", table_name(inside, language))),
            say!(language, ("add {}", example(key, inside, language)), ("请加上 {}", example(key, inside, language))),
        ),
        Self::MissingTranslation { language: missing, of } => (
            say!(language, ("`{of}` has no {} text", language_name(*missing, language)), ("`{of}` 缺少{}文本", language_name(*missing, language))),
            say!(language, ("add `{} = \"…\"`: both languages are required", missing.code()), ("请加上 `{} = \"…\"`，两种语言都必须有", missing.code())),
        ),
        Self::Empty { key } => (
            say!(language, "`{key}` is empty", "`{key}` 是空的"),
            language.pick("put something in it", "请填上内容").to_owned(),
        ),
        Self::TooLong { of, characters, most } => (
            say!(
                language,
                "`{of}` has {characters} characters, and {most} are the limit",
                "`{of}` 有 {characters} 个字符，上限是 {most}"
            ),
            language.pick("make it shorter", "请写短一些").to_owned(),
        ),
        Self::ControlCharacter { got, of } => (
            say!(language, ("control character U+{:04X} in `{of}`", u32::from(*got)), ("`{of}` 里有控制字符 U+{:04X}", u32::from(*got))),
            language.pick("remove it; only a lesson may have several lines", "请删除；只有 lesson 可以有多行").to_owned(),
        ),
        Self::WrongType { got, wanted } => (
            say!(language, ("expected {}, got {}", form(*wanted, language), form(*got, language)), ("这里要写{}，写的却是{}", form(*wanted, language), form(*got, language))),
            say!(language, ("write {}", form_example(*wanted, language)), ("请写成 {}", form_example(*wanted, language))),
        ),
        Self::UnknownName { what, got, known } => (
            say!(language, ("unknown {} `{got}`", named(*what, language)), ("没有名为 `{got}` 的{}", named(*what, language))),
            if *what == Named::Scenario {
                instead_of_case(got, &strs(known), language)
            } else if *what == Named::Framing
                && let Some(family) = UnknownFraming(got.clone()).family(language)
            {
                family
            } else {
                instead(got, &strs(known), language)
            },
        ),
        Self::NotExactlyOne { what, got, known } => {
            not_exactly_one(*what, got, known, language)
        }
        Self::Clash { first, second } => (
            say!(language, "`{first}` and `{second}` exclude each other", "`{first}` 和 `{second}` 不能同时出现"),
            language.pick("keep one of the two", "二者只留其一").to_owned(),
        ),
        Self::WrongModifier { got, step, known } => (
            say!(language, "`{got}` does not go with `{step}`", "`{got}` 不能用在 `{step}` 上"),
            say!(language, ("`{step}` takes {}", quoted(known, language)), ("`{step}` 可用的有 {}", quoted(known, language))),
        ),
        Self::NotDone { step } => (
            say!(language, "`{step} = false` is a step that does nothing", "`{step} = false` 等于什么也不做"),
            say!(language, "write `{step} = true`, or remove the step", "请写 `{step} = true`，或删除这一步"),
        ),
        Self::OutOfRange { got, least, most } => (
            say!(language, "{got} is out of range", "{got} 超出范围"),
            if *most == u64::MAX {
                say!(language, "{least} is the least", "最小为 {least}")
            } else {
                say!(language, "write a number from {least} to {most}", "请写 {least} 到 {most} 之间的数")
            },
        ),
        Self::EmptyRange { least, most } => (
            say!(language, "no number is at least {least} and at most {most}", "没有数既不小于 {least} 又不大于 {most}"),
            language.pick("let `at-least` be the smaller one", "`at-least` 应当是较小的那个").to_owned(),
        ),
        Self::BadHexDigit { got } => (
            say!(language, ("`{}` is not a hex digit", printable(*got)), ("`{}` 不是十六进制数字", printable(*got))),
            language.pick("hex is written with 0-9 and a-f, like `12 00 00 00`", "十六进制只用 0-9 和 a-f，例如 `12 00 00 00`").to_owned(),
        ),
        Self::OddHex { digits } => (
            say!(language, "{digits} hex digits in a row are not whole bytes", "连着的 {digits} 个十六进制数字凑不成整字节"),
            language.pick("write two digits for each byte: `0a`, not `a`", "每个字节写两位：`0a`，而不是 `a`").to_owned(),
        ),
        Self::BadDigest { characters } => (
            say!(language, "a SHA-256 has 64 hex digits, this has {characters}", "SHA-256 有 64 个十六进制数字，这里有 {characters} 个"),
            language.pick("paste what `sha256sum` prints", "请粘贴 `sha256sum` 的输出").to_owned(),
        ),
        Self::BadDuration { got } => (
            say!(language, "`{got}` is not a duration", "`{got}` 不是时长"),
            language.pick("write digits and a unit: \"250us\", \"50ms\" or \"5s\"", "请写数字加单位：\"250us\"、\"50ms\" 或 \"5s\"").to_owned(),
        ),
        Self::DurationOutOfRange { got } => (
            say!(language, "`{got}` is out of range", "`{got}` 超出范围"),
            language.pick("write a duration from \"1us\" to \"60s\"", "请写 \"1us\" 到 \"60s\" 之间的时长").to_owned(),
        ),
        Self::PayloadTooLarge { bytes } => (
            say!(language, "this is {bytes} bytes, and {MAX_PAYLOAD_BYTES} (64 MiB) are the limit", "这里有 {bytes} 字节，上限是 {MAX_PAYLOAD_BYTES}（64 MiB）"),
            smaller(language),
        ),
        Self::TooMuchPayload { bytes } => (
            say!(language, ("the file sends {} bytes up to here, and {MAX_PAYLOAD_BYTES} (64 MiB) are the limit", amount(*bytes, language)), ("到此处为止共发送 {} 字节，上限是 {MAX_PAYLOAD_BYTES}（64 MiB）", amount(*bytes, language))),
            smaller(language),
        ),
        Self::TooManySteps { steps } => (
            say!(language, ("{} steps up to here, and {MAX_STEPS} are the limit", amount(*steps, language)), ("到此处为止共 {} 步，上限是 {MAX_STEPS}", amount(*steps, language))),
            language.pick("repeat less often; each piece of a send counts as a step", "请减少重复次数；一次发送切成几块就算几步").to_owned(),
        ),
        Self::LengthDoesNotFit { length, code } => (
            say!(language, "`{code}` cannot write the length {length}", "`{code}` 写不下长度 {length}"),
            language.pick("choose another encoding, or expect it: `fails = \"length-does-not-fit\"`", "请换一种编码，或写明预期：`fails = \"length-does-not-fit\"`").to_owned(),
        ),
        Self::FramingRefuses { framing, bytes, fault } => (
            say!(language, ("`{framing}` cannot frame a payload of {bytes} bytes: {}", fault.clause(language)), ("`{framing}` 不能为 {bytes} 字节的内容成帧：{}", fault.clause(language))),
            say!(language, ("choose another framing, or expect it: `fails = \"{}\"`", fault.name()), ("请换一种成帧方式，或写明预期：`fails = \"{}\"`", fault.name())),
        ),
        Self::LengthInCharacters { got, wanted } => (
            say!(language, "{got} is the length in characters; in bytes it is {wanted}", "{got} 是字符数；按字节算是 {wanted}"),
            say!(language, "write `bytes = {wanted}`: sockets count bytes, never characters", "请写 `bytes = {wanted}`：套接字只数字节，不数字符"),
        ),
        Self::LengthDisagrees { got, wanted } => (
            say!(language, "this says {got}, but the payload next to it has {wanted} bytes", "写的是 {got}，旁边的内容却有 {wanted} 字节"),
            say!(language, "write `bytes = {wanted}`, or correct the payload", "请写 `bytes = {wanted}`，或改正内容"),
        ),
        Self::NotAnOffset { got } => (
            say!(language, "`{got}` is not a stream offset", "`{got}` 不是流偏移"),
            language.pick("a boundary is named by the number of bytes before it: `{ 18 = \"coalesced\" }`", "边界用它之前的字节数来标明：`{ 18 = \"coalesced\" }`").to_owned(),
        ),
        Self::DuplicateBoundary { at } => (
            say!(language, "boundary {at} is stated twice", "边界 {at} 写了两次"),
            language.pick("keep one of the two", "二者只留其一").to_owned(),
        ),
        Self::NoExpectation => (
            language.pick("nothing is expected", "没有写预期结果").to_owned(),
            language.pick("say what a side has to receive, like `[expect.client]` with `recv = [{ bytes = 30 }]`", "请写明某一方应收到什么，例如 `[expect.client]` 下的 `recv = [{ bytes = 30 }]`").to_owned(),
        ),
        Self::NoSource => (
            language.pick("neither `replays` nor `about` says which section of the notes this belongs to", "`replays` 和 `about` 都没有，不知道对应笔记的哪一节").to_owned(),
            language.pick("add `replays = \"…\"` for a literal replay of a section, `about = \"…\"` for anything else", "照原样重放某一节写 `replays = \"…\"`，其他写 `about = \"…\"`").to_owned(),
        ),
        Self::MixedParts { got } => (
            say!(language, "`{got}` is not allowed next to `[[part]]`", "`{got}` 与 `[[part]]` 并列出现"),
            language.pick("move it into a part", "请把它移到某个 part 里").to_owned(),
        ),
        Self::Duplicate { what, got } => (
            say!(language, ("the {} `{got}` occurs twice", named(*what, language)), ("{} `{got}` 写了两次", named(*what, language))),
            language.pick("rename or remove one of the two", "请给其中一个改名，或删掉它").to_owned(),
        ),
        Self::NotKebabCase { got } => (
            say!(language, "`{got}` is not a name of lower-case letters, digits and single hyphens", "`{got}` 不是由小写字母、数字和单个连字符组成的名称"),
            language.pick("write it like `recv-takes-n-bytes`, beginning with a letter", "请写成 `recv-takes-n-bytes` 这样，以字母开头").to_owned(),
        ),
        Self::StrayCondition { verdict } => (
            say!(language, "a condition beside the verdict `{verdict}`", "结论是 `{verdict}`，却写了 condition"),
            language.pick("write `verdict = \"true-if\"`, or remove the condition", "请写 `verdict = \"true-if\"`，或删除 condition").to_owned(),
        ),
        Self::Scripts(problem) => problem.words(language),
    }
    }
}

/// The message for a trace, with the commands that accept one.
fn saved_trace(path: &str, language: Language) -> (String, String) {
    let word = shell::word(path);
    let title = language.pick(
        "this is a saved trace, not a case",
        "这是保存的轨迹，不是用例",
    );
    let help = if path.to_ascii_lowercase().ends_with(".json") {
        say!(
            language,
            "`sticky show {word}` draws it, `sticky report {word}` makes a page of it",
            "用 `sticky show {word}` 画出它，或用 `sticky report {word}` 写成页面"
        )
    } else {
        say!(
            language,
            "`sticky show {word}` draws it; `sticky report` takes it named *.json",
            "用 `sticky show {word}` 画出它；`sticky report` 只认名为 *.json 的轨迹"
        )
    };
    (title.to_owned(), help)
}

/// A number, or "too large" for one that could not be counted.
fn amount(number: u64, language: Language) -> String {
    if number == u64::MAX {
        language.pick("more than 10^19", "10^19 以上").to_owned()
    } else {
        number.to_string()
    }
}

fn smaller(language: Language) -> String {
    language.pick("make it smaller", "请改小一些").to_owned()
}

fn not_exactly_one(
    what: Named,
    got: &[String],
    known: &[String],
    language: Language,
) -> (String, String) {
    let name = named(what, language);
    let title = if got.is_empty() {
        say!(language, "no {name} is given here", "这里没有写{name}")
    } else {
        let got = quoted(&strs(got), language);
        say!(
            language,
            "exactly one {name} is needed, but here are {got}",
            "{name}只能有一个，这里却有 {got}"
        )
    };
    let help = if known.is_empty() {
        language
            .pick(
                "write them one after another, each a step of its own",
                "请拆成几步，依次写出",
            )
            .to_owned()
    } else {
        let known = quoted(&strs(known), language);
        say!(
            language,
            "write exactly one of {known}",
            "请写且只写其中一个：{known}"
        )
    };
    (title, help)
}

impl From<ScriptProblem> for ProblemKind {
    fn from(problem: ScriptProblem) -> Self {
        Self::Scripts(problem)
    }
}
