//! The conversation while it lasts: lines, arriving data and signals, one event at a time.
//!
//! Promises: one thread makes all calls and writes all output; two others only wait, one for input
//! and one for the socket. It ends when the last line is sent, the input ends, the other side ends,
//! or a signal asks for it; then the terminal is as before. After the end of the input it reads on
//! until the other side ends, or nothing has come for [`LINGER`].

use std::collections::VecDeque;
use std::io::{self, BufReader, IsTerminal};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crossterm::event::{self, Event as TerminalEvent, KeyEvent, KeyEventKind};

use super::NAME;
use super::editor::{Editor, Pressed};
use super::typed::{Typed, is_last, meaning};
use crate::analysis::{self, Analysis};
use crate::cli::failure::Failure;
use crate::cli::input::{Heard as Input, next_line};
use crate::cli::interruption::Postponed;
use crate::cli::keys::wait_for_keys;
use crate::cli::terminal::Terminal;
use crate::language::Language;
use crate::record::{Conversation, MOST_BYTES, Unsaid, Watch};
use crate::render::number::{bytes, grouped};
use crate::render::text::{self, Spoken, Style, draw_spoken};
use crate::scenario::{Side, SystemFault};
use crate::trace::{Got, Trace};

/// How often it looks for signals, and at the receive queue while reading is held.
const LOOK: Duration = Duration::from_millis(100);
/// How long a look for a key that should be there may take.
const GLANCE: Duration = Duration::from_millis(1);
/// How long it reads on after the end of the input, from the last arrival on.
const LINGER: Duration = Duration::from_secs(1);
/// The longest line from standard input, in bytes.
const LONGEST_LINE: usize = 128 << 10;
/// The most bytes that a UDP datagram over IPv4 holds.
const LONGEST_DATAGRAM: u64 = 65_507;

/// How the conversation is held.
#[derive(Debug)]
pub(super) struct Setting {
    /// The most bytes that a recv asks for.
    pub(super) at_most: u32,
    /// The command line.
    pub(super) command: Vec<String>,
    pub(super) style: Style,
    pub(super) terminal: Terminal,
}

/// What the loop waits for.
enum Event {
    Key(KeyEvent),
    Resized,
    Line(Vec<u8>),
    TooLong,
    /// The input has ended, or the terminal has gone away.
    InputEnded,
    InputFailed(io::Error),
    /// A recv would not block.
    Ready,
}

/// Whether the conversation goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    GoesOn,
    Ends,
}

/// Where the lines come from and where the output goes.
enum Mouth {
    /// A terminal, with a line editor.
    Editor(Editor),
    /// Standard input and standard output.
    Streams,
}

struct Talk<'a> {
    conversation: Conversation,
    setting: &'a Setting,
    mouth: Mouth,
    /// Whether everything is read as it comes.
    goes: bool,
    /// The recvs asked for while reading is held.
    reads: VecDeque<u32>,
    /// How many bytes were last said to wait.
    waiting: u32,
    /// Whether the other thread waits for the socket; asked through `arm`.
    is_armed: bool,
    arm: Sender<()>,
    /// When it ends, once the input has ended.
    until: Option<Instant>,
    was_full: bool,
}

/// Holds the conversation and returns it closed.
pub(super) fn talk(
    conversation: Conversation,
    setting: &Setting,
    signals: &Postponed,
) -> Result<Conversation, Failure> {
    let (sender, events) = mpsc::channel();
    let is_over = Arc::new(AtomicBool::new(false));
    let arm = watch(conversation.watch(), sender.clone(), &is_over);
    let with_editor = io::stdin().is_terminal() && io::stdout().is_terminal();
    let mouth = if with_editor {
        let editor = Editor::enter().map_err(no_input)?;
        let over = Arc::clone(&is_over);
        thread::spawn(move || read_keys(&sender, &over));
        Mouth::Editor(editor)
    } else {
        thread::spawn(move || read_lines(&sender));
        Mouth::Streams
    };
    let mut talk = Talk {
        conversation,
        setting,
        mouth,
        goes: true,
        reads: VecDeque::new(),
        waiting: 0,
        is_armed: false,
        arm,
        until: None,
        was_full: false,
    };
    let done = talk.go_on(&events, signals);
    is_over.store(true, Ordering::Relaxed);
    talk.conversation.close();
    // Dropping the editor restores the terminal.
    let Talk {
        conversation,
        mouth,
        ..
    } = talk;
    drop(mouth);
    match done {
        // Nobody is left to see it, but it can still be kept.
        Err(Failure::ClosedPipe) | Ok(()) => Ok(conversation),
        Err(failure) => Err(failure),
    }
}

/// What was recorded, and what became of it.
pub(super) fn recorded(conversation: &mut Conversation, setting: &Setting) -> (Trace, Analysis) {
    let trace = conversation.trace(NAME, setting.command.clone());
    let seen = analysis::analyse(&trace);
    (trace, seen)
}

/// That standard input cannot be read.
fn no_input(error: io::Error) -> Failure {
    Failure::Input {
        file: PathBuf::from("-"),
        error,
    }
}

/// That the record is full.
pub(super) fn is_full(language: Language) -> String {
    let most = bytes(MOST_BYTES as u64);
    say!(
        language,
        "the record is full ({most}): what follows is shown, but not in the picture",
        "记录已满（{most}）：之后的内容照常显示，但不进入图中"
    )
}

/// Waits on a thread for the socket, once each time it is asked to.
fn watch(watch: Option<Watch>, events: Sender<Event>, is_over: &Arc<AtomicBool>) -> Sender<()> {
    let (arm, armed) = mpsc::channel::<()>();
    let is_over = Arc::clone(is_over);
    thread::spawn(move || {
        let Some(watch) = watch else { return };
        while armed.recv().is_ok() {
            // An error is returned by the recv that follows, too.
            while !watch.wait(LOOK).unwrap_or(true) {
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
            }
            if events.send(Event::Ready).is_err() {
                return;
            }
        }
    });
    arm
}

/// Reads keys until the conversation is over or the terminal has gone away.
fn read_keys(events: &Sender<Event>, is_over: &AtomicBool) {
    let next = || -> io::Result<Option<Event>> {
        if !wait_for_keys(LOOK)? {
            return Ok(Some(Event::InputEnded));
        }
        if is_over.load(Ordering::Relaxed) || !event::poll(GLANCE)? {
            return Ok(None);
        }
        Ok(match event::read()? {
            TerminalEvent::Key(key) if key.kind != KeyEventKind::Release => Some(Event::Key(key)),
            TerminalEvent::Resize(..) => Some(Event::Resized),
            TerminalEvent::Key(_)
            | TerminalEvent::FocusGained
            | TerminalEvent::FocusLost
            | TerminalEvent::Mouse(_) => None,
        })
    };
    while !is_over.load(Ordering::Relaxed) {
        let event = next().unwrap_or_else(|error| Some(Event::InputFailed(error)));
        let Some(event) = event else { continue };
        let is_last = matches!(event, Event::InputEnded | Event::InputFailed(_));
        if events.send(event).is_err() || is_last {
            return;
        }
    }
}

/// Reads lines until the input ends.
fn read_lines(events: &Sender<Event>) {
    let mut input = BufReader::new(io::stdin());
    loop {
        let event = match next_line(&mut input, LONGEST_LINE) {
            Ok(Input::Line(line)) => Event::Line(line),
            Ok(Input::TooLong) => Event::TooLong,
            Ok(Input::End) => Event::InputEnded,
            Err(error) => Event::InputFailed(error),
        };
        let is_last = matches!(event, Event::InputEnded | Event::InputFailed(_));
        if events.send(event).is_err() || is_last {
            return;
        }
    }
}

impl Talk<'_> {
    fn language(&self) -> Language {
        self.setting.terminal.language
    }

    fn go_on(&mut self, events: &Receiver<Event>, signals: &Postponed) -> Result<(), Failure> {
        loop {
            if signals.came() || self.until.is_some_and(|until| until <= Instant::now()) {
                return Ok(());
            }
            if self.next_read().is_some() && !self.is_armed {
                self.is_armed = self.arm.send(()).is_ok();
            }
            let flow = match events.recv_timeout(LOOK) {
                Ok(event) => self.take(event)?,
                Err(RecvTimeoutError::Timeout) => Flow::GoesOn,
                Err(RecvTimeoutError::Disconnected) => Flow::Ends,
            };
            if flow == Flow::Ends {
                return Ok(());
            }
            self.tell_waiting()?;
            if !self.conversation.is_recording() && !self.was_full {
                self.was_full = true;
                self.note(&is_full(self.language()))?;
            }
        }
    }

    fn take(&mut self, event: Event) -> Result<Flow, Failure> {
        let language = self.language();
        match event {
            Event::Key(key) => {
                let Mouth::Editor(editor) = &mut self.mouth else {
                    return Ok(Flow::GoesOn);
                };
                match editor.press(key).map_err(Failure::stdout)? {
                    Pressed::Line(line) => self.typed(line.into_bytes()),
                    Pressed::End => self.end_of_input(),
                    Pressed::Stop => Ok(Flow::Ends),
                    Pressed::Nothing => Ok(Flow::GoesOn),
                }
            }
            Event::Resized => self.print("").map(|()| Flow::GoesOn),
            Event::Line(line) => self.typed(line),
            Event::TooLong => {
                let most = grouped(LONGEST_LINE as u64);
                self.note(&say!(
                    language,
                    "not sent: a line has at most {most} B here",
                    "没有发送：这里一行最多 {most} 字节"
                ))?;
                Ok(Flow::GoesOn)
            }
            Event::InputEnded => self.end_of_input(),
            Event::InputFailed(error) => Err(no_input(error)),
            Event::Ready => {
                self.is_armed = false;
                match self.next_read() {
                    Some(asked) => {
                        self.reads.pop_front();
                        self.hear(asked)
                    }
                    None => Ok(Flow::GoesOn),
                }
            }
        }
    }

    /// How many bytes the next recv asks for, if there is to be one.
    fn next_read(&self) -> Option<u32> {
        let asked = self.reads.front().copied();
        asked.or_else(|| self.goes.then_some(self.setting.at_most))
    }

    fn typed(&mut self, line: Vec<u8>) -> Result<Flow, Failure> {
        let language = self.language();
        if self.until.is_some() {
            return Ok(Flow::GoesOn);
        }
        let is_command = line.starts_with(b"/") && !line.starts_with(b"//");
        if is_command && let Mouth::Editor(_) = self.mouth {
            let line = crate::render::escape::text(&String::from_utf8_lossy(&line));
            self.print(&format!("> {line}\n"))?;
        }
        match meaning(line, language) {
            Typed::Message(message) => return self.say(&message),
            Typed::Last(message) => {
                if self.say(&message)? == Flow::Ends {
                    return Ok(Flow::Ends);
                }
                return self.end_of_input();
            }
            Typed::Hold => {
                self.goes = false;
                self.waiting = 0;
                self.note(&say!(
                    language,
                    "reading is held: what comes waits in the receive queue until /read or /go",
                    "已暂停读取：到达的数据留在接收队列里，直到 /read 或 /go"
                ))?;
            }
            Typed::Read(asked) => {
                self.goes = false;
                self.reads.push_back(asked.unwrap_or(self.setting.at_most));
                if self.conversation.queued() == Some(0) {
                    self.note(&say!(
                        language,
                        "nothing is there: recv waits for it",
                        "还没有数据：recv 等待中"
                    ))?;
                }
            }
            Typed::Go => {
                self.goes = true;
                self.note(&say!(language, "reading as it comes", "随到随读"))?;
            }
            Typed::Show => {
                let (trace, seen) = recorded(&mut self.conversation, self.setting);
                let mut drawn = Vec::new();
                text::draw(&trace, &seen, &self.setting.style, &mut drawn)
                    .map_err(Failure::stdout)?;
                self.print(&String::from_utf8_lossy(&drawn))?;
            }
            Typed::Help => self.note(&help(language))?,
            Typed::Wrong(why) => self.note(&why)?,
        }
        Ok(Flow::GoesOn)
    }

    /// Sends nothing more, and reads on for a while.
    fn end_of_input(&mut self) -> Result<Flow, Failure> {
        if self.until.is_some() {
            return Ok(Flow::GoesOn);
        }
        if !self.goes {
            if let Some(left @ 1..) = self.conversation.queued() {
                let left = bytes(left.into());
                let language = self.language();
                self.note(&say!(
                    language,
                    "closed with {left} unread",
                    "关闭时还有 {left} 没有读"
                ))?;
            }
            return Ok(Flow::Ends);
        }
        self.conversation.end_sending();
        self.until = Some(Instant::now() + LINGER);
        Ok(Flow::GoesOn)
    }

    fn say(&mut self, message: &[u8]) -> Result<Flow, Failure> {
        let language = self.language();
        match self.conversation.say(message) {
            Ok((asked, taken)) => self.show(Spoken::Sent(message, asked, taken))?,
            Err(Unsaid::Framing(error)) => {
                let why = error.message(language);
                self.note(&say!(language, "not sent: {why}", "没有发送：{why}"))?;
            }
            Err(Unsaid::System(fault)) => {
                self.show(Spoken::NotSent(message.len(), fault))?;
                return self.told(fault, true);
            }
        }
        Ok(Flow::GoesOn)
    }

    fn hear(&mut self, asked: u32) -> Result<Flow, Failure> {
        let language = self.language();
        let heard = match self.conversation.hear(asked) {
            Ok(heard) => heard,
            Err(fault) => {
                self.show(Spoken::NotHeard(asked, fault))?;
                return self.told(fault, false);
            }
        };
        if let Some(until) = &mut self.until {
            *until = Instant::now() + LINGER;
        }
        self.waiting = 0;
        if let Some(peer) = heard.new_peer {
            self.note(&say!(
                language,
                "from {peer}; what you send goes there now",
                "来自 {peer}；此后发给它"
            ))?;
        }
        self.show(Spoken::Heard(asked, heard.got, &heard.bytes))?;
        for message in &heard.messages {
            self.show(Spoken::Message(message))?;
        }
        if let Some(error) = heard.refused {
            let why = error.message(language);
            self.note(&say!(
                language,
                "does not decode from here on: {why}",
                "从这里起无法解码：{why}"
            ))?;
        }
        if heard.got == Got::End {
            self.note(&say!(
                language,
                "the other side has closed",
                "对方已关闭连接"
            ))?;
            return Ok(Flow::Ends);
        }
        // The client of the source notes ends when it is told so; the server goes on.
        let mut messages = heard.messages.iter();
        let said_last = is_last(&heard.bytes) || messages.any(|message| is_last(message));
        if said_last && self.conversation.side() == Side::Client {
            self.note(&say!(
                language,
                "the other side ends the conversation",
                "对方结束了对话"
            ))?;
            return Ok(Flow::Ends);
        }
        Ok(Flow::GoesOn)
    }

    /// Tells what a fault means here, and whether the conversation can go on.
    fn told(&mut self, fault: SystemFault, sending: bool) -> Result<Flow, Failure> {
        let language = self.language();
        let (note, flow) = match fault {
            SystemFault::MessageSize => {
                let most = grouped(LONGEST_DATAGRAM);
                (
                    say!(
                        language,
                        "a UDP datagram over IPv4 holds at most {most} B, and UDP never cuts a message",
                        "一个 IPv4 的 UDP 数据报最多 {most} 字节，UDP 不会替你拆分消息"
                    ),
                    Flow::GoesOn,
                )
            }
            SystemFault::NotConnected if sending => (
                say!(
                    language,
                    "nobody has written yet: a UDP server knows nobody to send to before it has received",
                    "还没有人发来数据：UDP 服务端在收到数据之前，不知道该发给谁"
                ),
                Flow::GoesOn,
            ),
            SystemFault::ConnectionRefused => (
                say!(
                    language,
                    "nobody receives there (the answer to an earlier datagram)",
                    "那里没有程序在接收（这是对先前一个数据报的回应）"
                ),
                Flow::GoesOn,
            ),
            SystemFault::WouldBlock if sending => (
                say!(
                    language,
                    "the other side does not read: its receive queue and your send buffer are full",
                    "对方没有读取：它的接收队列和你的发送缓冲区都满了"
                ),
                Flow::GoesOn,
            ),
            SystemFault::WouldBlock | SystemFault::Other(_) | SystemFault::Unsupported => {
                return Ok(Flow::GoesOn);
            }
            SystemFault::ConnectionReset | SystemFault::BrokenPipe | SystemFault::TimedOut => (
                say!(language, "the other side is gone", "对方已经离开"),
                Flow::Ends,
            ),
            SystemFault::AddrInUse
            | SystemFault::AddrNotAvailable
            | SystemFault::NotConnected
            | SystemFault::Invalid => return Ok(Flow::Ends),
        };
        self.note(&note)?;
        Ok(flow)
    }

    /// Tells how much waits while reading is held, when that has changed.
    fn tell_waiting(&mut self) -> Result<(), Failure> {
        if self.goes || !self.reads.is_empty() {
            return Ok(());
        }
        let language = self.language();
        let waiting = self.conversation.queued().unwrap_or(0);
        if waiting == self.waiting {
            return Ok(());
        }
        self.waiting = waiting;
        let size = bytes(waiting.into());
        self.note(&if self.conversation.keeps_boundaries() {
            say!(
                language,
                "waiting: the next datagram has {size}",
                "等待中：下一个数据报有 {size}"
            )
        } else {
            say!(
                language,
                "waiting: {size} in the receive queue",
                "等待中：接收队列里有 {size}"
            )
        })
    }

    fn show(&mut self, spoken: Spoken<'_>) -> Result<(), Failure> {
        let mut drawn = Vec::new();
        draw_spoken(&self.setting.style, spoken, &mut drawn).map_err(Failure::stdout)?;
        self.print(&String::from_utf8_lossy(&drawn))
    }

    /// Shows lines of the conversation.
    fn print(&mut self, lines: &str) -> Result<(), Failure> {
        match &self.mouth {
            Mouth::Editor(editor) => editor.draw(lines).map_err(Failure::stdout),
            Mouth::Streams => self
                .setting
                .terminal
                .data(|out| out.write_all(lines.as_bytes()).map_err(Failure::stdout)),
        }
    }

    /// Shows what is not of the conversation itself.
    fn note(&mut self, note: &str) -> Result<(), Failure> {
        let terminal = self.setting.terminal;
        match &self.mouth {
            Mouth::Editor(_) if terminal.quiet => {}
            Mouth::Editor(_) => {
                let lines = note.lines().map(|line| format!("  ({line})\n"));
                self.print(&lines.collect::<String>())?;
            }
            Mouth::Streams => terminal.note(note),
        }
        Ok(())
    }
}

/// The commands.
fn help(language: Language) -> String {
    language
        .pick(
            "/hold        stop reading; what comes waits in the receive queue\n\
             /read 1024   one recv for at most so many bytes, then hold\n\
             /go          read as it comes\n\
             /hex 12 00   send bytes\n\
             /show        draw the conversation so far\n\
             //text       send a line that begins with /\n\
             Q or q       send it and end",
            "/hold        暂停读取；到达的数据留在接收队列里\n\
             /read 1024   做一次 recv，最多取这么多字节，然后暂停\n\
             /go          随到随读\n\
             /hex 12 00   发送字节\n\
             /show        画出到目前为止的对话\n\
             //文字       发送以 / 开头的一行\n\
             Q 或 q       发出它，然后结束",
        )
        .to_owned()
}
