//! `sticky try`: one's own messages over real sockets, drawn at once.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::slice;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::failure::Failure;
use super::terminal::Terminal;
use super::{accept, arguments, decode, drawing, file, new, run};
use crate::analysis;
use crate::diagnostic::shell;
use crate::framing::{self, Framing};
use crate::language::Language;
use crate::render::draft::{Content, Draft, Message, Reader};
use crate::render::number::grouped;
use crate::replay::Stage;
use crate::scenario::read::read_own;
use crate::scenario::{DEFAULT_DEADLINE, Scenario, Side, Transport};

/// What the scenario is called; it has no file.
const NAME: &str = "try";
/// The most bytes of one recv unless `--recv` says otherwise: as in the source notes.
const USUAL_RECV: u32 = 1024;
/// The most bytes that a message may have, and all of them together: 1 MiB.
const MOST_BYTES: u64 = 1 << 20;
/// The most messages, repeats counted.
const MOST_MESSAGES: u64 = 1000;
/// The most recvs that a reader is given to do.
const MOST_RECVS: u64 = 5000;
/// The most bytes that have to wait in a receive queue at once. Linux gives a TCP socket
/// 131,072 B to begin with, of which half is the window (`tcp_rmem` and
/// `tcp_adv_win_scale` in tcp(7)).
const MOST_QUEUED: u64 = 60_000;
/// The most messages that have to wait at once where each keeps a buffer of its own: one
/// takes 768 B at the least of the 212,992 B that Linux gives (`rmem_default`).
const MOST_QUEUED_MESSAGES: usize = 200;
/// The most bytes that a UDP datagram over IPv4 holds.
const LONGEST_DATAGRAM: u32 = 65_507;

/// The command's arguments.
pub(super) fn command(language: Language) -> Command {
    let command = Command::new("try")
        .about(language.pick(
            "Send your own messages over real sockets and draw what happened",
            "用真实套接字发送你自己的消息，并画出经过",
        ))
        .override_usage(language.pick(
            "sticky try [OPTIONS] <MESSAGE>…",
            "sticky try [选项] <消息>…",
        ))
        .after_help(language.pick(
            "Each message is one send. The reader is late unless --reader says otherwise: all \
             messages wait in the receive queue before the first recv. At most 1,000 messages and \
             1 MiB. Nothing is stated, so nothing is judged; exit status: 0 drawn, 2 wrong usage.\n\n\
             Examples:\n  \
             sticky try 你好 张三\n  \
             sticky try hello world --reader prompt\n  \
             sticky try hello world --framing i32-be --reader exact\n  \
             sticky try hello world --recv 4\n  \
             sticky try hello world --udp\n  \
             sticky try --size 18 --size 12 --cork --step",
            "每条消息是一次 send。不写 --reader 时读得晚：第一次 recv 之前，全部消息都已在接收队列里。\
             最多 1,000 条消息、1 MiB。没有写明预期，所以不作判断；退出状态：0 已画出，2 用法错误。\n\n\
             示例：\n  \
             sticky try 你好 张三\n  \
             sticky try hello world --reader prompt\n  \
             sticky try hello world --framing i32-be --reader exact\n  \
             sticky try hello world --recv 4\n  \
             sticky try hello world --udp\n  \
             sticky try --size 18 --size 12 --cork --step",
        ))
        .arg(
            Arg::new("messages")
                .value_name(language.pick("MESSAGE", "消息"))
                .help(language.pick(
                    "The messages, sent in this order",
                    "各条消息，按这里的次序发送",
                ))
                .num_args(0..),
        )
        .args(payloads(language))
        .arg(
            Arg::new("save")
                .long("save")
                .value_name(language.pick("FILE", "文件"))
                .help(language.pick(
                    "Write it as a scenario file that states what came, for `sticky check`",
                    "写成用例文件，写明实际结果，供 `sticky check` 使用",
                ))
                .value_parser(clap::value_parser!(PathBuf)),
        )
        .args(conversation(language));
    drawing::replay_options(command, language).arg(arguments::deadline(language))
}

/// Other ways to say what a message holds.
fn payloads(language: Language) -> [Arg; 3] {
    [
        Arg::new("size")
            .long("size")
            .value_name(language.pick("N", "字节数"))
            .help(language.pick(
                "A message of N bytes, all the same letter; may be repeated",
                "一条 N 字节的消息，由同一个字母组成；可重复",
            ))
            .action(ArgAction::Append)
            .value_parser(arguments::number(language, 0, MOST_BYTES)),
        Arg::new("hex")
            .long("hex")
            .value_name(language.pick("BYTES", "字节"))
            .help(language.pick(
                "A message in hex: \"12 00 00 00\", 12000000; may be repeated",
                "用十六进制写一条消息：\"12 00 00 00\"、12000000；可重复",
            ))
            .action(ArgAction::Append),
        Arg::new("repeat")
            .long("repeat")
            .value_name(language.pick("N", "次数"))
            .help(language.pick(
                "Send all the messages so many times [default: 1]",
                "把全部消息发送这么多遍 [默认：1]",
            ))
            .value_parser(arguments::number(language, 1, MOST_MESSAGES)),
    ]
}

/// Over what the two sides talk, and how.
fn conversation(language: Language) -> [Arg; 9] {
    [
        Arg::new("reader")
            .long("reader")
            .value_name(language.pick("READER", "读法"))
            .help(language.pick(
                "late: all is queued before the first recv; prompt: each message is read before \
                 the next leaves; exact: decodes --framing [default: late]",
                "late：全部排进队列后才第一次 recv；prompt：读完一条才发下一条；\
                 exact：按 --framing 精确读取 [默认：late]",
            ))
            .value_parser(PossibleValuesParser::new(["late", "prompt", "exact"]))
            .hide_possible_values(true),
        arguments::recv(language, MOST_BYTES),
        arguments::framing(language).help(language.pick(
            "Frame each message: i32-le, digits-2, crlf, netstring …",
            "给每条消息成帧：i32-le、digits-2、crlf、netstring ……",
        )),
        Arg::new("from")
            .long("from")
            .value_name(language.pick("SIDE", "哪一方"))
            .help(language.pick(
                "Who sends, server or client [default: server; client on UDP]",
                "由谁发送，server 或 client [默认：server；UDP 为 client]",
            ))
            .value_parser(PossibleValuesParser::new(["server", "client"]))
            .hide_possible_values(true),
        arguments::switch(
            "udp",
            language.pick("Over UDP instead of TCP", "走 UDP，不走 TCP"),
        ),
        arguments::switch(
            "unix",
            language.pick(
                "Over a pair of Unix stream sockets instead of TCP",
                "走一对 Unix 流套接字，不走 TCP",
            ),
        ),
        arguments::switch(
            "nodelay",
            language.pick("The sender sets TCP_NODELAY", "发送方设置 TCP_NODELAY"),
        ),
        arguments::switch(
            "cork",
            language.pick(
                "The sender sets TCP_CORK (Linux)",
                "发送方设置 TCP_CORK（Linux）",
            ),
        ),
        Arg::new("pause")
            .long("pause")
            .value_name(language.pick("TIME", "时间"))
            .help(language.pick(
                "Pause between two sends: 50ms; at most 5s in all",
                "两次 send 之间停顿：50ms；总共最多 5s",
            ))
            .value_parser(arguments::time(language)),
    ]
}

/// Replays the messages and draws what happened.
pub(super) fn run(matches: &ArgMatches, terminal: Terminal) -> Result<ExitCode, Failure> {
    let language = terminal.language;
    let draft = draft(matches, language)?;
    let text = draft.text();
    let scenario = read_own(NAME, "try.toml", text.as_bytes()).map_err(Failure::File)?;
    let save = matches.get_one::<PathBuf>("save");
    let save = save.map(|named| free_name(named, language)).transpose()?;
    let again = (draft.title).filter(|title| title.chars().count() <= LONGEST_AGAIN);
    let drawn = run::replay_and_draw(
        slice::from_ref(&scenario),
        again.as_deref(),
        matches,
        terminal,
    )?;
    if let Some(file) = save {
        keep(&file, &text, &scenario, matches, terminal)?;
    }
    Ok(drawn)
}

/// The file of this name, which has to be free.
fn free_name(named: &Path, language: Language) -> Result<PathBuf, Failure> {
    let file = new::with_ending(named, language)?;
    if file.symlink_metadata().is_ok() {
        let shown = file.to_string_lossy();
        return Err(usage(
            say!(language, "{shown} is there already", "{shown} 已经存在"),
            say!(language, "take another name", "换一个名称"),
        ));
    }
    Ok(file)
}

/// Writes the scenario, stating what came as far as it is not left to chance.
fn keep(
    path: &Path,
    text: &str,
    scenario: &Scenario,
    matches: &ArgMatches,
    terminal: Terminal,
) -> Result<(), Failure> {
    let language = terminal.language;
    let mut stage = Stage::with_deadline(arguments::given_deadline(matches));
    let trace = Failure::unless_machine(stage.replay(scenario))?;
    let seen = analysis::analyse(&trace);
    let named = path.to_string_lossy();
    let word = shell::word(&named);
    let (text, note) = match accept::stating(text, scenario, (&trace, &seen), &mut stage)? {
        accept::Stated::Text(text) => (
            text,
            say!(
                language,
                "{word} is written and states what came: sticky check {word}",
                "已写入 {word}，其中写明了实际结果：sticky check {word}"
            ),
        ),
        accept::Stated::Nothing | accept::Stated::Differs(_) => (
            text.to_owned(),
            say!(
                language,
                "{word} is written and states nothing, because what came is left to chance",
                "已写入 {word}，其中没有预期，因为结果由时机决定"
            ),
        ),
    };
    file::write_text(path, &text)?;
    terminal.note(note);
    Ok(())
}

/// The longest command that the player repeats in its last line, in characters.
const LONGEST_AGAIN: usize = 60;

/// The scenario that the arguments describe.
fn draft(matches: &ArgMatches, language: Language) -> Result<Draft, Failure> {
    let is_set = |name| matches.get_flag(name);
    let transport = match (is_set("udp"), is_set("unix")) {
        (true, true) => {
            return Err(usage(
                say!(
                    language,
                    "--udp and --unix cannot both be",
                    "--udp 和 --unix 不能同时使用"
                ),
                say!(language, "leave out one of them", "去掉其中一个"),
            ));
        }
        (true, false) => Transport::Udp,
        (false, true) => Transport::UnixStream,
        (false, false) => Transport::Tcp,
    };
    let framing = matches.get_one::<String>("framing");
    let framing = framing.map(|name| arguments::parse_framing(name, language));
    let framing = framing.transpose()?;
    let given = |name| matches.get_one::<String>(name).map(String::as_str);
    let draft = Draft {
        title: title(),
        transport,
        from: match given("from") {
            Some("client") => Side::Client,
            None if transport == Transport::Udp => Side::Client,
            Some(_) | None => Side::Server,
        },
        messages: messages(matches, framing, language)?,
        framing,
        reader: match given("reader") {
            Some("prompt") => Reader::Prompt,
            Some("exact") => Reader::Exact,
            Some(_) | None => Reader::Late,
        },
        at_most: recv(matches).unwrap_or(USUAL_RECV),
        no_delay: is_set("nodelay"),
        cork: is_set("cork"),
        pause: (matches.get_one::<std::time::Duration>("pause"))
            .map(|pause| format!("{}us", pause.as_micros())),
    };
    refuse_senseless(&draft, matches, language)?;
    refuse_too_much(&draft, language)?;
    Ok(draft)
}

fn recv(matches: &ArgMatches) -> Option<u32> {
    let given = matches.get_one::<u64>("recv");
    given.and_then(|&bytes| u32::try_from(bytes).ok())
}

/// The command as it was typed; none where it holds what a title may not.
fn title() -> Option<String> {
    let words = std::env::args_os().skip(1);
    let words = words.map(|word| word.to_str().map(|word| shell::word(word).into_owned()));
    let words: Vec<_> = words.collect::<Option<_>>()?;
    let title = format!("sticky {}", words.join(" "));
    let is_plain = !title.chars().any(char::is_control);
    is_plain.then_some(title)
}

/// The messages in the order typed, as often as `--repeat` says.
fn messages(
    matches: &ArgMatches,
    framing: Option<Framing>,
    language: Language,
) -> Result<Vec<Message>, Failure> {
    let mut typed: Vec<(usize, Content)> = Vec::new();
    let places = |name| matches.indices_of(name).into_iter().flatten();
    let words = matches.get_many::<String>("messages").into_iter().flatten();
    for (place, words) in places("messages").zip(words) {
        typed.push((place, Content::Words(words.clone())));
    }
    let sizes = matches.get_many::<u64>("size").into_iter().flatten();
    for ((place, &size), letter) in places("size").zip(sizes).zip(('a'..='z').cycle()) {
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        typed.push((place, Content::Letters(letter, size)));
    }
    let hexes = matches.get_many::<String>("hex").into_iter().flatten();
    for (place, digits) in places("hex").zip(hexes) {
        let bytes = decode::parse_hex(digits, language)?;
        typed.push((place, Content::Bytes(bytes)));
    }
    typed.sort_by_key(|(place, _)| *place);
    if typed.is_empty() {
        return Err(usage(
            say!(language, "no message to send", "没有要发送的消息"),
            say!(
                language,
                "type some words: `sticky try hello world`; or `--size 18`, or `--hex \"12 00\"`",
                "写几个词：`sticky try 你好 张三`；或用 `--size 18`、`--hex \"12 00\"`"
            ),
        ));
    }
    let times = matches.get_one::<u64>("repeat").copied().unwrap_or(1);
    let count = times * typed.len() as u64;
    if count > MOST_MESSAGES {
        let (count, most) = (grouped(count), grouped(MOST_MESSAGES));
        return Err(usage(
            say!(
                language,
                "{count} messages; {most} at most",
                "共 {count} 条消息；最多 {most} 条"
            ),
            say!(language, "make --repeat smaller", "把 --repeat 改小"),
        ));
    }
    let mut messages = Vec::new();
    for (index, (_, content)) in typed.into_iter().enumerate() {
        let frame = frame_of(&content, framing).map_err(|error| {
            let (number, framing) = (index + 1, framing.map(|framing| framing.to_string()));
            let (framing, why) = (framing.unwrap_or_default(), error.message(language));
            usage(
                say!(
                    language,
                    "message {number} does not fit {framing}: {why}",
                    "第 {number} 条消息装不进 {framing}：{why}"
                ),
                error.remedy(language).to_owned(),
            )
        })?;
        messages.push(Message { content, frame });
    }
    let repeated = (0..times).flat_map(|_| messages.clone());
    Ok(repeated.collect())
}

/// How many bytes of the stream a message takes.
fn frame_of(content: &Content, framing: Option<Framing>) -> Result<u32, framing::Error> {
    let payload = match content {
        Content::Words(words) => words.as_bytes().to_vec(),
        Content::Bytes(bytes) => bytes.clone(),
        Content::Letters(letter, times) => letter.to_string().repeat(*times as usize).into_bytes(),
    };
    let bytes = match framing {
        Some(framing) => {
            let mut frame = Vec::new();
            framing.encode(&payload, &mut frame)?;
            frame.len()
        }
        None => payload.len(),
    };
    Ok(u32::try_from(bytes).unwrap_or(u32::MAX))
}

/// Refuses options that contradict each other or change nothing.
fn refuse_senseless(
    draft: &Draft,
    matches: &ArgMatches,
    language: Language,
) -> Result<(), Failure> {
    let only_tcp = [("--nodelay", draft.no_delay), ("--cork", draft.cork)];
    if let Some((option, _)) = only_tcp.into_iter().find(|(_, on)| *on)
        && draft.transport != Transport::Tcp
    {
        return Err(usage(
            say!(
                language,
                "{option} is an option of TCP",
                "{option} 是 TCP 才有的选项"
            ),
            say!(
                language,
                "leave out {option}, or --udp and --unix",
                "去掉 {option}，或去掉 --udp、--unix"
            ),
        ));
    }
    if draft.transport == Transport::Udp && draft.from == Side::Server {
        return Err(usage(
            say!(
                language,
                "a UDP server knows nobody to send to before it has received",
                "UDP 服务端在收到数据之前，不知道该发给谁"
            ),
            say!(language, "use --from client", "改用 --from client"),
        ));
    }
    refuse_exact(draft, matches, language)?;
    if draft.cork && draft.reader == Reader::Prompt && draft.messages.len() > 1 {
        return Err(usage(
            say!(
                language,
                "--cork holds the first message back, and --reader prompt waits for it",
                "--cork 会扣住第一条消息，而 --reader prompt 正等着它"
            ),
            say!(language, "leave out one of them", "去掉其中一个"),
        ));
    }
    refuse_pause(draft, matches, language)
}

/// Refuses what an exact reader cannot read, or has no use for.
fn refuse_exact(draft: &Draft, matches: &ArgMatches, language: Language) -> Result<(), Failure> {
    if draft.reader == Reader::Exact {
        if draft.transport == Transport::Udp {
            return Err(usage(
                say!(
                    language,
                    "--reader exact finds boundaries in a stream, and datagrams have theirs",
                    "--reader exact 用来在流里找边界，而数据报本来就有边界"
                ),
                say!(
                    language,
                    "leave out --udp or --reader exact",
                    "去掉 --udp 或 --reader exact"
                ),
            ));
        }
        if !draft
            .framing
            .is_some_and(|framing| framing.keeps_boundaries())
        {
            return Err(usage(
                say!(
                    language,
                    "--reader exact decodes frames, and the messages have no framing",
                    "--reader exact 按帧解码，而这些消息没有成帧"
                ),
                say!(
                    language,
                    "add --framing i32-be, for example",
                    "加上例如 --framing i32-be"
                ),
            ));
        }
        if recv(matches).is_some() {
            return Err(usage(
                say!(
                    language,
                    "--recv changes nothing here: an exact reader asks for what its framing says",
                    "--recv 在这里不起作用：精确读取每次取多少由成帧方式决定"
                ),
                say!(
                    language,
                    "leave out --recv or --reader exact",
                    "去掉 --recv 或 --reader exact"
                ),
            ));
        }
    }
    Ok(())
}

/// Refuses a pause that stands nowhere, or that outlasts the deadline.
fn refuse_pause(draft: &Draft, matches: &ArgMatches, language: Language) -> Result<(), Failure> {
    if let Some(pause) = matches.get_one::<std::time::Duration>("pause") {
        let pauses = u32::try_from(draft.messages.len() - 1).unwrap_or(u32::MAX);
        if pauses == 0 {
            return Err(usage(
                say!(
                    language,
                    "--pause stands between two sends, and there is one",
                    "--pause 是两次 send 之间的停顿，而这里只有一次"
                ),
                say!(
                    language,
                    "leave it out, or send another message",
                    "去掉它，或再发一条消息"
                ),
            ));
        }
        let deadline = arguments::given_deadline(matches).unwrap_or(DEFAULT_DEADLINE);
        if pause.saturating_mul(pauses) >= deadline {
            let seconds = deadline.as_secs_f32();
            return Err(usage(
                say!(
                    language,
                    "the pauses together are not shorter than the deadline, {seconds} s",
                    "各次停顿加起来不短于期限 {seconds} 秒"
                ),
                say!(
                    language,
                    "make --pause shorter or --deadline longer",
                    "缩短 --pause 或加长 --deadline"
                ),
            ));
        }
    }
    Ok(())
}

/// Refuses what no buffer holds or no screen shows.
fn refuse_too_much(draft: &Draft, language: Language) -> Result<(), Failure> {
    let frames = || draft.messages.iter().map(|message| message.frame);
    let all: u64 = frames().map(u64::from).sum();
    let longest = frames().max().unwrap_or(0);
    let most = grouped(MOST_BYTES);
    if all > MOST_BYTES {
        let all = grouped(all);
        return Err(usage(
            say!(
                language,
                "{all} B in all; {most} B at most",
                "总共 {all} 字节；最多 {most} 字节"
            ),
            say!(language, "send fewer or shorter messages", "减少或缩短消息"),
        ));
    }
    if draft.transport == Transport::Udp && longest > LONGEST_DATAGRAM {
        let (longest, most) = (grouped(longest.into()), grouped(LONGEST_DATAGRAM.into()));
        return Err(usage(
            say!(
                language,
                "a message of {longest} B; a UDP datagram holds {most} B at most",
                "一条消息有 {longest} 字节；一个 UDP 数据报最多 {most} 字节"
            ),
            say!(
                language,
                "make it shorter, or leave out --udp",
                "缩短它，或去掉 --udp"
            ),
        ));
    }
    let datagrams = draft.transport.keeps_boundaries();
    let at_once = match draft.reader {
        Reader::Late if datagrams && draft.messages.len() == 1 => 0,
        Reader::Late => all,
        Reader::Prompt if datagrams => 0,
        Reader::Prompt => longest.into(),
        Reader::Exact => 0,
    };
    let in_buffers = draft.reader == Reader::Late && draft.transport != Transport::Tcp;
    if at_once > MOST_QUEUED || in_buffers && draft.messages.len() > MOST_QUEUED_MESSAGES {
        let (at_once, count) = (grouped(at_once), grouped(draft.messages.len() as u64));
        let most = grouped(MOST_QUEUED);
        return Err(usage(
            say!(
                language,
                "{at_once} B in {count} messages would wait at once, and no receive queue surely \
                 holds more than {most} B in {MOST_QUEUED_MESSAGES} messages",
                "{count} 条消息、{at_once} 字节要同时等待，而接收队列未必容得下超过 {most} 字节、\
                 {MOST_QUEUED_MESSAGES} 条消息"
            ),
            say!(
                language,
                "send less, or let it be read meanwhile: `--framing i32-be --reader exact`",
                "少发一些，或边发边读：`--framing i32-be --reader exact`"
            ),
        ));
    }
    let recvs: u64 = match draft.reader {
        Reader::Exact => 0,
        Reader::Late => all.div_ceil(draft.at_most.into()),
        Reader::Prompt => frames()
            .map(|frame| u64::from(frame.div_ceil(draft.at_most)))
            .sum(),
    };
    if recvs > MOST_RECVS {
        let (recvs, most) = (grouped(recvs), grouped(MOST_RECVS));
        return Err(usage(
            say!(
                language,
                "it takes {recvs} recvs; {most} at most",
                "要 {recvs} 次 recv；最多 {most} 次"
            ),
            say!(
                language,
                "make --recv larger, or send less",
                "加大 --recv，或少发一些"
            ),
        ));
    }
    Ok(())
}

fn usage(message: String, help: String) -> Failure {
    Failure::Usage { message, help }
}
