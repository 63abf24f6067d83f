//! What the helper of one framing is filled in with, in every language.

use std::collections::BTreeSet;

use super::target::Target;
use crate::framing::{Around, Codec, Delimiter, Framing, LengthField, LengthPrefix};
use crate::language::Language;
use crate::render::template::Filling;

/// The two helpers of a framing, by the names of their sections.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sections {
    pub(super) encode: &'static str,
    pub(super) decode: &'static str,
}

/// Whether the programs have helpers for its frames.
pub(super) const fn has_helpers(framing: Framing) -> bool {
    sections(framing).is_some()
}

/// The helpers' sections, where there are any. What stands around a frame has helpers of its own, which call
/// those of the codec.
pub(super) const fn sections(framing: Framing) -> Option<Sections> {
    let (encode, decode) = match framing.codec() {
        Codec::Raw(_) => ("encode_raw", "read_raw"),
        Codec::Fixed(_) => ("encode_fixed", "read_fixed"),
        Codec::Delimiter(delimiter) if delimiter.optional_cr() => return None,
        Codec::Delimiter(delimiter) if delimiter.escape().is_some() => {
            ("encode_escaped", "read_escaped")
        }
        Codec::Delimiter(_) => ("encode_delimiter", "read_delimiter"),
        Codec::Digits(_) => ("encode_digits", "read_digits"),
        Codec::OctetCounting(_) => ("encode_octets", "read_octets"),
        Codec::Netstring(_) => ("encode_netstring", "read_netstring"),
        Codec::Varint(varint) if varint.offset() > 0 || varint.bits() < 64 => return None,
        Codec::Varint(_) => ("encode_varint", "read_varint"),
        Codec::Length(_) => ("encode_length", "read_length"),
        Codec::Stuffed(_)
        | Codec::Cobs(_)
        | Codec::PktLine(_)
        | Codec::HeaderBlock(_)
        | Codec::Json(_)
        | Codec::Resp(_)
        | Codec::Flagged(_) => return None,
    };
    Some(match framing.around() {
        None => Sections { encode, decode },
        Some(_) => Sections {
            encode: "encode_around",
            decode: "read_around",
        },
    })
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
    if let Some(around) = framing.around() {
        around_words(framing, around, target, &mut facts, &mut words);
    } else {
        match framing.codec() {
            Codec::Raw(_)
            | Codec::OctetCounting(_)
            | Codec::Netstring(_)
            | Codec::Varint(_)
            | Codec::Stuffed(_)
            | Codec::Cobs(_)
            | Codec::PktLine(_)
            | Codec::HeaderBlock(_)
            | Codec::Json(_)
            | Codec::Resp(_)
            | Codec::Flagged(_) => {}
            Codec::Fixed(fixed) => words.push(("size", fixed.size().to_string())),
            Codec::Digits(digits) => {
                let nines = "9".repeat(digits.width());
                words.push(("width", digits.width().to_string()));
                words.push(("limit", nines.parse().unwrap_or(u64::MAX).to_string()));
            }
            Codec::Delimiter(delimiter) => delimiter_words(delimiter, target, &mut words),
            Codec::Length(prefix) => length_words(prefix, language, &mut facts, &mut words),
        }
    }
    Filling {
        language,
        facts,
        words,
    }
}

/// A byte as it stands in a literal between quotes.
fn literal(byte: u8, target: Target) -> String {
    match byte {
        b'\n' => "\\n".to_owned(),
        b'\r' => "\\r".to_owned(),
        b'\\' => "\\\\".to_owned(),
        // Three octal digits end by themselves in C.
        _ if target == Target::C => format!("\\{byte:03o}"),
        _ => format!("\\x{byte:02x}"),
    }
}

fn around_words(
    framing: Framing,
    around: Around,
    target: Target,
    facts: &mut BTreeSet<&'static str>,
    words: &mut Vec<(&'static str, String)>,
) {
    let (start, end) = (around.start(), around.end());
    for (holds, fact) in [
        (!start.is_empty(), "start"),
        (around.trailer() > 0, "trailer"),
        (around.unchecked() > 0, "unchecked"),
        (!end.is_empty(), "end"),
    ] {
        if holds {
            facts.insert(fact);
        }
    }
    let literals = |bytes: &[u8]| bytes.iter().map(|byte| literal(*byte, target)).collect();
    words.extend([
        ("inner", identifier(framing.codec().into())),
        ("start-mark", literals(start)),
        ("start-size", start.len().to_string()),
        ("unchecked", around.unchecked().to_string()),
        ("end-mark", literals(end)),
        ("end-size", end.len().to_string()),
        ("trailer", around.trailer().to_string()),
    ]);
}

fn delimiter_words(delimiter: Delimiter, target: Target, words: &mut Vec<(&'static str, String)>) {
    let sequence = delimiter.sequence();
    let bytes = sequence.as_bytes();
    let one = |byte: u8| literal(byte, target);
    words.push(("delimiter", bytes.iter().copied().map(one).collect()));
    words.push(("length", bytes.len().to_string()));
    words.push(("rest", (bytes.len() - 1).to_string()));
    words.push(("first", one(bytes[0])));
    words.push(("escape", delimiter.escape().map_or_else(String::new, one)));
}

#[expect(
    clippy::too_many_lines,
    reason = "one list of what the helpers of a length say, in the order in which they say it"
)]
fn length_words(
    prefix: LengthPrefix,
    language: Language,
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
        // No struct format has three bytes.
        LengthField::U24Le => ("<", "u32"),
        LengthField::U24Be => (">", "u32"),
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
    let (counts, unit) = (prefix.counts, prefix.unit.get());
    let amount = counts.unsigned_abs();
    let width = prefix.field.width();
    let offset = usize::from(prefix.offset);
    let (is_three, is_plain) = (width == 3, counts == 0 && unit == 1);
    for (holds, fact) in [
        (is_plain, "alone"),
        (is_three, "three"),
        (counts != 0, "counts"),
        (counts > 0, "more"),
        (counts < 0, "less"),
        (unit > 1, "unit"),
        (
            unit > 1 || counts < 0 || u64::from(amount) > prefix.field.max(),
            "wide",
        ),
    ] {
        if holds {
            facts.insert(fact);
        }
    }
    let why = if usize::from(amount) == prefix.header() && counts > 0 {
        language.pick("it counts the header too", "连头部一起算")
    } else if counts > 0 {
        language.pick("what else it counts", "另外计入的字节")
    } else {
        language.pick("what it does not count", "不计入的字节")
    };
    let length = if is_plain { "len(payload)" } else { "length" };
    let endian = if order == "be" { "big" } else { "little" };
    let (packed, unpacked) = if is_three {
        let behind = offset + width;
        (
            format!("{length}.to_bytes(3, \"{endian}\")"),
            format!("length = int.from_bytes(header[{offset}:{behind}], \"{endian}\")"),
        )
    } else {
        let unpacked = match (prefix.offset, prefix.gap) {
            (0, 0) => format!("struct.unpack(\"{format}\", header)"),
            (0, _) => format!("struct.unpack_from(\"{format}\", header)"),
            (_, _) => format!("struct.unpack_from(\"{format}\", header, {offset})"),
        };
        (
            format!("struct.pack(\"{format}\", {length})"),
            format!("(length,) = {unpacked}"),
        )
    };
    let bytes = match (is_three, order) {
        (false, _) => format!("&length.to_{order}_bytes()"),
        (true, "be") => "&length.to_be_bytes()[1..]".to_owned(),
        (true, _) => "&length.to_le_bytes()[..3]".to_owned(),
    };
    let of_three = match order {
        "be" => "[0, a, b, c]",
        _ => "[a, b, c, 0]",
    };
    if prefix.offset > 0 {
        facts.insert("offset");
    }
    if prefix.gap > 0 {
        facts.insert("gap");
    }
    if prefix.offset == 0 && prefix.gap == 0 && !is_three {
        facts.insert("bare");
    }
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
        ("packed", packed),
        ("unpacked", unpacked),
        ("length-bytes", bytes),
        ("of-three", of_three.to_owned()),
        ("why", why.to_owned()),
        ("amount", amount.to_string()),
        ("sign", if counts < 0 { "-" } else { "+" }.to_owned()),
        ("back", if counts < 0 { "+" } else { "-" }.to_owned()),
        ("unit", unit.to_string()),
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
