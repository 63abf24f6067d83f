//! The names of framings in files, commands and traces.
//!
//! Promises: `Display` writes one name for each framing, and `FromStr` reads it back.

use std::fmt::{self, Write as _};
use std::num::NonZeroU32;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Delimiter, Digits, Fixed, Framing, LengthField, LengthPrefix, Sequence};
use crate::language::{Language, grouped};

/// The error for a name that is not a framing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown framing `{0}`; known are {forms}",
    forms = Self::FORMS
)]
pub struct UnknownFraming(pub String);

impl UnknownFraming {
    /// The forms of names; `N` is a number.
    const FORMS: &str = "raw, fixed-N, line, line-escaped, crlf, nul, delimiter-HEX, \
        delimiter-HEX-escape-HEX, digits-N (1 to 20), octet-counting, netstring, varint, \
        u8, i8, and u16, u32, u64, i16, i32, i64 with -le or -be, all of \
        these also with -offset-N, -gap-N, -counts-header in this order";

    /// What is wrong and what would be right, in one sentence.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        language.pick(
            format!("unknown framing `{}`; known are {}", self.0, Self::FORMS),
            format!(
                "未知的成帧方式 `{}`；可用的有：raw、fixed-N、line、line-escaped、crlf、nul、\
                delimiter-HEX、delimiter-HEX-escape-HEX、digits-N（1 到 20）、octet-counting、\
                netstring、varint、u8、i8，以及带 -le 或 -be 的 u16、u32、u64、i16、i32、i64，\
                整数类还可依次加上 -offset-N、-gap-N、-counts-header",
                self.0
            ),
        )
    }

    /// The forms of the names in its family, if it begins like one: `digits-99`, `i32`.
    #[must_use]
    pub fn family(&self, language: Language) -> Option<String> {
        let name = self.0.as_str();
        let counted = |family: &str, most: u64| {
            let most = grouped(most);
            language.pick(
                format!("`{family}-N` takes N from 1 to {most}, without a leading zero"),
                format!("`{family}-N` 的 N 为 1 到 {most}，不带前导零"),
            )
        };
        if is_of("fixed", name) {
            return Some(counted("fixed", u32::MAX.into()));
        }
        if is_of("digits", name) {
            return Some(counted("digits", Digits::WIDEST.into()));
        }
        if is_of("delimiter", name) {
            let most = Sequence::LONGEST;
            return Some(language.pick(
                format!("`delimiter-HEX` takes 1 to {most} bytes of two hex digits each, as `delimiter-0d0a`; `-escape-HEX` behind it one byte that is not among them"),
                format!("`delimiter-HEX` 要 1 到 {most} 个字节，每个两位十六进制，如 `delimiter-0d0a`；其后的 `-escape-HEX` 是一个不在其中的字节"),
            ));
        }
        let fields = LengthField::ALL.map(LengthField::name);
        let orders: Vec<String> = fields
            .iter()
            .filter(|field| field.split('-').next() == Some(name))
            .map(|field| format!("`{field}`"))
            .collect();
        if let [little, big] = orders.as_slice() {
            return Some(language.pick(
                format!("say the byte order: {little} or {big}"),
                format!("请写明字节序：{little} 或 {big}"),
            ));
        }
        let has_more = |field: &&str| {
            let rest = name.strip_prefix(*field);
            rest.is_some_and(|rest| rest.starts_with("-offset") || rest.starts_with("-gap"))
        };
        let field = fields.into_iter().find(has_more)?;
        let most = u8::MAX;
        Some(language.pick(
            format!(
                "behind `{field}`, `-offset-N` and `-gap-N` take N from 1 to {most}, in this order"
            ),
            format!("`{field}` 之后依次是 `-offset-N` 和 `-gap-N`，N 为 1 到 {most}"),
        ))
    }
}

/// Whether a name is the family's, alone or with something after it.
fn is_of(family: &str, name: &str) -> bool {
    let rest = name.strip_prefix(family);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// Delimiters with a name of their own.
const NAMED_DELIMITERS: [(&str, Delimiter); 4] = [
    ("line", Delimiter::LINE),
    ("line-escaped", Delimiter::ESCAPED_LINE),
    ("crlf", Delimiter::CRLF),
    ("nul", Delimiter::NUL),
];

impl fmt::Display for Framing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut name = String::new();
        match self {
            Self::Raw => name.push_str("raw"),
            Self::Fixed(fixed) => write!(name, "fixed-{}", fixed.size())?,
            Self::Delimiter(delimiter) => write_delimiter(*delimiter, &mut name)?,
            Self::Digits(digits) => write!(name, "digits-{}", digits.width())?,
            Self::OctetCounting => name.push_str("octet-counting"),
            Self::Netstring => name.push_str("netstring"),
            Self::Varint => name.push_str("varint"),
            Self::Length(prefix) => write_prefix(*prefix, &mut name)?,
        }
        formatter.pad(&name)
    }
}

fn write_delimiter(delimiter: Delimiter, name: &mut String) -> fmt::Result {
    if let Some((known, _)) = NAMED_DELIMITERS
        .iter()
        .find(|(_, known)| *known == delimiter)
    {
        name.push_str(known);
        return Ok(());
    }
    name.push_str("delimiter-");
    for byte in delimiter.sequence().as_bytes() {
        write!(name, "{byte:02x}")?;
    }
    if let Some(escape) = delimiter.escape() {
        write!(name, "-escape-{escape:02x}")?;
    }
    Ok(())
}

fn write_prefix(prefix: LengthPrefix, name: &mut String) -> fmt::Result {
    name.push_str(prefix.field.name());
    if prefix.offset > 0 {
        write!(name, "-offset-{}", prefix.offset)?;
    }
    if prefix.gap > 0 {
        write!(name, "-gap-{}", prefix.gap)?;
    }
    if prefix.counts_header {
        name.push_str("-counts-header");
    }
    Ok(())
}

impl FromStr for Framing {
    type Err = UnknownFraming;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        parse(name).ok_or_else(|| UnknownFraming(name.to_owned()))
    }
}

fn parse(name: &str) -> Option<Framing> {
    match name {
        "raw" => return Some(Framing::Raw),
        "octet-counting" => return Some(Framing::OctetCounting),
        "netstring" => return Some(Framing::Netstring),
        "varint" => return Some(Framing::Varint),
        _ => {}
    }
    if let Some((_, delimiter)) = NAMED_DELIMITERS.iter().find(|(known, _)| *known == name) {
        return Some(Framing::Delimiter(*delimiter));
    }
    if let Some(size) = name.strip_prefix("fixed-") {
        let size = NonZeroU32::new(number(size)?)?;
        return Some(Framing::Fixed(Fixed::new(size)));
    }
    if let Some(width) = name.strip_prefix("digits-") {
        let width = u8::try_from(number(width)?).ok()?;
        return Digits::new(width).map(Framing::Digits);
    }
    if let Some(spelled) = name.strip_prefix("delimiter-") {
        return parse_delimiter(spelled).map(Framing::Delimiter);
    }
    parse_prefix(name).map(Framing::Length)
}

fn parse_delimiter(spelled: &str) -> Option<Delimiter> {
    let (sequence, escape) = match spelled.split_once("-escape-") {
        Some((sequence, escape)) => match hex(escape)?.as_slice() {
            [escape] => (sequence, Some(*escape)),
            _ => return None,
        },
        None => (spelled, None),
    };
    Delimiter::new(Sequence::new(&hex(sequence)?)?, escape)
}

fn parse_prefix(name: &str) -> Option<LengthPrefix> {
    let (field, mut rest) = LengthField::ALL
        .into_iter()
        .find_map(|field| Some((field, name.strip_prefix(field.name())?)))?;
    let mut prefix = LengthPrefix::plain(field);
    if let Some(spelled) = rest.strip_prefix("-offset-") {
        (prefix.offset, rest) = leading_count(spelled)?;
    }
    if let Some(spelled) = rest.strip_prefix("-gap-") {
        (prefix.gap, rest) = leading_count(spelled)?;
    }
    if let Some(behind) = rest.strip_prefix("-counts-header") {
        prefix.counts_header = true;
        rest = behind;
    }
    rest.is_empty().then_some(prefix)
}

/// A number from 1 to 255 at the front, and what follows it.
fn leading_count(spelled: &str) -> Option<(u8, &str)> {
    let end = spelled.find('-').unwrap_or(spelled.len());
    let count = u8::try_from(number(&spelled[..end])?).ok()?;
    (count > 0).then_some((count, &spelled[end..]))
}

/// A decimal number in its only spelling: digits alone, no leading zero.
fn number(spelled: &str) -> Option<u32> {
    let digits_alone = spelled.bytes().all(|byte| byte.is_ascii_digit());
    let one_spelling = !spelled.starts_with('0') || spelled == "0";
    (digits_alone && one_spelling).then(|| spelled.parse().ok())?
}

/// Bytes spelled as pairs of hex digits.
fn hex(spelled: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = spelled.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs
        .iter()
        .map(|&[high, low]| {
            let high = char::from(high).to_digit(16)?;
            let low = char::from(low).to_digit(16)?;
            u8::try_from(high * 16 + low).ok()
        })
        .collect()
}

impl Serialize for Framing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Framing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(serde::de::Error::custom)
    }
}
