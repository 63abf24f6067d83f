//! The messages for problems, in both languages: what is wrong, and the remedy.

use super::claims::of_claims;
use super::problem::{Named, ProblemKind};
use super::vocabulary::{
    example, form, form_example, instead, instead_of_case, language_name, named, printable, quoted,
    strs, table_name,
};
use super::words_scripts::of_scripts;
use super::words_syntax::{saved_trace, syntax};
use super::{MAX_FILE_BYTES, MAX_PAYLOAD_BYTES, MAX_STEPS};
use crate::framing::UnknownFraming;
use crate::language::Language;

/// The message for a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words {
    /// What is wrong, in one line.
    pub(super) title: String,
    /// The remedy, in one line.
    pub(super) help: String,
}

/// The message for each problem.
#[expect(
    clippy::too_many_lines,
    reason = "one arm for each problem, each of two sentences"
)]
pub(super) fn words(kind: &ProblemKind, language: Language) -> Words {
    let pick = |en: String, zh: String| language.pick(en, zh);
    let (title, help) = match kind {
        ProblemKind::NotUtf8 { byte } => (
            pick(
                format!("the file is not UTF-8: byte {byte:#04x} cannot stand here"),
                format!("文件不是 UTF-8：这里不能出现字节 {byte:#04x}"),
            ),
            pick(
                "save the file as UTF-8".to_owned(),
                "请把文件另存为 UTF-8 编码".to_owned(),
            ),
        ),
        ProblemKind::FileTooLarge { bytes } => (
            pick(
                format!("the file is too large: {bytes} bytes, and {MAX_FILE_BYTES} are the limit"),
                format!("文件太大：{bytes} 字节，上限是 {MAX_FILE_BYTES} 字节"),
            ),
            pick(
                "describe large payloads instead of spelling them out: `{ repeat = \"…\", times = 1000 }` or `{ random = 65536, seed = 1 }`".to_owned(),
                "大的内容不必逐字写出，可写 `{ repeat = \"…\", times = 1000 }` 或 `{ random = 65536, seed = 1 }`".to_owned(),
            ),
        ),
        ProblemKind::SavedTrace { path } => saved_trace(path, language),
        ProblemKind::Syntax { message } => syntax(message, language),
        ProblemKind::UnknownKey { got, inside, known } => (
            pick(
                format!("unknown key `{got}` in {}", table_name(inside, language)),
                format!("{}里没有 `{got}` 这个键", table_name(inside, language)),
            ),
            instead(got, known, language),
        ),
        ProblemKind::MissingKey { key, inside } => (
            pick(
                format!("`{key}` is missing in {}", table_name(inside, language)),
                format!("{}缺少 `{key}`", table_name(inside, language)),
            ),
            pick(
                format!("add {}", example(key, inside, language)),
                format!("请加上 {}", example(key, inside, language)),
            ),
        ),
        ProblemKind::MissingTranslation { language: missing, of } => (
            pick(
                format!("`{of}` has no {} text", language_name(*missing, language)),
                format!("`{of}` 缺少{}文本", language_name(*missing, language)),
            ),
            pick(
                format!("add `{} = \"…\"`: both languages are required", missing.code()),
                format!("请加上 `{} = \"…\"`，两种语言都必须有", missing.code()),
            ),
        ),
        ProblemKind::Empty { key } => (
            pick(format!("`{key}` is empty"), format!("`{key}` 是空的")),
            pick("put something in it".to_owned(), "请填上内容".to_owned()),
        ),
        ProblemKind::ControlCharacter { got, of } => (
            pick(
                format!("control character U+{:04X} in `{of}`", u32::from(*got)),
                format!("`{of}` 里有控制字符 U+{:04X}", u32::from(*got)),
            ),
            pick(
                "remove it; only a lesson may have several lines".to_owned(),
                "请删除；只有 lesson 可以有多行".to_owned(),
            ),
        ),
        ProblemKind::WrongType { got, wanted } => (
            pick(
                format!("expected {}, got {}", form(*wanted, language), form(*got, language)),
                format!("这里要写{}，写的却是{}", form(*wanted, language), form(*got, language)),
            ),
            pick(
                format!("write {}", form_example(*wanted, language)),
                format!("请写成 {}", form_example(*wanted, language)),
            ),
        ),
        ProblemKind::UnknownName { what, got, known } => (
            pick(
                format!("unknown {} `{got}`", named(*what, language)),
                format!("没有名为 `{got}` 的{}", named(*what, language)),
            ),
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
        ProblemKind::NotExactlyOne { what, got, known } => {
            not_exactly_one(*what, got, known, language)
        }
        ProblemKind::Clash { first, second } => (
            pick(
                format!("`{first}` and `{second}` exclude each other"),
                format!("`{first}` 和 `{second}` 不能同时出现"),
            ),
            pick("keep one of the two".to_owned(), "二者只留其一".to_owned()),
        ),
        ProblemKind::WrongModifier { got, step, known } => (
            pick(
                format!("`{got}` does not go with `{step}`"),
                format!("`{got}` 不能用在 `{step}` 上"),
            ),
            pick(
                format!("`{step}` takes {}", quoted(known, language)),
                format!("`{step}` 可用的有 {}", quoted(known, language)),
            ),
        ),
        ProblemKind::NotDone { step } => (
            pick(
                format!("`{step} = false` is a step that does nothing"),
                format!("`{step} = false` 等于什么也不做"),
            ),
            pick(
                format!("write `{step} = true`, or remove the step"),
                format!("请写 `{step} = true`，或删除这一步"),
            ),
        ),
        ProblemKind::OutOfRange { got, least, most } => (
            pick(
                format!("{got} is out of range"),
                format!("{got} 超出范围"),
            ),
            if *most == u64::MAX {
                pick(format!("{least} is the least"), format!("最小为 {least}"))
            } else {
                pick(
                    format!("write a number from {least} to {most}"),
                    format!("请写 {least} 到 {most} 之间的数"),
                )
            },
        ),
        ProblemKind::EmptyRange { least, most } => (
            pick(
                format!("no number is at least {least} and at most {most}"),
                format!("没有数既不小于 {least} 又不大于 {most}"),
            ),
            pick(
                "let `at-least` be the smaller one".to_owned(),
                "`at-least` 应当是较小的那个".to_owned(),
            ),
        ),
        ProblemKind::BadHexDigit { got } => (
            pick(
                format!("`{}` is not a hex digit", printable(*got)),
                format!("`{}` 不是十六进制数字", printable(*got)),
            ),
            pick(
                "hex is written with 0-9 and a-f, like `12 00 00 00`".to_owned(),
                "十六进制只用 0-9 和 a-f，例如 `12 00 00 00`".to_owned(),
            ),
        ),
        ProblemKind::OddHex { digits } => (
            pick(
                format!("{digits} hex digits in a row are not whole bytes"),
                format!("连着的 {digits} 个十六进制数字凑不成整字节"),
            ),
            pick(
                "write two digits for each byte: `0a`, not `a`".to_owned(),
                "每个字节写两位：`0a`，而不是 `a`".to_owned(),
            ),
        ),
        ProblemKind::BadDigest { characters } => (
            pick(
                format!("a SHA-256 has 64 hex digits, this has {characters}"),
                format!("SHA-256 有 64 个十六进制数字，这里有 {characters} 个"),
            ),
            pick(
                "paste what `sha256sum` prints".to_owned(),
                "请粘贴 `sha256sum` 的输出".to_owned(),
            ),
        ),
        ProblemKind::BadDuration { got } => (
            pick(
                format!("`{got}` is not a duration"),
                format!("`{got}` 不是时长"),
            ),
            pick(
                "write digits and a unit: \"250us\", \"50ms\" or \"5s\"".to_owned(),
                "请写数字加单位：\"250us\"、\"50ms\" 或 \"5s\"".to_owned(),
            ),
        ),
        ProblemKind::DurationOutOfRange { got } => (
            pick(
                format!("`{got}` is out of range"),
                format!("`{got}` 超出范围"),
            ),
            pick(
                "write a duration from \"1us\" to \"60s\"".to_owned(),
                "请写 \"1us\" 到 \"60s\" 之间的时长".to_owned(),
            ),
        ),
        ProblemKind::PayloadTooLarge { bytes } => (
            pick(
                format!("this is {bytes} bytes, and {MAX_PAYLOAD_BYTES} (64 MiB) are the limit"),
                format!("这里有 {bytes} 字节，上限是 {MAX_PAYLOAD_BYTES}（64 MiB）"),
            ),
            smaller(language),
        ),
        ProblemKind::TooMuchPayload { bytes } => (
            pick(
                format!(
                    "the file sends {} bytes up to here, and {MAX_PAYLOAD_BYTES} (64 MiB) are the limit",
                    amount(*bytes, language)
                ),
                format!(
                    "到此处为止共发送 {} 字节，上限是 {MAX_PAYLOAD_BYTES}（64 MiB）",
                    amount(*bytes, language)
                ),
            ),
            smaller(language),
        ),
        ProblemKind::TooManySteps { steps } => (
            pick(
                format!("{} steps up to here, and {MAX_STEPS} are the limit", amount(*steps, language)),
                format!("到此处为止共 {} 步，上限是 {MAX_STEPS}", amount(*steps, language)),
            ),
            pick(
                "repeat less often; each piece of a send counts as a step".to_owned(),
                "请减少重复次数；一次发送切成几块就算几步".to_owned(),
            ),
        ),
        ProblemKind::LengthDoesNotFit { length, code } => (
            pick(
                format!("`{code}` cannot write the length {length}"),
                format!("`{code}` 写不下长度 {length}"),
            ),
            pick(
                "choose another encoding, or expect it: `fails = \"length-does-not-fit\"`".to_owned(),
                "请换一种编码，或写明预期：`fails = \"length-does-not-fit\"`".to_owned(),
            ),
        ),
        ProblemKind::FramingRefuses { framing, bytes, fault } => (
            pick(
                format!("`{framing}` cannot frame a payload of {bytes} bytes: {}", fault.clause(language)),
                format!("`{framing}` 不能为 {bytes} 字节的内容成帧：{}", fault.clause(language)),
            ),
            pick(
                format!("choose another framing, or expect it: `fails = \"{}\"`", fault.name()),
                format!("请换一种成帧方式，或写明预期：`fails = \"{}\"`", fault.name()),
            ),
        ),
        ProblemKind::LengthInCharacters { got, wanted } => (
            pick(
                format!("{got} is the length in characters; in bytes it is {wanted}"),
                format!("{got} 是字符数；按字节算是 {wanted}"),
            ),
            pick(
                format!("write `bytes = {wanted}`: sockets count bytes, never characters"),
                format!("请写 `bytes = {wanted}`：套接字只数字节，不数字符"),
            ),
        ),
        ProblemKind::LengthDisagrees { got, wanted } => (
            pick(
                format!("{got} stands beside a payload of {wanted} bytes"),
                format!("写的是 {got}，旁边的内容却有 {wanted} 字节"),
            ),
            pick(
                format!("write `bytes = {wanted}`, or correct the payload"),
                format!("请写 `bytes = {wanted}`，或改正内容"),
            ),
        ),
        ProblemKind::NotAnOffset { got } => (
            pick(
                format!("`{got}` is not a stream offset"),
                format!("`{got}` 不是流偏移"),
            ),
            pick(
                "a boundary is named by the number of bytes before it: `{ 18 = \"coalesced\" }`".to_owned(),
                "边界用它之前的字节数来标明：`{ 18 = \"coalesced\" }`".to_owned(),
            ),
        ),
        ProblemKind::DuplicateBoundary { at } => (
            pick(
                format!("boundary {at} is stated twice"),
                format!("边界 {at} 写了两次"),
            ),
            pick("keep one of the two".to_owned(), "二者只留其一".to_owned()),
        ),
        ProblemKind::NoExpectation => (
            pick(
                "nothing is expected".to_owned(),
                "没有写预期结果".to_owned(),
            ),
            pick(
                "say what a side has to receive, like `[expect.client]` with `recv = [{ bytes = 30 }]`".to_owned(),
                "请写明某一方应收到什么，例如 `[expect.client]` 下的 `recv = [{ bytes = 30 }]`".to_owned(),
            ),
        ),
        ProblemKind::NoSource => (
            pick(
                "neither `replays` nor `about` says which section of the notes this belongs to".to_owned(),
                "`replays` 和 `about` 都没有，不知道对应笔记的哪一节".to_owned(),
            ),
            pick(
                "add `replays = \"…\"` for a literal replay of a section, `about = \"…\"` for anything else".to_owned(),
                "照原样重放某一节写 `replays = \"…\"`，其他写 `about = \"…\"`".to_owned(),
            ),
        ),
        ProblemKind::MixedParts { got } => (
            pick(
                format!("`{got}` stands beside `[[part]]`"),
                format!("`{got}` 与 `[[part]]` 并列出现"),
            ),
            pick(
                "move it into a part".to_owned(),
                "请把它移到某个 part 里".to_owned(),
            ),
        ),
        ProblemKind::Claims(problem) => of_claims(problem, language),
        ProblemKind::Scripts(problem) => of_scripts(problem, language),
    };
    Words { title, help }
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
    let pick = |en: String, zh: String| language.pick(en, zh);
    let name = named(what, language);
    let title = if got.is_empty() {
        pick(
            format!("no {name} stands here"),
            format!("这里没有写{name}"),
        )
    } else {
        let got = quoted(&strs(got), language);
        pick(
            format!("one {name} is wanted, here are {got}"),
            format!("{name}只能有一个，这里却有 {got}"),
        )
    };
    let help = if known.is_empty() {
        pick(
            "write them one after another, each a step of its own".to_owned(),
            "请拆成几步，依次写出".to_owned(),
        )
    } else {
        let known = quoted(&strs(known), language);
        pick(
            format!("write exactly one of {known}"),
            format!("请写且只写其中一个：{known}"),
        )
    };
    (title, help)
}
