//! The messages for a file that is not TOML: those of the parser, in both languages.

use crate::language::Language;

/// What is wrong, and the remedy.
pub(super) fn words(message: &str, language: Language) -> (String, String) {
    let (what, expected) = match message.split_once(", expected ") {
        // For `key = }` the parser reports this, because a quote is the last thing it tried.
        Some(("invalid literal string", "`'`")) => (NO_VALUE.0, None),
        Some((what, expected)) => (what, Some(expected)),
        None => (message, None),
    };
    let chinese = CHINESE
        .iter()
        .find(|(english, _)| *english == what)
        .map_or(what, |(_, chinese)| chinese);
    let title = match expected {
        Some(expected) => say!(
            language,
            "not TOML: {what}; expected {expected}",
            "不是合法的 TOML：{chinese}；此处应为 {expected}"
        ),
        None => say!(language, "not TOML: {what}", "不是合法的 TOML：{chinese}"),
    };
    let help = if what == "duplicate key" {
        language.pick("keep one of the two", "二者只留其一")
    } else {
        language.pick(
            "check quotes, brackets, commas and `=` up to here",
            "请检查到此处为止的引号、括号、逗号和 `=`",
        )
    };
    (title, help.to_owned())
}

const NO_VALUE: (&str, &str) = (
    "a value is missing here, or a string has no quotes",
    "这里没有值，或字符串没加引号",
);

/// The parser's messages (toml 1.2). Any others are shown in English.
const CHINESE: [(&str, &str); 44] = [
    ("`_` may only go between digits", "`_` 只能放在数字之间"),
    (
        "cannot recurse further; max recursion depth met",
        "嵌套太深",
    ),
    (
        "carriage return must be followed by newline",
        "回车符后面必须是换行符",
    ),
    ("duplicate key", "键重复"),
    ("extra `=`", "多了一个 `=`"),
    (
        "extra assignment between key-value pairs",
        "键值对之间多了 `=`",
    ),
    ("extra comma in array", "数组里多了逗号"),
    ("extra comma in inline table", "行内表里多了逗号"),
    (
        "integers with a radix cannot be signed",
        "带进制前缀的整数不能有正负号",
    ),
    ("invalid comment character", "注释里有非法字符"),
    ("invalid inline table element", "行内表里有非法内容"),
    ("invalid key-value pair", "键值对写法不对"),
    ("invalid unquoted key", "不带引号的键里有非法字符"),
    ("invalid value", "值的写法不对"),
    NO_VALUE,
    ("invalid basic string", "字符串写法不对"),
    ("key with no value", "键没有值"),
    (
        "keys cannot be multi-line basic strings",
        "键不能是多行字符串",
    ),
    (
        "keys cannot be multi-line literal strings",
        "键不能是多行字符串",
    ),
    ("missing array opening", "缺少数组的左括号"),
    (
        "missing assignment between key-value pairs",
        "键和值之间缺少 `=`",
    ),
    (
        "missing comma between array elements",
        "数组元素之间缺少逗号",
    ),
    (
        "missing comma between key-value pairs",
        "键值对之间缺少逗号",
    ),
    ("missing comment start", "注释缺少 `#`"),
    ("missing escaped value", "反斜杠后面缺少转义字符"),
    ("missing inline table opening", "缺少行内表的左括号"),
    ("missing key for inline table element", "行内表的元素缺少键"),
    ("missing opening quote", "缺少左引号"),
    ("missing table open", "缺少表头的左括号"),
    ("missing value for key", "键缺少值"),
    ("missing value", "缺少值"),
    ("radix must be lowercase", "进制前缀要小写"),
    ("recursion limit", "嵌套太深"),
    ("redundant integer number prefix", "多余的进制前缀"),
    ("redundant numeric sign", "多余的正负号"),
    ("string values must be quoted", "字符串必须加引号"),
    ("too few unicode value digits", "Unicode 转义的位数不够"),
    ("unclosed array table", "表数组的表头没有右括号"),
    ("unclosed array", "数组没有右括号"),
    ("unclosed inline table", "行内表没有右括号"),
    ("unclosed table", "表头没有右括号"),
    ("unexpected content", "多余的内容"),
    ("unexpected key or value", "多余的键或值"),
    ("unexpected leading zero", "数字前有多余的零"),
];
