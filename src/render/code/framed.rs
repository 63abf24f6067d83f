//! What the helper of one framing is filled in with, in every language.

use std::collections::BTreeSet;

use super::target::Target;
use crate::framing::{Delimiter, Framing, LengthField, LengthPrefix};
use crate::language::Language;
use crate::render::template::Filling;

/// The two helpers of a framing, by the names of their sections.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sections {
    pub(super) encode: &'static str,
    pub(super) decode: &'static str,
}

/// The helpers' sections.
pub(super) const fn sections(framing: Framing) -> Sections {
    let (encode, decode) = match framing {
        Framing::Raw => ("encode_raw", "read_raw"),
        Framing::Fixed(_) => ("encode_fixed", "read_fixed"),
        Framing::Delimiter(delimiter) if delimiter.escape().is_some() => {
            ("encode_escaped", "read_escaped")
        }
        Framing::Delimiter(_) => ("encode_delimiter", "read_delimiter"),
        Framing::Digits(_) => ("encode_digits", "read_digits"),
        Framing::OctetCounting => ("encode_octets", "read_octets"),
        Framing::Netstring => ("encode_netstring", "read_netstring"),
        Framing::Varint => ("encode_varint", "read_varint"),
        Framing::Length(_) => ("encode_length", "read_length"),
    };
    Sections { encode, decode }
}

/// The framing's name where only letters, digits and `_` may stand.
pub(super) fn identifier(framing: Framing) -> String {
    framing.to_string().replace('-', "_")
}

/// What its helpers are filled in with.
pub(super) fn filling(framing: Framing, target: Target, language: Language) -> Filling {
    let mut facts = BTreeSet::new();
    let mut words = vec![
        ("name", identifier(framing)),
        ("framing", framing.to_string()),
    ];
    match framing {
        Framing::Raw | Framing::OctetCounting | Framing::Netstring | Framing::Varint => {}
        Framing::Fixed(fixed) => words.push(("size", fixed.size().to_string())),
        Framing::Digits(digits) => {
            let nines = "9".repeat(digits.width());
            words.push(("width", digits.width().to_string()));
            words.push(("limit", nines.parse().unwrap_or(u64::MAX).to_string()));
        }
        Framing::Delimiter(delimiter) => delimiter_words(delimiter, target, &mut words),
        Framing::Length(prefix) => length_words(prefix, &mut facts, &mut words),
    }
    Filling {
        language,
        facts,
        words,
    }
}

fn delimiter_words(delimiter: Delimiter, target: Target, words: &mut Vec<(&'static str, String)>) {
    let sequence = delimiter.sequence();
    let bytes = sequence.as_bytes();
    let one = |byte: u8| match byte {
        b'\n' => "\\n".to_owned(),
        b'\r' => "\\r".to_owned(),
        b'\\' => "\\\\".to_owned(),
        // Three octal digits end by themselves in C.
        _ if target == Target::C => format!("\\{byte:03o}"),
        _ => format!("\\x{byte:02x}"),
    };
    words.push(("delimiter", bytes.iter().copied().map(one).collect()));
    words.push(("length", bytes.len().to_string()));
    words.push(("rest", (bytes.len() - 1).to_string()));
    words.push(("first", one(bytes[0])));
    words.push(("escape", delimiter.escape().map_or_else(String::new, one)));
}

fn length_words(
    prefix: LengthPrefix,
    facts: &mut BTreeSet<&'static str>,
    words: &mut Vec<(&'static str, String)>,
) {
    let (format, kind) = match prefix.field {
        LengthField::U8 => ("B", "u8"),
        LengthField::I8 => ("b", "i8"),
        LengthField::U16Le => ("<H", "u16"),
        LengthField::U16Be => (">H", "u16"),
        LengthField::I16Le => ("<h", "i16"),
        LengthField::I16Be => (">h", "i16"),
        LengthField::U32Le => ("<I", "u32"),
        LengthField::U32Be => (">I", "u32"),
        LengthField::I32Le => ("<i", "i32"),
        LengthField::I32Be => (">i", "i32"),
        LengthField::U64Le => ("<Q", "u64"),
        LengthField::U64Be => (">Q", "u64"),
        LengthField::I64Le => ("<q", "i64"),
        LengthField::I64Be => (">q", "i64"),
    };
    let signed = kind.starts_with('i');
    let order = if format.starts_with('>') { "be" } else { "le" };
    facts.insert(order);
    if signed {
        facts.insert("signed");
    }
    if prefix.counts_header {
        facts.insert("counts");
    }
    if prefix.offset > 0 {
        facts.insert("offset");
    }
    if prefix.gap > 0 {
        facts.insert("gap");
    }
    if prefix.offset == 0 && prefix.gap == 0 {
        facts.insert("bare");
    }
    let width = prefix.field.width();
    let offset = usize::from(prefix.offset);
    let zeros = |count: u8, text: String| if count > 0 { text } else { String::new() };
    words.extend([
        (
            "zeros-before",
            zeros(prefix.offset, format!("&[0; {offset}][..], ")),
        ),
        (
            "zeros-after",
            zeros(prefix.gap, format!(", &[0; {}][..]", prefix.gap)),
        ),
        (
            "before",
            zeros(prefix.offset, format!("bytes({offset}) + ")),
        ),
        (
            "after",
            zeros(prefix.gap, format!(" + bytes({})", prefix.gap)),
        ),
        (
            "unpack",
            match (prefix.offset, prefix.gap) {
                (0, 0) => format!("struct.unpack(\"{format}\", header)"),
                (0, _) => format!("struct.unpack_from(\"{format}\", header)"),
                (_, _) => format!("struct.unpack_from(\"{format}\", header, {offset})"),
            },
        ),
        ("format", format.to_owned()),
        ("type", kind.to_owned()),
        (
            "ctype",
            format!("{}{}_t", if signed { "int" } else { "uint" }, width * 8),
        ),
        ("order", order.to_owned()),
        ("width", width.to_string()),
        ("last", (width - 1).to_string()),
        ("offset", offset.to_string()),
        ("behind", (offset + width).to_string()),
        ("gap", prefix.gap.to_string()),
        ("header", prefix.header().to_string()),
        ("limit", prefix.field.max().to_string()),
    ]);
}
