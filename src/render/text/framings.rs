//! The framings and the protocols: a list of all, and how one finds its message boundaries, with a
//! diagram and an example taken apart.
//!
//! Promises: the same as [`super::draw`]: no line is wider than the style says.

use std::io::{self, Write};

use super::line::{Ink, Line};
use super::{Page, Style, draw_decoded};
use crate::framing::{Codec, Flagged, Framing, HeaderBlock, Protocol, forms, protocols};
use crate::laboratory::dissect::dissect_behind;
use crate::language::Language;
use crate::render::escape;

const INDENT: usize = 2;

/// The longest payload of an example, in bytes.
const CAP: usize = 1 << 20;

/// Draws the list of all.
///
/// # Errors
/// If `out` fails.
pub fn draw_framings(style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut Page::new(style, out);
    let language = style.language;
    page.line(Line::of(Ink::Heading, page.pick("framings", "成帧方式")))?;
    for form in forms(language) {
        page.wrapped(Ink::Plain, INDENT, 2, form)?;
    }
    let around = language.pick(
        "all but raw also with -start-HEX, -trailer-N, -end-HEX in this order",
        "除 raw 外，末尾都可依次加上 -start-HEX、-trailer-N、-end-HEX",
    );
    page.wrapped(Ink::Plain, INDENT, 2, around)?;
    page.blank()?;
    let heading = page.pick(
        "protocols: their names stand for their framings",
        "协议：其名称可代替成帧方式",
    );
    page.line(Line::of(Ink::Heading, heading))?;
    let widest = |texts: &mut dyn Iterator<Item = String>| {
        let widths = texts.map(|text| escape::width(&text));
        widths.max().unwrap_or(0)
    };
    let names = widest(&mut protocols().iter().map(|it| it.name.clone()));
    let titles = widest(
        &mut protocols()
            .iter()
            .map(|it| it.title.get(language).to_owned()),
    );
    for protocol in protocols() {
        let mut line = Line::default();
        line.pad_to(INDENT);
        line.push(Ink::Heading, &protocol.name);
        line.pad_to(INDENT + names + 2);
        line.push(Ink::Plain, protocol.title.get(language));
        let framing = protocol.framing.to_string();
        let at = INDENT + names + 2 + titles + 2;
        // A long framing that a narrow page has no room for is told with the protocol.
        if at + escape::width(&framing) <= style.columns() {
            line.pad_to(at);
            line.push(Ink::Plain, &framing);
        }
        page.line(line)?;
    }
    page.blank()?;
    let more = page.pick(
        "`sticky framings postgres` shows how one finds its message boundaries.",
        "`sticky framings postgres` 讲解其中一个如何找到消息边界。",
    );
    page.wrapped(Ink::Plain, 0, 0, more)
}

/// Draws how a framing finds its message boundaries; of a protocol also what its specification
/// says, and its example.
///
/// # Errors
/// If `out` fails.
pub fn draw_framing(
    framing: Framing,
    protocol: Option<&Protocol>,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let language = style.language;
    let page = &mut Page::new(style, out);
    let title = protocol.map(|protocol| protocol.title.get(language));
    let name = title.map_or_else(|| framing.to_string(), str::to_owned);
    page.line(Line::of(Ink::Heading, &name))?;
    page.blank()?;
    let how = protocol.map_or(about(framing.codec(), language), |it| it.how.get(language));
    page.wrapped(Ink::Plain, INDENT, 0, &sentence(how, language))?;
    if let Some(until) = protocol.and_then(|protocol| protocol.until.as_ref()) {
        let until = until.get(language);
        let until = say!(language, "note: {until}", "注意：{until}");
        page.wrapped(Ink::Plain, INDENT, 2, &until)?;
    }
    if let Some(protocol) = protocol {
        let specification = &protocol.specification;
        let told = say!(
            language,
            "specification: {specification}",
            "规范：{specification}"
        );
        page.wrapped(Ink::Plain, INDENT, 2, &told)?;
        let told = say!(language, "framing: {framing}", "成帧方式：{framing}");
        page.wrapped(Ink::Plain, INDENT, 2, &told)?;
    }
    page.blank()?;
    for line in diagram(&anatomy(framing, language), style.columns() - INDENT) {
        page.line(Line::of(
            Ink::Plain,
            &format!("{}{line}", " ".repeat(INDENT)),
        ))?;
    }
    let (stream, skipped) = match protocol {
        Some(protocol) => {
            let opening = protocol.opening.as_ref();
            let skipped = opening.map_or(0, |opening| opening.taken(&protocol.example));
            (protocol.example.clone(), skipped)
        }
        None => (example(framing), 0),
    };
    if stream.is_empty() {
        return Ok(());
    }
    page.blank()?;
    let dissection = dissect_behind(skipped, &stream, framing, CAP, super::kept(style));
    draw_decoded(&stream, &dissection, None, style, out)
}

/// A clause as a sentence.
fn sentence(clause: &str, language: Language) -> String {
    let mut characters = clause.chars();
    let first = characters
        .next()
        .map(|first| first.to_uppercase().collect());
    let first: String = first.unwrap_or_default();
    let end = language.pick(".", "。");
    format!("{first}{}{end}", characters.as_str())
}

/// Two messages by the framing.
fn example(framing: Framing) -> Vec<u8> {
    let mut stream = Vec::new();
    let of_size;
    let messages: [&[u8]; 2] = match framing.codec() {
        Codec::Json(_) => [b"{\"rain\":true}", b"[\"sun\"]"],
        Codec::Resp(_) => [b"*2\r\n$4\r\nECHO\r\n$4\r\nrain\r\n", b"$4\r\nrain\r\n"],
        Codec::Fixed(fixed) => {
            of_size = vec![b'.'; fixed.size().min(CAP)];
            [&of_size, &of_size]
        }
        _ => [b"rain~sun", b"drizzle "],
    };
    for message in messages {
        // What the framing cannot carry is left out.
        let _ = framing.encode(message, &mut stream);
    }
    stream
}

/// How a reader finds the end of a message, as a clause.
fn about(codec: Codec, language: Language) -> &'static str {
    match codec {
        Codec::Raw(_) => language.pick(
            "nothing says where a message ends: a reader takes whatever is there",
            "没有任何东西标明消息在哪里结束：读到什么算什么",
        ),
        Codec::Fixed(_) => language.pick(
            "all messages have the same length, which both sides know",
            "所有消息长度相同，双方事先知道",
        ),
        Codec::Delimiter(delimiter) if delimiter.escape().is_some() => language.pick(
            "a delimiter ends a message; an escape before it in the message takes that meaning away",
            "分隔符结束消息；消息里的分隔符前加转义符，就不再有这个含义",
        ),
        Codec::Delimiter(delimiter) if delimiter.optional_cr() => language.pick(
            "a line feed ends a message; a carriage return before it belongs to it",
            "换行结束消息；前面的回车也算在内",
        ),
        Codec::Delimiter(_) => language.pick(
            "a delimiter ends a message, and none may stand inside it",
            "分隔符结束消息，消息内不得出现分隔符",
        ),
        Codec::Digits(_) => language.pick(
            "a length in digits, always as many, stands before each message",
            "每条消息前是位数固定的十进制长度",
        ),
        Codec::OctetCounting(_) => language.pick(
            "a length in digits and a space stand before each message",
            "每条消息前是十进制长度和一个空格",
        ),
        Codec::Netstring(_) => language.pick(
            "a length in digits and a colon stand before each message, a comma behind it",
            "每条消息前是十进制长度和冒号，后面是逗号",
        ),
        Codec::Varint(_) => language.pick(
            "a length in groups of seven bits stands before each message; the highest bit of a byte says that another follows",
            "每条消息前是每字节 7 位的变长长度；字节的最高位表示后面还有",
        ),
        Codec::Length(_) => language.pick(
            "a length as a binary number stands before each message",
            "每条消息前是二进制长度",
        ),
        Codec::Stuffed(_) => language.pick(
            "a flag stands around each message; in the message it is written as an escape and another byte",
            "标志位于消息两端；消息内的标志写作转义符加另一个字节",
        ),
        Codec::Cobs(_) => language.pick(
            "a zero ends a message; each zero in it became the count of bytes up to the next",
            "0 结束消息；消息中的每个 0 都换成了到下一个 0 的字节数",
        ),
        Codec::PktLine(_) => language.pick(
            "four hex digits count the message and themselves",
            "四位十六进制长度，连自身一起算",
        ),
        Codec::HeaderBlock(HeaderBlock::Fields) => language.pick(
            "lines stand before the message up to an empty one; Content-Length says how long it is",
            "消息前是若干行，到空行为止；Content-Length 给出消息长度",
        ),
        Codec::HeaderBlock(HeaderBlock::Http) => language.pick(
            "lines stand before the message up to an empty one; Content-Length says how long it is, or each piece has its length in front (chunked)",
            "消息前是若干行，到空行为止；长度由 Content-Length 给出，或写在每个分块之前（chunked）",
        ),
        Codec::HeaderBlock(HeaderBlock::Stomp) => language.pick(
            "lines stand before the message up to an empty one; a NUL stands behind it",
            "消息前是若干行，到空行为止；消息后是 NUL",
        ),
        Codec::Json(_) => language.pick(
            "a JSON object or array ends where its first bracket is closed",
            "JSON 对象或数组在最外层括号闭合处结束",
        ),
        Codec::Resp(_) => language.pick(
            "the first byte of a value says whether a line, a length, or a number of values follows",
            "值的首字节说明后面是一行、一个长度，还是若干个值",
        ),
        Codec::Flagged(Flagged::WebSocket) => language.pick(
            "the 7 bits of length say whether 2 or 8 bytes more follow, and a bit whether a key does",
            "7 位长度说明后面是否另有 2 或 8 字节，另有 1 位说明是否有掩码",
        ),
        Codec::Flagged(Flagged::Zmtp) => language.pick(
            "a flag says whether the length has 1 or 8 bytes",
            "标志位说明长度占 1 还是 8 字节",
        ),
    }
}

/// The parts of a frame: what each is, and how many bytes it has.
#[expect(
    clippy::too_many_lines,
    reason = "one list of what a frame of each codec consists of"
)]
fn anatomy(framing: Framing, language: Language) -> Vec<(String, String)> {
    let mut parts: Vec<(String, String)> = Vec::new();
    let mut add = |what: &str, size: String| parts.push((what.to_owned(), size));
    let bytes = |count: usize| {
        let unit = if count == 1 { "byte" } else { "bytes" };
        say!(language, "{count} {unit}", "{count} 字节")
    };
    let up_to = |most: usize| say!(language, "1 to {most} bytes", "1 到 {most} 字节");
    let either = |some: &str| say!(language, "{some} bytes", "{some} 字节");
    let spelled = |bytes: &[u8]| {
        let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        digits.join(" ")
    };
    let payload = language.pick("payload", "负载");
    let length = language.pick("length", "长度");
    let any = language.pick("any", "任意").to_owned();
    let none = String::new;
    if let Some(around) = framing.around()
        && !around.start().is_empty()
    {
        add(&spelled(around.start()), bytes(around.start().len()));
    }
    match framing.codec() {
        Codec::Raw(_) => add(payload, any),
        Codec::Fixed(fixed) => add(payload, bytes(fixed.size())),
        Codec::Delimiter(delimiter) => {
            add(payload, any);
            let delimiter_bytes = delimiter.sequence();
            let sequence = spelled(delimiter_bytes.as_bytes());
            if delimiter.optional_cr() {
                add(&format!("(0d) {sequence}"), either("1, 2"));
            } else {
                add(&sequence, bytes(delimiter_bytes.as_bytes().len()));
            }
        }
        Codec::Digits(digits) => {
            let width = digits.width();
            add(length, say!(language, "{width} digits", "{width} 位数字"));
            add(payload, any);
        }
        Codec::OctetCounting(_) | Codec::Netstring(_) => {
            let is_netstring = matches!(framing.codec(), Codec::Netstring(_));
            add(length, language.pick("digits", "数字").to_owned());
            add(if is_netstring { ":" } else { "20" }, bytes(1));
            add(payload, any);
            if is_netstring {
                add(",", bytes(1));
            }
        }
        Codec::Varint(varint) => {
            if varint.offset() > 0 {
                add("…", bytes(varint.offset()));
            }
            add(length, up_to(varint.longest()));
            add(payload, any);
        }
        Codec::Length(prefix) => {
            if prefix.offset > 0 {
                add("…", bytes(prefix.offset.into()));
            }
            let field = prefix.field;
            add(&format!("{length} {}", field.name()), bytes(field.width()));
            if prefix.gap > 0 {
                add("…", bytes(prefix.gap.into()));
            }
            add(payload, any);
        }
        Codec::Stuffed(stuffed) => {
            let flag = spelled(&[stuffed.flag()]);
            add(&flag, bytes(1));
            let [escape, flag_code, escape_code] = [
                stuffed.escape(),
                stuffed.code(stuffed.flag()),
                stuffed.code(stuffed.escape()),
            ];
            let rules = format!(
                "{flag} = {escape:02x} {flag_code:02x}, {escape:02x} = {escape:02x} {escape_code:02x}"
            );
            add(payload, rules);
            add(&flag, bytes(1));
        }
        Codec::Cobs(_) => {
            let blocks = language.pick("blocks: count, bytes", "块：计数、字节");
            add(blocks, any);
            add("00", bytes(1));
        }
        Codec::PktLine(_) => {
            let digits = language.pick("4 hex digits", "4 位十六进制");
            add(length, digits.to_owned());
            add(payload, any);
        }
        Codec::HeaderBlock(block) => {
            match block {
                HeaderBlock::Fields => {}
                HeaderBlock::Http => add(language.pick("start line", "起始行"), none()),
                HeaderBlock::Stomp => add(language.pick("command", "命令"), none()),
            }
            let field = match block {
                HeaderBlock::Fields | HeaderBlock::Http => "Content-Length: N",
                HeaderBlock::Stomp => "content-length:N",
            };
            add(field, none());
            add(language.pick("empty line", "空行"), none());
            add(payload, say!(language, "N bytes", "N 字节"));
            if block == HeaderBlock::Stomp {
                add("00", bytes(1));
            }
        }
        Codec::Json(_) => add(language.pick("{…} or […]", "{…} 或 […]"), any),
        Codec::Resp(_) => {
            add(language.pick("type", "类型"), bytes(1));
            let text = language.pick("text, length or number", "文本、长度或个数");
            add(text, language.pick("a line", "一行").to_owned());
            add(language.pick("bytes or values", "字节或值"), any);
        }
        Codec::Flagged(Flagged::WebSocket) => {
            add(language.pick("FIN, opcode", "FIN、操作码"), bytes(1));
            add(language.pick("mask, length", "掩码位、长度"), bytes(1));
            add(length, either("0, 2, 8"));
            add(language.pick("key", "掩码"), either("0, 4"));
            add(payload, any);
        }
        Codec::Flagged(Flagged::Zmtp) => {
            add(language.pick("flags", "标志"), bytes(1));
            add(length, either("1, 8"));
            add(payload, any);
        }
    }
    if let Some(around) = framing.around() {
        if around.unchecked() > 0 {
            add("…", bytes(around.unchecked()));
        }
        if !around.end().is_empty() {
            add(&spelled(around.end()), bytes(around.end().len()));
        }
    }
    parts
}

/// The parts in boxes side by side, or one below the other where there is no room.
fn diagram(parts: &[(String, String)], columns: usize) -> Vec<String> {
    let widths: Vec<usize> = parts
        .iter()
        .map(|(what, size)| escape::width(what).max(escape::width(size)))
        .collect();
    let total: usize = widths.iter().map(|width| width + 3).sum();
    if total + 1 > columns {
        let list = parts.iter().map(|(what, size)| {
            if size.is_empty() {
                format!("| {what}")
            } else {
                format!("| {what}: {size}")
            }
        });
        return list.collect();
    }
    let padded =
        |text: &str, width: usize| format!("{text}{}", " ".repeat(width - escape::width(text)));
    let mut rule = "+".to_owned();
    let mut names = "|".to_owned();
    let mut sizes = " ".to_owned();
    for ((what, size), &width) in parts.iter().zip(&widths) {
        rule.extend(["-".repeat(width + 2).as_str(), "+"]);
        names.extend([" ", &padded(what, width), " |"]);
        sizes.extend([" ", &padded(size, width), "  "]);
    }
    vec![rule.clone(), names, rule, sizes.trim_end().to_owned()]
}
