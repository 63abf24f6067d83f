//! Programs in Python: the standard library alone, the steps at module level as in a
//! first lesson.

use super::instruction::{ConnectFrom, Failure, Instruction, Socket, Work};
use super::options::{OptionCode, OptionValue};
use super::plan::Plan;
use super::sheet::{Sheet, either, quoted};
use crate::scenario::{LengthCode, LengthError, Payload, Transport};

static HELPERS: &str = include_str!("helpers/python.txt");

/// The whole program.
pub(super) fn program(plan: &Plan<'_>, heading: &[String]) -> String {
    let mut sheet = Sheet::new(plan, HELPERS, &[], words(plan));
    block(&mut sheet, &plan.instructions);
    let (helpers, mut imports) = sheet.helpers();
    imports.extend(["socket", "sys"]);

    let mut text = String::new();
    text.extend(heading.iter().map(|line| format!("# {line}\n")));
    text += "\n";
    text.extend(imports.iter().map(|import| format!("import {import}\n")));
    text += "\n";
    if plan.is("unix") {
        text += "path = sys.argv[1] if len(sys.argv) > 1 else \"sticky.sock\"\n";
    } else {
        text += "port = int(sys.argv[1]) if len(sys.argv) > 1 else 9000\n";
    }
    if plan.is("sums") {
        text += "received = bytearray()\n";
    }
    text.extend(helpers.iter().map(|helper| format!("\n\n{helper}\n")));
    text += "\n\n";
    text + &sheet.body
}

/// What the helpers are filled in with.
fn words(plan: &Plan<'_>) -> Vec<(&'static str, String)> {
    let (sflags, rflags) = (plan.is("sflags"), plan.is("rflags"));
    let flags = either(sflags, ", flags", "");
    // A datagram needs an address, unless its socket is connected.
    let send = if plan.is("answers") {
        format!("sock.sendto(data{flags}, peer)")
    } else if plan.is("tells") {
        format!("sock.sendto(data{flags}, (\"127.0.0.1\", port))")
    } else {
        format!("sock.send(data{flags})")
    };
    let unless_peeking = "if not flags & socket.MSG_PEEK:\n        ";
    vec![
        ("flags", either(sflags, ", flags=0", "")),
        ("send", send),
        ("rflags", either(rflags, ", flags=0", "")),
        ("rpass", either(rflags, ", flags", "")),
        (
            "there",
            either(plan.is("none"), "data or size == 0", "data"),
        ),
        ("keep", either(plan.is("peeks"), unless_peeking, "")),
    ]
}

fn block(sheet: &mut Sheet<'_>, block: &[Instruction<'_>]) {
    for one in block {
        if one.begins_paragraph {
            sheet.line("");
        }
        match &one.fails {
            None => instruction(sheet, one),
            Some(failure) => failing(sheet, one, failure),
        }
    }
}

fn instruction(sheet: &mut Sheet<'_>, one: &Instruction<'_>) {
    for before in &one.before {
        work(sheet, before);
    }
    work(sheet, &one.work);
}

/// A step that has to fail: what it fails with is printed, and the program goes on.
fn failing(sheet: &mut Sheet<'_>, one: &Instruction<'_>, failure: &Failure) {
    let bound = match &one.work {
        Work::Bind { socket, .. } => Some(socket),
        _ => None,
    };
    sheet.line("try:");
    sheet.inside(|sheet| {
        instruction(sheet, one);
        if bound.is_some() {
            sheet.line("print(\"bind -> ok\")");
        }
        if let Failure::Length(error) = failure {
            check_length(sheet, *error);
        }
    });
    match failure {
        Failure::System { call, error } => {
            sheet.imports.insert("errno");
            sheet.line(format!("except OSError as error:  # {error}"));
            sheet.line(format!(
                "    print(\"{call} ->\", errno.errorcode[error.errno])"
            ));
            if let Some(socket) = bound {
                sheet.line(format!("    {socket}.close()"));
            }
        }
        Failure::Frame | Failure::Length(_) => {
            let errors = if packs(&one.work) {
                "(ValueError, struct.error)"
            } else {
                "ValueError"
            };
            let refused = sheet.say("refused:", "拒绝：");
            sheet.line(format!("except {errors} as error:"));
            sheet.line(format!("    print(\"{refused}\", error)"));
        }
    }
}

/// What Python would find out only later.
fn check_length(sheet: &mut Sheet<'_>, error: LengthError) {
    let (condition, why) = match error {
        LengthError::NegativeLength => ("length < 0", sheet.say("a negative length", "长度为负")),
        LengthError::LengthTooLarge => (
            "length > 64 * 2**20",
            sheet.say("too large to receive", "长度太大，不予接收"),
        ),
        LengthError::NotANumber | LengthError::LengthDoesNotFit | LengthError::NoLength => return,
    };
    sheet.line(format!("if {condition}:\n    raise ValueError(\"{why}\")"));
}

/// Whether the module `struct` reads or writes a length there.
fn packs(work: &Work<'_>) -> bool {
    let code = match work {
        Work::Receive { carries, .. } => *carries,
        Work::Send {
            payload: Payload::Length { code, .. } | Payload::LengthOf { code, .. },
            ..
        } => Some(*code),
        _ => None,
    };
    code.is_some_and(|code| format_of(code).is_some())
}

/// How the module `struct` calls a length of four bytes.
const fn format_of(code: LengthCode) -> Option<&'static str> {
    match code {
        LengthCode::Digits | LengthCode::PythonInt | LengthCode::Digits8 => None,
        LengthCode::I32Native => Some("i"),
        LengthCode::I32Le => Some("<i"),
        LengthCode::I32Be => Some(">i"),
    }
}

#[allow(
    clippy::too_many_lines,
    reason = "one arm for each kind of work, most of them a line or two"
)]
fn work(sheet: &mut Sheet<'_>, work: &Work<'_>) {
    match work {
        Work::Bind {
            socket,
            options,
            any_port,
            keeps_port,
            announces,
        } => {
            open(sheet, *socket, options);
            match (sheet.plan.part.transport, any_port) {
                (Transport::UnixStream | Transport::UnixSeqpacket | Transport::Pipe, _) => {
                    sheet.line(format!("{socket}.bind(path)"));
                }
                // It gets one when it sends.
                (Transport::Udp, true) => {}
                (Transport::Tcp, true) => sheet.line(format!("{socket}.bind((\"127.0.0.1\", 0))")),
                (Transport::Tcp | Transport::Udp, false) => {
                    sheet.line(format!("{socket}.bind((\"127.0.0.1\", port))"));
                }
            }
            if *keeps_port {
                sheet.line(format!("port = {socket}.getsockname()[1]"));
            }
            if *announces {
                announce(sheet, *socket);
            }
        }
        Work::Listen(listener) => {
            sheet.line(format!("{listener}.listen()"));
            announce(sheet, *listener);
        }
        Work::Accept {
            listener,
            socket,
            options,
        } => {
            sheet.line(format!("{socket}, _ = {listener}.accept()"));
            set_all(sheet, *socket, options);
        }
        Work::Connect { socket, from } => {
            match from {
                ConnectFrom::New(options) => open(sheet, *socket, options),
                ConnectFrom::Bound(bound) => sheet.line(format!("{socket} = {bound}")),
                ConnectFrom::Same => {}
            }
            let address = if sheet.plan.is("unix") {
                "path"
            } else {
                "(\"127.0.0.1\", port)"
            };
            sheet.line(format!("{socket}.connect({address})"));
        }
        Work::Send {
            socket,
            payload,
            framing,
            flags,
            pieces,
        } => {
            let mut data = bytes_of(sheet, payload);
            if let Some(framing) = framing {
                data = format!("{}({data})", sheet.encoder(*framing));
            }
            let flags = arguments(flags.names("socket."));
            sheet.call("send");
            match pieces {
                None => sheet.line(format!("send({socket}, {data}{flags})")),
                Some(most) => {
                    sheet.line(format!("data = {data}"));
                    sheet.line(format!("for start in range(0, len(data), {most}):"));
                    let piece = format!("data[start : start + {most}]");
                    sheet.line(format!("    send({socket}, {piece}{flags})"));
                }
            }
        }
        Work::Receive {
            socket,
            exact,
            size,
            flags,
            carries,
            short,
        } => {
            let helper = if *exact { "recv_exact" } else { "recv" };
            sheet.call(helper);
            let flags = arguments(flags.names("socket."));
            let call = format!("{helper}({socket}, {size}{flags})");
            match (carries, short) {
                (Some(code), _) => {
                    let read = read_length(sheet, *code, &call);
                    sheet.line(read);
                }
                (None, Some(why)) => {
                    sheet.line(format!("if len({call}) < {size}:"));
                    sheet.line(format!("    raise ValueError(\"{why}\")"));
                }
                (None, None) => sheet.line(call),
            }
        }
        Work::ReceiveUntilEnd { socket, at_most } => {
            sheet.call("recv");
            if sheet.plan.is("udp") {
                sheet.line(format!("while True:\n    recv({socket}, {at_most})"));
            } else {
                sheet.line(format!("while recv({socket}, {at_most}):\n    pass"));
            }
        }
        Work::ReceiveAvailable { socket, at_most } => {
            sheet.call("recv_available");
            sheet.line(format!("recv_available({socket}, {at_most})"));
        }
        Work::Decode {
            socket,
            framing,
            messages,
            cap,
            short,
        } => {
            sheet.call("show");
            let read = format!("{}({socket}, {cap})", sheet.decoder(*framing));
            match messages {
                None => sheet.line(format!("while (message := {read}) is not None:")),
                Some(count) => {
                    sheet.line(format!("for _ in range({count}):"));
                    sheet.line(format!("    message = {read}"));
                    sheet.line("    if message is None:");
                    sheet.line(format!("        raise ValueError(\"{short}\")"));
                }
            }
            sheet.line("    print(f\"message -> {len(message)} B: {show(message)}\")");
        }
        Work::Note(note) => sheet.note(*note),
        Work::AwaitFirst(socket) => sheet.line(format!("{socket}.recv(1, socket.MSG_PEEK)")),
        Work::AwaitQueued { socket, bytes } if sheet.plan.is("unix") => {
            // There, MSG_WAITALL does not wait when it only peeks.
            let look = format!("len({socket}.recv({bytes}, socket.MSG_PEEK)) < {bytes}");
            while_unmet(sheet, &look);
        }
        Work::AwaitQueued { socket, bytes } => {
            let flags = "socket.MSG_PEEK | socket.MSG_WAITALL";
            sheet.line(format!("{socket}.recv({bytes}, {flags})"));
        }
        Work::AwaitCounter {
            socket,
            helper,
            field,
            unmet,
        } => {
            sheet.call(helper);
            let field = field.map_or_else(String::new, |field| format!("[{field}]"));
            while_unmet(sheet, &format!("{helper}({socket}){field} {unmet}"));
        }
        Work::Poll { socket, for_close } => {
            sheet.imports.insert("select");
            let events = either(*for_close, "select.POLLRDHUP", "0");
            sheet.line("poll = select.poll()");
            sheet.line(format!("poll.register({socket}, {events})"));
            sheet.line("poll.poll()");
        }
        Work::AwaitPoint(point) => {
            sheet.call("wait_for");
            sheet.line(format!("wait_for({})", text_literal(point)));
        }
        Work::Say(text) => sheet.line(format!("print({})", text_literal(text))),
        Work::Pause(pause) => {
            sheet.imports.insert("time");
            sheet.line(format!("time.sleep({})", pause.as_secs_f64()));
        }
        Work::Set { socket, option } => set(sheet, *socket, *option),
        Work::HalfClose(socket) => sheet.line(format!("{socket}.shutdown(socket.SHUT_WR)")),
        Work::Close { socket, unlinks } => {
            sheet.line(format!("{socket}.close()"));
            if *unlinks {
                sheet.imports.insert("os");
                sheet.line("os.unlink(path)");
            }
        }
        Work::DropArriving { socket, helper, on } => {
            sheet.call(helper);
            sheet.line(format!(
                "{helper}({socket}, {})",
                either(*on, "True", "False")
            ));
        }
        Work::Repeat { times, block } => {
            sheet.line(format!("for _ in range({times}):"));
            sheet.inside(|sheet| self::block(sheet, block));
        }
        Work::Total => {
            sheet.imports.insert("zlib");
            let all = sheet.say("in all", "合计");
            sheet.line(format!(
                "print(f\"{all} -> {{len(received)}} B, crc32 {{zlib.crc32(received):08x}}\")"
            ));
        }
    }
}

/// Looks again and again as long as `unmet` holds.
fn while_unmet(sheet: &mut Sheet<'_>, unmet: &str) {
    sheet.imports.insert("time");
    sheet.line(format!("while {unmet}:\n    time.sleep(0.001)"));
}

/// What stands behind the other arguments of a call.
fn arguments(flags: String) -> String {
    if flags.is_empty() {
        flags
    } else {
        format!(", {flags}")
    }
}

fn open(sheet: &mut Sheet<'_>, name: Socket, options: &[OptionCode]) {
    let kind = match sheet.plan.part.transport {
        Transport::Tcp => "socket.AF_INET, socket.SOCK_STREAM",
        Transport::Udp => "socket.AF_INET, socket.SOCK_DGRAM",
        Transport::UnixSeqpacket => "socket.AF_UNIX, socket.SOCK_SEQPACKET",
        Transport::UnixStream | Transport::Pipe => "socket.AF_UNIX, socket.SOCK_STREAM",
    };
    sheet.line(format!("{name} = socket.socket({kind})"));
    set_all(sheet, name, options);
}

/// What the other terminal waits for.
fn announce(sheet: &mut Sheet<'_>, name: Socket) {
    let on = sheet.say("listening on", "正在监听");
    if sheet.plan.is("unix") {
        sheet.line(format!("print(f\"{on} {{path}}\")"));
    } else {
        sheet.line(format!(
            "print(f\"{on} 127.0.0.1:{{{name}.getsockname()[1]}}\")"
        ));
    }
}

fn set_all(sheet: &mut Sheet<'_>, name: Socket, options: &[OptionCode]) {
    for option in options {
        set(sheet, name, *option);
    }
}

fn set(sheet: &mut Sheet<'_>, name: Socket, code: OptionCode) {
    let value = match code.value {
        OptionValue::Number(number) => number.to_string(),
        OptionValue::Linger(seconds) => {
            sheet.imports.insert("struct");
            format!("struct.pack(\"ii\", 1, {seconds})")
        }
        OptionValue::Time(milliseconds) => {
            sheet.imports.insert("struct");
            let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000 * 1000);
            format!("struct.pack(\"ll\", {seconds}, {rest})")
        }
    };
    let option = format!("socket.{}, socket.{}", code.level, code.name);
    sheet.line(format!("{name}.setsockopt({option}, {value})"));
}

/// A text in quotes.
fn text_literal(text: &str) -> String {
    quoted(text, |c| match c {
        '?' => c.to_string(),
        _ => format!("\\U{:08x}", u32::from(c)),
    })
}

/// The bytes of a payload.
fn bytes_of(sheet: &mut Sheet<'_>, payload: &Payload) -> String {
    match payload {
        Payload::Text(text) if text.is_ascii() => format!("b{}", text_literal(text)),
        Payload::Text(text) => format!("{}.encode()", text_literal(text)),
        Payload::Hex(bytes) => {
            let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("bytes.fromhex(\"{}\")", pairs.join(" "))
        }
        Payload::Repeat { text, times } => {
            let one = bytes_of(sheet, &Payload::Text(text.clone()));
            format!("{one} * {times}")
        }
        Payload::Random { bytes, seed } => {
            sheet.call("noise");
            format!("noise({bytes}, seed={seed})")
        }
        Payload::Length { length, code } => write_length(sheet, *code, &length.to_string()),
        Payload::LengthOf { payload, code } => {
            let payload = bytes_of(sheet, payload);
            write_length(sheet, *code, &format!("len({payload})"))
        }
    }
}

/// A length as bytes.
fn write_length(sheet: &mut Sheet<'_>, code: LengthCode, length: &str) -> String {
    if let Some(format) = format_of(code) {
        sheet.imports.insert("struct");
        return format!("struct.pack(\"{format}\", {length})");
    }
    if code == LengthCode::Digits8 {
        sheet.call("digits_8");
        return format!("digits_8({length})");
    }
    format!("str({length}).encode()")
}

/// The statement that reads what `call` returns as a length.
fn read_length(sheet: &mut Sheet<'_>, code: LengthCode, call: &str) -> String {
    if let Some(format) = format_of(code) {
        sheet.imports.insert("struct");
        return format!("(length,) = struct.unpack(\"{format}\", {call})");
    }
    if code == LengthCode::PythonInt {
        return format!("length = int({call}.decode())");
    }
    sheet.call("strict_int");
    format!("length = strict_int({call})")
}
