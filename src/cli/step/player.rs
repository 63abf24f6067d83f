//! What each key does to the player. Pure.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::language::Language;
use crate::render::text::step::{Notice, Stop};

/// The speeds: their names, and how long a stop is shown.
const SPEEDS: [(&str, Duration); 6] = [
    ("0.25/s", Duration::from_secs(4)),
    ("0.5/s", Duration::from_secs(2)),
    ("1/s", Duration::from_secs(1)),
    ("2/s", Duration::from_millis(500)),
    ("4/s", Duration::from_millis(250)),
    ("8/s", Duration::from_millis(125)),
];
/// The index of the initial speed.
const USUAL: usize = 2;

/// Whether the player goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    GoesOn,
    Quits,
}

/// The state of the player.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Player {
    /// The index of the current stop.
    pub(super) at: usize,
    /// The language of the texts.
    pub(super) language: Language,
    /// Whether bytes are shown in hex.
    pub(super) hex: bool,
    /// Whether the help is shown.
    pub(super) help: bool,
    /// Why the last key had no effect.
    pub(super) notice: Option<Notice>,
    is_playing: bool,
    speed: usize,
}

impl Player {
    /// The state at the first stop.
    pub(super) const fn new(language: Language, hex: bool) -> Self {
        Self {
            at: 0,
            language,
            hex,
            help: false,
            notice: None,
            is_playing: false,
            speed: USUAL,
        }
    }

    /// How long a stop is shown while playing.
    pub(super) fn period(&self) -> Option<Duration> {
        self.is_playing.then(|| SPEEDS[self.speed].1)
    }

    /// The name of the speed while playing.
    pub(super) fn playing(&self) -> Option<&'static str> {
        self.is_playing.then(|| SPEEDS[self.speed].0)
    }

    /// Goes on after the time of a stop has passed.
    pub(super) fn go_on(&mut self, stops: &[Stop]) {
        self.at = (self.at + 1).min(stops.len() - 1);
        self.is_playing &= self.at + 1 < stops.len();
    }

    /// Does what a key stands for.
    pub(super) fn press(&mut self, key: KeyEvent, stops: &[Stop]) -> Doing {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        if control && key.code == KeyCode::Char('c') {
            return Doing::Quits;
        }
        self.notice = None;
        if std::mem::take(&mut self.help) {
            return Doing::GoesOn;
        }
        match key.code {
            KeyCode::Char('q') | KeyCode::Esc => return Doing::Quits,
            KeyCode::Char(' ')
            | KeyCode::Enter
            | KeyCode::Right
            | KeyCode::Down
            | KeyCode::PageDown => self.step_on(stops),
            KeyCode::Backspace | KeyCode::Left | KeyCode::Up | KeyCode::PageUp => self.step_back(),
            KeyCode::Home => self.stand_at(0),
            KeyCode::End => self.stand_at(stops.len() - 1),
            KeyCode::Char('n') => self.find_next_lost(stops),
            KeyCode::Char('p') => self.play_or_stand(stops),
            KeyCode::Char('+' | '=') => self.speed = (self.speed + 1).min(SPEEDS.len() - 1),
            KeyCode::Char('-' | '_') => self.speed = self.speed.saturating_sub(1),
            KeyCode::Char('x') => self.hex = !self.hex,
            KeyCode::Char('l') => {
                self.language = self.language.pick(Language::Chinese, Language::English);
            }
            KeyCode::Char('?' | '？') | KeyCode::F(1) => {
                self.help = true;
                self.is_playing = false;
            }
            // Other keys do nothing. A terminal can send any number of codes.
            _ => {}
        }
        Doing::GoesOn
    }

    fn stand_at(&mut self, at: usize) {
        self.at = at;
        self.is_playing = false;
    }

    fn step_on(&mut self, stops: &[Stop]) {
        if self.at + 1 < stops.len() {
            self.stand_at(self.at + 1);
        } else {
            self.notice = Some(Notice::AtTheEnd);
        }
    }

    fn step_back(&mut self) {
        match self.at.checked_sub(1) {
            Some(at) => self.stand_at(at),
            None => self.notice = Some(Notice::AtTheBeginning),
        }
    }

    fn find_next_lost(&mut self, stops: &[Stop]) {
        let later = stops.iter().enumerate().skip(self.at + 1);
        match later.clone().find(|(_, stop)| stop.loses) {
            Some((at, _)) => self.stand_at(at),
            None => self.notice = Some(Notice::NoMoreLost),
        }
    }

    fn play_or_stand(&mut self, stops: &[Stop]) {
        let has_more = self.at + 1 < stops.len();
        self.is_playing = !self.is_playing && has_more;
        self.notice = (!has_more).then_some(Notice::AtTheEnd);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two parts; a boundary is lost at the third stop and at the fifth.
    fn stops() -> Vec<Stop> {
        let stop = |part, step, loses| Stop {
            case: 0,
            part,
            calls: step,
            step,
            steps: 2,
            loses,
        };
        vec![
            stop(0, 0, false),
            stop(0, 1, false),
            stop(0, 2, true),
            stop(1, 0, false),
            stop(1, 1, true),
            stop(1, 2, false),
        ]
    }

    fn press(player: &mut Player, code: KeyCode) -> Doing {
        player.press(KeyEvent::from(code), &stops())
    }

    fn player() -> Player {
        Player::new(Language::English, true)
    }

    #[test]
    fn every_key_forward_and_back_is_one_stop() {
        use KeyCode::{Backspace, Char, Down, Enter, Left, PageDown, PageUp, Right, Up};
        for code in [Char(' '), Enter, Right, Down, PageDown] {
            let mut player = player();
            assert_eq!(press(&mut player, code), Doing::GoesOn);
            assert_eq!(player.at, 1, "{code:?}");
        }
        for code in [Backspace, Left, Up, PageUp] {
            let mut player = Player { at: 4, ..player() };
            press(&mut player, code);
            assert_eq!(player.at, 3, "{code:?}");
        }
    }

    #[test]
    fn both_ends_hold_and_say_so() {
        let mut player = player();
        press(&mut player, KeyCode::Left);
        assert_eq!(
            (player.at, player.notice),
            (0, Some(Notice::AtTheBeginning))
        );
        press(&mut player, KeyCode::End);
        assert_eq!((player.at, player.notice), (5, None));
        press(&mut player, KeyCode::Right);
        assert_eq!((player.at, player.notice), (5, Some(Notice::AtTheEnd)));
        press(&mut player, KeyCode::Home);
        assert_eq!((player.at, player.notice), (0, None));
    }

    #[test]
    fn n_goes_from_one_lost_boundary_to_the_next() {
        let mut player = player();
        let mut seen = Vec::new();
        for _ in 0..3 {
            press(&mut player, KeyCode::Char('n'));
            seen.push((player.at, player.notice));
        }
        assert_eq!(seen, [(2, None), (4, None), (4, Some(Notice::NoMoreLost))]);
    }

    #[test]
    fn it_plays_to_the_end_and_a_step_stops_it() {
        let mut player = player();
        press(&mut player, KeyCode::Char('p'));
        assert_eq!(player.period(), Some(Duration::from_secs(1)));
        press(&mut player, KeyCode::Char('+'));
        assert_eq!(player.playing(), Some("2/s"));
        player.go_on(&stops());
        assert_eq!((player.at, player.playing()), (1, Some("2/s")));
        press(&mut player, KeyCode::Char(' '));
        assert_eq!((player.at, player.playing()), (2, None));
        press(&mut player, KeyCode::Char('p'));
        for _ in 0..3 {
            assert!(player.period().is_some());
            player.go_on(&stops());
        }
        assert_eq!((player.at, player.period()), (5, None));
        press(&mut player, KeyCode::Char('p'));
        assert_eq!(
            (player.period(), player.notice),
            (None, Some(Notice::AtTheEnd))
        );
    }

    #[test]
    fn the_speed_has_two_ends() {
        let mut player = player();
        press(&mut player, KeyCode::Char('p'));
        for _ in 0..20 {
            press(&mut player, KeyCode::Char('-'));
        }
        assert_eq!(player.playing(), Some("0.25/s"));
        for _ in 0..20 {
            press(&mut player, KeyCode::Char('+'));
        }
        assert_eq!(player.playing(), Some("8/s"));
    }

    #[test]
    fn any_key_ends_the_help_and_does_nothing_else() {
        for code in [
            KeyCode::Char('q'),
            KeyCode::Esc,
            KeyCode::Char(' '),
            KeyCode::Char('?'),
        ] {
            let mut player = player();
            press(&mut player, KeyCode::Char('?'));
            assert!(player.help);
            assert_eq!(press(&mut player, code), Doing::GoesOn, "{code:?}");
            assert_eq!(player, self::player(), "{code:?}");
        }
    }

    #[test]
    fn three_keys_quit() {
        let interrupt = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        for key in [KeyCode::Char('q').into(), KeyCode::Esc.into(), interrupt] {
            assert_eq!(player().press(key, &stops()), Doing::Quits, "{key:?}");
        }
        let mut helped = Player {
            help: true,
            ..player()
        };
        assert_eq!(helped.press(interrupt, &stops()), Doing::Quits);
        assert_eq!(press(&mut player(), KeyCode::Char('c')), Doing::GoesOn);
    }

    #[test]
    fn hex_and_the_language_are_switches() {
        let mut player = player();
        press(&mut player, KeyCode::Char('x'));
        press(&mut player, KeyCode::Char('l'));
        assert_eq!((player.hex, player.language), (false, Language::Chinese));
        press(&mut player, KeyCode::Char('x'));
        press(&mut player, KeyCode::Char('l'));
        assert_eq!(player, self::player());
    }
}
