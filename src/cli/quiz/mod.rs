//! `sticky quiz`: asks what will come out of two programs, then replays them; the replay is the
//! answer.
//!
//! Promises: asks line by line, the same at a terminal and through a pipe (at a terminal it also
//! waits for a line between an answer and the next question). It always ends: at the end of the
//! input, and after a number of unclear lines it goes on to the next question. Input is shown again
//! only as the answer that was understood.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};

use super::failure::{Failure, Unwritten};
use super::input::{Heard, next_line};
use super::terminal::Terminal;
use super::{arguments, drawing, odds};
use crate::analysis;
use crate::kernel::TELLS_SEGMENTS;
use crate::laboratory::Reader;
use crate::laboratory::quiz::{
    Answer, Cut, Exchange, Form, Question, Reply, Score, Subject, Void, Wish, plan, reply,
};
use crate::language::Language;
use crate::render::text::{self, Style, quiz};
use crate::replay::Stage;
use crate::scenario::catalogue;
use crate::trace::Trace;

/// The number of questions: the default and the limit.
const COUNT: (u64, u64) = (8, 100);
/// The most bytes of a line that are kept.
const MOST_KEPT: usize = 4096;
/// The number of unclear lines after which the next question is asked.
const MOST_UNCLEAR: usize = 4;

/// The command's arguments.
pub(super) fn command(language: Language) -> Command {
    let command = Command::new("quiz")
        .about(language.pick(
            "Ask what two programs will do, then replay them and see",
            "先问两个程序会发生什么，再重放给你看",
        ))
        .override_usage(language.pick("sticky quiz [OPTIONS]", "sticky quiz [选项]"))
        .after_help(language.pick(
            "Questions come from the catalogue and from the seed, easy ones first. The answer is \
             what the replay shows. Answers are lines: `30`, `18 12`, the number of a choice; \
             `?` for a hint, `s` or an empty line to skip, `q` to stop. The exit status is 0 \
             whatever the score, 2 for wrong usage.\n\n\
             Examples:\n  \
             sticky quiz\n  \
             sticky quiz --chapter udp --count 4\n  \
             sticky quiz --seed 7 --no-hex",
            "题目出自用例和随机种子，由易到难；答案以重放的结果为准。一行一个回答：`30`、\
             `18 12`，或选项的编号；`?` 看提示，`s` 或空行跳过，`q` 结束。\
             无论得分多少，退出状态都是 0；用法错误为 2。\n\n\
             示例：\n  \
             sticky quiz\n  \
             sticky quiz --chapter udp --count 4\n  \
             sticky quiz --seed 7 --no-hex",
        ))
        .args([
            Arg::new("count")
                .long("count")
                .value_name(language.pick("N", "题数"))
                .help(language.pick("How many questions [default: 8]", "多少道题 [默认：8]"))
                .value_parser(arguments::number(language, 1, COUNT.1)),
            Arg::new("chapter")
                .long("chapter")
                .value_name(language.pick("CHAPTER", "章节"))
                .help(say!(
                    language,
                    ("Of one chapter: {}", catalogue::CHAPTERS.join(", ")),
                    ("只出一章的题：{}", catalogue::CHAPTERS.join("、"))
                ))
                .value_parser(PossibleValuesParser::new(catalogue::CHAPTERS))
                .hide_possible_values(true),
            Arg::new("seed")
                .long("seed")
                .value_name(language.pick("S", "种子"))
                .help(language.pick(
                    "For the same questions again; always printed [default: from the clock]",
                    "同一种子，同样的题；总会印出 [默认：取自时钟]",
                ))
                .value_parser(arguments::number(language, 0, u64::MAX)),
        ]);
    drawing::options(command, language).arg(arguments::deadline(language))
}

/// Asks the questions, and reports the score.
pub(super) fn run(matches: &ArgMatches, terminal: Terminal) -> Result<ExitCode, Failure> {
    let language = terminal.language;
    let cases = catalogue::all().map_err(Failure::Select)?;
    let number = |name: &str| matches.get_one::<u64>(name).copied();
    let count = number("count").unwrap_or(COUNT.0);
    let chapter = matches.get_one::<String>("chapter").map(String::as_str);
    let seed = number("seed").unwrap_or_else(odds::seed_of_the_clock);
    let questions = plan(
        &cases,
        Wish {
            count: usize::try_from(count).unwrap_or(usize::MAX),
            chapter,
            seed,
            tells_place: TELLS_SEGMENTS,
        },
    );
    if (questions.len() as u64) < count {
        let there = questions.len();
        terminal.note(say!(
            language,
            "{count} questions were asked for; there are {there}",
            "要 {count} 道题，只有 {there} 道"
        ));
    }
    let chapter = chapter.map_or_else(String::new, |name| format!(" --chapter {name}"));
    let again = format!("sticky quiz --seed {seed} --count {count}{chapter}");
    let style = drawing::style(matches, terminal, terminal.data_in_color());
    let stdin = io::stdin();
    let shows_what_is_typed = stdin.is_terminal();
    let mut stdin = stdin.lock();
    drawing::tell_if_too_narrow(matches, terminal);
    terminal.data(|out| {
        let mut game = Game {
            stage: Stage::with_deadline(arguments::given_deadline(matches)),
            style,
            input: &mut stdin,
            shows_what_is_typed,
            out,
            score: Score::default(),
            readings: Vec::new(),
        };
        quiz::draw_opening(questions.len(), seed, TELLS_SEGMENTS, &style, game.out)
            .map_err(Failure::stdout)?;
        game.play(&questions)?;
        quiz::draw_score(game.score, &game.readings, &again, &style, game.out)
            .map_err(Failure::stdout)
    })?;
    Ok(ExitCode::SUCCESS)
}

/// A quiz in progress.
struct Game<'a> {
    stage: Stage,
    style: Style,
    input: &'a mut dyn BufRead,
    /// Whether the line end that the user types also ends the prompt's line on the screen.
    shows_what_is_typed: bool,
    out: &'a mut dyn Write,
    score: Score,
    /// The cases to read again: those of questions that were not answered right.
    readings: Vec<String>,
}

/// The user's reaction to a question.
enum Said {
    /// This answer.
    Answer(Answer),
    /// No answer: show the right one.
    Nothing,
    /// End the quiz.
    Stop,
}

impl Game<'_> {
    /// Asks all questions, until the input ends.
    fn play(&mut self, questions: &[Question]) -> Result<(), Failure> {
        for (index, question) in questions.iter().enumerate() {
            quiz::draw_question(question, index + 1, questions.len(), &self.style, self.out)
                .map_err(Failure::stdout)?;
            let said = match self.ask(question)? {
                Said::Answer(answer) => Some(answer),
                Said::Nothing => None,
                Said::Stop => {
                    self.score.left = questions.len() - index;
                    return Ok(());
                }
            };
            let shown = match &question.subject {
                Subject::Exchange(exchange) => self.replay(question, exchange, said.as_ref()),
                Subject::Cut(cut) => self.replay_cut(question, cut, said.as_ref()),
            };
            shown.map_err(|error| error.failed(None))?;
            let left = questions.len() - index - 1;
            if left > 0 && !self.goes_on()? {
                self.score.left = left;
                return Ok(());
            }
        }
        Ok(())
    }

    /// At a terminal, waits until the user wants the next question.
    fn goes_on(&mut self) -> Result<bool, Failure> {
        if !self.shows_what_is_typed {
            return Ok(true);
        }
        quiz::draw_pause(&self.style, self.out).map_err(Failure::stdout)?;
        Ok(match self.prompt()? {
            Heard::End => false,
            Heard::TooLong => true,
            Heard::Line(line) => reply(&line, &Form::Numbers) != Reply::Quit,
        })
    }

    /// Reads lines until one is an answer, or too many were not.
    fn ask(&mut self, question: &Question) -> Result<Said, Failure> {
        let form = question.form();
        for _ in 0..=MOST_UNCLEAR {
            let heard = self.prompt()?;
            let reply = match &heard {
                Heard::End => return Ok(Said::Stop),
                Heard::TooLong => Reply::Unclear,
                Heard::Line(line) => reply(line, &form),
            };
            match reply {
                Reply::Answer(answer) => return Ok(Said::Answer(answer)),
                Reply::Skip => return Ok(Said::Nothing),
                Reply::Quit => return Ok(Said::Stop),
                Reply::Hint => quiz::draw_hint(question, &self.style, self.out),
                Reply::Unclear => quiz::draw_form(question, &self.style, self.out),
            }
            .map_err(Failure::stdout)?;
        }
        Ok(Said::Nothing)
    }

    /// Asks for a line.
    fn prompt(&mut self) -> Result<Heard, Failure> {
        let asked = write!(self.out, "> ").and_then(|()| self.out.flush());
        asked.map_err(Failure::stdout)?;
        let heard = next_line(self.input, MOST_KEPT).map_err(|error| Failure::Input {
            file: PathBuf::from("-"),
            error,
        })?;
        if !self.shows_what_is_typed || heard == Heard::End {
            writeln!(self.out).map_err(Failure::stdout)?;
        }
        Ok(heard)
    }

    /// Replays two programs, and shows what came out and why.
    fn replay(
        &mut self,
        question: &Question,
        exchange: &Exchange,
        said: Option<&Answer>,
    ) -> Result<(), Unwritten> {
        let trace = Failure::unless_machine(self.stage.replay(&exchange.scenario))?;
        let analysis = analysis::analyse(&trace);
        let (Some(part), Some(seen)) = (trace.parts.first(), analysis.parts.first()) else {
            return Ok(());
        };
        writeln!(self.out)?;
        text::draw(&trace, &analysis, &self.style, &mut self.out)?;
        let truth = exchange.truth(part, seen);
        if self.count(question, said, truth, exchange.reading(part, seen))? {
            quiz::draw_reasons(question, said, part, seen, &self.style, self.out)?;
        }
        Ok(())
    }

    /// Replays a cut for every reader, and shows what each of them read.
    fn replay_cut(
        &mut self,
        question: &Question,
        cut: &Cut,
        said: Option<&Answer>,
    ) -> Result<(), Unwritten> {
        let mut replays: Vec<(Reader, Trace)> = Vec::new();
        for reader in cut.readers() {
            let trace = Failure::unless_machine(self.stage.replay(&cut.scenario(reader)))?;
            replays.push((reader, trace));
        }
        let truth = cut.truth(&replays);
        let mut reading = "";
        if let Ok(right) = &truth {
            reading = cut.reading(right);
            // A reader that broke shows the most.
            let survived = |reader| matches!(right, Answer::Readers(all) if all.contains(reader));
            let broken = replays.iter().find(|(reader, _)| !survived(reader));
            if let Some((reader, trace)) = broken.or(replays.last()) {
                let replay = (*reader, trace, &analysis::analyse(trace));
                quiz::draw_readers(cut, replay, &self.style, self.out)?;
            }
        }
        if self.count(question, said, truth, reading)? {
            quiz::draw_reading(reading, &self.style, self.out)?;
        }
        Ok(())
    }

    /// Compares the answer with the replay, and shows the result. Returns whether the replay gives
    /// an answer.
    fn count(
        &mut self,
        question: &Question,
        said: Option<&Answer>,
        truth: Result<Answer, Void>,
        reading: &str,
    ) -> io::Result<bool> {
        let truth = match truth {
            Ok(truth) => truth,
            Err(void) => {
                self.score.void += 1;
                quiz::draw_void(&void, &self.style, self.out)?;
                return Ok(false);
            }
        };
        let tally = match said {
            Some(said) if *said == truth => &mut self.score.right,
            Some(_) => &mut self.score.wrong,
            None => &mut self.score.skipped,
        };
        *tally += 1;
        if said != Some(&truth) && !self.readings.iter().any(|known| known == reading) {
            self.readings.push(reading.to_owned());
        }
        quiz::draw_verdict(question, said, &truth, &self.style, self.out)?;
        Ok(true)
    }
}
