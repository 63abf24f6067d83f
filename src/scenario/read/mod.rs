//! Reads a scenario file. This page specifies what a file may hold.
//!
//! Promises: all problems of a file are found together, each with its position, what was found and
//! what was expected, and the remedy. A scenario that was read has been checked completely,
//! including limits and waits that cannot end. Any input ends in a scenario or in [`Problems`].
//! Never opens a file or a socket, and never panics.
//!
//! # The file
//!
//! A case is one TOML 1.1 file in UTF-8, `scenarios/<chapter>/<name>.toml`. Its name is
//! `chapter/name`, from its path.
//!
//! ```toml
//! replays = "TCP的黏包现象 · 现象一"  # or about = "…"
//! [title]
//! en = "Two sends, one recv"
//! zh = "两次发送，一次接收"
//! [lesson]
//! en = "Two sends leave, and one recv returns both."
//! zh = "发出两次，一次接收就全部取走。"
//! [server]
//! steps = [{ send = "下了一天的雨" }, { send = "适合发呆" }]
//! [client]
//! steps = [{ wait = { queued = 30 } }, { recv = 1024 }]
//! [expect.client]
//! recv = [{ bytes = 30, text = "下了一天的雨适合发呆" }]
//! boundaries = { 18 = "coalesced" }
//! ```
//!
//! A file of the catalogue ([`read`]) has all of this. A file of one's own ([`read_own`])
//! needs only its steps: `title`, `lesson`, `replays` or `about`, and `expect` may be absent,
//! and a text may be in one language.
//!
//! | key | value |
//! | --- | --- |
//! | `replays`, `about` | exactly one of the two: the section of the notes that the case replays literally (a *documented* case), or that it is about |
//! | `title` | `en` and `zh`, one line each |
//! | `lesson` | `en` and `zh`; paragraphs are separated by an empty line |
//! | `see` | the names of cases to look at next: `cure` (what helps), `false-cure` (what does not), `compare`; a case is named once, and every list holds at least one |
//! | `about-time` | `true` if the case is about time; only then may a step pause |
//! | `deadline` | the longest wait: `"250us"`, `"50ms"`, `"5s"`; default 5 s, at most 60 s |
//! | `transport` | `"tcp"` (the default), `"udp"`, `"unix-stream"`, `"unix-seqpacket"`, `"pipe"` |
//! | `server`, `client` | both required: `steps`, and `options` (below) for every socket that the side opens |
//! | `expect` | `server` and `client`: what each *receives*; at least one expectation is required |
//! | `part` | an array of tables that replaces the last three and `transport`: a case with several runs. Each has a `label` (`en`, `zh`) and may have its own `deadline` |
//!
//! Texts for people are not empty and contain no control characters; only a lesson may have line
//! breaks.
//!
//! # Steps
//!
//! A step is a table with one key that says what is done, and its modifiers. The steps that open
//! and close sockets may be plain strings (`"close"`); with a modifier they are written `{ connect
//! = true, on = "second" }`.
//!
//! | step | meaning, and its modifiers |
//! | --- | --- |
//! | `{ bind = "any" }`, `{ bind = "same" }` | open a socket and bind it to a free port, or to the port this side bound last; `options = { … }` |
//! | `"listen"`, `"accept"`, `"connect"` | if a script has none of these and no bind, they are implied before its first step |
//! | `{ send = … }` | one send call of a payload (below). `framing = "digits-2"`: send it as a frame, header and payload in one call. `part = "header"`: begins a message whose payload is the next send; `part = "more"`: continues the previous message. `pieces = 65536`: one call for each piece of at most 65,536 bytes, all of one message; after the first call that takes less than it was given, the remaining pieces are not sent. `more = true` (`MSG_MORE`), `nonblocking = true`, `end-of-record = true` (`MSG_EOR`) |
//! | `{ recv = 1024 }`, `{ recv = "length" }` | one recv call of at most 1,024 bytes, or of the length that an earlier recv read. `length = "i32-native"`: the bytes returned are a length in this encoding. `peek = true`, `wait-all = true` |
//! | `{ recv-exact = 18 }`, `{ recv-exact = "length" }` | repeat recv until all bytes are there; takes the modifiers of recv except `peek` and `wait-all` |
//! | `{ recv-until-end = 65536 }` | repeat recv of at most 65,536 bytes until the end of the stream |
//! | `{ recv-available = 2048 }` | repeat recv of at most 2,048 bytes, without blocking, as long as something is there |
//! | `{ decode = "i32-le" }` | read frames exactly until a clean end of the stream; `messages = 3`: only three; `cap = 65536`: the longest payload accepted |
//! | `{ wait = { queued = 30 } }` | block until 30 bytes are in this side's receive queue |
//! | `{ wait = "acknowledged" }`, `{ wait = "peer-closed" }` | until the other side's kernel has acknowledged all that was sent; until the end of the other side's stream has arrived |
//! | `{ wait = { reached = "sent" } }`, `{ reach = "sent" }` | until the other side reaches the point with this name; defines such a point |
//! | `{ wait = { segments = 2 } }`, `{ wait = { retransmitted = 1 } }` | until this side's kernel has sent two data segments; has retransmitted one segment (a FIN counts too) |
//! | `{ wait = "reset" }`, `{ wait = { dropped = 1 } }` | until the connection was reset, before any call returns the reset (connected UDP: until the answer arrives that nobody listens); until this side's kernel has dropped one datagram (UDP) |
//! | `{ pause = "50ms" }` | only with `about-time` |
//! | `{ set = { no-delay = true } }` | set one option of the open socket |
//! | `"half-close"`, `"close"`, `{ close = "listener" }` | after the last step, everything still open is closed |
//! | `{ drop-arriving = true }` | make the kernel drop what arrives at this side's socket; `false`: stop that |
//! | `{ repeat = 3, steps = [ … ] }` | perform a block three times |
//!
//! Every step except `repeat` also takes `fails = "EADDRINUSE"` (the step must end in this fault,
//! and the script goes on) and `on = "second"` (it is performed on another socket, with this name).
//! If a case depends on a timer of the kernel, a step says `within = "200ms"`: it must end before
//! so much time has passed since the part's first send, because then the timer expires. A run in
//! which it did not is void, because the machine stalled: it is repeated up to four times, and then
//! the part is reported as not judged, neither as held nor as failed.
//!
//! Options: `reuse-address`, `reuse-port`, `no-delay`, `cork`, `quick-ack` (true or false),
//! `receive-buffer`, `send-buffer`, `max-segment` (bytes), `linger` (seconds), `send-timeout`
//! (milliseconds). The last two may not be longer than the deadline.
//!
//! A payload is a string, sent in UTF-8, or one of `{ hex = "12 00 00 00" }`,
//! `{ repeat = "雨", times = 400 }`, `{ random = 1048576, seed = 7 }`,
//! `{ length-of = "…", as = "i32-native" }` (the length of a payload, or a number). Lengths are encoded as `digits`,
//! `python-int`, `digits-8`, `i32-native`, `i32-le` or `i32-be`; framings are
//! named as in [`crate::framing`].
//!
//! On UDP the client sends to the server, and the server to the sender of the last datagram it
//! received, so the server must receive first.
//!
//! # Expectations
//!
//! Expectations belong to the side that receives; what is absent is not judged.
//!
//! | key | value |
//! | --- | --- |
//! | `recv` | the result of each recv, in order: `{ bytes = 30, text = "…" }` or one of the two alone, any payload form instead of `text`, `{ at-least = 1, at-most = 1024 }` if the bytes are not determined, `"end"`, `{ fails = "ECONNRESET" }`. Lengths are in bytes, never characters |
//! | `boundaries` | by stream offset on the first connection: `{ 18 = "coalesced" }`; or `kept`, `by-the-sender`, `in-the-receive-queue`, `not-reached` |
//! | `lost-boundaries` | a count: `"none"`, `"all"`, `1`, `{ at-least = 1 }` or `{ at-most = 2 }` |
//! | `messages` | the fate of each, in order: `whole`, `coalesced`, `in-pieces`, `truncated`, `lost` |
//! | `decoded` | the payloads decoded, in order |
//! | `total` | the total number of bytes; a number, or `{ at-least = 1, at-most = 30 }` |
//! | `intact` | whether the bytes received are the bytes sent |
//! | `sha256` | the digest of all bytes received, in hex |
//! | `segments`, `segment-count` | the sizes of the data segments; their number (a count) |
//! | `queued` | the number of bytes that waited at each recv |
//! | `retransmitted`, `dropped` | counts: of retransmitted data segments, of dropped datagrams |
//!
//! # Limits
//!
//! A file: [`MAX_FILE_BYTES`], [`MAX_STEPS`] and [`MAX_PAYLOAD_BYTES`] sent, the last
//! two after repeats and over all its parts. One recv or wait: [`MAX_RECV_BYTES`]. A
//! deadline or pause: [`MAX_DEADLINE`]. A name: [`MAX_NAME`] characters; a text of one line:
//! [`MAX_LINE`]; a lesson: [`MAX_LESSON`].
//!
//! # Which problems are reported
//!
//! If a file is not UTF-8, only that is reported; the same for a saved trace, which is not a
//! scenario. If it is not TOML, the first few syntax errors are reported (for JSON only the first),
//! and other problems are left out if the broken syntax may have caused them. The two scripts of a
//! part are compared once both can be read: a wait for more bytes than are sent, a wait for a point
//! that is never reached, and two sides that wait for each other are rejected before any socket is
//! opened.

mod expect;
mod file;
mod flow;
mod limits;
mod order;
mod payload;
mod placed;
mod problem;
mod problems;
mod reader;
mod script_problem;
mod steps;
mod syntax;
mod terms;
mod texts;
mod transport;
mod values;
mod verb;
mod waits;

pub use limits::{
    DEFAULT_CAP, MAX_DEADLINE, MAX_FILE_BYTES, MAX_LESSON, MAX_LINE, MAX_NAME, MAX_PAYLOAD_BYTES,
    MAX_RECV_BYTES, MAX_STEPS,
};
pub use problem::{Problem, ProblemKind};
pub use problems::{Position, Problems};
pub(super) use reader::{Fields, Reader, Span, Strictness, Value};
pub use script_problem::ScriptProblem;
pub use terms::{Form, Named};
pub(super) use texts::{Lines, shown, translated};

pub use crate::diagnostic::ReportStyle;

use std::collections::HashSet;

use toml::de::DeTable;

use super::Scenario;
use problem::ProblemKind as Kind;
use reader::MOST_KEPT;

/// The number of syntax errors reported for a file. Later ones are mostly consequences of the
/// first.
const MOST_SYNTAX: usize = 8;

/// Reads the bytes of a file of the catalogue as the scenario called `name`; reports refer to the
/// file as `path`. The file must have a title, a lesson, a section and an expectation.
///
/// # Errors
/// All problems of the file together.
pub fn read(name: &str, path: &str, bytes: &[u8]) -> Result<Scenario, Problems> {
    read_by(path, bytes, Strictness::Catalogue, |reader, table| {
        file::scenario(reader, name, table)
    })
}

/// Reads a file of somebody's own: as [`read`], but only the steps have to be there.
///
/// # Errors
/// Every problem that the file has, in one go.
pub fn read_own(name: &str, path: &str, bytes: &[u8]) -> Result<Scenario, Problems> {
    read_by(path, bytes, Strictness::OwnFile, |reader, table| {
        file::scenario(reader, name, table)
    })
}

/// Reads a file's bytes with `walk`, which reports every problem it finds.
pub(super) fn read_by<T>(
    path: &str,
    bytes: &[u8],
    strictness: Strictness,
    walk: impl FnOnce(&mut Reader<'_>, &DeTable<'_>) -> Option<T>,
) -> Result<T, Problems> {
    if is_trace(bytes) {
        return Err(saved_trace(path));
    }
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(too_large(path, bytes.len() as u64));
    }
    let source = match std::str::from_utf8(bytes) {
        Ok(source) => source,
        Err(error) => return Err(not_utf8(path, bytes, error.valid_up_to())),
    };
    let mut reader = Reader {
        source,
        strictness,
        problems: Vec::new(),
        more: 0,
    };
    let (table, errors) = DeTable::parse_recoverable(source);
    let read = walk(&mut reader, table.get_ref());
    let (mut problems, mut more) = (reader.problems, reader.more);
    if !errors.is_empty() {
        let syntax = errors.iter().take(MOST_KEPT).map(|error| Problem {
            span: error.span().unwrap_or(source.len()..source.len()),
            also: None,
            kind: Kind::Syntax {
                message: error.message().to_owned(),
            },
        });
        let mut syntax: Vec<_> = syntax.collect();
        if source.trim_start().starts_with('{') {
            // All of JSON is wrong for the same reason.
            syntax.truncate(1);
            (problems, more) = (syntax, 0);
        } else {
            problems = besides_syntax(source, problems, &syntax);
            problems.extend(syntax.into_iter().take(MOST_SYNTAX));
            more = errors.len().saturating_sub(MOST_SYNTAX);
        }
    }
    match read {
        Some(read) if problems.is_empty() => Ok(read),
        _ => Err(Problems::new(path, source.to_owned(), problems, more)),
    }
}

/// Whether a file begins like the traces that `run` saves.
pub(super) fn is_trace(bytes: &[u8]) -> bool {
    const BEGINNING: usize = 64;
    let solid = bytes.iter().take(BEGINNING).copied();
    let solid: Vec<u8> = solid.filter(|byte| !byte.is_ascii_whitespace()).collect();
    let Some(version) = solid.strip_prefix(b"{\"version\":") else {
        return false;
    };
    let digits = version.iter().take_while(|byte| byte.is_ascii_digit());
    version[digits.count()..].starts_with(b",\"cases\":")
}

/// The report for a trace given as a scenario.
pub(super) fn saved_trace(path: &str) -> Problems {
    let problem = Problem {
        span: 0..0,
        also: None,
        kind: Kind::SavedTrace {
            path: path.to_owned(),
        },
    };
    Problems::new(path, String::new(), vec![problem], 0)
}

/// The report for a file that is too large.
pub(super) fn too_large(path: &str, bytes: u64) -> Problems {
    let problem = Problem {
        span: 0..0,
        also: None,
        kind: Kind::FileTooLarge { bytes },
    };
    Problems::new(path, String::new(), vec![problem], 0)
}

/// If the bytes are not UTF-8, nothing after the first bad byte is reliable, so only that byte is
/// reported.
fn not_utf8(path: &str, bytes: &[u8], at: usize) -> Problems {
    let source = String::from_utf8_lossy(bytes).into_owned();
    let problem = Problem {
        span: at..at + char::REPLACEMENT_CHARACTER.len_utf8(),
        also: None,
        kind: Kind::NotUtf8 {
            byte: bytes.get(at).copied().unwrap_or_default(),
        },
    };
    Problems::new(path, source, vec![problem], 0)
}

/// The other problems that are probably not consequences of the syntax errors.
fn besides_syntax(source: &str, problems: Vec<Problem>, syntax: &[Problem]) -> Vec<Problem> {
    let line_ends: Vec<_> = source.match_indices('\n').map(|(at, _)| at).collect();
    let line = |problem: &Problem| line_ends.partition_point(|&end| end < problem.span.start);
    let broken: HashSet<_> = syntax.iter().map(line).collect();
    let believed =
        |problem: &Problem| problem.kind.stands_alone() && !broken.contains(&line(problem));
    problems.into_iter().filter(believed).collect()
}

#[cfg(test)]
mod tests {
    use super::read;

    /// The example file in this module's documentation.
    fn documented() -> String {
        let source = include_str!("mod.rs");
        let lines = source.lines().skip_while(|line| *line != "//! ```toml");
        let example = lines.skip(1).take_while(|line| *line != "//! ```");
        example.fold(String::new(), |all, line| {
            all + line.trim_start_matches("//!").trim_start() + "\n"
        })
    }

    #[test]
    fn the_documented_file_is_a_good_one() {
        let case = read("sticky/example", "example.toml", documented().as_bytes());
        let case = case.unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(case.parts[0].client.steps.len(), 2);
        assert!(case.is_documented());
    }

    /// The file that `sticky new` writes names every key, so that a teacher needs no other text.
    #[test]
    fn every_key_is_in_the_file_that_a_new_case_begins_as() {
        let starter = include_str!("../../render/starter.toml.txt");
        let steps = super::verb::Verb::ALL.iter().flat_map(|verb| verb.keys());
        let expectations = super::expect::KEYS.iter();
        let links = super::file::SEE_KEYS.iter();
        for key in steps
            .chain(expectations)
            .chain(links)
            .chain(super::values::OPTIONS)
        {
            assert!(
                starter.contains(&format!("{key} = "))
                    || starter.contains(&format!("\"{key}\""))
                    || starter.contains(&format!("{key}, "))
                    || starter.contains(&format!("{key} (")),
                "{key}"
            );
        }
    }

    #[test]
    fn every_key_of_a_step_is_in_the_documentation() {
        let source = include_str!("mod.rs");
        for verb in super::verb::Verb::ALL {
            for key in verb.keys() {
                let stands = ["`{key} ", "{ {key} ", "\"{key}\"", ", {key} "]
                    .map(|form| form.replace("{key}", key));
                assert!(stands.iter().any(|form| source.contains(form)), "{key}");
            }
        }
    }
}
