//! `sticky decode`: decodes a stream of bytes.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::failure::Failure;
use super::status::NOT_AS_EXPECTED;
use super::terminal::Terminal;
use super::{arguments, drawing, file, format};
use crate::diagnostic::hex::{self, HexError};
use crate::framing::Framing;
use crate::laboratory::dissect::{Dissection, dissect};
use crate::laboratory::guess::guess;
use crate::laboratory::number::Readings;
use crate::language::Language;
use crate::render::decode::{self, Decoded};
use crate::render::{escape, text};

/// The largest input accepted, in bytes.
const LARGEST: usize = 64 << 20;

/// The longest payload accepted without `--cap`, in bytes.
const USUAL_CAP: usize = 1 << 20;

/// The command's arguments.
pub(super) fn command(language: Language) -> Command {
    let command = Command::new("decode")
        .about(language.pick(
            "Decode a stream with a framing, or guess its framing",
            "按成帧方式拆解一段字节流，或猜测它是哪一种",
        ))
        .override_usage(language.pick(
            "sticky decode [OPTIONS] <FILE|--hex BYTES>",
            "sticky decode [选项] <文件|--hex 字节>",
        ))
        .after_help(language.pick(
            "Exit status: 0 decoded whole, 1 the stream does not decode (with --guess alone: no \
             framing was found), 2 wrong usage or no such file. At most 64 MiB are read.\n\n\
             --guess lists the framings that take the stream to its last byte. First come \
             those whose messages are all printable text, then those that add bytes of \
             their own, those with fewer empty messages, those with more messages.\n\n\
             Examples:\n  \
             sticky decode --framing i32-le --hex 0300000073756e\n  \
             sticky decode --framing crlf capture.bin\n  \
             sticky decode --guess - < capture.bin",
            "退出状态：0 完整解码，1 无法解码，2 用法错误或文件有误；有 --framing 时以它为准，\
             只有 --guess 时 1 表示一种也没找到。最多读取 64 MiB。\n\n\
             --guess 列出能把整条流解码到最后一个字节的成帧方式。消息全是可打印文本的在前，\
             其次是自身占字节的、空消息较少的、消息较多的。\n\n\
             示例：\n  \
             sticky decode --framing i32-le --hex 0300000073756e\n  \
             sticky decode --framing crlf capture.bin\n  \
             sticky decode --guess - < capture.bin",
        ))
        .args([
            Arg::new("file")
                .value_name(language.pick("FILE", "文件"))
                .help(language.pick(
                    "The bytes; - is standard input",
                    "字节所在的文件；- 表示标准输入",
                ))
                .required_unless_present("hex")
                .conflicts_with("hex")
                .value_parser(clap::value_parser!(PathBuf)),
            Arg::new("hex")
                .long("hex")
                .value_name(language.pick("BYTES", "字节"))
                .help(language.pick(
                    "The bytes in hex: \"12 00 00 00\", 12000000",
                    "十六进制写出的字节：\"12 00 00 00\"、12000000",
                )),
            arguments::framing(language).required_unless_present("guess"),
            Arg::new("guess")
                .long("guess")
                .help(language.pick(
                    "Rank the framings under which the whole stream decodes",
                    "列出能完整解码的成帧方式，可能性大的在前",
                ))
                .action(ArgAction::SetTrue),
            Arg::new("cap")
                .long("cap")
                .value_name(language.pick("BYTES", "字节数"))
                .help(language.pick(
                    "The longest payload accepted [default: 1048576]",
                    "可接受的最长负载 [默认：1048576]",
                ))
                .value_parser(arguments::number(language, 0, LARGEST as u64)),
            format::option(language, format::PLAIN),
            arguments::output(language),
        ]);
    drawing::page_options(command, language, &["ascii", "no-hex", "full", "width"])
}

/// Decodes the stream. The exit status says whether it is valid.
pub(super) fn run(matches: &ArgMatches, terminal: Terminal) -> Result<ExitCode, Failure> {
    let framing = match matches.get_one::<String>("framing") {
        Some(name) => Some(arguments::parse_framing(name, terminal.language)?),
        None => None,
    };
    let stream = stream(matches, terminal.language)?;
    let cap = matches.get_one::<u64>("cap").copied();
    let cap = cap.map_or(USUAL_CAP, |cap| usize::try_from(cap).unwrap_or(LARGEST));
    let guesses = matches.get_flag("guess").then(|| guess(&stream, cap));
    let whole = file::write_data(matches, terminal, |out, color| {
        let style = drawing::style(matches, terminal, color);
        let taken = framing.map(|framing| taken_apart(&stream, framing, cap, text::kept(&style)));
        if format::is_json(matches) {
            let decoded = Decoded {
                stream: &stream,
                dissection: taken
                    .as_ref()
                    .map(|(dissection, readings)| (dissection, readings.as_ref())),
                guesses: guesses.as_deref(),
                language: terminal.language,
            };
            decode::write_json(&decoded, out)?;
        } else if stream.is_empty() {
            text::draw_empty(&style, out)?;
        } else {
            if let Some((dissection, readings)) = &taken {
                text::draw_decoded(&stream, dissection, readings.as_ref(), &style, out)?;
            }
            if let Some(guesses) = &guesses {
                if taken.is_some() {
                    writeln!(out)?;
                }
                text::draw_guesses(&stream, guesses, &style, out)?;
            }
        }
        Ok::<_, io::Error>(match taken {
            Some((dissection, _)) => dissection.error.is_none(),
            None => stream.is_empty() || guesses.is_some_and(|guesses| !guesses.is_empty()),
        })
    })?;
    if whole {
        return Ok(ExitCode::SUCCESS);
    }
    if !matches.get_flag("guess") {
        terminal.note(terminal.language.pick(
            "`--guess` looks for a framing that takes all of it",
            "用 `--guess` 可查找能完整解码的成帧方式",
        ));
    }
    Ok(NOT_AS_EXPECTED.into())
}

fn taken_apart(
    stream: &[u8],
    framing: Framing,
    cap: usize,
    keep: usize,
) -> (Dissection, Option<Readings>) {
    let dissection = dissect(stream, framing, cap, keep);
    let frame = dissection.leftover.start;
    let readings = dissection
        .error
        .and_then(|error| Readings::of(stream, framing, frame, &error));
    (dissection, readings)
}

/// The input bytes, from an argument, a file or standard input.
fn stream(matches: &ArgMatches, language: Language) -> Result<Vec<u8>, Failure> {
    if let Some(spelled) = matches.get_one::<String>("hex") {
        return parse_hex(spelled, language);
    }
    // The parser makes sure that there is one.
    let named = matches.get_one::<PathBuf>("file").cloned();
    let named = named.unwrap_or_default();
    let read = if named.as_os_str() == "-" {
        read_all(io::stdin().lock())
    } else {
        open(&named).and_then(read_all)
    };
    match read {
        Ok(Some(stream)) => Ok(stream),
        Ok(None) => Err(Failure::Usage {
            message: say!(
                language,
                ("{}: more than 64 MiB", shown(&named, language)),
                ("{}：超过 64 MiB", shown(&named, language))
            ),
            help: language
                .pick(
                    "cut out a piece of it first, for example with `head -c 1M`",
                    "先截取一段，例如 `head -c 1M`",
                )
                .to_owned(),
        }),
        Err(error) => Err(Failure::Input { file: named, error }),
    }
}

fn open(named: &Path) -> io::Result<File> {
    let file = File::open(named)?;
    // Reading a folder fails too, but with different messages on different systems.
    if file.metadata()?.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    Ok(file)
}

/// Reads everything; `None` if it is too long.
fn read_all(input: impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut stream = Vec::new();
    input.take(LARGEST as u64 + 1).read_to_end(&mut stream)?;
    Ok((stream.len() <= LARGEST).then_some(stream))
}

fn shown(named: &Path, language: Language) -> String {
    if named.as_os_str() == "-" {
        language.pick("standard input", "标准输入").to_owned()
    } else {
        escape::text(&named.to_string_lossy())
    }
}

/// The bytes given by `--hex`.
pub(super) fn parse_hex(spelled: &str, language: Language) -> Result<Vec<u8>, Failure> {
    hex::spaced(spelled).map_err(|errors| bad_hex(spelled, errors[0], language))
}

/// What is wrong with the digits.
fn bad_hex(spelled: &str, error: HexError, language: Language) -> Failure {
    let HexError { at, got, alone_in } = error;
    let column = spelled[..at].chars().count() + 1;
    let got = escape::text(got.encode_utf8(&mut [0; 4]));
    let message = if alone_in.is_some() {
        say!(
            language,
            "--hex, column {column}: the digit `{got}` is alone, but a byte has two",
            "--hex 第 {column} 列：数字 `{got}` 落单，一个字节要两位"
        )
    } else {
        say!(
            language,
            "--hex, column {column}: `{got}` is not a hex digit",
            "--hex 第 {column} 列：`{got}` 不是十六进制数字"
        )
    };
    Failure::Usage {
        message,
        help: language
            .pick(
                "two digits a byte, spaces between bytes where you like: \"12 00 00 00\"",
                "每字节两位，字节之间可以有空格：\"12 00 00 00\"",
            )
            .to_owned(),
    }
}
