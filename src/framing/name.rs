//! The names of framings, as files, commands and traces spell them.
//!
//! Promises: `Display` writes one name for each framing, and `FromStr` reads it back.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::LengthField;
use super::around::{self, Around};
use super::codec::{Coding as _, FAMILIES, each};
use super::{Codec, Framing};
use crate::language::{Language, grouped};

/// A name that is no framing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFraming(pub String);

impl UnknownFraming {
    /// What is wrong and what would be right, in one sentence.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let name = &self.0;
        let [english, chinese] = [0, 1].map(|at| FAMILIES.map(|family| family.forms[at]));
        let (english, chinese) = (english.join(", "), chinese.join("、"));
        say!(
            language,
            "unknown framing `{name}`; known are {english}; and all but raw with -start-HEX, -trailer-N, -end-HEX in this order",
            "未知的成帧方式 `{name}`；可用的有：{chinese}；除 raw 外，末尾都可依次加上 -start-HEX、-trailer-N、-end-HEX",
        )
    }

    /// How names of its family are spelled, where it begins as one: `digits-99`, `i32`.
    #[must_use]
    pub fn family(&self, language: Language) -> Option<String> {
        let name = self.0.as_str();
        if let Some(of_struct) = of_struct(name, language) {
            return Some(of_struct);
        }
        let marks = ["-start-", "-trailer-", "-end-"];
        let at = marks.iter().filter_map(|mark| name.find(mark)).min();
        if let Some(at) = at
            && parse_codec(&name[..at]).is_some()
        {
            let (most, widest) = (u8::MAX, super::Sequence::LONGEST);
            return Some(say!(
                language,
                "after the name of any framing except raw may follow, in this order, `-start-HEX` (1 to {widest} bytes of two hex digits each), `-trailer-N` (N from 1 to {most}), `-end-HEX`",
                "除 raw 外，成帧方式之后依次可写 `-start-HEX`（1 到 {widest} 个字节，每个两位十六进制）、`-trailer-N`（N 为 1 到 {most}）、`-end-HEX`"
            ));
        }
        FAMILIES
            .iter()
            .find_map(|family| (family.hint)(name, language))
    }
}

/// What a format of Python's module `struct` is called here: `i`, `>I`, `struct`.
fn of_struct(name: &str, language: Language) -> Option<String> {
    let format = name.strip_prefix("struct").unwrap_or(name);
    let format = format.trim_matches(['-', '.', ':', '(', ')', '"', '\'']);
    if let Some(field) = struct_field(format) {
        let field = field.name();
        return Some(say!(
            language,
            "`{format}` of Python's `struct` is `{field}`",
            "Python `struct` 的 `{format}` 是 `{field}`"
        ));
    }
    (name == "struct").then(|| {
        say!(
            language,
            "name the length field: `i` of Python's `struct` is `i32-le` on most machines, `>I` is `u32-be`",
            "请写明长度字段：Python `struct` 的 `i` 在多数机器上是 `i32-le`，`>I` 是 `u32-be`"
        )
    })
}

/// The field that a format of one number of Python's `struct` stands for
/// (docs.python.org, "Byte Order, Size, and Alignment"): without an order before the letter,
/// that of this machine, and `l` is as wide as C has it.
fn struct_field(format: &str) -> Option<LengthField> {
    let (order, letter) = match format.strip_prefix(['@', '=', '<', '>', '!']) {
        Some(letter) => (format.chars().next()?, letter),
        None => ('@', format),
    };
    let long = if order == '@' && cfg!(all(unix, target_pointer_width = "64")) {
        "64"
    } else {
        "32"
    };
    let (kind, bits) = match letter {
        "b" => ("i", "8"),
        "B" => ("u", "8"),
        "h" => ("i", "16"),
        "H" => ("u", "16"),
        "i" => ("i", "32"),
        "I" => ("u", "32"),
        "l" => ("i", long),
        "L" => ("u", long),
        "q" => ("i", "64"),
        "Q" => ("u", "64"),
        _ => return None,
    };
    let is_big = match order {
        '<' => false,
        '>' | '!' => true,
        _ => cfg!(target_endian = "big"),
    };
    let order = match (bits, is_big) {
        ("8", _) => "",
        (_, true) => "-be",
        (_, false) => "-le",
    };
    let name = format!("{kind}{bits}{order}");
    LengthField::ALL
        .into_iter()
        .find(|field| field.name() == name)
}

impl fmt::Display for UnknownFraming {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message(Language::English))
    }
}

impl std::error::Error for UnknownFraming {}

impl fmt::Display for Codec {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&each!(*self, codec => codec.name()))
    }
}

impl fmt::Display for Framing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.around {
            None => self.codec.fmt(formatter),
            Some(around) => formatter.pad(&format!("{}{around}", self.codec)),
        }
    }
}

impl FromStr for Framing {
    type Err = UnknownFraming;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        parse(name).ok_or_else(|| UnknownFraming(name.to_owned()))
    }
}

fn parse(name: &str) -> Option<Framing> {
    let (name, around) = Around::parse(name)?;
    let codec = parse_codec(name)?;
    match around {
        Some(_) if !around::can_stand_around(codec) => None,
        Some(_) | None => Some(Framing { codec, around }),
    }
}

fn parse_codec(name: &str) -> Option<Codec> {
    FAMILIES.iter().find_map(|family| (family.parse)(name))
}

/// Whether a name is the family's, alone or with something behind it.
pub(super) fn is_of(family: &str, name: &str) -> bool {
    let rest = name.strip_prefix(family);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// Which numbers a family takes behind its name.
pub(super) fn takes(family: &str, most: u64, language: Language) -> String {
    let most = grouped(most);
    say!(
        language,
        "`{family}-N` takes N from 1 to {most}, without a leading zero",
        "`{family}-N` 的 N 为 1 到 {most}，不带前导零"
    )
}

/// A decimal number spelled in the one way: digits alone, no leading zero.
pub(super) fn number(spelled: &str) -> Option<u32> {
    let digits_alone = spelled.bytes().all(|byte| byte.is_ascii_digit());
    let one_spelling = !spelled.starts_with('0') || spelled == "0";
    (digits_alone && one_spelling).then(|| spelled.parse().ok())?
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letters_of_struct_are_known() {
        let native = |little: &'static str, big: &'static str| {
            if cfg!(target_endian = "big") {
                big
            } else {
                little
            }
        };
        for (format, field) in [
            ("i", native("i32-le", "i32-be")),
            ("=I", native("u32-le", "u32-be")),
            ("<l", "i32-le"),
            (">I", "u32-be"),
            ("!H", "u16-be"),
            ("<q", "i64-le"),
            ("B", "u8"),
            ("struct-i", native("i32-le", "i32-be")),
            ("struct(\">I\")", "u32-be"),
        ] {
            let error = Framing::from_str(format).unwrap_err();
            let help = error.family(Language::English).unwrap();
            assert!(help.ends_with(&format!("is `{field}`")), "{format}: {help}");
            assert!(Framing::from_str(field).is_ok());
        }
        let module = UnknownFraming("struct".to_owned());
        assert!(
            module
                .family(Language::Chinese)
                .unwrap()
                .contains("`>I` 是 `u32-be`")
        );
        for other in ["x", "ii", "<", "structure", "e"] {
            let help = UnknownFraming(other.to_owned()).family(Language::English);
            assert!(help.is_none_or(|help| !help.contains("struct")), "{other}");
        }
    }
}
