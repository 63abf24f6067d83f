//! Draws the programs of both sides before they run: their steps in two columns.
//!
//! Promises: shows what the scripts say and nothing of the result, not even the fault that a step
//! is expected to end in. Nothing is left out; long texts continue on the next line.

use std::borrow::Cow;
use std::io;

use crate::laboratory::quiz::{Cut, message_numbers};
use crate::language::Language;
use crate::render::number::{bytes, grouped, time};
use crate::render::{escape, words};
use crate::scenario::walk::{self, Numbered};
use crate::scenario::{
    Action, Condition, Opening, Part, Payload, Receiving, RecvLength, RecvStep, Script, ScriptStep,
    SendStep, Side, SocketStep,
};

use super::Page;
use super::line::{Ink, Line};
use crate::picture::calls::{self, Data};
use crate::render::wrap;

const INDENT: usize = 2;
/// The additional indentation of the steps in a block.
const DEEPER: usize = 2;

/// A step as it is shown.
struct Row {
    indent: usize,
    ink: Ink,
    head: String,
    /// The bytes that are sent, and the number of header bytes among them.
    sends: Option<(Vec<u8>, usize)>,
}

/// Draws both programs.
pub(super) fn draw(page: &mut Page<'_>, part: &Part) -> io::Result<()> {
    let columns = Side::BOTH.map(|side| {
        let script = part.script(side);
        let mut rows = options(page, script);
        let numbers = message_numbers(script, part.transport);
        collect(page, script, &numbers, &mut rows);
        rows
    });
    let name = words::transport(part.transport);
    let text = say!(
        page.style.language,
        "Over {name}. Each column is one program; both run at the same time.",
        "经由 {name}。一列是一个程序，两边同时运行。"
    );
    page.wrapped(Ink::Plain, INDENT, 0, &text)?;
    page.blank()?;
    side_by_side(page, columns)
}

/// Draws a sender that sends a stream piece by piece, and the readers that are possible.
pub(super) fn draw_cut(page: &mut Page<'_>, cut: &Cut) -> io::Result<()> {
    let mut sender = Vec::new();
    let ends = cut.cuts.iter().copied().chain([cut.stream.bytes.len()]);
    let mut start = 0;
    for end in ends {
        let piece = cut.stream.bytes[start..end].to_vec();
        sender.push(Row {
            sends: Some((piece, 0)),
            ..plain(0, format!("send  {}", bytes((end - start) as u64)))
        });
        let wait = page.pick("wait until it was read", "等待对方读走");
        sender.push(plain(0, wait.to_owned()));
        start = end;
    }
    let framing = cut.stream.framing;
    let reader = say!(
        page.style.language,
        "one of the readers below, for the framing {framing}",
        "下列读取方之一，按 {framing} 读取"
    );
    side_by_side(page, [sender, vec![plain(0, reader)]])
}

/// Draws two columns of steps under the names of the sides.
fn side_by_side(page: &mut Page<'_>, columns: [Vec<Row>; 2]) -> io::Result<()> {
    let language = page.style.language;
    let each = (page.style.columns() - INDENT - 1) / 2;
    let second = INDENT + each + 1;
    let [left, right] = columns.map(|rows| {
        let lines = rows.iter().flat_map(|row| lines(page, row, each));
        lines.collect::<Vec<_>>()
    });
    let mut heading = Line::default();
    heading.pad_to(INDENT);
    heading.push(Ink::Heading, words::side(language, Side::Server));
    heading.pad_to(second);
    heading.push(Ink::Heading, words::side(language, Side::Client));
    page.line(heading)?;
    let count = left.len().max(right.len());
    let mut right = right.into_iter();
    let mut left = left.into_iter();
    for _ in 0..count {
        let mut line = Line::default();
        line.pad_to(INDENT);
        line.append(&left.next().unwrap_or_default());
        line.pad_to(second);
        line.append(&right.next().unwrap_or_default());
        page.line(line)?;
    }
    Ok(())
}

/// A step in lines of at most `most` columns; the bytes follow as far as there is room.
fn lines(page: &Page<'_>, row: &Row, most: usize) -> Vec<Line> {
    let room = most.saturating_sub(row.indent + DEEPER);
    let mut lines: Vec<Line> = Vec::new();
    for text in wrap::paragraph_lines(&row.head, room) {
        let mut line = Line::default();
        line.pad_to(row.indent + if lines.is_empty() { 0 } else { DEEPER });
        line.push(row.ink, &text);
        lines.push(line);
    }
    if let (Some((stream, header)), Some(line)) = (&row.sends, lines.last_mut()) {
        let left = most.saturating_sub(line.columns() + 2);
        let data = Data {
            stream,
            range: 0..stream.len(),
            header: *header,
            edges: &[],
            value: None,
        };
        let preview = |room| page.glyphs.preview(&data, room);
        if stream.is_empty() {
            return lines;
        }
        if *header == 0 && left >= 4 || escape::width(&preview(room)) <= left {
            line.push(Ink::Plain, "  ");
            line.push(row.ink, &preview(left));
        } else {
            let mut line = Line::default();
            line.pad_to(row.indent + DEEPER);
            line.push(row.ink, &preview(room));
            lines.push(line);
        }
    }
    lines
}

/// The options of a side's sockets.
fn options(page: &Page<'_>, script: &Script) -> Vec<Row> {
    let shown = script.options.iter().map(|option| {
        let option = words::option(*option);
        plain(
            0,
            say!(page.style.language, "option {option}", "选项 {option}"),
        )
    });
    shown.collect()
}

fn plain(indent: usize, head: String) -> Row {
    Row {
        indent,
        ink: Ink::Plain,
        head,
        sends: None,
    }
}

/// The steps of a script, those of blocks further in.
fn collect(page: &Page<'_>, script: &Script, numbers: &[Option<usize>], rows: &mut Vec<Row>) {
    for Numbered { id, depth, step } in walk::written(&script.steps) {
        let number = numbers.get(usize::from(id.0)).copied().flatten();
        let indent = depth * DEEPER;
        let mut row = match &step.action {
            Action::Send(send) => sent(page, send, number, indent),
            action => plain(indent, in_words(page.style.language, action)),
        };
        if let Some(socket) = &step.on {
            let socket = escape::text(socket);
            row.head += &say!(
                page.style.language,
                " on socket \"{socket}\"",
                "（套接字“{socket}”）"
            );
        }
        rows.push(row);
    }
}

fn sent(page: &Page<'_>, send: &SendStep, number: Option<usize>, indent: usize) -> Row {
    let payload = send.payload.bytes();
    let unwritable = payload
        .is_err()
        .then(|| unwritable_length(page, &send.payload));
    let payload = payload.unwrap_or(Cow::Borrowed(&[]));
    let mut frame = Vec::new();
    // What does not fit is shown as it is asked for: that it is refused comes of it later.
    let (stream, header) = match send
        .framing
        .map(|framing| framing.encode(&payload, &mut frame))
    {
        Some(Ok(parts)) => (frame, parts.header),
        None | Some(Err(_)) => (payload.into_owned(), 0),
    };
    let number_shown = number.map_or_else(String::new, |number| {
        format!(" #{}", grouped(number as u64 + 1))
    });
    let role = calls::role(page.style.telling(), send.role);
    let size = unwritable.unwrap_or_else(|| bytes(stream.len() as u64));
    let mut head = format!("send{number_shown}{role}  {size}");
    let mut how = Vec::new();
    how.extend(send.framing.map(|framing| framing.to_string()));
    how.extend(send.pieces.map(|most| {
        let most = bytes(u64::from(most.get()));
        say!(page.style.language, "{most} at a time", "每次 {most}")
    }));
    let flags = [
        (send.more, "MSG_MORE"),
        (send.nonblocking, "MSG_DONTWAIT"),
        (send.end_of_record, "MSG_EOR"),
    ];
    how.extend(
        flags
            .iter()
            .filter(|(is_set, _)| *is_set)
            .map(|(_, name)| (*name).to_owned()),
    );
    if !how.is_empty() {
        let how = how.join(page.pick(", ", "，"));
        head += &say!(page.style.language, " ({how})", "（{how}）");
    }
    Row {
        indent,
        ink: number.map_or(Ink::Plain, Ink::Message),
        head,
        sends: Some((stream, header)),
    }
}

/// A length that does not fit the field that it is to be written in.
fn unwritable_length(page: &Page<'_>, payload: &Payload) -> String {
    let (length, code) = match payload {
        Payload::Length { length, code } => (*length, *code),
        Payload::LengthOf { payload, code } => (payload.len().unwrap_or(0), *code),
        Payload::Text(_) | Payload::Hex(_) | Payload::Repeat { .. } | Payload::Random { .. } => {
            return bytes(payload.len().unwrap_or(0));
        }
    };
    let (length, code) = (grouped(length), code.name());
    say!(
        page.style.language,
        "the length {length} as {code}",
        "长度 {length}（{code}）"
    )
}

/// The text for a step that sends nothing.
fn in_words(language: Language, action: &Action) -> String {
    match action {
        Action::Open(Opening::Bind { same_port, .. }) => match same_port {
            false => language.pick("bind to a free port", "bind 任一空闲端口"),
            true => language.pick("bind to the same port", "bind 同一端口"),
        }
        .to_owned(),
        Action::Open(Opening::Listen) => "listen".to_owned(),
        Action::Open(Opening::Accept) => "accept".to_owned(),
        Action::Open(Opening::Connect) => "connect".to_owned(),
        Action::Send(send) => format!("send  {}", bytes(send.payload.len().unwrap_or(0))),
        Action::Receive(Receiving::Recv(recv)) => received(language, recv),
        Action::Receive(Receiving::Exact(recv)) => {
            let call = received(language, recv);
            say!(language, "{call} until all are there", "{call}，收够为止")
        }
        Action::Receive(Receiving::UntilEnd { at_most }) => say!(
            language,
            "recv({at_most}) until the end of the stream",
            "recv({at_most})，直到流结束"
        ),
        Action::Receive(Receiving::Available { at_most }) => say!(
            language,
            "recv({at_most}) while something is there",
            "recv({at_most})，直到没有数据"
        ),
        Action::Receive(Receiving::Decode {
            framing, messages, ..
        }) => match messages {
            None => say!(
                language,
                "decode {framing} until the end",
                "按 {framing} 解码，直到流结束"
            ),
            Some(count) => {
                let count = u64::from(count.get());
                let count = words::counted(language, count, "message", "messages", "条消息");
                say!(
                    language,
                    "decode {count} by {framing}",
                    "按 {framing} 解码 {count}"
                )
            }
        },
        Action::Script(ScriptStep::Wait(condition)) => waits(language, condition),
        Action::Script(ScriptStep::Reach(point)) => {
            let point = escape::text(point);
            say!(language, "reach \"{point}\"", "同步点“{point}”")
        }
        Action::Script(ScriptStep::Pause(pause)) => {
            let nanoseconds = u64::try_from(pause.as_nanos()).unwrap_or(u64::MAX);
            let pause = time(nanoseconds, true);
            say!(language, "pause {pause}", "暂停 {pause}")
        }
        Action::Socket(SocketStep::Set(option)) => {
            let option = words::option(*option);
            say!(language, "set {option}", "设置 {option}")
        }
        Action::Socket(SocketStep::HalfClose) => language
            .pick("close for sending", "关闭发送方向")
            .to_owned(),
        Action::Socket(SocketStep::Close(part)) => words::close(language, *part).to_owned(),
        Action::Socket(SocketStep::DropArriving(true)) => language
            .pick("drop what arrives", "开始丢弃到达的数据")
            .to_owned(),
        Action::Socket(SocketStep::DropArriving(false)) => {
            language.pick("stop dropping", "停止丢弃").to_owned()
        }
        Action::Repeat { times, .. } => {
            say!(language, "{times} times:", "重复 {times} 次：")
        }
    }
}

fn waits(language: Language, condition: &Condition) -> String {
    let condition = words::condition(language, condition);
    say!(language, "wait: {condition}", "等待：{condition}")
}

fn received(language: Language, recv: &RecvStep) -> String {
    let length = match recv.length {
        RecvLength::Bytes(bytes) => bytes.to_string(),
        RecvLength::Carried => language.pick("that length", "该长度").to_owned(),
    };
    let mut call = format!("recv({length}");
    if recv.peek {
        call += ", MSG_PEEK";
    }
    if recv.wait_all {
        call += ", MSG_WAITALL";
    }
    call.push(')');
    if let Some(code) = recv.carries {
        let code = code.name();
        call += &say!(language, " as a length ({code})", "，作为长度（{code}）");
    }
    call
}
