//! Programs in Rust: the standard library, and the C library that it stands on where a
//! step needs a call that std does not have.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::instruction::{ConnectFrom, Failure, Socket, SocketKind, Work};
use super::options::{Flags, OptionCode, OptionValue};
use super::plan::Plan;
use super::sheet::{Sheet, either, quoted};
use crate::scenario::{LengthCode, Payload, Transport};

static HELPERS: &str = include_str!("helpers/rust.txt");

/// The whole program.
pub(super) fn program(plan: &Plan<'_>, heading: &[String]) -> String {
    let mut sheet = Sheet::new(plan, HELPERS, &forms(plan), words(plan));
    sheet.depth = 1;
    opening(&mut sheet);
    sheet.block(&plan.instructions, work);
    let (helpers, mut imports) = sheet.helpers();
    imports.insert("io::self");

    let mut text = String::new();
    text.extend(heading.iter().map(|line| format!("// {line}\n")));
    text += "\n";
    text += &uses(&imports);
    text.extend(helpers.iter().map(|helper| format!("\n{helper}\n")));
    text += "\nfn main() -> io::Result<()> {\n";
    text + &sheet.body + "    Ok(())\n}\n"
}

/// The imports, one line for each module.
fn uses(imports: &BTreeSet<&'static str>) -> String {
    let mut modules: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for import in imports {
        let (module, name) = import.rsplit_once("::").unwrap_or(("", import));
        // `Ordering::Relaxed` is of two parts.
        match module.strip_suffix("::Ordering") {
            Some(module) => modules.entry(module).or_default().push("Ordering::Relaxed"),
            None => modules.entry(module).or_default().push(name),
        }
    }
    let mut lines = Vec::new();
    for (module, mut names) in modules {
        names.sort_by_key(|name| (*name != "self", *name));
        lines.push(match names[..] {
            ["self"] => format!("use std::{module};\n"),
            [one] => format!("use std::{module}::{one};\n"),
            _ => format!("use std::{module}::{{{}}};\n", names.join(", ")),
        });
    }
    lines.concat()
}

/// Which form the helpers that send and receive have.
fn forms(plan: &Plan<'_>) -> Vec<&'static str> {
    let mut forms = Vec::new();
    if plan.is("udp") {
        if !plan.is("answers") {
            forms.push("udp-recv");
        }
        if plan.is("plain") {
            forms.push("udp-send");
        }
        return forms;
    }
    if !plan.is("sflags") {
        forms.push("stream-write");
    }
    if !plan.is("rflags") {
        forms.push("stream-read");
    }
    forms
}

fn words(plan: &Plan<'_>) -> Vec<(&'static str, String)> {
    let end = either(plan.is("none"), "count == 0 && size > 0", "count == 0");
    vec![
        ("stream", stream(plan).1.to_owned()),
        ("rnone", either(plan.is("rflags"), ", 0", "")),
        ("peer", either(plan.is("answers"), ", peer", "")),
        ("end", end),
    ]
}

/// The type that helpers take: its path, and its name.
const fn stream(plan: &Plan<'_>) -> (&'static str, &'static str) {
    match plan.part.transport {
        Transport::Tcp => ("net::TcpStream", "TcpStream"),
        Transport::Udp => ("net::UdpSocket", "UdpSocket"),
        Transport::UnixStream | Transport::UnixSeqpacket | Transport::Pipe => {
            ("os::unix::net::UnixStream", "UnixStream")
        }
    }
}

fn import_stream(sheet: &mut Sheet<'_>) {
    let (path, _) = stream(sheet.plan);
    sheet.imports.insert(path);
}

/// Marks a helper that takes a socket as called.
fn call(sheet: &mut Sheet<'_>, helper: &'static str) {
    import_stream(sheet);
    sheet.call(helper);
}

fn opening(sheet: &mut Sheet<'_>) {
    let argument = "std::env::args().nth(1)";
    if sheet.plan.is("unix") {
        sheet.line(format!(
            "let path = {argument}.unwrap_or(\"sticky.sock\".into());"
        ));
    } else {
        let port = sheet.say("a port", "端口号");
        sheet.line("let port: u16 = std::env::args()\n    .nth(1)");
        sheet.line(format!(
            "    .map_or(9000, |port| port.parse().expect(\"{port}\"));"
        ));
    }
    if sheet.plan.is("answers") {
        sheet.imports.insert("net::SocketAddr");
        let who = sheet.say("who sent the last datagram", "上一个数据报是谁发的");
        let none = "SocketAddr::from(([127, 0, 0, 1], 0))";
        sheet.line(format!("let mut peer = {none}; // {who}"));
    }
    sheet.line("");
}

/// A call whose error is printed where it has to fail, and ends the program where not.
fn fallible(sheet: &mut Sheet<'_>, fails: Option<&Failure>, call: &str) {
    match fails {
        None => sheet.line(format!("{call}?;")),
        Some(failure) => {
            let failed = failed(sheet, failure);
            sheet.line(format!("if let Err(error) = {call} {{\n    {failed}\n}}"));
        }
    }
}

/// The statement that says what failed.
fn failed(sheet: &Sheet<'_>, failure: &Failure) -> String {
    match failure {
        Failure::System { call, .. } => sheet.snippet("line-failed", &[("call", call)]),
        Failure::Frame | Failure::Length(_) => sheet.snippet("line-refused", &[]),
    }
}

/// What stands behind the other arguments of a call with these flags, and the comment on it.
fn arguments(flags: &Flags) -> (String, String) {
    if flags.is_empty() {
        return (", 0".to_owned(), String::new());
    }
    (
        format!(", {:#x}", flags.bits()),
        format!(" // {}", flags.names("")),
    )
}

/// What stands behind the size in every recv without flags.
fn behind(plan: &Plan<'_>) -> &'static str {
    if plan.is("rflags") {
        ", 0"
    } else if plan.is("answers") {
        ", &mut peer"
    } else {
        ""
    }
}

#[allow(
    clippy::too_many_lines,
    reason = "one arm for each kind of work, most of them a line or two"
)]
fn work(sheet: &mut Sheet<'_>, work: &Work<'_>, fails: Option<&Failure>) {
    match work {
        Work::Bind {
            socket,
            options,
            any_port,
            announces,
            ..
        } => {
            let call = match (sheet.plan.part.transport, any_port) {
                (Transport::Tcp, _) => {
                    sheet.imports.insert("net::TcpListener");
                    "TcpListener::bind((\"127.0.0.1\", port))"
                }
                (Transport::Udp, true) => "UdpSocket::bind((\"127.0.0.1\", 0))",
                (Transport::Udp, false) => "UdpSocket::bind((\"127.0.0.1\", port))",
                (Transport::UnixStream | Transport::UnixSeqpacket | Transport::Pipe, _) => {
                    sheet.imports.insert("os::unix::net::UnixListener");
                    "UnixListener::bind(&path)"
                }
            };
            if sheet.plan.is("udp") {
                import_stream(sheet);
            }
            sheet.line(format!("let {socket} = {call}?;"));
            set_all(sheet, *socket, options);
            if *announces {
                announce(sheet, *socket);
            }
        }
        Work::Listen(listener) => announce(sheet, *listener),
        Work::Accept {
            listener,
            socket,
            options,
        } => {
            sheet.line(format!("let ({socket}, _) = {listener}.accept()?;"));
            set_all(sheet, *socket, options);
        }
        Work::Connect { socket, from } => connect(sheet, *socket, from, fails),
        Work::Send { .. } => send(sheet, work, fails),
        Work::Receive {
            socket,
            exact,
            size,
            flags,
            carries,
            short,
        } => {
            let helper = match (exact, short) {
                (false, _) => "receive",
                (true, None) => "receive_exact",
                (true, Some(_)) => "read_body",
            };
            call(sheet, helper);
            let (flags, note) = match (exact, flags.is_empty()) {
                (true, _) => Default::default(),
                (false, true) => (behind(sheet.plan).to_owned(), String::new()),
                (false, false) => arguments(flags),
            };
            let call = format!("{helper}(&{socket}, {size}{flags})");
            let reader = carries.map(|code| sheet.length_reader(code));
            match (reader, fails) {
                (None, None) => sheet.line(format!("{call}?;{note}")),
                (None, Some(_)) => fallible(sheet, fails, &call),
                (Some(reader), None) => sheet.line(format!("let length = {reader}({call}?)?;")),
                (Some(reader), Some(_)) => {
                    fallible(sheet, fails, &format!("{call}.and_then({reader})"));
                }
            }
        }
        Work::ReceiveUntilEnd { socket, at_most } => {
            call(sheet, "receive");
            let call = format!("receive(&{socket}, {at_most}{})", behind(sheet.plan));
            let Some(failure) = fails else {
                sheet.line(format!("while !{call}?.is_empty() {{}}"));
                return;
            };
            sheet.line(format!("loop {{\n    match {call} {{"));
            if !sheet.plan.is("udp") {
                sheet.line("        Ok(data) if data.is_empty() => break,");
            }
            sheet.line("        Ok(_) => {}");
            break_at_error(sheet, failure);
        }
        Work::ReceiveAvailable { socket, at_most } => {
            call(sheet, "receive_available");
            let peer = either(sheet.plan.is("answers"), ", &mut peer", "");
            sheet.line(format!("receive_available(&{socket}, {at_most}{peer})?;"));
        }
        Work::Decode {
            socket,
            framing,
            messages,
            cap,
            short,
        } => {
            call(sheet, "message");
            let read = format!("{}(&{socket}, {cap})", sheet.decoder(*framing));
            let missing = format!("ok_or(io::Error::other(\"{short}\"))");
            match (messages, fails) {
                (None, None) => {
                    sheet.line(format!("while let Some(data) = {read}? {{"));
                    sheet.line("    message(&data);\n}");
                }
                (Some(count), None) => {
                    sheet.line(format!("for _ in 0..{count} {{"));
                    sheet.line(format!("    let data = {read}?.{missing}?;"));
                    sheet.line("    message(&data);\n}");
                }
                (None, Some(failure)) => {
                    sheet.line(format!("loop {{\n    match {read} {{"));
                    sheet.line("        Ok(Some(data)) => message(&data),");
                    sheet.line("        Ok(None) => break,");
                    break_at_error(sheet, failure);
                }
                (Some(count), Some(failure)) => {
                    sheet.line(format!("for _ in 0..{count} {{"));
                    sheet.line(format!(
                        "    match {read}.and_then(|data| data.{missing}) {{"
                    ));
                    sheet.line("        Ok(data) => message(&data),");
                    break_at_error(sheet, failure);
                }
            }
        }
        Work::Note(note) => sheet.note(*note),
        Work::AwaitFirst(socket) => sheet.line(format!("{socket}.peek(&mut [0])?;")),
        Work::AwaitQueued { socket, bytes } if sheet.plan.is("unix") => {
            call(sheet, "peek");
            while_unmet(sheet, &format!("peek(&{socket}, {bytes}) < {bytes}"));
        }
        Work::AwaitQueued { socket, bytes } => {
            let buffer = if *bytes > 4096 { "vec!" } else { "" };
            let look = format!("{socket}.peek(&mut {buffer}[0; {bytes}])? < {bytes}");
            while_unmet(sheet, &look);
        }
        Work::AwaitCounter {
            socket,
            helper,
            field,
            unmet,
        } => {
            call(sheet, helper);
            let field = field.map_or_else(String::new, |field| format!(".{field}"));
            while_unmet(sheet, &format!("{helper}(&{socket}){field} {unmet}"));
        }
        Work::Poll { socket, for_close } => {
            sheet.call("poll");
            let events = either(*for_close, "0x2000", "0");
            sheet.line(format!(
                "let mut polled = PollFd {{\n    fd: {socket}.as_raw_fd(),"
            ));
            sheet.line(format!("    events: {events},\n    revents: 0,\n}};"));
            sheet.line(sheet.snippet("line-poll", &[]));
        }
        Work::AwaitPoint(point) => {
            sheet.call("wait_for");
            sheet.line(format!("wait_for({})?;", text_literal(point)));
        }
        Work::Say(text) => {
            // A brace would begin an argument.
            let text = text_literal(&text.replace('{', "{{").replace('}', "}}"));
            sheet.line(sheet.snippet("line-reach", &[("point", &text)]));
        }
        Work::Pause(pause) => {
            sheet.imports.extend(["thread::self", "time::Duration"]);
            let micros = pause.as_micros();
            sheet.line(format!("thread::sleep(Duration::from_micros({micros}));"));
        }
        Work::Set { socket, option } => set(sheet, *socket, *option),
        Work::HalfClose(socket) => {
            sheet.imports.insert("net::Shutdown");
            fallible(sheet, fails, &format!("{socket}.shutdown(Shutdown::Write)"));
        }
        Work::Close { unlinks: true, .. } => sheet.line("std::fs::remove_file(path)?;"),
        Work::Close { socket, .. } => sheet.line(format!("drop({socket});")),
        Work::DropArriving { socket, helper, on } => {
            call(sheet, helper);
            sheet.line(format!("{helper}(&{socket}, {on})?;"));
        }
        Work::Repeat { times, block } => {
            sheet.line(format!("for _ in 0..{times} {{"));
            sheet.inside(|sheet| sheet.block(block, self::work));
            sheet.line("}");
        }
        Work::Total => {
            sheet.call("TOTAL");
            sheet.line("let (total, sum) = (TOTAL.load(Relaxed), SUM.load(Relaxed));");
            sheet.line(sheet.snippet("line-sum", &[]));
        }
    }
}

/// The last arm of a match in a loop, which an error ends.
fn break_at_error(sheet: &mut Sheet<'_>, failure: &Failure) {
    let failed = failed(sheet, failure);
    sheet.line(format!("        Err(error) => {{\n            {failed}"));
    sheet.line("            break;\n        }\n    }\n}");
}

/// Looks again and again as long as `unmet` holds.
fn while_unmet(sheet: &mut Sheet<'_>, unmet: &str) {
    sheet.call("nap");
    sheet.line(format!("while {unmet} {{\n    nap();\n}}"));
}

/// What the other terminal waits for.
fn announce(sheet: &mut Sheet<'_>, name: Socket) {
    sheet.line(if sheet.plan.is("unix") {
        sheet.snippet("line-listening-unix", &[])
    } else {
        sheet.snippet("line-listening", &[("name", &name.to_string())])
    });
}

fn connect(sheet: &mut Sheet<'_>, socket: Socket, from: &ConnectFrom, fails: Option<&Failure>) {
    import_stream(sheet);
    let options: &[OptionCode] = match from {
        ConnectFrom::New(options) => options,
        ConnectFrom::Bound(_) | ConnectFrom::Same => &[],
    };
    if sheet.plan.is("udp") {
        if matches!(from, ConnectFrom::New(_)) {
            sheet.line(format!(
                "let {socket} = UdpSocket::bind((\"127.0.0.1\", 0))?;"
            ));
            set_all(sheet, socket, options);
        }
        fallible(
            sheet,
            fails,
            &format!("{socket}.connect((\"127.0.0.1\", port))"),
        );
        return;
    }
    let call = if sheet.plan.is("unix") {
        "UnixStream::connect(path)"
    } else {
        "TcpStream::connect((\"127.0.0.1\", port))"
    };
    if fails.is_some() {
        fallible(sheet, fails, call);
        return;
    }
    sheet.line(format!("let {socket} = {call}?;"));
    set_all(sheet, socket, options);
}

fn send(sheet: &mut Sheet<'_>, work: &Work<'_>, fails: Option<&Failure>) {
    let Work::Send {
        socket,
        payload,
        framing,
        flags,
        pieces,
    } = work
    else {
        return;
    };
    call(sheet, "transmit");
    let mut made = bytes_of(sheet, payload);
    if let Some(framing) = framing {
        let payload = match made {
            Made::Bytes(bytes) => bytes,
            Made::Fallible(bytes) => format!("&{bytes}?"),
        };
        made = Made::Fallible(format!("{}({payload})", sheet.encoder(*framing)));
    }
    let (behind, note) = if sheet.plan.is("sflags") {
        arguments(flags)
    } else if sheet.plan.is("answers") {
        (", peer".to_owned(), String::new())
    } else {
        (either(sheet.plan.is("tells"), ", port", ""), String::new())
    };
    if let Some(most) = pieces {
        let bytes = match made {
            Made::Bytes(bytes) => bytes.trim_start_matches('&').to_owned(),
            Made::Fallible(bytes) => format!("{bytes}?"),
        };
        sheet.line(format!("for piece in {bytes}.chunks({most}) {{"));
        sheet.line(format!(
            "    transmit(&{socket}, piece{behind})?;{note}\n}}"
        ));
        return;
    }
    let call = match (made, fails) {
        (Made::Bytes(bytes), _) => format!("transmit(&{socket}, {bytes}{behind})"),
        (Made::Fallible(bytes), None) => format!("transmit(&{socket}, &{bytes}?{behind})"),
        (Made::Fallible(bytes), Some(_)) => {
            sheet.line(format!("let made = {bytes};"));
            format!("made.and_then(|data| transmit(&{socket}, &data{behind}))")
        }
    };
    match fails {
        None => sheet.line(format!("{call}?;{note}")),
        Some(_) => fallible(sheet, fails, &call),
    }
}

fn set_all(sheet: &mut Sheet<'_>, name: Socket, options: &[OptionCode]) {
    for option in options {
        set(sheet, name, *option);
    }
}

/// An option, by std where it has it.
fn set(sheet: &mut Sheet<'_>, name: Socket, code: OptionCode) {
    let method = code.method.filter(|_| name.kind != SocketKind::Listener);
    let value = match (method, code.value) {
        (Some(method), OptionValue::Number(number)) => {
            sheet.line(format!("{name}.{method}({})?;", number != 0));
            return;
        }
        (Some(method), OptionValue::Time(milliseconds)) => {
            sheet.imports.insert("time::Duration");
            let time = format!("Some(Duration::from_millis({milliseconds}))");
            sheet.line(format!("{name}.{method}({time})?;"));
            return;
        }
        (None, OptionValue::Number(number)) => format!("{number}_i32"),
        (_, OptionValue::Linger(seconds)) => format!("[1_i32, {seconds}]"),
        (None, OptionValue::Time(milliseconds)) => {
            let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000 * 1000);
            format!("[{seconds}_i64, {rest}]")
        }
    };
    sheet.call("set_option");
    let (level, number) = code.numbers;
    let meaning = format!("{}, {}", code.level, code.name);
    sheet.line(format!(
        "set_option(&{name}, {level}, {number}, {value})?; // {meaning}"
    ));
}

/// A text in quotes.
fn text_literal(text: &str) -> String {
    quoted(text, |c| match c {
        '?' => c.to_string(),
        // A byte string takes this form alone.
        _ if c.is_ascii() => format!("\\x{:02x}", u32::from(c)),
        _ => c.escape_unicode().to_string(),
    })
}

/// A payload as an expression.
enum Made {
    /// Of bytes, borrowed.
    Bytes(String),
    /// Of a result that has to be looked at first.
    Fallible(String),
}

/// The bytes of a payload.
fn bytes_of(sheet: &mut Sheet<'_>, payload: &Payload) -> Made {
    Made::Bytes(match payload {
        Payload::Text(text) if text.is_ascii() => format!("b{}", text_literal(text)),
        Payload::Text(text) => format!("{}.as_bytes()", text_literal(text)),
        Payload::Hex(bytes) => {
            let mut literal = String::from("b\"");
            for byte in bytes {
                // Writing to a string cannot fail.
                let _ = write!(literal, "\\x{byte:02x}");
            }
            literal + "\""
        }
        Payload::Repeat { text, times } => {
            format!("{}.repeat({times}).as_bytes()", text_literal(text))
        }
        Payload::Random { bytes, seed } => {
            sheet.call("noise");
            format!("&noise({bytes}, {})", seed % (1 << 31))
        }
        Payload::Length { length, code } => return length_bytes(sheet, *length, *code),
        Payload::LengthOf { payload, code } => {
            return length_bytes(sheet, payload.len().unwrap_or_default(), *code);
        }
    })
}

/// A length as bytes.
fn length_bytes(sheet: &mut Sheet<'_>, length: u64, code: LengthCode) -> Made {
    let order = match code {
        LengthCode::Digits | LengthCode::PythonInt => {
            return Made::Bytes(format!("b\"{length}\""));
        }
        LengthCode::Digits8 => {
            sheet.call("digits_8");
            return Made::Fallible(format!("digits_8({length})"));
        }
        LengthCode::I32Native => "ne",
        LengthCode::I32Le => "le",
        LengthCode::I32Be => "be",
    };
    if code.write(length).is_ok() {
        return Made::Bytes(format!("&{length}_i32.to_{order}_bytes()"));
    }
    Made::Fallible(format!(
        "i32::try_from({length}_u64).map(|n| n.to_{order}_bytes().to_vec()).map_err(io::Error::other)"
    ))
}
