//! Cases made for the test: one for each framing, and for what no case of the catalogue covers.

use sticky_packet::framing::{Codec, Framing};
use sticky_packet::scenario::Scenario;
use sticky_packet::scenario::read::read;

pub(crate) fn cases() -> Vec<(String, Scenario)> {
    // What a program does otherwise though no reader has to.
    let ways_to_count = [
        "u16-le-offset-2-counts-header-unit-4",
        "u24-le-gap-1-counts-minus-1",
        "u8-counts-200-start-7b",
        "netstring-trailer-2",
    ];
    let framings = ways_to_count.map(|name| name.parse::<Framing>().unwrap());
    let framed = Framing::every()
        .into_iter()
        .chain(framings)
        .filter(Framing::keeps_boundaries)
        .filter(|framing| !without_programs().contains(framing))
        .map(framed);
    let others = OTHERS.into_iter().map(|(name, text)| {
        let name = format!("made/{name}");
        let case = case(&name, text);
        (name, case)
    });
    framed.chain(others).collect()
}

/// The framings that no program reads.
pub(crate) fn without_programs() -> Vec<Framing> {
    let names = [
        "line-or-crlf",
        "varint-offset-1-bits-28",
        "varint-bits-32",
        "slip",
        "hdlc",
        "stuffed-7e-7d-02-01",
        "cobs",
        "pkt-line",
        "header-block",
        "http-message",
        "stomp-frame",
        "json",
        "resp",
        "websocket-frame",
        "zmtp-frame",
    ];
    names.map(|name| name.parse().unwrap()).to_vec()
}

/// Three messages by a framing, in pieces of 3 bytes, decoded to the end.
fn framed(framing: Framing) -> (String, Scenario) {
    let [one, two, three] = match framing.codec() {
        Codec::Fixed(_) => ["下了一天的雨", "出门走走好吗", "0123456789abcdefgh"],
        Codec::Delimiter(delimiter) if delimiter.escape().is_some() => {
            ["a\\\\b\\nc", "适合发呆", "\\\\"]
        }
        // Payloads of whole units, with the header that is counted.
        Codec::Length(prefix) if prefix.unit.get() > 1 => ["适合发呆", "1234", "今天天气"],
        _ => ["下了一天的雨", "x", "适合发呆"],
    };
    let name = format!("framing/{framing}");
    let text = format!(
        r#"
[server]
steps = [
  {{ send = "{one}", framing = "{framing}", pieces = 3 }},
  {{ send = "{two}", framing = "{framing}" }},
  {{ send = "{three}", framing = "{framing}" }},
]
[client]
steps = [{{ decode = "{framing}" }}]
[expect.client]
decoded = ["{one}", "{two}", "{three}"]
lost-boundaries = "none"
"#
    );
    let case = case(&name, &text);
    (name, case)
}

/// A case whose title would end any comment.
fn case(name: &str, text: &str) -> Scenario {
    let head = r#"about = "TCP黏包解决方式"
about-time = true
KEYS
[title]
en = "Made for a test */ \"\"\" ' ??/ {x} \\"
zh = "为测试而写 */"
[lesson]
en = "Nothing."
zh = "无。"
"#;
    // The keys of the file itself come before its tables.
    let (keys, scripts) = text.split_at(text.find("[server]").unwrap());
    let file = head.replace("KEYS", keys) + scripts;
    read(name, name, file.as_bytes()).unwrap_or_else(|problems| panic!("{problems}"))
}

const OTHERS: [(&str, &str); 12] = [
    (
        "texts that mean something to a compiler",
        r#"
[server]
steps = [{ send = "\"'\\ ??/ {x} %s \t\u0000\u200bé\\" }, { send = { repeat = "\\\"{", times = 3 } }]
[client]
steps = [{ wait = { queued = 32 } }, { recv = 1024 }]
[expect.client]
recv = [{ text = "\"'\\ ??/ {x} %s \t\u0000\u200bé\\\\\"{\\\"{\\\"{" }]
"#,
    ),
    (
        "points that mean something to a compiler",
        r#"
[server]
steps = [{ send = "x" }, { reach = "\"it\" {is} \\ 发了" }]
[client]
steps = [{ wait = { reached = "\"it\" {is} \\ 发了" } }, { recv = 9 }]
[expect.client]
recv = [{ text = "x" }]
"#,
    ),
    (
        "a look that takes nothing",
        r#"
[server]
steps = [{ send = "rain" }]
[client]
steps = [{ recv = 4, peek = true }, { recv-until-end = 10 }]
[expect.client]
total = 4
"#,
    ),
    (
        "a look and all of it",
        r#"
[server]
steps = [{ send = "ra" }, { send = "in" }]
[client]
steps = [{ recv = 4, peek = true, wait-all = true }, { recv = 4 }]
[expect.client]
messages = ["coalesced", "coalesced"]
"#,
    ),
    (
        "three clients, one after the other",
        r#"
[server]
steps = [
  { bind = "any", options = { reuse-address = true } }, "listen", { reach = "listening" },
  { repeat = 3, steps = ["accept", { recv = 100 }, "close"] },
]
[client]
steps = [
  { wait = { reached = "listening" } },
  { repeat = 3, steps = ["connect", { send = "hello" }, "close"] },
]
[expect.server]
recv = [{ text = "hello" }, { text = "hello" }, { text = "hello" }]
"#,
    ),
    (
        "lengths in digits, read strictly",
        r#"
[server]
steps = [
  { send = { length-of = "rain", as = "digits-8" }, part = "header" },
  { send = "rain" },
  { send = "00 0", part = "header" },
  { send = "x" },
]
[client]
steps = [
  { recv-exact = 8, length = "digits-8" },
  { recv-exact = "length" },
  { recv-exact = 4, length = "digits", fails = "length-not-a-number" },
]
[expect.client]
total = 16
"#,
    ),
    (
        "lengths in four bytes",
        r#"
[server]
steps = [
  { send = { length-of = "rain", as = "i32-le" }, part = "header" },
  { send = "rain" },
  { send = { length-of = 3, as = "i32-be" }, part = "header" },
  { send = "sun" },
  { send = { length-of = { random = 70000, seed = 5 }, as = "i32-be" }, part = "header" },
  { send = { random = 70000, seed = 5 } },
  { send = { length-of = 4000000000, as = "i32-le" }, fails = "length-does-not-fit" },
]
[client]
steps = [
  { recv-exact = 4, length = "i32-le" },
  { recv-exact = "length" },
  { recv-exact = 4, length = "i32-be" },
  { recv-exact = "length" },
  { recv-exact = 4, length = "i32-be" },
  { recv-exact = "length" },
]
[expect.client]
intact = true
"#,
    ),
    (
        "fewer messages than asked for, and a stream that ends too early",
        r#"
[server]
steps = [{ send = "rain", framing = "u8" }]
[client]
steps = [{ decode = "u8", messages = 2, fails = "end-inside-header" }]
[expect.client]
decoded = ["rain"]
"#,
    ),
    (
        "an exact read that the end cuts",
        r#"
[server]
steps = [{ send = "rain" }]
[client]
steps = [{ recv-exact = 9, fails = "end-inside-body" }]
[expect.client]
recv = [{ text = "rain" }, "end"]
"#,
    ),
    (
        "options, and a reset by closing",
        r#"
[server]
options = { linger = 0, no-delay = true, send-timeout = 3000 }
steps = [{ recv = 9 }, "close"]
[client]
options = { no-delay = true, linger = 2 }
steps = [
  { set = { cork = true } },
  { send = "rain" },
  { pause = "1ms" },
  { set = { cork = false } },
  { wait = "reset" },
  { recv = 9, fails = "ECONNRESET" },
]
[expect.server]
recv = [{ text = "rain" }]
"#,
    ),
    (
        "a local stream, waited for",
        r#"
transport = "unix-stream"
[server]
steps = [{ send = "rain" }, { send = "sun" }, { wait = "peer-closed" }]
[client]
steps = [{ wait = { queued = 7 } }, { recv = 9 }, { send = "!", framing = "netstring" }]
[expect.client]
recv = [{ text = "rainsun" }]
"#,
    ),
    (
        "an answer to whoever asked last, and silence",
        r#"
transport = "udp"
deadline = "200ms"
[server]
steps = [
  { repeat = 2, steps = [{ recv = 99 }, { send = "yes" }] },
  { recv-available = 9 },
  { recv = 9, fails = "EAGAIN" },
]
[client]
steps = [{ repeat = 2, steps = [{ send = "well?" }, { recv = 99 }] }, { send = "" }]
[expect.client]
recv = [{ text = "yes" }, { text = "yes" }]
"#,
    ),
];
