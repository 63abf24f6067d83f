//! `sticky odds`: repeats what is left to chance and shows the distribution.
//!
//! Promises: it judges nothing, so the exit status is 0 if any trial ran to its end. The threads
//! that make load end with the trials, even if those fail.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::failure::Failure;
use super::format::{self, Form};
use super::terminal::Terminal;
use super::{arguments, candidates, drawing, file};
use crate::laboratory::odds::{Conditions, EagerSends, JITTER_PERCENT, perform, plan, points};
use crate::language::Language;
use crate::render::odds::{self, Odds};
use crate::render::{escape, text};
use crate::scenario::duration;
use crate::trace::{Stop, StopReason};

/// The case that is repeated if none is named.
const USUAL_CASE: &str = "sticky/back-to-back";
/// The number of trials for each gap: the default and the limit.
const TRIALS: (u32, u32) = (500, 10_000);
/// The number of gaps: the default and the limit.
const POINTS: (u32, u32) = (9, 21);
/// Seeds that the user did not choose are below this, so that they are easy to type again.
const SHORT_SEEDS: u64 = 1_000_000;
/// The longest gap.
const LONGEST_GAP: Duration = Duration::from_millis(10);

/// The formats of a distribution.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Format {
    /// A histogram or a plot, for people.
    #[default]
    Text,
    /// The plot as a picture.
    Svg,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
}

impl Format {
    /// All formats.
    const ALL: &[Self] = &[Self::Text, Self::Svg, Self::Json, Self::Csv];
}

impl Form for Format {
    fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Svg => "svg",
            Self::Json => "json",
            Self::Csv => "csv",
        }
    }

    fn about(self, _: Language) -> Option<&'static str> {
        match self {
            Self::Text | Self::Svg | Self::Json | Self::Csv => None,
        }
    }
}

/// The gaps asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Gaps {
    least: Duration,
    most: Duration,
}

/// The command's arguments.
pub(super) fn command(language: Language) -> Command {
    let command = Command::new("odds")
        .about(language.pick(
            "Repeat what is left to chance, and count what recv returned",
            "反复重放由时机决定的部分，统计 recv 返回了什么",
        ))
        .override_usage(language.pick("sticky odds [OPTIONS] [CASE]", "sticky odds [选项] [用例]"))
        .after_help(language.pick(
            "The sends of the case, an eager reader, and nothing that orders the two: which recv \
             covers which boundary is left to chance. If the case's own reader goes by lengths, \
             it is repeated as well. Neighbouring trials are alike, so they are made in up to 100 \
             blocks, about 10 ms apart, and the 95 % intervals are estimated from how much the \
             blocks differ: about 95 of 100 such intervals cover the share at the time of the \
             measurement. Each gap is changed at random by up to 25 %, and the trials of a block \
             are shuffled over all gaps, both by the seed. Nothing is judged: the exit status is \
             0, or 2 for wrong usage.\n\n\
             Examples:\n  \
             sticky odds back-to-back --trials 2000\n  \
             sticky odds --gap 0..200us --busy\n  \
             sticky odds --gap 0..200us --format svg -o odds.svg",
            "照发用例里的各次 send，读的一方不停地 recv，两边没有任何同步：哪次 recv 会跨过\
             哪个消息边界，全看时机。如果用例自己的读法是按长度读，也一并重放。相邻的试验\
             彼此相似，所以最多分成 100 组，组间相隔约 10 ms，95 % 区间由各组之间的差异估出：\
             100 个这样的区间里，约有 95 个包含测量期间的真实比例。间隔按种子在 ±25 % 内均匀\
             抖动，同组内各间隔的试验也按种子打乱次序。这里不作判定：退出状态为 0，用法错误为 2。\n\n\
             示例：\n  \
             sticky odds back-to-back --trials 2000\n  \
             sticky odds --gap 0..200us --busy\n  \
             sticky odds --gap 0..200us --format svg -o odds.svg",
        ))
        .arg(
            Arg::new("case")
                .value_name(language.pick("CASE", "用例"))
                .help(language.pick(
                    "A name, or the path of a file [default: sticky/back-to-back]",
                    "用例名，或文件的路径 [默认：sticky/back-to-back]",
                ))
                .add(candidates::cases(language)),
        )
        .arg(number(
            "trials",
            language,
            TRIALS.1,
            (
                1,
                language.pick(
                    "How often, for each gap: 1 to 10000 [default: 500]",
                    "每个间隔试几次：1 到 10000 [默认：500]",
                ),
            ),
        ))
        .arg(gap(language))
        .arg(number(
            "points",
            language,
            POINTS.1,
            (
                2,
                language.pick(
                    "How many gaps from the first to the last: 2 to 21 [default: 9]",
                    "从首到尾取几个间隔：2 到 21 [默认：9]",
                ),
            ),
        ))
        .arg(
            Arg::new("seed")
                .long("seed")
                .value_name(language.pick("NUMBER", "数"))
                .help(language.pick(
                    "For the jitter and the order; always printed [default: from the clock]",
                    "决定抖动与次序，总会印出 [默认：取自时钟]",
                ))
                .value_parser(move |text: &str| {
                    text.parse::<u64>().map_err(|_| {
                        language.pick(
                            "a whole number from 0 to 18446744073709551615",
                            "应为 0 到 18446744073709551615 之间的整数",
                        )
                    })
                }),
        )
        .arg(
            Arg::new("busy")
                .long("busy")
                .help(language.pick(
                    "Keep every core busy meanwhile, one spinning thread each",
                    "同时让每个核都忙起来，各跑一个空转线程",
                ))
                .action(ArgAction::SetTrue),
        )
        .arg(format::option(language, Format::ALL))
        .arg(arguments::output(language))
        .arg(arguments::deadline(language));
    drawing::page_options(command, language, &["ascii", "width"])
}

/// An option that takes a whole number from `limits.0` up.
fn number(
    name: &'static str,
    language: Language,
    most: u32,
    (least, help): (u32, &'static str),
) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name(language.pick("NUMBER", "数"))
        .help(help)
        .value_parser(move |text: &str| {
            text.parse::<u32>()
                .ok()
                .filter(|number| (least..=most).contains(number))
                .ok_or_else(|| {
                    say!(
                        language,
                        "a whole number from {least} to {most}",
                        "应为 {least} 到 {most} 之间的整数"
                    )
                })
        })
}

fn gap(language: Language) -> Arg {
    Arg::new("gap")
        .long("gap")
        .value_name(language.pick("TIMES", "时间"))
        .help(language.pick(
            "The time between the sends: 20us, or from..to: 0..200us; at most 10ms [default: 0]",
            "两次 send 的间隔：20us，或从..到：0..200us；最大 10ms [默认：0]",
        ))
        .value_parser(move |text: &str| {
            parse_gaps(text).ok_or_else(|| {
                language.pick(
                    "a time such as 20us, or two with the shorter first such as 0..200us, \
                     in us or ms and at most 10ms",
                    "应为一个时间（如 20us），或由短到长的两个（如 0..200us），单位 us 或 ms，\
                     最大 10ms",
                )
            })
        })
}

/// Parses `20us`, `0..200us`, `50us..1ms`. A number without a unit has the unit of the other.
fn parse_gaps(text: &str) -> Option<Gaps> {
    let (least, most) = text.split_once("..").unwrap_or((text, text));
    let most_unit = most.trim_start_matches(|c: char| c.is_ascii_digit());
    let most = parse_time(most, "")?;
    let least = parse_time(least, most_unit)?;
    let is_range = text.contains("..");
    let in_order = if is_range { least < most } else { true };
    (in_order && most <= LONGEST_GAP).then_some(Gaps { least, most })
}

/// Parses digits with a unit, or with `unit` added; 0 needs no unit.
fn parse_time(text: &str, unit: &str) -> Option<Duration> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return duration::parse(text);
    }
    if unit.is_empty() {
        return (text.parse::<u64>() == Ok(0)).then_some(Duration::ZERO);
    }
    duration::parse(&format!("{text}{unit}"))
}

/// Repeats the case, counts, and shows the result.
pub(super) fn run(matches: &ArgMatches, terminal: Terminal) -> Result<ExitCode, Failure> {
    let called = matches.get_one::<String>("case");
    let called = called.map_or(USUAL_CASE, String::as_str);
    let scenario = arguments::one_case(called)?;
    let sends = EagerSends::of(&scenario).map_err(|why| Failure::NoOdds {
        case: scenario.name.clone(),
        why,
    })?;
    let given = |name: &str| matches.get_one::<u32>(name).copied();
    let gaps = matches.get_one::<Gaps>("gap").copied().unwrap_or(Gaps {
        least: Duration::ZERO,
        most: Duration::ZERO,
    });
    if given("points").is_some() && gaps.least == gaps.most {
        return Err(points_of_one_gap(terminal.language));
    }
    let points = points(gaps.least, gaps.most, given("points").unwrap_or(POINTS.0));
    let trials = given("trials").unwrap_or(TRIALS.0);
    let seed = matches
        .get_one::<u64>("seed")
        .copied()
        .unwrap_or_else(seed_of_the_clock);
    let plan = plan(&points, trials, seed);
    let busy = matches.get_flag("busy");
    let deadline = arguments::given_deadline(matches);
    let mut progress = Progress::new(terminal, plan.iter().map(|block| block.trials.len()).sum());
    let conditions = Conditions { busy, deadline };
    let done = perform(&sends, &points, &plan, conditions, |through| {
        progress.tell(through);
    });
    drop(progress);
    if done.points.iter().all(|point| point.tally.counted() == 0) {
        if let Some(Stop {
            reason: reason @ StopReason::Machine { lack, .. },
            ..
        }) = &done.first_stop
        {
            return Err(Failure::Machine {
                case: scenario.name,
                lack: *lack,
                reason: reason.clone(),
            });
        }
        return Err(Failure::NoTrial {
            case: scenario.name,
            stop: done.first_stop,
        });
    }
    let odds = Odds {
        name: scenario.name,
        called: called.to_owned(),
        title: scenario.title,
        from: sends.from,
        messages: done.messages,
        at_most: sends.at_most,
        environment: done.environment,
        seed,
        trials,
        lasted: done.lasted,
        has_own_reader: sends.has_own_reader(),
        own_framing: sends.own_framing(),
        jitter_percent: JITTER_PERCENT,
        busy_threads: done.busy_threads,
        points: done.points,
    };
    file::write_data(matches, terminal, |out, color| {
        write(&odds, matches, terminal, color, out)
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The error for `--points` without a range of gaps to spread them over.
fn points_of_one_gap(language: Language) -> Failure {
    Failure::Usage {
        message: language
            .pick(
                "`--points` divides a range of gaps, but `--gap` gives none",
                "`--points` 是一段范围内取几个间隔，而 `--gap` 没有给出范围",
            )
            .to_owned(),
        help: language
            .pick(
                "give a range, such as `--gap 0..200us --points 5`, or leave `--points` out",
                "给出范围，例如 `--gap 0..200us --points 5`，或去掉 `--points`",
            )
            .to_owned(),
    }
}

/// A seed below [`SHORT_SEEDS`] that the next call is unlikely to get again.
pub(super) fn seed_of_the_clock() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    // The lower digits change fastest; the others may go.
    since.map_or(0, |since| {
        (u64::from(since.subsec_nanos()) ^ since.as_secs() << 30) % SHORT_SEEDS
    })
}

/// The time before progress is first shown.
const QUIET: Duration = Duration::from_secs(1);
/// The interval between two updates of the progress.
const BETWEEN: Duration = Duration::from_millis(200);

/// The progress of the trials on a terminal. It is erased when they end.
struct Progress {
    terminal: Terminal,
    all: usize,
    next: Option<Instant>,
    /// The width in columns of the text on the screen.
    written: usize,
}

impl Progress {
    fn new(terminal: Terminal, all: usize) -> Self {
        let shown = !terminal.quiet && io::stderr().is_terminal();
        Self {
            terminal,
            all,
            next: shown.then(|| Instant::now() + QUIET),
            written: 0,
        }
    }

    fn tell(&mut self, through: usize) {
        let now = Instant::now();
        if self.next.is_none_or(|next| now < next) {
            return;
        }
        self.next = Some(now + BETWEEN);
        let all = self.all;
        let text = say!(
            self.terminal.language,
            "trial {through} of {all}",
            "第 {through} 次，共 {all} 次"
        );
        self.written = escape::width(&text);
        Self::say(&text);
    }

    /// It is no error if nobody can see it.
    fn say(text: &str) {
        let mut stream = io::stderr().lock();
        let _ = write!(stream, "\r{text}").and_then(|()| stream.flush());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.written > 0 {
            Self::say(&format!("{}\r", " ".repeat(self.written)));
        }
    }
}

fn write(
    odds: &Odds,
    matches: &ArgMatches,
    terminal: Terminal,
    color: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format::given(matches) {
        Format::Text => text::odds::draw(odds, &drawing::style(matches, terminal, color), out),
        Format::Svg => odds::svg(odds, terminal.language, out),
        Format::Json => odds::json(odds, out),
        Format::Csv => odds::csv(odds, out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cases_that_an_error_names_have_odds() {
        for name in super::super::failure::FITTING {
            let case = arguments::one_case(name).unwrap();
            assert!(EagerSends::of(&case).is_ok(), "{name}");
        }
    }

    #[test]
    fn gaps_are_a_time_or_two_in_order() {
        let us = |least, most| {
            Some(Gaps {
                least: Duration::from_micros(least),
                most: Duration::from_micros(most),
            })
        };
        for (text, wanted) in [
            ("0", us(0, 0)),
            ("20us", us(20, 20)),
            ("0..200us", us(0, 200)),
            ("5..7us", us(5, 7)),
            ("50us..1ms", us(50, 1000)),
            ("10ms", us(10_000, 10_000)),
            ("5..1us", None),
            ("5us..5us", None),
            ("11ms", None),
            ("20", None),
            ("1s", None),
            ("-1us", None),
            ("..5us", None),
            ("0..", None),
            ("", None),
            ("18446744073709551616us", None),
        ] {
            assert_eq!(parse_gaps(text), wanted, "{text}");
        }
    }
}
