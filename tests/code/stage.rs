//! Two terminals, and somebody who presses Enter.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Failed;
use sticky_packet::render::code::{Program, Target};
use sticky_packet::scenario::Side;

/// A program that hangs fails the test instead of stopping it.
const DEADLINE: Duration = Duration::from_secs(30);

/// What both programs printed.
#[derive(Debug, Default)]
pub(crate) struct Said {
    lines: HashMap<Side, Vec<String>>,
}

impl Said {
    pub(crate) fn by(&self, side: Side) -> &[String] {
        self.lines.get(&side).map_or(&[], Vec::as_slice)
    }
}

impl fmt::Display for Said {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for side in Side::BOTH {
            writeln!(out, "--- {}", side.name())?;
            for line in self.by(side).iter().take(60) {
                writeln!(out, "{line}")?;
            }
        }
        Ok(())
    }
}

/// A running program; a test that fails does not leave it behind.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended by itself cannot be killed, which is well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What happened in a terminal.
enum Event {
    Line(Side, String),
    Closed(Side),
}

/// Runs both programs to their end.
pub(crate) fn perform(programs: &[Program; 2], target: Target) -> Result<Said, Failed> {
    let folder = tempfile::tempdir()?;
    for program in programs {
        fs::write(folder.path().join(&program.file_name), &program.text)?;
        compile(program, target, folder.path())?;
    }
    let until = Instant::now() + DEADLINE;
    let (events, happened) = channel();
    let unix = programs[0].text.contains("sticky.sock");
    let socket = folder.path().join("socket");
    let first = if unix { socket.to_str().unwrap() } else { "0" };
    let start = |side: Side, address: &str, events: &Sender<Event>| {
        let program = programs
            .iter()
            .find(|program| program.side == side)
            .unwrap();
        run(program, target, folder.path(), address, events)
    };
    let mut running = HashMap::from([(Side::Server, start(Side::Server, first, &events)?)]);
    let mut said = Said::default();
    let mut pressed = HashMap::new();
    let mut open = 2;
    while open > 0 {
        match next(&happened, until, &said)? {
            Event::Closed(side) => {
                open -= 1;
                let ended = running.get_mut(&side).map(|child| child.0.wait());
                let status = ended.transpose()?.unwrap_or_default();
                if !status.success() {
                    let name = side.name();
                    return Err(format!("the {name} ended with {status}\n{said}").into());
                }
                if !running.contains_key(&Side::Client) {
                    return Err(format!("the server never listened\n{said}").into());
                }
            }
            Event::Line(side, line) => {
                let address = line.strip_prefix("listening on ").map(str::to_owned);
                said.lines.entry(side).or_default().push(line);
                if let (Some(address), Side::Server) = (address, side)
                    && !running.contains_key(&Side::Client)
                {
                    let address = match address.rsplit_once(':') {
                        Some((_, port)) if !unix => port.to_owned(),
                        _ => address,
                    };
                    running.insert(Side::Client, start(Side::Client, &address, &events)?);
                }
                press_enter(&said, &mut running, &mut pressed)?;
            }
        }
    }
    Ok(said)
}

/// Presses Enter wherever it is asked for and the other terminal has said what it should.
fn press_enter(
    said: &Said,
    running: &mut HashMap<Side, Running>,
    pressed: &mut HashMap<Side, usize>,
) -> Result<(), Failed> {
    for side in Side::BOTH {
        let asked: Vec<&str> = said
            .by(side)
            .iter()
            .filter_map(|line| line.strip_prefix("Press Enter once the other terminal says "))
            .collect();
        let done = pressed.entry(side).or_insert(0);
        if let Some(point) = asked.get(*done)
            && said.by(side.other()).iter().any(|line| line == point)
            && let Some(child) = running.get_mut(&side)
        {
            child.0.stdin.as_mut().unwrap().write_all(b"\n")?;
            *done += 1;
        }
    }
    Ok(())
}

fn next(happened: &Receiver<Event>, until: Instant, said: &Said) -> Result<Event, Failed> {
    let left = until.saturating_duration_since(Instant::now());
    happened
        .recv_timeout(left)
        .map_err(|_| format!("no end within {DEADLINE:?}\n{said}").into())
}

fn compile(program: &Program, target: Target, folder: &Path) -> Result<(), Failed> {
    let name = &program.file_name;
    let mut compiler = match target {
        Target::Python => return Ok(()),
        Target::C => {
            let mut compiler = Command::new("cc");
            compiler.args([
                "-std=c11",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-pedantic",
                "-O1",
            ]);
            compiler.args(["-o", stem(name), name]);
            compiler
        }
        Target::Rust => {
            let mut compiler = Command::new("rustc");
            compiler.args(["--edition", "2024", "-D", "warnings", name]);
            compiler
        }
    };
    let output = compiler.current_dir(folder).stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(format!("{name} does not compile:\n{errors}\n{}", program.text).into())
}

fn stem(name: &str) -> &str {
    name.split_once('.').map_or(name, |(stem, _)| stem)
}

/// Starts a program; what it says becomes events.
fn run(
    program: &Program,
    target: Target,
    folder: &Path,
    address: &str,
    events: &Sender<Event>,
) -> Result<Running, Failed> {
    let mut command = match target {
        Target::Python => {
            let mut python = Command::new("python3");
            python.args(["-u", "-W", "error", &program.file_name]);
            python
        }
        Target::C | Target::Rust => Command::new(folder.join(stem(&program.file_name))),
    };
    let mut child = command
        .arg(address)
        .current_dir(folder)
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let side = program.side;
    let (out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let events = events.clone();
    thread::spawn(move || {
        // Errors are shown behind what was printed; there are few.
        let errors = thread::spawn(move || {
            let mut text = String::new();
            let _ = err.read_to_string(&mut text);
            text
        });
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            let _ = events.send(Event::Line(side, line));
        }
        for line in errors.join().unwrap_or_default().lines() {
            let _ = events.send(Event::Line(side, format!("stderr: {line}")));
        }
        let _ = events.send(Event::Closed(side));
    });
    Ok(Running(child))
}
