//! `--step`: plays a replay in the terminal.
//!
//! Promises: whatever ends the player (a key, an error, a panic, on Unix also SIGTERM and SIGHUP),
//! the terminal is restored. It ends when the terminal goes away, and redraws when the terminal
//! changes its size. Playing is done with a timeout while it waits for keys. Without a terminal it
//! does not begin, and the error names an alternative.

mod player;
mod screen;
mod signals;

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::ArgMatches;
use crossterm::event::{self, Event, KeyEventKind};

use super::drawing;
use super::failure::Failure;
use super::keys;
use super::terminal::Terminal;
use crate::language::Language;
use crate::render::text::Style;
pub(super) use crate::render::text::step::Case;
use crate::render::text::step::{self, Stop, View};
use player::{Doing, Player};
use screen::Screen;
use signals::Signals;

/// How often it checks for signals while no key is pressed.
const LOOK: Duration = Duration::from_millis(200);

/// How long it waits for a key that should be there. (crossterm does not check at all with a
/// timeout of 0.)
const GLANCE: Duration = Duration::from_millis(1);

/// Whether `--step` was given.
pub(super) fn is_wanted(matches: &ArgMatches) -> bool {
    matches.get_flag("step")
}

/// Fails if keys cannot be read or the screen cannot be seen; `instead` is the alternative.
pub(super) fn need_terminal(language: Language, instead: &str) -> Result<(), Failure> {
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        return Ok(());
    }
    Err(Failure::Usage {
        message: language
            .pick(
                "`--step` needs a terminal for its input and its output",
                "`--step` 的输入和输出都必须是终端",
            )
            .to_owned(),
        help: say!(
            language,
            "`{instead}` draws all at once, into a file or a pipe too",
            "用 `{instead}` 一次画出全部，也可写入文件或管道"
        ),
    })
}

/// Plays the cases until the user quits; `again` is the command that draws all of them.
pub(super) fn play(
    cases: &[Case],
    again: Option<&str>,
    matches: &ArgMatches,
    terminal: Terminal,
) -> Result<(), Failure> {
    let style = drawing::style(matches, terminal, terminal.data_in_color());
    let stops = step::stops(cases, style.full);
    if stops.is_empty() {
        return Ok(());
    }
    let signals = Signals::watch().map_err(no_keys)?;
    let screen = Screen::enter().map_err(Failure::stdout)?;
    let done = play_on(&screen, &signals, (cases, again), &stops, style).or_else(|failure| {
        // On a terminal that has gone away everything fails; that is an ordinary end.
        match keys::wait_for_keys(Duration::ZERO) {
            Ok(false) => Ok(()),
            Ok(true) | Err(_) => Err(failure),
        }
    });
    drop(screen);
    signals.die_if_told();
    done
}

fn no_keys(error: io::Error) -> Failure {
    Failure::Input {
        file: PathBuf::from("-"),
        error,
    }
}

fn play_on(
    screen: &Screen,
    signals: &Signals,
    (cases, again): (&[Case], Option<&str>),
    stops: &[Stop],
    mut style: Style,
) -> Result<(), Failure> {
    let mut player = Player::new(style.language, style.hex);
    loop {
        let (columns, rows) = screen::size().map_err(Failure::stdout)?;
        style = Style {
            language: player.language,
            hex: player.hex,
            width: columns,
            ..style
        };
        let view = View {
            cases,
            stops,
            at: player.at,
            playing: player.playing(),
            notice: player.notice,
            again,
            help: player.help,
        };
        let lines = step::draw(&view, &style, rows);
        screen.show(&lines).map_err(Failure::stdout)?;
        if wait(&mut player, stops, signals).map_err(no_keys)? == Doing::Quits {
            return Ok(());
        }
    }
}

/// Waits until there is something else to show.
fn wait(player: &mut Player, stops: &[Stop], signals: &Signals) -> io::Result<Doing> {
    let due = player.period().map(|period| Instant::now() + period);
    loop {
        let left = due.map(|due| due.saturating_duration_since(Instant::now()));
        let is_there = keys::wait_for_keys(left.unwrap_or(LOOK).min(LOOK))?;
        if signals.came() || !is_there {
            return Ok(Doing::Quits);
        }
        let came = event::poll(GLANCE)?;
        if !came {
            if due.is_some_and(|due| due <= Instant::now()) {
                player.go_on(stops);
                return Ok(Doing::GoesOn);
            }
            continue;
        }
        let mut is_changed = false;
        // Takes all keys pressed so far, so that drawing does not lag behind a key held down.
        while event::poll(GLANCE)? {
            match event::read()? {
                Event::Key(key) if key.kind != KeyEventKind::Release => {
                    if player.press(key, stops) == Doing::Quits {
                        return Ok(Doing::Quits);
                    }
                    is_changed = true;
                }
                Event::Resize(..) => is_changed = true,
                Event::Key(_) | Event::FocusGained | Event::FocusLost | Event::Mouse(_) => {}
            }
        }
        if is_changed {
            return Ok(Doing::GoesOn);
        }
    }
}
