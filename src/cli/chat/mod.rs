//! `sticky chat`: a live conversation over a real socket, typed line by line, and drawn at its end.

mod editor;
mod place;
mod talk;
mod typed;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstream::ColorChoice;
use clap::{Arg, ArgMatches, Command};

use super::failure::Failure;
use super::file::Output;
use super::interruption::Postponed;
use super::terminal::Terminal;
use super::{arguments, drawing};
use crate::analysis::Analysis;
use crate::diagnostic::shell;
use crate::language::Language;
use crate::record::Conversation;
use crate::render::{escape, text};
use crate::trace::Trace;

/// What the recording is called.
const NAME: &str = "chat";
/// The most bytes of one recv unless `--recv` says otherwise: as in the source notes.
const USUAL_RECV: u32 = 1024;
/// The most bytes that a recv may ask for: 1 MiB.
const MOST_RECV: u64 = 1 << 20;

/// The command's arguments.
pub(super) fn command(language: Language) -> Command {
    let command = Command::new(NAME)
        .about(language.pick(
            "Talk over a real socket from two terminals, and see what became of each send",
            "在两个终端之间用真实套接字对话，看每次 send 的结果",
        ))
        .override_usage(language.pick(
            "sticky chat [OPTIONS] [ADDR:PORT]",
            "sticky chat [选项] [ADDR:PORT]",
        ))
        .after_help(language.pick(
            "Each line typed is one send of just its bytes, so the other end can be any program. \
             /hold stops reading, /read 1024 makes one recv, /go reads as it comes; /help tells \
             the rest. Q or q is sent and ends. Without a terminal, lines come from standard \
             input. What the other side did in its calls is not seen. Exit status: 0 it took \
             place, 2 wrong usage, or no connection.\n\n\
             Examples:\n  \
             sticky chat --listen          in one terminal\n  \
             sticky chat                   in the other\n  \
             sticky chat --listen --udp 127.0.0.1:9001\n  \
             sticky chat --framing i32-le -o chat.json",
            "输入的每一行就是一次 send，只发这一行的字节，所以对方可以是任何程序。\
             /hold 暂停读取，/read 1024 只做一次 recv，/go 随到随读；其余见 /help。\
             输入 Q 或 q 会先发出它，再结束。没有终端时，从标准输入读各行。\
             对方的调用看不到。退出状态：0 对话已进行，2 用法错误或无法连接。\n\n\
             示例：\n  \
             sticky chat --listen          在一个终端里\n  \
             sticky chat                   在另一个终端里\n  \
             sticky chat --listen --udp 127.0.0.1:9001\n  \
             sticky chat --framing i32-le -o chat.json",
        ))
        .arg(
            Arg::new("place")
                .value_name("ADDR:PORT")
                .help(language.pick(
                    "Where to listen or to connect [default: 127.0.0.1:9000]",
                    "在哪里监听或连接 [默认：127.0.0.1:9000]",
                )),
        )
        .args(options(language));
    drawing::options(command, language)
}

fn options(language: Language) -> [Arg; 5] {
    [
        arguments::switch(
            "listen",
            language.pick(
                "Be the server: wait for the other side",
                "作服务端：等对方来连接",
            ),
        ),
        arguments::switch(
            "udp",
            language.pick("Over UDP instead of TCP", "走 UDP，不走 TCP"),
        ),
        arguments::framing(language).help(language.pick(
            "Frame each line, and decode what comes: i32-le, digits-2, crlf, netstring …",
            "给每一行成帧，并解码收到的数据：i32-le、digits-2、crlf、netstring ……",
        )),
        arguments::recv(language, MOST_RECV),
        Arg::new("output")
            .short('o')
            .long("output")
            .value_name(language.pick("FILE", "文件"))
            .help(language.pick(
                "Keep the conversation as a trace, for `sticky show`",
                "把对话保存为轨迹，供 `sticky show` 使用",
            ))
            .value_parser(clap::value_parser!(PathBuf)),
    ]
}

/// Holds the conversation, then draws it.
pub(super) fn run(matches: &ArgMatches, terminal: Terminal) -> Result<ExitCode, Failure> {
    let language = terminal.language;
    let file = matches.get_one::<PathBuf>("output");
    if file.is_some_and(|file| file == Path::new("-")) {
        return Err(Failure::Usage {
            message: say!(
                language,
                "standard output shows the conversation",
                "标准输出用来显示对话"
            ),
            help: say!(
                language,
                "name a file: -o chat.json",
                "请写一个文件名：-o chat.json"
            ),
        });
    }
    let conversation = begin(matches, terminal)?;
    let signals = Postponed::now();
    let at_most = matches.get_one::<u64>("recv").copied();
    let at_most = at_most.and_then(|bytes| u32::try_from(bytes).ok());
    let style = drawing::style(matches, terminal, terminal.data_in_color());
    let setting = talk::Setting {
        at_most: at_most.unwrap_or(USUAL_RECV),
        command: command_line(),
        style,
        terminal,
    };
    // The file is opened first, so that a wrong name is told before anything is typed.
    let output = file.map(|file| Output::create(file, ColorChoice::AlwaysAnsi));
    let output = output.transpose()?;
    let mut conversation = talk::talk(conversation, &setting, &signals)?;
    let (trace, seen) = talk::recorded(&mut conversation, &setting);
    let kept = match output {
        Some(output) => keep(output, &trace, &seen, file),
        None => Ok(()),
    };
    let drawn = terminal.data(|mut out| {
        writeln!(out)
            .and_then(|()| text::draw(&trace, &seen, &setting.style, &mut out))
            .map_err(Failure::stdout)
    });
    if !conversation.is_recording() {
        terminal.note(talk::is_full(language));
    }
    if let (Ok(()), Some(file)) = (&kept, file) {
        let named = file.to_string_lossy();
        let word = shell::word(&named);
        terminal.note(say!(
            language,
            "kept: sticky show {word}",
            "已保存：sticky show {word}"
        ));
    }
    kept.and(drawn).map(|()| ExitCode::SUCCESS)
}

/// The conversation with the other side, from its beginning.
fn begin(matches: &ArgMatches, terminal: Terminal) -> Result<Conversation, Failure> {
    let language = terminal.language;
    let is_udp = matches.get_flag("udp");
    let framing = matches.get_one::<String>("framing");
    let framing = framing.map(|name| arguments::parse_framing(name, language));
    let framing = framing.transpose()?;
    if is_udp && framing.is_some() {
        return Err(Failure::Usage {
            message: say!(
                language,
                "--framing restores boundaries, and UDP keeps them",
                "--framing 用来恢复消息边界，而 UDP 本来就保留边界"
            ),
            help: say!(language, "leave out one of them", "去掉其中一个"),
        });
    }
    let conversation = place::meet(matches, is_udp, terminal)?;
    Ok(match framing {
        Some(framing) => conversation.framed(framing),
        None => conversation,
    })
}

/// Saves the conversation as a trace.
fn keep(
    mut output: Output,
    trace: &Trace,
    seen: &Analysis,
    file: Option<&PathBuf>,
) -> Result<(), Failure> {
    let case = std::iter::once(Ok((trace.clone(), seen.clone())));
    drawing::write_json(case, output.stream()).map_err(|error| error.failed(file.cloned()))?;
    output.finish()
}

/// The command as it was typed; just its name if it holds what no heading may.
fn command_line() -> Vec<String> {
    let words = std::env::args_os().skip(1);
    let words = words.map(|word| word.into_string().ok());
    let is_plain = |word: &String| !word.chars().any(escape::steers);
    let typed: Option<Vec<String>> = words.map(|word| word.filter(is_plain)).collect();
    let typed = typed.unwrap_or_else(|| vec![NAME.to_owned()]);
    std::iter::once("sticky".to_owned()).chain(typed).collect()
}
