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
    let (title, help) = match kind {
        ProblemKind::NotUtf8 { byte } => (
            say!(language, "the file is not UTF-8: byte {byte:#04x} is not valid here", "文件不是 UTF-8：这里不能出现字节 {byte:#04x}"),
            language.pick("save the file as UTF-8", "请把文件另存为 UTF-8 编码").to_owned(),
        ),
        ProblemKind::FileTooLarge { bytes } => (
            say!(language, "the file is too large: {bytes} bytes, and {MAX_FILE_BYTES} are the limit", "文件太大：{bytes} 字节，上限是 {MAX_FILE_BYTES} 字节"),
            language.pick("describe large payloads instead of spelling them out: `{ repeat = \"…\", times = 1000 }` or `{ random = 65536, seed = 1 }`", "大的内容不必逐字写出，可写 `{ repeat = \"…\", times = 1000 }` 或 `{ random = 65536, seed = 1 }`").to_owned(),
        ),
        ProblemKind::SavedTrace { path } => saved_trace(path, language),
        ProblemKind::Syntax { message } => syntax(message, language),
        ProblemKind::UnknownKey { got, inside, known } => (
            say!(language, ("unknown key `{got}` in {}", table_name(inside, language)), ("{}里没有 `{got}` 这个键", table_name(inside, language))),
            instead(got, known, language),
        ),
        ProblemKind::MissingKey { key, inside } => (
            say!(language, ("`{key}` is missing in {}", table_name(inside, language)), ("{}缺少 `{key}`", table_name(inside, language))),
            say!(language, ("add {}", example(key, inside, language)), ("请加上 {}", example(key, inside, language))),
        ),
        ProblemKind::MissingTranslation { language: missing, of } => (
            say!(language, ("`{of}` has no {} text", language_name(*missing, language)), ("`{of}` 缺少{}文本", language_name(*missing, language))),
            say!(language, ("add `{} = \"…\"`: both languages are required", missing.code()), ("请加上 `{} = \"…\"`，两种语言都必须有", missing.code())),
        ),
        ProblemKind::Empty { key } => (
            say!(language, "`{key}` is empty", "`{key}` 是空的"),
            language.pick("put something in it", "请填上内容").to_owned(),
        ),
        ProblemKind::TooLong { of, characters, most } => (
            say!(
                language,
                "`{of}` has {characters} characters, and {most} are the limit",
                "`{of}` 有 {characters} 个字符，上限是 {most}"
            ),
            language.pick("make it shorter", "请写短一些").to_owned(),
        ),
        ProblemKind::ControlCharacter { got, of } => (
            say!(language, ("control character U+{:04X} in `{of}`", u32::from(*got)), ("`{of}` 里有控制字符 U+{:04X}", u32::from(*got))),
            language.pick("remove it; only a lesson may have several lines", "请删除；只有 lesson 可以有多行").to_owned(),
        ),
        ProblemKind::WrongType { got, wanted } => (
            say!(language, ("expected {}, got {}", form(*wanted, language), form(*got, language)), ("这里要写{}，写的却是{}", form(*wanted, language), form(*got, language))),
            say!(language, ("write {}", form_example(*wanted, language)), ("请写成 {}", form_example(*wanted, language))),
        ),
        ProblemKind::UnknownName { what, got, known } => (
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
        ProblemKind::NotExactlyOne { what, got, known } => {
            not_exactly_one(*what, got, known, language)
        }
        ProblemKind::Clash { first, second } => (
            say!(language, "`{first}` and `{second}` exclude each other", "`{first}` 和 `{second}` 不能同时出现"),
            language.pick("keep one of the two", "二者只留其一").to_owned(),
        ),
        ProblemKind::WrongModifier { got, step, known } => (
            say!(language, "`{got}` does not go with `{step}`", "`{got}` 不能用在 `{step}` 上"),
            say!(language, ("`{step}` takes {}", quoted(known, language)), ("`{step}` 可用的有 {}", quoted(known, language))),
        ),
        ProblemKind::NotDone { step } => (
            say!(language, "`{step} = false` is a step that does nothing", "`{step} = false` 等于什么也不做"),
            say!(language, "write `{step} = true`, or remove the step", "请写 `{step} = true`，或删除这一步"),
        ),
        ProblemKind::OutOfRange { got, least, most } => (
            say!(language, "{got} is out of range", "{got} 超出范围"),
            if *most == u64::MAX {
                say!(language, "{least} is the least", "最小为 {least}")
            } else {
                say!(language, "write a number from {least} to {most}", "请写 {least} 到 {most} 之间的数")
            },
        ),
        ProblemKind::EmptyRange { least, most } => (
            say!(language, "no number is at least {least} and at most {most}", "没有数既不小于 {least} 又不大于 {most}"),
            language.pick("let `at-least` be the smaller one", "`at-least` 应当是较小的那个").to_owned(),
        ),
        ProblemKind::BadHexDigit { got } => (
            say!(language, ("`{}` is not a hex digit", printable(*got)), ("`{}` 不是十六进制数字", printable(*got))),
            language.pick("hex is written with 0-9 and a-f, like `12 00 00 00`", "十六进制只用 0-9 和 a-f，例如 `12 00 00 00`").to_owned(),
        ),
        ProblemKind::OddHex { digits } => (
            say!(language, "{digits} hex digits in a row are not whole bytes", "连着的 {digits} 个十六进制数字凑不成整字节"),
            language.pick("write two digits for each byte: `0a`, not `a`", "每个字节写两位：`0a`，而不是 `a`").to_owned(),
        ),
        ProblemKind::BadDigest { characters } => (
            say!(language, "a SHA-256 has 64 hex digits, this has {characters}", "SHA-256 有 64 个十六进制数字，这里有 {characters} 个"),
            language.pick("paste what `sha256sum` prints", "请粘贴 `sha256sum` 的输出").to_owned(),
        ),
        ProblemKind::BadDuration { got } => (
            say!(language, "`{got}` is not a duration", "`{got}` 不是时长"),
            language.pick("write digits and a unit: \"250us\", \"50ms\" or \"5s\"", "请写数字加单位：\"250us\"、\"50ms\" 或 \"5s\"").to_owned(),
        ),
        ProblemKind::DurationOutOfRange { got } => (
            say!(language, "`{got}` is out of range", "`{got}` 超出范围"),
            language.pick("write a duration from \"1us\" to \"60s\"", "请写 \"1us\" 到 \"60s\" 之间的时长").to_owned(),
        ),
        ProblemKind::PayloadTooLarge { bytes } => (
            say!(language, "this is {bytes} bytes, and {MAX_PAYLOAD_BYTES} (64 MiB) are the limit", "这里有 {bytes} 字节，上限是 {MAX_PAYLOAD_BYTES}（64 MiB）"),
            smaller(language),
        ),
        ProblemKind::TooMuchPayload { bytes } => (
            say!(language, ("the file sends {} bytes up to here, and {MAX_PAYLOAD_BYTES} (64 MiB) are the limit", amount(*bytes, language)), ("到此处为止共发送 {} 字节，上限是 {MAX_PAYLOAD_BYTES}（64 MiB）", amount(*bytes, language))),
            smaller(language),
        ),
        ProblemKind::TooManySteps { steps } => (
            say!(language, ("{} steps up to here, and {MAX_STEPS} are the limit", amount(*steps, language)), ("到此处为止共 {} 步，上限是 {MAX_STEPS}", amount(*steps, language))),
            language.pick("repeat less often; each piece of a send counts as a step", "请减少重复次数；一次发送切成几块就算几步").to_owned(),
        ),
        ProblemKind::LengthDoesNotFit { length, code } => (
            say!(language, "`{code}` cannot write the length {length}", "`{code}` 写不下长度 {length}"),
            language.pick("choose another encoding, or expect it: `fails = \"length-does-not-fit\"`", "请换一种编码，或写明预期：`fails = \"length-does-not-fit\"`").to_owned(),
        ),
        ProblemKind::FramingRefuses { framing, bytes, fault } => (
            say!(language, ("`{framing}` cannot frame a payload of {bytes} bytes: {}", fault.clause(language)), ("`{framing}` 不能为 {bytes} 字节的内容成帧：{}", fault.clause(language))),
            say!(language, ("choose another framing, or expect it: `fails = \"{}\"`", fault.name()), ("请换一种成帧方式，或写明预期：`fails = \"{}\"`", fault.name())),
        ),
        ProblemKind::LengthInCharacters { got, wanted } => (
            say!(language, "{got} is the length in characters; in bytes it is {wanted}", "{got} 是字符数；按字节算是 {wanted}"),
            say!(language, "write `bytes = {wanted}`: sockets count bytes, never characters", "请写 `bytes = {wanted}`：套接字只数字节，不数字符"),
        ),
        ProblemKind::LengthDisagrees { got, wanted } => (
            say!(language, "this says {got}, but the payload next to it has {wanted} bytes", "写的是 {got}，旁边的内容却有 {wanted} 字节"),
            say!(language, "write `bytes = {wanted}`, or correct the payload", "请写 `bytes = {wanted}`，或改正内容"),
        ),
        ProblemKind::NotAnOffset { got } => (
            say!(language, "`{got}` is not a stream offset", "`{got}` 不是流偏移"),
            language.pick("a boundary is named by the number of bytes before it: `{ 18 = \"coalesced\" }`", "边界用它之前的字节数来标明：`{ 18 = \"coalesced\" }`").to_owned(),
        ),
        ProblemKind::DuplicateBoundary { at } => (
            say!(language, "boundary {at} is stated twice", "边界 {at} 写了两次"),
            language.pick("keep one of the two", "二者只留其一").to_owned(),
        ),
        ProblemKind::NoExpectation => (
            language.pick("nothing is expected", "没有写预期结果").to_owned(),
            language.pick("say what a side has to receive, like `[expect.client]` with `recv = [{ bytes = 30 }]`", "请写明某一方应收到什么，例如 `[expect.client]` 下的 `recv = [{ bytes = 30 }]`").to_owned(),
        ),
        ProblemKind::NoSource => (
            language.pick("neither `replays` nor `about` says which section of the notes this belongs to", "`replays` 和 `about` 都没有，不知道对应笔记的哪一节").to_owned(),
            language.pick("add `replays = \"…\"` for a literal replay of a section, `about = \"…\"` for anything else", "照原样重放某一节写 `replays = \"…\"`，其他写 `about = \"…\"`").to_owned(),
        ),
        ProblemKind::MixedParts { got } => (
            say!(language, "`{got}` is not allowed next to `[[part]]`", "`{got}` 与 `[[part]]` 并列出现"),
            language.pick("move it into a part", "请把它移到某个 part 里").to_owned(),
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
