//! `sticky code`: writes a case as two programs.
//!
//! Promises: either all requested files are written or none. An existing file is replaced only with
//! `--force`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstream::ColorChoice;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::failure::Failure;
use super::file::Output;
use super::terminal::Terminal;
use super::{arguments, candidates};
use crate::diagnostic::shell;
use crate::language::Language;
use crate::render::code::{Program, Target, Unsupported};
use crate::render::escape;
use crate::scenario::{Scenario, Side};

/// The command's arguments.
pub(super) fn command(language: Language) -> Command {
    Command::new("code")
        .about(language.pick(
            "Write a case as two programs, to run in two terminals and to change",
            "把用例写成两个程序，在两个终端里运行，随意修改",
        ))
        .override_usage(language.pick("sticky code [OPTIONS] <CASE>", "sticky code [选项] <用例>"))
        .after_help(language.pick(
            "The server is started first, then the client in another terminal; both take a port \
             [default: 9000]. If one has to wait for the other, it asks for Enter. A case with several parts becomes a pair of programs for each. Python and Rust need only their standard libraries, C needs POSIX sockets; steps about Linux need Linux.\n\n\
             Examples:\n  \
             sticky code back-to-back\n  \
             sticky code fixes/3-struct --as c -o lesson\n  \
             sticky code when/chat --as rust --part 3 --side server",
            "先启动服务端，再在另一个终端里启动客户端；两者都接受一个端口参数 [默认：9000]。\
             需要等待对方时，程序会请你按回车。用例有几个部分，就写出几对程序。Python 和 \
             Rust 不需要另装任何库，C 用 POSIX 套接字；涉及 Linux 的内容只能在 Linux 上运行。\n\n\
             示例：\n  \
             sticky code back-to-back\n  \
             sticky code fixes/3-struct --as c -o lesson\n  \
             sticky code when/chat --as rust --part 3 --side server",
        ))
        .arg(
            Arg::new("case")
                .value_name(language.pick("CASE", "用例"))
                .help(language.pick("A name, or the path of a file", "用例名，或文件的路径"))
                .required(true)
                .add(candidates::cases(language)),
        )
        .arg(
            Arg::new("as")
                .long("as")
                .value_name(language.pick("LANGUAGE", "编程语言"))
                .help(language.pick(
                    "python, rust or c [default: python]",
                    "python、rust 或 c [默认：python]",
                ))
                .value_parser(PossibleValuesParser::new(Target::ALL.map(Target::name)))
                .default_value(Target::Python.name())
                .hide_default_value(true)
                .hide_possible_values(true),
        )
        .arg(
            Arg::new("part")
                .long("part")
                .value_name(language.pick("NUMBER", "序号"))
                .help(language.pick(
                    "Only this part of the case, from 1 [default: each]",
                    "只写用例的这一部分，从 1 数起 [默认：各个部分]",
                ))
                .value_parser(arguments::number(language, 1, u64::from(u16::MAX))),
        )
        .arg(
            Arg::new("side")
                .long("side")
                .value_name(language.pick("SIDE", "一方"))
                .help(language.pick(
                    "Only this program: server or client [default: both]",
                    "只写这一个程序：server 或 client [默认：两个都写]",
                ))
                .value_parser(PossibleValuesParser::new(Side::BOTH.map(Side::name)))
                .hide_possible_values(true),
        )
        .arg(
            Arg::new("folder")
                .short('o')
                .long("output")
                .value_name(language.pick("FOLDER", "文件夹"))
                .help(language.pick(
                    "Write files into this folder, all or none [default: standard output]",
                    "写成文件放进这个文件夹，要么全写，要么不写 [默认：标准输出]",
                ))
                .value_parser(clap::value_parser!(PathBuf)),
        )
        .arg(
            Arg::new("force")
                .long("force")
                .help(language.pick("Replace existing files", "替换已有的文件"))
                .action(ArgAction::SetTrue),
        )
}

/// Writes the programs.
pub(super) fn run(matches: &ArgMatches, terminal: Terminal) -> Result<ExitCode, Failure> {
    let language = terminal.language;
    let named = matches.get_one::<String>("case");
    let case = arguments::one_case(named.map_or("", String::as_str))?;
    let programs = programs(matches, &case, language)?;
    match matches.get_one::<PathBuf>("folder") {
        Some(folder) if folder != Path::new("-") => {
            write_files(&programs, folder, matches.get_flag("force"), language)?;
            terminal.note(told(&programs, folder, language));
        }
        Some(_) | None => terminal.data(|out| {
            for (index, program) in programs.iter().enumerate() {
                if programs.len() > 1 {
                    let gap = if index > 0 { "\n" } else { "" };
                    writeln!(out, "{gap}{}", divider(program, given_target(matches)))
                        .map_err(Failure::stdout)?;
                }
                write!(out, "{}", program.text).map_err(Failure::stdout)?;
            }
            Ok(())
        })?,
    }
    Ok(ExitCode::SUCCESS)
}

fn given_target(matches: &ArgMatches) -> Target {
    let name = matches.get_one::<String>("as");
    let named = |target: &Target| name.is_some_and(|name| name == target.name());
    Target::ALL
        .into_iter()
        .find(named)
        .unwrap_or(Target::Python)
}

/// The requested programs, part by part, the server first.
fn programs(
    matches: &ArgMatches,
    case: &Scenario,
    language: Language,
) -> Result<Vec<Program>, Failure> {
    let count = case.parts.len();
    let part = matches.get_one::<u64>("part");
    let part = part.map(|part| usize::try_from(*part).unwrap_or(usize::MAX));
    if let Some(part) = part.filter(|part| *part > count) {
        return Err(no_such_part(case, part, language));
    }
    let side = matches.get_one::<String>("side");
    let target = given_target(matches);
    let called = matches.get_one::<String>("case");
    let called = called.unwrap_or(&case.name);
    let mut programs = Vec::new();
    for index in (0..count).filter(|index| part.is_none_or(|part| part == index + 1)) {
        for one in Side::BOTH {
            if side.is_some_and(|side| side != one.name()) {
                continue;
            }
            let program = Program::new(case, index, one, target, language);
            programs
                .push(program.map_err(|why| unsupported((case, index), called, &why, language))?);
        }
    }
    Ok(programs)
}

fn no_such_part(case: &Scenario, part: usize, language: Language) -> Failure {
    let name = escape::text(&case.name);
    let count = case.parts.len();
    Failure::Usage {
        message: match count {
            1 => say!(
                language,
                "--part {part}: {name} has one part",
                "--part {part}：{name} 只有一个部分"
            ),
            _ => say!(
                language,
                "--part {part}: {name} has {count} parts",
                "--part {part}：{name} 有 {count} 个部分"
            ),
        },
        help: language
            .pick(
                "leave `--part` out for every part",
                "去掉 `--part`，各个部分都写",
            )
            .to_owned(),
    }
}

fn unsupported(
    (case, index): (&Scenario, usize),
    called: &str,
    why: &Unsupported,
    language: Language,
) -> Failure {
    let name = escape::text(&case.name);
    let what = if case.parts.len() > 1 {
        let part = index + 1;
        say!(language, "{name}, part {part}", "{name} 第 {part} 部分")
    } else {
        name.clone()
    };
    let why_words = why.in_words(language);
    let help = if why.is_of_rust() {
        language
            .pick(
                "use `--as python` or `--as c`",
                "改用 `--as python` 或 `--as c`",
            )
            .to_owned()
    } else {
        let word = escape::text(&shell::word(called));
        say!(
            language,
            "`sticky run {word}` replays it",
            "`sticky run {word}` 可以重放它"
        )
    };
    Failure::Usage {
        message: say!(
            language,
            "{what} cannot be written as two programs: {why_words}",
            "{what}写不成两个程序：{why_words}"
        ),
        help,
    }
}

/// The line between two programs, as a comment in their language.
fn divider(program: &Program, target: Target) -> String {
    let mark = match target {
        Target::Python => "#",
        Target::Rust | Target::C => "//",
    };
    let name = &program.file_name;
    let line = "=".repeat(70_usize.saturating_sub(name.len()));
    format!("{mark} ===== {name} {line}")
}

/// Writes all files, or none.
fn write_files(
    programs: &[Program],
    folder: &Path,
    force: bool,
    language: Language,
) -> Result<(), Failure> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| Failure::output(Some(path), error)
    };
    if folder.exists() && !folder.is_dir() {
        let name = escape::text(&folder.to_string_lossy());
        return Err(Failure::Usage {
            message: say!(
                language,
                "{name} is a file, but the programs need a folder",
                "{name} 是文件，而程序要放进文件夹"
            ),
            help: language
                .pick(
                    "name a folder; it is created if it does not exist",
                    "请写一个文件夹；还没有的会自动建立",
                )
                .to_owned(),
        });
    }
    fs::create_dir_all(folder).map_err(failed(folder))?;
    let files: Vec<PathBuf> = programs
        .iter()
        .map(|program| folder.join(&program.file_name))
        .collect();
    if let Some(there) = files.iter().find(|file| !force && file.exists()) {
        let name = escape::text(&there.to_string_lossy());
        return Err(Failure::Usage {
            message: say!(language, "{name} already exists", "{name} 已经存在"),
            help: language
                .pick(
                    "choose another folder, or replace it with `--force`",
                    "换一个文件夹，或用 `--force` 替换它",
                )
                .to_owned(),
        });
    }
    let mut outputs = Vec::new();
    for (program, file) in programs.iter().zip(&files) {
        let mut output = Output::create(file, ColorChoice::Never)?;
        output
            .stream()
            .write_all(program.text.as_bytes())
            .map_err(failed(file))?;
        outputs.push(output);
    }
    Output::finish_all(outputs)
}

/// The message about what was written where, and what to do next.
fn told(programs: &[Program], folder: &Path, language: Language) -> String {
    let names: Vec<&str> = programs
        .iter()
        .map(|program| program.file_name.as_str())
        .collect();
    let (names, folder) = (
        names.join(language.pick(", ", "、")),
        escape::text(&folder.to_string_lossy()),
    );
    say!(
        language,
        "{names} in {folder}; the head of each says how it is run",
        "已写入 {folder}：{names}；运行方法见各文件开头"
    )
}
