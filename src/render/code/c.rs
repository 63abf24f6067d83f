//! Programs in C: C11 and POSIX sockets, and Linux where a step is about Linux.

use std::fmt::Write as _;

use super::instruction::{ConnectFrom, Failure, Socket, Work};
use super::notes::Note;
use super::options::{Flags, OptionCode, OptionValue};
use super::plan::Plan;
use super::sheet::{Sheet, either, quoted};
use crate::scenario::{LengthCode, Payload, Transport};

static HELPERS: &str = include_str!("helpers/c.txt");

/// The whole program.
pub(super) fn program(plan: &Plan<'_>, heading: &[String]) -> String {
    let mut sheet = Sheet::new(plan, HELPERS, &[], words(plan));
    sheet.depth = 1;
    opening(&mut sheet);
    sheet.block(&plan.instructions, work);
    let (helpers, mut imports) = sheet.helpers();
    imports.extend(["sys/socket.h", "unistd.h", "stdio.h"]);
    if plan.is("unix") {
        imports.extend(["sys/un.h"]);
    } else {
        imports.extend(["netinet/in.h", "arpa/inet.h", "stdlib.h"]);
    }
    if imports.contains("linux/tcp.h") {
        // It has all of the other, and clashes with it.
        imports.remove("netinet/tcp.h");
    }

    let mut text = String::from("/*\n");
    text.extend(heading.iter().map(|line| format!(" * {line}\n")));
    text += " */\n";
    if imports.remove("_GNU_SOURCE") {
        text += "#define _GNU_SOURCE\n";
    }
    let includes = imports
        .iter()
        .map(|import| format!("#include <{import}>\n"));
    text.extend(includes);
    text.extend(helpers.iter().map(|helper| format!("\n{helper}\n")));
    text += "\nint main(int argc, char **argv)\n{\n";
    text + &sheet.body + "    return 0;\n}\n"
}

/// What the helpers are filled in with.
fn words(plan: &Plan<'_>) -> Vec<(&'static str, String)> {
    let (flags, rflags) = (plan.is("sflags"), plan.is("rflags"));
    let end = either(plan.is("none"), "count == 0 && size > 0", "count == 0");
    let counts = either(
        plan.is("peeks"),
        "count > 0 && !(flags & MSG_PEEK)",
        "count > 0",
    );
    let data = plan.longest.map(|longest| longest.to_string());
    vec![
        ("flags", either(flags, ", int flags", "")),
        ("pass", either(flags, "flags", "0")),
        ("rflags", either(rflags, ", int flags", "")),
        ("rpass", either(rflags, "flags", "0")),
        ("rnone", either(rflags, ", 0", "")),
        ("end", end),
        ("counts", counts),
        ("data", data.unwrap_or_else(|| "64 << 20".to_owned())),
        ("frame", plan.longest_frame.to_string()),
    ]
}

/// The first lines of main: the output, and the address.
fn opening(sheet: &mut Sheet<'_>) {
    let each_line = sheet.say(
        "each line at once, also into a pipe",
        "逐行输出，写入管道时也一样",
    );
    sheet.line(format!(
        "setvbuf(stdout, NULL, _IOLBF, 0); /* {each_line} */"
    ));
    let port = "htons(argc > 1 ? atoi(argv[1]) : 9000)";
    if sheet.plan.is("unix") {
        sheet.line("struct sockaddr_un address = {.sun_family = AF_UNIX};");
        sheet.line("snprintf(address.sun_path, sizeof address.sun_path, \"%s\",");
        sheet.line("         argc > 1 ? argv[1] : \"sticky.sock\");");
    } else if sheet.plan.is("udp") {
        sheet.call("address");
        sheet.line("address.sin_family = AF_INET;");
        sheet.line(format!("address.sin_port = {port};"));
        sheet.line("address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);");
    } else {
        sheet.line("struct sockaddr_in address = {\n    .sin_family = AF_INET,");
        sheet.line(format!("    .sin_port = {port},"));
        sheet.line("    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),\n};");
    }
    sheet.line("");
}

/// `variable = `, declared where it is not yet.
fn assign(sheet: &mut Sheet<'_>, kind: &str, variable: &str) -> String {
    if sheet.declared.insert(variable.to_owned()) {
        format!("{kind} {variable} = ")
    } else {
        format!("{variable} = ")
    }
}

/// The variable that counts the rounds of a loop.
fn rounds(sheet: &Sheet<'_>) -> &'static str {
    ["i", "j", "k", "l"]
        .get(sheet.depth - 1)
        .copied()
        .unwrap_or("m")
}

/// What stands behind the other arguments of a call with these flags; `takes` says whether
/// the helper takes any.
fn arguments(flags: &Flags, takes: bool) -> String {
    match (takes, flags.is_empty()) {
        (false, true) => String::new(),
        (true, true) => ", 0".to_owned(),
        (_, false) => format!(", {}", flags.names("")),
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
            keeps_port,
            announces,
        } => {
            open(sheet, *socket, options);
            if *any_port {
                // Which is what an unbound socket gets by itself.
                return;
            }
            let bind = format!("bind({socket}, (struct sockaddr *)&address, sizeof address)");
            if fails.is_some() {
                sheet.imports.extend(["errno.h", "string.h"]);
                sheet.line(format!("if ({bind} == -1) {{"));
                sheet.line("    printf(\"bind -> %s\\n\", strerror(errno));");
                sheet.line(format!("    close({socket});"));
                sheet.line("} else {\n    puts(\"bind -> ok\");\n}");
                return;
            }
            sheet.line(format!("check({bind}, \"bind\");"));
            if *keeps_port {
                sheet.note(Note::KeepsPort);
                let size = "&(socklen_t){sizeof address}";
                sheet.line(format!(
                    "getsockname({socket}, (struct sockaddr *)&address, {size});"
                ));
            }
            if *announces {
                announce(sheet, *socket);
            }
        }
        Work::Listen(listener) => {
            sheet.call("check");
            sheet.line(format!("check(listen({listener}, 5), \"listen\");"));
            announce(sheet, *listener);
        }
        Work::Accept {
            listener,
            socket,
            options,
        } => {
            sheet.call("check");
            let assign = assign(sheet, "int", &socket.to_string());
            let accept = format!("accept({listener}, NULL, NULL)");
            sheet.line(format!("{assign}check({accept}, \"accept\");"));
            set_all(sheet, *socket, options);
        }
        Work::Connect { socket, from } => {
            match from {
                ConnectFrom::New(options) => open(sheet, *socket, options),
                ConnectFrom::Bound(bound) => {
                    let assign = assign(sheet, "int", &socket.to_string());
                    sheet.line(format!("{assign}{bound};"));
                }
                ConnectFrom::Same => {}
            }
            let call = format!("connect({socket}, (struct sockaddr *)&address, sizeof address)");
            if fails.is_some() {
                sheet.imports.extend(["errno.h", "string.h"]);
                sheet.line(format!("if ({call} == -1)"));
                sheet.line("    printf(\"connect -> %s\\n\", strerror(errno));");
            } else {
                sheet.call("check");
                sheet.line(format!("check({call}, \"connect\");"));
            }
        }
        Work::Send { .. } => send(sheet, work, fails),
        Work::Receive {
            socket,
            exact,
            size,
            flags,
            carries,
            short,
        } => {
            let helper = if *exact { "receive_exact" } else { "receive" };
            sheet.call("data");
            sheet.call(helper);
            let flags = arguments(flags, sheet.plan.is("rflags") && !exact);
            let call = format!("{helper}({socket}, data, {size}{flags})");
            match (carries, short) {
                (Some(code), _) => {
                    let reader = sheet.length_reader(*code);
                    if fails.is_some() {
                        sheet.line(format!("{reader}({call});"));
                        return;
                    }
                    let assign = assign(sheet, "long", "length");
                    sheet.line(format!("{assign}{reader}({call});"));
                    sheet.line("if (length == REFUSED)\n    return 1;");
                }
                (None, Some(why)) => {
                    sheet.call("refuse");
                    sheet.line(format!("if ({call} < {size})\n    refuse(\"{why}\");"));
                }
                (None, None) => sheet.line(format!("{call};")),
            }
        }
        Work::ReceiveUntilEnd { socket, at_most } => {
            let flags = either(sheet.plan.is("rflags"), ", 0", "");
            receive_all(sheet, *socket, *at_most, &flags);
        }
        Work::ReceiveAvailable { socket, at_most } => {
            receive_all(sheet, *socket, *at_most, ", MSG_DONTWAIT");
        }
        Work::Decode {
            socket,
            framing,
            messages,
            cap,
            short,
        } => {
            for helper in ["data", "message", "ends"] {
                sheet.call(helper);
            }
            sheet.imports.insert("sys/types.h");
            if sheet.declared.insert("size".to_owned()) {
                sheet.line("ssize_t size;");
            }
            let read = format!("{}({socket}, data, {cap})", sheet.decoder(*framing));
            match messages {
                None => {
                    sheet.line(format!("while ((size = {read}) >= 0)"));
                    sheet.line("    message(data, size);");
                }
                Some(count) => {
                    let i = rounds(sheet);
                    sheet.call("refuse");
                    sheet.line("size = 0;");
                    sheet.line(format!(
                        "for (int {i} = 0; {i} < {count} && (size = {read}) >= 0; {i}++)"
                    ));
                    sheet.line("    message(data, size);");
                    sheet.line(format!("if (size == END)\n    size = refuse(\"{short}\");"));
                }
            }
            if fails.is_none() {
                sheet.line("if (size == REFUSED)\n    return 1;");
            }
        }
        Work::Note(note) => sheet.note(*note),
        Work::AwaitFirst(socket) => {
            sheet.call("data");
            sheet.line(format!("recv({socket}, data, 1, MSG_PEEK);"));
        }
        Work::AwaitQueued { socket, bytes } => {
            sheet.call("data");
            if sheet.plan.is("unix") {
                // There, MSG_WAITALL does not wait when it only peeks.
                let look = format!("recv({socket}, data, {bytes}, MSG_PEEK) < {bytes}");
                while_unmet(sheet, &look);
            } else {
                sheet.line(format!(
                    "recv({socket}, data, {bytes}, MSG_PEEK | MSG_WAITALL);"
                ));
            }
        }
        Work::AwaitCounter {
            socket,
            helper,
            unmet,
            ..
        } => {
            sheet.call(helper);
            while_unmet(sheet, &format!("{helper}({socket}) {unmet}"));
        }
        Work::Poll { socket, for_close } => {
            sheet.imports.insert("poll.h");
            if *for_close {
                sheet.imports.insert("_GNU_SOURCE");
            }
            let events = either(*for_close, "POLLRDHUP", "0");
            let polled = format!("{{.fd = {socket}, .events = {events}}}");
            sheet.line(format!("poll(&(struct pollfd){polled}, 1, -1);"));
        }
        Work::AwaitPoint(point) => {
            sheet.call("wait_for");
            sheet.line(format!("wait_for({});", text_literal(point)));
        }
        Work::Say(text) => sheet.line(format!("puts({});", text_literal(text))),
        Work::Pause(pause) => {
            sheet.imports.extend(["_GNU_SOURCE", "time.h"]);
            let (seconds, rest) = (pause.as_secs(), pause.subsec_nanos());
            let time = format!("{{.tv_sec = {seconds}, .tv_nsec = {rest}}}");
            sheet.line(format!("nanosleep(&(struct timespec){time}, NULL);"));
        }
        Work::Set { socket, option } => set(sheet, *socket, *option),
        Work::HalfClose(socket) => sheet.line(format!("shutdown({socket}, SHUT_WR);")),
        Work::Close { socket, unlinks } => {
            sheet.line(format!("close({socket});"));
            if *unlinks {
                sheet.line("unlink(address.sun_path);");
            }
        }
        Work::DropArriving { socket, helper, on } => {
            sheet.call(helper);
            sheet.line(format!("{helper}({socket}, {on});"));
        }
        Work::Repeat { times, block } => {
            let i = rounds(sheet);
            sheet.line(format!("for (int {i} = 0; {i} < {times}; {i}++) {{"));
            let declared = sheet.declared.clone();
            sheet.inside(|sheet| sheet.block(block, self::work));
            sheet.declared = declared;
            sheet.line("}");
        }
        Work::Total => {
            sheet.call("total");
            let all = sheet.say("in all", "合计");
            sheet.line(format!(
                "printf(\"{all} -> %zu B, crc32 %08x\\n\", total, sum);"
            ));
        }
    }
}

/// Looks again and again as long as `unmet` holds.
fn while_unmet(sheet: &mut Sheet<'_>, unmet: &str) {
    sheet.call("nap");
    sheet.line(format!("while ({unmet})\n    nap();"));
}

fn receive_all(sheet: &mut Sheet<'_>, socket: Socket, at_most: u32, flags: &str) {
    sheet.call("data");
    sheet.call("receive");
    // A datagram may be empty.
    let goes_on = either(sheet.plan.is("udp"), ">= 0", "> 0");
    sheet.line(format!(
        "while (receive({socket}, data, {at_most}{flags}) {goes_on})\n    ;"
    ));
}

fn open(sheet: &mut Sheet<'_>, name: Socket, options: &[OptionCode]) {
    sheet.call("check");
    let kind = match sheet.plan.part.transport {
        Transport::Tcp => "AF_INET, SOCK_STREAM",
        Transport::Udp => "AF_INET, SOCK_DGRAM",
        Transport::UnixSeqpacket => "AF_UNIX, SOCK_SEQPACKET",
        Transport::UnixStream | Transport::Pipe => "AF_UNIX, SOCK_STREAM",
    };
    let assign = assign(sheet, "int", &name.to_string());
    sheet.line(format!("{assign}check(socket({kind}, 0), \"socket\");"));
    set_all(sheet, name, options);
}

/// What the other terminal waits for.
fn announce(sheet: &mut Sheet<'_>, name: Socket) {
    if sheet.plan.is("unix") {
        let on = sheet.say("listening on", "正在监听");
        sheet.line(format!("printf(\"{on} %s\\n\", address.sun_path);"));
    } else {
        sheet.call("announce");
        sheet.line(format!("announce({name});"));
    }
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
    let mut made = made(sheet, payload);
    if let Some(framing) = framing {
        sheet.call("frame");
        made = Made {
            size: format!("{}({}, {})", sheet.encoder(*framing), made.bytes, made.size),
            bytes: "frame".to_owned(),
            refusable: true,
        };
    }
    let Made {
        bytes,
        size,
        refusable,
    } = made;
    let flags = arguments(flags, sheet.plan.is("sflags"));
    sheet.call("transmit");
    let refuses = refusable && matches!(fails, Some(Failure::Frame | Failure::Length(_)));
    if pieces.is_some() || refuses {
        sheet.imports.insert("sys/types.h");
        let assign = assign(sheet, "ssize_t", "size");
        sheet.line(format!("{assign}{size};"));
    }
    match pieces {
        None if refuses => {
            sheet.line("if (size >= 0)");
            sheet.line(format!("    transmit({socket}, {bytes}, size{flags});"));
        }
        None => sheet.line(format!("transmit({socket}, {bytes}, {size}{flags});")),
        Some(most) => {
            let piece = format!("size - start < {most} ? size - start : {most}");
            sheet.line(format!(
                "for (ssize_t start = 0; start < size; start += {most}) {{"
            ));
            sheet.line(format!("    ssize_t piece = {piece};"));
            sheet.line(format!(
                "    transmit({socket}, {bytes} + start, piece{flags});\n}}"
            ));
        }
    }
}

fn set_all(sheet: &mut Sheet<'_>, name: Socket, options: &[OptionCode]) {
    for option in options {
        set(sheet, name, *option);
    }
}

fn set(sheet: &mut Sheet<'_>, name: Socket, code: OptionCode) {
    sheet.call("check");
    let value = match code.value {
        OptionValue::Number(number) => format!("&(int){{{number}}}, sizeof(int)"),
        OptionValue::Linger(seconds) => {
            let linger = format!("{{.l_onoff = 1, .l_linger = {seconds}}}");
            variable(sheet, "struct linger", "linger", &linger)
        }
        OptionValue::Time(milliseconds) => {
            sheet.imports.insert("sys/time.h");
            let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000 * 1000);
            let limit = format!("{{.tv_sec = {seconds}, .tv_usec = {rest}}}");
            variable(sheet, "struct timeval", "limit", &limit)
        }
    };
    if code.level == "IPPROTO_TCP" {
        sheet.imports.insert("netinet/tcp.h");
    }
    if code.name == "SO_REUSEPORT" {
        sheet.imports.insert("_GNU_SOURCE");
    }
    let (level, option) = (code.level, code.name);
    let call = format!("setsockopt({name}, {level}, {option}, {value})");
    sheet.line(format!("check({call}, \"{option}\");"));
}

/// The arguments that hand a variable of this value to a call.
fn variable(sheet: &mut Sheet<'_>, kind: &str, name: &str, value: &str) -> String {
    if sheet.declared.insert(name.to_owned()) {
        sheet.line(format!("{kind} {name} = {value};"));
    } else {
        sheet.line(format!("{name} = ({kind}){value};"));
    }
    format!("&{name}, sizeof {name}")
}

/// A payload as the arguments of a call.
struct Made {
    bytes: String,
    size: String,
    /// Whether the size is negative where it was refused.
    refusable: bool,
}

impl Made {
    fn of(bytes: String, size: usize) -> Self {
        Self {
            bytes,
            size: size.to_string(),
            refusable: false,
        }
    }
}

/// A payload, after the lines that make it.
fn made(sheet: &mut Sheet<'_>, payload: &Payload) -> Made {
    match payload {
        Payload::Text(text) => Made::of(text_literal(text), text.len()),
        Payload::Hex(bytes) => Made::of(bytes_literal(bytes), bytes.len()),
        Payload::Repeat { text, times } => {
            sheet.call("repeat");
            sheet.call("data");
            sheet.line(format!("repeat(data, {}, {times});", text_literal(text)));
            Made::of("data".to_owned(), text.len() * *times as usize)
        }
        Payload::Random { bytes, seed } => {
            sheet.call("noise");
            sheet.call("data");
            let seed = seed % (1 << 31);
            sheet.line(format!("noise(data, {bytes}, {seed});"));
            Made::of("data".to_owned(), *bytes as usize)
        }
        Payload::Length { length, code } => self::length(sheet, *length, *code),
        Payload::LengthOf { payload, code } => {
            self::length(sheet, payload.len().unwrap_or_default(), *code)
        }
    }
}

/// A length as bytes.
fn length(sheet: &mut Sheet<'_>, length: u64, code: LengthCode) -> Made {
    // What the program has to look at before it is sent.
    let (helper, written) = match (code, code.write(length)) {
        (LengthCode::Digits | LengthCode::PythonInt, _) => {
            let digits = length.to_string();
            return Made::of(text_literal(&digits), digits.len());
        }
        (LengthCode::Digits8, _) => ("digits_8", None),
        (LengthCode::I32Native, Ok(_)) => {
            sheet.imports.insert("stdint.h");
            return Made {
                bytes: format!("&(int32_t){{{length}}}"),
                size: "sizeof(int32_t)".to_owned(),
                refusable: false,
            };
        }
        (LengthCode::I32Native, Err(_)) => ("write_i32_native", None),
        (LengthCode::I32Le, written) => ("write_i32_le", written.ok()),
        (LengthCode::I32Be, written) => ("write_i32_be", written.ok()),
    };
    if let Some(bytes) = written {
        return Made::of(bytes_literal(&bytes), bytes.len());
    }
    sheet.call(helper);
    sheet.call("data");
    Made {
        bytes: "data".to_owned(),
        size: format!("{helper}(data, {length})"),
        refusable: true,
    }
}

/// A text in quotes.
fn text_literal(text: &str) -> String {
    quoted(text, |c| match c {
        '?' => "\\?".to_owned(),
        // Three octal digits end by themselves, as `\x` does not.
        _ => c
            .encode_utf8(&mut [0; 4])
            .bytes()
            .fold(String::new(), |mut all, byte| {
                // Writing to a string cannot fail.
                let _ = write!(all, "\\{byte:03o}");
                all
            }),
    })
}

/// Bytes in quotes.
fn bytes_literal(bytes: &[u8]) -> String {
    let mut literal = String::from("\"");
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(literal, "\\x{byte:02x}");
    }
    literal + "\""
}
