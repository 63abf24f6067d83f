//! `sticky shake`: cuts a stream in every way and gives the pieces to three readers.

use std::io;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Arg, ArgMatches, Command};

use super::failure::Failure;
use super::status::NOT_AS_EXPECTED;
use super::terminal::Terminal;
use super::{arguments, drawing, file, format};
use crate::framing::Framing;
use crate::laboratory::confirmation::{self, Confirmation};
use crate::laboratory::{
    LONGEST_STREAM, Plan, Reader, ShakeResults, Shaken, Stream, messages, shake, watch,
};
use crate::language::Language;
use crate::render::number::{bytes, grouped};
use crate::render::{self, text};
use crate::replay::Stage;

/// The framings that are shaken where none is named: one for each way to tell where a
/// message ends, and the common fields of a length.
const COMMON: [&str; 11] = [
    "raw",
    "fixed-18",
    "line",
    "line-escaped",
    "crlf",
    "digits-8",
    "netstring",
    "varint",
    "u16-be",
    "u32-be",
    "i32-le",
];
/// The number of random deliveries of a long stream without `--trials`.
const USUAL_TRIALS: u64 = 1000;
/// The seed without `--seed`.
const USUAL_SEED: u64 = 1;
/// The time after which progress is shown.
const PATIENCE: Duration = Duration::from_secs(1);

/// The command's arguments.
pub(super) fn command(language: Language) -> Command {
    let command = Command::new("shake")
        .about(language.pick(
            "Cut a stream in every way and see which reader survives",
            "以各种方式切开一条流，看哪种读取方挺得住",
        ))
        .override_usage(language.pick(
            "sticky shake [OPTIONS] [FRAMING]…",
            "sticky shake [选项] [成帧方式]…",
        ))
        .after_help(language.pick(
            "TCP may cut a stream of n bytes in 2^(n-1) ways. Up to 20 bytes all are tried; \
             beyond, the uncut stream, every single cut, every pair of cuts (up to 256 \
             bytes), then random ones. Exit status: 0 if the exact readers survive all.\n\n\
             Examples:\n  \
             sticky shake\n  \
             sticky shake i32-le digits-2 --message rain --message sun\n  \
             sticky shake i32-le --sockets 20",
            "n 字节的流，TCP 有 2^(n-1) 种切法。20 字节以内全部试过；更长的试不切、所有单切、\
             256 字节以内的所有双切，再加随机切法。精确读取方全部挺过时，退出状态为 0。\n\n\
             示例：\n  \
             sticky shake\n  \
             sticky shake i32-le digits-2 --message rain --message sun\n  \
             sticky shake i32-le --sockets 20",
        ))
        .args([
            Arg::new("framings")
                .value_name(language.pick("FRAMING", "成帧方式"))
                .help(language.pick(
                    "Framings: i32-le, digits-2, crlf … [default: the common ones]",
                    "成帧方式：i32-le、digits-2、crlf …… [默认：常见的几种]",
                ))
                .num_args(0..),
            Arg::new("all")
                .long("all")
                .help(language.pick(
                    "Every framing, the rare ones too",
                    "全部成帧方式，包括少见的",
                ))
                .action(clap::ArgAction::SetTrue)
                .conflicts_with("framings"),
            Arg::new("message")
                .long("message")
                .value_name(language.pick("TEXT", "文本"))
                .help(language.pick(
                    "A message; may be repeated [default: the source's two and a third]",
                    "一条消息；可重复 [默认：笔记的两条，再加一条]",
                ))
                .action(clap::ArgAction::Append)
                .conflicts_with("random"),
            Arg::new("random")
                .long("random")
                .value_name(language.pick("N", "条数"))
                .help(language.pick(
                    "N messages of 1 to 24 random bytes",
                    "若干条 1 到 24 字节的随机消息",
                ))
                .value_parser(arguments::number(language, 1, 1000)),
            Arg::new("seed")
                .long("seed")
                .value_name(language.pick("S", "种子"))
                .help(language.pick(
                    "The seed of everything random [default: 1]",
                    "随机数的种子 [默认：1]",
                ))
                .value_parser(arguments::number(language, 0, u64::MAX)),
            Arg::new("trials")
                .long("trials")
                .value_name(language.pick("T", "次数"))
                .help(language.pick(
                    "Random deliveries of a long stream [default: 1000]",
                    "长流的随机投递次数 [默认：1000]",
                ))
                .value_parser(arguments::number(language, 0, 1_000_000)),
            Arg::new("sockets")
                .long("sockets")
                .value_name(language.pick("N", "次数"))
                .help(language.pick(
                    "Replay N of the deliveries over loopback, with the same result",
                    "在本机回环上重放其中 N 种投递，结果必须一致",
                ))
                .value_parser(arguments::number(language, 1, 10_000)),
            format::option(language, format::PLAIN),
            arguments::output(language),
        ]);
    drawing::page_options(command, language, &["ascii", "full", "width"])
}

/// Shakes the streams. The exit status says whether every exact reader survived.
pub(super) fn run(matches: &ArgMatches, terminal: Terminal) -> Result<ExitCode, Failure> {
    let language = terminal.language;
    let named = framings(matches, language)?;
    let number = |name: &str| matches.get_one::<u64>(name).copied();
    let seed = number("seed").unwrap_or(USUAL_SEED);
    let mut report = ShakeResults {
        messages: said(matches, seed),
        trials: number("trials").unwrap_or(USUAL_TRIALS),
        seed,
        framings: Vec::new(),
        confirmation: None,
    };
    let streams = if named.is_empty() {
        let unnamed = if matches.get_flag("all") {
            Framing::every()
        } else {
            COMMON.iter().filter_map(|name| name.parse().ok()).collect()
        };
        streams(&unnamed, false, &report.messages, language)?
    } else {
        streams(&named, true, &report.messages, language)?
    };
    let mut progress = Progress::new(terminal, streams.len());
    for stream in streams {
        let plan = Plan::new(stream.bytes.len(), report.trials, seed);
        let shaken = shake(stream, plan, &mut |done| progress.tell(done, plan.count()));
        report.framings.push(shaken);
        progress.next();
    }
    progress.end();
    if let Some(most) = number("sockets") {
        report.confirmation = Some(confirm(&report.framings, most)?);
    }
    file::write_data(matches, terminal, |out, color| {
        if format::is_json(matches) {
            return render::shake::write_json(&report, out);
        }
        let style = drawing::style(matches, terminal, color);
        text::draw_survived(&report, &style, out)?;
        if !named.is_empty() || style.full {
            for shaken in &report.framings {
                text::draw_broken(shaken, &style, out)?;
            }
            return Ok::<_, io::Error>(());
        }
        writeln!(
            out,
            "\n{}",
            language.pick(
                "`sticky shake i32-le` draws the first delivery that broke each reader.",
                "`sticky shake i32-le` 会画出最先难倒各读取方的投递。",
            )
        )?;
        if matches.get_flag("all") {
            return Ok(());
        }
        let all = Framing::every().len();
        let more = say!(
            language,
            "`sticky shake --all` takes all {all} framings.",
            "`sticky shake --all` 试全部 {all} 种成帧方式。"
        );
        writeln!(out, "{more}")
    })?;
    Ok(if report.holds() {
        ExitCode::SUCCESS
    } else {
        NOT_AS_EXPECTED.into()
    })
}

/// The framings named.
fn framings(matches: &ArgMatches, language: Language) -> Result<Vec<Framing>, Failure> {
    let named = matches.get_many::<String>("framings");
    let named = named.into_iter().flatten();
    named
        .map(|name| arguments::parse_framing(name, language))
        .collect()
}

/// The messages given, or the default ones.
fn said(matches: &ArgMatches, seed: u64) -> Vec<Vec<u8>> {
    if let Some(&count) = matches.get_one::<u64>("random") {
        return messages::random(usize::try_from(count).unwrap_or(0), seed);
    }
    match matches.get_many::<String>("message") {
        Some(given) => given.map(|text| text.clone().into_bytes()).collect(),
        None => messages::USUAL.map(|text| text.as_bytes().to_vec()).into(),
    }
}

/// The streams to shake; one that was `named` has to carry a message.
fn streams(
    framings: &[Framing],
    named: bool,
    messages: &[Vec<u8>],
    language: Language,
) -> Result<Vec<Stream>, Failure> {
    let mut streams = Vec::new();
    for &framing in framings {
        let stream = Stream::new(framing, messages);
        let size = stream.bytes.len();
        if size > LONGEST_STREAM {
            let (size, most) = (bytes(size as u64), bytes(LONGEST_STREAM as u64));
            return Err(Failure::Usage {
                message: say!(
                    language,
                    "{framing}: the stream has {size}, and at most {most} are cut",
                    "{framing}：流有 {size}，最多只切 {most}"
                ),
                help: language
                    .pick("use fewer or shorter messages", "减少或缩短消息")
                    .to_owned(),
            });
        }
        if let (true, true, Some((_, error))) =
            (named, stream.frames.is_empty(), stream.refused.first())
        {
            let why = error.message(language);
            return Err(Failure::Usage {
                message: say!(
                    language,
                    "{framing} can carry none of the messages: {why}",
                    "{framing} 一条消息也装不下：{why}"
                ),
                help: error.remedy(language).to_owned(),
            });
        }
        streams.push(stream);
    }
    Ok(streams)
}

/// Replays some deliveries of each framing over loopback, for every reader.
fn confirm(framings: &[Shaken], most: u64) -> Result<Confirmation, Failure> {
    let mut stage = Stage::new();
    let mut confirmation = Confirmation::default();
    let mut cuts = Vec::new();
    for shaken in framings {
        let stream = &shaken.stream;
        for delivery in confirmation::chosen(shaken, most) {
            shaken.plan.cuts(delivery, &mut cuts);
            confirmation.deliveries += 1;
            for reader in Reader::ALL {
                if shaken.tally(reader).is_none() {
                    continue;
                }
                let watched = watch(reader, stream, &cuts);
                let scenario = confirmation::scenario(stream, &cuts, &watched);
                let trace = Failure::unless_machine(stage.replay(&scenario))?;
                let compared = confirmation::compare(reader, stream, &watched, &trace);
                confirmation.count(stream.framing, reader, delivery, compared);
            }
        }
    }
    Ok(confirmation)
}

/// The progress, shown on a terminal if it takes long.
struct Progress {
    terminal: Terminal,
    begun: Instant,
    framing: usize,
    framings: usize,
    is_shown: bool,
}

impl Progress {
    fn new(terminal: Terminal, framings: usize) -> Self {
        Self {
            terminal,
            begun: Instant::now(),
            framing: 1,
            framings,
            is_shown: false,
        }
    }

    fn tell(&mut self, done: u64, of: u64) {
        if self.begun.elapsed() >= PATIENCE {
            let (framing, framings) = (self.framing, self.framings);
            let (done, of) = (grouped(done), grouped(of));
            let text = say!(
                self.terminal.language,
                "framing {framing} of {framings}: {done} of {of} deliveries",
                "第 {framing}/{framings} 种成帧方式：{done}/{of} 种投递"
            );
            self.is_shown |= self.terminal.progress(&text);
        }
    }

    fn next(&mut self) {
        self.framing += 1;
    }

    fn end(&self) {
        if self.is_shown {
            self.terminal.progress("");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_framings_are_framings() {
        let every = Framing::every();
        for name in COMMON {
            assert!(every.contains(&name.parse().unwrap()), "{name}");
        }
    }
}
