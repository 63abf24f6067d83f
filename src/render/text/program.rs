//! The programs of both sides before they run: their steps in two columns.
//!
//! Promises: shows what the scripts say and nothing of what comes of it, not even the
//! fault that a step has to end in; nothing is left out, long words go on in the next line.

use std::borrow::Cow;
use std::io;

use crate::laboratory::quiz::{Cut, message_numbers};
use crate::language::Language;
use crate::render::number::{bytes, grouped, time};
use crate::render::{escape, words};
use crate::scenario::walk::{self, Numbered};
use crate::scenario::{
    Action, Condition, Opening, Part, Receiving, RecvLength, RecvStep, Script, ScriptStep,
    SendStep, Side, SocketStep,
};

use super::Page;
use super::line::{Ink, Line};
use super::{timeline, wrap};
use crate::picture::calls::{self, Data};

const INDENT: usize = 2;
/// How much further in the steps of a block stand.
const DEEPER: usize = 2;

/// A step as it is shown.
struct Row {
    indent: usize,
    ink: Ink,
    head: String,
    /// The bytes that are sent, and how many of them are a header.
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
    let text = page.pick(
        format!("Over {name}. Each column is one program; both run at the same time."),
        format!("经由 {name}。一列是一个程序，两边同时运行。"),
    );
    page.wrapped(Ink::Plain, INDENT, 0, &text)?;
    page.blank()?;
    side_by_side(page, columns)
}

/// Draws a sender that sends a stream piece by piece, and what can be its reader.
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
    let reader = page.pick(
        format!("one of the readers below, for the framing {framing}"),
        format!("下列读取方之一，按 {framing} 读取"),
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
        if left >= 4 && !stream.is_empty() {
            let data = Data {
                stream,
                range: 0..stream.len(),
                header: *header,
            };
            line.push(Ink::Plain, "  ");
            line.push(row.ink, &timeline::preview(page.glyphs, &data, left));
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
            page.pick(format!("option {option}"), format!("选项 {option}")),
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
            row.head += &page.pick(
                format!(" on socket \"{socket}\""),
                format!("（套接字“{socket}”）"),
            );
        }
        rows.push(row);
    }
}

fn sent(page: &Page<'_>, send: &SendStep, number: Option<usize>, indent: usize) -> Row {
    let payload = send.payload.bytes().unwrap_or(Cow::Borrowed(&[]));
    let (stream, header) = match send.framing {
        None => (payload.into_owned(), 0),
        Some(framing) => {
            let mut frame = Vec::new();
            // Where it does not fit, nothing is sent.
            let parts = framing.encode(&payload, &mut frame);
            (frame, parts.map_or(0, |parts| parts.header))
        }
    };
    let number_shown = number.map_or_else(String::new, |number| {
        format!(" #{}", grouped(number as u64 + 1))
    });
    let (role, size) = (
        calls::role(page.style.telling(), send.role),
        bytes(stream.len() as u64),
    );
    let mut head = format!("send{number_shown}{role}  {size}");
    let mut how = Vec::new();
    how.extend(send.framing.map(|framing| framing.to_string()));
    how.extend(send.pieces.map(|most| {
        let most = bytes(u64::from(most.get()));
        page.pick(format!("{most} at a time"), format!("每次 {most}"))
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
        head += &page.pick(format!(" ({how})"), format!("（{how}）"));
    }
    Row {
        indent,
        ink: number.map_or(Ink::Plain, Ink::Message),
        head,
        sends: Some((stream, header)),
    }
}

/// A step that sends nothing.
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
            language.pick(
                format!("{call} until all are there"),
                format!("{call}，收够为止"),
            )
        }
        Action::Receive(Receiving::UntilEnd { at_most }) => language.pick(
            format!("recv({at_most}) until the end of the stream"),
            format!("recv({at_most})，直到流结束"),
        ),
        Action::Receive(Receiving::Available { at_most }) => language.pick(
            format!("recv({at_most}) while something is there"),
            format!("recv({at_most})，直到没有数据"),
        ),
        Action::Receive(Receiving::Decode {
            framing, messages, ..
        }) => match messages {
            None => language.pick(
                format!("decode {framing} until the end"),
                format!("按 {framing} 解码，直到流结束"),
            ),
            Some(count) => {
                let count = u64::from(count.get());
                let count = words::counted(language, count, "message", "messages", "条消息");
                language.pick(
                    format!("decode {count} by {framing}"),
                    format!("按 {framing} 解码 {count}"),
                )
            }
        },
        Action::Script(ScriptStep::Wait(condition)) => waits(language, condition),
        Action::Script(ScriptStep::Reach(point)) => {
            let point = escape::text(point);
            language.pick(format!("reach \"{point}\""), format!("同步点“{point}”"))
        }
        Action::Script(ScriptStep::Pause(pause)) => {
            let nanoseconds = u64::try_from(pause.as_nanos()).unwrap_or(u64::MAX);
            let pause = time(nanoseconds, true);
            language.pick(format!("pause {pause}"), format!("暂停 {pause}"))
        }
        Action::Socket(SocketStep::Set(option)) => {
            let option = words::option(*option);
            language.pick(format!("set {option}"), format!("设置 {option}"))
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
            language.pick(format!("{times} times:"), format!("重复 {times} 次："))
        }
    }
}

fn waits(language: Language, condition: &Condition) -> String {
    let condition = words::condition(language, condition);
    language.pick(format!("wait: {condition}"), format!("等待：{condition}"))
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
        call += &language.pick(
            format!(" as a length ({code})"),
            format!("，作为长度（{code}）"),
        );
    }
    call
}
